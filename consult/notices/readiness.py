"""What keeps a notice from being sent, and how far each language has come. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from consult.core.localized import LOCALES, Localized, TranslationState
from consult.notices import blanks
from consult.notices.content import NOTHING, Content
from consult.notices.fields import BY_KEY, FIELDS, TABLES
from consult.notices.rules import (
    ATTACHMENTS,
    AUTHORITY,
    CHANGELOG,
    EMOTION,
    GROUPS,
    MILESTONES,
    REQUIRED_FIELDS,
    REQUIRED_TABLES,
    REST_FOLLOWS_IN,
    SUMMARY_KEYS,
    SUMMARY_WORDS,
    TITLE,
    TOO_LONG,
    UNKNOWNS,
    Authority,
    MilestoneKind,
)


class RevisionLike(Protocol):
    """A `content.Content`, or a revision in the database: both hold the same by the same names."""

    @property
    def title(self) -> Localized: ...
    @property
    def summary(self) -> Mapping[str, Localized]: ...
    @property
    def fields(self) -> Mapping[str, Localized]: ...
    @property
    def answers(self) -> Mapping[str, str]: ...
    @property
    def changelog(self) -> Localized: ...
    @property
    def authority(self) -> Authority: ...
    @property
    def groups(self) -> Sequence[Any]: ...
    @property
    def unknowns(self) -> Sequence[Any]: ...
    @property
    def milestones(self) -> Sequence[Any]: ...
    @property
    def attachments(self) -> Sequence[Any]: ...


def source_of(revision: RevisionLike) -> str:
    """The language a notice is written in first: that of its title."""
    return revision.title.source


def texts_of(revision: RevisionLike) -> Iterator[tuple[str, Localized]]:
    """Every text that is there or has to be, with its key (``groups.0.name`` for a cell of a table)."""
    yield TITLE, revision.title
    for key in SUMMARY_KEYS:
        yield key, revision.summary.get(key, NOTHING)
    for field in FIELDS:
        text = revision.fields.get(field.key, NOTHING)
        if text or field.key in REQUIRED_FIELDS:
            yield field.key, text
    if revision.changelog:
        yield CHANGELOG, revision.changelog
    for table in TABLES:
        for at, row in enumerate(getattr(revision, table.key)):
            for column in table.texts:
                if text := getattr(row, column.key):
                    yield f"{table.key}.{at}.{column.key}", text
    for at, one in enumerate(revision.attachments):
        if one.label:
            yield f"{ATTACHMENTS}.{at}.label", one.label


@dataclass(frozen=True, slots=True)
class Parity:
    """How many texts are current, stale and missing in one language."""

    current: int = 0
    stale: int = 0
    missing: int = 0

    @property
    def total(self) -> int:
        return self.current + self.stale + self.missing

    @property
    def is_whole(self) -> bool:
        return not self.stale and not self.missing


def parity(revision: RevisionLike) -> dict[str, Parity]:
    """Each language's counts over the same texts."""
    texts = [text for _, text in texts_of(revision)]
    found = {}
    for language in LOCALES:
        states = [text.state(language) for text in texts]
        found[language] = Parity(*(states.count(one) for one in (
            TranslationState.CURRENT, TranslationState.STALE, TranslationState.MISSING
        )))  # fmt: skip
    return found


_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")


def words_in(summary: Mapping[str, Localized], language: str) -> int:
    """Words of the two-minute page in one language; an elided article counts with its noun."""
    return sum(len(_WORD.findall(text.texts.get(language, ""))) for text in summary.values())


def needed_languages(revision: RevisionLike) -> tuple[str, ...]:
    """The languages in which a notice has to be whole before it is sent, its source first. A courtesy
    translation is none of them."""
    source = source_of(revision)
    if revision.authority is Authority.BOTH:
        return (source, *(one for one in LOCALES if one != source))
    return (source,)


def missing(revision: RevisionLike, *, is_first: bool) -> tuple[tuple[str, str], ...]:
    """What keeps a revision from being sent, in the order of the editor: ``(key, language)``. A missing
    courtesy translation is flagged elsewhere and prevents nothing."""
    found = [
        (key, language)
        for language in needed_languages(revision)
        for key in _lacking(revision, language, is_first=is_first)
    ]
    return tuple(dict.fromkeys([*found, *_with_blanks(revision)]))


_NEVER_BLANK = frozenset({TITLE, CHANGELOG, *SUMMARY_KEYS, *REQUIRED_FIELDS, *REQUIRED_TABLES})


def _with_blanks(revision: RevisionLike) -> Iterator[tuple[str, str]]:
    """What may not be sent with a blank left in it, in any language: a reader would see the question."""
    for key, text in texts_of(revision):
        name = key.partition(".")[0]
        if name in _NEVER_BLANK:
            yield from ((name, language) for language in LOCALES if has_blank(text, language))


def blanks_left(revision: RevisionLike) -> frozenset[tuple[str, str]]:
    """What is missing only because a blank is left in it."""
    return frozenset(_with_blanks(revision))


def _lacking(revision: RevisionLike, language: str, *, is_first: bool) -> Iterator[str]:
    def lacks(text: Localized | None) -> bool:
        said = text.texts.get(language, "").strip() if text is not None else ""
        return not said or blanks.has_blank(said)

    if lacks(revision.title):
        yield TITLE
    yield from (key for key in SUMMARY_KEYS if lacks(revision.summary.get(key)))
    if words_in(revision.summary, language) > SUMMARY_WORDS:
        yield TOO_LONG
    if not is_first and lacks(revision.changelog):
        yield CHANGELOG
    if revision.authority is Authority.ATTACHMENT and not any(
        one.is_authoritative for one in revision.attachments
    ):
        yield AUTHORITY
    if blocked(revision):
        yield EMOTION
    if not any(not lacks(group.name) for group in revision.groups):
        yield GROUPS
    for key in REQUIRED_FIELDS:
        if lacks(revision.fields.get(key)) and not _said_elsewhere(revision, key):
            yield key
    if not any(not lacks(unknown.text) for unknown in revision.unknowns):
        yield UNKNOWNS
    if start_of(revision) is None:
        yield MILESTONES


def has_blank(text: Localized | None, language: str) -> bool:
    """Whether a blank of a starter is left in it."""
    return text is not None and blanks.has_blank(text.texts.get(language, ""))


def blocked(revision: RevisionLike) -> bool:
    """Whether a closed answer says that the practice is prohibited."""
    given = revision.answers
    return any(one.blocks and given.get(EMOTION) == one.value for one in BY_KEY[EMOTION].choices)


def _said_elsewhere(revision: RevisionLike, key: str) -> bool:
    """Three questions of the short form may be answered beside each group, or by a closed answer."""
    groups = revision.groups
    if key == "affected_count":
        return bool(groups) and all(one.headcount is not None for one in groups)
    if key == "mitigation":
        return bool(groups) and all(bool(one.measures) for one in groups)
    return bool(BY_KEY[key].choices) and revision.answers.get(key, "") != ""


def start_of(revision: RevisionLike) -> date | None:
    """The first day employees use it: a pilot counts as a start."""
    starts = (MilestoneKind.PILOT, MilestoneKind.ROLL_OUT)
    return min((one.day for one in revision.milestones if one.kind in starts), default=None)


def go_live_of(revision: RevisionLike) -> date | None:
    """The day of the roll-out, or of the pilot where none is given."""
    days = [one.day for one in revision.milestones if one.kind is MilestoneKind.ROLL_OUT]
    return min(days, default=start_of(revision))


def unwritten(revision: RevisionLike) -> list[str]:
    """Keys of the fields that say nothing yet in any language and have no closed answer."""
    return [
        one.key
        for one in FIELDS
        if not revision.fields.get(one.key)
        and not revision.answers.get(one.key)
        and one.key not in _ELSEWHERE
    ]


_ELSEWHERE = frozenset({"affected_count", "mitigation"})
"""What groups say too."""


def dated(content: Content, on: date) -> Content:
    """The text as it is published that day: each unknown gets its day (one counted from a start of use
    nobody dated, from publication), and what is left blank a date to follow by."""
    live = go_live_of(content)
    unknowns = [
        one if one.due_on is not None or one.delay is None
        else replace(one, due_on=one.delay.from_days(on, live or on))
        for one in content.unknowns
    ]  # fmt: skip
    is_open = any(blanks.has_blank(one) for _, text in texts_of(content) for one in text.texts.values())
    follows = content.follow_on or (on + REST_FOLLOWS_IN if is_open else None)
    return replace(content, unknowns=unknowns, follow_on=follows)
