"""Walks the pages that one kind of reader reaches by following links."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page

from consult.signin.rules import DEMO_PASSWORD
from tests.browser.conftest import fits

LANGUAGES = ("fr", "en")
_PARTS = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}"), "<uuid>"),
    (re.compile(r"/[0-9a-f]{32}(?=/|$)"), "/<box>"),
    (re.compile(r"/revisions/\d+"), "/revisions/<n>"),
)
_NOT_PAGES = re.compile(
    r"/(leave|language|sign-out)$|/(files|download)/|/report/file$|/enclosures/[0-9a-f-]{36}$|\.(json|csv|txt|ics|xml|pdf|atom|docx|xlsx)$"
)
_LOCKED = re.compile(r"/letterboxes/[0-9a-f]{32}/")


_OPEN = re.compile(r"^(/(?:fr|en)/notices)/[a-z0-9-]+$")
_UNDER = re.compile(r"^(/(?:fr|en)/notices)/[a-z0-9-]+(/.+)$")
_NOTICE = re.compile(r"^(/workspace/(?:fr|en)/notices)/(?!new)[a-z0-9-]+")


def _kind(path: str, *, notices_alike: bool = False) -> str:
    """Addresses of one kind look the same once their identifiers are taken out. Notices keep theirs on the
    reading side: each is in another state, and has one page there; what lies under it is of one kind."""
    for pattern, name in _PARTS:
        path = pattern.sub(name, path)
    if notices_alike:
        path = _OPEN.sub(r"\1/<slug>", path)
    path = _UNDER.sub(r"\1/<slug>\2", path)
    return _NOTICE.sub(r"\1/<slug>", path)


def _links(page: Page, language: str) -> list[str]:
    # What stands in a letter is for whom it was written to.
    found = page.eval_on_selector_all("a[href]:not(.as-written a)", "all => all.map(one => one.href)")
    paths = []
    for address in found:
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        inside = re.match(rf"^(/speak|/workspace)?/{language}(/|$)", parts.path)
        if inside and not _NOT_PAGES.search(parts.path):
            paths.append(path)
    return paths


def walk(
    page: Page,
    start: str,
    language: str,
    check: Callable[[Page], None],
    *,
    inside: str = "",
    of_a_kind: int = 1,
    notices_alike: bool = False,
) -> set[str]:
    """Checks every page from ``start`` on, at most so many of a kind, of addresses that begin with
    ``inside``; returns the paths seen. A locked desk answers 403 and is a page like any other."""
    todo, seen = [start], set()
    kinds: dict[str, int] = {}
    while todo:
        path = todo.pop(0)
        kind = _kind(path.partition("?")[0], notices_alike=notices_alike)
        if path in seen or kinds.get(kind, 0) >= of_a_kind or not path.startswith(inside):
            continue
        seen.add(path)
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200 or _LOCKED.search(path), f"{path}: {answer.status}"
        if "text/html" not in (answer.headers.get("content-type") or ""):
            continue
        assert page.locator("html").get_attribute("lang") == language, path
        check(page)
        todo += _links(page, language)
    return seen


def checked(axe: Callable[[Page], None]) -> Callable[[Page], None]:
    """axe, and nothing that scrolls sideways."""

    def check(page: Page) -> None:
        axe(page)
        assert fits(page), f"{page.url} scrolls sideways"

    return check


def sign_in(page: Page, language: str, name: str) -> None:
    page.goto(f"/workspace/{language}/sign-in")
    page.fill("input[type=email]", name if "@" in name else f"{name}@orvalie.example")
    page.fill("input[type=password]", DEMO_PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile(r"/workspace/(fr|en)/$"))
