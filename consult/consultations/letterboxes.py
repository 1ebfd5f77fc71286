"""Opening a letterbox on a resolution of the body, and what follows its closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from consult.anonymity import sealing, thresholds, words
from consult.consultations import letters, services
from consult.consultations.models import Consultation
from consult.consultations.rules import (
    KEPT_MONTHS,
    KEYHOLDERS_LEAST,
    BadDates,
    DateFault,
    FactKind,
    LetterboxExists,
    Stage,
    ThresholdNotAllowed,
    TooFewKeyholders,
)
from consult.core.errors import WrongState
from consult.core.localized import LOCALES, Localized
from consult.keyholders import services as keyholders
from consult.keyholders.models import Keyholder
from consult.notices import queries as notices
from consult.notices.rules import NoticeState
from consult.passes import services as passes
from consult.people import queries as people
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import NotAdopted, is_adopted
from consult.procedures.period import add_months
from consult.register import services as register
from consult.register.models import Leaf
from consult.register.rules import Ref, Tag
from consult.voices import queries as voices
from consult.voices import services as voice_services
from consult.voices.models import Letterbox
from consult.voices.poll import Poll
from consult.voices.rules import CLAIM_DAYS, QUOTA, Channels


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
    services.add_fact(session, consultation, FactKind.LETTERBOX_OPENED, on=on, actor=actor)
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
        **({"is_file": True} if notice.is_file else {}),
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
    if services.once(session, consultation, FactKind.LETTERBOX_CLOSED, on=on) is None:
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
