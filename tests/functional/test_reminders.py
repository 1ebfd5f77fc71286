"""Reminders: to whom, when, in which rhythm, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.calendars import jobs, services
from consult.calendars.models import Reminder
from consult.calendars.rules import in_digest, may_write, moment, monday
from consult.consultations import recording
from consult.consultations.models import Consultation, Fact
from consult.consultations.rules import FactKind
from consult.core import clock
from consult.jobs import SCHEDULE
from consult.mail.models import Letter
from consult.notices.jobs import remind_of_answers
from consult.notices.models import Notice
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import Rhythm
from consult.procedures.loading import templates
from consult.questions import services as questions
from tests import loop, sending
from tests.client import PageClient
from tests.conftest import People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
PAGE = "/workspace/fr/reminders"


@pytest.fixture
def sent(work: Work, people: People) -> loop.Sent:
    return loop.sent_with(work, people)


def on(day: date) -> Any:
    return time_machine.travel(
        datetime(day.year, day.month, day.day, 12, tzinfo=clock.now().tzinfo), tick=False
    )


def run(work: Work, day: date) -> list[Letter]:
    """The reminders that go out on that day."""
    with on(day), work() as session:
        before = {one.id for one in session.scalars(select(Letter))}
        jobs.remind(session, now=clock.now())
        found = session.scalars(select(Letter).where(Letter.about.like("reminder:%"))).all()
        return [one for one in found if one.id not in before]


def limit(work: Work, sent: loop.Sent) -> date:
    with work() as session:
        found: date = session.get_one(Consultation, sent.consultation_id).next_due_on
        return found


def choose(work: Work, account: Account, rhythm: Rhythm) -> None:
    with work() as session:
        people_services.choose_rhythm(session, session.get_one(Account, account.id), rhythm)


def to(letters: list[Letter]) -> set[str]:
    return {one.to_address for one in letters}


# ── to whom, and when ──────────────────────────────────────────────────────────


@BOTH
def test_the_body_is_reminded_of_its_opinion_a_week_and_a_day_ahead(
    work: Work, people: People, sent: loop.Sent
) -> None:
    due = limit(work, sent)
    assert not [one for one in run(work, due - timedelta(days=9)) if "Avis" in one.text]
    letters = run(work, due - timedelta(days=7))
    letters = [one for one in letters if "Avis" in one.text]
    assert to(letters) == {people.rep1.email, people.rep2.email}, "who gives it, not who waits for it"
    assert all("Avis et vœux" in one.text and "/workspace/fr/" in one.text for one in letters)
    assert all("7 jours" in one.text.replace("\xa0", " ") for one in letters)
    assert run(work, due - timedelta(days=7)) == [], "once"
    assert not [one for one in run(work, due - timedelta(days=5)) if "Avis" in one.text]
    assert to(run(work, due - timedelta(days=1))) >= {people.rep1.email, people.rep2.email}
    assert run(work, due + timedelta(days=1)) == [], "nothing is said once the day has passed"


def test_what_was_missed_while_nothing_ran_is_told_once(work: Work, people: People, sent: loop.Sent) -> None:
    due = limit(work, sent)
    letters = run(work, due - timedelta(days=1))
    assert len([one for one in letters if one.to_address == people.rep2.email]) == 1
    assert letters[0].text.count("Avis et vœux") == 1


def test_a_day_that_moved_is_told_again(work: Work, people: People, sent: loop.Sent) -> None:
    due = limit(work, sent)
    assert run(work, due - timedelta(days=7))
    with work() as session:
        consultation = session.get_one(Consultation, sent.consultation_id)
        recording.override(
            session, consultation, key="limit", value=(due + timedelta(days=20)).isoformat(), reason="Accord",
            agreed_on=clock.today(), actor=session.get_one(Account, people.admin.id), on=clock.today(),
            name=sending.both("Délai"),
        )  # fmt: skip
    assert not [one for one in run(work, due - timedelta(days=1)) if "Avis et vœux" in one.text]
    again = run(work, due + timedelta(days=13))
    assert to(again) >= {people.rep1.email} and "Avis et vœux" in again[0].text


def test_nothing_while_it_is_suspended(work: Work, people: People, sent: loop.Sent) -> None:
    due = limit(work, sent)
    with work() as session:
        for kind, key in ((FactKind.EXPERT_APPOINTED, ""), (FactKind.TOLD, "expert_challenge_filed")):
            session.add(
                Fact(consultation_id=sent.consultation_id, kind=kind, key=key, day=clock.today())
            )  # fmt: skip
    letters = [*run(work, due - timedelta(days=7)), *run(work, due - timedelta(days=1))]
    assert not [one for one in letters if "Avis et vœux" in one.text]


def test_a_closed_consultation_and_a_closed_account_are_left_alone(
    work: Work, people: People, sent: loop.Sent
) -> None:
    due = limit(work, sent)
    with work() as session:
        people_services.deactivate(session, session.get_one(Account, people.rep2.id))
        mandate = session.get_one(Account, people.rep1.id).mandates[0]
        people_services.end_mandate(session, mandate, on=clock.today())
    assert to(run(work, due - timedelta(days=7))) <= {people.hr.email}


def test_nothing_of_a_notice_that_was_withdrawn(work: Work, people: People, sent: loop.Sent) -> None:
    due = limit(work, sent)
    loop.withdraw(work, people, sent.slug)
    assert [*run(work, due - timedelta(days=7)), *run(work, due - timedelta(days=1))] == []


def test_the_employer_is_reminded_of_its_own(work: Work, people: People, sent: loop.Sent) -> None:
    today = clock.today()
    with work() as session:
        questions.ask(
            session, session.get_one(Notice, sent.notice_id), body=session.get_one(
                Consultation, sent.consultation_id).body, text=sending.both("Secret de fabrique"),
            expected_on=today + timedelta(days=8), actor=session.get_one(Account, people.rep1.id), on=today,
        )  # fmt: skip
    letters = [one for one in run(work, today + timedelta(days=1)) if "question 1" in one.subject]
    assert to(letters) == {people.hr.email}
    assert all("Secret de fabrique" not in one.text + one.html for one in letters), "links only"
    assert all(one.subject.startswith("Rappel") and "/questions/" in one.text for one in letters)


def test_each_in_their_language(work: Work, people: People, sent: loop.Sent) -> None:
    with work() as session:
        session.get_one(Account, people.rep2.id).locale = "en"
    letters = {one.to_address: one for one in run(work, limit(work, sent) - timedelta(days=7))}
    english = letters[people.rep2.email]
    assert english.subject == "What is due soon" and "/workspace/en/" in english.text
    assert "CSE opinion" in english.text and "échéances" in letters[people.rep1.email].subject


# ── the rhythm ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_everybody_chooses(work: Work, people: People, sent: loop.Sent, as_: SignIn, lang: str) -> None:
    path = f"/workspace/{lang}/reminders"
    rep, hr = as_(people.rep1), as_(people.hr)
    assert rep.get(path).doc.xpath("//input[@checked]/@value") == ["daily"]
    assert hr.get(path).doc.xpath("//input[@checked]/@value") == ["each"]
    rep.submit(rep.get(path), {"rhythm": "weekly"})
    rep.submit(rep.get(path), {"rhythm": "none"})
    assert rep.get(path).doc.xpath("//input[@checked]/@value") == ["none"]
    rep.post(path, dict(rep.get(path).form().form_values()) | {"rhythm": "hourly"}, status=400)
    as_(people.admin).get(path, status=403)
    letters = run(work, limit(work, sent) - timedelta(days=7))
    assert to(letters) == {people.rep2.email, people.hr.email}


def test_each_by_itself_or_all_in_one(work: Work, people: People, sent: loop.Sent) -> None:
    loop.sent_with(work, people, slug="second")
    choose(work, people.rep1, Rhythm.EACH)
    letters = run(work, limit(work, sent) - timedelta(days=7))
    mine = [one for one in letters if one.to_address == people.rep1.email]
    assert len([one for one in mine if "Avis et vœux" in one.subject]) == 2
    assert all(one.text.count("Avis et vœux") <= 2 for one in mine)
    assert len([one for one in letters if one.to_address == people.rep2.email]) == 1


def test_one_letter_a_week_tells_what_comes_before_the_next(
    work: Work, people: People, sent: loop.Sent
) -> None:
    choose(work, people.rep1, Rhythm.WEEKLY)
    due = limit(work, sent)
    begun = monday(due) - timedelta(days=7)
    found = [
        (day, one)
        for day in (begun + timedelta(days=number) for number in range(14))
        for one in run(work, day)
        if one.to_address == people.rep1.email
    ]
    weeks = [monday(day) for day, _one in found]
    assert len(weeks) == len(set(weeks)), "one a week at most"
    assert any("Avis et vœux" in one.text and day < due for day, one in found)


def test_late_answers_follow_the_choice(work: Work, people: People, sent: loop.Sent) -> None:
    late = clock.today() + timedelta(days=32)

    def both(day: date) -> list[Letter]:
        with on(day), work() as session:
            before = {one.id for one in session.scalars(select(Letter))}
            remind_of_answers(session, now=clock.now())
            jobs.remind(session, now=clock.now())
            found = session.scalars(select(Letter).where(Letter.to_address == people.hr.email))
            return [one for one in found if one.id not in before and "retard" in one.text]

    (alone,) = both(late)
    assert alone.about.startswith("unknowns:")
    choose(work, people.hr, Rhythm.DAILY)
    (digest,) = both(late + timedelta(days=7))
    assert digest.about.startswith("reminder:")
    assert both(late + timedelta(days=8)) == [] or monday(late + timedelta(days=7)) != monday(
        late + timedelta(days=8)
    ), "once a week"
    choose(work, people.hr, Rhythm.NONE)
    assert both(late + timedelta(days=21)) == []


# ── never twice ────────────────────────────────────────────────────────────────


def test_the_database_holds_each_once(work: Work, people: People, sent: loop.Sent) -> None:
    run(work, limit(work, sent) - timedelta(days=7))
    with work() as session:
        one = session.scalars(select(Reminder)).first()
        session.add(
            Reminder(
                account_id=one.account_id,
                what=one.what,
                due_on=one.due_on,
                ahead=one.ahead,
                told_on=one.told_on,
            )
        )
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_a_worker_that_was_slower_writes_nothing(
    work: Work, people: People, sent: loop.Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two read what was told before either wrote: the second finds its row taken, its letter goes too."""
    day = limit(work, sent) - timedelta(days=7)
    first = run(work, day)
    monkeypatch.setattr(services.queries, "told", lambda *_parts, **_more: set())
    monkeypatch.setattr(services, "may_write", lambda *_parts: True)
    assert first and run(work, day) == []


def test_a_crash_before_the_commit_loses_nothing_and_doubles_nothing(
    work: Work, people: People, sent: loop.Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, written = limit(work, sent) - timedelta(days=7), services.letters.remind

    def fails(*parts: Any, **more: Any) -> int:
        monkeypatch.setattr(services.letters, "remind", written)
        raise RuntimeError("power cut")

    monkeypatch.setattr(services.letters, "remind", fails)
    with on(day), work() as session:
        with pytest.raises(RuntimeError):
            jobs.remind(session, now=clock.now())
        session.rollback()
    letters = [one.to_address for one in run(work, day) if "Avis et vœux" in one.text]
    assert sorted(letters) == sorted([people.rep1.email, people.rep2.email])


def test_two_runs_a_day_until_the_end_tell_each_moment_once(
    work: Work, people: People, sent: loop.Sent
) -> None:
    """The whole life of a consultation, whatever the rhythm."""
    for account, rhythm in ((people.rep1, Rhythm.EACH), (people.hr, Rhythm.WEEKLY)):
        choose(work, account, rhythm)
    begun, due = clock.today(), limit(work, sent)
    letters: list[Letter] = []
    for number in range((due - begun).days + 3):
        for _twice in range(2):
            letters += run(work, begun + timedelta(days=number))
    for account in (people.rep1, people.rep2):
        told = [one for one in letters if one.to_address == account.email and "Avis et vœux" in one.text]
        assert len(told) == 2, "seven days ahead, and one"
    with work() as session:
        found = session.scalars(select(Reminder)).all()
        assert len({(one.account_id, one.what, one.due_on, one.ahead) for one in found}) == len(found)
        assert all(one.told_on <= one.due_on for one in found if not one.what.startswith("late:"))


def test_who_was_told_is_forgotten_after_a_year(work: Work, people: People, sent: loop.Sent) -> None:
    due = limit(work, sent)
    assert run(work, due - timedelta(days=7))
    loop.withdraw(work, people, sent.slug)
    for days, is_kept in ((360, True), (370, False)):
        run(work, due + timedelta(days=days))
        with work() as session:
            kept = session.scalars(select(Reminder).where(Reminder.what.like("step:%"))).all()
            assert bool([one for one in kept if one.due_on == due]) is is_kept


@given(
    due=st.dates(date(2026, 11, 1), date(2027, 3, 1)),
    ahead=st.lists(st.integers(0, 30), max_size=4, unique=True),
    rhythm=st.sampled_from([Rhythm.EACH, Rhythm.DAILY, Rhythm.WEEKLY]),
    days=st.lists(st.integers(-40, 5), max_size=60),
)
def test_at_most_once_for_each_moment_of_each_day(
    due: date, ahead: list[int], rhythm: Rhythm, days: list[int]
) -> None:
    """Whatever the days on which the job runs, twice a day or after a pause."""
    told: list[int] = []
    last: date | None = None
    for day in sorted(due + timedelta(days=one) for one in days):
        found = in_digest(due, ahead, day, rhythm)
        if found is None or found in told or not may_write(rhythm, last, day):
            continue
        assert day <= due and found in ahead
        told, last = [*told, found], day
    assert len(told) == len(set(told)) <= len(ahead)
    assert rhythm is not Rhythm.EACH or told == sorted(told, reverse=True), "ever nearer"


@given(due=st.dates(date(2026, 11, 1), date(2027, 3, 1)), ahead=st.lists(st.integers(0, 30), min_size=1))
def test_a_job_that_runs_daily_misses_no_moment(due: date, ahead: list[int]) -> None:
    days = [due - timedelta(days=one) for one in range(40, -1, -1)]
    assert {moment(due, ahead, day) for day in days} - {None} == set(ahead)
    assert moment(due, ahead, due + timedelta(days=1)) is None


def test_a_week_is_covered_by_its_letter() -> None:
    """Something due on any day of a week stands in the letter of its Monday or of the Monday before."""
    for number in range(7):
        due = date(2026, 11, 30) + timedelta(days=number)
        assert in_digest(due, (7, 1), date(2026, 11, 30), Rhythm.WEEKLY) is not None


# ── the templates ──────────────────────────────────────────────────────────────


def test_every_template_says_when_it_reminds() -> None:
    for one in templates().values():
        assert one.remind, one.key
        for step in one.steps:
            found = one.reminded(step)
            assert len(set(found)) == len(found) and all(0 <= days <= 30 for days in found)


def test_the_job_is_in_the_schedule() -> None:
    assert jobs.remind in [job for _when, job in SCHEDULE]
