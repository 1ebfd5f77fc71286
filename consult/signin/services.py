"""Proving who one is: a password with growing waits, links good once. Argon2id runs in the caller,
between two transactions, so that no lock is held while it computes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from consult.core.errors import NotFound
from consult.people import queries as people
from consult.people.models import Account
from consult.signin import letters, queries
from consult.signin.models import SigninFailures, SigninToken, TokenPurpose, UnknownTries
from consult.signin.rules import LIFETIMES, LinkSpent, WeakPassword, fault_of, wait_after


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
    failures = queries.failures(session, account.id)
    waits = failures is not None and failures.wait_until is not None and _utc(failures.wait_until) > now
    return Credentials(account.id, account.password_hash, waits)


def settle(session: Session, found: Credentials, *, is_right: bool, now: datetime) -> Account | None:
    """Counts the try. The account when it may enter; None otherwise, whatever the reason: unknown
    address, wrong password, waiting. Both ways write one row, so that they cost the same."""
    account = session.get(Account, found.account_id) if found.account_id is not None else None
    if account is None:
        tries = session.get(UnknownTries, 1) or UnknownTries(id=1, count=0)
        tries.count += 1
        session.add(tries)
        return None
    failures = queries.failures(session, account.id) or SigninFailures(account_id=account.id, count=0)
    session.add(failures)
    if found.must_wait or not is_right or not account.is_active:
        if not found.must_wait:
            failures.count += 1
            wait = wait_after(failures.count)
            failures.wait_until = now + wait if wait is not None else None
        return None
    failures.count, failures.wait_until = 0, None
    return account


def rehash(account: Account, password_hash: str) -> None:
    """The same password under the cost of today."""
    account.password_hash = password_hash


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
    """Writes to somebody who has an account and no password yet (or asks again). Returns the link."""
    token = issue(session, account, TokenPurpose.INVITATION, now=now)
    letters.invited(session, account, token)
    return letters.invitation_link(account, token)


def ask_reset(session: Session, email: str, *, now: datetime) -> None:
    """Writes to that address if it is an account's; says nothing either way."""
    account = people.by_email(session, email)
    if account is not None and account.is_active:
        letters.reset(session, account, issue(session, account, TokenPurpose.RESET, now=now))


def holder(session: Session, token: str, purpose: TokenPurpose, *, now: datetime) -> Account:
    """Whose link this is, as long as it works. Raises `LinkSpent`."""
    return _valid(session, token, purpose, now).account


def choose_password(
    session: Session, token: str, purpose: TokenPurpose, *, password_hash: str, now: datetime
) -> Account:
    """The link is spent, the password set, every older session ended, the waits forgotten.
    Raises `LinkSpent`."""
    found = _valid(session, token, purpose, now)
    account = found.account
    found.is_used = True
    for purpose_of_others in TokenPurpose:
        for other in queries.unused(session, account.id, purpose_of_others):
            other.is_used = True
    account.password_hash = password_hash
    account.session_epoch += 1
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
