"""The tables of the voice: fixed lengths, random ids, no time but the day of a release, no person."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, PortableJSON, enum_type, random_id
from consult.voices.rules import Channel

_SQLITE = {"sqlite_with_rowid": False}


class Letterbox(Base):
    """Where staff may write. ``told`` is what the rooms above say about it, for its pages."""

    __tablename__ = "letterbox"
    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True, default=random_id)
    told: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    channel: Mapped[Channel] = mapped_column(enum_type(Channel))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    k: Mapped[int]
    interval_days: Mapped[int] = mapped_column(default=7)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    is_closed: Mapped[bool] = mapped_column(default=False)
    """Set by the release that takes what was left at the end."""
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id_length"),
        CheckConstraint("length(public_key) = 32", name="key_length"),
        CheckConstraint("k IN (5, 10)", name="k_agreed"),
        CheckConstraint("interval_days IN (1, 7)", name="interval_known"),
        CheckConstraint("closes_on > opens_on", name="closes_after_opening"),
        _SQLITE,
    )


class Spent(Base):
    """Opaque hashes of rights that were used. Nothing else, so that nothing can be counted back."""

    __tablename__ = "spent"
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    __table_args__ = (CheckConstraint("length(hash) = 32", name="hash_length"), _SQLITE)


class Waiting(Base):
    """What arrived and is not released: sealed to the letterbox key, all of one size."""

    __tablename__ = "waiting"
    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True, default=random_id)
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"))
    lane: Mapped[int] = mapped_column(default=0)
    sealed: Mapped[bytes] = mapped_column(LargeBinary(4144))
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id_length"),
        CheckConstraint("length(sealed) = 4144", name="sealed_length"),
        CheckConstraint("lane BETWEEN 0 AND 9", name="lane_known"),
        _SQLITE,
    )


class Batch(Base):
    """What left together, on one day. ``at_least`` is floored to 5."""

    __tablename__ = "batch"
    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True, default=random_id)
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), index=True)
    released_on: Mapped[date]
    at_least: Mapped[int]
    is_small: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id_length"),
        CheckConstraint("at_least % 5 = 0 AND at_least >= 0", name="floored"),
        CheckConstraint("is_small OR at_least >= 5", name="mixed_enough"),
        _SQLITE,
    )


class Voice(Base):
    """A released message, sealed anew under a new id: it shares no byte with what waited."""

    __tablename__ = "voice"
    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True, default=random_id)
    batch_id: Mapped[bytes] = mapped_column(ForeignKey("batch.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary(4192))
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id_length"),
        CheckConstraint("length(sealed) = 4192", name="sealed_length"),
        _SQLITE,
    )
