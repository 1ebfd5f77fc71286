"""Meetings: called, their agenda drawn up by two, attendance, minutes of the secretary alone, the pack."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.consultations import queries
from consult.consultations.models import Consultation
from consult.core import clock
from consult.mail.models import Letter
from consult.meetings import services
from consult.meetings.models import Meeting, MeetingRequest
from consult.meetings.rules import (
    Ground,
    ItemKind,
    MeetingState,
    MinutesState,
    agenda_is_short,
    supporters_needed,
)
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import BodyKind, MandateRole, Role
from consult.procedures.clock import StepState
from consult.register.models import Entry
from consult.register.rules import Tag
from tests.client import Page, PageClient
from tests.conftest import People
from tests.functional.test_questions_pages import asked
from tests.loop import Sent, attack, sent_with

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
VOTES = {"votes_for": "4", "votes_against": "0", "abstentions": "0"}


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def call(as_: SignIn, people: People, sent: Sent | None, *, ahead: int = 10, **more: str) -> Page:
    hr = as_(people.hr)
    about = f"&about={sent.consultation_id}" if sent is not None else ""
    page = hr.get(f"/workspace/fr/meetings/new?body={people.body.id}{about}")
    day = (clock.today() + timedelta(days=ahead)).isoformat()
    return hr.submit(page, {"day": day, "time": "9h30", "place": "Salle Curie", **more})


def meeting(work: Work) -> Meeting:
    with work() as session:
        found: Meeting = session.scalars(select(Meeting)).one()
        _ = [one.kind for one in found.items]
        session.expunge_all()
        return found


def url(work: Work, what: str = "", lang: str = "fr") -> str:
    return f"/workspace/{lang}/meetings/{meeting(work).id}{what}"


def told(work: Work, sent: Sent) -> dict[str, date]:
    with work() as session:
        consultation = session.get_one(Consultation, sent.consultation_id)
        return {one.key: one.day for one in consultation.facts if one.key}


@BOTH
def test_a_meeting_is_called_and_the_clock_learns_its_day(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    call(as_, people, sent)
    found = meeting(work)
    assert (found.number, found.time, [one.kind for one in found.items]) == (
        1, "9:30", ["information", "consultation"],
    )  # fmt: skip
    day = clock.today() + timedelta(days=10)
    assert told(work, sent) == {"meeting": day, "opinion_meeting": day}
    with work() as session:
        letters = session.scalars(select(Letter).where(Letter.about == f"meeting:{found.id}")).all()
        assert {one.to_address for one in letters} >= {people.rep1.email, people.chair.email}
        assert all("Salle Curie" not in one.text for one in letters), "links only"
        assert Tag.MEETING_CALLED in {one.tag for one in session.scalars(select(Entry))}
    for account in (people.rep1, people.chair, people.hr):
        for lang in ("fr", "en"):
            as_(account).get(url(work, lang=lang))
            as_(account).get(f"/workspace/{lang}/meetings")
    as_(people.admin).get(url(work), status=403)


def test_bad_convocations_are_refused_and_lose_nothing(
    people: People, sent: Sent, as_: SignIn, work: Work
) -> None:
    hr = as_(people.hr)
    page = hr.get(f"/workspace/fr/meetings/new?body={people.body.id}")
    day = clock.today().isoformat()
    past = (clock.today() - timedelta(days=1)).isoformat()
    for wrong in ({"day": past}, {"day": day, "time": "25:00"}, {"day": day, "body": "x"},
                  {"day": day, "about": "00000000-0000-4000-8000-000000000000"}):  # fmt: skip
        refused = hr.submit(page, {"place": "Salle Curie", **wrong}, status=400)
        assert "Salle Curie" in refused.response.get_data(as_text=True)
    as_(people.rep2).get("/workspace/fr/meetings/new", status=403)
    as_(people.rep1).get("/workspace/fr/meetings/new", status=404)  # the body has a chair: it convenes
    with work() as session:
        assert session.scalars(select(Meeting)).first() is None


def test_chair_and_secretary_set_the_agenda_together(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    call(as_, people, sent)
    rep, chair = as_(people.rep1), as_(people.chair)
    page = rep.get(url(work))
    rep.submit(page, {"title": "", "about": ""}, action="/items/new", status=400)
    rep.submit(page, {"title": "Questions diverses", "kind": "other"}, action="/items/new")
    chair.submit(chair.get(url(work)), action="/agenda")
    assert meeting(work).agenda_set_on is None
    rep.submit(rep.get(url(work)), {"title": "Encore", "kind": "other"}, action="/items/new")
    rep.submit(rep.get(url(work)), action="/agenda")
    assert meeting(work).agenda_set_on is None, "an agenda that changed is agreed again"
    chair.submit(chair.get(url(work)), action="/agenda")
    assert meeting(work).agenda_set_on == clock.today()
    assert told(work, sent)["agenda_sent"] == clock.today(), "the clock learns it in the same act"
    assert step(work, sent, "agenda_sent").state is StepState.DONE
    attack(rep, url(work, "/items/new"), {"title": "Trop tard", "kind": "other", "about": ""}, status=409)
    attack(as_(people.rep2), url(work, "/agenda"), {}, status=403)


def step(work: Work, sent: Sent, key: str) -> Any:
    with work() as session:
        run = queries.run(session, session.get_one(Consultation, sent.consultation_id), on=clock.today())
        return run.step(key)


def test_a_meeting_held_tells_that_the_notice_was_presented(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    call(as_, people, sent, ahead=0)
    rep, hr = as_(people.rep1), as_(people.hr)
    assert "presentation_meeting" not in told(work, sent), "called is not held"
    rep.submit(rep.get(url(work)), {"why": "De droit"}, action="/agenda")
    rep.submit(rep.get(url(work)), action="/attendance")
    assert told(work, sent) == {
        "meeting": clock.today(), "opinion_meeting": clock.today(), "agenda_sent": clock.today(),
        "agenda_sent_central": clock.today(), "presentation_meeting": clock.today(),
    }  # fmt: skip
    assert step(work, sent, "presentation_meeting").state is StepState.DONE
    for account in (people.rep1, people.hr):
        page = as_(account).get(f"/workspace/fr/consultations/{sent.consultation_id}").text
        assert "Communication de l’ordre du jour" in page and "Réunion de présentation" not in page
    hr.get("/workspace/fr/")


@pytest.mark.parametrize("template", ["", "generic", "de-betrvg90"])
def test_a_procedure_without_such_steps_is_told_nothing_of_them(
    work: Work, people: People, sent: Sent, as_: SignIn, template: str
) -> None:
    with work() as session:
        session.get_one(Consultation, sent.consultation_id).template = template
    call(as_, people, None, ahead=0)
    with work() as session:
        found = session.scalars(select(Meeting)).one()
        consultation = session.get_one(Consultation, sent.consultation_id)
        services.add_item(session, found, kind=ItemKind.INFORMATION, title="", about=consultation)
    rep = as_(people.rep1)
    rep.submit(rep.get(url(work)), {"why": "De droit"}, action="/agenda")
    rep.submit(rep.get(url(work)), action="/attendance")
    assert set(told(work, sent)) == {"meeting"}


def test_one_alone_sets_it_with_the_reason_the_law_gives(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    call(as_, people, sent, ahead=1)
    rep = as_(people.rep1)
    rep.submit(rep.get(url(work)), {"why": "Consultation obligatoire"}, action="/agenda")
    shown = as_(people.hr).get(url(work)).text
    assert "Consultation obligatoire" in shown and "L2315-30" in shown


def test_an_item_taken_off_and_a_meeting_cancelled_are_forgotten_by_the_clock(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    call(as_, people, sent)
    hr = as_(people.hr)
    last = max(meeting(work).items, key=lambda one: one.position)
    hr.submit(hr.get(url(work)), action=f"{last.id}/remove")
    assert set(told(work, sent)) == {"meeting"}
    page = hr.get(url(work, "/cancel"))
    hr.submit(page, {"why": ""}, status=400)
    hr.submit(page, {"why": "Grève des transports"})
    assert told(work, sent) == {} and meeting(work).state is MeetingState.CANCELLED
    hr.submit(page, {"why": "Encore"}, status=409)
    assert "Grève des transports" in as_(people.rep1).get(url(work)).text


@BOTH
def test_minutes_are_the_secretarys_alone_until_sent_and_frozen_once_adopted(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    call(as_, people, sent, ahead=0)
    rep, hr = as_(people.rep1), as_(people.hr)
    page = rep.get(url(work))
    names = {str(one) for one in page.doc.xpath("//input[@type='radio']/@name")}
    chosen = {one: "present" for one in names if one.startswith("presence")}
    rep.submit(page, chosen, action="/attendance")
    attack(hr, url(work, "/attendance"), chosen, status=403)
    writing, stale = rep.get(url(work, "/minutes")), rep.get(url(work, "/minutes"))
    rep.submit(writing, {"text_fr": "Débat nourri"})
    late = rep.submit(stale, {"text_fr": "Autre version"}, status=409)
    assert "Autre version" in late.response.get_data(as_text=True)
    assert "Débat nourri" not in hr.get(url(work)).text
    assert "Débat nourri" not in as_(people.rep2).get(url(work)).text
    hr.get(url(work, "/minutes"), status=403)
    rep.submit(rep.get(url(work)), action="/minutes/send")
    assert "Débat nourri" in hr.get(url(work)).text and "minutes" in told(work, sent)
    adopting = rep.get(url(work, "/minutes/adopt"))
    rep.submit(adopting, {**VOTES, "votes_for": "1", "abstentions": "2"}, status=409)
    rep.submit(adopting, VOTES)
    assert meeting(work).minutes_state is MinutesState.ADOPTED
    rep.get(url(work, "/minutes"), status=409)
    rep.submit(adopting, VOTES, status=409)
    with work() as session:
        found = session.scalars(select(Meeting)).one()
        found.minutes_on = found.day + timedelta(days=40)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_the_pack_holds_numbered_pieces_and_no_draft(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    asked(work, people, sent)
    call(as_, people, sent, ahead=0)
    rep = as_(people.rep1)
    rep.submit(rep.get(url(work)), action="/attendance")
    rep.submit(rep.get(url(work, "/minutes")), {"text_fr": "Brouillon secret"})
    for account, lang in ((people.rep1, "fr"), (people.hr, "en")):
        answer = as_(account).http.get(url(work, "/pack.pdf", lang))
        assert answer.status_code == 200 and answer.data.startswith(b"%PDF")
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
        assert "Brouillon secret" not in text and "9:30" in text
        assert ("énergie" if lang == "fr" else "energy") in text


def test_members_ask_for_an_extraordinary_meeting(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    question = asked(work, people, sent)
    rep, other, hr = as_(people.rep1), as_(people.rep2), as_(people.hr)
    page = rep.get("/workspace/fr/meetings/requests/new")
    rep.submit(page, {"reason": ""}, status=400)
    rep.submit(page, {"reason": "Le déploiement est avancé", "questions": [str(question)]})
    with work() as session:
        ident = session.scalars(select(MeetingRequest.id)).one()
    where = f"/workspace/fr/meetings/requests/{ident}"
    for account in (people.hr, people.chair):
        as_(account).get(where, status=404)
    attack(rep, f"{where}/send", {}, status=303)
    with work() as session:
        asked_for = session.get_one(MeetingRequest, ident)
        assert asked_for.sent_on is None, "not enough support yet"
    other.submit(other.get(where), action="/support")
    other.submit(other.get(where), action="/support")  # taken back
    other.submit(other.get(where), action="/support")
    needed = rep.get(where)
    rep.submit(needed, action="/send")
    assert "énergie" in hr.get(where).text
    attack(other, f"{where}/support", {}, status=409)
    day = (clock.today() + timedelta(days=5)).isoformat()
    hr.submit(hr.get(f"/workspace/fr/meetings/new?body={people.body.id}&request={ident}"),
              {"day": day, "about": str(sent.consultation_id)})  # fmt: skip
    found = meeting(work)
    assert found.is_extraordinary and any("avancé" in one.title for one in found.items)
    assert told(work, sent)["extraordinary_meeting"] == clock.today()
    hr.submit(hr.get(f"/workspace/fr/meetings/new?body={people.body.id}&request={ident}"), {"day": day})
    assert meeting(work).number == 1, "answered once"


def test_a_double_click_makes_one_thing(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    day = (clock.today() + timedelta(days=10)).isoformat()
    page = hr.get(f"/workspace/fr/meetings/new?body={people.body.id}")
    for _time in range(2):
        hr.submit(page, {"day": day})
    shown = hr.get(url(work))
    for _time in range(2):
        hr.submit(shown, {"title": "Divers", "kind": "other"}, action="/items/new")
    assert [one.title for one in meeting(work).items] == ["Divers"]
    asking = rep.get("/workspace/fr/meetings/requests/new")
    for _time in range(2):
        rep.submit(asking, {"reason": "Accident"})
    with work() as session:
        assert len(session.scalars(select(MeetingRequest)).all()) == 1
        assert (
            len(session.scalars(select(Letter).where(Letter.to_address == people.rep2.email)).all()) == 2
        ), "the notice, and one meeting"


def test_a_request_that_was_not_sent_is_known_to_no_guest(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    """An expert reads what the body lays out, and is no member of it."""
    with work() as session:
        guest = people_services.add_account(
            session, email="e@ergonia.example", name="Expert", role=Role.REPRESENTATIVE
        )
        body = session.get_one(Body, people.body.id)
        people_services.give_mandate(
            session, guest, body, role=MandateRole.EXPERT_GUEST, starts_on=clock.today()
        )
        session.flush()
        session.refresh(guest)
    rep = as_(people.rep1)
    rep.submit(
        rep.get("/workspace/fr/meetings/requests/new"), {"reason": "Accident grave", "ground": "health"}
    )
    with work() as session:
        where = f"/workspace/fr/meetings/requests/{session.scalars(select(MeetingRequest.id)).one()}"
    other = as_(guest)
    assert "Accident" not in other.get("/workspace/fr/meetings").text
    other.get(where, status=404)
    second = as_(people.rep2)
    second.submit(second.get(where), action="/support")
    rep.submit(rep.get(where), action="/send")
    assert "Accident" in other.get("/workspace/fr/meetings").text
    shown = other.get(where).text
    assert people.rep1.name not in shown, "who supports it is the body's"


def test_a_request_that_was_not_sent_answers_as_one_there_is_not(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep, hr = as_(people.rep1), as_(people.hr)
    rep.submit(rep.get("/workspace/fr/meetings/requests/new"), {"reason": "Accident grave"})
    with work() as session:
        ident = session.scalars(select(MeetingRequest.id)).one()
    day = (clock.today() + timedelta(days=5)).isoformat()
    hr.submit(hr.get(f"/workspace/fr/meetings/new?body={people.body.id}&request={ident}"), {"day": day})
    found = meeting(work)
    assert not found.items and not found.is_extraordinary


def test_only_its_own_secretary_notes_who_was_there(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    """A secretary elsewhere who is a plain member here; and nobody once the minutes are adopted."""
    call(as_, people, sent, ahead=0)
    with work() as session:
        other = people_services.add_body(session, name="CSE de Lille", kind=BodyKind.CSE, headcount=90)
        people_services.give_mandate(
            session, session.get_one(Account, people.rep2.id), other, role=MandateRole.SECRETARY,
            starts_on=clock.today(),
        )  # fmt: skip
    attack(as_(people.rep2), url(work, "/attendance"), {}, status=404)
    rep = as_(people.rep1)
    rep.submit(rep.get(url(work)), action="/attendance")
    rep.submit(rep.get(url(work, "/minutes")), {"text_fr": "Débat"})
    rep.submit(rep.get(url(work)), action="/minutes/send")
    rep.submit(rep.get(url(work, "/minutes/adopt")), VOTES)
    attack(rep, url(work, "/attendance"), {}, status=409)


def test_attendance_waits_for_the_day(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    call(as_, people, sent, ahead=3)
    attack(as_(people.rep1), url(work, "/attendance"), {}, status=409)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        attack(as_(people.rep1), url(work, "/attendance"), {}, status=303)


@given(members=st.integers(0, 40))
def test_who_may_have_a_meeting_called(members: int) -> None:
    needed = supporters_needed(members, Ground.ANY)
    assert 2 * needed > members
    assert supporters_needed(members, Ground.HEALTH) <= 2


def test_three_days_ahead() -> None:
    day = date(2026, 10, 12)
    assert not agenda_is_short(day - timedelta(days=3), day) and agenda_is_short(day - timedelta(days=2), day)
