"""The body's letterbox: what must be agreed, by whom, and what it is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from consult.anonymity import sealing, words, wrapping
from consult.consultations import jobs, letterboxes, queries, services
from consult.consultations.rules import (
    BadDates,
    DateFault,
    FactKind,
    LetterboxExists,
    Stage,
    ThresholdNotAllowed,
    TooFewKeyholders,
)
from consult.core import clock
from consult.core.errors import WrongState
from consult.keyholders.models import WrappedKey
from consult.mail.models import Letter
from consult.people.models import Body, Resolution
from consult.people.rules import NotAdopted
from consult.register.models import Entry, Leaf
from consult.register.rules import Tag
from consult.voices.models import Letterbox
from consult.voices.rules import Told
from tests import sending
from tests.conftest import People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]


@pytest.fixture
def consultation_id(work: Work, people: People) -> UUID:
    """A notice employees read, before a body with two keyholders."""
    with work() as session:
        notice = sending.sent(session, people)
        for account in (people.rep1, people.rep2):
            sending.with_key(session, account)
        return queries.of_notice(session, notice.id)[0].id


@BOTH
def test_opening_tells_wraps_forgets_and_records(work: Work, people: People, consultation_id: UUID) -> None:
    today = clock.today()
    with work() as session:
        box = sending.opened(session, people, consultation_id)
        consultation = queries.by_letterbox(session, box.id)
        assert consultation is not None and consultation.id == consultation_id
        assert consultation.stage is Stage.LISTENING
        told = Told.of(box.told)
        assert told.keyholders == ("Maxime Adjovi", "Paule Roussel")
        assert told.body == "CSE d’Orvalie" and told.organisation == "Orvalie"
        assert told.emergency[0][1] == "112" and told.alert_channel.texts["fr"] == "Dispositif d’alerte"
        assert told.destroy_on is not None and told.destroy_on > box.closes_on
        assert told.title.texts == {"fr": "Plume, l’assistant", "en": "Plume, the assistant"}
        assert session.scalar(select(func.count()).select_from(WrappedKey)) == 2
        leaf = session.scalars(select(Leaf).where(Leaf.tag == Tag.LETTERBOX_OPENED)).one()
        entry = session.scalars(select(Entry).where(Entry.position == leaf.position)).one()
        assert "Maxime Adjovi" in entry.title.texts["fr"] and "Paule Roussel" in entry.title.texts["en"]
        resolution = session.scalars(select(Resolution)).one()
        assert (resolution.day, resolution.votes_for) == (today, 8)
        told_them = session.scalars(select(Letter).where(Letter.about == f"letterbox:{box.id.hex()}")).all()
        assert {one.to_address for one in told_them} == {"adjovi@orvalie.example", "roussel@orvalie.example"}


def test_the_private_key_lies_nowhere(
    work: Work, people: People, consultation_id: UUID, instance: Any
) -> None:
    with work() as session:
        box = sending.opened(session, people, consultation_id)
        holder = session.scalars(select(WrappedKey)).first()
        assert holder is not None
        keys = wrapping.HolderKeys(
            holder.keyholder.public_key, holder.keyholder.under_passphrase, holder.keyholder.under_recovery
        )
        mine = wrapping.open_with_passphrase(keys, sending.PASSPHRASE)
        private = wrapping.unwrap(mine, holder.sealed, box.public_key)
        assert sealing.public_of(private) == box.public_key
    for path in instance.folder.glob("consult.sqlite3*"):
        content = path.read_bytes()
        for secret in (private, mine):
            assert secret not in content and secret.hex().encode() not in content


def test_the_words_of_the_leaf_are_those_of_the_key(
    work: Work, people: People, consultation_id: UUID
) -> None:
    from consult.register.models import LeafSalt
    from consult.register.rules import content_digest

    with work() as session:
        box = sending.opened(session, people, consultation_id)
        leaf = session.scalars(select(Leaf).where(Leaf.tag == Tag.LETTERBOX_OPENED)).one()
        said = {
            "channels": "open", "quota": 0, "count_min": 5, "poll": None,
            "k": 10, "interval_days": 7, "opens_on": box.opens_on.isoformat(),
            "closes_on": box.closes_on.isoformat(), "destroy_on": box.told["destroy_on"],
            "keyholders": ["Maxime Adjovi", "Paule Roussel"],
            "fingerprint": {one: list(words.fingerprint(box.public_key, locale=one)) for one in ("fr", "en")},
            "resolution": dict(sending.both("Le CSE ouvre").texts),
            "votes": {"for": 8, "against": 1, "abstentions": 0},
        }  # fmt: skip
        salt = session.get_one(LeafSalt, leaf.position).salt
        assert content_digest(said, salt) == leaf.digest
        assert content_digest(said | {"k": 5}, salt) != leaf.digest


def test_two_keyholders_at_least_each_once_and_of_this_body(
    work: Work, people: People, consultation_id: UUID
) -> None:
    with work() as session:
        first, second = letterboxes.keyholders.ready(session, people.body.id, on=clock.today())
        for holders in ([], [first], [first, first]):
            with pytest.raises(TooFewKeyholders):
                sending.opened(session, people, consultation_id, holders=holders)
        mandate = session.get_one(type(second.account), people.rep2.id).mandates[0]
        mandate.ends_on = clock.today() - timedelta(days=1)
        session.flush()
        with pytest.raises(TooFewKeyholders) as caught:
            sending.opened(session, people, consultation_id, holders=[first, second])
        assert caught.value.have == 1
        assert session.scalar(select(func.count()).select_from(Letterbox)) == 0
        session.rollback()


@pytest.mark.parametrize(
    ("headcount", "allowed"), [(0, False), (12, True), (49, True), (50, False), (430, False)]
)
def test_five_only_where_the_site_is_small(
    work: Work, people: People, consultation_id: UUID, headcount: int, allowed: bool
) -> None:
    with work() as session:
        session.get_one(Body, people.body.id).headcount = headcount
        if allowed:
            assert sending.opened(session, people, consultation_id, k=5).k == 5
        else:
            with pytest.raises(ThresholdNotAllowed):
                sending.opened(session, people, consultation_id, k=5)
            session.rollback()


@pytest.mark.parametrize("k", [0, 1, 4, 6, 9, 20])
def test_no_other_threshold(work: Work, people: People, consultation_id: UUID, k: int) -> None:
    with work() as session:
        session.get_one(Body, people.body.id).headcount = 12
        with pytest.raises(ThresholdNotAllowed):
            sending.opened(session, people, consultation_id, k=k)
        session.rollback()


@pytest.mark.parametrize(
    ("opens", "closes", "destroy", "fault"),
    [
        (-1, 10, None, DateFault.PAST),
        (3, 3, None, DateFault.ORDER),
        (3, 1, None, DateFault.ORDER),
        (0, 10, 10, DateFault.DESTROYED_TOO_SOON),
    ],
)
def test_days_that_do_not_hang_together(
    work: Work,
    people: People,
    consultation_id: UUID,
    opens: int,
    closes: int,
    destroy: int | None,
    fault: DateFault,
) -> None:
    def day(shift: int | None) -> date | None:
        return None if shift is None else clock.today() + timedelta(days=shift)

    with work() as session:
        with pytest.raises(BadDates) as caught:
            sending.opened(
                session,
                people,
                consultation_id,
                opens_on=day(opens),
                closes_on=day(closes),
                destroy_on=day(destroy),
            )
        assert caught.value.fault is fault
        session.rollback()


def test_not_before_employees_may_read_the_notice(work: Work, people: People) -> None:
    with work() as session:
        notice = sending.sent(session, people, opened=False)
        notice.held_until = clock.today() + timedelta(days=3)
        for account in (people.rep1, people.rep2):
            sending.with_key(session, account)
        ident = queries.of_notice(session, notice.id)[0].id
        with pytest.raises(BadDates) as caught:
            sending.opened(session, people, ident)
        assert caught.value.fault is DateFault.BEFORE_EMPLOYEES
        later = {"opens_on": notice.held_until, "closes_on": notice.held_until + timedelta(days=9)}
        box = sending.opened(session, people, ident, **later)
        consultation = queries.by_letterbox(session, box.id)
        assert (
            consultation is not None and consultation.stage is Stage.WITH_BODY
        )  # it listens from its first day


@pytest.mark.parametrize("votes", [(4, 4, 0), (4, 0, 4), (0, 0, 0), (0, 1, 0)])
def test_a_motion_that_was_not_carried_opens_nothing(
    work: Work, people: People, consultation_id: UUID, votes: tuple[int, int, int]
) -> None:
    with work() as session:
        tally = dict(zip(("for", "against", "abstentions"), votes, strict=True))
        with pytest.raises(NotAdopted):
            sending.opened(session, people, consultation_id, votes=tally)
        session.rollback()


def test_there_is_one_and_it_does_not_change(work: Work, people: People, consultation_id: UUID) -> None:
    with work() as session:
        sending.opened(session, people, consultation_id)
        with pytest.raises(LetterboxExists):
            sending.opened(session, people, consultation_id)
        assert session.scalar(select(func.count()).select_from(Letterbox)) == 1


def test_none_on_a_notice_that_was_withdrawn(work: Work, people: People, consultation_id: UUID) -> None:
    with work() as session:
        consultation = queries.by_id(session, consultation_id)
        assert consultation is not None
        hr = session.get_one(type(people.hr), people.hr.id)
        reason = sending.both("Abandonné")
        services.withdraw(session, consultation.notice, reason=reason, actor=hr, on=clock.today())
        with pytest.raises(WrongState):
            sending.opened(session, people, consultation_id)
        session.rollback()


def test_closing_follows_the_release_once(work: Work, people: People, consultation_id: UUID) -> None:
    with work() as session:
        box = sending.opened(session, people, consultation_id)
        consultation = queries.by_letterbox(session, box.id)
        assert consultation is not None
        assert letterboxes.letterbox_closed(session, consultation, on=clock.today()) is None
        box.is_closed = True
        session.flush()
        leaf = letterboxes.letterbox_closed(session, consultation, on=clock.today())
        assert leaf is not None and leaf.tag is Tag.LETTERBOX_CLOSED
        assert consultation.stage is Stage.AWAITING_OPINION
        assert letterboxes.letterbox_closed(session, consultation, on=clock.today()) is None
        jobs.refresh_stages(session, now=clock.now())
        kinds = [one.kind for one in consultation.facts]
        assert kinds.count(FactKind.LETTERBOX_CLOSED) == 1


def test_the_nightly_job_notes_a_closing_nobody_noted(
    work: Work, people: People, consultation_id: UUID
) -> None:
    with work() as session:
        box = sending.opened(session, people, consultation_id)
        box.is_closed = True
        jobs.refresh_stages(session, now=clock.now())
        consultation = queries.by_letterbox(session, box.id)
        assert consultation is not None
        assert FactKind.LETTERBOX_CLOSED in {one.kind for one in consultation.facts}
