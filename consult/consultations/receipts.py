"""Named selects about what was sent, and the proof that it arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.consultations.models import Consultation, Fact, Receipt, Sending
from consult.consultations.rules import FactKind
from consult.mail import queries as mail
from consult.mail.models import LetterState
from consult.people.models import Account, Mandate

_sendings = (
    select(Sending)
    .where(Sending.consultation_id == bindparam("consultation_id"))
    .options(
        selectinload(Sending.receipts).joinedload(Receipt.mandate).joinedload(Mandate.account),
        joinedload(Sending.sender),
    )
    .order_by(Sending.sent_on, Sending.leaf_position)
)
_sendings_of_notice = (
    select(Sending)
    .join(Sending.consultation)
    .where(Consultation.notice_id == bindparam("notice_id"))
    .options(selectinload(Sending.receipts), joinedload(Sending.consultation))
    .order_by(Sending.leaf_position)
)
_having = (
    select(Consultation.body_id)
    .join(Sending, Sending.consultation_id == Consultation.id)
    .where(Sending.revision_id == bindparam("revision_id"))
)
_to_receive = (
    select(Sending)
    .where(
        ~exists().where(
            Fact.consultation_id == Sending.consultation_id,
            Fact.kind.in_((FactKind.RECEIVED, FactKind.WITHDRAWN)),
        )
    )
    .options(
        selectinload(Sending.receipts), joinedload(Sending.consultation).selectinload(Consultation.facts)
    )
    .order_by(Sending.leaf_position)
)
_unopened = (
    select(Receipt)
    .join(Receipt.mandate)
    .join(Sending, Sending.id == Receipt.sending_id)
    .join(Sending.consultation)
    .where(
        Consultation.notice_id == bindparam("notice_id"),
        Mandate.account_id == bindparam("account_id"),
        Receipt.opened_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that one member of the body got the notice: a mail server took the mail, the person
    opened the notice. ``has_failed``: the mail was given up."""

    name: str
    mandate: Mandate
    accepted_at: datetime | None
    opened_at: datetime | None
    has_failed: bool


def sendings(session: Session, consultation_id: UUID) -> Sequence[Sending]:
    """With receipts and their people, oldest first."""
    return session.scalars(_sendings, {"consultation_id": consultation_id}).all()


def sendings_of_notice(session: Session, notice_id: UUID) -> Sequence[Sending]:
    """To whichever body, oldest first."""
    return session.scalars(_sendings_of_notice, {"notice_id": notice_id}).all()


def having(session: Session, revision_id: UUID) -> frozenset[UUID]:
    """The bodies that text was sent to."""
    return frozenset(session.scalars(_having, {"revision_id": revision_id}))


def to_receive(session: Session) -> Sequence[Sending]:
    """Sendings of which nothing says yet that the body received them."""
    return session.scalars(_to_receive).all()


def unopened(session: Session, notice_id: UUID, account_id: UUID) -> Sequence[Receipt]:
    """Receipts of this person that note no opening yet: empty is the answer nearly always, so a page may
    ask before it takes the write lock."""
    return session.scalars(_unopened, {"notice_id": notice_id, "account_id": account_id}).all()


def proof(session: Session, sending: Sending) -> list[Proof]:
    """Per mandate, by name: when a mail server took the mail, when the person first opened the notice."""
    letters = mail.by_ids(session, [one.letter_id for one in sending.receipts if one.letter_id is not None])
    found = []
    for receipt in sending.receipts:
        letter = letters.get(receipt.letter_id) if receipt.letter_id is not None else None
        account: Account = receipt.mandate.account
        found.append(
            Proof(
                account.name,
                receipt.mandate,
                letter.accepted_at if letter is not None else None,
                receipt.opened_at,
                letter is not None and letter.state is LetterState.FAILED,
            )
        )
    return sorted(found, key=lambda one: one.name)


def delivery(session: Session, sendings: Sequence[Sending]) -> LetterState:
    """Where the mails of these sendings are, taken together: ``waiting`` as long as one is on its way,
    ``accepted`` once a mail server took at least one, ``failed`` when none could be delivered."""
    ids = [one.letter_id for each in sendings for one in each.receipts if one.letter_id is not None]
    states = {one.state for one in mail.by_ids(session, ids).values()}
    if LetterState.WAITING in states:
        return LetterState.WAITING
    return LetterState.ACCEPTED if LetterState.ACCEPTED in states else LetterState.FAILED
