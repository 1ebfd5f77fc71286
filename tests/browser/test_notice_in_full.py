"""What human resources do with a real brief: a notice of thirty fields in two languages from a starter, its
blanks filled, sent, revised twice and compared."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import Served, enter_word, fits
from tests.browser.walking import sign_in

EDITOR = re.compile(r"/workspace/fr/notices/(?P<slug>[a-z0-9-]+)/edit")
SECTIONS = ("system", "reasons", "work", "data", "oversight", "follow_up")


def answer(control: Locator, at: int) -> None:
    """Something that fits the control."""
    kind = control.get_attribute("type") or "text"
    if kind == "date":
        control.fill(f"2027-0{1 + at % 9}-15")
    elif kind == "number" or control.get_attribute("inputmode") == "numeric":
        control.fill(str(10 + at))
    else:
        control.fill(f"réponse {at}")


def begin(hr: Page) -> str:
    """From the list to a draft made from a starter."""
    hr.goto("/workspace/fr/notices")
    hr.locator("main a[href$='/notices/new']").first.click()
    hr.check("input[name=start][value=writing-assistant]")
    hr.fill("input[name=title]", "Brouillard, l’assistant de rédaction")
    hr.click("main form button[type=submit]")
    hr.wait_for_url(EDITOR)
    found = EDITOR.search(hr.url)
    assert found
    return found["slug"]


def fill_blanks(hr: Page, slug: str) -> None:
    hr.goto(f"/workspace/fr/notices/{slug}/blanks")
    controls = hr.locator("main form :is(input:not([type=hidden]), textarea)")
    assert controls.count() > 8
    for at in range(controls.count()):
        answer(controls.nth(at), at)
    hr.click("main form .actions button[type=submit]")
    hr.wait_for_selector("[role=status]")


def write_section(hr: Page, slug: str, section: str) -> int:
    """Every prose field of a section that says nothing yet, in both languages; how many there are in all."""
    hr.goto(f"/workspace/fr/notices/{slug}/edit?section={section}")
    written = 0
    for language in ("fr", "en"):
        boxes = hr.locator(f"#editor > .pair textarea[name$=_{language}]")
        for at in range(boxes.count()):
            if not boxes.nth(at).input_value().strip():
                boxes.nth(at).fill(
                    f"Texte {at} de la partie." if language == "fr" else f"Text {at} of the part."
                )
        written = boxes.count()
    hr.click("#editor button[name=go][value=stay]")
    hr.wait_for_selector("[role=status]")
    return written


def send(hr: Page, slug: str) -> None:
    hr.goto(f"/workspace/fr/notices/{slug}/send")
    assert not hr.locator(".blocks li").count(), hr.inner_text("main")
    hr.check("input[name=confirmed]")
    hr.click("main form .actions button[type=submit]")
    hr.wait_for_load_state()


def revise(hr: Page, slug: str, number: int) -> None:
    hr.goto(f"/workspace/fr/notices/{slug}/edit")
    hr.fill("textarea[name=changelog_fr]", f"Ce qui change dans la révision {number}.")
    hr.fill("textarea[name=changelog_en]", f"What changes in revision {number}.")
    hr.click("main form .actions button[type=submit]")
    hr.wait_for_selector("[role=status]")
    hr.goto(f"/workspace/fr/notices/{slug}/edit?section=reasons")
    box = hr.locator("textarea[name=intended_purpose_fr]")
    box.fill(f"{box.input_value()} Et une phrase numéro {number}.")
    hr.click("#editor button[name=go][value=stay]")
    hr.wait_for_selector("[role=status]")


# Without scripts the journey of `test_journey.py` is walked at every run, this one in the long run.
@pytest.mark.parametrize("scripts", [True, pytest.param(False, marks=pytest.mark.long)])
def test_a_brief_of_thirty_fields_goes_out_and_is_revised_twice(
    browse: Callable[..., Page], axe: Callable[[Page], None], served: Served, scripts: bool
) -> None:
    hr = browse("fr", width=1280, scripts=scripts)
    sign_in(hr, "fr", "claire.besson")
    slug = begin(hr)
    if scripts:
        axe(hr)
    fill_blanks(hr, slug)
    if scripts:
        assert sum(write_section(hr, slug, section) for section in SECTIONS) >= 30
    else:
        assert write_section(hr, slug, "reasons") >= 6  # the form is the same one
    hr.goto(f"/workspace/fr/notices/{slug}/edit?section=short")
    start = hr.locator("input[name$='-day'][type=date]").first
    if not start.input_value():
        hr.locator("select[name$='-kind']").last.select_option("roll_out")
        start.fill("2027-03-01")
    boxes = hr.locator("#editor > .pair textarea[name$=_fr]")
    for at in range(boxes.count()):
        if not boxes.nth(at).input_value().strip():
            boxes.nth(at).fill("Aucun document joint à ce jour.")
    hr.click("#editor button[name=go][value=stay]")
    hr.wait_for_selector("[role=status]")
    assert not hr.locator(".blocks li").count(), hr.locator(".blocks").inner_text()
    send(hr, slug)
    served.consult("worker", "--once")  # the mails to the body leave first

    reader = browse("fr", width=390, scripts=scripts)
    enter_word(reader, "fr")
    reader.goto(f"/fr/notices/{slug}")
    assert "Brouillard" in reader.inner_text("h1")
    assert "Texte type" in reader.inner_text("main"), "what was left as the starter wrote it is said"
    assert fits(reader)
    for number in (2, 3):
        revise(hr, slug, number)
        send(hr, slug)
    reader.goto(f"/fr/notices/{slug}/compare?from=1&to=3")
    added = " ".join(reader.locator("ins").all_inner_texts())
    assert "numéro 2" in added and "numéro 3" in added
    assert fits(reader)
    if scripts:
        axe(reader)
    reader.goto(f"/fr/notices/{slug}/revisions/1")
    assert "numéro 2" not in reader.inner_text("main")
