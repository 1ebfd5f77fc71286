"""Mail about files that were sent: links only, and nothing about one that was not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from consult.core import clock
from consult.core.i18n import _l
from consult.dossiers.models import DossierLetter
from consult.mail import services as mail
from consult.people import queries as people
from consult.people.models import Account
from consult.people.rules import ACTING, MandateRole, Role


def sent(session: Session, letter: DossierLetter) -> None:
    """To human resources and whoever chairs the body: it asks, by a date."""
    subject = _l("%(body)s asks about an AI system", body=letter.dossier.body.name)
    _tell(session, letter, employer(session, letter), "sent", subject)


def answered(session: Session, letter: DossierLetter) -> None:
    """To the members of the body: the employer answered."""
    members = people.staff_members(session, letter.dossier.body_id, on=clock.today())
    told = [one.account for one in members if one.role in ACTING]
    _tell(session, letter, told, "answered", _l("The employer answered the letter of your body"))


def employer(session: Session, letter: DossierLetter) -> list[Account]:
    """Human resources and the chair of that body, once each."""
    publishers = [one for one in people.accounts(session) if one.role is Role.HR_PUBLISHER and one.is_active]
    members = people.members(session, letter.dossier.body_id, on=clock.today())
    chairs = [one.account for one in members if one.role is MandateRole.CHAIR]
    return list({one.id: one for one in (*publishers, *chairs)}.values())


def _tell(session: Session, letter: DossierLetter, to: Iterable[Account], what: str, subject: Any) -> None:
    dossier = letter.dossier
    for one in to:
        mail.queue(
            session, to=one.email, locale=one.locale, subject=subject, template="dossiers/told",
            about=f"dossier:{dossier.id}", what=what, body=dossier.body.name, due_on=letter.due_on,
            link=mail.address("dossiers.page", one.locale, dossier_id=dossier.id),
        )  # fmt: skip
