"""Setting up keys, wrapping a letterbox key, unlocking for a sitting.

Argon2id takes long on purpose: it runs before the first query of a transaction, or between two, never
while a lock is held, and one at a time in each process."""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.orm import Session

from consult.anonymity import wrapping
from consult.core import clock
from consult.keyholders import queries
from consult.keyholders.models import HandoverStep, Keyholder, Naming, Unlocked, WrappedKey
from consult.keyholders.rules import IDLE, LONGEST, AlreadyHolds, CannotUnlock, Locked, Planted
from consult.people.models import Account, Mandate
from consult.people.rules import ACTING, ChairHoldsNoKey, MandateRole, Role, is_running
from consult.register.models import Leaf
from consult.voices.models import Letterbox

one_at_a_time = threading.Lock()


def cost() -> wrapping.Cost:
    settings = current_app.extensions["consult.settings"]
    return wrapping.Cost(settings.argon2_memory_kib, 1) if settings.testing else wrapping.Cost()


# ── setting up ─────────────────────────────────────────────────────────────────


def make_keys(passphrase: str, recovery_code: str) -> wrapping.HolderKeys:
    """A key pair under both secrets: the slow part of `set_up`, which needs no database. Raises
    `wrapping.TooWeak`, `wrapping.BadCode`."""
    with one_at_a_time:
        return wrapping.new_holder(passphrase, recovery_code, cost())


def set_up(
    session: Session,
    account: Account,
    *,
    mandate: Mandate | None,
    passphrase: str,
    recovery_code: str,
    on: date,
) -> Keyholder:
    """A key pair for a member of the staff side, or for somebody invited from outside (no mandate). Raises
    `ChairHoldsNoKey`, `AlreadyHolds`, `wrapping.TooWeak`, `wrapping.BadCode`."""
    return keep(session, account, mandate=mandate, keys=make_keys(passphrase, recovery_code), on=on)


def keep(
    session: Session, account: Account, *, mandate: Mandate | None, keys: wrapping.HolderKeys, on: date
) -> Keyholder:
    """The quick part of `set_up`."""
    if not may_hold(account, mandate, on=on):
        raise ChairHoldsNoKey
    if queries.of_account(session, account.id) is not None:
        raise AlreadyHolds
    return add_key(session, account, mandate=mandate, keys=keys, on=on)


def add_key(
    session: Session,
    account: Account,
    *,
    mandate: Mandate | None,
    keys: wrapping.HolderKeys,
    on: date,
    is_current: bool = True,
) -> Keyholder:
    """A row for a key pair somebody may hold."""
    holder = Keyholder(
        account=account,
        mandate_id=None if mandate is None else mandate.id,
        mandate_role=None if mandate is None else mandate.role,
        public_key=keys.public,
        under_passphrase=keys.under_passphrase,
        under_recovery=keys.under_recovery,
        set_up_on=on,
        is_current=is_current,
    )
    session.add(holder)
    session.flush()
    return holder


def may_hold(account: Account, mandate: Mandate | None, *, on: date) -> bool:
    """A running mandate of one's own on the staff side, or an invitation from outside; never the employer's
    side, in any capacity."""
    if _is_chair(account, on):
        return False
    if mandate is None:
        return account.role is Role.OUTSIDE_KEYHOLDER and account.is_active
    return (
        mandate.account_id == account.id
        and account.role is Role.REPRESENTATIVE
        and mandate.role in ACTING
        and is_running(mandate.starts_on, mandate.ends_on, on)
    )


def _is_chair(account: Account, on: date) -> bool:
    return any(
        one.role is MandateRole.CHAIR and is_running(one.starts_on, one.ends_on, on)
        for one in account.mandates
    )


def ready(session: Session, body_id: UUID, *, on: date) -> Sequence[Keyholder]:
    """Members of the body who hold a key and whose mandate runs."""
    return queries.ready(session, body_id, on=on)


def vouch(session: Session, letterbox: Letterbox, leaf: Leaf, content: Mapping[str, Any]) -> None:
    """Keeps what the leaf of an act binds that says who holds the keys (``keyholders`` in ``content``)."""
    session.add(Naming(letterbox_id=letterbox.id, position=leaf.position, content=dict(content)))
    session.flush()


def wrap_for(
    session: Session, letterbox: Letterbox, private_key: bytes, holders: Sequence[Keyholder]
) -> None:
    """The letterbox's private key, sealed to each of them. Nothing else of it stays."""
    for holder in holders:
        if holder.mandate_role is MandateRole.CHAIR or _is_chair(holder.account, clock.today()):
            raise ChairHoldsNoKey
        sealed = wrapping.wrap(private_key, holder.public_key)
        session.add(WrappedKey(letterbox_id=letterbox.id, keyholder_id=holder.id, sealed=sealed))
    session.flush()


# ── unlocking ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Held:
    """What one account needs of the database to open a letterbox, taken out of it, so that the slow part
    runs without a transaction. ``counts``: the account is a keyholder of it; the work is the same if not."""

    keys: wrapping.HolderKeys
    wrapped: bytes = field(repr=False)
    public_key: bytes = b""
    counts: bool = False
    holder_id: UUID | None = None


def held(session: Session, letterbox: Letterbox, account: Account) -> Held:
    """What this account holds of that letterbox. Raises `Planted`."""
    roll = queries.roll(session, letterbox)
    if not roll.is_sound:
        raise Planted(roll.planted)
    wrapped = queries.wrapped_for(session, letterbox.id, account.id)
    may = account.is_active and account.name in roll.names and not _is_chair(account, clock.today())
    if wrapped is None or not may:
        return Held(_nobody(cost()), b"", letterbox.public_key)
    return Held(
        keys_of(wrapped.keyholder),
        wrapped.sealed,
        letterbox.public_key,
        counts=True,
        holder_id=wrapped.keyholder_id,
    )


def keys_of(holder: Keyholder) -> wrapping.HolderKeys:
    """What the server keeps of a key, as `wrapping` knows it."""
    return wrapping.HolderKeys(holder.public_key, holder.under_passphrase, holder.under_recovery)


def open_half(keys: wrapping.HolderKeys, *, passphrase: str = "", recovery_code: str = "") -> bytes:
    """A keyholder's own private half, slow as it must be. Raises `CannotUnlock`, `wrapping.BadCode`."""
    try:
        with one_at_a_time:
            if recovery_code:
                return wrapping.open_with_recovery(keys, recovery_code)
            return wrapping.open_with_passphrase(keys, passphrase)
    except (wrapping.WrongPassphrase, wrapping.CannotOpen):
        raise CannotUnlock from None


@lru_cache(maxsize=4)
def _nobody(cost: wrapping.Cost) -> wrapping.HolderKeys:
    """Keys that no secret opens: whoever holds none waits as long for the same answer."""
    return wrapping.new_holder(" ".join("abcdef"), wrapping.new_recovery_code(), cost)


def open_held(held: Held, *, passphrase: str = "", recovery_code: str = "") -> bytes:
    """The letterbox's private key: the slow part of `unlock`. Raises `CannotUnlock`, `wrapping.BadCode`."""
    private = open_half(held.keys, passphrase=passphrase, recovery_code=recovery_code)
    if not held.counts:
        raise CannotUnlock
    try:
        return wrapping.unwrap(private, held.wrapped, held.public_key)
    except wrapping.CannotOpen:
        raise CannotUnlock from None


def sit_down(session: Session, letterbox_id: bytes, private_key: bytes, *, now: datetime) -> str:
    """Opens a sitting and returns the value of its cookie. Sittings that ended are swept away."""
    delete_ended(session, now=now)
    key, ident = wrapping.new_sitting_key(), uuid4()
    session.add(
        Unlocked(
            id=ident,
            letterbox_id=letterbox_id,
            sealed=wrapping.seal_for_sitting(private_key, key),
            idle_until=now + IDLE,
            ends_at=now + LONGEST,
        )
    )
    session.flush()
    return base64.urlsafe_b64encode(ident.bytes + key).decode()


def unlock(
    session: Session, letterbox: Letterbox, account: Account, *, passphrase: str, now: datetime,
    recovery_code: str = "",
) -> str:  # fmt: skip
    """Opens the letterbox's key for a sitting; returns the value of the sitting's cookie, which alone can
    open it again. Raises `rules.CannotUnlock` (wrong passphrase, not a keyholder: same answer),
    `rules.Planted`; `wrapping.BadCode` when the recovery code is no code."""
    mine = held(session, letterbox, account)
    private = open_held(mine, passphrase=passphrase, recovery_code=recovery_code)
    return sit_down(session, letterbox.id, private, now=now)


def unlocked_key(session: Session, letterbox_id: bytes, cookie: str, *, now: datetime) -> bytes:
    """The private key of a sitting, its idle limit moved. Raises `rules.Locked`."""
    ident, key = _read(cookie)
    sitting = session.get(Unlocked, ident) if ident is not None else None
    if sitting is None or sitting.letterbox_id != letterbox_id:
        raise Locked(letterbox_id)
    ends_at = _utc(sitting.ends_at)
    if now >= min(_utc(sitting.idle_until), ends_at):
        raise Locked(letterbox_id)
    try:
        private = wrapping.open_for_sitting(sitting.sealed, key)
    except wrapping.CannotOpen:
        raise Locked(letterbox_id) from None
    sitting.idle_until = min(now + IDLE, ends_at)
    session.flush()
    return private


def lock(session: Session, cookie: str) -> None:
    """Ends the sitting, whoever asks: the cookie is the proof."""
    ident, key = _read(cookie)
    sitting = session.get(Unlocked, ident) if ident is not None else None
    if sitting is None:
        return
    try:
        wrapping.open_for_sitting(sitting.sealed, key)
    except wrapping.CannotOpen:
        return
    session.delete(sitting)
    session.flush()


def delete_ended(session: Session, *, now: datetime) -> None:
    """Sittings that were idle for too long or lasted too long leave nothing behind."""
    session.execute(
        delete(Unlocked).where((Unlocked.idle_until <= now) | (Unlocked.ends_at <= now)),
        execution_options={"synchronize_session": "fetch"},
    )


# ── the end ────────────────────────────────────────────────────────────────────


def shred(session: Session, letterbox: Letterbox) -> None:
    """Destroys every key of a letterbox: what lies sealed to it opens for nobody any more. Copies of the
    database made earlier are not reached before they are destroyed themselves."""
    for table in (WrappedKey, Unlocked, HandoverStep):
        session.execute(
            delete(table).where(table.letterbox_id == letterbox.id),
            execution_options={"synchronize_session": "fetch"},
        )


def _read(cookie: str) -> tuple[UUID | None, bytes]:
    try:
        raw = base64.urlsafe_b64decode(cookie.encode("ascii", "replace"))
    except (ValueError, binascii.Error):
        return None, b""
    return (UUID(bytes=raw[:16]), raw[16:]) if len(raw) == 48 else (None, b"")


def _utc(moment: datetime) -> datetime:
    """SQLite gives moments back without their zone; all of ours are UTC."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
