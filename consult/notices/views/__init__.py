"""HR's pages of notices: the list and the editor, review, imports."""

from __future__ import annotations

from consult.notices.views.blueprint import bp  # isort: split

from consult.notices.views import attachments, editor, imports, listing

__all__ = ["attachments", "bp", "editor", "imports", "listing"]
