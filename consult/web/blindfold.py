"""What the anonymous side must not see is taken away before Flask exists for the request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any

PREFIX = "/speak"
KEPT_COOKIES = ("access", "lang")
DROPPED = (
    "HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP",
    "HTTP_X_FORWARDED_PORT", "HTTP_VIA", "HTTP_AUTHORIZATION", "HTTP_X_REQUEST_ID", "HTTP_TRACEPARENT",
    "HTTP_TRACESTATE", "HTTP_FROM", "HTTP_ACCEPT_LANGUAGE", "HTTP_DNT", "HTTP_CF_CONNECTING_IP",
    "HTTP_TRUE_CLIENT_IP", "HTTP_CLIENT_IP", "REMOTE_USER", "REMOTE_PORT", "REMOTE_HOST",
)  # fmt: skip

Start = Callable[..., Any]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]


def _kept(header: str) -> str:
    """Only the two cookies whose values are the same for everybody."""
    try:
        jar = SimpleCookie(header)
    except CookieError:
        return ""
    return "; ".join(f"{name}={jar[name].value}" for name in KEPT_COOKIES if name in jar)


class Blindfold:
    """A WSGI layer around the application, for addresses under ``/speak``."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path != PREFIX and not path.startswith(PREFIX + "/"):
            return self.app(environ, start_response)
        for name in [one for one in environ if one in DROPPED or one.startswith("HTTP_SEC_CH_")]:
            del environ[name]
        environ["HTTP_COOKIE"] = _kept(environ.get("HTTP_COOKIE", ""))
        environ["REMOTE_ADDR"] = "0.0.0.0"

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            kept = [(name, value) for name, value in headers if name.lower() not in {"set-cookie", "vary"}]
            return start_response(status, kept, exc_info) if exc_info else start_response(status, kept)

        return self.app(environ, start)
