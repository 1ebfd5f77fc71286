"""Mail about notices that are being written."""

from __future__ import annotations

from sqlalchemy.orm import Session

from consult.core.i18n import _l
from consult.mail import services as mail
from consult.notices import queries
from consult.notices.models import Notice
from consult.people import queries as people
from consult.people.models import Account
from consult.people.rules import Role


def review_asked(session: Session, notice: Notice, *, actor: Account) -> int:
    """To everybody else who writes notices: one waits for a second pair of eyes. Returns how many were
    written to."""
    revision = queries.draft(notice)
    assert revision is not None, "only what is being written is reread"
    readers = [
        one for one in people.accounts(session)
        if one.role is Role.HR_PUBLISHER and one.is_active and one.id != actor.id
    ]  # fmt: skip
    for reader in readers:
        title = revision.title.shown(reader.locale)[0]
        mail.queue(
            session,
            to=reader.email,
            locale=reader.locale,
            subject=_l("A notice waits to be reread: %(title)s", title=title),
            template="notices/review_asked",
            about=f"notice:{notice.id}",
            asked_by=actor.name,
            title=title,
            action_url=mail.address("notices.edit", reader.locale, slug=notice.slug),
        )
    return len(readers)
