"""Natures and states of a commitment, and who moves it where."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


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


def is_late(state: CommitmentState, due_on: date, on: date) -> bool:
    """Past the promised day, and neither claimed done nor confirmed."""
    open_states = {CommitmentState.AGREED, CommitmentState.IN_PROGRESS, CommitmentState.CONTESTED}
    return state in open_states and on > due_on
