"""Named selects about files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, exists, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.consultations.models import Consultation
from consult.dossiers.models import UNANSWERED, Dossier, DossierLetter, DossierSource, DossierSupport
from consult.dossiers.rules import FileState
from consult.notices.models import Notice
from consult.notices.queries import TITLES
from consult.people.models import Body, Mandate
from consult.web.pagination import PAGE_SIZE
from consult.web.readers import Reader, may_read

_whole = (
    joinedload(Dossier.body),
    joinedload(Dossier.notice).options(TITLES),
    joinedload(Dossier.consultation).joinedload(Consultation.notice).selectinload(Notice.revisions),
    selectinload(Dossier.letters).joinedload(DossierLetter.resolution),
    selectinload(Dossier.supports).joinedload(DossierSupport.mandate).joinedload(Mandate.account),
    selectinload(Dossier.sources).joinedload(DossierSource.keyholder),
)
_by_id = select(Dossier).where(Dossier.id == bindparam("id")).options(*_whole)
_letter = (
    select(DossierLetter)
    .where(DossierLetter.id == bindparam("id"))
    .options(
        joinedload(DossierLetter.dossier).options(joinedload(Dossier.body), selectinload(Dossier.letters))
    )
)
_listed = (
    select(Dossier)
    .options(joinedload(Dossier.body), selectinload(Dossier.letters))
    .order_by(Dossier.opened_on.desc(), Dossier.id.desc())
)
_by_day_sent = (
    select(Dossier)
    .where(Dossier.sent_on.is_not(None))
    .options(joinedload(Dossier.body), selectinload(Dossier.letters))
    .order_by(Dossier.sent_on.desc(), Dossier.id.desc())
)
_of_notice = (
    select(Dossier)
    .where(Dossier.notice_id == bindparam("notice_id"))
    .options(joinedload(Dossier.body), selectinload(Dossier.letters))
    .order_by(Dossier.opened_on, Dossier.id)
)
_open = Dossier.state.in_((FileState.SENT, FileState.ANSWERED))
_for_agenda = (
    select(Dossier)
    .where(Dossier.body_id == bindparam("body_id"), Dossier.sent_on.is_not(None), _open)
    .order_by(Dossier.sent_on, Dossier.id)
    .limit(20)
)
_waits = exists().where(
    Dossier.id == DossierLetter.dossier_id, Dossier.state.in_((FileState.SENT, FileState.LINKED))
)
_unanswered = (
    select(DossierLetter)
    .where(UNANSWERED, _waits)  # said as the index says it, or it is not used
    .options(joinedload(DossierLetter.dossier).joinedload(Dossier.body))
    .order_by(DossierLetter.due_on, DossierLetter.id)
    .limit(50)
)
_late = (
    select(DossierLetter)
    .where(
        UNANSWERED,
        DossierLetter.due_on < bindparam("on"),
        _waits.where(Dossier.body_id.in_(bindparam("body_ids", expanding=True))),
    )
    .options(joinedload(DossierLetter.dossier))
    .order_by(DossierLetter.due_on, DossierLetter.id)
    .limit(50)
)
_of_consultation = select(Dossier.id).where(Dossier.consultation_id == bindparam("consultation_id"))


def by_id(session: Session, dossier_id: UUID) -> Dossier | None:
    """With its letters, supporters, sealed source, and what it led to."""
    return session.scalar(_by_id, {"id": dossier_id})


def letter(session: Session, letter_id: UUID) -> DossierLetter | None:
    return session.scalar(_letter, {"id": letter_id})


def page(
    session: Session,
    *,
    acting: Collection[UUID],
    following: Collection[UUID],
    after: tuple[date, UUID] | None,
) -> Sequence[Dossier]:
    """For the staff side, the last opened first, one more than a page holds: every file of the bodies one
    acts for, and those sent of the bodies one only reads with."""
    seen = or_(
        Dossier.body_id.in_(acting), and_(Dossier.body_id.in_(following), Dossier.sent_on.is_not(None))
    )
    return _page(session, _listed.where(seen), (Dossier.opened_on, Dossier.id), after)


def page_sent(session: Session, *, after: tuple[date, UUID] | None) -> Sequence[Dossier]:
    """For the employer: what was sent, by any body, the last first. In the order of sending, so that
    nothing tells when a body opened a file."""
    return _page(session, _by_day_sent, (Dossier.sent_on, Dossier.id), after)


def _page(
    session: Session, asked: Select[Dossier], key: tuple[object, object], after: tuple[date, UUID] | None
) -> Sequence[Dossier]:
    if after is not None:
        asked = asked.where(tuple_(*key) < after)
    return session.scalars(asked.limit(PAGE_SIZE + 1)).all()


def of_notice(
    session: Session, notice_id: UUID, *, reader: Reader, acting: Collection[UUID], on: date
) -> list[Dossier]:
    """Files that were tied to it, as far as the reader may know of them: one that was never sent, by those
    who act for its body alone."""
    return [
        one
        for one in session.scalars(_of_notice, {"notice_id": notice_id})
        if may_read(one.audience, reader, on=on) and (one.sent_on is not None or one.body_id in acting)
    ]


def for_agenda(session: Session, body: Body) -> Sequence[Dossier]:
    """What may be put on the agenda of that body: sent and not settled. An agenda is read by the chair, so
    what was not sent is never suggested."""
    return session.scalars(_for_agenda, {"body_id": body.id}).all()


def unanswered(session: Session) -> Sequence[DossierLetter]:
    """Letters to the employer without an answer, the most urgent first, at most 50."""
    return session.scalars(_unanswered).all()


def late(session: Session, body_ids: Collection[UUID], *, on: date) -> Sequence[DossierLetter]:
    """Letters of these bodies whose day has passed without an answer, the oldest first, at most 50."""
    return session.scalars(_late, {"body_ids": list(body_ids), "on": on}).all()


def of_consultation(session: Session, consultation_id: UUID) -> UUID | None:
    """The file behind a consultation that follows no notice."""
    return session.scalar(_of_consultation, {"consultation_id": consultation_id})
