"""What a notice is declared with: sections, fields, and tables with their columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from consult.core.i18n import _l

Words = Any
"""A lazy string: English here, put into the reader's language when it is written."""


class Section(StrEnum):
    """The parts of a notice, in the order they are written and read."""

    ESSENTIALS = "essentials"
    """Title and two-minute page; no field of its own."""
    SYSTEM = "system"
    REASONS = "reasons"
    PEOPLE = "people"
    WORK = "work"
    DATA = "data"
    OVERSIGHT = "oversight"
    CHARTER = "charter"
    UNKNOWNS = "unknowns"
    TIMETABLE = "timetable"
    FOLLOW_UP = "follow_up"
    SHORT = "short"
    """What a notice needs to be sent, on one page of the editor; each field has a section of its own too."""


SECTIONS: dict[Section, Words] = {
    Section.ESSENTIALS: _l("The essentials"),
    Section.SYSTEM: _l("The system"),
    Section.REASONS: _l("Why"),
    Section.PEOPLE: _l("Who is concerned"),
    Section.WORK: _l("What changes in the work"),
    Section.DATA: _l("Data and decisions"),
    Section.OVERSIGHT: _l("Oversight and recourse"),
    Section.CHARTER: _l("Charter of use"),
    Section.UNKNOWNS: _l("What we do not know yet"),
    Section.TIMETABLE: _l("The timetable"),
    Section.FOLLOW_UP: _l("Follow-up"),
}
"""The parts as they are read."""
EDITED: dict[Section, Words] = {
    Section.ESSENTIALS: SECTIONS[Section.ESSENTIALS],
    Section.SHORT: _l("The short form"),
    **SECTIONS,
}
"""The pages of the editor."""


class Kind(StrEnum):
    LINE = "line"
    """A name, a number, a short answer."""
    PROSE = "prose"
    """Markdown."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the closed answers to a question. ``blocks``: a reason for which a notice that gives this
    answer cannot be published."""

    value: str
    label: Words
    blocks: Words = ""


@dataclass(frozen=True, slots=True)
class Field:
    """``choices``: closed answers beside the text, which then says more. ``law``: where it is asked for,
    as short references. ``required_for``: the procedure templates (keys of `procedures`) whose law names
    it: shown as help, never as advice."""

    key: str
    section: Section
    label: Words
    help: Words = ""
    kind: Kind = Kind.PROSE
    law: tuple[str, ...] = ()
    required_for: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the two-minute page: the question it answers."""

    key: str
    label: Words
    help: Words


class Cell(StrEnum):
    """What a column holds. LINE and PROSE stand in both languages, the others in none."""

    LINE = "line"
    PROSE = "prose"
    NAME = "name"
    COUNT = "count"
    DAY = "day"
    CHOICE = "choice"

    @property
    def is_text(self) -> bool:
        return self in (Cell.LINE, Cell.PROSE)


@dataclass(frozen=True, slots=True)
class Column:
    """``needed``: the error where a row lacks it. ``choices``: the words by member of a closed list; an
    optional one may be left open."""

    key: str
    label: Words
    cell: Cell
    help: Words = ""
    needed: Words = ""
    choices: Mapping[StrEnum, Words] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a notice: ``key`` is the attribute of `content.Content` and of the revision that holds them,
    ``row`` the class of one. ``one``, ``add``, ``drop``: words of the form."""

    key: str
    section: Section
    label: Words
    row: type[Any]
    columns: tuple[Column, ...]
    one: Words
    add: Words
    drop: Words
    help: Words = ""

    @property
    def texts(self) -> tuple[Column, ...]:
        return tuple(one for one in self.columns if one.cell.is_text)
