"""Keyholders, letterbox keys wrapped for each, and keys open for a sitting."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import WithId, enum_type
from consult.people.models import Account
from consult.people.rules import MandateRole


class Keyholder(WithId):
    """Somebody the body chose. Its mandate's role stands beside it so that the schema itself refuses
    the chair; an outside keyholder has an account and no mandate."""

    __tablename__ = "keyholder"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), unique=True)
    mandate_id: Mapped[UUID | None]
    mandate_role: Mapped[MandateRole | None] = mapped_column(enum_type(MandateRole))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    under_passphrase: Mapped[bytes] = mapped_column(LargeBinary)
    under_recovery: Mapped[bytes] = mapped_column(LargeBinary)
    set_up_on: Mapped[date]
    account: Mapped[Account] = relationship()
    __table_args__ = (
        ForeignKeyConstraint(["mandate_id", "mandate_role"], ["mandate.id", "mandate.role"]),
        CheckConstraint("mandate_role IS NULL OR mandate_role <> 'chair'", name="never_the_chair"),
        CheckConstraint("(mandate_id IS NULL) = (mandate_role IS NULL)", name="mandate_with_role"),
        CheckConstraint("length(public_key) = 32", name="key_length"),
    )


class WrappedKey(WithId):
    """The private key of a letterbox, sealed to one keyholder."""

    __tablename__ = "wrapped_key"
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), index=True)
    keyholder_id: Mapped[UUID] = mapped_column(ForeignKey("keyholder.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary(80))
    keyholder: Mapped[Keyholder] = relationship()
    __table_args__ = (
        UniqueConstraint("letterbox_id", "keyholder_id"),
        CheckConstraint("length(sealed) = 80", name="sealed_length"),
    )


class Unlocked(WithId):
    """A letterbox key for a sitting, under 32 random bytes that only a session cookie holds."""

    __tablename__ = "unlocked"
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    idle_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
