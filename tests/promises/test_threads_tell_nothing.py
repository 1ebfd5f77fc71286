"""Threads: before the first answer nothing anywhere knows one; guessing learns nothing, writes nothing and
is in nobody's way; writing back is one waiting row among others."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, text

from consult import tables
from consult.anonymity import receipts
from consult.anonymity.message import Kind, Message, Thread
from consult.core.db import db
from consult.voices import services, threads
from consult.voices.models import Letterbox
from tests.client import PageClient
from tests.conftest import Instance, People
from tests.letterboxes import OPENS, Box, open_box
from tests.postgres import BOTH

both = pytest.mark.parametrize("instance", BOTH, indirect=True)
SIX = "abricot retraite agape antique tenaille prendre"
WRONG = "abricot retraite agape antique tenaille tenaille"
UNANSWERED = "prendre retraite agape antique tenaille abricot"
REPLY = "Merci, nous avons posé la question."


@pytest.fixture
def box(people: People, work: Callable[..., Any]) -> Iterator[Box]:
    with time_machine.travel(OPENS + timedelta(days=1), tick=True):
        yield open_box(work)


@pytest.fixture(autouse=True)
def wide_gate(app: Flask) -> Iterator[None]:
    """The limits are tested where they are meant."""
    kept = app.extensions["consult.receipts"]
    app.extensions["consult.receipts"] = gate = threads.Gate(threads.CHEAP)
    gate.readers.size = gate.readers.left = 10_000
    yield
    app.extensions["consult.receipts"] = kept


def path(box: Box, page: str = "thread") -> str:
    return f"/speak/fr/{box.address}/{page}"


def receipt(box: Box, six: str) -> receipts.Receipt:
    return receipts.derive(six, box.id, threads.CHEAP)


def speak(box: Box, six: str, said: str = "Un texte.") -> None:
    with box.work() as session:
        found = receipt(box, six)
        message = Message(Kind.WORRY, (), "fr", said, Thread(found.lookup, found.public))
        services.speak(session, session.get_one(Letterbox, box.id), message, on=OPENS)


def reply(box: Box, six: str) -> bytes:
    with box.work() as session:
        found = receipt(box, six)
        letterbox = session.get_one(Letterbox, box.id)
        return threads.answer(
            session, letterbox, Thread(found.lookup, found.public), REPLY, on=OPENS, number=1
        )


def rows(app: Flask) -> dict[str, list[str]]:
    with app.app_context():
        return {
            name: sorted(repr(tuple(row)) for row in db.session.execute(text(f'SELECT * FROM "{name}"')))
            for name in tables.metadata.tables
        }


# ── a receipt that opens nothing ───────────────────────────────────────────────


@both
def test_wrong_unreleased_and_unanswered_words_get_the_same_bytes(
    box: Box, employee: PageClient, app: Flask, work: Any
) -> None:
    """And nothing is written by asking."""
    speak(box, UNANSWERED)
    box.speak(*(f"Message {one}." for one in range(39)))
    box.release()
    speak(box, SIX, "Pas encore ouvert.")
    before = rows(app)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(" ".join(statement.split()))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    answers, asked = [], []
    try:
        for six in (WRONG, UNANSWERED, SIX):
            statements.clear()
            answers.append(employee.post(path(box), {"words": six}, status=200).response)
            asked.append(list(statements))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len({one.data for one in answers}) == 1
    assert len({str(sorted(one.headers)) for one in answers}) == 1
    assert asked[0] == asked[1] == asked[2], "the same lookups"
    assert {one.split()[0] for one in asked[0]} <= {"SELECT", "BEGIN"}
    for six in (WRONG, UNANSWERED, SIX):
        assert not any(word.encode() in answers[0].data for word in set(six.split()))
    assert rows(app) == before
    reply(box, SIX)
    opened = employee.post(path(box), {"words": SIX}, status=200)
    assert REPLY in opened.text, "the same words open what was answered meanwhile"
    assert employee.post(path(box), {"words": WRONG}, status=200).response.data == answers[0].data


def test_words_that_open_nothing_take_the_same_time(box: Box, employee: PageClient) -> None:
    speak(box, UNANSWERED)
    times: dict[str, list[float]] = {WRONG: [], UNANSWERED: []}
    for _turn in range(25):
        for six, found in times.items():
            began = time.perf_counter()
            employee.http.post(path(box), data={"words": six})
            found.append(time.perf_counter() - began)
    first, second = (statistics.median(one) for one in times.values())
    spread = max(statistics.quantiles(one, n=4)[2] - min(one) for one in times.values())
    assert abs(first - second) < max(0.002, spread)


def test_guessing_does_not_slow_a_reader_beyond_a_second(
    box: Box, employee: PageClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 guesses a second at the real cost, readers among them, through one queue as in one process: each
    waits for those before it, by the processor time these took. What is turned away costs next to nothing."""
    derived: list[int] = []
    real = receipts.derive
    monkeypatch.setattr(receipts, "derive", lambda *a: derived.append(1) or real(*a))
    app.extensions["consult.receipts"] = threads.Gate()
    reply(box, SIX)
    derived.clear()
    rate, number, free_at, slowest, turned_away = 200, 400, 0.0, 0.0, 0
    with time_machine.travel(OPENS + timedelta(days=2), tick=False) as now:
        for at in range(number):
            began = time.thread_time()
            answer = employee.http.post(path(box), data={"words": SIX if at % 40 == 0 else WRONG})
            took = time.thread_time() - began
            assert answer.status_code in {200, 429}
            turned_away += answer.status_code == 429
            free_at = max(free_at, at / rate) + took
            slowest = max(slowest, free_at - at / rate)
            now.shift(1 / rate)
    assert slowest < 1.0
    assert turned_away + len(derived) == number
    assert len(derived) <= threads.AT_ONCE + threads.PER_SECOND * number / rate + 1
    assert employee.http.get(f"/speak/fr/{box.address}/").status_code == 200


def test_one_derivation_at_a_time_and_nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threads.Gate(threads.CHEAP, patience=0.01)
    seen = []

    def derive(_words: str, _box: bytes, _cost: Any) -> str:
        with pytest.raises(threads.Busy):
            gate.derive(SIX, bytes(16))
        seen.append(1)
        return "receipt"

    monkeypatch.setattr(receipts, "derive", derive)
    assert gate.derive(SIX, bytes(16)) == "receipt"
    assert gate.derive(SIX, bytes(16)) == "receipt", "the turn is given back"
    assert len(seen) == 2


def test_the_cost_is_the_one_that_was_measured(tmp_path: Any) -> None:
    """Cheap in tests alone: a gate made without saying so is the real one."""
    assert threads.Gate().cost == receipts.COST
    assert (receipts.COST.memory_kib, receipts.COST.passes) == (19 * 1024, 2)


# ── what a file holds ──────────────────────────────────────────────────────────


def test_between_arrival_and_first_answer_no_file_holds_the_lookup_id(
    box: Box, employee: PageClient, instance: Instance
) -> None:
    """Nor the public key, nor a word: written by the page, released, read at the desk's side, asked for."""
    page = employee.get(f"/speak/fr/{box.address}/")
    six = " ".join(page.doc.xpath("//section[contains(@class,'sixwords')]//li/text()"))
    values = {"kind": "worry", "text": "Un texte.", "thread": "yes"}
    employee.submit(employee.submit(page, values, action="review", status=200), action="send")
    found = receipt(box, six)

    def held() -> bool:
        contents = [one.read_bytes() for one in instance.folder.rglob("*") if one.is_file()]
        return any(piece in one for one in contents for piece in (found.lookup, found.public, six.encode()))

    assert not held()
    box.speak(*(f"Message {one}." for one in range(39)))
    box.release()
    employee.post(path(box), {"words": six}, status=200)
    assert not held()
    reply(box, six)
    assert held(), "the measure finds it once it is there"


@both
def test_writing_back_changes_one_waiting_row_and_one_right(
    box: Box, employee: PageClient, app: Flask
) -> None:
    ident = reply(box, SIX)
    before = rows(app)
    typed = {"words": SIX, "text": "C’est le temps qui manque.", "language": "fr", "answers": ident.hex()}
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        employee.post(path(box, "thread/review"), typed, status=200)
        employee.post(path(box, "thread/send"), typed)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    after = rows(app)
    assert {name for name in before if before[name] != after[name]} == {"waiting", "spent"}
    assert [len(after[name]) - len(before[name]) for name in ("waiting", "spent")] == [1, 1]
    writes = [one.split()[0] for one in statements if one.split()[0] not in {"SELECT", "BEGIN"}]
    assert writes == ["INSERT", "INSERT"]
    spent = after["spent"][0]
    found = receipt(box, SIX)
    for known in (found.lookup, ident):
        assert known not in spent.encode("latin-1", "replace")


def test_whoever_holds_the_disk_cannot_tell_to_which_answer_somebody_wrote_back(box: Box) -> None:
    """The right hashes what only the six words give: not the lookup id and the reply id, which lie there."""
    ident = reply(box, SIX)
    found = receipt(box, SIX)
    right = receipts.write_back_right(found, box.id, ident)
    public = receipts.Receipt(found.lookup, bytes(32), found.public)
    assert receipts.write_back_right(public, box.id, ident) != right
