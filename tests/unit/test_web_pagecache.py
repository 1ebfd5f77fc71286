"""The page cache as a WSGI layer alone, over an application that counts what it renders."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import brotli
import pytest
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

from consult.web.pagecache import MAX_COOKIES, PageCache
from consult.web.readers import DECIDED


class World:
    """What the layer reads: a version, a day, and an application whose answers a test chooses."""

    def __init__(self, **options: Any) -> None:
        self.value: int | None = 1
        self.day = date(2026, 11, 24)
        self.calls: list[str] = []
        self.asked_level: list[str] = []
        self.status, self.extra, self.body = "200 OK", [], b"page"
        self.during: Callable[[], None] = lambda: None
        self.closed = 0
        self.cache = PageCache(
            self.app, version=lambda: self.value, level=self.level, today=lambda: self.day, **options
        )

    def level(self, cookie: str) -> str:
        self.asked_level.append(cookie)
        return "employees" if cookie == "word" else "public"

    def app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.calls.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        self.during()
        start_response(
            self.status, [("Content-Type", "text/html"), ("Content-Length", "4"), ("Vary", "X"), *self.extra]
        )
        world = self

        class Body:
            def __iter__(self) -> Any:
                return iter([world.body + environ.get(DECIDED, "").encode() + str(world.value).encode()])

            def close(self) -> None:
                world.closed += 1

        return Body()

    def get(self, path: str = "/fr/", method: str = "GET", cookie: str = "", **headers: str) -> Any:
        client = Client(self.cache, use_cookies=False)
        if cookie:
            headers["Cookie"] = cookie
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.open(path, method=method, headers=named)


def test_a_page_is_rendered_once() -> None:
    world = World()
    assert world.get().data == world.get().data
    assert world.calls == ["GET /fr/"]
    assert world.closed == 1


def test_a_page_that_must_not_be_stored_is_not() -> None:
    world = World()
    world.extra = [("Cache-Control", "no-store")]
    for _ in range(2):
        assert world.get().headers["Cache-Control"] == "no-store"
    assert len(world.calls) == 2 and not world.cache.entries


@pytest.mark.parametrize(
    "path", ["/workspace/fr/", "/speak/fr/aa/", "/healthz", "/static/x", "/", "/french/", "/api/v1/x"]
)
def test_other_spaces_pass_through(path: str) -> None:
    world = World()
    for _ in range(2):
        world.get(path)
    assert len(world.calls) == 2
    assert not world.cache.entries


def test_a_publication_shows_on_the_next_request() -> None:
    world = World()
    before = world.get()
    world.value = 2
    after = world.get(If_None_Match=before.headers["ETag"])
    assert after.status_code == 200
    assert after.data != before.data


def test_midnight_makes_a_page_stale() -> None:
    world = World()
    world.get()
    world.day = date(2026, 11, 25)
    world.get()
    assert len(world.calls) == 2


def test_the_version_is_read_before_the_page_is_made() -> None:
    """An act that lands while the page is rendered makes the stored page stale, never the next one old."""
    world = World()

    def act() -> None:
        world.value = 2

    world.during = act
    world.get()
    world.during = lambda: None
    world.get()
    assert len(world.calls) == 2
    world.get()
    assert len(world.calls) == 2


def test_levels_do_not_share_bytes() -> None:
    world = World()
    assert world.get(cookie="access=word").data == b"pageemployees1"
    assert world.get().data == b"pagepublic1"
    assert world.get(cookie="access=forged").data == b"pagepublic1"
    assert len(world.calls) == 2


def test_the_application_is_told_the_level_under_which_its_page_is_kept() -> None:
    """So that a word changing between the two cannot put employees' bytes under strangers'."""
    world = World()
    world.get(cookie="access=word")
    key, entry = next(iter(world.cache.entries.items()))
    assert key[2] == "employees"
    assert b"employees" in entry.variants[""][0]


def test_a_client_cannot_choose_its_level() -> None:
    world = World()
    assert world.get(consult_level="employees", Consult_Level="employees").data == b"pagepublic1"


def test_the_level_of_a_cookie_is_asked_once_a_stamp() -> None:
    world = World()
    for _ in range(3):
        world.get(cookie="access=word")
    assert world.asked_level == ["word"]
    world.value = 2
    world.get(cookie="access=word")
    assert world.asked_level == ["word", "word"]


def test_made_up_cookies_do_not_fill_the_memory() -> None:
    world = World()
    for at in range(MAX_COOKIES + 50):
        world.get(cookie=f"access={at}{'x' * 500}")
    assert len(world.cache.levels) == MAX_COOKIES
    assert max(map(len, world.cache.levels)) <= 100
    assert len(world.calls) == 1


def test_the_first_of_two_cookies_counts_as_it_does_for_the_application() -> None:
    world = World()
    assert world.get(cookie="access=word; access=other").data == b"pageemployees1"
    assert world.get(cookie="access=other; access=word").data == b"pagepublic1"


@pytest.mark.parametrize(
    "status", ["403 FORBIDDEN", "404 NOT FOUND", "302 FOUND", "500 INTERNAL SERVER ERROR", "503 X"]
)
def test_only_whole_pages_are_kept(status: str) -> None:
    world = World()
    world.status = status
    for _ in range(2):
        assert world.get().status_code == int(status[:3])
    assert len(world.calls) == 2


def test_a_page_that_sets_a_cookie_is_not_kept() -> None:
    world = World()
    world.extra = [("Set-Cookie", "x=1")]
    for _ in range(2):
        assert world.get().headers["Set-Cookie"] == "x=1"
    assert len(world.calls) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "DELETE"])
def test_other_methods_pass_through(method: str) -> None:
    world = World()
    world.get()
    world.get(method=method)
    assert world.calls == ["GET /fr/", f"{method} /fr/"]


def test_head_is_answered_from_the_page_without_its_body() -> None:
    world = World()
    head = world.get(method="HEAD")
    assert head.data == b""
    whole = world.get()
    assert world.calls == ["GET /fr/"]
    assert head.headers["Content-Length"] == str(len(whole.data)) == whole.headers["Content-Length"]
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_head_of_a_refusal_has_no_body_either() -> None:
    world = World()
    world.status = "403 FORBIDDEN"
    assert world.get(method="HEAD").data == b""


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/fr/notices?stage=listening", True),
        ("/fr/notices?stage=", True),
        ("/fr/notices?stage=listening&after=WyJhIl0", True),
        ("/fr/notices?after=WyJhIl0", True),
        ("/en/commitments?state=late&after=abc", True),
        ("/fr/commitments?stage=late", False),
        ("/fr/?stage=listening", False),
        ("/fr/notices/plume?after=abc", False),
        ("/fr/notices?utm_source=x", False),
        ("/fr/notices?stage=a&stage=b", False),
        ("/fr/notices?after=a&after=b", False),
        ("/fr/notices?stage=a&after=" + "x" * 201, False),
        ("/fr/notices?stage=%C3%A9", False),
    ],
)
def test_only_queries_that_lists_understand_are_kept(path: str, kept: bool) -> None:
    world = World()
    world.get(path)
    assert bool(world.cache.entries) is kept


def test_without_a_version_nothing_is_kept_and_nothing_fails() -> None:
    world = World()
    world.value = None
    for _ in range(2):
        assert world.get().status_code == 200
    assert len(world.calls) == 2


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0", None),
        ("", None),
        ("*", "br"),
        ("*;q=0", None),
        ("*, br;q=0", "gzip"),
        ("gzip;q=0.5, br;q=0.1", "br"),
        ("BR ; q=1.0", "br"),
        ("br;q=x, gzip;q=0.0", None),
        ("identity", None),
    ],
)
def test_encodings(accepts: str, encoding: str | None) -> None:
    world = World()
    page = world.get(Accept_Encoding=accepts)
    assert page.headers.get("Content-Encoding") == encoding
    opened = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding](page.data)
    assert opened == b"pagepublic1"
    assert page.headers["Content-Length"] == str(len(page.data))
    assert page.headers["Vary"] == "Accept-Encoding, Cookie"
    assert page.headers["Cache-Control"] == "private, no-cache"


def test_each_encoding_has_its_own_tag() -> None:
    world = World()
    tags = {world.get(Accept_Encoding=one).headers["ETag"] for one in ("", "gzip", "br")}
    assert len(tags) == 3


@pytest.mark.parametrize("shape", ["{tag}", "W/{tag}", '"x", {tag}', '"x",W/{tag} , "y"', "*"])
def test_nothing_is_sent_twice(shape: str) -> None:
    world = World()
    tag = world.get(Accept_Encoding="br").headers["ETag"]
    again = world.get(Accept_Encoding="br", If_None_Match=shape.format(tag=tag))
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == tag
    assert "Content-Length" not in again.headers


@pytest.mark.parametrize("shape", ['"x"', "", "{half}", "{tag}x", "x{tag}"])
def test_a_tag_that_is_not_the_page_s_gets_the_page(shape: str) -> None:
    world = World()
    tag = world.get().headers["ETag"]
    again = world.get(If_None_Match=shape.format(tag=tag, half=tag[: len(tag) // 2]))
    assert again.status_code == 200


def test_a_tag_of_another_encoding_gets_the_page() -> None:
    world = World()
    tag = world.get(Accept_Encoding="gzip").headers["ETag"]
    assert world.get(Accept_Encoding="br", If_None_Match=tag).status_code == 200


def test_the_least_recently_read_page_is_dropped_first() -> None:
    world = World(max_bytes=40_000)
    world.body = b""
    for at in range(3):
        world.get(f"/fr/notices/{at}")
    world.get("/fr/notices/0")
    for at in range(3, 11):
        world.get(f"/fr/notices/{at}")
        world.get("/fr/notices/0")
    assert world.calls.count("GET /fr/notices/0") == 1
    assert world.cache.bytes <= 40_000
    assert world.cache.bytes == sum(entry.size for entry in world.cache.entries.values())


def test_a_page_too_big_is_answered_and_not_kept() -> None:
    world = World(max_bytes=10_000)
    world.body = b"x" * 20_000
    assert world.get().status_code == 200
    assert not world.cache.entries
    assert world.cache.bytes == 0


def test_rendered_anew_a_page_is_counted_once() -> None:
    world = World()
    for value in range(1, 6):
        world.value = value
        world.get()
    assert len(world.cache.entries) == 1
    assert world.cache.bytes == next(iter(world.cache.entries.values())).size


def test_clearing_forgets_pages_and_levels() -> None:
    world = World()
    world.get(cookie="access=word")
    world.cache.clear()
    assert not world.cache.entries
    assert not world.cache.levels
    assert world.cache.bytes == 0


def test_one_page_is_made_once_for_many_who_ask_at_the_same_time() -> None:
    world = World()
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        begun.set()
        assert go_on.wait(10)

    world.during = slowly
    answers: list[bytes] = []
    readers = [threading.Thread(target=lambda: answers.append(world.get().data)) for _ in range(8)]
    readers[0].start()
    assert begun.wait(10)
    for one in readers[1:]:
        one.start()
    go_on.set()
    for one in readers:
        one.join(10)
    assert len(world.calls) == 1
    assert answers == [b"pagepublic1"] * 8


def test_an_application_that_fails_lets_the_next_try() -> None:
    world = World()

    def fail() -> None:
        raise RuntimeError

    world.during = fail
    environ = EnvironBuilder("/fr/").get_environ()
    with pytest.raises(RuntimeError):
        run_wsgi_app(world.cache, environ)
    assert environ["REQUEST_METHOD"] == "GET"
    world.during = lambda: None
    assert world.get().status_code == 200
