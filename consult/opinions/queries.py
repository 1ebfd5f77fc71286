"""Named selects about opinions."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.consultations.models import Consultation
from consult.opinions.models import Opinion, Response, ResponsePoint

_whole = (
    selectinload(Opinion.points),
    joinedload(Opinion.resolution),
    joinedload(Opinion.consultation).joinedload(Consultation.body),
    selectinload(Opinion.response).selectinload(Response.points).joinedload(ResponsePoint.point),
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
    .where(~exists().where(Response.opinion_id == Opinion.id))
    .options(joinedload(Opinion.consultation).joinedload(Consultation.notice))
    .order_by(Opinion.given_on)
    .limit(50)
)


def of_consultation(session: Session, consultation_id: UUID) -> Opinion | None:
    return session.scalars(_of_consultation, {"consultation_id": consultation_id}).one_or_none()


def of_notice(session: Session, notice_id: UUID) -> Sequence[Opinion]:
    """With points, votes and response, oldest first."""
    return session.scalars(_of_notice, {"notice_id": notice_id}).all()


def unanswered(session: Session) -> Sequence[Opinion]:
    """Opinions that wait for a reasoned response, oldest first, at most 50."""
    return session.scalars(_unanswered).all()
