"""A mission, and what the expert asked of the employer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Consultation
from consult.core.db import LocalizedType, WithId
from consult.core.localized import Localized
from consult.people.models import Account, Mandate, Resolution
from consult.register.rules import Ref
from consult.web.readers import Audience


class Mission(WithId):
    """One expert for one consultation. The expert reads what the body reads, through a mandate that ends
    with the room."""

    __tablename__ = "expert_mission"
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), index=True)
    resolution_id: Mapped[UUID] = mapped_column(ForeignKey("resolution.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    firm: Mapped[str] = mapped_column(String(200))
    subject: Mapped[Localized] = mapped_column(LocalizedType)
    appointed_on: Mapped[date]
    room_until: Mapped[date]
    challenged_on: Mapped[date | None]
    judged_on: Mapped[date | None]
    reported_on: Mapped[date | None]
    report: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    report_name: Mapped[str] = mapped_column(String(200), default="")
    ended_on: Mapped[date | None]
    consultation: Mapped[Consultation] = relationship()
    account: Mapped[Account] = relationship()
    mandate: Mapped[Mandate] = relationship()
    resolution: Mapped[Resolution] = relationship()
    requests: Mapped[list[InformationRequest]] = relationship(
        back_populates="mission", order_by="InformationRequest.number"
    )
    __table_args__ = (
        CheckConstraint("room_until >= appointed_on", name="room_after_appointment"),
        Index(
            "ix_expert_mission_running", "consultation_id", unique=True,
            sqlite_where=text("ended_on IS NULL"), postgresql_where=text("ended_on IS NULL"),
        ),
    )  # fmt: skip

    @property
    def ref(self) -> Ref:
        return Ref("mission", str(self.id))

    @property
    def audience(self) -> Audience:
        """Both sides of the consultation read it: who reads its notice, signed in."""
        return self.consultation.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return self.consultation.scope


UNANSWERED = text("answered_on IS NULL")


class InformationRequest(WithId):
    """What the expert asks of the employer, and the answer."""

    __tablename__ = "expert_request"
    mission_id: Mapped[UUID] = mapped_column(ForeignKey("expert_mission.id"), index=True)
    number: Mapped[int]
    text: Mapped[Localized] = mapped_column(LocalizedType)
    asked_on: Mapped[date]
    due_on: Mapped[date]
    answer: Mapped[Localized] = mapped_column(LocalizedType, default=Localized({}))
    answered_on: Mapped[date | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    mission: Mapped[Mission] = relationship(back_populates="requests")
    __table_args__ = (
        UniqueConstraint("mission_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        Index(
            "ix_expert_request_unanswered", "due_on", "id",
            sqlite_where=UNANSWERED, postgresql_where=UNANSWERED,
        ),
    )  # fmt: skip

    @property
    def audience(self) -> Audience:
        return self.mission.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return self.mission.scope
