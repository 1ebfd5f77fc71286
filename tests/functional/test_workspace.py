"""What waits for whom, the page of a consultation, and outgoing mail, as each role meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from consult.commitments import services as commitments
from consult.commitments.rules import CommitmentState, Nature
from consult.consultations import queries as consultations
from consult.consultations.models import Receipt
from consult.core import clock, config
from consult.core.db import db
from consult.core.localized import Localized
from consult.mail.models import Letter, LetterState
from consult.notices import queries as notices
from consult.notices import reviewing
from consult.notices import services as notice_services
from consult.notices.models import Notice
from consult.notices.rules import Review
from consult.opinions import services as opinions
from consult.opinions.rules import Position
from consult.people import services as people_services
from consult.people import settling
from consult.people.models import Account, Body
from consult.people.regimes import ASKED
from consult.people.rules import BodyKind, MandateRole, Role
from consult.questions import services as questions
from tests import desk, loop, sending
from tests.client import Page, PageClient
from tests.conftest import Instance, People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
START = "/workspace/fr/"


def hub(consultation_id: UUID, language: str = "fr") -> str:
    return f"/workspace/{language}/consultations/{consultation_id}"


def both(text: str) -> Localized:
    return Localized.of(fr=text, en=text)


def section(page: Page, ident: str) -> str:
    """The text of one section, or nothing where the page has none."""
    found = page.doc.xpath("//section[@aria-labelledby=$id]", id=ident)
    return " ".join(found[0].text_content().split()) if found else ""


def ask(session: Session, people: People, notice_id: UUID, text: str = "Qui répond d’une erreur") -> Any:
    return questions.ask(
        session,
        session.get_one(Notice, notice_id),
        body=session.get_one(Body, people.body.id),
        text=both(text),
        expected_on=clock.today() + timedelta(days=3),
        actor=session.get_one(Account, people.rep1.id),
        on=clock.today(),
    )


def promise(session: Session, people: People, notice_id: UUID, due_on: date, title: str = "Former") -> Any:
    return commitments.promise(
        session,
        session.get_one(Notice, notice_id),
        body=session.get_one(Body, people.body.id),
        title=both(title),
        nature=Nature.MEASURE,
        for_whom=both("Tous"),
        owner="DRH",
        due_on=due_on,
        actor=session.get_one(Account, people.hr.id),
        on=clock.today(),
    )


@pytest.fixture
def sent(work: Work, people: People) -> loop.Sent:
    return loop.sent_with(work, people)


@pytest.fixture
def other(work: Work, people: People) -> Account:
    """The secretary of another body."""
    with work() as session:
        account = people_services.add_account(
            session, email="autre@orvalie.example", name="Lou Autre", role=Role.REPRESENTATIVE
        )
        body = people_services.add_body(session, name="CSE de Lille", kind=BodyKind.CSE, headcount=100)
        people_services.give_mandate(
            session, account, body, role=MandateRole.SECRETARY, starts_on=clock.today() - timedelta(days=9)
        )
        session.flush()
        session.refresh(account)
        return account


@pytest.fixture
def demo(instance: Instance) -> Iterator[None]:
    """The same instance as a demonstration."""
    config.make_demo(instance.folder)
    yield
    (instance.folder / config.DEMO_MARKER).unlink()


# ── what waits for me ──────────────────────────────────────────────────────────


@BOTH
@pytest.mark.parametrize("language", ["fr", "en"])
def test_hr_sees_what_waits_for_an_answer(
    work: Work, people: People, as_: As, sent: loop.Sent, language: str
) -> None:
    with work() as session:
        ask(session, people, sent.notice_id)
        promise(session, people, sent.notice_id, clock.today() + timedelta(days=2), "Former les équipes")
        promise(session, people, sent.notice_id, clock.today() + timedelta(days=20), "Revoir les fiches")
        draft = sending.written(session, people.hr, title="Boussole, le tri")
        hr = session.get_one(Account, people.hr.id)
        reviewing.move(session, draft, Review.IN_REVIEW, actor=hr)
    page = as_(people.hr).get(f"/workspace/{language}/")
    now, later = section(page, "now"), section(page, "next")
    for one in ("Qui répond d’une erreur", "Former les équipes"):
        assert one in now
    assert ("Boussole" if language == "fr" else "Plume, the assistant") in now
    assert "Revoir les fiches" in later
    assert "Revoir les fiches" not in now


def test_late_comes_first(work: Work, people: People, as_: As, sent: loop.Sent) -> None:
    with work() as session:
        ask(session, people, sent.notice_id)
        promise(session, people, sent.notice_id, clock.today() + timedelta(days=1), "Former les équipes")
    with time_machine.travel(clock.now() + timedelta(days=6), tick=False):
        page = as_(people.hr).get(START)
    first, second = page.doc.xpath("//section[@aria-labelledby='now']//li")[:2]
    assert "En retard de 5 jours" in " ".join(first.text_content().split()).replace("\xa0", " ")
    assert "Former" in first.text_content()
    assert "Question" in second.text_content()


def test_a_representative_sees_the_notice_received_until_it_is_opened(
    work: Work, people: People, as_: As, sent: loop.Sent
) -> None:
    rep = as_(people.rep1)
    assert "Notice reçue" in section(rep.get(START), "now")
    rep.get(hub(sent.consultation_id))
    page = rep.get(START)
    assert "Notice reçue" not in section(page, "now")
    assert "Avis sur" in section(page, "next")
    assert "Notice reçue" in section(as_(people.rep2).get(START), "now"), "each member for themselves"


def test_a_representative_without_a_key_is_asked_to_set_one_up(work: Work, people: People, as_: As) -> None:
    page = as_(people.rep1).get(START)
    assert "/workspace/fr/key" in page.links()
    with work() as session:
        sending.with_key(session, people.rep1)
    assert "Créez votre clé" not in section(as_(people.rep1).get(START), "now")


def test_what_a_keyholder_has_to_sort(work: Work, people: People, as_: As) -> None:
    story = desk.open_box(work, people)
    assert "Aller au dépouillement" not in as_(people.rep1).get(START).text, "nothing was released"
    story.write([f"Message {number} sur la charge" for number in range(24)])
    with desk.on_day(story.closes_on + timedelta(days=1)):
        assert story.release()
        page = as_(people.rep1).get(START)
        assert "24 messages à classer" in section(page, "now").replace("\xa0", " ")
        assert "charge" not in section(page, "now"), "never what was written"
        assert "à classer" not in as_(people.hr).get(START).text


def test_what_the_body_judges(work: Work, people: People, as_: As, sent: loop.Sent, other: Account) -> None:
    with work() as session:
        made = promise(
            session, people, sent.notice_id, clock.today() + timedelta(days=2), "Former les équipes"
        )
        hr = session.get_one(Account, people.hr.id)
        commitments.move(
            session, made, to=CommitmentState.CLAIMED_DONE, text=both("Fait"), actor=hr, on=clock.today()
        )
    assert "Former les équipes" in section(as_(people.rep1).get(START), "now")
    assert "Former les équipes" not in as_(other).get(START).text, "another body's commitment"
    assert "Former les équipes" not in as_(people.chair).get(START).text


def test_an_administrator_sees_who_has_no_mandate(work: Work, people: People, as_: As) -> None:
    admin = as_(people.admin)
    with work() as session:
        for question in ASKED:
            settling.answer(session, question, None, on=clock.today(), actor=None)
    assert admin.get(START).doc.xpath("//*[contains(@class, 'empty-title')]")
    with work() as session:
        people_services.add_account(
            session, email="lou@orvalie.example", name="Lou", role=Role.REPRESENTATIVE
        )
    page = admin.get(START)
    assert "/workspace/fr/people" in page.doc.xpath("//section[@aria-labelledby='now']//a/@href")


def test_when_nothing_waits_the_next_date_is_said(people: People, as_: As, sent: loop.Sent) -> None:
    page = as_(people.chair).get(START)
    empty = page.doc.xpath("//*[contains(@class, 'empty')]")[0]
    assert "Prochaine échéance" in empty.text_content()
    assert hub(sent.consultation_id) in [str(one) for one in empty.xpath(".//a/@href")]


def test_nothing_waits_on_a_notice_that_was_withdrawn(
    work: Work, people: People, as_: As, sent: loop.Sent
) -> None:
    with work() as session:
        ask(session, people, sent.notice_id)
    loop.withdraw(work, people, sent.slug)
    assert "Qui répond" not in as_(people.hr).get(START).text
    assert "Plume" not in section(as_(people.rep1).get(START), "now")


# ── the number of queries ──────────────────────────────────────────────────────


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def full(work: Work, people: People, numbers: range) -> list[UUID]:
    """Consultations with a question, a commitment, and every third an opinion without a response."""
    made = []
    for number in numbers:
        one = loop.sent_with(work, people, slug=f"systeme-{number}")
        made.append(one.consultation_id)
        with work() as session:
            ask(session, people, one.notice_id, f"Question {number}")
            promise(session, people, one.notice_id, clock.today() + timedelta(days=5), f"Promesse {number}")
            if number % 3 == 0:
                give_opinion(session, people, one.consultation_id)
    return made


def give_opinion(session: Session, people: People, consultation_id: UUID) -> Any:
    return opinions.give(
        session,
        consultations.by_id(session, consultation_id),
        position=Position.FAVOURABLE,
        text=both("Avis motivé."),
        points=(),
        votes={"for": 8, "against": 0, "abstentions": 0},
        actor=session.get_one(Account, people.rep1.id),
        on=clock.today(),
    )


MOST = 45
"""Queries of the costliest of these pages, whatever it lists."""


def test_pages_cost_the_same_with_one_consultation_and_with_thirty(
    app: Flask, work: Work, people: People, as_: As
) -> None:
    first = full(work, people, range(1))[0]
    with work() as session:
        sending.with_key(session, people.rep1)
    paths = {
        people.hr: (START, "/workspace/fr/consultations", hub(first)),
        people.rep1: (START, "/workspace/fr/consultations", hub(first)),
        people.chair: (START, "/workspace/fr/consultations"),
        people.admin: (START, "/workspace/fr/people"),
    }

    def costs() -> dict[tuple[str, str], int]:
        found = {}
        for account, pages in paths.items():
            browser = as_(account)
            for path in pages:
                browser.get(path)  # a first opening is noted once
                with counted(app) as statements:
                    browser.get(path)
                found[account.email, path] = len(statements)
        return found

    few = costs()
    full(work, people, range(1, 31))
    many = costs()
    assert many == few
    assert max(many.values()) <= MOST, many


# ── the page of a consultation ─────────────────────────────────────────────────


@BOTH
@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_says_where_it_stands_and_who_must_act(
    work: Work, people: People, as_: As, sent: loop.Sent, language: str
) -> None:
    with work() as session:
        ask(session, people, sent.notice_id)
    page = as_(people.rep1).get(hub(sent.consultation_id, language))
    steps = [str(one) for one in page.doc.xpath("//ol[@class='stages']/li/@class")]
    assert steps == ["is-now", "is-next", "is-next", "is-next"]
    assert page.doc.xpath("//*[name()='svg'][@role='img']"), "the picture"
    assert "R2312-6" in section(page, "who")
    assert "CSE d’Orvalie" in section(page, "who")
    days = page.doc.xpath("//p[@class='countdown']/b/text()")
    assert 25 <= int(days[0]) <= 33


def test_steps_follow_the_facts(work: Work, people: People, as_: As, sent: loop.Sent) -> None:
    with work() as session:
        give_opinion(session, people, sent.consultation_id)
    page = as_(people.hr).get(hub(sent.consultation_id))
    steps = [str(one) for one in page.doc.xpath("//ol[@class='stages']/li/@class")]
    assert steps == ["is-done", "is-done", "is-now", "is-next"]
    assert "date proposée" in page.doc.xpath("//ol[@class='stages']")[0].text_content()
    assert "réponse motivée" in section(page, "who")
    assert not page.doc.xpath("//figure[@class='clock']"), "no period runs any more"


def test_a_withdrawn_notice_ends_there(work: Work, people: People, as_: As, sent: loop.Sent) -> None:
    loop.withdraw(work, people, sent.slug)
    page = as_(people.rep1).get(hub(sent.consultation_id))
    steps = page.doc.xpath("//ol[@class='stages']/li")
    assert [one.get("class") for one in steps] == ["is-done", "is-done"]
    assert "retirée" in steps[-1].text_content()
    assert not page.doc.xpath("//a[contains(@class, 'btn')]"), "nothing can be done any more"


def acts(page: Page) -> set[str]:
    links = page.doc.xpath("//main//a[contains(@class, 'btn')]/@href")
    return {str(one).rstrip("/").rpartition("/")[2] for one in links}


def test_each_role_is_offered_its_own_acts(
    work: Work, people: People, as_: As, sent: loop.Sent, other: Account
) -> None:
    def offered(account: Account) -> set[str]:
        return acts(as_(account).get(hub(sent.consultation_id)))

    assert offered(people.rep1) == {"letterbox", "draft", "opinion", "remark", "new", "expert"}
    assert offered(people.hr) == {"new"}, "a commitment"
    assert offered(people.chair) == set()
    assert offered(other) == set(), "a member of another body reads, and writes nothing"
    with work() as session:
        give_opinion(session, people, sent.consultation_id)
    assert offered(people.hr) == {"response", "new"}
    assert "opinion" not in offered(people.rep1)
    assert "remark" in offered(people.rep1), "a comment may follow the opinion"
    assert "letterbox" not in offered(people.rep1)


def test_offered_acts_lead_somewhere(people: People, as_: As, sent: loop.Sent) -> None:
    for account in (people.rep1, people.hr):
        browser = as_(account)
        page = browser.get(hub(sent.consultation_id))
        for link in page.doc.xpath("//main//a/@href"):
            browser.get(str(link).partition("#")[0])


def test_before_employees_read_it_the_other_body_knows_nothing(
    work: Work, people: People, as_: As, other: Account
) -> None:
    held = loop.sent_with(work, people, held_until=clock.today() + timedelta(days=5))
    as_(people.rep1).get(hub(held.consultation_id))
    as_(people.hr).get(hub(held.consultation_id))
    as_(other).get(hub(held.consultation_id), status=404)
    as_(people.admin).get(hub(held.consultation_id), status=403)
    assert "Plume" not in as_(other).get("/workspace/fr/consultations").text


@BOTH
def test_the_first_opening_is_noted_once(work: Work, people: People, as_: As, sent: loop.Sent) -> None:
    def openings() -> dict[str, Any]:
        with work() as session:
            return {one.mandate.account.name: one.opened_at for one in session.scalars(select(Receipt))}

    as_(people.hr).get(hub(sent.consultation_id))
    assert not any(openings().values()), "the employer's reading proves nothing"
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        as_(people.rep1).get(hub(sent.consultation_id))
    first = openings()
    assert first["Maxime Adjovi"] is not None
    assert first["Paule Roussel"] is None
    with time_machine.travel(clock.now() + timedelta(days=3), tick=False):
        page = as_(people.rep1).get(hub(sent.consultation_id))
    assert openings() == first
    assert "Pas encore" in section(page, "proof")


def test_a_draft_title_stays_with_its_author(work: Work, people: People, as_: As, sent: loop.Sent) -> None:
    with work() as session:
        notice = notices.by_slug(session, sent.slug)
        hr = session.get_one(Account, people.hr.id)
        draft = notice_services.revise(session, notice, actor=hr)
        session.flush()
        notice_services.save(session, draft, sending.content(title="Un titre encore secret"))
    for account in (people.rep1, people.chair, people.hr):
        browser = as_(account)
        for path in (START, "/workspace/fr/consultations", hub(sent.consultation_id)):
            assert "encore secret" not in browser.get(path).text


def test_consultations_are_listed_a_page_at_a_time(work: Work, people: People, as_: As) -> None:
    full(work, people, range(23))
    rep = as_(people.rep1)
    first = rep.get("/workspace/fr/consultations")
    older = [str(one) for one in first.doc.xpath("//nav[@class='pages']//a/@href")]
    second = rep.get(older[0])
    seen = [
        str(one) for page in (first, second) for one in page.doc.xpath("//*[@class='rows-title']/a/@href")
    ]
    assert len(seen) == len(set(seen)) == 23
    rep.get("/workspace/fr/consultations?after=nonsense")


# ── outgoing mail ──────────────────────────────────────────────────────────────


def a_letter(work: Work) -> UUID:
    with work() as session:
        return UUID(str(session.scalars(select(Letter.id).limit(1)).one()))


def test_outside_a_demonstration_only_the_administrator_sees_that_mail_left(
    work: Work, people: People, as_: As, sent: loop.Sent
) -> None:
    ident = a_letter(work)
    for account in (people.hr, people.rep1, people.chair):
        as_(account).get("/workspace/fr/outbox", status=404)
    admin = as_(people.admin)
    page = admin.get("/workspace/fr/outbox")
    assert people.rep1.email in page.text
    assert not page.doc.xpath("//main//form"), "no button"
    assert str(ident) not in page.response.get_data(as_text=True), "no way to the text"
    admin.get(f"/workspace/fr/outbox/{ident}", status=404)
    loop.attack(admin, "/workspace/fr/outbox/run", {}, status=404)
    with work() as session:
        assert {one.state for one in session.scalars(select(Letter))} == {LetterState.WAITING}


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_in_a_demonstration_everybody_sees_it_and_runs_the_jobs(
    work: Work, people: People, as_: As, sent: loop.Sent, language: str
) -> None:
    rep = as_(people.rep1)
    page = rep.get(f"/workspace/{language}/outbox")
    letters = [link for link in page.links() if "/outbox/" in link]
    assert len(letters) == 3
    assert "/workspace/fr/" in rep.get(letters[0]).text
    done = rep.follow(rep.submit(page, action="outbox/run"))
    assert done.doc.xpath("//*[@role='status']")
    with work() as session:
        assert {one.state for one in session.scalars(select(Letter))} == {LetterState.ACCEPTED}


@pytest.mark.usefixtures("demo")
def test_the_jobs_are_run_by_a_form_with_its_token(people: People, as_: As) -> None:
    as_(people.rep1).post("/workspace/fr/outbox/run", status=400)
    as_(people.rep1).get("/workspace/fr/outbox/run", status=405)


# ── around every page ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("who", "places"),
    [
        ("hr", {"", "notices", "consultations", "dossiers", "access-word", "meetings", "bodies"}),
        ("rep1", {"", "consultations", "dossiers", "key", "access-word", "meetings", "bodies"}),
        ("rep2", {"", "consultations", "dossiers", "key", "meetings", "bodies"}),
        ("chair", {"", "consultations", "dossiers", "meetings", "bodies"}),
        ("admin", {"", "procedures", "people", "outbox", "api-keys", "rules"}),
    ],
)
def test_the_navigation_leads_only_where_one_may_go(
    people: People, as_: As, who: str, places: set[str]
) -> None:
    browser = as_(getattr(people, who))
    page = browser.get(START)
    links = [str(one) for one in page.doc.xpath("//header//nav//a/@href")]
    assert {one.removeprefix(START) for one in links} == places
    for link in links:
        here = browser.get(link)
        current = here.doc.xpath("//header//nav//a[@aria-current='page']/@href")
        assert current == [link]
        assert here.response.headers["Cache-Control"] == "no-store"


def test_a_stranger_is_asked_to_sign_in(client: PageClient, sent: loop.Sent) -> None:
    for path in (START, "/workspace/fr/consultations", hub(sent.consultation_id), "/workspace/fr/outbox"):
        answer = client.get(path, status=302)
        assert answer.response.headers["Location"].startswith("/workspace/fr/sign-in?next=")
