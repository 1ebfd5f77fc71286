"""Mail about what follows a response, and about what the employer still owes: links only."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.commitments import queries as commitments
from consult.core.i18n import _l
from consult.mail import services as mail
from consult.opinions.models import FollowUp, Opinion
from consult.people import queries as people
from consult.people.models import Account
from consult.people.rules import Role


def followed_up(session: Session, given: FollowUp) -> None:
    """To the members of the body: the employer says more of one of its points."""
    consultation = given.response.opinion.consultation
    for mandate in people.staff_members(session, consultation.body_id, on=given.given_on):
        to = mandate.account
        mail.queue(
            session,
            to=to.email,
            locale=to.locale,
            subject=_l("The employer says more on a point of your opinion"),
            template="opinions/followed_up",
            about=f"follow-up:{given.id}",
            body=consultation.body.name,
            notice_title=commitments.title_of(consultation.notice, to.locale),
            link=mail.address("reading.notice_signed", to.locale, slug=consultation.notice.slug),
        )


def about_owed(opinion_id: UUID) -> str:
    """What a reminder of points without an answer is filed under."""
    return f"owed:{opinion_id}"


def still_owed(session: Session, opinion: Opinion, *, count: int, since: date) -> int:
    """To everybody who answers for the employer: the day proposed for the response went by. ``count``: points
    that wait; ``since``: that day. Returns how many were written to."""
    readers = _employer(session)
    consultation = opinion.consultation
    for to in readers:
        mail.queue(
            session,
            to=to.email,
            locale=to.locale,
            subject=_l("%(body)s waits for your reasoned response", body=consultation.body.name),
            template="opinions/owed",
            about=about_owed(opinion.id),
            body=consultation.body.name,
            notice_title=commitments.title_of(consultation.notice, to.locale),
            count=count,
            since=since,
            link=mail.address("opinions.respond", to.locale, consultation_id=consultation.id),
        )
    return len(readers)


def _employer(session: Session) -> list[Account]:
    return [one for one in people.accounts(session) if one.role is Role.HR_PUBLISHER and one.is_active]
