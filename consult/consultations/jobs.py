"""Jobs of this room: what was sent reaches the body, then employees; stages follow the days."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from consult.consultations import letterboxes, queries, receipts, services
from consult.core import clock
from consult.mail.models import LetterState
from consult.notices import queries as notices


def open_to_employees(session: Session, *, now: datetime) -> None:  # noqa: ARG001
    """Notes what the body received, then opens the notices whose day has come. The body comes first: a
    notice whose mails are still on their way, or none of which arrived, waits."""
    today = clock.today()
    for sending in receipts.to_receive(session):
        if receipts.delivery(session, [sending]) is LetterState.ACCEPTED:
            services.receive(session, sending, on=today)
    session.commit()
    for notice in notices.to_open(session, today):
        sendings = receipts.sendings_of_notice(session, notice.id)
        if sendings and receipts.delivery(session, sendings) is LetterState.ACCEPTED:
            services.open_to_employees(session, notice, on=today)
            session.commit()


def refresh_stages(session: Session, *, now: datetime) -> None:  # noqa: ARG001
    """Stages and next dates change at midnight without any act."""
    today = clock.today()
    for consultation in queries.running(session):
        letterboxes.letterbox_closed(session, consultation, on=today)
        services.refresh(session, consultation, on=today, alone=True)
    session.commit()
