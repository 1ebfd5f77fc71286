"""The release of what waits, at its hour, and the destruction of what was kept; each with its leaf in the
same transaction."""

from __future__ import annotations

import logging
from datetime import date, datetime
from random import Random

from sqlalchemy.orm import Session

from consult.anonymity.thresholds import floor5
from consult.concerns import letters, services, shredding
from consult.consultations import letterboxes
from consult.consultations import queries as consultations
from consult.consultations import services as consultation_services
from consult.consultations.models import Consultation
from consult.core import clock, copies
from consult.core.localized import Localized
from consult.keyholders import letters as holder_letters
from consult.keyholders import queries as keyholders
from consult.register import services as register
from consult.register.rules import Ref, Tag
from consult.voices import queries as voices
from consult.voices import services as voice_services
from consult.voices.models import Batch, Letterbox

logger = logging.getLogger("consult")
OPENED = Localized.of(
    fr="Messages ouverts aux dépositaires de la clé", en="Messages opened to those who hold the key"
)


def release_due(session: Session, *, now: datetime) -> int:  # noqa: ARG001 (every job is called so)
    """Releases every letterbox whose day it is; one transaction each, nothing between release and leaf.
    Returns how many batches left."""
    today = clock.today()
    released = sum(_release(session, letterbox, today) for letterbox in voices.due(session, today))
    voice_services.tidy(session)  # on every run: a reader may have held the journal open at the last one
    return released


def _release(session: Session, letterbox: Letterbox, on: date) -> int:
    """So many that one transaction would hold up whoever writes leave in several, with a leaf each."""
    number, has_more = 0, True
    while has_more:
        batches = release(session, letterbox, on=on)
        has_more = voice_services.is_part(session, batches)
        session.commit()
        number += len(batches)
    return number


def release(session: Session, letterbox: Letterbox, *, on: date, rng: Random | None = None) -> list[Batch]:
    """Releases one letterbox with its leaves, in the caller's transaction; nothing leaves without a record.
    `tidy` follows the commit."""
    consultation = consultations.by_letterbox(session, letterbox.id)
    if consultation is None:
        logger.error("a letterbox without a consultation was not released")
        return []
    batches = voice_services.release(session, letterbox, on=on, rng=rng)
    if not batches and not letterbox.is_closed:
        return []
    for batch in batches:
        _record_batch(session, consultation, batch)
    if letterbox.is_closed:
        services.count_themes(session, letterbox)
        _record_closing(session, consultation, letterbox, on)
    consultation_services.refresh(session, consultation)
    if batches:
        letters.released(session, letterbox)
    return batches


def _record_batch(session: Session, consultation: Consultation, batch: Batch) -> None:
    """The day, and a digest over the batch's rows. No number: it would tell who took part before the end."""
    register.record(
        session,
        Tag.BATCH_RELEASED,
        Ref("batch", batch.id.hex()),
        title=OPENED,
        day=batch.released_on,
        content={"day": batch.released_on.isoformat(), "rows": voices.digest_of(session, batch.id)},
        audience=consultation.audience,
        notice_id=consultation.notice_id,
    )


def _record_closing(session: Session, consultation: Consultation, letterbox: Letterbox, on: date) -> None:
    """The one leaf that holds a count, floored to 5; where fewer than k wrote in all, it says only that."""
    number = _in_all(session, letterbox)
    letterboxes.letterbox_closed(
        session,
        consultation,
        on=on,
        title=None if number else _too_few(letterbox),
        counts={"at_least": number or f"fewer than {letterbox.k}"},
    )


def shred_due(session: Session, *, now: datetime) -> int:  # noqa: ARG001
    """Keys the body decided to destroy by today are destroyed with all they open, one transaction for each
    letterbox. Returns how many."""
    due = [one.id for one in keyholders.to_shred(session, on=clock.today())]
    for letterbox_id in due:
        letterbox = voices.letterbox(session, letterbox_id)
        assert letterbox is not None, "it was there a moment ago"
        shred(session, letterbox, on=clock.today())
        session.commit()
    if due:
        voice_services.tidy(session)
    return len(due)


def shred(session: Session, letterbox: Letterbox, *, on: date) -> None:
    """Keys, messages and drafts of one letterbox, with a leaf and a mail to those who held the keys."""
    holders = [one.account for one in keyholders.of_letterbox(session, letterbox.id)]
    shredding.shred(session, letterbox, on=on)
    consultation = consultations.by_letterbox(session, letterbox.id)
    if consultation is not None:
        body = consultation.body.name
        register.record(
            session,
            Tag.KEYS_DESTROYED,
            Ref("letterbox", letterbox.id.hex()),
            title=Localized.of(
                fr=f"Clés et messages détruits sur ce serveur ({body})",
                en=f"Keys and messages destroyed on this server ({body})",
            ),
            day=on,
            content={"destroyed_on": on.isoformat()},
            audience=consultation.audience,
            notice_id=consultation.notice_id,
            because=[Ref("notice", str(consultation.notice_id))],
        )
    holder_letters.destroyed(session, letterbox, holders, copies_end=_copies_end(session, on))


def _copies_end(session: Session, on: date) -> date | None:
    """The day the last copy made until now must be destroyed: until then the texts lie in it."""
    end = copies.last_day(session)
    return end if end is not None and end >= on else None


def _in_all(session: Session, letterbox: Letterbox) -> int | None:
    """How many wrote at the least, floored to 5: messages in open mode, else people, of whom the fullest
    batch is counted, since the same may have written in each. None below k."""
    large = [one.at_least for one in voices.batches(session, letterbox.id) if not one.is_small]
    if not large:
        return None
    return floor5(sum(large) if letterbox.channels.is_open else max(large))


def _too_few(letterbox: Letterbox) -> Localized:
    k = letterbox.k
    if letterbox.channels.is_open:
        return Localized.of(
            fr=f"Recueil de la parole clos\u00a0: moins de {k}\u00a0messages",
            en=f"Staff messages closed: fewer than {k} messages",
        )
    return Localized.of(
        fr=f"Recueil de la parole clos\u00a0: moins de {k}\u00a0personnes ont écrit",
        en=f"Staff messages closed: fewer than {k} people wrote",
    )
