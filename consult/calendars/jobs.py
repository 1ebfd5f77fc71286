"""Jobs of this room: reminders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consult.calendars import services
from consult.core import clock


def remind(session: Session, *, now: datetime) -> int:  # noqa: ARG001
    """What is due to be said to each person, one commit each: the letter and the note that it went out stand
    or fall together, so that neither a crash nor a second worker sends one twice. Returns how many."""
    today, written = clock.today(), 0
    plans = services.planned(session, on=today)
    session.rollback()
    for plan in plans:
        try:
            written += services.remind(session, plan, on=today)
            session.commit()
        except IntegrityError:  # another worker was faster
            session.rollback()
    services.forget_old(session, on=today)
    session.commit()
    return written
