"""What a file remembers of each text it was made with: fingerprints, never the text itself. By them one
knows what was changed in the file, and a translation stays as far behind its source as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from consult.core.localized import LOCALES, Localized, digest
from consult.notices import fields
from consult.notices.content import NOTHING, Content, as_json
from consult.notices.rules import rebased
from consult.notices.sheets.layout import line_text, line_value, lines, plain

NOTHING_SAID = digest("")


@dataclass(frozen=True, slots=True)
class Mark:
    """Of one key: the language its text was written first in, what each translation was made from, the
    fingerprint of each language, and that of its answer (of a table: of all its rows)."""

    source: str
    made_from: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    value: str = NOTHING_SAID

    def has(self, language: str, text: str) -> bool:
        """Whether the text in that language is the one the file was made with."""
        return self.texts.get(language, NOTHING_SAID) == digest(text)

    def rebased(self, source: str) -> Mark:
        """As `rules.rebased` does it, known by fingerprints alone."""
        if source == self.source:
            return self
        first = self.texts.get(self.source, NOTHING_SAID)
        new = self.texts.get(source, NOTHING_SAID)
        is_current = new != NOTHING_SAID and (first == NOTHING_SAID or self.made_from.get(source) == first)
        return replace(self, source=source, made_from={self.source: new} if is_current else {})


def prepared(content: Content) -> Content:
    """The content as a file holds it: every text `layout.plain`, each translation as current as before."""

    def row(table: fields.Table, one: Any) -> Any:
        texts: dict[str, Any] = {column.key: _plain(getattr(one, column.key)) for column in table.texts}
        names = {
            column.key: plain(getattr(one, column.key))
            for column in table.columns
            if column.cell is fields.Cell.NAME
        }
        return replace(one, **texts, **names)

    rows: dict[str, Any] = {
        table.key: tuple(row(table, one) for one in getattr(content, table.key)) for table in fields.TABLES
    }
    return replace(
        content,
        title=_plain(content.title),
        summary={key: _plain(text) for key, text in content.summary.items()},
        fields={key: _plain(text) for key, text in content.fields.items()},
        changelog=_plain(content.changelog),
        **rows,
    ).normal()


def _plain(text: Localized) -> Localized:
    kept = {language: plain(one) for language, one in text.texts.items()}
    if kept == dict(text.texts):
        return text
    before, after = digest(text.texts.get(text.source, "")), digest(kept.get(text.source, ""))
    made = {language: after if one == before else one for language, one in text.made_from.items()}
    return Localized(kept, text.source, made)


def texts_of(content: Content) -> Iterator[tuple[str, Localized]]:
    """Every text of a content, with its key: ``groups.1.name`` for a cell of the first row."""
    for line in lines():
        if line.is_text:
            yield line.key, line_text(content, line.key)
    for table in fields.TABLES:
        for number, row in enumerate(getattr(content, table.key), start=1):
            for column in table.texts:
                yield f"{table.key}.{number}.{column.key}", getattr(row, column.key)


def marks_of(content: Content) -> dict[str, Mark]:
    """The marks of a prepared content. A text that says nothing, in the notice's language, needs none."""
    found = {
        key: Mark(text.source, text.made_from, {lang: digest(one) for lang, one in text.texts.items()})
        for key, text in texts_of(content)
        if text or text.source != content.source or text.made_from
    }
    blank = Mark(content.source)
    for line in lines():
        if line.answer is not None and (value := line_value(content, line.key)) not in (None, ""):
            found[line.key] = replace(found.get(line.key, blank), value=digest(str(value)))
    for table in fields.TABLES:
        found[rows_key(table.key)] = Mark(
            content.source, value=rows_digest(table.key, getattr(content, table.key))
        )
    return found


def rows_key(table: str) -> str:
    """The key of a table as a whole: a field may have the table's own."""
    return f"{table}.rows"


def rows_digest(table: str, rows: Any) -> str:
    """The fingerprint of all rows of a table."""
    whole: dict[str, Any] = {table: tuple(rows)}
    return digest(json.dumps(as_json(Content(NOTHING, **whole))[table], sort_keys=True))


def restored(texts: Mapping[str, str], mark: Mark | None, *, source: str, was: str) -> Localized:
    """The text of a box. As it was where nothing was changed in it; else as an edit leaves it: what was
    written in the file is made from the source as it stands there. ``source`` is the language of the notice
    now, ``was`` the one it had when the file was made."""
    kept = {language: text for language, text in texts.items() if text}
    if mark is None:
        return Localized.of(fr=kept.get("fr", ""), en=kept.get("en", ""), source=source)
    same = {language: mark.has(language, kept.get(language, "")) for language in LOCALES}
    if all(same.values()) and source == was:
        return Localized(kept, mark.source, mark.made_from)
    if all(same.values()):
        return rebased(Localized(kept, mark.source, mark.made_from), source)
    mark, now, made = mark.rebased(source), digest(kept.get(source, "")), {}
    for language in (one for one in kept if one != source):
        if not same[language]:
            made[language] = now
        elif language in mark.made_from:
            made[language] = mark.made_from[language]
    return Localized(kept, source, made)
