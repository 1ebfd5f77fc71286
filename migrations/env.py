"""Alembic's environment: the address comes from `consult.core.schema`."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, create_engine, pool, text

from consult import tables
from consult.core.db import LocalizedMap, LocalizedType


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations name plain types: they must go on working when our own types change."""
    if kind == "type" and isinstance(item, (JSON, LocalizedType, LocalizedMap)):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


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
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise RuntimeError(f"foreign keys broken after migration: {len(broken)}")
    engine.dispose()


run()
