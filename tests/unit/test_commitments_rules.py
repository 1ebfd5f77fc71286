"""States of a commitment: whatever both sides try, in any order, only what is allowed happens."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from consult.commitments.rules import (
    BODY_MOVES,
    EMPLOYER_MOVES,
    OPEN,
    CommitmentState,
    days_late,
    employer_choices,
    is_late,
)

S = CommitmentState
ALLOWED = {
    ("employer", S.AGREED, S.IN_PROGRESS), ("employer", S.AGREED, S.CLAIMED_DONE),
    ("employer", S.IN_PROGRESS, S.CLAIMED_DONE), ("employer", S.CLAIMED_DONE, S.IN_PROGRESS),
    ("employer", S.CONTESTED, S.IN_PROGRESS), ("employer", S.CONTESTED, S.CLAIMED_DONE),
    ("body", S.CLAIMED_DONE, S.CONFIRMED), ("body", S.CLAIMED_DONE, S.CONTESTED),
}  # fmt: skip
"""Written down again on purpose: the tables of the rules are held against these eight moves."""

ACTS = st.lists(
    st.tuples(st.sampled_from(["employer", "body"]), st.sampled_from(CommitmentState)), max_size=30
)


@given(ACTS)
def test_no_sequence_of_acts_leaves_the_allowed_moves(acts: list[tuple[str, CommitmentState]]) -> None:
    state, claimed = S.AGREED, False
    for side, to in acts:
        moves = EMPLOYER_MOVES if side == "employer" else BODY_MOVES
        if to not in moves[state]:
            continue
        assert (side, state, to) in ALLOWED
        if to in {S.CONFIRMED, S.CONTESTED}:
            assert claimed, "nothing is judged that was not claimed"
        state, claimed = to, to is S.CLAIMED_DONE


def test_the_tables_hold_exactly_these_moves() -> None:
    found = {
        (side, state, to)
        for side, moves in (("employer", EMPLOYER_MOVES), ("body", BODY_MOVES))
        for state, reached in moves.items()
        for to in reached
    }
    assert found == ALLOWED


def test_confirmed_is_the_end_and_the_employer_alone_never_gets_there() -> None:
    assert employer_choices(S.CONFIRMED) == ()
    for state in CommitmentState:
        assert not set(employer_choices(state)) & {S.CONFIRMED}
        assert S.CONTESTED not in set(employer_choices(state)) - {state}


DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1))


@given(st.sampled_from(CommitmentState), DAYS, st.integers(min_value=-900, max_value=900))
def test_late_is_computed_from_the_day_and_the_state_alone(
    state: CommitmentState, due: date, shift: int
) -> None:
    on = due + timedelta(days=shift)
    late = days_late(state, due, on)
    assert late == (shift if shift > 0 and state in OPEN else 0)
    assert is_late(state, due, on) == (late > 0)
