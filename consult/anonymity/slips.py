"""Slips: codes on paper that open a letterbox without a name.

16 Crockford characters (80 random bits) and a check character. Whoever makes them keeps nothing but
one hash for each slip and lane, so that the uses of one slip cannot be joined."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from consult.anonymity import crockford
from consult.anonymity.rights import SLIP_LENGTH, Slip

__all__ = ["SLIP_LENGTH", "hashes", "new", "normalise", "printed"]


def new() -> str:
    """A fresh code: 16 characters without the check, as `hashes` wants it."""
    return crockford.encode(secrets.randbits(5 * SLIP_LENGTH), SLIP_LENGTH)


def printed(code: str) -> str:
    """For print: ``0000-0000-0000-00000``, the check behind the last group. Raises `ValueError` unless
    the code has 16 Crockford characters."""
    Slip(code)
    return crockford.grouped(code, 4) + crockford.check_character(code)


def normalise(typed: str) -> str:
    """The 16 characters of what was typed, the check taken off. Raises `crockford.BadCode`."""
    return crockford.normalise(typed, SLIP_LENGTH)


def hashes(letterbox_id: bytes, code: str, lanes: Iterable[str]) -> dict[str, bytes]:
    """For each lane (such as ``speak-1``) the 32 bytes that are kept. Raises `ValueError` unless the
    letterbox id has 16 bytes and the code 16 Crockford characters."""
    slip = Slip(code)
    return {lane: slip.hash(letterbox_id, lane) for lane in lanes}
