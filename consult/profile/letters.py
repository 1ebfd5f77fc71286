"""Mail of this room: links only."""

from __future__ import annotations

from sqlalchemy.orm import Session

from consult.core.i18n import _l
from consult.mail import services as mail
from consult.notices.models import Notice
from consult.people import queries as people
from consult.people.rules import Role


def drafted(session: Session, notice: Notice) -> None:
    """To human resources: a draft on Consult itself waits for them."""
    for one in people.accounts(session):
        if one.role is Role.HR_PUBLISHER and one.is_active:
            mail.queue(
                session,
                to=one.email,
                locale=one.locale,
                subject=_l("A draft notice about Consult itself waits for you"),
                template="profile/drafted",
                about=f"notice:{notice.id}",
                link=mail.address("notices.edit", one.locale, slug=notice.slug),
            )
