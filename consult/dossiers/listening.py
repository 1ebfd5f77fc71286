"""Asking employees about a file that was sent: what its letterbox hangs from.

A letterbox hangs from a consultation, and a consultation from a notice. A file brings a notice row of its
own, marked as such: it holds the title and what the system is, in the body's words, and no notice page,
list, search or export ever shows it. Who reads what was said, the keys, the thresholds and the releases are
those of any other letterbox."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from consult.consultations import services as consultations
from consult.consultations.models import Consultation
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.dossiers.models import Dossier
from consult.dossiers.rules import AlreadyListening, FileState, NotSent
from consult.dossiers.services import lock
from consult.notices import services as notices
from consult.people import queries as people
from consult.people.models import Account
from consult.people.rules import Role


def prepare(
    session: Session, dossier: Dossier, *, title: Localized, about: Localized, actor: Account, on: date
) -> Consultation:
    """What employees will read about, in the body's words; the letterbox is opened next, on a resolution.
    Only once the file was sent: employees and the employer share one access word, so what employees read the
    employer reads. Raises `NotSent`, `AlreadyListening`, `WrongState`."""
    lock(session, dossier)
    if dossier.consultation_id is not None:
        raise AlreadyListening
    if dossier.state is FileState.DRAFT:
        raise NotSent
    if dossier.state not in {FileState.SENT, FileState.ANSWERED}:
        raise WrongState("file", dossier.state)
    publisher = next(
        (one for one in people.accounts(session) if one.role is Role.HR_PUBLISHER and one.is_active), actor
    )
    notice = notices.of_file(
        session, title=title, about=about, body_id=dossier.body_id, answers=publisher, by=actor, on=on
    )
    dossier.consultation = consultations.of_file(session, notice, dossier.body, on=on)
    session.flush()
    return dossier.consultation
