"""Consultations, their facts, and the proof that a notice reached the body first."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.rules import FactKind, Stage
from consult.core.db import LocalizedType, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import freeze
from consult.notices.models import Notice
from consult.people.models import Account, Body, Mandate, Resolution
from consult.web.readers import Audience


def _standing(owner: str, table: str) -> str:
    """Facts struck out stay in their table and no longer count."""
    return f"and_({table}.id == Fact.{owner}, Fact.struck_on.is_(None))"


class Consultation(WithId):
    """A notice before one body, following one procedure template (``""``: none, a file the body opened
    itself); ``variant`` where somebody chose one by hand. ``facts`` are those that stand; ``stage`` and
    ``next_due_on`` are projections of them."""

    __tablename__ = "consultation"
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), index=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"), index=True)
    template: Mapped[str] = mapped_column(String(60), default="fr-cse")
    variant: Mapped[str] = mapped_column(String(60), default="")
    letterbox_id: Mapped[bytes | None] = mapped_column(LargeBinary(16), ForeignKey("letterbox.id"))
    stage: Mapped[Stage] = mapped_column(enum_type(Stage), default=Stage.WITH_BODY)
    opened_on: Mapped[date]
    next_due_on: Mapped[date | None]
    notice: Mapped[Notice] = relationship()
    body: Mapped[Body] = relationship()
    facts: Mapped[list[Fact]] = relationship(
        order_by="Fact.day, Fact.id", primaryjoin=_standing("consultation_id", "Consultation")
    )
    overrides: Mapped[list[ProcedureOverride]] = relationship(
        order_by="ProcedureOverride.agreed_on, ProcedureOverride.id"
    )
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


class SideProcedure(WithId):
    """A procedure that runs beside the consultations of a notice, without a body (informing workers under
    the AI Act, say)."""

    __tablename__ = "side_procedure"
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), index=True)
    template: Mapped[str] = mapped_column(String(60))
    begun_on: Mapped[date]
    because: Mapped[str] = mapped_column(String(500))
    added_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    ended_on: Mapped[date | None]
    notice: Mapped[Notice] = relationship()
    facts: Mapped[list[Fact]] = relationship(
        order_by="Fact.day, Fact.id", primaryjoin=_standing("side_procedure_id", "SideProcedure")
    )
    overrides: Mapped[list[ProcedureOverride]] = relationship(
        order_by="ProcedureOverride.agreed_on, ProcedureOverride.id"
    )
    __table_args__ = (UniqueConstraint("notice_id", "template"),)

    @property
    def audience(self) -> Audience:
        return self.notice.audience


_CONTESTED = text("resolution_id IS NOT NULL")
_ONE_COURSE = "(consultation_id IS NULL) <> (side_procedure_id IS NULL)"


class Fact(WithId):
    """Something that happened on a day; the dates of the procedure are computed from these. ``key``: its
    name in the procedure, where no ``kind`` of its own says it. ``source``: what told it, as a `Ref`; empty
    where a person entered it. A fact the body contests keeps the day the employer claims beside the day the
    body gives (None: it says this never happened). One struck out no longer counts, and stays."""

    __tablename__ = "fact"
    consultation_id: Mapped[UUID | None] = mapped_column(ForeignKey("consultation.id"), index=True)
    side_procedure_id: Mapped[UUID | None] = mapped_column(ForeignKey("side_procedure.id"), index=True)
    kind: Mapped[FactKind] = mapped_column(enum_type(FactKind))
    key: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(120), default="")
    day: Mapped[date]
    note: Mapped[str] = mapped_column(String(500), default="")
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    is_contested: Mapped[bool] = mapped_column(default=False)
    contested_day: Mapped[date | None]
    contested_why: Mapped[str] = mapped_column(String(500), default="")
    resolution_id: Mapped[UUID | None] = mapped_column(ForeignKey("resolution.id"))
    resolution: Mapped[Resolution | None] = relationship()
    """What the body contested it by."""
    struck_on: Mapped[date | None]
    struck_why: Mapped[str] = mapped_column(String(500), default="")
    __table_args__ = (
        CheckConstraint(_ONE_COURSE, name="of_one_course"),
        Index("ix_fact_contested", "day", "id", sqlite_where=_CONTESTED, postgresql_where=_CONTESTED),
    )


class ProcedureOverride(WithId):
    """What an agreement or a judge set instead of the template: ``value`` is an ISO 8601 period (``P45D``)
    or day for ``key``, a step or ``limit``. Replaced by a later one for the same key."""

    __tablename__ = "procedure_override"
    consultation_id: Mapped[UUID | None] = mapped_column(ForeignKey("consultation.id"), index=True)
    side_procedure_id: Mapped[UUID | None] = mapped_column(ForeignKey("side_procedure.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    agreed_on: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    ended_on: Mapped[date | None]
    __table_args__ = (CheckConstraint(_ONE_COURSE, name="of_one_course"),)


class EarlyMilestone(WithId):
    """Why a date of the project was kept although it comes before the end of the procedure, as that was
    counted then (``earliest_end`` None: not known). ``key``: see `before.planned`."""

    __tablename__ = "early_milestone"
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    earliest_end: Mapped[date | None]
    reason: Mapped[Localized] = mapped_column(LocalizedType)
    given_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    given_on: Mapped[date]


freeze("early_milestone", reason="a reason that was given never changes")


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
