"""Mail about delegations: links only."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from consult.core.i18n import _l
from consult.mail import services as mail
from consult.people.models import Delegation


def delegated(session: Session, given: Delegation) -> None:
    """To the member: from now on they may act alone."""
    _tell(session, given, "given", _l("%(body)s gave you a delegation", body=given.body.name))


def revoked(session: Session, given: Delegation) -> None:
    """To the member: the delegation is over."""
    _tell(session, given, "revoked", _l("%(body)s took your delegation back", body=given.body.name))


def _tell(session: Session, given: Delegation, what: str, subject: Any) -> None:
    to = given.mandate.account
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=subject,
        template="people/delegated",
        about=str(given.ref),
        what=what,
        body=given.body.name,
        link=mail.address("people.body", to.locale, body_id=given.body_id),
    )
