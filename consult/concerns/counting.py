"""The desk counts: the poll once, with its leaf; support after each release at most. The numbers go where
everybody reads them, the keyholders included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.anonymity.counting import Row
from consult.concerns import letters
from consult.consultations.models import Consultation
from consult.core.localized import Localized
from consult.register import services as register
from consult.register.rules import Ref, Tag
from consult.voices import tallying
from consult.voices.models import Letterbox

PUBLISHED = Localized.of(fr="Résultats du baromètre publiés", en="Results of the poll published")
TOO_FEW = Localized.of(
    fr="Baromètre clos\u00a0: trop peu de réponses pour publier un nombre",
    en="Poll closed: too few answers to publish a number",
)


def publish_poll(
    session: Session, consultation: Consultation, letterbox: Letterbox, rows: Iterable[Row], *, on: date
) -> None:
    """Publishes what `tallying.open_poll` found, for everybody at once and once only, with its leaf: a digest
    over the numbers. Raises `tallying.NotYet`, `tallying.CountedAlready`."""
    rows = tuple(rows)
    digest = tallying.publish_poll(session, letterbox, rows)
    box = letterbox.id.hex()
    register.record(
        session,
        Tag.POLL_PUBLISHED,
        Ref("poll", box),
        title=PUBLISHED if rows else TOO_FEW,
        day=on,
        content={"numbers": digest},
        audience=consultation.audience,
        notice_id=consultation.notice_id,
        because=[Ref("letterbox", box)],
    )
    letters.counted(session, consultation.notice.author, letterbox)


def publish_support(session: Session, letterbox: Letterbox, floors: Mapping[UUID, int]) -> None:
    """Puts what `tallying.open_support` found in place of what stood there. Employees and the employer are
    shown nothing of it before the closing."""
    if tallying.publish_support(session, letterbox, floors) and letterbox.is_closed:
        register.touch(session)
