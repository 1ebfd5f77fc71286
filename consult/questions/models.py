"""Questions, numbered per notice, and their answers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import LocalizedType, WithId
from consult.core.localized import Localized
from consult.notices.models import Notice
from consult.people.models import Account, Body
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
    answers: Mapped[list[Answer]] = relationship(back_populates="question", order_by="Answer.answered_on")
    __table_args__ = (
        UniqueConstraint("notice_id", "number"),
        CheckConstraint("expected_on IS NULL OR expected_on >= asked_on", name="expected_after_asked"),
    )

    @property
    def audience(self) -> Audience:
        """A question is read by whoever reads its notice."""
        return self.notice.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.body_id})


class Answer(WithId):
    __tablename__ = "answer"
    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id"), index=True)
    text: Mapped[Localized] = mapped_column(LocalizedType)
    answered_on: Mapped[date]
    answered_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    question: Mapped[Question] = relationship(back_populates="answers")
