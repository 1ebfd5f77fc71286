"""The index of what can be found, on both databases: FTS5 on SQLite, `tsvector` with GIN on PostgreSQL.

The databases only match tokens that `words` made, so both find the same; both give it in the order of
`Document.position`, which no database computes. On SQLite triggers keep a contentless FTS5 table beside the
documents (it holds each token once a document, and no text)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Integer,
    Select,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    column,
    event,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session

from consult.core.db import Base, is_sqlite
from consult.register import words as dictionary

INDEX = "search_index"
"""The FTS5 table; its shadow tables begin with the same name."""
MOST_WORDS = 64
"""Words of a question that count."""

_ADD = "INSERT INTO search_index (rowid, tokens) VALUES (NEW.position, NEW.words || ' ' || NEW.facets);"
_TAKE = (
    "INSERT INTO search_index (search_index, rowid, tokens)"
    " VALUES ('delete', OLD.position, OLD.words || ' ' || OLD.facets);"
)  # a table without content: what goes has to be said again
TRIGGERS = {
    "search_document_insert": f"AFTER INSERT ON search_document BEGIN {_ADD} END",
    "search_document_update": f"AFTER UPDATE ON search_document BEGIN {_TAKE} {_ADD} END",
    "search_document_delete": f"AFTER DELETE ON search_document BEGIN {_TAKE} END",
}


class Tokens(TypeDecorator[frozenset[str]]):
    """A set of tokens: words with spaces on SQLite, a `tsvector` on PostgreSQL, which reads the same text."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else " ".join(sorted(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str] | None:
        return None if value is None else frozenset(value.replace("'", "").split())


def statements() -> Iterable[str]:
    """What SQLite needs beside the table of documents."""
    yield (
        f"CREATE VIRTUAL TABLE {INDEX} USING fts5"
        "(tokens, content='', columnsize=0, detail=none, tokenize='ascii')"
    )
    for name, what in TRIGGERS.items():
        yield f"CREATE TRIGGER {name} {what}"


@event.listens_for(Base.metadata, "after_create")
def _make_index(_target: object, connection: Any, **_options: object) -> None:
    if connection.dialect.name == "sqlite":
        for statement in statements():
            connection.execute(text(statement))


# ── asking ─────────────────────────────────────────────────────────────────────

Rows = Select[*tuple[Any, ...]]
Wanted = Sequence[Collection[str]]
"""Of each collection, one token at least; a token that ends in ``*`` is the beginning of one."""
_fts = table(INDEX, column("rowid", Integer), column(INDEX))
_documents = table(
    "search_document", column("position", Integer), column("subject_id"), column("words"), column("facets")
)


def matching(
    session: Session,
    query: Rows,
    *,
    subject: ColumnElement[Any] | Any,
    facets: Wanted,
    typed: str = "",
    locale: str = "fr",
    before: int | None = None,
) -> Rows:
    """``query`` narrowed to what has every word of ``typed`` and the ``facets`` (the shelf is one of them),
    newest first; below the position ``before``, if any. ``subject`` is the column of the query that names
    the thing found; ``position`` is added to the row. What the query asks of levels and audiences holds:
    searching only ever takes away."""
    words = dictionary.asked(typed, locale)[:MOST_WORDS]
    query = query.where(_documents.c.subject_id == subject)
    if is_sqlite(session):
        query, position = _matched_by_fts5(query, [*facets, *words])
    else:
        query, position = _matched_by_gin(query, facets, words)
    if before is not None:
        query = query.where(position < bindparam("search_before", before, Integer))
    return query.add_columns(position.label("position")).order_by(None).order_by(position.desc())


def position_of(part: str) -> int:
    """A position from an address people can type. Raises ValueError."""
    found = int(part)
    if not 0 < found < 2**31:
        raise ValueError(part)
    return found


def _matched_by_fts5(query: Rows, wanted: Wanted) -> tuple[Rows, ColumnElement[int]]:
    query = query.where(_fts.c.rowid == _documents.c.position)
    asked = bindparam("search_tokens", _fts5(wanted), Text)
    return query.where(_fts.c[INDEX].op("MATCH")(asked)), _fts.c.rowid


def _matched_by_gin(query: Rows, facets: Wanted, words: Wanted) -> tuple[Rows, ColumnElement[int]]:
    query = query.where(_documents.c.facets.op("@@")(_tsquery("search_facets", facets)))
    if words:
        query = query.where(_documents.c.words.op("@@")(_tsquery("search_words", words)))
    return query, _documents.c.position


def _fts5(wanted: Wanted) -> str:
    """Tokens are ASCII letters and digits, and stand in quotes: nothing in them is an operator."""
    return " AND ".join("(" + " OR ".join(map(_fts5_token, sorted(one))) + ")" for one in wanted)


def _fts5_token(token: str) -> str:
    return f'"{token[:-1]}"*' if token.endswith("*") else f'"{token}"'


def _tsquery(name: str, wanted: Wanted) -> ColumnElement[Any]:
    asked = " & ".join("(" + " | ".join(map(_tsquery_token, sorted(one))) + ")" for one in wanted)
    return cast(bindparam(name, asked, Text), TSQUERY)


def _tsquery_token(token: str) -> str:
    return f"'{token[:-1]}':*" if token.endswith("*") else f"'{token}'"


def compact(session: Session) -> None:
    """After something was taken back for good: FTS5 only marks what goes, and lets it lie until it merges."""
    if is_sqlite(session):
        session.flush()
        session.execute(text("INSERT INTO search_index (search_index) VALUES ('optimize')"))
