"""A right is spent if and only if its message is there, at whatever moment a process dies: the one that
takes messages, the one that releases them, or the database's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from consult.anonymity import sealing, slips
from consult.anonymity.message import Message
from consult.voices.models import Batch, Spent, Voice, Waiting
from consult.voices.rules import Channels, speaking_lanes
from tests.conftest import SECRET, Instance, People
from tests.letterboxes import Box, open_box
from tests.postgres import BOTH

FULL = os.environ.get("CONSULT_TEST_SCALE") == "full"
SLIPS = 600 if FULL else 120
Work = Callable[..., Any]
both = pytest.mark.parametrize("instance", BOTH, indirect=True)


class Nursery:
    """Children of one process that has everything imported (see `tests.nursery`)."""

    def __init__(self, instance: Instance, box: Box, codes: list[str], file: Path) -> None:
        file.write_text("\n".join(codes))
        environ = os.environ | {
            "CONSULT_SECRET_KEY": SECRET, "CONSULT_DATA_DIR": str(instance.folder), "CONSULT_TESTING": "true",
        }  # fmt: skip
        if instance.server is not None:
            environ["CONSULT_DATABASE_URL"] = instance.server.url("consult_test")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery", box.address, str(file)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ,
        )  # fmt: skip
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def _ask(self, what: str, number: int) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{what} {number}\n")
        self.process.stdin.flush()
        return self._line()

    def bear(self, what: str, start: int = 0) -> int:
        """The process id of a child that is at work."""
        return int(self._ask(what, start))

    def kill(self, child: int) -> bool:
        """Whether it was killed, and had not ended by itself."""
        os.kill(child, signal.SIGKILL)
        return self._ask("wait", child) == "killed"

    def wait(self, child: int) -> None:
        assert self._ask("wait", child) in {"killed", "ended"}

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=20)


@pytest.fixture
def box(people: People, work: Work) -> Box:
    return open_box(work, k=5, channels=Channels.SLIPS)


@pytest.fixture
def codes(box: Box) -> list[str]:
    return [box.slip() for _ in range(SLIPS)]


@pytest.fixture
def nursery(instance: Instance, box: Box, codes: list[str], tmp_path: Path) -> Iterator[Nursery]:
    made = Nursery(instance, box, codes, tmp_path / "slips")
    yield made
    made.close()


def spent_and_there(box: Box, codes: list[str], work: Work) -> tuple[Counter[int], Counter[int]]:
    """How often each slip is spent, and how many messages of its holder are there, waiting or released."""
    of = {
        right: number
        for number, code in enumerate(codes)
        for right in slips.hashes(box.id, slips.normalise(code), speaking_lanes(3)).values()
    }
    with work() as session:
        spent = Counter(of[one] for one in session.scalars(select(Spent.hash)))
        waits = [
            sealing.open_sealed(box.keys.private, one) for one in session.scalars(select(Waiting.sealed))
        ]
        there = Counter(int(Message.decode(one).text) for one in waits)
        rows = session.execute(select(Voice.sealed, Voice.batch_id)).all()
        there.update(int(box.read(row.sealed).text) for row in rows)
        assert {row.batch_id for row in rows} == set(session.scalars(select(Batch.id)))
    return spent, there


@both
def test_a_right_is_spent_if_and_only_if_its_message_is_there(
    box: Box,
    codes: list[str],
    nursery: Nursery,
    work: Work,
    instance: Instance,
) -> None:
    rng = Random(10)
    start = killed = 0
    for kill in range(950 if FULL else 25):
        writer = nursery.bear("speak", start)
        worker = nursery.bear("release") if kill % 3 == 2 else None
        time.sleep(rng.uniform(0.0, 0.03))
        killed += nursery.kill(writer)
        if worker is not None:
            killed += nursery.kill(worker)
        if kill % 5 == 4:
            spent, there = spent_and_there(box, codes, work)
            assert spent == there
            start = min(len(there), SLIPS - 20)  # the one it died on, and those after
    spent, there = spent_and_there(box, codes, work)
    assert spent == there
    assert sum(there.values()) >= 10 and killed >= 20, "nothing was written, or nobody was killed"


@pytest.mark.parametrize("instance", ["postgresql"], indirect=True)
def test_a_database_that_dies_loses_neither_or_both(
    box: Box,
    codes: list[str],
    nursery: Nursery,
    work: Work,
    instance: Instance,
) -> None:
    """One backend is killed: PostgreSQL throws all others out and recovers from its log."""
    server, start, before = instance.server, 0, 0
    assert server is not None
    for _ in range(50 if FULL else 2):
        writer = nursery.bear("speak", start)
        with psycopg.connect(server._conninfo("consult_test"), autocommit=True) as connection:
            while _count(connection, "SELECT count(*) FROM waiting") <= before + 3:
                time.sleep(0.001)
            backend = _count(
                connection,
                "SELECT pid FROM pg_stat_activity WHERE datname = 'consult_test' AND pid <> pg_backend_pid()",
            )
        os.kill(backend, signal.SIGKILL)
        nursery.wait(writer)
        server._wait()
        spent, there = spent_and_there(box, codes, work)
        assert spent == there
        start, before = len(there), sum(there.values())


def _count(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
