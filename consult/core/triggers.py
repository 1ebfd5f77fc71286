"""Rows that may never change, enforced by the database itself, on SQLite and on PostgreSQL.

A models module declares ``freeze(...)``; creating the tables makes the triggers, a migration makes
them with ``statements(...)``, and a test compares the two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, text

from consult.core.db import Base


@dataclass(frozen=True, slots=True)
class Freeze:
    """On ``operations`` of ``table`` where ``when`` holds (``ROW`` stands for the old row, on INSERT
    for the new one), the database refuses with ``reason``. ``a DIFFERS b`` compares with NULL as a value:
    what is unknown is never let through."""

    table: str
    when: str
    reason: str
    operations: tuple[str, ...] = ("UPDATE", "DELETE")

    def name(self, operation: str) -> str:
        return f"frozen_{self.table}_{operation.lower()}"

    def condition(self, operation: str, dialect: str) -> str:
        differs = " IS NOT " if dialect == "sqlite" else " IS DISTINCT FROM "
        when = self.when.replace("ROW.", "NEW." if operation == "INSERT" else "OLD.")
        return when.replace(" DIFFERS ", differs)


FROZEN: list[Freeze] = []


def freeze(
    table: str, *, when: str = "1 = 1", reason: str, operations: tuple[str, ...] = ("UPDATE", "DELETE")
) -> Freeze:
    """Declares a frozen table; see `Freeze`."""
    frozen = Freeze(table, when, reason, operations)
    FROZEN.append(frozen)
    return frozen


def changed(*columns: str) -> str:
    """A condition on an UPDATE: one of these columns changes."""
    return " OR ".join(f"NEW.{one} DIFFERS OLD.{one}" for one in columns)


def statements(frozen: Freeze, dialect: str) -> Iterator[str]:
    """The DDL that makes the triggers of one freeze on ``sqlite`` or ``postgresql``."""
    for operation in frozen.operations:
        name, condition = frozen.name(operation), frozen.condition(operation, dialect)
        reason = frozen.reason.replace("'", "''")
        if dialect == "sqlite":
            yield (
                f"CREATE TRIGGER {name} BEFORE {operation} ON {frozen.table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{reason}'); END"
            )
        else:
            result = "OLD" if operation == "DELETE" else "NEW"
            yield (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {condition} THEN RAISE EXCEPTION '{reason}' "
                f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {result}; END $$"
            )
            yield (
                f"CREATE TRIGGER {name} BEFORE {operation} ON {frozen.table} "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


def undo(frozen: Freeze, dialect: str) -> Iterator[str]:
    """The DDL that takes the triggers away again."""
    for operation in frozen.operations:
        name = frozen.name(operation)
        if dialect == "sqlite":
            yield f"DROP TRIGGER IF EXISTS {name}"
        else:
            yield f"DROP TRIGGER IF EXISTS {name} ON {frozen.table}"
            yield f"DROP FUNCTION IF EXISTS {name}()"


@event.listens_for(Base.metadata, "after_create")
def _make_all(_target: object, connection: Any, **_options: object) -> None:
    for frozen in FROZEN:
        for statement in statements(frozen, connection.dialect.name):
            connection.execute(text(statement))
