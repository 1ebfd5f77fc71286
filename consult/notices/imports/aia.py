"""Canada's Algorithmic Impact Assessment: a result and its questionnaire become a draft of a notice.

A result holds ``data`` (answers by question name, free text in English) and ``translationsOnResult``
(the French free text). Every key of either ends up in a field of the draft or under its other
answers, and the report says which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consult.core.localized import Localized
from consult.notices.imports import versions
from consult.notices.imports.aia_fields import LEVEL_FIELD, PHASE, TITLE, closed_answer, rule_for
from consult.notices.imports.aia_level import level_in_words
from consult.notices.imports.answers import Words, translated
from consult.notices.imports.conditions import is_answered
from consult.notices.imports.decoding import json_of, storable, storable_value
from consult.notices.imports.draft import (
    Facts,
    Gathered,
    ImportedDraft,
    Part,
    ReportKind,
    ReportLine,
    both,
    same,
)
from consult.notices.imports.questionnaire import Question, Questionnaire, read_questionnaire
from consult.notices.imports.refusals import ImportRefused, Reason, Role
from consult.notices.imports.scoring import Score, score

SOURCE = "aia"
COMMENT = "-Comment"
TRANSLATIONS = "translationsOnResult"
_PHASES = {"item1": "design", "item2": "implementation"}
_KNOWN_MEMBERS = frozenset({"version", "currentPage", "data", TRANSLATIONS})


@dataclass(frozen=True)
class Result:
    """A completed assessment as it was read. ``version`` as the file labels it, ``""`` when it does
    not; ``extra`` whatever else the file holds; ``repaired`` the keys whose text had characters no
    database keeps; ``sha256`` of the bytes, to know a file again."""

    name: str
    version: str
    answers: Mapping[str, Any]
    french: Mapping[str, Any]
    extra: Mapping[str, Any]
    repaired: frozenset[str]
    page: int | None
    sha256: str


def read_result(raw: bytes, name: str) -> Result:
    """Read a result's file. Raises `ImportRefused`."""
    found = json_of(raw, name, Role.RESULT)
    if isinstance(found, dict) and isinstance(found.get("pages"), list) and "data" not in found:
        raise ImportRefused(Reason.QUESTIONNAIRE_GIVEN_AS_RESULT, name, Role.RESULT)
    if not isinstance(found, dict) or not isinstance(found.get("data"), dict):
        raise ImportRefused(Reason.NOT_A_RESULT, name, Role.RESULT, missing="data")
    data, french = found["data"], found.get(TRANSLATIONS) or {}
    if not isinstance(french, dict):
        raise ImportRefused(Reason.NOT_A_RESULT, name, Role.RESULT, missing=TRANSLATIONS)
    if not any(is_answered(value) for part in (data, french) for value in part.values()):
        raise ImportRefused(Reason.NO_ANSWERS, name, Role.RESULT)
    version, page = found.get("version"), found.get("currentPage")
    return Result(
        name=name,
        version=storable(str(version)).strip() if isinstance(version, str | int | float) else "",
        answers=_stored(data, name),
        french=_stored(french, name),
        extra=_stored({key: one for key, one in found.items() if key not in _KNOWN_MEMBERS}, name),
        repaired=frozenset(_repaired(data)) | frozenset(_repaired(french)),
        page=page if isinstance(page, int) and not isinstance(page, bool) else None,
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def _stored(part: dict[str, Any], name: str) -> dict[str, Any]:
    kept: dict[str, Any] = storable_value(part)
    if len(kept) != len(part):
        twice = next(key for key in part if storable(key) != key)
        raise ImportRefused(Reason.DUPLICATE_KEY, name, Role.RESULT, key=storable(twice))
    return kept


def _repaired(part: dict[str, Any]) -> Iterator[str]:
    return (storable(key) for key, one in part.items() if storable_value({key: one}) != {key: one})


def import_files(
    questionnaire: bytes,
    questionnaire_name: str,
    result: bytes,
    result_name: str,
    *,
    fields: frozenset[str] | None = None,
) -> ImportedDraft:
    """Both files to a draft. A refusal names both, whichever is at fault."""
    try:
        asked = read_questionnaire(questionnaire, questionnaire_name)
    except ImportRefused as refused:
        raise refused.beside(result_name) from None
    try:
        return import_aia(asked, read_result(result, result_name), fields=fields)
    except ImportRefused as refused:
        raise refused.beside(questionnaire_name) from None


def import_aia(
    questionnaire: Questionnaire, result: Result, *, fields: frozenset[str] | None = None
) -> ImportedDraft:
    """The draft of a notice. With ``fields``, only these are filled: what would have gone elsewhere
    stays under other answers. Two questions that close one field with different answers leave it open.
    Raises `ImportRefused` when the two files do not belong together."""
    _refuse_strangers(questionnaire, result)
    scored = score(questionnaire, result.answers)
    gathered = Gathered(fields)
    report: list[ReportLine] = []
    closed: dict[str, set[str]] = {}
    for entry in _entries(questionnaire, result):
        rule = rule_for(entry.question) if entry.question and not entry.apart else None
        part = Part(entry.label, entry.answer, rule is not None and rule.bare)
        report += entry.report(gathered.put(entry.key, rule.field if rule else "", part))
        if entry.question and not entry.is_hidden and (known := closed_answer(entry.question, entry.answer)):
            closed.setdefault(known[0], set()).add(known[1])
    filled = gathered.fields()
    level = level_in_words(scored)
    if level and gathered.takes(LEVEL_FIELD):
        filled[LEVEL_FIELD] = level
    return ImportedDraft(
        source=SOURCE,
        reference=versions.stem(result.name),
        title=_title(result),
        fields=filled,
        other=tuple(gathered.other),
        facts=_facts(questionnaire, result, scored, report),
        report=tuple(report),
        answers={
            field: next(iter(said))
            for field, said in closed.items()
            if len(said) == 1 and gathered.takes(field)
        },
    )


def _refuse_strangers(questionnaire: Questionnaire, result: Result) -> None:
    """Versions decide where both files tell theirs; else nine answers in ten must fit a question.
    (By names alone the versions are too alike: results of v0.10.0 fit v0.9.1 better than their own.)"""
    made_with = versions.of_label(result.version)
    if made_with and questionnaire.accepted:
        if not any(versions.is_same(made_with, one) for one in questionnaire.accepted):
            raise ImportRefused(
                Reason.VERSION_MISMATCH,
                result.name,
                Role.RESULT,
                result_version=made_with,
                questionnaire=questionnaire.name,
                questionnaire_version=" or ".join(questionnaire.accepted),
            )
        share = 0
    else:
        share = 9
    answered = [key for key, value in result.answers.items() if is_answered(value)] or list(result.french)
    known = sum(_asked(questionnaire, key) is not None for key in answered)
    if not known or 10 * known < share * len(answered):
        raise ImportRefused(
            Reason.ANSWERS_DO_NOT_FIT,
            result.name,
            Role.RESULT,
            known=known,
            answered=len(answered),
            questionnaire=questionnaire.name,
        )


def _asked(questionnaire: Questionnaire, key: str) -> Question | None:
    """The question of a key; what was written beside “other” has the key of its question and
    ``-Comment``."""
    found = questionnaire.questions.get(key)
    if found is None and key.endswith(COMMENT):
        found = questionnaire.questions.get(key.removesuffix(COMMENT))
    return found


@dataclass(frozen=True)
class Entry:
    """One key of the result on its way into the draft. ``apart``: French of a question that has no
    free text, kept by itself."""

    key: str
    question: Question | None
    label: Localized
    answer: Localized
    apart: bool = False
    is_hidden: bool = False
    is_repaired: bool = False
    is_free: bool = False
    unknown: tuple[str, ...] = ()

    def report(self, field: str) -> Iterator[ReportLine]:
        if not self.answer:
            yield ReportLine(ReportKind.EMPTY, self.key)
            return
        if self.question is None:
            yield ReportLine(ReportKind.UNKNOWN, self.key)
        else:
            yield ReportLine(ReportKind.MAPPED if field else ReportKind.KEPT, self.key, field)
        yield from (ReportLine(ReportKind.UNKNOWN_CHOICE, self.key, one) for one in self.unknown)
        flags = {
            ReportKind.HIDDEN: self.is_hidden,
            ReportKind.REPAIRED: self.is_repaired,
            ReportKind.FRENCH_MISSING: self.is_free and "fr" not in self.answer.texts,
            ReportKind.FRENCH_ONLY: self.is_free and "en" not in self.answer.texts,
        }
        yield from (ReportLine(kind, self.key) for kind, is_so in flags.items() if is_so)


def _entries(questionnaire: Questionnaire, result: Result) -> Iterator[Entry]:
    """Every key once: those of questions in the questionnaire's order, then the others in the
    file's, then whatever stands beside the answers."""
    keys = dict.fromkeys((*result.answers, *result.french))
    places = {name: place for place, name in enumerate(questionnaire.questions)}
    end = len(places)
    for key in sorted(keys, key=lambda one: places.get(one.removesuffix(COMMENT), places.get(one, end))):
        yield from _answered(questionnaire, result, key)
    for key, value in result.extra.items():
        yield Entry(key, None, same(key), Words(None).of(value))


def _answered(questionnaire: Questionnaire, result: Result, key: str) -> Iterator[Entry]:
    question = _asked(questionnaire, key)
    is_comment = question is not None and key not in questionnaire.questions
    is_free = question is None or is_comment or question.kind in ("text", "comment")
    words = Words(None if is_comment else question)
    value, french = result.answers.get(key), result.french.get(key)
    answer = words.of(value) if is_answered(value) else Localized({}, "en")
    beside = Words(None).of(french) if is_answered(french) else Localized({}, "en")
    if is_free and isinstance(french, str):
        answer, beside = translated(answer, french), Localized({}, "en")
    label = _label(question, key, is_comment=is_comment)
    yield Entry(
        key=key,
        question=question,
        label=label,
        answer=answer,
        is_hidden=question is not None and not question.is_shown(result.answers),
        is_repaired=key in result.repaired,
        is_free=is_free,
        unknown=tuple(words.unknown),
    )
    if beside:
        text = both("", beside.shown("en")[0])
        yield Entry(f"{TRANSLATIONS}.{key}", question, label, text, apart=True, is_free=True)


def _label(question: Question | None, key: str, *, is_comment: bool) -> Localized:
    if question is None:
        return same(key)
    if not is_comment or question.other is None:
        return question.label
    en, fr = (f"{question.label.shown(lang)[0]} — {question.other.shown(lang)[0]}" for lang in ("en", "fr"))
    return both(en, fr)


def _title(result: Result) -> Localized:
    """The project's title in both languages; without one, the name of the file."""
    found = [str(part.get(TITLE) or "") for part in (result.answers, result.french)]
    en, fr = (" ".join(text.split()) for text in found)
    return both(en, fr) if en or fr else both(versions.stem(result.name), "")


def _facts(questionnaire: Questionnaire, result: Result, scored: Score, report: list[ReportLine]) -> Facts:
    facts: dict[str, int | str] = {
        "questionnaire_version": questionnaire.version or versions.of_label(result.version),
        "result_version": result.version,
        "raw_score": scored.raw,
        "raw_maximum": scored.raw_maximum,
        "mitigation_score": scored.mitigation,
        "mitigation_maximum": scored.mitigation_maximum,
        "final_score": scored.final,
        "unanswered": scored.unanswered,
        "french_missing": sum(line.kind is ReportKind.FRENCH_MISSING for line in report),
        "sha256": result.sha256,
    }
    if scored.level:
        facts["level"] = scored.level
    if result.page is not None:
        facts["current_page"] = result.page
    phase = _PHASES.get(str(result.answers.get(PHASE)))
    if phase:
        facts["phase"] = phase
    return facts
