"""What was put to the vote and how it went; statements that are no opinion; the courtesy translation."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Consultation
from consult.core.db import LocalizedType, PortableJSON, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import freeze
from consult.opinions.draft_models import DraftVersion
from consult.opinions.models import Opinion
from consult.opinions.motions import Choice, Majority, Method, Outcome, Tally
from consult.people.models import Account, Mandate, Resolution
from consult.register.rules import Ref
from consult.web.readers import Audience


class Proposition(WithId):
    """One proposition put to the vote, carried or lost. One that carried has a resolution; one voted on paper
    has no version of a draft."""

    __tablename__ = "proposition"
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), index=True)
    number: Mapped[int]
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("opinion_draft_version.id"))
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome))
    method: Mapped[Method] = mapped_column(enum_type(Method))
    majority: Mapped[Majority] = mapped_column(enum_type(Majority))
    reference: Mapped[str] = mapped_column(String(100), default="")
    """Where the rule is written, as it was on the day of the vote."""
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    abstentions: Mapped[int]
    blank: Mapped[int]
    base: Mapped[int]
    """Votes that count by the rule, and how many of them carry."""
    needed: Mapped[int]
    has_quorum: Mapped[bool]
    is_carried: Mapped[bool]
    voted_on: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    resolution_id: Mapped[UUID | None] = mapped_column(ForeignKey("resolution.id"), unique=True)
    version: Mapped[DraftVersion | None] = relationship()
    by_name: Mapped[list[NamedVote]] = relationship(back_populates="proposition", order_by="NamedVote.id")
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND abstentions >= 0 AND blank >= 0",
            name="votes_not_negative",
        ),
        CheckConstraint("is_carried = (resolution_id IS NOT NULL)", name="carried_is_resolved"),
    )

    @property
    def tally(self) -> Tally:
        return Tally(self.votes_for, self.votes_against, self.abstentions, self.blank)

    @property
    def present(self) -> int:
        return self.tally.present


class NamedVote(WithId):
    """How one seat voted, where the body votes by name. Read by the body alone."""

    __tablename__ = "proposition_vote"
    proposition_id: Mapped[UUID] = mapped_column(ForeignKey("proposition.id"), index=True)
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    """The same, or the alternate who replaced."""
    choice: Mapped[Choice] = mapped_column(enum_type(Choice))
    proposition: Mapped[Proposition] = relationship(back_populates="by_name")
    mandate: Mapped[Mandate] = relationship(foreign_keys=[mandate_id])
    by: Mapped[Mandate] = relationship(foreign_keys=[by_id])
    __table_args__ = (
        UniqueConstraint("proposition_id", "mandate_id"),
        UniqueConstraint("proposition_id", "by_id"),
    )


class Statement(WithId):
    """What the body decided to say that is no opinion: the period runs on."""

    __tablename__ = "opinion_statement"
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), index=True)
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome))
    text: Mapped[Localized] = mapped_column(LocalizedType)
    said_on: Mapped[date]
    resolution_id: Mapped[UUID] = mapped_column(ForeignKey("resolution.id"))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    consultation: Mapped[Consultation] = relationship()
    resolution: Mapped[Resolution] = relationship()
    put: Mapped[Proposition | None] = relationship(
        primaryjoin="Statement.resolution_id == foreign(Proposition.resolution_id)",
        viewonly=True, uselist=False,
    )  # fmt: skip
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('takes_note', 'insufficient_information', 'refusal')", name="no_opinion"
        ),
    )

    @property
    def ref(self) -> Ref:
        return Ref("statement", str(self.id))

    @property
    def audience(self) -> Audience:
        return self.consultation.notice.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.consultation.body_id})


class Translation(WithId):
    """The adopted text in the other language, added once, by courtesy: what was adopted stays what counts."""

    __tablename__ = "opinion_translation"
    opinion_id: Mapped[UUID] = mapped_column(ForeignKey("opinion.id"), unique=True)
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str]
    points: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    """By the code of the point: ``{"R1": "…"}``."""
    made_on: Mapped[date]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    opinion: Mapped[Opinion] = relationship()
    author: Mapped[Account] = relationship()
    __table_args__ = (CheckConstraint("language IN ('fr', 'en')", name="language_known"),)

    @property
    def ref(self) -> Ref:
        return Ref("opinion-translation", str(self.id))


for _table in ("proposition", "proposition_vote", "opinion_statement", "opinion_translation"):
    freeze(_table, reason="what a body voted, said and translated never changes")
