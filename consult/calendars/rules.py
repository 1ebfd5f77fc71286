"""When somebody is reminded, and the secret of an address. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import date, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from consult.core.errors import Refused
from consult.people.rules import Rhythm

USUAL_AHEAD: Final = (7, 1)
"""Days ahead of what no procedure speaks of: a commitment, a question, an answer promised."""
MEETING_AHEAD: Final = (1,)
MOST_CALENDARS: Final = 20
WEEK: Final = timedelta(days=7)
KEPT: Final = timedelta(days=366)
"""How long it is known which reminders went out, counted from what they were about."""


class TooMany(Refused):
    """Somebody has as many calendars as one may have."""


class Revoked(Refused):
    """What is sent again made a calendar that was revoked since."""


def secret_of(key: bytes, account_id: UUID, once: UUID) -> str:
    """The secret of one address. The same form sent twice gives the same, so that a double click makes one
    calendar; only who has the server's key can work it out again."""
    return hmac.new(key, f"{account_id}/{once}".encode(), sha256).hexdigest()


def hash_of(secret: str) -> bytes:
    """What is stored of it: the secret has 256 bits, so that a plain digest gives nothing away."""
    return sha256(secret.encode()).digest()


def moment(due_on: date, ahead: Collection[int], on: date) -> int | None:
    """The last moment that has come, in days ahead: what was missed while nobody sent anything is not made
    up for. None before the first, and once the day has passed."""
    if on > due_on:
        return None
    return min((days for days in ahead if due_on - timedelta(days=days) <= on), default=None)


def in_digest(due_on: date, ahead: Collection[int], on: date, rhythm: Rhythm) -> int | None:
    """The same for a letter of that rhythm: a weekly one tells what will fall due before the next."""
    found = moment(due_on, ahead, on)
    if found is None and rhythm is Rhythm.WEEKLY and ahead and on <= due_on <= on + WEEK:
        return max(ahead)
    return found


def may_write(rhythm: Rhythm, last: date | None, on: date) -> bool:
    """Whether a letter of that rhythm may go out: one a day, or one a week, counted from Monday."""
    if rhythm is Rhythm.NONE:
        return False
    if rhythm is Rhythm.EACH or last is None:
        return True
    return last < (on if rhythm is Rhythm.DAILY else monday(on))


def monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


EMPLOYER: Final = frozenset({"employer", "committee_chair", "both_parties"})
STAFF: Final = frozenset(
    {"committee", "representatives", "works_council", "bargaining_agent", "both_parties"}
)
"""Actors of the steps, as the templates name them, by side. Others have rules of their own, or are none of
those who sign in (a court, a board, employees)."""
