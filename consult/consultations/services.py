"""Sending a notice to a body, the facts that follow, opening and closing its letterbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from consult.consultations import explaining, letters, queries, receipts
from consult.consultations.models import Consultation, Fact, Receipt, Sending
from consult.consultations.rules import (
    AlreadySent,
    FactKind,
    NobodyToSendTo,
)
from consult.core import clock
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.notices import queries as notices
from consult.notices import services as notice_services
from consult.notices.models import Notice, Revision
from consult.notices.rules import NoticeState
from consult.people import queries as people
from consult.people.models import Account, Body
from consult.people.rules import MandateRole
from consult.register import services as register
from consult.register.rules import Ref, Tag

# ── sending ────────────────────────────────────────────────────────────────────


def send(
    session: Session, notice: Notice, *, body: Body, actor: Account, on: date, held_until: date | None = None,
    reasons: Mapping[str, Localized] | None = None,
) -> Sending:  # fmt: skip
    """One act: publishes the draft revision, opens the consultation of that body (or finds it), tells the
    notice its embargo (``held_until``, default: the same day), writes to each member, files the leaf.
    ``reasons``: why dates of the project come before the end of the procedure, by their key. Raises
    `NotReady`, `AlreadySent`, `NobodyToSendTo`, `NotExplained`, `WrongState`."""
    _one_at_a_time(session, notice)
    consultation = queries.of_body(session, notice.id, body.id)
    members = people.members(session, body.id, on=on)
    if all(one.role is MandateRole.CHAIR for one in members):
        raise NobodyToSendTo
    revision = _revision_to_send(session, notice, consultation, actor=actor, on=on)
    readable_on = notice.readable_on or max(held_until or on, on)
    notice_services.sent_to(session, notice, body.id, held_until=readable_on)
    if consultation is None:
        consultation = _begin(session, notice, body, on=on)
    sending = _file(session, consultation, revision, actor=actor, on=on, readable_on=readable_on)
    for mandate in members:
        letter = letters.sent(
            session, sending, mandate, title=revision.title, number=revision.number, readable_on=readable_on
        )
        if mandate.role is not MandateRole.CHAIR:  # what the employer got proves nothing
            sending.receipts.append(Receipt(mandate=mandate, letter_id=letter.id))
    add_fact(session, consultation, FactKind.SENT, on=on, actor=actor)
    if notice.readable_on is not None:
        once(session, consultation, FactKind.OPENED_TO_EMPLOYEES, on=on)
    explaining.must_be_explained(session, notice, revision, reasons or {}, actor=actor, on=on)
    return sending


def _one_at_a_time(session: Session, notice: Notice) -> None:
    """Takes the record's lock, then looks again at what somebody else may have sent meanwhile."""
    session.flush()
    register.touch(session)
    for revision in notice.revisions:
        session.expire(revision)
    session.expire(notice)


def _revision_to_send(
    session: Session, notice: Notice, consultation: Consultation | None, *, actor: Account, on: date
) -> Revision:
    if notice.state is NoticeState.WITHDRAWN:
        raise WrongState("notice", notice.state)
    if notices.draft(notice) is not None:
        return notice_services.publish(session, notice, actor=actor, on=on)
    revision = notices.published(notice)
    if revision is None:
        raise WrongState("notice", notice.state)
    sent = receipts.sendings(session, consultation.id) if consultation is not None else ()
    if any(one.revision_id == revision.id for one in sent):
        raise AlreadySent
    return revision


def _begin(session: Session, notice: Notice, body: Body, *, on: date) -> Consultation:
    follows = queries.starts_from(people.profile(session), body)
    consultation = Consultation(notice=notice, body=body, opened_on=on, template=follows)
    session.add(consultation)
    session.flush()
    _tell_stages(session, consultation)
    return consultation


def of_file(session: Session, notice: Notice, body: Body, *, on: date) -> Consultation:
    """What the letterbox of a file hangs from: it follows no procedure."""
    consultation = Consultation(notice=notice, body=body, opened_on=on, template="")
    session.add(consultation)
    session.flush()
    return consultation


def _file(
    session: Session,
    consultation: Consultation,
    revision: Revision,
    *,
    actor: Account,
    on: date,
    readable_on: date,
) -> Sending:
    ident, notice, body = uuid4(), consultation.notice, consultation.body
    leaf = register.record(
        session,
        Tag.NOTICE_SENT,
        Ref("sending", str(ident)),
        title=Localized.of(fr=f"Notice remise\u00a0: {body.name}", en=f"Notice sent: {body.name}"),
        day=on,
        content={
            "notice": notice.slug, "revision": revision.number, "body": str(body.id),
            "sent_on": on.isoformat(), "readable_on": readable_on.isoformat(),
        },
        audience=notice.audience,
        notice_id=notice.id,
        because=[Ref("notice", str(notice.id))],
    )  # fmt: skip
    sending = Sending(
        id=ident, consultation=consultation, revision_id=revision.id, sent_on=on, sender=actor,
        leaf_position=leaf.position,
    )  # fmt: skip
    session.add(sending)
    session.flush()
    return sending


def receive(session: Session, sending: Sending, *, on: date) -> Fact | None:
    """A mail server took the mails: the day from which the body's time counts (R2312-5)."""
    return once(session, sending.consultation, FactKind.RECEIVED, on=max(on, sending.sent_on))


def open_to_employees(session: Session, notice: Notice, *, on: date) -> None:
    """Employees may read it from now on; entries of the record widen with it."""
    notice_services.open_to_employees(session, notice, on=on)
    for consultation in queries.of_notice(session, notice.id):
        once(session, consultation, FactKind.RECEIVED, on=on)
        once(session, consultation, FactKind.OPENED_TO_EMPLOYEES, on=on)


def note_opening(session: Session, notice: Notice, *, account: Account, at: datetime) -> bool:
    """The first opening by a mandate, as proof of receipt. True when something was noted. A page asks
    `receipts.unopened` first, and takes the write lock only where that holds something."""
    found = receipts.unopened(session, notice.id, account.id)
    for receipt in found:
        receipt.opened_at = at
    session.flush()
    return bool(found)


def withdraw(session: Session, notice: Notice, *, reason: Localized, actor: Account, on: date) -> None:
    """The notice is withdrawn (a tombstone with the reason stays); each body is told. A letterbox that is
    open stays so: the body opened it, the employer does not close it."""
    notice_services.withdraw(session, notice, reason=reason, actor=actor, on=on)
    for consultation in queries.of_notice(session, notice.id):
        once(session, consultation, FactKind.WITHDRAWN, on=on, actor=actor)
        letters.withdrawn(session, consultation, on=on)


# ── facts ──────────────────────────────────────────────────────────────────────


def add_fact(
    session: Session,
    consultation: Consultation,
    kind: FactKind,
    *,
    on: date,
    actor: Account | None,
    note: str = "",
) -> Fact:
    """Something happened; stage and next date follow from it."""
    fact = Fact(kind=kind, day=on, note=note, recorded_by=actor.id if actor is not None else None)
    consultation.facts.append(fact)
    session.flush()
    refresh(session, consultation, on=max(on, clock.today()))
    return fact


def once(
    session: Session, consultation: Consultation, kind: FactKind, *, on: date, actor: Account | None = None
) -> Fact | None:
    """The same, where it did not happen before; None where it did."""
    if any(one.kind is kind for one in consultation.facts):
        return None
    return add_fact(session, consultation, kind, on=on, actor=actor)


def tell(
    session: Session,
    consultation: Consultation,
    key: str,
    day: date | None,
    *,
    source: Ref,
    actor: Account | None,
    note: str = "",
) -> Fact | None:
    """Another room tells a dated fact of the procedure, by the key its template gives it. Told again by the
    same source, the day replaces the one before; None takes it back. Only that room's act is on record."""
    told = next((one for one in consultation.facts if (one.key, one.source) == (key, str(source))), None)
    if told is not None:
        consultation.facts.remove(told)
        session.delete(told)
        session.flush()
    if day is None:
        refresh(session, consultation)
        return None
    fact = add_fact(session, consultation, FactKind.TOLD, on=day, actor=actor, note=note)
    fact.key, fact.source = key, str(source)
    refresh(session, consultation)
    return fact


def refresh(
    session: Session, consultation: Consultation, *, on: date | None = None, alone: bool = False
) -> None:
    """Brings ``stage`` and ``next_due_on`` in line with the facts. Pages that everybody shares show both.
    Where a central body and bodies of establishments are consulted, those of the other level follow, unless
    ``alone``: whoever refreshes all of them anyway says so."""
    _refresh(session, consultation, on)
    if not alone:
        for one in queries.other_level(session, consultation):
            _refresh(session, one, on)


def _refresh(session: Session, consultation: Consultation, on: date | None) -> None:
    state = queries.state(session, consultation, on=on or clock.today())
    if (consultation.stage, consultation.next_due_on) != (state.stage, state.due_on):
        consultation.stage, consultation.next_due_on = state.stage, state.due_on
        session.flush()
        _tell_stages(session, consultation)
        register.touch(session)


def _tell_stages(session: Session, consultation: Consultation) -> None:
    """Lists of notices are filtered by the stages of all consultations of a notice."""
    notice_services.in_stages(session, consultation.notice, queries.stages(session, consultation.notice_id))
