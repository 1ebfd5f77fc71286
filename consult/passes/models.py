"""Claims of invitations, and the private keys that sign them: both gone once claims close."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base

_SQLITE = {"sqlite_with_rowid": False}


class Claim(Base):
    """One mailed invitation: the hash of its code, and of the blinded requests it was used for (null:
    unused). No address, no day, no order."""

    __tablename__ = "claim"
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), index=True)
    blinded_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    __table_args__ = (
        CheckConstraint("length(code_hash) = 32", name="code_length"),
        CheckConstraint("blinded_hash IS NULL OR length(blinded_hash) = 32", name="blinded_length"),
        _SQLITE,
    )


class SigningKey(Base):
    """The private half of a lane's key (PKCS #8, DER)."""

    __tablename__ = "signing_key"
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), primary_key=True)
    lane: Mapped[str] = mapped_column(String(16), primary_key=True)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (_SQLITE,)
