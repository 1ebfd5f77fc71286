"""The anonymous pages, as an employee without an account meets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from consult.anonymity import sealing
from consult.anonymity.message import Message
from consult.core.db import db
from consult.voices import services
from consult.voices.models import Letterbox, Waiting
from consult.voices.rules import Bucket
from tests.client import Page, PageClient
from tests.conftest import People
from tests.letterboxes import AFTER, CLOSES, MONDAY, OPENS, Box, open_box
from tests.postgres import BOTH

TEXT = "Je suis la seule à faire les dossiers de succession à Lille.\nMonique m’a dit qu’elle n’ose pas."
DAY = OPENS + timedelta(days=1)


@pytest.fixture
def box(people: People, work: Callable[..., Any]) -> Box:
    return open_box(work)


@pytest.fixture(autouse=True)
def day() -> Any:
    with time_machine.travel(DAY, tick=False) as traveller:
        yield traveller


def address(box: Box, page: str = "", language: str = "fr") -> str:
    return f"/speak/{language}/{box.address}/{page}"


def fields(text: str = TEXT, **other: Any) -> dict[str, Any]:
    return {"kind": "worry", "language": "fr", "text": text, "topics": ["workload", "skills"]} | other


def waiting(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Waiting)) or 0


def typed(page: Page) -> str:
    """The text a refusal or a form hands back."""
    found = page.doc.xpath("//textarea")
    assert len(found) == 1
    return str(found[0].text).replace("\r\n", "\n").lstrip("\n")


# ── writing, reviewing, sending ────────────────────────────────────────────────


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_a_message_is_written_reviewed_and_sent(box: Box, employee: PageClient, app: Flask) -> None:
    page = employee.get(address(box))
    review = employee.submit(
        page, {"kind": "question", "text": TEXT, "topics": ["skills"]}, action="review", status=200
    )
    assert waiting(app) == 0
    sent = employee.submit(review, action="send")
    assert sent.response.headers["Location"] == address(box, "sent")
    done = employee.follow(sent)
    assert done.h1 == "C’est envoyé"
    with app.app_context():
        row = db.session.scalars(select(Waiting)).one()
        message = Message.decode(sealing.open_sealed(box.keys.private, row.sealed))
    assert (message.kind, message.topics, message.language, message.text) == (
        "question",
        ("skills",),
        "fr",
        TEXT,
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_writing_page_says_who_reads_when_and_what_is_kept(
    box: Box, employee: PageClient, language: str
) -> None:
    page = employee.get(address(box, language=language))
    for said in ("Mireille Adjovi", "Paul Roussel", "Lena Kermarrec", "CSE d’Orvalie", "112", "3114"):
        assert said in page.text, said
    told = {
        "fr": (
            "9 novembre 2026",
            "20 messages",
            "10",
            "non des personnes",
            "9 décembre 2026",
            "votre téléphone",
            "36 jours",
        ),
        "en": (
            "9 November 2026",
            "20 messages",
            "10",
            "not people",
            "9 December 2026",
            "your own phone",
            "36 days",
        ),
    }[language]
    text = page.text.replace("\u00a0", " ")
    for said in told:
        assert said in text, said
    assert f"/{language}/stored" in page.links()
    assert f"/{language}/notices/plume" in page.links()
    assert f"/speak/{language}/leave" in page.links()
    other = "en" if language == "fr" else "fr"
    assert address(box, language=other) in page.links()


def test_the_text_field_tells_the_browser_to_keep_nothing(box: Box, employee: PageClient) -> None:
    page = employee.get(address(box))
    area = page.doc.xpath("//textarea")[0]
    assert (area.get("autocomplete"), area.get("spellcheck"), area.get("translate")) == ("off", "false", "no")
    assert page.form("review").get("autocomplete") == "off"
    assert area.get("maxlength") is None, "a paste cut short loses text"


def test_the_review_marks_what_may_give_the_author_away(box: Box, employee: PageClient) -> None:
    page = employee.post(address(box, "review"), fields(), status=200)
    marked = [mark.text_content().strip() for mark in page.doc.xpath("//mark")]
    assert [one.rsplit(" ", 1)[1] for one in marked] == ["1", "2", "3"]
    assert marked[0].startswith("Je suis la seule")
    assert any(one.startswith("Lille") for one in marked)
    assert any(one.startswith("Monique") for one in marked)
    assert len(page.doc.xpath("//ol[contains(@class,'dates')]/li")) == 3
    whole = page.doc.xpath("//p[contains(@class,'as-written')]")[0].text_content()
    assert whole.replace(" 1", "").replace(" 2", "").replace(" 3", "") == TEXT


def test_a_review_without_anything_found_never_blocks(box: Box, employee: PageClient) -> None:
    page = employee.post(address(box, "review"), fields("Le rythme monte."), status=200)
    assert not page.doc.xpath("//mark")
    employee.submit(page, action="send")


def test_what_the_notice_is_about_is_not_taken_for_a_colleague(box: Box, employee: PageClient) -> None:
    page = employee.post(address(box, "review"), fields("Selon Plume et selon Zbyrek, non."), status=200)
    (mark,) = page.doc.xpath("//mark")
    assert mark.text_content().startswith("Zbyrek")


def test_going_back_to_the_text_keeps_it_whole(box: Box, employee: PageClient, app: Flask) -> None:
    review = employee.post(address(box, "review"), fields(), status=200)
    edit = review.doc.xpath("//button[@name='edit']")[0]
    data = dict(review.form().form_values())
    page = employee.post(
        edit.get("formaction"), data | {"edit": "1", "topics": ["workload", "skills"]}, status=200
    )
    assert typed(page) == TEXT
    assert page.doc.xpath("//input[@name='kind' and @value='worry']/@checked")
    assert len(page.doc.xpath("//input[@name='topics' and @checked]")) == 2
    assert waiting(app) == 0


def test_scripts_or_not_one_can_send_without_reviewing(box: Box, employee: PageClient, app: Flask) -> None:
    page = employee.get(address(box))
    button = page.doc.xpath("//noscript//button[@formaction]")[0]
    employee.post(button.get("formaction"), fields())
    assert waiting(app) == 1


def test_what_is_typed_is_never_markup(box: Box, employee: PageClient) -> None:
    page = employee.post(address(box, "review"), fields("<script>alert(1)</script> <b>gras</b>"), status=200)
    assert not page.doc.xpath("//main//script|//main//b[text()='gras']")
    assert (
        "<script>alert(1)</script>" in page.doc.xpath("//p[contains(@class,'as-written')]")[0].text_content()
    )


# ── refusals, each with the text ───────────────────────────────────────────────


@pytest.mark.parametrize("page", ["review", "send"])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "rumour"}, "Not a valid choice"),
        ({"kind": ""}, "Dites ce qu’est"),
        ({"topics": ["gossip"]}, ""),
        ({"language": "de"}, ""),
        ({"language": ""}, ""),
        ({"text": "x" * 4200}, "Trop long d’environ"),
        ({"text": "   \n "}, "Écrivez ce que vous avez à dire"),
    ],
)
def test_malformed_input_is_refused_with_the_text(
    box: Box, employee: PageClient, app: Flask, page: str, wrong: dict[str, Any], said: str
) -> None:
    answer = employee.post(address(box, page), fields() | wrong, status=400)
    assert waiting(app) == 0
    assert typed(answer) == str(wrong.get("text", TEXT)).lstrip("\n")
    assert answer.doc.xpath("//*[@role='alert']")
    if said and not said.startswith("Not"):
        assert said in answer.text.replace("\u00a0", " ")


def test_too_long_says_by_how_much(box: Box, employee: PageClient) -> None:
    empty = len(
        Message.decode(b'{"kind":"worry","language":"fr","text":"","topics":["workload","skills"]}').encode()
    )
    fits = 4095 - empty
    employee.post(address(box, "review"), fields("a" * fits), status=200)
    page = employee.post(address(box, "review"), fields("a" * (fits + 7)), status=400)
    assert "environ 7 signes" in page.text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("text", ["é" * 2000, "ж" * 2010, "🙂" * 1000, '"' * 2010, "\r\n" * 1000 + "a"])
def test_whatever_can_be_sealed_fits_the_body(box: Box, employee: PageClient, app: Flask, text: str) -> None:
    """Any script may be used: three bytes a byte is what a form makes of it."""
    employee.post(address(box, "send"), fields(text, topics=[]))
    assert waiting(app) == 1


@pytest.mark.parametrize("page", ["review", "send"])
def test_a_body_over_twelve_kib_is_not_read(box: Box, employee: PageClient, app: Flask, page: str) -> None:
    answer = employee.post(address(box, page), fields("x" * 12_500), status=413)
    assert answer.h1 == "Ce texte est beaucoup trop long"
    assert "xxx" not in answer.text
    assert waiting(app) == 0


@pytest.mark.parametrize(
    ("on", "title"), [(OPENS - timedelta(days=1), "n’est pas encore ouverte"), (AFTER, "est close")]
)
def test_outside_its_days_nothing_is_taken(
    box: Box, employee: PageClient, app: Flask, day: Any, on: Any, title: str
) -> None:
    day.move_to(on)
    assert title in employee.get(address(box)).h1
    for page in ("review", "send"):
        answer = employee.post(address(box, page), fields(), status=409)
        assert title in answer.h1
        assert typed(answer) == TEXT
        assert "Rien n’a été envoyé" in answer.text
    assert waiting(app) == 0


def test_the_last_day_counts(box: Box, employee: PageClient, app: Flask, day: Any) -> None:
    day.move_to(CLOSES)
    assert "dernier jour" in employee.get(address(box)).text
    employee.post(address(box, "send"), fields())
    assert waiting(app) == 1


@pytest.mark.parametrize("wrong", ["0" * 32, "plume", "0" * 31, "G" * 32, "0" * 33])
def test_an_unknown_letterbox_hands_the_text_back(box: Box, employee: PageClient, wrong: str) -> None:
    employee.get(f"/speak/fr/{wrong}/", status=404)
    answer = employee.post(f"/speak/fr/{wrong}/send", fields(), status=404)
    assert typed(answer) == TEXT


def test_too_many_at_once_hands_the_text_back(box: Box, employee: PageClient, app: Flask, day: Any) -> None:
    kept = app.extensions["consult.speak_bucket"]
    app.extensions["consult.speak_bucket"] = Bucket(2, 0.1)
    try:
        employee.post(address(box, "send"), fields())
        employee.post(address(box, "send"), fields())
        answer = employee.post(address(box, "send"), fields(), status=429)
        assert typed(answer) == TEXT
        assert answer.response.headers["Retry-After"]
        assert waiting(app) == 2
        day.shift(timedelta(minutes=1))
        employee.submit(answer, action="send")
        assert waiting(app) == 3
    finally:
        app.extensions["consult.speak_bucket"] = kept


def test_a_closing_release_meanwhile_is_a_refusal(
    box: Box, employee: PageClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed before, inserted after: the row would lie unread for ever."""
    real = services.post

    def late(session: Any, ready: services.Sealed) -> None:
        session.get(Letterbox, box.id).is_closed = True
        session.flush()
        real(session, ready)

    monkeypatch.setattr(services, "post", late)
    answer = employee.post(address(box, "send"), fields(), status=409)
    assert typed(answer) == TEXT
    assert waiting(app) == 0


def test_a_fault_of_ours_hands_the_text_back(
    box: Box, employee: PageClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError(TEXT)

    monkeypatch.setattr(services, "post", broken)
    answer = employee.post(address(box, "send"), fields(), status=500)
    assert typed(answer) == TEXT
    monkeypatch.undo()
    employee.submit(answer, action="send")
    assert waiting(app) == 1


def test_a_reload_of_review_or_send_leads_back(box: Box, employee: PageClient) -> None:
    for page in ("review", "send"):
        answer = employee.get(address(box, page), status=303)
        assert answer.response.headers["Location"] == address(box)


# ── access word, origin, uploads ───────────────────────────────────────────────


def test_a_stranger_is_asked_for_the_word(box: Box, client: PageClient, app: Flask) -> None:
    for page in ("", "sent"):
        answer = client.get(address(box, page), status=403)
        form = answer.form("access")
        assert form.get("action") == "/fr/access"
        assert form.xpath(".//input[@name='next']/@value") == [address(box, page)]
        assert "Orvalie" in answer.text
    for page in ("review", "send"):
        answer = client.post(address(box, page), fields(), status=403)
        assert typed(answer) == TEXT
    assert waiting(app) == 0
    assert "Orvalie" in client.get("/speak/fr/" + "0" * 32 + "/", status=403).text


def test_the_way_out_needs_no_word(box: Box, client: PageClient) -> None:
    answer = client.get("/speak/en/leave", status=303).response
    assert answer.headers["Location"].startswith("https://en.wikipedia.org/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null"}, 400),
        ({"Origin": "https://evil.example"}, 400),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
    ],
)
def test_only_our_own_pages_may_send(
    box: Box, employee: PageClient, app: Flask, headers: dict[str, str], status: int
) -> None:
    employee.post(address(box, "send"), fields(), status=status, headers=headers)
    assert waiting(app) == (status == 303)
    employee.post(address(box, "review"), fields(), status=200 if status == 303 else 400, headers=headers)


def test_no_uploads(box: Box, employee: PageClient, app: Flask) -> None:
    employee.post(address(box, "send"), fields(), status=400, content_type="multipart/form-data")
    employee.post(address(box, "send"), {}, status=400, content_type="application/json")
    assert waiting(app) == 0


def test_the_next_opening_is_said_after_sending(box: Box, employee: PageClient, day: Any) -> None:
    day.move_to(MONDAY)
    text = employee.get(address(box, "sent")).text.replace("\u00a0", " ")
    assert "30 novembre 2026" in text
    assert "20 messages" in text
    assert "1ᵉʳ mars 2027" in text or "1 mars 2027" in text
    day.move_to(CLOSES - timedelta(days=1))
    text = employee.get(address(box, "sent")).text.replace("\u00a0", " ")
    assert "10 décembre 2026" in text
    assert "20 messages" not in text
