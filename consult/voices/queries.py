"""Named selects about letterboxes, batches and released messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from consult.voices.models import Batch, Letterbox, Voice


def letterbox(session: Session, letterbox_id: bytes) -> Letterbox | None:
    return session.get(Letterbox, letterbox_id)


def by_address(session: Session, box: str) -> Letterbox | None:
    """The letterbox whose id, in hexadecimal, stands in an address; None for anything else."""
    raise NotImplementedError


def due(session: Session, on: date) -> Sequence[Letterbox]:
    """Letterboxes whose release day it is (`rules.is_release_day`), or past their last day and not closed."""
    raise NotImplementedError


def batches(session: Session, letterbox_id: bytes) -> Sequence[Batch]:
    raise NotImplementedError


def voice(session: Session, voice_id: bytes) -> Voice | None:
    return session.get(Voice, voice_id)


def belongs(session: Session, voice_id: bytes, letterbox_id: bytes) -> bool:
    raise NotImplementedError


def is_quotable(session: Session, voice_id: bytes) -> bool:
    """In a batch that is not small, with enough people by `thresholds.may_quote`."""
    raise NotImplementedError


def enough_for_synthesis(session: Session, letterbox_id: bytes) -> bool:
    """Whether what was released may leave the desk as a synthesis (`thresholds.outlet`)."""
    raise NotImplementedError


def digest_of(session: Session, batch_id: bytes) -> str:
    """SHA-256 (hex) over the sorted hashes of the batch's rows."""
    raise NotImplementedError
