"""Promise 3: what lies on the disk after a release shares nothing with what lay there before, and no
place in a file, no row version and no journal tells in which order messages came.

The adversary holds the files: database, journal, copies made while messages arrived; and knows the order
in which people were seen to write. Every measure is first shown to find that order before the release."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from consult.anonymity import sealing
from consult.anonymity.message import Message
from consult.core.db import db
from consult.voices import services
from consult.voices.models import Letterbox, Spent, Voice, Waiting
from tests import postgres
from tests.conftest import Instance
from tests.letterboxes import AFTER, MONDAY, OPENS, Box, message, open_box
from tests.postgres import BOTH

both = pytest.mark.parametrize("instance", BOTH, indirect=True)
MANY = 1000
"""Enough for |tau| < 0.1 to be missed by chance less than once in a hundred thousand runs."""
RUN = 8


def tau(order: Sequence[float]) -> float:
    """Kendall's rank correlation of places with arrival order 0, 1, 2, …: 1 readable, 0 none."""
    pairs = len(order) * (len(order) - 1) // 2
    signs = sum((b > a) - (b < a) for at, a in enumerate(order) for b in order[at + 1 :])
    return signs / pairs


def places(data: bytes, pieces: Sequence[bytes]) -> list[int]:
    found = [data.find(piece) for piece in pieces]
    assert -1 not in found
    return found


def arrive(box: Box, number: int, start: int = 0) -> None:
    """Messages numbered as they come, each with a right of its own, each in its own transaction."""
    for n in range(start, start + number):
        with box.work() as session:
            letterbox = session.get_one(Letterbox, box.id)
            session.execute(
                text("INSERT INTO spent (hash, letterbox_id) VALUES (:hash, :box)"),
                {"hash": Random(n).randbytes(32), "box": box.id},
            )
            services.speak(session, letterbox, message(f"{n:05}"), on=OPENS)


def by_arrival(session: Session, box: Box) -> tuple[dict[int, Voice], dict[int, Waiting]]:
    """What only a keyholder could tell: the true order of every row."""
    voices = {int(box.read(one.sealed).text): one for one in session.scalars(select(Voice))}
    private = box.keys.private
    waits = {
        int(Message.decode(sealing.open_sealed(private, one.sealed)).text): one
        for one in session.scalars(select(Waiting))
    }
    return voices, waits


@pytest.fixture
def box(app: Flask, work: Callable[..., Any]) -> Box:
    return open_box(work)


# ── no bytes in common ─────────────────────────────────────────────────────────


@both
def test_no_eight_bytes_in_common(box: Box, work: Callable[..., Any]) -> None:
    arrive(box, 45)
    with work() as session:
        before = [(one.id, one.sealed) for one in session.scalars(select(Waiting))]
    box.release()
    with work() as session:
        voices, waits = by_arrival(session, box)
        after = [(one.id, one.sealed) for one in voices.values()]
        stayed = [one.id for one in waits.values()]
    assert len(after) == 35
    assert len(stayed) == 10
    windows = {sealed[at : at + RUN] for _, sealed in before for at in range(len(sealed) - RUN + 1)}
    assert len(windows) == 45 * (4144 - RUN + 1)
    for _, sealed in after:
        assert not any(sealed[at : at + RUN] in windows for at in range(len(sealed) - RUN + 1))
    old = {entry for entry, _ in before}
    assert not old & ({entry for entry, _ in after} | set(stayed))
    assert {len(sealed) for _, sealed in before} == {4144}
    assert {len(sealed) for _, sealed in after} == {4192}


def test_no_copy_made_meanwhile_shares_bytes_with_what_was_released(box: Box, instance: Instance) -> None:
    """Database and journal, copied raw while messages arrived."""
    file = instance.database_file
    copies = b""
    for hour in range(4):
        arrive(box, 6, start=6 * hour)
        copies += b"".join(one.read_bytes() for one in file.parent.glob(file.name + "*"))
    box.release()
    with box.work() as session:
        rows = [one.sealed for one in session.scalars(select(Voice))]
    windows = {row[at : at + RUN] for row in rows for at in range(len(row) - RUN + 1)}
    assert len(rows) == 14
    assert not any(copies[at : at + RUN] in windows for at in range(len(copies) - RUN + 1))


# ── SQLite: the file, its journal ──────────────────────────────────────────────


def test_the_file_does_not_tell_the_order(box: Box, instance: Instance) -> None:
    arrive(box, MANY)
    with box.work() as session:
        assert services.tidy(session)
    arrive(box, 1, start=MANY)
    with box.work() as session:
        _, waits = by_arrival(session, box)
        old_ids = [waits[n].id for n in range(MANY + 1)]
        old_tails = [waits[n].sealed[-24:] for n in range(MANY + 1)]
    data = instance.database_file.read_bytes()
    journal = instance.database_file.with_name(instance.database_file.name + "-wal").read_bytes()
    assert tau(places(data, old_tails[:MANY])) > 0.9, "the measure finds nothing to begin with"
    assert old_ids[MANY] in journal, "the journal held nothing to begin with"
    box.release()

    with box.work() as session:
        voices, waits = by_arrival(session, box)
        spent = [Random(n).randbytes(32) for n in range(MANY + 1)]
        assert set(session.scalars(select(Spent.hash))) == set(spent)
        tails = [voices[n].sealed[-24:] for n in sorted(voices)]
        heads = [voices[n].sealed[:24] for n in sorted(voices)]
        gone = [old_tails[n] for n in voices]
    assert (len(voices), len(waits)) == (MANY - 9, 10)
    files = {one.name: one.read_bytes() for one in instance.folder.glob(instance.database_file.name + "*")}
    data = files[instance.database_file.name]
    assert abs(tau(places(data, tails))) < 0.1
    assert abs(tau([place // 4096 for place in places(data, tails)])) < 0.1
    assert abs(tau(places(data, heads))) < 0.1
    assert abs(tau(places(data, spent))) < 0.1
    for name, content in files.items():
        for piece in (*old_ids, *gone):
            assert piece not in content, name


def test_what_waits_longer_is_written_anew_each_time(box: Box, work: Callable[..., Any]) -> None:
    """An entry set aside twice cannot be followed from one copy to the next."""
    arrive(box, 20)
    box.release()
    with work() as session:
        first = {one.id for one in by_arrival(session, box)[1].values()}
    for n in range(20, 45):
        box.speak(f"{n:05}")
    box.release(AFTER.replace(day=7))
    with work() as session:
        second = {one.id for one in by_arrival(session, box)[1].values()}
    assert len(first) == len(second) == 10
    assert not first & second


def test_secure_delete_on_every_pooled_connection(app: Flask) -> None:
    with app.app_context():
        held = [db.engine.connect() for _ in range(4)]
        try:
            for connection in held:
                found = {
                    name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                    for name in ("secure_delete", "temp_store", "journal_mode", "busy_timeout", "synchronous")
                }
                assert found == {
                    "secure_delete": 1, "temp_store": 2, "journal_mode": "wal", "busy_timeout": 10000,
                    "synchronous": 2,
                }  # fmt: skip
                connection.rollback()
        finally:
            for connection in held:
                connection.close()


def test_a_long_reader_is_waited_for(box: Box, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal cannot be emptied while somebody reads: it is tried until they are gone."""
    arrive(box, 20)
    reader = sqlite3.connect(instance.database_file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM waiting").fetchone()
    with box.work() as session:
        old = session.scalars(select(Waiting.id)).all()
        services.release(session, session.get_one(Letterbox, box.id), on=MONDAY)
    with box.work() as session:
        session.connection()  # its own transaction must not be in the way either
        session.rollback()
        raw = db.engine.raw_connection()
        raw.execute("PRAGMA busy_timeout=50")
        raw.close()
        assert not services.tidy(session, patience=0.1)
        tries: list[float] = []

        def gone(seconds: float) -> None:
            tries.append(seconds)
            if len(tries) == 3:
                reader.close()

        monkeypatch.setattr("consult.voices.services.time.sleep", gone)
        assert services.tidy(session, patience=60)
        assert len(tries) == 3
    for file in instance.folder.glob(instance.database_file.name + "*"):
        content = file.read_bytes()
        assert not any(one in content for one in old), file.name


# ── PostgreSQL: row versions, heap, index ──────────────────────────────────────


@pytest.mark.parametrize("instance", ["postgresql"], indirect=True)
def test_postgresql_row_versions_and_places(box: Box, instance: Instance) -> None:
    arrive(box, 120)
    server = instance.server
    assert server is not None

    def rows(table: str, columns: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(server._conninfo("consult_test")) as connection:
            return connection.execute(f"SELECT {columns} FROM {table} ORDER BY ctid").fetchall()

    assert len({row[0] for row in rows("waiting", "xmin::text")}) == 120, (
        "the measure finds nothing to begin with"
    )
    assert len({row[0] for row in rows("spent", "xmin::text")}) == 120
    with box.work() as session:
        old = {one.id for one in session.scalars(select(Waiting))}
    box.release()
    for table in ("waiting", "spent", "voice", "batch"):
        assert len({row[0] for row in rows(table, "xmin::text")}) == 1, table
    assert [row[0] for row in rows("spent", "hash")] == sorted(Random(n).randbytes(32) for n in range(120))
    assert not old & {row[0] for row in rows("waiting", "id")}
    assert not old & {row[0] for row in rows("voice", "id")}


@pytest.mark.parametrize("on", [MONDAY, AFTER])
@pytest.mark.parametrize("instance", ["postgresql"], indirect=True)
def test_postgresql_heap_is_shuffled(box: Box, instance: Instance, on: date) -> None:
    """Read as a dump reads it: in the order of the heap."""
    with box.work() as session:
        letterbox = session.get_one(Letterbox, box.id)
        for n in range(MANY):
            services.speak(session, letterbox, message(f"{n:05}"), on=OPENS)
    assert instance.server is not None

    def order(table: str, opened: Callable[[bytes], bytes]) -> list[int]:
        with psycopg.connect(instance.server._conninfo("consult_test")) as connection:
            rows = connection.execute(f"SELECT sealed FROM {table} ORDER BY ctid").fetchall()
        return [int(Message.decode(opened(row[0])).text) for row in rows]

    private = box.keys.private
    assert tau(order("waiting", lambda sealed: sealing.open_sealed(private, sealed))) > 0.99
    box.release(on)
    assert abs(tau(order("voice", lambda sealed: sealing.open_twice(private, sealed)))) < 0.1


@pytest.mark.parametrize("instance", ["postgresql"], indirect=True)
def test_postgresql_files_keep_nothing_of_what_left(
    box: Box, instance: Instance, postgresql_server: postgres.Server
) -> None:
    """Heap, TOAST and index files of the database, once written out."""
    arrive(box, 40)

    def files() -> bytes:
        with psycopg.connect(postgresql_server._conninfo("consult_test"), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            row = connection.execute(
                "SELECT oid FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        assert row is not None
        folder = postgresql_server.folder / "data" / "base" / str(row[0])
        return b"".join(one.read_bytes() for one in sorted(folder.iterdir()) if one.is_file())

    with box.work() as session:
        before = [(one.id, one.sealed[100:116]) for one in session.scalars(select(Waiting))]
    held = files()
    assert all(entry in held and piece in held for entry, piece in before), (
        "the measure finds nothing to begin with"
    )
    box.release()
    with box.work() as session:
        stayed = {one.sealed[100:116] for one in session.scalars(select(Waiting))}
    held = files()
    for entry, piece in before:
        assert entry not in held
        assert (piece in held) == (piece in stayed)


@pytest.mark.parametrize("instance", ["postgresql"], indirect=True)
def test_postgresql_journal_does_not_tell_which_is_which(
    box: Box, instance: Instance, postgresql_server: postgres.Server
) -> None:
    """The write-ahead log keeps everything: each message as it came, and the release as one commit, in
    which the rows stand in another order and share no bytes with what came."""
    arrive(box, 130)
    with box.work() as session:
        waits = by_arrival(session, box)[1]
        came = [waits[n].sealed[200:224] for n in sorted(waits)]
    box.release()
    with box.work() as session:
        voices = by_arrival(session, box)[0]
        left = [voices[n].sealed[200:224] for n in sorted(voices)]
    folder = postgresql_server.folder / "data" / "pg_wal"
    journal = b"".join(one.read_bytes() for one in sorted(folder.iterdir()) if one.is_file())

    def found(pieces: list[bytes]) -> list[int]:
        """Places in the log, but for the few pieces that a page of it cuts in two."""
        at = [place for piece in pieces if (place := journal.find(piece)) >= 0]
        assert len(at) > 0.9 * len(pieces)
        return at

    assert tau(found(came)) > 0.9, "the measure finds nothing to begin with"
    assert abs(tau(found(left))) < 0.3


# ── who could have written what ────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(5))
def test_the_hour_of_arrival_says_nothing_of_what_leaves(
    box: Box, instance: Instance, work: Callable[..., Any], seed: int
) -> None:
    """Given copies of every hour and the order of all visits, the best link from an author to a released
    row is a guess among those released together: rows carry nothing that was in any copy."""
    rng = Random(seed)
    folder = instance.folder / "copies"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    seen: dict[bytes, int] = {}
    number = 0
    for hour in range(5):
        for _ in range(rng.randrange(2, 9)):
            box.speak(f"{number:05}")
            number += 1
        copied = _copy(instance.database_file, folder / f"{hour}.sqlite3")
        with sqlite3.connect(copied) as connection:
            for (entry,) in connection.execute("SELECT id FROM waiting"):
                seen.setdefault(entry, hour)
        connection.close()
    assert len(set(seen.values())) > 1, "copies tell the hour of every entry while it waits"
    box.release()
    with work() as session:
        ids = set(session.scalars(select(Voice.id))) | set(session.scalars(select(Waiting.id)))
    assert len(ids) == number
    assert not ids & seen.keys()


def _copy(database: Path, to: Path) -> Path:
    for suffix in ("", "-wal"):
        part = database.with_name(database.name + suffix)
        if part.exists():
            shutil.copyfile(part, to.with_name(to.name + suffix))
    return to
