"""Putting a copy back: read whole and checked before anything is touched, then database, files, migrations.

A copy past its last day brings back texts whose keys were destroyed since: it is refused unless somebody
says that they want exactly this."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from consult.core import copies, dumping, schema
from consult.core.backup import database_file, working_folder
from consult.core.config import Settings
from consult.core.copies import DATABASE, FILES, LONGEST, STAMP, NotACopy, Stamp
from consult.core.errors import Refused

_FILE = re.compile(FILES + r"/([0-9a-f]{64})")
_CHUNK = 1024 * 1024
_BESIDE = ("-wal", "-shm", "-journal")


class PastItsDay(Refused):
    """The copy must not exist any more. ``stamp``: what is written on it."""

    def __init__(self, stamp: Stamp) -> None:
        super().__init__(
            f"this copy should have been destroyed on {stamp.expires_on}: it brings back what was erased"
            f" since {stamp.made_on}, among it messages whose keys were destroyed, which a keyholder's"
            " passphrase would open again. If that is what you want, say --expired."
        )
        self.stamp = stamp


@dataclass(frozen=True, slots=True)
class Restored:
    """``files``: how many uploads were put back; ``is_older``: the copy had an older schema, brought to
    that of this release."""

    stamp: Stamp
    files: int
    is_older: bool


def restore(
    settings: Settings, source: Path, *, on: date, force: bool = False, expired: bool = False
) -> Restored:
    """Makes this instance what the copy holds. ``force``: even where there is one; ``expired``: even past
    the copy's last day. Raises `Refused`, `NotACopy`, `PastItsDay`, and then nothing was changed."""
    stamp = copies.stamp_of(source)
    _may(settings, stamp, on=on, expired=expired)
    if not force and not _is_empty(settings):
        raise Refused("there is an instance here: restore into an empty one, or --force to replace it")
    with working_folder(settings) as work, tarfile.open(source, "r:") as archive:
        members = _checked(archive, stamp)
        database = work / DATABASE
        _unpack(archive, members[DATABASE], database)
        if settings.is_sqlite:
            _put_back_sqlite(settings, database, stamp, on=on)
        else:
            dumping.put_back(settings.url, database, work)
            _finish(settings.url, stamp, on=on)
        files = _put_back_files(settings.files, archive, members, only=force)
    return Restored(stamp, files, stamp.revision not in schema.newest())


def _may(settings: Settings, stamp: Stamp, *, on: date, expired: bool) -> None:
    kind = "sqlite" if settings.is_sqlite else "postgresql"
    if stamp.database != kind:
        raise Refused(f"the copy is of {stamp.database}, CONSULT_DATABASE_URL names {kind}")
    if stamp.revision not in schema.known():
        raise Refused(f"the copy was made by a newer release ({stamp.version}): install that one")
    if copies.is_past(stamp.expires_on, on) and not expired:
        raise PastItsDay(stamp)


def _is_empty(settings: Settings) -> bool:
    """No uploads, and no database or one in which nobody was ever invited."""
    if settings.files.is_dir() and any(settings.files.iterdir()):
        return False
    if settings.is_sqlite and not database_file(settings).is_file():
        return True  # asking must not create it
    engine = create_engine(settings.url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("account"):
                return not inspect(connection).get_table_names()
            return not connection.execute(text("SELECT EXISTS (SELECT 1 FROM account)")).scalar_one()
    except SQLAlchemyError as error:
        raise Refused(f"the database cannot be opened ({type(error).__name__})") from None
    finally:
        engine.dispose()


# ── reading the copy ───────────────────────────────────────────────────────────


def _checked(archive: tarfile.TarFile, stamp: Stamp) -> dict[str, tarfile.TarInfo]:
    """The members by name, each with the content its name promises. Raises `NotACopy`."""
    found: dict[str, tarfile.TarInfo] = {}
    try:
        for member in archive:
            named = _FILE.fullmatch(member.name)
            promised = stamp.sha256 if member.name == DATABASE else named.group(1) if named else ""
            is_known = bool(promised) or member.name == STAMP
            if not member.isreg() or not is_known or member.name in found:
                raise NotACopy("the copy holds something that `consult backup` never puts there")
            if promised and _digest(archive, member) != promised:
                raise NotACopy(f"the copy is damaged: {member.name} is not what was written")
            found[member.name] = member
    except (tarfile.TarError, EOFError):
        raise NotACopy("the copy is damaged") from None
    if DATABASE not in found:
        raise NotACopy("the copy is damaged: it holds no database")
    return found


def _chunks(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    content = archive.extractfile(member)
    while content is not None and (chunk := content.read(_CHUNK)):
        yield chunk


def _digest(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    found = hashlib.sha256()
    for chunk in _chunks(archive, member):
        found.update(chunk)
    return found.hexdigest()


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Under another name until it is whole, for its owner alone."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in _chunks(archive, member):
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


# ── putting it back ────────────────────────────────────────────────────────────


def _put_back_sqlite(settings: Settings, database: Path, stamp: Stamp, *, on: date) -> None:
    """Brought up to date where it was unpacked, then moved into place."""
    with closing(sqlite3.connect(database)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise NotACopy("the copy is damaged: its database does not hold together")
    _finish(f"sqlite:///{database}", stamp, on=on)
    target = database_file(settings)
    _end_of(target)
    for suffix in _BESIDE:
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    shutil.move(database, target)
    copies.sync(target.parent)


def _end_of(database: Path) -> None:
    """Leaves the journal of the instance that is replaced. Raises `Refused` while a server uses it."""
    if not database.is_file():
        return
    try:
        with closing(sqlite3.connect(database, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # refused while another has it open
            connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        raise Refused("the database is in use: stop the server first") from None
    except sqlite3.DatabaseError:
        return  # broken: the reason why a copy is wanted


def _finish(url: str, stamp: Stamp, *, on: date) -> None:
    """To the schema of this release. Copies made since this one are unknown to it: the latest day on which
    one may end is noted instead."""
    schema.upgrade(url)
    engine = create_engine(url, hide_parameters=True)
    try:
        with Session(engine) as session, session.begin():
            copies.record(session, max(stamp.expires_on, on + timedelta(days=LONGEST)), on=on)
    finally:
        engine.dispose()


def _put_back_files(
    folder: Path, archive: tarfile.TarFile, members: dict[str, tarfile.TarInfo], *, only: bool
) -> int:
    """The uploads, by their hash. ``only``: those the copy does not know are taken away."""
    number = 0
    for name, member in members.items():
        named = _FILE.fullmatch(name)
        if named is None:
            continue
        target = folder / named.group(1)[:2] / named.group(1)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        _unpack(archive, member, target)
        number += 1
    if only:
        for path in folder.glob("??/*"):
            if f"{FILES}/{path.name}" not in members:
                path.unlink()
    return number
