"""Somebody at work in the browser: what they press and fill in, and what they are told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.browser.conftest import fits


@dataclass(frozen=True)
class Person:
    """``axe``: None without scripts, where nothing can be run in the page."""

    page: Page
    axe: Callable[[Page], None] | None = None

    def to(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"

    def follow(self, text: str) -> None:
        """The first link that says ``text``."""
        self.page.locator(f"main a:has-text({_quoted(text)})").first.click()
        self.page.wait_for_load_state()
        assert self.page.locator("h1").count() == 1, self.page.url

    def look(self, *, english: bool = True) -> None:
        """axe and no sideways scroll on the page, and on its English twin."""
        page = self.page
        assert fits(page), f"{page.url} scrolls sideways"
        if self.axe is None:
            return
        self.axe(page)
        if english:
            here = page.url
            twin = page.goto(here.replace("/workspace/fr/", "/workspace/en/"))
            assert twin is not None and twin.status == 200, page.url
            assert page.locator("html").get_attribute("lang") == "en", page.url
            self.axe(page)
            assert fits(page), f"{page.url} scrolls sideways"
            page.goto(here)

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.locator(f"main [name={name}]").first.fill(value)

    def choose(self, name: str, value: str) -> None:
        """A radio button or a box."""
        self.page.check(f"main input[name={name}][value={_quoted(value)}]")

    def vote(self, yes: int, no: int = 0, abstained: int = 0) -> None:
        self.fill(votes_for=str(yes), votes_against=str(no), abstentions=str(abstained))

    def press(self, text: str, within: str = "main") -> str:
        """Presses a button; what the page says then, in its banners."""
        self.page.locator(f"{within} button:not(.vh):has-text({_quoted(text)})").first.click()
        self.page.wait_for_load_state()
        return self.told()

    def refused(self, text: str) -> str:
        """Presses a button and is told what is wrong."""
        self.press(text)
        said = self.page.locator("main [role=alert], main .banner.tone-bad")
        assert said.count(), f"nothing was wrong on {self.page.url}"
        return str(said.first.inner_text())

    def done(self, text: str, says: str = "") -> str:
        """Presses a button that takes effect: nothing is refused, and the page says so."""
        said = self.press(text)
        errors = self.page.locator("main [role=alert], main .banner.tone-bad, main .error").all_inner_texts()
        assert not errors, f"{self.page.url}: {errors}"
        assert said, f"{self.page.url} says nothing"
        assert says in said, said
        return said

    def told(self) -> str:
        return " ".join(self.page.locator("[role=status]").all_inner_texts())

    @property
    def text(self) -> str:
        """The page's text, spaces of every kind alike."""
        return re.sub(r"\s+", " ", self.page.inner_text("main"))

    def link(self, text: str) -> Locator:
        return self.page.locator(f"main a:has-text({_quoted(text)})")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'
