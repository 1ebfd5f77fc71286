"""Every page that each kind of reader reaches by following links: axe, no sideways scroll, one language."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from consult.signin.rules import DEMO_PASSWORD
from tests.browser.conftest import Served, enter_word, fits

LANGUAGES = ("fr", "en")
_PARTS = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}"), "<uuid>"),
    (re.compile(r"/[0-9a-f]{32}(?=/|$)"), "/<box>"),
    (re.compile(r"/revisions/\d+"), "/revisions/<n>"),
)
_NOT_PAGES = re.compile(r"/(leave|language|sign-out)$|\.(json|csv|txt|ics|xml)$")
MOST_OF_A_KIND = 2
"""Two notices are enough of a kind of page, but notices are in different states: see `_kind`."""


def _kind(path: str) -> str:
    """Addresses of one kind look the same once their identifiers are taken out."""
    for pattern, name in _PARTS:
        path = pattern.sub(name, path)
    return path


def _links(page: Page, language: str) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
    paths = []
    for address in found:
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        inside = re.match(rf"^(/speak|/workspace)?/{language}(/|$)", parts.path)
        if inside and not _NOT_PAGES.search(parts.path):
            paths.append(path)
    return paths


def _walk(page: Page, start: list[str], language: str, check: Callable[[Page], None]) -> set[str]:
    """Visits by following links, at most so many of a kind; returns the paths seen."""
    todo, seen, kinds = list(start), set(), {}
    while todo:
        path = todo.pop(0)
        kind = _kind(path.partition("?")[0])
        if path in seen or kinds.get(kind, 0) >= MOST_OF_A_KIND:
            continue
        seen.add(path)
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = page.goto(path)
        assert answer is not None and answer.status in {200, 400}, f"{path}: {answer and answer.status}"
        if "text/html" not in (answer.headers.get("content-type") or ""):
            continue
        assert page.locator("html").get_attribute("lang") == language, path
        check(page)
        todo += _links(page, language)
    return seen


def _check(page: Page, axe: Callable[[Page], None]) -> None:
    axe(page)
    assert fits(page), f"{page.url} scrolls sideways"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_employees_reach(
    browse: Callable[..., Page], axe: Callable[[Page], None], served: Served, language: str
) -> None:
    page = browse(language, width=390, height=844)
    page.goto(f"/{language}/")
    _check(page, axe)
    assert page.goto(f"/{language}/notices").status == 403  # type: ignore[union-attr]
    _check(page, axe)
    enter_word(page, language)
    seen = _walk(page, [f"/{language}/"], language, lambda one: _check(one, axe))
    assert any(path.startswith(f"/speak/{language}/") for path in seen)
    assert any("/notices/" in path for path in seen)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("email", ["claire.besson", "mireille.adjovi", "samira.haddad", "antoine.delaunay"])
def test_what_people_who_sign_in_reach(
    browse: Callable[..., Page], axe: Callable[[Page], None], served: Served, language: str, email: str
) -> None:
    page = browse(language, width=1280)
    sign_in(page, language, email)
    seen = _walk(page, [f"/workspace/{language}/"], language, lambda one: _check(one, axe))
    assert len(seen) >= 4, seen


def sign_in(page: Page, language: str, name: str) -> None:
    page.goto(f"/workspace/{language}/sign-in")
    page.fill("input[type=email]", f"{name}@orvalie.example")
    page.fill("input[type=password]", DEMO_PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**/workspace/{language}/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_scrolls_sideways_on_the_smallest_screen(browse: Callable[..., Page], language: str) -> None:
    page = browse(language, width=320, height=640)
    enter_word(page, language)

    def narrow(one: Page) -> None:
        assert fits(one), f"{one.url} scrolls sideways at 320 px"

    _walk(page, [f"/{language}/"], language, narrow)
    sign_in(page, language, "claire.besson")
    _walk(page, [f"/workspace/{language}/"], language, narrow)
