"""The poster of a notice: what is printed, where the access word goes, who may have it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pypdf
import pytest

from consult.anonymity import words
from consult.consultations import poster, queries
from consult.consultations import services as consultations
from consult.core import clock
from consult.core.errors import WrongState
from consult.documents import pdf, qr
from consult.people import queries as people_queries
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import Languages
from consult.voices import queries as voices
from tests import sending
from tests.client import PageClient
from tests.conftest import WORD, People

ADDRESS = "https://consult.orvalie.example"
Work = Callable[..., Any]


@pytest.fixture
def consultation_id(work: Work, people: People) -> UUID:
    with work() as session:
        notice = sending.sent(session, people)
        for account in (people.rep1, people.rep2):
            sending.with_key(session, account)
        return queries.of_notice(session, notice.id)[0].id


def made(work: Work, ident: UUID, *, on: date | None = None) -> dict[str, Any]:
    with work() as session:
        found = queries.by_id(session, ident)
        return poster.contents(session, found, address=ADDRESS, on=on or clock.today())


def printed(content: bytes) -> tuple[pypdf.PdfReader, str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_both_languages_stand_on_one_sheet(work: Work, people: People, consultation_id: UUID) -> None:
    with work() as session:
        sending.opened(session, people, consultation_id)
    with work() as session:
        found = queries.by_id(session, consultation_id)
        content = poster.poster(session, found, address=ADDRESS, on=clock.today())
        key = voices.letterbox(session, found.letterbox_id).public_key
    reader, text = printed(content)
    (page,) = reader.pages
    assert [round(float(one) / 72 * 25.4) for one in page.mediabox[2:]] == [210, 297]
    assert reader.trailer["/Root"]["/Lang"].startswith("fr") and reader.trailer["/Root"]["/StructTreeRoot"]
    for said in (
        "Plume, l’assistant", "Plume, the assistant", "what (français)", "what (English)", "Orvalie",
        "consult.orvalie.example/fr/notices/plume", WORD, "Maxime Adjovi", "Paule Roussel",
        *words.fingerprint(key, locale="fr"), *words.fingerprint(key, locale="en"),
        str((clock.today() + timedelta(days=14)).year), "Say what you think.",
    ):  # fmt: skip
        assert said in text, said


def test_the_word_stands_behind_the_hash_and_nowhere_else_in_the_address() -> None:
    address = poster.address_of(ADDRESS, "plume", lang="fr", word="mot d’été & co#1")
    path, _, fragment = address.partition("#")
    assert path == f"{ADDRESS}/fr/notices/plume"
    assert fragment == "word=mot%20d%E2%80%99%C3%A9t%C3%A9%20%26%20co%231"
    assert poster.address_of(ADDRESS, "plume", lang="en", word="") == f"{ADDRESS}/en/notices/plume"


def test_the_code_holds_that_address(work: Work, people: People, consultation_id: UUID) -> None:
    data = made(work, consultation_id)
    assert data["qr"] == qr.svg(f"{ADDRESS}/fr/notices/plume#word={WORD}")
    assert WORD not in data["address"]
    ElementTree.fromstring(data["qr"])


def test_an_organisation_without_a_word_prints_none(
    work: Work, people: People, consultation_id: UUID
) -> None:
    with work() as session:
        people_queries.organisation(session).is_public = True
    data = made(work, consultation_id)
    assert data["word"] == "" and data["qr"] == qr.svg(f"{ADDRESS}/fr/notices/plume")
    pdf.render("poster", {**data, "title": "x"}, on=clock.today())


def test_what_it_says_of_speaking_follows_the_letterbox(
    work: Work, people: People, consultation_id: UUID
) -> None:
    today = clock.today()
    without = made(work, consultation_id)["sides"][1]
    assert without["call"] == "Read what is planned." and not without["fingerprint"] and not without["until"]
    assert "your representatives (CSE d’Orvalie)" in without["points"][2]
    with work() as session:
        sending.opened(session, people, consultation_id, opens_on=today + timedelta(days=2))
    planned = made(work, consultation_id)["sides"][1]
    assert planned["call"] == "Say what you think." and planned["until"].startswith("From ")
    running = made(work, consultation_id, on=today + timedelta(days=2))["sides"][1]
    assert running["until"].startswith("Until ") and running["fingerprint"].count(",") == 5
    assert "Maxime Adjovi and Paule Roussel" in running["points"][1]
    over = made(work, consultation_id, on=today + timedelta(days=15))["sides"][1]
    assert over["call"] == "Read what is planned." and not over["until"]


def test_before_employees_may_read_it_says_from_when(work: Work, people: People) -> None:
    later = clock.today() + timedelta(days=9)
    with work() as session:
        notice = sending.written(session, people.hr)
        body, hr = session.get_one(Body, people.body.id), session.get_one(Account, people.hr.id)
        consultations.send(session, notice, body=body, actor=hr, on=clock.today(), held_until=later)
        ident = queries.of_notice(session, notice.id)[0].id
    assert made(work, ident)["sides"][1]["until"].startswith("To be read from ")


def test_the_authoritative_language_comes_first(
    work: Work, consultation_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poster, "source_of", lambda _revision: "en")
    data = made(work, consultation_id)
    assert data["lang"] == "en" and [one["lang"] for one in data["sides"]] == ["en", "fr"]
    assert data["address"].startswith("consult.orvalie.example/en/")


def test_both_may_stand_first(work: Work, consultation_id: UUID) -> None:
    """Where both texts count, neither is the smaller one."""
    data = made(work, consultation_id)
    assert data["is_equal"] is False
    reader, text = printed(pdf.render("poster", {**data, "is_equal": True, "title": "x"}, on=clock.today()))
    assert len(reader.pages) == 1 and "Plume, l’assistant" in text and "Plume, the assistant" in text


@pytest.mark.parametrize("only", list(Languages))
def test_an_organisation_of_one_language_prints_one(
    work: Work, consultation_id: UUID, only: Languages
) -> None:
    with work() as session:
        people_services.set_languages(session, only)
    data = made(work, consultation_id)
    assert [one["lang"] for one in data["sides"]] == ([only.only] if only.only else ["fr", "en"])
    reader, text = printed(pdf.render("poster", {**data, "title": "x"}, on=clock.today()))
    assert len(reader.pages) == 1
    assert ("what (français)" in text) == (only is not Languages.ENGLISH)
    assert ("what (English)" in text) == (only is not Languages.FRENCH)


@pytest.mark.parametrize(
    "title",
    ["x" * 160, "Un titre très long qui ne dit pas grand-chose " * 4, "#import $ * _ <b> \U0001f600 \\", "="],
)
def test_any_title_keeps_to_one_sheet(work: Work, people: People, consultation_id: UUID, title: str) -> None:
    data = made(work, consultation_id)
    for side in data["sides"]:
        side["title"]["text"] = poster._clipped(title, poster.TITLE_LENGTH)
        side["what"]["text"] = poster._clipped("Une phrase qui dure. " * 40, poster.SENTENCE_LENGTH)
        side["points"] = ["Quelqu’un dont le nom est fort long, " * 4] * 3
    data["address"] = "consult.une-tres-longue-adresse.example/fr/notices/" + "une-notice-" * 4
    reader, _text = printed(pdf.render("poster", {**data, "title": "Affiche"}, on=clock.today()))
    assert len(reader.pages) == 1


def test_both_sides_download_it_and_nobody_keeps_a_copy(
    work: Work,
    people: People,
    consultation_id: UUID,
    as_: Callable[[Account], PageClient],
    client: PageClient,
) -> None:
    path = f"/workspace/fr/consultations/{consultation_id}/poster.pdf"
    for account in (people.hr, people.rep1, people.chair):
        answer = as_(account).http.get(path)
        assert answer.status_code == 200 and answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF-") and "no-store" in answer.headers["Cache-Control"]
        assert "plume.pdf" in answer.headers["Content-Disposition"]
        assert path in as_(account).get(f"/workspace/fr/consultations/{consultation_id}").links()
    assert as_(people.admin).http.get(path).status_code == 403
    assert client.http.get(path).status_code in {302, 303}


def test_a_withdrawn_notice_has_no_poster(
    work: Work, people: People, consultation_id: UUID, as_: Callable[[Account], PageClient]
) -> None:
    with work() as session:
        found = queries.by_id(session, consultation_id)
        hr = session.get_one(Account, people.hr.id)
        consultations.withdraw(session, found.notice, reason=sending.both("Non"), actor=hr, on=clock.today())
    with pytest.raises(WrongState):
        made(work, consultation_id)
    path = f"/workspace/fr/consultations/{consultation_id}"
    assert as_(people.hr).http.get(f"{path}/poster.pdf").status_code == 409
    assert f"{path}/poster.pdf" not in as_(people.hr).get(path).links()


def test_the_word_in_force_is_printed(work: Work, people: People, consultation_id: UUID) -> None:
    with work() as session:
        people_services.rotate_access_word(session, "coquelicot", on=clock.today())
    assert made(work, consultation_id)["word"] == "coquelicot"
