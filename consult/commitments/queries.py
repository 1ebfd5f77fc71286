"""Named selects about commitments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.commitments.models import Commitment, Verdict
from consult.commitments.rules import OPEN, CommitmentState
from consult.core.localized import LOCALES
from consult.notices import queries as notices
from consult.notices import readiness
from consult.notices.models import Notice
from consult.web.pagination import PAGE_SIZE, Page, page_of, typed_cursor
from consult.web.readers import Visibility

_of_notice = (
    select(Commitment)
    .where(Commitment.notice_id == bindparam("notice_id"))
    .options(selectinload(Commitment.updates), selectinload(Commitment.verdicts), joinedload(Commitment.body))
    .order_by(Commitment.number)
)
_whole = (
    select(Commitment)
    .where(Commitment.id == bindparam("id"))
    .options(
        selectinload(Commitment.updates),
        selectinload(Commitment.verdicts).joinedload(Verdict.resolution),
        joinedload(Commitment.notice).selectinload(Notice.revisions),
        joinedload(Commitment.body),
    )
)
_tracker = (
    select(Commitment)
    .join(Commitment.notice)
    .options(joinedload(Commitment.notice).options(notices.TITLES), joinedload(Commitment.body))
    .order_by(Commitment.due_on, Commitment.id)
)
_URGENCY = {
    CommitmentState.CONTESTED: 0, CommitmentState.CLAIMED_DONE: 2, CommitmentState.CONFIRMED: 3,
}  # fmt: skip
_OTHERS = 1
_urgency = case(_URGENCY, value=Commitment.state, else_=_OTHERS)
_by_urgency = _tracker.order_by(None).order_by(_urgency, Commitment.due_on, Commitment.id)
_OPEN = tuple(sorted(OPEN))
_ON_COURSE = tuple(sorted(OPEN - {CommitmentState.CONTESTED}))
"""Past its day, one of these counts as late; a contested one is counted as contested."""
_agreed = select(Commitment.notice_id, Commitment.body_id, Commitment.agreed_on).where(
    Commitment.notice_id.in_(bindparam("ids", expanding=True))
)


def of_notice(session: Session, notice_id: UUID) -> Sequence[Commitment]:
    """With updates and verdicts, by number."""
    return session.scalars(_of_notice, {"notice_id": notice_id}).all()


def agreed_days(session: Session, notice_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], tuple[date, ...]]:
    """On which days something was promised to that body on that notice: one query."""
    found: dict[tuple[UUID, UUID], tuple[date, ...]] = {}
    for notice_id, body_id, day in session.execute(_agreed, {"ids": list(notice_ids)}) if notice_ids else ():
        found[notice_id, body_id] = (*found.get((notice_id, body_id), ()), day)
    return found


def by_id(session: Session, commitment_id: UUID) -> Commitment | None:
    """With its whole history, its body and its notice."""
    return session.scalar(_whole, {"id": commitment_id})


def source_of(notice: Notice) -> str:
    """The authoritative language of a notice: what is said about it is written in that one first."""
    revision = notices.published(notice)
    return readiness.source_of(revision) if revision is not None else LOCALES[0]


def title_of(notice: Notice, language: str) -> str:
    """A notice's title as far as it is written in that language, for mails."""
    revision = notices.published(notice)
    return revision.title.shown(language)[0] if revision is not None else ""


def readable(levels: Collection[Visibility]) -> ColumnElement[bool]:
    """Commitments of notices at these levels."""
    return Notice.visibility.in_(sorted(levels))


def tracker(
    session: Session, *, levels: Collection[Visibility], on: date, state: str = "", after: str | None = None
) -> Page[Commitment]:
    """The most pressing first: contested, then open by due date (late ones so come before others), then said
    to be done, then kept. ``state``: a key of `tally`, which counts exactly these."""
    select_ = _filtered(_by_urgency.where(readable(levels)), state, on)
    key = typed_cursor(after, int, date.fromisoformat, UUID)
    if key is not None:
        select_ = select_.where(tuple_(_urgency, Commitment.due_on, Commitment.id) > key)
    rows = session.scalars(select_.limit(PAGE_SIZE + 1)).all()
    return page_of(rows, lambda one: (_URGENCY.get(one.state, _OTHERS), one.due_on.isoformat(), one.id))


def _late(on: date) -> ColumnElement[bool]:
    return and_(Commitment.due_on < on, Commitment.state.in_(_ON_COURSE))


def _filtered(select_: Select[Commitment], state: str, on: date) -> Select[Commitment]:
    if state == "late":
        return select_.where(_late(on))
    if state in set(CommitmentState):
        return select_.where(Commitment.state == CommitmentState(state), ~_late(on))
    return select_


def tally(session: Session, *, levels: Collection[Visibility], on: date) -> dict[str, int]:
    """How many stand in each state, late ones apart, for the bar and its legend."""
    late = case((_late(on), True), else_=False)
    rows = session.execute(
        select(Commitment.state, late.label("late"), func.count())
        .join(Commitment.notice)
        .where(readable(levels))
        .group_by(Commitment.state, late)
    )
    found: dict[str, int] = {}
    for state, is_late, count in rows:
        key = "late" if is_late else str(state)
        found[key] = found.get(key, 0) + count
    return found


def to_judge(session: Session, body_ids: Collection[UUID]) -> Sequence[Commitment]:
    """Claimed done, waiting for one of these bodies to say, at most 50."""
    return session.scalars(
        _tracker.where(
            Commitment.state == CommitmentState.CLAIMED_DONE, Commitment.body_id.in_(list(body_ids))
        ).limit(50)
    ).all()


def due(session: Session, *, until: date) -> Sequence[Commitment]:
    """Open and due by that day, the most urgent first, at most 50."""
    return session.scalars(
        _tracker.where(Commitment.state.in_(_OPEN), Commitment.due_on <= until).limit(50)
    ).all()
