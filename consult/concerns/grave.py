"""Grave messages: what the keyholders did about one, sealed, and nothing of it anywhere else.

Every message that was touched carries such a note, of one size, which says nothing for most of them; and
each act at the desk seals some of them anew, so that neither the note nor its change tells which message
is grave. Once a year a band may leave the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from secrets import SystemRandom
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consult.anonymity.sealing import CannotOpen
from consult.anonymity.thresholds import Band, band
from consult.concerns import queries, sealed, services
from consult.concerns.models import Concern
from consult.people.models import Account
from consult.voices.models import Letterbox

COVER: Final = 8
"""Notes that every act seals anew, the one it is about among them."""


@dataclass(frozen=True, slots=True)
class Grave:
    """``voice``: the message; ``alert``: in the member's own words; ``decided``: who decided what to do;
    ``by``: who noted it, on which ``day``."""

    voice: bytes
    answered: bool
    alert: str = field(repr=False)
    decided: str
    by: str
    day: date

    @property
    def message(self) -> str:
        return self.voice.hex()


def mark(
    session: Session,
    letterbox: Letterbox,
    voice_id: bytes,
    *,
    draft: Mapping[str, str],
    actor: Account,
    on: date,
) -> Concern:
    """Notes a message as grave, with what was done (``answered``, ``alert``, ``decided``); a later note
    takes the place of the earlier. Raises `NotFound`, `sealing.TooLong`."""
    concern = services.touched(session, letterbox, voice_id)
    noted = {**draft, "by": actor.name, "day": on.isoformat()}
    concern.sealed_grave = sealed.close_grave(letterbox.public_key, noted)
    session.flush()
    return concern


def unmark(session: Session, letterbox: Letterbox, voice_id: bytes) -> Concern:
    """It was not grave after all: nothing remains of the note. Raises `NotFound`."""
    concern = services.touched(session, letterbox, voice_id)
    concern.sealed_grave = sealed.close_grave(letterbox.public_key, {})
    session.flush()
    return concern


def of_concern(concern: Concern | None, private_key: bytes) -> Grave | None:
    """What was noted of one message; None where it is not grave."""
    if concern is None or concern.voice_id is None:
        return None
    return _opened(concern.voice_id, concern.sealed_grave, private_key)


def of_letterbox(session: Session, letterbox_id: bytes, private_key: bytes) -> list[Grave]:
    """Every grave message, the latest note first."""
    found = [
        one
        for _concern, voice, note in queries.graves(session, letterbox_id)
        if voice is not None and (one := _opened(voice, note, private_key)) is not None
    ]
    return sorted(found, key=lambda one: (one.day, one.voice), reverse=True)


def bands(graves: Iterable[Grave], *, since: date, today: date) -> dict[int, Band]:
    """For each year that is over since ``since``, the band of how many messages were noted as grave in it:
    all that may ever leave the desk."""
    years = [one.day.year for one in graves]
    return {year: band(years.count(year)) for year in range(since.year, today.year)}


def stir(session: Session, letterbox: Letterbox, private_key: bytes, about: Concern | None = None) -> None:
    """Seals some notes anew, drawn at random, as the last thing of an act; ``about`` was sealed by the act
    itself and counts among them. Rows that somebody holds at this moment are left alone."""
    session.flush()
    kept = {about.id} if about is not None else set()
    ids = [one for one, _voice, _note in queries.graves(session, letterbox.id) if one not in kept]
    chosen = SystemRandom().sample(ids, min(len(ids), COVER - len(kept)))
    held = select(Concern.id, Concern.sealed_grave).where(Concern.id.in_(chosen)).order_by(Concern.id)
    for ident, note in session.execute(held.with_for_update(skip_locked=True)).all():
        again = sealed.close_grave(letterbox.public_key, sealed.read(private_key, note))
        session.execute(
            update(Concern).where(Concern.id == ident).values(sealed_grave=again),
            execution_options={"synchronize_session": False},
        )


def _opened(voice: bytes, note: bytes | None, private_key: bytes) -> Grave | None:
    try:
        said = sealed.read(private_key, note)
    except CannotOpen:
        return None
    if "day" not in said:
        return None
    return Grave(
        voice, said.get("answered") == "yes", said.get("alert", ""), said.get("decided", ""),
        said.get("by", ""), date.fromisoformat(said["day"]),
    )  # fmt: skip
