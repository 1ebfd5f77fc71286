"""Every page that people who sign in reach by following links: axe, no sideways scroll, one language."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import fits
from tests.browser.walking import checked, sign_in, walk

OF_A_KIND = 2 if os.environ.get("CONSULT_TEST_SCALE") == "full" else 1
WHO = (
    ("claire.besson", "fr", 1280), ("claire.besson", "en", 1280),
    ("mireille.adjovi", "fr", 390), pytest.param("mireille.adjovi", "en", 1280, marks=pytest.mark.long),
    ("samira.haddad", "fr", 390), pytest.param("samira.haddad", "en", 1280, marks=pytest.mark.long),
    ("h.ferrand@ergonia.example", "fr", 390),
    pytest.param("h.ferrand@ergonia.example", "en", 1280, marks=pytest.mark.long),
)  # fmt: skip


@pytest.mark.parametrize(("name", "language", "width"), WHO)
def test_what_people_who_sign_in_reach(
    browse: Callable[..., Page], axe: Callable[[Page], None], name: str, language: str, width: int
) -> None:
    page = browse(language, width=width)
    page.goto(f"/workspace/{language}/sign-in")
    check = checked(axe)
    check(page)
    sign_in(page, language, name)
    seen = walk(page, f"/workspace/{language}/", language, check, inside="/workspace/", of_a_kind=OF_A_KIND)
    assert len(seen) >= 4, seen


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_the_administrator_reaches_by_an_act(
    browse: Callable[..., Page], axe: Callable[[Page], None], language: str
) -> None:
    page, check = browse(language, width=390), checked(axe)
    sign_in(page, language, "samira.haddad")
    page.goto(f"/workspace/{language}/set-up/end")
    check(page)
    page.goto(f"/workspace/{language}/api-keys")
    page.fill("main input[name=name]", "Entrepôt de données")
    page.click("main form .actions button[type=submit]")
    page.wait_for_load_state()
    check(page)
    page.goto(f"/workspace/{language}/api-keys")
    page.locator("main a[href$='/revocation']").first.click()
    page.wait_for_load_state()
    check(page)


def test_nothing_scrolls_sideways_on_the_smallest_screen(browse: Callable[..., Page]) -> None:
    page = browse("fr", width=320, height=640)

    def narrow(one: Page) -> None:
        assert fits(one), f"{one.url} scrolls sideways at 320 px"

    for name in ("claire.besson", "mireille.adjovi"):
        sign_in(page, "fr", name)
        walk(page, "/workspace/fr/", "fr", narrow, inside="/workspace/")
