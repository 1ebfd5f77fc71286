"""Asking and answering."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.core.localized import Localized
from consult.notices.models import Notice
from consult.people.models import Account, Body
from consult.questions import letters
from consult.questions.models import Answer, Question
from consult.register import services as register
from consult.register.rules import Ref, Tag


def ask(
    session: Session,
    notice: Notice,
    *,
    body: Body,
    text: Localized,
    actor: Account,
    on: date,
    expected_on: date | None = None,
    because: Iterable[Ref] = (),
) -> Question:
    """The body puts a question to the employer; it is numbered on its notice and read by whoever
    reads the notice. ``expected_on`` is a proposed date, never a legal one."""
    register.touch(session)  # takes the lock under which numbers are given
    last = session.scalar(select(func.max(Question.number)).where(Question.notice_id == notice.id)) or 0
    question = Question(
        notice_id=notice.id, body=body, number=last + 1, text=text, asked_on=on, asker=actor,
        expected_on=expected_on,
    )  # fmt: skip
    session.add(question)
    session.flush()
    register.record(
        session,
        Tag.QUESTION_ASKED,
        Ref("question", str(question.id)),
        title=text,
        day=on,
        content={"number": question.number, "text": dict(text.texts), "body": body.name},
        audience=notice.audience,
        notice_id=notice.id,
        because=[Ref("notice", str(notice.id)), *because],
    )
    letters.asked(session, notice, question)
    return question


def answer(session: Session, question: Question, *, text: Localized, actor: Account, on: date) -> Answer:
    """The employer answers; a question may be answered again, the earlier answer stays."""
    notice = session.get_one(Notice, question.notice_id)
    made = Answer(question=question, text=text, answered_on=on, answered_by=actor.id)
    session.add(made)
    session.flush()
    register.record(
        session,
        Tag.QUESTION_ANSWERED,
        Ref("answer", str(made.id)),
        title=question.text,
        day=on,
        content={"question": question.number, "text": dict(text.texts)},
        audience=notice.audience,
        notice_id=notice.id,
        because=[Ref("question", str(question.id))],
    )
    letters.answered(session, notice, question)
    return made
