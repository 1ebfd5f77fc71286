"""Named selects."""

from __future__ import annotations

from sqlalchemy.orm import Session

from consult.files.models import StoredFile


def by_hash(session: Session, sha256: str) -> StoredFile | None:
    return session.get(StoredFile, sha256)
