"""What a notice holds as boxes of a document: the same for Word and for a spreadsheet, made from the
declarations. A file is read by its keys alone: words around them may be edited, rows moved and added."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from consult.core.i18n import _, _l, writing_in
from consult.core.localized import LOCALES, Localized
from consult.notices import fields
from consult.notices.content import NOTHING, Content
from consult.notices.fields import Cell, Column, Section, Table, Words
from consult.notices.rules import AUTHORITY, CHANGELOG, TITLE, Authority, tidied

VERSION = 2
LANGUAGES: dict[str, Words] = {"fr": "Français", "en": "English"}
SOURCE, FOLLOW_ON = "source", "follow_on"
TEXTS, NOTE, ABOUT, MARKS, LISTS, FILES = "texts", "note", "about", "marks", "lists", "files"
"""Parts of a file beside the tables of a notice, by the name its `marker` carries."""
NOTICE = "notice"
"""In what a file says about itself: the address part of the notice it was made from."""
ANSWER, MORE = ".answer", "+"
"""After a key: its closed answer; what goes on in the next row."""
LONGEST_CELL = 32_000
"""In UTF-16 units: a cell of a spreadsheet holds 32,767."""
LONGEST_NAME = 300
_FORBIDDEN = re.compile("[\ud800-\udfff\ufffe\uffff]")


class Kind(StrEnum):
    """The two files a notice is worked on in."""

    WORD = "docx"
    EXCEL = "xlsx"


def marker(part: str) -> str:
    """The cell by which a table of the file is known; keys stand under it, keys of columns beside it."""
    return f"consult:{part}"


def note() -> str:
    return str(_("Consult notice template, version %(version)s", version=VERSION))


def plain(text: str) -> str:
    """A text as a file holds it and gives it back: tidy, and without the signs that XML cannot hold."""
    return tidied(_FORBIDDEN.sub("", text))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a box holds that stands in no language: a day, a number, a name, or one of the ``words`` of a
    closed list, by value."""

    cell: Cell
    words: Mapping[str, Words] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A key of a notice: a text in both languages, an answer beside it, or an answer alone."""

    key: str
    section: Section
    label: Words
    help: Words = ""
    is_text: bool = True
    answer: Answer | None = None


def lines() -> Iterator[Line]:
    """Everything outside the tables, in the order it is written."""
    essentials = Section.ESSENTIALS
    yield Line(TITLE, essentials, fields.label_of(TITLE), _TITLE_HELP)
    yield Line(SOURCE, essentials, _l("Written first in"), _SOURCE_HELP, False,
               Answer(Cell.CHOICE, LANGUAGES))  # fmt: skip
    yield Line(AUTHORITY, essentials, _l("Which text counts"), "", False,
               Answer(Cell.CHOICE, _by_value(fields.AUTHORITIES)))  # fmt: skip
    yield Line(FOLLOW_ON, essentials, _l("What is not written yet follows by"), "", False, Answer(Cell.DAY))
    yield Line(CHANGELOG, essentials, fields.label_of(CHANGELOG), _CHANGELOG_HELP)
    for sentence in fields.SUMMARY:
        yield Line(sentence.key, essentials, sentence.label, sentence.help)
    for field in fields.FIELDS:
        words = {one.value: one.label for one in field.choices}
        answer = Answer(Cell.CHOICE, words) if words else None
        yield Line(field.key, field.section, field.label, field.help, answer=answer)


_TITLE_HELP = _l("The name of the system, then what it does, as you would tell a colleague.")
_SOURCE_HELP = _l("The other language is its translation: it is marked where this text has changed since.")
_CHANGELOG_HELP = _l("From the second revision on: which message, question or opinion led to it.")


def _by_value(words: Mapping[StrEnum, Words]) -> dict[str, Words]:
    return {one.value: said for one, said in words.items()}


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a table as it stands in a file: texts have one for each language."""

    key: str
    column: Column
    language: str = ""

    @property
    def answer(self) -> Answer:
        words = _by_value(self.column.choices) if self.column.choices else None
        return Answer(self.column.cell, words)

    @property
    def label(self) -> str:
        """In the language being written; a text says which language it is in."""
        label = str(self.column.label)
        return f"{label} ({LANGUAGES[self.language]})" if self.language else label


def places(table: Table) -> Iterator[Place]:
    for column in table.columns:
        if column.cell.is_text:
            for language in LOCALES:
                yield Place(f"{column.key}.{language}", column, language)
        else:
            yield Place(column.key, column)


def line_text(content: Content, key: str) -> Localized:
    """The text of a line."""
    if key == TITLE:
        return content.title
    if key == CHANGELOG:
        return content.changelog
    part = content.summary if key in fields.SENTENCES else content.fields
    return part.get(key, NOTHING)


def line_value(content: Content, key: str) -> Any:
    """The answer of a line: a value of its closed list, or a day; empty where nothing was answered."""
    if key == SOURCE:
        return content.source
    if key == AUTHORITY:
        return content.authority.value
    if key == FOLLOW_ON:
        return content.follow_on
    return content.answers.get(key, "")


def built(
    texts: Mapping[str, Localized], values: Mapping[str, Any], tables: Mapping[str, Any], base: Content
) -> Content:
    """The content these lines and rows say. What has no line (files, starter, causes) is that of ``base``."""
    said = {key: text for key, text in texts.items() if text}
    return Content(
        title=texts[TITLE],
        summary={key: text for key, text in said.items() if key in fields.SENTENCES},
        fields={key: text for key, text in said.items() if key in fields.BY_KEY},
        answers={key: values[key] for key in fields.BY_KEY if values.get(key)},
        follow_on=values[FOLLOW_ON],
        authority=Authority(values[AUTHORITY]),
        changelog=texts[CHANGELOG],
        causes=base.causes,
        attachments=base.attachments,
        starter=base.starter,
        **tables,
    )


def in_words(value: Any, answer: Answer) -> str:
    """An answer as the language being written says it; a day and a number stay themselves."""
    if value in (None, ""):
        return ""
    if answer.words is not None:
        return str(answer.words[value])
    return value.isoformat() if answer.cell is Cell.DAY else str(value)


def all_words(answer: Answer) -> list[str]:
    """The words of a closed list, in the language being written."""
    return [str(one) for one in (answer.words or {}).values()]


def known_words(answer: Answer) -> dict[str, str]:
    """The value behind each way to say it: the value itself, and its words in each language."""
    found: dict[str, str] = {folded(value): value for value in answer.words or {}}
    for language in LOCALES:
        with writing_in(language):
            found |= {folded(str(words)): value for value, words in (answer.words or {}).items()}
    return found


def folded(text: str) -> str:
    """Words without what a word processor changes in them: capitals, kinds of space and apostrophe."""
    return " ".join(text.replace("’", "'").casefold().split())


def cut(text: str) -> list[str]:
    """A text in pieces that fit a cell, at least one. A pair of UTF-16 units is never parted; an underscore
    may take eight (see `excel`)."""
    pieces, start, units = [], 0, 0
    for at, sign in enumerate(text):
        size = 8 if sign == "_" else 2 if ord(sign) > 0xFFFF else 1
        if units + size > LONGEST_CELL:
            pieces.append(text[start:at])
            start, units = at, 0
        units += size
    return [*pieces, text[start:]]
