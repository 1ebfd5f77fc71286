"""Meetings, their items, who was there, the minutes; and requests for an extraordinary one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Consultation
from consult.core.db import LocalizedType, PortableJSON, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import changed, freeze
from consult.meetings.rules import Ground, ItemKind, MeetingState, MinutesState, Presence
from consult.people.models import Body, Mandate
from consult.register.rules import Ref
from consult.web.readers import Audience, Side, Visibility


class _OfBody:
    """Read by both sides of one body."""

    body_id: Mapped[UUID]

    @property
    def audience(self) -> Audience:
        return Audience(Visibility.BODY, Side.EMPLOYER, body_ids=frozenset({self.body_id}))

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.body_id})


class Meeting(_OfBody, WithId):
    """A meeting of a body. Its agenda is set once chair and secretary agree, or by one of them where the law
    puts the item on it (L2315-29): ``agenda_why`` says that. Minutes are the secretary's; once adopted they
    never change."""

    __tablename__ = "meeting"
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"))
    number: Mapped[int]
    is_extraordinary: Mapped[bool] = mapped_column(default=False)
    day: Mapped[date]
    time: Mapped[str] = mapped_column(String(5), default="")
    place: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[MeetingState] = mapped_column(enum_type(MeetingState), default=MeetingState.CONVENED)
    called_on: Mapped[date]
    called_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    agreed_by_chair: Mapped[bool] = mapped_column(default=False)
    agreed_by_secretary: Mapped[bool] = mapped_column(default=False)
    agenda_set_on: Mapped[date | None]
    agenda_why: Mapped[str] = mapped_column(String(500), default="")
    cancelled_why: Mapped[str] = mapped_column(String(500), default="")
    minutes: Mapped[Localized] = mapped_column(LocalizedType, default=Localized({}))
    minutes_state: Mapped[MinutesState] = mapped_column(enum_type(MinutesState), default=MinutesState.DRAFT)
    minutes_on: Mapped[date | None]
    """The day the minutes were sent, adopted or refused."""
    version: Mapped[int] = mapped_column()
    body: Mapped[Body] = relationship()
    items: Mapped[list[AgendaItem]] = relationship(
        back_populates="meeting", order_by="AgendaItem.position", cascade="all, delete-orphan"
    )
    attendance: Mapped[list[Attendance]] = relationship(cascade="all, delete-orphan")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("body_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        Index("ix_meeting_day", "day", "id"),
        Index("ix_meeting_body_day", "body_id", "day", "id"),
    )

    @property
    def ref(self) -> Ref:
        return Ref("meeting", str(self.id))


freeze(
    "meeting",
    when=f"OLD.minutes_state = 'adopted' AND ({changed('minutes', 'minutes_state', 'minutes_on')})",
    reason="adopted minutes never change",
    operations=("UPDATE",),
)


class AgendaItem(WithId):
    __tablename__ = "agenda_item"
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int]
    kind: Mapped[ItemKind] = mapped_column(enum_type(ItemKind))
    title: Mapped[str] = mapped_column(String(300))
    consultation_id: Mapped[UUID | None] = mapped_column(ForeignKey("consultation.id"), index=True)
    meeting: Mapped[Meeting] = relationship(back_populates="items")
    consultation: Mapped[Consultation | None] = relationship()


class Attendance(WithId):
    """Of one mandate: there, replaced by an alternate, or excused."""

    __tablename__ = "attendance"
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    presence: Mapped[Presence] = mapped_column(enum_type(Presence))
    mandate: Mapped[Mandate] = relationship()
    __table_args__ = (UniqueConstraint("meeting_id", "mandate_id"),)


UNANSWERED = text("meeting_id IS NULL")


class MeetingRequest(_OfBody, WithId):
    """Members ask for an extraordinary meeting. The employer sees it once it is sent."""

    __tablename__ = "meeting_request"
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"))
    ground: Mapped[Ground] = mapped_column(enum_type(Ground))
    reason: Mapped[str] = mapped_column(String(2000))
    question_ids: Mapped[list[str]] = mapped_column(PortableJSON, default=list)
    asked_on: Mapped[date]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    sent_on: Mapped[date | None]
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"))
    body: Mapped[Body] = relationship()
    supports: Mapped[list[MeetingSupport]] = relationship(cascade="all, delete-orphan")
    __table_args__ = (
        Index(
            "ix_meeting_request_of_body", "body_id", "asked_on", "id",
            sqlite_where=UNANSWERED, postgresql_where=UNANSWERED,
        ),
        Index(
            "ix_meeting_request_waiting", "sent_on", "id",
            sqlite_where=UNANSWERED, postgresql_where=UNANSWERED,
        ),
    )  # fmt: skip

    @property
    def audience(self) -> Audience:
        """The body's alone until it is sent."""
        author = Side.STAFF if self.sent_on is None else Side.EMPLOYER
        level = Visibility.DRAFT if self.sent_on is None else Visibility.BODY
        return Audience(level, author, body_ids=frozenset({self.body_id}))


class MeetingSupport(WithId):
    """One member supports a request."""

    __tablename__ = "meeting_support"
    request_id: Mapped[UUID] = mapped_column(ForeignKey("meeting_request.id"), index=True)
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    mandate: Mapped[Mandate] = relationship()
    __table_args__ = (UniqueConstraint("request_id", "mandate_id"),)
