"""What services and both databases refuse: forbidden states, rewriting, numbers given twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consult.commitments import services
from consult.commitments.models import Commitment
from consult.commitments.rules import BODY_MOVES, CommitmentState, Nature, ReasonMissing, employer_choices
from consult.core import clock
from consult.core.db import db, reading
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import Localized
from consult.mail.models import Letter
from consult.notices.models import Notice
from consult.opinions import responding
from consult.opinions import services as opinions
from consult.opinions.rules import OpinionExists, PointKind, PointsMissing, Position, ResponseExists, Stance
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import BodyKind, NotAdopted
from consult.questions import services as questions
from consult.questions.models import Question
from tests.conftest import People
from tests.loop import Sent, send, sent_with

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
CARRIED = {"for": 8, "against": 3, "abstentions": 1}
LOST = {"for": 6, "against": 3, "abstentions": 3}


def both(words: str) -> Localized:
    return Localized.of(fr=f"{words} (fr)", en=f"{words} (en)")


class Room:
    """The people of a test and a notice of theirs, in one session."""

    def __init__(self, session: Session, people: People, sent: Sent) -> None:
        self.session = session
        self.notice = session.get_one(Notice, sent.notice_id)
        self.body = session.get_one(Body, people.body.id)
        self.hr, self.rep = (session.get_one(Account, one.id) for one in (people.hr, people.rep1))
        self.consultation = session.get_one(opinions.Consultation, sent.consultation_id)
        self.today = clock.today()

    def promise(self, **options: Any) -> Commitment:
        given_ = {
            "body": self.body, "title": both("Promis"), "nature": Nature.MEASURE, "for_whom": both("Tous"),
            "owner": "DRH", "due_on": self.today, "actor": self.hr, "on": self.today,
        } | options  # fmt: skip
        return services.promise(self.session, self.notice, **given_)

    def move(self, one: Commitment, to: CommitmentState, **options: Any) -> Any:
        return services.move(
            self.session, one, to=to, text=both("Dit"), actor=self.hr, on=self.today, **options
        )

    def judge(self, one: Commitment, *, is_kept: bool, **options: Any) -> Any:
        given_ = {
            "reason": both("Motif"), "resolution": both("Délibération"), "votes": CARRIED, "actor": self.rep,
            "on": self.today,
        } | options  # fmt: skip
        return services.judge_on(self.session, one, is_kept=is_kept, **given_)

    def give(self, **options: Any) -> Any:
        given_ = {
            "text": both("Avis"), "position": Position.FAVOURABLE, "votes": CARRIED, "actor": self.rep,
            "points": [(PointKind.WISH, both("Un vœu")), (PointKind.RESERVATION, both("Une réserve"))],
            "on": self.today,
        } | options  # fmt: skip
        return opinions.give(self.session, self.consultation, **given_)


@pytest.fixture
def room(work: Work, people: People, session: Session) -> Room:
    return Room(session, people, send(session, hr=people.hr, body=people.body))


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("employer"), st.sampled_from(CommitmentState)),
        st.tuples(st.just("body"), st.booleans()),
    ),
    max_size=12,
)


@given(acts=ACTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_tried_only_allowed_moves_happen(room: Room, acts: list[tuple[str, Any]]) -> None:
    one = room.promise()
    expected, said = CommitmentState.AGREED, 0
    for side, what in acts:
        before = one.state
        if side == "employer":
            fits, to = what in employer_choices(before), what
            act = lambda to=to: room.move(one, to)  # noqa: E731
        else:
            to = CommitmentState.CONFIRMED if what else CommitmentState.CONTESTED
            fits = to in BODY_MOVES[before]
            act = lambda what=what: room.judge(one, is_kept=what)  # noqa: E731
        if fits:
            act()
            expected, said = to, said + 1
        else:
            with pytest.raises(WrongState):
                act()
        assert one.state is expected
    assert [act.position for act in one.history] == list(range(1, said + 1))


def test_a_promise_is_numbered_on_its_notice(room: Room, people: People) -> None:
    assert [room.promise().number for _ in range(3)] == [1, 2, 3]
    other = Room(room.session, people, send(room.session, hr=people.hr, body=people.body, slug="other"))
    assert other.promise().number == 1


def test_a_verdict_needs_a_resolution_of_that_body_that_carried(room: Room) -> None:
    one = room.promise()
    room.move(one, CommitmentState.CLAIMED_DONE)
    with pytest.raises(NotAdopted):
        room.judge(one, is_kept=True, votes=LOST)
    with pytest.raises(NotAdopted):
        room.judge(one, is_kept=True, votes={"for": 0, "against": 0, "abstentions": 0})
    with pytest.raises(ReasonMissing):
        room.judge(one, is_kept=False, reason=Localized({}))
    with pytest.raises(EditedMeanwhile):
        room.judge(one, is_kept=True, version=one.version - 1)
    other = people_services.add_body(room.session, name="CSE de Lille", kind=BodyKind.CSE, headcount=90)
    theirs = people_services.record_resolution(
        room.session, other, text=both("D’ailleurs"), on=room.today, actor=room.rep, votes=CARRIED
    )
    with pytest.raises(WrongState):
        services.judge(
            room.session, one, is_kept=True, reason=both("Motif"), resolution=theirs, actor=room.rep,
            on=room.today,
        )  # fmt: skip
    assert one.state is CommitmentState.CLAIMED_DONE
    assert one.verdicts == []


def test_an_opinion_needs_a_majority_and_is_given_once(room: Room) -> None:
    with pytest.raises(NotAdopted):
        room.give(votes=LOST)
    opinion = room.give()
    assert [one.code for one in opinion.points] == ["R1", "V1"]
    with pytest.raises(OpinionExists):
        room.give()
    with pytest.raises(PointsMissing) as missing:
        responding.respond(
            room.session, opinion, text=both("Suite"), actor=room.hr, on=room.today,
            points={opinion.points[0].id: (Stance.ACCEPTED, both("Oui"))},
        )  # fmt: skip
    assert missing.value.numbers == ("V1",)
    answers = {one.id: (Stance.REFUSED, both("Non")) for one in opinion.points}
    respond = lambda: responding.respond(  # noqa: E731
        room.session, opinion, text=both("Suite"), actor=room.hr, on=room.today, points=answers
    )
    respond()
    with pytest.raises(ResponseExists):
        respond()


@BOTH
def test_no_sql_rewrites_what_was_said(work: Work, people: People, instance: Any) -> None:
    sent = sent_with(work, people)
    with work() as session:
        room = Room(session, people, sent)
        opinion = room.give()
        responding.respond(
            session, opinion, text=both("Suite"), actor=room.hr, on=room.today,
            points={one.id: (Stance.ACCEPTED, both("Oui")) for one in opinion.points},
        )  # fmt: skip
        one = room.promise()
        room.move(one, CommitmentState.CLAIMED_DONE)
        room.judge(one, is_kept=False)
        question = questions.ask(
            session, room.notice, body=room.body, text=both("Quoi"), actor=room.rep, on=room.today
        )
        questions.answer(session, question, text=both("Ceci"), actor=room.hr, on=room.today)
    later = (clock.today() + timedelta(days=400)).isoformat()
    rewrites = [
        "UPDATE opinion SET position = 'unfavourable'",
        "UPDATE opinion_point SET number = 7",
        "UPDATE response SET text = '{}'",
        "UPDATE response_point SET stance = 'refused'",
        f"UPDATE commitment SET due_on = '{later}'",
        "UPDATE commitment SET title = '{}'",
        "UPDATE commitment SET owner = 'Personne'",
        "UPDATE commitment SET nature = 'objective'",
        "UPDATE commitment_update SET state = 'agreed'",
        "UPDATE verdict SET is_kept = NOT is_kept",
        "UPDATE question SET number = 9",
        "UPDATE answer SET number = 9",
    ]
    tables = (
        "response_point", "response", "opinion_point", "opinion", "verdict", "commitment_update",
        "commitment", "answer", "question",
    )  # fmt: skip
    for statement in [*rewrites, *(f"DELETE FROM {name}" for name in tables)]:
        with instance.app.app_context():
            reading.set(False)
            with pytest.raises(DBAPIError, match="never change"):
                db.session.execute(text(statement))
            db.session.rollback()
    with instance.app.app_context():
        reading.set(False)
        db.session.execute(text("UPDATE commitment SET state = 'in_progress'"))  # the one thing that moves
        db.session.rollback()


@BOTH
def test_numbers_are_given_once_however_many_write_at_once(work: Work, people: People, instance: Any) -> None:
    sent = sent_with(work, people)
    each, writers = 4, 4
    start, failures = threading.Barrier(writers), []

    def write(kind: int) -> None:
        start.wait(timeout=20)
        for _ in range(each):
            try:
                with instance.app.test_request_context("/workspace/fr/"):
                    reading.set(False)
                    room = Room(db.session, people, sent)
                    if kind % 2:
                        room.promise()
                    else:
                        questions.ask(
                            db.session, room.notice, body=room.body, text=both("Quoi"), actor=room.rep,
                            on=room.today,
                        )  # fmt: skip
                    db.session.commit()
            except Exception as error:  # any failure is the finding
                failures.append(error)

    threads = [threading.Thread(target=write, args=(kind,)) for kind in range(writers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert not failures
    with work() as session:
        for model in (Commitment, Question):
            numbers = sorted(session.scalars(select(model.number)))
            assert numbers == list(range(1, each * writers // 2 + 1))


@BOTH
def test_two_members_who_record_at_once_leave_one_opinion(work: Work, people: People, instance: Any) -> None:
    sent = sent_with(work, people)
    start, said = threading.Barrier(2), []

    def write(account: Account) -> None:
        start.wait(timeout=20)
        with instance.app.test_request_context("/workspace/fr/"):
            reading.set(False)
            room = Room(db.session, people, sent)
            try:
                room.give(actor=db.session.get_one(Account, account.id))
                db.session.commit()
                said.append("given")
            except OpinionExists:
                db.session.rollback()
                said.append("refused")

    threads = [threading.Thread(target=write, args=(one,)) for one in (people.rep1, people.rep2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert sorted(said) == ["given", "refused"]


def test_mails_are_in_the_language_of_their_reader_and_quote_nothing(room: Room) -> None:
    room.hr.locale, room.rep.locale = "en", "fr"
    question = questions.ask(
        room.session, room.notice, body=room.body, text=both("Secret"), actor=room.rep, on=room.today
    )
    questions.answer(room.session, question, text=both("Secret"), actor=room.hr, on=room.today)
    opinion = room.give(text=both("Secret"), points=[(PointKind.WISH, both("Secret"))])
    responding.respond(
        room.session, opinion, text=both("Secret"), actor=room.hr, on=room.today,
        points={one.id: (Stance.ACCEPTED, both("Secret")) for one in opinion.points},
    )  # fmt: skip
    one = room.promise(title=both("Secret"))
    room.move(one, CommitmentState.CLAIMED_DONE)
    room.judge(one, is_kept=False, reason=both("Secret"))
    kinds = ("question", "opinion", "response", "commitment")
    letters = [letter for letter in room.session.scalars(select(Letter)) if letter.about.startswith(kinds)]
    to_hr = [letter for letter in letters if letter.to_address == room.hr.email]
    to_rep = [letter for letter in letters if letter.to_address == room.rep.email]
    assert (len(to_hr), len(to_rep)) == (3, 4)
    for letter, language, title in (
        *((one, "en", "Plume, the assistant") for one in to_hr),
        *((one, "fr", "Plume, l’assistant") for one in to_rep),
    ):
        assert f"/workspace/{language}/" in letter.text
        assert f"/workspace/{language}/" in letter.html
        assert title in letter.text
        assert "Secret" not in letter.subject + letter.text + letter.html
        assert f'<html lang="{language}"' in letter.html
    assert all(letter.to_address != "chair@orvalie.example" for letter in letters)
