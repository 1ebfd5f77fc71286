"""Bytes on disk, named by their hash: never half written, never under an address of the web."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

_SHA256 = re.compile(r"[0-9a-f]{64}")


def digest_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def path_of(folder: Path, sha256: str) -> Path:
    """Where a content lies. Raises `ValueError` on what is no hash, so that no path is ever made of it."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a hash")
    return folder / sha256[:2] / sha256


def put(folder: Path, raw: bytes) -> str:
    """Writes a content once and returns its hash. Whoever reads meanwhile sees all of it or nothing."""
    sha256 = digest_of(raw)
    target = path_of(folder, sha256)
    if target.is_file() and target.stat().st_size == len(raw):
        return sha256
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")  # readable by its owner alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync(target.parent)
    return sha256


def remove(folder: Path, sha256: str) -> None:
    """Takes a content away; one that is not there is no fault."""
    target = path_of(folder, sha256)
    target.unlink(missing_ok=True)
    if target.parent.is_dir():
        _sync(target.parent)


def _sync(folder: Path) -> None:
    """A rename survives a power cut only once the folder itself is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
