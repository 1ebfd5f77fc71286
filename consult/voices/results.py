"""What was published of a poll, as pages show it: by question, then by group, as floors. Never a total, a
base or a share of one: a bar is as long as its number is to the largest of its question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from consult.anonymity.counting import UNSAID, members
from consult.core.localized import Localized
from consult.voices.models import Letterbox, PublishedCount
from consult.voices.poll import Poll
from consult.voices.rules import Phase, phase


@dataclass(frozen=True, slots=True)
class Cell:
    """One published number. ``floor``: at least so many; None: fewer than five. ``share``: 0 to 100."""

    option: Localized
    floor: int | None
    share: float


@dataclass(frozen=True, slots=True)
class Block:
    """The answers of one or several groups; no name where everybody is counted together. ``has_unsaid``:
    those who named none are among them."""

    groups: tuple[Localized, ...]
    has_unsaid: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """``blocks`` is empty where too few answered to show any number."""

    question: Localized
    is_employers: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Polled:
    """The poll of one letterbox on a day. ``results`` are there once it was counted."""

    box: str
    closes_on: date
    is_closed: bool
    can_answer: bool
    is_counted: bool
    results: Sequence[Result]

    @property
    def is_shown(self) -> bool:
        """Whether any number could be published."""
        return any(one.blocks for one in self.results)

    @classmethod
    def of(cls, box: Letterbox, counts: Sequence[PublishedCount], on: date) -> Polled | None:
        """None where there is no poll."""
        poll = Poll.of(box.told)
        if poll is None:
            return None
        now = Phase.CLOSED if box.is_closed else phase(box.opens_on, box.closes_on, on)
        shown = results(poll, counts) if box.is_counted else ()
        can = now is Phase.OPEN
        return cls(box.id.hex(), box.closes_on, now is Phase.CLOSED, can, box.is_counted, shown)


def results(poll: Poll, counts: Sequence[PublishedCount]) -> tuple[Result, ...]:
    """Every question of the poll in its order, with what was published of it."""
    found = []
    for question in poll.questions:
        rows = [one for one in counts if one.what == question.id]
        largest = max((one.floor or 0 for one in rows), default=0) or 1
        blocks = []
        for group in sorted({one.group for one in rows}, key=lambda name: _place(poll, name)):
            floors = {one.option: one.floor for one in rows if one.group == group}
            cells = tuple(
                Cell(option, floors[str(at)], (floors[str(at)] or 0) / largest * 100)
                for at, option in enumerate(question.options)
                if str(at) in floors
            )
            blocks.append(_block(poll, group, cells))
        found.append(Result(question.text, question.is_employers, tuple(blocks)))
    return tuple(found)


def _block(poll: Poll, group: str, cells: tuple[Cell, ...]) -> Block:
    named = members(group) if group else ()
    names = tuple(one.name for one in poll.groups if one.id in named)
    return Block(names, UNSAID in named, cells)


def _place(poll: Poll, group: str) -> int:
    """Where the block stands: by the first of its groups."""
    named = members(group)
    return next((at for at, one in enumerate(poll.groups) if one.id in named), len(poll.groups))
