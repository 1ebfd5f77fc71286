"""The release of what waits, at its hour, with its leaf in the same transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from consult.concerns import queries, services
from consult.consultations import queries as consultations
from consult.consultations import services as consultation_services
from consult.core import clock
from consult.core.localized import Localized
from consult.register import services as register
from consult.register.rules import Ref, Tag
from consult.voices import queries as voices
from consult.voices import services as voice_services
from consult.voices.models import Batch, Letterbox


def release_due(session: Session, *, now: datetime) -> int:
    """Releases every letterbox whose day it is; one transaction each, nothing between release and leaf.
    Returns how many batches left."""
    today = clock.today()
    released = 0
    for letterbox in voices.due(session, today):
        batches = voice_services.release(session, letterbox, on=today)
        for batch in batches:
            _record(session, letterbox, batch)
        if letterbox.is_closed:
            for theme in queries.themes(session, letterbox.id):
                if theme.published_on is not None:
                    services.count_theme(session, theme, letterbox)
            register.touch(session)
        session.commit()
        voice_services.tidy(session)
        released += len(batches)
    return released


def _record(session: Session, letterbox: Letterbox, batch: Batch) -> None:
    """The leaf: the day, and a digest over the batch's rows. No number before the end."""
    consultation = consultations.by_letterbox(session, letterbox.id)
    if consultation is None:
        return
    content = {"day": batch.released_on.isoformat(), "rows": voices.digest_of(session, batch.id)}
    if letterbox.is_closed and not batch.is_small:
        content["at_least"] = str(batch.at_least)
    register.record(
        session,
        Tag.BATCH_RELEASED,
        Ref("batch", batch.id.hex()),
        title=Localized.of(fr="Messages ouverts aux dépositaires de clé", en="Messages opened to the keyholders"),
        day=batch.released_on,
        content=content,
        audience=consultation.audience,
        notice_id=consultation.notice_id,
    )
    consultation_services.refresh(session, consultation)
