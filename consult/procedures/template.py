"""A procedure template: what the law, an agreement or the product expects, by whom and by when. Data, read
from the YAML files beside by `loading`; nothing here knows a country."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from consult.procedures.period import Period

VARIANT_LIMIT = "VARIANT_LIMIT"
COMPUTED = frozenset({"limit_expiry", "opinion_or_expiry"})
"""Anchors that follow from the others."""


class Bound(StrEnum):
    """What a deadline demands. ``min`` before: at least that long ahead; ``max`` after: no later."""

    MIN = "min"
    MAX = "max"
    TARGET = "target"
    TIMELY = "timely"
    """The law gives no number."""
    NONE = "none"


class Basis(StrEnum):
    LAW = "law"
    CASE_LAW = "case-law"
    AGREEMENT = "agreement"
    PRODUCT_DEFAULT = "product-default"


NO_SOURCE: Final = ("none", "PD")
"""How templates mark what has no legal source."""


class Direction(StrEnum):
    BEFORE = "before"
    AFTER = "after"


class FactSort(StrEnum):
    """``milestone``: a date of the notice. ``computed``: follows from the others."""

    ENTERED = "entered"
    STEP = "step"
    MILESTONE = "milestone"
    MEETING = "meeting"
    COMPUTED = "computed"


def _period(value: Any) -> Any:
    return Period.parse(value) if isinstance(value, str) else value


def _offset(value: Any) -> Any:
    return value if value == VARIANT_LIMIT else _period(value)


def _ahead(value: Any) -> Any:
    """``[P7D, P1D]`` as days."""
    if not isinstance(value, list):
        return value
    found = tuple(_in_days(_period(one)) for one in value)
    if len(set(found)) != len(found):
        raise ValueError("a reminder stands twice")
    return found


def _in_days(value: Any) -> int:
    if not isinstance(value, Period) or value.months:
        raise ValueError("a reminder is so many days ahead")
    return value.days


APeriod = Annotated[Period, BeforeValidator(_period)]
SomeDays = Annotated[tuple[int, ...], BeforeValidator(_ahead)]
"""Periods of days, as numbers of days."""
AnOffset = Annotated[Period | Literal["VARIANT_LIMIT"], BeforeValidator(_offset)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Words(_Part):
    """The same in French and English."""

    fr: str
    en: str

    def shown(self, language: str) -> str:
        return self.en if language == "en" else self.fr


class Fact(_Part):
    """A dated fact the steps are counted from. Without a ``label``, that of its step."""

    kind: FactSort
    label: Words | None = None


class SmallFirm(_Part):
    """Another offset for firms of fewer employees than ``below``."""

    below: int
    offset: APeriod


class Deadline(_Part):
    """``offset`` None: no number of days. ``cap``: a fact that ends it earlier."""

    anchor: str
    direction: Direction | None = None
    offset: AnOffset | None = None
    bound: Bound
    day_count: Literal["calendar", "working"] = "calendar"
    cap: str = ""
    small: SmallFirm | None = None


class Step(_Part):
    """Something somebody does. ``is_gate``: the decision, which nothing before it may overtake. ``remind``:
    how many days ahead whoever acts is reminded; None: as the template says, empty: never."""

    key: str
    label: Words
    actor: str
    deadline: Deadline | None = None
    trigger: str = ""
    reference: str = Field("", alias="legal_ref")
    consequence: Words
    basis: Basis
    is_verified: bool = Field(alias="verified")
    is_optional: bool = Field(False, alias="optional")
    only_variants: frozenset[str] = frozenset()
    repeat_per: str = ""
    is_gate: bool = Field(False, alias="gate")
    remind: SomeDays | None = None


class Variant(_Part):
    """One length of the period. ``expert``, ``multilevel``: when it applies; both unsaid: somebody chooses
    it by hand."""

    key: str
    limit: APeriod | None
    when: str
    verified: bool
    certainty: str = ""
    expert: bool | None = None
    multilevel: bool | None = None


class Pause(_Part):
    event: str
    until: str
    ref: str
    applies_to: str = ""


class Clock(_Part):
    """From which fact the period runs, and for how long where no variant says it."""

    start_event: str
    start_ref: str = ""
    limit: APeriod | None = None
    limit_ref: str = ""
    agreement_may_override: bool = False
    override_ref: str = ""
    pauses: tuple[Pause, ...] = ()
    not_started_if: tuple[str, ...] = ()
    extends_only_by: tuple[str, ...] = ()


class VoteRule(_Part):
    """How a proposition carries."""

    majority: str
    abstention_counts_as: Literal["against", "not_counted", "configurable"] = "not_counted"
    tie: str = "fails"
    quorum: Annotated[Fraction, BeforeValidator(Fraction)] | None = None
    chair_votes: bool = False
    remote: str = ""
    reference: str = Field("", alias="ref")


class Expiry(_Part):
    """What it means that the period ended without an opinion."""

    state: str
    ref: str


class Applies(_Part):
    """To whom: None stands for anyone."""

    country: str | None
    sector: str | None = None
    headcount_min: int = 0
    headcount_max: int | None = None
    body: str | None
    runs_beside: bool = False


class Template(_Part):
    """One procedure. ``has_opinion`` False: no opinion, no vote, no expert is offered."""

    key: str
    label: Words
    jurisdiction: str
    applies_if: str
    applies: Applies
    authoritative_language: str
    authoritative_language_note: str = ""
    applicable_from: date | None = None
    applicable_from_annex_i: date | None = None
    source_of_dates: str = ""
    has_opinion: bool = Field(alias="opinion")
    clock: Clock
    variants: tuple[Variant, ...] = ()
    vote: VoteRule | None
    expiry: Expiry
    remind: SomeDays = ()
    facts: Mapping[str, Fact]
    steps: tuple[Step, ...]

    @property
    def has_expert(self) -> bool:
        return self.has_opinion and any(one.key.startswith("expert_") for one in self.steps)

    def step(self, key: str) -> Step | None:
        return next((one for one in self.steps if one.key == key), None)

    def reminded(self, step: Step) -> tuple[int, ...]:
        """How many days ahead whoever acts is reminded of that step."""
        return self.remind if step.remind is None else step.remind

    def name_of(self, key: str) -> Words:
        """How people read a fact or a step. Raises KeyError."""
        step, fact = self.step(key), self.facts.get(key)
        found = step.label if step is not None else fact.label if fact is not None else None
        if found is None:
            raise KeyError(key)
        return found

    @model_validator(mode="after")
    def _hangs_together(self) -> Template:
        steps = [one.key for one in self.steps]
        if len(set(steps)) != len(steps):
            raise ValueError("a step stands twice")
        known = {*steps, *self.facts, "none"}
        names = [self.clock.start_event, *(one.event for one in self.clock.pauses)]
        names += [one.until for one in self.clock.pauses]
        for step in self.steps:
            if step.deadline is not None:
                names += [step.deadline.anchor, *([step.deadline.cap] if step.deadline.cap else [])]
        if unknown := sorted(set(names) - known):
            raise ValueError(f"no such fact or step: {', '.join(unknown)}")
        if nameless := sorted(
            key for key, one in self.facts.items() if one.label is None and key not in steps
        ):
            raise ValueError(f"no label: {', '.join(nameless)}")
        variants = {one.key for one in self.variants}
        if lost := sorted({key for one in self.steps for key in one.only_variants} - variants):
            raise ValueError(f"no such variant: {', '.join(lost)}")
        return self
