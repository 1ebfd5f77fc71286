"""Mail about commitments: links only."""

from __future__ import annotations

from sqlalchemy.orm import Session

from consult.commitments import queries
from consult.commitments.models import Commitment
from consult.core import clock
from consult.core.i18n import _l
from consult.mail import services as mail
from consult.people import queries as people
from consult.people.models import Account


def _send(
    session: Session,
    to: Account,
    commitment: Commitment,
    subject: object,
    template: str,
    *,
    is_kept: bool = False,
) -> None:
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=subject,
        template=f"commitments/{template}",
        about=f"commitment:{commitment.id}",
        number=commitment.number,
        body=commitment.body.name,
        due_on=commitment.due_on,
        notice_title=queries.title_of(commitment.notice, to.locale),
        is_kept=is_kept,
        link=mail.address("commitments.page", to.locale, commitment_id=commitment.id),
    )


def _members(session: Session, commitment: Commitment) -> list[Account]:
    on = clock.today()
    return [one.account for one in people.staff_members(session, commitment.body_id, on=on)]


def agreed(session: Session, commitment: Commitment) -> None:
    """To the members: the employer made a promise."""
    for to in _members(session, commitment):
        _send(session, to, commitment, _l("A new commitment was made"), "agreed")


def claimed(session: Session, commitment: Commitment) -> None:
    """To the members: the employer says it is done, the body confirms or contests."""
    for to in _members(session, commitment):
        _send(session, to, commitment, _l("A commitment waits for your verdict"), "claimed")


def judged(session: Session, commitment: Commitment, *, is_kept: bool) -> None:
    """To the notice's author: what the body said."""
    to = commitment.notice.author
    subject = _l("A commitment was confirmed") if is_kept else _l("A commitment was contested")
    _send(session, to, commitment, subject, "judged", is_kept=is_kept)
