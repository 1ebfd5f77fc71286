"""What a program reads at a secret address: days, with where each comes from; never what anybody wrote."""

from __future__ import annotations

from sqlalchemy.orm import Session

from consult.calendars.coming import Coming, named
from consult.calendars.models import Calendar
from consult.core.i18n import _, locale
from consult.documents import calendar as documents
from consult.documents.calendar import Event
from consult.mail import services as mail
from consult.people import queries as people


def name_of(session: Session, calendar: Calendar) -> str:
    """How a program shows the calendar."""
    about = calendar.consultation
    if about is not None:
        return str(
            _("Consultation of %(body)s on %(title)s", body=about.body.name, title=named(about.notice))
        )  # fmt: skip
    organisation = people.organisation(session)
    return str(_("My dates, %(organisation)s", organisation=organisation.name if organisation else ""))


def event_of(one: Coming) -> Event:
    """An event of the whole day. Its identifier stays when its day moves, and says nothing of its owner."""
    page = mail.address(one.endpoint, locale(), **one.parts)
    lines = [one.note, _("Computed from the facts entered."), page]
    suffix = "-contested" if one.is_contested else ""
    return Event(
        uid=f"{one.key.replace(':', '-')}{suffix}@consult",
        day=one.day,
        stamp=one.stamp,
        summary=one.title,
        description="\n".join(filter(None, lines)),
        url=page,
    )


def ics(session: Session, calendar: Calendar, found: list[Coming]) -> bytes:
    """The calendar, in the language being written."""
    return documents.ics(
        [event_of(one) for one in found], name=name_of(session, calendar), lang=locale()
    )  # fmt: skip
