"""The editor says how the two-minute page would read better, and how long it is; none of it stops anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from consult.core import clock
from consult.core.localized import Localized
from consult.notices import services
from consult.notices.rules import SUMMARY_KEYS
from consult.people.models import Account
from tests.client import Page, PageClient
from tests.conftest import People
from tests.notices import whole

EDIT = "/workspace/{}/notices/plume/edit?section={}"


@pytest.fixture
def hr(work: Callable[..., Any], people: People, as_: Callable[[Account], PageClient]) -> PageClient:
    with work() as session:
        title = Localized.of(fr="Plume", en="Plume")
        notice = services.create(
            session, title=title, actor=session.get(Account, people.hr.id), on=clock.today()
        )
        said = {**whole(title).summary, "what": Localized.of(fr="Un levier <b>de</b> synergie.", en="Soon.")}
        services.save(session, notice.revisions[0], replace(whole(title), summary=said))
    return as_(people.hr)


def notes(page: Page, place: str) -> str:
    return " ".join(one.text_content() for one in page.doc.xpath(f"{place}//ul[contains(@class,'notes')]/li"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_advice_stands_under_the_sentence_and_beside(hr: PageClient, language: str) -> None:
    page = hr.get(EDIT.format(language, "essentials"))
    pair = "//div[@role='group'][@aria-labelledby='what_fr-title']"
    for place in (pair, "//section[@aria-labelledby='advice-title']"):
        told = notes(page, place)
        assert "levier, synergie" in told and "soon" in told
    assert not notes(page, "//div[@role='group'][@aria-labelledby='who_fr-title']")
    assert page.doc.xpath("//button[@name='go'][@value='section:essentials:what_fr']")
    assert page.doc.xpath("//button[@name='go'][@value='send']"), "it prevents nothing"


def test_elsewhere_it_stands_beside_alone(hr: PageClient) -> None:
    page = hr.get(EDIT.format("en", "people"))
    assert "levier" in notes(page, "//section[@aria-labelledby='advice-title']")
    assert not notes(page, "//form[@id='editor']")


def test_a_plain_page_hears_nothing(hr: PageClient) -> None:
    page = hr.get(EDIT.format("en", "essentials"))
    hr.submit(page, {"what_fr": "Plume aide.", "what_en": "Plume helps."}, button="go=stay")
    assert not notes(hr.get(EDIT.format("en", "essentials")), "/")


def test_words_are_counted_with_and_without_scripts(hr: PageClient) -> None:
    page = hr.get(EDIT.format("en", "essentials"))
    french, english = page.doc.xpath("//span[@data-words]")
    assert french.get("data-words").split() == [f"{key}_fr" for key in SUMMARY_KEYS]
    assert all(page.doc.xpath(f"//textarea[@id='{one}']") for one in english.get("data-words").split())
    assert (french.get("data-most"), french.get("data-text")) == ("180", "French: {n}.")
    hr.submit(page, {"who_en": "word " * 200}, button="go=stay")
    page = hr.get(EDIT.format("en", "essentials"))
    (over,) = page.doc.xpath("//span[@data-words][contains(@class,'is-over')]")
    assert over.text_content().startswith("English: 2") and over.text_content().endswith(", too many.")
