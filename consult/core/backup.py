"""Making a copy of an instance while it runs: database, uploaded files and a stamp, in one tar file.

What a copy must not hold: keys that are open for a sitting, and remnants of rows that were deleted. SQLite's
VACUUM INTO writes the rows there are into a new file and nothing else (its backup API would bring the free
pages along); it reads one state of the database, in which intake goes on. PostgreSQL's dump holds rows
only."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import re
import shutil
import sqlite3
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import IO
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import NoResultFound, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from consult.core import copies, dumping, schema
from consult.core.config import Settings
from consult.core.copies import DATABASE, FILES, PART, STAMP, Stamp
from consult.core.db import engine_options, prepare, reading
from consult.core.errors import Refused

LEFT_OUT = "unlocked"
"""The table whose rows no copy may hold: keys open for a sitting."""
_WORK = ".copy-"
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Made:
    """A finished copy. ``files``: how many uploads it holds; ``pruned``: copies beside it that were past
    their last day and are gone."""

    path: Path
    stamp: Stamp
    files: int
    pruned: tuple[Path, ...]


def make(settings: Settings, target: Path, *, on: date, keep: int | None = None, force: bool = False) -> Made:
    """Writes a copy to ``target`` (in a folder: under a name of its own). The copy appears whole or not at
    all, for its owner alone. ``keep``: days it may exist. Raises `Refused`."""
    folder = target if target.is_dir() else target.parent
    if not folder.is_dir():
        raise Refused(f"there is no folder {folder}")
    with working_folder(settings) as work:
        expires_on = _expecting(settings, on=on, keep=keep)
        database, facts = _snapshot(settings, work)
        if facts.has_keys:  # the first letterbox may have been opened meanwhile
            expires_on = min(expires_on, copies.last_day_of(on, keep=None, has_keys=True))
        stamp = Stamp(
            version=version("consult"), made_on=on, expires_on=expires_on, revision=facts.revision,
            database="sqlite" if settings.is_sqlite else "postgresql", sha256=digest_of(database),
        )  # fmt: skip
        path = target / stamp.name if target.is_dir() else target
        if path.exists() and not force:
            raise Refused(f"{path} exists already: give another name, or --force")
        files = _write(path, stamp, database, settings.files)
    return Made(path, stamp, files, tuple(copies.prune(folder, on=on)))


def database_file(settings: Settings) -> Path:
    """SQLite's file. Raises `Refused` where the database is in memory."""
    name = make_url(settings.url).database
    if not name or name == ":memory:":
        raise Refused("a database in memory cannot be copied")
    return Path(name)


@contextmanager
def working_folder(settings: Settings) -> Iterator[Path]:
    """A folder beside the database, for one copy or one restoring at a time. What an interrupted one left
    there is taken away first."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(settings.data_dir, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("another copy is being made or restored") from None
        for left in settings.data_dir.glob(_WORK + "*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=_WORK, dir=settings.data_dir) as work:
            yield Path(work)
    finally:
        os.close(handle)


# ── the database ───────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a database: whether a letterbox has keys, and its schema's revision."""

    has_keys: bool
    revision: str


def facts_of(connection: Connection) -> Facts:
    """Raises `Refused` where there is no instance, or one this release cannot copy."""
    try:
        revision = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
        has_keys = bool(connection.execute(text("SELECT EXISTS (SELECT 1 FROM wrapped_key)")).scalar_one())
    except (OperationalError, ProgrammingError, NoResultFound):
        raise Refused("there is no instance here to copy") from None
    return Facts(has_keys, revision)


def _expecting(settings: Settings, *, on: date, keep: int | None) -> date:
    """The day the copy about to be made will end; noted before it exists, so that the page that tells the
    last day never tells one too early."""
    engine = prepare(create_engine(**engine_options(settings.url)))
    reading.set(False)
    try:
        with Session(engine) as session, session.begin():
            facts = facts_of(session.connection())
            if facts.revision not in schema.newest():
                raise Refused("the database is not at this release: run `consult init` first")
            expires_on = copies.last_day_of(on, keep=keep, has_keys=facts.has_keys)
            copies.record(session, expires_on, on=on)
        return expires_on
    finally:
        engine.dispose()


def _snapshot(settings: Settings, work: Path) -> tuple[Path, Facts]:
    """One state of the database as a file, and what is true of that state."""
    return _from_sqlite(settings, work) if settings.is_sqlite else _from_postgresql(settings, work)


def _from_sqlite(settings: Settings, work: Path) -> tuple[Path, Facts]:
    """Twice: the rows into a file beside the database, where the open keys go; then what is left, packed."""
    source, first, packed = database_file(settings), work / "first", work / DATABASE
    with closing(sqlite3.connect(f"file:{quote(str(source))}?mode=rw", uri=True, timeout=10)) as live:
        live.execute("PRAGMA temp_store=MEMORY")
        live.execute("VACUUM INTO ?", (str(first),))
    with closing(sqlite3.connect(first, isolation_level=None)) as copy:
        for pragma in ("journal_mode=OFF", "secure_delete=ON", "temp_store=MEMORY"):
            copy.execute(f"PRAGMA {pragma}")
        copy.execute(f"DELETE FROM {LEFT_OUT}")  # noqa: S608  (a constant)
        copy.execute("VACUUM INTO ?", (str(packed),))
    first.unlink()
    engine = create_engine(f"sqlite:///{packed}", hide_parameters=True)
    try:
        with engine.connect() as connection:
            return packed, facts_of(connection)
    finally:
        engine.dispose()


def _from_postgresql(settings: Settings, work: Path) -> tuple[Path, Facts]:
    target = work / DATABASE
    engine = create_engine(settings.url, hide_parameters=True, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:  # its snapshot is the dump's
            facts = facts_of(connection)
            dumping.dump(settings.url, connection, target, without=LEFT_OUT)
            return target, facts
    finally:
        engine.dispose()


# ── the file ───────────────────────────────────────────────────────────────────


def _write(path: Path, stamp: Stamp, database: Path, uploads: Path) -> int:
    """The tar file, under a name of its own until it is whole; returns how many uploads it holds."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=PART[0], suffix=PART[1])  # mode 600
    try:
        with os.fdopen(handle, "wb") as out:
            fcntl.flock(out, fcntl.LOCK_EX)  # whoever prunes the folder sees that it is being written
            with tarfile.open(fileobj=out, mode="w") as archive:
                content = stamp.model_dump_json(indent=1).encode()
                _add(archive, STAMP, io.BytesIO(content), len(content))
                with database.open("rb") as file:
                    _add(archive, DATABASE, file, database.stat().st_size)
                number = _add_uploads(archive, uploads)
            out.flush()
            os.fsync(out.fileno())
            Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    copies.sync(path.parent)
    return number


def _add_uploads(archive: tarfile.TarFile, uploads: Path) -> int:
    number = 0
    for path in sorted(uploads.glob("??/*")):
        if not _HASH.fullmatch(path.name):
            continue  # an upload that is being written
        try:
            with path.open("rb") as file:
                _add(archive, f"{FILES}/{path.name}", file, os.fstat(file.fileno()).st_size)
        except FileNotFoundError:
            continue  # forgotten meanwhile: the copy must not hold it either
        number += 1
    return number


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    """A member that tells no owner and no time."""
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, stat.S_IRUSR | stat.S_IWUSR, 0
    archive.addfile(member, content)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
