"""Calendars others subscribe to: whole days, each known by an identifier that stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import icalendar

from consult.documents.signs import without_controls

PRODUCT = "-//Consult//Consult//EN"


@dataclass(frozen=True, slots=True)
class Event:
    """``uid``: the same for the same event for good. ``stamp``: the day it was last changed."""

    uid: str
    day: date
    stamp: date
    summary: str
    description: str = ""
    url: str = ""


def ics(events: Sequence[Event], *, name: str, lang: str) -> bytes:
    """The calendar, the same bytes for the same events."""
    made = icalendar.Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", _text(name, lang))
    made.add("x-wr-calname", _text(name))  # what programs read that know no NAME
    made.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    for event in events:
        made.add_component(_component(event, lang))
    content: bytes = made.to_ical()
    return content


def _text(text: str, lang: str = "") -> icalendar.vText:
    """Named as text, since the library escapes nothing in a property it does not know."""
    return icalendar.vText(without_controls(text), params={"language": lang} if lang else {})


def _component(event: Event, lang: str) -> icalendar.Event:
    made = icalendar.Event()
    made.add("uid", event.uid)
    stamp = datetime(event.stamp.year, event.stamp.month, event.stamp.day, tzinfo=UTC)
    made.add("dtstamp", stamp)
    made.add("last-modified", stamp)  # by day: nothing tells at what time something was entered
    made.add("dtstart", event.day)
    made.add("dtend", event.day + timedelta(days=1))
    made.add("summary", _text(event.summary, lang))
    if event.description:
        made.add("description", _text(event.description, lang))
    if event.url:
        made.add("url", event.url)
    made.add("transp", "TRANSPARENT")
    return made
