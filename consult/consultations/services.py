"""Sending a notice to a body, the facts that follow, opening and closing its letterbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from consult.anonymity import sealing, thresholds, words
from consult.consultations import letters, queries
from consult.consultations.models import Consultation, Fact, Receipt, Sending
from consult.consultations.rules import (
    KEPT_MONTHS,
    KEYHOLDERS_LEAST,
    AlreadySent,
    BadDates,
    DateFault,
    FactKind,
    LetterboxExists,
    NobodyToSendTo,
    Stage,
    ThresholdNotAllowed,
    TooFewKeyholders,
    add_months,
    template_for,
)
from consult.core import clock
from consult.core.errors import WrongState
from consult.core.localized import LOCALES, Localized
from consult.keyholders import services as keyholders
from consult.keyholders.models import Keyholder
from consult.notices import queries as notices
from consult.notices import services as notice_services
from consult.notices.models import Notice, Revision
from consult.notices.rules import NoticeState
from consult.passes import services as passes
from consult.people import queries as people
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import MandateRole, NotAdopted, is_adopted
from consult.register import services as register
from consult.register.models import Leaf
from consult.register.rules import Ref, Tag
from consult.voices import queries as voices
from consult.voices import services as voice_services
from consult.voices.models import Letterbox
from consult.voices.poll import Poll
from consult.voices.rules import CLAIM_DAYS, QUOTA, Channels

# ── sending ────────────────────────────────────────────────────────────────────


def send(
    session: Session, notice: Notice, *, body: Body, actor: Account, on: date, held_until: date | None = None
) -> Sending:
    """One act: publishes the draft revision, opens the consultation of that body (or finds it), tells the
    notice its embargo (``held_until``, default: the same day), writes to each member, files the leaf.
    Raises `NotReady`, `AlreadySent`, `NobodyToSendTo`, `WrongState`."""
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
        _once(session, consultation, FactKind.OPENED_TO_EMPLOYEES, on=on)
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
    sent = queries.sendings(session, consultation.id) if consultation is not None else ()
    if any(one.revision_id == revision.id for one in sent):
        raise AlreadySent
    return revision


def _begin(session: Session, notice: Notice, body: Body, *, on: date) -> Consultation:
    organisation = people.organisation(session)
    country = organisation.country if organisation is not None else ""
    consultation = Consultation(
        notice=notice, body=body, opened_on=on, template=template_for(country, body.kind, body.headcount)
    )
    session.add(consultation)
    session.flush()
    _tell_stages(session, consultation)
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
    return _once(session, sending.consultation, FactKind.RECEIVED, on=max(on, sending.sent_on))


def open_to_employees(session: Session, notice: Notice, *, on: date) -> None:
    """Employees may read it from now on; entries of the record widen with it."""
    notice_services.open_to_employees(session, notice, on=on)
    for consultation in queries.of_notice(session, notice.id):
        _once(session, consultation, FactKind.RECEIVED, on=on)
        _once(session, consultation, FactKind.OPENED_TO_EMPLOYEES, on=on)


def note_opening(session: Session, notice: Notice, *, account: Account, at: datetime) -> bool:
    """The first opening by a mandate, as proof of receipt. True when something was noted. A page asks
    `queries.unopened` first, and takes the write lock only where that holds something."""
    receipts = queries.unopened(session, notice.id, account.id)
    for receipt in receipts:
        receipt.opened_at = at
    session.flush()
    return bool(receipts)


def withdraw(session: Session, notice: Notice, *, reason: Localized, actor: Account, on: date) -> None:
    """The notice is withdrawn (a tombstone with the reason stays); each body is told. A letterbox that is
    open stays so: the body opened it, the employer does not close it."""
    notice_services.withdraw(session, notice, reason=reason, actor=actor, on=on)
    for consultation in queries.of_notice(session, notice.id):
        _once(session, consultation, FactKind.WITHDRAWN, on=on, actor=actor)
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


def _once(
    session: Session, consultation: Consultation, kind: FactKind, *, on: date, actor: Account | None = None
) -> Fact | None:
    if any(one.kind is kind for one in consultation.facts):
        return None
    return add_fact(session, consultation, kind, on=on, actor=actor)


def refresh(session: Session, consultation: Consultation, *, on: date | None = None) -> None:
    """Brings ``stage`` and ``next_due_on`` in line with the facts. Pages that everybody shares show both."""
    state = queries.state(session, consultation, on=on or clock.today())
    if (consultation.stage, consultation.next_due_on) != (state.stage, state.due_on):
        consultation.stage, consultation.next_due_on = state.stage, state.due_on
        session.flush()
        _tell_stages(session, consultation)
        register.touch(session)


def _tell_stages(session: Session, consultation: Consultation) -> None:
    """Lists of notices are filtered by the stages of all consultations of a notice."""
    notice_services.in_stages(session, consultation.notice, queries.stages(session, consultation.notice_id))


# ── the letterbox ──────────────────────────────────────────────────────────────


def open_letterbox(
    session: Session,
    consultation: Consultation,
    *,
    resolution: Localized,
    votes: Mapping[str, int],
    holders: Sequence[Keyholder],
    k: int,
    interval_days: int = 7,
    opens_on: date,
    closes_on: date,
    actor: Account,
    on: date,
    decided_on: date | None = None,
    destroy_on: date | None = None,
    channels: Channels = Channels.OPEN,
    quota: int = QUOTA,
    poll: Mapping[str, Any] | None = None,
) -> Letterbox:
    """On a resolution of the body that names the keyholders (two at least). Makes the key pair, wraps it,
    forgets it; where invitations are sent, claims open today and a key pair signs each lane. ``quota``:
    messages a person may send, of no meaning in open mode; ``poll``: as `voices.poll.Poll.as_told` says it,
    never in open mode. Raises `TooFewKeyholders`, `NotAdopted`, `BadDates`, `ThresholdNotAllowed`,
    `LetterboxExists`, `WrongState`, ValueError on a poll that could not be counted."""
    if poll is not None and (channels.is_open or Poll.of({"poll": poll}) is None):
        raise ValueError("this letterbox has no poll")
    destroy_on = destroy_on or add_months(closes_on, KEPT_MONTHS)
    quota = 0 if channels.is_open else quota
    register.touch(session)  # two members who send at once come one after the other
    session.refresh(consultation, ["letterbox_id", "stage"])
    _may_open(session, consultation, k=k, holders=holders, on=on)
    _days_hang_together(
        consultation, on=on, opens_on=opens_on, closes_on=closes_on, destroy_on=destroy_on, channels=channels
    )
    if not is_adopted(votes["for"], votes["against"], votes["abstentions"]):
        raise NotAdopted
    people_services.record_resolution(
        session, consultation.body, text=resolution, on=decided_on or on, actor=actor, votes=votes
    )
    pair = sealing.new_key_pair()
    lane_keys = passes.new_keys(quota) if channels.takes_passes else {}
    letterbox = voice_services.open_letterbox(
        session, told=_told(session, consultation, holders, destroy_on, poll), channels=channels,
        public_key=pair.public, k=k, interval_days=interval_days, opens_on=opens_on, closes_on=closes_on,
        headcount=consultation.body.headcount, quota=quota,
        claims_open_on=on if channels.takes_passes else None,
        lane_keys={lane: keys.public for lane, keys in lane_keys.items()},
    )  # fmt: skip
    passes.keep_keys(session, letterbox, lane_keys)
    keyholders.wrap_for(session, letterbox, pair.private, holders)
    del pair  # nothing but the wrapped keys can open it from here on
    consultation.letterbox_id = letterbox.id
    _record_opening(session, consultation, letterbox, resolution=resolution, votes=votes, on=on)
    add_fact(session, consultation, FactKind.LETTERBOX_OPENED, on=on, actor=actor)
    for holder in holders:
        letters.letterbox_opened(session, consultation, letterbox, holder)
    return letterbox


def _may_open(
    session: Session, consultation: Consultation, *, k: int, holders: Sequence[Keyholder], on: date
) -> None:
    if consultation.letterbox_id is not None:
        raise LetterboxExists
    if consultation.stage is Stage.CLOSED or consultation.notice.state is NoticeState.WITHDRAWN:
        raise WrongState("consultation", consultation.stage)
    ready = {one.id for one in keyholders.ready(session, consultation.body_id, on=on)}
    chosen = {one.id for one in holders}
    if len(chosen & ready) < KEYHOLDERS_LEAST or not chosen <= ready or len(chosen) != len(holders):
        raise TooFewKeyholders(len(chosen & ready))
    if not is_threshold(k, consultation.body):
        raise ThresholdNotAllowed


def is_threshold(k: int, body: Body) -> bool:
    """Ten; five only where the body is known to stand for fewer than fifty."""
    if k == thresholds.K_DEFAULT:
        return True
    return k == thresholds.K_SMALL_SITE and 0 < body.headcount < thresholds.SMALL_SITE_BELOW


def _days_hang_together(
    consultation: Consultation,
    *,
    on: date,
    opens_on: date,
    closes_on: date,
    destroy_on: date,
    channels: Channels,
) -> None:
    notice = consultation.notice
    readable_on = notice.readable_on or notice.held_until
    if opens_on < on:
        raise BadDates(DateFault.PAST)
    if closes_on <= opens_on:
        raise BadDates(DateFault.ORDER)
    if readable_on is not None and opens_on < readable_on:
        raise BadDates(DateFault.BEFORE_EMPLOYEES)
    if channels.takes_passes and opens_on < on + timedelta(days=CLAIM_DAYS):
        raise BadDates(DateFault.BEFORE_CLAIMS)
    if destroy_on <= closes_on:
        raise BadDates(DateFault.DESTROYED_TOO_SOON)


def _told(
    session: Session,
    consultation: Consultation,
    holders: Sequence[Keyholder],
    destroy_on: date,
    poll: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """What the letterbox's pages say; afterwards it knows nothing of the consultation."""
    organisation, notice = people.organisation(session), consultation.notice
    assert organisation is not None, "consult init comes first"
    revision = notices.published(notice)
    title = revision.title if revision is not None else Localized({})
    return {
        "title": {language: title.shown(language)[0] for language in LOCALES},
        "slug": notice.slug,
        "organisation": organisation.name,
        "body": consultation.body.name,
        "body_id": str(consultation.body_id),
        "keyholders": sorted(one.account.name for one in holders),
        "emergency": organisation.emergency,
        "alert_channel": dict(organisation.alert_channel.texts),
        "destroy_on": destroy_on.isoformat(),
        "country": organisation.country,
        "languages": list(LOCALES),
        **({"poll": dict(poll)} if poll else {}),
    }


def _record_opening(
    session: Session, consultation: Consultation, letterbox: Letterbox, *, resolution: Localized,
    votes: Mapping[str, int], on: date,
) -> Leaf:  # fmt: skip
    """The leaf binds what was agreed, so that nobody lowers a threshold or adds a keyholder in silence."""
    names = letterbox.told["keyholders"]
    body, listed = consultation.body.name, ", ".join(names)
    content = {
        "channels": letterbox.channels,
        "quota": letterbox.quota,
        "k": letterbox.k,
        "count_min": letterbox.count_min,
        "poll": letterbox.told.get("poll"),
        "interval_days": letterbox.interval_days,
        "opens_on": letterbox.opens_on.isoformat(),
        "closes_on": letterbox.closes_on.isoformat(),
        "destroy_on": letterbox.told["destroy_on"],
        "keyholders": names,
        "fingerprint": {one: list(words.from_digest(letterbox.fingerprint, one)) for one in LOCALES},
        "resolution": dict(resolution.texts),
        "votes": dict(votes),
    }
    leaf = register.record(
        session,
        Tag.LETTERBOX_OPENED,
        Ref("letterbox", letterbox.id.hex()),
        title=Localized.of(
            fr=f"Recueil de la parole ouvert ({body}). Dépositaires de clé\u00a0: {listed}",
            en=f"Staff messages opened ({body}). Keyholders: {listed}",
        ),
        day=on,
        content=content,
        audience=consultation.audience,
        notice_id=consultation.notice_id,
    )
    keyholders.vouch(session, letterbox, leaf, content)
    return leaf


def letterbox_closed(
    session: Session,
    consultation: Consultation,
    *,
    on: date,
    title: Localized | None = None,
    counts: Mapping[str, Any] | None = None,
) -> Leaf | None:
    """After the closing release: fact and leaf, once. Does nothing while the letterbox is open. The release
    says what may be said of numbers: ``counts`` enter the leaf only, ``title`` where too few wrote."""
    box = voices.letterbox(session, consultation.letterbox_id) if consultation.letterbox_id else None
    if box is None or not box.is_closed:
        return None
    if _once(session, consultation, FactKind.LETTERBOX_CLOSED, on=on) is None:
        return None
    return register.record(
        session,
        Tag.LETTERBOX_CLOSED,
        Ref("letterbox", box.id.hex()),
        title=title
        or Localized.of(
            fr=f"Recueil de la parole clos ({consultation.body.name})",
            en=f"Staff messages closed ({consultation.body.name})",
        ),
        day=on,
        content={"closed_on": on.isoformat(), **(counts or {})},
        audience=consultation.audience,
        notice_id=consultation.notice_id,
    )
