"""A central body and bodies of establishments consulted on one notice (R2312-6 II); a committee that only
prepares (L2315-38); and which bodies a notice concerns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from consult.calendars.coming import comings, gather
from consult.calendars.who import Who
from consult.consultations import queries, reaching, recording, services, state, together
from consult.consultations.models import Consultation
from consult.consultations.rules import Await, FactKind
from consult.core.localized import Localized
from consult.experts import services as experts
from consult.notices.content import Group, Milestone
from consult.notices.models import Notice
from consult.notices.rules import MilestoneKind
from consult.opinions import services as opinions
from consult.opinions.rules import Position
from consult.people import queries as people_queries
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import BodyKind, MandateRole, PreparesOnly, Role
from consult.procedures.clock import StepState
from tests import sending
from tests.client import PageClient
from tests.conftest import People
from tests.functional.test_workspace import counted
from tests.loop import attack

Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
SENT = date(2027, 2, 1)
LIMIT, LED = date(2027, 3, 1), date(2027, 2, 22)
"""A month, and seven days before its end."""
VOTES = {"for": 2, "against": 0, "abstentions": 0}


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(datetime(2027, 2, 1, 10, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@dataclass(frozen=True)
class Group3:
    """A central CSE and the CSE of one establishment, both consulted on the notice."""

    slug: str
    central: UUID
    site: UUID
    member: Account


def member_of(session: Any, body: Body, name: str) -> Account:
    account = people_services.add_account(
        session, email=f"{name.lower()}@orvalie.example", name=name, role=Role.REPRESENTATIVE
    )
    people_services.give_mandate(
        session, account, body, role=MandateRole.SECRETARY, starts_on=date(2026, 1, 1)
    )
    session.flush()
    session.refresh(account)
    return account


@pytest.fixture
def group(work: Work, people: People) -> Group3:
    """The central body receives first, the establishment ten days later."""
    with work() as session:
        central = people_services.add_body(
            session, name="CSE central", kind=BodyKind.CENTRAL_CSE, headcount=900
        )
        session.get_one(Body, people.body.id).parent = central
        member = member_of(session, central, "Camille")
        hr = session.get_one(Account, people.hr.id)
        notice = sending.written(session, people.hr)
        one = services.send(session, notice, body=central, actor=hr, on=SENT)
        services.open_to_employees(session, notice, on=SENT)
        site = session.get_one(Body, people.body.id)
        two = services.send(session, notice, body=site, actor=hr, on=SENT)
        services.receive(session, two, on=SENT)
        return Group3(notice.slug, one.consultation_id, two.consultation_id, member)


def standing(session: Any, ident: UUID, on: date) -> Any:
    return queries.standing(session, session.get_one(Consultation, ident), on=on)


def give(session: Any, ident: UUID, people: People, on: date) -> None:
    text = Localized.of(fr="Avis", en="Opinion")
    opinions.give(
        session, session.get_one(Consultation, ident), text=text, position=Position.NONE, points=[],
        votes=VOTES, actor=session.get_one(Account, people.rep1.id), on=on,
    )  # fmt: skip


def test_the_opinion_of_an_establishment_is_due_seven_days_before_the_central_end(
    work: Work, group: Group3
) -> None:
    with work() as session:
        state, run = standing(session, group.central, SENT)
        assert (run.variant, state.limit) == ("fr-cse-1m-multilevel", LIMIT)
        assert run.step("establishment_opinion").due_on == LED
        state, run = standing(session, group.site, SENT)
        assert (state.awaits, state.limit, run.limit.reference) == (Await.OPINION, LED, "R2312-6 II")
        assert run.step("opinion").due_on == run.step("establishment_opinion").due_on == LED
        assert session.get_one(Consultation, group.site).next_due_on == LED


@pytest.mark.parametrize(("day", "negative"), [(LED, False), (LED + timedelta(days=1), True)])
def test_past_that_day_it_is_deemed_negative(work: Work, group: Group3, day: date, negative: bool) -> None:
    """The last day runs to midnight; the central body goes on."""
    with work() as session:
        assert standing(session, group.site, day)[0].is_deemed_negative is negative
        assert not standing(session, group.central, day)[0].is_deemed_negative


def test_an_opinion_in_time_is_counted_by_the_central_body(
    work: Work, people: People, group: Group3, today: Any
) -> None:
    day = date(2027, 2, 15)
    today.move_to(datetime(2027, 2, 15, 10, tzinfo=UTC))
    with work() as session:
        give(session, group.site, people, day)
        step = standing(session, group.central, day)[1].step("establishment_opinion")
        assert (step.state, step.done_on) == (StepState.DONE, day)
        own = standing(session, group.site, day)[1].step("establishment_opinion")
        assert (own.state, own.done_on) == (StepState.DONE, day)
        assert standing(session, group.site, LED + timedelta(days=9))[0].is_deemed_negative is False


def test_as_long_as_one_establishment_is_silent_the_step_is_open(
    work: Work, people: People, group: Group3
) -> None:
    with work() as session:
        other = people_services.add_body(session, name="CSE de Lille", kind=BodyKind.CSE, headcount=30)
        other.parent = people_queries.body(session, session.get_one(Consultation, group.central).body_id)
        member_of(session, other, "Dany")
        notice = session.get_one(Consultation, group.central).notice
        sent = services.send(
            session, notice, body=other, actor=session.get_one(Account, people.hr.id), on=SENT
        )
        assert sent.consultation.template == "fr-cse", "the threshold is that of the firm"
        give(session, group.site, people, SENT)
        step = standing(session, group.central, SENT)[1].step("establishment_opinion")
        assert step.state is StepState.DUE
        assert standing(session, sent.consultation_id, SENT)[0].limit == LED


@pytest.mark.parametrize("where", ["central", "site"])
def test_an_expert_at_either_level_gives_three_months(work: Work, group: Group3, where: str) -> None:
    """R2312-6 I: one or more assessments in a consultation at both levels."""
    with work() as session:
        consultation = session.get_one(Consultation, getattr(group, where))
        services.add_fact(session, consultation, FactKind.EXPERT_APPOINTED, on=SENT, actor=None)
        state, run = standing(session, group.central, SENT)
        assert (run.variant, state.limit) == ("fr-cse-3m-multilevel", date(2027, 5, 3))
        assert standing(session, group.site, SENT)[0].limit == date(2027, 4, 26)
        # What lists show follows at once, of both.
        assert session.get_one(Consultation, group.site).next_due_on == date(2027, 4, 26)
        assert session.get_one(Consultation, group.central).next_due_on == state.due_on


def test_what_waits_for_human_resources_counts_every_level(work: Work, people: People) -> None:
    """An expert at a site makes the central period longer: a date that comes before its end shows at once,
    as on the page of the notice."""
    with work() as session:
        pilot = Milestone(MilestoneKind.PILOT, date(2027, 4, 1), Localized.of(fr="Pilote", en="Pilot"))
        notice = sending.written(session, people.hr, milestones=(pilot,))
        central = people_services.add_body(
            session, name="CSE central", kind=BodyKind.CENTRAL_CSE, headcount=900
        )
        member_of(session, central, "Camille")
        site, hr = session.get_one(Body, people.body.id), session.get_one(Account, people.hr.id)
        site.parent = central
        sent = [services.send(session, notice, body=one, actor=hr, on=SENT) for one in (central, site)]
        assert state.unexplained(session, on=SENT) == []
        services.add_fact(session, sent[1].consultation, FactKind.EXPERT_APPOINTED, on=SENT, actor=None)
        ((found, before),) = state.unexplained(session, on=SENT)
        assert found.id == notice.id
        assert before == state.of_notice(session, notice, notice.revisions[-1], on=SENT)


def test_an_agreement_of_the_central_body_moves_the_establishments(
    work: Work, people: People, group: Group3
) -> None:
    with work() as session:
        recording.override(
            session, session.get_one(Consultation, group.central), key="limit", value="2027-06-30",
            reason="Accord de méthode", agreed_on=SENT, actor=session.get_one(Account, people.admin.id),
            on=SENT, name=Localized.of(fr="Délai", en="Period"),
        )  # fmt: skip
        assert session.get_one(Consultation, group.site).next_due_on == date(2027, 6, 23)


def test_each_page_shows_the_other_bodies_and_where_they_stand(
    work: Work, people: People, group: Group3, as_: SignIn, today: Any
) -> None:
    own = as_(people.rep1).get(f"/workspace/fr/consultations/{group.site}").text
    assert "CSE central" in own and "sept jours avant la fin de ce délai" in own
    above = as_(group.member).get(f"/workspace/fr/consultations/{group.central}").text
    assert people.body.name in above and "22 février 2027" in above.replace("\u00a0", " ")
    english = as_(group.member).get(f"/workspace/en/consultations/{group.central}").text
    assert "The other bodies consulted" in english
    today.move_to(datetime(2027, 2, 23, 10, tzinfo=UTC))
    assert "réputé négatif" in as_(group.member).get(f"/workspace/fr/consultations/{group.central}").text
    as_(people.rep1).get(f"/workspace/fr/consultations/{group.site}/procedure")


def test_employees_read_the_same_dates(employee: PageClient, group: Group3) -> None:
    page = employee.get(f"/fr/notices/{group.slug}").text.replace("\u00a0", " ")
    assert "1er mars 2027" in page or "22 février 2027" in page
    assert "15 février 2027" not in page, "never counted back twice"


def test_one_level_is_left_as_it_was(work: Work, people: People) -> None:
    with work() as session:
        notice = sending.sent(session, people, on=SENT)
        consultation = queries.of_notice(session, notice.id)[0]
        state, run = queries.standing(session, consultation, on=SENT)
        assert (run.variant, state.limit) == ("fr-cse-1m", LIMIT)
        assert run.step("establishment_opinion").state is StepState.NOT_APPLICABLE
        assert together.beside(session, consultation, on=SENT) == []


def test_the_page_costs_the_same_with_many_establishments(
    app: Flask, work: Work, people: People, group: Group3, as_: SignIn
) -> None:
    browser, found = as_(group.member), []
    for start, number in ((0, 1), (1, 12)):
        with work() as session:
            notice = session.get_one(Consultation, group.central).notice
            hr = session.get_one(Account, people.hr.id)
            for at in range(start, start + number):
                body = people_services.add_body(session, name=f"S{at}", kind=BodyKind.CSE, headcount=90)
                member_of(session, body, f"Membre{at}")
                services.send(session, notice, body=body, actor=hr, on=SENT)
        path = f"/workspace/fr/consultations/{group.central}"
        browser.get(path)
        with counted(app) as statements:
            browser.get(path)
        found.append(len(statements))
    assert found[0] == found[1]


# ── a committee that prepares ──────────────────────────────────────────────────


def test_a_committee_that_prepares_gives_no_opinion_and_appoints_no_expert(
    work: Work, people: People, as_: SignIn
) -> None:
    with work() as session:
        body = people_services.add_body(session, name="CSSCT", kind=BodyKind.CSSCT, headcount=430)
        body.parent = session.get_one(Body, people.body.id)
        member = member_of(session, body, "Sacha")
        notice, hr = sending.written(session, people.hr), session.get_one(Account, people.hr.id)
        ident = services.send(session, notice, body=body, actor=hr, on=SENT).consultation_id
    browser = as_(member)
    hub = browser.get(f"/workspace/fr/consultations/{ident}")
    assert "L2315-38" in hub.text
    for what in ("opinion", "expert"):
        where = f"/workspace/fr/consultations/{ident}/{what}"
        assert where not in hub.links()
        page = browser.get(where)
        assert people.body.name in page.text and not page.doc.xpath("//main//form")
        attack(browser, where, {}, status=409)
    with work() as session:
        consultation, actor = session.get_one(Consultation, ident), session.get_one(Account, member.id)
        with pytest.raises(PreparesOnly):
            give(session, ident, people, SENT)
        text = Localized.of(fr="x", en="x")
        with pytest.raises(PreparesOnly):
            experts.appoint(
                session, consultation, firm="F", name="N", email="n@x.example", locale="fr", subject=text,
                text=text, votes=VOTES, room_until=SENT, actor=actor, decided_on=SENT, on=SENT,
            )  # fmt: skip
    browser.get(f"/workspace/fr/consultations/{ident}/remark")  # the comment stays open to it


# ── which bodies a notice concerns ─────────────────────────────────────────────


def draft(work: Work, people: People, *sites: str) -> Notice:
    groups = [Group(sending.both(f"Groupe {at}"), sites=one) for at, one in enumerate(sites)]
    with work() as session:
        lille = people_services.add_establishment(session, name="Lille", headcount=170)
        body = people_services.add_body(session, name="CSE de Lille", kind=BodyKind.CSE, headcount=170)
        body.establishments = [lille]
        member_of(session, body, "Dany")
        return sending.written(session, people.hr, groups=groups)


@pytest.mark.parametrize(
    ("sites", "is_outside"),
    [
        (("Nantes",), True),
        (("Nantes, Lille",), False),
        (("nantes", "LILLE"), False),
        (("Nantes", ""), False),
        (("Toutes les agences",), False),
        (("Nantes, Paris",), False),
    ],
)
def test_a_body_is_outside_only_where_every_site_is_known_and_none_is_its_own(
    work: Work, people: People, sites: tuple[str, ...], is_outside: bool
) -> None:
    notice = draft(work, people, *sites)
    with work() as session:
        notice = session.get_one(Notice, notice.id)
        named = reaching.concerned(notice.revisions[0], people_queries.establishments(session))
        bodies = people_queries.bodies_with_scope(session)
        names = {one.name for one in bodies if one.id in reaching.outside(bodies, named)}
    assert names == ({"CSE de Lille"} if is_outside else set())


def test_sending_outside_is_confirmed_not_refused(work: Work, people: People, as_: SignIn) -> None:
    notice = draft(work, people, "Nantes")
    with work() as session:
        bodies = {one.name: str(one.id) for one in people_queries.bodies(session)}
    hr, where = as_(people.hr), f"/workspace/fr/notices/{notice.slug}/send"
    page = hr.get(where)
    offered = [str(one) for one in page.doc.xpath("//input[@name='body']/@value")]
    assert offered == [bodies[people.body.name], bodies["CSE de Lille"]]
    values = {"body": bodies["CSE de Lille"], "confirmed": "y"}
    refused = hr.submit(page, values, status=400)
    assert "ne représente aucun des établissements" in refused.text
    with work() as session:
        assert queries.of_notice(session, notice.id) == []
    hr.submit(page, values | {"anyway": "y"})
    hr.submit(hr.get(where), {"body": bodies[people.body.name], "confirmed": "y"})
    with work() as session:
        assert len(queries.of_notice(session, notice.id)) == 2


def test_several_at_once_are_counted_as_each_by_itself(work: Work, people: People, group: Group3) -> None:
    """Calendars and reminders gather many consultations: the same dates as on the page of each."""
    for day in (SENT, date(2027, 2, 10), date(2027, 2, 24), date(2027, 3, 5)):
        noon = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
        with time_machine.travel(noon, tick=False), work() as session:
            found = [session.get_one(Consultation, ident) for ident in (group.central, group.site)]
            arounds = together.arounds(session, found, on=day)
            for one in found:
                assert arounds[one.id] == queries.around(session, one, on=day)
        if day == SENT:
            with work() as session:
                give(session, group.site, people, date(2027, 2, 1))


def test_an_establishment_is_told_of_its_opinion_once(work: Work, people: People, group: Group3) -> None:
    with work() as session:
        who = Who.of(session.get_one(Account, people.rep1.id))
        assert who is not None
        found = [one for one in comings(gather(session, who.bodies, on=SENT), who) if one.day == LED]
        assert [one.step for one in found] == ["opinion"] and found[0].is_mine
