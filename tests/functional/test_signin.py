"""Signing in, as somebody would who tries to get in without being invited."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from consult.core import clock
from consult.people.models import Account
from consult.signin import passwords, services, views
from consult.signin.models import TokenPurpose
from consult.signin.rules import DEMO_PASSWORD, LinkSpent, PasswordFault, fault_of, safe_next, wait_after
from tests.client import Page, PageClient
from tests.conftest import People

GOOD = "trois-hérons-au-marais"
DOOR = "/workspace/fr/sign-in"
WRONG = "ne vont pas ensemble"


@pytest.fixture(autouse=True)
def _door() -> Iterator[None]:
    views.door.refill()
    yield
    views.door.refill()


@pytest.fixture
def with_password(app: Flask, work: Callable[..., object], people: People) -> Account:
    """HR with a password of their own."""
    with app.app_context():
        made = passwords.hashed(GOOD)
    with work() as session:
        session.get_one(Account, people.hr.id).password_hash = made
    return people.hr


def enter(client: PageClient, email: str, password: str, *, status: int = 303, door: str = DOOR) -> Page:
    return client.submit(client.get(door), {"email": email, "password": password}, status=status)


def test_signing_in_leads_to_what_waits(client: PageClient, with_password: Account) -> None:
    page = client.follow(enter(client, with_password.email.upper(), GOOD))
    assert page.h1 == "Ce qui m’attend"
    assert "Claire Besson" in page.text


def test_the_cookie_stays_in_the_workspace(client: PageClient, with_password: Account) -> None:
    answer = enter(client, with_password.email, GOOD)
    cookies = [
        one for one in answer.response.headers.getlist("Set-Cookie") if one.startswith("consult_session")
    ]
    assert cookies
    for one in cookies:
        assert "Path=/workspace" in one and "HttpOnly" in one and "SameSite=Lax" in one


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: PageClient, with_password: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str | None] = []
    right = passwords.matches
    monkeypatch.setattr(
        passwords, "matches", lambda stored, typed: checked.append(stored) or right(stored, typed)
    )
    pages = [
        enter(client, email, "pas le bon du tout", status=400).text.replace(email, "")
        for email in (with_password.email, "personne@orvalie.example")
    ]
    assert pages[0] == pages[1] and WRONG in pages[0]
    assert len(checked) == 2, "a password was checked for nobody too, so that time tells nothing"


def test_what_was_typed_stays_but_never_the_password(client: PageClient, with_password: Account) -> None:
    page = enter(client, with_password.email, "pas le bon du tout", status=400)
    assert page.doc.xpath("//input[@type='email']/@value") == [with_password.email]
    assert not page.doc.xpath("//input[@type='password'][@value!='']")


def test_after_five_failures_even_the_right_password_waits(
    client: PageClient, work: Callable[..., object], with_password: Account
) -> None:
    for _ in range(5):
        enter(client, with_password.email, "pas le bon du tout", status=400)
    assert WRONG in enter(client, with_password.email, GOOD, status=400).text
    with work() as session:
        session.execute(
            text("UPDATE signin_failures SET wait_until = :then"), {"then": "2020-01-01 00:00:00"}
        )
    enter(client, with_password.email, GOOD)


def test_waits_grow_and_end() -> None:
    waits = [wait_after(count) for count in range(30)]
    assert waits[:5] == [None] * 5
    growing = [one for one in waits if one is not None]
    assert growing == sorted(growing) and growing[-1] <= timedelta(minutes=15)


def test_a_crowd_at_the_door_is_slowed_and_no_address_is_kept(
    client: PageClient, with_password: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views.door, "_left", 0.0)
    monkeypatch.setattr(views.door, "per_second", 0.0001)
    assert client.submit(client.get(DOOR), {"email": with_password.email, "password": GOOD}, status=429).h1


def test_the_password_of_the_demo_opens_nothing_elsewhere(
    app: Flask, client: PageClient, work: Callable[..., object], people: People
) -> None:
    with app.app_context():
        made = passwords.hashed(DEMO_PASSWORD)
    with work() as session:
        session.get_one(Account, people.hr.id).password_hash = made
    assert WRONG in enter(client, people.hr.email, DEMO_PASSWORD, status=400).text


@pytest.mark.parametrize(
    "address",
    ["//evil.example/", "https://evil.example/", "/fr/", "/workspace/fr/../../x", "/workspace/fr//evil.ex",
     "/workspace/fr/\\evil", "javascript:alert(1)", "/workspace/fr/sign-out", "/workspace/fr/%2f%2fevil"],
)  # fmt: skip
def test_it_leads_nowhere_else(client: PageClient, with_password: Account, address: str) -> None:
    assert safe_next(address) is None
    page = client.get(DOOR, query_string={"next": address})
    answer = client.submit(page, {"email": with_password.email, "password": GOOD})
    assert answer.response.headers["Location"] == "/workspace/fr/"


def test_it_leads_back_to_the_page_that_asked(client: PageClient, with_password: Account) -> None:
    asked = client.get("/workspace/fr/consultations", status=302)
    page = client.follow(asked)
    answer = client.submit(page, {"email": with_password.email, "password": GOOD})
    assert answer.response.headers["Location"] == "/workspace/fr/consultations"


def test_signing_out_ends_it(as_: Callable[[Account], PageClient], people: People) -> None:
    browser = as_(people.hr)
    token = browser.get("/workspace/fr/").doc.xpath("//header//input[@name='csrf_token']/@value")[0]
    browser.post("/workspace/fr/sign-out", {"csrf_token": token})
    browser.get("/workspace/fr/", status=302)


def test_a_deactivated_account_is_out_at_once(
    as_: Callable[[Account], PageClient], people: People, client: PageClient
) -> None:
    theirs, admin = as_(people.rep1), as_(people.admin)
    theirs.get("/workspace/fr/")
    page = admin.get(f"/workspace/fr/people/{people.rep1.id}/deactivation")
    admin.submit(page, action="")
    theirs.get("/workspace/fr/", status=302)


def test_without_a_token_nothing_is_done_and_no_password_comes_back(
    client: PageClient, with_password: Account
) -> None:
    page = client.post(DOOR, {"email": with_password.email, "password": GOOD}, status=400)
    assert GOOD not in page.response.get_data(as_text=True)


# ── links ──


def token_of(session: object, account: Account, purpose: TokenPurpose) -> str:
    return services.issue(session, session.get_one(Account, account.id), purpose, now=clock.now())  # type: ignore[attr-defined,arg-type]


def test_an_invitation_works_once(client: PageClient, work: Callable[..., object], people: People) -> None:
    with work() as session:
        token = token_of(session, people.hr, TokenPurpose.INVITATION)
        stored = session.execute(text("SELECT digest FROM signin_token")).scalar_one()
    assert token.encode() not in bytes(stored)
    address = f"/workspace/fr/invitation/{token}"
    page = client.get(address)
    assert "Claire Besson" in page.h1
    client.submit(page, {"password": GOOD, "again": GOOD})
    enter(client, people.hr.email, GOOD)
    client.get(address, status=410)
    client.get(f"/workspace/fr/reset/{token}", status=410)


def test_a_new_password_ends_older_sessions(
    client: PageClient, as_: Callable[[Account], PageClient], work: Callable[..., object], people: People
) -> None:
    older = as_(people.hr)
    older.get("/workspace/fr/")
    with work() as session:
        token = token_of(session, people.hr, TokenPurpose.RESET)
    client.submit(client.get(f"/workspace/fr/reset/{token}"), {"password": GOOD, "again": GOOD})
    older.get("/workspace/fr/", status=302)


def test_links_expire_are_replaced_and_are_not_guessed(work: Callable[..., object], people: People) -> None:
    with work() as session:
        first = token_of(session, people.hr, TokenPurpose.RESET)
        second = token_of(session, people.hr, TokenPurpose.RESET)
        for token, now in (
            (first, clock.now()),
            (second, clock.now() + timedelta(hours=2, seconds=1)),
            (second[:-1] + ("A" if second[-1] != "A" else "B"), clock.now()),
            ("", clock.now()),
        ):
            with pytest.raises(LinkSpent):
                services.holder(session, token, TokenPurpose.RESET, now=now)
        assert services.holder(session, second, TokenPurpose.RESET, now=clock.now()).email == people.hr.email


def test_a_forgotten_password_says_nothing_of_who_has_an_account(
    client: PageClient, work: Callable[..., object], people: People
) -> None:
    pages = []
    for email in (people.hr.email, "personne@orvalie.example"):
        page = client.get("/workspace/fr/forgotten")
        pages.append(client.submit(page, {"email": email}, status=200).text)
    assert pages[0] == pages[1]
    with work() as session:
        letters = session.execute(text("SELECT to_address, text FROM letter")).all()
    assert [one[0] for one in letters] == [people.hr.email]
    link = re.search(r"/workspace/fr/reset/\S+", letters[0][1])
    assert link is not None
    client.get(link.group())


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("court", PasswordFault.TOO_SHORT),
        ("x" * 201, PasswordFault.TOO_LONG),
        ("aaaaaaaaaaaaaa", PasswordFault.TOO_PLAIN),
        ("motdepasse1234", PasswordFault.TOO_PLAIN),
        ("claire.besson1", PasswordFault.ABOUT_YOU),
        (DEMO_PASSWORD, PasswordFault.TOO_PLAIN),
        (GOOD, None),
    ],
)
def test_what_a_password_must_be(password: str, fault: PasswordFault | None) -> None:
    assert fault_of(password, email="besson@orvalie.example", name="Claire Besson") is fault


def test_passwords_that_differ_are_said_so(
    client: PageClient, work: Callable[..., object], people: People
) -> None:
    with work() as session:
        token = token_of(session, people.hr, TokenPurpose.INVITATION)
    page = client.get(f"/workspace/fr/invitation/{token}")
    again = client.submit(page, {"password": GOOD, "again": GOOD + "x"}, status=400)
    assert "diffèrent" in again.text and GOOD not in again.response.get_data(as_text=True)


def test_nothing_secret_reaches_a_log(
    client: PageClient, work: Callable[..., object], with_password: Account, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(services, "settle", lambda *_a, **_k: 1 / 0)
    with caplog.at_level(logging.DEBUG):
        client.submit(client.get(DOOR), {"email": with_password.email, "password": GOOD}, status=500)
    said = "\n".join(record.getMessage() + str(record.exc_text) for record in caplog.records)
    assert GOOD not in said and with_password.email not in said and said
