"""Consultations, their facts, and the proof that a notice reached the body first."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.rules import FactKind, Stage
from consult.core.db import WithId, enum_type
from consult.notices.models import Notice
from consult.people.models import Account, Body, Mandate
from consult.web.readers import Audience


class Consultation(WithId):
    """A notice before one body, following one procedure template. ``stage`` and ``next_due_on`` are
    projections of the facts."""

    __tablename__ = "consultation"
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), index=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"), index=True)
    template: Mapped[str] = mapped_column(String(60), default="fr-cse")
    letterbox_id: Mapped[bytes | None] = mapped_column(LargeBinary(16), ForeignKey("letterbox.id"))
    stage: Mapped[Stage] = mapped_column(enum_type(Stage), default=Stage.WITH_BODY)
    opened_on: Mapped[date]
    next_due_on: Mapped[date | None]
    notice: Mapped[Notice] = relationship()
    body: Mapped[Body] = relationship()
    facts: Mapped[list[Fact]] = relationship(order_by="Fact.day", cascade="all, delete-orphan")
    __table_args__ = (
        UniqueConstraint("notice_id", "body_id"),
        Index("ix_consultation_opened", "opened_on", "id"),
        Index("ix_consultation_body_opened", "body_id", "opened_on", "id"),
        Index("ix_consultation_due", "next_due_on", "id"),
        Index("ix_consultation_body_due", "body_id", "next_due_on", "id"),
    )

    @property
    def audience(self) -> Audience:
        """Read by whoever reads its notice."""
        return self.notice.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.body_id})


class Fact(WithId):
    """Something that happened on a day; the dates of the procedure are computed from these."""

    __tablename__ = "fact"
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), index=True)
    kind: Mapped[FactKind] = mapped_column(enum_type(FactKind))
    day: Mapped[date]
    note: Mapped[str] = mapped_column(String(500), default="")
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class Sending(WithId):
    """The act of sending a revision to a body: one leaf, and a receipt for each member."""

    __tablename__ = "sending"
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), index=True)
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("revision.id"))
    sent_on: Mapped[date]
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    leaf_position: Mapped[int] = mapped_column(ForeignKey("leaf.position"))
    receipts: Mapped[list[Receipt]] = relationship(cascade="all, delete-orphan")
    consultation: Mapped[Consultation] = relationship()
    sender: Mapped[Account] = relationship()


class Receipt(WithId):
    """What proves that one mandate got it: the mail accepted, and the first opening."""

    __tablename__ = "receipt"
    sending_id: Mapped[UUID] = mapped_column(ForeignKey("sending.id"), index=True)
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    letter_id: Mapped[UUID | None] = mapped_column(ForeignKey("letter.id"))
    opened_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    mandate: Mapped[Mandate] = relationship()
    __table_args__ = (
        UniqueConstraint("sending_id", "mandate_id"),
        Index("ix_receipt_unopened", "mandate_id", "opened_at"),
    )
