"""The migrations end in exactly the models: tables, columns, keys, CHECKs, indexes and triggers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError

from consult import tables
from consult.core import schema, triggers
from consult.register import search
from tests import postgres

BOTH = ("sqlite", "postgresql")


@pytest.fixture
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """Two empty databases of one kind: one to migrate, one to create from the models."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'migrated.sqlite3'}", f"sqlite:///{tmp_path / 'created.sqlite3'}"
    server: postgres.Server = request.getfixturevalue("postgresql_server")
    for name in ("consult_migrated", "consult_created"):
        server.create(name)
    return server.url("consult_migrated"), server.url("consult_created")


@pytest.fixture
def engines(urls: tuple[str, str]) -> Iterator[tuple[Engine, Engine]]:
    migrated, created = urls
    schema.upgrade(migrated)
    pair = create_engine(migrated), create_engine(created)
    tables.metadata.create_all(pair[1])
    yield pair
    for engine in pair:
        engine.dispose()


def _flat(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip().lower()


def _where(index: Any) -> str:
    """Of which rows an index is, where it is not of all."""
    return _flat(" ".join(str(one) for one in index.get("dialect_options", {}).values() if one is not None))


def _shape(engine: Engine) -> dict[str, Any]:
    """Everything that must agree, in comparable form."""
    found: dict[str, Any] = {}
    inspector = inspect(engine)
    for table in sorted(set(inspector.get_table_names()) - {"alembic_version"}):
        found[table] = {
            "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)],
            "primary": inspector.get_pk_constraint(table),
            "unique": sorted((u["name"], u["column_names"]) for u in inspector.get_unique_constraints(table)),
            "foreign": sorted(
                (f["name"], f["constrained_columns"], f["referred_table"], f["referred_columns"])
                for f in inspector.get_foreign_keys(table)
            ),
            "checks": sorted(
                (c["name"], _flat(c["sqltext"])) for c in inspector.get_check_constraints(table)
            ),
            "indexes": sorted(
                (i["name"], i["column_names"], i["unique"], _where(i)) for i in inspector.get_indexes(table)
            ),
        }
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                sql = connection.execute(
                    text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}
                ).scalar_one()
            found[table]["without rowid"] = "without rowid" in _flat(sql)
        found[table]["columns"].sort()
    return found


def _triggers(engine: Engine) -> list[tuple[str, str]]:
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal"
    )
    with engine.connect() as connection:
        return sorted((name, _flat(sql)) for name, sql in connection.execute(text(query)))


@pytest.mark.parametrize("urls", BOTH, indirect=True)
def test_head_equals_models(engines: tuple[Engine, Engine]) -> None:
    migrated, created = map(_shape, engines)
    assert migrated.keys() == created.keys()
    for table, shape in created.items():
        for part, expected in shape.items():
            assert migrated[table][part] == expected, f"{table}: {part}"


@pytest.mark.parametrize("urls", BOTH, indirect=True)
def test_triggers_equal_those_declared(engines: tuple[Engine, Engine]) -> None:
    migrated, created = map(_triggers, engines)
    assert migrated == created
    declared = {frozen.name(one) for frozen in triggers.FROZEN for one in frozen.operations}
    if engines[0].dialect.name == "sqlite":
        declared |= set(search.TRIGGERS)
    assert {name for name, _ in migrated} == declared


@pytest.mark.parametrize("urls", BOTH, indirect=True)
def test_autogenerate_finds_nothing_to_do(urls: tuple[str, str]) -> None:
    """Nor does it take the tables FTS5 keeps for strangers."""
    schema.upgrade(urls[0])
    command.check(schema.configuration(urls[0]))


@pytest.mark.parametrize("urls", BOTH, indirect=True)
def test_upgrade_keeps_data_and_down_and_up_again_works(urls: tuple[str, str]) -> None:
    """From every revision on, with a row in it: an upgrade loses nothing, twice is once."""
    url = urls[0]
    schema.upgrade(url)
    engine = create_engine(url)
    insert = text("INSERT INTO establishment (id, name, headcount) VALUES (:id, 'Nantes', 262)")
    ident = "0" * 31 + "1"
    with engine.begin() as connection:
        connection.execute(insert, {"id": ident})
    schema.upgrade(url)
    assert schema.is_current(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT headcount FROM establishment")).scalar_one() == 262
    engine.dispose()
    command.downgrade(schema.configuration(url), "base")
    assert not schema.is_current(url)
    schema.upgrade(url)
    engine = create_engine(url)
    assert engine.dialect.name in BOTH
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM establishment")).scalar_one() == 0
    engine.dispose()


@pytest.mark.parametrize("urls", BOTH, indirect=True)
def test_a_leaf_can_be_neither_changed_nor_removed(engines: tuple[Engine, Engine]) -> None:
    engine = engines[0]
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO leaf (position, tag, ref, day, digest) "
                "VALUES (1, 'notice.sent', 'notice:1', '2026-11-24', :digest)"
            ),
            {"digest": bytes(32)},
        )
    for attempt in ("UPDATE leaf SET day = '2026-01-01'", "DELETE FROM leaf"):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(text(attempt))
