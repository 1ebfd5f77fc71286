"""The questionnaire of an assessment: SurveyJS definitions with ``default`` (English) and ``fr``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from consult.core.localized import Localized
from consult.notices.imports import versions
from consult.notices.imports.conditions import Answers, Condition, canonical, condition
from consult.notices.imports.decoding import json_of, storable_value
from consult.notices.imports.draft import both, same
from consult.notices.imports.refusals import ImportRefused, Reason, Role

YES, NO = both("Yes", "Oui"), both("No", "Non")
SCORED_KINDS = frozenset({"radiogroup", "dropdown", "checkbox"})
_NOT_QUESTIONS = frozenset({"html", "image", "expression"})
_LEANING = re.compile(
    r"(please )?(describe|specify|explain( why you are unsure)?)\W*"
    r"|.*\b(as selected|option above|chosen the response|impact level was determined)\b.*"
    r"|.*\b(this information|the process|documented process|the findings)\b.*publicly available.*",
    re.IGNORECASE,
)


class Counts(StrEnum):
    """What the points of a question count for: the suffix of its name, else of its panel's."""

    RAW = "-RS"
    MITIGATION = "-MS"
    NOTHING = "-NS"


@dataclass(frozen=True)
class Question:
    """One question. ``label`` is its title, after that of the question it leans on where it says
    nothing alone (“Please describe”). ``choices`` by their value as text, in the questionnaire's
    order; ``parts`` the texts of rows, columns and inner questions, by name; ``conditions`` its own
    and those of the panels and the page it stands in."""

    name: str
    kind: str
    label: Localized
    counts: Counts = Counts.NOTHING
    choices: Mapping[str, Localized] = field(default_factory=dict)
    values: tuple[Any, ...] = ()
    parts: Mapping[str, Localized] = field(default_factory=dict)
    other: Localized | None = None
    none: Localized | None = None
    yes: Localized = YES
    no: Localized = NO
    conditions: tuple[Condition, ...] = ()

    @property
    def is_scored(self) -> bool:
        return self.kind in SCORED_KINDS and self.counts is not Counts.NOTHING

    def is_shown(self, answers: Answers) -> bool:
        """Whether a person who gave these answers is asked this question."""
        return all(one.holds(answers) for one in self.conditions)


@dataclass(frozen=True)
class Questionnaire:
    """``version`` as it is known best, ``accepted`` every version a result may name for it; both
    empty when neither content nor file name tell."""

    name: str
    version: str
    accepted: tuple[str, ...]
    questions: Mapping[str, Question]


def read_questionnaire(raw: bytes, name: str) -> Questionnaire:
    """Read a questionnaire's file. Raises `ImportRefused`."""
    survey = storable_value(json_of(raw, name, Role.QUESTIONNAIRE))
    pages = survey.get("pages") if isinstance(survey, dict) else None
    if not isinstance(pages, list):
        is_result = isinstance(survey, dict) and isinstance(survey.get("data"), dict)
        reason = Reason.RESULT_GIVEN_AS_QUESTIONNAIRE if is_result else Reason.NOT_A_QUESTIONNAIRE
        raise ImportRefused(reason, name, Role.QUESTIONNAIRE)
    questions: dict[str, Question] = {}
    for page in pages:
        for element, inside in _elements(page, ()):
            question = _question(element, inside, questions)
            questions.setdefault(question.name, question)
    if not questions:
        raise ImportRefused(Reason.NO_QUESTIONS, name, Role.QUESTIONNAIRE)
    accepted = _versions(survey, name)
    return Questionnaire(name, accepted[0] if accepted else "", accepted, questions)


def _versions(survey: dict[str, Any], name: str) -> tuple[str, ...]:
    """The heading of the welcome page decides (v0.9.1 to v1.0.1 have it). Where there is none, the
    file's name and the title both count, the name first: v0.8a1 went out under a title that still
    says v0.7."""
    pages = [one for one in survey["pages"] if isinstance(one, dict)]
    for element, _ in (found for page in pages[:1] for found in _elements(page, (), notes=True)):
        stated = versions.stated_in(localized(element.get("html")).shown("en")[0][:400])
        if stated:
            return (stated,)
    told = (versions.of_file(name), versions.stated_in(localized(survey.get("title")).shown("en")[0]))
    return tuple(dict.fromkeys(version for version in told if version))


def _elements(
    element: Any, inside: tuple[dict[str, Any], ...], *, notes: bool = False
) -> Iterator[tuple[dict[str, Any], tuple[dict[str, Any], ...]]]:
    """Questions in order, each with the page and panels around it; with ``notes`` the texts between
    them instead. Files are at most `decoding.MAX_DEPTH` deep."""
    if not isinstance(element, dict):
        return
    inner = [one for key in ("elements", "questions") for one in _list(element.get(key))]
    if inner or element.get("type") in (None, "panel", "page", "flowpanel"):
        for one in inner:
            yield from _elements(one, (*inside, element), notes=notes)
    elif isinstance(element.get("name"), str) and (element["type"] in _NOT_QUESTIONS) is notes:
        yield element, inside


def _question(
    element: dict[str, Any], inside: tuple[dict[str, Any], ...], before: Mapping[str, Question]
) -> Question:
    name, title = element["name"], localized(element.get("title")) or same(element["name"])
    choices = [_choice(one) for one in _list(element.get("choices"))]
    has_other = element.get("hasOther") is True or element.get("showOtherItem") is True
    has_none = element.get("hasNone") is True or element.get("showNoneItem") is True
    return Question(
        name=name,
        kind=str(element["type"]),
        label=_label(title, _leans_on(element, before)),
        counts=_counts(name, inside),
        choices={canonical(value): text for value, text in choices},
        values=tuple(value for value, _ in choices),
        parts=dict(_parts(element)),
        other=(localized(element.get("otherText")) or both("Other", "Autre")) if has_other else None,
        none=(localized(element.get("noneText")) or both("None", "Aucun")) if has_none else None,
        yes=localized(element.get("labelTrue")) or YES,
        no=localized(element.get("labelFalse")) or NO,
        conditions=tuple(_conditions((*inside, element))),
    )


def _conditions(around: tuple[dict[str, Any], ...]) -> Iterator[Condition]:
    for element in around:
        text = element.get("visibleIf")
        read = condition(text) if isinstance(text, str) else None
        if read is not None:
            yield read


def _leans_on(element: dict[str, Any], before: Mapping[str, Question]) -> Question | None:
    """The question that a follow-up follows: the last its condition names, else the one before it."""
    named = [before[name] for one in _conditions((element,)) for name in one.names if name in before]
    return [*before.values(), *named][-1] if before else None


def _label(title: Localized, parent: Question | None) -> Localized:
    """A title that says nothing alone (“Please describe”) follows the question it belongs to."""
    if parent is None or not _LEANING.fullmatch(title.shown("en")[0].strip()):
        return title
    en, fr = (f"{parent.label.shown(lang)[0]} — {title.shown(lang)[0]}" for lang in ("en", "fr"))
    return both(en, fr)


def _counts(name: str, inside: tuple[dict[str, Any], ...]) -> Counts:
    for one in (name, *(str(around.get("name", "")) for around in reversed(inside))):
        for counts in Counts:
            if one.endswith(counts.value):
                return counts
    return Counts.NOTHING


def _choice(choice: Any) -> tuple[Any, Localized]:
    if not isinstance(choice, dict):
        return choice, same(canonical(choice))
    value = choice.get("value")
    return value, localized(choice.get("text")) or same(canonical(value))


def _parts(element: dict[str, Any]) -> Iterator[tuple[str, Localized]]:
    for key in ("templateElements", "columns", "rows", "items"):
        for one in _list(element.get(key)):
            if isinstance(one, dict):
                name = one.get("name", one.get("value"))
                title = localized(one.get("title")) or localized(one.get("text"))
                yield canonical(name), title or same(canonical(name))


def localized(value: Any) -> Localized:
    """A SurveyJS text: one text for every language, or one each under ``default`` and ``fr``."""
    if isinstance(value, str):
        return same(_line(value))
    if not isinstance(value, dict):
        return Localized({}, "en")
    en, fr = (value.get("en") or value.get("default") or ""), value.get("fr") or ""
    return both(_line(en) if isinstance(en, str) else "", _line(fr) if isinstance(fr, str) else "")


def _line(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
