"""HR's pages of notices: the list and the editor, blanks of starters, review, imports."""

from __future__ import annotations

from consult.notices.views.blueprint import bp  # isort: split

from consult.notices.views import attachments, blanks, editor, imports, listing, notes, redaction, sheets

__all__ = ["attachments", "blanks", "bp", "editor", "imports", "listing", "notes", "redaction", "sheets"]
