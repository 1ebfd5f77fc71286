"""The employer's answer to a theme: what HR reads there, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consult.concerns import queries, services
from consult.concerns.models import Theme, ThemeAnswer
from consult.core import clock
from consult.people.models import Account
from tests.client import PageClient
from tests.desk import Story, on_day, open_box

As = Callable[[Account], PageClient]
DRAFT = {"title-fr": "Charge", "title-en": "Load", "synthesis-fr": "Relire.", "synthesis-en": "Reread."}
ORIGINAL = "Je relis plus que je n'écris, au guichet du premier étage"


@pytest.fixture
def story(work: Callable[..., Any], people: Any) -> Any:
    told = open_box(work, people)
    told.write([f"{ORIGINAL} {one}" for one in range(12)])
    with on_day(told.closes_on + timedelta(days=1)):
        told.release()
        yield told


def theme(story: Story, *, is_published: bool = True) -> str:
    with story.work() as session:
        desk = queries.desk(session, story.box)
        assert desk is not None
        made = services.new_theme(session, desk.letterbox, desk.consultation.notice, draft=DRAFT)
        for voice in story.voices().values():
            services.sort(session, desk.letterbox, voice, made)
        if is_published:
            services.publish_theme(session, made, desk.letterbox, private_key=story.key, on=clock.today())
        return f"/workspace/fr/themes/{made.id}/answer"


@pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
def test_an_answer_needs_the_authoritative_language_and_the_other_is_flagged(
    story: Story, as_: As, people: Any
) -> None:
    address, client = theme(story), as_(people.hr)
    page = client.get(address)
    assert "Relire." in page.text
    assert "10" in page.text, "at least ten messages, as everyone reads"
    assert "12" not in page.text.replace("2026", "")
    page = client.submit(page, {"text_en": "We answer."}, action="/answer", status=400)
    assert page.doc.xpath("//textarea[@name='text_en']")[0].text.strip() == "We answer."
    assert page.doc.xpath("//*[@role='alert']//a")
    page = client.follow(
        client.submit(
            page, {"text_fr": "Nous ouvrons un créneau.", "text_en": "", "stance": "partly"}, action="/answer"
        )
    )
    assert "Nous ouvrons un créneau." in page.text
    assert page.doc.xpath("//*[contains(@class,'answer')]//*[contains(@class,'tone-warn')]")
    link = next(one for one in page.links() if "because=theme" in one)
    assert "/notices/plume/commitments/new" in link
    client.get(link)


def test_a_double_click_answers_once_and_a_second_answer_is_added(story: Story, as_: As, people: Any) -> None:
    address, client = theme(story), as_(people.hr)
    page = client.get(address)
    values = {"text_fr": "Oui.", "stance": "accepted"}
    client.submit(page, values, action="/answer")
    client.submit(page, values, action="/answer")
    with story.work() as session:
        assert len(session.scalars(select(ThemeAnswer)).all()) == 1
    client.submit(client.get(address), {"text_fr": "Et aussi.", "stance": "studying"}, action="/answer")
    text = client.get(address).text
    assert "Oui." in text
    assert "Et aussi." in text


def test_an_unpublished_theme_does_not_exist_for_the_employer(story: Story, as_: As, people: Any) -> None:
    address = theme(story, is_published=False)
    as_(people.hr).get(address, status=404)
    as_(people.rep1).get(address, status=403)
    as_(people.admin).get(address, status=403)
    as_(people.chair).get(address, status=403)


def test_only_the_employer_answers(story: Story, as_: As, people: Any) -> None:
    address = theme(story)
    for one in (people.rep1, people.chair, people.admin):
        as_(one).get(address, status=403)
    assert as_(people.hr).get(address, status=200)
    PageClient(as_(people.hr).app).get(address, status=302)


def test_a_removed_quotation_is_said_to_be_removed(story: Story, as_: As, people: Any) -> None:
    address = theme(story)
    with story.work() as session:
        desk = queries.desk(session, story.box)
        assert desk is not None
        rep1, rep2 = (session.get(Account, one.id) for one in (people.rep1, people.rep2))
        found = []
        for voice in list(story.voices().values())[:2]:
            draft = {"wording-fr": f"Citation {len(found)}.", "wording-en": "Quotation."}
            concern = services.propose(session, desk.letterbox, voice, draft=draft, actor=rep1)
            services.publish_wording(session, concern, private_key=story.key, actor=rep2, on=clock.today())
            found.append(concern)
        services.retract(session, found[0], actor=rep1, on=clock.today())
        assert session.scalars(select(Theme)).one().published_on is not None
    page = as_(people.hr).get(address)
    assert "Citation 1." in page.text
    assert "Citation 0." not in page.text
    assert ORIGINAL not in page.text
