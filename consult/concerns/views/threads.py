"""Threads at the desk: who asked for an answer, answering, and what authors wrote back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from consult.anonymity.sealing import TooLong
from consult.concerns import queries, threads, words
from consult.concerns.forms import ReplyForm
from consult.concerns.queries import Desk, MessageAtDesk
from consult.concerns.rules import NoThread
from consult.concerns.views.room import Card, bp, card, commit, must, page, sitting
from consult.core import clock
from consult.core.db import db
from consult.core.i18n import _, number, writing_in
from consult.people.access import requires, signed_in
from consult.people.rules import Permission
from consult.voices import threads as voice_threads
from consult.voices.rules import Told

KEY_HOLD = Permission.KEY_HOLD
MOST_SHOWN = 100


@bp.get("/letterboxes/<box>/threads")
@requires(KEY_HOLD, of=queries.desk)
def threads_list(desk: Desk) -> ResponseReturnValue:
    """Messages whose authors want to read an answer: those that wait for one first."""
    key = sitting(desk)
    found = threads.asking(db.session, desk.letterbox.id, key)[:MOST_SHOWN]
    rows = [(card(voice, None, key, frozenset()), turns) for voice, turns in found]
    return page("threads", desk, rows=rows)


@bp.route("/letterboxes/<box>/messages/<message>/thread", methods=["GET", "POST"])
@requires(KEY_HOLD, of=queries.message_at_desk)
def thread(here: MessageAtDesk) -> ResponseReturnValue:
    """One thread: the message, the answers, what was written back; and the form for the next answer."""
    key = sitting(here)
    original = card(here.voice, here.concern, key, queries.quotable_batches(db.session, here.letterbox))
    if original.answers is not None:
        return _of_write_back(here, key, original)
    form = ReplyForm.submitted() if request.method == "POST" else ReplyForm()
    if request.method != "POST":
        if "channels" in request.args:
            form.text.data = _channels(here, original)
        return _shown(here, key, original, form)
    if not (form.validate() and form.is_safe()):
        return _shown(here, key, original, form, 400)
    try:
        threads.reply(
            db.session, here.letterbox, here.voice.id, private_key=key, text=form.written,
            actor=signed_in(), on=clock.today(), once=form.once_id,
        )  # fmt: skip
    except TooLong as error:
        db.session.rollback()
        form.text.errors = [_("Too long by about %(count)s characters.", count=number(error.over))]
        return _shown(here, key, original, form, 400)
    except NoThread:
        db.session.rollback()
        form.text.errors = [_("This message cannot be answered: nobody could open the answer.")]
        return _shown(here, key, original, form, 409)
    address = url_for(".thread", box=here.box, message=original.message)
    commit(here, key)
    flash(_("Answer sealed to the author. They find it with their six words; nobody can tell them."), "ok")
    return redirect(address, 303)


@bp.post("/letterboxes/<box>/messages/<message>/place")
@requires(KEY_HOLD, of=queries.message_at_desk)
def place(here: MessageAtDesk) -> ResponseReturnValue:
    """What was written back was read: it is dealt to nobody any more."""
    key = sitting(here)
    threads.place(db.session, here.letterbox, here.voice.id, private_key=key)
    commit(here, key)
    flash(_("It stands in its thread. It counts nowhere and is never quoted."), "ok")
    return redirect(url_for(".desk", box=here.box), 303)


def _of_write_back(here: MessageAtDesk, key: bytes, back: Card) -> ResponseReturnValue:
    """An answer's answer has no thread of its own."""
    first = must(threads.thread_of(db.session, here.letterbox.id, key, back.answers or b""))
    return redirect(url_for(".thread", box=here.box, message=first.hex()), 303)


def _shown(
    here: MessageAtDesk, key: bytes, original: Card, form: ReplyForm, status: int = 200
) -> ResponseReturnValue:
    found = threads.turns(db.session, here.letterbox.id, key, here.voice.id)
    turns = [
        (one.copy, card(one.back, None, key, frozenset()) if one.back is not None else None) for one in found
    ]
    at_most = voice_threads.room("", on=clock.today(), number=len(found) + 1)
    return page(
        "thread", here, status, form=form, message=original, turns=turns, max_bytes=at_most,
        is_closed=here.letterbox.is_closed, told=Told.of(here.letterbox.told), flags=form.flags(),
    )  # fmt: skip


def _channels(here: MessageAtDesk, original: Card) -> Any:
    """A beginning for an answer to a grave message, in the language it was written in."""
    with writing_in(original.language or "fr"):
        return words.channels(Told.of(here.letterbox.told))
