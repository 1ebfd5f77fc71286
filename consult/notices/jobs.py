"""Jobs of this room: answers the employer promised and did not give are brought to mind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from consult.core import clock
from consult.mail import queries as mail
from consult.notices import letters, queries
from consult.notices.rules import REMINDED_EVERY


def remind_of_answers(session: Session, *, now: datetime) -> int:  # noqa: ARG001
    """The day after an answer was due, then once a week and notice while one is. What was sent is read
    from the outbox, so that running twice reminds once. Returns how many notices it was about."""
    today = clock.today()
    late = queries.overdue(session, today)
    last = mail.last_about(session, [letters.about_unknowns(one.notice_id) for one in late])
    reminded = 0
    for one in late:
        before = last.get(letters.about_unknowns(one.notice_id))
        if before is not None and clock.day_of(before) > today - REMINDED_EVERY:
            continue
        letters.answers_late(session, one)
        session.commit()
        reminded += 1
    return reminded
