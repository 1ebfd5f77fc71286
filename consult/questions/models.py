"""Questions, numbered per notice, and their answers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import LocalizedType, WithId
from consult.core.localized import Localized
from consult.core.triggers import freeze
from consult.notices.models import Notice
from consult.people.models import Account, Body
from consult.register.rules import Ref
from consult.web.readers import Audience


class Question(WithId):
    __tablename__ = "question"
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), index=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"))
    number: Mapped[int]
    text: Mapped[Localized] = mapped_column(LocalizedType)
    asked_on: Mapped[date]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    expected_on: Mapped[date | None]
    """A proposed date for the answer, not a legal one."""
    body: Mapped[Body] = relationship()
    asker: Mapped[Account] = relationship()
    notice: Mapped[Notice] = relationship()
    answers: Mapped[list[Answer]] = relationship(back_populates="question", order_by="Answer.number")
    __table_args__ = (
        UniqueConstraint("notice_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("expected_on IS NULL OR expected_on >= asked_on", name="expected_after_asked"),
    )

    @property
    def ref(self) -> Ref:
        return Ref("question", str(self.id))

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


for _table in ("question", "answer"):
    freeze(_table, reason="a question and its answers never change once given")
