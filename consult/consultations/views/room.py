"""What the pages of this room share."""

from __future__ import annotations

from flask import Blueprint

from consult.web import spaces

bp = Blueprint("consultations", __name__, url_prefix=spaces.WORKSPACE)
