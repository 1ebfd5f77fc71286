"""Channels of a letterbox, what it is told, the days that count, and what may go wrong when one speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from consult.core.errors import Refused
from consult.core.localized import LOCALES, Localized

RELEASE_WEEKDAY = 0
"""Monday: where messages leave once a week, they leave on that day."""
WEEK = 7


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


def is_release_day(interval_days: int, opens_on: date, closes_on: date, on: date) -> bool:
    """Whether messages may leave on that day: every day, or once a week on `RELEASE_WEEKDAY`; never on the
    first day. After the last day, any day will do: the closing release takes all. A week that was
    missed is not made up for, or the day would tell when enough had arrived."""
    if on <= opens_on:
        return False
    return on > closes_on or interval_days < WEEK or on.weekday() == RELEASE_WEEKDAY


def next_release_on(interval_days: int, opens_on: date, closes_on: date, on: date) -> date:
    """The next day after ``on`` on which messages may leave: at the latest the day after the last."""
    day = max(on, opens_on)
    while not is_release_day(interval_days, opens_on, closes_on, day := day + timedelta(days=1)):
        pass
    return day


# ── what the rooms above say about a letterbox ─────────────────────────────────


@dataclass(frozen=True, slots=True)
class Told:
    """What `Letterbox.told` says, for its pages. A voice knows of its notice what stands here, no more."""

    title: Localized
    slug: str
    organisation: str
    body: str
    keyholders: tuple[str, ...]
    emergency: tuple[tuple[Localized, str], ...]
    alert_channel: Localized
    destroy_on: date | None
    country: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Told:
        """Reads the JSON document. What was not told is empty: no page fails for it."""
        destroy_on = told.get("destroy_on")
        return cls(
            title=_localized(told.get("title")),
            slug=str(told.get("slug", "")),
            organisation=str(told.get("organisation", "")),
            body=str(told.get("body", "")),
            keyholders=tuple(map(str, told.get("keyholders", ()))),
            emergency=tuple(
                (_localized(one.get("label")), str(one.get("number", "")))
                for one in told.get("emergency", ())
            ),
            alert_channel=_localized(told.get("alert_channel")),
            destroy_on=date.fromisoformat(destroy_on) if destroy_on else None,
            country=str(told.get("country", "fr")),
        )


def _localized(texts: Mapping[str, str] | None) -> Localized:
    told = {language: (texts or {}).get(language) or "" for language in LOCALES}
    return Localized.of(fr=told["fr"], en=told["en"])


# ── limits and refusals ────────────────────────────────────────────────────────


class Bucket:
    """How many messages one process takes: ``size`` at once, then ``per_second``. One for everybody,
    since nothing tells one sender from another. The moment is handed in, in seconds."""

    def __init__(self, size: float, per_second: float) -> None:
        self.size, self.per_second = size, per_second
        self.left, self.at = size, 0.0

    def take(self, at: float) -> bool:
        """Takes one, if one is left."""
        self.left = min(self.size, self.left + max(0.0, at - self.at) * self.per_second)
        self.at = at
        if self.left < 1:
            return False
        self.left -= 1
        return True


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
