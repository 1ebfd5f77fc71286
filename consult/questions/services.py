"""Asking and answering."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import Localized
from consult.notices.models import Notice
from consult.notices.rules import NoticeState
from consult.people import delegations
from consult.people.models import Account, Body
from consult.people.seats import DelegatedAct
from consult.questions import letters
from consult.questions.models import Answer, Question, Unanswered
from consult.questions.rules import NotUnanswered, QuestionKind
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
    kind: QuestionKind = QuestionKind.QUESTION,
    field: str = "",
    because: Iterable[Ref] = (),
    once: UUID | None = None,
) -> Question:
    """The body puts a question to the employer; it is numbered on its notice and read by whoever
    reads the notice. ``expected_on`` is a proposed date, never a legal one. ``once``: the identifier it
    will have; sent twice, the first stays. Raises `WrongState` on a notice not before a body."""
    register.touch(session)  # takes the lock under which numbers are given
    if once is not None and (known := session.get(Question, once)) is not None:
        if known.asked_by == actor.id and known.notice_id == notice.id:
            return known
        once = None
    if notice.state is not NoticeState.PUBLISHED:
        raise WrongState("notice", notice.state)
    last = session.scalar(select(func.max(Question.number)).where(Question.notice_id == notice.id)) or 0
    question = Question(
        id=once or uuid4(), notice=notice, body=body, number=last + 1, text=text, asked_on=on, asker=actor,
        expected_on=expected_on, kind=kind, field=field,
    )  # fmt: skip
    session.add(question)
    session.flush()
    register.record(
        session,
        Tag.QUESTION_ASKED,
        question.ref,
        title=text,
        day=on,
        content={
            "number": question.number,
            "text": dict(text.texts),
            "body": body.name,
            "kind": kind,
            "field": field,
        },
        audience=notice.audience,
        notice_id=notice.id,
        because=[Ref("notice", str(notice.id)), *because],
    )
    letters.asked(session, notice, question)
    return question


def declare_unanswered(
    session: Session,
    question: Question,
    *,
    note: str,
    votes: Mapping[str, int] | None = None,
    delegation: UUID | None = None,
    actor: Account,
    on: date,
) -> Unanswered:
    """The body says, by a vote or through a member it gave a delegation, that no answer came: visible to
    whoever reads the question, and carried into the opinion. A later answer stands beside it. Raises
    `NotUnanswered`, `NotAdopted`, `NotDelegated`."""
    register.touch(session)
    session.refresh(question, ["answers", "unanswered"])
    if question.answers or question.unanswered is not None:
        raise NotUnanswered
    number = question.number
    decided = delegations.decide(
        session, question.body, act=DelegatedAct.UNANSWERED, about=question.ref, votes=votes,
        delegation=delegation, actor=actor, on=on, text=Localized.of(
            fr=f"Question {number} déclarée sans réponse", en=f"Question {number} declared unanswered"
        ),
    )  # fmt: skip
    made = Unanswered(question=question, declared_on=on, declared_by=actor.id, note=note)
    session.add(made)
    session.flush()
    register.record(
        session,
        Tag.QUESTION_UNANSWERED,
        question.ref,
        title=question.text,
        day=on,
        content={"question": number, "note": note, **decided.content},
        audience=question.audience,
        notice_id=question.notice_id,
        because=[question.ref],
    )
    letters.declared(session, question.notice, question)
    return made


def answer(
    session: Session,
    question: Question,
    *,
    text: Localized,
    actor: Account,
    on: date,
    once: UUID | None = None,
    seen: int | None = None,
) -> Answer:
    """The employer answers; a question may be answered again, the earlier answer stays. ``once``: the
    identifier it will have; sent twice, the first stays. ``seen``: how many answers the writer knew of.
    Raises `EditedMeanwhile` when there is another by now."""
    register.touch(session)  # as above
    if once is not None and (known := session.get(Answer, once)) is not None:
        if known.answered_by == actor.id and known.question_id == question.id:
            return known
        once = None
    notice = question.notice
    last = session.scalar(select(func.max(Answer.number)).where(Answer.question_id == question.id)) or 0
    if seen is not None and seen != last:
        raise EditedMeanwhile(yours=text.shown("fr")[0])
    made = Answer(
        id=once or uuid4(), question=question, number=last + 1, text=text, answered_on=on,
        answered_by=actor.id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    register.record(
        session,
        Tag.QUESTION_ANSWERED,
        Ref("answer", str(made.id)),
        title=question.text,
        day=on,
        content={"question": question.number, "version": made.number, "text": dict(text.texts)},
        audience=notice.audience,
        notice_id=notice.id,
        because=[question.ref],
    )
    letters.answered(session, notice, question)
    return made
