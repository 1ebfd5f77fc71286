"""Every page that employees reach by following links: axe, no sideways scroll, one language."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import enter_word, fits
from tests.browser.walking import LANGUAGES, checked, walk

FULL = os.environ.get("CONSULT_TEST_SCALE") == "full"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_employees_reach(
    browse: Callable[..., Page], axe: Callable[[Page], None], language: str
) -> None:
    page = browse(language, width=390, height=844)
    page.goto(f"/{language}/")
    check = checked(axe)
    check(page)
    answer = page.goto(f"/{language}/notices")
    assert answer is not None and answer.status == 403
    check(page)
    enter_word(page, language)

    def on_both_phones(one: Page) -> None:
        check(one)
        one.set_viewport_size({"width": 320, "height": 640})
        assert fits(one), f"{one.url} scrolls sideways at 320 px"
        one.set_viewport_size({"width": 390, "height": 844})

    # The pages of all notices in one language, two of them in the other: they are made by the same template.
    alike = language == "en" and not FULL
    seen = walk(page, f"/{language}/", language, on_both_phones, of_a_kind=1 + alike, notices_alike=alike)
    assert any(path.startswith(f"/speak/{language}/") for path in seen)
    assert sum("/notices/" in path for path in seen) >= 5
