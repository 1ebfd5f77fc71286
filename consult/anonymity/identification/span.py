"""What the check finds, and the shape of a rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from consult.anonymity.identification.text import Reading


class Kind(StrEnum):
    """Why a passage may identify; the page has one piece of advice for each."""

    UNIQUE = "unique"
    """I am the only one who…"""
    NAME = "name"
    CONTACT = "contact"
    """E-mail, telephone, web address, account on a network."""
    NUMBER = "number"
    """Employee, file or account number, plate, address of a machine."""
    PERSONAL = "personal"
    """Age, years of service, health, family."""
    TITLE = "title"
    """A job that few people hold."""
    DATE = "date"
    """A day, a time, a month, last Monday."""
    GROUP = "group"
    """A team of few people."""
    PLACE = "place"
    """A town, a site, a room."""


_WEIGHT: Final = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """``text[start:end]``, in characters, why it stands out, and the rule that found it."""

    start: int
    end: int
    kind: Kind
    rule: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern over small letters without accents (over capitals too where ``cased``).

    It runs only where the text has a digit (``digit``) or one of the ``needs``: looking for a fixed
    string costs a hundredth of a pattern. Where the pattern has a group named ``it``, that is the span."""

    name: str
    kind: Kind
    pattern: re.Pattern[str]
    needs: tuple[str, ...] = ()
    digit: bool = False
    cased: bool = False

    def spans(self, reading: Reading) -> Iterator[Span]:
        if self.digit and not reading.has_digit:
            return
        if self.needs and not any(need in reading.lower for need in self.needs):
            return
        narrowed = "it" in self.pattern.groupindex
        for match in self.pattern.finditer(reading.flat if self.cased else reading.lower):
            start, end = match.span("it" if narrowed and match["it"] else 0)
            yield Span(start, end, self.kind, self.name)


def rule(
    name: str, kind: Kind, *patterns: str, needs: str = "", digit: bool = False, cased: bool = False
) -> Rule:
    """A rule from alternatives; ``needs`` holds fixed strings separated by ``|``."""
    whole = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    return Rule(name, kind, whole, tuple(filter(None, needs.split("|"))), digit, cased)


def joined(found: Iterable[Span]) -> list[Span]:
    """Sorted spans, those that overlap made one that carries the kind (and rule) weighing most."""
    result: list[Span] = []
    for span in found:
        if not result or span.start >= result[-1].end:
            result.append(span)
            continue
        last = result.pop()
        first = min((last, span), key=lambda one: _WEIGHT[one.kind])
        result.append(Span(last.start, max(last.end, span.end), first.kind, first.rule))
    return result
