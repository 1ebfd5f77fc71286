"""The blanks that remain in a notice, each once with the words around it, and what it becomes once they are
answered. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from consult.core import i18n
from consult.core.localized import LOCALES, Localized, TranslationState, digest
from consult.notices import blanks, starting
from consult.notices.blanks import Kind
from consult.notices.content import Content, Group, Milestone, mapped
from consult.notices.fields import Section, section_of
from consult.notices.readiness import texts_of
from consult.notices.rules import MilestoneKind

START = "start_on"
"""The blank whose answer is also the day of the roll-out, where the notice gives none."""
Answer = str | int | date
Answers = Mapping[tuple[str, str], Answer]
"""By the key of a blank and a language; one answer for both stands under each."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a blank stands first in one language: the key of the text, and the sentence."""

    place: str
    key: str
    language: str
    sentence: str


@dataclass(slots=True)
class Asked:
    """One blank, wherever it stands. ``spots`` by language: those in which it remains."""

    key: str
    kind: Kind
    section: Section
    questions: dict[str, str] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)

    def question(self, language: str) -> str:
        """In that language, or in the one there is."""
        return self.questions.get(language) or next(iter(self.questions.values()))


def asked(content: Content) -> list[Asked]:
    """Every blank that remains, by section, in the order of the notice."""
    found: dict[str, Asked] = {}
    for place, text in texts_of(content):
        for language in LOCALES:
            for spot, question in _spots(place, language, text.texts.get(language, "")):
                one = found.get(spot.key)
                if one is None:
                    one = Asked(spot.key, starting.kind_of(spot.key), section_of(place))
                    found[spot.key] = one
                one.questions.setdefault(language, question)
                one.spots.setdefault(language, spot)
    order = list(Section)
    return sorted(found.values(), key=lambda one: order.index(one.section))


def _spots(place: str, language: str, text: str) -> Iterator[tuple[Spot, str]]:
    if not blanks.has_blank(text):
        return
    for sentence in blanks.sentences(text):
        for blank in blanks.blanks_in(sentence):
            yield Spot(place, blank.key, language, sentence), blank.question


def spots_of(found: Iterable[Asked]) -> list[Spot]:
    return [spot for one in found for spot in one.spots.values()]


# ── answers ─────────────────────────────────────────────────────────────────────


def filled(content: Content, answers: Answers) -> Content:
    """The text with every answered blank filled wherever it stands. What a figure or a day says once is not
    asked twice: the size of a group the starter named, the day of the roll-out."""
    words = _words(answers)
    content = mapped(content, lambda text: _filled(text, words))
    return replace(
        content, groups=_counted(content, answers), milestones=_with_start(content, answers)
    ).normal()


def _words(answers: Answers) -> dict[str, dict[str, str]]:
    """Each answer as its language writes it."""
    found: dict[str, dict[str, str]] = {language: {} for language in LOCALES}
    for (key, language), answer in answers.items():
        found[language][key] = _written(answer, language)
    return found


def _written(answer: Answer, language: str) -> str:
    if isinstance(answer, date):
        return i18n.day(answer, language)
    return i18n.number(answer, language) if isinstance(answer, int) else answer


def _filled(text: Localized, words: Mapping[str, Mapping[str, str]]) -> Localized:
    """A blank filled in one language changes nothing of what the other says: what was current stays so."""
    texts = {language: blanks.fill(one, words[language]) for language, one in text.texts.items()}
    if texts == dict(text.texts):
        return text
    made = dict(text.made_from)
    for language in texts:
        if language != text.source and text.state(language) is TranslationState.CURRENT:
            made[language] = digest(texts.get(text.source, ""))
    return Localized(texts, text.source, made)


def _counted(content: Content, answers: Answers) -> tuple[Group, ...]:
    numbers = {key: answer for (key, _), answer in answers.items() if isinstance(answer, int)}
    starter = starting.load().get(str(content.starter.get("key", "")))
    if starter is None:
        return tuple(content.groups)
    keys = {one.name[language]: one.headcount for one in starter.groups for language in LOCALES}

    def counted(group: Group) -> Group:
        names = (keys.get(name) for name in group.name.texts.values())
        key = next((one for one in names if one in numbers), None)
        return group if key is None or group.headcount is not None else replace(group, headcount=numbers[key])

    return tuple(counted(one) for one in content.groups)


def _with_start(content: Content, answers: Answers) -> tuple[Milestone, ...]:
    day = next((one for (key, _), one in answers.items() if key == START and isinstance(one, date)), None)
    has_one = any(one.kind is MilestoneKind.ROLL_OUT for one in content.milestones)
    if day is None or has_one:
        return tuple(content.milestones)
    return (*content.milestones, Milestone(MilestoneKind.ROLL_OUT, day, Localized({}, content.source)))


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A blank somebody else filled meanwhile with something else. ``mine``: the sentence as I filled it;
    ``theirs``: the text that stands in its place."""

    place: str
    language: str
    mine: str
    theirs: str


def overtaken(content: Content, before: Iterable[Spot], answers: Answers) -> list[Overtaken]:
    """Answers to blanks that are no longer there, except those that say what stands there already (the
    same form sent twice)."""
    remaining = {(spot.key, spot.language) for spot in spots_of(asked(content))}
    texts: dict[str, Localized] = dict(texts_of(content))
    words, found = _words(answers), []
    for spot in before:
        at = (spot.key, spot.language)
        if at not in answers or at in remaining:
            continue
        now = texts.get(spot.place, Localized({})).texts.get(spot.language, "")
        mine = blanks.fill(spot.sentence, words[spot.language])
        if mine not in now:
            found.append(Overtaken(spot.place, spot.language, mine, now))
    return found


# ── the page carries what it asked ──────────────────────────────────────────────


def as_rows(spots: Iterable[Spot]) -> list[list[str]]:
    return [[one.place, one.key, one.language, one.sentence] for one in spots]


def from_rows(rows: Any) -> list[Spot]:
    """What `as_rows` gave; nothing of what it did not."""
    if not isinstance(rows, list):
        return []
    return [
        Spot(*row)
        for row in rows
        if isinstance(row, list)
        and len(row) == 4
        and all(isinstance(one, str) for one in row)
        and row[2] in LOCALES
        and any(one.key == row[1] for one in blanks.blanks_in(row[3]))
        and _is_place(row[0])
    ]


def _is_place(key: str) -> bool:
    try:
        section_of(key)
    except KeyError:
        return False
    return True
