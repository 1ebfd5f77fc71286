"""Towns, and the small groups a letterbox names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from consult.anonymity.identification.lists import towns_list
from consult.anonymity.identification.span import Kind, Span
from consult.anonymity.identification.text import Reading, fold

_CAPITAL_WORD: Final = re.compile(
    r"(?<![\w'@./-])(?:[dl]'|D'|L')?([A-Z][a-z]{2,}(?:-[A-Za-z]+){0,3})(?![\w@])"
)
_BEFORE: Final = re.compile(
    r"(?:\b(?:a|de|sur|vers|chez|pres de|in|at|from|near|to)|[Cc]ity of|ville de) $|\b[Dd]'$"
)
_LEAST: Final = 2


def towns(reading: Reading) -> Iterator[Span]:
    """Larger French, Belgian, Swiss, Canadian and British towns; one that is also a word ("Nice",
    "Reading") only behind a preposition."""
    known, doubtful = towns_list()
    for match in _CAPITAL_WORD.finditer(reading.flat):
        start, end = match.span(1)
        whole = reading.lower[start:end]
        sure = whole in known or whole.partition("-")[0] in known
        if sure or (whole in doubtful and _BEFORE.search(reading.flat, max(0, start - 10), start)):
            yield Span(start, end, Kind.PLACE, "town")


def small_groups_in(reading: Reading, groups: Sequence[str]) -> Iterator[Span]:
    """The names of small groups, as whole words, however they are written."""
    for group in groups:
        words = re.split(r"[\s-]+", fold(group).strip())
        if len("".join(words)) < _LEAST:
            continue
        written = r"[\s-]+".join(map(re.escape, words))
        for match in re.finditer(rf"(?<!\w){written}s?(?!\w)", reading.lower):
            yield Span(match.start(), match.end(), Kind.GROUP, "told")
