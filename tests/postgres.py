"""A PostgreSQL server for tests: the newest one installed, started in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

BOTH = ("sqlite", "postgresql")
MISSING = "No PostgreSQL server found: install one (Debian: apt install postgresql) to run these."


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).parent if on_path else None


class Server:
    """Runs as ``nobody`` where the tests run as root: PostgreSQL refuses root."""

    def __init__(self, binaries: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="consult-pg-"))
        self.known: dict[str, set[str]] = {}
        """Tables of a template, read once."""
        self.user = "nobody" if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        data, log = self.folder / "data", self.folder / "log"
        self._run(binaries / "initdb", "-D", data, "-U", "consult", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = [
            "-D", str(data), "-p", str(self.port), "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1",
            "-c", "fsync=off", "-c", "max_connections=50",
        ]  # fmt: skip
        self.log = log
        with log.open("wb") as lines:
            self.process = subprocess.Popen(
                [str(binaries / "postgres"), *options],
                user=self.user, stdout=subprocess.DEVNULL, stderr=lines,
            )  # fmt: skip
        self._wait()

    def _run(self, *command: object) -> None:
        subprocess.run(
            [str(part) for part in command], user=self.user, check=True, capture_output=True, cwd=self.folder
        )

    def _wait(self) -> None:
        for _ in range(200):
            try:
                psycopg.connect(self._conninfo("postgres")).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise RuntimeError(self.log.read_text())

    def _conninfo(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=consult dbname={database}"

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://consult@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, *, template: str = "template1") -> None:
        """A fresh database, dropping one of the same name."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    def empty(self, database: str, *, template: str) -> None:
        """The database as its template is, which holds no rows: emptied where its tables are those of the
        template, which is ten times as fast as making it anew; else made anew."""
        with psycopg.connect(self._conninfo(database), autocommit=True) as connection:
            tables = self._tables(connection)
            if template not in self.known:
                with psycopg.connect(self._conninfo(template)) as other:
                    self.known[template] = {name for name, _size in self._tables(other)}
            if {name for name, _size in tables} == self.known[template]:
                used = [
                    f'DELETE FROM "{name}"' for name, size in tables if size and name != "alembic_version"
                ]
                connection.execute("; ".join(["SET session_replication_role = replica", *used]))
                return
        self.create(database, template=template)

    @staticmethod
    def _tables(connection: psycopg.Connection[tuple[object, ...]]) -> list[tuple[str, int]]:
        found = connection.execute(
            "SELECT relname::text, pg_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        return [(str(name), int(str(size))) for name, size in found]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)


def start(_factory: pytest.TempPathFactory) -> Server | None:
    """A running server, or None where no binaries are found."""
    binaries = _binaries()
    return Server(binaries) if binaries else None
