"""No published number, and no difference of published numbers, tells of one to four people.

The adversary knows the rule, the options, the groups, how many members each has, and everything that is
published. Worlds small enough are enumerated whole: for each set of pages that some world gives, and for
each set of cells (an answer of a group; its members who did not answer), all numbers that are still
possible must not lie within 1 to 4."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.anonymity.ballots import Choice, PollBallot, SupportBallot
from consult.anonymity.counting import (
    UNSAID,
    Group,
    Question,
    Row,
    members,
    publish_poll,
    support_shown,
    total,
)

FULL = os.environ.get("CONSULT_TEST_SCALE") == "full"
World = tuple[tuple[int, ...], ...]
"""Answers: for each group, of each option."""
ASKED = "q"
NAMES = "abcdef"
_BALLOT = {
    (group, option): PollBallot(ASKED, option, group) for group in (*NAMES, None) for option in range(6)
}
_1_TO_4 = 0b11110


def cast(world: World, names: Sequence[str | None] = NAMES) -> list[PollBallot]:
    return [
        ballot
        for name, cells in zip(names, world, strict=False)
        for option, count in enumerate(cells)
        for ballot in [_BALLOT[name, option]] * count
    ]


def by_group(sizes: Sequence[int] | None = None) -> Callable[[World], tuple[Row, ...]]:
    def publish(world: World) -> tuple[Row, ...]:
        groups = [Group(name, sizes[at] if sizes else None) for at, name in enumerate(NAMES[: len(world)])]
        headcount = max(20, sum(sizes)) if sizes else 10_000
        question = Question(ASKED, len(world[0]))
        return publish_poll(cast(world), [question], groups, by_group=True, headcount=headcount)

    return publish


def over_all(headcount: int) -> Callable[[World], tuple[Row, ...]]:
    def publish(world: World) -> tuple[Row, ...]:
        question = Question(ASKED, len(world[0]))
        return publish_poll(cast(world), [question], by_group=False, headcount=headcount)

    return publish


def worlds(groups: int, options: int, most: int, sizes: Sequence[int] | None = None) -> Iterator[World]:
    cells = list(product(range(most + 1), repeat=options))
    return product(*([one for one in cells if not sizes or sum(one) <= sizes[at]] for at in range(groups)))


def larger(groups: int, options: int, most: int) -> Iterator[World]:
    """Worlds with more answers from one group than the enumeration goes: nobody can exclude them where
    sizes are not known. A grid of them will do."""
    return product(product(range(0, groups * most + 1, 5), repeat=options), repeat=groups)


def fenced(
    rule: Callable[[World], Any],
    every: Iterable[World],
    sizes: Sequence[int] | None = None,
    also: Iterable[World] = (),
) -> list[tuple[Any, int]]:
    """The publications of the worlds in ``every``, and sets of cells as bits, whose possible numbers all
    lie within 1 to 4. ``also``: other worlds that may be the true one."""
    possible: dict[Any, list[int]] = {}
    for world in every:
        sums = _sums(world, sizes)
        seen = possible.setdefault(rule(world), [0] * len(sums))
        for subset, number in enumerate(sums):
            seen[subset] |= 1 << number
    for world in also:
        if (seen_before := possible.get(rule(world))) is not None:
            for subset, number in enumerate(_sums(world, sizes)):
                seen_before[subset] |= 1 << number
    return [
        (published, subset)
        for published, seen in possible.items()
        for subset, numbers in enumerate(seen)
        if not numbers & ~_1_TO_4
    ]


def _sums(world: World, sizes: Sequence[int] | None) -> list[int]:
    """People in each set of cells, by the set's bits; those who did not answer behind the cells."""
    cells = [count for group in world for count in group]
    if sizes:
        cells += [size - sum(group) for size, group in zip(sizes, world, strict=True)]
    sums = [0]
    for count in cells:
        sums += [one + count for one in sums]
    return sums


# ── 13. the poll, in every small world ─────────────────────────────────────────


def test_two_groups_of_any_size() -> None:
    assert not fenced(by_group(), worlds(2, 2, 12), also=larger(2, 2, 12))


SIZES = [(10, 10), (12, 12), (10, 15), (15, 10)]
LARGER = [(20, 12), (18, 18), (7, 20)]


@pytest.mark.parametrize("sizes", SIZES + (LARGER if FULL else []))
def test_two_groups_whose_sizes_are_known(sizes: tuple[int, int]) -> None:
    assert not fenced(by_group(sizes), worlds(2, 2, max(sizes), sizes), sizes)


@pytest.mark.parametrize("headcount", [10, 12, 14, 15, 19, 23] + ([31, 44] if FULL else []))
def test_everybody_together_whose_number_is_known(headcount: int) -> None:
    for options in (2, 3):
        every = worlds(1, options, headcount, (headcount,))
        assert not fenced(over_all(headcount), every, (headcount,))


@pytest.mark.long
@pytest.mark.parametrize(("groups", "options", "most"), [(3, 2, 9), (2, 3, 9), (2, 2, 25)])
def test_more_groups_more_options_more_answers(groups: int, options: int, most: int) -> None:
    every, also = worlds(groups, options, most), larger(groups, options, most)
    assert not fenced(by_group(), every, also=also)


@pytest.mark.long
@pytest.mark.parametrize("sizes", [(8, 8, 8), (6, 9, 12), (5, 5, 20)])
def test_three_groups_whose_sizes_are_known(sizes: tuple[int, ...]) -> None:
    assert not fenced(by_group(sizes), worlds(3, 2, max(sizes), sizes), sizes)


# ── the same search finds what is wrong with other rules ───────────────────────


def floors(cells: Iterable[int]) -> tuple[int, ...]:
    return tuple(count - count % 5 for count in cells)


def merged_by_answers(world: World) -> tuple[Any, ...]:
    """Groups with fewer than 10 answers merge, a rest under 10 is dropped, cells are floored."""
    large = [(at, floors(cells)) for at, cells in enumerate(world) if sum(cells) >= 10]
    rest = [sum(column) for column in zip(*(cells for cells in world if sum(cells) < 10), strict=True)]
    return (*large, floors(rest)) if sum(rest) >= 10 else tuple(large)


def merged_by_what_shows(world: World) -> tuple[Any, ...]:
    """The same, deciding by the floored cells of each group."""
    large = [(at, floors(cells)) for at, cells in enumerate(world) if sum(floors(cells)) >= 10]
    small = [cells for cells in world if sum(floors(cells)) < 10]
    rest = floors(sum(column) for column in zip(*small, strict=True))
    return (*large, rest) if sum(rest) >= 10 else tuple(large)


def floored_with_totals(world: World) -> tuple[Any, ...]:
    """All cells and all totals, each floored by itself."""
    columns = [sum(column) for column in zip(*world, strict=True)]
    return (*map(floors, world), floors(map(sum, world)), floors(columns))


@pytest.mark.parametrize("rule", [merged_by_answers, merged_by_what_shows, floored_with_totals])
def test_rules_that_look_the_same_are_found_out(rule: Callable[[World], Any]) -> None:
    assert fenced(rule, worlds(2, 2, 12), also=larger(2, 2, 12))


def test_knowing_the_sizes_matters() -> None:
    """Why the group that completes a block must be able to have given all that is shown."""
    assert fenced(by_group(), worlds(2, 2, 10, (10, 10)), (10, 10))


# ── and in worlds of any size, by the proof's own witness ──────────────────────


@st.composite
def parties(draw: st.DrawFn) -> tuple[World, list[int], int]:
    """Answers of groups, their sizes, and the answers of how many options."""
    options = draw(st.integers(2, 5))
    scale = draw(st.sampled_from([4, 12, 60, 400]))
    cells = st.tuples(*[st.integers(0, scale)] * options)
    world = tuple(draw(st.lists(cells, min_size=1, max_size=6)))
    sizes = [sum(cells) + draw(st.integers(0, 30)) for cells in world]
    return world, sizes, options


@given(parties(), st.booleans(), st.tuples(*[st.integers(0, 15)] * 5))
@settings(max_examples=1000 if FULL else 150, deadline=None)
def test_whatever_is_published_a_world_of_fives_gives_the_same(
    case: tuple[World, list[int], int], sized: bool, unsaid: tuple[int, ...]
) -> None:
    world, sizes, options = case
    groups = [Group(name, size if sized else None) for name, size in zip(NAMES, sizes, strict=False)]
    question, headcount = Question(ASKED, options), max(20, sum(sizes) + sum(unsaid[:options]))
    ballots = cast(world) + cast((unsaid[:options],), [None])

    def publish(cast_ones: list[PollBallot]) -> tuple[Row, ...]:
        return publish_poll(cast_ones, [question], groups, by_group=True, headcount=headcount)

    rows = publish(ballots)
    given_by: dict[str | None, list[int]] = {}
    for row in rows:
        last = members(row.group or "")[-1]
        given_by.setdefault(None if last == UNSAID else last, [0] * options)[row.option] = row.floor or 0
    witness = cast(tuple(map(tuple, given_by.values())), list(given_by))
    assert publish(witness) == rows
    if sized:
        room: dict[str | None, int] = dict(zip(NAMES, sizes, strict=False)) | {None: headcount}
        assert all(sum(cells) <= room[name] for name, cells in given_by.items())


@given(parties(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_each_answer_enters_one_number_and_the_order_of_ballots_tells_nothing(
    case: tuple[World, list[int], int], random: Any
) -> None:
    world, sizes, options = case
    groups = [Group(name, size) for name, size in zip(NAMES, sizes, strict=False)]
    ballots = cast(world)
    questions, headcount = [Question(ASKED, options)], max(20, sum(sizes))
    rows = publish_poll(ballots, questions, groups, by_group=True, headcount=headcount)
    shown = [name for row in rows if row.option == 0 for name in members(row.group or "")]
    assert len(shown) == len(set(shown))
    assert total(rows) <= len(ballots)
    assert all(row.floor is None or (row.floor >= 5 and row.floor % 5 == 0) for row in rows)
    shuffled = random.sample(ballots, len(ballots))
    assert publish_poll(shuffled, questions, groups, by_group=True, headcount=headcount) == rows
    together = publish_poll(ballots, questions, groups, by_group=False, headcount=headcount)
    assert {row.group for row in together} <= {None}


# ── 14. support ────────────────────────────────────────────────────────────────

CONCERNS = [bytes([at]) * 16 for at in range(4)]
votes = st.lists(st.builds(SupportBallot, st.sampled_from(CONCERNS), st.sampled_from(Choice)), max_size=30)


@given(st.lists(votes, max_size=8), st.integers(5, 20))
def test_support_moves_by_fives_and_is_silent_under_its_threshold(
    arrivals: list[list[SupportBallot]], count_min: int
) -> None:
    """Whatever arrived between the dates on which it was counted."""
    so_far: list[SupportBallot] = []
    published: list[dict[bytes, int]] = []
    for arrived in arrivals:
        so_far += arrived
        published.append(support_shown(so_far, count_min=count_min))
    for at, shown in enumerate(published):
        real = [vote for arrived in arrivals[: at + 1] for vote in arrived]
        for concern in CONCERNS:
            floor = real.count(SupportBallot(concern, Choice.SUPPORT)) // 5 * 5
            assert shown.get(concern) == (floor if floor >= count_min else None)
        for earlier in published[:at]:
            assert all((shown[one] - earlier.get(one, 0)) % 5 == 0 for one in shown)
            assert all(shown[one] >= floor for one, floor in earlier.items())


@pytest.mark.parametrize("threshold", [5, 10])
def test_no_sequence_of_support_fences_what_came_between(threshold: int) -> None:
    """All pairs of dates with up to 25 votes: what came between may always be 0, or 5 and more."""
    vote = SupportBallot(CONCERNS[0], Choice.SUPPORT)
    shown = [support_shown([vote] * number, count_min=threshold).get(CONCERNS[0]) for number in range(36)]
    between: dict[tuple[int | None, int | None], set[int]] = {}
    for first in range(26):
        for second in range(first, 36):
            between.setdefault((shown[first], shown[second]), set()).add(second - first)
    assert not [pair for pair, numbers in between.items() if numbers <= {1, 2, 3, 4}]
    assert not [number for number in range(threshold) if shown[number] is not None]


def test_a_lower_threshold_is_refused() -> None:
    with pytest.raises(ValueError, match="5"):
        support_shown([], count_min=4)
