"""Named selects about commitments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.commitments.models import Commitment
from consult.commitments.rules import CommitmentState
from consult.notices.models import Notice
from consult.web.pagination import PAGE_SIZE, Page, page_of, read_cursor
from consult.web.readers import Visibility

_of_notice = (
    select(Commitment)
    .where(Commitment.notice_id == bindparam("notice_id"))
    .options(selectinload(Commitment.updates), selectinload(Commitment.verdicts), joinedload(Commitment.body))
    .order_by(Commitment.number)
)
_tracker = (
    select(Commitment)
    .join(Commitment.notice)
    .options(joinedload(Commitment.notice).selectinload(Notice.revisions), joinedload(Commitment.body))
    .order_by(Commitment.due_on, Commitment.id)
)
_OPEN = (CommitmentState.AGREED, CommitmentState.IN_PROGRESS, CommitmentState.CONTESTED)


def of_notice(session: Session, notice_id: UUID) -> Sequence[Commitment]:
    """With updates and verdicts, by number."""
    return session.scalars(_of_notice, {"notice_id": notice_id}).all()


def by_id(session: Session, commitment_id: UUID) -> Commitment | None:
    return session.get(Commitment, commitment_id)


def readable(levels: Collection[Visibility]) -> ColumnElement[bool]:
    """Commitments of notices at these levels."""
    return Notice.visibility.in_(sorted(levels))


def tracker(
    session: Session, *, levels: Collection[Visibility], on: date, state: str = "", after: str | None = None
) -> Page[Commitment]:
    """By due date, the most urgent first. ``state``: a `CommitmentState`, or ``late``."""
    select_ = _filtered(_tracker.where(readable(levels)), state, on)
    key = read_cursor(after, 2)
    if key is not None:
        select_ = select_.where(
            tuple_(Commitment.due_on, Commitment.id) > (date.fromisoformat(key[0]), UUID(key[1]))
        )
    rows = session.scalars(select_.limit(PAGE_SIZE + 1)).all()
    return page_of(rows, lambda one: (one.due_on.isoformat(), one.id))


def _filtered(select_: Select[tuple[Commitment]], state: str, on: date) -> Select[tuple[Commitment]]:
    if state == "late":
        return select_.where(Commitment.due_on < on, Commitment.state.in_(_OPEN))
    if state in set(CommitmentState):
        return select_.where(Commitment.state == CommitmentState(state))
    return select_


def tally(session: Session, *, levels: Collection[Visibility], on: date) -> dict[str, int]:
    """How many stand in each state, late ones apart, for the bar and its legend."""
    late = (Commitment.due_on < on) & Commitment.state.in_(_OPEN)
    rows = session.execute(
        select(Commitment.state, late.label("late"), func.count())
        .join(Commitment.notice)
        .where(readable(levels))
        .group_by(Commitment.state, late)
    )
    found: dict[str, int] = {}
    for state, is_late, count in rows:
        key = "late" if is_late and state is not CommitmentState.CONTESTED else str(state)
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
