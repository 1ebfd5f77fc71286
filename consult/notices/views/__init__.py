"""HR's pages of notices: the list and the editor, review, imports."""

from __future__ import annotations

from flask import Blueprint

from consult.web import spaces

bp = Blueprint("notices", __name__, url_prefix=spaces.WORKSPACE)
