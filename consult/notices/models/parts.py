"""The rows of a revision. Each class has the columns of a row of `content` by the same names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import LocalizedType, PortableJSON, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import changed, freeze
from consult.notices.rules import (
    Breach,
    Delay,
    FileReaders,
    LearningKind,
    MilestoneKind,
    RuleKind,
)


def _text() -> Mapped[Localized]:
    return mapped_column(LocalizedType, default=Localized({}))


class _Part(WithId):
    """A row of a table of a revision, at its place."""

    __abstract__ = True
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("revision.id"), index=True)
    position: Mapped[int]
    redactions: Mapped[int] = mapped_column(default=0)
    """How often a person's data was taken out of it after it was published."""


class AffectedGroup(_Part):
    """People the system touches, and what is done for them. Without a measure it stands out."""

    __tablename__ = "affected_group"
    name: Mapped[Localized] = mapped_column(LocalizedType)
    sites: Mapped[str] = mapped_column(String(300), default="")
    headcount: Mapped[int | None]
    change: Mapped[Localized] = _text()
    measures: Mapped[Localized] = _text()
    support: Mapped[Localized] = _text()
    __table_args__ = (CheckConstraint("headcount IS NULL OR headcount >= 0", name="headcount_not_negative"),)


class WorkChange(_Part):
    __tablename__ = "work_change"
    about: Mapped[Localized] = mapped_column(LocalizedType)
    before: Mapped[Localized] = _text()
    after: Mapped[Localized] = _text()


class LearningStep(_Part):
    __tablename__ = "learning_step"
    kind: Mapped[LearningKind] = mapped_column(enum_type(LearningKind))
    what: Mapped[Localized] = mapped_column(LocalizedType)
    day: Mapped[date | None]
    who: Mapped[Localized] = _text()


class CharterRule(_Part):
    __tablename__ = "charter_rule"
    kind: Mapped[RuleKind] = mapped_column(enum_type(RuleKind))
    text: Mapped[Localized] = mapped_column(LocalizedType)
    reason: Mapped[Localized] = _text()
    breach: Mapped[Breach | None] = mapped_column(enum_type(Breach))


class Unknown(_Part):
    """What is not known yet; once published it has a day by which the employer will answer."""

    __tablename__ = "unknown"
    text: Mapped[Localized] = mapped_column(LocalizedType)
    owner: Mapped[Localized] = _text()
    due_on: Mapped[date | None] = mapped_column(index=True)
    delay: Mapped[Delay | None] = mapped_column(enum_type(Delay))
    answer: Mapped[Localized] = _text()
    answered_on: Mapped[date | None]


class Milestone(_Part):
    """A date of the project. A pilot used by staff counts as implementation."""

    __tablename__ = "milestone"
    kind: Mapped[MilestoneKind] = mapped_column(enum_type(MilestoneKind))
    day: Mapped[date]
    label: Mapped[Localized] = _text()


class Attachment(_Part):
    """A file of a notice, by the digest of its bytes (`files` keeps them)."""

    __tablename__ = "attachment"
    digest: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    label: Mapped[Localized] = _text()
    language: Mapped[str] = mapped_column(String(10), default="fr")
    readers: Mapped[FileReaders] = mapped_column(enum_type(FileReaders), default=FileReaders.EMPLOYEES)
    reason: Mapped[Localized] = _text()
    until: Mapped[date | None]
    mandate_ids: Mapped[list[str]] = mapped_column(PortableJSON, default=list)
    is_authoritative: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest_length"),
        CheckConstraint("size >= 0", name="size_not_negative"),
        CheckConstraint("readers <> 'confidential' OR until IS NOT NULL", name="confidential_has_end"),
    )


PARTS: Mapping[str, type[Any]] = {
    "groups": AffectedGroup, "changes": WorkChange, "learning_plan": LearningStep, "rules": CharterRule,
    "unknowns": Unknown, "milestones": Milestone, "attachments": Attachment,
}  # fmt: skip
"""The class of the rows of each table, by the name `content.Content` and `Revision` give it."""


def _frozen(part: type[Any]) -> None:
    """The one change of a published row let through is a redaction, which counts itself and touches texts
    alone."""
    published = "EXISTS (SELECT 1 FROM revision WHERE id IN ({}) AND published_on IS NOT NULL)"
    fixed = sorted(
        one.name
        for one in part.__table__.columns
        if not isinstance(one.type, LocalizedType) and one.name not in {"sites", "redactions"}
    )
    freeze(
        part.__tablename__,
        when=published.format("ROW.revision_id"),
        reason="a published revision never changes",
        operations=("INSERT", "DELETE"),
    )
    freeze(
        part.__tablename__,
        when=published.format("OLD.revision_id, NEW.revision_id")
        + f" AND (NEW.redactions DIFFERS OLD.redactions + 1 OR {changed(*fixed)})",
        reason="a published revision never changes",
        operations=("UPDATE",),
    )


for _class in PARTS.values():
    _frozen(_class)
