"""Copies of an instance: what is written on each, how long each may exist, and doing away with those past it.

A copy made while a letterbox has keys still opens with a keyholder's passphrase after the keys here are
destroyed. Destroying them therefore ends with the last copy: each has a last day, and the latest is kept
here for the page that says so."""

from __future__ import annotations

import fcntl
import logging
import os
import re
import stat
import tarfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import current_app
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from consult.core import clock
from consult.core.config import Settings
from consult.core.db import Base
from consult.core.errors import Refused

logger = logging.getLogger("consult")
STAMP, DATABASE, FILES = "consult-copy.json", "database", "files"
"""Names inside a copy, in this order."""
LONGEST = 30
"""Days a copy may exist while a letterbox has keys."""
LONGEST_WITHOUT = 365
"""The same where none has."""
_MOST_STAMP = 64 * 1024
_NAMED = re.compile(r"consult-\d{4}-\d\d-\d\d-until-(\d{4}-\d\d-\d\d)(\.|$)")
PART = (".consult-", ".part")
"""How a copy is named as long as it is being written."""


class BackupCopy(Base):
    """That a copy was made which ends that day. One row for all that end the same day."""

    __tablename__ = "backup_copy"
    expires_on: Mapped[date] = mapped_column(primary_key=True)


class NotACopy(Refused):
    """The file was not made by `consult backup`, or it is damaged."""


class Stamp(BaseModel):
    """What is written on a copy. ``expires_on``: the day it must be destroyed; ``revision``: of the schema;
    ``sha256``: of the database inside."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(max_length=40)
    made_on: date
    expires_on: date
    revision: str = Field(pattern=r"^[0-9a-z_]{1,40}$")
    database: str = Field(pattern=r"^(sqlite|postgresql)$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @property
    def name(self) -> str:
        """The name a copy gets in a folder; it tells its end even once it was encrypted."""
        return f"consult-{self.made_on}-until-{self.expires_on}.tar"


def is_past(expires_on: date, on: date) -> bool:
    """On its last day a copy is destroyed: thirty days are thirty, whatever the hour."""
    return expires_on <= on


def last_day_of(made_on: date, *, keep: int | None, has_keys: bool) -> date:
    """The day a copy made that day must be destroyed. ``keep``: days asked for. Raises `Refused`."""
    longest = LONGEST if has_keys else LONGEST_WITHOUT
    days = LONGEST if keep is None else keep
    if not 1 <= days <= longest:
        why = "while a letterbox has keys" if has_keys else "without letterboxes"
        raise Refused(f"a copy may be kept for 1 to {longest} days {why}")
    return made_on + timedelta(days=days)


# ── files ──────────────────────────────────────────────────────────────────────


def stamp_of(path: Path) -> Stamp:
    """What is written on a copy. Raises `NotACopy`."""
    try:
        with tarfile.open(path, "r:") as archive:
            first = archive.next()
            if first is None or first.name != STAMP or not first.isreg() or first.size > _MOST_STAMP:
                raise NotACopy(f"{path.name} was not made by `consult backup`")
            content = archive.extractfile(first)
            return Stamp.model_validate_json(content.read() if content is not None else b"")
    except (tarfile.TarError, ValidationError, EOFError):
        raise NotACopy(f"{path.name} was not made by `consult backup`, or it is damaged") from None
    except OSError as error:
        raise NotACopy(f"{path.name} cannot be read ({error.strerror})") from None


def copies_in(folder: Path) -> Iterator[tuple[Path, date]]:
    """Every copy of a folder with its last day: by its stamp, else (encrypted, say) by its name."""
    for path in sorted(folder.iterdir()):
        if not stat.S_ISREG(path.lstat().st_mode):
            continue
        try:
            yield path, stamp_of(path).expires_on
        except NotACopy:
            named = _NAMED.match(path.name)
            if named is not None:
                try:
                    yield path, date.fromisoformat(named.group(1))
                except ValueError:
                    continue


def past(folder: Path, *, on: date) -> list[Path]:
    """Copies that should not exist any more."""
    return [path for path, expires_on in copies_in(folder) if is_past(expires_on, on)]


def prune(folder: Path, *, on: date) -> list[Path]:
    """Deletes the copies past their last day, and what an interrupted copy left; returns the former."""
    gone = past(folder, on=on)
    for path in [*gone, *_left_over(folder)]:
        path.unlink(missing_ok=True)
    sync(folder)
    return gone


def _left_over(folder: Path) -> Iterator[Path]:
    """Half-written copies nobody is writing: whoever does holds a lock on its file."""
    prefix, suffix = PART
    for path in folder.glob(f"{prefix}*{suffix}"):
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)
        yield path


def sync(folder: Path) -> None:
    """A rename or a deletion survives a power cut only once the folder itself is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ── what is known of them ──────────────────────────────────────────────────────


def record(session: Session, expires_on: date, *, on: date) -> None:
    """A copy that ends that day is about to be made. Days gone by are forgotten."""
    for one in session.scalars(select(BackupCopy)):
        if one.expires_on < on:
            session.delete(one)
    if session.get(BackupCopy, expires_on) is None:
        session.add(BackupCopy(expires_on=expires_on))
    session.flush()


def last_day(session: Session) -> date | None:
    """The day the last copy made until now must be destroyed."""
    return session.scalar(select(func.max(BackupCopy.expires_on)))


def prune_due(_session: Session, *, now: datetime) -> None:
    """The daily job: the folder of copies, where the settings name one."""
    settings: Settings = current_app.extensions["consult.settings"]
    if not settings.backup_dir:
        return
    try:
        prune(Path(settings.backup_dir), on=clock.day_of(now))
    except OSError as error:
        logger.error("copies past their last day could not be deleted (%s)", type(error).__name__)
