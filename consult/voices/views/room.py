"""What the anonymous pages share: the letterbox they know and nothing else, its frame, and every refusal."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from babel.lists import format_list
from flask import Blueprint, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, HTTPException

from consult.anonymity import words
from consult.anonymity.message import MAX_ENCODED
from consult.core import clock
from consult.core.db import db, reading
from consult.core.errors import NotFound, Refused, TooMany
from consult.core.i18n import _, locale
from consult.voices import queries, threads
from consult.voices.models import Letterbox
from consult.voices.poll import Poll
from consult.voices.rules import (
    COUNT_MIN,
    WEEK,
    Bucket,
    Busy,
    Channels,
    NotOpen,
    Phase,
    Told,
    next_release_on,
    phase,
)
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
    channels: Channels
    quota: int
    is_daily: bool
    opens_on: date
    closes_on: date
    next_on: date
    digest: bytes
    """Over all keys of the letterbox: its fingerprint, before it is made words."""
    poll: Poll | None = None
    count_min: int = COUNT_MIN
    is_practice: bool = False

    @classmethod
    def of(cls, letterbox: Letterbox, on: date) -> Box:
        days = (letterbox.interval_days, letterbox.opens_on, letterbox.closes_on)
        now = phase(letterbox.opens_on, letterbox.closes_on, on)
        return cls(
            address=letterbox.id.hex(),
            told=Told.of(letterbox.told),
            phase=Phase.CLOSED if letterbox.is_closed else now,
            k=letterbox.k,
            channels=letterbox.channels,
            quota=letterbox.quota,
            is_daily=letterbox.interval_days < WEEK,
            opens_on=letterbox.opens_on,
            closes_on=letterbox.closes_on,
            next_on=next_release_on(*days, on),
            digest=letterbox.fingerprint,
            poll=Poll.of(letterbox.told) if not letterbox.channels.is_open else None,
            count_min=letterbox.count_min,
        )

    @property
    def is_open_mode(self) -> bool:
        return self.channels.is_open

    @property
    def needed(self) -> int:
        """How many messages must wait in the fullest lane before any leaves: of so many rights, and in open
        mode of whomever."""
        return 2 * self.k * self.channels.number

    @property
    def kept_back(self) -> int:
        """How many messages an opening before the last leaves for the one after."""
        return self.k * self.channels.number

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
        return words.from_digest(self.digest, locale())


@bp.record
def _set_up(state: Any) -> None:
    state.app.extensions["consult.speak_bucket"] = Bucket(BURST, PER_SECOND)
    is_test = state.app.extensions["consult.settings"].testing
    state.app.extensions["consult.receipts"] = threads.Gate(threads.CHEAP) if is_test else threads.Gate()


@bp.before_request
def _receive() -> None:
    """What a request may be at all. A POST reads first: its lock is taken once the message is sealed."""
    reading.set(True)
    request.max_content_length = MAX_BODY
    if request.method == "POST":
        require_same_origin()
        if request.mimetype != FORM_TYPE:
            raise BadRequest


def enter(address: str) -> Letterbox:
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


def enter_open(address: str) -> Letterbox:
    """The same, where messages are taken today. Raises `NotOpen` too."""
    letterbox = enter(address)
    if g.box.phase is not Phase.OPEN:
        raise NotOpen(g.box.phase)
    return letterbox


def gate() -> threads.Gate:
    """Where six words become a key, one at a time in this process."""
    return cast("threads.Gate", current_app.extensions["consult.receipts"])


def now() -> float:
    """In seconds, for what is counted per second."""
    return clock.now().timestamp()


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


@bp.errorhandler(Busy)
def _busy(error: Busy) -> ResponseReturnValue:
    """Whoever was about to send gets the text back; whoever only asks, the same few bytes as everyone,
    made once: they must cost less than what they turn away."""
    if _typed() or g.get("again") is not None:
        body, status = _refuse("busy", 429)
    else:
        body, status = _busy_page(locale(), request.script_root), 429
    return body, status, {"Retry-After": str(error.seconds)}


@lru_cache(maxsize=8)
def _busy_page(_language: str, _root: str) -> str:
    g.pop("box", None)
    return page("refused", 429, reason="busy", typed="", again=None, again_url=None)[0]


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
    return page(
        "refused", status, reason=reason, typed=_typed(), again=g.get("again"), again_url=g.get("again_url")
    )


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
    is_file = box is not None and box.told.is_file
    frame: dict[str, Any] = {
        "organisation_name": box.told.organisation if box else g.get("organisation", ""),
        "home_url": _reading_url(),
        "notice_url": _reading_url(f"notices/{box.told.slug}") if box and box.told.slug else _reading_url(),
        "notice_name": _("The page of the representatives") if is_file else _("The notice"),
        "read_notice": _("Read the page of the representatives") if is_file else _("Read the notice"),
        "kept_url": kept,
        "exit_url": url_for("voices.exit"),
        "footer_links": [{"label": _("What this server keeps"), "href": kept}],
        "demo_mode": current_app.extensions["consult.settings"].demo,
    }
    if request.method == "POST":  # the other language would be another page, and an empty one
        frame |= {"switch_url": None, "alternate_urls": {}}
    return frame


def page(name: str, status: int = 200, **facts: Any) -> tuple[str, int]:
    page = render_template(
        f"voices/{name}.html", box=g.get("box"), max_bytes=MAX_ENCODED, **_frame(), **facts
    )
    return page, status
