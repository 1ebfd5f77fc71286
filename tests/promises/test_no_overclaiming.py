"""What the server says of itself holds against its own schema, its own answers and its own document."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Date, DateTime

from consult import tables
from consult.core.i18n import writing_in
from consult.reading import stored
from consult.reading.limits import LIMITS, NOT_STORED, STRICT
from tests.client import PageClient
from tests.conftest import WORD, People

ROOT = Path(__file__).resolve().parents[2]
BOASTS = re.compile(
    r"100\s?%\s+anonym|(?:totally|fully|completely) anonymous|totalement anonyme|entièrement anonyme"
    r"|unbreakable|military|guaranteed|garanti[e]?\b|impossible to trace|intraçable|bank-grade",
    re.IGNORECASE,
)


@pytest.fixture(params=["fr", "en"])
def page(request: pytest.FixtureRequest, client: PageClient) -> Any:
    return client.get(f"/{request.param}/stored")


def test_every_column_of_the_voice_is_described() -> None:
    """One that nobody described would stand on the page as such; here it fails."""
    for name, (_text, _until, columns) in stored.VOICE.items():
        table = tables.metadata.tables[name]
        assert set(columns) == {one.name for one in table.columns}, name


def test_every_table_is_described_once() -> None:
    described = [*stored.VOICE, *(name for group in stored.REST.values() for name in group)]
    assert sorted(described) == sorted(set(described))
    assert set(described) == set(tables.metadata.tables)


def test_whatever_is_sealed_for_a_letterbox_is_among_the_voice() -> None:
    """A new table beside a letterbox cannot hide among "everything else"."""
    for table in tables.metadata.tables.values():
        beside = any(key.column.table.name in {"letterbox", "voice", "batch"} for key in table.foreign_keys)
        if beside and table.name != "consultation":
            assert table.name in stored.VOICE, table.name


def test_a_column_nobody_described_is_shown_as_such(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    text, until, columns = stored.VOICE["waiting"]
    fewer = {name: words for name, words in columns.items() if name != "lane"}
    monkeypatch.setitem(stored.VOICE, "waiting", (text, until, fewer))
    with app.test_request_context("/en/"):
        lane = next(
            column
            for table in stored.voice_tables()
            if table.name == "waiting"
            for column in table.columns
            if column.name == "lane"
        )
        assert str(lane.text) == "Not described."


def test_a_table_nobody_described_is_shown_as_such(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(stored.VOICE, "spent")
    with app.test_request_context("/en/"):
        title, unknown = stored.rest_tables()[-1]
    assert str(title) == "Not described."
    assert [one.name for one in unknown] == ["spent"]


def test_every_column_stands_on_the_page(page: Any) -> None:
    for name in stored.VOICE:
        cells = {one.text_content() for one in page.doc.xpath("//th/code")}
        for column in tables.metadata.tables[name].columns:
            assert column.name in cells, f"{name}.{column.name}"
    for name in tables.metadata.tables:
        assert page.doc.xpath("//code[text()=$name]", name=name), name


@pytest.mark.parametrize("claim", [claim for claim, _words in NOT_STORED], ids=str)
def test_what_is_said_not_to_be_stored_is_in_no_column(claim: Any) -> None:
    words = next(words for one, words in NOT_STORED if one is claim)
    for name in STRICT:
        for column in tables.metadata.tables[name].columns:
            parts = column.name.split("_")
            if (name, column.name) == ("batch", "at_least"):
                continue  # how many, not when
            assert not set(parts) & set(words), f"{name}.{column.name} against {claim}"


def test_the_only_date_beside_messages_is_that_of_the_release() -> None:
    dated = {
        (name, column.name)
        for name in STRICT
        for column in tables.metadata.tables[name].columns
        if isinstance(column.type, (Date, DateTime))
    }
    assert dated == {("batch", "released_on")}


def test_no_table_of_messages_points_at_a_person() -> None:
    for name in STRICT:
        for key in tables.metadata.tables[name].foreign_keys:
            assert key.column.table.name in {"letterbox", "batch"}


def test_all_sixteen_limits_stand_on_the_page(page: Any, app: Flask) -> None:
    assert len(LIMITS) == 16
    items = [
        " ".join(one.text_content().split())
        for one in page.doc.xpath("//section[@aria-labelledby='limits']//ol/li")
    ]
    with app.test_request_context(page.path), writing_in(page.path[1:3]):
        assert items == [" ".join(str(one).split()) for one in LIMITS]


def test_the_limits_are_those_of_the_document() -> None:
    """One for one, in the same order: by a word of each that the others do not have."""
    marks = (
        "while it runs",
        "own phone",
        "hourly copies",
        "backup",
        "journals",
        "invitation by",
        "throw a message away",
        "Destroy it",
        "private window",
        "five where your site",
        "open to all",
        "style",
        "recognise",
        "asking",
        "not quoted",
        "two slips",
    )
    for mark, limit in zip(marks, LIMITS, strict=True):
        assert mark in str(limit)
        assert sum(mark in str(one) for one in LIMITS) == 1, mark


def test_deleting_a_key_is_not_said_to_reach_old_copies(page: Any) -> None:
    """Old copies and a passphrase open the texts: the page says exactly this."""
    expected = {
        "en": "until the last backup of that time has been destroyed",
        "fr": "tant que la dernière sauvegarde de cette époque n’est pas détruite",
    }
    text = page.text
    assert expected["en"] in text or expected["fr"] in text


def test_the_cookies_are_those_the_page_names(people: People, app: Flask) -> None:
    set_by_pages = set()
    client = app.test_client()
    for path, data in (("/fr/access", {"word": WORD}), ("/language?to=en", {})):
        response = client.post(path, data=data)
        set_by_pages |= {one.partition("=")[0] for one in response.headers.getlist("Set-Cookie")}
    for path in ("/fr/", "/en/notices", "/fr/commitments", "/fr/stored", "/nothing"):
        set_by_pages |= {one.partition("=")[0] for one in client.get(path).headers.getlist("Set-Cookie")}
    assert set_by_pages == {"access", "lang"}
    with app.app_context():
        assert app.config["SESSION_COOKIE_PATH"] == "/workspace"


def test_no_page_and_no_catalogue_boasts() -> None:
    for folder in ("templates", "consult", "translations"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".html", ".txt", ".py", ".po"} and path.is_file():
                found = BOASTS.search(path.read_text(encoding="utf-8"))
                assert not found, f"{path.relative_to(ROOT)}: {found and found.group()}"


def test_the_word_says_that_it_does_not_stop_a_leak(people: People, client: PageClient) -> None:
    assert "It does not stop someone determined to leak a text." in client.get("/en/").text


def test_a_notice_never_says_that_a_system_is_cleared() -> None:
    """The product computes dates and says who must act; it gives no permission."""
    for path in (ROOT / "templates" / "reading").rglob("*.html"):
        source = path.read_text().lower()
        for word in ("authorised", "authorized", "cleared", "compliant", "lawful", "in order"):
            assert word not in source, f"{path.name}: {word}"
