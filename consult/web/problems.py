"""What went wrong, for a program: problem details as JSON (RFC 9457), in the language of the address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Response

from consult.core.i18n import _, _l

TITLES: Mapping[int, Any] = {
    400: _l("The request cannot be read."),
    401: _l("This key opens nothing."),
    403: _l("This is not allowed."),
    404: _l("There is no such thing, or it may not be read at this level."),
    405: _l("This address can only be read."),
    429: _l("Too many requests."),
    500: _l("The server failed."),
}


def problem(
    status: int, detail: str = "", *, seconds: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """``seconds``: after how long to ask again."""
    kind = status if status in TITLES else (400 if status < 500 else 500)
    said: dict[str, Any] = {"type": "about:blank", "title": str(TITLES[kind]), "status": status}
    if seconds is not None:
        detail = detail or _("Ask again in %(seconds)s seconds.", seconds=seconds)
    if detail:
        said["detail"] = detail
    response = Response(
        json.dumps(said, ensure_ascii=False), status, mimetype="application/problem+json",
        headers=dict(headers or {}),
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response
