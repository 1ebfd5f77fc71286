"""The only place that asks what time it is, so that tests and the page cache agree with the product."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_zone = ZoneInfo("Europe/Paris")


def set_zone(name: str) -> None:
    """Days begin at midnight of the organisation's time zone (an IANA name)."""
    global _zone
    _zone = ZoneInfo(name)


def now() -> datetime:
    """The moment, in UTC, with its zone."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is for the organisation."""
    return now().astimezone(_zone).date()


def day_of(moment: datetime) -> date:
    """The day that moment was for the organisation; without a zone, as SQLite keeps it, it is UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(_zone).date()
