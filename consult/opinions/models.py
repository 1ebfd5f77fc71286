"""The opinion with its points, the response to each, and the comment beside a notice. Once given, none
changes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Consultation
from consult.core.db import LocalizedType, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import freeze
from consult.notices.models import Notice
from consult.opinions.rules import PointKind, Position, Stance
from consult.people.models import Account, Body, Resolution
from consult.register.rules import Ref
from consult.web.readers import Audience


class Opinion(WithId):
    __tablename__ = "opinion"
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), unique=True)
    resolution_id: Mapped[UUID] = mapped_column(ForeignKey("resolution.id"))
    position: Mapped[Position] = mapped_column(enum_type(Position))
    text: Mapped[Localized] = mapped_column(LocalizedType)
    given_on: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    consultation: Mapped[Consultation] = relationship()
    resolution: Mapped[Resolution] = relationship()
    points: Mapped[list[OpinionPoint]] = relationship(
        order_by="(OpinionPoint.kind, OpinionPoint.number)", back_populates="opinion"
    )
    response: Mapped[Response | None] = relationship(back_populates="opinion", uselist=False)

    @property
    def ref(self) -> Ref:
        return Ref("opinion", str(self.id))

    @property
    def audience(self) -> Audience:
        """Adopted, it is read by whoever reads the notice."""
        return self.consultation.notice.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.consultation.body_id})


class OpinionPoint(WithId):
    """A reservation (R1…) or a wish (V1…)."""

    __tablename__ = "opinion_point"
    opinion_id: Mapped[UUID] = mapped_column(ForeignKey("opinion.id"), index=True)
    kind: Mapped[PointKind] = mapped_column(enum_type(PointKind))
    number: Mapped[int]
    text: Mapped[Localized] = mapped_column(LocalizedType)

    @property
    def code(self) -> str:
        """``R1`` for a reservation, ``V1`` for a wish (vœu)."""
        return f"{'R' if self.kind is PointKind.RESERVATION else 'V'}{self.number}"

    @property
    def ref(self) -> Ref:
        """What a commitment names as its cause; it tells which point of which opinion it is."""
        return Ref("opinion-point", f"{self.opinion_id}.{self.code}")

    opinion: Mapped[Opinion] = relationship(back_populates="points")
    __table_args__ = (
        UniqueConstraint("opinion_id", "kind", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )


class Response(WithId):
    """The employer's reasoned answer to the opinion (L2312-15)."""

    __tablename__ = "response"
    opinion_id: Mapped[UUID] = mapped_column(ForeignKey("opinion.id"), unique=True)
    text: Mapped[Localized] = mapped_column(LocalizedType)
    given_on: Mapped[date]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    opinion: Mapped[Opinion] = relationship(back_populates="response")
    author: Mapped[Account] = relationship()
    points: Mapped[list[ResponsePoint]] = relationship()

    @property
    def ref(self) -> Ref:
        return Ref("response", str(self.id))

    @property
    def in_order(self) -> list[ResponsePoint]:
        """Point by point, reservations first."""
        return sorted(self.points, key=lambda one: (one.point.kind, one.point.number))


class ResponsePoint(WithId):
    __tablename__ = "response_point"
    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id"), index=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("opinion_point.id"), unique=True)
    stance: Mapped[Stance] = mapped_column(enum_type(Stance))
    text: Mapped[Localized] = mapped_column(LocalizedType)
    point: Mapped[OpinionPoint] = relationship()


class Remark(WithId):
    """A body's comment beside the two-minute page of a notice. A correction is another one, with the next
    number; the last one stands unless the body withdrew it."""

    __tablename__ = "remark"
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"))
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"))
    number: Mapped[int]
    about_revision: Mapped[int]
    """The revision that was in force when it was adopted."""
    text: Mapped[Localized] = mapped_column(LocalizedType)
    written_on: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    resolution_id: Mapped[UUID] = mapped_column(ForeignKey("resolution.id"))
    withdrawn_on: Mapped[date | None]
    withdrawal_id: Mapped[UUID | None] = mapped_column(ForeignKey("resolution.id"))
    """The resolution that withdrew it."""
    notice: Mapped[Notice] = relationship()
    body: Mapped[Body] = relationship()
    resolution: Mapped[Resolution] = relationship(foreign_keys=[resolution_id])
    __table_args__ = (
        UniqueConstraint("notice_id", "body_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("(withdrawn_on IS NULL) = (withdrawal_id IS NULL)", name="withdrawn_by_the_body"),
    )

    @property
    def ref(self) -> Ref:
        return Ref("remark", str(self.id))


for _table in ("opinion", "opinion_point", "response", "response_point"):
    freeze(_table, reason="an opinion and its response never change once given")

freeze(
    "remark",
    when="OLD.withdrawn_on IS NOT NULL OR NEW.withdrawn_on IS NULL OR OLD.id <> NEW.id"
    " OR OLD.notice_id <> NEW.notice_id OR OLD.body_id <> NEW.body_id OR OLD.number <> NEW.number"
    " OR OLD.about_revision <> NEW.about_revision OR OLD.text <> NEW.text"
    " OR OLD.written_on <> NEW.written_on OR OLD.recorded_by <> NEW.recorded_by"
    " OR OLD.resolution_id <> NEW.resolution_id",
    reason="a comment never changes: it is withdrawn, or another follows it",
    operations=("UPDATE",),
)
freeze(
    "remark", reason="a comment never changes: it is withdrawn, or another follows it", operations=("DELETE",)
)
