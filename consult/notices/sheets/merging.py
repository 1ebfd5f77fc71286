"""A file that was filled, put into the draft it was made from. What was not changed in the file stays as the
draft has it by now; what was changed is shown before it is saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from consult.core.localized import LOCALES, Localized, digest
from consult.notices import fields
from consult.notices.content import Content
from consult.notices.fields import Words
from consult.notices.rules import rebased, typed
from consult.notices.sheets.layout import (
    NOTICE,
    SOURCE,
    Line,
    built,
    in_words,
    line_text,
    line_value,
    plain,
)
from consult.notices.sheets.marks import Mark, marks_of, prepared, rows_digest, rows_key
from consult.notices.sheets.reading import LINES, Read


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different: by its label, and the language of a text. ``is_both``: the draft changed
    there too since the file was made from it."""

    label: Words
    language: str
    before: str
    after: str
    is_both: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """``made_from``: the address part of the notice the file was made from, where it says so."""

    content: Content
    changes: tuple[Change, ...]
    made_from: str = ""


def merged(read: Read, current: Content) -> Merged:
    """The draft with what was changed in the file, and each change in the language being written."""
    if read.marks is None:  # an editor dropped them: what differs from the draft is what was changed
        read = replace(read, marks=marks_of(prepared(current)), about={**read.about, SOURCE: current.source})
    source = _value(read, LINES[SOURCE], current)
    texts = {key: _text(read, key, current, source) for key, line in LINES.items() if line.is_text}
    values = {key: _value(read, line, current) for key, line in LINES.items() if line.answer}
    tables = {table.key: _rows(read, table, current, source) for table in fields.TABLES}
    content = built(texts, values, tables, current).normal()
    return Merged(content, tuple(_changes(read, current, content)), read.about.get(NOTICE, ""))


def _mark(read: Read, key: str) -> Mark:
    found = read.mark(key)
    assert found is not None, "a file without marks is given those of the draft"
    return found


def _text(read: Read, key: str, current: Content, source: str) -> Localized:
    """Language by language: what was changed in the file, else what the draft says."""
    stored, said, mark = line_text(current, key), read.texts.get(key, {}), _mark(read, key)
    texts = {
        language: stored.texts.get(language, "")
        if language not in said or mark.has(language, said[language])
        else said[language]
        for language in LOCALES
    }
    if all(plain(text) == plain(stored.texts.get(lang, "")) for lang, text in texts.items()):
        return rebased(stored, source) if source != current.source else stored
    return typed(stored, texts, source=source)


def _value(read: Read, line: Line, current: Content) -> Any:
    stored = line_value(current, line.key)
    if line.key not in read.values:
        return stored
    said = read.values[line.key]
    if said in (None, "") and line.key in (SOURCE, "authority"):
        return stored  # these two always have one
    return stored if _is_as_made(read, line.key, said) else said


def _is_as_made(read: Read, key: str, said: Any) -> bool:
    return _mark(read, key).value == digest("" if said is None else str(said))


def _rows(read: Read, table: fields.Table, current: Content, source: str) -> tuple[Any, ...]:
    """A table is taken whole: from the file where anything in it was changed there."""
    stored: tuple[Any, ...] = tuple(getattr(current, table.key))
    if table.key not in read.tables or _is_untouched(read, table):
        if source == current.source:
            return stored
        return tuple(_rebased(table, one, source) for one in stored)
    rows = replace(read, values={**read.values, SOURCE: source}).rows(table)
    return stored if source == current.source and _same(table, rows, current) else rows


def _is_untouched(read: Read, table: fields.Table) -> bool:
    as_made = replace(read, values={**read.values, SOURCE: read.was}).rows(table)
    return _mark(read, rows_key(table.key)).value == rows_digest(table.key, as_made)


def _same(table: fields.Table, rows: tuple[Any, ...], current: Content) -> bool:
    """Whether the rows say what the draft does, signs that no file keeps aside."""
    return rows_digest(table.key, rows) == _digest_now(table, current)


def _digest_now(table: fields.Table, current: Content) -> str:
    return rows_digest(table.key, getattr(prepared(current), table.key))


def _rebased(table: fields.Table, row: Any, source: str) -> Any:
    return replace(row, **{column.key: rebased(getattr(row, column.key), source) for column in table.texts})


# ── what would change ───────────────────────────────────────────────────────────


def _changes(read: Read, before: Content, after: Content) -> Iterator[Change]:
    for key, line in LINES.items():
        if line.answer is not None:
            old, new = line_value(before, key), line_value(after, key)
            if old != new:
                is_both = _mark(read, key).value != digest(str(old or ""))
                yield Change(line.label, "", in_words(old, line.answer), in_words(new, line.answer), is_both)
        if line.is_text:
            yield from _text_changes(read, line, line_text(before, key), line_text(after, key))
    for table in fields.TABLES:
        is_both = _mark(read, rows_key(table.key)).value != _digest_now(table, before)
        for language in LOCALES:
            told = [
                "\n\n".join(_told(table, row, language) for row in getattr(one, table.key))
                for one in (before, after)
            ]
            if told[0] != told[1]:
                yield Change(table.label, language, told[0], told[1], is_both)


def _text_changes(read: Read, line: Line, before: Localized, after: Localized) -> Iterator[Change]:
    for language in LOCALES:
        old, new = before.texts.get(language, ""), after.texts.get(language, "")
        if plain(old) != plain(new):
            is_both = not _mark(read, line.key).has(language, plain(old))
            yield Change(line.label, language, old, new, is_both)


def _told(table: fields.Table, row: Any, language: str) -> str:
    """A row in one language, a line for each thing it says."""
    found = []
    for column in table.columns:
        value = getattr(row, column.key)
        if isinstance(value, Localized):
            found.append(value.texts.get(language, ""))
        elif column.choices and value is not None:
            found.append(str(column.choices[value]))
        elif value not in (None, ""):
            found.append(f"{column.label}: {value}")
    return "\n".join(one for one in found if one)
