"""Keeping an upload, opening it again, and forgetting it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consult.core.config import Settings
from consult.core.errors import NotFound
from consult.files import checking, metadata, queries, storage
from consult.files.models import StoredFile
from consult.files.rules import MIB, FileRefused, Reason, safe_name
from consult.files.telling import Told


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored upload, the name it may be shown under, and what it tells about its authors."""

    file: StoredFile
    name: str
    metadata: tuple[Told, ...]


def _settings() -> Settings:
    settings: Settings = current_app.extensions["consult.settings"]
    return settings


def _folder() -> Path:
    return _settings().files


def most_bytes() -> int:
    """How large an upload may be."""
    return _settings().max_upload_mib * MIB


def read_upload(stream: IO[bytes], *, limit: int) -> bytes:
    """An upload, read no further than it may be large. Raises `FileRefused`."""
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise FileRefused(Reason.TOO_LARGE, limit=limit // MIB)
    return raw


def keep(session: Session, upload: bytes | IO[bytes], *, name: str, on: date) -> Kept:
    """Checks an upload by its content and stores it; the same bytes are stored once. ``name``: what its
    owner called it. Raises `FileRefused`, and then nothing was stored."""
    limit = most_bytes()
    if isinstance(upload, bytes) and len(upload) > limit:
        raise FileRefused(Reason.TOO_LARGE, limit=limit // MIB)
    raw = upload if isinstance(upload, bytes) else read_upload(upload, limit=limit)
    kind = checking.check(raw)
    told = metadata.told(raw, kind)
    sha256 = storage.put(_folder(), raw)
    file = queries.by_hash(session, sha256)
    if file is None:
        file = _added(
            session, StoredFile(sha256=sha256, media_type=kind.media_type, size=len(raw), stored_on=on)
        )
    return Kept(file, safe_name(name, kind), told)


def _added(session: Session, file: StoredFile) -> StoredFile:
    """The new row, or the one somebody adding the same bytes wrote in the meantime."""
    sha256 = file.sha256
    try:
        with session.begin_nested():
            session.add(file)
    except IntegrityError:
        known = queries.by_hash(session, sha256)
        if known is None:
            raise
        return known
    return file


def path_of(sha256: str) -> Path:
    """The bytes of a stored file. Raises `NotFound` where they were forgotten, or never were."""
    try:
        path = storage.path_of(_folder(), sha256)
    except ValueError:
        raise NotFound from None
    if not path.is_file():
        raise NotFound
    return path


def open_file(sha256: str) -> IO[bytes]:
    """A stored file, open for reading; the caller closes it. Raises `NotFound`."""
    return path_of(sha256).open("rb")


def told_by(sha256: str) -> tuple[Told, ...]:
    """What a stored file tells about its authors, read again. Raises `NotFound`."""
    raw = path_of(sha256).read_bytes()
    return metadata.told(raw, checking.check(raw))


def forget(session: Session, sha256: str) -> None:
    """Erases a file, bytes first: should the rest of the act fail, what had to go is gone all the same."""
    try:
        storage.remove(_folder(), sha256)
    except ValueError:
        raise NotFound from None
    file = queries.by_hash(session, sha256)
    if file is not None:
        session.delete(file)
        session.flush()
