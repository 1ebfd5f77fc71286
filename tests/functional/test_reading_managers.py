"""The page for those who lead a team: said in both languages, at the level of its notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from consult.notices.content import LearningStep
from consult.notices.rules import LearningKind
from consult.reading import managers
from tests import reading_story as story
from tests.client import PageClient
from tests.conftest import People

Work = Callable[..., Any]
PAGE = "/notices/plume/managers"


def test_it_says_what_the_notice_says_and_what_to_leave_alone(
    work: Work, people: People, employee: PageClient
) -> None:
    fields = story.content().fields | {
        "managers_say": story.both("Dites que rien n’est décidé.", "Say that nothing is decided."),
        "managers_not_ask": story.both("Ne demandez pas qui s’en sert.", "Do not ask who uses it."),
    }
    plan = (
        LearningStep(LearningKind.TRAINING, story.both("Formation.", "Training."), date(2026, 12, 1)),
        LearningStep(LearningKind.RITUAL, story.both("Sans jour.", "Without a day.")),
        LearningStep(LearningKind.RITUAL, story.both("Second jeudi.", "Second Thursday."), date(2027, 2, 11)),
        LearningStep(LearningKind.RITUAL, story.both("Premier jeudi.", "First Thursday."), date(2027, 1, 14)),
    )
    story.send(work, people, fields=fields, learning_plan=plan)
    english = employee.get(f"/en{PAGE}")
    for said in ("nothing is decided", "Do not ask who uses it", "Plume suggests a draft reply."):
        assert said in english.text
    steps = [
        " ".join(one.split())
        for one in english.doc.xpath("//ul[@class='dates']//div[@class='prose']//text()")
    ]
    assert [one for one in steps if one] == ["First Thursday.", "Second Thursday.", "Without a day."]
    assert "Training." not in english.text
    french = employee.get(f"/fr{PAGE}").text
    for said in ("rien n’est décidé", "Ne demandez pas qui", "Premier jeudi.", "plume@orvalie.example"):
        assert said in french
    assert people.body.name in french
    assert f"/en{PAGE}" in employee.get("/en/notices/plume").links()


def test_without_its_own_words_the_page_is_there_all_the_same(
    work: Work, people: People, employee: PageClient
) -> None:
    story.send(work, people)
    page = employee.get(f"/en{PAGE}")
    assert len(page.doc.xpath("//h2")) >= 4
    for _what, why in (*managers.NOT_ASKED, *managers.POSTURES):
        assert str(why) in page.text


def test_where_one_can_write_is_one_click_away(work: Work, people: People, employee: PageClient) -> None:
    story.send(work, people)
    box = story.letterbox(work)
    links = employee.get(f"/en{PAGE}").links()
    assert any(box.address in one for one in links)
    story.withdraw(work, people, "plume")
    page = employee.get(f"/en{PAGE}")
    assert not any(box.address in one for one in page.links())
    assert "Withdrawn" in page.text


def test_an_embargo_holds_here_too(work: Work, people: People, employee: PageClient, as_: Any) -> None:
    story.send(work, people, held_until=date(2099, 1, 1))
    employee.get(f"/fr{PAGE}", status=404)
    assert f"/fr{PAGE}" not in as_(people.rep1).get("/workspace/fr/notices/plume").links()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_missing_in_a_language_says_so(
    work: Work, people: People, employee: PageClient, language: str
) -> None:
    from consult.core.localized import Localized

    other = "en" if language == "fr" else "fr"
    say = Localized({other: "Texte seul."}, other)
    story.send(work, people, fields=story.content().fields | {"managers_say": say})
    page = employee.get(f"/{language}{PAGE}")
    assert page.doc.xpath("//*[@lang=$other][contains(., 'Texte seul')]", other=other)
