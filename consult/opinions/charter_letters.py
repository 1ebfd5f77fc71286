"""Mail about the charter of use: links only."""

from __future__ import annotations

from sqlalchemy.orm import Session

from consult.commitments import queries as commitments
from consult.core.i18n import _l
from consult.mail import services as mail
from consult.opinions.models import CharterVote


def voted(session: Session, vote: CharterVote) -> None:
    """To the notice's author: the body took position on rules of use."""
    to = vote.notice.author
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=_l("%(body)s took position on the charter of use", body=vote.body.name),
        template="opinions/charter_voted",
        about=f"charter-vote:{vote.id}",
        body=vote.body.name,
        notice_title=commitments.title_of(vote.notice, to.locale),
        link=mail.address("reading.notice_signed", to.locale, slug=vote.notice.slug),
    )
