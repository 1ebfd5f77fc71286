"""The anonymous side's pages."""

from __future__ import annotations

from flask import Blueprint

from consult.web import spaces

bp = Blueprint("voices", __name__, url_prefix=spaces.SPEAKING)
