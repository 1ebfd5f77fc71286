"""What each of the three kinds of people does, one after the other, in French, on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from consult.demo.cast import SLIPS
from consult.demo.services import PASSPHRASES
from tests.browser.conftest import enter_word
from tests.browser.walking import sign_in

TEXT = "Je suis la seule à traiter les successions à Lille. Écrivez à jean.dupont@orvalie.example."
PHONE = {"width": 390, "height": 844}


def write(page: Page) -> str:
    """From the notice to the message; returns the letterbox."""
    page.goto("/fr/notices/plume")
    page.locator("a.btn[href^='/speak/fr/']").first.click()
    page.wait_for_url("**/speak/fr/**")
    box = page.url.split("/")[5]
    page.check("input[name=kind][value=worry]")
    page.fill("textarea[name=text]", TEXT)
    page.fill("input[name=right]", SLIPS[2])  # the others are used up in test_slips
    page.click("text=Relire avant d’envoyer")
    page.wait_for_selector("mark")
    assert page.locator("mark").count() >= 2, "the address and “la seule” are marked"
    page.click("button:has-text('Sceller et envoyer')")
    page.wait_for_url("**/sent")
    assert TEXT not in page.content()
    return box


@pytest.mark.parametrize("scripts", [True, False])
def test_an_employee_speaks_and_a_representative_publishes(
    browse: Callable[..., Page], scripts: bool
) -> None:
    employee = browse("fr", **PHONE, scripts=scripts)
    enter_word(employee, "fr")
    box = write(employee)

    rep = browse("fr", **PHONE, scripts=scripts)
    sign_in(rep, "fr", "mireille.adjovi")
    rep.goto("/workspace/fr/outbox")
    rep.click("text=Exécuter les tâches en attente")
    rep.wait_for_selector("[role=status]")
    rep.goto(f"/workspace/fr/letterboxes/{box}/desk")
    assert "/unlock" in rep.url, "the desk asks for the passphrase"
    rep.fill("input[name=passphrase]", "pas la bonne phrase du tout vraiment")
    rep.locator("button:has-text('Déverrouiller')").first.click()
    rep.wait_for_selector("[role=alert]")
    rep.fill("input[name=passphrase]", PASSPHRASES[0])
    rep.locator("button:has-text('Déverrouiller')").first.click()
    rep.wait_for_url("**/desk")
    before = rep.inner_text("main")
    assert "Texte d’origine, jamais montré à l’employeur" in before
    rep.locator("button[name=theme]").first.click()
    rep.wait_for_load_state()
    assert rep.inner_text("main") != before, "the next message is dealt"
    rep.click("text=Refermer maintenant")
    rep.goto(f"/workspace/fr/letterboxes/{box}/desk")
    assert "/unlock" in rep.url


def test_hr_asks_for_a_second_pair_of_eyes_and_answers(browse: Callable[..., Page]) -> None:
    hr = browse("fr", **PHONE)
    sign_in(hr, "fr", "claire.besson")
    hr.locator("a:has-text('Question nº')").first.click()
    hr.wait_for_selector("textarea[name=text_fr]")
    hr.click("main form button[type=submit]")
    hr.wait_for_selector("[role=alert]")
    hr.fill("textarea[name=text_fr]", "Oui, avant le pilote, sur le temps de travail.")
    hr.click("main form button[type=submit]")
    hr.wait_for_selector("[role=status]")
    assert "est répondue" in hr.inner_text("main") or "réponse" in hr.inner_text("main")


def test_a_stranger_reads_nothing(browse: Callable[..., Page]) -> None:
    stranger = browse("fr", **PHONE)
    answer = stranger.goto("/fr/notices/plume")
    assert answer is not None and answer.status == 403
    assert "Plume" not in stranger.inner_text("main")
    stranger.goto("/fr/#word=tournesol")
    stranger.wait_for_selector("text=Plume")
