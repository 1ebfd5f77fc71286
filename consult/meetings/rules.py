"""Meetings: states, kinds of agenda items, who may have one called."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from consult.core.errors import Refused
from consult.people.rules import majority


class MeetingState(StrEnum):
    CONVENED = "convened"
    HELD = "held"
    CANCELLED = "cancelled"


class ItemKind(StrEnum):
    """Information and consultation are two items: the second asks for the opinion."""

    INFORMATION = "information"
    CONSULTATION = "consultation"
    OTHER = "other"


class Presence(StrEnum):
    PRESENT = "present"
    REPLACED = "replaced"
    """An alternate sat and voted instead (L2315-32)."""
    EXCUSED = "excused"


class MinutesState(StrEnum):
    DRAFT = "draft"
    """The secretary's alone (R2315-25)."""
    SENT = "sent"
    ADOPTED = "adopted"
    REFUSED = "refused"


class Ground(StrEnum):
    """On what an extraordinary meeting is asked for."""

    ANY = "any"
    HEALTH = "health"


AGENDA: Final = ("agenda_sent", "agenda_sent_central")
"""Steps of procedures that setting the agenda is."""
AGENDA_DAYS: Final = 3
"""How long ahead the agenda is sent (L2315-30)."""
MINUTES_DAYS: Final = 15
"""How long after the meeting the minutes are sent (D2315-26)."""
TWO_MEMBERS: Final = 2


def supporters_needed(members: int, ground: Ground) -> int:
    """The majority of the members who vote (L2315-28); two, with reasons, on health, safety or working
    conditions (L2315-27)."""
    return min(TWO_MEMBERS, members) if ground is Ground.HEALTH else majority(members)


def agenda_is_short(sent_on: date, day: date) -> bool:
    """Whether the agenda goes out later than the law asks: shown, never refused."""
    return sent_on > day - timedelta(days=AGENDA_DAYS)


class NotEnoughSupport(Refused):
    """Too few members support the request: ``have`` of ``needed``."""

    def __init__(self, have: int, needed: int) -> None:
        super().__init__(f"{have} of {needed}")
        self.have, self.needed = have, needed
