"""Channels of a letterbox, what may go wrong when somebody speaks, and the days that count."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from consult.core.errors import Refused


class Channel(StrEnum):
    """How the right to speak is proven. ``open``: it is not, and batches count messages."""

    OPEN = "open"
    SLIPS = "slips"


class Phase(StrEnum):
    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"


def phase(opens_on: date, closes_on: date, on: date) -> Phase:
    """A letterbox takes messages from its first day to its last, both included."""
    if on < opens_on:
        return Phase.NOT_YET
    return Phase.OPEN if on <= closes_on else Phase.CLOSED


class NotOpen(Refused):
    """The letterbox takes nothing on that day; ``phase`` says why."""

    def __init__(self, phase: Phase) -> None:
        super().__init__(f"the letterbox is {phase}")
        self.phase = phase


class TooLongToSeal(Refused):
    """The text does not fit in 4,095 bytes once encoded; ``over`` bytes must go."""

    def __init__(self, over: int) -> None:
        super().__init__(f"{over} bytes too long")
        self.over = over
