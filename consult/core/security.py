"""Default deny at start-up, the constant headers of every answer, and comparison in constant time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from flask import Flask, Response

View = TypeVar("View", bound=Callable[..., Any])

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
}

FORWARDED = (
    "Forwarded", "X-Forwarded-For", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "Cf-Connecting-Ip",
    "True-Client-Ip", "Fastly-Client-Ip", "X-Azure-Clientip",
)  # fmt: skip
"""Headers by which proxies hand on the address of whoever asks."""
SAW = "Consult-Saw"
"""In which ``/healthz`` names those that reached it, without their values, so that `consult doctor` learns
what a proxy adds."""


class Unguarded(RuntimeError):
    """A route was neither guarded nor declared open: the product refuses to start."""


def guarded(view: View) -> View:
    """Marks a view as one that checks who asks."""
    view.__dict__["is_guarded"] = True
    return view


def unguarded_endpoints(app: Flask) -> set[str]:
    """Endpoints whose view carries no mark."""
    return {name for name, view in app.view_functions.items() if not getattr(view, "is_guarded", False)}


def refuse_unguarded(app: Flask, *, open_routes: Collection[str]) -> None:
    """Last line of ``create_app``: raises `Unguarded` on a route nobody placed."""
    forgotten = unguarded_endpoints(app) - set(open_routes)
    if forgotten:
        raise Unguarded(f"neither guarded nor in OPEN_ROUTES: {sorted(forgotten)}")


def init_app(app: Flask, *, secure: bool) -> None:
    """Adds the headers; HSTS only where cookies are Secure, that is, behind TLS."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


def same(left: str | bytes, right: str | bytes) -> bool:
    """Equality in constant time."""
    as_bytes = [one.encode() if isinstance(one, str) else one for one in (left, right)]
    return hmac.compare_digest(*as_bytes)


def derived_key(secret: str, purpose: str) -> bytes:
    """A key of its own for each purpose, from the one secret the operator sets."""
    return hmac.new(secret.encode(), f"consult/{purpose}".encode(), hashlib.sha256).digest()
