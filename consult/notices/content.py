"""The whole text of a notice as values: what a form, an import, a starter or a story gives, what a revision
holds, what its leaf binds and its export writes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import date
from enum import StrEnum
from typing import Any

from consult.core.localized import Localized
from consult.notices.rules import Authority, Breach, Delay, FileReaders, LearningKind, MilestoneKind, RuleKind

NOTHING = Localized({})


@dataclass(frozen=True, slots=True)
class Group:
    """People the system touches, and what is done for them."""

    name: Localized
    sites: str = ""
    headcount: int | None = None
    change: Localized = NOTHING
    measures: Localized = NOTHING
    support: Localized = NOTHING


@dataclass(frozen=True, slots=True)
class WorkChange:
    """A job or an expectation, before and after."""

    about: Localized
    before: Localized = NOTHING
    after: Localized = NOTHING


@dataclass(frozen=True, slots=True)
class LearningStep:
    """A training or a ritual of a team."""

    kind: LearningKind
    what: Localized
    day: date | None = None
    who: Localized = NOTHING


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the charter of use. ``breach`` is asked of rules that forbid or ask to declare."""

    kind: RuleKind
    text: Localized
    reason: Localized = NOTHING
    breach: Breach | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is not known yet. ``delay`` becomes a day at publication where none is given."""

    text: Localized
    owner: Localized = NOTHING
    due_on: date | None = None
    delay: Delay | None = None
    answer: Localized = NOTHING
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    kind: MilestoneKind
    day: date
    label: Localized = NOTHING


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file by its SHA-256 (hex). ``language``: an ISO 639-1 code. ``is_authoritative``: the text of the
    notice in a language other than French or English. Confidential ones carry a reason, an end, and the
    mandates that may open them."""

    digest: str
    name: str
    media_type: str
    size: int
    label: Localized = NOTHING
    language: str = "fr"
    readers: FileReaders = FileReaders.EMPLOYEES
    reason: Localized = NOTHING
    until: date | None = None
    mandate_ids: tuple[str, ...] = ()
    is_authoritative: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """``answers``: closed answers by field key. ``causes``: references to what led to this text, of this
    instance alone: no export carries them. ``follow_on``: by when what is not written yet will be.
    ``starter``: the starter it began from, with the digests of its sentences."""

    title: Localized
    summary: Mapping[str, Localized] = field(default_factory=dict)
    fields: Mapping[str, Localized] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    groups: Sequence[Group] = ()
    changes: Sequence[WorkChange] = ()
    learning_plan: Sequence[LearningStep] = ()
    rules: Sequence[Rule] = ()
    unknowns: Sequence[Unknown] = ()
    milestones: Sequence[Milestone] = ()
    attachments: Sequence[Attachment] = ()
    follow_on: date | None = None
    authority: Authority = Authority.SOURCE
    starter: Mapping[str, Any] = field(default_factory=dict)
    changelog: Localized = NOTHING
    causes: Sequence[str] = ()

    @property
    def source(self) -> str:
        """The language it is written in first."""
        return self.title.source

    def normal(self) -> Content:
        """The same without empty texts, so that two can be compared."""
        rows: dict[str, Any] = {key: tuple(getattr(self, key)) for key in ROWS}
        return replace(
            self,
            summary={key: text for key, text in self.summary.items() if text},
            fields={key: text for key, text in self.fields.items() if text},
            answers={key: value for key, value in self.answers.items() if value},
            starter=dict(self.starter),
            causes=tuple(self.causes),
            **rows,
        )


ROWS: Mapping[str, type[Any]] = {
    "groups": Group, "changes": WorkChange, "learning_plan": LearningStep, "rules": Rule, "unknowns": Unknown,
    "milestones": Milestone, "attachments": Attachment,
}  # fmt: skip
"""The class of the rows of each table of a content."""


def mapped(content: Content, change: Callable[[Localized], Localized]) -> Content:
    """The same with every text changed by ``change``."""

    def cell(value: Any) -> Any:
        return change(value) if isinstance(value, Localized) else value

    parts: dict[str, Any] = {}
    for one in dataclass_fields(content):
        value = getattr(content, one.name)
        if one.name in ROWS:
            parts[one.name] = tuple(
                replace(row, **{each.name: cell(getattr(row, each.name)) for each in dataclass_fields(row)})
                for row in value
            )
        elif isinstance(value, Mapping):
            parts[one.name] = {key: cell(each) for key, each in value.items()}
        else:
            parts[one.name] = cell(value)
    return replace(content, **parts)


# ── as JSON ─────────────────────────────────────────────────────────────────────


def as_json(content: Content) -> dict[str, Any]:
    """All that a revision says, as JSON: what its leaf binds and its export writes."""
    return {one.name: _json(getattr(content, one.name)) for one in dataclass_fields(content)}


def _json(value: Any) -> Any:
    if isinstance(value, Localized):
        return value.as_json()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_json(one) for one in value]
    if is_dataclass(value):
        return {one.name: _json(getattr(value, one.name)) for one in dataclass_fields(value)}
    return value
