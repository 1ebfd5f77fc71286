"""Pages of the reading side from memory: a WSGI layer outside Flask.

Key: path, query and visibility level. Stamp: the content version, read from the database on every request,
and the day (days left change at midnight without any act). A stamp is read before rendering, so it may
be too old, never too new. The level is decided here and told to the application, so that what is kept
for a level is what that level may read, even while the access word changes."""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import brotli
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.http import parse_cookie

from consult.web.readers import COOKIE, DECIDED

Start = Callable[..., Any]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]
Stamp = tuple[int, date]
Key = tuple[str, str, str]
Headers = list[tuple[str, str]]
Level = Callable[[str], str]

_CACHED = re.compile(r"/(fr|en)(/|$)")
_FILES = re.compile(r"/(?:fr|en)/notices/[^/]+/files/")
"""Files pass by: they are large, compressed already, and each level is decided by the application."""
_CURSOR, _WORD, _NOTHING = (re.compile(one) for one in (r"[A-Za-z0-9_-]{1,200}", r"[a-z_]{0,30}", ""))
_LISTS = (
    (
        re.compile(r"/(?:fr|en)/notices"),
        {
            "q": _NOTHING, "stage": _WORD, "site": re.compile(r"[a-z0-9-]{0,60}"), "risk": _WORD,
            "language": _WORD, "after": _CURSOR,
        },
    ),
    (re.compile(r"/(?:fr|en)/commitments"), {"state": _WORD, "after": _CURSOR}),
)  # fmt: skip
"""What lists of an address understand, in the order of their forms. Words somebody searches for are not
among it: a page that answers them is made for each, and kept nowhere."""
_HOP = {"content-length", "vary", "cache-control", "etag", "content-encoding"}
MAX_BYTES = 16 * 1024 * 1024
MAX_ENTRY = MAX_BYTES // 8
OVERHEAD = 4 * 1024
"""What an entry costs beside its bodies: headers, key, objects."""
MAX_COOKIES = 256
STRIPES = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: its bytes plain, gzip and brotli, each with its ETag and ready-made headers."""

    stamp: Stamp
    variants: dict[str, tuple[bytes, str, Headers]]
    size: int


def _known_query(path: str, query: str) -> bool:
    """Whether the query is one that lists of this address understand, each part once, in their order."""
    if not query:
        return True
    kinds = next((kinds for address, kinds in _LISTS if address.fullmatch(path)), {})
    parts = [part.partition("=") for part in query.split("&")]
    places = [list(kinds).index(name) for name, _, _value in parts if name in kinds]
    return (
        len(places) == len(parts)
        and all(one < other for one, other in pairwise(places))
        and all(kinds[name].fullmatch(value) for name, _, value in parts)
    )


def _accepted(header: str) -> str:
    """The encoding to answer in: brotli, else gzip, else none; ``br;q=0`` takes none."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, parameter = part.partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter.strip() else 1.0
        except ValueError:
            weight = 0.0
        weights[name.strip()] = weight
    for name in ("br", "gzip"):
        if weights.get(name, weights.get("*", 0.0)) > 0:
            return name
    return ""


def _names(tag: str, header: str) -> bool:
    """Whether ``If-None-Match`` holds this tag (a list, weak or strong, or ``*``)."""
    return any(one.strip().removeprefix("W/") in {tag, "*"} for one in header.split(","))


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
        self.entries: OrderedDict[Key, Entry] = OrderedDict()
        self.levels: OrderedDict[str, tuple[Stamp, str]] = OrderedDict()
        self.lock = threading.Lock()
        self.rendering = tuple(threading.Lock() for _ in range(STRIPES))

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        is_kept = _CACHED.match(path) and not _FILES.match(path)
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or not is_kept:
            return self.app(environ, start_response)
        version = self.version() if _known_query(path, query) else None
        if version is None:
            return self.app(environ, start_response)
        stamp = (version, self.today())
        try:
            level = self._level(_cookie(environ), stamp)
        except SQLAlchemyError:  # the application says in its own words that it cannot read
            return self.app(environ, start_response)
        key = (path, query, level)
        entry = self._fresh(key, stamp)
        if entry is not None:
            return _answer(entry, environ, start_response)
        with self.rendering[hash(key) % STRIPES]:  # one render at a time per key; the others wait for it
            entry = self._fresh(key, stamp)
            if entry is None:
                environ[DECIDED] = level
                status, headers, body = _render(self.app, environ)
                entry = self._made(key, stamp, status, headers, body)
        if entry is None:
            start_response(status, headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
        return _answer(entry, environ, start_response)

    def clear(self) -> None:
        """Forgets everything (a database put back from a copy, say)."""
        with self.lock:
            self.entries.clear()
            self.levels.clear()
            self.bytes = 0
        close: Callable[[], None] | None = getattr(self.version, "close", None)
        if close is not None:
            close()

    def _level(self, cookie: str, stamp: Stamp) -> str:
        """The level of a cookie. Changing the word raises the content version and an old word ends with
        a day, so a remembered answer dies with its stamp."""
        known = self.levels.get(cookie)
        if known is not None and known[0] == stamp:
            return known[1]
        level = self.level(cookie)
        with self.lock:
            self.levels[cookie] = (stamp, level)
            self.levels.move_to_end(cookie)
            while len(self.levels) > MAX_COOKIES:
                self.levels.popitem(last=False)
        return level

    def _fresh(self, key: Key, stamp: Stamp) -> Entry | None:
        with self.lock:
            entry = self.entries.get(key)
            if entry is None or entry.stamp != stamp:
                return None
            self.entries.move_to_end(key)
            return entry

    def _made(self, key: Key, stamp: Stamp, status: str, headers: Headers, body: bytes) -> Entry | None:
        """Only a whole page that is the same for its level is kept: 200, nothing set on the reader, and not
        one that says it must not be stored."""
        found = {name.lower(): value for name, value in headers}
        if not status.startswith("200") or "set-cookie" in found:
            return None
        if "no-store" in found.get("cache-control", ""):
            return None
        entry = _entry(stamp, body, headers)
        if entry.size <= min(MAX_ENTRY, self.max_bytes):
            self._keep(key, entry)
        return entry

    def _keep(self, key: Key, entry: Entry) -> None:
        with self.lock:
            old = self.entries.pop(key, None)
            self.bytes += entry.size - (old.size if old else 0)
            self.entries[key] = entry
            while self.bytes > self.max_bytes:
                _, dropped = self.entries.popitem(last=False)
                self.bytes -= dropped.size


def _render(app: App, environ: dict[str, Any]) -> tuple[str, Headers, bytes]:
    """The page as GET would get it, so that HEAD fills the cache too."""
    caught: list[Any] = []

    def catch(status: str, headers: Headers, _exc_info: Any = None) -> Callable[[bytes], None]:
        caught[:] = [status, headers]
        return lambda _data: None

    wanted = environ["REQUEST_METHOD"]
    environ["REQUEST_METHOD"] = "GET"
    try:
        answer = app(environ, catch)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
    finally:
        environ["REQUEST_METHOD"] = wanted
    status, headers = caught
    return status, headers, body


def _entry(stamp: Stamp, body: bytes, headers: Headers) -> Entry:
    base = [(name, value) for name, value in headers if name.lower() not in _HOP]
    base += [("Vary", "Accept-Encoding, Cookie"), ("Cache-Control", "private, no-cache")]
    mark = hashlib.sha256(body).hexdigest()[:20]
    bodies = {"": body, "gzip": gzip.compress(body, 6, mtime=0), "br": brotli.compress(body, quality=5)}
    variants = {}
    for name, data in bodies.items():
        tag = f'"{mark}{"-" + name if name else ""}"'
        ready = [*base, ("ETag", tag), ("Content-Length", str(len(data)))]
        variants[name] = (data, tag, [*ready, ("Content-Encoding", name)] if name else ready)
    return Entry(stamp, variants, sum(len(data) for data in bodies.values()) + OVERHEAD)


def _answer(entry: Entry, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    data, tag, headers = entry.variants[_accepted(environ.get("HTTP_ACCEPT_ENCODING", ""))]
    if _names(tag, environ.get("HTTP_IF_NONE_MATCH", "")):
        start_response("304 Not Modified", [one for one in headers if one[0] != "Content-Length"])
        return []
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [data]


def _cookie(environ: dict[str, Any]) -> str:
    """The access cookie, read as the application would read it."""
    header = environ.get("HTTP_COOKIE", "")
    if COOKIE not in header:
        return ""
    return parse_cookie(header).get(COOKIE, "")[:100]
