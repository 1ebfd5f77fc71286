"""A box of a file, and what is made of it: a text, or an answer. Raises `ImportRefused`, naming the box."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from consult.notices.fields import Cell
from consult.notices.imports.refusals import Fact, ImportRefused, Reason, Role
from consult.notices.sheets.layout import LONGEST_NAME, Answer, all_words, folded, known_words, plain

MOST = 2_000_000
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TYPED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


@dataclass(frozen=True, slots=True)
class Box:
    """``place`` is what a person finds it by. ``marked``: a text with its bold and its links as Markdown."""

    value: Any = None
    place: str = ""
    marked: str = ""

    @property
    def is_blank(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not plain(self.value))


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet, or a table of a document: its boxes by row."""

    name: str
    rows: list[list[Box]]


def refused(name: str, reason: Reason, **facts: Fact) -> ImportRefused:
    return ImportRefused(reason, name, Role.NOTICE, other="", **facts)


def short(text: str) -> str:
    """Enough of a text to find it by."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"


def raw_text(box: Box, name: str, place: str) -> str:
    """The text as it stands; a number as one reads it."""
    if box.value is None:
        return ""
    if isinstance(box.value, str):
        return box.marked or box.value
    if isinstance(box.value, int | float) and not isinstance(box.value, bool):
        number = box.value
        return str(int(number)) if number == int(number) else repr(number)
    raise refused(name, Reason.NOT_A_TEXT, place=place, text=short(str(box.value)))


def text_of(box: Box, name: str, place: str) -> str:
    return plain(raw_text(box, name, place))


def answer_of(box: Box, answer: Answer, name: str, place: str) -> Any:
    """A value of the closed list (``""`` where left open), a day, a number, or a name."""
    if answer.cell is Cell.DAY:
        return _day(box, name, place)
    if answer.cell is Cell.COUNT:
        return _count(box, name, place)
    text = plain(box.value) if isinstance(box.value, str) else text_of(box, name, place)
    if answer.cell is Cell.NAME:
        if len(text) > LONGEST_NAME:
            raise refused(name, Reason.TOO_LONG, place=place, limit=LONGEST_NAME)
        return text
    if not text:
        return ""
    found = known_words(answer).get(folded(text))
    if found is None:
        choices = ", ".join(all_words(answer))
        raise refused(name, Reason.NOT_A_CHOICE, place=place, text=short(text), choices=choices)
    return found


def _day(box: Box, name: str, place: str) -> date | None:
    value = box.value
    if box.is_blank:
        return None
    if isinstance(value, datetime):
        if not (value.hour or value.minute or value.second or value.microsecond):
            return value.date()
    elif isinstance(value, date):
        return value
    elif isinstance(value, str):
        text = plain(value)
        if found := _ISO.fullmatch(text):
            year, month, day = found.groups()
        elif found := _TYPED.fullmatch(text):
            day, month, year = found.groups()
        if found:
            try:
                return date(int(year), int(month), int(day))
            except ValueError:
                pass
    raise refused(name, Reason.NOT_A_DAY, place=place, text=short(str(value)))


def _count(box: Box, name: str, place: str) -> int | None:
    value = box.value
    if box.is_blank:
        return None
    if isinstance(value, str):
        digits = "".join(value.split())
        value = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None
    if isinstance(value, float) and value == int(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST:
        return value
    raise refused(name, Reason.NOT_A_COUNT, place=place, text=short(str(box.value)), limit=MOST)
