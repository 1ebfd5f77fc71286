"""Threads: written with six words, released, answered at the desk, read, written back, met again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.anonymity import receipts
from consult.anonymity.message import Kind, Message, Thread
from consult.anonymity.thresholds import Band
from consult.concerns import grave, queries, services, threads
from consult.concerns.models import Concern, DeskReply
from consult.concerns.rules import InThread, NoThread, quotes
from consult.core import clock
from consult.core.errors import NotFound
from consult.people.models import Account
from consult.voices import services as voice_services
from consult.voices import threads as voice_threads
from consult.voices.models import Letterbox, Reply
from tests.client import Page, PageClient
from tests.desk import Act, Story, on_day, open_box, original_of, theme_with
from tests.postgres import BOTH

As = Callable[[Account], PageClient]
both = pytest.mark.parametrize("instance", BOTH, indirect=True)
SIX = "abricot retraite agape antique tenaille prendre"
ASKED = "On me demande de signer des relevés que je n’ai pas lus."
REPLY = "Merci. Nous avons posé la question à la direction."
BACK = "C’est le temps qui manque, surtout le soir."


def receipt_of(letterbox_id: bytes, six: str = SIX) -> receipts.Receipt:
    return receipts.derive(six, letterbox_id, voice_threads.CHEAP)


@dataclass
class Told:
    """A story with one message that wants an answer among others, released."""

    story: Story
    voice: bytes

    @property
    def id(self) -> bytes:
        return self.story.letterbox_id

    @property
    def message(self) -> str:
        return self.voice.hex()

    def reply(self, text: str = REPLY) -> threads.Copy:
        with self.story.work() as session:
            act = Act(self.story, session)
            return threads.reply(
                session, act.box, self.voice, private_key=self.story.key, text=text, actor=act.rep1,
                on=clock.today(),
            )  # fmt: skip

    def write_back(self, reply: bytes, text: str = BACK) -> None:
        with self.story.work() as session:
            box = session.get_one(Letterbox, self.id)
            message = Message(Kind.WORRY, (), "fr", text, answers=reply)
            ready = voice_threads.write_back(box, receipt_of(self.id), message, on=clock.today())
            voice_services.post(session, ready)

    def backs(self) -> dict[str, bytes]:
        known = set(self.story.texts) | {ASKED}
        return {text: voice for text, voice in self.story.voices().items() if text not in known}


@pytest.fixture
def told(work: Callable[..., Any], people: Any) -> Iterator[Told]:
    story = open_box(work, people, k=5, headcount=40)
    receipt = receipt_of(story.letterbox_id)
    with work() as session:
        box = session.get_one(Letterbox, story.letterbox_id)
        said = Message(Kind.WORRY, (), "fr", ASKED, Thread(receipt.lookup, receipt.public))
        voice_services.speak(session, box, said, on=clock.today())
    day, texts = story.opens_on, 15
    while not (found := story.voices()).get(ASKED):  # five are set aside by chance
        story.write([f"Message {day}, {one}, sur la charge." for one in range(texts)])
        day, texts = day + timedelta(days=1), 10
        with on_day(day):
            story.release()
    with on_day(day):
        yield Told(story, found[ASKED])


def released_back(told: Told, text: str = BACK, others: int = 10) -> bytes:
    """Written back, and released with others."""
    told.write_back(told.reply().reply, text)
    told.story.write([f"Suite {one}." for one in range(others)])
    with on_day(clock.today() + timedelta(days=1)):
        assert told.story.release() == 1
    return told.backs()[text]


# ── answering ──────────────────────────────────────────────────────────────────


@both
def test_a_keyholder_answers_and_the_author_reads(told: Told, as_: As, employee: PageClient) -> None:
    desk = told.story.at_desk(as_)
    page = desk.get(told.story.address("threads", "en"))
    assert ASKED in page.text
    assert "Not answered yet" in page.text
    page = desk.get(told.story.address(f"messages/{told.message}/thread", "en"))
    page = desk.follow(desk.submit(page, {"text": REPLY}, action="/thread"))
    assert REPLY in page.text
    assert "Answer 1, by Maxime Adjovi" in page.text
    address = f"/speak/en/{told.story.box}/thread"
    found = employee.submit(employee.get(address), {"words": SIX.upper()}, action="thread", status=200)
    assert REPLY in found.text
    assert found.h1 == "My thread with the keyholders"
    assert ASKED not in found.text, "only the keyholders can open what was written"


@both
def test_two_answers_stand_in_order_and_each_is_written_back_once(
    told: Told, employee: PageClient, app: Flask
) -> None:
    first, second = told.reply("La première."), told.reply("La seconde.")
    assert (first.number, second.number) == (1, 2)
    address = f"/speak/en/{told.story.box}/thread"

    def opened() -> Page:
        return employee.submit(employee.get(address), {"words": SIX}, action="thread", status=200)

    page = opened()
    assert page.text.index("La première.") < page.text.index("La seconde.")
    for one in (second, first):
        assert page.doc.xpath("//input[@name='answers']/@value") == [one.reply.hex()], "the newest first"
        review = employee.submit(page, {"text": BACK}, action="review", status=200)
        assert BACK in review.text
        employee.submit(review, action="send")
        page = opened()
    assert not page.doc.xpath("//textarea")
    assert "You wrote back to every answer" in page.text


def test_a_double_press_answers_once(told: Told, as_: As) -> None:
    desk = told.story.at_desk(as_)
    page = desk.get(told.story.address(f"messages/{told.message}/thread", "en"))
    for _press in range(2):
        desk.submit(page, {"text": REPLY}, action="/thread")
    with told.story.work() as session:
        assert session.scalar(select(func.count()).select_from(Reply)) == 1
        assert session.scalar(select(func.count()).select_from(DeskReply)) == 1


@pytest.mark.parametrize(
    "text", ["Bonjour, qui êtes-vous ?", "Dans quelle équipe travaillez-vous ?", "What is your name?"]
)
def test_a_reply_that_asks_for_the_author_is_warned_about_and_can_be_sent(
    told: Told, as_: As, text: str
) -> None:
    desk = told.story.at_desk(as_)
    page = desk.get(told.story.address(f"messages/{told.message}/thread", "en"))
    warned = desk.submit(page, {"text": text}, action="/thread", status=400)
    assert warned.doc.xpath("//mark")
    assert warned.doc.xpath("string(//textarea)").strip() == text
    changed = desk.submit(
        warned, {"text": text + " Et quand ?", "confirm": "y"}, action="/thread", status=400
    )
    assert not changed.doc.xpath("//input[@name='confirm']/@checked"), "confirmed for another text"
    desk.submit(changed, {"confirm": "y"}, action="/thread")
    with told.story.work() as session:
        assert session.scalar(select(func.count()).select_from(Reply)) == 1


def test_a_note_on_its_own_cannot_be_answered(told: Told, as_: As) -> None:
    alone = next(voice for text, voice in told.story.voices().items() if text != ASKED)
    desk = told.story.at_desk(as_)
    page = desk.get(told.story.address(f"messages/{alone.hex()}/thread", "en"))
    assert "cannot be answered" in page.text
    assert not page.doc.xpath("//textarea")
    told.voice = alone
    with pytest.raises(NoThread):
        told.reply()


def test_too_long_an_answer_says_by_how_much(told: Told, as_: As) -> None:
    room = voice_threads.room("", on=clock.today(), number=1)
    desk = told.story.at_desk(as_)
    page = desk.get(told.story.address(f"messages/{told.message}/thread", "en"))
    assert page.doc.xpath("//@data-max-bytes") == [str(room)]
    desk.submit(page, {"text": "a" * (room + 7)}, action="/thread", status=400)
    desk.submit(page, {"text": "a" * room}, action="/thread")


def test_a_key_that_is_none_is_refused(told: Told) -> None:
    """The form makes them; somebody who posts by hand may send anything."""
    with told.story.work() as session:
        box = session.get_one(Letterbox, told.id)
        with pytest.raises(ValueError, match="public key"):
            voice_threads.answer(session, box, Thread(bytes(32), bytes(32)), "a", on=clock.today(), number=1)


# ── what is kept ───────────────────────────────────────────────────────────────


@both
def test_nothing_on_the_disk_ties_an_answer_to_a_message(told: Told) -> None:
    """Answering touches no row of the message, and the copy's plain columns name the letterbox alone."""
    with told.story.work() as session:
        before = session.scalar(select(func.count()).select_from(Concern))
    told.reply()
    with told.story.work() as session:
        assert session.scalar(select(func.count()).select_from(Concern)) == before
        copy = session.scalars(select(DeskReply)).one()
        assert {one.name for one in DeskReply.__table__.columns} == {"id", "letterbox_id", "sealed"}
        reply = session.scalars(select(Reply)).one()
        for secret in (told.voice, reply.id, reply.lookup, REPLY.encode()):
            assert secret not in bytes(copy.sealed)
        assert len(copy.sealed) == 8240
    released_back(told)
    names = {one.name for one in Concern.__table__.columns}
    assert not any("thread" in one or "reply" in one for one in names)


# ── what is written back ───────────────────────────────────────────────────────


@both
def test_a_write_back_is_met_in_its_thread_only(told: Told, as_: As) -> None:
    back = released_back(told)
    with on_day(clock.today() + timedelta(days=1)):
        desk = told.story.at_desk(as_)
        theme_with(told.story, 0)
        page = desk.get(told.story.address(f"desk?message={back.hex()}", "en"))
        assert BACK in original_of(page)
        assert not page.doc.xpath("//button[@name='theme']")
        assert "Hold" not in page.text
        desk.submit(page, action="/place")
        page = desk.get(told.story.address(f"messages/{told.message}/thread", "en"))
        assert page.text.index(ASKED) < page.text.index(REPLY) < page.text.index(BACK)
        led = desk.get(told.story.address(f"messages/{back.hex()}/thread", "en"), status=303)
        assert led.response.headers["Location"].endswith(f"/messages/{told.message}/thread")
        assert "The author wrote back" in desk.get(told.story.address("threads", "en")).text
        seen: set[str] = set()
        with told.story.work() as session:
            after = None
            while (
                voice := queries.next_unsorted(session, told.id, after=after)
            ) and voice.id.hex() not in seen:
                seen.add(voice.id.hex())
                after = voice.id
        assert seen
        assert back.hex() not in seen, "dealt to nobody any more"


@pytest.mark.parametrize("placed", [True, False])
def test_a_write_back_counts_nowhere_and_is_never_quoted(told: Told, placed: bool) -> None:
    back = released_back(told)
    with told.story.work() as session:
        act = Act(told.story, session)
        theme, key = act.theme(), told.story.key
        if placed:
            threads.place(session, act.box, back, private_key=key)
        for refused in (
            lambda: services.sort(session, act.box, back, theme, private_key=key),
            lambda: services.hold(session, act.box, back, reason="a", private_key=key),
            lambda: services.propose(session, act.box, back, draft={}, actor=act.rep1, private_key=key),
        ):
            with pytest.raises(InThread):
                refused()
        assert queries.counted(session, theme.id) == 0
        session.rollback()


def test_a_write_back_somebody_sorted_by_mistake_is_not_published(told: Told) -> None:
    """Without the key nothing tells it apart; the last gate asks with the key."""
    back = released_back(told, others=15)
    with told.story.work() as session:
        act = Act(told.story, session)
        theme = act.theme()
        for voice in [*told.story.voices().values()][:6]:
            if voice != back:
                act.sort(voice, theme)
        act.publish(theme)
        act.sort(back, theme)
        concern = act.propose(back, act.rep1)
        with pytest.raises(InThread):
            act.publish_wording(concern, act.rep2)
        before = queries.counted(session, theme.id)
        threads.place(session, act.box, back, private_key=told.story.key)
        assert queries.counted(session, theme.id) == before - 1
        session.rollback()


def test_only_a_write_back_is_placed(told: Told) -> None:
    with told.story.work() as session, pytest.raises(NotFound):
        threads.place(session, Act(told.story, session).box, told.voice, private_key=told.story.key)


def test_pages_refuse_what_services_refuse(told: Told, as_: As) -> None:
    back = released_back(told)
    theme = theme_with(told.story, 1)
    with on_day(clock.today() + timedelta(days=1)):
        desk = told.story.at_desk(as_)
        token = {
            "csrf_token": str(
                desk.get(told.story.address()).doc.xpath("//input[@name='csrf_token']/@value")[0]
            )
        }
        desk.post(
            told.story.address(), token | {"message": back.hex(), "theme": theme, "was": ""}, status=400
        )
        desk.post(told.story.address(f"messages/{back.hex()}/hold"), token | {"reason": "x"}, status=400)
        desk.post(told.story.address(f"messages/{told.message}/place"), token, status=404)


# ── grave messages ─────────────────────────────────────────────────────────────

DONE = {"answered": "y", "alert": "J’ai saisi le dispositif d’alerte.", "decided": "Maxime et Paule"}


@both
def test_a_grave_message_is_noted_listed_and_taken_back(told: Told, as_: As) -> None:
    desk = told.story.at_desk(as_)
    address = told.story.address(f"messages/{told.message}/grave", "en")
    page = desk.get(address)
    assert "Alert channel" in page.text
    listed = desk.follow(desk.submit(page, DONE, action="/grave"))
    assert ASKED in listed.text
    assert DONE["alert"] in listed.text
    assert "Noted by Maxime Adjovi" in listed.text
    other = told.story.at_desk(as_, "rep2").get(told.story.address("grave", "en"))
    assert DONE["decided"] in other.text
    with told.story.work() as session:
        concern = queries.of_voice(session, told.voice)
        assert DONE["alert"].encode() not in bytes(concern.sealed_grave)  # type: ignore[union-attr]
        found = grave.of_letterbox(session, told.id, told.story.key)
        assert [one.voice for one in found] == [told.voice]
        year = clock.today().year
        bands = grave.bands(found, since=date(year - 1, 6, 1), today=date(year + 1, 1, 1))
        assert bands == {year - 1: Band.UNDER_5, year: Band.UNDER_5}
        assert grave.bands(found, since=clock.today(), today=clock.today()) == {}, (
            "not before the year is over"
        )
    desk.submit(desk.get(address), action="/grave", button="act=unmark")
    assert ASKED not in desk.get(told.story.address("grave", "en")).text


def test_an_alert_never_repeats_the_message(told: Told, as_: As) -> None:
    desk = told.story.at_desk(as_)
    page = desk.get(told.story.address(f"messages/{told.message}/grave", "en"))
    said = "Quelqu’un dit : « on me demande de SIGNER des relevés »."
    refused = desk.submit(page, DONE | {"alert": said}, action="/grave", status=400)
    assert said in refused.doc.xpath("string(//textarea)")
    assert not quotes("On demande à quelqu’un de signer des relevés non lus.", ASKED)


def test_an_answer_begins_with_the_channels_in_the_language_of_the_message(told: Told, as_: As) -> None:
    page = told.story.at_desk(as_).get(told.story.address(f"messages/{told.message}/thread?channels=1", "en"))
    begun = str(page.doc.xpath("string(//textarea)"))
    assert "112" in begun
    assert "Dispositif d’alerte" in begun


@both
def test_neither_a_note_nor_its_change_tells_which_message_is_grave(told: Told, as_: As) -> None:
    """Every touched message carries a note of one size, and every act seals as many anew."""
    theme = theme_with(told.story, 12)

    def notes() -> dict[Any, bytes]:
        with told.story.work() as session:
            return {one[0]: bytes(one[2]) for one in queries.graves(session, told.id)}

    with told.story.work() as session:
        services.touched(session, Act(told.story, session).box, told.voice)
    desk = told.story.at_desk(as_)
    changed = []
    thread_page = desk.get(told.story.address(f"messages/{told.message}/thread", "en"))
    grave_page = desk.get(told.story.address(f"messages/{told.message}/grave", "en"))
    sort_page = desk.get(told.story.address(f"desk?message={told.message}", "en"))
    for act in (
        lambda: desk.submit(grave_page, DONE, action="/grave"),
        lambda: desk.submit(sort_page, button=f"theme={theme}", action="/desk"),
        lambda: desk.submit(thread_page, {"text": REPLY}, action="/thread"),
    ):
        before = notes()
        act()
        after = notes()
        assert {len(one) for one in after.values()} == {2096}
        changed.append(sum(after[one] != note for one, note in before.items()))
    assert changed == [grave.COVER] * 3
    with told.story.work() as session:
        assert len(grave.of_letterbox(session, told.id, told.story.key)) == 1, "sealed anew, not lost"
