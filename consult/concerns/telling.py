"""What the desk tells the clock of the consultation."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from consult.consultations import course, queries
from consult.consultations import services as consultations
from consult.register.rules import Ref
from consult.voices.models import Letterbox

SYNTHESIS: Final = "staff_voice_synthesis"


def synthesis(session: Session, letterbox: Letterbox, ref: Ref, *, on: date) -> None:
    """The first synthesis published once the letterbox is closed is the one the meeting that gives the
    opinion waits for. One published earlier says nothing yet: more may come; the body may enter the day."""
    consultation = queries.by_letterbox(session, letterbox.id) if letterbox.is_closed else None
    if consultation is None or not course.has_step(consultation, SYNTHESIS):
        return
    if all(one.key != SYNTHESIS for one in consultation.facts):
        consultations.tell(session, consultation, SYNTHESIS, on, source=ref, actor=None)
