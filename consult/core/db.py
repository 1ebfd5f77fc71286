"""Both databases: the declarative base, portable column types, and how a connection is set up.

All differences between SQLite and PostgreSQL live here, in `triggers` and in what says so by name."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import (
    JSON,
    ColumnElement,
    Dialect,
    Engine,
    Enum,
    LargeBinary,
    MetaData,
    TypeDecorator,
    case,
    event,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from consult.core.localized import Localized

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

PortableJSON = JSON().with_variant(JSONB(), "postgresql")
FixedBytes = LargeBinary


class Base(DeclarativeBase):
    """Every table of the product."""

    metadata = MetaData(naming_convention=NAMES)


class WithId(Base):
    """A table of the signed-in side: a random identifier."""

    __abstract__ = True
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


db = SQLAlchemy(require_default_engine=False)


class LocalizedType(TypeDecorator[Localized]):
    """A `Localized` as one JSON document, replaced whole."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor((JSONB if dialect.name == "postgresql" else JSON)(none_as_null=True))

    def process_bind_param(self, value: Localized | None, dialect: Dialect) -> Any:
        return None if value is None else value.as_json()

    def process_result_value(self, value: Any, dialect: Dialect) -> Localized | None:
        return None if value is None else Localized.from_json(value)


class LocalizedMap(TypeDecorator[dict[str, Localized]]):
    """``{key: Localized}`` as one JSON document, replaced whole."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def process_bind_param(self, value: Mapping[str, Localized] | None, dialect: Dialect) -> Any:
        return None if value is None else {key: text.as_json() for key, text in value.items()}

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, Localized] | None:
        return None if value is None else {k: Localized.from_json(v) for k, v in value.items()}


def enum_type(kind: type[StrEnum]) -> Enum:
    """An enum stored by its values with a named CHECK, the same on both databases."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def random_id() -> bytes:
    """16 random bytes, for the tables of the voice."""
    return secrets.token_bytes(16)


def count_of(*columns: ColumnElement[Any]) -> ColumnElement[int]:
    """How many of the columns are set: for a portable CHECK of "exactly one of"."""
    total: ColumnElement[int] = case((columns[0].is_not(None), 1), else_=0)
    for column in columns[1:]:
        total = total + case((column.is_not(None), 1), else_=0)
    return total


# ── connections ────────────────────────────────────────────────────────────────

reading: ContextVar[bool] = ContextVar("reading", default=False)
"""True while a request that may not write is served: SQLite then begins without its write lock."""

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=10000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-20000",
)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin ourselves, see _begin
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Any) -> None:
    # A deferred transaction that reads and then writes fails at once, whatever busy_timeout says.
    connection.exec_driver_sql("BEGIN" if reading.get() else "BEGIN IMMEDIATE")


def prepare(engine: Engine) -> Engine:
    """Sets up what every connection of this engine needs."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin)
    return engine


def engine_options(url: str) -> dict[str, Any]:
    """Options of ``create_engine``: parameters never reach a log or a traceback."""
    return {"url": url, "hide_parameters": True, "pool_pre_ping": not url.startswith("sqlite")}


def begin_writing(session: Session) -> None:
    """Ends what was read so far, so that the next statement opens a writing transaction.
    For the rare GET that has to note something (a first opening, an idle limit moved)."""
    session.rollback()
    reading.set(False)


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def by_database(session: Session, *, sqlite: Callable[[], None], postgresql: Callable[[], None]) -> None:
    """Runs the one that fits; the only way a service may differ between the two."""
    (sqlite if is_sqlite(session) else postgresql)()


def next_number(session: Session, column: ColumnElement[int] | Any) -> int:
    """``max(column) + 1``; the caller holds the write lock (BEGIN IMMEDIATE, or a locked row)."""
    return (session.scalar(func.max(column).select()) or 0) + 1
