"""Named selects about missions."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.consultations.models import Consultation
from consult.experts.models import InformationRequest, Mission
from consult.notices.models import Notice

_whole = (
    selectinload(Mission.requests),
    joinedload(Mission.account),
    joinedload(Mission.resolution),
    joinedload(Mission.consultation).joinedload(Consultation.body),
    joinedload(Mission.consultation).joinedload(Consultation.notice).selectinload(Notice.revisions),
)
_by_id = select(Mission).where(Mission.id == bindparam("id")).options(*_whole)
_of_consultation = (
    select(Mission)
    .where(Mission.consultation_id == bindparam("consultation_id"))
    .options(selectinload(Mission.requests), joinedload(Mission.account))
    .order_by(Mission.appointed_on, Mission.id)
)
_of_account = (
    select(Mission)
    .where(Mission.account_id == bindparam("account_id"), Mission.ended_on.is_(None))
    .options(*_whole)
    .order_by(Mission.appointed_on, Mission.id)
)
_unanswered = (
    select(InformationRequest)
    .join(InformationRequest.mission)
    .where(InformationRequest.answered_on.is_(None), Mission.ended_on.is_(None))
    .options(
        joinedload(InformationRequest.mission)
        .joinedload(Mission.consultation)
        .joinedload(Consultation.notice)
        .selectinload(Notice.revisions)
    )
    .order_by(InformationRequest.due_on, InformationRequest.id)
    .limit(50)
)


def by_id(session: Session, mission_id: UUID) -> Mission | None:
    return session.scalar(_by_id, {"id": mission_id})


def request(session: Session, request_id: UUID) -> InformationRequest | None:
    return session.get(InformationRequest, request_id)


def of_consultation(session: Session, consultation_id: UUID) -> Sequence[Mission]:
    """With their requests, oldest first."""
    return session.scalars(_of_consultation, {"consultation_id": consultation_id}).all()


def of_account(session: Session, account_id: UUID) -> Sequence[Mission]:
    """The missions of that expert the body has not ended."""
    return session.scalars(_of_account, {"account_id": account_id}).all()


def unanswered(session: Session) -> Sequence[InformationRequest]:
    """What experts asked and nobody answered, the most urgent first, at most 50."""
    return session.scalars(_unanswered).all()
