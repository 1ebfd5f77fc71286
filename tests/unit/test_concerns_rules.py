"""What is shown of a number, whatever the number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.anonymity.thresholds import Band, band, floor5
from consult.concerns.rules import LEAST, shown

NUMBERS = st.integers(min_value=0, max_value=100_000)


@given(NUMBERS)
def test_what_is_shown_is_a_floor_and_a_multiple_of_five_and_never_under_five(number: int) -> None:
    least = shown(number)
    if number < 5:
        assert least is None
    else:
        assert least is not None
        assert least <= number
        assert least % 5 == 0
        assert least >= 5
        assert least <= (floor5(number) or 0)


@given(NUMBERS, NUMBERS)
def test_two_numbers_of_one_band_are_told_apart_by_nothing(one: int, other: int) -> None:
    assert (shown(one) == shown(other)) == (band(one) is band(other))


@given(NUMBERS)
def test_more_messages_never_show_less(number: int) -> None:
    assert (shown(number) or 0) <= (shown(number + 1) or 0)


def test_there_are_no_more_numbers_than_bands() -> None:
    assert {shown(number) for number in range(3000)} == set(LEAST.values())
    assert set(LEAST) == set(Band)
    assert [number for number in range(1, 3000) if shown(number) != shown(number - 1)] == [5, 10, 20, 50, 100]


def test_a_negative_number_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="negative"):
        shown(-1)
