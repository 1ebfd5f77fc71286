"""The page of questions before sending: in both languages, for human resources alone, one link away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from consult.core.localized import Localized
from consult.notices import services
from consult.notices.content import Group, Milestone, Rule, Unknown
from consult.notices.rules import EMOTION, MilestoneKind, RuleKind
from consult.people import queries as people_queries
from consult.people.models import Account
from tests import loop, sending
from tests.client import Page, PageClient
from tests.conftest import People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def written(work: Work, people: People, **changes: Any) -> str:
    with work() as session:
        return str(sending.written(session, people.hr, **changes).slug)


def checks(client: PageClient, slug: str, language: str = "en", **options: Any) -> Page:
    return client.get(f"/workspace/{language}/notices/{slug}/checks", **options)


def ids(page: Page) -> set[str]:
    return set(page.doc.xpath("//li[@id]/@id"))


def section(page: Page, ident: str) -> str:
    found = page.doc.xpath("//section[@aria-labelledby=$id]", id=ident)
    return " ".join(found[0].text_content().split()) if found else ""


@BOTH
@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_asks(work: Work, people: People, as_: As, language: str) -> None:
    slug = written(work, people, answers={"monitoring": "yes", "decision_role": "none"})
    page = checks(as_(people.hr), slug, language)
    assert {"fr_monitoring", "fr_new_technology", "literacy", "procedure-fr-cse"} <= ids(page)
    assert not {"fr_works_rules", "machine_alone", "de_monitoring", "procedure-generic"} & ids(page)
    assert "L2312-38" in page.text
    said_no = page.doc.xpath("//section[@aria-labelledby='said-no']//li")
    assert len(said_no) == 1
    if language == "en":
        assert "not advice, and the list is not complete" in page.text
        assert "That concludes nothing" in page.text


def test_what_blocks_stands_first(work: Work, people: People, as_: As) -> None:
    slug = written(work, people, answers={EMOTION: "yes"})
    page = checks(as_(people.hr), slug)
    first = page.doc.xpath("//h1/following::*[contains(@class,'banner') or self::section][1]")[0]
    assert "cannot be published" in first.text_content()
    assert "5(1)(f)" in first.text_content()
    assert "emotions" not in ids(page)


def test_what_stands_out(work: Work, people: People, as_: As) -> None:
    with time_machine.travel(NOW, tick=False):
        slug = written(
            work, people,
            groups=[Group(Localized.of(fr="Renforts", en="Evening staff"))],
            unknowns=[Unknown(Localized.of(fr="Coût", en="The cost"))],
            rules=[Rule(RuleKind.FORBIDDEN, Localized.of(fr="Noter", en="Scoring"))],
            milestones=[Milestone(MilestoneKind.PILOT, date(2026, 12, 24))],
        )  # fmt: skip
        page = checks(as_(people.hr), slug)
        said = section(page, "stands-out")
        for one in ("Evening staff", "The cost", "Scoring", "24 December 2026", "R2312-6"):
            assert one in said.replace("\xa0", " "), one
        assert {"fr_works_rules", "fr_pilot"} <= ids(page)
        assert any(link.endswith("section=people") for link in page.links())


def test_a_pilot_after_the_consultation_does_not(work: Work, people: People, as_: As) -> None:
    with time_machine.travel(NOW, tick=False):
        late = [Milestone(MilestoneKind.PILOT, date(2026, 12, 25))]
        page = checks(as_(people.hr), written(work, people, milestones=late))
        assert "A pilot that may begin" not in page.text


def test_once_sent_it_speaks_of_the_consultation_there_is(work: Work, people: People, as_: As) -> None:
    with time_machine.travel(NOW, tick=False):
        sent = loop.sent_with(work, people)
    with time_machine.travel(datetime(2027, 1, 20, 10, tzinfo=UTC), tick=False):
        page = checks(as_(people.hr), sent.slug)
        assert "A pilot that may begin" not in page.text  # a consultation begun today would end after it
        assert not any("section=" in link for link in page.links())


@pytest.mark.parametrize(("country", "key"), [("be", "be_agreement_39"), ("de", "de_planning"),
                                              ("lu", "lu_decision"), ("ca", "ca_labour_code")])  # fmt: skip
def test_the_country_of_the_organisation_counts(
    work: Work, people: People, as_: As, country: str, key: str
) -> None:
    slug = written(work, people)
    with work() as session:
        organisation = people_queries.organisation(session)
        assert organisation is not None
        organisation.country = country
    page = checks(as_(people.hr), slug)
    assert key in ids(page)
    assert not any(one.startswith("fr_") for one in ids(page))


def test_only_human_resources_see_it(work: Work, people: People, as_: As) -> None:
    slug = written(work, people)
    for account in (people.rep1, people.chair, people.admin):
        checks(as_(account), slug, status=403)


def test_one_comes_from_the_editor_and_from_sending(work: Work, people: People, as_: As) -> None:
    slug, hr = written(work, people), as_(people.hr)
    editor = hr.get(f"/workspace/en/notices/{slug}/edit")
    done = hr.submit(
        editor,
        {"title_en": "Plume, renamed"},
        action=f"/workspace/en/notices/{slug}/edit?section=essentials",
        button="go=checks",
    )
    assert done.response.location == f"/workspace/en/notices/{slug}/checks"
    assert "Plume, renamed" in hr.follow(done).text
    assert f"/workspace/en/notices/{slug}/checks" in hr.get(f"/workspace/en/notices/{slug}/send").links()


def test_it_writes_nothing(work: Work, people: People, as_: As) -> None:
    slug = written(work, people)
    with work() as session:
        before = services.content_of(services.queries.by_slug(session, slug).revisions[0])
    checks(as_(people.hr), slug)
    with work() as session:
        assert services.content_of(services.queries.by_slug(session, slug).revisions[0]) == before
