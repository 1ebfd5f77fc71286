"""Promise 3, lived through: people write for three weeks, somebody keeps every copy, the journal and the
list of visits, and guesses as well as can be. No author of a quotable text is guessed with a chance over
one in k, and nobody guesses better than by naming whoever wrote most of what left together."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from consult.voices.rules import Channels
from tests.conftest import Instance, People
from tests.letterboxes import open_box
from tests.town import Town, by_place, hits, in_step, suspects

FULL = os.environ.get("CONSULT_TEST_SCALE") == "full"
MODES = (Channels.SLIPS, Channels.BOTH, Channels.OPEN) if FULL else (Channels.SLIPS, Channels.OPEN)
PEOPLE, DAYS, K = (1000, 21, 10) if FULL else (140, 9, 5)


@pytest.fixture(params=MODES, ids=str)
def town(
    request: pytest.FixtureRequest, people: People, work: Callable[..., Any], instance: Instance
) -> Town:
    box = open_box(work, k=K, channels=request.param)
    made = Town(box, instance.folder, people=PEOPLE, days=DAYS, rng=Random(20), opened=request.param.is_open)
    made.live()
    return made


def test_nobody_guesses_better_than_among_those_released_together(
    town: Town, work: Callable[..., Any], instance: Instance
) -> None:
    with work() as session:
        quotable = [one for one in town.truth(session) if not one.is_small]
    texts = sum(len(one.authors) for one in quotable)
    assert len(quotable) >= 2 and texts > 40, "there is nothing to guess"
    assert len(town.seen.unordered) < 0.1 * len(town.seen.arrived), "the journal tells no order to begin with"
    data = instance.database_file.read_bytes()
    found: Counter[str] = Counter()
    for one in quotable:
        if not town.is_open:  # in open mode, nobody can tell one person from many
            assert len(set(one.authors.values())) >= K
            assert one.largest_share <= 1 / K
        suspected = suspects(town.seen, one.on)
        assert suspected, "visits name nobody"
        for name, guesses in {
            "who visited most when rows came": dict.fromkeys(
                one.authors, max(suspected, key=suspected.__getitem__)
            ),
            "who wrote most of what left": dict.fromkeys(one.authors, one.most),
            "place in the file": in_step(town, one, by_place(list(one.authors), data)),
            "identifier": in_step(town, one, list(one.authors)),
        }.items():
            found[name] += hits(one, guesses)
    largest = sum(one.largest_share * len(one.authors) for one in quotable) / texts
    noise = 4 * (largest / texts) ** 0.5
    assert found["who wrote most of what left"] / texts == pytest.approx(largest)
    assert found["who visited most when rows came"] / texts <= largest + 0.01
    for name in ("place in the file", "identifier"):
        assert found[name] / texts <= largest + 0.01 + noise, name


def test_two_texts_of_one_pass_cannot_be_joined(
    town: Town, work: Callable[..., Any], instance: Instance
) -> None:
    """Whoever looks for the companion of a text finds it beside it in no order more often than by chance."""
    with work() as session:
        batches = town.truth(session)
    data = instance.database_file.read_bytes()
    joined = pairs = 0
    expected = 0.0
    for one in batches:
        for rows in (by_place(list(one.authors), data), list(one.authors)):
            authors = [one.authors[row] for row in rows]
            joined += sum(a == b for a, b in pairwise(authors))
            pairs += len(authors) - 1
            same = sum(n * (n - 1) for n in Counter(authors).values())
            expected += same / len(authors)
    assert pairs > 60, "there is nothing to join"
    assert joined <= expected + 4 * (expected + 1) ** 0.5
