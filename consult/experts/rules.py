"""What may be done with a mission, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from consult.core.errors import Refused

ANSWER_STEP: Final = "expert_info_answer"
ANSWER_DAYS: Final = 5
"""The employer's time to answer where the procedure names none (R2315-45: five days)."""
ROOM_DAYS: Final = 30
"""The room closes so long after the last day of the opinion, unless the body says otherwise."""


class HasExpert(Refused):
    """A mission runs for this consultation already."""


class NoExpert(Refused):
    """The procedure followed knows no expert."""


class Unseatable(Refused):
    """The address belongs to somebody who cannot be an expert here."""


class MissionOver(Refused):
    """The mission ended: nothing is added to it."""


def is_over(ended_on: date | None, room_until: date, on: date) -> bool:
    """The room is closed the day after its last one, or once the body ended the mission."""
    return on > room_until or (ended_on is not None and on >= ended_on)


def proposed_end(limit: date | None, on: date) -> date:
    """When the room closes, to start from."""
    return (limit or on) + timedelta(days=ROOM_DAYS)
