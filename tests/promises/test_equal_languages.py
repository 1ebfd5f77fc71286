"""Equal languages: every reading page in both, translations never passed off, nothing left in the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from consult.core.localized import Localized
from consult.reading import labels
from tests import reading_story as story
from tests.client import PageClient
from tests.conftest import People

PATHS = (
    "/",
    "/notices",
    "/notices/plume",
    "/notices/plume/revisions/1",
    "/commitments",
    "/stored",
    "/accessibility",
)


@pytest.fixture(autouse=True)
def told(work: Any, people: People) -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False):
        story.tell_everything(work, people)
        yield


def test_both_languages_have_the_same_page(employee: PageClient) -> None:
    """The same headings, sections, tables, links: nothing stands in one alone."""

    def shape(page: Any) -> list[str]:
        found = []
        for node in page.doc.xpath(
            "//main//*[self::h1 or self::h2 or self::h3 or self::h4 or self::table or self::section]"
        ):
            found.append(node.tag + (node.get("id") or ""))
        return found

    def targets(page: Any) -> list[str]:
        return [
            link.replace("/fr/", "/L/").replace("/en/", "/L/").replace("to=en", "").replace("to=fr", "")
            for link in page.links()
        ]

    for path in PATHS:
        french, english = employee.get(f"/fr{path}"), employee.get(f"/en{path}")
        assert shape(french) == shape(english), path
        assert targets(french) == targets(english), path


def test_what_is_in_the_other_language_says_so(employee: PageClient) -> None:
    """All of the story is in both: no part of a page is marked as the other language but the switch."""
    for path in PATHS:
        for language in ("fr", "en"):
            page = employee.get(f"/{language}{path}")
            assert page.doc.get("lang") == language
            other = page.doc.xpath("//*[@lang and not(self::html)][not(ancestor::header)]/@lang")
            assert set(other) <= {language}, page.path


def test_a_notice_in_one_language_is_read_in_that_one_and_flagged(
    work: Any, people: People, employee: PageClient
) -> None:
    only = {key: Localized.of(fr=text.texts["fr"]) for key, text in story.content().fields.items()}
    story.send(work, people, "seule", title=Localized.of(fr="Seule en français"), fields=only)
    english, french = employee.get("/en/notices/seule"), employee.get("/fr/notices/seule")
    assert english.doc.xpath("//h1//span[@lang='fr'][text()='Seule en français']")
    assert english.doc.xpath("//main//*[contains(@class,'banner')]")
    assert not french.doc.xpath("//main//*[contains(@class,'banner')]")
    assert len(english.doc.xpath("//div[@lang='fr']")) >= len(only)


def test_english_may_be_the_authoritative_one(work: Any, people: People, employee: PageClient) -> None:
    def english(text: Localized) -> Localized:
        return Localized.of(en=text.texts["en"], source="en")

    content = story.content()
    story.send(
        work,
        people,
        "alone",
        title=english(content.title),
        summary={key: english(text) for key, text in content.summary.items()},
        fields={key: english(text) for key, text in content.fields.items()},
    )
    french = employee.get("/fr/notices/alone")
    assert french.doc.xpath("//h1//span[@lang='en']")
    assert french.doc.xpath("//dl[@class='two-list']//span[@lang='en']")


def test_a_stale_translation_is_never_shown_as_current(
    work: Any, people: People, employee: PageClient
) -> None:
    fields = dict(story.content().fields)
    fields["monitoring"] = story.stale("Non, révisé.", "No.", "Non.")
    story.send(work, people, "stale", fields=fields)
    page = employee.get("/en/notices/stale")
    flag = page.doc.xpath(
        "//h3[contains(., 'monitor')]/following-sibling::p[1]//*[contains(@class,'tone-warn')]"
    )
    assert flag
    assert not employee.get("/fr/notices/stale").doc.xpath("//main//*[contains(@class,'banner')]")


def test_every_state_has_its_words_in_both(app: Flask) -> None:
    for language in ("fr", "en"):
        with app.test_request_context(f"/{language}/"):
            for table in (labels.STAGES, labels.COMMITMENTS, labels.POSITIONS, labels.STANCES):
                for _tone, _icon, words in table.values():
                    assert str(words).strip()
            for plain in (labels.STEPS, labels.NATURES):
                assert all(str(words).strip() for words in plain.values())


def test_every_state_there_is_has_its_words() -> None:
    from consult.commitments.rules import CommitmentState, Nature
    from consult.concerns.rules import Stance as ThemeStance
    from consult.consultations.rules import Stage
    from consult.opinions.rules import Position, Stance
    from consult.reading.rules import LISTED_STAGES, StepKind

    assert set(labels.STAGES) == set(LISTED_STAGES) >= set(Stage)
    assert set(labels.COMMITMENTS) == set(CommitmentState)
    assert set(labels.NATURES) == set(Nature)
    assert set(labels.POSITIONS) == set(Position)
    assert set(labels.STANCES) == {str(one) for one in (*Stance, *ThemeStance)}
    assert set(labels.STEPS) == set(StepKind)
