"""What the pages of the desk share: the open sitting, the way to the passphrase, cards and names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from consult.anonymity.identification import spans
from consult.anonymity.message import Message
from consult.concerns import grave, queries, sealed, words
from consult.concerns.grave import Grave
from consult.concerns.models import Concern, Theme
from consult.concerns.queries import Desk
from consult.core import clock
from consult.core.db import begin_writing, db, reading
from consult.core.errors import NotFound
from consult.core.i18n import _, locale
from consult.core.localized import Localized
from consult.keyholders import queries as keyholders
from consult.keyholders import services as keys
from consult.keyholders.rules import COOKIE, Locked
from consult.people.access import signed_in
from consult.voices.models import Voice
from consult.web import spaces
from consult.web.filters import text_of

_READING = {"GET", "HEAD"}

bp = Blueprint("concerns", __name__, url_prefix=spaces.WORKSPACE)


@bp.after_request
def _never_stored(response: Response) -> Response:
    """What was said lies in no cache, and in no page a browser brings back."""
    response.headers["Cache-Control"] = "no-store"
    return response


# ── the sitting ────────────────────────────────────────────────────────────────


def must_hold_a_key(desk: Desk) -> None:
    """Only those the body named and the key is wrapped for. Raises `Locked`: the page that asks for the
    passphrase says the rest."""
    account = signed_in()
    holding = {one.account_id for one in keyholders.of_letterbox(db.session, desk.letterbox.id)}
    if account.id not in holding or account.name not in keyholders.named(desk.letterbox):
        raise Locked(desk.letterbox.id)


def sitting(desk: Desk) -> bytes:
    """The private key of the letterbox, for the keyholder whose sitting is open; its idle limit moves.
    Raises `Locked`."""
    must_hold_a_key(desk)
    letterbox_id, cookie = desk.letterbox.id, request.cookies.get(COOKIE, "")
    if request.method not in _READING:
        return keys.unlocked_key(db.session, letterbox_id, cookie, now=clock.now())
    begin_writing(db.session)
    try:
        key = keys.unlocked_key(db.session, letterbox_id, cookie, now=clock.now())
        db.session.commit()
    finally:
        reading.set(True)  # the rest of the page takes no write lock
    return key


def commit(desk: Desk, key: bytes, about: Concern | None = None) -> None:
    """Ends an act at the desk. Whatever it was, some notes on messages are sealed anew with it
    (`grave.stir`); ``about``: the one whose note the act itself wrote."""
    grave.stir(db.session, desk.letterbox, key, about)
    db.session.commit()


@bp.errorhandler(Locked)
def _ask_for_the_passphrase(error: Locked) -> ResponseReturnValue:
    """A GET comes back after the passphrase. What was typed comes back on this page, to be sent again."""
    box = error.letterbox_id.hex() or str((request.view_args or {}).get("box", ""))
    if request.method in _READING:
        return redirect(url_for("keyholders.unlock", box=box, next=request.full_path.rstrip("?")), 303)
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    page = render_template(
        "concerns/locked.html", typed=typed, again=request.full_path.rstrip("?"), **nowhere_else(),
        unlock_url=url_for("keyholders.unlock", box=box, next=url_for("concerns.desk", box=box)),
    )  # fmt: skip
    return page, 400


def nowhere_else() -> dict[str, Any]:
    """For a page that gives typed text back: in the other language it would be another page, and empty."""
    return {"switch_url": None, "alternate_urls": {}}


# ── what pages show ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Card:
    """One message as a keyholder reads it. ``message`` is its address; ``pieces`` mark what may point to
    somebody, ``flagged`` says it in words. ``kind`` is empty for a row nothing can be read from.
    ``has_thread``: its author wants to read an answer; ``answers``: the reply it writes back to."""

    message: str
    is_quotable: bool
    concern: Concern | None
    kind: str = ""
    topics: tuple[str, ...] = ()
    language: str = ""
    pieces: Sequence[tuple[str, bool]] = ()
    flagged: str = ""
    note: str = ""
    text: str = ""
    has_thread: bool = False
    answers: bytes | None = None
    grave: Grave | None = None

    @property
    def is_write_back(self) -> bool:
        return self.answers is not None

    @property
    def state(self) -> str:
        """``new``, ``held``, ``sorted``, ``proposed``, ``published``, ``retracted`` or ``write_back``."""
        one = self.concern
        if self.is_write_back:
            return "write_back"
        if one is None:
            return "new"
        if one.retracted_on is not None:
            return "retracted"
        if one.published_on is not None:
            return "published"
        if one.proposed_by is not None:
            return "proposed"
        if one.is_held:
            return "held"
        return "sorted" if one.theme_id is not None else "new"


def card(voice: Voice, concern: Concern | None, key: bytes, quotable: frozenset[bytes]) -> Card:
    """Opens one message."""
    found: Message | None = sealed.original(key, voice.sealed)
    is_held = concern is not None and concern.is_held
    note = sealed.read(key, concern.sealed_working).get("note", "") if concern is not None and is_held else ""
    found_grave = grave.of_concern(concern, key)
    shut = Card(voice.id.hex(), voice.batch_id in quotable, concern, note=note, grave=found_grave)
    if found is None:
        return shut
    hits = spans(found.text)
    return replace(
        shut,
        is_quotable=shut.is_quotable and found.answers is None,
        text=found.text,
        has_thread=found.thread is not None,
        answers=found.answers,
        kind=str(words.KINDS[found.kind]),
        topics=tuple(str(words.TOPICS[one]) for one in found.topics),
        language=found.language,
        pieces=words.pieces(found.text, hits),
        flagged=words.flagged(hits),
    )


@dataclass(frozen=True, slots=True)
class Named:
    """A theme with its title opened, and its exact number, for keyholders only."""

    theme: Theme
    name: Markup | str
    number: int

    @property
    def value(self) -> str:
        return str(self.theme.id)


def name_of(theme: Theme, key: bytes) -> Markup | str:
    """The title as it is being written, else as it was published."""
    draft = sealed.read(key, theme.sealed_draft)
    title = Localized.of(fr=draft.get("title-fr", ""), en=draft.get("title-en", ""), source=locale())
    return text_of(title) or text_of(theme.title) or _("Theme without a title")


def named_themes(desk: Desk, key: bytes) -> list[Named]:
    """Every theme of the desk by name, so that a button does not move while one sorts."""
    numbers = queries.theme_counts(db.session, desk.letterbox.id)
    found = [
        Named(one, name_of(one, key), numbers.get(one.id, 0))
        for one in queries.themes(db.session, desk.letterbox.id)
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.value))


def page(name: str, desk: Desk, status: int = 200, **facts: Any) -> tuple[str, int]:
    """A page of the desk. One that answers to something typed stays in its language."""
    stays = nowhere_else() if request.method == "POST" else {}
    return render_template(f"concerns/{name}.html", desk=desk, box=desk.box, **stays, **facts), status


def bytes_in(address: str | None) -> bytes | None:
    """A message id as an address or a form carries it; None for anything else."""
    try:
        found = bytes.fromhex(address or "")
    except ValueError:
        return None
    return found if len(found) == 16 else None


def uuid_in(value: str | None) -> UUID | None:
    try:
        return UUID(value or "")
    except ValueError:
        return None


def must(found: Any) -> Any:
    """Raises `NotFound` for None."""
    if found is None:
        raise NotFound
    return found
