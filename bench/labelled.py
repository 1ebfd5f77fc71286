"""Texts in which somebody marked what identifies: those of ``bench/planted``, and the public ones that may
lie beside the checkout (``../shared/data/pii``, see its README; never in the repository)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PLANTED: Final = Path(__file__).parent / "planted"
PII: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / "pii"
FRENCH: Final = PII / "FR-manual-dev.tsv"
ENGLISH: Final = PII / "en_ewt-ud-dev.iob2"
PERSONS: Final = frozenset({"PER", "LEGAL_PROFESSIONAL"})

_MARK: Final = re.compile(r"\[\[(?P<label>[a-z]+):(?P<passage>[^\]]+)\]\]")
_NO_SPACE_BEFORE: Final = frozenset(",.;:)]»-'’/…")
_NO_SPACE_AFTER: Final = frozenset("([«-'’/")


@dataclass(frozen=True, slots=True)
class Passage:
    """``text[start:end]``, and what a reader called it."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Sample:
    text: str
    passages: tuple[Passage, ...] = ()


def planted(name: str) -> list[Sample]:
    """``found.fr``, ``clean.en``…: a sentence a line, marked ``[[label:passage]]``."""
    lines = (PLANTED / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [_unmarked(line) for line in lines if line and not line.startswith("#")]


def _unmarked(line: str) -> Sample:
    text, passages, at = "", [], 0
    for match in _MARK.finditer(line):
        text += line[at : match.start()]
        passages.append(Passage(len(text), len(text) + len(match["passage"]), match["label"]))
        text += match["passage"]
        at = match.end()
    return Sample(text + line[at:], tuple(passages))


def french() -> list[Sample]:
    """Reports of a court, a paragraph each: ``word LABEL`` a line, the words put together again."""
    tokens, samples = [], []
    for line in [*FRENCH.read_text(encoding="utf-8").splitlines(), ""]:
        word, _, label = line.rpartition(" ")
        if word:
            tokens.append((word, label))
        elif tokens:
            samples.append(_put_together(tokens))
            tokens = []
    return samples


def _put_together(tokens: Iterable[tuple[str, str]]) -> Sample:
    text, placed = "", []
    for word, label in tokens:
        if text and word[0] not in _NO_SPACE_BEFORE and text[-1] not in _NO_SPACE_AFTER:
            text += " "
        placed.append((len(text), len(text) + len(word), label))
        text += word
    return Sample(text, tuple(_grouped(placed)))


def english() -> list[Sample]:
    """Answers, blogs, mails, news and reviews, each whole, a sentence a line as the file gives them."""
    samples: list[Sample] = []
    text, placed = "", list[tuple[int, int, str]]()
    for block in ENGLISH.read_text(encoding="utf-8").split("\n\n"):
        lines = block.splitlines()
        if text and any(line.startswith("# newdoc") for line in lines):
            samples.append(Sample(text, tuple(_grouped(placed))))
            text, placed = "", []
        sentence = next((line[9:] for line in lines if line.startswith("# text = ")), "")
        words = [line.split("\t")[1:3] for line in lines if not line.startswith("#")]
        placed += _placed(sentence, words, len(text))
        text += sentence + "\n"
    return [*samples, Sample(text, tuple(_grouped(placed)))]


def _placed(sentence: str, words: Iterable[list[str]], before: int) -> Iterator[tuple[int, int, str]]:
    """Where each ``[word, label]`` of a sentence stands, the sentence itself standing at ``before``."""
    at = 0
    for word, label in words:
        start = sentence.find(word, at)
        if start >= 0:
            at = start + len(word)
            yield before + start, before + at, label


def _grouped(placed: Iterable[tuple[int, int, str]]) -> Iterator[Passage]:
    """``B-X I-X…`` made one passage."""
    last: Passage | None = None
    for start, end, label in placed:
        mark, _, name = label.partition("-")
        if mark == "I" and last is not None and last.label == name:
            last = Passage(last.start, end, name)
            continue
        if last is not None:
            yield last
        last = Passage(start, end, name) if name else None
    if last is not None:
        yield last
