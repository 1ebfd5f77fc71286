"""Mail about missions: links only."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from consult.commitments import queries as commitments
from consult.core import clock
from consult.core.i18n import _l
from consult.experts.models import Mission
from consult.mail import services as mail
from consult.people import queries as people
from consult.people.models import Account


def appointed(session: Session, mission: Mission) -> None:
    """To the notice's author, and to the expert who has an account already."""
    body = mission.consultation.body.name
    told = [mission.consultation.notice.author]
    if mission.account.password_hash is not None:
        told.append(mission.account)
    for to in told:
        _tell(session, mission, to, "appointed", _l("%(body)s appointed an expert", body=body))


def asked(session: Session, mission: Mission) -> None:
    """To the notice's author: the expert asks for information, and a short time runs."""
    subject = _l("The expert asks for information")
    _tell(session, mission, mission.consultation.notice.author, "asked", subject)


def answered(session: Session, mission: Mission) -> None:
    _tell(session, mission, mission.account, "answered", _l("The employer answered the expert"))


def reported(session: Session, mission: Mission) -> None:
    """To both sides: the report is there."""
    consultation = mission.consultation
    members = people.staff_members(session, consultation.body_id, on=clock.today())
    for to in (consultation.notice.author, *(one.account for one in members)):
        _tell(session, mission, to, "reported", _l("The expert handed in the report"))


def challenged(session: Session, mission: Mission) -> None:
    """To the members of the body: the employer went to court over the mission."""
    for one in people.staff_members(session, mission.consultation.body_id, on=clock.today()):
        subject = _l("The employer challenges the expert assessment")
        _tell(session, mission, one.account, "challenged", subject)


def _tell(session: Session, mission: Mission, to: Account, what: str, subject: Any) -> None:
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=subject,
        template="experts/told",
        about=f"mission:{mission.id}",
        what=what,
        body=mission.consultation.body.name,
        notice_title=commitments.title_of(mission.consultation.notice, to.locale),
        link=mail.address("experts.room", to.locale, mission_id=mission.id),
    )
