"""Days, what a letterbox is told, and the one bucket."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.voices.rules import RELEASE_WEEKDAY, Bucket, Phase, Told, is_release_day, next_release_on, phase

days = st.dates(date(2026, 1, 1), date(2030, 12, 31))
spans = st.tuples(days, st.integers(1, 120)).map(lambda one: (one[0], one[0] + timedelta(days=one[1])))
intervals = st.sampled_from([1, 7])


@given(spans, days)
def test_a_letterbox_is_open_from_its_first_day_to_its_last(span: tuple[date, date], on: date) -> None:
    opens, closes = span
    assert phase(opens, closes, opens) is phase(opens, closes, closes) is Phase.OPEN
    assert phase(opens, closes, opens - timedelta(days=1)) is Phase.NOT_YET
    assert phase(opens, closes, closes + timedelta(days=1)) is Phase.CLOSED
    assert (phase(opens, closes, on) is Phase.OPEN) == (opens <= on <= closes)


@given(spans, days, intervals)
def test_release_days(span: tuple[date, date], on: date, interval: int) -> None:
    """Never before somebody could have written, on one weekday or daily, and always once it is over."""
    opens, closes = span
    found = is_release_day(interval, opens, closes, on)
    if on <= opens:
        assert not found
    elif on > closes or interval == 1:
        assert found
    else:
        assert found == (on.weekday() == RELEASE_WEEKDAY)


@given(spans, days, intervals)
def test_the_next_release_is_the_first_of_those_that_follow(
    span: tuple[date, date], on: date, interval: int
) -> None:
    opens, closes = span
    following = next_release_on(interval, opens, closes, on)
    assert following > on
    assert following > opens
    assert is_release_day(interval, opens, closes, following)
    day = max(on, opens) + timedelta(days=1)
    while day < following:
        assert not is_release_day(interval, opens, closes, day)
        day += timedelta(days=1)
    if on <= closes:
        assert following <= closes + timedelta(days=1)
        assert (following - max(on, opens)).days <= interval


def test_once_a_week_means_monday() -> None:
    opens, closes = date(2026, 11, 2), date(2026, 12, 9)
    left = [
        opens + timedelta(days=n)
        for n in range(45)
        if is_release_day(7, opens, closes, opens + timedelta(days=n))
    ]
    assert left[:6] == [date(2026, 11, d) for d in (9, 16, 23, 30)] + [date(2026, 12, 7), date(2026, 12, 10)]


def test_what_a_letterbox_is_told() -> None:
    told = Told.of({
        "title": {"fr": "Plume", "en": ""}, "slug": "plume", "organisation": "Orvalie", "body": "CSE",
        "keyholders": ["A", "B"], "emergency": [{"label": {"fr": "Danger"}, "number": 112}],
        "alert_channel": {"fr": "Ici", "en": "Here"}, "destroy_on": "2027-03-01",
        "country": "fr", "languages": ["fr"],
    })  # fmt: skip
    assert told.title.shown("en") == ("Plume", "fr")
    assert told.keyholders == ("A", "B")
    assert [(label.shown("fr")[0], number) for label, number in told.emergency] == [("Danger", "112")]
    assert told.alert_channel.shown("en") == ("Here", "en")
    assert told.destroy_on == date(2027, 3, 1)


def test_what_was_not_told_is_empty() -> None:
    told = Told.of({})
    assert (told.slug, told.keyholders, told.emergency, told.destroy_on) == ("", (), (), None)
    assert not told.title


@given(st.lists(st.floats(0, 5), max_size=200), st.integers(1, 20), st.floats(0.1, 5))
def test_a_bucket_gives_what_it_holds_and_no_more(waits: list[float], size: int, per_second: float) -> None:
    bucket, at, given_out = Bucket(size, per_second), 1000.0, 0
    for wait in waits:
        at += wait
        given_out += bucket.take(at)
        assert given_out <= size + (at - 1000) * per_second + 1e-6


@pytest.mark.parametrize("back", [0, 3600])
def test_a_clock_put_back_gives_nothing_extra(back: int) -> None:
    bucket = Bucket(3, 1)
    assert [bucket.take(5000) for _ in range(4)] == [True, True, True, False]
    assert not bucket.take(5000 - back)
    assert bucket.take(5001 - back)
