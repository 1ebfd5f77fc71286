"""Named selects about keys."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload

from consult.core.security import same
from consult.people.keys.rules import DIGEST_BYTES, digest, parts
from consult.people.models import ApiKey
from consult.web.pagination import PAGE_SIZE, Page, page_of, typed_cursor

_UNKNOWN = bytes(DIGEST_BYTES)
"""What an unknown key is compared with, so that it takes as long as a known one."""
_listed = (
    select(ApiKey)
    .options(joinedload(ApiKey.maker))
    .order_by(ApiKey.made_on.desc(), ApiKey.id.desc())
    .limit(PAGE_SIZE + 1)
)


def listed(session: Session, *, after: str | None = None) -> Page[ApiKey]:
    """The newest first, revoked ones too, by key."""
    before = typed_cursor(after, date.fromisoformat, UUID)
    asked = _listed if before is None else _listed.where(tuple_(ApiKey.made_on, ApiKey.id) < before)
    return page_of(session.scalars(asked).all(), lambda one: (one.made_on.isoformat(), one.id))


def by_id(session: Session, key_id: UUID) -> ApiKey | None:
    return session.get(ApiKey, key_id)


def opened_by(session: Session, shown: str) -> ApiKey | None:
    """The key in force that was shown; None for a wrong, unknown or revoked one, and in the same time."""
    ident, secret = parts(shown)
    key = by_id(session, ident)
    is_right = same(digest(secret), key.digest if key is not None else _UNKNOWN)
    return key if key is not None and is_right and key.revoked_on is None else None
