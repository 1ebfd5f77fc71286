"""A list of addresses, read in memory: pasted, or a text, CSV or XLSX file. Nothing of it is ever kept.

Each line names one person, with a language if one likes; a line of a mail program may name several."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from openpyxl import load_workbook

from consult.files import checking
from consult.files.rules import FileRefused, Kind, Reason

MOST: Final = 5000
"""People of one roster."""
MOST_CELLS: Final = 40
"""Of a row that are looked at."""
MOST_LENGTH: Final = 254
"""Characters of an address (RFC 5321, section 4.5.3.1.3, without the angle brackets)."""
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LAST = r"[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_LOCAL}(?:\.{_LOCAL})*@(?:{_LABEL}\.)+{_LAST}", re.ASCII)
_NAMED = re.compile(r"<([^<>]*)>\s*$")
_BETWEEN = re.compile(r"[;,\t]")
_LANGUAGES: Final = {
    "fr": "fr", "fra": "fr", "fre": "fr", "francais": "fr", "français": "fr", "french": "fr", "fr-fr": "fr",
    "fr-ca": "fr", "fr_fr": "fr", "en": "en", "eng": "en", "anglais": "en", "english": "en", "en-gb": "en",
    "en-us": "en", "en-ca": "en", "en_gb": "en",
}  # fmt: skip
_HEADINGS = re.compile(
    r"(?:e-?)?mails?|courriels?|adresses?|address(?:es)?|e-?mail address(?:es)?"
    r"|adresses? (?:e-?mail|électronique)s?|langues?|languages?|noms?|names?|prénoms?",
    re.IGNORECASE,
)


class Fault(StrEnum):
    """Why a line cannot be used."""

    NONE = "none"
    """No address stands in it."""
    BAD = "bad"
    """Something with an @ that is no address, or one with accents."""
    SEVERAL = "several"
    """A row of a table with two addresses: which one is the person's?"""
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Person:
    """``language``: ``fr``, ``en``, or empty for both."""

    address: str = field(repr=False)
    language: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """``line`` as people count: from 1, empty lines included."""

    line: int
    fault: Fault


class RosterRefused(Exception):
    """Nobody can be taken from it: ``is_empty``, or more than `MOST` people."""

    def __init__(self, *, is_empty: bool) -> None:
        super().__init__("empty" if is_empty else "too many")
        self.is_empty = is_empty


@dataclass(frozen=True, slots=True)
class Roster:
    """Each address once, in the order given; ``merged``: how many lines named somebody again."""

    people: tuple[Person, ...] = field(repr=False)
    merged: int = 0
    mistakes: tuple[Mistake, ...] = ()

    @property
    def by_language(self) -> Counter[str]:
        return Counter(one.language for one in self.people)

    @property
    def domains(self) -> list[tuple[str, int]]:
        """Behind the @, the most frequent first."""
        return Counter(one.address.rpartition("@")[2].lower() for one in self.people).most_common()

    @property
    def carried(self) -> str:
        """One line for the next page, which `carried_over` reads."""
        return " ".join(f"{one.address};{one.language}" for one in self.people)


def of_text(text: str) -> Roster:
    """Pasted lines. Raises `RosterRefused`."""
    return _roster(_rows_of(text.splitlines()))


def of_file(raw: bytes) -> Roster:
    """Decided by what it holds, not by its name. Raises `FileRefused` and `RosterRefused`."""
    kind = checking.check(raw)
    if kind is Kind.XLSX:
        return _roster((cells, True) for cells in _sheet(raw))
    if kind not in {Kind.TEXT, Kind.CSV}:
        raise FileRefused(Reason.NOT_TAKEN)
    return _roster(_rows_of(raw.decode("utf-8-sig").splitlines(), is_table=kind is Kind.CSV))


def carried_over(line: str) -> Roster:
    """What a page of ours carried to the next. Raises `RosterRefused` on anything else."""
    people = []
    for one in line.split():
        address, _, language = one.partition(";")
        if not is_address(address) or language not in {"", "fr", "en"}:
            raise RosterRefused(is_empty=True)
        people.append(Person(address, language))
    return _merged(people, [])


def is_address(text: str) -> bool:
    return len(text) <= MOST_LENGTH and _ADDRESS.fullmatch(text) is not None


# ── rows ───────────────────────────────────────────────────────────────────────


def _rows_of(lines: Iterable[str], *, is_table: bool = False) -> Iterator[tuple[list[str], bool]]:
    """``(cells, whether the line is a row of a table)``: a spreadsheet pastes tabs between its cells."""
    for line in lines:
        is_row = is_table or "\t" in line
        delimiter = "\t" if "\t" in line else ";" if ";" in line else ","
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            cells = _BETWEEN.split(line)
        if not is_row:
            cells = [part for cell in cells for part in _BETWEEN.split(cell)]
        yield cells, is_row


def _sheet(raw: bytes) -> Iterator[list[str]]:
    """The first sheet of a workbook, row by row. Formulas are shown as such and never computed."""
    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            for row in sheet.iter_rows(max_col=MOST_CELLS, values_only=True):
                yield ["" if one is None else str(one) for one in row]
        finally:
            book.close()
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, zipfile.BadZipFile, SyntaxError):
        raise FileRefused(Reason.DAMAGED) from None


def _roster(rows: Iterable[tuple[Sequence[str], bool]]) -> Roster:
    people: list[Person] = []
    mistakes: list[Mistake] = []
    for number, (row, is_row) in enumerate(rows, start=1):
        if number > 2 * MOST:
            raise RosterRefused(is_empty=False)
        cells = [one.strip().strip("'\"\ufeff\u200b").strip() for one in row[:MOST_CELLS]]
        cells = [one for one in cells if one]
        if not cells or (not people and not mistakes and _is_heading(cells)):
            continue
        found = _people_of(cells, is_row=is_row)
        if isinstance(found, Fault):
            mistakes.append(Mistake(number, found))
        else:
            people += found
    return _merged(people, mistakes)


def _is_heading(cells: Sequence[str]) -> bool:
    return any(_HEADINGS.fullmatch(one) for one in cells) and not any("@" in one for one in cells)


def _people_of(cells: Sequence[str], *, is_row: bool) -> list[Person] | Fault:
    if any(one.startswith("=") for one in cells):
        return Fault.FORMULA
    addresses = [_bare(one) for one in cells if "@" in one]
    language = next((_LANGUAGES[one.casefold()] for one in cells if one.casefold() in _LANGUAGES), "")
    if not addresses:
        return Fault.NONE
    if not all(map(is_address, addresses)):
        return Fault.BAD
    if len({one.casefold() for one in addresses}) > 1 and (is_row or language):
        return Fault.SEVERAL
    return [Person(one, language) for one in addresses]


def _bare(cell: str) -> str:
    """The address in ``Lou Martin <lou@…>`` and ``mailto:lou@…``."""
    named = _NAMED.search(cell)
    return (named[1] if named else cell).strip().removeprefix("mailto:")


def _merged(people: Sequence[Person], mistakes: Sequence[Mistake]) -> Roster:
    """Capitals do not tell two people apart; the first line that names a language is believed."""
    found: dict[str, Person] = {}
    for one in people:
        key = one.address.casefold()
        if key not in found or (one.language and not found[key].language):
            found[key] = Person(found[key].address if key in found else one.address, one.language)
    if len(found) > MOST:
        raise RosterRefused(is_empty=False)
    if not found and not mistakes:
        raise RosterRefused(is_empty=True)
    return Roster(tuple(found.values()), len(people) - len(found), tuple(mistakes))
