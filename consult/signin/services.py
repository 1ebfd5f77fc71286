"""Proving who one is: a password with growing waits, links good once. Argon2id runs in the caller,
between two transactions, so that no lock is held while it computes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.orm import Session

from consult.core.errors import NotFound, WrongState
from consult.people import queries as people
from consult.people.models import Account
from consult.people.rules import Role
from consult.signin import letters, queries
from consult.signin.models import SigninFailures, SigninToken, TokenPurpose, UnknownTries
from consult.signin.rules import LIFETIMES, LinkSpent, WeakPassword, fault_of, wait_after

ASK_AGAIN_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a try is checked against: nothing for an address nobody has, or an account that may not."""

    account_id: UUID | None = None
    password_hash: str | None = field(default=None, repr=False)
    must_wait: bool = False


def look_up(session: Session, email: str, *, now: datetime) -> Credentials:
    """Read only: the caller ends the transaction, checks the password, then calls `settle`."""
    account = people.by_email(session, email)
    if account is None or not account.is_active:
        return Credentials()
    return Credentials(account.id, account.password_hash, _must_wait(session, account.id, now))


def settle(
    session: Session, found: Credentials, *, is_right: bool, now: datetime, rehashed: str | None = None
) -> Account | None:
    """Counts the try. The account when it may enter; None otherwise, whatever the reason: unknown
    address, wrong password, waiting. Every way writes one row, so that they cost the same.
    ``rehashed``: the same password under the cost of today."""
    account = queries.locked(session, found.account_id) if found.account_id is not None else None
    if account is None or found.must_wait or _must_wait(session, account.id, now):
        _count_unknown(session)  # a try while it waits is not held against the account's owner
        return None
    # The password may have changed while it was being checked.
    if not is_right or not account.is_active or account.password_hash != found.password_hash:
        _count_failure(session, account.id, now)
        return None
    failures = queries.failures(session, account.id)
    if failures is not None:
        failures.count, failures.wait_until = 0, None
    if rehashed is not None:
        account.password_hash = rehashed
    return account


def _must_wait(session: Session, account_id: UUID, now: datetime) -> bool:
    failures = queries.failures(session, account_id)
    return failures is not None and failures.wait_until is not None and _utc(failures.wait_until) > now


def _count_failure(session: Session, account_id: UUID, now: datetime) -> None:
    failures = queries.failures(session, account_id)
    if failures is None:
        failures = SigninFailures(account_id=account_id, count=0)
        session.add(failures)
    failures.count += 1
    wait = wait_after(failures.count)
    failures.wait_until = now + wait if wait is not None else None


def _count_unknown(session: Session) -> None:
    tries = session.get(UnknownTries, 1, with_for_update=True)
    if tries is None:
        tries = UnknownTries(id=1, count=0)
        session.add(tries)
    tries.count += 1


def issue(session: Session, account: Account, purpose: TokenPurpose, *, now: datetime) -> str:
    """A new link; the ones before die. Only its digest is kept."""
    for older in queries.unused(session, account.id, purpose):
        older.is_used = True
    token = secrets.token_urlsafe(32)
    session.add(
        SigninToken(
            account_id=account.id,
            purpose=purpose,
            digest=_digest(token),
            expires_at=now + LIFETIMES[purpose],
        )
    )
    session.flush()
    return token


def invite(session: Session, account: Account, *, now: datetime) -> str:
    """Writes to somebody who has an account and no password yet (or asks again). Returns the link.
    Raises `WrongState` on an account that is in use, or deactivated."""
    if account.password_hash is not None or not account.is_active:
        raise WrongState("account", "active" if account.is_active else "deactivated")
    token = issue(session, account, TokenPurpose.INVITATION, now=now)
    letters.invited(session, account, token)
    return letters.invitation_link(account, token)


def new_link(session: Session, account: Account, *, now: datetime) -> str:
    """A link for whoever runs the server to hand over, where no mail arrives. Raises `WrongState`."""
    if not account.is_active:
        raise WrongState("account", "deactivated")
    if account.password_hash is None:
        return letters.invitation_link(account, issue(session, account, TokenPurpose.INVITATION, now=now))
    return letters.reset_link(account, issue(session, account, TokenPurpose.RESET, now=now))


def ask_reset(session: Session, email: str, *, now: datetime) -> None:
    """Writes to that address if it is an account's, at most once in five minutes. Otherwise does the same
    work and keeps nothing of it: neither the page nor its time says which it was."""
    account = people.by_email(session, email)
    if account is not None and account.is_active and not _asked_lately(session, account, now):
        letters.reset(session, account, issue(session, account, TokenPurpose.RESET, now=now))
        return
    nobody = Account(id=uuid4(), email="nobody@invalid", name="", role=Role.REPRESENTATIVE, locale="fr")
    with session.begin_nested() as nothing:
        letters.reset(session, nobody, secrets.token_urlsafe(32))
        nothing.rollback()
    _count_unknown(session)


def _asked_lately(session: Session, account: Account, now: datetime) -> bool:
    fresh = now + LIFETIMES[TokenPurpose.RESET] - ASK_AGAIN_AFTER
    links = queries.unused(session, account.id, TokenPurpose.RESET)
    return any(_utc(one.expires_at) > fresh for one in links)


def holder(session: Session, token: str, purpose: TokenPurpose, *, now: datetime) -> Account:
    """Whose link this is, as long as it works. Raises `LinkSpent`."""
    return _valid(session, token, purpose, now).account


def choose_password(
    session: Session, token: str, purpose: TokenPurpose, *, password_hash: str, now: datetime
) -> Account:
    """The link is spent, the password set, every older session ended, the waits forgotten.
    Raises `LinkSpent`; of two at the same moment one wins."""
    found = _valid(session, token, purpose, now)
    account = found.account
    spent = session.execute(
        update(SigninToken).where(SigninToken.id == found.id, ~SigninToken.is_used).values(is_used=True)
    )
    if spent.rowcount != 1:  # type: ignore[attr-defined]
        raise LinkSpent
    for purpose_of_others in TokenPurpose:
        for other in queries.unused(session, account.id, purpose_of_others):
            other.is_used = True
    account.password_hash = password_hash
    account.session_epoch += 1
    if purpose is TokenPurpose.RESET:
        letters.changed(session, account)
    failures = queries.failures(session, account.id)
    if failures is not None:
        failures.count, failures.wait_until = 0, None
    session.flush()
    return account


def must_be_strong(password: str, account: Account, *, is_demo: bool) -> None:
    """Raises `WeakPassword`."""
    fault = fault_of(password, email=account.email, name=account.name, is_demo=is_demo)
    if fault is not None:
        raise WeakPassword(fault)


def account_of(session: Session, email: str) -> Account:
    """Raises `NotFound`."""
    account = people.by_email(session, email)
    if account is None:
        raise NotFound(f"no account {email}")
    return account


def _valid(session: Session, token: str, purpose: TokenPurpose, now: datetime) -> SigninToken:
    found = queries.by_digest(session, _digest(token), purpose)
    if found is None or found.is_used or _utc(found.expires_at) <= now or not found.account.is_active:
        raise LinkSpent
    return found


def _digest(token: str) -> bytes:
    # 256 random bits need no slow hash; looked up by digest, so no comparison tells how much was right.
    return sha256(token.encode()).digest()


def _utc(moment: datetime) -> datetime:
    """SQLite gives times back without their zone; they were stored in UTC."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
