"""Writing, reviewing, publishing, withdrawing a notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.core.localized import Localized
from consult.notices.imports.draft import ImportedDraft
from consult.notices.models import Notice, Revision
from consult.notices.rules import MilestoneKind, NoticeState
from consult.people.models import Account


@dataclass(frozen=True, slots=True)
class GroupText:
    name: Localized
    sites: str = ""
    headcount: int | None = None
    change: Localized = Localized({})
    measures: Localized = Localized({})


@dataclass(frozen=True, slots=True)
class MilestoneText:
    kind: MilestoneKind
    day: date
    label: Localized = Localized({})


@dataclass(frozen=True, slots=True)
class Content:
    """One whole text of a notice, as a form, an import or a story gives it."""

    title: Localized
    summary: Mapping[str, Localized]
    fields: Mapping[str, Localized]
    groups: Sequence[GroupText] = ()
    milestones: Sequence[MilestoneText] = ()
    changelog: Localized = Localized({})


def create(session: Session, *, title: Localized, actor: Account, on: date, slug: str = "") -> Notice:
    """A draft with an empty first revision; number and address are given (``slug`` wished, made unique)."""
    raise NotImplementedError


def create_imported(session: Session, draft: ImportedDraft, *, actor: Account, on: date) -> Notice:
    """A draft from an assessment or a register row; what has no field stays in ``Revision.imported``."""
    raise NotImplementedError


def save(session: Session, revision: Revision, content: Content, *, version: int | None = None) -> Revision:
    """Replaces the text of a draft revision whole. Raises `EditedMeanwhile`, `WrongState` once published."""
    raise NotImplementedError


def move(session: Session, notice: Notice, to: NoticeState, *, actor: Account) -> None:
    """draft ⇄ in_review → approved. Raises `WrongState`. Publishing and withdrawing have verbs of their own."""
    raise NotImplementedError


def revise(session: Session, notice: Notice, *, actor: Account) -> Revision:
    """A new draft revision of a published notice, a copy of the last; the draft there is, if any."""
    raise NotImplementedError


def publish(session: Session, notice: Notice, *, actor: Account, on: date) -> Revision:
    """Freezes the draft revision and files its leaf. Raises `NotReady`. Called by sending."""
    raise NotImplementedError


def sent_to(session: Session, notice: Notice, body_id: UUID, *, held_until: date) -> None:
    """Told by the consultation: this body received it, employees may read it from that day."""
    raise NotImplementedError


def open_to_employees(session: Session, notice: Notice, *, on: date) -> None:
    """Told by the consultation: employees may read it from today."""
    raise NotImplementedError


def withdraw(session: Session, notice: Notice, *, reason: Localized, actor: Account, on: date) -> None:
    """A tombstone with its reason stays readable. Files the leaf."""
    raise NotImplementedError
