"""A notice and its revisions."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import LocalizedMap, LocalizedType, PortableJSON, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import changed, freeze
from consult.notices.models.parts import (
    AffectedGroup,
    Attachment,
    CharterRule,
    LearningStep,
    Milestone,
    Unknown,
    WorkChange,
)
from consult.notices.rules import Authority, NoticeState, Review
from consult.people.models import Account
from consult.register.rules import Ref
from consult.web.readers import Audience, Side, Visibility

HELD = text("visibility = 'body'")
"""Few at a time: sent, and not open to employees yet."""


UNPUBLISHED = text("published_on IS NULL")
"""One of a notice at most, and of few notices."""


class Notice(WithId):
    """An employer's impact notice on one AI system."""

    __tablename__ = "notice"
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    number: Mapped[int] = mapped_column(unique=True)
    state: Mapped[NoticeState] = mapped_column(enum_type(NoticeState), default=NoticeState.DRAFT)
    visibility: Mapped[Visibility] = mapped_column(enum_type(Visibility), default=Visibility.DRAFT)
    """``draft`` until sent, ``body`` once sent, ``employees`` once opened to them."""
    body_ids: Mapped[list[str]] = mapped_column(PortableJSON, default=list)
    """Bodies that received it (told by the consultation)."""
    held_until: Mapped[date | None]
    """The day from which employees may read it, told by the consultation."""
    readable_on: Mapped[date | None]
    """The day it was opened to employees."""
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_on: Mapped[date]
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[Localized | None] = mapped_column(LocalizedType)
    is_file: Mapped[bool] = mapped_column(default=False)
    """Not a notice of the employer: what employees are asked about on a file of a body (told by it). No page,
    list or search of notices finds it."""
    author: Mapped[Account] = relationship()
    revisions: Mapped[list[Revision]] = relationship(
        back_populates="notice", order_by="Revision.number", cascade="all, delete-orphan"
    )
    __table_args__ = (
        CheckConstraint(
            "(state IN ('published', 'withdrawn')) = (visibility <> 'draft')", name="draft_until_published"
        ),
        CheckConstraint("(readable_on IS NULL) = (visibility IN ('draft', 'body'))", name="readable_has_day"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_on IS NOT NULL)", name="withdrawn_has_day"),
        CheckConstraint(
            "NOT is_file OR (visibility = 'body' AND held_until IS NULL)", name="file_is_never_opened"
        ),
        Index("ix_notice_readable", "readable_on", "id"),
        Index("ix_notice_state", "state", "number"),
        Index("ix_notice_held", "held_until", "number", sqlite_where=HELD, postgresql_where=HELD),
    )

    @property
    def audience(self) -> Audience:
        """Who may read it now."""
        return Audience(self.visibility, Side.EMPLOYER, frozenset(UUID(one) for one in self.body_ids))


def _rows(part: type[Any]) -> Any:
    return relationship(part, order_by=part.position, cascade="all, delete-orphan")


class Revision(WithId):
    """One text of a notice. ``summary`` holds the sentences of the two-minute page by key,
    ``fields`` the prose by the key of `fields.FIELDS`."""

    __tablename__ = "revision"
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"))
    number: Mapped[int]
    title: Mapped[Localized] = mapped_column(LocalizedType)
    summary: Mapped[dict[str, Localized]] = mapped_column(LocalizedMap, default=dict)
    fields: Mapped[dict[str, Localized]] = mapped_column(LocalizedMap, default=dict)
    changelog: Mapped[Localized] = mapped_column(LocalizedType, default=Localized({}))
    """What changed since the revision before, and because of what was said."""
    causes: Mapped[list[str]] = mapped_column(PortableJSON, default=list)
    """References to what led to it (themes, questions, points, answers), tied to it when it is published."""
    answers: Mapped[dict[str, str]] = mapped_column(PortableJSON, default=dict)
    """Closed answers by the key of `fields.FIELDS`."""
    follow_on: Mapped[date | None]
    """By when what is not written yet will be."""
    authority: Mapped[Authority] = mapped_column(enum_type(Authority), default=Authority.SOURCE)
    """Which text counts where two differ."""
    starter: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    """The starter it began from and the digests of its sentences (see `blanks`)."""
    imported: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    """From an assessment or a register: source, reference, scores, other answers (see `imports`)."""
    review: Mapped[Review] = mapped_column(enum_type(Review), default=Review.DRAFT)
    """How far it was reread; once published, how far it had been."""
    edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    """Who changed it last, asked for it to be reread, approved it."""
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    published_on: Mapped[date | None]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    redactions: Mapped[int] = mapped_column(default=0)
    """How often a person's data was taken out of it after it was published, and when last."""
    redacted_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()
    notice: Mapped[Notice] = relationship(back_populates="revisions")
    approver: Mapped[Account | None] = relationship(foreign_keys=[approved_by])
    groups: Mapped[list[AffectedGroup]] = _rows(AffectedGroup)
    changes: Mapped[list[WorkChange]] = _rows(WorkChange)
    learning_plan: Mapped[list[LearningStep]] = _rows(LearningStep)
    rules: Mapped[list[CharterRule]] = _rows(CharterRule)
    unknowns: Mapped[list[Unknown]] = _rows(Unknown)
    milestones: Mapped[list[Milestone]] = _rows(Milestone)
    attachments: Mapped[list[Attachment]] = _rows(Attachment)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("notice_id", "number"),
        Index("ix_revision_unpublished", "notice_id", sqlite_where=UNPUBLISHED, postgresql_where=UNPUBLISHED),
        CheckConstraint("(published_on IS NULL) = (published_by IS NULL)", name="published_by_somebody"),
    )

    @property
    def ref(self) -> Ref:
        """How the record names it as an effect of what was said."""
        return Ref("revision", str(self.id))


FROZEN = "a published revision never changes"
freeze("revision", when="ROW.published_on IS NOT NULL", reason=FROZEN, operations=("DELETE",))
freeze(  # the one change let through is a redaction, which counts itself and touches texts alone
    "revision",
    when="ROW.published_on IS NOT NULL AND (NEW.redactions DIFFERS OLD.redactions + 1"
    " OR NEW.redacted_on IS NULL OR "
    + changed(
        "id", "notice_id", "number", "answers", "follow_on", "authority", "starter", "review", "edited_by",
        "asked_by", "approved_by", "published_on", "published_by", "causes",
    )
    + ")",
    reason=FROZEN,
    operations=("UPDATE",),
)  # fmt: skip
