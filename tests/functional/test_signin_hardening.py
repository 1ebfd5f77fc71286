"""What an attacker with time, two browsers and a stop watch would try at the door."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from wtforms import PasswordField

from consult.app import create_app
from consult.core import clock
from consult.mail.models import Letter
from consult.people.models import Account
from consult.signin import letters, passwords, services, views
from consult.signin.models import SigninFailures, SigninToken, TokenPurpose, UnknownTries
from consult.web.errors import NEVER_CARRIED
from consult.web.forms import BaseForm
from tests.client import Page, PageClient
from tests.conftest import People, settings_for

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
GOOD, NEW = "trois-hérons-au-marais", "quatre-loutres-au-gué"
DOOR = "/workspace/fr/sign-in"


@pytest.fixture(autouse=True)
def _door() -> Iterator[None]:
    views.door.refill()
    yield
    views.door.refill()


@pytest.fixture
def hr(app: Flask, work: Work, people: People) -> Account:
    """HR with a password of their own."""
    with app.app_context():
        made = passwords.hashed(GOOD)
    with work() as session:
        session.get_one(Account, people.hr.id).password_hash = made
    return people.hr


def enter(client: PageClient, email: str, password: str, *, status: int = 303) -> Page:
    return client.submit(client.get(DOOR), {"email": email, "password": password}, status=status)


def rows(work: Work, table: type) -> list[Any]:
    with work() as session:
        return list(session.scalars(select(table)))


# ── the session ────────────────────────────────────────────────────────────────


@BOTH
def test_a_session_planted_beforehand_is_worth_nothing(app: Flask, hr: Account) -> None:
    """The attacker fixes a session in the victim's browser, then watches what it becomes."""
    victim = PageClient(app)
    with victim.http.session_transaction(DOOR) as session:
        session["planted"] = "by somebody else"
    page = victim.get(DOOR)
    before = victim.http.get_cookie("consult_session", path="/workspace")
    victim.submit(page, {"email": hr.email, "password": GOOD})
    after = victim.http.get_cookie("consult_session", path="/workspace")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    with victim.http.session_transaction("/workspace/fr/") as session:
        assert "planted" not in session
        assert "_id" not in session, "no digest of address and browser"
    other = PageClient(app)
    other.http.set_cookie("consult_session", before.value, path="/workspace")
    other.get("/workspace/fr/", status=302)


def test_a_signed_in_person_is_not_recognised_while_reading(client: PageClient, hr: Account) -> None:
    enter(client, hr.email, GOOD)
    cookie = client.http.get_cookie("consult_session", path="/workspace")
    assert cookie is not None
    for path in ("/fr/", "/speak/fr/leave", "/healthz"):
        assert "consult_session" not in str(client.http.get(path).request.headers.get("Cookie", "")), path


@pytest.mark.parametrize(
    ("options", "is_secure"),
    [
        ({}, False),
        ({"base_url": "https://consult.orvalie.test"}, True),
        ({"bind": "0.0.0.0:8000"}, True),
        ({"bind": "127.0.0.1:8000", "base_url": "http://consult.orvalie.test"}, True),
    ],
)
def test_the_cookie_is_secure_everywhere_but_here(
    tmp_path: Path, options: dict[str, str], is_secure: bool
) -> None:
    client = create_app(settings_for(tmp_path, **options)).test_client()
    answer = client.get(DOOR)
    assert answer.status_code == 200, "the door opens although there is no database yet"
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert ("Secure" in cookie) is is_secure
    for part in ("consult_session=", "HttpOnly", "SameSite=Lax", "Path=/workspace"):
        assert part in cookie
    assert "Expires" not in cookie, "it ends with the browser"


def test_signing_out_forgets_everything(client: PageClient, hr: Account) -> None:
    page = client.follow(enter(client, hr.email, GOOD))
    with client.http.session_transaction("/workspace/fr/") as session:
        session["something"] = "of the sitting"
    token = page.doc.xpath("//header//input[@name='csrf_token']/@value")[0]
    client.post("/workspace/fr/sign-out", {"csrf_token": token})
    with client.http.session_transaction("/workspace/fr/") as session:
        assert set(session) <= {"_flashes", "csrf_token"}


def test_signing_out_needs_its_token(client: PageClient, hr: Account) -> None:
    enter(client, hr.email, GOOD)
    client.post("/workspace/fr/sign-out", status=400)
    client.get("/workspace/fr/sign-out", status=405)
    client.get("/workspace/fr/")


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/workspace/fr/consultations?after=x", "/workspace/fr/consultations?after=x"),
        ("/workspace/en/consultations?", "/workspace/en/consultations"),
        ("/workspace/fr/outbox/run", "/workspace/fr/"),
        ("/workspace/fr/no/such/page", "/workspace/fr/"),
    ],
)
def test_one_is_led_back_to_a_page_never_to_a_form_that_was_posted(
    client: PageClient, hr: Account, asked: str, led_to: str
) -> None:
    page = client.get(DOOR, query_string={"next": asked})
    answer = client.submit(page, {"email": hr.email, "password": GOOD})
    assert answer.response.headers["Location"] == led_to


# ── failures ───────────────────────────────────────────────────────────────────


@BOTH
def test_every_try_writes_one_row(client: PageClient, work: Work, hr: Account) -> None:
    """A stop watch on the disk tells no more than one on the hash."""
    enter(client, "personne@orvalie.example", "pas le bon du tout", status=400)
    assert [one.count for one in rows(work, UnknownTries)] == [1]
    assert rows(work, SigninFailures) == []
    for _ in range(5):
        enter(client, hr.email, "pas le bon du tout", status=400)
    assert [one.count for one in rows(work, SigninFailures)] == [5]
    enter(client, hr.email, GOOD, status=400)
    assert [one.count for one in rows(work, SigninFailures)] == [5], "waiting is not made longer"
    assert [one.count for one in rows(work, UnknownTries)] == [2]


def test_no_address_is_kept_of_a_failure(work: Work, client: PageClient, hr: Account) -> None:
    client.http.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    for email in (hr.email, "curieux@orvalie.example"):
        enter(client, email, "pas le bon du tout", status=400)
    with work() as session:
        tables = ("signin_failures", "signin_unknown", "signin_token")
        stored = str([session.execute(text(f"SELECT * FROM {one}")).all() for one in tables])
    assert "203.0.113.77" not in stored
    assert "curieux" not in stored


def test_guessing_in_parallel_gains_nothing(work: Work, app: Flask, hr: Account) -> None:
    """Ten guesses looked up before any was counted: after the fifth, even the right one is refused."""
    now = clock.now()
    with work() as session:
        seen = [services.look_up(session, hr.email, now=now) for _ in range(10)]
    results = []
    for number, found in enumerate(seen):
        with work() as session:
            results.append(services.settle(session, found, is_right=number == 9, now=now))
    assert results == [None] * 10


def test_a_password_changed_meanwhile_does_not_open(work: Work, app: Flask, hr: Account) -> None:
    with work() as session:
        found = services.look_up(session, hr.email, now=clock.now())
    with work() as session:
        session.get_one(Account, hr.id).password_hash = "another"
    with work() as session:
        assert services.settle(session, found, is_right=True, now=clock.now()) is None


def test_an_account_deactivated_or_without_a_password_is_an_unknown_address(
    client: PageClient, work: Work, hr: Account, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work() as session:
        session.get_one(Account, hr.id).is_active = False
    checked: list[str | None] = []
    right = passwords.matches
    monkeypatch.setattr(
        passwords, "matches", lambda stored, typed: checked.append(stored) or right(stored, typed)
    )
    said = {
        enter(client, email, GOOD, status=400).text
        for email in (hr.email, people.rep1.email, "personne@orvalie.example")
    }
    assert len(said) == 1
    assert checked == [None, None, None]


def test_a_hash_of_another_cost_is_made_anew(
    client: PageClient, work: Work, hr: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work() as session:
        before = session.get_one(Account, hr.id).password_hash
    monkeypatch.setattr(passwords, "_memory", lambda: 16)
    enter(client, hr.email, "pas le bon du tout", status=400)
    with work() as session:
        assert session.get_one(Account, hr.id).password_hash == before
    enter(client, hr.email, GOOD)
    with work() as session:
        after = session.get_one(Account, hr.id).password_hash
    assert after != before
    assert "m=16," in after
    assert passwords.is_outdated(before)


def test_hashing_is_argon2id_one_at_a_time(app: Flask) -> None:
    with app.app_context():
        assert passwords.hashed(GOOD).startswith("$argon2id$")
        assert passwords._one_at_a_time.acquire(blocking=False), "free between two"
        passwords._one_at_a_time.release()


# ── links ──────────────────────────────────────────────────────────────────────


def _token(work: Work, account: Account, purpose: TokenPurpose) -> str:
    with work() as session:
        return services.issue(session, session.get_one(Account, account.id), purpose, now=clock.now())


@BOTH
def test_a_reset_link_works_once_and_tells_its_owner(client: PageClient, work: Work, hr: Account) -> None:
    address = f"/workspace/fr/reset/{_token(work, hr, TokenPurpose.RESET)}"
    first, second = client.get(address), PageClient(client.app).get(address)
    client.submit(first, {"password": NEW, "again": NEW})
    replay = PageClient(client.app)
    replay.get(DOOR)
    again = replay.submit(replay.get(DOOR), {"email": hr.email, "password": NEW})
    assert again.status == 303
    assert second.doc is not None
    client.get(address, status=410)
    mails = [one for one in rows(work, Letter) if one.to_address == hr.email]
    assert len(mails) == 1
    assert NEW not in mails[0].text + mails[0].html


def test_an_invitation_is_no_reset(client: PageClient, work: Work, hr: Account, people: People) -> None:
    client.get(f"/workspace/fr/reset/{_token(work, people.rep1, TokenPurpose.INVITATION)}", status=410)
    client.get(f"/workspace/fr/invitation/{_token(work, hr, TokenPurpose.RESET)}", status=410)


def test_a_link_dies_with_its_account(client: PageClient, work: Work, hr: Account) -> None:
    token = _token(work, hr, TokenPurpose.RESET)
    with work() as session:
        session.get_one(Account, hr.id).is_active = False
    client.get(f"/workspace/fr/reset/{token}", status=410)


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "é" * 20, "a" * 3000])
def test_a_made_up_link_opens_nothing(client: PageClient, people: People, token: str) -> None:
    client.get(f"/workspace/fr/reset/{token}", status=410)


def test_only_digests_of_links_are_kept(work: Work, hr: Account) -> None:
    token = _token(work, hr, TokenPurpose.RESET)
    with work() as session:
        stored = str(session.execute(text("SELECT * FROM signin_token")).all())
        assert len(session.scalars(select(SigninToken.digest)).one()) == 32
    assert token not in stored


def test_asking_again_and_again_sends_one_mail(client: PageClient, work: Work, hr: Account) -> None:
    for _ in range(3):
        page = client.get("/workspace/fr/forgotten")
        client.submit(page, {"email": hr.email}, status=200)
    sent = rows(work, Letter)
    assert len(sent) == 1
    link = re.search(r"/workspace/fr/reset/\S+", sent[0].text)
    assert link is not None
    client.get(link.group()), "asking again did not kill the link that was sent"


def test_an_unknown_address_costs_the_same_work(
    client: PageClient, work: Work, hr: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    real = letters.reset
    monkeypatch.setattr(
        letters, "reset", lambda session, to, token: written.append(to.email) or real(session, to, token)
    )
    for email in ("personne@orvalie.example", hr.email):
        client.submit(client.get("/workspace/fr/forgotten"), {"email": email}, status=200)
    assert len(written) == 2
    assert [one.to_address for one in rows(work, Letter)] == [hr.email], "nothing is kept of the other"


# ── what is given back ─────────────────────────────────────────────────────────


def _every_form(base: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for one in base.__subclasses__():
        yield one
        yield from _every_form(one)


def test_no_page_gives_a_secret_back(app: Flask) -> None:
    """Whatever form it was typed into: the page of an ended session repeats the text, never these."""
    names = [
        name
        for form in _every_form(BaseForm)
        for name, made in vars(form).items()
        if getattr(made, "field_class", None) is PasswordField
    ]
    assert {"password", "again"} <= set(names)
    unsafe = [name for name in names if not any(part in name for part in NEVER_CARRIED)]
    assert unsafe == []


def test_an_ended_session_keeps_the_text_and_not_the_password(
    client: PageClient, work: Work, hr: Account, people: People
) -> None:
    address = f"/workspace/fr/invitation/{_token(work, people.rep1, TokenPurpose.INVITATION)}"
    page = client.post(address, {"password": NEW, "again": NEW}, status=400)
    assert NEW not in page.response.get_data(as_text=True)
    page = client.post("/workspace/fr/people/invitations", {"invite-name": "Lou Petit"}, status=400)
    assert "Lou Petit" in page.response.get_data(as_text=True)
