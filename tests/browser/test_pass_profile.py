"""What a browser keeps of a pass: a real Chromium with its profile on the disk, searched afterwards.

A right that was used is gone from the profile once the message was sent; leaving quickly takes the rest. (In
localStorage, where a browser without a folder of its own for sites keeps it, erased values stay in a
journal: measured, and said on the page.)"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from tests.browser.claiming import Instance, a_day_later, claim, kept, send_off, served, with_word, write
from tests.browser.conftest import CHROMIUM, FLAGS, MISSING


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    if CHROMIUM is None:
        pytest.skip(MISSING)
    with served(tmp_path_factory.mktemp("claiming")) as found:
        yield found


def test_a_right_that_was_used_is_gone_from_the_profile(instance: Instance, tmp_path: Path) -> None:
    link, folder = instance.link("fr"), tmp_path / "profile"
    with sync_playwright() as playwright:

        def opened() -> BrowserContext:
            return playwright.chromium.launch_persistent_context(
                folder, executable_path=CHROMIUM, args=FLAGS, locale="fr-FR", base_url=instance.address
            )

        context = opened()
        page = context.new_page()
        with_word(page, instance)
        claim(page, link)
        a_day_later(page, instance.box)
        found = kept(page, instance.box)
        assert found is not None
        token = found["rights"]["speak-1"]
        context.close()
        assert holding(folder, token), "the search finds what is there"
        context = opened()
        page = context.new_page()
        with_word(page, instance)
        write(page, instance, "fr", "Le rythme monte.")
        page.locator("[data-say=left]").wait_for()
        send_off(page)
        page.goto(f"{instance.address}/healthz")
        context.close()
        assert holding(folder, token) == set()
        assert holding(folder, found["rights"]["speak-2"]), "the other rights are still kept"
        context = opened()
        page = context.new_page()
        page.goto(f"{instance.address}/speak/fr/claim")
        context.close()
        assert holding(folder, token) == set()
        context = opened()
        page = context.new_page()
        page.goto(f"{instance.address}/speak/fr/claim")
        page.route(
            "https://*.wikipedia.org/**",
            lambda route: route.fulfill(body="Neutre", content_type="text/plain"),
        )
        page.locator("a[data-exit]").click()
        page.wait_for_url("**/*wikipedia*/**")
        context.close()
        assert not [one for one in found["rights"].values() if holding(folder, one)]


def holding(folder: Path, token: str) -> set[str]:
    """Files of the profile in which a part of the token stands, in either encoding."""
    part = token.partition(".")[2]
    pieces = [part[at : at + 24] for at in range(0, 400, 40)]
    wanted = [one.encode() for one in pieces] + [one.encode("utf-16-le") for one in pieces]
    return {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and any(one in file.read_bytes() for one in wanted)
    }
