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
    String,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    column,
    delete,
    event,
    func,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from consult.core.db import Base, is_sqlite
from consult.register import words as dictionary

INDEX = "search_index"
"""The FTS5 table; its shadow tables begin with the same name."""
MOST_WORDS = 64
"""Words of a question that count."""
MOST_BEGUN = 200
"""Words taken for one that is only begun, the shortest first."""
PAGES_AT_ONCE = 500

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


Ascii = String(300).with_variant(String(300, collation="C"), "postgresql")
"""In the order of its bytes on both."""


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
"""Of each collection, one token at least."""
_fts = table(INDEX, column("rowid", Integer), column(INDEX))
_documents = table(
    "search_document", column("position", Integer), column("subject_id"), column("words"), column("facets")
)
_words = table("search_word", column("word", Ascii))
_begun = (
    select(_words.c.word)
    .where(_words.c.word >= bindparam("first", type_=Ascii), _words.c.word < bindparam("last", type_=Ascii))
    .order_by(func.length(_words.c.word), _words.c.word)
    .limit(bindparam("most"))
)
_known = select(_words.c.word).where(_words.c.word.in_(bindparam("words", expanding=True)))
_AT_ONCE = 500


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
    words = [_spelt_out(session, one) for one in dictionary.asked(typed, locale)[:MOST_WORDS]]
    query = query.where(_documents.c.subject_id == subject)
    if is_sqlite(session):
        query, position = _matched_by_fts5(query, [*facets, *words])
    else:
        query, position = _matched_by_gin(query, facets, words)
    if before is not None:
        query = query.where(position < bindparam("search_before", before, Integer))
    return query.add_columns(position.label("position")).order_by(None).order_by(position.desc())


def _spelt_out(session: Session, any_of: Collection[str]) -> Collection[str]:
    """Where one is a beginning, the words that begin so instead of it."""
    begun = next((one[:-1] for one in any_of if one.endswith("*")), None)
    if begun is None:
        return any_of
    found = session.scalars(_begun, {"first": begun[1:], "last": begun[1:] + "{", "most": MOST_BEGUN})
    return {one for one in any_of if not one.endswith("*")} | {begun[0] + word for word in found}


def learn(session: Session, tokens: Iterable[str]) -> None:
    """These are words of some document now."""
    asked = sorted(one[1:] for one in tokens if one[0] == dictionary.EXACT)
    known: set[str] = set()
    for at in range(0, len(asked), _AT_ONCE):
        known.update(session.scalars(_known, {"words": asked[at : at + _AT_ONCE]}))
    new = [{"word": one} for one in asked if one not in known]
    if new:
        insert = sqlite_insert if is_sqlite(session) else postgresql_insert
        session.execute(insert(_words).on_conflict_do_nothing(), new)


def forget(session: Session, tokens: Iterable[str]) -> None:
    """What was taken back for good is no word of ours any more, unless another document has it. FTS5 only
    marks what goes, and lets it lie until it merges: so it merges now."""
    session.flush()
    for one in sorted(tokens):
        if one[0] == dictionary.EXACT and not _is_somewhere(session, one):
            session.execute(delete(_words).where(_words.c.word == one[1:]))
    if is_sqlite(session):
        session.execute(text("INSERT INTO search_index (search_index) VALUES ('optimize')"))


def _is_somewhere(session: Session, token: str) -> bool:
    if is_sqlite(session):
        query: Rows = select(_fts.c.rowid).where(_fts.c[INDEX].op("MATCH")(_fts5([{token}])))
    else:
        query = select(_documents.c.position)
        query = query.where(_documents.c.words.op("@@")(_tsquery("search_words", [{token}])))
    return session.execute(query.limit(1)).first() is not None


def merge(session: Session, *, begin: bool) -> bool:
    """Brings together a part of what FTS5 wrote apart: in one place, a word is found some ten times faster.
    ``begin``: everything is to be merged. True while there is more to do; PostgreSQL does so by itself."""
    if not is_sqlite(session):
        return False
    connection: Any = session.connection().connection.dbapi_connection
    before = connection.total_changes
    pages = -PAGES_AT_ONCE if begin else PAGES_AT_ONCE
    session.execute(
        text("INSERT INTO search_index (search_index, rank) VALUES ('merge', :pages)"), {"pages": pages}
    )
    return bool(connection.total_changes - before > 1)


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
    return " AND ".join("(" + " OR ".join(f'"{token}"' for token in sorted(one)) + ")" for one in wanted)


def _tsquery(name: str, wanted: Wanted) -> ColumnElement[Any]:
    asked = " & ".join("(" + " | ".join(f"'{token}'" for token in sorted(one)) + ")" for one in wanted)
    return cast(bindparam(name, asked, Text), TSQUERY)
