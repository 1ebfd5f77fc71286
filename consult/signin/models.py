"""One-time tokens sent by mail, and the count of failures of one account. No address is kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import Base, WithId, enum_type
from consult.people.models import Account


class TokenPurpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"


class SigninToken(WithId):
    """The digest of a token that works once, until ``expires_at``."""

    __tablename__ = "signin_token"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[TokenPurpose] = mapped_column(enum_type(TokenPurpose))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    is_used: Mapped[bool] = mapped_column(default=False)
    account: Mapped[Account] = relationship()
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest_length"),)


class SigninFailures(Base):
    """Failures in a row of one account, and until when it must wait."""

    __tablename__ = "signin_failures"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    wait_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class UnknownTries(Base):
    """How often somebody tried an address nobody has: one number for the whole instance, and no address.
    Writing it also makes such a try cost what a wrong password costs, so that time tells nothing."""

    __tablename__ = "signin_unknown"
    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    count: Mapped[int] = mapped_column(default=0)
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)
