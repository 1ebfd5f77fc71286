"""Making and revoking addresses; who may read at one; writing reminders. The session comes in, nothing is
committed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.calendars import letters, queries
from consult.calendars.coming import Coming, comings, gather, overdue
from consult.calendars.models import Calendar, Reminder
from consult.calendars.rules import (
    KEPT,
    MOST_CALENDARS,
    Revoked,
    TooMany,
    hash_of,
    in_digest,
    may_write,
    secret_of,
)
from consult.calendars.who import Who
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.i18n import writing_in
from consult.mail import queries as mail
from consult.people import queries as people
from consult.people.models import Account
from consult.people.rules import Rhythm
from consult.web.readers import may_read

# ── addresses ──────────────────────────────────────────────────────────────────


def make(
    session: Session, account: Account, *, of: Consultation | None, once: UUID, key: bytes, on: date
) -> tuple[Calendar, str]:
    """A calendar and the secret of its address, which nothing keeps. The same form sent again gives the same.
    Raises `TooMany`, `Revoked`."""
    secret = secret_of(key, account.id, once)
    made = queries.by_hash(session, hash_of(secret))
    if made is not None:
        if made.revoked_on is not None:
            raise Revoked
        return made, secret
    if len(queries.of_account(session, account.id)) >= MOST_CALENDARS:
        raise TooMany
    made = Calendar(account=account, consultation=of, secret_hash=hash_of(secret), made_on=on)
    session.add(made)
    session.flush()
    return made, secret


def revoke(session: Session, calendar: Calendar, *, on: date) -> None:
    """From now on its address leads nowhere. Twice is once."""
    if calendar.revoked_on is None:
        calendar.revoked_on = on
        session.flush()


def renew(session: Session, calendar: Calendar, *, once: UUID, key: bytes, on: date) -> tuple[Calendar, str]:
    """Another address in the place of this one, which leads nowhere from now on."""
    revoke(session, calendar, on=on)
    return make(session, calendar.account, of=calendar.consultation, once=once, key=key, on=on)


@dataclass(frozen=True)
class Opened:
    """A calendar at whose address somebody asks, and its owner as of today."""

    calendar: Calendar
    who: Who


def opened(session: Session, secret: str, *, on: date) -> Opened | None:
    """None where the address leads nowhere: unknown, revoked, of a closed account, of somebody who follows
    nothing any more, or who no longer follows or may no longer read that consultation."""
    calendar = queries.by_hash(session, hash_of(secret))
    if calendar is None or calendar.revoked_on is not None:
        return None
    who, about = Who.of(calendar.account), calendar.consultation
    if who is None:
        return None
    if about is not None and not is_theirs(about, who, on=on):
        return None
    return Opened(calendar, who)


def is_theirs(consultation: Consultation, who: Who, *, on: date) -> bool:
    """Whether they follow it and may read it today."""
    return who.follows(consultation.body_id) and may_read(consultation.audience, who.reader, on=on)


def events(session: Session, found: Opened, *, on: date) -> list[Coming]:
    """What stands in that calendar today, in the language being written."""
    return comings(gather(session, found.who.bodies, on=on, only=found.calendar.consultation_id), found.who)


# ── reminders ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Planned:
    """What one person may be reminded of today, as plain values: nothing of it is read again once the first
    letters are committed."""

    account_id: UUID
    rhythm: Rhythm
    ahead: Sequence[Coming]
    late: Sequence[Coming] = ()
    """Answers promised in notices and not given: told in a digest once a week."""


def planned(session: Session, *, on: date) -> list[Planned]:
    """For everybody who follows something and wants to be reminded, each in their language."""
    accounts = queries.active(session)
    rhythms = people.rhythms(session, accounts)
    found = gather(session, None, on=on)
    plans = []
    for account in accounts:
        who = Who.of(account) if rhythms[account.id] is not Rhythm.NONE else None
        if who is None:
            continue
        with writing_in(account.locale):
            mine = [one for one in comings(found, who) if one.is_mine and one.ahead]
            is_told = who.is_hr and rhythms[account.id] is not Rhythm.EACH  # else in letters of their own
            late = overdue(session, on=on) if is_told else []
        plans.append(Planned(account.id, rhythms[account.id], mine, late))
    return plans


def remind(session: Session, plan: Planned, *, on: date) -> int:
    """Writes what is due to be said to one person and has not been said. Returns how many letters."""
    account = people.account(session, plan.account_id)
    assert account is not None, "read a moment ago"
    last = mail.last_about(session, [letters.about(account)]).get(letters.about(account))
    if not may_write(plan.rhythm, clock.day_of(last) if last is not None else None, on):
        return 0
    due = _untold(session, plan, on)
    for one, ahead in due:
        session.add(
            Reminder(account_id=account.id, what=one.key, due_on=one.day, ahead=ahead, told_on=on)
        )  # fmt: skip
    session.flush()
    return letters.remind(session, account, [one for one, _ahead in due], plan.rhythm, on=on)


def forget_old(session: Session, *, on: date) -> None:
    """What was due a year ago is reminded of no more: nothing needs to know who was told."""
    for one in queries.old(session, before=on - KEPT):
        session.delete(one)
    session.flush()


def _untold(session: Session, plan: Planned, on: date) -> list[tuple[Coming, int]]:
    """Each thing once, even where both days of a dispute are the same."""
    everything = [*((one, 0) for one in plan.late)]
    for one in plan.ahead:
        ahead = in_digest(one.day, one.ahead, on, plan.rhythm)
        everything += [(one, ahead)] if ahead is not None else []
    told = queries.told(
        session, plan.account_id, since=min((one.day for one, _ahead in everything), default=on)
    )
    found: dict[tuple[str, date, int], Coming] = {}
    for one, ahead in everything:
        if (one.key, one.day, ahead) not in told:
            found.setdefault((one.key, one.day, ahead), one)
    return [(one, key[2]) for key, one in found.items()]
