"""Mail about meetings: links only."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from consult.core import clock
from consult.core.i18n import _l, day
from consult.mail import services as mail
from consult.meetings.models import Meeting, MeetingRequest
from consult.people import queries as people
from consult.people.models import Account
from consult.people.rules import Role


def called(session: Session, meeting: Meeting) -> None:
    """To every member, the chair too."""
    _tell_members(session, meeting, "called", _l("Meeting of %(body)s", body=meeting.body.name))


def agenda_set(session: Session, meeting: Meeting) -> None:
    _tell_members(session, meeting, "agenda", _l("The agenda of %(body)s is set", body=meeting.body.name))


def cancelled(session: Session, meeting: Meeting) -> None:
    subject = _l("The meeting of %(body)s is cancelled", body=meeting.body.name)
    _tell_members(session, meeting, "cancelled", subject)


def minutes_sent(session: Session, meeting: Meeting) -> None:
    subject = _l("The minutes of %(body)s are there", body=meeting.body.name)
    _tell_members(session, meeting, "minutes", subject)


def requested(session: Session, asked: MeetingRequest) -> None:
    """To human resources: the body asks for an extraordinary meeting."""
    for to in people.accounts(session):
        if to.role is Role.HR_PUBLISHER and to.is_active:
            subject = _l("%(body)s asks for an extraordinary meeting", body=asked.body.name)
            link = mail.address("meetings.request", to.locale, request_id=asked.id)
            _queue(
                session, to, "requested", subject, f"meeting_request:{asked.id}", asked.body.name, "", link
            )


def _tell_members(session: Session, meeting: Meeting, what: str, subject: Any) -> None:
    for mandate in people.members(session, meeting.body_id, on=clock.today()):
        to = mandate.account
        link = mail.address("meetings.page", to.locale, meeting_id=meeting.id)
        when = day(meeting.day, to.locale)
        _queue(session, to, what, subject, f"meeting:{meeting.id}", meeting.body.name, when, link)


def _queue(
    session: Session, to: Account, what: str, subject: Any, about: str, body: str, when: str, link: str
) -> None:
    mail.queue(
        session, to=to.email, locale=to.locale, subject=subject, template="meetings/told", about=about,
        what=what, body=body, when=when, link=link,
    )  # fmt: skip
