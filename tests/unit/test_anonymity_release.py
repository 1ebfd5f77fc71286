"""The rule of release, against everything that may arrive, and the thresholds beside it."""

from __future__ import annotations

from collections import Counter
from itertools import count
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.anonymity import thresholds
from consult.anonymity.release import Batch, Choice, choose, part
from consult.anonymity.thresholds import Band, Outlet

thresholds_k = st.sampled_from([5, 10])
Lanes = dict[str, list[bytes]]
_names = count(1)


def entries(number: int) -> list[bytes]:
    return [next(_names).to_bytes(16, "big") for _ in range(number)]


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Lanes, dict[bytes, int]]:
    """Who wrote what: each person uses some of their lanes once; some write a lot, many once."""
    lanes: Lanes = {}
    author: dict[bytes, int] = {}
    for person in range(draw(st.integers(0, 60))):
        for lane in draw(st.sets(st.integers(1, 3), max_size=3)):
            (entry,) = entries(1)
            lanes.setdefault(f"speak-{lane}", []).append(entry)
            author[entry] = person
    return lanes, author


def taken(choice: Choice) -> list[bytes]:
    return [entry for batch in choice.batches for entry in batch.entries]


@given(crowds(), thresholds_k, st.booleans(), st.integers(0, 10**9))
@settings(max_examples=300)
def test_every_quotable_batch_hides_everyone_among_k(
    crowd: tuple[Lanes, dict[bytes, int]], k: int, closed: bool, seed: int
) -> None:
    lanes, author = crowd
    choice = choose(lanes, k=k, closed=closed, rng=Random(seed))
    everything = sorted(author)
    assert sorted([*taken(choice), *choice.waiting]) == everything, "an entry was lost or doubled"
    if choice.quotable is not None:
        weights = Counter(author[entry] for entry in choice.quotable.entries)
        assert len(weights) >= choice.quotable.at_least >= k
        assert max(weights.values()) * k <= len(choice.quotable.entries)
    if closed:
        assert choice.waiting == ()
    else:
        assert choice.small is None
        if choice.batches:
            assert len(choice.waiting) >= k


@given(crowds(), thresholds_k, st.integers(0, 10**9))
def test_with_two_channels_one_person_may_hold_two_rights(
    crowd: tuple[Lanes, dict[bytes, int]], k: int, seed: int
) -> None:
    """Slips and invitations together: entries of persons 2n and 2n + 1 are from the same one."""
    lanes, author = crowd
    choice = choose(lanes, k=k, channels=2, closed=True, rng=Random(seed))
    if choice.quotable is not None:
        weights = Counter(author[entry] // 2 for entry in choice.quotable.entries)
        assert len(weights) >= choice.quotable.at_least >= k
        assert max(weights.values()) * k <= len(choice.quotable.entries)


@given(st.integers(0, 200), thresholds_k, st.booleans(), st.integers(0, 10**9))
def test_one_lane(number: int, k: int, closed: bool, seed: int) -> None:
    """Open mode: all entries are one lane, and the rule counts messages."""
    lane = entries(number)
    choice = choose({"all": lane}, k=k, closed=closed, rng=Random(seed))
    held_back = number if number < 2 * k else k
    leave = number if closed else number - held_back
    assert len(taken(choice)) == leave
    assert len(choice.batches) == (1 if leave else 0)
    if choice.batches:
        assert choice.batches[0].at_least == leave
        assert choice.batches[0].is_small == (leave < k)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), thresholds_k, st.integers(0, 10**9))
def test_week_after_week_whatever_arrives(arrivals: list[int], k: int, seed: int) -> None:
    """What is set aside comes with those who arrive later; nothing leaves twice, nothing is lost, and
    between two releases the set a message hides in is never under k."""
    rng, waits, left = Random(seed), [], set[bytes]()
    for number in arrivals:
        waits += entries(number)
        choice = choose({"all": waits}, k=k, closed=False, rng=rng)
        for batch in choice.batches:
            assert len(batch.entries) >= k
            assert not left & set(batch.entries)
            left |= set(batch.entries)
        waits = list(choice.waiting)
    last = choose({"all": waits}, k=k, closed=True, rng=rng)
    left |= set(taken(last))
    assert len(left) == sum(arrivals)
    assert last.quotable is None or len(last.quotable.entries) >= k


def test_one_enthusiast_never_triggers_a_release() -> None:
    lanes = {f"speak-{n}": entries(1) for n in range(1, 10)}
    assert choose(lanes, k=5, closed=False, rng=Random(1)).batches == ()
    (batch,) = choose(lanes, k=5, closed=True, rng=Random(1)).batches
    assert (batch.is_small, batch.at_least) == (True, 1)


def test_write_backs_count_for_nothing_and_leave_with_others_only() -> None:
    riders = entries(30)
    alone = choose({}, k=5, closed=True, rng=Random(1), riders=riders)
    assert alone.batches == ()
    assert sorted(alone.waiting) == riders
    choice = choose({"speak-1": entries(10)}, k=5, closed=False, rng=Random(1), riders=riders)
    assert choice.quotable is not None
    assert choice.quotable.at_least == 5
    assert len(choice.quotable.entries) == 35


def test_order_is_drawn() -> None:
    """Batches and what stays come in an order that says nothing about that of arrival."""
    lane = entries(400)
    place = {entry: at for at, entry in enumerate(lane)}
    choice = choose({"all": lane}, k=10, closed=False, rng=Random(7))
    assert choice.quotable is not None
    order = [place[entry] for entry in choice.quotable.entries]
    signs = sum((b > a) - (b < a) for at, a in enumerate(order) for b in order[at + 1 :])
    assert abs(signs / (len(order) * (len(order) - 1) / 2)) < 0.12
    kept = Counter(
        place[entry] // 100
        for seed in range(200)
        for entry in choose({"all": lane}, k=10, closed=False, rng=Random(seed)).waiting
    )
    assert all(400 < number < 600 for number in kept.values()), "who is set aside depends on when they came"


def test_what_cannot_be_is_refused() -> None:
    one = entries(1)
    for bad in ({"k": 4}, {"channels": 0}, {"lanes": {"a": one, "b": one}}, {"riders": one}):
        options: dict[str, object] = {"lanes": {"a": one}, "k": 5, "closed": True, "rng": Random(1)} | bad
        with pytest.raises(ValueError):
            choose(options.pop("lanes"), **options)  # type: ignore[arg-type]


# ── thresholds ─────────────────────────────────────────────────────────────────


@given(st.integers(0, 10**6))
def test_numbers_are_floored_and_small_ones_never_shown(number: int) -> None:
    floored = thresholds.floor5(number)
    if number < 5:
        assert floored is None
    else:
        assert floored is not None
        assert floored % 5 == 0
        assert 0 <= number - floored < 5


@pytest.mark.parametrize(
    ("number", "band"),
    [(0, "under_5"), (4, "under_5"), (5, "5_9"), (9, "5_9"), (10, "10_19"), (19, "10_19"), (20, "20_49"),
     (49, "20_49"),
     (50, "50_99"), (99, "50_99"), (100, "100_plus"), (10**6, "100_plus")],
)  # fmt: skip
def test_bands(number: int, band: str) -> None:
    assert thresholds.band(number) == Band(band)


@given(st.integers(0, 200), st.integers(0, 200))
def test_no_number_leaks_more_than_its_band(one: int, two: int) -> None:
    assert (thresholds.band(one) == thresholds.band(two)) or thresholds.floor5(one) != thresholds.floor5(two)


def test_negative_counts_are_refused() -> None:
    for function in (thresholds.floor5, thresholds.band):
        with pytest.raises(ValueError, match="negative"):
            function(-1)


@pytest.mark.parametrize(
    ("k", "headcount", "valid"),
    [
        (10, 500, True),
        (5, 49, True),
        (5, 50, False),
        (9, 50, False),
        (4, 10, False),
        (5, None, True),
        (4, None, False),
    ],
)
def test_what_may_be_agreed(k: int, headcount: int | None, valid: bool) -> None:
    assert thresholds.valid_k(k, headcount=headcount) is valid


@pytest.mark.parametrize(
    ("at_least", "k", "outlet"),
    [(0, 5, Outlet.ORALLY), (4, 10, Outlet.ORALLY), (5, 5, Outlet.SYNTHESIS), (9, 5, Outlet.SYNTHESIS),
     (10, 5, Outlet.QUOTATION), (9, 10, Outlet.SYNTHESIS), (10, 10, Outlet.QUOTATION),
     (10, 20, Outlet.SYNTHESIS)],
)  # fmt: skip
def test_what_may_leave_the_desk(at_least: int, k: int, outlet: Outlet) -> None:
    assert thresholds.outlet(at_least, k) is outlet
    assert thresholds.may_quote(at_least, k) is (outlet is Outlet.QUOTATION)


def test_a_part_is_large_or_none() -> None:
    whole = Batch(tuple(n.to_bytes(16, "big") for n in range(5000)), 2000, is_small=False)
    some = part(whole, 1000, lanes=4, channels=2, riders=whole.entries[:40])
    assert some.entries == whole.entries[:1000] and some.at_least == 120 and not some.is_small
    for few, riders in ((799, ()), (1000, whole.entries[:201])):
        with pytest.raises(ValueError, match="large"):
            part(whole, few, lanes=4, channels=2, riders=riders)
