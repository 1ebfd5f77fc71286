"""Jobs of this room: points the employer left without an answer are brought to its mind."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from consult.core import clock
from consult.mail import queries as mail
from consult.opinions import pending, response_letters
from consult.opinions.models import Opinion

REMINDED_EVERY = timedelta(days=7)


def remind_of_points(session: Session, *, now: datetime) -> int:  # noqa: ARG001
    """The day after the response was due, or after the day announced for the end of a study, then once a week
    as long as a point waits. What was sent is read from the outbox, so that running twice reminds once.
    Returns how many opinions it was about."""
    today = clock.today()
    owed = pending.unanswered_in(session, on=today)
    last = mail.last_about(session, [response_letters.about_owed(one.id) for one, _count in owed])
    reminded = 0
    for opinion, count in owed:
        before = last.get(response_letters.about_owed(opinion.id))
        if before is not None and clock.day_of(before) > today - REMINDED_EVERY:
            continue
        since = _late_since(session, opinion, today)
        if since is None:
            continue
        response_letters.still_owed(session, opinion, count=count, since=since)
        session.commit()
        reminded += 1
    return reminded


def _late_since(session: Session, opinion: Opinion, today: date) -> date | None:
    """The first day that went by: of the response as the procedure counts it, or of a study."""
    days = [one.progress.until_on for one in pending.standings(opinion, on=today)]
    days.append(pending.due_on(session, opinion, on=today))
    return min((one for one in days if one is not None and one < today), default=None)
