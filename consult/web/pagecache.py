"""Pages of the reading side from memory: a WSGI layer outside Flask.

Key: path and visibility level. Stamp: the content version, read from the database on every request,
and the day (days left change at midnight without any act). A stamp is read before rendering, so it may
be too old, never too new."""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from http.cookies import CookieError, SimpleCookie
from typing import Any

import brotli

Start = Callable[..., Any]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]
Stamp = tuple[int, date]
Headers = list[tuple[str, str]]
Level = Callable[[str, Stamp], str]

_CACHED = re.compile(r"^/(fr|en)(/|$)")
_QUERY = re.compile(r"^(?:(?:stage|after|state)=[A-Za-z0-9_=-]{1,400}&?){0,3}$")
_HOP = {"content-length", "vary", "cache-control", "etag", "content-encoding"}
MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: its bytes plain, gzip and brotli, each with its ETag and ready-made headers."""

    stamp: Stamp
    variants: dict[str, tuple[bytes, str, Headers]]
    size: int


def _accepted(header: str) -> tuple[str, ...]:
    """The encodings a request takes, best first; ``br;q=0`` takes none."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, parameter = part.strip().partition(";")
        try:
            weights[name] = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            weights[name] = 0.0
    return tuple(name for name in ("br", "gzip") if weights.get(name, weights.get("*", 0.0)) > 0)


class PageCache:
    """``version`` reads the content version on a connection of its own thread (None: bypass); ``level``
    says which readers share bytes, from the access cookie."""

    def __init__(
        self,
        app: App,
        *,
        version: Callable[[], int | None],
        level: Level,
        today: Callable[[], date],
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.app, self.version, self.level, self.today = app, version, level, today
        self.max_bytes, self.bytes = max_bytes, 0
        self.entries: OrderedDict[tuple[str, str, str], Entry] = OrderedDict()
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or not _CACHED.match(path):
            return self.app(environ, start_response)
        if query and not _QUERY.match(query):
            return self.app(environ, start_response)
        version = self.version()
        if version is None:
            return self.app(environ, start_response)
        stamp = (version, self.today())
        key = (path, query, self.level(_cookie(environ, "access"), stamp))
        entry = self.entries.get(key)
        if entry is None or entry.stamp != stamp:
            return self._render(key, stamp, environ, start_response)
        return self._answer(entry, environ, start_response)

    def _render(
        self, key: tuple[str, str, str], stamp: Stamp, environ: dict[str, Any], start_response: Start
    ) -> Iterable[bytes]:
        caught: list[Any] = []

        def catch(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], None]:
            caught[:] = [status, headers]
            return lambda _data: None

        wanted = environ["REQUEST_METHOD"]
        environ["REQUEST_METHOD"] = "GET"
        answer = self.app(environ, catch)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        environ["REQUEST_METHOD"] = wanted
        status, headers = caught
        names = {name.lower() for name, _ in headers}
        if not status.startswith("200") or "set-cookie" in names:
            start_response(status, headers)
            return [b""] if wanted == "HEAD" else [body]
        entry = self._entry(stamp, body, headers)
        self._keep(key, entry)
        return self._answer(entry, environ, start_response)

    def _entry(self, stamp: Stamp, body: bytes, headers: Headers) -> Entry:
        base = [(name, value) for name, value in headers if name.lower() not in _HOP]
        base += [("Vary", "Accept-Encoding, Cookie"), ("Cache-Control", "private, no-cache")]
        mark = hashlib.sha256(body).hexdigest()[:20]
        bodies = {"": body, "gzip": gzip.compress(body, 6, mtime=0), "br": brotli.compress(body, quality=5)}
        variants = {}
        for name, data in bodies.items():
            tag = f'"{mark}{"-" + name if name else ""}"'
            ready = [*base, ("ETag", tag), ("Content-Length", str(len(data)))]
            variants[name] = (data, tag, [*ready, ("Content-Encoding", name)] if name else ready)
        return Entry(stamp, variants, sum(len(data) for data in bodies.values()))

    def _keep(self, key: tuple[str, str, str], entry: Entry) -> None:
        with self.lock:
            old = self.entries.pop(key, None)
            self.bytes += entry.size - (old.size if old else 0)
            self.entries[key] = entry
            while self.bytes > self.max_bytes and len(self.entries) > 1:
                _, dropped = self.entries.popitem(last=False)
                self.bytes -= dropped.size

    def clear(self) -> None:
        """Forgets everything (a database put back from a copy, say)."""
        with self.lock:
            self.entries.clear()
            self.bytes = 0

    def _answer(self, entry: Entry, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        accepted = _accepted(environ.get("HTTP_ACCEPT_ENCODING", ""))
        data, tag, headers = entry.variants[accepted[0] if accepted else ""]
        if tag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", [h for h in headers if h[0] != "Content-Length"])
            return [b""]
        start_response("200 OK", headers)
        return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [data]


def _cookie(environ: dict[str, Any], name: str) -> str:
    header = environ.get("HTTP_COOKIE", "")
    if name not in header:
        return ""
    try:
        jar = SimpleCookie(header)
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""
