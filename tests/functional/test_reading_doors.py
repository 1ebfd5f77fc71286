"""The doors of the reading side: languages, the access word, and what a server says of itself."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from consult.core import clock
from consult.people import services as people_services
from consult.reading.attempts import BURST, Attempts
from tests.client import PageClient
from tests.conftest import WORD, People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)


# ── languages ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("accepts", "cookie", "home"),
    [
        ("fr", "", "/fr/"),
        ("en-CA, fr;q=0.5", "", "/en/"),
        ("de", "", "/fr/"),
        ("", "", "/fr/"),
        ("fr", "en", "/en/"),
        ("en", "fr", "/fr/"),
        ("en", "de", "/en/"),
        ("en", "<script>", "/en/"),
    ],
)
def test_the_root_leads_to_a_language(client: PageClient, accepts: str, cookie: str, home: str) -> None:
    if cookie:
        client.http.set_cookie("lang", cookie)
    response = client.http.get("/", headers={"Accept-Language": accepts})
    assert (response.status_code, response.headers["Location"]) == (302, home)
    assert "Accept-Language" in response.headers["Vary"]
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_language_is_remembered_by_a_word_and_leads_back(client: PageClient, method: str) -> None:
    response = client.http.open("/language?to=en&back=/fr/notices%3Fstage%3Dlistening", method=method)
    assert response.status_code == 303
    assert response.headers["Location"] == "/en/notices?stage=listening"
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("lang=en;") and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert client.http.get("/").headers["Location"] == "/en/"


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/workspace/fr/", "/static/consult.css", "", "/\\evil"]
)
def test_a_language_never_leads_elsewhere(client: PageClient, back: str) -> None:
    response = client.http.get("/language", query_string={"to": "en", "back": back})
    assert response.headers["Location"] == "/en/"


def test_there_are_two_languages(client: PageClient) -> None:
    client.get("/language?to=de", status=404)
    client.get("/language", status=404)
    client.get("/de/", status=404)


def test_the_switch_and_the_alternates_lead_to_the_same_page(people: People, employee: PageClient) -> None:
    page = employee.get("/fr/commitments?state=late")
    switch = page.doc.xpath("//header//a[@hreflang='en']")[0]
    assert switch.get("lang") == "en"
    landed = employee.http.get(switch.get("href"))
    assert landed.headers["Location"] == "/en/commitments?state=late"
    alternates = {one.get("hreflang"): one.get("href") for one in page.doc.xpath("//link[@rel='alternate']")}
    assert alternates == {"fr": "/fr/commitments?state=late", "en": "/en/commitments?state=late"}


# ── the access word ────────────────────────────────────────────────────────────


@BOTH
def test_a_stranger_is_asked_for_the_word_and_enters_once(people: People, client: PageClient) -> None:
    asked = client.get("/fr/")
    assert asked.doc.xpath("//input[@name='word']")
    assert not asked.doc.xpath("//nav[@class='nav']"), "what lies behind is not listed"
    entered = client.submit(asked, {"word": " Tilleul BLEU "})
    assert entered.response.headers["Location"] == "/fr/"
    cookie = entered.response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Max-Age=7776000" in cookie
    assert client.get("/fr/").doc.xpath("//nav[@class='nav']")
    client.get("/en/commitments")


@BOTH
def test_deeper_addresses_ask_too_and_lead_on(people: People, client: PageClient) -> None:
    asked = client.get("/en/commitments?state=late", status=403)
    assert asked.form().xpath(".//input[@name='next']/@value") == ["/en/commitments?state=late"]
    entered = client.submit(asked, {"word": WORD})
    assert entered.response.headers["Location"] == "/en/commitments?state=late"


def test_a_stranger_cannot_tell_what_exists(people: People, client: PageClient) -> None:
    """The same answer for a notice that is there and one that is not is tested where notices are."""
    for path in ("/fr/notices/nothing", "/fr/notices/nothing/revisions/1", "/fr/notices", "/fr/commitments"):
        client.get(path, status=403)


def test_a_wrong_word_gets_the_same_page_whatever_it_is(people: People, client: PageClient) -> None:
    pages = set()
    for word in ("", "tilleul", "tilleul-bleu-", "x" * 3000, "<script>", "tilleul-ble"):
        if word == "tilleul-bleu-":
            continue  # signs do not count: it is the word
        page = client.post("/fr/access", {"word": word, "next": "/fr/notices"}, status=400)
        assert "Set-Cookie" not in page.response.headers
        assert page.response.headers["Cache-Control"] == "no-store"
        pages.add(page.response.get_data())
    assert len(pages) == 1
    (page,) = pages
    assert b"/fr/notices" in page


def test_the_next_page_is_never_elsewhere(people: People, client: PageClient) -> None:
    for bad in ("//evil.example", "https://evil.example/fr/", "/workspace/fr/", "/fr/\r\nX: y"):
        entered = client.post("/fr/access", {"word": WORD, "next": bad})
        assert entered.response.headers["Location"] == "/fr/"
    entered = client.post("/fr/access", {"word": WORD, "next": "/speak/fr/0a1b/"})
    assert entered.response.headers["Location"] == "/speak/fr/0a1b/"


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
def test_another_site_cannot_type_it(people: People, client: PageClient, headers: dict[str, str]) -> None:
    response = client.http.post("/fr/access", data={"word": WORD}, headers=headers)
    assert response.status_code == 400
    assert "Set-Cookie" not in response.headers


def test_a_reload_of_the_answer_leads_home(people: People, client: PageClient) -> None:
    assert client.http.get("/en/access").headers["Location"] == "/en/"


def test_the_cookie_is_the_same_for_every_reader_of_a_word(people: People, app: Flask) -> None:
    values = set()
    for agent in ("One/1.0", "Two/2.0"):
        response = app.test_client().post("/fr/access", data={"word": WORD}, headers={"User-Agent": agent})
        values.add(response.headers["Set-Cookie"].partition(";")[0])
    assert len(values) == 1


def test_wrong_words_are_slowed_for_everybody_and_by_no_address(
    people: People, app: Flask, client: PageClient
) -> None:
    app.extensions["consult.attempts"] = Attempts(0.0)
    try:
        for _ in range(BURST):
            client.post("/fr/access", {"word": "wrong"}, status=400)
        client.post("/fr/access", {"word": "wrong"}, status=429)
        other = app.test_client().post(
            "/fr/access", data={"word": "wrong"}, environ_overrides={"REMOTE_ADDR": "10.0.0.9"}
        )
        assert other.status_code == 429
        client.get("/fr/")
    finally:
        app.extensions["consult.attempts"] = Attempts(0.0)


def test_a_rotated_word_opens_at_once_and_the_old_one_for_thirty_days(
    people: People, client: PageClient, work: Any, app: Flask
) -> None:
    before = PageClient(app).with_word(WORD)
    before.get("/fr/notices")
    with work() as session:
        people_services.rotate_access_word(session, "saule-vert", on=clock.today())
    before.get("/fr/notices")  # thirty more days
    client.submit(client.get("/fr/"), {"word": "saule-vert"})
    client.get("/fr/notices")
    with work() as session:
        people_services.rotate_access_word(session, "chêne-rouge", on=clock.today())
    before.get("/fr/notices", status=403)
    client.get("/fr/notices")
    PageClient(app).with_word("chene rouge").get("/fr/notices")


def test_a_forged_cookie_opens_nothing(people: People, client: PageClient) -> None:
    for forged in ("1." + "0" * 40, WORD, "", "1.", "employees"):
        client.http.set_cookie("access", forged)
        client.get("/fr/notices", status=403)


def test_an_organisation_may_have_no_word_at_all(people: People, client: PageClient, work: Any) -> None:
    from consult.people import queries
    from consult.register import services as register

    with work() as session:
        queries.organisation(session).is_public = True
        register.touch(session)
    client.get("/fr/notices")


# ── about this server ──────────────────────────────────────────────────────────


@BOTH
def test_healthz_says_that_it_can_serve_and_nothing_else(client: PageClient) -> None:
    response = client.http.get("/healthz")
    assert (response.status_code, response.get_data(as_text=True)) == (200, "ok\n")
    assert response.mimetype == "text/plain"


def test_healthz_says_when_it_cannot(client: PageClient, work: Any) -> None:
    from sqlalchemy import text

    with work() as session:
        session.execute(text("ALTER TABLE content_version RENAME TO elsewhere"))
    response = client.http.get("/healthz")
    assert (response.status_code, response.get_data(as_text=True)) == (503, "cannot serve\n")


def test_an_error_page_stands_without_a_database(client: PageClient, work: Any, app: Flask) -> None:
    from sqlalchemy import text

    with work() as session:
        session.execute(text("ALTER TABLE organisation RENAME TO elsewhere"))
    page = client.get("/fr/nothing-here", status=404)
    assert page.h1


def test_robots_are_told_to_stay_away(client: PageClient) -> None:
    assert client.http.get("/robots.txt").get_data(as_text=True) == "User-agent: *\nDisallow: /\n"
    response = client.http.get("/fr/")
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_nothing_invites_a_preview_or_calls_elsewhere(people: People, employee: PageClient) -> None:
    for path in ("/fr/", "/en/notices", "/fr/commitments", "/fr/stored", "/en/accessibility"):
        page = employee.get(path)
        assert page.doc.xpath("//meta[@name='robots'][contains(@content, 'noindex')]")
        assert not page.doc.xpath("//meta[@property or starts-with(@name, 'twitter')]")
        assert "default-src 'none'" in page.response.headers["Content-Security-Policy"]
        assert page.response.headers["Referrer-Policy"] == "no-referrer"


def test_reading_touches_no_session(people: People, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even to look whether there is one: no page sets a cookie or varies by it."""
    touched: list[str] = []

    def save(self: Any, app: Flask, session: Any, response: Any) -> None:
        from flask import request

        if session.accessed:
            touched.append(request.path)

    monkeypatch.setattr(SecureCookieSessionInterface, "save_session", save)
    reader = PageClient(app).with_word(WORD)
    for path in (
        "/",
        "/fr/",
        "/en/notices",
        "/fr/commitments",
        "/fr/stored",
        "/robots.txt",
        "/healthz",
        "/nothing",
    ):
        response = reader.http.get(path)
        assert "Set-Cookie" not in response.headers, path
    assert touched == []


def test_somebody_signed_in_is_nobody_here(people: People, as_: Any) -> None:
    """The session’s cookie is not sent to these addresses; sent all the same, it changes nothing."""
    member = as_(people.rep1)
    member.get("/fr/notices", status=403)
    cookie = member.http.get_cookie("consult_session", path="/workspace")
    assert cookie is not None
    response = member.http.get("/fr/notices", headers={"Cookie": f"consult_session={cookie.value}"})
    assert response.status_code == 403
    assert "Maxime" not in response.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/fr/stored", "/en/stored", "/fr/accessibility", "/en/accessibility"])
def test_what_the_server_keeps_is_read_before_the_word_is_typed(client: PageClient, path: str) -> None:
    client.get(path)
