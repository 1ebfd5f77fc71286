"""Requests for information, questions from the bank, and those the body declares unanswered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.core import clock
from consult.notices.fields import FIELDS
from consult.people.models import Account
from consult.questions import queries
from consult.questions.models import Question, Unanswered
from consult.questions.rules import QuestionKind, QuestionState, state_of
from consult.register.models import Entry
from consult.register.rules import Tag
from tests.client import PageClient
from tests.conftest import People
from tests.functional.test_questions_pages import asked
from tests.loop import Sent, attack, sent_with, withdraw

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
PART = FIELDS[0].key
VOTE = {"votes_for": "2", "votes_against": "0", "abstentions": "0"}
SignIn = Callable[[Account], PageClient]


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def test_a_request_for_information_names_its_part_of_the_notice(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    page = rep.get(f"/workspace/fr/notices/{sent.slug}/questions/new?field={PART}")
    rep.submit(page, {"text_fr": "Le contrat\u202f?", "kind": "information"})
    with work() as session:
        question = session.scalars(select(Question)).one()
        assert (question.kind, question.field) == (QuestionKind.INFORMATION, PART)
    read = as_(people.hr).get(f"/workspace/fr/notices/{sent.slug}").text
    assert "Demande d’information" in read
    again = rep.get(f"/workspace/fr/notices/{sent.slug}/questions/new")
    rep.submit(again, {"text_fr": "Autre\u202f?", "field": "made-up"}, status=400)


def test_the_bank_asks_several_at_once_and_only_once(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    where = f"/workspace/fr/notices/{sent.slug}/questions/bank"
    page = rep.get(where)
    keys = [str(one) for one in page.doc.xpath("//input[@name='picked']/@value")]
    assert len(keys) > 20
    headings = [one.text for one in page.doc.xpath("//fieldset/h2")]
    assert len(headings) == len({key.rpartition("-")[0] for key in keys}), "each subject has its heading"
    rep.submit(page, {}, status=400)
    rep.submit(page, {"picked": [*keys[:3], "made-up"]})
    rep.submit(page, {"picked": keys[:3]}, status=400)  # asked already: nothing left of what was ticked
    with work() as session:
        numbers = [one.number for one in session.scalars(select(Question).order_by(Question.number))]
    assert numbers == [1, 2, 3]
    left = [str(one) for one in rep.get(where).doc.xpath("//input[@name='picked']/@value")]
    assert not set(keys[:3]) & set(left)


@BOTH
def test_the_body_declares_that_no_answer_came(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    ident = asked(work, people, sent)
    rep, hr = as_(people.rep1), as_(people.hr)
    where = f"/workspace/fr/questions/{ident}/unanswered"
    hr.get(where, status=403)
    page = rep.get(where)
    rep.submit(page, {"note": "Sans vote"}, status=400)
    refused = rep.submit(page, {"note": "Pas adopté"} | VOTE | {"votes_against": "2"}, status=409)
    assert "Pas adopté" in refused.text
    rep.submit(page, {"note": "Relancé deux fois"} | VOTE)
    rep.submit(page, {"note": "Encore"} | VOTE)
    with work() as session:
        assert [one.note for one in session.scalars(select(Unanswered))] == ["Relancé deux fois"]
        tags = [one.tag for one in session.scalars(select(Entry))]
        assert tags.count(Tag.QUESTION_UNANSWERED) == 1
        question = session.get_one(Question, ident)
        assert question.state(clock.today()) is QuestionState.DECLARED
        assert queries.open_for(session, question.notice_id, question.body_id) == [question]
    assert "Relancé deux fois" in hr.get(f"/workspace/fr/notices/{sent.slug}").text
    hr.submit(hr.get(f"/workspace/fr/questions/{ident}"), {"text_fr": "Voici.", "text_en": "Here."})
    shown = rep.get(f"/workspace/fr/notices/{sent.slug}").text
    assert "Relancé deux fois" in shown and "Voici." in shown
    with work() as session:
        session.scalars(select(Unanswered)).one().note = "Autre"
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_an_answered_question_cannot_be_declared_unanswered(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    ident = asked(work, people, sent)
    rep, hr = as_(people.rep1), as_(people.hr)
    page = rep.get(f"/workspace/fr/questions/{ident}/unanswered")
    hr.submit(hr.get(f"/workspace/fr/questions/{ident}"), {"text_fr": "Oui.", "text_en": "Yes."})
    rep.submit(page, {"note": "Trop tard"} | VOTE)
    with work() as session:
        assert session.scalars(select(Unanswered)).first() is None


def test_the_other_side_and_other_bodies_declare_nothing(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    ident = asked(work, people, sent)
    for account in (people.hr, people.chair, people.admin):
        attack(as_(account), f"/workspace/fr/questions/{ident}/unanswered", {"note": "x"}, status=403)
        attack(as_(account), f"/workspace/fr/notices/{sent.slug}/questions/bank", {}, status=403)
    withdraw(work, people, sent.slug)
    as_(people.rep1).get(f"/workspace/fr/notices/{sent.slug}/questions/bank", status=409)


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(answered=st.booleans(), declared=st.booleans(), expected=st.none() | DAYS, on=DAYS)
def test_a_question_has_one_state(answered: bool, declared: bool, expected: date | None, on: date) -> None:
    state = state_of(has_answer=answered, is_declared=declared, expected_on=expected, on=on)
    assert (state is QuestionState.ANSWERED) == answered
    later = state_of(
        has_answer=answered, is_declared=declared, expected_on=expected, on=on + timedelta(days=400)
    )
    if state is QuestionState.PAST:
        assert later is QuestionState.PAST
