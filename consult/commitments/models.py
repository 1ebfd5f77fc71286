"""Commitments, what was said of them on the way, and the body's verdicts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.commitments.rules import CommitmentState, Nature
from consult.core.db import LocalizedType, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import freeze
from consult.notices.models import Notice
from consult.people.models import Account, Body, Resolution
from consult.register.rules import Ref
from consult.web.readers import Audience


class Commitment(WithId):
    """Who promises what, of which nature, for whom, until when."""

    __tablename__ = "commitment"
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"))
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"))
    number: Mapped[int]
    title: Mapped[Localized] = mapped_column(LocalizedType)
    detail: Mapped[Localized] = mapped_column(LocalizedType, default=Localized({}))
    nature: Mapped[Nature] = mapped_column(enum_type(Nature))
    for_whom: Mapped[Localized] = mapped_column(LocalizedType)
    owner: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    state: Mapped[CommitmentState] = mapped_column(enum_type(CommitmentState), default=CommitmentState.AGREED)
    agreed_on: Mapped[date]
    version: Mapped[int] = mapped_column()
    notice: Mapped[Notice] = relationship()
    body: Mapped[Body] = relationship()
    updates: Mapped[list[Update]] = relationship(order_by="Update.position")
    verdicts: Mapped[list[Verdict]] = relationship(order_by="Verdict.position")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("notice_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        Index("ix_commitment_due", "due_on", "id"),
        Index("ix_commitment_state", "state", "due_on", "id"),
    )

    @property
    def audience(self) -> Audience:
        """A promise is read by whoever reads its notice."""
        return self.notice.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.body_id})

    @property
    def ref(self) -> Ref:
        return Ref("commitment", str(self.id))

    @property
    def history(self) -> list[Update | Verdict]:
        """What both sides said, in the order it was said."""
        return sorted([*self.updates, *self.verdicts], key=lambda act: act.position)


class Update(WithId):
    """A dated note of the employer, with the state it moved to (or stayed in). ``position`` counts
    updates and verdicts of a commitment together, from 1."""

    __tablename__ = "commitment_update"
    commitment_id: Mapped[UUID] = mapped_column(ForeignKey("commitment.id"))
    position: Mapped[int]
    day: Mapped[date]
    state: Mapped[CommitmentState] = mapped_column(enum_type(CommitmentState))
    text: Mapped[Localized] = mapped_column(LocalizedType)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    __table_args__ = (UniqueConstraint("commitment_id", "position"),)


class Verdict(WithId):
    """The body confirms or contests that the promise was kept, on a resolution."""

    __tablename__ = "verdict"
    commitment_id: Mapped[UUID] = mapped_column(ForeignKey("commitment.id"))
    position: Mapped[int]
    resolution_id: Mapped[UUID] = mapped_column(ForeignKey("resolution.id"))
    day: Mapped[date]
    is_kept: Mapped[bool]
    reason: Mapped[Localized] = mapped_column(LocalizedType)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    author: Mapped[Account] = relationship()
    resolution: Mapped[Resolution] = relationship()
    __table_args__ = (UniqueConstraint("commitment_id", "position"),)


_PROMISED = (
    "notice_id", "body_id", "number", "title", "detail", "nature", "for_whom", "owner", "due_on", "agreed_on",
)  # fmt: skip
freeze(
    "commitment",
    when=" OR ".join(f"OLD.{one} <> NEW.{one}" for one in _PROMISED),
    reason="what was promised never changes",
    operations=("UPDATE",),
)
freeze("commitment", reason="what was promised never changes", operations=("DELETE",))
freeze("commitment_update", reason="what was said of a commitment never changes")
freeze("verdict", reason="a verdict never changes")
