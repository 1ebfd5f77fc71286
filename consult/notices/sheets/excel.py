"""A notice as a spreadsheet: a sheet of texts, one for each table, and hidden ones with what the file
remembers. Written and read with openpyxl; no text of it ever becomes a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from consult.core.i18n import writing_in
from consult.notices import fields
from consult.notices.content import Content
from consult.notices.fields import Cell
from consult.notices.imports.refusals import ImportRefused, Reason
from consult.notices.sheets import parts
from consult.notices.sheets.boxes import Box, Grid, refused
from consult.notices.sheets.layout import LISTS, MORE, Answer, all_words, cut, marker, note
from consult.notices.sheets.marks import prepared
from consult.notices.sheets.parts import Part

MAX_BOXES, MAX_ROWS = 100_000, 20_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LIKE_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""A spreadsheet writes signs it has no other way for as ``_x0041_``, and such a text itself like this."""
_FORMULA_LIKE = ("=", "+", "-", "@", "'")
_THIN = Side(style="thin", color="D0D0D0")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAP = Alignment(wrap_text=True, vertical="top")
_HEAD, _GREY = Font(bold=True), Font(size=8, color="808080")
_FILL = PatternFill("solid", fgColor="EEF1F4")
_FIRST_YEAR = 1901
"""Before it a spreadsheet has no dates."""


# ── writing ─────────────────────────────────────────────────────────────────────


def write(content: Content, *, language: str, about: Mapping[str, str]) -> bytes:
    """The file, filled; `Content` with nothing in it makes the empty template."""
    content = prepared(content)
    with writing_in(language):
        book = _Book()
        book.add(parts.sheet_of_texts(content), head=note(), answers=parts.answers_of_texts())
        for table in fields.TABLES:
            book.add(parts.table(content, table))
        if content.attachments:
            book.add(parts.files(content))
        for one in parts.memory(content, about):
            book.add(one)
        return book.saved(content.title.shown(language)[0])


class _Book:
    """A workbook being written. Closed lists stand once, on a hidden sheet."""

    def __init__(self) -> None:
        self.book = Workbook()
        self.book.remove(self.book.active)
        self.lists: dict[tuple[str, ...], str] = {}

    def add(self, part: Part, *, head: str = "", answers: Mapping[str, Answer] | None = None) -> None:
        sheet = self.book.create_sheet(self._name(part))
        at = 1
        for text in (one for one in (head, part.help) if one):
            _put(sheet.cell(at, 2 if part.is_memory else 1), text, font=_GREY, wrap=False)
            at += 1
        keys = [marker(part.part), *(one.key for one in part.cols[1:])]
        for number, col in enumerate(part.cols, start=1):
            _put(sheet.cell(at, number), col.label, font=_HEAD, fill=_FILL)
            _put(sheet.cell(at + 1, number), keys[number - 1], font=_GREY, fill=_FILL)
            sheet.column_dimensions[get_column_letter(number)].width = col.weight
        first = at + 2
        sheet.freeze_panes = sheet.cell(first, 4 if answers else 2)
        last = first - 1
        for row in part.rows:
            for piece in _pieces(row):
                last += 1
                self._row(sheet, last, part, piece)
            answer = (answers or {}).get(str(row[0]))
            if answer is not None:
                self._offer(sheet, f"{get_column_letter(len(part.cols))}{last}", answer)
        for number, col in enumerate(part.cols, start=1):
            if col.answer is not None:
                letter = get_column_letter(number)
                self._offer(sheet, f"{letter}{first}:{letter}{last}", col.answer)
        if part.is_memory:
            sheet.sheet_state = "hidden"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
        sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True

    def _name(self, part: Part) -> str:
        """At most 31 signs, none of those a sheet may not have."""
        words = " ".join(re.sub(r"[\[\]:*?/\\']", " ", part.title).split())
        name, number = words[:31].strip(), 1
        while name.casefold() in {one.casefold() for one in self.book.sheetnames}:
            number += 1
            name = f"{words[:27].strip()} {number}"
        return name

    def _row(self, sheet: Any, at: int, part: Part, values: tuple[Any, ...]) -> None:
        for number, (col, value) in enumerate(zip(part.cols, values, strict=True), start=1):
            is_quiet = number == 1 or col.is_words or part.is_memory
            _put(sheet.cell(at, number), value, font=_GREY if is_quiet else None, answer=col.answer)

    def _offer(self, sheet: Any, where: str, answer: Answer) -> None:
        if answer.cell is Cell.DAY:
            if ":" not in where:
                sheet[where].number_format = "yyyy-mm-dd"
            return
        words = tuple(all_words(answer))
        if not words:
            return
        self.lists.setdefault(words, get_column_letter(len(self.lists) + 2))
        column = self.lists[words]
        rule = DataValidation("list", f"'{LISTS}'!${column}$2:${column}${len(words) + 1}", allow_blank=True)
        rule.add(where)
        sheet.add_data_validation(rule)

    def saved(self, title: str) -> bytes:
        sheet = self.book.create_sheet(LISTS)
        sheet.sheet_state = "hidden"
        _put(sheet["A1"], marker(LISTS))
        for words, column in self.lists.items():
            for at, one in enumerate(words, start=2):
                _put(sheet[f"{column}{at}"], one)
        self.book.properties.creator, self.book.properties.title = "Consult", title
        self.book.properties.description = note()
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def _pieces(row: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The row, and rows below it with what does not fit a cell."""
    cells = [cut(one) if isinstance(one, str) else [one] for one in row]
    for at in range(max(len(one) for one in cells)):
        key = f"{row[0]}{MORE}" if at else row[0]
        yield (key, *(one[at] if at < len(one) else "" for one in cells[1:]))


def _put(
    cell: Any, value: Any, *, font: Font | None = None, fill: PatternFill | None = None,
    wrap: bool = True, answer: Answer | None = None,
) -> None:  # fmt: skip
    """One value in one cell. A text is marked as one twice: in the file, and for whoever types into it."""
    is_day = answer is not None and answer.cell is Cell.DAY
    if isinstance(value, date):
        is_day = True
        value = value if value.year >= _FIRST_YEAR else value.isoformat()
    if isinstance(value, str):
        if value:
            cell.value = _LIKE_ESCAPED.sub("_x005F_", value)
            cell.data_type = "s"
        cell.number_format = "yyyy-mm-dd" if is_day else "@"
        if value.startswith(_FORMULA_LIKE):
            cell.quotePrefix = True
    else:
        cell.value = value
        cell.number_format = "yyyy-mm-dd" if is_day else "0"
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    if wrap:
        cell.alignment, cell.border = _WRAP, _GRID


# ── reading ─────────────────────────────────────────────────────────────────────


def grids(raw: bytes, name: str) -> list[Grid]:
    """The sheets of a file that `packages.checked` let through. Formulas are refused, not worked out."""
    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
        return list(_sheets(book, name))
    except ImportRefused:
        raise
    except Exception:  # whatever the library makes of a damaged file
        raise refused(name, Reason.DAMAGED) from None


def _sheets(book: Any, name: str) -> Iterator[Grid]:
    count = 0
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
        rows = []
        for at, row in enumerate(sheet.iter_rows(), start=1):
            count += len(row) + 1
            if at > MAX_ROWS or count > MAX_BOXES:
                raise refused(name, Reason.TOO_MUCH_INSIDE)
            rows.append([_box(cell, sheet.title, at, number, name) for number, cell in enumerate(row, 1)])
        yield Grid(sheet.title, rows)


def _box(cell: Any, sheet: str, row: int, number: int, name: str) -> Box:
    if cell.value is None:
        return Box()
    place = f"{sheet}!{get_column_letter(number)}{row}"
    if cell.data_type == "f":
        raise refused(name, Reason.FORMULA, place=place)
    if cell.data_type == "e":
        raise refused(name, Reason.NOT_A_TEXT, place=place, text=str(cell.value))
    value = cell.value
    if isinstance(value, str):
        value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    return Box(value, place)
