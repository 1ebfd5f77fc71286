"""The opinion with its points, the response to each, and the comment beside a notice. Once given, none
changes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Consultation
from consult.core.db import Base, LocalizedType, PortableJSON, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import freeze
from consult.notices.models import Notice
from consult.opinions.rules import PointKind, Position, RulePosition, Stance
from consult.people.models import Account, Body, Resolution
from consult.register.rules import Ref
from consult.web.readers import Audience, Side, Visibility


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
    points: Mapped[list[ResponsePoint]] = relationship(back_populates="response")
    follow_ups: Mapped[list[FollowUp]] = relationship(
        order_by="(FollowUp.given_on, FollowUp.number)", back_populates="response"
    )
    files: Mapped[list[ResponseFile]] = relationship(
        order_by="(ResponseFile.added_on, ResponseFile.name, ResponseFile.id)", viewonly=True
    )

    @property
    def ref(self) -> Ref:
        return Ref("response", str(self.id))

    @property
    def in_order(self) -> list[ResponsePoint]:
        """Point by point, reservations first."""
        return sorted(self.points, key=lambda one: (one.point.kind, one.point.number))


_NAMED = "stance <> 'negotiating' OR (since_on IS NOT NULL AND with_whom IS NOT NULL)"


class ResponsePoint(WithId):
    """What the response says of one point; one it says nothing of has no row, and stays unanswered."""

    __tablename__ = "response_point"
    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id"), index=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("opinion_point.id"), unique=True)
    stance: Mapped[Stance] = mapped_column(enum_type(Stance))
    text: Mapped[Localized] = mapped_column(LocalizedType)
    until_on: Mapped[date | None]
    """Under study: the day by which the employer will say."""
    with_whom: Mapped[Localized | None] = mapped_column(LocalizedType)
    since_on: Mapped[date | None]
    """In negotiation: with whom, since when."""
    point: Mapped[OpinionPoint] = relationship()
    response: Mapped[Response] = relationship(back_populates="points")
    __table_args__ = (CheckConstraint(_NAMED, name="negotiation_named"),)

    @property
    def given_on(self) -> date:
        return self.response.given_on

    @property
    def ref(self) -> Ref:
        return self.response.ref


class FollowUp(WithId):
    """A further dated answer to a point that was not settled; ``number`` counts them for each point."""

    __tablename__ = "response_follow_up"
    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id"), index=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("opinion_point.id"))
    number: Mapped[int]
    stance: Mapped[Stance] = mapped_column(enum_type(Stance))
    text: Mapped[Localized] = mapped_column(LocalizedType)
    until_on: Mapped[date | None]
    with_whom: Mapped[Localized | None] = mapped_column(LocalizedType)
    since_on: Mapped[date | None]
    given_on: Mapped[date]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    point: Mapped[OpinionPoint] = relationship()
    response: Mapped[Response] = relationship(back_populates="follow_ups")
    __table_args__ = (
        UniqueConstraint("point_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint(_NAMED, name="negotiation_named"),
        CheckConstraint("stance <> 'studying' OR until_on IS NOT NULL", name="study_has_end"),
    )

    @property
    def ref(self) -> Ref:
        return Ref("follow-up", str(self.id))


class ResponseDraft(Base):
    """What human resources are writing, as the form holds it; gone once the response is given."""

    __tablename__ = "response_draft"
    opinion_id: Mapped[UUID] = mapped_column(ForeignKey("opinion.id"), primary_key=True)
    content: Mapped[dict[str, str]] = mapped_column(PortableJSON)
    version: Mapped[int] = mapped_column()
    saved_on: Mapped[date]
    saved_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    author: Mapped[Account] = relationship()
    __mapper_args__ = {"version_id_col": version}


class ResponseFile(WithId):
    """A file of the response. As long as it has none, it belongs to what human resources are writing."""

    __tablename__ = "response_file"
    opinion_id: Mapped[UUID] = mapped_column(ForeignKey("opinion.id"), index=True)
    response_id: Mapped[UUID | None] = mapped_column(ForeignKey("response.id"))
    digest: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    name: Mapped[str] = mapped_column(String(200))
    added_on: Mapped[date]
    opinion: Mapped[Opinion] = relationship()
    __table_args__ = (UniqueConstraint("opinion_id", "digest"),)

    @property
    def audience(self) -> Audience:
        """Given, it is read by whoever reads the notice; before, by the employer's side alone."""
        if self.response_id is None:
            return Audience(Visibility.DRAFT, Side.EMPLOYER)
        return self.opinion.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return self.opinion.scope


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


class CharterVote(WithId):
    """A resolution of a body on rules of the charter of use, as they stood in one revision."""

    __tablename__ = "charter_vote"
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"))
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"))
    number: Mapped[int]
    about_revision: Mapped[int]
    resolution_id: Mapped[UUID] = mapped_column(ForeignKey("resolution.id"))
    voted_on: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    notice: Mapped[Notice] = relationship()
    body: Mapped[Body] = relationship()
    resolution: Mapped[Resolution] = relationship()
    positions: Mapped[list[CharterPosition]] = relationship(back_populates="vote")
    __table_args__ = (
        UniqueConstraint("notice_id", "body_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    @property
    def ref(self) -> Ref:
        return Ref("charter-vote", str(self.id))


class CharterPosition(WithId):
    """What the body says of one rule; the last resolution on it stands. ``rule_id``: the row of that
    revision, so that its wording is what was voted on."""

    __tablename__ = "charter_position"
    vote_id: Mapped[UUID] = mapped_column(ForeignKey("charter_vote.id"))
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("charter_rule.id"), index=True)
    position: Mapped[RulePosition] = mapped_column(enum_type(RulePosition))
    reason: Mapped[Localized] = mapped_column(LocalizedType)
    vote: Mapped[CharterVote] = relationship(back_populates="positions")
    __table_args__ = (UniqueConstraint("vote_id", "rule_id"),)


for _table in ("charter_vote", "charter_position"):
    freeze(_table, reason="a position of the body never changes: another follows it")

for _table in ("opinion", "opinion_point", "response", "response_point", "response_follow_up"):
    freeze(_table, reason="an opinion and its response never change once given")

freeze(
    "response_file",
    when="OLD.response_id IS NOT NULL",
    reason="an opinion and its response never change once given",
)
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
