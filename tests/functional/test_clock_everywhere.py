"""Whatever procedure a consultation follows, or none: every page offered answers, and every place that counts
its days counts them alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from consult.consultations import services
from consult.consultations.models import Consultation
from consult.consultations.rules import FactKind
from consult.core import clock
from consult.notices import queries as notices
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import BodyKind, MandateRole
from consult.procedures.loading import templates
from tests import sending
from tests.client import PageClient
from tests.conftest import People
from tests.functional.test_crossings import walk
from tests.loop import sent_with

Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]


@pytest.mark.parametrize("key", ["", *templates()])
def test_every_page_of_it_answers(
    work: Work, people: People, as_: SignIn, employee: PageClient, key: str
) -> None:
    sent = sent_with(work, people)
    with work() as session:
        consultation = session.get_one(Consultation, sent.consultation_id)
        consultation.template = key
        services.refresh(session, consultation)
        services.add_fact(session, consultation, FactKind.RECEIVED, on=clock.today(), actor=None)
    for account in (people.rep1, people.hr, people.chair, people.admin):
        found = walk(as_(account), f"/workspace/fr/consultations/{sent.consultation_id}", most=60, each=1)
        assert found
        as_(account).get("/workspace/en/")
    shown = as_(people.rep1).get(f"/workspace/en/consultations/{sent.consultation_id}").text
    read = employee.get(f"/en/notices/{sent.slug}").text
    has_opinion = bool(key) and templates()[key].has_opinion
    assert ("has not given its opinion yet" in shown) is has_opinion
    for text in (shown, read):
        assert ("Reasoned response" in text) is has_opinion, "nobody waits for what the procedure has not"
    assert f"/consultations/{sent.consultation_id}" in str(
        as_(people.rep1).get("/workspace/fr/consultations").links()
    )


@pytest.fixture
def prepares(work: Work, people: People) -> Body:
    """A committee that prepares, with a member of the CSE on it."""
    with work() as session:
        made: Body = people_services.add_body(session, name="CSSCT", kind=BodyKind.CSSCT, headcount=430)
        made.parent = session.get_one(Body, people.body.id)
        people_services.give_mandate(
            session, session.get_one(Account, people.rep2.id), made, role=MandateRole.SECRETARY,
            starts_on=date(2026, 1, 1),
        )  # fmt: skip
    return made


def test_a_committee_that_prepares_breaks_no_page(
    work: Work, people: People, as_: SignIn, prepares: Body
) -> None:
    with work() as session:
        notice = sending.written(session, people.hr)
        slug = notice.slug
    hr = as_(people.hr)
    for lang in ("fr", "en"):
        hr.get(f"/workspace/{lang}/notices/{slug}/checks")
    with work() as session:
        body = session.get_one(Body, prepares.id)
        found = notices.by_slug(session, slug)
        one = services.send(
            session, found, body=body, actor=session.get_one(Account, people.hr.id), on=clock.today()
        )
        ident = one.consultation_id
    for account in (people.rep2, people.hr):
        for lang in ("fr", "en"):
            assert walk(as_(account), f"/workspace/{lang}/consultations/{ident}", most=40, each=1)
        page = as_(account).get("/workspace/fr/consultations")
        assert f"/workspace/fr/consultations/{ident}" in page.links(), "it is before that body all the same"
    asked = hr.get(f"/workspace/fr/meetings/new?body={prepares.id}&about={ident}")
    day = (clock.today() + timedelta(days=9)).isoformat()
    hr.submit(asked, {"day": day, "time": "9h"})
