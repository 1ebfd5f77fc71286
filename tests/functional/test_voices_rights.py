"""Single-use rights: each lane once, none of another letterbox, and the text is never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from consult.voices import services, spending
from consult.voices.models import Letterbox, SlipRight, Spent, Waiting
from consult.voices.rules import WRITE_BACK, Channels, NotOpen, RightFault, RightRefused
from tests.client import PageClient
from tests.conftest import People
from tests.letterboxes import AFTER, CLOSES, MONDAY, OPENS, Box, message, open_box

both = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]


@pytest.fixture
def box(people: People, work: Work) -> Box:
    return open_box(work, channels=Channels.BOTH)


def lanes_waiting(work: Work) -> list[int]:
    with work() as session:
        return sorted(session.scalars(select(Waiting.lane)))


def refused(box: Box, right: str) -> RightFault:
    with pytest.raises(RightRefused) as caught:
        box.speak("Un texte.", right=right)
    return caught.value.fault


@both
def test_a_slip_gives_each_lane_once_and_in_order(box: Box, work: Work) -> None:
    slip = box.slip()
    for used in ([1], [1, 2], [1, 2, 3]):
        box.speak("Un texte.", right=slip.lower().replace("-", " "))
        assert lanes_waiting(work) == used
    assert refused(box, slip) is RightFault.USED
    assert lanes_waiting(work) == [1, 2, 3]


@both
def test_a_pass_gives_its_own_lane_once(box: Box, work: Work) -> None:
    second = box.pass_("speak-2")
    box.speak("Un texte.", right=second)
    assert lanes_waiting(work) == [2]
    assert refused(box, second) is RightFault.USED
    box.speak("Un autre.", right=box.pass_("speak-1"))
    assert lanes_waiting(work) == [1, 2]


@both
def test_nothing_tells_a_slip_from_a_pass(box: Box, work: Work) -> None:
    box.speak("Un texte.", right=box.slip())
    box.speak("Un texte.", right=box.pass_())
    with work() as session:
        rows = session.scalars(select(Spent)).all()
        assert {(len(one.hash), one.letterbox_id) for one in rows} == {(32, box.id)}
        assert len(rows) == 2


@pytest.mark.parametrize("lane", ["pulse", "support"])
def test_rights_of_other_lanes_do_not_speak(box: Box, lane: str) -> None:
    assert refused(box, box.pass_(lane)) is RightFault.UNKNOWN


def test_what_is_no_right_here(box: Box, work: Work) -> None:
    other = open_box(work, channels=Channels.SLIPS)
    token = box.pass_()
    forged = token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:]
    relabelled = box.pass_("speak-1").replace("speak-1", "speak-2")
    for wrong in (
        other.slip(),
        forged,
        relabelled,
        token[:-1],
        "0000-0000-0000-00000",
        "n’importe quoi",
        "é" * 700,
    ):
        assert refused(box, wrong) is RightFault.UNKNOWN, wrong[:12]
    assert refused(box, " ") is RightFault.MISSING
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Waiting)) == 0
        assert session.scalar(select(func.count()).select_from(Spent)) == 0


def test_a_letterbox_takes_the_kind_of_right_it_agreed_on(app: Flask, work: Work) -> None:
    slips, passes = open_box(work, channels=Channels.SLIPS), open_box(work, channels=Channels.INVITATIONS)
    assert refused(slips, passes.pass_()) is RightFault.UNKNOWN
    assert refused(passes, passes.slip()) is RightFault.UNKNOWN
    passes.speak("Un texte.", right=passes.pass_())


def test_a_right_is_asked_for_even_where_a_caller_forgets_it(box: Box, work: Work) -> None:
    with work() as session, pytest.raises(RightRefused):
        services.speak(session, session.get_one(Letterbox, box.id), message(), on=OPENS)


def test_nothing_is_spent_before_the_first_day(box: Box, work: Work) -> None:
    slip = box.slip()
    with pytest.raises(NotOpen):
        box.speak("Un texte.", right=slip, on=OPENS.replace(day=1))
    box.speak("Un texte.", right=slip)


@both
def test_two_channels_ask_for_twice_as_many(box: Box, work: Work) -> None:
    for _ in range(39):
        box.speak("Un texte.", right=box.slip())
    assert box.release(MONDAY) == []
    box.speak("Un texte.", right=box.slip())
    (batch,) = box.release(MONDAY)
    assert batch.at_least == 10  # twenty left, and one person may have sent two of them


@both
def test_one_enthusiast_never_triggers_a_release(app: Flask, work: Work) -> None:
    box = open_box(work, channels=Channels.SLIPS, k=5)
    for _ in range(9):
        slip = box.slip()
        for _ in range(3):
            box.speak("Un texte.", right=slip)
    assert box.release(MONDAY) == []


@both
def test_closing_leaves_no_right_behind(box: Box, work: Work) -> None:
    other = open_box(work, channels=Channels.SLIPS)
    kept = other.slip()
    other.speak("Un texte.", right=kept)
    slip = box.slip()
    for _ in range(3):
        box.speak("Un texte.", right=slip)
    box.slip()
    (batch,) = box.release(AFTER)
    assert batch.is_small
    with work() as session:
        for table in (Spent, SlipRight, Waiting):
            assert set(session.scalars(select(table.letterbox_id))) <= {other.id}
    with pytest.raises(NotOpen):
        box.speak("Un texte.", right=slip, on=CLOSES)
    other.speak("Un autre.", right=kept)
    assert lanes_waiting(work) == [1, 2]


@both
def test_what_is_written_back_rides_along_and_counts_for_nothing(app: Flask, work: Work) -> None:
    box = open_box(work, channels=Channels.SLIPS, k=5)

    def write_back(number: int) -> None:
        with work() as session:
            letterbox = session.get_one(Letterbox, box.id)
            right = spending.Right(bytes([number]) * 32, lane=WRITE_BACK)
            services.speak(session, letterbox, message("Ma réponse."), on=OPENS, rights=(right,))

    for number in range(12):
        write_back(number)
    assert box.release(MONDAY) == []
    for _ in range(10):
        box.speak("Un texte.", right=box.slip())
    (batch,) = box.release(MONDAY)
    assert batch.at_least == 5
    assert WRITE_BACK not in lanes_waiting(work)


# ── the pages ──────────────────────────────────────────────────────────────────


@pytest.fixture
def first_day() -> Iterator[None]:
    with time_machine.travel(OPENS, tick=False):
        yield


def fields(text: str, right: str) -> dict[str, Any]:
    return {"kind": "worry", "language": "fr", "text": text, "topics": [], "right": right}


def test_the_page_asks_for_the_right_and_keeps_what_was_typed(
    box: Box, employee: PageClient, work: Work, first_day: None
) -> None:
    address = f"/speak/fr/{box.address}/"
    page = employee.get(address)
    assert page.doc.xpath("//input[@name='right' and @autocomplete='off']")
    slip = box.slip()
    with_slip = employee.post(address + "review", fields("Ce que je pense.", slip), status=200)
    assert with_slip.doc.xpath("//input[@name='right']/@value") == [slip]
    for _ in range(3):
        employee.post(address + "send", fields("Ce que je pense.", slip))
    seen = []
    for wrong in (slip, box.slip()[::-1], "", "0000-0000-0000-00000", box.pass_("pulse")):
        again = employee.post(address + "send", fields("Rien ne se perd.", wrong), status=400)
        assert again.doc.xpath("//textarea[@name='text']")[0].text.strip() == "Rien ne se perd."
        assert again.doc.xpath("//input[@name='right']/@value") == ([wrong] if wrong else [""])
        seen.append(len(again.doc.xpath("//p[@class='error']")))
    assert seen == [1] * 5
    assert lanes_waiting(work) == [1, 2, 3]


def test_open_mode_asks_for_nothing(
    people: People, work: Work, employee: PageClient, first_day: None
) -> None:
    box = open_box(work)
    assert not employee.get(f"/speak/fr/{box.address}/").doc.xpath("//input[@name='right']")
