"""Jobs of this room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from consult.keyholders import services


def delete_ended(session: Session, *, now: datetime) -> None:
    """Keys of sittings that ended do not stay, not even sealed."""
    services.delete_ended(session, now=now)
    session.commit()
