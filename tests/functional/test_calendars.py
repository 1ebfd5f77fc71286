"""Calendars at secret addresses: made, copied once, revoked; what stands in them, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import icalendar
import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from consult.calendars import services
from consult.calendars.models import Calendar
from consult.calendars.rules import MOST_CALENDARS, hash_of
from consult.commitments import services as commitments
from consult.commitments.rules import Nature
from consult.consultations import recording
from consult.consultations import services as consultations
from consult.consultations.models import Consultation, Fact
from consult.consultations.rules import FactKind
from consult.core import clock
from consult.core.db import reading
from consult.meetings import services as meetings
from consult.notices.content import Unknown
from consult.notices.models import Notice
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import BodyKind, MandateRole, Role
from consult.questions import services as questions
from consult.web.readers import Visibility
from tests import loop, sending
from tests.client import PageClient
from tests.conftest import People
from tests.functional.test_workspace import counted

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
PAGE = "/workspace/fr/calendars"


@pytest.fixture
def sent(work: Work, people: People) -> loop.Sent:
    return loop.sent_with(work, people)


def made(browser: PageClient, about: UUID | None = None, *, lang: str = "fr") -> str:
    """The path of a new calendar, as its page shows it."""
    asked = f"?about={about}" if about else ""
    page = browser.get(f"/workspace/{lang}/calendars{asked}")
    form = page.doc.xpath("//form[@action=$url]", url=f"/workspace/{lang}/calendars")[0]
    shown = browser.post(form.get("action"), dict(form.form_values()), status=200)
    return address(shown)


def address(page: Any) -> str:
    (found,) = [one for one in page.links() if one.endswith(".ics")]
    return urlsplit(found).path


def read(client: PageClient, path: str) -> list[Any]:
    answer = client.http.get(path)
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    assert "no-store" in answer.headers["Cache-Control"] and "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n")), "folded (RFC 5545, 3.1)"
    return icalendar.Calendar.from_ical(answer.data).walk("VEVENT")


def summaries(client: PageClient, path: str) -> dict[str, date]:
    return {str(one["SUMMARY"]): one["DTSTART"].dt for one in read(client, path)}


def other_body(work: Work) -> tuple[Account, Body]:
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
        return account, body


def filled(work: Work, people: People, sent: loop.Sent) -> None:
    """A question, a commitment, a meeting and a letterbox."""
    with work() as session:
        notice, today = session.get_one(Notice, sent.notice_id), clock.today()
        rep, hr = session.get_one(Account, people.rep1.id), session.get_one(Account, people.hr.id)
        body = session.get_one(Body, people.body.id)
        both = sending.both
        questions.ask(
            session, notice, body=body, text=both("Qui répond"), expected_on=today + timedelta(days=6),
            actor=rep, on=today,
        )  # fmt: skip
        commitments.promise(
            session, notice, body=body, title=both("Former"), nature=Nature.MEASURE, for_whom=both("Tous"),
            owner="DRH", due_on=today + timedelta(days=40), actor=hr, on=today,
        )  # fmt: skip
        meetings.call(
            session, body, day=today + timedelta(days=12), time="9:30", place="Salle Curie",
            is_extraordinary=False, actor=hr, on=today,
            about=session.get_one(Consultation, sent.consultation_id),
        )  # fmt: skip
        for one in (people.rep1, people.rep2):
            sending.with_key(session, one)
        sending.opened(session, people, sent.consultation_id)


# ── the page ───────────────────────────────────────────────────────────────────


@BOTH
def test_an_address_is_shown_once_and_its_digest_alone_is_kept(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient
) -> None:
    rep = as_(people.rep1)
    path = made(rep)
    assert path not in rep.get(PAGE).text, "shown once"
    assert not [one for one in rep.get(PAGE).links() if one.endswith(".ics")]
    secret = path.rpartition("/")[2].removesuffix(".ics")
    with work() as session:
        (one,) = session.scalars(select(Calendar))
        assert one.secret_hash == hash_of(secret) and secret not in repr(vars(one))
    assert read(client, path)
    for wrong in ("x", secret[:-1], secret + "0", "0" * 64):
        client.get(f"/calendars/{wrong}.ics", status=404)


def test_a_double_click_makes_one(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient
) -> None:
    rep = as_(people.rep1)
    form = rep.get(PAGE).form("/calendars")
    data = dict(form.form_values())
    paths = {address(rep.post(PAGE, data, status=200)) for _each in range(2)}
    assert len(paths) == 1
    with work() as session:
        (one,) = session.scalars(select(Calendar))
    rep.submit(rep.get(PAGE), action=f"{one.id}/revoke")
    assert "révoqué" in rep.follow(rep.post(PAGE, data)).text, "what was revoked does not come back"
    client.get(paths.pop(), status=404)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_revoked_and_made_anew(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient, lang: str
) -> None:
    rep = as_(people.rep1)
    old = made(rep, lang=lang)
    page = rep.get(f"/workspace/{lang}/calendars")
    new = address(rep.submit(page, action="/renew", status=200))
    assert new != old and read(client, new)
    client.get(old, status=404)
    rep.follow(rep.submit(rep.get(f"/workspace/{lang}/calendars"), action="/revoke"))
    client.get(new, status=404)


def test_nobody_touches_the_calendar_of_somebody_else(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient
) -> None:
    path = made(as_(people.rep1))
    with work() as session:
        (one,) = session.scalars(select(Calendar))
    for what in ("revoke", "renew"):
        loop.attack(as_(people.rep2), f"{PAGE}/{one.id}/{what}", {}, status=404)
        loop.attack(as_(people.admin), f"{PAGE}/{one.id}/{what}", {}, status=403)
    assert read(client, path)
    assert "Tout ce que je suis" not in as_(people.rep2).get(PAGE).text


def test_twenty_at_most(work: Work, people: People, sent: loop.Sent, as_: SignIn) -> None:
    with work() as session:
        rep = session.get_one(Account, people.rep1.id)
        for _each in range(MOST_CALENDARS):
            services.make(session, rep, of=None, once=uuid4(), key=b"k" * 32, on=clock.today())
    rep = as_(people.rep1)
    again = rep.post(PAGE, dict(rep.get(PAGE).doc.xpath(f"//form[@action='{PAGE}']")[0].form_values()))
    assert "20" in rep.follow(again).text


# ── what stands in it ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["rep1", "hr", "chair"])
def test_everything_with_a_day_and_nothing_anybody_wrote(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient, who: str
) -> None:
    filled(work, people, sent)
    path = made(as_(getattr(people, who)))
    found, today = summaries(client, path), clock.today()
    words = " ".join(found)
    for expected in ("Avis et vœux", "Réunion n°", "Engagement n°", "question 1", "Réponse promise",
                     "Premier jour", "Dernier jour"):  # fmt: skip
        assert expected in words.replace("\xa0", " "), expected
    assert today + timedelta(days=12) in found.values() and today + timedelta(days=40) in found.values()
    raw = icalendar.Calendar.from_ical(client.http.get(path).data)
    text = "\n".join(f"{one['SUMMARY']} {one['DESCRIPTION']}" for one in raw.walk("VEVENT"))
    assert "Salle Curie" not in text and "Qui répond" not in text and "Former" not in text
    for event in raw.walk("VEVENT"):
        assert "calculé" in str(event["DESCRIPTION"]).lower() and str(event["URL"]) in event["DESCRIPTION"]
        assert event["LAST-MODIFIED"].dt.time().isoformat() == "00:00:00", "by day"
        assert event["TRANSP"] == "TRANSPARENT"
    assert "R2312-6" in text


def test_no_two_events_share_an_identifier(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient
) -> None:
    """Several answers promised in one notice, several notices, a contested start."""
    filled(work, people, sent)
    with work() as session:
        days = (10, 20, 20)
        unknowns = [
            Unknown(sending.both(f"Inconnu {number}"), due_on=clock.today() + timedelta(days=one))
            for number, one in enumerate(days)
        ]
        notice = sending.written(session, people.hr, unknowns=unknowns)
        body, hr = session.get_one(Body, people.body.id), session.get_one(Account, people.hr.id)
        consultations.send(session, notice, body=body, actor=hr, on=clock.today())
        session.flush()
        consultations.open_to_employees(session, notice, on=clock.today())
        for fact in session.scalars(select(Fact).where(Fact.kind == FactKind.RECEIVED)):
            fact.is_contested, fact.contested_day = True, clock.today() + timedelta(days=4)
    path = made(as_(people.hr))
    with time_machine.travel(clock.now() + timedelta(days=5), tick=False):
        found = [str(one["UID"]) for one in read(client, path)]
        promised = [one for one in read(client, path) if "Réponse promise" in str(one["SUMMARY"])]
    assert len(found) == len(set(found)) and len(promised) == 3


def test_identifiers_stay_when_a_day_moves(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient
) -> None:
    path = made(as_(people.rep1))

    def opinion() -> tuple[str, date]:
        (one,) = [each for each in read(client, path) if "Avis et vœux" in str(each["SUMMARY"])]
        return str(one["UID"]), one["DTSTART"].dt

    uid, before = opinion()
    with work() as session:
        consultation = session.get_one(Consultation, sent.consultation_id)
        recording.override(
            session, consultation, key="limit", value="P60D", reason="Accord", agreed_on=clock.today(),
            actor=session.get_one(Account, people.admin.id), on=clock.today(), name=sending.both("Délai"),
        )  # fmt: skip
    again, after = opinion()
    assert again == uid and after > before


def test_both_days_of_a_contested_start(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient
) -> None:
    path = made(as_(people.hr), sent.consultation_id)
    with work() as session:
        fact = session.scalars(select(Fact).where(Fact.kind == FactKind.RECEIVED)).one()
        fact.is_contested, fact.contested_day = True, clock.today() + timedelta(days=10)
    with time_machine.travel(clock.now() + timedelta(days=11), tick=False):
        found = [one for one in read(client, path) if "Avis et vœux" in str(one["SUMMARY"])]
    assert len(found) == 2 and len({str(one["UID"]) for one in found}) == 2
    assert len({one["DTSTART"].dt for one in found}) == 2
    assert "conteste" in " ".join(str(one["DESCRIPTION"]) for one in found)


def test_a_title_is_told_only_once_employees_may_read_it(
    work: Work, people: People, as_: SignIn, client: PageClient
) -> None:
    held = loop.sent_with(work, people, held_until=clock.today() + timedelta(days=20))
    path = made(as_(people.rep1))
    assert "Plume" not in client.http.get(path).get_data(as_text=True)
    assert any("notice n°" in one.replace("\xa0", " ") for one in summaries(client, path))
    with work() as session:
        notice = session.get_one(Notice, held.notice_id)
        notice.visibility, notice.readable_on = Visibility.EMPLOYEES, clock.today()
    assert any("Plume" in one for one in summaries(client, path))


def test_it_speaks_its_owners_language(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient
) -> None:
    with work() as session:
        session.get_one(Account, people.rep2.id).locale = "en"
    path = made(as_(people.rep2))
    answer = client.http.get(path, headers={"Accept-Language": "fr"}).get_data(as_text=True)
    assert "Computed from the facts" in answer.replace("\r\n ", "")
    assert "/workspace/en/consultations/" in answer.replace("\r\n ", "")


def test_awkward_titles_are_escaped_and_folded(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient
) -> None:
    title = "Réponses ; aides, conseils \\ « é » " + "é" * 120
    with work() as session:
        fresh = sending.written(session, people.hr, title=title)
        body, hr = session.get_one(Body, people.body.id), session.get_one(Account, people.hr.id)
        consultations.send(session, fresh, body=body, actor=hr, on=clock.today())
        session.flush()
        consultations.open_to_employees(session, fresh, on=clock.today())
    path = made(as_(people.rep1))
    assert any(title in one for one in summaries(client, path))


# ── for whom ───────────────────────────────────────────────────────────────────


def test_it_ends_with_the_mandate_the_account_and_the_access(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient
) -> None:
    own, one, hrs = (
        made(as_(people.rep2)), made(as_(people.rep2), sent.consultation_id), made(as_(people.hr)),
    )  # fmt: skip
    assert read(client, own) and read(client, one) and read(client, hrs)
    with work() as session:
        mandate = session.get_one(Account, people.rep2.id).mandates[0]
        people_services.end_mandate(session, mandate, on=clock.today() - timedelta(days=1))
        people_services.deactivate(session, session.get_one(Account, people.hr.id))
    for path in (own, one, hrs):
        client.get(path, status=404)


def test_of_a_body_one_left_for_another(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient
) -> None:
    _other, body = other_body(work)
    one = made(as_(people.rep2), sent.consultation_id)
    with work() as session:
        rep = session.get_one(Account, people.rep2.id)
        people_services.end_mandate(session, rep.mandates[0], on=clock.today() - timedelta(days=1))
        lille, since = session.get_one(Body, body.id), clock.today()
        people_services.give_mandate(
            session, rep, lille, role=MandateRole.FULL_MEMBER, starts_on=since
        )  # fmt: skip
    client.get(one, status=404)
    assert summaries(client, made(as_(people.rep2))) == {}


def test_another_body_gets_nothing_of_it(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, client: PageClient
) -> None:
    filled(work, people, sent)
    other, _body = other_body(work)
    browser = as_(other)
    assert summaries(client, made(browser)) == {}
    for wrong in (str(sent.consultation_id), str(uuid4()), "x"):
        browser.get(f"{PAGE}?about={wrong}", status=404)
        loop.attack(browser, PAGE, {"about": wrong}, status=404)


def test_a_stranger_and_an_administrator_have_none(people: People, as_: SignIn, client: PageClient) -> None:
    client.get(PAGE, status=302)
    as_(people.admin).get(PAGE, status=403)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    visibility=st.sampled_from([Visibility.BODY, Visibility.EMPLOYEES, Visibility.PUBLIC]),
    ended=st.booleans(),
    reader=st.sampled_from(["rep1", "rep2", "hr", "chair", "other"]),
    ahead=st.integers(0, 50),
)
def test_no_event_its_owner_may_not_read(
    app: Flask, instance: Any, visibility: Visibility, ended: bool, reader: str, ahead: int
) -> None:
    """Whatever the reach of a notice, the day and the mandate."""
    from consult.calendars.coming import comings, gather
    from consult.calendars.who import Who
    from consult.web.readers import may_read
    from tests import conftest

    instance.reset()

    with app.test_request_context("/workspace/fr/"):
        from contextlib import contextmanager

        from consult.core.db import db

        reading.set(False)

        @contextmanager
        def work(language: str = "fr") -> Any:
            yield db.session
            db.session.flush()

        people = conftest.people.__wrapped__(work)  # type: ignore[attr-defined]
        other, _body = other_body(work)
        sent = loop.sent_with(work, people)
        filled(work, people, sent)
        notice = db.session.get_one(Notice, sent.notice_id)
        notice.visibility = visibility
        notice.readable_on = None if visibility is Visibility.BODY else clock.today()
        account = other if reader == "other" else getattr(people, reader)
        account = db.session.get_one(Account, account.id)
        if ended and account.mandates:
            account.mandates[0].ends_on = clock.today() + timedelta(days=20)
        db.session.flush()
        with time_machine.travel(clock.now() + timedelta(days=ahead), tick=False):
            from flask import g

            g.pop("permissions", None)
            who = Who.of(account)
            found = comings(gather(db.session, who.bodies, on=clock.today()), who) if who else []
            for one in found:
                assert may_read(one.audience, who.reader, on=clock.today())
                assert who.bodies is None or people.body.id in who.bodies
            if reader == "other" or (ended and ahead > 20 and reader != "hr"):
                assert found == []
            elif ahead == 0:
                assert found
        db.session.rollback()


def test_reading_costs_the_same_for_one_consultation_and_for_many(
    app: Flask, work: Work, people: People, as_: SignIn, client: PageClient, sent: loop.Sent
) -> None:
    path = made(as_(people.hr))

    def cost() -> int:
        client.http.get(path)
        with counted(app) as statements:
            client.http.get(path)
        return len(statements)

    few = cost()
    for number in range(6):
        loop.sent_with(work, people, slug=f"systeme-{number}")
    assert cost() == few
    assert few <= 25
