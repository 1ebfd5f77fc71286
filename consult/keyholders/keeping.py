"""One's own key: another passphrase, another sheet, and the proof once a year that the passphrase opens."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from consult.anonymity import wrapping
from consult.keyholders import services
from consult.keyholders.models import Keyholder
from consult.keyholders.rules import UNLOCKING_COUNTS


def under_passphrase(keys: wrapping.HolderKeys, half: bytes, passphrase: str) -> wrapping.HolderKeys:
    """The same key pair under a new passphrase: slow, without the database. Raises `wrapping.TooWeak`."""
    with services.one_at_a_time:
        return wrapping.with_passphrase(keys, half, passphrase, services.cost())


def under_code(keys: wrapping.HolderKeys, half: bytes, recovery_code: str) -> wrapping.HolderKeys:
    """The same key pair under a new recovery code. Raises `wrapping.BadCode`."""
    with services.one_at_a_time:
        return wrapping.with_recovery(keys, half, recovery_code, services.cost())


def change(session: Session, holder: Keyholder, keys: wrapping.HolderKeys, *, on: date | None = None) -> None:
    """Puts what was made in place of the old; what the key opens stays the same. ``on``: the day a new
    passphrase was typed twice, which shows that it is known."""
    assert keys.public == holder.public_key, "another key pair would open nothing"
    holder.under_passphrase, holder.under_recovery = keys.under_passphrase, keys.under_recovery
    if on is not None:
        holder.rehearsed_on = on
    session.flush()


def rehearsed(session: Session, holder: Keyholder, *, on: date) -> None:
    """The passphrase was shown to open, that day."""
    holder.rehearsed_on = on
    session.flush()


def rehearsed_by_unlocking(session: Session, holder: Keyholder, *, on: date) -> None:
    """An unlocking shows the same, and is noted only where the last proof is long ago."""
    if on - max(holder.set_up_on, holder.rehearsed_on or holder.set_up_on) >= UNLOCKING_COUNTS:
        rehearsed(session, holder, on=on)
