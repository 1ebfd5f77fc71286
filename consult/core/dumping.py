"""PostgreSQL's own tools: a dump of one snapshot, and putting it back in one transaction.

The password travels in the tool's environment, never among its arguments, which every account of the
machine can read. What a tool says is not repeated where it may quote a row."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, make_url, text

from consult.core.errors import Refused

_INSTALLED = Path("/usr/lib/postgresql")
_EMPTY = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', one.tablename);
  END LOOP;
  FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', one.name);
  END LOOP;
END $$;
"""
"""Takes away the tables of whatever instance was there, and the functions of their triggers."""


def tool(name: str, version: int) -> str:
    """Where ``pg_dump`` and its like are: those of the server's own major version, else the newest (a newer
    tool reads an older server), else on PATH. Raises `Refused`."""
    found = sorted(_INSTALLED.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    for path in found:
        if path.parts[-3] == str(version):
            return str(path)
    newest = str(found[-1]) if found else shutil.which(name)
    if newest is None:
        raise Refused(f"{name} is not installed: it comes with PostgreSQL's client (postgresql-client)")
    return newest


def _conninfo(url: str) -> tuple[str, dict[str, str]]:
    """How to reach the database, in two halves: what may stand among arguments, and the environment."""
    whole = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    parts = conninfo_to_dict(whole)
    password = parts.pop("password", None)
    secret = {} if password is None else {"PGPASSWORD": str(password)}
    return make_conninfo("", **parts), os.environ | secret


def _run(command: Sequence[str], environ: dict[str, str], *, what: str, quotes_rows: bool = False) -> None:
    """Raises `Refused` with what the tool said, unless that may quote a row."""
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        said = "" if quotes_rows else ": " + " ".join(done.stderr.split())[:300]
        raise Refused(f"{what} failed with status {done.returncode}{said}")


def dump(url: str, connection: Connection, target: Path, *, without: str) -> None:
    """Writes a dump in PostgreSQL's custom format, of the snapshot that ``connection`` (REPEATABLE READ)
    reads, without the rows of one table. Raises `Refused`."""
    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    version = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10000
    reach, environ = _conninfo(url)
    command = [
        tool("pg_dump", version), "--format=custom", "--compress=1", "--no-owner", "--no-privileges",
        "--no-password", f"--exclude-table-data={without}", f"--snapshot={snapshot}", f"--file={target}",
        f"--dbname={reach}",
    ]  # fmt: skip
    _run(command, environ, what="pg_dump")


def put_back(url: str, source: Path, work: Path) -> None:
    """Replaces what the database holds by a dump, in one transaction: whole or not at all. Raises
    `Refused`; also where somebody else is connected."""
    reach, environ = _conninfo(url)
    with psycopg.connect(reach, password=environ.get("PGPASSWORD")) as connection:
        version = connection.info.server_version // 10000
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
    if others is not None and others[0]:
        raise Refused("the database is in use: stop the server first")
    script, emptied = work / "script.sql", work / "empty.sql"
    emptied.write_text(_EMPTY, encoding="utf-8")
    command = [
        tool("pg_restore", version), "--no-owner", "--no-privileges", f"--file={script}", str(source),
    ]  # fmt: skip
    _run(command, environ, what="pg_restore")
    command = [
        tool("psql", version), "--no-psqlrc", "--quiet", "--no-password", "--single-transaction",
        "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=sqlstate", f"--file={emptied}", f"--file={script}",
        f"--dbname={reach}",
    ]  # fmt: skip
    _run(command, environ, what="psql", quotes_rows=True)
    script.unlink()
