"""What every import ends in: a draft of a notice, with what had no place in it and a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from consult.core.localized import Localized, digest

Facts = Mapping[str, int | str]


class ReportKind(StrEnum):
    """What became of one key of the file."""

    MAPPED = "mapped"
    """It stands in the notice field ``detail``."""
    KEPT = "kept"
    """It has no field: it stands under other answers."""
    UNKNOWN = "unknown"
    """No question or column of that name: kept under other answers as it was found."""
    EMPTY = "empty"
    """Answered with nothing."""
    UNKNOWN_CHOICE = "unknown_choice"
    """The value ``detail`` is none of the question's choices: shown as it was found."""
    HIDDEN = "hidden"
    """Answered, though the other answers hide the question. Its points count all the same."""
    FRENCH_MISSING = "french_missing"
    """Free text without its French."""
    FRENCH_ONLY = "french_only"
    """Free text in French only."""
    NORMALISED = "normalised"
    """A status written another way: ``detail`` is what the file says."""
    DISAGREES = "disagrees"
    """The two languages say different things: both are kept as they were found."""
    REPAIRED = "repaired"
    """It held characters no database keeps; each became U+FFFD."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of the report; a key has one of mapped, kept, unknown, empty, and any of the others."""

    kind: ReportKind
    key: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class OtherAnswer:
    """An answer without a field of its own, with its question in both languages."""

    key: str
    question: Localized
    answer: Localized

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "question": self.question.as_json(), "answer": self.answer.as_json()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> OtherAnswer:
        return cls(
            value["key"],
            Localized.from_json(value["question"]),
            Localized.from_json(value["answer"]),
        )


@dataclass(frozen=True, slots=True)
class ImportedDraft:
    """A notice to be. ``fields`` go by the field keys of a notice, ``answers`` are its closed answers by
    the same keys, where the file says one plainly; ``facts`` are scores, level, status, versions;
    ``source`` says from what (``aia``, ``gc-ai-register``), ``reference`` from which one (the stem of the
    file's name, the row's identifier)."""

    source: str
    reference: str
    title: Localized
    fields: Mapping[str, Localized]
    other: tuple[OtherAnswer, ...] = ()
    facts: Facts = field(default_factory=dict)
    report: tuple[ReportLine, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)

    def keys(self, *kinds: ReportKind) -> tuple[str, ...]:
        """The keys the report gives these kinds, in its order."""
        return tuple(line.key for line in self.report if line.kind in kinds)

    def as_json(self) -> dict[str, Any]:
        """All but title, fields and answers, which a revision keeps in columns of their own."""
        return {
            "source": self.source,
            "reference": self.reference,
            "facts": dict(self.facts),
            "other": [one.as_json() for one in self.other],
            "report": [[line.kind.value, line.key, line.detail] for line in self.report],
        }


def both(en: str, fr: str) -> Localized:
    """A text found in two languages: English is the source wherever there is any."""
    return Localized.of(en=en, fr=fr, source="en" if en.strip() or not fr.strip() else "fr")


def same(text: str) -> Localized:
    """A name, a code, a number: the same in every language."""
    return both(text, text)


@dataclass(frozen=True, slots=True)
class Part:
    """A question and its answer, on their way into a field. A ``bare`` one needs no heading."""

    question: Localized
    answer: Localized
    bare: bool = False


FROM_ENGLISH = "[Réponse donnée en anglais seulement]"
FROM_FRENCH = "[Answer given in French only]"


def composed(parts: Iterable[Part]) -> Localized:
    """One Markdown text per language: each question in bold above its answer.

    An answer that lacks a language stands there in the other one under a line that says so, and
    the French then counts as stale, so that nothing passes for a translation that is none. When
    all answers lack a language, that language is missing.
    """
    ordered = sorted(parts, key=lambda part: not part.bare)
    texts = {lang: _text(ordered, lang) for lang in ("en", "fr")}
    for lang in ("en", "fr"):
        if not any(part.answer.texts.get(lang) for part in ordered):
            texts.pop(lang)
    whole = all(len(part.answer.texts) == 2 for part in ordered)
    source = "en" if "en" in texts or "fr" not in texts else "fr"
    made = {"fr": digest(texts["en"])} if whole and source == "en" and "fr" in texts else {}
    return Localized(texts, source, made)


def _text(parts: Iterable[Part], lang: str) -> str:
    return "\n\n".join(_block(part, lang) for part in parts)


def _block(part: Part, lang: str) -> str:
    text, found = part.answer.shown(lang)
    if found != lang:
        text = f"{FROM_ENGLISH if lang == 'fr' else FROM_FRENCH}\n\n{text}"
    question = "" if part.bare else part.question.shown(lang)[0]
    return f"**{_literal(question)}**\n\n{text}" if question else text


def _literal(question: str) -> str:
    """A question that Markdown shows as it was written."""
    return "".join("\\" + char if char in "\\*_`[]<>" else char for char in question)


class Gathered:
    """Sorts answers into fields and other answers. With ``allowed``, only these fields are filled:
    what would have gone elsewhere stays under other answers."""

    def __init__(self, allowed: frozenset[str] | None = None) -> None:
        self.allowed = allowed
        self.other: list[OtherAnswer] = []
        self._parts: dict[str, list[Part]] = {}

    def takes(self, field: str) -> bool:
        return bool(field) and (self.allowed is None or field in self.allowed)

    def put(self, key: str, field: str, part: Part) -> str:
        """The field it went to, ``""`` for other answers. What says nothing goes nowhere."""
        where = field if self.takes(field) else ""
        if part.answer and where:
            self._parts.setdefault(where, []).append(part)
        elif part.answer:
            self.other.append(OtherAnswer(key, part.question, part.answer))
        return where

    def fields(self) -> dict[str, Localized]:
        return {field: composed(parts) for field, parts in self._parts.items()}
