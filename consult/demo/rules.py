"""How the days of a story are placed around the day it is loaded. Pure."""

from __future__ import annotations

from datetime import date, timedelta

Day = int
"""Days from the day the story is loaded; 0 is that day, -1 the day before."""


def place(day: Day, today: date) -> date:
    """``day`` days from ``today``, off weekends (Saturday to Friday, Sunday to Monday), without
    turning past into future. Never changes the order of two days."""
    if day == 0:
        return today
    shifted = today + timedelta(days=day)
    if shifted.weekday() == 5:
        shifted -= timedelta(days=1)
    elif shifted.weekday() == 6:
        shifted += timedelta(days=1)
    return min(shifted, today) if day < 0 else max(shifted, today + timedelta(days=1))
