"""The texts of a notice as a story gives them: one whole text, with the rows of its tables."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from consult.demo.parts import Part, Text
from consult.demo.rules import Day
from consult.notices.fields import BY_KEY
from consult.notices.rules import Breach, Delay, LearningKind, MilestoneKind, RuleKind

SummaryKey = Literal["what", "who", "when", "change", "limits", "decides", "unknown"]


def _known_field(key: str) -> str:
    if key not in BY_KEY:
        raise ValueError(f"a notice has no field {key}")
    return key


FieldKey = Annotated[str, AfterValidator(_known_field)]


class Group(Part):
    """``measures`` left empty: a group for which nothing is planned, which stands out."""

    name: Text
    sites: str = ""
    headcount: int | None = Field(ge=0, default=None)
    change: Text = Text()
    measures: Text = Text()
    support: Text = Text()


class WorkChange(Part):
    about: Text
    before: Text = Text()
    after: Text = Text()


class LearningStep(Part):
    kind: LearningKind
    what: Text
    day: Day | None = None
    who: Text = Text()


class Rule(Part):
    kind: RuleKind
    text: Text
    reason: Text = Text()
    breach: Breach | None = None


class Unknown(Part):
    text: Text
    owner: Text = Text()
    due_on: Day | None = None
    delay: Delay | None = None
    answer: Text = Text()
    answered_on: Day | None = None


class Milestone(Part):
    kind: MilestoneKind
    day: Day
    label: Text


class Revision(Part):
    """One whole text of the notice. In YAML a later revision says only what differs from the one before
    (``summary`` and ``fields`` key by key). ``day``: published on; None in a draft."""

    day: Day | None
    title: Text
    summary: dict[SummaryKey, Text]
    fields: dict[FieldKey, Text]
    answers: dict[FieldKey, str] = {}
    groups: tuple[Group, ...]
    changes: tuple[WorkChange, ...] = ()
    learning_plan: tuple[LearningStep, ...] = ()
    rules: tuple[Rule, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    milestones: tuple[Milestone, ...]
    follow_on: Day | None = None
    changelog: Text = Text()

    @field_validator("answers")
    @classmethod
    def _known_answers(cls, answers: dict[str, str]) -> dict[str, str]:
        for key, value in answers.items():
            if value not in {one.value for one in BY_KEY[key].choices}:
                raise ValueError(f"{value} is no answer to {key}")
        return answers
