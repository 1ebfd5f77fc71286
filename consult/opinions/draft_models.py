"""The draft of an opinion, its versions, who has seen which, comments on it, and declarations to be annexed.
The body's alone until the opinion is adopted."""

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
from consult.opinions.models import Opinion
from consult.opinions.motions import Declared, Outcome
from consult.opinions.rules import PointKind
from consult.people.models import Account
from consult.register.rules import Ref
from consult.web.readers import Audience, Side, Visibility

Point = tuple[PointKind, Localized]


class Draft(WithId):
    """One per consultation. What stands is its newest version."""

    __tablename__ = "opinion_draft"
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), unique=True)
    begun_on: Mapped[date]
    begun_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    consultation: Mapped[Consultation] = relationship()
    versions: Mapped[list[DraftVersion]] = relationship(
        back_populates="draft", order_by="DraftVersion.number.desc()"
    )
    comments: Mapped[list[DraftComment]] = relationship(order_by="DraftComment.number")

    @property
    def newest(self) -> DraftVersion:
        return self.versions[0]

    @property
    def audience(self) -> Audience:
        return Audience(Visibility.DRAFT, Side.STAFF, frozenset({self.consultation.body_id}))

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.consultation.body_id})


class DraftVersion(WithId):
    """What somebody saved. Never changed: the next save makes the next one."""

    __tablename__ = "opinion_draft_version"
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("opinion_draft.id"), index=True)
    number: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome))
    text: Mapped[Localized] = mapped_column(LocalizedType)
    kept_points: Mapped[list[dict[str, Any]]] = mapped_column(PortableJSON, default=list)
    """``[{"kind": "reservation", "text": <Localized as JSON>}, …]`` in the order the body gave them."""
    saved_on: Mapped[date]
    saved_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    draft: Mapped[Draft] = relationship(back_populates="versions")
    author: Mapped[Account] = relationship()
    seen: Mapped[list[DraftSeen]] = relationship(order_by="DraftSeen.seen_on")
    __table_args__ = (
        UniqueConstraint("draft_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    @property
    def points(self) -> list[Point]:
        return [(PointKind(one["kind"]), Localized.from_json(one["text"])) for one in self.kept_points]


class DraftSeen(WithId):
    """A member opened that version."""

    __tablename__ = "opinion_draft_seen"
    version_id: Mapped[UUID] = mapped_column(ForeignKey("opinion_draft_version.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    seen_on: Mapped[date]
    account: Mapped[Account] = relationship()
    __table_args__ = (UniqueConstraint("version_id", "account_id"),)


class DraftComment(WithId):
    """What a member thinks of the draft, and of which version."""

    __tablename__ = "opinion_draft_comment"
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("opinion_draft.id"), index=True)
    number: Mapped[int]
    about_version: Mapped[int]
    text: Mapped[str] = mapped_column(String(5000))
    written_on: Mapped[date]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    author: Mapped[Account] = relationship()
    __table_args__ = (UniqueConstraint("draft_id", "number"),)


class Declaration(WithId):
    """Of a member, a union or a minority, annexed to the opinion. The body's alone until then."""

    __tablename__ = "opinion_declaration"
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), index=True)
    opinion_id: Mapped[UUID | None] = mapped_column(ForeignKey("opinion.id"), index=True)
    kind: Mapped[Declared] = mapped_column(enum_type(Declared))
    signed: Mapped[str] = mapped_column(String(200))
    """In whose name, as it is shown."""
    text: Mapped[Localized] = mapped_column(LocalizedType)
    file: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    added_on: Mapped[date]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    consultation: Mapped[Consultation] = relationship()
    opinion: Mapped[Opinion | None] = relationship()

    @property
    def ref(self) -> Ref:
        return Ref("declaration", str(self.id))

    @property
    def audience(self) -> Audience:
        if self.opinion_id is not None:
            return self.consultation.notice.audience
        return Audience(Visibility.DRAFT, Side.STAFF, frozenset({self.consultation.body_id}))

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.consultation.body_id})


freeze("opinion_draft_version", reason="a version of a draft never changes: the next save makes the next one")
freeze(
    "opinion_declaration",
    when="OLD.opinion_id IS NOT NULL",
    reason="what is annexed to an adopted opinion never changes",
)
