"""Paper slips: made by members of the body, printed once, taken back together; and nobody else knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from consult.anonymity import rights
from consult.anonymity import slips as codes
from consult.core import clock
from consult.documents import pdf
from consult.passes.rules import suggested, whole_sheets
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import BodyKind, MandateRole, Role
from consult.register.models import Entry
from consult.register.rules import Tag
from consult.voices.models import Letterbox, SlipRight, Spent
from consult.voices.rules import Channels, RightFault, RightRefused, lanes
from tests.client import PageClient
from tests.conftest import People
from tests.letterboxes import Box
from tests.loop import attack
from tests.slips import codes_in, letterbox, text_of

both = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]


@pytest.fixture
def box(work: Work, people: People) -> Box:
    return letterbox(work, people)


def page_of(box: Box, lang: str = "en") -> str:
    return f"/workspace/{lang}/letterboxes/{box.address}/slips"


def make(client: PageClient, box: Box, number: int = 10) -> bytes:
    page = client.get(page_of(box))
    made = client.submit(page, {"number": str(number)}, status=200)
    assert made.response.mimetype == "application/pdf"
    return made.response.data


def kept(work: Work) -> list[bytes]:
    with work() as session:
        return sorted(session.scalars(select(SlipRight.hash)))


def refused(box: Box, slip: str) -> RightFault:
    with pytest.raises(RightRefused) as caught:
        box.speak("Un texte.", right=slip, on=clock.today())
    return caught.value.fault


def test_a_tenth_more_in_whole_sheets() -> None:
    assert [suggested(one) for one in (0, 1, 9, 10, 60, 430)] == [10, 10, 10, 20, 70, 480]
    assert [whole_sheets(one) for one in (1, 10, 11)] == [10, 10, 20]


# ── making them ────────────────────────────────────────────────────────────────


@both
def test_every_code_of_the_sheets_opens_each_lane_once(box: Box, work: Work, people: People, as_: As) -> None:
    client = as_(people.rep2)
    page = client.get(page_of(box))
    assert page.doc.xpath("//input[@name='number']/@value") == ["480"]
    printed = codes_in(make(client, box, 12))
    assert len(printed) == len(set(printed)) == 20
    expected = {
        one for code in printed for one in codes.hashes(box.id, codes.normalise(code), lanes(3)).values()
    }
    assert set(kept(work)) == expected and len(expected) == 100
    for _ in range(3):
        box.speak("Un texte.", right=printed[7], on=clock.today())
    assert refused(box, printed[7]) is RightFault.USED
    box.speak("Un texte.", right=printed[8].lower().replace("-", " "), on=clock.today())
    assert len(kept(work)) == 100, "what was used can be read off nowhere"


@both
def test_rows_lie_in_the_order_of_their_hashes_in_one_piece(
    box: Box, work: Work, people: People, as_: As
) -> None:
    client = as_(people.rep1)
    make(client, box, 20)
    make(client, box, 10)
    with work() as session:
        if session.get_bind().dialect.name == "sqlite":
            found = list(session.scalars(text("SELECT hash FROM slip_right")))
        else:
            rows = session.execute(text("SELECT hash, xmin::text FROM slip_right ORDER BY ctid")).all()
            found = [bytes(one.hash) for one in rows]
            assert len({one.xmin for one in rows}) == 1
    assert len(found) == 150 and found == sorted(found)


def test_the_sheet_says_what_a_slip_is_in_both_languages(
    box: Box, work: Work, people: People, as_: As, app: Flask
) -> None:
    with work() as session:
        held = session.get_one(Letterbox, box.id)
        closes_on, address = held.closes_on, app.config["CONSULT_ADDRESS"].partition("://")[2]
    said = " ".join(text_of(make(as_(people.rep1), box)).split())
    for needed in (
        "tilleul-bleu", f"{address}/fr/notices/", "Nobody may ask you for this slip", "3 messages",
        "Drawn from a box", "Destroy it after the last day", str(closes_on.year), "Plume, the assistant",
    ):  # fmt: skip
        assert needed in said, needed
    assert said.count("Access word") == 10


def test_what_is_made_is_on_record_for_every_employee(box: Box, work: Work, people: People, as_: As) -> None:
    client = as_(people.rep1)
    make(client, box, 20)
    client.submit(client.get(f"{page_of(box)}/revoke"), {"confirmed": "y"})
    with work() as session:
        acts = list(
            session.scalars(
                select(Entry).where(Entry.ref == f"letterbox:{box.address}").order_by(Entry.position)
            )
        )
        opening = acts[0]
        assert [one.tag for one in acts] == [Tag.LETTERBOX_OPENED, Tag.SLIPS_MADE, Tag.SLIPS_REVOKED]
        assert {(one.visibility, one.notice_id) for one in acts} == {(opening.visibility, opening.notice_id)}
        assert "20" in acts[1].title.texts["en"] and "20" in acts[1].title.texts["fr"]
    shown = client.get(page_of(box)).text
    assert "20 paper slips made" in shown and "Unused paper slips revoked" in shown


def test_sent_twice_it_is_made_once(box: Box, work: Work, people: People, as_: As) -> None:
    client, other = as_(people.rep1), as_(people.rep2)
    page, hers = client.get(page_of(box)), other.get(page_of(box))
    client.submit(page, {"number": "10"}, status=200)
    assert len(kept(work)) == 50
    for again, sheet in ((client, page), (other, hers)):
        late = again.submit(sheet, {"number": "10"}, status=409)
        assert late.doc.xpath("//*[@role='alert']") and late.response.mimetype == "text/html"
    assert len(kept(work)) == 50
    again.submit(late, {"number": "10"}, status=200)
    assert len(kept(work)) == 100


def test_a_print_that_fails_leaves_no_right(
    box: Box, work: Work, people: People, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_(people.rep1)
    page = client.get(page_of(box))

    def fails(*_args: Any, **_options: Any) -> bytes:
        raise pdf.CannotRender("7K3M")

    monkeypatch.setattr(pdf, "render", fails)
    client.submit(page, {"number": "10"}, status=500)
    assert kept(work) == []
    monkeypatch.undo()
    client.submit(page, {"number": "10"}, status=200)


@pytest.mark.parametrize("wrong", ["", "0", "-3", "20001", "beaucoup", "1e3"])
def test_a_number_that_is_none_is_refused(box: Box, work: Work, people: People, as_: As, wrong: str) -> None:
    client = as_(people.rep1)
    page = client.submit(client.get(page_of(box)), {"number": wrong}, status=400)
    assert len(page.doc.xpath("//p[@class='error']")) == 1
    assert page.doc.xpath("//input[@name='number']/@value") == ([wrong] if wrong else [""])
    assert kept(work) == []


def test_before_the_first_day_and_not_after_the_last(work: Work, people: People, as_: As) -> None:
    opens = clock.today() + timedelta(days=3)
    box = letterbox(work, people, opens_on=opens)
    client = as_(people.rep1)
    printed = codes_in(make(client, box))
    with time_machine.travel(opens + timedelta(days=11), tick=False):
        box.speak("Un texte.", right=printed[0], on=clock.today())
    with time_machine.travel(opens + timedelta(days=12), tick=False):
        client = as_(people.rep1)
        assert not client.get(page_of(box)).doc.xpath("//main//form")
        attack(client, page_of(box), {"number": "10", "after": "1"}, status=409)
        client.get(f"{page_of(box)}/revoke", status=409)
        attack(client, f"{page_of(box)}/revoke", {"confirmed": "y"}, status=409)
    assert len(kept(work)) == 50


# ── who may ────────────────────────────────────────────────────────────────────


def test_nobody_else_makes_or_revokes(
    box: Box, work: Work, people: People, as_: As, client: PageClient
) -> None:
    make(as_(people.rep1), box)
    with work() as session:
        body = people_services.add_body(session, name="CSE voisin", kind=BodyKind.CSE, headcount=60)
        stranger = people_services.add_account(
            session, email="voisine@orvalie.example", name="Voisine Rive", role=Role.REPRESENTATIVE
        )
        start = clock.today() - timedelta(days=9)
        people_services.give_mandate(session, stranger, body, role=MandateRole.SECRETARY, starts_on=start)
        guest = people_services.add_account(
            session, email="guest@orvalie.example", name="Gaël Guest", role=Role.REPRESENTATIVE
        )
        ours = session.get_one(type(people.body), people.body.id)
        people_services.give_mandate(session, guest, ours, role=MandateRole.EXPERT_GUEST, starts_on=start)
        session.flush()
        for one in (stranger, guest):
            session.refresh(one)
    for account, status in (
        (people.hr, 403), (people.chair, 403), (people.admin, 403), (guest, 403), (stranger, 404),
    ):  # fmt: skip
        other = as_(account)
        for path in (page_of(box), f"{page_of(box)}/revoke"):
            other.get(path, status=status)
            attack(other, path, {"number": "10", "after": "1", "confirmed": "y"}, status=status)
    assert len(kept(work)) == 50
    client.get(page_of(box), status=302)


@pytest.mark.parametrize("channels", [Channels.OPEN, Channels.INVITATIONS])
def test_a_letterbox_that_takes_none_has_no_such_page(
    work: Work, people: People, as_: As, channels: Channels
) -> None:
    opens = clock.today() + timedelta(days=3)
    other = letterbox(work, people, channels=channels, opens_on=opens)
    client = as_(people.rep1)
    client.get(page_of(other), status=404)
    attack(client, page_of(other), {"number": "10", "after": "0"}, status=404)
    client.get(page_of(Box(work, bytes(16), None)), status=404)  # type: ignore[arg-type]
    assert kept(work) == []


# ── taking them back ───────────────────────────────────────────────────────────


@both
def test_revoking_takes_what_was_not_used_and_nothing_else(
    box: Box, work: Work, people: People, as_: As
) -> None:
    client = as_(people.rep1)
    other = letterbox(work, people)
    elsewhere = codes_in(make(client, other))
    printed = codes_in(make(client, box))
    box.speak("Un texte.", right=printed[0], on=clock.today())
    page = client.get(f"{page_of(box)}/revoke")
    client.submit(page, {}, status=400)
    assert len(kept(work)) == 100
    after = client.follow(client.submit(page, {"confirmed": "y"}))
    for slip in printed[:2]:
        assert refused(box, slip) is RightFault.UNKNOWN
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Spent)) == 1
        assert set(session.scalars(select(SlipRight.letterbox_id))) == {other.id}
    other.speak("Un texte.", right=elsewhere[0], on=clock.today())
    client.submit(page, {"confirmed": "y"})
    with work() as session:
        assert (
            session.scalar(select(func.count()).select_from(Entry).where(Entry.tag == Tag.SLIPS_REVOKED)) == 1
        )
    fresh = codes_in(client.submit(after, {"number": "10"}, status=200).response.data)
    box.speak("Un texte.", right=fresh[0], on=clock.today())
    assert not Counter(fresh) & Counter(printed)


def test_no_page_says_how_many_were_used(box: Box, work: Work, people: People, as_: As) -> None:
    """The same bytes whatever was used: nothing to subtract from."""
    client = as_(people.rep1)
    printed = codes_in(make(client, box, 20))
    paths = [f"/workspace/en/letterboxes/{box.address}/slips{end}" for end in ("", "/revoke")]

    def shown() -> list[str]:
        return [client.get(path).text for path in paths]

    before = shown()
    for slip in printed[:13]:
        box.speak("Un texte.", right=slip, on=clock.today())
    assert shown() == before


def test_slips_of_another_letterbox_open_nothing(box: Box, work: Work, people: People, as_: As) -> None:
    other = letterbox(work, people)
    printed = codes_in(make(as_(people.rep1), other))
    make(as_(people.rep1), box)
    assert refused(box, printed[0]) is RightFault.UNKNOWN
    assert isinstance(rights.read(printed[0]), rights.Slip)
