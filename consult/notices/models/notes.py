"""What colleagues who write notices tell one another about a text."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import WithId
from consult.notices.models.notice import Revision
from consult.people.models import Account


class Note(WithId):
    """A remark on one field of a revision, or on the whole of it (``key`` empty). Nobody else reads it; it is
    deleted when the notice is withdrawn."""

    __tablename__ = "review_note"
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("revision.id"), index=True)
    key: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    resolved_on: Mapped[date | None]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    revision: Mapped[Revision] = relationship()
    author: Mapped[Account] = relationship(foreign_keys=[author_id])
    resolver: Mapped[Account | None] = relationship(foreign_keys=[resolved_by])
    __table_args__ = (
        CheckConstraint("(resolved_on IS NULL) = (resolved_by IS NULL)", name="resolved_by_somebody"),
    )
