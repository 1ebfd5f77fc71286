"""Named selects about opinions, and about comments beside a notice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.consultations.models import Consultation
from consult.opinions.models import Opinion, Remark, Response, ResponsePoint
from consult.people.models import Resolution
from consult.register.models import Awaiting

_whole = (
    selectinload(Opinion.points),
    joinedload(Opinion.resolution),
    joinedload(Opinion.consultation).joinedload(Consultation.body),
    selectinload(Opinion.response).selectinload(Response.points).joinedload(ResponsePoint.point),
    selectinload(Opinion.response).selectinload(Response.follow_ups),
)
_of_consultation = (
    select(Opinion).where(Opinion.consultation_id == bindparam("consultation_id")).options(*_whole)
)
_of_notice = (
    select(Opinion)
    .join(Opinion.consultation)
    .where(Consultation.notice_id == bindparam("notice_id"))
    .options(*_whole)
    .order_by(Opinion.given_on)
)
_unanswered = (
    select(Opinion)
    .join(Awaiting, and_(Awaiting.kind == "opinion", Awaiting.subject_id == Opinion.id))
    .options(joinedload(Opinion.consultation).joinedload(Consultation.notice))
    .order_by(Awaiting.since, Opinion.id)
    .limit(50)
)
_remarks = (
    select(Remark)
    .where(Remark.notice_id == bindparam("notice_id"))
    .options(joinedload(Remark.body), joinedload(Remark.resolution).joinedload(Resolution.delegation))
    .order_by(Remark.body_id, Remark.number.desc())
)
_commented = (
    select(Remark.notice_id, Remark.body_id)
    .where(Remark.body_id.in_(bindparam("body_ids", expanding=True)))
    .distinct()
)


def of_consultation(session: Session, consultation_id: UUID) -> Opinion | None:
    return session.scalars(_of_consultation, {"consultation_id": consultation_id}).one_or_none()


def of_notice(session: Session, notice_id: UUID) -> Sequence[Opinion]:
    """With points, votes and response, oldest first."""
    return session.scalars(_of_notice, {"notice_id": notice_id}).all()


def unanswered(session: Session) -> Sequence[Opinion]:
    """Opinions that wait for a reasoned response, oldest first, at most 50."""
    return session.scalars(_unanswered).all()


def remarks_on(session: Session, notice_id: UUID) -> list[list[Remark]]:
    """What each body wrote beside a notice, its last comment first; the body that wrote first leads."""
    found: dict[UUID, list[Remark]] = {}
    for one in session.scalars(_remarks, {"notice_id": notice_id}):
        found.setdefault(one.body_id, []).append(one)
    return sorted(found.values(), key=lambda of_body: (of_body[-1].written_on, of_body[-1].body.name))


def remarks_of(session: Session, notice_id: UUID, body_id: UUID) -> list[Remark]:
    """What one body wrote beside a notice, its last comment first."""
    return next((one for one in remarks_on(session, notice_id) if one[0].body_id == body_id), [])


def commented(session: Session, body_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """``(notice, body)`` of every comment these bodies ever wrote."""
    return {(row[0], row[1]) for row in session.execute(_commented, {"body_ids": list(body_ids)})}
