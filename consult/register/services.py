"""The one door to what others read."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consult.core.db import next_number
from consult.core.localized import Localized
from consult.register.models import ContentVersion, Entry, Leaf, LeafSalt, Link
from consult.register.rules import Ref, Tag, content_digest
from consult.web.readers import Audience


def record(
    session: Session,
    tag: Tag,
    ref: Ref,
    *,
    title: Localized,
    day: date,
    content: Mapping[str, Any],
    audience: Audience,
    notice_id: UUID | None = None,
    because: Iterable[Ref] = (),
) -> Leaf:
    """Records one act in the act's own transaction: appends its leaf, files the entry people read,
    ties causes to effects, makes cached pages stale. ``content`` is what the digest binds (JSON)."""
    touch(session)
    salt = secrets.token_bytes(32)
    leaf = Leaf(
        position=next_number(session, Leaf.position),
        tag=tag,
        ref=str(ref),
        day=day,
        digest=content_digest(content, salt),
    )
    session.add(leaf)
    session.flush()
    session.add(LeafSalt(position=leaf.position, salt=salt))
    session.add(
        Entry(
            position=leaf.position,
            tag=tag,
            ref=str(ref),
            notice_id=notice_id,
            title=title,
            day=day,
            visibility=audience.level,
            author=audience.author,
            body_ids=sorted(str(one) for one in audience.body_ids),
        )
    )
    for cause in because:
        tie(session, cause, ref)
    session.flush()
    return leaf


def touch(session: Session) -> None:
    """Raises the content version, and with it takes the lock that orders acts (on PostgreSQL the
    row's; SQLite holds its one write lock already)."""
    raised = session.execute(
        update(ContentVersion).where(ContentVersion.id == 1).values(value=ContentVersion.value + 1)
    )
    if raised.rowcount == 0:  # type: ignore[attr-defined]
        session.add(ContentVersion(id=1, value=1))
        session.flush()


def tie(session: Session, cause: Ref, effect: Ref) -> None:
    """``cause`` led to ``effect``; said twice, it stands once."""
    known = select(Link).where(Link.cause == str(cause), Link.effect == str(effect))
    if cause != effect and session.scalar(known) is None:
        session.add(Link(cause=str(cause), effect=str(effect)))


def widen(session: Session, notice_id: UUID, audience: Audience) -> None:
    """Entries of a notice follow its level and its bodies, once another receives it or employees may read."""
    narrow = ("body",)
    session.execute(
        update(Entry)
        .where(Entry.notice_id == notice_id, Entry.visibility.in_(narrow))
        .values(visibility=audience.level, body_ids=sorted(str(one) for one in audience.body_ids))
    )
    touch(session)
