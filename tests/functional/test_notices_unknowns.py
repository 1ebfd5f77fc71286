"""Answers the employer promised and did not give: brought to mind by mail and on the start page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from consult import jobs as schedule
from consult.core import clock
from consult.core.localized import Localized
from consult.mail.models import Letter
from consult.notices import jobs, queries, services
from consult.notices.content import Unknown
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import Role
from tests import loop, sending
from tests.client import PageClient
from tests.conftest import People
from tests.functional.test_workspace import counted, section

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
DUE = date(2026, 11, 23)
ASKED = Localized.of(fr="Ce que deviendra le temps gagné", en="What becomes of the time gained")


def on_day(day: date, hour: int = 10) -> Any:
    return time_machine.travel(datetime.fromisoformat(f"{day.isoformat()}T{hour:02}:00:00+00:00"), tick=False)


def sent(work: Work, people: People, *unknowns: Unknown) -> str:
    """Before the body a month ago, with these unknowns."""
    with on_day(DUE - timedelta(days=30)), work() as session:
        actor = session.get_one(Account, people.hr.id)
        notice = sending.written(session, people.hr, unknowns=unknowns)
        services.publish(session, notice, actor=actor, on=clock.today())
        services.sent_to(session, notice, people.body.id, held_until=clock.today())
        return str(notice.slug)


def run(work: Work, day: date, hour: int = 10) -> int:
    with on_day(day, hour), work() as session:
        return jobs.remind_of_answers(session, now=clock.now())


def letters(work: Work) -> list[Letter]:
    with work() as session:
        found = list(session.scalars(select(Letter).where(Letter.about.startswith("unknowns:"))))
        session.expunge_all()
        return found


@BOTH
def test_reminded_the_day_after_then_once_a_week(work: Work, people: People) -> None:
    sent(work, people, Unknown(ASKED, due_on=DUE))
    on = [run(work, DUE + timedelta(days=shift)) for shift in range(16)]
    assert [shift for shift, count in enumerate(on) if count] == [1, 8, 15]
    assert len(letters(work)) == 3


def test_running_twice_a_day_reminds_once(work: Work, people: People) -> None:
    sent(work, people, Unknown(ASKED, due_on=DUE))
    after = DUE + timedelta(days=1)
    assert [run(work, after, 6), run(work, after, 6), run(work, after, 22)] == [1, 0, 0]
    assert len(letters(work)) == 1


def test_a_job_that_was_down_catches_up_once(work: Work, people: People) -> None:
    sent(work, people, Unknown(ASKED, due_on=DUE))
    assert run(work, DUE + timedelta(days=40)) == 1
    assert run(work, DUE + timedelta(days=41)) == 0


def test_to_everybody_who_writes_notices_in_their_language_with_a_link_alone(
    work: Work, people: People
) -> None:
    with work() as session:
        for name, active in (("Nora Nantes", True), ("Gone Gone", False)):
            account = people_services.add_account(
                session,
                email=f"{name.split()[0].lower()}@orvalie.example",
                name=name,
                role=Role.HR_PUBLISHER,
                locale="en",
            )
            account.is_active = active
    slug = sent(work, people, Unknown(ASKED, due_on=DUE), Unknown(ASKED, due_on=DUE - timedelta(days=2)))
    run(work, DUE + timedelta(days=1))
    found = {one.to_address: one for one in letters(work)}
    assert set(found) == {people.hr.email, "nora@orvalie.example"}
    english = found["nora@orvalie.example"]
    assert english.subject == "Answers promised in a notice are late: Plume, the assistant"
    assert f"/workspace/en/notices/{slug}/edit?section=unknowns" in english.text
    assert "2 answers" in english.text and "21" in english.text
    assert f"/workspace/fr/notices/{slug}/edit?section=unknowns" in found[people.hr.email].text
    for one in found.values():
        assert ASKED.texts["fr"] not in one.text + one.html
        assert ASKED.texts["en"] not in one.text + one.html


@pytest.mark.parametrize(
    "unknown",
    [
        Unknown(ASKED, due_on=DUE + timedelta(days=1)),
        Unknown(ASKED, due_on=DUE + timedelta(days=9)),
        Unknown(ASKED, due_on=DUE, answer=ASKED, answered_on=DUE),
        Unknown(ASKED, due_on=DUE, answer=ASKED),
    ],
)
def test_what_is_answered_or_not_due_yet_is_left_alone(work: Work, people: People, unknown: Unknown) -> None:
    sent(work, people, unknown)
    assert run(work, DUE + timedelta(days=1)) == 0
    assert letters(work) == []


def test_drafts_and_withdrawn_notices_are_left_alone(work: Work, people: People) -> None:
    with on_day(DUE - timedelta(days=30)), work() as session:
        sending.written(session, people.hr, title="Brouillon", unknowns=[Unknown(ASKED, due_on=DUE)])
    with on_day(DUE - timedelta(days=30)):
        slug = loop.sent_with(work, people).slug
    with on_day(DUE):
        loop.withdraw(work, people, slug)
    assert run(work, DUE + timedelta(days=60)) == 0


@BOTH
def test_a_new_revision_that_answers_ends_it_and_a_draft_of_one_does_not(work: Work, people: People) -> None:
    slug = sent(work, people, Unknown(ASKED, due_on=DUE))
    with on_day(DUE + timedelta(days=2)), work() as session:
        notice = queries.by_slug(session, slug)
        assert notice is not None
        actor = session.get_one(Account, people.hr.id)
        draft = services.revise(session, notice, actor=actor)
        text = services.content_of(draft)
        answered = replace(text, changelog=ASKED, unknowns=[replace(text.unknowns[0], answer=ASKED)])
        services.save(session, draft, answered)
    assert run(work, DUE + timedelta(days=2)) == 1
    with on_day(DUE + timedelta(days=3)), work() as session:
        notice = queries.by_slug(session, slug)
        assert notice is not None
        services.publish(session, notice, actor=session.get_one(Account, people.hr.id), on=clock.today())
    assert run(work, DUE + timedelta(days=30)) == 0


def test_the_job_is_on_the_schedule(work: Work, people: People) -> None:
    assert jobs.remind_of_answers in [job for _when, job in schedule.SCHEDULE]


# ── the start page ─────────────────────────────────────────────────────────────


@BOTH
@pytest.mark.parametrize("language", ["fr", "en"])
def test_they_wait_for_human_resources(work: Work, people: People, as_: As, language: str) -> None:
    slug = sent(
        work, people, Unknown(ASKED, due_on=DUE), Unknown(ASKED, due_on=DUE - timedelta(days=3)),
        Unknown(ASKED, due_on=DUE + timedelta(days=30)),
    )  # fmt: skip
    with on_day(DUE + timedelta(days=1)):
        page = as_(people.hr).get(f"/workspace/{language}/")
        now = section(page, "now").replace("\xa0", " ")
        rows = page.doc.xpath("//section[@aria-labelledby='now']//li")
        assert len(rows) == 1
        assert f"/workspace/{language}/notices/{slug}/edit?section=unknowns" in page.links()
        assert ("Late by 4 days" if language == "en" else "4 jours") in now
        for other in (people.rep1, people.chair, people.admin):
            assert not any("section=unknowns" in link for link in as_(other).get("/workspace/fr/").links())
    with on_day(DUE - timedelta(days=3)):
        assert not any("section=unknowns" in link for link in as_(people.hr).get("/workspace/fr/").links())


def test_many_cost_as_much_as_one(app: Flask, work: Work, people: People, as_: As) -> None:
    def cost() -> int:
        with on_day(DUE + timedelta(days=1)), counted(app) as statements:
            as_(people.hr).get("/workspace/fr/")
        return len(statements)

    sent(work, people, Unknown(ASKED, due_on=DUE))
    one = cost()
    for _number in range(12):
        sent(work, people, Unknown(ASKED, due_on=DUE))
    assert cost() == one
