"""Organisation, establishments, bodies, accounts, mandates, resolutions."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import Base, LocalizedType, PortableJSON, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import changed, freeze
from consult.people.regimes import Question, Reach, Regime
from consult.people.rules import BodyKind, KeyLevel, Languages, MandateRole, Rhythm, Role
from consult.people.seats import DelegatedAct, Powers, Seat, StandsIn
from consult.register.rules import Ref
from consult.web.readers import Audience, Visibility


class Organisation(Base):
    """The one organisation this instance serves."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("keyholders_wanted >= 2", name="keyholders_two_at_least"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2), default="fr")
    languages: Mapped[Languages] = mapped_column(enum_type(Languages), default=Languages.BOTH)
    access_word: Mapped[str] = mapped_column(String(100))
    previous_word: Mapped[str] = mapped_column(String(100), default="")
    previous_word_until: Mapped[date | None]
    is_public: Mapped[bool] = mapped_column(default=False)
    emergency: Mapped[list[dict[str, Any]]] = mapped_column(PortableJSON, default=list)
    """``[{"label": {"fr": …, "en": …}, "number": "15"}, …]``, shown on every anonymous page."""
    alert_channel: Mapped[Localized] = mapped_column(LocalizedType, default=Localized({}))
    regime: Mapped[Regime] = mapped_column(enum_type(Regime), default=Regime.FR_PRIVATE)
    reach: Mapped[Reach] = mapped_column(enum_type(Reach), default=Reach.SOME_WITHOUT)
    keyholders_wanted: Mapped[int] = mapped_column(default=3)


class RuleAnswer(WithId):
    """An answer to a question of the set-up, or a rule set instead of what follows from the answers: what it
    says from that day on, by whom and why. The newest of a question counts; none is ever changed."""

    __tablename__ = "rule_answer"
    question: Mapped[Question] = mapped_column(enum_type(Question))
    value: Mapped[Any] = mapped_column(PortableJSON)
    """As JSON; null: back to what follows from the answers."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    answered_on: Mapped[date]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    """None: on the command line of the server."""
    position: Mapped[int] = mapped_column(unique=True)
    account: Mapped[Account | None] = relationship(lazy="joined")
    __table_args__ = (Index("ix_rule_answer_question_position", "question", "position"),)


class Establishment(WithId):
    __tablename__ = "establishment"
    name: Mapped[str] = mapped_column(String(200), unique=True)
    headcount: Mapped[int]
    archived_on: Mapped[date | None]
    """Closed or sold: offered nowhere any more, kept for what was recorded."""
    __table_args__ = (CheckConstraint("headcount >= 0", name="headcount_not_negative"),)


body_establishment = Table(
    "body_establishment",
    Base.metadata,
    Column("body_id", ForeignKey("body.id"), primary_key=True),
    Column("establishment_id", ForeignKey("establishment.id"), primary_key=True, index=True),
)
"""The establishments a body stands for; a body without any stands for the whole organisation."""


class Body(WithId):
    """A body of representatives; always called by its own name on screen."""

    __tablename__ = "body"
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[BodyKind] = mapped_column(enum_type(BodyKind))
    headcount: Mapped[int] = mapped_column(default=0)
    """Employees it stands for: decides which thresholds it may agree on."""
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("body.id"), index=True)
    """The body it belongs to: an establishment CSE to its central CSE, a CSSCT to its CSE."""
    parent: Mapped[Body | None] = relationship(remote_side="Body.id")
    establishments: Mapped[list[Establishment]] = relationship(
        secondary=body_establishment, order_by=Establishment.name
    )
    __table_args__ = (CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_its_own_parent"),)


class Account(WithId):
    """Somebody who signs in. Employees have none."""

    __tablename__ = "account"
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    locale: Mapped[str] = mapped_column(String(2), default="fr")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Raised by a new password or a deactivation: older sessions end."""
    outside_body_id: Mapped[UUID | None] = mapped_column(ForeignKey("body.id"))
    """The body an outside keyholder was invited by; nobody else has one."""
    version: Mapped[int] = mapped_column()
    mandates: Mapped[list[Mandate]] = relationship(back_populates="account", lazy="selectin")
    outside_body: Mapped[Body | None] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("locale IN ('fr', 'en')", name="locale_known"),
        CheckConstraint(
            "(role = 'outside_keyholder') = (outside_body_id IS NOT NULL)", name="outside_of_a_body"
        ),
    )


class ReminderChoice(Base):
    """How somebody wants to be reminded, where they chose; `usual_rhythm` else."""

    __tablename__ = "reminder_choice"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    rhythm: Mapped[Rhythm] = mapped_column(enum_type(Rhythm))


class Mandate(WithId):
    """A period and a capacity in which an account sits on a body."""

    __tablename__ = "mandate"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"), index=True)
    role: Mapped[MandateRole] = mapped_column(enum_type(MandateRole))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    has_vote: Mapped[bool | None]
    """Set by hand; None: as the capacity says."""
    account: Mapped[Account] = relationship(back_populates="mandates")
    body: Mapped[Body] = relationship(lazy="joined")
    __table_args__ = (
        UniqueConstraint("id", "role"),  # keyholders point at both, so that a chair cannot hold a key
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("has_vote IS NULL OR role NOT IN ('chair', 'expert_guest')", name="vote_of_a_member"),
    )

    @property
    def seat(self) -> Seat:
        return Seat(self.id, self.role, self.starts_on, self.ends_on, self.has_vote)


class Replacement(WithId):
    """An alternate votes in the place of a member, from a day on (L2314-37)."""

    __tablename__ = "replacement"
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"), index=True)
    replaced_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    mandate: Mapped[Mandate] = relationship(foreign_keys=[mandate_id])
    """The alternate's."""
    replaced: Mapped[Mandate] = relationship(foreign_keys=[replaced_id])
    __table_args__ = (
        CheckConstraint("mandate_id <> replaced_id", name="of_somebody_else"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    @property
    def stands_in(self) -> StandsIn:
        return StandsIn(self.mandate_id, self.replaced_id, self.starts_on, self.ends_on)


class Resolution(WithId):
    """A decision of a body, which an act that only a body can do carries."""

    __tablename__ = "resolution"
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"), index=True)
    day: Mapped[date]
    text: Mapped[Localized] = mapped_column(LocalizedType)
    votes_for: Mapped[int] = mapped_column(default=0)
    votes_against: Mapped[int] = mapped_column(default=0)
    abstentions: Mapped[int] = mapped_column(default=0)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    delegation: Mapped[Delegation | None] = relationship(back_populates="resolution")
    """The delegation it gave, if that is what it decided: acts done under one carry its resolution."""
    __table_args__ = (
        CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND abstentions >= 0", name="votes_not_negative"
        ),
    )


class ApiKey(WithId):
    """What a program shows to read what employees may read. ``digest``: SHA-256 of its secret, which is
    drawn at random and kept nowhere. ``used_on``: the last day it was used, no finer."""

    __tablename__ = "api_key"
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    level: Mapped[KeyLevel] = mapped_column(enum_type(KeyLevel))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_on: Mapped[date]
    used_on: Mapped[date | None]
    revoked_on: Mapped[date | None]
    maker: Mapped[Account] = relationship()
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest_length"),)


class Delegation(WithId):
    """A body lets one of its members do certain acts alone, by a resolution, until a day or until it takes
    that back. Acts done under it carry its resolution."""

    __tablename__ = "delegation"
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"), index=True)
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"), index=True)
    acts: Mapped[list[str]] = mapped_column(PortableJSON)
    """Values of `DelegatedAct`."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    resolution_id: Mapped[UUID] = mapped_column(ForeignKey("resolution.id"), unique=True)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    revoked_on: Mapped[date | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    body: Mapped[Body] = relationship()
    mandate: Mapped[Mandate] = relationship()
    resolution: Mapped[Resolution] = relationship(back_populates="delegation")
    uses: Mapped[list[DelegatedUse]] = relationship(order_by="DelegatedUse.day, DelegatedUse.id")
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("(revoked_on IS NULL) = (revoked_by IS NULL)", name="revoked_by_somebody"),
    )

    @property
    def powers(self) -> Powers:
        acts = frozenset(DelegatedAct(one) for one in self.acts)
        return Powers(acts, self.starts_on, self.ends_on, self.revoked_on)

    @property
    def ref(self) -> Ref:
        return Ref("delegation", str(self.id))

    @property
    def audience(self) -> Audience:
        """Read by both sides: the employer must know who speaks for the body."""
        return Audience(Visibility.BODY, body_ids=frozenset({self.body_id}))

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.body_id})


class DelegatedUse(WithId):
    """One act done under a delegation, so that the body sees what was done in its name. ``about``: the
    thing, as a `Ref`."""

    __tablename__ = "delegated_use"
    delegation_id: Mapped[UUID] = mapped_column(ForeignKey("delegation.id"), index=True)
    act: Mapped[DelegatedAct] = mapped_column(enum_type(DelegatedAct))
    about: Mapped[str] = mapped_column(String(120))
    day: Mapped[date]


freeze("delegated_use", reason="what was done under a delegation stays")
freeze(
    "delegation",
    when="OLD.revoked_on IS NOT NULL OR "
    + changed("id", "body_id", "mandate_id", "acts", "starts_on", "ends_on", "resolution_id", "recorded_by"),
    reason="a delegation never changes: the body takes it back, or gives another",
    operations=("UPDATE",),
)
freeze(
    "delegation",
    reason="a delegation never changes: the body takes it back, or gives another",
    operations=("DELETE",),
)
