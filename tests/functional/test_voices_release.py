"""Opening, speaking and releasing, on both databases: what leaves, what stays, what may be quoted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consult.anonymity import sealing
from consult.anonymity.message import Message
from consult.voices import queries, services
from consult.voices.models import Batch, Letterbox, Spent, Voice, Waiting
from consult.voices.rules import Channels, NotOpen, Phase, TooLongToSeal
from tests.letterboxes import AFTER, CLOSES, MONDAY, OPENS, TOLD, Box, message, open_box
from tests.postgres import BOTH

both = pytest.mark.parametrize("instance", BOTH, indirect=True)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def box(app: Flask, work: Callable[..., Any]) -> Box:
    return open_box(work)


def texts(session: Session, box: Box) -> set[str]:
    return {box.read(voice.sealed).text for voice in session.scalars(select(Voice))}


def still_waiting(session: Session, box: Box) -> set[str]:
    return {
        Message.decode(sealing.open_sealed(box.keys.private, one.sealed)).text
        for one in session.scalars(select(Waiting).where(Waiting.letterbox_id == box.id))
    }


def written(number: int) -> list[str]:
    return [f"Texte {n}" for n in range(number)]


# ── opening ────────────────────────────────────────────────────────────────────


@both
@pytest.mark.parametrize(
    ("k", "headcount", "fine"),
    [
        (10, 430, True),
        (10, 8, True),
        (5, 49, True),
        (5, 50, False),
        (4, 20, False),
        (20, 430, False),
        (7, 20, False),
    ],
)
def test_thresholds_are_those_the_headcount_allows(
    session: Session, k: int, headcount: int, fine: bool
) -> None:
    def attempt() -> Letterbox:
        return services.open_letterbox(
            session, told=TOLD, channels=Channels.OPEN, public_key=sealing.new_key_pair().public, k=k,
            interval_days=7, opens_on=OPENS, closes_on=CLOSES, headcount=headcount,
        )  # fmt: skip

    if fine:
        assert attempt().k == k
    else:
        with pytest.raises(ValueError, match="not allowed"):
            attempt()


@both
@pytest.mark.parametrize(
    "column",
    [{"k": 4}, {"interval_days": 2}, {"closes_on": OPENS}, {"public_key": b"short"}, {"id": b"short"}],
)
def test_the_schema_itself_refuses_a_weaker_letterbox(session: Session, column: dict[str, Any]) -> None:
    known = {
        "told": TOLD, "channels": Channels.OPEN, "public_key": bytes(32), "k": 10, "interval_days": 7,
        "opens_on": OPENS, "closes_on": CLOSES,
    }  # fmt: skip
    session.add(Letterbox(**(known | column)))
    with pytest.raises(IntegrityError):
        session.flush()


# ── speaking ───────────────────────────────────────────────────────────────────


@both
def test_speaking_is_refused_outside_the_days(box: Box, session: Session) -> None:
    letterbox = session.get_one(Letterbox, box.id)
    for on, phase in ((OPENS - timedelta(days=1), Phase.NOT_YET), (AFTER, Phase.CLOSED)):
        with pytest.raises(NotOpen) as refused:
            services.speak(session, letterbox, message(), on=on)
        assert refused.value.phase is phase
    services.speak(session, letterbox, message(), on=OPENS)
    services.speak(session, letterbox, message(), on=CLOSES)
    letterbox.is_closed = True
    with pytest.raises(NotOpen):
        services.speak(session, letterbox, message(), on=CLOSES)


def test_too_long_says_by_how_much(box: Box, session: Session) -> None:
    letterbox = session.get_one(Letterbox, box.id)
    fits = 4095 - len(message("").encode())
    services.speak(session, letterbox, message("a" * fits), on=OPENS)
    with pytest.raises(TooLongToSeal) as refused:
        services.speak(session, letterbox, message("a" * (fits + 3)), on=OPENS)
    assert refused.value.over == 3


@both
@pytest.mark.parametrize("size", [0, 4143, 4145])
def test_every_waiting_row_has_one_size(box: Box, session: Session, size: int) -> None:
    session.add(Waiting(letterbox_id=box.id, sealed=bytes(size)))
    with pytest.raises(IntegrityError):
        session.flush()


# ── releasing ──────────────────────────────────────────────────────────────────


@both
def test_a_release_keeps_k_aside_and_loses_nothing(box: Box, work: Callable[..., Any]) -> None:
    box.speak(*written(19))
    assert box.release() == []
    box.speak("Texte 19")
    (batch,) = box.release()
    assert (batch.at_least, batch.is_small, batch.released_on) == (10, False, MONDAY)
    with work() as session:
        left, stayed = texts(session, box), still_waiting(session, box)
        assert len(left) == 10
        assert len(stayed) == 10
        assert left | stayed == set(written(20))
        assert not session.get_one(Letterbox, box.id).is_closed


@both
def test_the_number_is_floored_to_five(box: Box, work: Callable[..., Any]) -> None:
    box.speak(*written(24))
    (batch,) = box.release()
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Voice)) == 14
        assert session.get_one(Batch, batch.id).at_least == 10


@both
def test_the_closing_release_takes_everything(box: Box, work: Callable[..., Any]) -> None:
    box.speak(*written(23))
    box.release()
    (batch,) = box.release(AFTER)
    assert (batch.at_least, batch.is_small) == (10, False)
    with work() as session:
        assert texts(session, box) == set(written(23))
        assert still_waiting(session, box) == set()
        assert session.get_one(Letterbox, box.id).is_closed
    assert box.release(AFTER) == []


@both
@pytest.mark.parametrize(("number", "at_least", "synthesis"), [(4, 0, False), (5, 5, True), (9, 5, True)])
def test_few_messages_in_all_are_read_and_never_quoted(
    box: Box, work: Callable[..., Any], number: int, at_least: int, synthesis: bool
) -> None:
    box.speak(*written(number))
    (batch,) = box.release(AFTER)
    assert (batch.at_least, batch.is_small) == (at_least, True)
    with work() as session:
        assert texts(session, box) == set(written(number))
        for voice in session.scalars(select(Voice)):
            assert not queries.is_quotable(session, voice.id)
        assert queries.enough_for_synthesis(session, box.id) is synthesis


@both
def test_an_empty_letterbox_closes_too(box: Box, work: Callable[..., Any]) -> None:
    assert box.release(AFTER) == []
    with work() as session:
        assert session.get_one(Letterbox, box.id).is_closed
        assert not queries.enough_for_synthesis(session, box.id)


@both
def test_where_five_was_agreed_nothing_under_ten_is_quoted(app: Flask, work: Callable[..., Any]) -> None:
    box = open_box(work, k=5)
    box.speak(*written(14))
    (batch,) = box.release()
    with work() as session:
        assert session.get_one(Batch, batch.id).at_least == 5
        voice = session.scalars(select(Voice)).first()
        assert voice is not None
        assert not queries.is_quotable(session, voice.id)
        assert queries.enough_for_synthesis(session, box.id)
    box.speak(*written(6))
    (last,) = box.release(AFTER)
    assert last.at_least == 10
    with work() as session:
        voice = session.scalars(select(Voice).where(Voice.batch_id == last.id)).first()
        assert voice is not None
        assert queries.is_quotable(session, voice.id)


@both
def test_letterboxes_do_not_mix(box: Box, work: Callable[..., Any]) -> None:
    other = open_box(work)
    box.speak(*written(20))
    other.speak(*(f"Ailleurs {n}" for n in range(7)))
    box.release()
    with work() as session:
        assert still_waiting(session, other) == {f"Ailleurs {n}" for n in range(7)}
        assert queries.batches(session, other.id) == []
        voice = session.scalars(select(Voice)).first()
        assert voice is not None
        assert queries.belongs(session, voice.id, box.id)
        assert not queries.belongs(session, voice.id, other.id)
        assert not queries.belongs(session, b"\0" * 16, box.id)
        with pytest.raises(sealing.CannotOpen):
            other.read(voice.sealed)


@both
def test_spent_rights_survive_the_rewrite(box: Box, work: Callable[..., Any]) -> None:
    hashes = {sha256(str(n).encode()).digest() for n in range(30)}
    with work() as session:
        session.add_all(Spent(hash=one, letterbox_id=box.id) for one in hashes)
    box.speak(*written(20))
    box.release()
    with work() as session:
        assert set(session.scalars(select(Spent.hash))) == hashes


@both
def test_several_releases_in_one_transaction(box: Box, work: Callable[..., Any]) -> None:
    """A story is told in one go; the temporary copy of the rewrite must not be in its own way."""
    box.speak(*written(45))
    with work() as session:
        letterbox = session.get_one(Letterbox, box.id)
        for on in (MONDAY - timedelta(days=7), MONDAY):
            services.release(session, letterbox, on=on, rng=Random(1))
            for text in written(15):
                services.speak(session, letterbox, message(text), on=on)
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Voice)) == 35 + 15
        assert session.scalar(select(func.count()).select_from(Waiting)) == 25


@both
def test_a_release_that_fails_changes_nothing(box: Box, work: Callable[..., Any], app: Flask) -> None:
    box.speak(*written(20))

    def fail() -> None:
        with work() as session:
            services.release(session, session.get_one(Letterbox, box.id), on=MONDAY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with work() as session:
        assert still_waiting(session, box) == set(written(20))
        assert session.scalar(select(func.count()).select_from(Voice)) == 0
    assert len(box.release()) == 1


@both
@pytest.mark.parametrize("on", [MONDAY, AFTER])
def test_who_speaks_during_a_release_waits_and_is_not_lost(
    box: Box, work: Callable[..., Any], on: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Intake stops from the choice to the rewrite: what came between would go with the old rows. After the
    closing release the answer is no."""
    box.speak(*written(20))
    refused: list[Exception] = []
    real = services.choose

    def late() -> None:
        try:
            box.speak("En retard")
        except NotOpen as error:
            refused.append(error)

    thread = threading.Thread(target=late)

    def meanwhile(*arguments: Any, **options: Any) -> Any:
        thread.start()
        thread.join(timeout=0.3)
        assert thread.is_alive(), "intake went on during a release"
        return real(*arguments, **options)

    monkeypatch.setattr(services, "choose", meanwhile)
    with work() as session:
        services.release(session, session.get_one(Letterbox, box.id), on=on)
    thread.join(timeout=30)
    with work() as session:
        if on == MONDAY:
            assert refused == []
            assert "En retard" in still_waiting(session, box)
        else:
            assert len(refused) == 1
            assert session.scalar(select(func.count()).select_from(Waiting)) == 0


# ── which day, what is recorded ────────────────────────────────────────────────


@both
def test_letterboxes_are_due_on_their_day_and_once(app: Flask, work: Callable[..., Any]) -> None:
    weekly, daily = open_box(work), open_box(work, interval_days=1)

    def due(on: date) -> set[bytes]:
        with work() as session:
            return {one.id for one in queries.due(session, on)}

    assert due(OPENS - timedelta(days=3)) == due(OPENS) == set()
    assert due(MONDAY) == {weekly.id, daily.id}
    assert due(TUESDAY) == {daily.id}
    daily.speak(*written(20))
    daily.release(TUESDAY)
    assert due(TUESDAY) == set()
    assert due(TUESDAY + timedelta(days=1)) == {daily.id}
    assert due(AFTER + timedelta(days=3)) == {weekly.id, daily.id}
    daily.release(AFTER)
    assert due(AFTER + timedelta(days=3)) == {weekly.id}


@both
def test_the_digest_of_a_batch_is_that_of_its_rows(box: Box, work: Callable[..., Any]) -> None:
    box.speak(*written(25))
    (batch,) = box.release()
    with work() as session:
        rows = session.scalars(select(Voice)).all()
        hashes = sorted(sha256(row.id + row.sealed).digest() for row in rows)
        before = queries.digest_of(session, batch.id)
        assert before == sha256(b"".join(hashes)).hexdigest()
        session.delete(rows[0])
        session.flush()
        assert queries.digest_of(session, batch.id) != before
        session.rollback()


@both
def test_addresses(box: Box, session: Session) -> None:
    found = queries.by_address(session, box.address)
    assert found is not None
    assert found.id == box.id
    for wrong in (
        "",
        box.address.upper(),
        box.address[:-2],
        box.address + "00",
        f"{box.address[:-1]}g",
        "0" * 32,
    ):
        if wrong != box.address:
            assert queries.by_address(session, wrong) is None
    assert queries.voice(session, b"0" * 16) is None
    assert queries.letterbox(session, b"0" * 16) is None


@both
def test_more_than_one_transaction_takes_leaves_in_parts(box: Box, work: Callable[..., Any]) -> None:
    """What stays is rewritten by the last part, and ten stay in all."""
    box.speak(*written(450))
    sizes = []
    for _ in range(3):
        with work() as session:
            made = services.release(session, session.get_one(Letterbox, box.id), on=MONDAY, most=200)
            sizes.append((queries.size(session, made[0].id), made[0].at_least))
            is_part = services.is_part(session, made, most=200)
        if not is_part:
            break
    assert sizes == [(200, 200), (200, 200), (40, 40)]
    with work() as session:
        assert len(queries.waiting_by_lane(session, box.id)[0]) == 10


@both
def test_a_closing_in_parts_closes_with_the_last(box: Box, work: Callable[..., Any]) -> None:
    box.speak(*written(230))
    for closed in (False, True):
        with work() as session:
            letterbox = session.get_one(Letterbox, box.id)
            services.release(session, letterbox, on=AFTER, most=200)
            assert letterbox.is_closed is closed
    with work() as session:
        assert queries.waiting_by_lane(session, box.id) == {}
