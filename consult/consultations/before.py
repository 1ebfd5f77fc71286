"""The state of the procedure before a deployment: what is closed, what still runs and until when, by the
facts entered, and which dates of the project come too early for that. Pure. It says nothing of other
formalities, and never that a system may be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from consult.consultations.rules import GO_LIVE
from consult.core.errors import Refused
from consult.core.localized import Localized
from consult.notices.rules import MilestoneKind
from consult.procedures.clock import Run, StepAt, StepState
from consult.procedures.limit import LimitState
from consult.procedures.template import NO_SOURCE, Basis, Direction

LIVE: Final = frozenset({MilestoneKind.PILOT, MilestoneKind.ROLL_OUT})
"""A pilot that employees use counts as implementation (TJ Nanterre, 14 February 2025)."""
_CLOSED: Final = frozenset({StepState.DONE, StepState.NOT_APPLICABLE})


class Course(StrEnum):
    """Where one procedure stands."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    SUSPENDED = "suspended"
    ENDED = "ended"
    """What stands before the decision is closed, by both readings of the facts."""
    PAST = "past"
    """The same, because the period ended without an opinion. Silence is not agreement."""
    STOPPED = "stopped"
    """The employer ended a procedure beside; where it stood that day is not counted any more."""
    NO_DAY = "no_day"
    """Nothing in it is counted before a decision or a first use."""


_STILL: Final = frozenset({Course.NOT_STARTED, Course.RUNNING, Course.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Followed:
    """A procedure on the day, and whose it is: ``body`` is empty for one that runs beside."""

    id: UUID
    run: Run
    body: str = ""
    stopped_on: date | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A date of the project. ``key``: its kind, with a number where a day holds several of one kind."""

    key: str
    kind: MilestoneKind
    day: date
    label: Localized


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a date was kept although it comes before the end of the procedure. ``earliest_end``: as it was
    counted when the reason was given; None: it was not known."""

    key: str
    day: date
    earliest_end: date | None
    text: Localized
    given_on: date

    def covers(self, end: date | None) -> bool:
        """Whether it was given for an end as late as that one. An end not known yet is later than any."""
        return (end or date.max) <= (self.earliest_end or date.max)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of the project beside the procedure. ``reason``: the last one given for that day, kept where
    it no longer covers (``is_explained``)."""

    planned: Planned
    is_early: bool
    reason: Reason | None = None
    is_explained: bool = False

    @property
    def asks_for_reason(self) -> bool:
        return self.is_early and not self.is_explained


@dataclass(frozen=True, slots=True)
class Procedure:
    followed: Followed
    course: Course

    @property
    def run(self) -> Run:
        return self.followed.run

    def stands_like(self, other: Procedure) -> bool:
        """Whether a reader is told the same of both."""
        mine, theirs = self.run, other.run
        return (
            (self.course, self.followed.stopped_on) == (other.course, other.followed.stopped_on)
            and mine.template is theirs.template
            and (mine.variant, mine.limit, mine.steps) == (theirs.variant, theirs.limit, theirs.steps)
        )

    @property
    def ends(self) -> tuple[date | None, date | None]:
        """The first day after it, by what the employer claims and by what the body says; None: not known,
        or no such day."""
        return self.run.ends

    @property
    def is_contested(self) -> bool:
        claimed, said = self.ends
        return claimed != said

    @property
    def still_runs(self) -> bool:
        return self.course in _STILL

    @property
    def closed(self) -> list[StepAt]:
        return [one for one in self.run.steps if one.state is StepState.DONE]

    @property
    def open(self) -> list[StepAt]:
        """Steps nobody entered as done, the dated first; those that come after the first use, or that
        somebody may choose not to take, are left out."""
        found = [
            one for one in self.run.steps
            if one.state not in _CLOSED
            and not (one.step.is_optional or one.step.is_gate or _is_after_use(one))
        ]  # fmt: skip
        return sorted(found, key=lambda one: one.due_on or one.contested_due_on or date.max)

    @property
    def holding(self) -> StepAt | None:
        """What its end is counted by: the decision, else the first step open before the first use."""
        gates = sorted(self.run.gates, key=lambda one: one.due_on or date.max)
        return gates[-1] if gates else next((one for one in self.open if _is_before_use(one)), None)

    @property
    def _is_by_limit(self) -> bool:
        """Whether its end follows from the period of the opinion."""
        deadline = self.holding.step.deadline if self.holding is not None else None
        return deadline is not None and deadline.anchor in {"limit_expiry", "opinion_or_expiry"}

    @property
    def reference(self) -> str:
        """Where the end comes from: the articles of the template, or the agreement's own; empty: no source,
        or an agreement that names none."""
        held, template = self.holding, self.run.template
        if held is None:
            return ""
        said = [held.reference, self.run.limit.reference if self._is_by_limit else ""]
        if self.basis is Basis.AGREEMENT:
            said = [one for one in said if one not in {held.step.reference, template.clock.limit_ref}]
        return ", ".join(dict.fromkeys(one for one in said if one and not one.startswith(NO_SOURCE)))

    @property
    def basis(self) -> Basis:
        """Whose rule the end is; an agreement that sets the period is that of the end."""
        held = self.holding
        if held is None:
            return Basis.PRODUCT_DEFAULT
        is_agreed = self._is_by_limit and self.run.limit.basis is Basis.AGREEMENT
        return Basis.AGREEMENT if is_agreed else held.basis

    @property
    def is_verified(self) -> bool:
        """Whether that rule, and the length of the period, were read in a source."""
        if self.holding is None or self.basis is Basis.AGREEMENT:
            return False
        variant = next((one for one in self.run.template.variants if one.key == self.run.variant), None)
        is_length_read = variant is None or not self._is_by_limit or variant.verified
        return self.holding.step.is_verified and is_length_read


@dataclass(frozen=True, slots=True)
class Before:
    """The whole, on a day."""

    on: date
    procedures: tuple[Procedure, ...] = ()
    dates: tuple[Dated, ...] = ()

    @property
    def groups(self) -> list[tuple[Procedure, list[str]]]:
        """Bodies whose procedure stands alike are read together, with their names: forty establishments that
        were told of the same days are one paragraph."""
        found: list[tuple[Procedure, list[str]]] = []
        for one in self.procedures:
            alike = (names for first, names in found if first.stands_like(one))
            names = next(alike, None)
            if names is None:
                names = []
                found.append((one, names))
            names += [one.followed.body] if one.followed.body else []
        return found

    @property
    def still_running(self) -> bool | None:
        """None: no procedure is on record, so nothing can be said."""
        if not self.procedures:
            return None
        return any(one.still_runs for one in self.procedures)

    @property
    def ends(self) -> tuple[date | None, date | None]:
        """The first day after all that is counted, by either reading; None as long as one is not known."""
        claimed, said = _counted_ends(self.procedures)
        return _last(claimed), _last(said)

    @property
    def earliest_end(self) -> date | None:
        return _last(self.ends)

    @property
    def is_contested(self) -> bool:
        return any(one.is_contested for one in self.procedures)

    @property
    def early(self) -> list[Dated]:
        return [one for one in self.dates if one.is_early]

    @property
    def unexplained(self) -> list[Dated]:
        return [one for one in self.dates if one.asks_for_reason]


class NotExplained(Refused):
    """Dates of the project come before the end of the procedure and nobody said why."""

    def __init__(self, before: Before) -> None:
        super().__init__(f"{len(before.unexplained)} dates without a reason")
        self.before = before


def planned(milestones: Iterable[tuple[MilestoneKind, date, Localized]]) -> list[Planned]:
    """The dates on which somebody uses it, each with its key."""
    ranks: Counter[tuple[MilestoneKind, date]] = Counter()
    found = []
    for kind, day, label in milestones:
        if kind in LIVE:
            ranks[kind, day] += 1
            rank = ranks[kind, day]
            found.append(Planned(str(kind) if rank == 1 else f"{kind}-{rank}", kind, day, label))
    return sorted(found, key=lambda one: (one.day, one.key))


def before(
    followed: Iterable[Followed], dates: Sequence[Planned], reasons: Sequence[Reason], *, on: date
) -> Before:
    """``reasons``: oldest first."""
    procedures = tuple(Procedure(one, _course(one, on)) for one in followed)
    at = Before(on, procedures)
    return Before(on, procedures, tuple(_dated(one, at, reasons) for one in dates))


def _course(one: Followed, on: date) -> Course:
    if one.stopped_on is not None and one.stopped_on <= on:
        return Course.STOPPED
    run, limit = one.run, one.run.limit
    if run.has_gate:
        end = run.earliest_end
        if end is not None and on >= end:
            return Course.PAST if limit.state is LimitState.EXPIRED else Course.ENDED
    else:
        asked = [each for each in run.steps if _is_before_use(each)]
        if not asked:
            return Course.NO_DAY
        if all(each.state in _CLOSED for each in asked):
            return Course.ENDED
    if limit.state is LimitState.SUSPENDED:
        return Course.SUSPENDED
    has_begun = limit.state is not LimitState.NONE and limit.state is not LimitState.NOT_STARTED
    if has_begun or any(each.state is StepState.DONE for each in run.steps):
        return Course.RUNNING
    return Course.NOT_STARTED


def _is_before_use(one: StepAt) -> bool:
    """A rule that a step comes before the first use; what the product only proposes is none."""
    deadline = one.step.deadline
    return (
        deadline is not None
        and deadline.anchor in GO_LIVE
        and deadline.direction is Direction.BEFORE
        and one.basis is not Basis.PRODUCT_DEFAULT
        and not one.step.is_optional
    )


def _is_after_use(one: StepAt) -> bool:
    deadline = one.step.deadline
    return deadline is not None and deadline.anchor in GO_LIVE and deadline.direction is Direction.AFTER


def _dated(one: Planned, at: Before, reasons: Sequence[Reason]) -> Dated:
    claimed, said = _counted_ends(at.procedures)
    known = [day for day in (*claimed, *said) if day is not None]
    is_unknown = None in (*claimed, *said)
    # A day that is not known may still come before the date; once the date has come, it did not.
    is_early = any(one.day < day for day in known) or (is_unknown and one.day <= at.on)
    reason = next((each for each in reversed(reasons) if (each.key, each.day) == (one.key, one.day)), None)
    return Dated(one, is_early, reason, reason is not None and reason.covers(at.earliest_end))


def _counted_ends(procedures: Iterable[Procedure]) -> tuple[list[date | None], list[date | None]]:
    """Of those that have an end before the decision, and of those that still run without a known one."""
    pairs = [
        one.ends for one in procedures
        if one.course is not Course.STOPPED and (one.run.has_gate or one.still_runs)
    ]  # fmt: skip
    return [claimed for claimed, _said in pairs], [said for _claimed, said in pairs]


def _last(days: Iterable[date | None]) -> date | None:
    found = list(days)
    return max((one for one in found if one is not None), default=None) if None not in found else None
