"""Where a form without a token was sent from: checked by Origin and Sec-Fetch-Site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, current_app, request


def require_same_origin() -> None:
    """400 unless the browser says that the page sending this is ours. A browser that sends neither
    header is let through: it predates both, and these forms act for nobody in particular."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in {"same-origin", "none"}:
        abort(400)
    origin = request.headers.get("Origin")
    if origin in (None, "null"):
        # A no-referrer page posts "null" in some browsers; Sec-Fetch-Site has already spoken.
        if origin == "null" and "Sec-Fetch-Site" not in request.headers:
            abort(400)
        return
    expected = {urlsplit(current_app.config["CONSULT_ADDRESS"]).netloc, request.host}
    if urlsplit(origin or "").netloc not in expected:
        abort(400)
