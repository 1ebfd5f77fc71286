"""The reasoned response: a draft, in parts, followed up, and the age of what waits."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from consult import jobs as schedule
from consult.commitments.models import Commitment
from consult.consultations import queries as consultations
from consult.core import clock
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.mail.models import Letter
from consult.opinions import jobs, pending, responding, services
from consult.opinions.models import FollowUp, Opinion, Response, ResponseDraft, ResponseFile, ResponsePoint
from consult.opinions.points import AlreadySettled, Answer, AnswerIncomplete
from consult.opinions.rules import PointKind, Position, Stance
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import BodyKind, MandateRole, Role
from consult.register.models import Entry, Link
from consult.register.rules import Tag
from tests.client import Page, PageClient
from tests.conftest import WORD, People
from tests.loop import Sent, attack, sent_with, withdraw

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
DAY = timedelta(days=1)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090"
    "7753de0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)


def both(fr: str, en: str = "") -> Localized:
    return Localized.of(fr=fr, en=en or f"{fr} (en)")


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


@pytest.fixture
def points(work: Work, people: People, sent: Sent) -> dict[str, Any]:
    """An opinion with two reservations and a wish; their identifiers by code."""
    with work() as session:
        consultation = consultations.by_id(session, sent.consultation_id)
        opinion = services.give(
            session, consultation, text=both("Le CSE est réservé."), position=Position.WITH_RESERVATIONS,
            points=[
                (PointKind.RESERVATION, both("Modifiable.", "Editable.")),
                (PointKind.RESERVATION, both("Effacé sous 24 heures.", "Deleted within 24 hours.")),
                (PointKind.WISH, both("Une prime.", "A bonus.")),
            ],
            votes={"for": 8, "against": 1, "abstentions": 0},
            actor=session.get_one(Account, people.rep1.id), on=clock.today(),
        )  # fmt: skip
        return {one.code: one.id for one in opinion.points}


def url(sent: Sent, lang: str = "fr", more: str = "") -> str:
    return f"/workspace/{lang}/consultations/{sent.consultation_id}/response{more}"


def follow(point: Any, lang: str = "fr") -> str:
    return f"/workspace/{lang}/opinion-points/{point}/follow-up"


def count(work: Work, model: Any) -> int:
    with work() as session:
        return int(session.scalar(select(func.count()).select_from(model)))


def opens(client: PageClient, address: str) -> int:
    with client.http.get(address) as response:
        return int(response.status_code)


def in_part(hr: PageClient, sent: Sent, **values: Any) -> Page:
    said = {"text_fr": "Nous suivons.", "in_part": "y", **values}
    return hr.submit(hr.get(url(sent)), said, button="act=give")


R1 = {"R1-stance": "accepted", "R1-text_fr": "C’est fait."}


@BOTH
def test_given_in_part_the_rest_stays_visible_with_its_age(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn
) -> None:
    hr = as_(people.hr)
    page = hr.submit(hr.get(url(sent)), {"text_fr": "Nous suivons.", **R1}, status=400)
    links = page.doc.xpath("//*[contains(@class,'errors')]//a/@href")
    assert {"#R2-stance-0", "#V1-stance-0"} <= set(links), "nothing is left out by mistake"
    assert count(work, Response) == 0
    hr.follow(hr.submit(page, {"in_part": "y"}, button="act=give"))
    with work() as session:
        assert [one.point.code for one in session.scalars(select(ResponsePoint))] == ["R1"]
        told = session.scalars(select(Letter).where(Letter.about.like("response:%"))).all()
        assert {one.to_address for one in told} == {people.rep1.email, people.rep2.email}
        assert not any("suivons" in one.text for one in told), "links only"


def test_the_age_is_said_on_every_page(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn, client: PageClient
) -> None:
    with time_machine.travel(clock.now() + DAY * 23, tick=False):
        hr, rep = as_(people.hr), as_(people.rep1)
        hub = f"/workspace/fr/consultations/{sent.consultation_id}"
        before = "Sans réponse depuis 23 jours"
        for page in (hr.get(url(sent)), rep.get(hub), rep.get("/workspace/fr/"), hr.get("/workspace/fr/")):
            assert before in page.text
        in_part(hr, sent, **R1)
        notice = rep.get(f"/workspace/fr/notices/{sent.slug}")
        for page in (hr.get(url(sent)), hr.get(hub), rep.get(hub), notice):
            assert page.text.count(before) == 2
        employee = client.with_word(WORD)
        assert employee.get(f"/fr/notices/{sent.slug}").text.count(before) == 2
        assert employee.get(f"/en/notices/{sent.slug}").text.count("Unanswered for 23 days") == 2
        for page in (hr.get("/workspace/fr/"), rep.get("/workspace/fr/")):
            assert "2 points sans réponse. Ouvert depuis 23 jours." in page.text
        assert "2 points unanswered. Open for 23 days." in hr.get("/workspace/en/").text


def test_a_commitment_is_made_in_one_step(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn
) -> None:
    hr = as_(people.hr)
    page = hr.get(url(sent))
    assert page.doc.xpath("//input[@name='R1-title_en']/@value") == ["Editable."], "it starts from the point"
    due = (clock.today() + DAY * 60).isoformat()
    bad = hr.submit(page, {"text_fr": "Oui.", "in_part": "y", **R1, "R1-owner": "DSI"}, status=400)
    assert bad.doc.xpath("//*[contains(@class,'errors')]//a/@href") == ["#R1-due_on"]
    wrong = {
        "R2-stance": "refused",
        "R2-text_fr": "Non.",
        "R2-promise": "y",
        "R2-owner": "X",
        "R2-due_on": due,
    }
    bad = hr.submit(bad, {"R1-due_on": due, **wrong}, status=400)
    assert bad.doc.xpath("//*[contains(@class,'errors')]//a/@href") == ["#R2-promise"]
    hr.submit(bad, {"R2-stance": "partly"})
    with work() as session:
        made = session.scalars(select(Commitment).order_by(Commitment.number)).all()
        assert [(one.owner, one.title.texts["fr"]) for one in made] == [
            ("DSI", "Modifiable."), ("X", "Effacé sous 24 heures."),
        ]  # fmt: skip
        causes = session.scalars(select(Link.cause).where(Link.effect == str(made[0].ref))).all()
        assert any(one.endswith(".R1") for one in causes)
    assert "Engagement 1" in as_(people.rep1).get(f"/workspace/fr/notices/{sent.slug}").text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"R1-stance": "studying"}, "R1-until_on"),
        ({"R1-stance": "studying", "R1-until_on": "2020-01-01"}, "R1-until_on"),
        ({"R1-stance": "negotiating", "R1-since_on": "2026-01-05"}, "R1-with_whom_fr"),
        ({"R1-stance": "negotiating", "R1-with_whom_fr": "Les syndicats"}, "R1-since_on"),
        ({"R1-stance": "negotiating", "R1-with_whom_fr": "A", "R1-since_on": "2099-01-05"}, "R1-since_on"),
    ],
)
def test_a_stance_says_what_it_calls_for(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn, typed: dict[str, str], field: str
) -> None:
    hr = as_(people.hr)
    said = {"text_fr": "Oui.", "in_part": "y", "R1-text_fr": "Voici.", **typed}
    page = hr.submit(hr.get(url(sent)), said, status=400)
    assert page.doc.xpath("//*[contains(@class,'errors')]//a/@href") == [f"#{field}"]
    assert page.doc.xpath("//textarea[@name='R1-text_fr']")[0].text.strip() == "Voici."
    assert count(work, Response) == 0


@BOTH
def test_what_is_studied_or_negotiated_is_followed_up_until_it_is_settled(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn
) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    today = clock.today()
    study = {
        "R1-stance": "studying", "R1-text_fr": "Un essai est en cours.",
        "R1-until_on": (today + DAY * 20).isoformat(),
        "R2-stance": "negotiating", "R2-text_fr": "Renvoyé aux syndicats.",
        "R2-with_whom_fr": "Les organisations syndicales", "R2-since_on": today.isoformat(),
    }  # fmt: skip
    in_part(hr, sent, **study)
    shown = rep.get(f"/workspace/fr/notices/{sent.slug}").text
    assert "Renvoyé à la négociation" in shown
    assert "Les organisations syndicales" in shown
    page = hr.get(follow(points["R1"]))
    assert "Un essai est en cours." in page.text
    final = {"stance": "accepted", "text_fr": "L’essai a réussi.", "owner": "DSI",
             "due_on": (today + DAY * 90).isoformat()}  # fmt: skip
    for _ in range(2):  # a double click
        hr.submit(page, final)
    assert count(work, FollowUp) == count(work, Commitment) == 1
    hr.submit(hr.get(follow(points["V1"])), {"stance": "refused", "text_fr": "Trop cher."})
    with work() as session:
        entries = session.scalars(select(Entry).where(Entry.tag == Tag.RESPONSE_GIVEN)).all()
        assert [one.title.texts["fr"] for one in entries[1:]] == [
            "Suite donnée\u00a0: réserve 1", "Suite donnée\u00a0: vœu 1",
        ]  # fmt: skip
        letters = session.scalars(select(Letter).where(Letter.about.like("follow-up:%"))).all()
        assert len(letters) == 4, "two members, two answers"
        assert not any("essai" in one.text for one in letters)
        assert [one.point.code for one in pending.still_open(session, on=today)] == ["R2"]
    late = hr.submit(page, {**final, "once": "00000000-0000-4000-8000-000000000001"}, status=409)
    assert [one.text.strip() for one in late.doc.xpath("//textarea[@readonly]")] == ["L’essai a réussi."]
    assert not hr.get(follow(points["R1"])).doc.xpath("//main//form"), "settled, it is only read"
    assert count(work, FollowUp) == 2
    english = rep.get(f"/workspace/en/notices/{sent.slug}")
    assert "Goes to negotiation" in english.text


def test_two_answers_at_once_are_told_apart(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn
) -> None:
    hr = as_(people.hr)
    in_part(hr, sent)
    first, second = hr.get(follow(points["R1"])), hr.get(follow(points["R1"]))
    until = (clock.today() + DAY).isoformat()
    hr.submit(first, {"stance": "studying", "text_fr": "Nous regardons.", "until_on": until})
    page = hr.submit(second, {"stance": "refused", "text_fr": "Non."}, status=409)
    assert "Nous regardons." in page.text
    assert page.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == "Non."
    hr.submit(page)
    assert count(work, FollowUp) == 2


@BOTH
def test_a_draft_belongs_to_human_resources_alone(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn
) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    hr.get(url(sent, more="/draft"), status=404)
    half = {"text_fr": "Secret de fabrique.", "R1-stance": "refused", "V1-text_en": "Half a sentence"}
    hr.submit(hr.get(url(sent)), half, button="act=save")
    page = hr.get(url(sent))
    assert page.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == "Secret de fabrique."
    assert page.doc.xpath("//input[@name='R1-stance'][@value='refused']/@checked")
    assert page.doc.xpath("//textarea[@name='V1-text_en']")[0].text.strip() == "Half a sentence"
    assert "Secret de fabrique." in hr.get(url(sent, more="/draft")).text
    hr.get(url(sent, "en", "/draft"))
    for account in (people.rep1, people.rep2, people.chair):
        as_(account).get(url(sent, more="/draft"), status=404)
    hub = f"/workspace/fr/consultations/{sent.consultation_id}"
    for address in (hub, "/workspace/fr/", f"/workspace/fr/notices/{sent.slug}"):
        shown = rep.get(address).text
        assert "Secret" not in shown
        assert "brouillon de la réponse" not in shown
    assert "brouillon de la réponse" in hr.get(hub).text
    with work() as session:
        assert not session.scalars(select(Entry).where(Entry.tag == Tag.RESPONSE_GIVEN)).all()
        assert not session.scalars(select(Letter).where(Letter.text.contains("brouillon"))).all()
    hr.submit(page, {"text_fr": "La vraie réponse.", "R1-text_fr": "Non.", "V1-stance": "refused",
                     "V1-text_fr": "Non plus.", "in_part": "y"})  # fmt: skip
    assert count(work, ResponseDraft) == 0, "given, it is no draft any more"
    hr.get(url(sent, more="/draft"), status=404)


def test_two_colleagues_do_not_overwrite_each_other(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn
) -> None:
    hr = as_(people.hr)
    first, second = hr.get(url(sent)), hr.get(url(sent))
    hr.submit(first, {"text_fr": "La mienne."}, button="act=save")
    page = hr.submit(second, {"text_fr": "L’autre."}, button="act=save", status=409)
    assert page.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == "L’autre."
    assert "La mienne." in hr.get(url(sent, more="/draft")).text
    hr.submit(page, button="act=save")
    assert "L’autre." in hr.get(url(sent, more="/draft")).text
    hr.submit(hr.get(url(sent, more="/draft")), action="/draft/drop")
    assert count(work, ResponseDraft) == 0


def test_files_wait_with_the_draft_and_are_given_with_the_response(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn
) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    page = hr.get(url(sent, more="/files"))
    page = hr.submit(page, {}, action="/response/files", status=400)
    for _ in range(2):  # the same bytes twice
        hr.submit(page, {"file": (io.BytesIO(PNG), "plan.png")}, action="/response/files")
    with work() as session:
        file = session.scalars(select(ResponseFile)).one()
        address = f"/workspace/fr/response-files/{file.id}/{file.name}"
    assert opens(hr, address) == 200
    for account in (people.rep1, people.chair):
        assert opens(as_(account), address) == 404, "as long as it is a draft"
    assert opens(hr, address + "x") == 404
    in_part(hr, sent)
    assert opens(rep, address) == 200
    assert address in rep.get(f"/workspace/fr/notices/{sent.slug}").links()
    attack(hr, f"{address}/remove", {}, status=303)
    attack(hr, url(sent, more="/files"), {}, status=400)
    assert count(work, ResponseFile) == 1
    attack(rep, f"{address}/remove", {}, status=403)


def test_who_may_not(work: Work, people: People, sent: Sent, points: Any, as_: SignIn) -> None:
    hr = as_(people.hr)
    hr.submit(hr.get(url(sent)), {"text_fr": "Brouillon."}, button="act=save")
    answer = {"stance": "accepted", "text_fr": "À leur place.", "follows": "0"}
    for account in (people.rep1, people.rep2, people.admin):
        attack(as_(account), url(sent), {"text_fr": "Oui.", "in_part": "y"}, status=403)
        attack(as_(account), url(sent), {"text_fr": "Oui.", "act": "save"}, status=403)
        attack(as_(account), url(sent, more="/draft/drop"), {}, status=403)
        as_(account).get(url(sent, more="/files"), status=403)
        as_(account).get(follow(points["R1"]), status=403)
        attack(as_(account), follow(points["R1"]), answer, status=403)
    attack(as_(people.chair), url(sent), {"text_fr": "Oui."}, status=403)
    with work() as session:
        other = people_services.add_body(session, name="CSE de Lille", kind=BodyKind.CSE, headcount=90)
        stranger = people_services.add_account(
            session, email="s@orvalie.example", name="Sacha Autre", role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, stranger, other, role=MandateRole.SECRETARY, starts_on=clock.today()
        )
        session.flush()
        session.refresh(stranger)
    as_(stranger).get(url(sent, more="/draft"), status=404)
    in_part(hr, sent)
    assert "points ouverts" not in as_(stranger).get("/workspace/fr/").text.lower()
    assert count(work, ResponseDraft) == count(work, FollowUp) == 0


def test_out_of_order_and_on_a_withdrawn_notice(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn
) -> None:
    hr = as_(people.hr)
    early = {"stance": "accepted", "text_fr": "Trop tôt.", "follows": "0"}
    attack(hr, follow(points["R1"]), early, status=303)
    assert count(work, FollowUp) == 0, "before the response there is nothing to follow"
    page, open_ = hr.get(url(sent)), None
    with work() as session:
        opinion = session.scalars(select(Opinion)).one()
        with pytest.raises(WrongState):
            responding.follow_up(
                session, opinion.points[0], Answer(Stance.ACCEPTED, both("Oui")), follows=0,
                actor=session.get_one(Account, people.hr.id), on=clock.today(),
            )  # fmt: skip
    withdraw(work, people, sent.slug)
    for button in ("act=give", "act=save"):
        open_ = hr.submit(page, {"text_fr": "Trop tard.", "in_part": "y"}, button=button, status=409)
        assert open_.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == "Trop tard."
    assert count(work, Response) == count(work, ResponseDraft) == 0


def test_no_follow_up_on_a_withdrawn_notice(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn
) -> None:
    hr = as_(people.hr)
    in_part(hr, sent)
    page = hr.get(follow(points["R1"]))
    withdraw(work, people, sent.slug)
    late = hr.submit(page, {"stance": "refused", "text_fr": "Trop tard."}, status=409)
    assert [one.text.strip() for one in late.doc.xpath("//textarea[@readonly]")] == ["Trop tard."]
    assert count(work, FollowUp) == 0
    assert "Points encore ouverts" not in hr.get("/workspace/fr/").text
    assert "follow-up" not in "".join(hr.get(url(sent)).links())


@BOTH
def test_no_sql_rewrites_an_answer(
    work: Work, people: People, sent: Sent, points: Any, instance: Any
) -> None:
    with work() as session:
        hr, opinion = session.get_one(Account, people.hr.id), session.scalars(select(Opinion)).one()
        today = clock.today()
        study = Answer(Stance.STUDYING, both("À l’étude"), today + DAY)
        responding.respond(
            session, opinion, text=both("Suite"), points={opinion.points[0].id: study}, in_part=True,
            actor=hr, on=today,
        )  # fmt: skip
        yes = Answer(Stance.ACCEPTED, both("Oui"))
        responding.follow_up(session, opinion.points[0], yes, follows=1, actor=hr, on=today)
        with pytest.raises(AlreadySettled):
            responding.follow_up(session, opinion.points[0], yes, follows=2, actor=hr, on=today)
        with pytest.raises(AnswerIncomplete):
            responding.follow_up(
                session,
                opinion.points[1],
                Answer(Stance.STUDYING, both("Oui")),
                follows=0,
                actor=hr,
                on=today,
            )
    for statement in (
        "UPDATE response_follow_up SET stance = 'refused'", "DELETE FROM response_follow_up",
        "UPDATE response_point SET until_on = NULL", "DELETE FROM response_point",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), work() as session:
            session.execute(text(statement))


# ── reminders ───────────────────────────────────────────────────────────────────


def owed(work: Work) -> list[str]:
    with work() as session:
        return sorted(
            one.to_address for one in session.scalars(select(Letter).where(Letter.about.like("owed:%")))
        )


def run(work: Work) -> int:
    with work() as session:
        return jobs.remind_of_points(session, now=clock.now())


def test_human_resources_are_reminded_past_the_day(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn
) -> None:
    assert jobs.remind_of_points in [job for _when, job in schedule.SCHEDULE]
    assert run(work) == 0, "before the day nobody is reminded"
    start = clock.today()
    with work() as session:
        opinion = session.scalars(select(Opinion)).one()
        due = pending.due_on(session, opinion, on=start)
    assert due is not None
    assert due > start
    at = datetime(due.year, due.month, due.day, 10, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        assert run(work) == 0, "the day itself is still in time"
    with time_machine.travel(at + DAY, tick=False):
        assert run(work) == 1
        assert run(work) == 0, "twice is once"
        assert owed(work) == [people.hr.email]
        with work() as session:
            letter = session.scalars(select(Letter).where(Letter.about.like("owed:%"))).one()
            assert "Modifiable" not in letter.text, "links only"
            assert "3 réserves ou vœux" in letter.text
    with time_machine.travel(at + DAY * 8, tick=False):
        assert run(work) == 1, "a week later again"
        withdraw(work, people, sent.slug)
    with time_machine.travel(at + DAY * 16, tick=False):
        assert run(work) == 0, "nobody answers on a notice that was withdrawn"


def test_a_study_past_its_day_is_brought_to_mind(
    work: Work, people: People, sent: Sent, points: Any, as_: SignIn
) -> None:
    start = clock.today()
    with work() as session:
        opinion, hr = session.scalars(select(Opinion)).one(), session.get_one(Account, people.hr.id)
        no = Answer(Stance.REFUSED, both("Non"))
        said = {one.id: no for one in opinion.points}
        said[opinion.points[0].id] = Answer(Stance.STUDYING, both("À voir"), start + DAY * 3)
        responding.respond(session, opinion, text=both("Suite"), points=said, actor=hr, on=start)
    at = clock.now()
    with time_machine.travel(at + DAY * 3, tick=False):
        assert run(work) == 0
    with time_machine.travel(at + DAY * 5, tick=False):
        assert run(work) == 1
        shown = as_(people.rep1).get(f"/workspace/fr/notices/{sent.slug}").text
        assert "Réponse annoncée en retard de 2 jours" in shown
        assert "Ouvert depuis 5 jours" in shown
