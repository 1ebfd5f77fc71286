"""What is stored: one row for each content, whoever added it and however often."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base
from consult.core.triggers import freeze
from consult.files.rules import Kind


class StoredFile(Base):
    """The bytes lie on disk under this name (see `storage`)."""

    __tablename__ = "stored_file"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    stored_on: Mapped[date]
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
        CheckConstraint("size > 0", name="size_positive"),
    )

    @property
    def kind(self) -> Kind:
        return Kind.of(self.media_type)


freeze("stored_file", reason="a stored file never changes", operations=("UPDATE",))
