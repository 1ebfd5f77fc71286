"""Pages of this room: sending a notice and what surrounds it, its letterbox, the days of the procedure,
which procedures run and where they stand before a deployment. ``room`` holds what they share."""

from __future__ import annotations

from consult.consultations.views import dates, letterbox, procedures, sending, state
from consult.consultations.views.room import bp

__all__ = ["bp", "dates", "letterbox", "procedures", "sending", "state"]
