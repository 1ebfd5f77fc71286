"""What the anonymous side must not see is taken away before Flask exists for the request.

A list of what is let through, not of what is taken: a header nobody thought of stays outside, and so does
what a proxy layer noted beside the address it replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

PREFIX = "/speak"
KEPT_COOKIES = {"access": re.compile(r"1\.[0-9a-f]{40}"), "lang": re.compile(r"fr|en")}
"""Two cookies whose values are the same for everybody, in the only form the product gives them."""
LET_THROUGH = frozenset({
    "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "CONTENT_TYPE", "CONTENT_LENGTH",
    "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL",
    "HTTP_HOST", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_TRANSFER_ENCODING",
})  # fmt: skip
_NEVER_ANSWERED = frozenset({"set-cookie", "vary", "cache-control", "etag", "last-modified", "expires"})
NOBODY = "0.0.0.0"  # noqa: S104  (an address that is none, not one to listen on)

Start = Callable[..., Any]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]


def _kept(header: str) -> str:
    """The cookies that pass, each once."""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name in KEPT_COOKIES and KEPT_COOKIES[name].fullmatch(value):
            found.setdefault(name, value)
    return "; ".join(f"{name}={value}" for name, value in found.items())


def blind(environ: dict[str, Any]) -> dict[str, Any]:
    """A request as the anonymous side sees it: no address, agent, referrer, language, query, session."""
    seen = {name: environ[name] for name in environ if name in LET_THROUGH or name.startswith("wsgi.")}
    seen["HTTP_COOKIE"] = _kept(environ.get("HTTP_COOKIE", ""))
    seen["QUERY_STRING"] = ""
    seen["REMOTE_ADDR"] = NOBODY
    return seen


class Blindfold:
    """A WSGI layer around the application, for addresses under ``/speak``. Its answers set no cookie and
    are kept by nobody."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path != PREFIX and not path.startswith(PREFIX + "/"):
            return self.app(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            kept = [(name, value) for name, value in headers if name.lower() not in _NEVER_ANSWERED]
            kept.append(("Cache-Control", "no-store"))
            return start_response(status, kept, exc_info) if exc_info else start_response(status, kept)

        return self.app(blind(environ), start)
