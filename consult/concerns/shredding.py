"""The end of what was said: keys, messages and all the desk made from them, in one transaction."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from consult.concerns.models import Concern, DeskReply, Theme
from consult.keyholders import services as keyholders
from consult.voices import services as voices
from consult.voices.models import Letterbox

_FETCH = {"synchronize_session": "fetch"}
_EMPTIED = (
    (Concern, {"sealed_working": None, "sealed_grave": None, "voice_id": None}),
    (Theme, {"sealed_draft": None}),
)
_DELETED = (DeskReply,)


def shred(session: Session, letterbox: Letterbox, *, on: date) -> None:
    """What the desk made from messages goes with them: every sealed column, and the tie to each message.
    Published titles, syntheses and wordings stay."""
    keyholders.shred(session, letterbox)
    for table, values in _EMPTIED:
        session.execute(
            update(table).where(table.letterbox_id == letterbox.id).values(values), execution_options=_FETCH
        )
    for gone in _DELETED:
        session.execute(delete(gone).where(gone.letterbox_id == letterbox.id), execution_options=_FETCH)
    voices.shred(session, letterbox, on=on)
