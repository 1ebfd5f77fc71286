"""Named selects about tokens and failures."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from consult.people.models import Account
from consult.signin.models import SigninFailures, SigninToken, TokenPurpose

_by_digest = (
    select(SigninToken)
    .where(SigninToken.digest == bindparam("digest"), SigninToken.purpose == bindparam("purpose"))
    .options(joinedload(SigninToken.account))
)
_unused = select(SigninToken).where(
    SigninToken.account_id == bindparam("account_id"),
    SigninToken.purpose == bindparam("purpose"),
    SigninToken.is_used.is_(False),
)


def by_digest(session: Session, digest: bytes, purpose: TokenPurpose) -> SigninToken | None:
    return session.scalar(_by_digest, {"digest": digest, "purpose": purpose})


def unused(session: Session, account_id: UUID, purpose: TokenPurpose) -> Sequence[SigninToken]:
    return session.scalars(_unused, {"account_id": account_id, "purpose": purpose}).all()


def failures(session: Session, account_id: UUID) -> SigninFailures | None:
    return session.get(SigninFailures, account_id)


def locked(session: Session, account_id: UUID) -> Account | None:
    """The account, held until the end of the transaction: tries on it are counted one after another."""
    return session.get(Account, account_id, with_for_update=True, populate_existing=True)
