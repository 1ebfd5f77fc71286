"""The clock: from a template, dated facts and what was agreed, to the state of every step on a day. Pure.
It computes and shows; it never says that a duty exists, that something is cleared, or that silence agrees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from consult.procedures.limit import (
    ESTABLISHMENT_OPINION,
    Limit,
    LimitState,
    Situation,
    variant_of,
    within,
)
from consult.procedures.override import Override
from consult.procedures.period import Period, minus, open_day, plus, working_days
from consult.procedures.template import (
    NO_SOURCE,
    VARIANT_LIMIT,
    Basis,
    Bound,
    Deadline,
    Direction,
    Step,
    Template,
    Variant,
)

Days = Mapping[str, date]


@dataclass(frozen=True, slots=True)
class Disputed:
    """A day the employer claims and the body contests; ``contested`` None: the body says it never was."""

    claimed: date
    contested: date | None


Facts = Mapping[str, date | Disputed]


class StepState(StrEnum):
    DONE = "done"
    DUE = "due"
    LATE = "late"
    """Past a bound of the law, of an agreement or of a judge. Nothing else is ever called late."""
    PAST_PROPOSED = "past_proposed"
    """Past a date that is only proposed."""
    WAITING = "waiting"
    """What it is counted from has not happened."""
    OPEN = "open"
    """No number of days is given."""
    SUSPENDED = "suspended"
    NOT_APPLICABLE = "not_applicable"


_FINAL = frozenset({StepState.LATE, StepState.PAST_PROPOSED})


@dataclass(frozen=True, slots=True)
class StepAt:
    """One step on a day. ``due_on``: the last day; of a gate, the first day it may happen.
    ``contested_due_on``: the same counted from what the body says, where that differs (``is_contested``);
    None there: by what the body says, that day is not known yet."""

    step: Step
    state: StepState
    due_on: date | None = None
    contested_due_on: date | None = None
    done_on: date | None = None
    basis: Basis = Basis.PRODUCT_DEFAULT
    reference: str = ""
    is_contested: bool = False

    @property
    def dues(self) -> tuple[date | None, date | None]:
        """By what the employer claims, by what the body says."""
        return self.due_on, self.contested_due_on if self.is_contested else self.due_on

    @property
    def cited(self) -> str:
        """The reference as pages show it, in the way of French codes; empty where the template names no
        legal source."""
        said = self.reference.replace("(last paragraph)", "dernier al.")
        return "" if said.startswith(NO_SOURCE) else said

    def days_left(self, on: date) -> int | None:
        return None if self.due_on is None else (self.due_on - on).days

    @property
    def is_target(self) -> bool:
        """A proposed date, whatever its step is based on."""
        deadline = self.step.deadline
        is_bound = self.basis is not Basis.PRODUCT_DEFAULT and deadline is not None
        return not is_bound or (self.basis is not Basis.AGREEMENT and deadline.bound is Bound.TARGET)  # type: ignore[union-attr]

    @property
    def is_early(self) -> bool:
        """A gate that was passed before its first day."""
        return self.step.is_gate and None not in (self.done_on, self.due_on) and self.done_on < self.due_on  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Run:
    """A procedure on a day."""

    template: Template
    variant: str
    limit: Limit
    steps: tuple[StepAt, ...]
    situation: Situation = field(default_factory=Situation)

    def step(self, key: str) -> StepAt | None:
        return next((one for one in self.steps if one.step.key == key), None)

    def from_day(self, key: str, day: date) -> date | None:
        """When that step would be due, were what it is counted from on that day."""
        at = self.step(key)
        deadline = at.step.deadline if at is not None else None
        if deadline is None or deadline.direction is None:
            return None
        counting = _Counting(self.template, {}, day, self.situation, {})
        offset = counting.offset(deadline, None)
        return counting.counted(day, deadline, offset) if offset is not None else None

    @property
    def next(self) -> StepAt | None:
        """What is due first, among what somebody must do; what is past its day comes before."""
        waiting = {StepState.DUE, StepState.LATE, StepState.PAST_PROPOSED}
        found = [
            one
            for one in self.steps
            if one.state in waiting and not one.step.is_optional and not one.step.is_gate
        ]
        return min(found, key=lambda one: one.due_on or date.max, default=None)

    @property
    def gates(self) -> tuple[StepAt, ...]:
        return tuple(
            one for one in self.steps if one.step.is_gate and one.state is not StepState.NOT_APPLICABLE
        )

    @property
    def has_gate(self) -> bool:
        return bool(self.gates)

    @property
    def ends(self) -> tuple[date | None, date | None]:
        """The first day on which nothing in this procedure stands before the decision, as the facts are: by
        what the employer claims, and by what the body says. None: not known yet, or there is no such day."""
        claimed, said = zip(*(one.dues for one in self.gates), strict=True) if self.gates else ((), ())
        return _last(claimed), _last(said)

    @property
    def earliest_end(self) -> date | None:
        """The later of the two; None as long as either is not known."""
        return _last(self.ends)


def _last(days: tuple[date | None, ...]) -> date | None:
    """The last of these days; None where there is none, or one is not known."""
    return max((one for one in days if one is not None), default=None) if None not in days else None


def run(
    template: Template,
    facts: Facts,
    *,
    on: date,
    situation: Situation | None = None,
    overrides: Mapping[str, Override] | None = None,
) -> Run:
    """The procedure on that day. Where a fact is disputed it is computed twice: each date is shown beside
    the other, and nothing is late or over that is not so by both."""
    given = tuple(sorted(facts.items())), tuple(sorted((overrides or {}).items()))
    return _run(_Same(template), *given, on, situation or Situation())


@dataclass(frozen=True, eq=False, slots=True)
class _Same:
    """A template, told apart from others by being it: comparing what it holds would cost more than a run."""

    template: Template

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.template is other.template

    def __hash__(self) -> int:
        return id(self.template)


@lru_cache(maxsize=512)
def _run(
    same: _Same,
    given: tuple[tuple[str, date | Disputed], ...],
    agreed: tuple[tuple[str, Override], ...],
    on: date,
    situation: Situation,
) -> Run:
    """Forty establishments told of the same days follow one run."""
    template, facts, overrides = same.template, dict(given), dict(agreed)
    claimed = {key: one.claimed if isinstance(one, Disputed) else one for key, one in facts.items()}
    contested = {key: one.contested if isinstance(one, Disputed) else one for key, one in facts.items()}
    first = _Counting(template, claimed, on, situation, overrides).run()
    if claimed == contested:
        return first
    said = {key: day for key, day in contested.items() if day is not None}
    return _both(first, _Counting(template, said, on, situation, overrides).run())


def _both(claimed: Run, contested: Run) -> Run:
    limit, other = claimed.limit, contested.limit
    is_over = limit.state is LimitState.EXPIRED and other.state is not LimitState.EXPIRED
    limit = replace(
        limit,
        state=other.state if is_over else limit.state,
        contested_expires_on=other.expires_on if other.expires_on != limit.expires_on else None,
        is_contested=True,
    )
    by_key = {one.step.key: one for one in contested.steps}
    return replace(claimed, limit=limit, steps=tuple(_beside(one, by_key) for one in claimed.steps))


def _beside(one: StepAt, others: Mapping[str, StepAt]) -> StepAt:
    other = others[one.step.key]
    if one.state is StepState.NOT_APPLICABLE and other.state is not StepState.NOT_APPLICABLE:
        state = StepState.WAITING if other.state in _FINAL else other.state
        return replace(other, state=state, contested_due_on=other.due_on, is_contested=True, due_on=None)
    if one.state in _FINAL and other.state not in _FINAL:
        one = replace(one, state=other.state, done_on=other.done_on)
    is_contested = other.due_on != one.due_on
    return replace(one, contested_due_on=other.due_on if is_contested else None, is_contested=is_contested)


@dataclass(frozen=True)
class _Counting:
    """One computation from undisputed days."""

    template: Template
    days: Days
    on: date
    situation: Situation
    overrides: Mapping[str, Override]

    def run(self) -> Run:
        variant = variant_of(self.template, self.days, self.situation)
        limit = within(self.template, variant, self.days, self.on, self.situation, self.overrides)
        steps = tuple(self._at(step, variant, limit) for step in self.template.steps)
        return Run(self.template, variant.key if variant else "", limit, steps, self.situation)

    def _at(self, step: Step, variant: Variant | None, limit: Limit) -> StepAt:
        if step.only_variants and (variant is None or variant.key not in step.only_variants):
            return StepAt(step, StepState.NOT_APPLICABLE, basis=step.basis, reference=step.reference)
        override = self.overrides.get(step.key)
        is_limit = step.key == "opinion" or (self.situation.lead and step.key == ESTABLISHMENT_OPINION)
        due = limit.expires_on if is_limit else self._due(step, variant, limit)
        if override is not None:
            due = self._agreed(step, override, due)
        basis = self._basis(step, limit)
        reference = override.reference if override is not None and override.reference else step.reference
        at = StepAt(step, StepState.WAITING, due, basis=basis, reference=reference)
        done = self.days.get(step.key)
        if done is not None and done <= self.on:
            return replace(at, state=StepState.DONE, done_on=done)
        return replace(at, state=self._state(step, at, limit))

    def _state(self, step: Step, at: StepAt, limit: Limit) -> StepState:
        deadline = step.deadline
        leans_on_limit = step.key == "opinion" or (
            deadline is not None and deadline.anchor in {"limit_expiry", "opinion_or_expiry"}
        )
        if limit.state is LimitState.SUSPENDED and leans_on_limit and step.key not in self.overrides:
            return StepState.SUSPENDED
        if at.due_on is None:
            has_number = deadline is not None and deadline.offset is not None
            return StepState.WAITING if has_number else StepState.OPEN
        if step.is_gate or self.on <= at.due_on or _is_not_before(deadline):
            return StepState.DUE
        return StepState.PAST_PROPOSED if at.is_target else StepState.LATE

    def _basis(self, step: Step, limit: Limit) -> Basis:
        if step.key in self.overrides:
            return Basis.AGREEMENT
        return limit.basis if step.key == "opinion" else step.basis

    def _anchor(self, key: str, limit: Limit) -> date | None:
        if key == "limit_expiry":
            return limit.expires_on
        if key == "opinion_or_expiry":
            given = self.days.get("opinion")
            after_limit = limit.expires_on + timedelta(days=1) if limit.expires_on else None
            return given or after_limit
        return self.days.get(key)

    def _due(self, step: Step, variant: Variant | None, limit: Limit) -> date | None:
        deadline = step.deadline
        if deadline is None or deadline.direction is None:
            return None
        anchor = self._anchor(deadline.anchor, limit)
        offset = self.offset(deadline, variant)
        if anchor is None or offset is None:
            return None
        due = self.counted(anchor, deadline, offset)
        cap = self.days.get(deadline.cap) if deadline.cap else None
        return min(due, cap) if cap is not None else due

    def offset(self, deadline: Deadline, variant: Variant | None) -> Period | None:
        small = deadline.small
        if small is not None and 0 < self.situation.headcount < small.below:
            return small.offset
        if deadline.offset == VARIANT_LIMIT:
            agreed = self.overrides.get("limit")
            if agreed is not None and isinstance(agreed.value, Period):
                return agreed.value
            return variant.limit if variant is not None else None
        return deadline.offset if isinstance(deadline.offset, Period) else None

    def counted(self, anchor: date, deadline: Deadline, offset: Period) -> date:
        country = self.situation.calendar_of(self.template)
        if deadline.day_count == "working":
            sign = -1 if deadline.direction is Direction.BEFORE else 1
            return working_days(anchor, sign * offset.days, country)
        if deadline.direction is Direction.BEFORE:
            return minus(anchor, offset)
        ends = plus(anchor, offset)
        # A day that is only the first one possible, or that is the event's own day, is not moved.
        is_moved = not _is_not_before(deadline) and offset != Period()
        return open_day(ends, country) if is_moved else ends

    def _agreed(self, step: Step, override: Override, due: date | None) -> date | None:
        if isinstance(override.value, date):
            return override.value
        deadline = step.deadline
        if deadline is None or deadline.anchor not in self.days or deadline.direction is None:
            return due
        return self.counted(self.days[deadline.anchor], deadline, override.value)


def _is_not_before(deadline: Deadline | None) -> bool:
    """ "Not earlier than": it has a first day, and no last one."""
    return deadline is not None and (deadline.direction, deadline.bound) == (Direction.AFTER, Bound.MIN)
