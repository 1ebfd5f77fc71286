"""The anonymous side's pages: write, review, send, sent, leave. They know the letterbox and nothing else."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from babel.lists import format_list
from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, HTTPException

from consult.anonymity import words
from consult.anonymity.identification import Kind, Span, spans
from consult.anonymity.message import MAX_ENCODED
from consult.core import clock
from consult.core.db import begin_writing, db, reading
from consult.core.errors import NotFound, Refused, TooMany
from consult.core.i18n import _, locale
from consult.voices import queries, services
from consult.voices.forms import MessageForm
from consult.voices.models import Letterbox
from consult.voices.rules import WEEK, Bucket, Channel, NotOpen, Phase, Told, next_release_on, phase
from consult.web import spaces
from consult.web.origin import require_same_origin
from consult.web.readers import has_word

bp = Blueprint("voices", __name__, url_prefix=spaces.SPEAKING)
logger = logging.getLogger("consult")

MAX_BODY = 12 * 1024
"""Bytes. A message that can be sealed has 4,095, which a form may write with three each."""
BURST, PER_SECOND = 300, 5
"""Messages one process takes at once, and then each second."""
FORM_TYPE = "application/x-www-form-urlencoded"
OUTSIDE = {"fr": "https://fr.wikipedia.org/", "en": "https://en.wikipedia.org/"}
"""Where the quick exit leads: a page nobody wonders about."""
_FRAMES = 6


class NoWord(Refused):
    """The access word was not typed on this device, or it changed meanwhile."""


@dataclass(frozen=True, slots=True)
class Box:
    """What pages show of a letterbox, read once: a refusal needs no database."""

    address: str
    told: Told
    phase: Phase
    k: int
    is_open_mode: bool
    is_daily: bool
    opens_on: date
    closes_on: date
    next_on: date
    public_key: bytes

    @classmethod
    def of(cls, letterbox: Letterbox, on: date) -> Box:
        days = (letterbox.interval_days, letterbox.opens_on, letterbox.closes_on)
        now = phase(letterbox.opens_on, letterbox.closes_on, on)
        return cls(
            address=letterbox.id.hex(),
            told=Told.of(letterbox.told),
            phase=Phase.CLOSED if letterbox.is_closed else now,
            k=letterbox.k,
            is_open_mode=letterbox.channel is Channel.OPEN,
            is_daily=letterbox.interval_days < WEEK,
            opens_on=letterbox.opens_on,
            closes_on=letterbox.closes_on,
            next_on=next_release_on(*days, on),
            public_key=letterbox.public_key,
        )

    @property
    def is_last(self) -> bool:
        """Whether the next opening is the closing one, which takes whatever is there."""
        return self.next_on > self.closes_on

    @property
    def later_on(self) -> date:
        """A day on which it is worth coming back: a week after the next opening."""
        return date.fromordinal(self.next_on.toordinal() + WEEK)

    @property
    def keyholders(self) -> str:
        return format_list(self.told.keyholders, locale="fr_FR" if locale() == "fr" else "en_GB")

    @property
    def fingerprint(self) -> Sequence[str]:
        return words.fingerprint(self.public_key, locale=locale())


@bp.record
def _set_up(state: Any) -> None:
    state.app.extensions["consult.speak_bucket"] = Bucket(BURST, PER_SECOND)


@bp.before_request
def _receive() -> None:
    """What a request may be at all. A POST reads first: its lock is taken once the message is sealed."""
    reading.set(True)
    request.max_content_length = MAX_BODY
    if request.method == "POST":
        require_same_origin()
        if request.mimetype != FORM_TYPE:
            raise BadRequest


def _enter(address: str) -> Letterbox:
    """The letterbox of an address, for whoever typed the word. Raises `NoWord`, `NotFound`."""
    letterbox = queries.by_address(db.session, address)
    if letterbox is None:
        g.organisation = queries.organisation(db.session)
    else:
        g.box = Box.of(letterbox, clock.today())
    if not has_word():
        raise NoWord
    if letterbox is None:
        raise NotFound
    return letterbox


def _enter_open(address: str) -> Letterbox:
    """The same, where messages are taken today. Raises `NotOpen` too."""
    letterbox = _enter(address)
    if g.box.phase is not Phase.OPEN:
        raise NotOpen(g.box.phase)
    return letterbox


# ── pages ──────────────────────────────────────────────────────────────────────


@bp.get("/<box>/")
def write(box: str) -> ResponseReturnValue:
    _enter_open(box)
    return _page("write", form=MessageForm(data={"language": locale()}))


@bp.route("/<box>/review", methods=["GET", "POST"])
def review(box: str) -> ResponseReturnValue:
    """Shows the text back, with what may give its author away; or (``edit``) the form again."""
    if request.method != "POST":
        return redirect(url_for("voices.write", box=box), 303)
    _enter_open(box)
    form = MessageForm.submitted()
    if "edit" in request.form:
        return _page("write", form=form)
    if not form.validate():
        return _page("write", 400, form=form)
    text = form.message().text
    found = spans(text)
    return _page("review", form=form, pieces=_pieces(text, found), advice=_advice(found, text))


@bp.route("/<box>/send", methods=["GET", "POST"])
def send(box: str) -> ResponseReturnValue:
    if request.method != "POST":
        return redirect(url_for("voices.write", box=box), 303)
    letterbox = _enter_open(box)
    form = MessageForm.submitted()
    if not form.validate():
        return _page("write", 400, form=form)
    g.again = form
    ready = services.prepare(letterbox, form.message(), on=clock.today())
    if not current_app.extensions["consult.speak_bucket"].take(clock.now().timestamp()):
        raise TooMany(60)
    begin_writing(db.session)
    services.post(db.session, ready)
    db.session.commit()
    return redirect(url_for("voices.sent", box=box), 303)


@bp.get("/<box>/sent")
def sent(box: str) -> ResponseReturnValue:
    """The same page for everybody: it holds nothing of what was sent, nor whether anything was."""
    if _enter(box).is_closed:
        raise NotOpen(Phase.CLOSED)
    return _page("sent")


@bp.get("/leave", endpoint="exit")
def leave() -> ResponseReturnValue:
    """The way out: what this site left in the browser goes, then a page of the outside world."""
    response = redirect(OUTSIDE[locale()], 303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


# ── refusals: each gives the text back ─────────────────────────────────────────


@bp.errorhandler(NoWord)
def _no_word(_error: NoWord) -> ResponseReturnValue:
    if request.method == "POST":
        return _refuse("no_word", 403)
    return render_template(
        "reading/access.html", action=_reading_url("access"), next=request.path, **_frame()
    ), 403


@bp.errorhandler(NotFound)
def _unknown(_error: NotFound) -> ResponseReturnValue:
    return _refuse("unknown", 404)


@bp.errorhandler(NotOpen)
def _not_open(error: NotOpen) -> ResponseReturnValue:
    """A page that says since or until when; a conflict only where somebody tried to send."""
    return _refuse(str(error.phase), 409 if request.method == "POST" else 200)


@bp.errorhandler(TooMany)
def _too_many(error: TooMany) -> ResponseReturnValue:
    body, status = _refuse("too_many", 429)
    return body, status, {"Retry-After": str(error.seconds)}


@bp.errorhandler(HTTPException)
def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    if error.code == 413:
        return _refuse("too_big", 413)
    return _refuse("unknown" if error.code == 404 else "misread", error.code)


@bp.errorhandler(Exception)
def _failed(error: Exception) -> ResponseReturnValue:
    """A fault of ours. The log gets its kind and the lines of code: a message may quote what was typed."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    logger.error("unhandled %s on the anonymous side (%s)", type(error).__name__, where)
    return _refuse("failed", 500)


def _refuse(reason: str, status: int) -> tuple[str, int]:
    return _page("refused", status, reason=reason, typed=_typed(), again=g.get("again"))


def _typed() -> str:
    """The text that was posted, as far as the request can be read."""
    try:
        return request.form.get("text", "")
    except HTTPException:
        return ""


# ── what pages are made of ─────────────────────────────────────────────────────


def _reading_url(path: str = "") -> str:
    """An address of the reading side, in the language of this page."""
    return f"{request.script_root}/{locale()}/{path}"


def _frame() -> dict[str, Any]:
    """Masthead, exit bar and footer: the same for everybody, from what the letterbox was told."""
    box = cast("Box | None", g.get("box"))
    kept = _reading_url("stored")
    frame: dict[str, Any] = {
        "organisation_name": box.told.organisation if box else g.get("organisation", ""),
        "home_url": _reading_url(),
        "notice_url": _reading_url(f"notices/{box.told.slug}") if box and box.told.slug else _reading_url(),
        "kept_url": kept,
        "exit_url": url_for("voices.exit"),
        "footer_links": [{"label": _("What this server keeps"), "href": kept}],
        "demo_mode": current_app.extensions["consult.settings"].demo,
    }
    if request.method == "POST":  # the other language would be another page, and an empty one
        frame |= {"switch_url": None, "alternate_urls": {}}
    return frame


def _page(name: str, status: int = 200, **facts: Any) -> tuple[str, int]:
    page = render_template(
        f"voices/{name}.html", box=g.get("box"), max_bytes=MAX_ENCODED, **_frame(), **facts
    )
    return page, status


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
