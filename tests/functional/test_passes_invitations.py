"""Invitations: a roster that is read and forgotten, mails past the outbox, and what is on record of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from consult.core import clock
from consult.mail.models import Letter
from consult.passes import inviting, mailing
from consult.passes.models import Claim
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import BodyKind, MandateRole, Role
from consult.register.models import Entry
from consult.register.rules import Tag
from consult.voices.rules import Channels
from tests.client import Page, PageClient
from tests.conftest import People
from tests.inviting import letterbox, post_office, quick_keys
from tests.letterboxes import Box
from tests.loop import attack

both = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
THREE = "lou@orvalie.example;fr\nmax@orvalie.example;en\nsam@orvalie.example"


@pytest.fixture
def box(work: Work, people: People, monkeypatch: pytest.MonkeyPatch) -> Box:
    with quick_keys(monkeypatch):
        return letterbox(work, people)


def page_of(box: Box, lang: str = "en") -> str:
    return f"/workspace/{lang}/letterboxes/{box.address}/invitations"


def preview(client: PageClient, box: Box, lines: str = THREE, lang: str = "en", **values: Any) -> Page:
    page = client.get(page_of(box, lang))
    return client.submit(page, {"lines": lines, **values}, status=200)


def send(client: PageClient, page: Page) -> Page:
    return client.submit(page, action="/send", status=200)


def codes_kept(work: Work) -> list[bytes]:
    with work() as session:
        return list(session.scalars(select(Claim.code_hash)))


def acts(work: Work, box: Box) -> list[tuple[Tag, str]]:
    with work() as session:
        found = session.scalars(
            select(Entry).where(Entry.ref == f"letterbox:{box.address}").order_by(Entry.position)
        )
        return [(one.tag, one.title.texts["en"]) for one in found][1:]


# ── a list, looked at and sent ─────────────────────────────────────────────────


@both
def test_each_person_gets_a_code_in_their_language(
    app: Flask, box: Box, work: Work, people: People, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_(people.rep2)
    looked = preview(client, box)
    assert "3 people will be written to" in looked.text
    assert codes_kept(work) == [] and acts(work, box) == []
    with post_office(app, monkeypatch) as office:
        done = send(client, looked)
    assert "3 mails were handed to the mail server" in done.text
    assert done.response.headers["Cache-Control"] == "no-store"
    assert office.sessions == 1
    mails = office.mails
    assert set(mails) == {f"{one}@orvalie.example" for one in ("lou", "max", "sam")}
    assert mails["lou@orvalie.example"]["Content-Language"] == "fr"
    assert [one[0] for one in office.links("max@orvalie.example")] == ["en"]
    assert sorted(one[0] for one in office.links("sam@orvalie.example")) == ["en", "fr"]
    codes = set()
    for address, mail in mails.items():
        found = office.links(address)
        assert {one[1] for one in found} == {box.address} and {one[3] for one in found} == {"tilleul-bleu"}
        codes |= {one[2] for one in found}
        assert mail["To"] == address and mail["Bcc"] is None and mail["Cc"] is None
        assert not mail.is_multipart() and "http" in mail.get_content()
    assert len(codes) == 3
    assert len({mail["Date"] for mail in mails.values()}) == 1
    assert len({mail["Message-ID"] for mail in mails.values()}) == 3
    assert sorted(codes_kept(work)) == sorted(inviting.code_hash(box.id, one) for one in codes)
    assert acts(work, box) == [(Tag.INVITATIONS_SENT, "3 invitations sent (CSE d’Orvalie)")]
    with work() as session:
        assert (
            session.scalar(select(func.count()).select_from(Letter).where(Letter.about.contains("invit")))
            == 0
        )


def test_the_mail_says_what_it_is_and_what_it_cannot_promise(
    app: Flask, work: Work, people: People, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    with quick_keys(monkeypatch):
        mixed = letterbox(work, people, channels=Channels.BOTH)
    client = as_(people.rep1)
    looked = preview(client, mixed, "max@orvalie.example;en", slips_from="Tuesday noon,\r\n at the canteen")
    with post_office(app, monkeypatch) as office:
        send(client, looked)
    said = " ".join(office.mails["max@orvalie.example"].get_content().split())
    for needed in (
        "No name is asked", "CSE d’Orvalie", "Plume, the assistant",
        "can read it, and use this invitation in your place",
        "paper slip", "Tuesday noon, at the canteen", "It works once, until", "Fingerprint of the keys",
        "Nobody may ask you", "was not kept", f"/speak/en/claim#{mixed.address}.",
    ):  # fmt: skip
        assert needed in said, needed
    assert "<" not in said and "@@" not in said and "%(" not in said


def test_where_no_slips_are_taken_a_representative_is_named(
    box: Box, work: Work, people: People, as_: As
) -> None:
    said = preview(as_(people.rep1), box).text
    assert "Draw a paper slip" not in said and "Speak with a member of CSE d’Orvalie: Maxime Adjovi" in said


def test_order_and_codes_are_drawn_at_random(box: Box, work: Work) -> None:
    """Neither the order of the list nor that of the hashes says who was written to first."""
    many = [mailing.Person(f"p{number}@a.example") for number in range(200)]
    codes = inviting.new_codes(200)
    letters = mailing.shuffled(many, codes)
    assert [one.person for one in letters] != many
    assert {one.person for one in letters} == set(many) and {one.code for one in letters} == set(codes)
    assert len({len(one) for one in codes}) == 1 and len(codes[0]) * 6 >= 128


def test_a_reminder_carries_no_code(
    app: Flask, box: Box, work: Work, people: People, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_(people.rep1)
    with post_office(app, monkeypatch) as office:
        send(client, preview(client, box))
        office.raw.clear()
        page = client.get(page_of(box))
        assert page.doc.xpath("//input[@name='kind' and @checked]/@value") == ["remind"]
        done = send(client, preview(client, box, kind="remind"))
    assert "3 mails" in done.text
    assert not any(office.links(address) for address in office.mails)
    assert "nobody knows who has used theirs" in " ".join(
        office.mails["max@orvalie.example"].get_content().split()
    )
    assert len(codes_kept(work)) == 3 and len(acts(work, box)) == 1


# ── what goes wrong ────────────────────────────────────────────────────────────


@both
def test_interrupted_the_rest_is_revoked_and_said(
    app: Flask, box: Box, work: Work, people: People, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_(people.rep1)
    lines = "\n".join(f"p{number}@orvalie.example;en" for number in range(7))
    with post_office(app, monkeypatch, gives_up_after=3) as office:
        done = send(client, preview(client, box, lines))
        reached = set(office.mails)
        codes = {office.links(one)[0][2] for one in reached}
    assert len(reached) == 3
    assert "3 mails were handed" in done.text and "4 people were not written to" in done.text
    assert sorted(codes_kept(work)) == sorted(inviting.code_hash(box.id, one) for one in codes)
    assert [one[0] for one in acts(work, box)] == [Tag.INVITATIONS_SENT, Tag.INVITATIONS_REVOKED]
    assert acts(work, box)[1][1].startswith("4 invitations")
    with post_office(app, monkeypatch) as office:
        again = client.submit(done, action="/send", status=200)
    assert "4 mails were handed" in again.text
    assert set(office.mails) | reached == {f"p{number}@orvalie.example" for number in range(7)}
    assert not set(office.mails) & reached
    assert len(codes_kept(work)) == 7


def test_an_address_that_is_refused_does_not_stop_the_others(
    app: Flask, box: Box, work: Work, people: People, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_(people.rep1)
    with post_office(app, monkeypatch) as office:
        done = send(client, preview(client, box, f"nobody@orvalie.example\n{THREE}"))
    assert len(office.raw) == 3 and len(codes_kept(work)) == 3
    assert "1 person was not written to" in done.text and "nobody@orvalie.example" in done.text


def test_a_program_that_breaks_leaves_no_code_that_was_not_mailed(
    app: Flask, box: Box, work: Work, people: People, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, real = as_(people.rep1), mailing.message
    told: list[str] = []

    def breaks(*args: Any, **options: Any) -> Any:
        if told:
            raise RuntimeError("broken")
        told.append("one")
        return real(*args, **options)

    looked = preview(client, box)
    monkeypatch.setattr(mailing, "message", breaks)
    with post_office(app, monkeypatch) as office, pytest.raises(RuntimeError):
        send(client, looked)
    assert len(office.raw) == 1 and len(codes_kept(work)) == 1


def test_whoever_closes_the_page_does_not_stop_it(
    app: Flask, box: Box, work: Work, people: People, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_(people.rep1)
    lines = "\n".join(f"p{number}@orvalie.example" for number in range(45))
    looked = preview(client, box, lines)
    form = dict(looked.form("/send").form_values())
    with post_office(app, monkeypatch) as office:
        answer = client.http.post(looked.form("/send").get("action"), data=form, buffered=False)
        assert "Sending begins" in next(answer.iter_encoded()).decode()
        assert len(office.raw) < 45
        answer.close()
        assert len(office.raw) == 45
    assert len(codes_kept(work)) == 45


def test_nothing_is_locked_while_mails_leave(
    app: Flask, box: Box, work: Work, people: People, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, seen = as_(people.rep1), []
    real = mailing.message

    def writes(*args: Any, **options: Any) -> Any:
        import sqlite3
        from contextlib import closing

        path = app.extensions["consult.settings"].url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        seen.append(True)
        return real(*args, **options)

    monkeypatch.setattr(mailing, "message", writes)
    with post_office(app, monkeypatch):
        send(client, preview(client, box))
    assert len(seen) == 3


def test_no_mail_server_no_code(
    app: Flask, box: Box, work: Work, people: People, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_(people.rep1)
    looked = preview(client, box)
    for url in ("smtp://127.0.0.1:1", ""):
        settings = app.extensions["consult.settings"].model_copy(update={"mail_url": url})
        monkeypatch.setitem(app.extensions, "consult.settings", settings)
        page = client.submit(looked, action="/send", status=400)
        assert page.doc.xpath("//*[@role='alert']") and "nothing was sent" in page.text.lower()
        assert page.form("/send").fields["roster"] == looked.form("/send").fields["roster"]
    assert codes_kept(work) == [] and acts(work, box) == []


def test_without_a_mail_server_one_mail_is_shown_instead(
    box: Box, work: Work, people: People, as_: As
) -> None:
    """The demo keeps mails in the outbox; these go nowhere, but one can go on from one."""
    client = as_(people.rep1)
    done = send(client, preview(client, box))
    (shown,) = done.doc.xpath("//pre")
    assert f"/claim#{box.address}." in shown.text_content()
    with work() as session:
        assert (
            session.scalar(select(func.count()).select_from(Letter).where(Letter.text.contains("claim"))) == 0
        )


def test_sent_twice_it_leaves_once(
    app: Flask, box: Box, work: Work, people: People, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, other = as_(people.rep1), as_(people.rep2)
    looked, theirs = preview(client, box), preview(other, box, "new@orvalie.example")
    with post_office(app, monkeypatch) as office:
        send(client, looked)
        client.submit(looked, action="/send", status=409)
        late = other.submit(theirs, action="/send", status=409)
        assert len(office.raw) == 3 and "3 invitations sent" in late.text
        other.submit(late, action="/send", status=200)
    assert len(office.raw) == 4 and len(codes_kept(work)) == 4


def test_lines_that_cannot_be_used_come_back_with_what_was_typed(
    box: Box, work: Work, people: People, as_: As
) -> None:
    client = as_(people.rep1)
    lines = "lou@orvalie.example\nLou\n" + "\n".join(f"bad{number}@" for number in range(12))
    page = client.submit(client.get(page_of(box)), {"lines": lines}, status=400)  # fmt: skip
    assert "Line 2: no address stands in it." in page.text and "5 more lines like these." in page.text
    assert page.doc.xpath("//textarea[@name='lines']")[0].text.replace("\r\n", "\n").strip() == lines
    empty = client.submit(client.get(page_of(box)), {}, status=400)
    assert "Give at least one address" in empty.text
    many = "\n".join(f"p{number}@a.example" for number in range(10_000))
    assert "At most 5,000 people" in client.submit(client.get(page_of(box)), {"lines": many}, status=400).text
    large = "x" * 500_000
    client.submit(client.get(page_of(box)), {"lines": large}, status=413)


def test_a_file_is_read_by_what_it_holds(box: Box, work: Work, people: People, as_: As) -> None:
    client = as_(people.rep1)
    page = client.get(page_of(box))

    def choose(raw: bytes, name: str, status: int, **values: Any) -> Page:
        return client.submit(page, {"file": (io.BytesIO(raw), name), **values}, status=status)

    assert "2 people" in choose(b"lou@a.example;fr\nmax@a.example;en\n", "liste.pdf", 200).text
    for raw in (b"\x89PNG\r\n\x1a\n", b"PK\x05\x06" + bytes(18), "Léa;léa@a.example".encode("cp1252")):
        assert choose(raw, "liste.csv", 400).doc.xpath("//p[@id='file-error']")
    assert "not both" in choose(b"lou@a.example;fr", "liste.csv", 400, lines="max@a.example").text


def test_it_waits_for_the_body_until_it_is_done(box: Box, work: Work, people: People, as_: As) -> None:
    client = as_(people.rep1)

    def offers(client: PageClient) -> list[bool]:
        start = client.get("/workspace/en/")
        pages = [one for one in start.links() if "/consultations/" in one]
        said = [start.text, client.get(pages[0].partition("#")[0]).text if pages else ""]
        return ["Send the invitations" in one for one in said]

    assert offers(client) == [True, True]
    send(client, preview(client, box))
    assert offers(client)[0] is False
    for other in (people.hr, people.chair):
        assert "invitations" not in as_(other).get("/workspace/en/").text.lower()


# ── who may, and when ──────────────────────────────────────────────────────────


def test_nobody_else_invites(box: Box, work: Work, people: People, as_: As, client: PageClient) -> None:
    with work() as session:
        body = people_services.add_body(session, name="CSE voisin", kind=BodyKind.CSE, headcount=60)
        stranger = people_services.add_account(
            session, email="voisine@orvalie.example", name="Voisine Rive", role=Role.REPRESENTATIVE
        )
        start = clock.today() - timedelta(days=9)
        people_services.give_mandate(session, stranger, body, role=MandateRole.SECRETARY, starts_on=start)
        session.flush()
        session.refresh(stranger)
    data = {"kind": "invite", "lines": THREE, "roster": "lou@a.example;fr", "after": "0"}
    for account, status in ((people.hr, 403), (people.chair, 403), (people.admin, 403), (stranger, 404)):
        other = as_(account)
        other.get(page_of(box), status=status)
        attack(other, page_of(box), data, status=status)
        attack(other, f"{page_of(box)}/send", data, status=status)
    client.get(page_of(box), status=302)
    assert codes_kept(work) == []


@pytest.mark.parametrize("channels", [Channels.OPEN, Channels.SLIPS])
def test_a_letterbox_that_takes_none_has_no_such_page(
    work: Work, people: People, as_: As, channels: Channels
) -> None:
    other = letterbox(work, people, channels=channels)
    as_(people.rep1).get(page_of(other), status=404)
    attack(
        as_(people.rep1), f"{page_of(other)}/send", {"roster": "lou@a.example;fr", "after": "0"}, status=404
    )


def test_not_from_the_last_day_on(box: Box, work: Work, people: People, as_: As) -> None:
    with time_machine.travel(clock.now() + timedelta(days=14), tick=False):
        client = as_(people.rep1)
        assert not client.get(page_of(box)).doc.xpath("//main//form")
        attack(client, f"{page_of(box)}/send", {"roster": "lou@a.example;fr", "after": "0"}, status=409)
    assert codes_kept(work) == []
