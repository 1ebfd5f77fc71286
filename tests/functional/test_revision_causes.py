"""A revision says what led to it: cited when it is written, tied when it is sent, walked both ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from consult.concerns import services as concerns
from consult.concerns.models import Concern
from consult.consultations import services as consultations
from consult.core import clock
from consult.core.localized import Localized
from consult.notices import exports, queries, services
from consult.notices.imports.refusals import ImportRefused
from consult.people.models import Account, Body
from consult.register import queries as register
from consult.register.models import Leaf
from consult.register.rules import Ref
from tests import reading_story as story
from tests.client import Page, PageClient
from tests.conftest import People
from tests.loop import sent_with

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
SLUG = "plume"
EDIT = f"/workspace/fr/notices/{SLUG}/edit"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def theme(work: Work, people: People) -> str:
    """A notice that employees read, with one theme and one question; the reference of the theme."""
    sent_with(work, people)
    said = story.speak_and_publish(work, people, story.letterbox(work, SLUG))
    story.ask(work, people, SLUG, answered=False)
    return f"theme:{said.themes[0]}"


def offered(page: Page) -> dict[str, bool]:
    """What may be cited, by reference, and whether it is ticked."""
    found = page.doc.xpath("//input[@name='causes']")
    return {str(one.get("value")): one.get("checked") is not None for one in found}


def started(hr: PageClient, *ticked: str, **more: str) -> Page:
    form = hr.get(EDIT)
    return hr.submit(form, {"changelog_fr": "Un référent de plus.", **more, "causes": list(ticked)})


def draft_causes(work: Work) -> list[str]:
    with work() as session:
        return list(queries.by_slug(session, SLUG).revisions[-1].causes)


def send(work: Work, people: People) -> None:
    with work() as session:
        notice = queries.by_slug(session, SLUG)
        hr, body = session.get(Account, people.hr.id), session.get(Body, people.body.id)
        consultations.send(session, notice, body=body, actor=hr, on=clock.today())


@BOTH
def test_from_the_theme_to_the_revision_and_back(
    as_: As, employee: PageClient, work: Work, people: People, theme: str
) -> None:
    hr = as_(people.hr)
    assert set(offered(hr.get(EDIT)).values()) == {False} and theme in offered(hr.get(EDIT))
    editor = hr.follow(started(hr, theme))
    assert offered(editor)[theme] and sum(offered(editor).values()) == 1
    preview = hr.get(f"/workspace/fr/notices/{SLUG}/preview")
    anchor = "#theme-" + theme.partition(":")[2]
    assert anchor in led_by(preview), "before it is tied, whoever writes sees it"
    assert "#revision-2" not in employee.get(f"/fr/notices/{SLUG}").links()
    send(work, people)
    page = employee.get(f"/fr/notices/{SLUG}")
    assert anchor in led_by(page)
    (heading,) = page.doc.xpath(f"//h3[@id='{anchor[1:]}']")
    came = heading.xpath(
        "following-sibling::p[contains(., 'Revision 2') or contains(., 'Révision 2')][1]//a/@href"
    )
    assert came == ["#revision-2"]
    with work() as session:
        revision = queries.published(queries.by_slug(session, SLUG))
        assert register.effects_of(session, [Ref.parse(theme)])[theme] != []
        assert register.causes_of(session, [revision.ref]) == {str(revision.ref): [Ref.parse(theme)]}


def test_it_is_sent_long_after_the_notice_was_first_read(as_: As, work: Work, people: People) -> None:
    with time_machine.travel(datetime(2026, 10, 1, 10, tzinfo=UTC), tick=False):
        sent_with(work, people)
    hr = as_(people.hr)
    hr.submit(hr.get(EDIT), {"changelog_fr": "Un référent de plus."})
    page = hr.get(f"/workspace/fr/notices/{SLUG}/send")
    hr.submit(page, {"confirmed": "y"})
    with work() as session:
        notice = queries.by_slug(session, SLUG)
        assert queries.published(notice).number == 2
        assert notice.readable_on == datetime(2026, 10, 1, tzinfo=UTC).date(), "the first day stays"


def led_by(page: Page) -> list[str]:
    """Links under the second revision in “What changed because of you”."""
    found = page.doc.xpath("//h3[@id='revision-2']/following-sibling::p[1]//a/@href")
    return [str(one) for one in found]


def test_boxes_are_changed_in_the_editor_and_nothing_else_is_taken(
    as_: As, work: Work, people: People, theme: str
) -> None:
    hr = as_(people.hr)
    question = next(one for one in offered(hr.get(EDIT)) if one.startswith("question:"))
    started(hr, theme, "theme:nowhere", "notice:of-another")
    assert draft_causes(work) == [theme]
    editor = hr.get(EDIT)
    hr.submit(editor, {"causes": [question, "answer:invented"]}, button="go=stay")
    assert draft_causes(work) == [question]
    hr.submit(hr.get(EDIT + "?section=system"), button="go=stay")
    assert draft_causes(work) == [question], "another section leaves them alone"
    hr.submit(hr.get(EDIT), {"causes": []}, button="go=stay")
    assert draft_causes(work) == []


def test_an_address_may_tick_what_led_here(as_: As, people: People, theme: str) -> None:
    page = as_(people.hr).get(f"{EDIT}?because={theme}&because=theme:nowhere")
    assert [one for one, is_ticked in offered(page).items() if is_ticked] == [theme]


def test_a_refused_form_keeps_what_was_ticked(as_: As, people: People, theme: str) -> None:
    hr = as_(people.hr)
    page = hr.submit(hr.get(EDIT), {"changelog_fr": " ", "causes": [theme]}, status=400)
    assert offered(page)[theme]


def test_a_first_revision_has_no_cause(as_: As, work: Work, people: People) -> None:
    with work() as session:
        hr = session.get(Account, people.hr.id)
        services.create(session, title=Localized.of(fr="Boussole"), actor=hr, on=clock.today())
    page = as_(people.hr).get("/workspace/fr/notices/boussole/edit")
    assert not offered(page)


def test_two_who_tick_differently_both_see_it(as_: As, work: Work, people: People, theme: str) -> None:
    hr = as_(people.hr)
    started(hr, theme)
    mine = hr.get(EDIT)
    hr.submit(hr.get(EDIT), {"causes": []}, button="go=stay")
    found = hr.submit(mine, button="go=stay", status=409)
    assert "Charge et rythme" in found.text
    assert draft_causes(work) == []


def test_what_was_retracted_meanwhile_is_not_cited(work: Work, people: People, theme: str) -> None:
    with work() as session:
        quoted = session.scalars(select(Concern).where(Concern.published_on.is_not(None))).one()
        ref = f"concern:{quoted.id}"
        notice, hr = queries.by_slug(session, SLUG), session.get(Account, people.hr.id)
        revision = services.revise(session, notice, actor=hr)
        text = replace(
            services.content_of(revision), changelog=Localized.of(fr="Ceci.", en="This."), causes=(ref, theme)
        )
        services.save(session, revision, text)
        concerns.retract(session, quoted, actor=session.get(Account, people.rep1.id), on=clock.today())
    send(work, people)
    assert draft_causes(work) == [theme]


@BOTH
def test_published_causes_never_change_and_the_leaf_binds_them(
    as_: As, work: Work, people: People, theme: str
) -> None:
    started(as_(people.hr), theme)
    send(work, people)
    with pytest.raises(Exception, match="never changes"), work() as session:
        queries.by_slug(session, SLUG).revisions[-1].causes = []
    with work() as session:
        notice, hr = queries.by_slug(session, SLUG), session.get(Account, people.hr.id)
        assert notice.revisions[-1].causes == [theme]
        assert services.revise(session, notice, actor=hr).causes == [], "the next one starts from nothing"
        assert session.scalars(select(Leaf)).first() is not None


@pytest.mark.filterwarnings("ignore::pydantic.json_schema.PydanticJsonSchemaWarning")
def test_no_export_carries_references_of_this_instance(
    as_: As, work: Work, people: People, theme: str
) -> None:
    started(as_(people.hr), theme)
    with work() as session:
        written = exports.document(queries.by_slug(session, SLUG), organisation="Orvalie")
    assert theme not in written and "causes" not in json.loads(written)["content"]
    assert "causes" not in exports.schema()["$defs"]["Content"]["properties"]
    assert exports.read_document(written.encode(), "notice.json").content.causes == ()
    planted = json.loads(written)
    planted["content"]["causes"] = [theme]
    with pytest.raises(ImportRefused):
        exports.read_document(json.dumps(planted).encode(), "notice.json")
