"""From opened ballots to the numbers that are published: the poll once, support from time to time.

The poll, for each question by itself. The groups are taken in an order fixed at opening and gathered into
blocks: a block grows until it *shows* at least 10 answers, that is until its cells, each floored to a
multiple of 5, sum up to 10, and no more than the group that completed it has members. A rest that never
gets there is dropped. Only floored cells of blocks are published.

Why no number, and no difference of numbers, tells of 1 to 4 people, even to somebody who knows this rule
and the size of every group. Whatever was published, take the world in which each block's last group gave
exactly the floored cells and nobody else answered. It has members enough. In it the groups before the
last show nothing, so the block closes at the same place; the rest is empty, so it is dropped: the same
numbers would have been published. Every cell of that world is a multiple of 5, so is every sum of cells.
So for every cell, and for every set of cells, 0 or a number from 5 up remains possible. A set with those
who did not answer: where it would hold 1 to 4 of them, as many may have given one of the answers shown.

Three rules that look the same are not safe. *Merging groups with fewer than 10 answers*: a group shown
with "5, <5" has 10 answers, hence 1 to 4 of the second. *Deciding group by group, then publishing the
merged rest*: two groups that each show under 10, and together "15, 5", each gave 1 to 4 of the second.
*Flooring totals too*: their difference from the cells fences one in. The counterexamples stand in
`tests/promises/test_the_poll_tells_no_cell.py`.

What it cannot cure: where everybody gave one answer, the number says so, as any number would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from consult.anonymity.ballots import Choice, PollBallot, SupportBallot
from consult.anonymity.thresholds import MIN_SHOWN, floor5

MIN_BLOCK: Final = 10
"""Answers that a group, or several together, must show before anything of theirs is published."""
GROUPS_FROM: Final = 20
"""Headcount at opening from which a poll may be published by group."""
UNSAID: Final = "?"
"""In `Row.group`: those who did not say their group. No id looks like it."""
_AND: Final = "+"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the poll and the number of its options."""

    id: str
    options: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group one may say one belongs to. ``headcount`` at opening; None: not told, and then taken to be
    larger than any number shown of it."""

    id: str
    headcount: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One published number: at least ``floor`` people, a multiple of 5; None: fewer than 5.

    ``group``: None for everybody; otherwise the groups it is from, see `members`."""

    question: str
    group: str | None
    option: int
    floor: int | None


def may_split(headcount: int) -> bool:
    """Whether a poll may be published by group."""
    return headcount >= GROUPS_FROM


def members(group: str) -> tuple[str, ...]:
    """The groups that one `Row.group` holds together, `UNSAID` among them."""
    return tuple(group.split(_AND))


def publish_poll(
    ballots: Iterable[PollBallot],
    questions: Sequence[Question],
    groups: Sequence[Group] = (),
    *,
    by_group: bool,
    headcount: int,
) -> tuple[Row, ...]:
    """All that is ever published of a poll, in the order of questions, groups and options. A question
    without rows had too few answers to show any.

    By group if that was chosen at opening and the headcount then allows it, else over all: each answer
    enters one number at most. Ballots to no question or with no such option are left out; a group that
    was not offered counts as not said. Deterministic, whatever the order of the ballots."""
    split = by_group and may_split(headcount)
    offered = {group.id for group in groups} if split else set()
    options = {question.id: question.options for question in questions}
    counts: Counter[tuple[str, str, int]] = Counter()
    for ballot in ballots:
        if ballot.option is not None and ballot.option < options.get(ballot.question, 0):
            group = ballot.group if ballot.group in offered and ballot.group is not None else UNSAID
            counts[ballot.question, group, ballot.option] += 1
    order = [Group(UNSAID, headcount), *(_in_order(groups) if split else ())]
    return tuple(
        Row(question.id, group if split else None, option, floor)
        for question in questions
        for group, floors in _blocks(counts, question, order)
        for option, floor in enumerate(floors)
    )


def total(rows: Iterable[Row]) -> int:
    """What may be written as "at least …": the sum of what is shown, which says nothing new."""
    return sum(row.floor or 0 for row in rows)


def support_shown(ballots: Iterable[SupportBallot], *, count_min: int = MIN_SHOWN) -> dict[bytes, int]:
    """Support by concern, floored to a multiple of 5; a concern that does not show ``count_min`` is not
    in it. Counted from all ballots so far, each time anew.

    Two publications of one concern differ by a multiple of 5, so between them 0, or 5 and more people may
    have voted, whatever the difference. Raises `ValueError` on a ``count_min`` below 5."""
    if count_min < MIN_SHOWN:
        raise ValueError(f"support is shown from {MIN_SHOWN} at the least")
    counts = Counter(ballot.concern for ballot in ballots if ballot.choice is Choice.SUPPORT)
    floors = {concern: floor5(count) or 0 for concern, count in sorted(counts.items())}
    return {concern: floor for concern, floor in floors.items() if floor >= count_min}


def _in_order(groups: Sequence[Group]) -> list[Group]:
    """Small groups first, so that they fill up with a larger one and little is left over; as they were
    told where sizes are not. It depends on nothing that was answered."""
    if any(group.headcount is None for group in groups):
        return list(groups)
    return sorted(groups, key=lambda group: group.headcount or 0)


def _blocks(
    counts: Mapping[tuple[str, str, int], int], question: Question, order: Sequence[Group]
) -> Iterable[tuple[str, list[int | None]]]:
    """The blocks of one question: the groups together in each, and its floored cells."""
    gathered: list[str] = []
    sums = [0] * question.options
    for group in order:
        gathered.append(group.id)
        for option in range(question.options):
            sums[option] += counts.get((question.id, group.id, option), 0)
        floors = [floor5(number) for number in sums]
        shown = sum(floor or 0 for floor in floors)
        if shown >= MIN_BLOCK and (group.headcount is None or shown <= group.headcount):
            yield _AND.join(gathered), floors
            gathered, sums = [], [0] * question.options
