"""Keyholders, letterbox keys wrapped for each, and keys open for a sitting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import PortableJSON, WithId, enum_type
from consult.people.models import Account, Body, Resolution
from consult.people.rules import MandateRole
from consult.voices.models import Letterbox
from consult.web.readers import Audience, Side, Visibility


class Keyholder(WithId):
    """Somebody the body chose. Its mandate's role stands beside it so that the schema itself refuses
    the chair; an outside keyholder has an account and no mandate."""

    __tablename__ = "keyholder"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    mandate_id: Mapped[UUID | None]
    mandate_role: Mapped[MandateRole | None] = mapped_column(enum_type(MandateRole))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    under_passphrase: Mapped[bytes] = mapped_column(LargeBinary)
    under_recovery: Mapped[bytes] = mapped_column(LargeBinary)
    set_up_on: Mapped[date]
    is_current: Mapped[bool] = mapped_column(default=True)
    """One of an account at most. A second key, made because the first was lost, waits until somebody else
    passed the letterbox keys on to it; then it takes the first one's place."""
    rehearsed_on: Mapped[date | None]
    """The last day on which the passphrase was shown to open."""
    reminded_on: Mapped[date | None]
    account: Mapped[Account] = relationship()
    __table_args__ = (
        ForeignKeyConstraint(["mandate_id", "mandate_role"], ["mandate.id", "mandate.role"]),
        CheckConstraint("mandate_role IS NULL OR mandate_role <> 'chair'", name="never_the_chair"),
        CheckConstraint("(mandate_id IS NULL) = (mandate_role IS NULL)", name="mandate_with_role"),
        CheckConstraint("length(public_key) = 32", name="key_length"),
        Index(
            "uq_keyholder_current", "account_id", unique=True,
            sqlite_where=text("is_current"), postgresql_where=text("is_current"),
        ),
    )  # fmt: skip


class WrappedKey(WithId):
    """The private key of a letterbox, sealed to one keyholder."""

    __tablename__ = "wrapped_key"
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), index=True)
    keyholder_id: Mapped[UUID] = mapped_column(ForeignKey("keyholder.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary(80))
    confirmed_on: Mapped[date | None]
    """The day its holder first opened the letterbox with it."""
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


class Naming(WithId):
    """An act of record that says who holds the keys of a letterbox, with all its leaf binds: so that a name
    written past the product is told from one the body named."""

    __tablename__ = "naming"
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), index=True)
    position: Mapped[int] = mapped_column(ForeignKey("leaf.position"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(PortableJSON)


class Handover(WithId):
    """The body named somebody to hold keys (``resolution_id``), after somebody (``predecessor_id``) or as
    one more; or a keyholder who lost both secrets made a new key, and no resolution is needed, since no
    name changes."""

    __tablename__ = "handover"
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"), index=True)
    predecessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("keyholder.id"))
    successor_id: Mapped[UUID] = mapped_column(ForeignKey("keyholder.id"))
    resolution_id: Mapped[UUID | None] = mapped_column(ForeignKey("resolution.id"))
    decided_on: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    ended_on: Mapped[date | None]
    body: Mapped[Body] = relationship()
    predecessor: Mapped[Keyholder | None] = relationship(foreign_keys=[predecessor_id])
    successor: Mapped[Keyholder] = relationship(foreign_keys=[successor_id])
    resolution: Mapped[Resolution | None] = relationship()
    steps: Mapped[list[HandoverStep]] = relationship(
        back_populates="handover", cascade="all, delete-orphan", lazy="selectin"
    )
    __table_args__ = (
        CheckConstraint("resolution_id IS NOT NULL OR predecessor_id IS NOT NULL", name="has_a_reason"),
        CheckConstraint("predecessor_id IS NULL OR predecessor_id <> successor_id", name="two_keys"),
    )

    @property
    def is_renewal(self) -> bool:
        """The same person under a new key."""
        return self.resolution_id is None

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.body_id})

    @property
    def audience(self) -> Audience:
        return Audience(Visibility.BODY, Side.STAFF, self.scope)


class HandoverStep(WithId):
    """One letterbox of a handover. It ends once the successor opened it and the predecessor, if there is
    one, no longer can."""

    __tablename__ = "handover_step"
    handover_id: Mapped[UUID] = mapped_column(ForeignKey("handover.id"), index=True)
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), index=True)
    ended_on: Mapped[date | None]
    handover: Mapped[Handover] = relationship(back_populates="steps")
    letterbox: Mapped[Letterbox] = relationship()
    __table_args__ = (UniqueConstraint("handover_id", "letterbox_id"),)
