"""The next revision of a published notice, on a phone, in French: started because of a theme, written,
previewed, compared, sent, and compared again by an employee."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page

from consult.notices.fields import section_of
from tests.browser.conftest import enter_word, fits
from tests.browser.walking import sign_in

SLUG = "ariane"
PHONE = {"width": 390, "height": 844}
HERE = f"/workspace/fr/notices/{SLUG}"
SENTENCE = "Une personne de l’équipe rappelle dans la journée."


def press(page: Page, go: str) -> None:
    """A button of the editor: it saves, then goes on."""
    page.locator(f"button[name=go][value='{go}']").first.click()


def number_in(text: str) -> int:
    return int("".join(sign for sign in text if sign.isdigit()))


def start(hr: Page) -> str:
    """The next revision, said to come from a theme; its name."""
    hr.goto(f"{HERE}/edit")
    hr.fill(
        "textarea[name=changelog_fr]", "Une personne rappelle dans la journée, comme vous l’avez demandé."
    )
    hr.fill("textarea[name=changelog_en]", "Somebody calls back within the day, as you asked.")
    theme = hr.locator("input[name=causes][value^='theme:']").first
    theme.check()
    name = theme.get_attribute("value")
    hr.click("main form button[type=submit]")
    hr.wait_for_selector("[role=status]")
    assert name is not None and hr.locator(f"input[name=causes][value='{name}']").is_checked()
    return name


def write(hr: Page) -> None:
    """Words are counted as they are typed; one field is changed in French and left in English."""
    count, sentence = hr.locator("[data-words*='what_fr']"), hr.locator("#what_fr")
    before, typed = count.inner_text(), sentence.input_value()
    sentence.fill(f"{typed} Deux mots.")
    assert number_in(count.inner_text()) == number_in(before) + 2
    sentence.fill(typed + " mot" * 180)
    assert "is-over" in (count.get_attribute("class") or "")
    sentence.fill(typed)
    assert count.inner_text() == before
    press(hr, f"section:{section_of('excluded_uses')}")
    hr.wait_for_selector("#excluded_uses_fr")
    field = hr.locator("#excluded_uses_fr")
    field.fill(f"{field.input_value()}\n\n{SENTENCE}")
    press(hr, "stay")
    hr.wait_for_selector("[role=status]")
    details = hr.locator(".pair.is-stale details")
    details.locator("summary").click()
    assert SENTENCE in details.locator("ins").inner_text(), "what changed since the translation was made"


def check(page: Page, axe: Callable[[Page], None]) -> None:
    """Read aloud as it is seen, and at 320 pixels too."""
    assert SENTENCE in page.locator(".diff-field ins").first.inner_text()
    spoken = page.locator(".diff-field ins .vh").first
    assert spoken.inner_text().startswith("Ajouté")
    axe(page)
    assert fits(page)
    page.set_viewport_size({"width": 320, "height": 700})
    assert fits(page), "no sideways scroll on the narrowest screens"
    page.set_viewport_size(PHONE)


def test_a_revision_from_a_theme_to_an_employee(
    browse: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    hr = browse("fr", **PHONE)
    sign_in(hr, "fr", "claire.besson")
    theme = start(hr)
    write(hr)
    press(hr, "preview")
    hr.wait_for_url("**/preview")
    assert SENTENCE in hr.inner_text("main")
    hr.goto(f"{HERE}/edit")
    press(hr, "compare")
    hr.wait_for_url("**/compare")
    check(hr, axe)
    send(hr)

    employee = browse("fr", **PHONE)
    enter_word(employee, "fr")
    employee.goto(f"/fr/notices/{SLUG}")
    came = employee.locator(f"#theme-{theme.partition(':')[2]} ~ p a[href^='#revision-']").first
    came.click()
    employee.wait_for_url(re.compile(r"#revision-\d+$"))
    employee.locator("a[href*='/compare?']").first.click()
    employee.wait_for_url("**/compare?*")
    check(employee, axe)
    employee.select_option("#text", "en")
    employee.locator("main form button[type=submit]").click()
    employee.wait_for_url("**text=en*")
    assert employee.locator(".diff-field .tag").count(), "the English is behind: the French is compared"


def send(hr: Page) -> None:
    hr.goto(f"{HERE}/send")
    box = hr.locator("input[name=body]").first
    if box.get_attribute("type") == "radio":
        box.check()
    hr.check("input[name=confirmed]")
    hr.click("main form button[type=submit]")
    hr.wait_for_url("**/consultations/**")
