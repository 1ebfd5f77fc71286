"""Starters: ready-made notices for common deployments, read from ``starters/*.yaml`` and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from consult.core.localized import LOCALES, Localized
from consult.notices import blanks, content
from consult.notices.blanks import Kind
from consult.notices.content import Content
from consult.notices.rules import (
    SUMMARY_KEYS,
    Authority,
    Breach,
    Delay,
    LearningKind,
    RuleKind,
    rebased,
)

FOLDER = Path(__file__).parent / "starters"
COMMON = "common"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

SentenceKey = Literal["what", "who", "when", "change", "limits", "decides", "unknown"]
FieldKey = Literal[
    "system_name", "intended_purpose", "excluded_uses", "affected_count", "effect_work_content",
    "effect_health_safety", "effect_autonomy_skills", "effect_headcount", "monitoring", "equality_groups",
    "role_paths", "training_plan", "dialogue_steps", "decision_role", "data_inputs", "mitigation",
    "expected_benefits", "contact_point", "attachments",
]  # fmt: skip


class BadStarter(ValueError):
    """A file of ``starters/`` that does not hold together: where, and why."""


def delay_of(text: str) -> Delay:
    """``P30D``, or ``P90D/go_live``. ValueError for anything else."""
    try:
        return Delay(text)
    except ValueError:
        known = ", ".join(one.value for one in Delay)
        raise ValueError(f"{text!r} is no delay; there are {known}") from None


P = TypeVar("P", bound="Part")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Pair(Part):
    """A text in both languages, which ask for the same blanks."""

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @model_validator(mode="after")
    def _same_blanks(self) -> Self:
        french, english = ({one.key for one in blanks.blanks_in(text)} for text in (self.fr, self.en))
        if alone := french ^ english:
            raise ValueError(f"asked in one language only: {', '.join(sorted(alone))}")
        for text in (self.fr, self.en):
            if "[[" in blanks.shown(text) or "]]" in blanks.shown(text):
                raise ValueError(f"a blank is not well formed: {text!r}")
        return self

    def __getitem__(self, language: str) -> str:
        return self.fr if language == "fr" else self.en

    def localized(self, source: str) -> Localized:
        return Localized.of(fr=self.fr, en=self.en, source=source)


class Group(Part):
    """``headcount``: the key of the blank that asks for it. ``support`` None where the common one does not
    fit (customers, suppliers)."""

    name: Pair
    headcount: str | None = None
    change: Pair
    measures: Pair | None = None
    support: Pair | None = None


class Unknown(Part):
    text: Pair
    owner: Pair | None = None
    delay: Annotated[Delay, BeforeValidator(delay_of)]


class Rule(Part):
    """``breach``: whether it may be sanctioned; None, the employer is asked."""

    kind: RuleKind
    text: Pair
    reason: Pair
    breach: Breach | None = None


class Learning(Part):
    kind: LearningKind
    text: Pair


class Change(Part):
    about: Pair
    before: Pair
    after: Pair


class Shared(Part):
    """Keys of the blanks that are one answer for both languages."""

    numbers: frozenset[str]
    dates: frozenset[str]
    names: frozenset[str]


class Common(Part):
    summary: dict[SentenceKey, Pair]
    fields: dict[FieldKey, Pair]
    support: Pair
    owner: Pair
    unknowns: tuple[Unknown, ...]
    rules: tuple[Rule, ...]
    duties: tuple[Pair, ...]
    shared: Shared


class Starter(Part):
    """One ready-made notice, the common part in it."""

    key: str
    title: Pair
    when: Pair = Field(alias="for")
    """One line saying when to pick it."""
    summary: dict[SentenceKey, Pair]
    fields: dict[FieldKey, Pair]
    groups: tuple[Group, ...] = Field(min_length=1)
    unknowns: tuple[Unknown, ...] = Field(min_length=1)
    rules: tuple[Rule, ...] = Field(min_length=1)
    learning: tuple[Learning, ...] = Field(min_length=1)
    changes: tuple[Change, ...] = Field(min_length=1)
    questions: tuple[Pair, ...] = Field(min_length=7, max_length=9)
    duties: tuple[Pair, ...] = Field(min_length=1)

    def pairs(self) -> Iterator[tuple[str, Pair]]:
        """Every text with the way to it."""
        yield from _pairs(self, "")

    @model_validator(mode="after")
    def _one_question_each(self) -> Self:
        if lost := set(SUMMARY_KEYS) - set(self.summary):
            raise ValueError(f"sentences nobody wrote: {', '.join(sorted(lost))}")
        asked: dict[tuple[str, str], str] = {}
        for path, pair in self.pairs():
            for language in LOCALES:
                for blank in blanks.blanks_in(pair[language]):
                    if asked.setdefault((blank.key, language), blank.question) != blank.question:
                        raise ValueError(f"{path}: {blank.key} is asked in two ways")
        counted = {one.headcount for one in self.groups if one.headcount}
        if lost := counted - {key for key, _ in asked}:
            raise ValueError(f"headcounts nobody asks for: {', '.join(sorted(lost))}")
        return self


def load() -> Mapping[str, Starter]:
    """Every starter by its key. BadStarter when a file does not hold together."""
    return read(FOLDER)


def common() -> Common:
    """What is added to every starter."""
    return _common(FOLDER)


def kind_of(key: str) -> Kind:
    """What answers a blank; text where nobody said."""
    shared = common().shared
    for keys, kind in ((shared.numbers, Kind.NUMBER), (shared.dates, Kind.DATE), (shared.names, Kind.NAME)):
        if key in keys:
            return kind
    return Kind.TEXT


def questions_for(key: str) -> tuple[Pair, ...]:
    """What representatives will ask about such a system; nothing for a key nobody knows."""
    starter = load().get(key)
    return starter.questions if starter is not None else ()


def duties_for(key: str) -> tuple[Pair, ...]:
    """What to check about such a system, each with its reference: questions, never conclusions."""
    starter = load().get(key)
    return starter.duties if starter is not None else ()


# ── the first text of a notice ──────────────────────────────────────────────────


def content_of(starter: Starter, source: str) -> Content:
    """The text a notice begins with, which keeps the digests of its sentences. Unknowns get their day when
    it is published; dates of the project are the writer's to give."""

    def text(pair: Pair | None) -> Localized:
        return pair.localized(source) if pair is not None else Localized({}, source)

    return Content(
        title=text(starter.title),
        summary={key: text(pair) for key, pair in starter.summary.items()},
        fields={key: text(pair) for key, pair in starter.fields.items()},
        groups=tuple(
            content.Group(
                text(one.name), change=text(one.change), measures=text(one.measures),
                support=text(one.support),
            )
            for one in starter.groups
        ),
        changes=tuple(
            content.WorkChange(text(one.about), text(one.before), text(one.after)) for one in starter.changes
        ),
        learning_plan=tuple(
            content.LearningStep(one.kind, text(one.text), who=text(None)) for one in starter.learning
        ),
        rules=tuple(
            content.Rule(one.kind, text(one.text), text(one.reason), one.breach) for one in starter.rules
        ),
        unknowns=tuple(
            content.Unknown(text(one.text), text(one.owner), delay=one.delay, answer=text(None))
            for one in starter.unknowns
        ),
        starter={"key": starter.key, "sentences": sorted(_digests(starter))},
        changelog=text(None),
    )  # fmt: skip


def in_words(starter: Starter, reword: Callable[[str, str], str]) -> Starter:
    """The same with other words: ``reword(text, language)``. Blanks keep their keys."""

    def reworded(part: Any) -> Any:
        if isinstance(part, dict) and part.keys() == {"fr", "en"}:
            return {language: _outside_keys(part[language], reword, language) for language in LOCALES}
        if isinstance(part, dict):
            return {key: reworded(one) for key, one in part.items()}
        return [reworded(one) for one in part] if isinstance(part, list | tuple) else part

    return Starter.model_validate(reworded(starter.model_dump(by_alias=True)))


_BLANK_KEY = re.compile(r"(\[\[[a-z0-9_]+\|)")


def _outside_keys(text: str, reword: Callable[[str, str], str], language: str) -> str:
    parts = _BLANK_KEY.split(text)
    parts[::2] = [reword(one, language) for one in parts[::2]]
    return "".join(parts)


_LABELS = frozenset({"owner", "name", "about"})
_NOT_IN_IT = frozenset({"title", "when", "questions", "duties"})


def _digests(starter: Starter) -> frozenset[str]:
    """The fingerprints of its sentences, of which a reader is told where they were left as they are."""
    return blanks.digests(
        pair[language]
        for path, pair in starter.pairs()
        if path.partition(".")[0] not in _NOT_IN_IT and path.rpartition(".")[2] not in _LABELS
        for language in LOCALES
    )


def known_sentences(kept: Mapping[str, Any]) -> frozenset[str]:
    """The fingerprints a revision keeps of the starter it began from."""
    found = kept.get("sentences")
    return frozenset(one for one in found if isinstance(one, str)) if isinstance(found, list) else frozenset()


def copy_of(text: Content, source: str) -> Content:
    """The text of another notice as the beginning of a new one, written first in ``source``: all but its
    changelog, its attachments and its dates."""
    authority = Authority.SOURCE if text.authority is Authority.ATTACHMENT else text.authority
    text = content.mapped(text, lambda one: rebased(one, source))
    return replace(
        text,
        learning_plan=tuple(replace(one, day=None) for one in text.learning_plan),
        unknowns=tuple(replace(one, due_on=None, answered_on=None) for one in text.unknowns),
        milestones=(),
        attachments=(),
        follow_on=None,
        authority=authority,
        changelog=Localized({}, source),
    )


@cache
def read(folder: Path) -> Mapping[str, Starter]:
    """The starters of a folder, in the order of their French titles."""
    base = _common(folder)
    found = [
        _validated(Starter, path, _merged(path.stem, _yaml(path), base))
        for path in folder.glob("*.yaml")
        if path.stem != COMMON
    ]
    return MappingProxyType({one.key: one for one in sorted(found, key=lambda one: one.title.fr)})


@cache
def _common(folder: Path) -> Common:
    path = folder / f"{COMMON}.yaml"
    return _validated(Common, path, _yaml(path))


def _merged(key: str, raw: dict[str, Any], base: Common) -> dict[str, Any]:
    """The file with the common part after its own, unless it stands ``alone``; the shape is checked after."""
    whole = {**raw, "key": raw.get("key", key)}
    if whole.pop("alone", False) is True:
        return whole
    whole["summary"] = {**base.summary, **_mapping(raw, "summary")}
    fields = _mapping(raw, "fields")
    for name, pair in base.fields.items():
        fields[name] = _joined(fields[name], pair) if name in fields else pair
    whole["fields"] = fields
    whole["groups"] = [
        {"support": base.support, **one} if isinstance(one, dict) else one for one in _list(raw, "groups")
    ]
    whole["unknowns"] = [
        {"owner": base.owner, **one} if isinstance(one, dict) else one for one in _list(raw, "unknowns")
    ] + [one.model_copy(update={"owner": one.owner or base.owner}) for one in base.unknowns]
    whole["rules"] = [*_list(raw, "rules"), *base.rules]
    whole["duties"] = [*_list(raw, "duties"), *base.duties]
    return whole


def _joined(own: Any, pair: Pair) -> Any:
    if not isinstance(own, dict):
        return own
    return {
        language: f"{text}\n{pair[language]}" if isinstance(text, str) and language in LOCALES else text
        for language, text in own.items()
    }


def _mapping(raw: dict[str, Any], key: str) -> dict[str, Any]:
    found = raw.get(key)
    return dict(found) if isinstance(found, dict) else {}


def _list(raw: dict[str, Any], key: str) -> list[Any]:
    found = raw.get(key)
    return found if isinstance(found, list) else []


def _yaml(path: Path) -> dict[str, Any]:
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe one
    except (OSError, yaml.YAMLError) as error:
        raise BadStarter(f"{path.name}: {error}") from error
    if not isinstance(found, dict):
        raise BadStarter(f"{path.name} is not a mapping")
    return found


def _validated(kind: type[P], path: Path, raw: dict[str, Any]) -> P:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        lines = (
            f"{path.name}: {'.'.join(str(part) for part in one['loc'])}: {one['msg']}"
            for one in error.errors()
        )
        raise BadStarter("\n".join(lines)) from error


def _pairs(part: object, path: str) -> Iterator[tuple[str, Pair]]:
    if isinstance(part, Pair):
        yield path, part
    elif isinstance(part, Part):
        for name in type(part).model_fields:
            yield from _pairs(getattr(part, name), f"{path}.{name}" if path else name)
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from _pairs(value, f"{path}.{key}")
    elif isinstance(part, tuple):
        for at, value in enumerate(part):
            yield from _pairs(value, f"{path}.{at}")
