"""Mail about consultations: links only."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from consult.commitments import queries as commitments
from consult.consultations.models import Consultation, Sending
from consult.core.i18n import _l
from consult.core.localized import Localized
from consult.keyholders.models import Keyholder
from consult.mail import services as mail
from consult.mail.models import Letter
from consult.people import queries as people
from consult.people.models import Account, Mandate
from consult.people.rules import MandateRole
from consult.voices.models import Letterbox


def _queue(
    session: Session, to: Account, subject: object, template: str, about: str, **facts: object
) -> Letter:
    organisation = people.organisation(session)
    return mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=subject,
        template=f"consultations/{template}",
        about=about,
        name=to.name,
        organisation_name=organisation.name if organisation is not None else "",
        **facts,
    )


def sent(
    session: Session, sending: Sending, mandate: Mandate, *, title: Localized, number: int, readable_on: date
) -> Letter:
    """To one member: the notice is there, before employees may read it. The chair is told as the employer."""
    to, consultation = mandate.account, sending.consultation
    is_chair = mandate.role is MandateRole.CHAIR
    return _queue(
        session,
        to,
        _l("An impact notice for %(body)s", body=consultation.body.name),
        "sent_chair" if is_chair else "sent",
        f"sending:{sending.id}",
        title=title.shown(to.locale)[0],
        number=number,
        body=consultation.body.name,
        sent_on=sending.sent_on,
        readable_on=readable_on,
        action_url=mail.address("reading.notice_signed", to.locale, slug=consultation.notice.slug),
    )


def withdrawn(session: Session, consultation: Consultation, *, on: date) -> None:
    """To the members: the employer withdrew the notice; its reason stands on the page."""
    for mandate in people.staff_members(session, consultation.body_id, on=on):
        to = mandate.account
        _queue(
            session,
            to,
            _l("An impact notice was withdrawn"),
            "withdrawn",
            f"notice:{consultation.notice_id}",
            body=consultation.body.name,
            title=commitments.title_of(consultation.notice, to.locale),
            action_url=mail.address("reading.notice_signed", to.locale, slug=consultation.notice.slug),
        )


def letterbox_opened(
    session: Session, consultation: Consultation, letterbox: Letterbox, holder: Keyholder
) -> None:
    """To a keyholder: the body named you; what you hold, until when, and what to keep safe."""
    to = holder.account
    _queue(
        session,
        to,
        _l("You hold a key to a letterbox"),
        "letterbox_opened",
        f"letterbox:{letterbox.id.hex()}",
        body=consultation.body.name,
        title=commitments.title_of(consultation.notice, to.locale),
        opens_on=letterbox.opens_on,
        closes_on=letterbox.closes_on,
        holders=letterbox.told["keyholders"],
        action_url=mail.address("workspace.consultation", to.locale, consultation_id=consultation.id),
    )
