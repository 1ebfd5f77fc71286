"""Delegations of a body: who gives them, what they cover, from which day to which, and what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from consult.consultations.models import Fact
from consult.core import clock
from consult.mail.models import Letter
from consult.opinions.models import Remark
from consult.people import queries, services
from consult.people.models import Account, Body, Delegation, Establishment, Mandate
from consult.people.rules import BodyKind, MandateRole
from consult.questions.models import Unanswered
from consult.register.models import Entry
from consult.register.rules import Tag
from tests.client import Page, PageClient
from tests.conftest import People
from tests.functional.test_bodies import BODIES, ONE, mandate_of, seated
from tests.functional.test_questions_pages import asked
from tests.loop import Sent, attack, sent_with

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
VOTES = {"votes_for": "2", "votes_against": "0", "abstentions": "0"}


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def delegate(browser: PageClient, people: People, to: Mandate, *, status: int = 303, **more: Any) -> Page:
    page = browser.get(f"{BODIES}/{people.body.id}/delegations/new")
    values = {
        "mandate": str(to.id), "acts": ["remark", "contest_day", "unanswered"], "text_fr": "Le CSE délègue.",
        "starts_on": clock.today().isoformat(), "decided_on": clock.today().isoformat(), **VOTES, **more,
    }  # fmt: skip
    return browser.submit(page, values, status=status)


def given(work: Work) -> Delegation:
    with work() as session:
        found: Delegation = session.scalars(select(Delegation)).one()
        return found


@BOTH
def test_a_delegation_is_recorded_by_the_secretary_and_read_by_both_sides(
    work: Work, people: People, as_: SignIn
) -> None:
    secretary, to = as_(people.rep1), mandate_of(work, people.rep2)
    refused = delegate(secretary, people, to, votes_against="2", status=409)
    assert "Le CSE délègue." in refused.response.get_data(as_text=True)
    delegate(secretary, people, to, acts=[], status=400)
    delegate(secretary, people, to, mandate=str(mandate_of(work, people.chair).id), status=400)
    late = (clock.today() + ONE).isoformat()
    delegate(secretary, people, to, decided_on=late, status=400)
    page = secretary.get(f"{BODIES}/{people.body.id}/delegations/new")
    values = {
        "mandate": str(to.id), "acts": ["remark"], "text_fr": "Le CSE délègue.",
        "starts_on": clock.today().isoformat(), "ends_on": late, **VOTES,
    }  # fmt: skip
    secretary.submit(page, values)
    secretary.submit(page, values)  # a double click
    for account in (people.rep2, people.hr, people.chair):
        assert "Le CSE délègue." in as_(account).get(f"{BODIES}/{people.body.id}").text
    with work() as session:
        one = session.scalars(select(Delegation)).one()
        assert (one.acts, one.mandate_id) == (["remark"], to.id)
        entry = session.scalars(select(Entry).where(Entry.tag == Tag.DELEGATION_GIVEN)).one()
        assert entry.ref == str(one.ref)
        letter = session.scalars(select(Letter)).one()
        assert letter.to_address == people.rep2.email and "Le CSE délègue" not in letter.text


def test_nobody_but_the_secretary_of_that_body_delegates(work: Work, people: People, as_: SignIn) -> None:
    with work() as session:
        other = services.add_body(session, name="CSE d’Arcole", kind=BodyKind.CSE, headcount=90)
    stranger = seated(work, other, "Olga", MandateRole.SECRETARY)
    delegate(as_(people.rep1), people, mandate_of(work, people.rep2))
    ident = given(work).id
    for account, status in (
        (people.rep2, 403), (people.hr, 403), (people.chair, 403), (people.admin, 403), (stranger, 404),
    ):  # fmt: skip
        browser = as_(account)
        browser.get(f"{BODIES}/{people.body.id}/delegations/new", status=status)
        attack(browser, f"{BODIES}/{people.body.id}/delegations/new", {}, status=status)
        attack(browser, f"/workspace/fr/delegations/{ident}/revocation", {}, status=status)
    assert given(work).revoked_on is None


@BOTH
def test_the_three_acts_are_done_under_a_delegation(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    delegate(as_(people.rep1), people, mandate_of(work, people.rep2))
    one, member = given(work), as_(people.rep2)
    under = {"carried_by": str(one.id)}
    remark = f"/workspace/fr/consultations/{sent.consultation_id}/remark"
    member.submit(member.get(remark), under | {"text_fr": "Mot.", "text_en": "Word."})
    assert "en vertu d’une délégation" in member.get(remark).text
    ident = asked(work, people, sent)
    member.submit(member.get(f"/workspace/fr/questions/{ident}/unanswered"), under | {"note": "Rien reçu"})
    with work() as session:
        fact = session.scalars(select(Fact)).first()
    contest = f"/workspace/fr/consultations/{sent.consultation_id}/days/{fact.id}/contest"
    member.submit(member.get(contest), under | {"instead": "never", "why": "Annexes absentes"})
    member.submit(member.get(f"{remark}/withdraw"), under)
    with work() as session:
        assert session.scalars(select(Remark)).one().resolution_id == one.resolution_id
        assert session.scalars(select(Remark)).one().withdrawal_id == one.resolution_id
        assert session.get_one(Fact, fact.id).resolution_id == one.resolution_id
        assert session.scalars(select(Unanswered)).one().note == "Rien reçu"
        done = [use.act for use in queries.delegation(session, one.id).uses]
        assert sorted(done) == ["contest_day", "remark", "remark", "unanswered"]
    assert "4 actes accomplis" in as_(people.rep1).get(f"{BODIES}/{people.body.id}").text
    steps = as_(people.hr).get(f"/workspace/fr/consultations/{sent.consultation_id}/procedure")
    assert "en vertu d’une délégation" in steps.text


def test_only_whom_it_names_only_those_acts_only_that_long(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    delegate(as_(people.rep1), people, mandate_of(work, people.rep2), acts=["contest_day"])
    one = given(work)
    remark = f"/workspace/fr/consultations/{sent.consultation_id}/remark"
    text = {"text_fr": "Mot.", "text_en": "Word.", "carried_by": str(one.id)}
    for account in (people.rep1, people.rep2):  # not named, or not for that
        browser = as_(account)
        assert "carried_by" not in browser.get(remark).response.get_data(as_text=True)
        attack(browser, remark, text, status=400)
    with work() as session:
        fact = session.scalars(select(Fact)).first()
    member = as_(people.rep2)
    contest = f"/workspace/fr/consultations/{sent.consultation_id}/days/{fact.id}/contest"
    page = member.get(contest)
    secretary = as_(people.rep1)
    revocation = f"/workspace/fr/delegations/{one.id}/revocation"
    secretary.submit(secretary.get(revocation))
    attack(secretary, revocation, {}, status=303)  # a second click
    values = {"instead": "never", "why": "Annexes absentes", "carried_by": str(one.id)}
    refused = member.submit(page, values, status=400)
    assert "Annexes absentes" in refused.response.get_data(as_text=True)
    with work() as session:
        assert not session.get_one(Fact, fact.id).is_contested
        assert len(session.scalars(select(Entry).where(Entry.tag == Tag.DELEGATION_GIVEN)).all()) == 2


@pytest.mark.parametrize(("first", "last", "runs"), [(0, 0, True), (1, 5, False), (0, -1, False)])
def test_a_delegation_ends_with_its_days_and_with_the_mandate(
    work: Work, people: People, sent: Sent, as_: SignIn, first: int, last: int, runs: bool
) -> None:
    """Of a mandate that is over nothing is left; before its first day a delegation covers nothing."""
    today, to = clock.today(), mandate_of(work, people.rep2)
    days = {
        "starts_on": (today + first * ONE).isoformat(),
        "ends_on": (today + max(last, 0) * ONE).isoformat(),
    }
    delegate(as_(people.rep1), people, to, **days)
    if last < 0:
        with work() as session:
            session.get_one(Mandate, to.id).ends_on = today - ONE
            services.give_mandate(
                session, session.get_one(Account, people.rep2.id), session.get_one(Body, people.body.id),
                role=MandateRole.FULL_MEMBER, starts_on=today,
            )  # fmt: skip
    with work() as session:
        now = session.get_one(Account, people.rep2.id)
        session.refresh(now)
    page = as_(now).get(f"/workspace/fr/consultations/{sent.consultation_id}/remark")
    assert ("carried_by" in page.response.get_data(as_text=True)) is runs


@BOTH
def test_a_delegation_never_changes(work: Work, people: People, as_: SignIn) -> None:
    delegate(as_(people.rep1), people, mandate_of(work, people.rep2))
    for attempt in ("UPDATE delegation SET ends_on = '2099-01-01'", "DELETE FROM delegation"):
        with pytest.raises(IntegrityError), work() as session:
            session.execute(text(attempt))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_stands_in_both_languages(work: Work, people: People, as_: SignIn, language: str) -> None:
    delegate(as_(people.rep1), people, mandate_of(work, people.rep2))
    alternate = mandate_of(work, seated(work, people.body, "Lou", MandateRole.ALTERNATE, first=3))
    space, secretary, admin = f"/workspace/{language}", as_(people.rep1), as_(people.admin)
    for path in ("bodies", f"bodies/{people.body.id}"):
        for browser in (secretary, admin, as_(people.hr)):
            browser.get(f"{space}/{path}")
    secretary.get(f"{space}/bodies/{people.body.id}/delegations/new")
    secretary.get(f"{space}/delegations/{given(work).id}/revocation")
    with work() as session:
        site = session.scalars(select(Establishment)).one()
    for path in (
        "people", "establishments", f"establishments/{site.id}", f"bodies/{people.body.id}/edit",
        f"mandates/{alternate.id}", f"mandates/{mandate_of(work, people.chair).id}",
    ):  # fmt: skip
        admin.get(f"{space}/{path}")
