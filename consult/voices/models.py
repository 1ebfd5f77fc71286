"""The tables of the voice: fixed lengths, random ids, no time but the day of a release, no person."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, LocalizedType, PortableJSON, enum_type, random_id
from consult.core.localized import Localized
from consult.voices.rules import COUNT_MIN, QUOTA, BallotKind, Channels

_SQLITE = {"sqlite_with_rowid": False}


class Letterbox(Base):
    """Where staff may write. ``told`` is what the rooms above say about it, for its pages."""

    __tablename__ = "letterbox"
    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True, default=random_id)
    told: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    channels: Mapped[Channels] = mapped_column(enum_type(Channels))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Over this key and those of all lanes (`anonymity.words.key_digest`)."""
    k: Mapped[int]
    quota: Mapped[int] = mapped_column(default=QUOTA)
    """Messages a person may send; 0 where it is open to all."""
    count_min: Mapped[int] = mapped_column(default=COUNT_MIN)
    interval_days: Mapped[int] = mapped_column(default=7)
    claims_open_on: Mapped[date | None]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    is_closed: Mapped[bool] = mapped_column(default=False)
    """Set by the release that takes what was left at the end."""
    is_counted: Mapped[bool] = mapped_column(default=False)
    """Set by the one publication of the poll."""
    counted_batches: Mapped[int] = mapped_column(default=0)
    """How many batches had left when support was last counted, the closing counted as one more: once per
    release at most."""
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id_length"),
        CheckConstraint("length(public_key) = 32", name="key_length"),
        CheckConstraint("length(fingerprint) = 32", name="fingerprint_length"),
        CheckConstraint("(channels = 'open') = (quota = 0) AND quota BETWEEN 0 AND 5", name="quota_known"),
        CheckConstraint("count_min >= 5", name="count_min_least"),
        CheckConstraint("claims_open_on IS NULL OR claims_open_on < opens_on", name="claims_first"),
        CheckConstraint("k IN (5, 10)", name="k_agreed"),
        CheckConstraint("interval_days IN (1, 7)", name="interval_known"),
        CheckConstraint("closes_on > opens_on", name="closes_after_opening"),
        _SQLITE,
    )


class RightKey(Base):
    """The public RSA key of one lane: a pass that it verifies is a right in that lane. Its private half
    lies elsewhere, and no longer than invitations can be claimed."""

    __tablename__ = "right_key"
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), primary_key=True)
    lane: Mapped[str] = mapped_column(String(16), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (_SQLITE,)


class SlipRight(Base):
    """A right printed on a paper slip: one row per slip and lane, and nothing that ties two rows."""

    __tablename__ = "slip_right"
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"))
    __table_args__ = (CheckConstraint("length(hash) = 32", name="hash_length"), _SQLITE)


class Spent(Base):
    """Opaque hashes of rights that were used. Nothing tells a slip from a pass, nor two rights of one
    person; the letterbox stands beside them so that they can be deleted when it closes."""

    __tablename__ = "spent"
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"))
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


class Ballot(Base):
    """A sealed answer to one question of the poll, or support for one wording. All of one size."""

    __tablename__ = "ballot"
    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True, default=random_id)
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"))
    kind: Mapped[BallotKind] = mapped_column(enum_type(BallotKind))
    sealed: Mapped[bytes] = mapped_column(LargeBinary(304))
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id_length"),
        CheckConstraint("length(sealed) = 304", name="sealed_length"),
        _SQLITE,
    )


class Reply(Base):
    """What keyholders answered in a thread, sealed to the author, who finds it by their six words."""

    __tablename__ = "reply"
    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True, default=random_id)
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"))
    lookup: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary(4144))
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id_length"),
        CheckConstraint("length(lookup) = 32", name="lookup_length"),
        CheckConstraint("length(sealed) = 4144", name="sealed_length"),
        _SQLITE,
    )


class Votable(Base):
    """A published wording that can be supported; written, and taken away, by the rooms above."""

    __tablename__ = "votable"
    concern_id: Mapped[UUID] = mapped_column(primary_key=True)
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), index=True)
    wording: Mapped[Localized] = mapped_column(LocalizedType)
    __table_args__ = (_SQLITE,)


class PublishedCount(Base):
    """One number that was published, a multiple of 5; none for fewer than 5. ``what``: a question of the
    poll, or the wording supported."""

    __tablename__ = "published_count"
    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True, default=random_id)
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), index=True)
    kind: Mapped[BallotKind] = mapped_column(enum_type(BallotKind))
    what: Mapped[str] = mapped_column(String(40))
    group: Mapped[str] = mapped_column("group_name", String(400), default="")
    """Ids of the groups it is from, joined by ``+`` (`anonymity.counting.members`); empty: everybody."""
    option: Mapped[str] = mapped_column("option_name", String(40), default="")
    floor: Mapped[int | None]
    __table_args__ = (
        UniqueConstraint(
            "letterbox_id", "kind", "what", "group_name", "option_name", name="uq_published_count_one_each"
        ),
        CheckConstraint("length(id) = 16", name="id_length"),
        CheckConstraint("floor IS NULL OR (floor >= 5 AND floor % 5 = 0)", name="floored"),
        _SQLITE,
    )
