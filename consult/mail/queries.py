"""Named selects about letters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from consult.mail.models import Letter, LetterState

_latest = select(Letter).order_by(Letter.queued_at.desc(), Letter.id).limit(bindparam("size"))
_due = (
    select(Letter)
    .where(Letter.state == LetterState.WAITING, Letter.next_try_at <= bindparam("now"))
    .order_by(Letter.next_try_at)
    .limit(100)
)
_by_ids = select(Letter).where(Letter.id.in_(bindparam("ids", expanding=True)))
_last_about = (
    select(Letter.about, func.max(Letter.queued_at))
    .where(Letter.about.in_(bindparam("abouts", expanding=True)))
    .group_by(Letter.about)
)


def latest(session: Session, size: int = 100) -> Sequence[Letter]:
    return session.scalars(_latest, {"size": size}).all()


def due(session: Session, now: object) -> Sequence[Letter]:
    return session.scalars(_due, {"now": now}).all()


def by_ids(session: Session, ids: Sequence[UUID]) -> dict[UUID, Letter]:
    return {one.id: one for one in session.scalars(_by_ids, {"ids": list(ids)})}


def letter(session: Session, letter_id: UUID) -> Letter | None:
    return session.get(Letter, letter_id)


def quoting(session: Session, text: str) -> Sequence[Letter]:
    return session.scalars(select(Letter).where(Letter.text.contains(text, autoescape=True))).all()


def last_about(session: Session, abouts: Collection[str]) -> dict[str, datetime]:
    """When the last letter about each of these was put into the outbox; those there was none about are left
    out."""
    rows = session.execute(_last_about, {"abouts": list(abouts)}) if abouts else ()
    return {row[0]: row[1] for row in rows}
