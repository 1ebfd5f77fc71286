"""Named selects about meetings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.consultations.models import Consultation
from consult.meetings.models import AgendaItem, Attendance, Meeting, MeetingRequest, MeetingSupport
from consult.meetings.rules import MeetingState, Presence
from consult.notices.models import Notice
from consult.people.models import Mandate
from consult.web.pagination import PAGE_SIZE
from consult.web.readers import Audience

_whole = (
    joinedload(Meeting.body),
    selectinload(Meeting.items)
    .joinedload(AgendaItem.consultation)
    .joinedload(Consultation.notice)
    .selectinload(Notice.revisions),
    selectinload(Meeting.attendance).joinedload(Attendance.mandate).joinedload(Mandate.account),
)
_by_id = select(Meeting).where(Meeting.id == bindparam("id")).options(*_whole)
_listed = select(Meeting).options(joinedload(Meeting.body)).order_by(Meeting.day.desc(), Meeting.id.desc())
_of_consultation = (
    select(Meeting)
    .join(Meeting.items)
    .where(
        AgendaItem.consultation_id == bindparam("consultation_id"),
        Meeting.state != MeetingState.CANCELLED,
    )
    .options(selectinload(Meeting.items), joinedload(Meeting.body))
    .distinct()
    .order_by(Meeting.day, Meeting.id)
)
_requests = (
    select(MeetingRequest)
    .where(
        MeetingRequest.body_id.in_(bindparam("body_ids", expanding=True)),
        MeetingRequest.meeting_id.is_(None),
    )
    .options(joinedload(MeetingRequest.body), selectinload(MeetingRequest.supports))
    .order_by(MeetingRequest.asked_on, MeetingRequest.id)
    .limit(20)
)
_sent_requests = (
    select(MeetingRequest)
    .where(MeetingRequest.sent_on.is_not(None), MeetingRequest.meeting_id.is_(None))
    .options(joinedload(MeetingRequest.body), selectinload(MeetingRequest.supports))
    .order_by(MeetingRequest.sent_on, MeetingRequest.id)
    .limit(20)
)
_request = (
    select(MeetingRequest)
    .where(MeetingRequest.id == bindparam("id"))
    .options(
        joinedload(MeetingRequest.body),
        selectinload(MeetingRequest.supports).joinedload(MeetingSupport.mandate).joinedload(Mandate.account),
    )
)
_next = (
    select(Meeting)
    .where(
        Meeting.body_id.in_(bindparam("body_ids", expanding=True)),
        Meeting.state == MeetingState.CONVENED,
        Meeting.day >= bindparam("on"),
    )
    .options(joinedload(Meeting.body))
    .order_by(Meeting.day, Meeting.id)
    .limit(5)
)


def by_id(session: Session, meeting_id: UUID) -> Meeting | None:
    """With its items, their notices, and who was there."""
    return session.scalar(_by_id, {"id": meeting_id})


@dataclass(frozen=True, slots=True)
class ItemOf:
    """An item of an agenda, as an address names it."""

    meeting: Meeting
    item_id: UUID

    @property
    def audience(self) -> Audience:
        return self.meeting.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return self.meeting.scope


def item_of(session: Session, meeting_id: UUID, item_id: UUID) -> ItemOf | None:
    meeting = by_id(session, meeting_id)
    return ItemOf(meeting, item_id) if meeting is not None else None


def page(
    session: Session, *, body_ids: Collection[UUID] | None, after: tuple[date, UUID] | None
) -> Sequence[Meeting]:
    """The latest first, one more than a page holds; of every body where ``body_ids`` is None."""
    asked = _listed.limit(PAGE_SIZE + 1)
    if body_ids is not None:
        asked = asked.where(Meeting.body_id.in_(body_ids))
    if after is not None:
        asked = asked.where(tuple_(Meeting.day, Meeting.id) < after)
    return session.scalars(asked).all()


def of_consultation(session: Session, consultation_id: UUID) -> Sequence[Meeting]:
    """Meetings with an item about that consultation, not cancelled, oldest first."""
    return session.scalars(_of_consultation, {"consultation_id": consultation_id}).unique().all()


def upcoming(session: Session, body_ids: Collection[UUID], *, on: date) -> Sequence[Meeting]:
    """Of these bodies, the next first, at most five."""
    return session.scalars(_next, {"body_ids": list(body_ids), "on": on}).all()


def requests(session: Session, body_ids: Collection[UUID]) -> Sequence[MeetingRequest]:
    """Of these bodies, which led to no meeting yet, at most 20."""
    return session.scalars(_requests, {"body_ids": list(body_ids)}).all()


def sent_requests(session: Session) -> Sequence[MeetingRequest]:
    """What bodies ask of the employer, which led to no meeting yet, at most 20."""
    return session.scalars(_sent_requests).all()


def request(session: Session, request_id: UUID) -> MeetingRequest | None:
    return session.scalar(_request, {"id": request_id})


def present(meeting: Meeting) -> list[Mandate]:
    """Who sat, or had an alternate sit."""
    return [one.mandate for one in meeting.attendance if one.presence is not Presence.EXCUSED]
