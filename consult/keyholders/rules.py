"""What can go wrong with keys, and how long a sitting lasts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from consult.core.errors import Refused

COOKIE: Final = "consult_key"
"""The cookie of a sitting: Secure, HttpOnly, SameSite=Strict, Path=/workspace, until the browser closes."""
IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=8)
WORDS_LEAST: Final = 6
LEAST: Final = 2
"""Keyholders of a letterbox, at any time."""
REHEARSED_EVERY: Final = timedelta(days=365)
REMINDED_AGAIN: Final = timedelta(days=30)
UNLOCKING_COUNTS: Final = timedelta(days=183)
"""An unlocking shows what a rehearsal shows; noted only where the last is so long ago, so that the day
says when a passphrase was proven, not when somebody last read."""
LEAVES_SOON: Final = timedelta(days=30)


class CannotUnlock(Refused):
    """Wrong passphrase, or not a keyholder of this letterbox: the answer is the same."""


class Locked(Refused):
    """No sitting is open, or it was idle for too long: the passphrase is asked again."""

    def __init__(self, letterbox_id: bytes = b"") -> None:
        super().__init__("locked")
        self.letterbox_id = letterbox_id


class AlreadyHolds(Refused):
    """This account holds a key already: a second set-up would shut it out of what the first can open."""


class Planted(Refused):
    """A key of this letterbox lies with somebody the body did not name; ``names`` are theirs. Nothing is
    unlocked until the body has looked into it."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"{len(names)} keys with somebody the body did not name")
        self.names = names


class NotReady(Refused):
    """The person has no key of their own, or may hold none."""


class NothingToHandOver(Refused):
    """No living letterbox would change hands."""


class HandoverRuns(Refused):
    """Somebody was named to follow that person already, and it is not finished."""


class CannotPassOn(Refused):
    """Whoever asks holds no key that the successor still lacks."""


def rehearsal_due(set_up_on: date, rehearsed_on: date | None) -> date:
    """A year after the passphrase was last shown to open."""
    return max(set_up_on, rehearsed_on or set_up_on) + REHEARSED_EVERY


def unnamed(holding: Sequence[str], named: Sequence[str]) -> tuple[str, ...]:
    """Names among ``holding`` that the body did not name, each as often as it is one too many: a second
    row under the name of somebody it did name is one."""
    return tuple((Counter(holding) - Counter(named)).elements())


def has_enough_words(normalised: str) -> bool:
    """At least six different words: the same one six times is none."""
    return len(set(normalised.split())) >= WORDS_LEAST
