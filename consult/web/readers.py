"""Who may read what: levels, audiences, readers, and the one function that decides.

Also the access word: one word typed once, turned into a cookie whose value is the same for everybody."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from flask import Flask, Response, current_app, request

from consult.core.security import derived_key, same

COOKIE = "access"
COOKIE_DAYS = 90
DECIDED = "consult.level"
"""Where the page cache tells the application the level it decided for a request, so that the bytes it
keeps for a level are those of that level, even if the word changes meanwhile."""


class Visibility(StrEnum):
    """How far a thing may be read, from the widest to the narrowest."""

    PUBLIC = "public"
    EMPLOYEES = "employees"
    BODY = "body"
    CONFIDENTIAL = "confidential"
    DRAFT = "draft"


class Side(StrEnum):
    """On whose behalf a signed-in person reads. The chair of a body is the employer."""

    EMPLOYER = "employer"
    STAFF = "staff"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Audience:
    """A level with the bodies and mandates it names, the side that wrote the thing, and an end."""

    level: Visibility
    author: Side = Side.EMPLOYER
    body_ids: frozenset[UUID] = frozenset()
    mandate_ids: frozenset[UUID] = frozenset()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known of who reads: whether the access word was typed, and the mandates of the day.
    ``body_ids`` and ``mandate_ids`` are those of the staff side only, never the chair's."""

    has_word: bool = False
    side: Side = Side.NEITHER
    body_ids: frozenset[UUID] = field(default_factory=frozenset)
    mandate_ids: frozenset[UUID] = field(default_factory=frozenset)
    is_signed_in: bool = False

    @property
    def level(self) -> Visibility:
        """The level of the page cache: readers of one level get the same bytes."""
        return Visibility.EMPLOYEES if self.has_word else Visibility.PUBLIC


STRANGER = Reader()
EMPLOYEE = Reader(has_word=True)


def may_read(audience: Audience, reader: Reader, *, on: date) -> bool:
    """The one rule of who reads what (see docs/architecture.md, "Who may read what")."""
    level = audience.level
    if level is Visibility.PUBLIC:
        return True
    if level is Visibility.EMPLOYEES:
        return reader.has_word or reader.is_signed_in
    if level is Visibility.CONFIDENTIAL and audience.until is not None and on > audience.until:
        return reader.has_word or reader.is_signed_in
    if audience.author is Side.EMPLOYER and reader.side is Side.EMPLOYER:
        return True
    if level is Visibility.BODY:
        return bool(audience.body_ids & reader.body_ids)
    if level is Visibility.CONFIDENTIAL:
        return bool(audience.mandate_ids & reader.mandate_ids)
    # A draft: its author's side only; the employer's case is above.
    return audience.author is Side.STAFF and bool(audience.body_ids & reader.body_ids)


def not_wider_than_employees(audience: Audience) -> Audience:
    """The audience of what was made from messages: employees at most, even where the notice is public.
    (The body may open it further by a resolution; nothing does yet.)"""
    if audience.level is not Visibility.PUBLIC:
        return audience
    return replace(audience, level=Visibility.EMPLOYEES)


# ── the access word ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AccessWords:
    """The word in force, and the one before while it still works; ``is_public`` where the
    organisation chose to have no word at all."""

    current: str = ""
    previous: str = ""
    is_public: bool = False

    def accepted(self) -> tuple[str, ...]:
        return tuple(word for word in (self.current, self.previous) if word)


def fold(word: str) -> str:
    """What counts of a typed word: letters and digits, without accents or capitals."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in apart if char.isalnum())


def cookie_value(secret: str, word: str) -> str:
    """The same for every reader who typed this word: it identifies the word, not the person."""
    mac = hmac.new(derived_key(secret, "access"), fold(word).encode(), sha256)
    return f"1.{mac.hexdigest()[:40]}"


def feed_token(secret: str, word: str) -> str:
    """The secret part of the addresses of feeds: the same for every reader of this word, good as long as
    the word is. Programs that follow a feed carry no cookie."""
    mac = hmac.new(derived_key(secret, "feeds"), fold(word).encode(), sha256)
    return mac.hexdigest()[:40]


def init_app(app: Flask, *, words: Callable[[], AccessWords]) -> None:
    """``words`` tells the words in force; asked on each request that is not served from the cache."""
    app.extensions["consult.access_words"] = words


def words_in_force() -> AccessWords:
    words: Callable[[], AccessWords] = current_app.extensions["consult.access_words"]
    return words()


def has_word(cookies_value: str | None = None) -> bool:
    """Whether the request carries a cookie of a word in force (or none is needed)."""
    value = cookies_value if cookies_value is not None else request.cookies.get(COOKIE, "")
    words = words_in_force()
    secret = current_app.secret_key
    return words.is_public or any(same(value, cookie_value(str(secret), word)) for word in words.accepted())


def _words_of_feeds() -> tuple[str, ...]:
    words = words_in_force()
    return words.accepted() or (("",) if words.is_public else ())


def opens_feeds(token: str) -> bool:
    """Whether a word in force made this token."""
    secret = str(current_app.secret_key)
    return any([same(token.encode(), feed_token(secret, word).encode()) for word in _words_of_feeds()])  # noqa: C419


def own_feed_token() -> str:
    """The token of the word this reader typed, never of a newer one: somebody who only knows the word
    before must not keep a way in. Where none is needed, that of the word in force."""
    secret, cookie = str(current_app.secret_key), request.cookies.get(COOKIE, "")
    words = _words_of_feeds()
    typed = (word for word in words if same(cookie.encode(), cookie_value(secret, word).encode()))
    return feed_token(secret, next(typed, words[0] if words else ""))


def anonymous_reader() -> Reader:
    """Who reads at ``/fr/`` and ``/en/``: a stranger, or somebody who typed the word."""
    decided = request.environ.get(DECIDED)
    known = has_word() if decided is None else decided == Visibility.EMPLOYEES
    return EMPLOYEE if known else STRANGER


def matches(typed: str, words: Collection[str]) -> bool:
    """Compares a typed word with those in force, in constant time for a given number of words."""
    given = fold(typed)
    return any([same(given, fold(word)) for word in words]) and bool(given)  # noqa: C419  (all of them, always)


def remember(response: Response, word: str, *, secure: bool) -> Response:
    """Sets the cookie of the word: shared value, whole site, 90 days, nothing about the person."""
    response.set_cookie(
        COOKIE,
        cookie_value(str(current_app.secret_key), word),
        max_age=COOKIE_DAYS * 86400,
        secure=secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response
