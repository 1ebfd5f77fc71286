"""Calendars at secret addresses, and which reminders went out."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Consultation
from consult.core.db import WithId
from consult.people.models import Account


class Calendar(WithId):
    """One address at which a program reads what its owner may read that day. Of the secret in it the digest
    alone is kept. Without a consultation: everything its owner follows."""

    __tablename__ = "calendar"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    consultation_id: Mapped[UUID | None] = mapped_column(ForeignKey("consultation.id"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_on: Mapped[date]
    revoked_on: Mapped[date | None]
    account: Mapped[Account] = relationship()
    consultation: Mapped[Consultation | None] = relationship()
    __table_args__ = (
        CheckConstraint("length(secret_hash) = 32", name="secret_size"),
        CheckConstraint("revoked_on IS NULL OR revoked_on >= made_on", name="revoked_after_made"),
    )


class Reminder(WithId):
    """One reminder that went out: to whom, of what, due on which day, how many days ahead. A day that moved
    is another day, and is told again."""

    __tablename__ = "reminder"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    what: Mapped[str] = mapped_column(String(120))
    due_on: Mapped[date]
    ahead: Mapped[int]
    told_on: Mapped[date]
    __table_args__ = (
        UniqueConstraint("account_id", "what", "due_on", "ahead"),
        CheckConstraint("ahead >= 0", name="ahead_not_negative"),
    )
