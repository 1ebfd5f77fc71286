"""Jobs of this room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from consult.core import clock
from consult.keyholders import handing, letters, queries, services
from consult.keyholders.rules import REMINDED_AGAIN, rehearsal_due


def delete_ended(session: Session, *, now: datetime) -> None:
    """Keys of sittings that ended do not stay, not even sealed."""
    services.delete_ended(session, now=now)
    session.commit()


def finish_handovers(session: Session, *, now: datetime) -> None:  # noqa: ARG001
    """A key that stayed because fewer than two others could open goes once they can."""
    today = clock.today()
    for handover in queries.unfinished(session):
        for letterbox in [one.letterbox for one in handover.steps]:
            handing.finish(session, letterbox, on=today)
        handing.end(session, handover, on=today)
        session.commit()


def remind_of_rehearsal(session: Session, *, now: datetime) -> None:  # noqa: ARG001
    """Once a year, and then every month until it is done: does the passphrase still open?"""
    today = clock.today()
    for holder in queries.holding(session):
        due, last = rehearsal_due(holder.set_up_on, holder.rehearsed_on), holder.reminded_on
        is_new = last is None or last < due or today - last >= REMINDED_AGAIN
        if due <= today and is_new and queries.is_able(holder.account, on=today):
            holder.reminded_on = today
            letters.rehearsal(session, holder)
            session.commit()
