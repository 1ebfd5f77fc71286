"""The reading side: its pages, and what readers take away from them."""

from __future__ import annotations

from consult.reading.views.pages import bp  # isort: split

from consult.reading.views import api, compare, data, pages, taking

__all__ = ["api", "bp", "compare", "data", "pages", "taking"]
