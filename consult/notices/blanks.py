"""Blanks in a text (``[[key|question]]``), and sentences left as a starter wrote them. Pure.

A blank badly typed (never closed, without key or question) is plain text. Everything here takes a time
that grows with the length of the text and no faster."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_BLANK = re.compile(r"\[\[([a-z][a-z0-9_]{0,39})\|([^\[\]|\n]{0,299}[^\[\]|\s])\]\]")
_MARKER = re.compile(r"[ \t]*(?:>[ \t]?)?(?:(?:[-*+•]|\d{1,3}[.)]|\#{1,6})[ \t]+)?")
_NO_BRACKETS = str.maketrans("[]", "()")
_SIGNS = ".!?…"
_END = re.compile(
    r"(?<=[.!?…])[ \t]+|(?<=[.!?…][)”\"*_»])[ \t]+|(?<=[.!?…][\u00a0\u202f]»)[ \t]+|(?<=[.!?…]\*\*)[ \t]+"
)


class Kind(StrEnum):
    """What answers a blank. All but ``TEXT`` are one answer for both languages."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"

    @property
    def is_shared(self) -> bool:
        return self is not Kind.TEXT


class Unchanged(StrEnum):
    """How much of a text is still what a starter wrote."""

    NONE = "none"
    PART = "part"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Blank:
    key: str
    question: str


def blanks_in(text: str) -> tuple[Blank, ...]:
    """The blanks of a text, each key once, in order."""
    found: dict[str, Blank] = {}
    for match in _BLANK.finditer(text):
        found.setdefault(match[1], Blank(match[1], match[2].strip()))
    return tuple(found.values())


def has_blank(text: str) -> bool:
    return _BLANK.search(text) is not None


def fill(text: str, answers: Mapping[str, str]) -> str:
    """``text`` with each answered blank replaced everywhere it stands; the others stay. An answer is one
    line, and cannot make a new blank."""

    def one(match: re.Match[str]) -> str:
        answer = _answer(answers.get(match[1], ""))
        if not answer:
            return match[0]
        if text[match.end() : match.end() + 1] in _SIGNS and text[match.end() :]:
            answer = answer.rstrip(".") or answer  # the sentence has its own full stop
        return answer

    return _BLANK.sub(one, text)


def _answer(answer: str) -> str:
    return " ".join(line for raw in answer.splitlines() if (line := raw.strip())).translate(_NO_BRACKETS)


def shown(text: str, mark: str = "…") -> str:
    """``text`` for people to read, each blank as ``mark``."""
    return _BLANK.sub(lambda _: mark, text)


def parts(text: str) -> Iterator[str | Blank]:
    """The text cut at its blanks, in order."""
    at = 0
    for match in _BLANK.finditer(text):
        if match.start() > at:
            yield text[at : match.start()]
        yield Blank(match[1], match[2].strip())
        at = match.end()
    if text[at:]:
        yield text[at:]


# ── sentences ───────────────────────────────────────────────────────────────────


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text: a line ends one, so does a full stop. Marks of lists, headings and quotes
    are left out; a blank is never cut."""
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[str]:
    for raw in text.splitlines():
        marker = _MARKER.match(raw)
        line = raw[marker.end() :] if marker else raw
        start = 0
        hidden = _BLANK.sub(lambda match: "x" * len(match[0]), line)
        for end in _END.finditer(hidden):
            if sentence := line[start : end.start()].strip():
                yield sentence
            start = end.end()
        if sentence := line[start:].strip():
            yield sentence


def sentence_digest(sentence: str) -> str:
    """A short fingerprint that case and spaces do not change. Empty for a sentence with a blank: filling it
    is writing."""
    if has_blank(sentence):
        return ""
    folded = " ".join(sentence.casefold().split())
    return hashlib.sha256(folded.encode()).hexdigest()[:16]


def digests(texts: Iterable[str]) -> frozenset[str]:
    """The fingerprints of every sentence of these texts."""
    return frozenset(one for text in texts for each in sentences(text) if (one := sentence_digest(each)))


def unchanged(text: str, known: frozenset[str]) -> Unchanged:
    """How much of ``text`` is made of the sentences whose fingerprints are ``known``."""
    found = [sentence_digest(one) in known for one in sentences(text)]
    if not found or not any(found):
        return Unchanged.NONE
    return Unchanged.WHOLE if all(found) else Unchanged.PART
