"""The reading side: its pages, and what readers take away from them."""

from __future__ import annotations

from consult.reading.views.pages import bp  # isort: split

from consult.reading.views import compare, pages, taking

__all__ = ["bp", "compare", "pages", "taking"]
