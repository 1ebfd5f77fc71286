"""Periods as the law writes them (days, months, years), and how they are counted on a calendar. Sources:
articles 641 and 642 of the French code of civil procedure, which the other calendars are read like."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

_PERIOD = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


@dataclass(frozen=True, slots=True)
class Period:
    """Months and days (ISO 8601, without hours)."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """``P1M``, ``P15D``, ``P1Y2M``. Raises ValueError."""
        found = _PERIOD.fullmatch(text)
        if found is None:
            raise ValueError(f"not a period: {text!r}")
        years, months, weeks, days = (int(one or 0) for one in found.groups())
        return cls(years * 12 + months, weeks * 7 + days)

    def __str__(self) -> str:
        months = f"{self.months}M" if self.months else ""
        return f"P{months}{self.days}D" if self.days or not months else f"P{months}"


def add_months(day: date, months: int) -> date:
    """Date to date, forwards or (negative) backwards; the last day of a month that has no such day
    (CPC 641)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    """Public holidays of the whole country; of a country the library does not keep, none."""
    try:
        return holidays.country_holidays(country.upper())
    except NotImplementedError:
        return holidays.HolidayBase()


def is_holiday(day: date, country: str) -> bool:
    return day in _holidays(country)


def open_day(day: date, country: str) -> date:
    """That day, or the first after it that is no Saturday, Sunday or public holiday (CPC 642)."""
    while day.weekday() >= 5 or is_holiday(day, country):
        day += timedelta(days=1)
    return day


def plus(day: date, period: Period) -> date:
    """The day the period ends; the day it starts from does not count."""
    return add_months(day, period.months) + timedelta(days=period.days)


def minus(day: date, period: Period) -> date:
    """The last day that leaves the whole period before ``day``. Never moved to a later one: that would
    shorten it."""
    return add_months(day, -period.months) - timedelta(days=period.days)


def working_days(day: date, count: int, country: str) -> date:
    """So many *jours ouvrables* (Monday to Saturday, public holidays out) after that day; before it where
    ``count`` is negative."""
    step = timedelta(days=1 if count > 0 else -1)
    for _each in range(abs(count)):
        day += step
        while day.weekday() == 6 or is_holiday(day, country):
            day += step
    return day
