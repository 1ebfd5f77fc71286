"""The expert of a body: appointed by vote, requests with a short clock, a challenge, the report, the end."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.core import clock
from consult.experts.models import InformationRequest, Mission
from consult.experts.rules import is_over, proposed_end
from consult.mail.models import Letter
from consult.people.models import Account, Mandate
from consult.people.rules import MandateRole
from consult.register.models import Entry
from consult.register.rules import Tag
from tests.client import Page, PageClient
from tests.conftest import People
from tests.loop import Sent, attack, sent_with, withdraw
from tests.samples import pdf

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def values(**changes: str) -> dict[str, str]:
    today = clock.today()
    return {
        "firm": "Cabinet Lumen", "name": "Ada Roux", "email": "ada@lumen.example", "locale": "fr",
        "subject_fr": "Effets sur la charge de travail", "subject_en": "Effects on workload",
        "decided_on": today.isoformat(), "room_until": (today + timedelta(days=90)).isoformat(),
        "votes_for": "4", "votes_against": "1", "abstentions": "0", **changes,
    }  # fmt: skip


def url(sent: Sent) -> str:
    return f"/workspace/fr/consultations/{sent.consultation_id}/expert"


def appointed(as_: SignIn, people: People, sent: Sent) -> Page:
    rep = as_(people.rep1)
    return rep.submit(rep.get(url(sent)), values())


def test_the_resolution_names_the_body_and_the_firm(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    page = rep.get(url(sent))
    assert str(page.doc.xpath("//textarea[@name='text_fr']")[0].text).strip().startswith("Le CSE")
    rep.submit(page, values())
    with work() as session:
        said = session.scalars(select(Mission)).one().resolution.text
    assert "Cabinet Lumen" in said.texts["fr"] and "…" not in said.texts["fr"]
    assert set(said.texts) == {"fr"}, "a proposal nobody read would pass for the translation"


def expert(work: Work) -> Account:
    with work() as session:
        account: Account = session.scalars(select(Account).where(Account.email == "ada@lumen.example")).one()
        session.expunge(account)
        return account


def mission_id(work: Work) -> Any:
    with work() as session:
        return session.scalars(select(Mission.id)).one()


def limit(work: Work, sent: Sent) -> date | None:
    with work() as session:
        consultation = session.get_one(Consultation, sent.consultation_id)
        return consultations.state(session, consultation, on=clock.today()).limit


@BOTH
def test_an_expert_lengthens_the_period_and_gets_a_room(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    before = limit(work, sent)
    appointed(as_, people, sent)
    after = limit(work, sent)
    assert before is not None and after is not None and after > before + timedelta(days=25)
    with work() as session:
        mandate = session.scalars(select(Mandate).where(Mandate.role == MandateRole.EXPERT_GUEST)).one()
        assert mandate.ends_on == clock.today() + timedelta(days=90)
        assert Tag.EXPERT_APPOINTED in {one.tag for one in session.scalars(select(Entry))}
        told = session.scalars(select(Letter)).all()
        assert all("charge de travail" not in one.text for one in told), "links only"
    ident = mission_id(work)
    for account in (people.rep1, people.hr, people.chair, expert(work)):
        for lang in ("fr", "en"):
            as_(account).get(f"/workspace/{lang}/experts/{ident}")
    as_(people.admin).get(f"/workspace/fr/experts/{ident}", status=403)


def test_the_expert_asks_and_the_employer_has_a_few_days(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    appointed(as_, people, sent)
    ident, guest, hr = mission_id(work), as_(expert(work)), as_(people.hr)
    ask = f"/workspace/fr/experts/{ident}/requests/new"
    as_(people.rep1).get(ask, status=403)
    hr.get(ask, status=403)
    page = guest.get(ask)
    guest.submit(page, {"text_fr": ""}, status=400)
    guest.submit(page, {"text_fr": "Le contrat", "text_en": "The contract"})
    with work() as session:
        asked = session.scalars(select(InformationRequest)).one()
        assert timedelta(days=5) <= asked.due_on - asked.asked_on <= timedelta(days=9)
        request_id = asked.id
    where = f"/workspace/fr/experts/requests/{request_id}"
    guest.get(where, status=403)
    answering = hr.get(where)
    hr.submit(answering, {"text_fr": "Le voici", "text_en": "Here"})
    hr.submit(answering, {"text_fr": "Autre chose", "text_en": "Other"})
    with work() as session:
        answered = session.get_one(InformationRequest, request_id)
        assert answered.answer.shown("fr")[0] == "Le voici", "answered once"
        consultation = session.get_one(Consultation, sent.consultation_id)
        run = consultations.run(session, consultation, on=clock.today())
        step = run.step("expert_info_request") if run is not None else None
        assert step is not None and step.state == "done"


def test_a_challenge_suspends_the_period_until_the_judgment(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    appointed(as_, people, sent)
    hr, where = as_(people.hr), f"/workspace/fr/experts/{mission_id(work)}/challenge"
    as_(people.rep1).get(where, status=403)
    today = clock.today().isoformat()
    page = hr.get(where)
    before = (clock.today() - timedelta(days=1)).isoformat()
    hr.submit(page, {"filed_on": today, "judged_on": before}, status=400)
    hr.submit(page, {"filed_on": today})
    assert limit(work, sent) is None
    hr.submit(hr.get(where), {"filed_on": today, "judged_on": today})
    assert limit(work, sent) is not None


def test_the_report_is_checked_by_content_and_read_by_both_sides(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    appointed(as_, people, sent)
    ident, guest = mission_id(work), as_(expert(work))
    where = f"/workspace/fr/experts/{ident}/report"
    page = guest.get(where)
    guest.submit(page, {}, status=400)
    fake = (io.BytesIO(b"MZ\x90\x00 not a report"), "rapport.pdf")
    guest.submit(page, {"file": fake}, status=400)
    as_(people.hr).get(f"{where}/file", status=404)
    guest.submit(page, {"file": (io.BytesIO(pdf()), "rapport.pdf")})
    guest.submit(page, {"file": (io.BytesIO(pdf()), "autre.pdf")}, status=400)
    for account in (people.hr, people.rep1, people.chair):
        answer = as_(account).http.get(f"{where}/file")
        assert answer.status_code == 200 and answer.mimetype == "application/pdf"
        assert answer.headers["Cache-Control"] == "no-store"
        answer.close()
    as_(people.admin).get(f"{where}/file", status=403)


def test_no_vote_no_expert_and_nothing_typed_is_lost(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    page = rep.get(url(sent))
    lost = rep.submit(page, values(votes_for="2", abstentions="3"), status=409)
    assert "Cabinet Lumen" in lost.response.get_data(as_text=True)
    rep.submit(page, values(email=people.hr.email), status=409)
    rep.submit(page, values(email="no address"), status=400)
    with work() as session:
        assert session.scalars(select(Mission)).first() is None
        assert session.scalars(select(Account).where(Account.email == "ada@lumen.example")).first() is None
    for account in (people.hr, people.chair, people.admin):
        attack(as_(account), url(sent), values(), status=403)
    rep.submit(page, values())
    rep.submit(page, values(email="bis@lumen.example"))
    with work() as session:
        assert len(session.scalars(select(Mission)).all()) == 1, "a second click appoints nobody"


def test_a_withdrawn_notice_takes_no_expert(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = rep.get(url(sent))
    withdraw(work, people, sent.slug)
    rep.submit(page, values(), status=409)


def test_the_room_closes_when_the_body_ends_the_mission(
    app: Flask, work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    appointed(as_, people, sent)
    rep, guest = as_(people.rep1), as_(expert(work))
    room = f"/workspace/fr/experts/{mission_id(work)}"
    asking = guest.get(f"{room}/requests/new")
    attack(as_(people.hr), f"{room}/end", {}, status=403)
    rep.submit(rep.get(room), action="/end")
    guest.submit(asking, {"text_fr": "Encore", "text_en": "More"}, status=409)
    with work() as session:
        mandate = session.scalars(select(Mandate).where(Mandate.role == MandateRole.EXPERT_GUEST)).one()
        assert mandate.ends_on == clock.today()


def test_days_of_a_room() -> None:
    day = date(2026, 11, 25)
    assert not is_over(None, day, day) and is_over(None, day, day + timedelta(days=1))
    assert is_over(day, day + timedelta(days=9), day)
    assert proposed_end(None, day) > day and proposed_end(day, day) == proposed_end(None, day)
