"""Pages of this room: meetings and their agenda, minutes and packs, requests. ``room`` holds what they
share."""

from __future__ import annotations

from consult.meetings.views import meeting, minutes, requests
from consult.meetings.views.room import bp

__all__ = ["bp", "meeting", "minutes", "requests"]
