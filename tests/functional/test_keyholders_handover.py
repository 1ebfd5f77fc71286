"""Keys that change hands: nobody loses one too early, nobody gets one unnamed, two can open at any time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from consult.anonymity import sealing, wrapping
from consult.consultations import queries as consultations
from consult.core import clock
from consult.keyholders import circles, handing, jobs, keeping, queries, services
from consult.keyholders.models import Handover, Keyholder, WrappedKey
from consult.keyholders.rules import (
    CannotPassOn,
    CannotUnlock,
    HandoverRuns,
    NothingToHandOver,
    NotReady,
    Planted,
)
from consult.mail.models import Letter
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import ChairHoldsNoKey, MandateRole, NotAdopted, Role
from consult.register import queries as register
from consult.register.models import Entry, LeafSalt
from consult.register.rules import Ref, Tag
from consult.voices.models import Letterbox
from tests import sending
from tests.conftest import People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
YES = {"for": 8, "against": 1, "abstentions": 0}
SECOND = "un deux trois quatre cinq six"
THIRD = "sept huit neuf dix onze douze"
CODES = [wrapping.new_recovery_code() for _ in range(3)]


@pytest.fixture
def box_id(work: Work, people: People) -> bytes:
    """A letterbox that Maxime Adjovi and Paule Roussel open."""
    with work() as session:
        notice = sending.sent(session, people)
        sending.with_key(session, people.rep1, code=CODES[0])
        sending.with_key(session, people.rep2, SECOND, code=CODES[1])
        return sending.opened(session, people, consultations.of_notice(session, notice.id)[0].id).id


@pytest.fixture
def newcomer(work: Work, people: People) -> UUID:
    """Samira Haddad, elected today, with a key of her own."""
    with work() as session:
        body = session.get_one(Body, people.body.id)
        account = people_services.add_account(
            session, email="haddad@orvalie.example", name="Samira Haddad", role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, account, body, role=MandateRole.ALTERNATE, starts_on=clock.today()
        )
        session.refresh(account)
        sending.with_key(session, account, THIRD, code=CODES[2])
        return account.id


def _decide(session: Any, people: People, newcomer: UUID, **changes: Any) -> Handover:
    successor = queries.of_account(session, newcomer)
    options: dict[str, Any] = {
        "predecessor": session.get_one(Account, people.rep2.id),
        "successor": successor,
        "resolution": sending.both("Samira Haddad succède à Paule Roussel"),
        "votes": YES,
        "actor": session.get_one(Account, people.rep1.id),
        "on": clock.today(),
    }
    return handing.decide(session, session.get_one(Body, people.body.id), **(options | changes))


def _pass_on(session: Any, handover: Handover, account_id: UUID, passphrase: str = sending.PASSPHRASE) -> int:
    holder = queries.of_account(session, account_id)
    assert holder is not None
    half = services.open_half(services.keys_of(holder), passphrase=passphrase)
    account = session.get_one(Account, account_id)
    return handing.pass_on(session, handover, account, {holder.id: half}, on=clock.today())


def _open(session: Any, box_id: bytes, account_id: UUID, passphrase: str, code: str = "") -> bytes:
    """As the page does: opens, and says so."""
    box, account = session.get_one(Letterbox, box_id), session.get_one(Account, account_id)
    held = services.held(session, box, account)
    private = services.open_held(held, passphrase=passphrase, recovery_code=code)
    assert held.holder_id is not None
    handing.confirm(session, box, held.holder_id, on=clock.today())
    return private


def _names(session: Any, box_id: bytes) -> tuple[str, ...]:
    return queries.named(session.get_one(Letterbox, box_id))


def _holding(session: Any, box_id: bytes) -> set[str]:
    return {one.account.name for one in queries.of_letterbox(session, box_id)}


# ── the way it goes ────────────────────────────────────────────────────────────


@BOTH
def test_a_successor_step_by_step(work: Work, people: People, box_id: bytes, newcomer: UUID) -> None:
    """Named, passed on, opened; only then does the predecessor's key go."""
    old, new = {"Maxime Adjovi", "Paule Roussel"}, {"Maxime Adjovi", "Samira Haddad"}
    with work() as session:
        ident = _decide(session, people, newcomer).id
        assert set(_names(session, box_id)) == old | new, "whoever the body names stands on the pages"
        assert _holding(session, box_id) == old
        with pytest.raises(CannotUnlock):
            _open(session, box_id, newcomer, THIRD)
    with work() as session:
        handover = session.get_one(Handover, ident)
        assert [one.state for one in circles.stations(session, handover)] == ["named"]
        assert _pass_on(session, handover, people.rep1.id) == 1
        assert _holding(session, box_id) == old | new, "nobody lost a key"
        assert [one.state for one in circles.stations(session, handover)] == ["passed"]
    with work() as session:
        box = session.get_one(Letterbox, box_id)
        assert sealing.public_of(_open(session, box_id, people.rep2.id, SECOND)) == box.public_key
        assert _holding(session, box_id) == old | new, "another's opening ends nothing"
        assert sealing.public_of(_open(session, box_id, newcomer, THIRD)) == box.public_key
    with work() as session:
        assert _holding(session, box_id) == set(_names(session, box_id)) == new
        assert session.get_one(Handover, ident).ended_on == clock.today()
        assert queries.roll(session, session.get_one(Letterbox, box_id)).is_sound
        with pytest.raises(CannotUnlock):
            _open(session, box_id, people.rep2.id, SECOND)
        assert _open(session, box_id, newcomer, THIRD) == _open(
            session, box_id, people.rep1.id, sending.PASSPHRASE
        )


def test_the_record_follows_each_change_of_names(
    work: Work, people: People, box_id: bytes, newcomer: UUID
) -> None:
    with work() as session:
        handover = _decide(session, people, newcomer)
        _pass_on(session, handover, people.rep1.id)
        _open(session, box_id, newcomer, THIRD)
        ref = Ref("letterbox", box_id.hex())
        at = register.positions(session, ref, Tag.KEYHOLDERS_CHANGED)
        titles = [
            session.scalars(select(Entry).where(Entry.position == one)).one().title.texts["en"] for one in at
        ]
        assert len(at) == 2
        assert "Samira Haddad, who follows Paule Roussel" in titles[0]
        assert "Paule Roussel no longer holds a key" in titles[1] and "Samira Haddad" in titles[1]
        opening = register.first_of(session, ref, Tag.LETTERBOX_OPENED)
        entry = session.scalars(select(Entry).where(Entry.position == at[0])).one()
        assert (entry.notice_id, entry.visibility) == (opening.notice_id, opening.visibility)
        written = {(one.to_address, one.subject) for one in session.scalars(select(Letter))}
        to = {address for address, _subject in written}
        assert {"adjovi@orvalie.example", "haddad@orvalie.example"} <= to


def test_closed_letterboxes_go_along_and_destroyed_ones_do_not(
    work: Work, people: People, box_id: bytes, newcomer: UUID
) -> None:
    with work() as session:
        gone = session.get_one(Letterbox, box_id)
        notice = sending.sent(session, people)
        other = sending.opened(session, people, consultations.of_notice(session, notice.id)[0].id)
        services.shred(session, gone)
        other.is_closed = True
        session.flush()
        handover = _decide(session, people, newcomer)
        assert [one.letterbox_id for one in handover.steps] == [other.id]


def test_one_more_keyholder(work: Work, people: People, box_id: bytes, newcomer: UUID) -> None:
    with work() as session:
        handover = _decide(
            session, people, newcomer, predecessor=None, resolution=sending.both("Samira Haddad")
        )
        with pytest.raises(HandoverRuns):
            _decide(session, people, newcomer, predecessor=None)
        _pass_on(session, handover, people.rep1.id)
        _open(session, box_id, newcomer, THIRD)
        assert handover.ended_on is not None
        assert len(_holding(session, box_id)) == 3 == len(_names(session, box_id))
        with pytest.raises(NothingToHandOver):
            _decide(session, people, newcomer, predecessor=None)


# ── what is refused ────────────────────────────────────────────────────────────


def test_no_name_without_the_body(work: Work, people: People, box_id: bytes, newcomer: UUID) -> None:
    with work() as session:
        before = _names(session, box_id)
        for votes in ({"for": 4, "against": 4, "abstentions": 0}, {"for": 4, "against": 0, "abstentions": 4}):
            with pytest.raises(NotAdopted):
                _decide(session, people, newcomer, votes=votes)
        account = session.get_one(Account, newcomer)
        account.is_active = False
        session.flush()
        with pytest.raises(NotReady):
            _decide(session, people, newcomer)
        account.is_active = True
        people_services.give_mandate(
            session, account, session.get_one(Body, people.body.id), role=MandateRole.CHAIR,
            starts_on=clock.today(),
        )  # fmt: skip
        with pytest.raises(NotReady):
            _decide(session, people, newcomer)
        assert _names(session, box_id) == before
        session.rollback()


def test_only_who_holds_the_key_passes_it_on(
    work: Work, people: People, box_id: bytes, newcomer: UUID
) -> None:
    with work() as session:
        handover = _decide(session, people, newcomer)
        with pytest.raises(HandoverRuns):
            _decide(session, people, newcomer)
        with pytest.raises(CannotPassOn):
            _pass_on(session, handover, newcomer, THIRD)
        with pytest.raises(CannotUnlock):
            _pass_on(session, handover, people.rep1.id, SECOND)
        for account in (people.hr, people.admin, people.chair):
            with pytest.raises(CannotPassOn):
                handing.pass_on(session, handover, session.get_one(Account, account.id), {}, on=clock.today())
        assert _holding(session, box_id) == {"Maxime Adjovi", "Paule Roussel"}


def test_whoever_became_the_chair_gets_no_key(
    work: Work, people: People, box_id: bytes, newcomer: UUID
) -> None:
    with work() as session:
        handover = _decide(session, people, newcomer)
        account = session.get_one(Account, newcomer)
        people_services.give_mandate(
            session, account, session.get_one(Body, people.body.id), role=MandateRole.CHAIR,
            starts_on=clock.today(),
        )  # fmt: skip
        session.refresh(account, ["mandates"])
        with pytest.raises((NotReady, ChairHoldsNoKey)):
            _pass_on(session, handover, people.rep1.id)
        assert "Samira Haddad" not in _holding(session, box_id)


# ── never under two ────────────────────────────────────────────────────────────


@BOTH
def test_a_key_stays_while_fewer_than_two_others_could_open(
    work: Work, people: People, box_id: bytes, newcomer: UUID
) -> None:
    with work() as session:
        handover = _decide(session, people, newcomer)
        _pass_on(session, handover, people.rep1.id)
        rep = session.get_one(Account, people.rep1.id)
        people_services.deactivate(session, rep)
        session.flush()
        _open(session, box_id, newcomer, THIRD)
        assert "Paule Roussel" in _holding(session, box_id) and "Paule Roussel" in _names(session, box_id)
        assert handover.ended_on is None
        assert [one.state for one in circles.stations(session, handover)] == ["kept"]
        jobs.finish_handovers(session, now=clock.now())
        assert "Paule Roussel" in _holding(session, box_id)
        people_services.reactivate(session, rep)
        session.flush()
        jobs.finish_handovers(session, now=clock.now())
        assert _holding(session, box_id) == {"Maxime Adjovi", "Samira Haddad"}
        assert session.get_one(Handover, handover.id).ended_on is not None


def test_who_would_leave_a_letterbox_alone(work: Work, people: People, box_id: bytes) -> None:
    with work() as session:
        today, rep = clock.today(), session.get_one(Account, people.rep1.id)
        assert [one.id for one in circles.left_alone_without(session, rep, on=today)] == [box_id]
        assert circles.titles_left_alone(session, rep, on=today) == ["Plume, l’assistant"]
        assert not circles.left_alone_without(session, session.get_one(Account, people.hr.id), on=today)
        circle = circles.circle(session, people.body.id)
        assert circle is not None and not circle.lonely
        people_services.end_mandate(session, rep.mandates[0], on=today - timedelta(days=1))
        session.flush()
        circle = circles.circle(session, people.body.id)
        assert circle is not None and [one.box.letterbox.id for one in circle.lonely] == [box_id]


# ── both secrets lost ──────────────────────────────────────────────────────────


@BOTH
def test_both_lost_is_nothing_lost(work: Work, people: People, box_id: bytes) -> None:
    code, again = wrapping.new_recovery_code(), "rouge bleu vert jaune noir blanc"
    with work() as session:
        rep = session.get_one(Account, people.rep2.id)
        keys = services.make_keys(again, code)
        new = handing.renew(session, rep, keys=keys, on=clock.today())
        assert not new.is_current
        names = _names(session, box_id)
        handover = session.scalars(select(Handover)).one()
        assert handover.is_renewal
        assert _open(session, box_id, rep.id, SECOND), "the sheet may still be found"
        with pytest.raises(CannotUnlock):
            _open(session, box_id, rep.id, again)
        with pytest.raises(CannotPassOn):
            _pass_on(session, handover, rep.id, SECOND)
    with work() as session:
        _pass_on(session, session.get_one(Handover, handover.id), people.rep1.id)
        box = session.get_one(Letterbox, box_id)
        assert queries.roll(session, box).is_sound, (
            "a second key of the same person, and the record knows why"
        )
        assert sealing.public_of(_open(session, box_id, people.rep2.id, again)) == box.public_key
    with work() as session:
        assert _names(session, box_id) == names
        current = queries.of_account(session, people.rep2.id)
        assert current is not None and current.public_key == keys.public and current.is_current
        assert session.scalar(select(func.count()).select_from(WrappedKey)) == 2
        for secret in ({"passphrase": SECOND}, {"passphrase": "", "code": CODES[1]}):
            with pytest.raises(CannotUnlock):
                _open(session, box_id, people.rep2.id, **secret)
        assert _open(session, box_id, people.rep2.id, "", code)
        assert session.get_one(Handover, handover.id).ended_on is not None
        assert not register.positions(session, Ref("letterbox", box_id.hex()), Tag.KEYHOLDERS_CHANGED)


def test_lost_again_before_anybody_helped(work: Work, people: People, box_id: bytes) -> None:
    with work() as session:
        rep = session.get_one(Account, people.rep2.id)
        for words in ("a b c d e f", "rouge bleu vert jaune noir blanc"):
            handing.renew(
                session, rep, keys=services.make_keys(words, wrapping.new_recovery_code()), on=clock.today()
            )
        handover = session.scalars(select(Handover)).one()
        _pass_on(session, handover, people.rep1.id)
        assert _open(session, box_id, rep.id, "rouge bleu vert jaune noir blanc")


def test_without_a_letterbox_a_new_key_takes_the_place_at_once(work: Work, people: People) -> None:
    with work() as session:
        sending.with_key(session, people.rep1)
        rep = session.get_one(Account, people.rep1.id)
        keys = services.make_keys(SECOND, wrapping.new_recovery_code())
        assert handing.renew(session, rep, keys=keys, on=clock.today()).is_current
        assert [one.public_key for one in services.ready(session, people.body.id, on=clock.today())] == [
            keys.public
        ]


# ── one's own secrets ──────────────────────────────────────────────────────────


def test_another_passphrase_and_another_sheet(work: Work, people: People, box_id: bytes) -> None:
    with work() as session:
        holder = queries.of_account(session, people.rep1.id)
        assert holder is not None
        keys = services.keys_of(holder)
        half = services.open_half(keys, recovery_code=CODES[0])
        keeping.change(session, holder, keeping.under_passphrase(keys, half, THIRD), on=clock.today())
        assert _open(session, box_id, people.rep1.id, THIRD)
        with pytest.raises(CannotUnlock):
            _open(session, box_id, people.rep1.id, sending.PASSPHRASE)
        code, keys = wrapping.new_recovery_code(), services.keys_of(holder)
        keeping.change(session, holder, keeping.under_code(keys, half, code))
        assert _open(session, box_id, people.rep1.id, "", code)
        with pytest.raises(CannotUnlock):
            _open(session, box_id, people.rep1.id, "", CODES[0])


@BOTH
def test_a_reminder_once_a_year(work: Work, people: People, box_id: bytes, time_machine: Any) -> None:
    about = select(func.count()).select_from(Letter).where(Letter.about.startswith("keyholder:"))
    start = clock.now()

    def letters(days: int) -> int:
        time_machine.move_to(start + timedelta(days=days))
        with work() as session:
            jobs.remind_of_rehearsal(session, now=clock.now())
            return int(session.scalar(about) or 0)

    assert [letters(days) for days in (0, 364, 365, 366, 394)] == [0, 0, 2, 2, 2]
    with work() as session:
        holder = queries.of_account(session, people.rep1.id)
        assert holder is not None
        keeping.rehearsed(session, holder, on=clock.today())
    assert letters(395) == 3, "the other is reminded again after a month"
    assert letters(394 + 364) - letters(394 + 363) == 0


def test_an_unlocking_counts_where_the_last_proof_is_old(work: Work, people: People, box_id: bytes) -> None:
    with work() as session:
        holder = queries.of_account(session, people.rep1.id)
        assert holder is not None
        today = clock.today()
        keeping.rehearsed_by_unlocking(session, holder, on=today + timedelta(days=100))
        assert holder.rehearsed_on is None, "the day somebody last read is nobody's business"
        keeping.rehearsed_by_unlocking(session, holder, on=today + timedelta(days=200))
        assert holder.rehearsed_on == today + timedelta(days=200)


# ── from outside ───────────────────────────────────────────────────────────────


@BOTH
def test_somebody_from_outside_holds_a_key(work: Work, people: People) -> None:
    with work() as session:
        body = session.get_one(Body, people.body.id)
        expert = people_services.add_account(
            session, email="petit@expertise.example", name="Nora Petit, experte",
            role=Role.OUTSIDE_KEYHOLDER, outside=body,
        )  # fmt: skip
        options = {"passphrase": THIRD, "recovery_code": CODES[2], "on": clock.today()}
        services.set_up(session, expert, mandate=None, **options)
        for account in (people.hr, people.chair, people.admin, people.rep1):
            with pytest.raises(ChairHoldsNoKey):
                services.set_up(session, session.get_one(Account, account.id), mandate=None, **options)
        with pytest.raises(people_services.CannotSit):
            people_services.must_be_able_to_sit(
                expert, body, role=MandateRole.ALTERNATE, starts_on=clock.today(), ends_on=None
            )
        notice = sending.sent(session, people)
        sending.with_key(session, people.rep1)
        box = sending.opened(session, people, consultations.of_notice(session, notice.id)[0].id)
        assert _names(session, box.id) == ("Maxime Adjovi", "Nora Petit, experte")
        assert sealing.public_of(_open(session, box.id, expert.id, THIRD)) == box.public_key
        holder = queries.of_account(session, expert.id)
        assert holder is not None and holder.mandate_id is None and holder.mandate_role is None
        assert not services.ready(session, UUID(int=1), on=clock.today())


# ── what vouches for the names ─────────────────────────────────────────────────


def test_names_nobody_vouches_for(work: Work, people: People, box_id: bytes, newcomer: UUID) -> None:
    """Somebody taken off the list, or a leaf whose salt is gone: nothing opens, and it is said where."""
    with work() as session:
        box = session.get_one(Letterbox, box_id)
        assert not queries.planted_anywhere(session)
        box.told = box.told | {"keyholders": ["Maxime Adjovi"]}
        session.flush()
        assert queries.planted_anywhere(session) == [("Plume, the assistant", ())]
        for act in (lambda: _open(session, box_id, people.rep1.id, sending.PASSPHRASE),
                    lambda: _decide(session, people, newcomer)):  # fmt: skip
            with pytest.raises(Planted):
                act()
        box.told = box.told | {"keyholders": ["Maxime Adjovi", "Paule Roussel"]}
        session.flush()
        assert queries.roll(session, box).is_sound
        at = register.positions(session, Ref("letterbox", box_id.hex()), Tag.LETTERBOX_OPENED)
        session.delete(session.get_one(LeafSalt, at[0]))
        session.flush()
        assert not queries.roll(session, box).is_vouched
        session.rollback()


def test_a_second_key_of_a_keyholder_counts_as_planted(work: Work, people: People, box_id: bytes) -> None:
    """Under a name the body did name: but nobody lost anything."""
    with work() as session:
        box, rep = session.get_one(Letterbox, box_id), session.get_one(Account, people.rep2.id)
        private = _open(session, box_id, people.rep1.id, sending.PASSPHRASE)
        keys = services.make_keys(THIRD, wrapping.new_recovery_code())
        extra = Keyholder(
            account=rep, public_key=keys.public, under_passphrase=keys.under_passphrase,
            under_recovery=keys.under_recovery, set_up_on=clock.today(), is_current=False,
        )  # fmt: skip
        session.add(extra)
        session.flush()
        sealed = wrapping.wrap(private, keys.public)
        session.add(WrappedKey(letterbox_id=box_id, keyholder_id=extra.id, sealed=sealed))
        session.flush()
        assert queries.planted(session, box) == ("Paule Roussel",)
        assert queries.planted_anywhere(session) == [("Plume, the assistant", ("Paule Roussel",))]
