"""Where a form without a token was sent from: checked by Origin and Sec-Fetch-Site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, current_app, request


def require_same_origin() -> None:
    """400 unless the browser says that the page sending this is ours. A browser that sends neither
    header is let through: it predates both, and these forms act for nobody in particular."""
    if not is_same_origin():
        abort(400)


def is_same_origin() -> bool:
    """Whether the request says it comes from a page of this site, or (an old browser) says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site not in {None, "same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    if origin == "null":
        # A page without referrer posts "null"; then only Sec-Fetch-Site can speak for it.
        return site is not None
    expected = {urlsplit(current_app.config["CONSULT_ADDRESS"]).netloc, request.host}
    return urlsplit(origin).netloc in expected
