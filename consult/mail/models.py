"""Letters to people who signed up to receive them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DateTime, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import WithId, enum_type


class LetterState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    FAILED = "failed"


class Letter(WithId):
    """One mail, ready to send. ``about`` names the act it belongs to, for who asks later."""

    __tablename__ = "letter"
    to_address: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    about: Mapped[str] = mapped_column(String(120), default="", index=True)
    state: Mapped[LetterState] = mapped_column(
        enum_type(LetterState), default=LetterState.WAITING, index=True
    )
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    next_try_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_error: Mapped[str] = mapped_column(String(300), default="")
