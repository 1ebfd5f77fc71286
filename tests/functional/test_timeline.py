"""The course of a consultation on its page: past, now, next, in words and as a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from consult.consultations.models import Consultation, Fact
from consult.consultations.rules import FactKind
from consult.core import clock
from consult.people.models import Account, Body
from consult.people.rules import BodyKind
from consult.procedures.loading import templates
from consult.workspace import moments
from consult.workspace.moments import GAP, left_words
from tests import loop
from tests.client import Page, PageClient
from tests.conftest import People
from tests.functional.test_calendars import filled
from tests.functional.test_workspace import give_opinion, hub, section

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]


@pytest.fixture
def sent(work: Work, people: People) -> loop.Sent:
    return loop.sent_with(work, people)


def rows(page: Page) -> list[str]:
    """Everything listed, past, now and next."""
    found = page.doc.xpath("//section[@aria-labelledby='course']//ol/li")
    return [" ".join(one.text_content().split()).replace("\xa0", " ") for one in found]


def row(page: Page, words: str) -> str:
    (found,) = [one for one in rows(page) if words in one]
    return found


def marks(page: Page) -> list[str]:
    return [
        str(one)
        for one in page.doc.xpath("//figure[@class='course']//*[name()='g']//*[name()='text']/text()")
    ]


@BOTH
@pytest.mark.parametrize("language", ["fr", "en"])
def test_past_now_and_next_in_words_and_as_a_picture(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, language: str
) -> None:
    filled(work, people, sent)
    page = as_(people.rep1).get(hub(sent.consultation_id, language))
    listed = rows(page)
    numbers = [one.split()[0] for one in listed]
    assert numbers == [str(number) for number in range(1, len(listed) + 1)], "numbered through"
    assert set(marks(page)) <= set(numbers) and len(marks(page)) == len(set(marks(page)))
    opinion = row(page, "Avis et vœux" if language == "fr" else "CSE opinion")
    assert ("Instance" if language == "fr" else "Representative body").lower() in opinion.lower()
    assert ("Dans" if language == "fr" else "In ") in opinion
    meeting = row(page, "Réunion n°" if language == "fr" else "Meeting no.")
    assert ("Convoquée le" if language == "fr" else "Called on") in meeting
    assert row(page, "Dernier jour" if language == "fr" else "Last day to write")
    picture = page.doc.xpath("//figure[@class='course']/*[name()='svg']")[0]
    assert picture.get("role") == "img" and len(picture.xpath(".//*[name()='desc']")) == 1


def test_the_picture_carries_no_style_and_fits(
    work: Work, people: People, sent: loop.Sent, as_: SignIn
) -> None:
    filled(work, people, sent)
    page = as_(people.hr).get(hub(sent.consultation_id))
    for one in page.doc.xpath("//figure[@class='course']//*[name()='circle']"):
        assert 3 <= float(one.get("cx").rstrip("%")) <= 97, "nothing is cut off at the edge"
    assert not page.doc.xpath("//figure[@class='course']//@style")


def test_a_start_that_is_contested_shows_both_dates(
    work: Work, people: People, sent: loop.Sent, as_: SignIn
) -> None:
    with work() as session:
        fact = session.scalars(select(Fact).where(Fact.kind == FactKind.RECEIVED)).one()
        fact.is_contested, fact.contested_day = True, clock.today() + timedelta(days=10)
    with time_machine.travel(clock.now() + timedelta(days=11), tick=False):
        page = as_(people.rep1).get(hub(sent.consultation_id))
    assert len([one for one in rows(page) if "Notice reçue" in one]) == 2
    opinions = [one for one in rows(page) if "Avis et vœux" in one]
    assert len(opinions) == 2 and "employeur" in opinions[0] and "instance" in opinions[1]
    with time_machine.travel(clock.now() + timedelta(days=36), tick=False):
        page = as_(people.rep1).get(hub(sent.consultation_id))
    first = next(one for one in rows(page) if "Avis et vœux" in one)
    assert "Contesté" in first and "retard" not in first, "nothing is late that is not so by both"


def test_late_by_the_law_and_past_a_proposed_date(
    work: Work, people: People, sent: loop.Sent, as_: SignIn
) -> None:
    with time_machine.travel(clock.now() + timedelta(days=50), tick=False):
        page = as_(people.rep1).get(hub(sent.consultation_id))
    assert "En retard de" in row(page, "Avis et vœux")
    proposed = row(page, "Date proposée dépassée")
    assert "retard" not in proposed


def test_after_the_opinion_the_response_is_next(
    work: Work, people: People, sent: loop.Sent, as_: SignIn
) -> None:
    with work() as session:
        give_opinion(session, people, sent.consultation_id)
    page = as_(people.hr).get(hub(sent.consultation_id))
    found = [one for one in rows(page) if "suite donnée" in one]
    assert len(found) == 1 and "Employeur" in found[0] and "Date proposée" in found[0], found
    assert "Avis rendu" in section(page, "course")


def test_a_withdrawn_notice_has_a_past_alone(
    work: Work, people: People, sent: loop.Sent, as_: SignIn
) -> None:
    loop.withdraw(work, people, sent.slug)
    page = as_(people.rep1).get(hub(sent.consultation_id))
    assert "Notice retirée" in rows(page)[-1] or "Notice retirée" in " ".join(rows(page))
    assert not [one for one in rows(page) if "Dans" in one]


@pytest.mark.parametrize("key", sorted(templates()))
def test_every_procedure_has_its_course(
    work: Work, people: People, sent: loop.Sent, as_: SignIn, key: str
) -> None:
    """Those of few steps, and those without an opinion, too."""
    with work() as session:
        session.get_one(Consultation, sent.consultation_id).template = key
        session.get_one(Body, people.body.id).kind = BodyKind.CUSTOM
    for days in (0, 3, 45, 100):
        with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
            page = as_(people.rep2).get(hub(sent.consultation_id))
            assert rows(page)
            late = [one for one in rows(page) if "En retard" in one]
            if key == "generic":
                assert late == [], "a product default is never late"


def test_a_member_of_another_body_is_offered_no_calendar(
    work: Work, people: People, sent: loop.Sent, as_: SignIn
) -> None:
    from tests.functional.test_calendars import other_body

    other, _body = other_body(work)
    link = f"/workspace/fr/calendars?about={sent.consultation_id}"
    assert link not in as_(other).get(hub(sent.consultation_id)).links()
    assert link in as_(people.rep2).get(hub(sent.consultation_id)).links()


# ── rules of the picture ───────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def speaking(sqlite_instance: Any) -> Iterator[Flask]:
    with sqlite_instance.app.test_request_context("/workspace/en/"):
        yield sqlite_instance.app


def test_late_is_said_of_what_is_a_limit_alone(speaking: Flask) -> None:
    assert left_words(-3, is_proposed=False) == ("bad", "Late by 3 days")
    assert left_words(-3, is_proposed=True) == ("warn", "Past its proposed date")
    assert left_words(0, is_proposed=False)[1] == "Today"
    assert left_words(1, is_proposed=False)[1] == "In 1 day"


@given(days=st.lists(st.integers(0, 400), min_size=1, max_size=40), today=st.integers(0, 400))
def test_marks_never_touch_and_never_leave_the_picture(speaking: Flask, days: list[int], today: int) -> None:
    begun = date(2026, 11, 2)
    found = [
        moments.Moment(begun + timedelta(days=one), "", number=number)
        for number, one in enumerate(sorted(days), 1)
    ]
    on = begun + timedelta(days=today)
    past, coming = [one for one in found if one.day <= on], [one for one in found if one.day > on]
    picture = moments._picture(past, [], coming, on)
    if picture is None:
        return
    by_height: dict[int, list[float]] = {}
    for share, y, _number, _kind in picture["marks"]:
        assert 0 <= share <= 100 and 12 <= y < picture["axis"]
        by_height.setdefault(y, []).append(share)
    for shares in by_height.values():
        ordered = sorted(shares)
        assert all(b - a >= GAP for a, b in pairwise(ordered))
    assert 0 <= picture["today"] <= 100
