"""What was under study when points came to be followed up waits for a last word, and nothing else does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import JSON, Boolean, Connection, Date, Integer, MetaData, Table, create_engine, text

from consult.core import schema

NIL = "0" * 32
WORDS = '{"texts": {"fr": "Un"}, "source": "fr", "made_from": {}}'


def insert(connection: Connection, name: str, **values: Any) -> None:
    """A row: what it cannot do without and nobody named is nothing, in the form of its column."""
    table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
    for column in table.columns:
        if column.name not in values and not column.nullable and column.server_default is None:
            kind = column.type
            number = 1 if isinstance(kind, (Boolean, Integer)) else None
            plain = "2026-11-02" if isinstance(kind, Date) else WORDS if isinstance(kind, JSON) else ""
            values[column.name] = number if number is not None else NIL if column.foreign_keys else plain
    names = ", ".join(values)
    marks = ", ".join(f":{one}" for one in values)
    connection.execute(text(f"INSERT INTO {name} ({names}) VALUES ({marks})"), values)


def test_it_waits_and_goes_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    command.upgrade(schema.configuration(url), "0017")
    engine = create_engine(url)
    with engine.begin() as connection:
        insert(connection, "account", id=NIL, role="hr_publisher", locale="fr")
        insert(connection, "body", id=NIL, kind="cse")
        insert(
            connection,
            "notice",
            id=NIL,
            state="published",
            visibility="employees",
            body_ids="[]",
            readable_on="2026-11-02",
            author_id=NIL,
        )
        insert(connection, "consultation", id=NIL, notice_id=NIL, body_id=NIL, stage="answered")
        insert(connection, "resolution", id=NIL, body_id=NIL)
        insert(connection, "opinion", id=NIL, consultation_id=NIL, resolution_id=NIL, position="none")
        insert(connection, "response", id=NIL, opinion_id=NIL)
        for number, stance in enumerate(("studying", "accepted", "refused"), start=1):
            ident = str(number) * 32
            insert(connection, "opinion_point", id=ident, opinion_id=NIL, kind="wish", number=number)
            insert(connection, "response_point", id=ident, response_id=NIL, point_id=ident, stance=stance)

    def found(query: str) -> list[tuple[str, ...]]:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    schema.upgrade(url)
    waiting = "SELECT kind, subject_id, since FROM awaiting"
    assert found(waiting) == [("opinion-point", "1" * 32, "2026-11-02")]
    stances = found("SELECT stance FROM response_point ORDER BY id")
    command.downgrade(schema.configuration(url), "0017")
    assert found(waiting) == []
    assert found("SELECT stance FROM response_point ORDER BY id") == stances
    engine.dispose()
