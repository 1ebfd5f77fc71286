"""The arithmetic of a vote, against its definition in law."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consult.opinions.rules import is_adopted, majority

NUMBERS = st.integers(min_value=0, max_value=999)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_adopted_means_more_for_than_all_the_others_present(
    for_: int, against: int, abstentions: int
) -> None:
    assert is_adopted(for_, against, abstentions) == (for_ > against + abstentions)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_abstaining_is_voting_against(for_: int, against: int, abstentions: int) -> None:
    assert is_adopted(for_, against, abstentions) == is_adopted(for_, against + abstentions, 0)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_one_more_vote_for_never_loses_and_one_more_other_never_wins(
    for_: int, against: int, rest: int
) -> None:
    if is_adopted(for_, against, rest):
        assert is_adopted(for_ + 1, against, rest)
    else:
        assert not is_adopted(for_, against + 1, rest)
        assert not is_adopted(for_, against, rest + 1)


@given(st.integers(min_value=0, max_value=3000))
def test_the_majority_is_the_least_that_carries(present: int) -> None:
    needed = majority(present)
    assert needed > present / 2
    assert needed - 1 <= present / 2


def test_ties_and_nobody() -> None:
    assert not is_adopted(0, 0, 0)
    assert not is_adopted(6, 6, 0)
    assert not is_adopted(6, 3, 3)
    assert is_adopted(7, 3, 2)
    assert is_adopted(1, 0, 0)
    assert majority(12) == 7
