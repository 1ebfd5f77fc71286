"""Pages of the desk, and of the employer's answers to themes. ``room`` holds what they share."""

from __future__ import annotations

from consult.concerns.views import answers, counting, desk, graves, quotations, themes, threads
from consult.concerns.views.room import bp

__all__ = ["answers", "bp", "counting", "desk", "graves", "quotations", "themes", "threads"]
