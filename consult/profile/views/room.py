"""The blueprint of this room."""

from __future__ import annotations

from flask import Blueprint

from consult.web import spaces

bp = Blueprint("profile", __name__, url_prefix=spaces.WORKSPACE)
