"""Stages of a consultation, and the dates computed from its facts. Durations are data, with where they
come from: shown as help, never as advice."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from consult.core.errors import Refused
from consult.people.rules import BodyKind


class Stage(StrEnum):
    """A projection of the facts, for lists and pages."""

    WITH_BODY = "with_body"
    LISTENING = "listening"
    AWAITING_OPINION = "awaiting_opinion"
    OPINION_GIVEN = "opinion_given"
    ANSWERED = "answered"
    IN_FOLLOW_UP = "in_follow_up"
    CLOSED = "closed"


class FactKind(StrEnum):
    SENT = "sent"
    RECEIVED = "received"
    OPENED_TO_EMPLOYEES = "opened_to_employees"
    LETTERBOX_OPENED = "letterbox_opened"
    LETTERBOX_CLOSED = "letterbox_closed"
    OPINION_GIVEN = "opinion_given"
    RESPONSE_GIVEN = "response_given"
    COMMITMENT_AGREED = "commitment_agreed"
    EXPERT_APPOINTED = "expert_appointed"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    TOLD = "told"
    """A fact the procedure names by a key of its own."""


# ── procedures, as data ────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Procedure:
    """How long a body has. Months run date to date; ``limit_days`` instead where the procedure counts days.
    ``expiry_is_negative``: past the limit the opinion is deemed negative; silence is never agreement."""

    key: str
    limit_months: int = 0
    limit_months_with_expert: int = 0
    limit_days: int = 0
    reference: str = ""
    is_law: bool = False
    expiry_is_negative: bool = False
    reply_months: int = 1
    reply_months_small: int = 1
    reply_small_below: int = 0
    reply_reference: str = ""


PROCEDURES: Final = {
    one.key: one
    for one in (
        Procedure(
            "fr-cse", limit_months=1, limit_months_with_expert=2, reference="R2312-6", is_law=True,
            expiry_is_negative=True, reply_months=1, reply_months_small=2, reply_small_below=300,
            reply_reference="L2312-15, L2315-34",
        ),
        Procedure("generic", limit_days=30),
    )
}  # fmt: skip
"""``fr-cse``: one month from the information, two when an expert intervenes (R2312-6 I), counted from the
day the employer communicates the information (R2312-5). The reasoned response is due at the next ordinary
meeting, about a month later from 300 employees, two below (L2315-28, L2315-34): a target, not a limit."""


def procedure(key: str) -> Procedure:
    """The procedure of that key; one nobody knows counts as the generic one."""
    return PROCEDURES.get(key, PROCEDURES["generic"])


_CSE_FROM: Final = 50


def template_for(country: str, kind: BodyKind, headcount: int) -> str:
    """The procedure a body of that kind starts from. The duty to consult belongs to the CSE of firms of
    fifty employees and more (L2312-2); ``headcount`` 0: not known."""
    is_cse = country == "fr" and kind in {BodyKind.CSE, BodyKind.CENTRAL_CSE}
    return "fr-cse" if is_cse and not 0 < headcount < _CSE_FROM else "generic"


# ── days ───────────────────────────────────────────────────────────────────────


def add_months(day: date, months: int) -> date:
    """Date to date; the last day of a month that has no such day (CPC 641)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def easter(year: int) -> date:
    """Easter Sunday, by the Gregorian rule (Meeus)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


_FIXED: Final = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_AFTER_EASTER: Final = (1, 39, 50)


def is_holiday(day: date) -> bool:
    """The eleven public holidays of L3133-1."""
    return (day.month, day.day) in _FIXED or (day - easter(day.year)).days in _AFTER_EASTER


def working_day_from(day: date) -> date:
    """That day, or the first working day after a Saturday, Sunday or holiday (CPC 642)."""
    while day.weekday() >= 5 or is_holiday(day):
        day += timedelta(days=1)
    return day


# ── the projection ─────────────────────────────────────────────────────────────


class Await(StrEnum):
    """What is due next."""

    OPINION = "opinion"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class State:
    """What the facts say on a day. ``limit``: the last day for the opinion, midnight included.
    ``is_deemed_negative``: that day passed without an opinion, under a procedure that says so."""

    stage: Stage
    awaits: Await | None = None
    due_on: date | None = None
    limit: date | None = None
    has_expert: bool = False
    is_deemed_negative: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """The days of the letterbox, both included."""

    opens_on: date
    closes_on: date


Facts = Iterable[tuple[FactKind, date]]


def project(
    facts: Facts, *, procedure: Procedure, on: date, window: Window | None = None, headcount: int = 0
) -> State:
    """The state on that day. What is recorded for a later day does not count yet; of two facts of one
    kind the earlier counts. ``headcount``: employees the body stands for (0: not known)."""
    first: dict[FactKind, date] = {}
    for kind, day in facts:
        if day <= on:
            first[kind] = min(day, first.get(kind, day))
    limit, has_expert = _limit(first, procedure)
    stage = _stage(first, window, on)
    given = first.get(FactKind.OPINION_GIVEN)
    if stage is Stage.CLOSED:
        return State(stage, limit=limit, has_expert=has_expert)
    if given is None and FactKind.RESPONSE_GIVEN not in first:
        is_over = limit is not None and on > limit and procedure.expiry_is_negative
        return State(stage, Await.OPINION if limit else None, limit, limit, has_expert, is_over)
    if given is not None and FactKind.RESPONSE_GIVEN not in first:
        return State(stage, Await.RESPONSE, _reply_on(given, procedure, headcount), limit, has_expert)
    return State(stage, limit=limit, has_expert=has_expert)


def limit_from(day: date, procedure: Procedure, *, expert: bool = False) -> date:
    """The last day for the opinion, counted from the information: a working day."""
    if procedure.limit_days:
        return working_day_from(day + timedelta(days=procedure.limit_days))
    months = procedure.limit_months_with_expert if expert else procedure.limit_months
    return working_day_from(add_months(day, months))


def _limit(first: dict[FactKind, date], procedure: Procedure) -> tuple[date | None, bool]:
    """Counted from the day the body got it; from the sending as long as nothing says that it did.
    An expert appointed after the first limit comes too late to move it."""
    start = first.get(FactKind.RECEIVED, first.get(FactKind.SENT))
    if start is None:
        return None, False
    limit, expert = limit_from(start, procedure), first.get(FactKind.EXPERT_APPOINTED)
    if expert is None or not procedure.limit_months_with_expert or expert > limit:
        return limit, False
    return limit_from(start, procedure, expert=True), True


def _reply_on(given: date, procedure: Procedure, headcount: int) -> date:
    is_small = 0 < headcount < procedure.reply_small_below
    return working_day_from(
        add_months(given, procedure.reply_months_small if is_small else procedure.reply_months)
    )


def _stage(first: dict[FactKind, date], window: Window | None, on: date) -> Stage:
    if first.keys() & {FactKind.CLOSED, FactKind.WITHDRAWN}:
        return Stage.CLOSED
    if FactKind.RESPONSE_GIVEN in first:
        return Stage.IN_FOLLOW_UP if FactKind.COMMITMENT_AGREED in first else Stage.ANSWERED
    if FactKind.OPINION_GIVEN in first:
        return Stage.OPINION_GIVEN
    if FactKind.LETTERBOX_CLOSED in first or (window is not None and on > window.closes_on):
        return Stage.AWAITING_OPINION
    if FactKind.LETTERBOX_OPENED in first and (window is None or on >= window.opens_on):
        return Stage.LISTENING
    return Stage.WITH_BODY


# ── what may be agreed on a letterbox ──────────────────────────────────────────

KEYHOLDERS_LEAST: Final = 2
KEYHOLDERS_ADVISED: Final = 3
LISTENING_DAYS: Final = 14
LISTENING_DAYS_WITH_EXPERT: Final = 30
DAYS_FOR_SYNTHESIS: Final = 7
KEPT_MONTHS: Final = 3
"""After the last day, the keys and what they open are destroyed, unless the body decides otherwise."""


def proposed_window(*, opens_on: date, limit: date | None, has_expert: bool) -> Window:
    """Dates to start from: two weeks (a month with an expert), a week before the limit if that can be."""
    closes_on = opens_on + timedelta(days=LISTENING_DAYS_WITH_EXPERT if has_expert else LISTENING_DAYS)
    if limit is not None:
        closes_on = min(closes_on, limit - timedelta(days=DAYS_FOR_SYNTHESIS))
    return Window(opens_on, max(closes_on, opens_on + timedelta(days=1)))


# ── refusals ───────────────────────────────────────────────────────────────────


class TooFewKeyholders(Refused):
    """A letterbox needs two keyholders at least; ``have`` are ready."""

    def __init__(self, have: int) -> None:
        super().__init__(f"{have} keyholders of at least 2")
        self.have = have


class AlreadySent(Refused):
    """This revision is before this body already."""


class NobodyToSendTo(Refused):
    """The body has no member of the staff side on that day: nobody would receive it."""


class LetterboxExists(Refused):
    """The consultation has its letterbox; what was agreed of it does not change."""


class ThresholdNotAllowed(Refused):
    """Fewer than ten are mixed only where the body stands for fewer than fifty employees."""


class DateFault(StrEnum):
    PAST = "past"
    ORDER = "order"
    BEFORE_EMPLOYEES = "before_employees"
    BEFORE_CLAIMS = "before_claims"
    DESTROYED_TOO_SOON = "destroyed_too_soon"


class BadDates(Refused):
    """The days of the letterbox do not hang together; ``fault`` says which do not."""

    def __init__(self, fault: DateFault) -> None:
        super().__init__(fault)
        self.fault = fault
