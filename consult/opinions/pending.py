"""Reservations and wishes with what was answered to each: who reads them, and what is still open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.consultations.rules import KEYS, FactKind
from consult.notices.models import Notice
from consult.notices.rules import NoticeState
from consult.opinions import queries as opinions
from consult.opinions.models import (
    FollowUp,
    Opinion,
    OpinionPoint,
    Response,
    ResponseDraft,
    ResponseFile,
    ResponsePoint,
)
from consult.opinions.points import PointState, Progress, progress
from consult.procedures.clock import Run
from consult.register.models import Awaiting
from consult.web.readers import Audience, Side, Visibility

AWAITED = "opinion-point"
"""What an open point is filed under among what waits for an answer."""

_around = (
    joinedload(OpinionPoint.opinion)
    .joinedload(Opinion.consultation)
    .options(joinedload(Consultation.body), joinedload(Consultation.notice).selectinload(Notice.revisions))
)
_by_id = select(OpinionPoint).where(OpinionPoint.id == bindparam("point_id")).options(_around)
_open = (
    select(OpinionPoint)
    .join(Awaiting, and_(Awaiting.kind == AWAITED, Awaiting.subject_id == OpinionPoint.id))
    .join(OpinionPoint.opinion)
    .join(Opinion.consultation)
    .join(Consultation.notice)
    .where(Notice.state == NoticeState.PUBLISHED)
    .options(
        joinedload(OpinionPoint.opinion).options(
            selectinload(Opinion.points),
            joinedload(Opinion.consultation).options(
                joinedload(Consultation.body), joinedload(Consultation.notice)
            ),
            joinedload(Opinion.response).options(
                selectinload(Response.points), selectinload(Response.follow_ups)
            ),
        )
    )
    .order_by(Awaiting.since, OpinionPoint.opinion_id, OpinionPoint.kind, OpinionPoint.number)
    .limit(100)
)
_not_responded = (
    select(Opinion)
    .join(Awaiting, and_(Awaiting.kind == "opinion", Awaiting.subject_id == Opinion.id))
    .join(Opinion.consultation)
    .join(Consultation.notice)
    .where(Notice.state == NoticeState.PUBLISHED)
    .order_by(Awaiting.since, Opinion.id)
)
_draft = (
    select(ResponseDraft)
    .where(ResponseDraft.opinion_id == bindparam("opinion_id"))
    .options(joinedload(ResponseDraft.author))
)
_files = (
    select(ResponseFile)
    .where(ResponseFile.opinion_id.in_(bindparam("opinion_ids", expanding=True)))
    .order_by(ResponseFile.added_on, ResponseFile.name, ResponseFile.id)
)
_file = (
    select(ResponseFile)
    .where(ResponseFile.id == bindparam("file_id"))
    .options(
        joinedload(ResponseFile.opinion)
        .joinedload(Opinion.consultation)
        .joinedload(Consultation.notice)
        .selectinload(Notice.revisions)
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A point as an address names it: who may know of it is its opinion's to say."""

    point: OpinionPoint

    @property
    def opinion(self) -> Opinion:
        return self.point.opinion

    @property
    def audience(self) -> Audience:
        return self.opinion.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return self.opinion.scope


@dataclass(frozen=True, slots=True)
class Written:
    """A draft as an address names it: the employer's side alone knows whether there is one."""

    opinion: Opinion
    draft: ResponseDraft

    @property
    def audience(self) -> Audience:
        return Audience(Visibility.DRAFT, Side.EMPLOYER)


@dataclass(frozen=True, slots=True)
class Standing:
    """A point, all its answers in order, and how far it is."""

    point: OpinionPoint
    answers: Sequence[ResponsePoint | FollowUp]
    progress: Progress

    @property
    def last(self) -> ResponsePoint | FollowUp | None:
        return self.answers[-1] if self.answers else None


def asked(session: Session, point_id: UUID) -> Asked | None:
    found = session.scalar(_by_id, {"point_id": point_id})
    return Asked(found) if found is not None else None


def answers_to(response: Response | None, point: OpinionPoint) -> list[ResponsePoint | FollowUp]:
    """What the response said of it, then what followed."""
    if response is None:
        return []
    first = [one for one in response.points if one.point_id == point.id]
    later = [one for one in response.follow_ups if one.point_id == point.id]
    return [*first, *sorted(later, key=lambda one: one.number)]


def standing_of(point: OpinionPoint, opinion: Opinion, *, on: date) -> Standing:
    answers = answers_to(opinion.response, point)
    return Standing(point, answers, progress(opinion.given_on, answers, on=on))


def standings(opinion: Opinion, *, on: date) -> list[Standing]:
    """Every point, in the order of the opinion."""
    return [standing_of(one, opinion, on=on) for one in opinion.points]


def due_on(session: Session, opinion: Opinion, *, on: date) -> date | None:
    """When the response is due, as the procedure counts it: from what its step counts from, else from the day
    of the opinion. A proposed date (L2312-15, L2315-34). None: the procedure has no such step."""
    return due_by(consultations.run(session, opinion.consultation, on=on), opinion)


def due_by(run: Run | None, opinion: Opinion) -> date | None:
    """The same, from a procedure that is at hand."""
    if run is None:
        return None
    for key in KEYS[FactKind.RESPONSE_GIVEN]:
        step = run.step(key)
        if step is not None:
            return step.due_on or run.from_day(key, opinion.given_on)
    return None


def still_open(session: Session, *, on: date, body_ids: Collection[UUID] | None = None) -> list[Standing]:
    """Points of responses that were given which wait for the last word, those that wait longest first; none
    of a notice that was withdrawn. ``body_ids``: of these bodies, None for all. At most 100."""
    asked = _open if body_ids is None else _open.where(Consultation.body_id.in_(list(body_ids)))
    return [standing_of(one, one.opinion, on=on) for one in session.scalars(asked).unique()]


def unanswered_in(session: Session, *, on: date) -> list[tuple[Opinion, int]]:
    """Opinions the employer owes something: those without a response, then those whose response leaves
    points without an answer, each with how many of its points wait."""
    found = {one.id: (one, len(one.points)) for one in session.scalars(_not_responded)}
    for one in still_open(session, on=on):
        if one.progress.state is PointState.UNANSWERED or one.progress.late_by:
            opinion, count = found.get(one.point.opinion_id, (one.point.opinion, 0))
            found[opinion.id] = (opinion, count + 1)
    return list(found.values())


def draft_of(session: Session, consultation_id: UUID) -> Written | None:
    """The draft of the response on that consultation, if there is one."""
    found = opinions.of_consultation(session, consultation_id)
    kept = draft(session, found.id) if found is not None else None
    return Written(found, kept) if found is not None and kept is not None else None


def draft(session: Session, opinion_id: UUID) -> ResponseDraft | None:
    """What human resources are writing: theirs alone."""
    return session.scalar(_draft, {"opinion_id": opinion_id})


def files(session: Session, opinion_ids: Collection[UUID]) -> dict[UUID, list[ResponseFile]]:
    """By opinion, those of drafts included: who shows them asks each who may read it."""
    found: dict[UUID, list[ResponseFile]] = {one: [] for one in opinion_ids}
    for one in session.scalars(_files, {"opinion_ids": list(opinion_ids)}):
        found[one.opinion_id].append(one)
    return found


def file(session: Session, file_id: UUID, name: str) -> ResponseFile | None:
    """Under the name it was given, and no other."""
    found = session.scalar(_file, {"file_id": file_id})
    return found if found is not None and found.name == name else None
