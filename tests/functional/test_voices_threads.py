"""Six words on the anonymous pages: drawn, carried, never shown again; read; practice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select

from consult.anonymity import receipts, sealing
from consult.anonymity.message import Kind, Message
from consult.core.db import db
from consult.voices import services, threads
from consult.voices.models import Letterbox, Waiting
from consult.voices.rules import WRITE_BACK, Bucket, Channels
from tests.client import Page, PageClient
from tests.conftest import People
from tests.letterboxes import AFTER, OPENS, Box, open_box
from tests.postgres import BOTH

both = pytest.mark.parametrize("instance", BOTH, indirect=True)
DAY = OPENS + timedelta(days=1)
TEXT = "Le rythme monte depuis les essais."
REPLY = "Merci, nous avons posé la question."


@pytest.fixture
def day() -> Iterator[Any]:
    with time_machine.travel(DAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def box(people: People, work: Callable[..., Any], day: Any) -> Box:
    return open_box(work)


def address(box: Box | str, page: str = "", language: str = "en") -> str:
    name = box if isinstance(box, str) else box.address
    return f"/speak/{language}/{name}/{page}"


def shown(page: Page) -> str:
    return " ".join(page.doc.xpath("//section[contains(@class,'sixwords')]//li/text()"))


def sent(app: Flask, box: Box) -> list[tuple[int, Message]]:
    with app.app_context():
        rows = db.session.scalars(select(Waiting)).all()
        return [(one.lane, Message.decode(sealing.open_sealed(box.keys.private, one.sealed))) for one in rows]


def receipt(box: Box, six: str) -> receipts.Receipt:
    return receipts.derive(six, box.id, threads.CHEAP)


def write(employee: PageClient, box: Box | str, **other: Any) -> tuple[str, Page]:
    """Writes with a thread; the six words, and the review."""
    page = employee.get(address(box))
    values = {"kind": "worry", "text": TEXT, "thread": "yes"} | other
    return shown(page), employee.submit(page, values, action="review", status=200)


def answered(box: Box, six: str, *texts: str) -> list[bytes]:
    with box.work() as session:
        letterbox, to = session.get_one(Letterbox, box.id), receipt(box, six)
        public = receipts.Receipt(to.lookup, to.private, to.public)
        return [
            threads.answer(session, letterbox, _thread(public), text, on=DAY, number=at)
            for at, text in enumerate(texts or (REPLY,), start=1)
        ]


def _thread(to: receipts.Receipt) -> Any:
    return threads.Thread(to.lookup, to.public)


def read(employee: PageClient, box: Box | str, six: str, status: int = 200) -> Page:
    return employee.submit(
        employee.get(address(box, "thread")), {"words": six}, action="thread", status=status
    )


# ── writing ────────────────────────────────────────────────────────────────────


@both
def test_six_words_are_noted_first_and_end_inside_the_message(
    box: Box, employee: PageClient, app: Flask
) -> None:
    six, review = write(employee, box)
    assert len(six.split()) == 6
    assert six not in review.text, "shown on the form alone"
    done = employee.follow(employee.submit(review, action="send"))
    assert not done.doc.xpath(f"//*[contains(@value, '{six}')]")
    ((lane, message),) = sent(app, box)
    assert (lane, message.text) == (0, TEXT)
    assert message.thread == _thread(receipt(box, six))


def test_a_note_on_its_own_is_the_default_and_carries_nothing(
    box: Box, employee: PageClient, app: Flask
) -> None:
    page = employee.get(address(box))
    assert page.doc.xpath("//input[@name='thread' and @checked]/@value") == ["no"]
    review = employee.submit(page, {"kind": "worry", "text": TEXT}, action="review", status=200)
    employee.submit(review, action="send")
    assert sent(app, box)[0][1].thread is None


def test_words_stay_through_changes_and_errors_and_are_in_no_address(box: Box, employee: PageClient) -> None:
    six, review = write(employee, box)
    edit = review.doc.xpath("//button[@name='edit']/@formaction")[0]
    again = employee.post(edit, dict(review.form().form_values()) | {"edit": "1"}, status=200)
    assert shown(again) == six
    assert again.doc.xpath("//input[@name='thread' and @checked]/@value") == ["yes"]
    wrong = employee.submit(again, {"text": ""}, action="review", status=400)
    assert shown(wrong) == six
    for page in (review, again, wrong):
        for link in [*page.links(), *page.doc.xpath("//@action|//@formaction")]:
            assert not any(word in link for word in six.split())
    assert shown(employee.get(address(box))) != six, "drawn for each form"
    assert set(shown(employee.get(address(box, language="fr"))).split()) != set(six.split())


@pytest.mark.parametrize("wrong", ["", "un deux trois", "zzzz " * 6])
def test_words_that_are_none_are_drawn_anew_before_anything_is_sent(
    box: Box, employee: PageClient, app: Flask, wrong: str
) -> None:
    typed = {"kind": "worry", "language": "en", "text": TEXT, "thread": "yes", "words": wrong}
    page = employee.post(address(box, "send"), typed, status=400)
    assert "These six words are new" in page.text
    assert len(shown(page).split()) == 6
    assert not sent(app, box)
    review = employee.submit(page, action="review", status=200)
    employee.submit(review, action="send")
    assert sent(app, box)[0][1].thread == _thread(receipt(box, shown(page)))


def test_a_message_that_holds_its_words_is_refused_with_the_text(
    box: Box, employee: PageClient, app: Flask
) -> None:
    page = employee.get(address(box))
    six = shown(page)
    text = f"Mes mots : {six.upper()}. Voilà."
    refused = employee.submit(
        page, {"kind": "worry", "text": text, "thread": "yes"}, action="review", status=400
    )
    assert "Your six words stand in this text" in refused.text
    assert refused.doc.xpath("string(//textarea)").strip() == text
    employee.submit(refused, {"thread": "no"}, action="review", status=200)
    assert not sent(app, box)


def test_a_thread_takes_its_room(box: Box, employee: PageClient) -> None:
    page = employee.get(address(box))
    empty = len(Message(Kind.WORRY, (), "en", "").encode())
    fits = {"kind": "worry", "text": "a" * (4095 - empty)}
    employee.submit(page, fits, action="review", status=200)
    refused = employee.submit(page, fits | {"thread": "yes"}, action="review", status=400)
    assert "Too long by about 121 characters" in refused.text


def test_a_slip_and_a_thread_go_together(
    people: People, work: Any, day: Any, employee: PageClient, app: Flask
) -> None:
    box = open_box(work, channels=Channels.SLIPS)
    _six, review = write(employee, box, right=box.slip())
    employee.submit(review, action="send")
    ((lane, message),) = sent(app, box)
    assert lane == 1
    assert message.thread is not None


# ── reading ────────────────────────────────────────────────────────────────────


def test_a_slip_of_the_pen_is_said_without_the_words(box: Box, employee: PageClient) -> None:
    for typed, said in (
        ("abricot retraite agape antique tenaille zzzz", "Word 6 stands in none of our lists"),
        ("abricot retraite", "Six words are needed, and there are 2"),
        ("  ", "Type your six words"),
    ):
        page = read(employee, box, typed, status=400)
        assert said in page.text
        assert page.doc.xpath("//input[@name='words']/@value") == [""]
        assert "retraite" not in page.text


def test_reading_goes_on_after_the_closing_and_writing_back_does_not(
    box: Box, employee: PageClient, day: Any, app: Flask
) -> None:
    six, _review = write(employee, box)
    answered(box, six)
    box.speak(*(f"Message {one}." for one in range(20)))
    day.move_to(AFTER)
    box.release(AFTER)
    page = read(employee, box, six)
    assert REPLY in page.text
    assert "nobody can write back any more" in page.text
    assert "1 March 2027" in page.text.replace("\u00a0", " ")
    assert not page.doc.xpath("//textarea")
    typed = {"words": six, "text": TEXT, "language": "en", "answers": "0" * 32}
    for part in ("review", "send"):
        refused = employee.post(address(box, f"thread/{part}"), typed, status=409)
        assert TEXT in refused.doc.xpath("string(//textarea)")
    assert not sent(app, box)


@both
def test_a_second_write_back_is_refused_with_the_text(box: Box, employee: PageClient, app: Flask) -> None:
    six, _review = write(employee, box)
    (reply,) = answered(box, six)
    page = read(employee, box, six)
    review = employee.submit(page, {"text": TEXT}, action="review", status=200)
    assert employee.follow(employee.submit(review, action="send")).h1 == "It is sent"
    again = employee.submit(review, action="send", status=400)
    assert "already" in again.text
    assert TEXT in again.doc.xpath("string(//textarea)")
    ((lane, message),) = sent(app, box)
    assert (lane, message.answers, message.thread, message.text) == (WRITE_BACK, reply, None, TEXT)


def test_nobody_writes_back_to_somebody_elses_answer(box: Box, employee: PageClient, app: Flask) -> None:
    (six, _), (other, _) = write(employee, box), write(employee, box)
    answered(box, six)
    (theirs,) = answered(box, other)
    typed = {"words": six, "text": TEXT, "language": "en", "answers": theirs.hex()}
    page = employee.post(address(box, "thread/send"), typed, status=400)
    assert TEXT in page.doc.xpath("string(//textarea)")
    assert page.doc.xpath("//input[@name='answers']/@value") != [theirs.hex()]
    assert not sent(app, box)


def test_changing_the_text_of_a_write_back_keeps_it(box: Box, employee: PageClient) -> None:
    six, _review = write(employee, box)
    answered(box, six)
    review = employee.submit(
        read(employee, box, six), {"text": "Monique a raison."}, action="review", status=200
    )
    assert review.doc.xpath("//mark"), "read over like any message"
    edit = review.doc.xpath("//button[@name='edit']/@formaction")[0]
    page = employee.post(edit, dict(review.form().form_values()), status=200)
    assert page.doc.xpath("string(//textarea)").strip() == "Monique a raison."
    assert REPLY in page.text


def test_write_backs_ride_with_a_batch_of_others(box: Box, work: Any) -> None:
    six = "abricot retraite agape antique tenaille prendre"
    (reply,) = answered(box, six)
    with work() as session:
        letterbox = session.get_one(Letterbox, box.id)
        said = Message(Kind.WORRY, (), "fr", TEXT, answers=reply)
        services.post(session, threads.write_back(letterbox, receipt(box, six), said, on=DAY))
    assert not box.release(), "alone it goes nowhere"
    box.speak(*(f"Message {one}." for one in range(20)))
    (batch,) = box.release()
    assert batch.at_least == 10
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Waiting)) == 10


def test_too_many_at_once_get_a_plain_page_and_the_writer_their_text(
    box: Box, employee: PageClient, app: Flask
) -> None:
    six, review = write(employee, box)
    app.extensions["consult.receipts"] = busy = threads.Gate(threads.CHEAP)
    busy.readers, busy.writers = Bucket(1, 0.001), Bucket(0, 0.001)
    try:
        read(employee, box, six)
        page = read(employee, box, six, status=429)
        assert "Wait a minute" in page.text
        assert page.response.headers["Retry-After"] == "60"
        kept = employee.submit(review, action="send", status=429)
        assert TEXT in kept.doc.xpath("string(//textarea)")
        assert not sent(app, box)
        busy.writers = Bucket(1, 1)
        employee.submit(kept, action="send")
        assert sent(app, box)[0][1].thread == _thread(receipt(box, six))
    finally:
        app.extensions["consult.receipts"] = threads.Gate(threads.CHEAP)


def test_the_ways_out_stand_on_every_page_of_a_thread(box: Box, employee: PageClient) -> None:
    six, _review = write(employee, box)
    answered(box, six)
    page = read(employee, box, six)
    review = employee.submit(page, {"text": TEXT}, action="review", status=200)
    for one in (employee.get(address(box, "thread")), page, employee.get(address(box, "thread/sent"))):
        for said in ("112", "3114", "Orvalie’s alert channel"):
            assert said in one.text, said
        assert "/speak/en/leave" in one.links()
    assert "/speak/en/leave" in review.links()


def test_before_its_first_day_there_is_no_thread_to_read(box: Box, employee: PageClient, day: Any) -> None:
    day.move_to(OPENS - timedelta(days=1))
    assert "not open yet" in employee.get(address(box, "thread")).h1
    page = employee.get(address(box, "thread/review"), status=303)
    assert page.response.headers["Location"].endswith("/thread")


# ── practice ───────────────────────────────────────────────────────────────────

PRACTICE = "practice"


@pytest.mark.parametrize(
    ("instance", "language"), [("sqlite", "fr"), ("postgresql", "en")], indirect=["instance"]
)
def test_practice_goes_through_everything_and_keeps_nothing(
    box: Box, employee: PageClient, app: Flask, language: str
) -> None:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        start = employee.get(address(PRACTICE, language=language))
        six = shown(start)
        pages = [start]
        values = {"kind": "worry", "text": "Je suis la seule, dit Monique.", "thread": "yes"}
        review = employee.submit(start, values, action="review", status=200)
        assert review.doc.xpath("//mark")
        done = employee.follow(employee.submit(review, action="send"))
        asked = employee.get(address(PRACTICE, "thread", language))
        thread = employee.submit(asked, {"words": six}, action="thread", status=200)
        back = employee.submit(thread, {"text": TEXT}, action="review", status=200)
        last = employee.follow(employee.submit(back, action="send"))
        pages += [review, done, asked, thread, back, last]
    finally:
        event.remove(engine, "before_cursor_execute", note)
    for page in pages:
        banner = page.doc.xpath("//aside[contains(@class,'wrap')]//*[contains(@class,'banner-title')]")
        assert banner, f"no banner on {page.path}"
        assert "/speak/" + language + "/leave" in page.links()
        addresses = [*page.links(), *page.doc.xpath("//@action|//@formaction")]
        assert not any(box.address in one for one in addresses)
    assert statements
    assert {one.split()[0].upper() for one in statements} <= {"SELECT", "BEGIN"}
    assert not sent(app, box)


def test_practice_refuses_what_is_wrong_and_asks_for_the_word(
    box: Box, employee: PageClient, client: PageClient
) -> None:
    page = employee.submit(employee.get(address(PRACTICE)), {"text": ""}, action="review", status=400)
    assert page.doc.xpath("//*[@role='alert']")
    employee.post(address(PRACTICE, "send"), {"text": "x"}, status=400)
    for part in ("review", "send", "thread/review", "thread/send"):
        employee.get(address(PRACTICE, part), status=303)
    read(employee, PRACTICE, "abricot", status=400)
    thread = read(employee, PRACTICE, "abricot retraite agape antique tenaille prendre")
    employee.submit(thread, {"text": ""}, action="review", status=400)
    assert client.get(address(PRACTICE), status=403).form("access") is not None


def test_practice_is_found_from_the_writing_page(box: Box, employee: PageClient) -> None:
    assert address(PRACTICE) in employee.get(address(box)).links()
    assert address(box, "thread") in employee.get(address(box)).links()
