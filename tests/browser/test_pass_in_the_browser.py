"""An invitation as a person uses it: the mail, the pass, a file, a message."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from consult.core import clock
from consult.voices.models import Spent
from tests.browser.claiming import (
    Instance,
    a_day_later,
    claim,
    kept,
    names,
    send_off,
    served,
    with_word,
    write,
)
from tests.browser.conftest import CHROMIUM, MISSING, fits
from tests.browser.looking import violations

OUTSIDE = "https://fr.wikipedia.org/"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    if CHROMIUM is None:
        pytest.skip(MISSING)
    with served(tmp_path_factory.mktemp("claiming")) as found:
        yield found


@pytest.fixture
def visit(chromium: Browser, instance: Instance) -> Iterator[Callable[..., Page]]:
    """A new person's browser, failing on script errors and on requests elsewhere."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_one(lang: str = "fr", width: int = 390, scripts: bool = True) -> Page:
        context = chromium.new_context(
            base_url=instance.address, locale=f"{lang}-FR" if lang == "fr" else "en-GB",
            viewport={"width": width, "height": 844}, java_script_enabled=scripts, accept_downloads=True,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((instance.address, "blob:", "https://fr.wikipedia.org/"))
                else troubles.append(asked.url)
            ),
        )
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not troubles, troubles


def pleases_axe(page: Page) -> None:
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")  # what a bar covers for now has no size
    told = violations(page, set())
    assert not told, f"{page.url}: {told}"
    assert fits(page), page.url


@pytest.mark.parametrize(("lang", "width"), [("fr", 390), ("en", 1280)])
def test_from_the_mail_to_a_message(
    instance: Instance, visit: Callable[..., Page], tmp_path: Path, lang: str, width: int
) -> None:
    page, link = visit(lang, width), instance.link(lang)
    page.goto(link)
    page.locator("[data-words] li").nth(5).wait_for()
    pleases_axe(page)
    shoot(page, f"claim-{lang}")
    before, spent = instance.claimed, instance.count(Spent.hash)
    page.locator("[data-press]").click()
    page.locator("[data-step=done]").wait_for()
    assert instance.claimed == before + 1
    assert page.evaluate("location.hash") == "", "the code leaves the address"
    assert names(page) == [f"consult.pass.{instance.box}"]
    pleases_axe(page)
    shoot(page, f"claimed-{lang}")
    with page.expect_download() as saving:
        page.locator("[data-step=done] [data-file]").click()
    file = tmp_path / "pass.txt"
    saving.value.save_as(file)
    found = json.loads(file.read_text())
    assert found == kept(page, instance.box)
    assert set(found["rights"]) == {"speak-1", "speak-2", "speak-3", "pulse", "support"}
    # whoever claims once writing has begun waits until the next day
    assert found["from"] == (clock.today() + timedelta(days=1)).isoformat()
    page.locator("[data-step=done] [data-write]").click()
    page.wait_for_url(re.compile(f"{instance.box}/"))
    page.locator("[data-say=early]").wait_for()
    assert page.locator("#right").input_value() == "" and page.locator("#right").is_visible()
    a_day_later(page, instance.box)
    write(page, instance, lang, "Le rythme monte.")
    page.locator("[data-say=left]").wait_for()
    assert "3" in page.locator("[data-say=left]").inner_text()
    assert not page.locator("#right").is_visible()
    pleases_axe(page)
    shoot(page, f"write-{lang}")
    send_off(page)
    assert instance.count(Spent.hash) == spent + 1
    after = kept(page, instance.box)
    assert after is not None and set(after["rights"]) == {"speak-2", "speak-3", "pulse", "support"}
    write(page, instance, lang, "Encore un mot.")
    send_off(page)
    assert instance.count(Spent.hash) == spent + 2


def shoot(page: Page, name: str) -> None:
    """Pictures to look at, where somebody asks for them."""
    folder = os.environ.get("SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_opening_the_link_claims_nothing(instance: Instance, visit: Callable[..., Page]) -> None:
    """A scanner that runs scripts, waits, scrolls and comes back; adversary 15."""
    link, before = instance.link("fr"), instance.claimed
    for _time in range(2):
        page = visit()
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.method))  # noqa: B023
        page.goto(link)
        page.locator("[data-words] li").nth(5).wait_for()
        page.mouse.wheel(0, 2000)
        page.reload()
        page.locator("[data-words] li").nth(5).wait_for()
        assert set(asked) == {"GET"}
    assert instance.claimed == before
    claim(visit(), link)
    assert instance.claimed == before + 1


def test_an_answer_lost_on_the_way_is_asked_for_again(instance: Instance, visit: Callable[..., Page]) -> None:
    page, link = visit("en"), instance.link("en")
    page.goto(link)
    page.locator("[data-words] li").nth(5).wait_for()
    page.route("**/speak/en/claim", lambda route: (route.fetch(), route.abort()))
    page.locator("[data-press]").click()
    page.locator("[data-fault=failed]").wait_for()
    assert kept(page, instance.box) is None
    page.unroute("**/speak/en/claim")
    page.goto("about:blank")
    claim(page, link)
    assert kept(page, instance.box) is not None
    stranger = visit("en")
    stranger.goto(link)
    stranger.locator("[data-press]").click()
    stranger.locator("[data-fault=refused]").wait_for()
    pleases_axe(stranger)
    assert kept(stranger, instance.box) is None


def test_the_code_can_be_pasted(instance: Instance, visit: Callable[..., Page]) -> None:
    page, link = visit("en"), instance.link("en")
    page.goto("/speak/en/claim")
    page.locator("#code").fill("nonsense")
    page.locator("[data-press]").click()
    page.locator("[data-fault=misread]").wait_for()
    page.locator("#code").fill(link.partition("#")[2].rpartition(".")[0])
    page.locator("[data-press]").click()
    page.locator("[data-step=done]").wait_for()
    assert kept(page, instance.box) is not None


def test_a_file_serves_on_another_device_and_never_leaves_it(
    instance: Instance, visit: Callable[..., Page], tmp_path: Path
) -> None:
    first = visit("en")
    claim(first, instance.link("en"))
    a_day_later(first, instance.box)
    file, other_box = tmp_path / "pass.txt", tmp_path / "other.txt"
    file.write_text(json.dumps(kept(first, instance.box)))
    other_box.write_text(json.dumps(kept(first, instance.box) | {"box": "0" * 32}))  # type: ignore[operator]
    (tmp_path / "bad.txt").write_text("nothing")
    page = visit("en", 1280)
    with_word(page, instance)
    write(page, instance, "en", "From my phone.")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.method))
    for wrong, said in (("bad.txt", "unread"), ("other.txt", "foreign")):
        page.set_input_files("#pass-file", tmp_path / wrong)
        page.locator(f"[data-say={said}]").wait_for()
    page.set_input_files("#pass-file", file)
    page.locator("[data-say=left]").wait_for()
    assert sent == [], "the file is read here"
    send_off(page)
    # the first device does not know: its first right is refused as used, and the next one is offered
    with_word(first, instance)
    write(first, instance, "en", "From my desk.")
    first.locator("main form .actions button").first.click()
    first.locator("form[action$='/send'] .actions button").click()
    first.locator("form[data-right-fault=used]").wait_for()
    first.locator("[data-say=left]").wait_for()
    assert first.locator("#text").input_value() == "From my desk."
    left = kept(first, instance.box)
    assert left is not None and "speak-1" not in left["rights"] and "speak-2" in left["rights"]
    send_off(first)


def test_leaving_quickly_erases_the_pass(instance: Instance, visit: Callable[..., Page]) -> None:
    page = visit()
    page.route(
        "https://*.wikipedia.org/**", lambda route: route.fulfill(body="Neutre", content_type="text/plain")
    )
    claim(page, instance.link("fr"))
    assert kept(page, instance.box) is not None
    page.locator("a[data-exit]").click()
    page.wait_for_url(re.compile("wikipedia"))
    page.goto(f"{instance.address}/speak/fr/claim")
    assert kept(page, instance.box) is None


def test_without_scripts_the_page_says_what_to_do(instance: Instance, visit: Callable[..., Page]) -> None:
    page = visit("en", scripts=False)
    page.goto(instance.link("en"))
    said = page.locator("main").inner_text()
    assert "An invitation needs scripts" in said and "paper slip" in said
    assert page.locator("main button:visible").count() == 0
    assert fits(page)
