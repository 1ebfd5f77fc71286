"""The procedure step by step: days entered, contested, struck out; what was agreed; procedures beside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consult.consultations import queries, services
from consult.consultations.models import Consultation, Fact, ProcedureOverride, SideProcedure
from consult.core import clock
from consult.people import queries as people_queries
from consult.people.models import Account
from consult.register.models import Entry
from consult.register.rules import Ref, Tag
from tests.client import Page, PageClient
from tests.conftest import People
from tests.loop import Sent, attack, sent_with, withdraw

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
VOTES = {"votes_for": "4", "votes_against": "0", "abstentions": "0"}


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def url(sent: Sent, what: str = "procedure", lang: str = "fr") -> str:
    return f"/workspace/{lang}/consultations/{sent.consultation_id}/{what}"


def typed_in(page: Page) -> str:
    """What the controls of a page hold."""
    return page.response.get_data(as_text=True)


def facts(work: Work) -> list[Fact]:
    with work() as session:
        return list(session.scalars(select(Fact).order_by(Fact.day)))


def tags(work: Work) -> list[str]:
    with work() as session:
        return [one.tag for one in session.scalars(select(Entry).order_by(Entry.position))]


@BOTH
def test_a_day_entered_moves_the_dates_and_is_on_record(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    day = clock.today() + timedelta(days=10)
    page = hr.get(url(sent, "days/new"))
    hr.submit(page, {"key": "meeting", "day": day.isoformat(), "note": "Salle 2"})
    for lang in ("fr", "en"):
        shown = rep.get(url(sent, lang=lang)).text
        assert "Salle 2" in shown
    assert Tag.FACT_RECORDED in tags(work)
    with work() as session:
        run = queries.run(session, session.get_one(Consultation, sent.consultation_id), on=clock.today())
        assert run is not None
        agenda = run.step("agenda_sent")
        assert agenda is not None and agenda.due_on == day - timedelta(days=3)


def test_a_day_sent_twice_stands_once(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    hr = as_(people.hr)
    page = hr.get(url(sent, "days/new"))
    for _time in range(2):
        hr.submit(page, {"key": "expert_cost_notice", "day": clock.today().isoformat(), "note": "Devis"})
    hr.submit(page, {"key": "expert_cost_notice", "day": clock.today().isoformat(), "note": "Autre"})
    assert sorted(one.note for one in facts(work) if one.kind == "told") == ["Autre", "Devis"]
    assert tags(work).count(Tag.FACT_RECORDED) == 2


def test_what_happened_cannot_lie_ahead_and_nothing_typed_is_lost(
    people: People, sent: Sent, as_: SignIn, work: Work
) -> None:
    hr = as_(people.hr)
    day = (clock.today() + timedelta(days=1)).isoformat()
    form = hr.get(url(sent, "days/new"))
    refused = hr.submit(form, {"key": "expert_cost_notice", "day": day, "note": "Devis reçu"}, status=400)
    assert "Devis reçu" in typed_in(refused)
    for key in ("opinion", "info_transmitted", "nothing", ""):
        hr.submit(form, {"key": key, "day": clock.today().isoformat()}, status=400)
    assert all(one.kind != "told" for one in facts(work))


def test_the_body_contests_the_start_and_both_dates_stand(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    received = next(one for one in facts(work) if one.kind == "received")
    where = url(sent, f"days/{received.id}/contest")
    hr.get(where, status=403)
    page = rep.get(where)
    lost = rep.submit(page, {"instead": "never", "why": "Incomplet", **VOTES, "votes_for": "0"}, status=409)
    assert "Incomplet" in typed_in(lost)
    rep.submit(page, {"instead": "day", "why": "Tard", **VOTES}, status=400)
    rep.submit(page, {"instead": "never", "why": "Annexes absentes", **VOTES})
    rep.submit(page, {"instead": "never", "why": "Encore", **VOTES}, status=409)
    shown = hr.get(url(sent, lang="en")).text
    assert "Annexes absentes" in shown and "The body contests the start" in shown
    assert Tag.FACT_CONTESTED in tags(work)
    with work() as session:
        consultation = session.get_one(Consultation, sent.consultation_id)
        state = queries.state(session, consultation, on=clock.today() + timedelta(days=200))
        assert state.limit is not None and not state.is_deemed_negative


def test_only_who_entered_a_day_strikes_it_out_and_it_stays_readable(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    day = clock.today()
    page = rep.get(url(sent, "days/new"))
    rep.submit(page, {"key": "expert_cost_notice", "day": day.isoformat()})
    fact = next(one for one in facts(work) if one.kind == "told")
    where = url(sent, f"days/{fact.id}/strike")
    hr.get(where, status=404)
    form = rep.get(where)
    rep.submit(form, {"why": ""}, status=400)
    rep.submit(form, {"why": "Mauvaise date"})
    rep.submit(form, {"why": "Encore"}, status=409)
    assert "Mauvaise date" in rep.get(url(sent)).text
    with work() as session:
        assert not any(
            one.kind == "told" for one in session.get_one(Consultation, sent.consultation_id).facts
        )


def test_nothing_is_added_to_a_withdrawn_notice(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    hr = as_(people.hr)
    page = hr.get(url(sent, "days/new"))
    withdraw(work, people, sent.slug)
    done = hr.submit(
        page, {"key": "meeting", "day": clock.today().isoformat(), "note": "Trop tard"}, status=409
    )
    assert "Trop tard" in typed_in(done)
    assert all(one.kind != "told" for one in facts(work))


def test_strangers_to_the_consultation_see_nothing(people: People, sent: Sent, as_: SignIn) -> None:
    chair, admin = as_(people.chair), as_(people.admin)
    chair.get(url(sent))
    chair.get(url(sent, "days/new"), status=403)
    admin.get(url(sent), status=403)


@BOTH
def test_what_was_agreed_takes_the_place_of_the_law(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    admin, rep = as_(people.admin), as_(people.rep1)
    listed = admin.get("/workspace/fr/procedures")
    assert any(str(sent.consultation_id) in one for one in listed.links())
    page = admin.get(f"/workspace/fr/procedures/{sent.consultation_id}")
    typed = {"key": "limit", "agreed_on": "03/03/2025", "reason": "Accord du 3 mars 2025"}
    wrong = admin.submit(page, {**typed, "value": "un mois et demi"}, action="agreed", status=400)
    assert "Accord du 3 mars 2025" in typed_in(wrong)
    admin.submit(page, {**typed, "value": "45 jours"}, action="agreed")
    assert "Accord du 3 mars 2025" in rep.get(url(sent)).text
    rep.get(f"/workspace/fr/procedures/{sent.consultation_id}", status=403)
    with work() as session:
        made = session.scalars(select(ProcedureOverride)).one()
        assert made.value == "P45D"
        state = queries.state(session, session.get_one(Consultation, sent.consultation_id), on=clock.today())
        begun = min(one.day for one in session.scalars(select(Fact)))
        assert state.limit is not None and 45 <= (state.limit - begun).days <= 48
    admin.submit(page, {**typed, "value": "15/01/2030"}, action="agreed")
    with work() as session:
        standing = [one for one in session.scalars(select(ProcedureOverride)) if one.ended_on is None]
        assert [one.value for one in standing] == ["2030-01-15"]
    assert tags(work).count(Tag.PROCEDURE_OVERRIDDEN) == 2


def test_another_procedure_is_followed_with_a_reason(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    admin, rep = as_(people.admin), as_(people.rep1)
    page = admin.get(f"/workspace/fr/procedures/{sent.consultation_id}")
    admin.submit(page, {"template": "generic/", "because": ""}, action="followed", status=400)
    admin.submit(page, {"template": "fr-cse/", "because": "x"}, action="followed", status=400)
    small = {"template": "fr-cse-11-49/", "because": "40 salariés"}
    admin.submit(page, small, action="followed", status=400)  # not for the headcount there is
    with work() as session:
        (site,) = people_queries.establishments(session)
        site.headcount = 40
    admin.submit(page, small, action="followed")
    shown = rep.get(f"/workspace/fr/consultations/{sent.consultation_id}").text
    assert "/opinion" not in shown.replace("/opinion-", ""), "no opinion is offered where there is none"
    assert Tag.PROCEDURE_CHOSEN in tags(work)


def test_a_procedure_runs_beside_and_counts_the_acts_of_the_notice(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    where = f"/workspace/fr/notices/{sent.slug}/procedures"
    page = hr.get(where)
    values = {"template": "eu-ai-act-26-7", "because": "Système à haut risque"}
    attack(rep, where, values, status=409)
    hr.submit(page, {**values, "template": "fr-cse"}, status=400)
    hr.submit(page, values)
    hr.submit(page, values, status=400)
    with work() as session:
        side = session.scalars(select(SideProcedure)).one()
    rep.get(f"/workspace/fr/procedures/beside/{side.id}")
    form = rep.get(f"/workspace/fr/procedures/beside/{side.id}/days/new")
    rep.submit(form, {"key": "dpia", "day": clock.today().isoformat()})
    hr.submit(hr.get(where), action="/end")


def test_a_room_tells_a_day_again_and_takes_it_back(work: Work, people: People, sent: Sent) -> None:
    source = Ref("meeting", "1")
    day = clock.today()
    with work() as session:
        consultation = session.get_one(Consultation, sent.consultation_id)
        before = len(consultation.facts)
        services.tell(session, consultation, "meeting", day, source=source, actor=None)
        services.tell(session, consultation, "meeting", day + timedelta(days=1), source=source, actor=None)
        assert [one.day for one in consultation.facts if one.key] == [day + timedelta(days=1)]
        services.tell(session, consultation, "meeting", None, source=source, actor=None)
        assert len(consultation.facts) == before
