"""From the tables of a file to what they say. A table is known by its marker, its columns and rows by their
keys, wherever they stand. What would be lost is refused, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consult.core.localized import LOCALES
from consult.notices import fields
from consult.notices.imports.refusals import ImportRefused, Reason
from consult.notices.sheets.boxes import Box, Grid, answer_of, raw_text, refused, short, text_of
from consult.notices.sheets.layout import (
    ABOUT,
    ANSWER,
    FILES,
    LISTS,
    MARKS,
    MORE,
    NOTE,
    TEXTS,
    VERSION,
    Place,
    places,
    plain,
)
from consult.notices.sheets.marks import NOTHING_SAID, Mark
from consult.notices.sheets.reading import LINES, Read, Row

_MARKER = re.compile(r"consult:([a-z_]+)")
_HEAD = 20
"""A marker stands in the first rows of its table."""
_UNREAD = frozenset({"section", "label", "help"})
_OURS = frozenset({NOTE, LISTS})
"""Parts that say nothing of the content."""


@dataclass
class Found:
    """A table of the file by its part: the key of each row and its boxes by the key of their column."""

    part: str
    name: str
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[tuple[str, dict[str, Box]]] = field(default_factory=list)


def read(grids: Sequence[Grid], name: str) -> Read:
    """What the tables of a file say. ``name`` is for messages."""
    found = [one for grid in grids if (one := _found(grid, name)) is not None]
    parts = {one.part for one in found}
    if not parts & {TEXTS, *fields.BY_TABLE}:
        raise refused(name, Reason.NOT_A_TEMPLATE)
    about = _about([one for one in found if one.part == ABOUT], name)
    if about.get("version", str(VERSION)) != str(VERSION):
        raise refused(name, Reason.OTHER_FORMAT, version=short(about["version"]), known=VERSION)
    marks = _marks([one for one in found if one.part == MARKS], name) if MARKS in parts else None
    texts, values = _lines([one for one in found if one.part == TEXTS], name)
    tables = {
        table.key: tuple(_rows(table, [one for one in found if one.part == table.key], marks, name))
        for table in fields.TABLES
        if table.key in parts
    }
    files = [key for one in found if one.part == FILES for key, _boxes in one.rows if key]
    return Read(texts, values, tables, about, marks, tuple(files))


# ── tables by their markers ─────────────────────────────────────────────────────


def _found(grid: Grid, name: str) -> Found | None:
    """The table, or None for one that is empty. One with text and without a marker is refused."""
    place = _marker_of(grid)
    if place is None:
        for row in grid.rows:
            for box in row:
                if not box.is_blank:
                    raise _unread(box, grid, name, "")
        return None
    at, first, part = place
    if part in _OURS:
        return Found(part, grid.name)
    if part not in {TEXTS, ABOUT, MARKS, FILES, *fields.BY_TABLE}:
        raise refused(name, Reason.UNKNOWN_KEY, place=grid.name, key=short(part))
    table = Found(part, grid.name)
    for number, box in enumerate(grid.rows[at]):
        key = _key(box)
        if number == first or not key:
            continue
        if key in table.columns:
            raise refused(name, Reason.DUPLICATE_COLUMNS, columns=f"{grid.name}, {key}")
        table.columns[key] = number
    for row in grid.rows[at + 1 :]:
        _take_row(table, row, first, grid, name)
    return table


def _marker_of(grid: Grid) -> tuple[int, int, str] | None:
    for at, row in enumerate(grid.rows[:_HEAD]):
        for number, box in enumerate(row):
            if found := _MARKER.fullmatch(_key(box)):
                return at, number, found[1]
    return None


def _key(box: Box) -> str:
    value = box.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value)) if value == int(value) else str(value)
    return plain(value).casefold() if isinstance(value, str) else ""


def _take_row(table: Found, row: list[Box], first: int, grid: Grid, name: str) -> None:
    """Keeps the boxes of a row under the keys of their columns; text in a column without a key is refused."""
    key = _key(row[first]) if first < len(row) else ""
    by_place = {number: column for column, number in table.columns.items()}
    boxes = {}
    for number, box in enumerate(row):
        if number == first:
            continue
        column = by_place.get(number, "")
        if column:
            boxes[column] = box
        elif not box.is_blank:
            raise _unread(box, grid, name, key)
    table.rows.append((key, boxes))


def _unread(box: Box, grid: Grid, name: str, key: str) -> ImportRefused:
    place = box.place or ", ".join(part for part in (grid.name, key) if part)
    return refused(name, Reason.NOT_READ, place=place, text=short(str(box.value)))


# ── what the file remembers ─────────────────────────────────────────────────────


def _about(tables: Sequence[Found], name: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for key, boxes in (row for table in tables for row in table.rows):
        bare = key.removesuffix(MORE)
        more = raw_text(boxes.get("value", Box()), name, key)
        said[bare] = said.get(bare, "") + more if key.endswith(MORE) else plain(more)
    return said


def _marks(tables: Sequence[Found], name: str) -> dict[str, Mark]:
    """Marks nobody understands are as good as none."""
    found = {}
    for key, boxes in (row for table in tables for row in table.rows):
        said = {column: text_of(box, name, key) for column, box in boxes.items()}
        if not key or said.get("source") not in LOCALES:
            continue
        made = (one.partition(":") for one in said.get("made_from", "").split())
        found[key] = Mark(
            said["source"],
            {language: digest for language, _colon, digest in made if language in LOCALES},
            {language: said[language] for language in LOCALES if said.get(language)},
            said.get("value") or NOTHING_SAID,
        )
    return found


# ── texts and answers ───────────────────────────────────────────────────────────


def _lines(tables: Sequence[Found], name: str) -> tuple[dict[str, dict[str, str]], dict[str, Any]]:
    texts: dict[str, dict[str, str]] = {}
    values: dict[str, Any] = {}
    for table in tables:
        for key, joined in _joined(table, name):
            line = LINES.get(key.removesuffix(ANSWER))
            said = {column: box for column, box in joined.items() if column not in _UNREAD}
            if line is None:
                for column, box in said.items():
                    if not box.is_blank:
                        raise _stranger(key, box, column, table, name)
                if key and not _MARKER.fullmatch(key):
                    raise refused(name, Reason.UNKNOWN_KEY, place=table.name, key=short(key))
                continue
            is_answer = key.endswith(ANSWER) or not line.is_text
            for column, box in said.items():
                place = _place(box, key, column)
                if column in LOCALES and not is_answer:
                    _keep(texts.setdefault(key, {}), column, text_of(box, name, place), place, name)
                elif line.answer is not None and (column == "answer" or is_answer):
                    value = answer_of(box, line.answer, name, place)
                    _keep(values, line.key, value, place, name)
                elif not box.is_blank:
                    raise refused(name, Reason.NOT_READ, place=place, text=short(str(box.value)))
    title = texts.get("title", {})
    texts |= {"title": {lang: " ".join(text.split("\n")) for lang, text in title.items()}} if title else {}
    return texts, values


def _keep(said: dict[str, Any], key: str, value: Any, place: str, name: str) -> None:
    """The same key may stand twice if it says the same, or nothing."""
    known = said.get(key)
    if known and value and known != value:
        raise refused(name, Reason.SAID_TWICE, place=place)
    said[key] = known or value


def _joined(table: Found, name: str) -> Iterator[tuple[str, dict[str, Box]]]:
    """Rows, each with what goes on in the rows below it (``key+``)."""
    rows: list[tuple[str, dict[str, Box]]] = []
    for key, boxes in table.rows:
        if key.endswith(MORE) and rows and rows[-1][0] == key.removesuffix(MORE):
            before = rows[-1][1]
            for column, box in boxes.items():
                if box.value not in (None, ""):
                    first = before.get(column, Box())
                    said = raw_text(first, name, key) + raw_text(box, name, key)
                    before[column] = Box(said, first.place or box.place)
        else:
            rows.append((key, dict(boxes)))
    yield from rows


def _stranger(key: str, box: Box, column: str, table: Found, name: str) -> ImportRefused:
    place = box.place or f"{table.name}, {column}"
    if not key:
        return refused(name, Reason.NO_KEY, place=place, text=short(str(box.value)))
    return refused(name, Reason.UNKNOWN_KEY, place=place, key=short(key))


def _place(box: Box, key: str, column: str) -> str:
    return box.place or f"{key}, {column}"


# ── tables of the notice ────────────────────────────────────────────────────────


def _rows(
    table: fields.Table, tables: Sequence[Found], marks: Mapping[str, Mark] | None, name: str
) -> Iterator[Row]:
    columns = {one.key: one for one in places(table)}
    for found in tables:
        _refuse_missing(table, found, columns, marks, name)
        for number, (key, boxes) in enumerate(_joined(found, name), start=1):
            if key and not key.isdecimal() and not _MARKER.fullmatch(key):
                raise refused(name, Reason.UNKNOWN_KEY, place=f"{found.name}, {number}", key=short(key))
            texts: dict[str, dict[str, str]] = {}
            values: dict[str, Any] = {}
            for column, box in boxes.items():
                if column in columns:
                    place = box.place or f"{found.name}, {key or number}, {column}"
                    _read_box(columns[column], box, texts, values, name, place)
                elif not box.is_blank:
                    where = box.place or f"{found.name}, {key or number}"
                    raise refused(name, Reason.UNKNOWN_KEY, place=where, key=short(column))
            if not _says_something(texts, values):
                continue
            _refuse_empty(table, boxes, values, found, key or str(number), name)
            yield Row(key, texts, _filled(table, values))


def _read_box(
    place: Place, box: Box, texts: dict[str, dict[str, str]], values: dict[str, Any], name: str, where: str
) -> None:
    if place.language:
        texts.setdefault(place.column.key, {})[place.language] = text_of(box, name, where)
    else:
        values[place.key] = answer_of(box, place.answer, name, where)


def _says_something(texts: Mapping[str, Mapping[str, str]], values: Mapping[str, Any]) -> bool:
    return any(any(one.values()) for one in texts.values()) or any(
        value not in (None, "") for value in values.values()
    )


def _filled(table: fields.Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Every column that is no text; a name that is not given is empty, anything else None."""
    found = {}
    for column in (one for one in table.columns if not one.cell.is_text):
        value = values.get(column.key)
        found[column.key] = (
            ("" if column.cell is fields.Cell.NAME else None) if value in (None, "") else value
        )
    return found


def _refuse_empty(
    table: fields.Table,
    boxes: Mapping[str, Box],
    values: Mapping[str, Any],
    found: Found,
    key: str,
    name: str,
) -> None:
    for column in table.columns:
        if column.needed and not column.cell.is_text and values.get(column.key) in (None, ""):
            box = boxes.get(column.key, Box())
            place = box.place or f"{found.name}, {key}, {column.key}"
            raise refused(name, Reason.NEEDED, place=place, column=str(column.label))


def _refuse_missing(
    table: fields.Table,
    found: Found,
    columns: Mapping[str, Place],
    marks: Mapping[str, Mark] | None,
    name: str,
) -> None:
    """The columns of a language may be left out where nothing was written in it; no other may."""
    started = {
        (key.partition(".")[0], key.rpartition(".")[2], language)
        for key, mark in (marks or {}).items()
        for language, digest in mark.texts.items()
        if key.count(".") == 2 and digest != NOTHING_SAID
    }
    lacking = [
        one.key
        for one in columns.values()
        if one.key not in found.columns
        and (not one.language or marks is None or (table.key, one.column.key, one.language) in started)
    ]
    if lacking:
        raise refused(name, Reason.COLUMNS_LOST, place=found.name, columns=", ".join(lacking))
