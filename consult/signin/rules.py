"""What a password must be, how long failures wait, how long links live. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from enum import StrEnum

from consult.core.errors import Refused

MIN_PASSWORD = 12
MAX_PASSWORD = 200
INVITATION_DAYS = 14
RESET_HOURS = 2
FREE_FAILURES = 5
FIRST_WAIT = 30
LONGEST_WAIT = 15 * 60
DEMO_PASSWORD = "plume-et-encrier-2026"  # noqa: S105 - printed by `consult demo`, worthless without its marker
"""The password of every account of a demonstration. Refused wherever the demo's marker is not."""

LIFETIMES = {"invitation": timedelta(days=INVITATION_DAYS), "reset": timedelta(hours=RESET_HOURS)}
_COMMON = (
    "password",
    "motdepasse",
    "azertyuiop",
    "qwertyuiop",
    "qwertzuiop",
    "consult",
    "bonjour",
    "welcome",
)
_OWN_PART = 8
"""Letters and digits that must remain once the account's own name and address are taken out."""


class PasswordFault(StrEnum):
    """Why a password cannot be chosen."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_PLAIN = "too_plain"
    ABOUT_YOU = "about_you"


class WeakPassword(Refused):
    """``fault`` says what is wrong with the password somebody chose."""

    def __init__(self, fault: PasswordFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class WrongCredentials(Refused):
    """Unknown address, wrong password, an account that waits or was deactivated: one answer."""


class LinkSpent(Refused):
    """The link was used, has expired, was replaced, or never existed: one answer."""


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if char.isalnum())


def _without(password: str, names: list[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        if len(name) >= 3:
            password = password.replace(name, "")
    return password


def fault_of(password: str, *, email: str, name: str, is_demo: bool = False) -> PasswordFault | None:
    """The first thing wrong with a password, or None. Length is what counts: no rule about kinds of
    characters. It may not be made of the account's own name or address, nor of a word everybody tries."""
    if len(password) < MIN_PASSWORD:
        return PasswordFault.TOO_SHORT
    if len(password) > MAX_PASSWORD:
        return PasswordFault.TOO_LONG
    folded = _fold(password)
    own = [_fold(part) for part in [*re.split(r"[\s.@_-]+", email), *name.split()]]
    if len(_without(folded, own)) < min(_OWN_PART, len(folded)):
        return PasswordFault.ABOUT_YOU
    if len(set(password)) < 6 or len(_without(folded, [*_COMMON]).strip("0123456789")) < 4:
        return PasswordFault.TOO_PLAIN
    if password == DEMO_PASSWORD and not is_demo:
        return PasswordFault.TOO_PLAIN
    return None


def wait_after(failures: int) -> timedelta | None:
    """How long an account waits after so many failures in a row: nothing for the first four, then
    30 s, a minute, two… a quarter of an hour at most, so that nobody is locked out for long."""
    if failures < FREE_FAILURES:
        return None
    doublings = min(failures - FREE_FAILURES, 10)
    return timedelta(seconds=min(FIRST_WAIT * 2**doublings, LONGEST_WAIT))


def safe_next(address: str | None) -> str | None:
    """An address to go on to after signing in, if it is one of the workspace's own; else None."""
    if not address or len(address) > 2000:
        return None
    path = address.partition("?")[0].partition("#")[0]
    if not re.fullmatch(r"/workspace/(?:fr|en)/[A-Za-z0-9/_.~%-]*", path):
        return None
    if "//" in path or any(part in {".", ".."} for part in path.split("/")) or "%" in path:
        return None
    if re.search(r"[\x00-\x20\x7f\\]", address) or path.endswith(("/sign-in", "/sign-out")):
        return None
    return address
