"""Named selects about questions."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, selectinload

from consult.notices.models import Notice
from consult.questions.models import Question
from consult.register.models import Awaiting

_of_notice = (
    select(Question)
    .where(Question.notice_id == bindparam("notice_id"))
    .options(selectinload(Question.answers), selectinload(Question.body))
    .order_by(Question.number)
)
_open_of_body = (
    select(Question)
    .join(Awaiting, and_(Awaiting.kind == "question", Awaiting.subject_id == Question.id))
    .where(Question.body_id == bindparam("body_id"))
    .order_by(Awaiting.since, Question.number)
    .limit(50)
)
_by_ids = (
    select(Question)
    .where(Question.id.in_(bindparam("ids", expanding=True)))
    .options(selectinload(Question.answers))
    .order_by(Question.number, Question.id)
)
_unanswered = (
    select(Question, Notice)
    .join(Notice, Notice.id == Question.notice_id)
    .join(Awaiting, and_(Awaiting.kind == "question", Awaiting.subject_id == Question.id))
    .order_by(Awaiting.since, Question.number)
    .limit(50)
)


def of_notice(session: Session, notice_id: UUID) -> Sequence[Question]:
    """With their answers, in the order they were asked."""
    return session.scalars(_of_notice, {"notice_id": notice_id}).all()


def unanswered(session: Session) -> Sequence[tuple[Question, Notice]]:
    """Questions nobody answered yet, oldest first, at most 50."""
    return [(row[0], row[1]) for row in session.execute(_unanswered)]


def open_for(session: Session, notice_id: UUID, body_id: UUID) -> list[Question]:
    """What that body asked and got no answer to, in the order it was asked: an opinion is given all the
    same, and says so."""
    return [one for one in of_notice(session, notice_id) if one.body_id == body_id and not one.answers]


def open_of_body(session: Session, body_id: UUID) -> Sequence[Question]:
    """What that body asked on any notice and got no answer to, the oldest first, at most 50."""
    return session.scalars(_open_of_body, {"body_id": body_id}).all()


def by_ids(session: Session, ids: Sequence[UUID]) -> Sequence[Question]:
    """In the order of their numbers."""
    return session.scalars(_by_ids, {"ids": list(ids)}).all() if ids else []


def by_id(session: Session, question_id: UUID) -> Question | None:
    return session.get(Question, question_id)
