"""The opinion with its points, and the response to each. Once given, neither changes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Consultation
from consult.core.db import LocalizedType, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import freeze
from consult.opinions.rules import PointKind, Position, Stance
from consult.people.models import Account, Resolution
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


for _table in ("opinion", "opinion_point", "response", "response_point"):
    freeze(_table, reason="an opinion and its response never change once given")
