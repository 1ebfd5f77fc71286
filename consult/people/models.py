"""Organisation, establishments, bodies, accounts, mandates, resolutions."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import Base, LocalizedType, PortableJSON, WithId, enum_type
from consult.core.localized import Localized
from consult.people.rules import BodyKind, KeyLevel, Languages, MandateRole, Role


class Organisation(Base):
    """The one organisation this instance serves."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)
    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2), default="fr")
    languages: Mapped[Languages] = mapped_column(enum_type(Languages), default=Languages.BOTH)
    access_word: Mapped[str] = mapped_column(String(100))
    previous_word: Mapped[str] = mapped_column(String(100), default="")
    previous_word_until: Mapped[date | None]
    is_public: Mapped[bool] = mapped_column(default=False)
    emergency: Mapped[list[dict[str, Any]]] = mapped_column(PortableJSON, default=list)
    """``[{"label": {"fr": …, "en": …}, "number": "15"}, …]``, shown on every anonymous page."""
    alert_channel: Mapped[Localized] = mapped_column(LocalizedType, default=Localized({}))


class Establishment(WithId):
    __tablename__ = "establishment"
    name: Mapped[str] = mapped_column(String(200), unique=True)
    headcount: Mapped[int]
    __table_args__ = (CheckConstraint("headcount >= 0", name="headcount_not_negative"),)


class Body(WithId):
    """A body of representatives; always called by its own name on screen."""

    __tablename__ = "body"
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[BodyKind] = mapped_column(enum_type(BodyKind))
    headcount: Mapped[int] = mapped_column(default=0)
    """Employees it stands for: decides which thresholds it may agree on."""


class Account(WithId):
    """Somebody who signs in. Employees have none."""

    __tablename__ = "account"
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    locale: Mapped[str] = mapped_column(String(2), default="fr")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Raised by a new password or a deactivation: older sessions end."""
    outside_body_id: Mapped[UUID | None] = mapped_column(ForeignKey("body.id"))
    """The body an outside keyholder was invited by; nobody else has one."""
    version: Mapped[int] = mapped_column()
    mandates: Mapped[list[Mandate]] = relationship(back_populates="account", lazy="selectin")
    outside_body: Mapped[Body | None] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("locale IN ('fr', 'en')", name="locale_known"),
        CheckConstraint(
            "(role = 'outside_keyholder') = (outside_body_id IS NOT NULL)", name="outside_of_a_body"
        ),
    )


class Mandate(WithId):
    """A period and a capacity in which an account sits on a body."""

    __tablename__ = "mandate"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"), index=True)
    role: Mapped[MandateRole] = mapped_column(enum_type(MandateRole))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    account: Mapped[Account] = relationship(back_populates="mandates")
    body: Mapped[Body] = relationship(lazy="joined")
    __table_args__ = (
        UniqueConstraint("id", "role"),  # keyholders point at both, so that a chair cannot hold a key
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )


class Resolution(WithId):
    """A decision of a body, which an act that only a body can do carries."""

    __tablename__ = "resolution"
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"), index=True)
    day: Mapped[date]
    text: Mapped[Localized] = mapped_column(LocalizedType)
    votes_for: Mapped[int] = mapped_column(default=0)
    votes_against: Mapped[int] = mapped_column(default=0)
    abstentions: Mapped[int] = mapped_column(default=0)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    __table_args__ = (
        CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND abstentions >= 0", name="votes_not_negative"
        ),
    )


class ApiKey(WithId):
    """What a program shows to read what employees may read. ``digest``: SHA-256 of its secret, which is
    drawn at random and kept nowhere. ``used_on``: the last day it was used, no finer."""

    __tablename__ = "api_key"
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    level: Mapped[KeyLevel] = mapped_column(enum_type(KeyLevel))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_on: Mapped[date]
    used_on: Mapped[date | None]
    revoked_on: Mapped[date | None]
    maker: Mapped[Account] = relationship()
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest_length"),)
