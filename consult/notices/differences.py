"""What was taken out of a text and what was put in, word by word. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, NamedTuple

LONGEST = 20_000
"""Characters; a longer text is compared by paragraph."""
MOST_PAIRS = 200_000
"""How many pairs of equal pieces are looked at; past that, what lies between the first and the last
difference counts as replaced, so that no text keeps the server busy."""
WORDS = re.compile(
    r"\s+"
    r"|(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)[’'](?=\w)"  # l’outil: the article, then its noun
    r"|\d+(?:[.,\u00a0\u202f]\d+)*"
    r"|\w+(?:[’'-]\w+)*"
    r"|[^\w\s]",
    re.IGNORECASE,
)
PARAGRAPHS = re.compile(r"\n+|[^\n]+")
_SAYS = re.compile(r"\w")


class Mark(StrEnum):
    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


class Segment(NamedTuple):
    """A run of a text. ``text``: words; where it is not prose, a day, a number, or words of a closed list."""

    mark: Mark
    text: Any


def segments(old: str, new: str) -> tuple[Segment, ...]:
    """Kept and removed runs joined give ``old``, kept and added ones give ``new``."""
    pieces = WORDS if max(len(old), len(new)) <= LONGEST else PARAGRAPHS
    return _as_segments(_smoothed(_blocks(pieces.findall(old), pieces.findall(new))))


def replaced(old: Any, new: Any) -> tuple[Segment, ...]:
    """For what is not prose: the one whole, then the other; nothing for what is not there."""
    found = ((Mark.REMOVED, old), (Mark.ADDED, new))
    return tuple(Segment(mark, value) for mark, value in found if value not in (None, ""))


Block = tuple[str, str, str]
"""What was kept, then what was taken out and put in after it."""


def _blocks(before: Sequence[str], after: Sequence[str]) -> Iterator[Block]:
    """The first and last pieces that are the same cost nothing."""
    start, shorter = 0, min(len(before), len(after))
    while start < shorter and before[start] == after[start]:
        start += 1
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    yield "".join(before[:start]), "", ""
    yield from _middle(before[start : len(before) - end], after[start : len(after) - end])
    yield "".join(before[len(before) - end :]), "", ""


def _middle(before: Sequence[str], after: Sequence[str]) -> Iterator[Block]:
    left, right = Counter(before), Counter(after)
    if sum(left[one] * right[one] for one in left if not one.isspace()) > MOST_PAIRS:
        yield "", "".join(before), "".join(after)
        return
    # Blanks alone anchor nothing: they are kept beside a word that is.
    matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        old, new = "".join(before[a:b]), "".join(after[c:d])
        yield (old, "", "") if kind == "equal" else ("", old, new)


def _smoothed(blocks: Iterator[Block]) -> list[Block]:
    """What is kept between two changes longer than it changes with them: one long run reads better than
    many short ones."""
    found: list[Block] = []
    for block in blocks:
        found.append(block)
        while len(found) > 1 and (one := _as_one(found[-2], found[-1])) is not None:
            found[-2:] = [one]
    return found


def _as_one(first: Block, second: Block) -> Block | None:
    kept, removed, added = second
    if not first[1] and not first[2]:
        return first[0] + kept, removed, added
    if kept and not removed and not added:
        return None
    is_short = len(kept) <= min(max(len(first[1]), len(first[2])), max(len(removed), len(added)))
    if is_short or not _SAYS.search(kept):
        return first[0], first[1] + kept + removed, first[2] + kept + added
    return None


def _as_segments(blocks: Iterable[Block]) -> tuple[Segment, ...]:
    runs = (run for block in blocks for run in zip(Mark, block, strict=True))
    return tuple(Segment(mark, text) for mark, text in runs if text)


def alike(left: str, right: str) -> float:
    """From 0 to 1, by the words two texts share; in time that grows with their length alone."""
    one, other = (Counter(_SAID.findall(text.casefold())) for text in (left, right))
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


_SAID = re.compile(r"\w+")
