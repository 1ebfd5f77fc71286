"""What waits for me: steps of the procedure, meetings, requests, contested days; whose, and how late."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from consult.consultations.models import Consultation, Fact
from consult.consultations.rules import FactKind
from consult.core import clock
from consult.experts.models import InformationRequest, Mission
from consult.meetings import requesting
from consult.meetings import services as meetings
from consult.meetings.models import Meeting, MeetingRequest
from consult.meetings.rules import Ground, MinutesState, Presence
from consult.notices.models import Notice
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import MandateRole, Role
from consult.questions import services as questions
from tests import loop, sending
from tests.client import Page, PageClient
from tests.conftest import People
from tests.functional.test_calendars import other_body
from tests.functional.test_workspace import section

Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
START = "/workspace/fr/"


@pytest.fixture
def sent(work: Work, people: People) -> loop.Sent:
    return loop.sent_with(work, people)


def everything(page: Page) -> str:
    found = " ".join(section(page, one) for one in ("now", "next", "others"))
    return found.replace("\xa0", " ")


def call(work: Work, people: People, sent: loop.Sent, *, ahead: int = 10) -> None:
    with work() as session:
        day = clock.today() + timedelta(days=ahead)
        meetings.call(
            session, session.get_one(Body, people.body.id), day=day, time="", place="",
            is_extraordinary=False, actor=session.get_one(Account, people.hr.id), on=clock.today(),
            about=session.get_one(Consultation, sent.consultation_id),
        )  # fmt: skip


def ahead(days: int) -> Any:
    return time_machine.travel(clock.now() + timedelta(days=days), tick=False)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_steps_wait_for_the_side_that_takes_them(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, lang: str
) -> None:
    start = f"/workspace/{lang}/"
    words = "Réunion de présentation" if lang == "fr" else "question meeting"
    with ahead(3):
        hr = everything(as_(people.hr).get(start))
        assert words in hr and ("Dans 1" in hr or "In 1" in hr)
        for account in (people.rep1, people.chair, people.admin):
            assert words not in everything(as_(account).get(start)), "not theirs"
    with ahead(25):
        hr = everything(as_(people.hr).get(start))
        assert words in hr
        assert ("En retard" if lang == "fr" else "Late by") not in hr, "a proposed date is never late"


def test_late_is_what_the_clock_calls_late(work: Work, people: People, sent: loop.Sent, as_: SignIn) -> None:
    with ahead(45):
        assert "En retard" in section(as_(people.rep1).get(START), "now"), "R2312-6"
    with work() as session:
        session.get_one(Consultation, sent.consultation_id).template = "generic"
    with ahead(45):
        page = everything(as_(people.rep1).get(START))
        assert "En retard" not in page and "Date proposée dépassée" in page


def test_the_agenda_waits_for_both_and_no_longer_once_they_agree(
    work: Work, people: People, sent: loop.Sent, as_: SignIn
) -> None:
    call(work, people, sent)
    text = "ordre du jour"
    for account, waits in ((people.hr, 1), (people.chair, 1), (people.rep1, 1), (people.rep2, 0)):
        assert (text in everything(as_(account).get(START))) is bool(waits), account.name
    with work() as session:
        meetings.agree(
            session, session.scalars(select(Meeting)).one(), as_chair=True, why="", on=clock.today()
        )
    assert text not in everything(as_(people.hr).get(START))
    assert text in everything(as_(people.rep1).get(START))


def test_after_the_meeting_it_is_the_secretarys_turn(
    work: Work, people: People, sent: loop.Sent, as_: SignIn
) -> None:
    call(work, people, sent, ahead=0)
    with ahead(2):
        assert "personnes présentes" in everything(as_(people.rep1).get(START))
        assert "personnes présentes" not in everything(as_(people.rep2).get(START))
        with work() as session:
            one = session.scalars(select(Meeting)).one()
            mandate = session.get_one(Account, people.rep1.id).mandates[0]
            meetings.hold(session, one, presences={mandate.id: Presence.PRESENT}, on=clock.today())
        assert "rédiger et transmettre" in everything(as_(people.rep1).get(START))
        with work() as session:
            one = session.scalars(select(Meeting)).one()
            meetings.write_minutes(session, one, text=sending.both("Débat"), seen=one.version)
            meetings.send_minutes(session, one, on=clock.today())
            assert one.minutes_state is MinutesState.SENT
        assert "faire adopter" in everything(as_(people.rep1).get(START))
        assert "procès-verbal" not in everything(as_(people.hr).get(START))


def test_an_extraordinary_meeting_is_supported_then_called(
    work: Work, people: People, sent: loop.Sent, as_: SignIn
) -> None:
    with work() as session:
        rep = session.get_one(Account, people.rep1.id)
        requesting.ask(
            session, session.get_one(Body, people.body.id), ground=Ground.HEALTH, reason="Charge",
            questions=(), actor=rep, mandate=rep.mandates[0], on=clock.today(),
        )  # fmt: skip
    asked = "Réunion extraordinaire demandée"
    other, _body = other_body(work)
    assert asked in everything(as_(people.rep2).get(START))
    for account in (people.rep1, people.hr, people.chair, other):
        assert "extraordinaire" not in everything(as_(account).get(START)), "asked it, or may not know of it"
    with work() as session:
        one = session.scalars(select(MeetingRequest)).one()
        requesting.support(session, one, session.get_one(Account, people.rep2.id).mandates[0], is_for=True)
        requesting.send(session, one, on=clock.today())
    assert "réunion extraordinaire" in everything(as_(people.hr).get(START))
    assert "réunion extraordinaire" in everything(as_(people.chair).get(START))
    assert asked in section(as_(people.rep2).get(START), "others")


def test_what_the_body_contests_and_what_an_expert_asks(
    work: Work, people: People, sent: loop.Sent, as_: SignIn
) -> None:
    with work() as session:
        fact = session.scalars(select(Fact).where(Fact.kind == FactKind.RECEIVED)).one()
        fact.is_contested = True
        today = clock.today()
        guest = people_services.add_account(
            session, email="expert@cabinet.example", name="Eva Expert", role=Role.REPRESENTATIVE
        )
        body = session.get_one(Body, people.body.id)
        mandate = people_services.give_mandate(
            session, guest, body, role=MandateRole.EXPERT_GUEST, starts_on=today
        )  # fmt: skip
        decided = people_services.record_resolution(
            session,
            body,
            text=sending.both("Expert"),
            on=today,
            actor=session.get_one(Account, people.rep1.id),
        )
        fact.resolution_id = decided.id
        mission = Mission(
            consultation_id=sent.consultation_id, resolution_id=decided.id, account_id=guest.id,
            mandate_id=mandate.id, firm="Cabinet", subject=sending.both("Mission"), appointed_on=today,
            room_until=today + timedelta(days=60),
        )  # fmt: skip
        session.add(mission)
        session.flush()
        session.add(
            InformationRequest(
                mission_id=mission.id,
                number=1,
                text=sending.both("Effectifs"),
                asked_on=today,
                due_on=today + timedelta(days=5),
            )
        )
        session.add(Fact(
            consultation_id=sent.consultation_id, kind=FactKind.EXPERT_APPOINTED, day=today
        ))  # fmt: skip
    hr = everything(as_(people.hr).get(START))
    assert re.search("conteste une date|Date contestée", hr)
    assert "Demande 1 de l’expert" in hr and "Effectifs" not in hr
    rep = everything(as_(people.rep1).get(START))
    assert not re.search("conteste une date|Date contestée", rep) and "Demande 1" not in rep
    with work() as session:
        expert = session.scalars(select(Account).where(Account.name == "Eva Expert")).one()
        session.refresh(expert)
        session.expunge_all()
    found = everything(as_(expert).get(START))
    assert "expert" in found.lower(), "its own steps"
    assert "Avis et vœux" not in found


def test_one_list_in_pages(work: Work, people: People, sent: loop.Sent, as_: SignIn) -> None:
    with work() as session:
        for number in range(30):
            questions.ask(
                session, session.get_one(Notice, sent.notice_id), body=session.get_one(Body, people.body.id),
                text=sending.both(f"Demande-{number:02}"), expected_on=clock.today() + timedelta(days=number),
                actor=session.get_one(Account, people.rep1.id), on=clock.today(),
            )  # fmt: skip
    hr, seen = as_(people.hr), []
    path = START
    for _number in range(9):
        page = hr.get(path)
        tasks = page.doc.xpath("//ul[contains(@class, 'tasks')]/li")
        assert 1 <= len(tasks) <= 20
        seen += [one.text_content() for one in tasks if "Demande-" in one.text_content()]
        following = page.doc.xpath("//nav[@class='pages']//a[@rel='next']/@href")
        if not following:
            break
        path = str(following[0])
    order = [int(one.partition("Demande-")[2][:2]) for one in seen]
    assert order == sorted(order) == list(range(30)), "each once, by day"
    for odd in ("0", "99", "x", "-1", "9" * 40):
        hr.get(f"{START}?page={odd}")
