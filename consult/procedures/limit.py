"""The period of the opinion: which variant runs, when it ends, what suspends it, what its end means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from consult.procedures.override import Override
from consult.procedures.period import Period, open_day, plus
from consult.procedures.template import Basis, Template, Variant

SEVERAL_LEVELS = "central+establishment"
EXPERT = "expert_appointed"
ESTABLISHMENT_OPINION = "establishment_opinion"
"""The step of a central body that is due seven days before its own limit, by each establishment."""


class LimitState(StrEnum):
    NONE = "none"
    """The procedure has no such period, or nobody said how long it is."""
    NOT_STARTED = "not_started"
    RUNNING = "running"
    SUSPENDED = "suspended"
    ENDED_BY_OPINION = "ended_by_opinion"
    EXPIRED = "expired"
    """`Template.expiry` says what that means; silence is never agreement."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What the period of the central body means for a body of an establishment (R2312-6 II). ``due_on``: the
    last day on which its opinion reaches the central body in time, not moved to a working day; None while
    that period is suspended, or past by what one side says of its start alone."""

    due_on: date | None
    reference: str = "R2312-6 II"


@dataclass(frozen=True, slots=True)
class Situation:
    """What the facts do not say. ``levels``: ``one``, or `SEVERAL_LEVELS` where a central body and bodies of
    establishments are consulted; ``headcount`` 0: not known; ``variant``: chosen by hand; ``lead``: for the
    body of an establishment, where the period of the central body runs."""

    levels: str = "one"
    headcount: int = 0
    country: str = "fr"
    variant: str = ""
    lead: Lead | None = None

    def calendar_of(self, template: Template) -> str:
        """The country whose public holidays count."""
        own = template.jurisdiction.partition("-")[0]
        return self.country if own in {"EU", "any"} else own


@dataclass(frozen=True, slots=True)
class Limit:
    """``expires_on``: the last day, midnight included."""

    state: LimitState
    expires_on: date | None = None
    started_on: date | None = None
    reference: str = ""
    basis: Basis = Basis.PRODUCT_DEFAULT
    has_expert: bool = False
    contested_expires_on: date | None = None
    is_contested: bool = False


def variant_of(template: Template, days: Mapping[str, date], situation: Situation) -> Variant | None:
    """The variant chosen by hand, else the one whose conditions hold: with an expert appointed before the
    shorter period had ended (later, it is too late to move it), at one level or at two."""
    for one in template.variants:
        if one.key == situation.variant:
            return one
    several = situation.levels == SEVERAL_LEVELS
    fitting = [one for one in template.variants if one.multilevel is several]
    short = next((one for one in fitting if one.expert is False), None)
    long = next((one for one in fitting if one.expert), None)
    if long is None or short is None or short.limit is None:
        return short or long
    appointed, start = days.get(EXPERT), days.get(template.clock.start_event)
    if appointed is None:
        return short
    if start is None:
        return long
    is_in_time = appointed <= open_day(plus(start, short.limit), situation.calendar_of(template))
    return long if is_in_time else short


def within(
    template: Template,
    variant: Variant | None,
    days: Mapping[str, date],
    on: date,
    situation: Situation,
    overrides: Mapping[str, Override],
) -> Limit:
    """The period on that day, from undisputed days."""
    agreed = overrides.get("limit")
    period = variant.limit if variant is not None else template.clock.limit
    basis = _basis(template, agreed)
    reference = agreed.reference if agreed is not None and agreed.reference else template.clock.limit_ref
    has_expert = variant is not None and bool(variant.expert)
    if not template.has_opinion or (agreed is None and period is None):
        return Limit(LimitState.NONE, reference=reference, basis=basis, has_expert=has_expert)
    start = days.get(template.clock.start_event)
    if start is None or start > on:
        return Limit(LimitState.NOT_STARTED, reference=reference, basis=basis, has_expert=has_expert)
    if situation.lead is not None and agreed is None:
        return _led(situation.lead, start, days, on, has_expert)
    raw = _end(start, period, agreed)
    country = situation.calendar_of(template)
    pauses = () if _is_day(agreed) else tuple(_pauses(template, days, raw, on))
    is_suspended = any(end is None for _begin, end in pauses)
    pause = sum(((end - begin).days for begin, end in pauses if end is not None), 0)
    ends = raw if _is_day(agreed) else open_day(raw + timedelta(days=pause), country)
    given = days.get("opinion")
    if given is not None and given <= on:
        state = LimitState.ENDED_BY_OPINION
    elif is_suspended:
        state = LimitState.SUSPENDED
    else:
        state = LimitState.EXPIRED if on > ends else LimitState.RUNNING
    return Limit(state, None if state is LimitState.SUSPENDED else ends, start, reference, basis, has_expert)


def _led(lead: Lead, start: date, days: Mapping[str, date], on: date, has_expert: bool) -> Limit:
    """The period of the central body runs, not one of its own."""
    given = days.get("opinion")
    if given is not None and given <= on:
        state = LimitState.ENDED_BY_OPINION
    elif lead.due_on is None:
        state = LimitState.SUSPENDED
    else:
        state = LimitState.EXPIRED if on > lead.due_on else LimitState.RUNNING
    return Limit(state, lead.due_on, start, lead.reference, Basis.LAW, has_expert)


def _is_day(agreed: Override | None) -> bool:
    return agreed is not None and isinstance(agreed.value, date)


def _end(start: date, period: Period | None, agreed: Override | None) -> date:
    if agreed is None:
        assert period is not None, "asked before"
        return plus(start, period)
    return plus(start, agreed.value) if isinstance(agreed.value, Period) else agreed.value


def _basis(template: Template, agreed: Override | None) -> Basis:
    if agreed is not None:
        return Basis.AGREEMENT
    opinion = template.step("opinion")
    return opinion.basis if opinion is not None else Basis.PRODUCT_DEFAULT


def _pauses(
    template: Template, days: Mapping[str, date], raw: date, on: date
) -> Iterator[tuple[date, date | None]]:
    """``(first day, day it runs again)`` of what suspends the period; None while it lasts. What begins
    once the period is over suspends nothing."""
    for one in template.clock.pauses:
        begin, end = days.get(one.event), days.get(one.until)
        if begin is None or begin > raw or begin > on:
            continue
        yield begin, end if end is not None and begin <= end <= on else None
