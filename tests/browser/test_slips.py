"""A slip from the box, on a phone: from its QR code to the message, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from consult.demo.cast import SLIPS
from tests.browser.conftest import Served, fits
from tests.browser.walking import sign_in
from tests.slips import codes_in

PHONE = {"width": 390, "height": 844}
TEXT = "Le rythme a monté et personne ne nous a demandé notre avis."
QR = re.compile(r"^\s+the QR code of the first opens: (\S+)$", re.M)


@pytest.fixture(scope="module")
def opens(served: Served) -> str:
    """What the QR code of a slip opens, as the guide of the demo prints it."""
    said = served.consult("demo", "--load-only")
    found = QR.search(said)
    assert found, said
    return re.sub(r"^https?://[^/]+", "", found[1])


def watched(page: Page) -> list[str]:
    """Every address and body the browser sends."""
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(f"{asked.method} {asked.url} {asked.headers}"))
    return sent


def write(page: Page) -> None:
    page.check("input[name=kind][value=worry]")
    page.fill("textarea[name=text]", TEXT)


def send(page: Page) -> None:
    page.click("text=Relire avant d’envoyer")
    page.click("button:has-text('Sceller et envoyer')")


def test_from_the_qr_code_to_the_message_and_until_it_is_used_up(
    browse: Callable[..., Page], opens: str, axe: Callable[[Page], None], served: Served
) -> None:
    page = browse("fr", **PHONE)
    sent = watched(page)
    page.goto(opens)  # a device without the word: it is typed from the address, and the code goes on
    page.wait_for_selector("input[name=right]")
    assert page.input_value("input[name=right]") == SLIPS[0]
    assert "#" not in page.url and page.evaluate("location.hash") == ""
    assert page.locator("[data-slip-taken]").is_visible()
    assert not any(SLIPS[0][:4] in one for one in sent), "the code went to the server in an address"
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    axe(page)
    assert fits(page)
    for _ in range(3):
        write(page)
        page.click("text=Relire avant d’envoyer")
        page.click("button[name=edit]")
        page.wait_for_selector("textarea[name=text]")
        assert page.input_value("input[name=right]") == SLIPS[0], "kept through the review"
        send(page)
        page.wait_for_url("**/sent")
        assert fits(page)
        page.goto(opens)
        page.wait_for_selector("input[name=right]")
    write(page)
    send(page)
    page.wait_for_selector("p.error")
    assert page.input_value("textarea[name=text]") == TEXT
    assert page.input_value("input[name=right]") == SLIPS[0]
    assert fits(page)


def test_the_other_language_keeps_the_code(browse: Callable[..., Page], opens: str) -> None:
    page = browse("fr", **PHONE)
    page.goto(opens)
    page.wait_for_selector("input[name=right]")
    page.click("a[hreflang=en]")
    page.wait_for_url("**/speak/en/**")
    assert page.input_value("input[name=right]") == SLIPS[0]
    assert "#" not in page.url


def test_a_code_is_shown_as_it_is_printed_while_it_is_typed(browse: Callable[..., Page], opens: str) -> None:
    page = browse("fr", **PHONE)
    page.goto(opens)
    page.wait_for_selector("input[name=right]")
    page.fill("input[name=right]", "")
    page.type("input[name=right]", SLIPS[1].replace("-", "").lower())
    assert page.input_value("input[name=right]") == SLIPS[1]
    page.fill("input[name=right]", "speak-1.AAAA-b_c")
    assert page.input_value("input[name=right]") == "speak-1.AAAA-b_c", "a pass is left as it is"


def test_without_scripts_the_word_and_the_code_are_typed(browse: Callable[..., Page], opens: str) -> None:
    page = browse("fr", **PHONE, scripts=False)
    page.goto(opens)
    page.fill("input[name=word]", "tournesol")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/speak/fr/**")
    assert page.locator("[data-slip-taken]").is_hidden()
    write(page)
    page.fill("input[name=right]", SLIPS[1].lower().replace("-", " "))
    assert fits(page)
    send(page)
    page.wait_for_url("**/sent")


def test_a_representative_prints_a_sheet(
    browse: Callable[..., Page], opens: str, axe: Callable[[Page], None], tmp_path: Path
) -> None:
    page, box = browse("fr", width=1280), opens.split("/")[3]
    sign_in(page, "fr", "mireille.adjovi")
    page.goto(f"/workspace/fr/letterboxes/{box}/slips")
    axe(page)
    page.fill("input[name=number]", "10")
    with page.expect_download() as started:
        page.click("main form button[type=submit]")
    file = tmp_path / "slips.pdf"
    started.value.save_as(file)
    assert len(codes_in(file.read_bytes())) == 10
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"/workspace/fr/letterboxes/{box}/slips/revoke")
    axe(page)
    assert fits(page)
