"""The blueprint of this room, apart so that its modules need not know one another."""

from __future__ import annotations

from flask import Blueprint

from consult.web import spaces

bp = Blueprint("notices", __name__, url_prefix=spaces.WORKSPACE)
