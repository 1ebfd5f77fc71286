"""Support: what one thinks of wordings that the representatives published, once for each."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import begin_writing, db
from consult.core.errors import NotFound
from consult.voices import balloting, queries, spending
from consult.voices.ballot_forms import VOTED, SupportForm, support_form
from consult.voices.models import Letterbox
from consult.voices.rules import NotOpen, Phase, RightFault, RightRefused
from consult.voices.spending import Right
from consult.voices.views.poll import must_be_open, take_one, too_many
from consult.voices.views.room import bp, enter, page


@bp.get("/<box>/support")
def support(box: str) -> ResponseReturnValue:
    letterbox = _enter(box)
    form = support_form(queries.votable(db.session, letterbox.id))()
    form.asking(letterbox.channels)
    return page("support", form=form)


@bp.post("/<box>/support")
def send_support(box: str) -> ResponseReturnValue:
    letterbox = _enter(box)
    form = support_form(queries.votable(db.session, letterbox.id)).submitted()
    form.asking(letterbox.channels)
    if not form.validate():
        return page("support", 400, form=form)
    if not take_one():
        return too_many("support", form)
    rights: Sequence[Right] = ()
    try:
        rights = spending.to_support(
            db.session, letterbox, form.proof, [concern.bytes for concern in form.choices]
        )
        ready = balloting.support(letterbox, form.choices, rights=rights, on=clock.today())
        begin_writing(db.session)
        balloting.post(db.session, ready)
        db.session.commit()
    except RightRefused as error:
        db.session.rollback()
        _refuse(form, error.fault, rights)
        return page("support", 400, form=form)
    return redirect(url_for("voices.support_sent", box=box), 303)


def _refuse(form: SupportForm, fault: RightFault, rights: Sequence[Right]) -> None:
    """At the right, or at each wording it voted on before: those can be left out, and the rest sent."""
    if fault is not RightFault.USED:
        form.refuse_right(fault)
        return
    used = queries.spent(db.session, [one.spends for one in rights])
    chosen = [field for _one, field in form.votes if field.data]
    for field, right in zip(chosen, rights, strict=True):
        if right.spends in used:
            field.errors = [str(VOTED)]


@bp.get("/<box>/support/sent")
def support_sent(box: str) -> ResponseReturnValue:
    """The same page for everybody."""
    if _takes_support(enter(box)).is_closed:
        raise NotOpen(Phase.CLOSED)
    return page("support_sent")


def _enter(box: str) -> Letterbox:
    """Where votes are taken today. Raises `NotFound` in open mode, `NotOpen`."""
    letterbox = _takes_support(enter(box))
    must_be_open()
    return letterbox


def _takes_support(letterbox: Letterbox) -> Letterbox:
    """Nobody votes where nobody tells one person from many. Raises `NotFound`."""
    if letterbox.channels.is_open:
        raise NotFound
    return letterbox
