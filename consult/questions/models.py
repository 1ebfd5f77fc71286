"""Questions, numbered per notice, and their answers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import LocalizedType, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import freeze
from consult.notices.models import Notice
from consult.people.models import Account, Body
from consult.questions.rules import QuestionKind, QuestionState, state_of
from consult.register.rules import Ref
from consult.web.readers import Audience


class Question(WithId):
    __tablename__ = "question"
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), index=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"))
    number: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(enum_type(QuestionKind), default=QuestionKind.QUESTION)
    field: Mapped[str] = mapped_column(String(60), default="")
    """The field of the notice it is about; empty: the notice in general."""
    text: Mapped[Localized] = mapped_column(LocalizedType)
    asked_on: Mapped[date]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    expected_on: Mapped[date | None]
    """A proposed date for the answer, not a legal one."""
    body: Mapped[Body] = relationship()
    asker: Mapped[Account] = relationship()
    notice: Mapped[Notice] = relationship()
    answers: Mapped[list[Answer]] = relationship(back_populates="question", order_by="Answer.number")
    unanswered: Mapped[Unanswered | None] = relationship(back_populates="question", lazy="joined")
    __table_args__ = (
        UniqueConstraint("notice_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("expected_on IS NULL OR expected_on >= asked_on", name="expected_after_asked"),
    )

    @property
    def ref(self) -> Ref:
        return Ref("question", str(self.id))

    def state(self, on: date) -> QuestionState:
        return state_of(
            has_answer=bool(self.answers), is_declared=self.unanswered is not None,
            expected_on=self.expected_on, on=on,
        )  # fmt: skip

    @property
    def audience(self) -> Audience:
        """A question is read by whoever reads its notice."""
        return self.notice.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.body_id})


class Answer(WithId):
    """The employer's answer. Answered again, it gets the next number and the earlier one stays."""

    __tablename__ = "answer"
    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id"))
    number: Mapped[int]
    text: Mapped[Localized] = mapped_column(LocalizedType)
    answered_on: Mapped[date]
    answered_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    question: Mapped[Question] = relationship(back_populates="answers")
    __table_args__ = (
        UniqueConstraint("question_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )


class Unanswered(WithId):
    """The body declares that the employer did not answer. It stays beside an answer given later."""

    __tablename__ = "unanswered"
    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id"), unique=True)
    declared_on: Mapped[date]
    declared_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    question: Mapped[Question] = relationship(back_populates="unanswered")


for _table in ("question", "answer", "unanswered"):
    freeze(_table, reason="a question and its answers never change once given")
