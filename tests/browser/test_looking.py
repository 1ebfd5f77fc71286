"""The eye of the other tests here: what it must see, and what it need not look at again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.looking import violations

HEAD = "<!doctype html><html lang=en><title>Page</title><main><h1>Page</h1>"
GOOD = "<p style='color:#222'>Dark on white.</p>"
FAINT = "<p style='color:#ccc'>Faint on white.</p>"
DIM = "<div style='background:#333'><p style='color:#222'>Dark on dark.</p></div>"
VEILED = "<div style='opacity:.2'><p style='color:#222'>Dark through a veil.</p></div>"
SMALL = "<p style='color:#888;font-size:{}'>Grey.</p>"


@pytest.fixture
def eye(browse: Callable[..., Page]) -> Callable[..., list[str]]:
    page = browse("en")

    def look(body: str, passed: set[str], *, full: bool = False) -> list[str]:
        page.set_content(HEAD + body)
        return [one.partition(":")[0] for one in violations(page, passed, full=full)]

    return look


def test_every_look_is_judged_until_it_passed(eye: Callable[..., list[str]]) -> None:
    passed: set[str] = set()
    assert eye(GOOD, passed) == [] and passed
    before = set(passed)
    assert eye(GOOD, passed) == [] and passed == before
    for bad in (FAINT, DIM, VEILED, SMALL.format("12px")):
        for full in (False, True):
            assert eye(GOOD + bad, passed, full=full) == ["color-contrast"], bad
            assert eye(bad, passed, full=full) == ["color-contrast"], f"again: {bad}"
    assert passed == before
    assert eye(SMALL.format("32px"), passed) == [] and passed > before
    assert eye(SMALL.format("12px"), passed) == ["color-contrast"], "large text may be paler than small"


def test_the_other_rules_are_on_every_page(eye: Callable[..., list[str]]) -> None:
    for full in (False, True):
        assert eye(GOOD + "<input>", set(), full=full) == ["label"]
        assert eye("<h4>Lower</h4>", set(), full=full) == ["heading-order"]


def test_hidden_text_passes_for_nobody(eye: Callable[..., list[str]]) -> None:
    """What axe did not judge is not taken for good: the same look in sight is judged."""
    passed: set[str] = set()
    assert eye(FAINT.replace("<p", "<p hidden"), passed) == []
    assert eye(FAINT, passed) == ["color-contrast"]
