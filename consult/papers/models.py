"""A paper one side prepares, and each text it was saved with."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Consultation
from consult.core.db import LocalizedType, WithId, enum_type
from consult.core.localized import Localized
from consult.papers.rules import PaperSide
from consult.people.models import Account, Body
from consult.web.readers import Audience, Side, Visibility


class Paper(WithId):
    """``text_key``: the model it began from. Without a consultation: the body writes about what nobody has
    presented to it. Read by its side alone, for as long as it is kept."""

    __tablename__ = "paper"
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"))
    consultation_id: Mapped[UUID | None] = mapped_column(ForeignKey("consultation.id"))
    side: Mapped[PaperSide] = mapped_column(enum_type(PaperSide))
    text_key: Mapped[str] = mapped_column(String(60))
    started_on: Mapped[date]
    body: Mapped[Body] = relationship()
    consultation: Mapped[Consultation | None] = relationship()
    versions: Mapped[list[PaperVersion]] = relationship(
        back_populates="paper", order_by="PaperVersion.number", cascade="all, delete-orphan"
    )
    __table_args__ = (
        CheckConstraint("side = 'body' OR consultation_id IS NOT NULL", name="employer_of_a_consultation"),
        Index("ix_paper_of_consultation", "consultation_id", "side", "started_on", "id"),
        Index("ix_paper_of_body", "body_id", "side", "started_on", "id"),
    )

    @property
    def audience(self) -> Audience:
        author = Side.STAFF if self.side is PaperSide.BODY else Side.EMPLOYER
        return Audience(Visibility.DRAFT, author, body_ids=frozenset({self.body_id}))

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.body_id})

    @property
    def newest(self) -> PaperVersion:
        return self.versions[-1]


class PaperVersion(WithId):
    """The text as it was saved once."""

    __tablename__ = "paper_version"
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"))
    number: Mapped[int]
    text: Mapped[Localized] = mapped_column(LocalizedType)
    saved_on: Mapped[date]
    saved_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    paper: Mapped[Paper] = relationship(back_populates="versions")
    author: Mapped[Account] = relationship()
    __table_args__ = (
        UniqueConstraint("paper_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )
