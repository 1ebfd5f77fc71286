"""Argon2id, one at a time in each process: its memory is the point, and must not be multiplied by a
crowd at the door. Nothing here touches the database, so that no lock is held while it computes."""

from __future__ import annotations

import threading
from functools import lru_cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from consult.core.config import Settings

_one_at_a_time = threading.Semaphore(1)
_TIME_COST = 3


@lru_cache(maxsize=4)
def _hasher(memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=_TIME_COST, memory_cost=memory_kib, parallelism=1, type=Type.ID)


@lru_cache(maxsize=4)
def _nobody(memory_kib: int) -> str:
    """A hash of the same cost that no password opens in practice: what is checked for an address
    nobody has, so that the answer takes as long."""
    return _hasher(memory_kib).hash("nobody's password")


def _memory() -> int:
    settings: Settings = current_app.extensions["consult.settings"]
    return settings.argon2_memory_kib


def hashed(password: str) -> str:
    """The hash to store. Call it before the first query of a request."""
    with _one_at_a_time:
        return str(_hasher(_memory()).hash(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password opens the stored hash. None (no such account, no password yet) costs the
    same and is never true."""
    memory = _memory()
    with _one_at_a_time:
        known = stored is not None
        try:
            right: bool = _hasher(memory).verify(stored or _nobody(memory), password)
        except (VerificationError, InvalidHashError):
            return False
        return right and known


def is_outdated(stored: str) -> bool:
    """Made with another cost than the one set today: to be made anew at the next sign-in."""
    return bool(_hasher(_memory()).check_needs_rehash(stored))
