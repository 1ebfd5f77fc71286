"""Natures and states of a commitment, and who moves it where."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from consult.core.errors import Refused


class Nature(StrEnum):
    """What kind of promise it is: the legal weight differs."""

    MEASURE = "measure"
    OBJECTIVE = "objective"
    UNDERTAKING = "undertaking"
    AGREEMENT = "agreement"


class CommitmentState(StrEnum):
    AGREED = "agreed"
    IN_PROGRESS = "in_progress"
    CLAIMED_DONE = "claimed_done"
    CONFIRMED = "confirmed"
    CONTESTED = "contested"


OPEN = frozenset({CommitmentState.AGREED, CommitmentState.IN_PROGRESS, CommitmentState.CONTESTED})
"""What is promised and neither claimed done nor confirmed: it can be late."""

EMPLOYER_MOVES: dict[CommitmentState, frozenset[CommitmentState]] = {
    CommitmentState.AGREED: frozenset({CommitmentState.IN_PROGRESS, CommitmentState.CLAIMED_DONE}),
    CommitmentState.IN_PROGRESS: frozenset({CommitmentState.CLAIMED_DONE}),
    CommitmentState.CONTESTED: frozenset({CommitmentState.IN_PROGRESS, CommitmentState.CLAIMED_DONE}),
    CommitmentState.CLAIMED_DONE: frozenset({CommitmentState.IN_PROGRESS}),
    CommitmentState.CONFIRMED: frozenset(),
}

BODY_MOVES: dict[CommitmentState, frozenset[CommitmentState]] = {
    state: frozenset({CommitmentState.CONFIRMED, CommitmentState.CONTESTED})
    if state is CommitmentState.CLAIMED_DONE
    else frozenset()
    for state in CommitmentState
}


def employer_choices(state: CommitmentState) -> tuple[CommitmentState, ...]:
    """Where the employer may take it from there; its own state first: a note that moves nothing."""
    moves = EMPLOYER_MOVES[state]
    return (state, *(one for one in CommitmentState if one in moves)) if moves else ()


def is_late(state: CommitmentState, due_on: date, on: date) -> bool:
    """Past the promised day, and neither claimed done nor confirmed."""
    return state in OPEN and on > due_on


def days_late(state: CommitmentState, due_on: date, on: date) -> int:
    """Days since the promised day; 0 when it is not late. Nobody enters it."""
    return (on - due_on).days if is_late(state, due_on, on) else 0


class ReasonMissing(Refused):
    """To contest, the body says why: whoever reads the notice reads it."""
