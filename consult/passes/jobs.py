"""Jobs of this room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from consult.core import clock
from consult.passes import claiming, queries


def end_claims(session: Session, *, now: datetime) -> None:  # noqa: ARG001
    """After the last day of a letterbox, codes of invitations and the keys that signed them do not stay."""
    for letterbox_id in queries.ended(session, clock.today()):
        claiming.end(session, letterbox_id)
        session.commit()
