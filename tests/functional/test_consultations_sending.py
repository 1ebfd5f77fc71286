"""Sending: one act, proven; the body before employees; facts and what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from consult.consultations import jobs, queries, receipts, services
from consult.consultations.models import Consultation, Fact, Sending
from consult.consultations.rules import AlreadySent, FactKind, NobodyToSendTo, Stage
from consult.core import clock
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.mail.models import Letter, LetterState
from consult.notices import queries as notices
from consult.notices import services as notice_services
from consult.notices.models import Notice
from consult.notices.rules import NoticeState, NotReady
from consult.people import services as people_services
from consult.people.models import Account, Body, Mandate
from consult.people.rules import BodyKind, MandateRole
from consult.register.models import Entry, Leaf
from consult.register.rules import Tag
from consult.web.readers import Visibility
from tests import sending
from tests.conftest import People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]


def _send(session: Any, people: People, notice: Notice, **options: Any) -> Sending:
    body, hr = session.get_one(Body, people.body.id), session.get_one(Account, people.hr.id)
    return services.send(session, notice, body=body, actor=hr, on=clock.today(), **options)


@BOTH
def test_sending_is_one_act_with_its_proof(work: Work, people: People) -> None:
    with work() as session:
        notice = sending.written(session, people.hr)
        sent = _send(session, people, notice)
        consultation = sent.consultation
        assert notice.state is NoticeState.PUBLISHED and notice.visibility is Visibility.BODY
        assert notice.held_until == clock.today() and notice.readable_on is None
        assert (consultation.stage, consultation.template) == (Stage.WITH_BODY, "fr-cse")
        assert consultation.next_due_on is not None
        leaf = session.get_one(Leaf, sent.leaf_position)
        assert (leaf.tag, leaf.ref) == (Tag.NOTICE_SENT, f"sending:{sent.id}")
        entry = session.scalars(select(Entry).where(Entry.position == leaf.position)).one()
        assert entry.visibility is Visibility.BODY and entry.body_ids == [str(people.body.id)]
        names = {one.mandate.account.name for one in sent.receipts}
        assert names == {"Maxime Adjovi", "Paule Roussel"}
        letters = {one.to_address: one for one in session.scalars(select(Letter))}
        assert set(letters) == {f"{name}@orvalie.example" for name in ("adjovi", "roussel", "chair")}
        assert {one.letter_id for one in sent.receipts} == {
            letters[f"{n}@orvalie.example"].id for n in ("adjovi", "roussel")
        }
        assert notice.slug in letters["adjovi@orvalie.example"].text
        assert "chair" not in letters["adjovi@orvalie.example"].text.lower().replace("@orvalie", "")


def test_a_mail_holds_no_text_of_the_notice(work: Work, people: People) -> None:
    with work() as session:
        _send(session, people, sending.written(session, people.hr))
        for letter in session.scalars(select(Letter)):
            assert "effect_work_content" not in letter.text + letter.html
            assert "/workspace/" in letter.text and letter.html.count("<h1>") == 1


def test_sent_twice_it_stands_once(work: Work, people: People) -> None:
    with work() as session:
        notice = sending.written(session, people.hr)
        _send(session, people, notice)
        before = session.scalar(select(func.count()).select_from(Letter))
        with pytest.raises(AlreadySent):
            _send(session, people, notice)
        assert session.scalar(select(func.count()).select_from(Letter)) == before
        assert session.scalar(select(func.count()).select_from(Consultation)) == 1


def test_what_is_missing_stops_everything(work: Work, people: People) -> None:
    with work() as session:
        notice = sending.written(session, people.hr, fields={}, groups=[])
        with pytest.raises(NotReady) as caught:
            _send(session, people, notice)
        assert ("monitoring", "fr") in caught.value.missing and ("groups", "fr") in caught.value.missing
        session.rollback()
    with work() as session:
        for table in (Consultation, Sending, Letter, Fact):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_body_of_nobody_but_its_chair_receives_nothing(work: Work, people: People) -> None:
    with work() as session:
        notice = sending.written(session, people.hr)
        for account in (people.rep1, people.rep2):
            for mandate in session.scalars(select(Mandate).where(Mandate.account_id == account.id)):
                people_services.end_mandate(session, mandate, on=clock.today() - timedelta(days=1))
        session.flush()
        with pytest.raises(NobodyToSendTo):
            _send(session, people, notice)
        session.rollback()


def test_a_second_body_gets_the_same_text(work: Work, people: People) -> None:
    with work() as session:
        notice = sending.sent(session, people)
        other = people_services.add_body(session, name="CSSCT", kind=BodyKind.CSSCT, headcount=430)
        rep = session.get_one(Account, people.rep2.id)
        people_services.give_mandate(
            session, rep, other, role=MandateRole.FULL_MEMBER, starts_on=clock.today()
        )
        sent = services.send(
            session, notice, body=other, actor=session.get_one(Account, people.hr.id), on=clock.today()
        )
        assert sent.revision_id == notices.published(notice).id  # type: ignore[union-attr]
        assert set(notice.body_ids) == {str(people.body.id), str(other.id)}
        assert len(queries.of_notice(session, notice.id)) == 2
        kinds = [one.kind for one in sent.consultation.facts]
        assert FactKind.OPENED_TO_EMPLOYEES in kinds  # they have been reading it


def test_a_new_revision_goes_to_the_same_consultation(work: Work, people: People) -> None:
    with work() as session:
        notice = sending.sent(session, people)
        hr = session.get_one(Account, people.hr.id)
        draft = notice_services.revise(session, notice, actor=hr)
        text = sending.content(changelog=sending.both("Ce qui change"))
        notice_services.save(session, draft, text)
        sent = _send(session, people, notice)
        assert len(queries.of_notice(session, notice.id)) == 1
        assert [one.revision_id for one in receipts.sendings(session, sent.consultation_id)][
            -1
        ] == sent.revision_id
        limit = queries.state(session, sent.consultation, on=clock.today()).limit
        first = min(one.day for one in sent.consultation.facts)
        assert limit is not None and limit > first


@BOTH
def test_the_job_opens_it_once_the_body_has_its_mail(work: Work, people: People) -> None:
    now = clock.now()
    with work() as session:
        sent = _send(session, people, sending.written(session, people.hr))
        notice_id, consultation_id = sent.consultation.notice_id, sent.consultation_id
    with work() as session:
        jobs.open_to_employees(session, now=now)
        assert session.get_one(Notice, notice_id).readable_on is None, "the mails have not left"
    with work() as session:
        sending.deliver(session)
        jobs.open_to_employees(session, now=now)
        notice, consultation = session.get_one(Notice, notice_id), queries.by_id(session, consultation_id)
        assert notice.visibility is Visibility.EMPLOYEES and notice.readable_on == clock.today()
        assert consultation is not None
        kinds = [one.kind for one in consultation.facts]
        assert sorted(kinds) == sorted({FactKind.SENT, FactKind.RECEIVED, FactKind.OPENED_TO_EMPLOYEES})
        assert {one.visibility for one in session.scalars(select(Entry))} == {Visibility.EMPLOYEES}
        jobs.open_to_employees(session, now=now)
        assert len(session.scalars(select(Fact)).all()) == 3, "nothing is said twice"


def test_a_later_day_is_kept_and_the_body_has_it_meanwhile(work: Work, people: People) -> None:
    later = clock.today() + timedelta(days=5)
    with work() as session:
        sent = _send(session, people, sending.written(session, people.hr), held_until=later)
        notice_id, consultation_id = sent.consultation.notice_id, sent.consultation_id
    with work() as session:
        sending.deliver(session)
        jobs.open_to_employees(session, now=clock.now())
        assert session.get_one(Notice, notice_id).readable_on is None
        kinds = [one.kind for one in queries.by_id(session, consultation_id).facts]  # type: ignore[union-attr]
        assert FactKind.RECEIVED in kinds and FactKind.OPENED_TO_EMPLOYEES not in kinds
    noon = datetime.combine(later, datetime.min.time()).astimezone() + timedelta(hours=12)
    with time_machine.travel(noon, tick=False), work() as session:
        jobs.open_to_employees(session, now=clock.now())
        assert session.get_one(Notice, notice_id).readable_on == later


def test_mails_that_never_arrive_keep_it_closed(work: Work, people: People) -> None:
    with work() as session:
        sent = _send(session, people, sending.written(session, people.hr))
        for letter in session.scalars(select(Letter)):
            letter.state = LetterState.FAILED
        session.flush()
        jobs.open_to_employees(session, now=clock.now())
        assert sent.consultation.notice.readable_on is None
        one = session.get_one(Letter, sent.receipts[0].letter_id)
        one.state, one.accepted_at = LetterState.ACCEPTED, clock.now()
        session.flush()
        jobs.open_to_employees(session, now=clock.now())
        assert sent.consultation.notice.readable_on == clock.today()


def test_the_first_opening_is_noted_once_and_only_of_members(work: Work, people: People) -> None:
    with work() as session:
        sent = _send(session, people, sending.written(session, people.hr))
        notice, at = sent.consultation.notice, clock.now()
        for stranger in (people.hr, people.chair, people.admin):
            account = session.get_one(Account, stranger.id)
            assert not services.note_opening(session, notice, account=account, at=at)
        rep = session.get_one(Account, people.rep1.id)
        assert services.note_opening(session, notice, account=rep, at=at)
        assert not services.note_opening(session, notice, account=rep, at=at + timedelta(hours=1))
    with work() as session:
        sending.deliver(session)
        proof = {
            one.name: one
            for one in receipts.proof(session, receipts.sendings(session, sent.consultation_id)[0])
        }
        assert proof["Maxime Adjovi"].opened_at is not None and proof["Maxime Adjovi"].accepted_at is not None
        assert proof["Paule Roussel"].opened_at is None and not proof["Paule Roussel"].has_failed
        assert list(proof) == sorted(proof)


def test_withdrawing_tells_each_body_and_ends_the_clock(work: Work, people: People) -> None:
    with work() as session:
        notice = sending.sent(session, people)
        before = session.scalar(select(func.count()).select_from(Letter))
        reason = Localized.of(fr="Abandonné.", en="Given up.")
        hr = session.get_one(Account, people.hr.id)
        services.withdraw(session, notice, reason=reason, actor=hr, on=clock.today())
        consultation = queries.of_notice(session, notice.id)[0]
        assert consultation.stage is Stage.CLOSED and consultation.next_due_on is None
        assert session.scalar(select(func.count()).select_from(Letter)) == before + 2
        with pytest.raises(WrongState):
            services.withdraw(session, notice, reason=reason, actor=hr, on=clock.today())
        with pytest.raises(WrongState):
            _send(session, people, notice)


def test_the_night_moves_stages(work: Work, people: People) -> None:
    with work() as session:
        notice = sending.sent(session, people)
        consultation = queries.of_notice(session, notice.id)[0]
        consultation.stage, consultation.next_due_on = Stage.ANSWERED, date(2001, 1, 1)
        session.flush()
        jobs.refresh_stages(session, now=clock.now())
        assert consultation.stage is Stage.WITH_BODY and consultation.next_due_on != date(2001, 1, 1)


def test_a_page_everybody_shares_is_stale_once_a_stage_moved(work: Work, people: People) -> None:
    from consult.register.models import ContentVersion

    with work() as session:
        notice = sending.sent(session, people)
        consultation = queries.of_notice(session, notice.id)[0]
        before = session.get_one(ContentVersion, 1).value
        services.refresh(session, consultation)
        session.expire_all()
        assert session.get_one(ContentVersion, 1).value == before
        services.add_fact(session, consultation, FactKind.EXPERT_APPOINTED, on=clock.today(), actor=None)
        session.expire_all()
        assert session.get_one(ContentVersion, 1).value == before + 1


def test_lists_ask_once(work: Work, people: People) -> None:
    with work() as session:
        first, second = sending.sent(session, people), sending.written(session, people.hr, title="Cadence")
        found = queries.of_notices(session, [first.id, second.id])
        assert [len(found[one.id]) for one in (first, second)] == [1, 0]
