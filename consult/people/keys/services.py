"""Making, revoking, and the day of last use."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.people.keys import queries
from consult.people.keys.rules import DIGEST_BYTES, digest, written
from consult.people.models import Account, ApiKey
from consult.people.rules import KeyLevel


@dataclass(frozen=True, slots=True)
class Made:
    """A new key, and the whole of it: the only time anybody sees it."""

    key: ApiKey
    shown: str


def make(
    session: Session, *, key_id: UUID, name: str, level: KeyLevel, actor: Account, on: date
) -> Made | None:
    """``key_id`` comes from the form, so that a second click makes no second key: None where it is there
    already."""
    if queries.by_id(session, key_id) is not None:
        return None
    secret = secrets.token_urlsafe(DIGEST_BYTES)
    key = ApiKey(id=key_id, name=name, digest=digest(secret), level=level, made_by=actor.id, made_on=on)
    session.add(key)
    session.flush()
    return Made(key, written(key_id, secret))


def revoke(session: Session, key: ApiKey, *, on: date) -> bool:
    """False where it was revoked before: the first day stays."""
    if key.revoked_on is not None:
        return False
    key.revoked_on = on
    session.flush()
    return True


def used(session: Session, key: ApiKey, *, on: date) -> None:
    """Notes the day, so that an administrator sees which keys nobody uses any more."""
    key.used_on = on
    session.flush()
