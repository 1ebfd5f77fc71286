"""Stages of a consultation, and the dates computed from its facts. Durations are data, with where they
come from: shown as help, never as advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from consult.core.errors import Refused
from consult.people.rules import PREPARES, BodyKind
from consult.procedures.clock import Disputed, Run
from consult.procedures.limit import LimitState


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


# ── which procedure ────────────────────────────────────────────────────────────

NO_PROCEDURE: Final = ""
"""Of a file the body opened itself: no period, no opinion, no vote, no expert."""

_CSE_FROM: Final = 50
_FOR: Final = {
    ("fr", BodyKind.CSE): "fr-cse",
    ("fr", BodyKind.CENTRAL_CSE): "fr-cse",
    ("be", BodyKind.WORKS_COUNCIL): "be-cct39",
    ("be", BodyKind.BELGIAN_COUNCIL): "be-cct39",
    ("be", BodyKind.CPPT): "be-cct39",
    ("de", BodyKind.WORKS_COUNCIL): "de-betrvg90",
}
_CANADA: Final = {
    "federal_public_service": "ca-fps-tech-change",
    "federally_regulated": "ca-labour-code-technological-change",
}


def template_for(country: str, kind: BodyKind, headcount: int, sector: str = "private") -> str:
    """The procedure a body of that kind starts from; an administrator may choose another, with a reason.
    The duty to consult belongs to the CSE of firms of fifty employees and more (L2312-2); ``headcount`` 0:
    not known. In Canada it follows the regime of the employer; in France the civil service has no CSE. A
    CSSCT prepares and gives no opinion (L2315-38): it follows none."""
    if kind in PREPARES:
        return NO_PROCEDURE
    if country == "fr" and sector != "private":
        return "generic"
    if kind is BodyKind.BETRIEBSRAT:
        return "de-betrvg90"
    if country == "ca" and kind is BodyKind.UNION:
        return _CANADA.get(sector, "generic")
    found = _FOR.get((country, kind), "generic")
    return "fr-cse-11-49" if found == "fr-cse" and 0 < headcount < _CSE_FROM else found


# ── from facts to the procedure's days ─────────────────────────────────────────

BEGINNINGS: Final = (
    "info_transmitted", "notice_shared", "notice_given", "notice_received", "written_information",
    "information_planning", "notice_published", "representatives_notified", "inform_representatives",
)  # fmt: skip
"""What sending the notice is, by the name each procedure gives it."""
KEYS: Final[Mapping[FactKind, tuple[str, ...]]] = {
    FactKind.OPENED_TO_EMPLOYEES: ("staff_information", "inform_workers"),
    FactKind.LETTERBOX_OPENED: ("keyholders_named", "staff_voice_open"),
    FactKind.LETTERBOX_CLOSED: (
        "staff_voice_close", "staff_voice_close_expert", "staff_voice", "staff_feedback",
    ),
    FactKind.EXPERT_APPOINTED: ("expert_appointed", "expert_resolution"),
    FactKind.OPINION_GIVEN: ("opinion",),
    FactKind.RESPONSE_GIVEN: ("reasoned_response", "written_response"),
}  # fmt: skip
GO_LIVE: Final = ("go_live", "change_date", "implementation_start")
"""What the first use is, by the name each procedure gives it."""
TOLD_BY_ACTS: Final = frozenset(BEGINNINGS) | {key for keys in KEYS.values() for key in keys} | set(GO_LIVE)
"""Facts that an act of the product tells: nobody types them."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact, as the clock needs it."""

    kind: FactKind
    day: date
    key: str = ""
    is_contested: bool = False
    contested_day: date | None = None


def days_of(
    facts: Iterable[Told], *, on: date, window: Window | None = None, live_on: date | None = None
) -> dict[str, date | Disputed]:
    """The days a procedure counts from. Of two facts of one key the earlier counts; what is recorded for a
    later day counts once it comes, except meetings and what is planned, which others are counted back from.
    ``live_on``: the first use, by the notice. The period starts from the sending as long as nothing says
    that the body received it (R2312-5)."""
    known = sorted(facts, key=lambda one: one.day)
    past = [one for one in known if one.day <= on]
    found: dict[str, date | Disputed] = {}
    for one in past:
        for key in KEYS.get(one.kind, ()):
            found.setdefault(key, _day(one))
    begun = _first(past, FactKind.RECEIVED) or _first(past, FactKind.SENT)
    if begun is not None:
        found |= dict.fromkeys(BEGINNINGS, _day(begun))
    if window is not None and window.opens_on <= on and "staff_voice_open" in found:
        found["staff_voice_open"] = window.opens_on
    for one in known:
        if one.kind is FactKind.TOLD and one.key not in MEETINGS:
            found.setdefault(one.key, _day(one))
    found |= _meetings(known, on)
    if live_on is not None:
        found |= dict.fromkeys(GO_LIVE, live_on)
    return found


MEETINGS: Final = ("meeting", "opinion_meeting", "next_meeting", "previous_meeting")


def _meetings(known: Sequence[Told], on: date) -> dict[str, date | Disputed]:
    """The last meeting held, else the next one; the meetings beside it."""
    days = sorted({one.day for one in known if one.key == "meeting"})
    held = [day for day in days if day <= on]
    found: dict[str, date | Disputed] = {}
    if days:
        at = held[-1] if held else days[0]
        found["meeting"] = at
        if at != days[-1]:
            found["next_meeting"] = days[days.index(at) + 1]
        if len(held) > 1:
            found["previous_meeting"] = held[-2]
    for one in known:
        if one.key in MEETINGS[1:]:
            found[one.key] = _day(one)
    return found


def _first(facts: Iterable[Told], kind: FactKind) -> Told | None:
    return next((one for one in facts if one.kind is kind), None)


def _day(one: Told) -> date | Disputed:
    return Disputed(one.day, one.contested_day) if one.is_contested else one.day


# ── the projection ─────────────────────────────────────────────────────────────


class Await(StrEnum):
    """What is due next. ``step``: something else the procedure expects."""

    OPINION = "opinion"
    RESPONSE = "response"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class State:
    """What the facts say on a day. ``limit``: the last day for the opinion, midnight included; None while
    it is suspended. ``contested_limit``: the same from the day the body gives, where it contests the
    employer's. ``is_deemed_negative``: that day passed without an opinion, under a procedure that says so."""

    stage: Stage
    awaits: Await | None = None
    due_on: date | None = None
    limit: date | None = None
    has_expert: bool = False
    is_deemed_negative: bool = False
    contested_limit: date | None = None
    is_suspended: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """The days of the letterbox, both included."""

    opens_on: date
    closes_on: date


DEEMED_NEGATIVE: Final = "deemed_negative_opinion"


def project(facts: Iterable[Told], run: Run | None, *, on: date, window: Window | None = None) -> State:
    """The state on that day, with its procedure (None: it follows none). What is recorded for a later day
    does not count yet; of two facts of one kind the earlier counts."""
    first: dict[FactKind, date] = {}
    for one in facts:
        if one.day <= on:
            first[one.kind] = min(one.day, first.get(one.kind, one.day))
    stage = _stage(first, window, on, has_opinion=run is not None and run.template.has_opinion)
    if run is None:
        return State(stage)
    limit = run.limit
    state = State(
        stage, limit=limit.expires_on, has_expert=limit.has_expert,
        contested_limit=limit.contested_expires_on, is_suspended=limit.state is LimitState.SUSPENDED,
    )  # fmt: skip
    if stage is Stage.CLOSED or FactKind.RESPONSE_GIVEN in first:
        return state
    if not run.template.has_opinion:
        upcoming = run.next
        due = upcoming.due_on if upcoming is not None else None
        return replace(state, awaits=Await.STEP, due_on=due) if due is not None else state
    given = first.get(FactKind.OPINION_GIVEN)
    if given is not None:
        return replace(state, awaits=Await.RESPONSE, due_on=_reply_on(given, run))
    if limit.state is LimitState.NOT_STARTED:
        return state
    is_negative = limit.state is LimitState.EXPIRED and run.template.expiry.state == DEEMED_NEGATIVE
    return replace(state, awaits=Await.OPINION, due_on=limit.expires_on, is_deemed_negative=is_negative)


def _reply_on(given: date, run: Run) -> date | None:
    """As the procedure counts it; as long as what it counts from is not known, from the opinion: a proposed
    date either way (L2312-15, L2315-28)."""
    for key in KEYS[FactKind.RESPONSE_GIVEN]:
        step = run.step(key)
        if step is not None:
            return step.due_on or run.from_day(key, given)
    return None


def _stage(first: dict[FactKind, date], window: Window | None, on: date, *, has_opinion: bool) -> Stage:
    if first.keys() & {FactKind.CLOSED, FactKind.WITHDRAWN}:
        return Stage.CLOSED
    if FactKind.RESPONSE_GIVEN in first:
        return Stage.IN_FOLLOW_UP if FactKind.COMMITMENT_AGREED in first else Stage.ANSWERED
    if FactKind.OPINION_GIVEN in first:
        return Stage.OPINION_GIVEN
    if FactKind.LETTERBOX_CLOSED in first or (window is not None and on > window.closes_on):
        return Stage.AWAITING_OPINION if has_opinion else Stage.WITH_BODY
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


class NotContestable(Refused):
    """This day is contested already, or no longer counts."""


class ProcedureThere(Refused):
    """That procedure runs already."""


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
