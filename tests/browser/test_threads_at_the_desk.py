"""Threads at the desk of the demonstration: read, answered with a warning, noted as grave; and read again
by their author."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from consult.demo.listening import SIX_WORDS
from consult.demo.services import PASSPHRASES
from tests.browser.conftest import enter_word, fits
from tests.browser.walking import sign_in

PHONE: dict[str, Any] = {"width": 390, "height": 800}
ASKS = "Merci. Qui êtes-vous, et dans quelle équipe travaillez-vous ?"
ANSWER = "Merci encore. Un référent sera joignable le soir à partir de lundi."


def test_a_representative_answers_and_the_author_reads(
    browse: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    reader = browse("fr", **PHONE)
    enter_word(reader, "fr")
    reader.goto("/fr/notices/plume")
    thread = str(reader.locator("a[href$='/thread']").first.get_attribute("href"))
    rep = browse("fr")
    sign_in(rep, "fr", "mireille.adjovi")
    rep.goto(f"/workspace/fr/letterboxes/{thread.split('/')[3]}/threads")
    rep.fill("input[name=passphrase]", PASSPHRASES[0])
    rep.locator("main form button[type=submit]").first.click()
    rep.wait_for_url("**/threads")
    axe(rep)
    rep.locator("main a[href$='/thread']").first.click()
    rep.wait_for_selector("#text")
    axe(rep)
    rep.fill("#text", ASKS)
    rep.locator("main form .actions button").click()
    rep.wait_for_selector("mark")
    axe(rep)
    rep.set_viewport_size({"width": 320, "height": 800})
    assert fits(rep)
    assert rep.input_value("#text") == ASKS
    rep.fill("#text", ANSWER)
    rep.locator("main form .actions button").click()
    rep.wait_for_selector(".flashes")
    assert fits(rep)
    rep.locator("main a[href$='/grave']").first.click()
    rep.wait_for_selector("#decided")
    axe(rep)
    assert fits(rep)
    rep.check("#answered")
    rep.fill("#decided", "Mireille et Paul : numéros donnés dans le fil")
    rep.locator("main form .actions button").first.click()
    rep.wait_for_url("**/grave")
    axe(rep)
    assert fits(rep)
    reader.goto(thread)
    reader.fill("#words", SIX_WORDS)
    reader.locator("main form .actions button").click()
    reader.wait_for_selector("ol.thread")
    assert ANSWER in reader.locator("ol.thread").inner_text()
    axe(reader)
    assert fits(reader)
