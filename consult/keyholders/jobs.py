"""Jobs of this room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from consult.core import clock
from consult.keyholders import queries, services


def delete_ended(session: Session, *, now: datetime) -> None:
    """Keys of sittings that ended do not stay, not even sealed."""
    services.delete_ended(session, now=now)
    session.commit()


def shred_due(session: Session, *, now: datetime) -> None:  # noqa: ARG001
    """Keys the body decided to destroy by today are destroyed."""
    for letterbox in queries.to_shred(session, on=clock.today()):
        services.shred(session, letterbox)
        session.commit()
