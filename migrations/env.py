"""Alembic's environment: the address comes from `consult.core.schema`."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, create_engine, pool, text

from consult import tables
from consult.core.db import LocalizedMap, LocalizedType
from consult.register.search import INDEX, Tokens


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations name plain types: they must go on working when our own types change."""
    if kind == "type" and isinstance(item, (JSON, LocalizedType, LocalizedMap)):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    if kind == "type" and isinstance(item, Tokens):
        return 'sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql")'
    return False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """The tables FTS5 makes of its own accord are nobody's to drop."""
    return not (kind == "table" and name is not None and name.split("_")[:2] == INDEX.split("_"))


def include_object(_item: Any, name: str | None, kind: str, is_reflected: bool, _other: Any) -> bool:
    """Of the index of tokens, SQLite has another kind (see `register.search`)."""
    is_sqlite = context.get_context().dialect.name == "sqlite"
    return not (is_sqlite and kind == "index" and name == "ix_search_document_tokens" and not is_reflected)


def run() -> None:
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        # Foreign keys stay off here: batch mode moves tables that others point at; checked at the end.
        context.configure(
            connection=connection,
            target_metadata=tables.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            render_item=render_item,
            compare_type=True,
            include_name=include_name,
            include_object=include_object,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise RuntimeError(f"foreign keys broken after migration: {len(broken)}")
    engine.dispose()


run()
