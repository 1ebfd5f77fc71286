"""Named selects about people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from consult.core import clock
from consult.core.db import db
from consult.people.models import Account, Body, Establishment, Mandate, Organisation
from consult.people.rules import Languages, MandateRole
from consult.web.readers import AccessWords

_by_email = select(Account).where(Account.email == bindparam("email"))
_accounts = select(Account).order_by(Account.name)
_bodies = select(Body).order_by(Body.name)
_establishments = select(Establishment).order_by(Establishment.name)
_members = (
    select(Mandate)
    .join(Mandate.account)
    .where(
        Mandate.body_id == bindparam("body_id"),
        Mandate.starts_on <= bindparam("on"),
        Mandate.ends_on.is_(None) | (Mandate.ends_on >= bindparam("on")),
        Account.is_active,
    )
    .order_by(Account.name)
)


def organisation(session: Session) -> Organisation | None:
    """The one organisation; None before ``consult init``."""
    return session.get(Organisation, 1)


def languages(session: Session) -> tuple[str, ...]:
    """What the organisation works in, as codes."""
    found = organisation(session)
    return (found.languages if found is not None else Languages.BOTH).codes


def access_words() -> AccessWords:
    """The access words in force today, for `web.readers`."""
    found = organisation(db.session)
    if found is None:
        return AccessWords()
    until = found.previous_word_until
    previous = found.previous_word if until is not None and clock.today() <= until else ""
    return AccessWords(found.access_word, previous, found.is_public)


def by_email(session: Session, email: str) -> Account | None:
    return session.scalar(_by_email, {"email": email.strip().lower()})


def accounts(session: Session) -> Sequence[Account]:
    return session.scalars(_accounts).all()


def account(session: Session, account_id: UUID) -> Account | None:
    return session.get(Account, account_id)


def bodies(session: Session) -> Sequence[Body]:
    return session.scalars(_bodies).all()


def body(session: Session, body_id: UUID) -> Body | None:
    return session.get(Body, body_id)


def establishments(session: Session) -> Sequence[Establishment]:
    return session.scalars(_establishments).all()


def members(session: Session, body_id: UUID, *, on: date) -> Sequence[Mandate]:
    """Mandates running on that day, the chair's included, by name."""
    return session.scalars(_members, {"body_id": body_id, "on": on}).all()


def staff_members(session: Session, body_id: UUID, *, on: date) -> Sequence[Mandate]:
    """The same without the chair."""
    return [one for one in members(session, body_id, on=on) if one.role is not MandateRole.CHAIR]
