"""Reminders: what, by when, and where to open it. Nothing is quoted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from consult.calendars.coming import Coming
from consult.core.i18n import _, _l, day, ngettext
from consult.mail import services as mail
from consult.people import queries as people
from consult.people.models import Account
from consult.people.rules import Rhythm


def about(account: Account) -> str:
    """What the reminders of one person are filed under."""
    return f"reminder:{account.id}"


def remind(session: Session, to: Account, due: Sequence[Coming], rhythm: Rhythm, *, on: date) -> int:
    """One letter for each thing, or one for all of them. Returns how many."""
    if rhythm is Rhythm.EACH:
        for one in due:
            subject = _l("Reminder: %(title)s", title=one.title)
            _write(session, to, [one], rhythm, on=on, subject=subject, action_url=_address(one, to))
        return len(due)
    if not due:
        return 0
    subject = _l("What is due soon") if rhythm is Rhythm.DAILY else _l("What is due this week")
    page = mail.address("workspace.start", to.locale)
    _write(session, to, due, rhythm, on=on, subject=subject, action_url=page)
    return 1


def left(due_on: date, on: date) -> str:
    """The day, and how far it is, in the language being written."""
    days = (due_on - on).days
    if days < 0:
        return str(_("Since %(day)s.", day=day(due_on)))
    if days == 0:
        return str(_("Today, %(day)s.", day=day(due_on)))
    return str(ngettext("By %(day)s: in %(num)s day.", "By %(day)s: in %(num)s days.", days, day=day(due_on)))


def _address(one: Coming, to: Account) -> str:
    return mail.address(one.endpoint, to.locale, **one.parts)


def _write(session: Session, to: Account, due: Sequence[Coming], rhythm: Rhythm, **facts: Any) -> None:
    organisation = people.organisation(session)
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        template="calendars/reminder",
        about=about(to),
        due=[(one, _address(one, to)) for one in due],
        rhythm=rhythm,
        left=left,
        choice_url=mail.address("calendars.reminders", to.locale),
        organisation_name=organisation.name if organisation is not None else "",
        **facts,
    )
