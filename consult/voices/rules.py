"""Channels of a letterbox, what it is told, the days that count, and what may go wrong when one speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from consult.core.errors import Refused, TooMany
from consult.core.localized import LOCALES, Localized

RELEASE_WEEKDAY = 0
"""Monday: where messages leave once a week, they leave on that day."""
WEEK = 7


class Channels(StrEnum):
    """How the right to speak is proven: by paper slips, by invitations, or by either. ``open``: it is not
    proven, and batches count messages."""

    OPEN = "open"
    SLIPS = "slips"
    INVITATIONS = "invitations"
    BOTH = "both"

    @property
    def is_open(self) -> bool:
        return self is Channels.OPEN

    @property
    def takes_slips(self) -> bool:
        return self in {Channels.SLIPS, Channels.BOTH}

    @property
    def takes_passes(self) -> bool:
        return self in {Channels.INVITATIONS, Channels.BOTH}

    @property
    def number(self) -> int:
        """In how many ways one person may have got the same right: a release asks for so many times k."""
        return 2 if self is Channels.BOTH else 1


QUOTA: Final = 3
"""Messages one person may send, unless the body agrees on fewer or more."""
QUOTA_MOST: Final = 5
COUNT_MIN: Final = 5
"""Support is shown from so many."""
CLAIM_DAYS: Final = 3
"""Invitations are claimed from publication, and speaking begins so many days later at the earliest, so that
the hour of a claim says nothing of the hour of a message."""

WRITE_BACK: Final = 9
"""The lane of what authors write back in a thread: it rides with a batch of others and counts for nothing."""
PULSE: Final = "pulse"
SUPPORT: Final = "support"


def speak(number: int) -> str:
    """The name of a lane for messages: ``speak-1`` … ``speak-5``, numbered as in `Waiting.lane`."""
    return f"speak-{number}"


def speaking_lanes(quota: int) -> tuple[str, ...]:
    return tuple(speak(number) for number in range(1, quota + 1))


def lanes(quota: int) -> tuple[str, ...]:
    """Every lane in which a person gets one right, in letterboxes that ask for one."""
    return (*speaking_lanes(quota), PULSE, SUPPORT)


class BallotKind(StrEnum):
    PULSE = "pulse"
    SUPPORT = "support"


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
    destroyed_on: date | None = None
    """The day keys and messages were destroyed; None as long as they are not."""
    is_file: bool = False
    """What it is about is a page of the body, and no notice."""

    @property
    def names(self) -> tuple[str, ...]:
        """What everybody writes about: no name of a person."""
        return (*self.title.texts.values(), self.organisation)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Told:
        """Reads the JSON document. What was not told is empty: no page fails for it."""
        destroy_on, destroyed_on = told.get("destroy_on"), told.get("destroyed_on")
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
            destroyed_on=date.fromisoformat(destroyed_on) if destroyed_on else None,
            is_file=bool(told.get("is_file")),
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


class Busy(TooMany):
    """Six words are turned into a key one after the other, so many a second: somebody is asking too often,
    and nobody can tell who."""


class RightFault(StrEnum):
    """Why a right is refused. The text is handed back in every case."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    """Not one of this letterbox: misread, foreign, forged, revoked, or of another kind."""
    USED = "used"


class RightRefused(Refused):
    """The right to speak is missing, none of this letterbox, or used already."""

    def __init__(self, fault: RightFault) -> None:
        super().__init__(f"the right is {fault}")
        self.fault = fault


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
