"""What a file says of a notice, and the content it makes by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from consult.core.localized import LOCALES
from consult.notices import fields
from consult.notices.content import NOTHING, Content
from consult.notices.rules import AUTHORITY, TITLE, Authority
from consult.notices.sheets.layout import SOURCE, Line, built, lines
from consult.notices.sheets.marks import Mark, restored

LINES: dict[str, Line] = {one.key: one for one in lines()}
Rows = tuple["Row", ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. ``number``: the row it was in the notice the file was made from, from 1."""

    number: str
    texts: Mapping[str, Mapping[str, str]]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says. Keys it does not have are not in ``texts``, ``values`` and ``tables``. ``marks`` is
    None where they are lost: an editor may have dropped them."""

    texts: Mapping[str, Mapping[str, str]]
    values: Mapping[str, Any]
    tables: Mapping[str, Rows]
    about: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Mark] | None = None
    files: tuple[str, ...] = ()

    @property
    def was(self) -> str:
        """The language the notice was written in first when the file was made."""
        found = self.about.get(SOURCE, "")
        return found if found in LOCALES else self.source

    @property
    def source(self) -> str:
        """The one it says now; without any, that of the title."""
        if self.values.get(SOURCE):
            return str(self.values[SOURCE])
        if self.about.get(SOURCE) in LOCALES:
            return self.about[SOURCE]
        said = self.texts.get(TITLE, {})
        return next((one for one in LOCALES if said.get(one)), LOCALES[0])

    def mark(self, key: str) -> Mark | None:
        return None if self.marks is None else self.marks.get(key) or Mark(self.was)

    def content(self) -> Content:
        """The content of the file by itself, without the files of the notice it was made from."""
        texts = {
            key: restored(self.texts.get(key, {}), self.mark(key), source=self.source, was=self.was)
            for key, line in LINES.items()
            if line.is_text
        }
        values = {key: self.values.get(key) for key, line in LINES.items() if line.answer}
        values[AUTHORITY] = values[AUTHORITY] or Authority.SOURCE
        tables = {table.key: self.rows(table) for table in fields.TABLES}
        return built(texts, values, tables, Content(NOTHING, starter=self.starter))

    @property
    def starter(self) -> Mapping[str, Any]:
        """The starter it began from, as the file carries it; nothing where that cannot be read."""
        try:
            found = json.loads(self.about.get("starter") or "{}")
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def rows(self, table: fields.Table) -> tuple[Any, ...]:
        return tuple(self._row(table, one) for one in self.tables.get(table.key, ()))

    def _row(self, table: fields.Table, row: Row) -> Any:
        values = dict(row.values)
        for column in table.texts:
            mark = self.mark(f"{table.key}.{row.number}.{column.key}")
            said = row.texts.get(column.key, {})
            values[column.key] = restored(said, mark, source=self.source, was=self.was)
        for column in table.columns:
            if column.choices and values.get(column.key):
                values[column.key] = next(one for one in column.choices if one.value == values[column.key])
        return table.row(**values)
