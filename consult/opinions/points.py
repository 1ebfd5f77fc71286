"""Where a reservation or a wish stands, and for how long it has been waiting. Pure.

A point is settled once the employer accepted it, in whole or in part, or refused it. What is under study or
goes to negotiation is not: its age counts from the day of the opinion until it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from consult.core.errors import Refused
from consult.core.localized import Localized
from consult.opinions.rules import Stance


class PointState(StrEnum):
    UNANSWERED = "unanswered"
    STUDYING = "studying"
    NEGOTIATING = "negotiating"
    SETTLED = "settled"


OPEN = frozenset({PointState.UNANSWERED, PointState.STUDYING, PointState.NEGOTIATING})
"""What still waits for the employer's last word."""
COMMITS = frozenset({Stance.ACCEPTED, Stance.PARTLY})
"""Stances from which a commitment is made."""
_STATES = {Stance.STUDYING: PointState.STUDYING, Stance.NEGOTIATING: PointState.NEGOTIATING}


class Promise(NamedTuple):
    """The commitment made with an answer that accepts. ``title``: what is promised."""

    title: Localized
    owner: str
    due_on: date


class Answer(NamedTuple):
    """What the employer says of one point. ``until_on``: under study, the day by which it will say more;
    ``with_whom`` and ``since_on``: in negotiation."""

    stance: Stance
    text: Localized
    until_on: date | None = None
    with_whom: Localized | None = None
    since_on: date | None = None
    promise: Promise | None = None


class Given(Protocol):
    """An answer as it is on record."""

    @property
    def stance(self) -> Stance: ...
    @property
    def given_on(self) -> date: ...
    @property
    def until_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """``age``: days the point waited, or has been waiting. ``late_by``: days past the day that was announced
    for the end of a study; 0 where it is not late."""

    state: PointState
    age: int
    settled_on: date | None = None
    until_on: date | None = None
    late_by: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def progress(asked_on: date, answers: Sequence[Given], *, on: date) -> Progress:
    """``answers``: in the order they were given. What was given later than ``on`` does not count yet."""
    known = [one for one in answers if one.given_on <= on]
    if not known:
        return Progress(PointState.UNANSWERED, max((on - asked_on).days, 0))
    last = known[-1]
    state = _STATES.get(last.stance, PointState.SETTLED)
    if state is PointState.SETTLED:
        return Progress(state, max((last.given_on - asked_on).days, 0), settled_on=last.given_on)
    until = last.until_on if state is PointState.STUDYING else None
    late = max((on - until).days, 0) if until is not None else 0
    return Progress(state, max((on - asked_on).days, 0), until_on=until, late_by=late)


class Fault(StrEnum):
    """What an answer lacks."""

    REASON = "reason"
    DAY = "day"
    PARTNER = "partner"
    PROMISE = "promise"


def fault_of(answer: Answer, *, on: date) -> Fault | None:
    """The first thing that keeps an answer from being given that day: reasons whatever is said (L2312-15), a
    day to come for a study, with whom and since when for a negotiation; no commitment without agreement."""
    if not answer.text:
        return Fault.REASON
    if answer.stance is Stance.STUDYING and (answer.until_on is None or answer.until_on < on):
        return Fault.DAY
    if answer.stance is Stance.NEGOTIATING:
        if not answer.with_whom:
            return Fault.PARTNER
        if answer.since_on is None or answer.since_on > on:
            return Fault.DAY
    if answer.promise is not None and answer.stance not in COMMITS:
        return Fault.PROMISE
    return None


class AnswerIncomplete(Refused):
    """The answer to the point of that code lacks something; ``fault`` says what."""

    def __init__(self, code: str, fault: Fault) -> None:
        super().__init__(f"{code}: {fault}")
        self.code, self.fault = code, fault


class AlreadySettled(Refused):
    """The employer gave its last word on this point: nothing is added to it."""


class AnsweredMeanwhile(Refused):
    """Another answer was given to this point since the page was opened."""
