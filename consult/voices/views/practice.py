"""Practice: writing, reviewing, sending, six words, an answer, writing back, on a consultation that does
not exist. Nothing is kept: these pages read the name of the organisation and write nowhere."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Final

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from consult.anonymity.thresholds import K_DEFAULT
from consult.core import clock
from consult.core.db import db
from consult.core.i18n import _
from consult.core.localized import Localized
from consult.voices import queries
from consult.voices.forms import MessageForm, ReceiptForm, WriteBackForm
from consult.voices.rules import WEEK, Channels, Phase, Told, next_release_on
from consult.voices.threads import Answer
from consult.voices.views import thread, write
from consult.voices.views.room import Box, NoWord, bp, page
from consult.web.readers import has_word

ADDRESS: Final = "practice"
"""Stands where a letterbox's id stands in an address; no id looks like it."""
_REPLY: Final = bytes(16)


def _enter() -> None:
    g.box = _box(Told.of(queries.told_anywhere(db.session)))
    if not has_word():
        raise NoWord


def _box(real: Told) -> Box:
    """A letterbox that does not exist, open these weeks. Its exits are the organisation's own: somebody may
    be here who needs them."""
    today = clock.today()
    opens_on, closes_on = today - timedelta(days=WEEK), today + timedelta(days=2 * WEEK)
    told = Told(
        title=Localized.of(fr="une consultation d’entraînement", en="a practice consultation"),
        slug="",
        organisation=real.organisation,
        body=real.body or _("works council"),
        keyholders=(_("Example One"), _("Example Two")),
        emergency=real.emergency,
        alert_channel=real.alert_channel,
        destroy_on=closes_on + timedelta(days=90),
        country=real.country,
    )
    return Box(
        address=ADDRESS, told=told, phase=Phase.OPEN, k=K_DEFAULT, channels=Channels.OPEN, quota=0,
        is_daily=False, opens_on=opens_on, closes_on=closes_on,
        next_on=next_release_on(WEEK, opens_on, closes_on, today),
        digest=sha256(b"consult/practice").digest(), is_practice=True,
    )  # fmt: skip


@bp.get("/practice/")
def practice() -> ResponseReturnValue:
    _enter()
    return write.blank()


@bp.route("/practice/review", methods=["GET", "POST"])
def practice_review() -> ResponseReturnValue:
    if request.method != "POST":
        return redirect(url_for("voices.practice"), 303)
    _enter()
    return write.reviewed()


@bp.route("/practice/send", methods=["GET", "POST"])
def practice_send() -> ResponseReturnValue:
    if request.method != "POST":
        return redirect(url_for("voices.practice"), 303)
    _enter()
    form = MessageForm.submitted().asking(g.box.channels)
    if not form.validate():
        return page("write", 400, form=form)
    return redirect(url_for("voices.practice_sent"), 303)


@bp.get("/practice/sent")
def practice_sent() -> ResponseReturnValue:
    _enter()
    return page("sent")


@bp.route("/practice/thread", methods=["GET", "POST"])
def practice_thread() -> ResponseReturnValue:
    """Any six words of the lists open the example: nothing was kept that could tell others apart."""
    _enter()
    if request.method != "POST":
        return thread.asked()
    form = ReceiptForm.submitted()
    if not form.validate():
        return thread.asked(form, 400)
    typed = WriteBackForm.submitted() if "text" in request.form else None
    return thread.shown([_example()], form.words.data, typed)


@bp.route("/practice/thread/review", methods=["GET", "POST"])
def practice_thread_review() -> ResponseReturnValue:
    if request.method != "POST":
        return redirect(url_for("voices.practice_thread"), 303)
    _enter()
    form = WriteBackForm.submitted()
    if not form.validate():
        return thread.shown([_example()], form.words.data or "", form, 400)
    return thread.reviewed(form)


@bp.route("/practice/thread/send", methods=["GET", "POST"])
def practice_thread_send() -> ResponseReturnValue:
    if request.method != "POST":
        return redirect(url_for("voices.practice_thread"), 303)
    _enter()
    form = WriteBackForm.submitted()
    if not form.validate():
        return thread.shown([_example()], form.words.data or "", form, 400)
    return redirect(url_for("voices.practice_thread_sent"), 303)


@bp.get("/practice/thread/sent")
def practice_thread_sent() -> ResponseReturnValue:
    _enter()
    return page("thread_sent")


def _example() -> Answer:
    said = _(
        "Thank you for writing. Others say the same, and we raised it with management.\n\nOne thing would"
        " help us: is it time that is missing, or somebody to ask? Answer only if you wish, without a name or"
        " a place."
    )
    return Answer(_REPLY, said, clock.today() - timedelta(days=1), 1)
