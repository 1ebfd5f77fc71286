"""What these pages share: their place in the workspace, and that nothing of them is kept anywhere."""

from __future__ import annotations

from flask import Blueprint, Response

from consult.web import spaces

bp = Blueprint("passes", __name__, url_prefix=spaces.WORKSPACE)


@bp.after_request
def _never_stored(response: Response) -> Response:
    """Codes lie in no cache, and in no page a browser brings back."""
    response.headers["Cache-Control"] = "no-store"
    return response
