"""Writing a message: write, review, send, sent; and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from consult.anonymity.identification import Kind, Span, spans
from consult.anonymity.message import Thread
from consult.core import clock
from consult.core.db import begin_writing, db
from consult.core.errors import TooMany
from consult.core.i18n import _, locale
from consult.voices import services, spending
from consult.voices.forms import MessageForm
from consult.voices.models import Letterbox
from consult.voices.rules import NotOpen, Phase, RightFault, RightRefused
from consult.voices.views.room import OUTSIDE, bp, enter, enter_open, gate, now, page

# ── pages ──────────────────────────────────────────────────────────────────────


@bp.get("/<box>/")
def write(box: str) -> ResponseReturnValue:
    enter_open(box)
    return blank()


def blank() -> ResponseReturnValue:
    """The form, with six words drawn for whoever wants a thread."""
    return page("write", form=MessageForm(data={"language": locale()}).asking(g.box.channels))


@bp.route("/<box>/review", methods=["GET", "POST"])
def review(box: str) -> ResponseReturnValue:
    """Shows the text back, with what may give its author away; or (``edit``) the form again."""
    if request.method != "POST":
        return redirect(url_for("voices.write", box=box), 303)
    enter_open(box)
    return reviewed()


def reviewed() -> ResponseReturnValue:
    form = MessageForm.submitted().asking(g.box.channels)
    if "edit" in request.form:
        return page("write", form=form)
    if not form.validate():
        return page("write", 400, form=form)
    return page("review", form=form, **read_over(form.message().text))


@bp.route("/<box>/send", methods=["GET", "POST"])
def send(box: str) -> ResponseReturnValue:
    if request.method != "POST":
        return redirect(url_for("voices.write", box=box), 303)
    letterbox = enter_open(box)
    form = MessageForm.submitted().asking(g.box.channels)
    if not form.validate():
        return page("write", 400, form=form)
    g.again = form
    try:
        rights = spending.to_speak(db.session, letterbox, form.proof)
        take_one()
        ready = services.prepare(
            letterbox, form.message(_thread(letterbox, form)), on=clock.today(), rights=rights
        )
        begin_writing(db.session)
        services.post(db.session, ready)
        db.session.commit()
    except RightRefused as error:
        return _refuse_right(form, error.fault)
    return redirect(url_for("voices.sent", box=box), 303)


def take_one() -> None:
    """One message of those this process takes. Raises `TooMany`."""
    if not current_app.extensions["consult.speak_bucket"].take(now()):
        raise TooMany(60)


def _thread(letterbox: Letterbox, form: MessageForm) -> Thread | None:
    """Where the author can be answered: made from the six words, which end here. Raises `Busy`."""
    if not form.wants_thread:
        return None
    gate().admit_writer(now())
    receipt = gate().derive(form.words.data, letterbox.id)
    return Thread(receipt.lookup, receipt.public)


def _refuse_right(form: MessageForm, fault: RightFault) -> ResponseReturnValue:
    """The form again, with all that was typed, the same for every reason but for one sentence."""
    db.session.rollback()
    form.refuse_right(fault)
    return page("write", 400, form=form)


@bp.get("/<box>/sent")
def sent(box: str) -> ResponseReturnValue:
    """The same page for everybody: it holds nothing of what was sent, nor whether anything was."""
    if enter(box).is_closed:
        raise NotOpen(Phase.CLOSED)
    return page("sent")


@bp.get("/leave", endpoint="exit")
def leave() -> ResponseReturnValue:
    """The way out: what this site left in the browser goes, then a page of the outside world."""
    response = redirect(OUTSIDE[locale()], 303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


# ── what the review shows ──────────────────────────────────────────────────────


def read_over(text: str) -> dict[str, Any]:
    """The text back, with what may give its author away."""
    found = spans(text, known=g.box.told.names)
    return {"pieces": _pieces(text, found), "advice": _advice(found, text)}


def _pieces(text: str, found: Sequence[Span]) -> list[tuple[str, int | None]]:
    """The text cut at the passages found: ``(piece, number of its advice or None)``."""
    pieces: list[tuple[str, int | None]] = []
    at = 0
    for number, span in enumerate(found, start=1):
        pieces += [(text[at : span.start], None), (text[span.start : span.end], number)]
        at = span.end
    return [piece for piece in [*pieces, (text[at:], None)] if piece[0]]


def _advice(found: Sequence[Span], text: str) -> list[tuple[str, str]]:
    """``(passage, sentence)`` for each passage, in the order of their numbers."""
    said = {
        Kind.UNIQUE: _("Points to you if the rest is precise. Try “in my team”."),
        Kind.NAME: _("Someone could be recognised. Try “a colleague”."),
        Kind.CONTACT: _("Leads straight to someone. Leave it out."),
        Kind.NUMBER: _("Can be looked up in a file. Leave it out."),
        Kind.PERSONAL: _("Few people share this. Say it more broadly, or leave it out."),
        Kind.TITLE: _("Few people have this job. Try “my work” or “a manager”."),
        Kind.DATE: _("A date narrows the search. Try “recently”."),
        Kind.GROUP: _("Few people belong to it. Name a larger group."),
        Kind.PLACE: _("A place narrows the search. Keep the place or the task, not both."),
    }
    return [(text[span.start : span.end], said[span.kind]) for span in found]
