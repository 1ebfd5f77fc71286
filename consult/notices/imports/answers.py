"""Answers in words, in both languages: choices by their texts, lists, yes and no, rows and panels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from consult.core.localized import LOCALES, Localized
from consult.notices.imports.conditions import canonical
from consult.notices.imports.draft import both, same
from consult.notices.imports.questionnaire import NO, YES, Question

_CODE = re.compile(r"item\d+(?:-\d+)?|[\d .,:/%-]+")
_FREE = frozenset({"text", "comment"})


@dataclass
class Words:
    """Puts answers into words; what it could not find in the question gathers in ``unknown``."""

    question: Question | None
    unknown: list[str] = field(default_factory=list)

    def of(self, value: Any) -> Localized:
        """The answer in each language it is known in. Free text is taken for English."""
        if isinstance(value, list):
            return _listed([self.of(one) for one in value])
        if isinstance(value, dict):
            return _lined([(self._part(key), self.of(one)) for key, one in value.items()])
        if value is None:
            return Localized({}, "en")
        if self.question is not None and self.question.kind not in _FREE:
            return self._offered(self.question, value)
        return self._written(value)

    def _part(self, name: str) -> Localized:
        known = self.question.parts if self.question else {}
        return known.get(name) or same(name)

    def _offered(self, question: Question, value: Any) -> Localized:
        found = question.choices.get(canonical(value))
        if found is not None:
            return found
        if isinstance(value, bool):
            return question.yes if value else question.no
        if question.other is not None:
            return question.other if value == "other" else self._written(value)
        if question.none is not None and value == "none":
            return question.none
        if question.choices:
            self.unknown.append(canonical(value))
        return self._written(value)

    def _written(self, value: Any) -> Localized:
        if isinstance(value, bool):
            return YES if value else NO
        if not isinstance(value, str) or _CODE.fullmatch(value):
            return same(canonical(value))
        return Localized.of(en=_tidy(value), source="en")


def translated(answer: Localized, french: Any) -> Localized:
    """The answer with the French a person wrote for it; an answer in French only is kept as that."""
    if not isinstance(french, str) or not french.strip():
        return answer
    return both(answer.texts.get("en", ""), _tidy(french))


def _tidy(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text).strip()


def _listed(items: list[Localized]) -> Localized:
    said = [item for item in items if item]
    return said[0] if len(said) == 1 else _lines([_item(item) for item in said])


def _item(item: Localized) -> Localized:
    return _with_texts({lang: "- " + text.replace("\n", "\n  ") for lang, text in item.texts.items()})


def _lined(rows: list[tuple[Localized, Localized]]) -> Localized:
    return _lines([_row(question, answer) for question, answer in rows if answer])


def _row(question: Localized, answer: Localized) -> Localized:
    colon = {"en": ": ", "fr": "\u00a0: "}
    return _with_texts(
        {lang: question.shown(lang)[0] + colon[lang] + text for lang, text in answer.texts.items()}
    )


def _lines(items: list[Localized]) -> Localized:
    """One line per item. A language that one of them lacks is missing of the whole; when that leaves
    none, the lines stand as they are, for English."""
    texts = {
        lang: "\n".join(item.texts[lang] for item in items)
        for lang in LOCALES
        if all(lang in item.texts for item in items)
    }
    return _with_texts(texts or {"en": "\n".join(item.shown("en")[0] for item in items)})


def _with_texts(texts: Mapping[str, str]) -> Localized:
    return both(texts.get("en", ""), texts.get("fr", ""))
