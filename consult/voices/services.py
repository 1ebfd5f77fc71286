"""Opening a letterbox, speaking, releasing. Speaking only ever INSERTs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from consult.anonymity.message import Message
from consult.voices.models import Batch, Letterbox
from consult.voices.rules import Channel


def open_letterbox(
    session: Session,
    *,
    told: Mapping[str, Any],
    channel: Channel,
    public_key: bytes,
    k: int,
    interval_days: int,
    opens_on: date,
    closes_on: date,
    headcount: int,
) -> Letterbox:
    """``told`` (see `rules.Told`): what the rooms above say about it. Raises ValueError on a k the
    headcount does not allow."""
    raise NotImplementedError


def speak(session: Session, letterbox: Letterbox, message: Message, *, on: date) -> None:
    """Seals (before the lock) and INSERTs. Raises `NotOpen`, `TooLongToSeal`."""
    raise NotImplementedError


def release(session: Session, letterbox: Letterbox, *, on: date, rng: Random | None = None) -> list[Batch]:
    """Takes what may leave, re-sealed under new ids in random order; rewrites what stays. After the last
    day takes everything and sets ``is_closed``."""
    raise NotImplementedError


def tidy(session: Session) -> None:
    """After the commit of a release: the WAL is truncated until it reports not busy (SQLite)."""
    raise NotImplementedError
