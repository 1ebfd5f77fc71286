"""The pages that take a person's data out of a published notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from consult.mail.models import Letter
from consult.notices import queries, redacting, services
from consult.notices.models import Revision
from consult.people.models import Account
from tests import reading_story as story
from tests.client import Page, PageClient
from tests.conftest import People
from tests.loop import attack

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
NAME = "Zéphyrine Quatrebarbes"
URL = "/workspace/en/notices/plume/redact"
TYPED = {"number": "1", "part": "monitoring", "language": "fr", "text": NAME}


@pytest.fixture
def slug(work: Work, people: People) -> str:
    said = story.both(f"Voyez {NAME}.", "Nobody is named here.")
    return story.send(work, people, fields=story.content().fields | {"monitoring": said})


@pytest.fixture
def hr(as_: As, people: People) -> PageClient:
    return as_(people.hr)


def shown(hr: PageClient, *, status: int = 200, **values: str) -> Page:
    return hr.submit(hr.get(URL), {**TYPED, **values}, button="act=show", status=status)


def text_of(work: Work) -> str:
    with work() as session:
        return str(queries.by_slug(session, "plume").revisions[0].fields["monitoring"].texts["fr"])


def test_it_is_shown_before_it_is_removed(
    hr: PageClient, work: Work, people: People, slug: str, employee: PageClient
) -> None:
    page = shown(hr)
    assert "It stands in 1 place." in page.text
    assert NAME in text_of(work), "nothing is removed before it is confirmed"
    cells = page.doc.xpath("//td//div[@data-typed]")
    assert [one.get("lang") for one in cells] == ["fr", "fr"]
    assert cells[0].text_content() == f"Voyez {NAME}."
    assert (
        cells[1].text_content().startswith("Voyez [texte retiré le") or "removed" in cells[1].text_content()
    )
    refused = hr.submit(page, button="act=confirm", status=400)
    assert refused.doc.xpath("//*[contains(@class,'errors')]//a/@href") == ["#confirmed"]
    assert NAME in text_of(work)
    back = hr.submit(page, button="act=edit", status=200)
    assert back.doc.xpath("//textarea[@name='text']")[0].text.strip() == NAME
    assert back.doc.xpath("//option[@value='monitoring'][@selected]")
    hr.submit(page, {"confirmed": "y"}, button="act=confirm")
    assert NAME not in text_of(work)
    changes = employee.get("/en/notices/plume")
    assert "was removed" in changes.doc.xpath("string(//section[@aria-labelledby='changes'])")
    assert "Can it monitor activity?" in changes.doc.xpath("string(//section[@aria-labelledby='changes'])")
    again = hr.submit(page, {"confirmed": "y"}, button="act=confirm", status=400)
    assert again.doc.xpath("//textarea[@name='text']")[0].text.strip() == NAME, "a double click removes once"
    with work() as session:
        assert session.scalars(select(Revision.redactions)).all() == [1]


def test_members_of_the_bodies_get_a_link_and_no_word_of_it(
    hr: PageClient, work: Work, people: People, slug: str
) -> None:
    with work() as session:
        before = set(session.scalars(select(Letter.id)))
    hr.submit(shown(hr), {"confirmed": "y"}, button="act=confirm")
    with work() as session:
        letters = [one for one in session.scalars(select(Letter)) if one.id not in before]
        assert {one.to_address for one in letters} == {people.rep1.email, people.rep2.email}
        for one in letters:
            assert f"/workspace/{one.locale}/notices/{slug}" in one.text
            assert "Quatrebarbes" not in one.subject + one.text + one.html


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"text": "x" * 501},
        {"text": "Zéphyrin"},
        {"text": NAME.upper()},
        {"language": "en"},
        {"part": "decision_role"},
    ],
)
def test_what_does_not_stand_there_is_said_at_its_field(
    hr: PageClient, work: Work, slug: str, wrong: dict[str, str]
) -> None:
    page = shown(hr, status=400, **wrong)
    assert page.doc.xpath("//*[contains(@class,'errors')]//a/@href") == ["#text"]
    kept = page.doc.xpath("//textarea[@name='text']")[0].text.strip()
    assert kept == {**TYPED, **wrong}["text"].strip()
    for name, value in wrong.items():
        if name != "text":
            assert page.doc.xpath(f"//select[@name='{name}']/option[@value='{value}'][@selected]")
    assert NAME in text_of(work)


def test_who_may_not(
    hr: PageClient, work: Work, people: People, slug: str, as_: As, client: PageClient
) -> None:
    confirm = {**TYPED, "act": "confirm", "confirmed": "y"}
    for account in (people.rep1, people.chair, people.admin):
        as_(account).get(URL, status=403)
        attack(as_(account), URL, confirm, status=403)
        assert URL not in as_(account).http.get("/workspace/en/notices/plume").get_data(as_text=True)
    client.get(URL, status=302)
    hr.post(URL, confirm, status=400)  # without a token
    assert NAME in text_of(work)
    assert URL in hr.get("/workspace/en/notices/plume").links()


def test_what_is_only_a_draft_is_simply_changed(hr: PageClient, work: Work, people: People) -> None:
    story.draft(work, people)
    hr.get(URL, status=409)
    attack(hr, URL, {**TYPED, "act": "show"}, status=409)


def test_a_draft_after_it_loses_it_too(hr: PageClient, work: Work, people: People, slug: str) -> None:
    with work() as session:
        services.revise(session, queries.by_slug(session, slug), actor=session.get(Account, people.hr.id))
    page = shown(hr)
    assert "It stands in 2 places." in page.text
    hr.submit(page, {"confirmed": "y"}, button="act=confirm")
    with work() as session:
        last = queries.by_slug(session, slug).revisions[-1]
        assert NAME not in last.fields["monitoring"].texts["fr"]
        assert last.redactions == 0, "a draft is simply changed"


def test_an_address_that_holds_it_is_told(hr: PageClient, work: Work, people: People) -> None:
    title = story.both(f"{NAME}, l’outil", "The tool")
    story.send(work, people, "quatrebarbes", title=title)
    url = "/workspace/en/notices/quatrebarbes/redact"
    page = hr.submit(
        hr.get(url),
        {"number": "1", "part": "title", "language": "fr", "text": NAME},
        button="act=show",
        status=200,
    )
    assert "“quatrebarbes”" in page.text


def test_somebody_who_saves_meanwhile_is_not_overwritten(
    hr: PageClient, work: Work, people: People, slug: str, as_: As
) -> None:
    with work() as session:
        services.revise(session, queries.by_slug(session, slug), actor=session.get(Account, people.hr.id))
    editor = as_(people.hr)
    old = editor.get("/workspace/en/notices/plume/edit?section=work")
    hr.submit(shown(hr), {"confirmed": "y"}, button="act=confirm")
    late = editor.submit(old, action="/edit", status=409)
    assert late.status == 409, "the page opened before still held the name"
    with work() as session:
        for one in queries.by_slug(session, slug).revisions:
            assert NAME not in one.fields["monitoring"].texts["fr"]


def test_the_words_of_a_tombstone_are_in_both_languages(work: Work) -> None:
    with work():
        tombs = redacting.tombstones(story.TODAY)
    assert tombs["en"] == "[text removed on 24\u00a0November\u00a02026]"
    assert "2026" in tombs["fr"] and "novembre" in tombs["fr"]
