"""Setting up keys, wrapping a letterbox key, unlocking for a sitting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from consult.keyholders.models import Keyholder
from consult.people.models import Account, Mandate
from consult.voices.models import Letterbox


def set_up(
    session: Session, account: Account, *, mandate: Mandate, passphrase: str, recovery_code: str, on: date
) -> Keyholder:
    """A key pair for a member of the staff side. Raises `ChairHoldsNoKey`, `wrapping.TooWeak`,
    `wrapping.BadCode`."""
    raise NotImplementedError


def ready(session: Session, body_id: UUID, *, on: date) -> Sequence[Keyholder]:
    """Members of the body who hold a key and whose mandate runs."""
    raise NotImplementedError


def wrap_for(session: Session, letterbox: Letterbox, private_key: bytes, holders: Sequence[Keyholder]) -> None:
    raise NotImplementedError


def unlock(session: Session, letterbox: Letterbox, account: Account, *, passphrase: str, now: datetime) -> str:
    """Opens the letterbox's key for a sitting; returns the value of the sitting's cookie, which alone can
    open it again. Raises `rules.CannotUnlock` (wrong passphrase, not a keyholder: same answer)."""
    raise NotImplementedError


def unlocked_key(session: Session, letterbox_id: bytes, cookie: str, *, now: datetime) -> bytes:
    """The private key of a sitting, its idle limit moved. Raises `rules.Locked`."""
    raise NotImplementedError


def lock(session: Session, cookie: str) -> None:
    """Ends the sitting."""
    raise NotImplementedError
