"""Pages about keys: one’s own, the letterboxes it opens, handing over. ``room`` holds what they share."""

from __future__ import annotations

from consult.keyholders.views import circle, handover, own, unlocking
from consult.keyholders.views.room import bp

__all__ = ["bp", "circle", "handover", "own", "unlocking"]
