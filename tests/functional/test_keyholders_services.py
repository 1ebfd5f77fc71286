"""Keys and sittings: who may hold one, what opens, when it ends."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from consult.anonymity import sealing, wrapping
from consult.concerns import jobs as desk_jobs
from consult.consultations import queries as consultations
from consult.core import clock
from consult.keyholders import jobs, queries, services
from consult.keyholders.models import Unlocked, WrappedKey
from consult.keyholders.rules import IDLE, LONGEST, AlreadyHolds, CannotUnlock, Locked
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import ChairHoldsNoKey, MandateRole, Role
from consult.voices.models import Letterbox
from tests import sending
from tests.conftest import People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
CODE = wrapping.new_recovery_code()


@pytest.fixture
def box_id(work: Work, people: People) -> bytes:
    with work() as session:
        notice = sending.sent(session, people)
        sending.with_key(session, people.rep1, code=CODE)
        sending.with_key(session, people.rep2, "un deux trois quatre cinq six")
        box = sending.opened(session, people, consultations.of_notice(session, notice.id)[0].id)
        return box.id


def _sit(session: Any, people: People, box_id: bytes, now: datetime) -> str:
    box, rep = session.get_one(Letterbox, box_id), session.get_one(Account, people.rep1.id)
    return services.unlock(session, box, rep, passphrase=sending.PASSPHRASE, now=now)


@BOTH
def test_a_sitting_opens_the_letterbox(work: Work, people: People, box_id: bytes) -> None:
    now = clock.now()
    with work() as session:
        cookie = _sit(session, people, box_id, now)
    with work() as session:
        private = services.unlocked_key(session, box_id, cookie, now=now + timedelta(minutes=14))
        assert sealing.public_of(private) == session.get_one(Letterbox, box_id).public_key
    with work() as session:
        services.lock(session, cookie)
    with work() as session, pytest.raises(Locked):
        services.unlocked_key(session, box_id, cookie, now=now)


def test_words_may_be_typed_as_people_type(work: Work, people: People, box_id: bytes) -> None:
    with work() as session:
        box, rep = session.get_one(Letterbox, box_id), session.get_one(Account, people.rep1.id)
        typed = "  Arbre-Banane  cheval,DRAGON écluse\nfougère "
        services.unlock(session, box, rep, passphrase=typed, now=clock.now())
        code = CODE.replace("-", " ").lower()
        services.unlock(session, box, rep, passphrase="", recovery_code=code, now=clock.now())


def test_wrong_words_and_no_key_get_one_answer(work: Work, people: People, box_id: bytes) -> None:
    with work() as session:
        box = session.get_one(Letterbox, box_id)
        for account, passphrase in (
            (people.rep1, "un deux trois quatre cinq six"), (people.rep1, ""), (people.rep1, "x" * 5000),
            (people.hr, sending.PASSPHRASE), (people.chair, sending.PASSPHRASE),
            (people.admin, "a b c d e f"),
        ):  # fmt: skip
            with pytest.raises(CannotUnlock) as caught:
                services.unlock(
                    session, box, session.get_one(Account, account.id), passphrase=passphrase, now=clock.now()
                )
            assert caught.value.args == () and caught.value.__cause__ is None
        other, rep = wrapping.new_recovery_code(), session.get_one(Account, people.rep1.id)
        with pytest.raises(CannotUnlock):
            services.unlock(session, box, rep, passphrase="", recovery_code=other, now=clock.now())
        assert session.scalar(select(func.count()).select_from(Unlocked)) == 0


def test_whoever_holds_no_key_waits_as_long(
    work: Work, people: People, box_id: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow part runs once for everybody: time tells no more than the words do."""
    calls: list[int] = []
    derive = wrapping._derive
    with work() as session:
        services._nobody(services.cost())

        def counted(secret: bytes, salt: bytes, cost: wrapping.Cost) -> bytes:
            calls.append(cost.memory_kib * cost.passes)
            return derive(secret, salt, cost)

        monkeypatch.setattr(wrapping, "_derive", counted)
        box = session.get_one(Letterbox, box_id)
        for account in (people.rep1, people.hr, people.chair):
            found = session.get_one(Account, account.id)
            with pytest.raises(CannotUnlock):
                services.unlock(session, box, found, passphrase="a b c d e f g", now=clock.now())
    assert len(calls) == 3 and len(set(calls)) == 1


def test_it_ends_after_fifteen_idle_minutes_or_eight_hours(work: Work, people: People, box_id: bytes) -> None:
    start = clock.now()
    with work() as session:
        cookie = _sit(session, people, box_id, start)
        with pytest.raises(Locked):
            services.unlocked_key(session, box_id, cookie, now=start + IDLE)
        now = start
        while now + IDLE - timedelta(seconds=1) < start + LONGEST:
            now += IDLE - timedelta(seconds=1)
            services.unlocked_key(session, box_id, cookie, now=now)
            session.expire_all()
        with pytest.raises(Locked):
            services.unlocked_key(session, box_id, cookie, now=start + LONGEST)


def test_ended_sittings_leave_nothing(work: Work, people: People, box_id: bytes) -> None:
    start = clock.now()
    with work() as session:
        _sit(session, people, box_id, start)
        _sit(session, people, box_id, start + timedelta(minutes=10))
        jobs.delete_ended(session, now=start + timedelta(minutes=14))
        assert session.scalar(select(func.count()).select_from(Unlocked)) == 2
        jobs.delete_ended(session, now=start + timedelta(minutes=15))
        assert session.scalar(select(func.count()).select_from(Unlocked)) == 1
        _sit(session, people, box_id, start + timedelta(hours=9))
        assert session.scalar(select(func.count()).select_from(Unlocked)) == 1, "sitting down sweeps"


def test_a_cookie_opens_its_own_letterbox_and_no_other_row(work: Work, people: People, box_id: bytes) -> None:
    now = clock.now()
    with work() as session:
        mine, other = _sit(session, people, box_id, now), _sit(session, people, box_id, now)
        raw, theirs = base64.urlsafe_b64decode(mine), base64.urlsafe_b64decode(other)
        forged = base64.urlsafe_b64encode(theirs[:16] + raw[16:]).decode()
        for cookie in (
            forged,
            "",
            "x",
            "é" * 40,
            mine[:-4],
            mine + "AAAA",
            base64.urlsafe_b64encode(raw[:16]).decode(),
        ):
            with pytest.raises(Locked):
                services.unlocked_key(session, box_id, cookie, now=now)
            services.lock(session, cookie)
        with pytest.raises(Locked):
            services.unlocked_key(session, bytes(16), mine, now=now)
        assert session.scalar(select(func.count()).select_from(Unlocked)) == 2, "no forged cookie locks"


def test_what_lies_in_the_table_opens_nothing_by_itself(work: Work, people: People, box_id: bytes) -> None:
    now = clock.now()
    with work() as session:
        cookie = _sit(session, people, box_id, now)
        private = services.unlocked_key(session, box_id, cookie, now=now)
        row = session.scalars(select(Unlocked)).one()
        key = base64.urlsafe_b64decode(cookie)[16:]
        assert key not in row.sealed and private not in row.sealed and row.id.bytes not in key
        with pytest.raises(wrapping.CannotOpen):
            wrapping.open_for_sitting(row.sealed, row.id.bytes * 2)


def test_one_key_for_one_person(work: Work, people: People) -> None:
    with work() as session:
        sending.with_key(session, people.rep1)
        with pytest.raises(AlreadyHolds):
            sending.with_key(session, people.rep1)


@pytest.mark.parametrize("passphrase", ["", "un deux trois quatre cinq", "mot"])
def test_too_few_words(work: Work, people: People, passphrase: str) -> None:
    with work() as session, pytest.raises(wrapping.TooWeak):
        sending.with_key(session, people.rep1, passphrase)


def test_a_slip_in_the_code(work: Work, people: People) -> None:
    with work() as session, pytest.raises(wrapping.BadCode):
        sending.with_key(session, people.rep1, code=CODE[:-1] + ("0" if CODE[-1] != "0" else "1"))


def test_the_employer_s_side_is_refused_in_every_capacity(work: Work, people: People) -> None:
    with work() as session:
        body = session.get_one(Body, people.body.id)
        today = clock.today()

        def setting_up(account: Account, mandate: Any) -> None:
            with pytest.raises(ChairHoldsNoKey):
                services.set_up(
                    session, account, mandate=mandate, passphrase=sending.PASSPHRASE,
                    recovery_code=wrapping.new_recovery_code(), on=today,
                )  # fmt: skip

        chair, hr = session.get_one(Account, people.chair.id), session.get_one(Account, people.hr.id)
        rep = session.get_one(Account, people.rep1.id)
        setting_up(chair, chair.mandates[0])
        setting_up(chair, rep.mandates[0])  # somebody else's mandate
        seat = people_services.give_mandate(session, hr, body, role=MandateRole.FULL_MEMBER, starts_on=today)
        setting_up(hr, seat)
        guest = people_services.add_account(
            session, email="g@orvalie.example", name="G", role=Role.REPRESENTATIVE
        )
        invited = people_services.give_mandate(
            session, guest, body, role=MandateRole.EXPERT_GUEST, starts_on=today
        )
        setting_up(guest, invited)
        later = people_services.give_mandate(
            session, guest, body, role=MandateRole.ALTERNATE, starts_on=today + timedelta(days=1)
        )
        setting_up(guest, later)
        people_services.give_mandate(session, rep, body, role=MandateRole.CHAIR, starts_on=today)
        session.refresh(rep)
        setting_up(rep, rep.mandates[0])  # both at once: the employer's side wins


def test_ready_are_members_of_the_body_on_that_day(work: Work, people: People) -> None:
    with work() as session:
        sending.with_key(session, people.rep1)
        today, body_id = clock.today(), people.body.id
        assert [one.account.name for one in services.ready(session, body_id, on=today)] == ["Maxime Adjovi"]
        assert not services.ready(session, UUID(int=1), on=today)
        assert not services.ready(session, body_id, on=today - timedelta(days=500))
        rep = session.get_one(Account, people.rep1.id)
        chairing = people_services.give_mandate(
            session, rep, session.get_one(Body, body_id), role=MandateRole.CHAIR, starts_on=today
        )
        assert not services.ready(session, body_id, on=today)
        people_services.end_mandate(session, chairing, on=today)
        assert services.ready(session, body_id, on=today + timedelta(days=1))
        rep.is_active = False
        session.flush()
        assert not services.ready(session, body_id, on=today + timedelta(days=1))


def test_who_became_the_chair_unlocks_nothing(work: Work, people: People, box_id: bytes) -> None:
    with work() as session:
        rep, body = session.get_one(Account, people.rep1.id), session.get_one(Body, people.body.id)
        people_services.give_mandate(session, rep, body, role=MandateRole.CHAIR, starts_on=clock.today())
        session.refresh(rep)
        with pytest.raises(CannotUnlock):
            _sit(session, people, box_id, clock.now())


def test_a_wrapped_key_of_another_letterbox_does_not_open(work: Work, people: People, box_id: bytes) -> None:
    """A row may be exchanged: a sealed box says nothing about who made it."""
    with work() as session:
        holder = queries.of_account(session, people.rep1.id)
        assert holder is not None
        row = queries.wrapped(session, box_id, holder.id)
        assert row is not None
        row.sealed = wrapping.wrap(sealing.new_key_pair().private, holder.public_key)
        session.flush()
        with pytest.raises(CannotUnlock):
            _sit(session, people, box_id, clock.now())


@BOTH
def test_keys_are_destroyed_on_the_day_the_body_decided(work: Work, people: People, box_id: bytes) -> None:
    now = clock.now()
    with work() as session:
        box = session.get_one(Letterbox, box_id)
        box.is_closed, box.told = True, box.told | {"destroy_on": clock.today().isoformat()}
        _sit(session, people, box_id, now)
    with work() as session:
        desk_jobs.shred_due(session, now=now)
    with work() as session:
        assert session.scalar(select(func.count()).select_from(WrappedKey)) == 0
        assert session.scalar(select(func.count()).select_from(Unlocked)) == 0
        with pytest.raises(CannotUnlock):
            _sit(session, people, box_id, now)


@pytest.mark.parametrize(("closed", "days"), [(True, 1), (False, -1), (False, 0)])
def test_and_not_before(work: Work, people: People, box_id: bytes, closed: bool, days: int) -> None:
    with work() as session:
        box = session.get_one(Letterbox, box_id)
        day = clock.today() + timedelta(days=days)
        box.is_closed, box.told = closed, box.told | {"destroy_on": day.isoformat()}
        session.flush()
        desk_jobs.shred_due(session, now=clock.now())
        assert session.scalar(select(func.count()).select_from(WrappedKey)) == 2
