"""Pages of this room: files, their source, letters to the employer, and where a file leads. ``room`` holds
what they share."""

from __future__ import annotations

from consult.dossiers.views import file, leading, letters, source
from consult.dossiers.views.room import bp

__all__ = ["bp", "file", "leading", "letters", "source"]
