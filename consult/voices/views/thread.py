"""Reading an answer: six words, the thread they open, and writing back once to each answer.

Words that are wrong, not released or not answered get the same page, byte for byte; nothing is written
by reading, and nothing says whether anybody came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from consult.anonymity.receipts import BadReceipt
from consult.core import clock
from consult.core.db import begin_writing, db
from consult.core.i18n import _, locale
from consult.voices import services, threads
from consult.voices.forms import ReceiptForm, WriteBackForm
from consult.voices.models import Letterbox
from consult.voices.rules import NotOpen, Phase, RightRefused
from consult.voices.threads import Answer
from consult.voices.views.room import bp, enter, enter_open, gate, now, page
from consult.voices.views.write import read_over, take_one


def _enter(address: str) -> Letterbox:
    """The letterbox, from its first day on: answers can be read until they are destroyed."""
    letterbox = enter(address)
    if g.box.phase is Phase.NOT_YET:
        raise NotOpen(Phase.NOT_YET)
    return letterbox


@bp.route("/<box>/thread", methods=["GET", "POST"])
def thread(box: str) -> ResponseReturnValue:
    """Asks for six words, and shows what they open. With a text beside them (``edit``) that text comes
    back in the form."""
    if request.method != "POST":
        _enter(box)
        return asked()
    gate().admit_reader(now())  # before the database: what is turned away must cost little
    letterbox = _enter(box)
    form = ReceiptForm.submitted()
    if not form.validate():
        return asked(form, 400)
    receipt = gate().derive(form.words.data, letterbox.id)
    typed = WriteBackForm.submitted() if "text" in request.form else None
    return shown(threads.answers(db.session, letterbox, receipt), form.words.data, typed)


@bp.route("/<box>/thread/review", methods=["GET", "POST"])
def thread_review(box: str) -> ResponseReturnValue:
    if request.method != "POST":
        return redirect(url_for("voices.thread", box=box), 303)
    letterbox = enter_open(box)
    form = WriteBackForm.submitted()
    return reviewed(form) if form.validate() else _again(letterbox, form)


@bp.route("/<box>/thread/send", methods=["GET", "POST"])
def thread_send(box: str) -> ResponseReturnValue:
    if request.method != "POST":
        return redirect(url_for("voices.thread", box=box), 303)
    letterbox = enter_open(box)
    form = WriteBackForm.submitted()
    if not form.validate():
        return _again(letterbox, form)
    g.again, g.again_url = form, url_for("voices.thread_send", box=box)
    take_one()
    gate().admit_writer(now())
    try:
        receipt = gate().derive(form.words.data, letterbox.id)
    except BadReceipt:
        return _again(letterbox, form)
    found = threads.answers(db.session, letterbox, receipt)
    if form.reply_id not in {one.id for one in found}:
        return shown(found, form.words.data, form, 400)
    ready = threads.write_back(letterbox, receipt, form.message(), on=clock.today())
    begin_writing(db.session)
    try:
        services.post(db.session, ready)
        db.session.commit()
    except RightRefused:
        db.session.rollback()
        return _answered(letterbox, receipt, form)
    return redirect(url_for("voices.thread_sent", box=box), 303)


@bp.get("/<box>/thread/sent")
def thread_sent(box: str) -> ResponseReturnValue:
    """The same page for everybody."""
    if enter(box).is_closed:
        raise NotOpen(Phase.CLOSED)
    return page("thread_sent")


# ── what these pages show, in practice too ─────────────────────────────────────


def asked(
    form: ReceiptForm | None = None, status: int = 200, *, nothing: bool = False
) -> ResponseReturnValue:
    """The form for six words, always empty. ``nothing``: they open nothing, or nothing yet."""
    return page("thread", status, form=(form or ReceiptForm()).forget(), nothing=nothing)


def shown(
    found: Sequence[Answer], words: str, typed: WriteBackForm | None = None, status: int = 200
) -> ResponseReturnValue:
    """A thread that holds answers, and the form to write back to the newest that has none; else the page
    that says nothing is there, with the text somebody may have typed."""
    if not found:
        return asked(nothing=True) if typed is None else page("refused", 400, **_unopened(typed))
    to = threads.next_to_answer(found)
    form = typed or WriteBackForm(data={"language": locale()})
    form.words.data = words
    if typed is None or form.reply_id not in {one.id for one in found if one.may_write_back}:
        form.answers.data = to.value if to is not None else ""
    answered_to = next((one for one in found if one.value == form.answers.data), None)
    return page("answers", status, form=form, answers=found, to=answered_to)


def reviewed(form: WriteBackForm) -> ResponseReturnValue:
    address = {"box": g.box.address}
    return page(
        "review",
        form=form,
        **read_over(form.message().text),
        send_url=url_for("voices.thread_send", **address),
        edit_url=url_for("voices.thread", **address),
    )


def _again(letterbox: Letterbox, form: WriteBackForm) -> ResponseReturnValue:
    """The thread with the form as it was sent and what is wrong with it."""
    gate().admit_reader(now())
    try:
        receipt = gate().derive(form.words.data or "", letterbox.id)
    except BadReceipt:
        return page("refused", 400, **_unopened(form))
    return shown(threads.answers(db.session, letterbox, receipt), form.words.data, form, 400)


def _answered(letterbox: Letterbox, receipt: Any, form: WriteBackForm) -> ResponseReturnValue:
    """Somebody wrote back to this answer already; the text is handed back."""
    sentence = _("You have written back to this answer already. Nothing was sent; your text is still here.")
    form.text.errors = [sentence]
    return shown(threads.answers(db.session, letterbox, receipt), form.words.data, form, 400)


def _unopened(form: WriteBackForm) -> dict[str, Any]:
    return {"reason": "no_thread", "typed": form.text.data or "", "again": None, "again_url": None}
