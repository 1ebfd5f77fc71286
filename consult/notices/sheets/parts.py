"""The tables of a file, in the language being written: what both writers put on their pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consult.core.i18n import _
from consult.core.localized import LOCALES
from consult.notices.content import Content
from consult.notices.fields import SECTIONS, Cell, Section, Table
from consult.notices.sheets.layout import (
    ABOUT,
    ANSWER,
    FILES,
    LANGUAGES,
    MARKS,
    SOURCE,
    TEXTS,
    VERSION,
    Answer,
    Line,
    all_words,
    in_words,
    line_text,
    line_value,
    lines,
    places,
)
from consult.notices.sheets.marks import marks_of

SPARE_ROWS = 4
"""Empty ones at the end of each table."""


@dataclass(frozen=True, slots=True)
class Col:
    """A column: its key (``""`` for the one with the keys of the rows), words, and what stands in it.
    ``weight``: its share of the width."""

    key: str
    label: str
    weight: int
    language: str = ""
    answer: Answer | None = None
    is_words: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A table: the first value of each row is its key."""

    part: str
    title: str
    cols: tuple[Col, ...]
    rows: tuple[tuple[Any, ...], ...]
    help: str = ""
    is_memory: bool = False


def _pair(weight: int) -> tuple[Col, ...]:
    return tuple(Col(one, str(LANGUAGES[one]), weight, language=one) for one in LOCALES)


def sheet_of_texts(content: Content) -> Part:
    """Every line of a notice in one table, its answer beside its text."""
    cols = (
        Col("", _("Key"), 14), Col("section", _("Section"), 20, is_words=True),
        Col("label", _("Heading"), 32, is_words=True), Col("help", _("What to write"), 40, is_words=True),
        *_pair(64), Col("answer", _("Answer"), 30),
    )  # fmt: skip
    rows = []
    for line in lines():
        said = line_text(content, line.key).texts if line.is_text else {}
        texts = [said.get(language, "") for language in LOCALES]
        words = [str(SECTIONS[line.section]), str(line.label), help_of(line)]
        rows.append((line.key, *words, *texts, _shown(line_value(content, line.key), line.answer)))
    return Part(TEXTS, _("Texts"), cols, tuple(rows))


def answers_of_texts() -> dict[str, Answer]:
    """The answer that may stand beside each line, by its key."""
    return {line.key: line.answer for line in lines() if line.answer is not None}


def texts_of_section(content: Content, section: Section) -> Part:
    """The lines of one section: an answer has a row of its own above the text that explains it."""
    cols = (Col("", _("Key"), 11), Col("label", _("Heading"), 22, is_words=True), *_pair(34))
    rows: list[tuple[Any, ...]] = []
    for line in (one for one in lines() if one.section is section):
        if line.answer is not None:
            key = f"{line.key}{ANSWER}" if line.is_text else line.key
            said = _shown(line_value(content, line.key), line.answer)
            rows.append((key, "\n".join((str(line.label), _allowed(line.answer))), said, ""))
        if line.is_text:
            said = line_text(content, line.key).texts
            words = "\n".join(one for one in (str(line.label), str(line.help)) if one)
            rows.append((line.key, words, *(said.get(language, "") for language in LOCALES)))
    return Part(TEXTS, str(SECTIONS[section]), cols, tuple(rows))


def help_of(line: Line) -> str:
    parts = [str(line.help), _allowed(line.answer) if line.answer is not None else ""]
    return "\n".join(one for one in parts if one)


def _allowed(answer: Answer) -> str:
    if answer.cell is Cell.DAY:
        return str(_("A date, such as 2027-01-15."))
    return str(_("One of these answers: %(answers)s.", answers=" / ".join(all_words(answer))))


def table(content: Content, declared: Table) -> Part:
    """A table of the notice, with a few empty rows."""
    cols = [Col("", "", 5)]
    for place in places(declared):
        answer = None if place.language else place.answer
        cols.append(Col(place.key, place.label, _WEIGHTS[place.column.cell], place.language, answer))
    rows: list[tuple[Any, ...]] = []
    for number, row in enumerate(getattr(content, declared.key), start=1):
        values: list[Any] = [number]
        for place in places(declared):
            value = getattr(row, place.column.key)
            if place.language:
                values.append(value.texts.get(place.language, ""))
            else:
                values.append(_shown(getattr(value, "value", value), place.answer))
        rows.append(tuple(values))
    rows += [("",) * len(cols)] * SPARE_ROWS
    lists = [
        _(
            "%(column)s: one of %(answers)s.",
            column=column.label,
            answers=" / ".join(str(one) for one in column.choices.values()),
        )
        for column in declared.columns
        if column.choices
    ]
    return Part(declared.key, str(declared.label), tuple(cols), tuple(rows), "\n".join((
        *([str(declared.help)] if declared.help else []), *lists
    )))  # fmt: skip


_WEIGHTS = {Cell.LINE: 22, Cell.PROSE: 36, Cell.NAME: 20, Cell.COUNT: 10, Cell.DAY: 13, Cell.CHOICE: 18}


def _shown(value: Any, answer: Answer | None) -> Any:
    """Days and numbers as themselves, closed answers in words."""
    if answer is None or value in (None, ""):
        return ""
    return value if answer.cell in (Cell.DAY, Cell.COUNT, Cell.NAME) else in_words(value, answer)


def files(content: Content) -> Part:
    """The files of the notice, by name: they do not travel in this one."""
    cols = (Col("", _("File"), 40), *_pair(30))
    rows = tuple(
        (one.name, *(one.label.texts.get(language, "") for language in LOCALES))
        for one in content.attachments
    )
    return Part(FILES, _("Attached files, not in this document"), cols, rows)


def memory(content: Content, about: Mapping[str, str]) -> Iterator[Part]:
    """What the file remembers of what it was made with."""
    facts = {"version": str(VERSION), SOURCE: content.source, **about}
    if content.starter:
        facts["starter"] = json.dumps(dict(content.starter), ensure_ascii=True, sort_keys=True)
    cols = (Col("", _("Key"), 20), Col("value", _("Value"), 60))
    yield Part(ABOUT, _("For Consult: please leave as it is"), cols, tuple(facts.items()), is_memory=True)
    names = ("source", "made_from", *LOCALES, "value")
    rows = tuple(
        (
            key, mark.source, " ".join(f"{lang}:{one}" for lang, one in mark.made_from.items()),
            *(mark.texts.get(language, "") for language in LOCALES), mark.value,
        )
        for key, mark in marks_of(content).items()
    )  # fmt: skip
    beside = (Col(one, one, 18) for one in names)
    yield Part(MARKS, _("For Consult: fingerprints"), (Col("", _("Key"), 26), *beside), rows, is_memory=True)
