"""Named selects of what is ahead, for one body or for all: as many queries whatever they find."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.calendars.models import Calendar, Reminder
from consult.commitments.models import Commitment
from consult.commitments.rules import OPEN
from consult.consultations.models import Consultation
from consult.consultations.rules import Stage
from consult.experts.models import InformationRequest, Mission
from consult.meetings.models import AgendaItem, Meeting
from consult.meetings.rules import MeetingState
from consult.notices.models import Notice, Revision, Unknown
from consult.notices.queries import TITLES
from consult.notices.rules import UNKNOWN
from consult.people.models import Account
from consult.questions.models import Question
from consult.register.models import Awaiting

MOST = 200
"""Rows of one kind at most, the next due first: nobody reads a longer calendar."""
Bodies = Collection[UUID] | None
"""Those asked for; None: all."""

_by_hash = (
    select(Calendar)
    .where(Calendar.secret_hash == bindparam("hash"))
    .options(joinedload(Calendar.account), joinedload(Calendar.consultation))
)
_of_account = (
    select(Calendar)
    .where(Calendar.account_id == bindparam("account_id"), Calendar.revoked_on.is_(None))
    .options(
        joinedload(Calendar.consultation).joinedload(Consultation.body),
        joinedload(Calendar.consultation).joinedload(Consultation.notice).options(TITLES),
    )
    .order_by(Calendar.made_on, Calendar.id)
)
_courses = (
    select(Consultation)
    .where(Consultation.stage != Stage.CLOSED)
    .options(
        joinedload(Consultation.body),
        selectinload(Consultation.facts),
        selectinload(Consultation.overrides),
        joinedload(Consultation.notice).options(TITLES),
    )
    .order_by(Consultation.next_due_on.nulls_last(), Consultation.id)
    .limit(MOST)
)
_meetings = (
    select(Meeting)
    .where(Meeting.day >= bindparam("since"), Meeting.state != MeetingState.CANCELLED)
    .options(joinedload(Meeting.body), selectinload(Meeting.items).load_only(AgendaItem.meeting_id))
    .order_by(Meeting.day, Meeting.id)
    .limit(MOST)
)
_commitments = (
    select(Commitment)
    .where(Commitment.state.in_(sorted(OPEN)))
    .options(joinedload(Commitment.notice).options(TITLES), joinedload(Commitment.body))
    .order_by(Commitment.due_on, Commitment.id)
    .limit(MOST)
)
_questions = (
    select(Question)
    .join(Awaiting, and_(Awaiting.kind == "question", Awaiting.subject_id == Question.id))
    .where(Question.expected_on.is_not(None))
    .order_by(Question.expected_on, Question.id)
    .limit(MOST)
)
_requests = (
    select(InformationRequest)
    .join(InformationRequest.mission)
    .join(Mission.consultation)
    .where(InformationRequest.answered_on.is_(None), Mission.ended_on.is_(None))
    .options(
        joinedload(InformationRequest.mission)
        .joinedload(Mission.consultation)
        .joinedload(Consultation.notice)
        .options(TITLES)
    )
    .order_by(InformationRequest.due_on, InformationRequest.id)
    .limit(MOST)
)
_unknowns = (
    select(Notice, Awaiting.since)
    .join(Revision, Revision.notice_id == Notice.id)
    .join(Unknown, Unknown.revision_id == Revision.id)
    .join(Awaiting, and_(Awaiting.kind == UNKNOWN, Awaiting.subject_id == Unknown.id))
    .options(TITLES)
    .distinct()
    .order_by(Awaiting.since, Notice.number)
    .limit(MOST)
)
_missions = select(Mission.consultation_id, Mission.account_id).where(Mission.ended_on.is_(None))
_notices = select(Notice).where(Notice.id.in_(bindparam("ids", expanding=True))).options(TITLES)
_told = select(Reminder.what, Reminder.due_on, Reminder.ahead).where(
    Reminder.account_id == bindparam("account_id"), Reminder.due_on >= bindparam("since")
)
_old = select(Reminder).where(Reminder.due_on < bindparam("before")).limit(1000)
_active = select(Account).where(Account.is_active).order_by(Account.id)


def by_hash(session: Session, secret_hash: bytes) -> Calendar | None:
    """Revoked or not, with its owner."""
    return session.scalar(_by_hash, {"hash": secret_hash})


def by_id(session: Session, calendar_id: UUID) -> Calendar | None:
    return session.get(Calendar, calendar_id)


def of_account(session: Session, account_id: UUID) -> Sequence[Calendar]:
    """Those in force, the oldest first."""
    return session.scalars(_of_account, {"account_id": account_id}).all()


def courses(session: Session, bodies: Bodies, only: UUID | None = None) -> Sequence[Consultation]:
    """Consultations that run, with all that their clock needs; ``only``: that one."""
    asked = _courses if only is None else _courses.where(Consultation.id == only)
    return session.scalars(asked if bodies is None else asked.where(Consultation.body_id.in_(bodies))).all()


def meetings(session: Session, bodies: Bodies, *, since: date, only: UUID | None = None) -> Sequence[Meeting]:
    """From that day on; ``only``: those that have this consultation on the agenda."""
    asked = _meetings if bodies is None else _meetings.where(Meeting.body_id.in_(bodies))
    if only is not None:
        asked = asked.where(Meeting.items.any(AgendaItem.consultation_id == only))
    return session.scalars(asked, {"since": since}).all()


def open_commitments(session: Session, bodies: Bodies) -> Sequence[Commitment]:
    asked = _commitments if bodies is None else _commitments.where(Commitment.body_id.in_(bodies))
    return session.scalars(asked).all()


def questions(session: Session, bodies: Bodies) -> Sequence[Question]:
    """Without an answer, where a day was proposed for it."""
    asked = _questions if bodies is None else _questions.where(Question.body_id.in_(bodies))
    return session.scalars(asked).all()


def requests(session: Session, bodies: Bodies) -> Sequence[InformationRequest]:
    """What experts asked and nobody answered."""
    asked = _requests if bodies is None else _requests.where(Consultation.body_id.in_(bodies))
    return session.scalars(asked).all()


def unknowns(session: Session) -> Sequence[tuple[Notice, date]]:
    """Each day on which the employer promised to say something a notice does not know yet."""
    return [(row[0], row[1]) for row in session.execute(_unknowns)]


def missions(session: Session) -> set[tuple[UUID, UUID]]:
    """``(consultation, account)`` of the experts at work."""
    return {(row[0], row[1]) for row in session.execute(_missions)}


def notices(session: Session, ids: Collection[UUID]) -> dict[UUID, Notice]:
    rows: Any = session.scalars(_notices, {"ids": list(ids)}) if ids else ()
    return {one.id: one for one in rows}


def told(session: Session, account_id: UUID, *, since: date) -> set[tuple[str, date, int]]:
    """Reminders this person got of what is due from that day on."""
    rows = session.execute(_told, {"account_id": account_id, "since": since})
    return {(row[0], row[1], row[2]) for row in rows}


def old(session: Session, *, before: date) -> Sequence[Reminder]:
    """Reminders of what was due before that day."""
    return session.scalars(_old, {"before": before}).all()


def active(session: Session) -> Sequence[Account]:
    return session.scalars(_active).all()
