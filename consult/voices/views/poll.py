"""The poll: all questions on one page, answered once with a right of its own."""

from __future__ import annotations

from flask import current_app, g, redirect, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import begin_writing, db
from consult.core.errors import NotFound
from consult.core.i18n import _
from consult.voices import balloting, queries, spending
from consult.voices.ballot_forms import PollForm, RightForm, poll_form
from consult.voices.models import Letterbox
from consult.voices.poll import Poll
from consult.voices.rules import PULSE, NotOpen, Phase, RightRefused
from consult.voices.views.room import bp, enter, page

TOO_MANY = 60
"""Seconds after which it is worth trying again."""


@bp.get("/<box>/poll")
def poll(box: str) -> ResponseReturnValue:
    letterbox, asked = _enter(box)
    form = poll_form(asked)()
    form.asking(letterbox.channels)
    return page("poll", form=form)


@bp.post("/<box>/poll")
def answer_poll(box: str) -> ResponseReturnValue:
    letterbox, asked = _enter(box)
    form = poll_form(asked).submitted()
    form.asking(letterbox.channels)
    if not form.validate():
        return page("poll", 400, form=form)
    if not take_one():
        return too_many("poll", form)
    try:
        _send(letterbox, asked, form)
    except RightRefused as error:
        db.session.rollback()
        form.refuse_right(error.fault)
        return page("poll", 400, form=form)
    return redirect(url_for("voices.poll_sent", box=box), 303)


def _send(letterbox: Letterbox, asked: Poll, form: PollForm) -> None:
    right = spending.held(db.session, letterbox, form.proof, PULSE)
    ballots = asked.ballots(form.answers, form.said_group)
    ready = balloting.answer_poll(letterbox, ballots, right=right, on=clock.today())
    begin_writing(db.session)
    balloting.post(db.session, ready)
    db.session.commit()


@bp.get("/<box>/poll/sent")
def poll_sent(box: str) -> ResponseReturnValue:
    """The same page for everybody: it holds nothing of what was answered, nor whether anything was."""
    letterbox = enter(box)
    _asked(letterbox)
    if letterbox.is_closed:
        raise NotOpen(Phase.CLOSED)
    return page("poll_sent", has_wordings=bool(queries.votable(db.session, letterbox.id)))


def _enter(box: str) -> tuple[Letterbox, Poll]:
    """Where answers are taken today. Raises `NotFound` where there is no poll, `NotOpen`."""
    letterbox = enter(box)
    asked = _asked(letterbox)
    must_be_open()
    return letterbox, asked


def _asked(letterbox: Letterbox) -> Poll:
    """The poll of a letterbox. Raises `NotFound` where there is none."""
    found = Poll.of(letterbox.told) if not letterbox.channels.is_open else None
    if found is None:
        raise NotFound
    return found


# ── shared with support ────────────────────────────────────────────────────────


def must_be_open() -> None:
    """Raises `NotOpen`."""
    if g.box.phase is not Phase.OPEN:
        raise NotOpen(g.box.phase)


def take_one() -> bool:
    """One sending of those this process takes; there is one measure for everything that is sent."""
    return bool(current_app.extensions["consult.speak_bucket"].take(clock.now().timestamp()))


def too_many(name: str, form: RightForm) -> ResponseReturnValue:
    """What was chosen comes back, to be sent again."""
    form.refuse(_("Many people are sending at once, and nothing was sent. Wait a minute, then send again."))
    body, status = page(name, 429, form=form)
    return body, status, {"Retry-After": str(TOO_MANY)}
