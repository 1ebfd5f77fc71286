"""Setting up a key and unlocking a letterbox, as representatives meet them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.anonymity import wrapping
from consult.consultations import queries as consultations
from consult.core import clock
from consult.core.db import db
from consult.keyholders.models import Keyholder, Unlocked
from consult.keyholders.rules import COOKIE, Locked
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import BodyKind, MandateRole, Role
from tests import sending
from tests.client import PageClient
from tests.conftest import People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
CODE = wrapping.new_recovery_code()
KEY = "/workspace/fr/key"


@pytest.fixture
def box(work: Work, people: People) -> str:
    """The address of a letterbox of which both members hold the key."""
    with work() as session:
        notice = sending.sent(session, people)
        sending.with_key(session, people.rep1, code=CODE)
        sending.with_key(session, people.rep2, "un deux trois quatre cinq six")
        return sending.opened(session, people, consultations.of_notice(session, notice.id)[0].id).id.hex()


def _unlock_url(box: str, language: str = "fr") -> str:
    return f"/workspace/{language}/letterboxes/{box}/unlock"


def _count(work: Work, table: type) -> int:
    with work() as session:
        return int(session.scalar(select(func.count()).select_from(table)) or 0)


def _cookie(client: PageClient) -> str:
    found = client.http.get_cookie(COOKIE, path="/workspace")
    return found.value if found is not None else ""


# ── setting up ─────────────────────────────────────────────────────────────────


@BOTH
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_key_in_two_steps(work: Work, people: People, as_: As, language: str) -> None:
    rep, url = as_(people.rep1), f"/workspace/{language}/key"
    shown = rep.get(url)
    words = [one.text_content().strip() for one in shown.doc.xpath("//ol[@class='sixwords-list']/li")]
    code = "-".join(one.text_content().strip() for one in shown.doc.xpath("//ol[@class='recovery-list']/li"))
    assert len(words) == 6 and len(code) == 9 * 4 - 1
    assert not shown.doc.xpath("//main//form"), "nothing is sent from the page that shows the secrets"
    step = rep.get(shown.doc.xpath("//main//a[contains(@class, 'btn')]/@href")[0])
    assert not step.doc.xpath("//main//form//input[@type='hidden' and @name!='csrf_token']"), (
        "nothing is carried"
    )
    values = {"passphrase": " ".join(words), "again": "-".join(words), "recovery_code": code}
    rep.submit(step, values)
    have = rep.get(url)
    assert not have.doc.xpath("//ol[@class='recovery-list']")
    with work() as session:
        holder = session.scalars(select(Keyholder)).one()
        keys = wrapping.HolderKeys(holder.public_key, holder.under_passphrase, holder.under_recovery)
        assert wrapping.open_with_passphrase(keys, " ".join(words)) == wrapping.open_with_recovery(keys, code)
    rep.submit(step, values)
    assert _count(work, Keyholder) == 1, "a second click makes no second key"


def test_each_look_shows_others(people: People, as_: As) -> None:
    rep = as_(people.rep1)
    seen = {rep.get(KEY).doc.xpath("string(//ol[@class='recovery-list'])") for _ in range(3)}
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({"passphrase": "un deux trois"}, {"passphrase", "again"}),
        ({"passphrase": "mot mot mot mot mot mot", "again": "mot mot mot mot mot mot"}, {"passphrase"}),
        ({"again": "six autres mots que la phrase"}, {"again"}),
        ({"recovery_code": CODE[:-1]}, {"recovery_code"}),
        ({"recovery_code": "AAA-AAA"}, {"recovery_code"}),
        ({"passphrase": "", "again": "", "recovery_code": ""}, {"passphrase", "again", "recovery_code"}),
    ],
)
def test_a_slip_is_said_and_no_secret_comes_back(
    work: Work, people: People, as_: As, values: dict[str, str], faults: set[str]
) -> None:
    rep = as_(people.rep1)
    good = {"passphrase": sending.PASSPHRASE, "again": sending.PASSPHRASE, "recovery_code": CODE}
    page = rep.submit(rep.get(f"{KEY}?typed=1"), good | values, status=400)
    assert {one[1:] for one in page.doc.xpath("//div[@class='errors']//a/@href")} == faults
    answer = page.response.get_data(as_text=True)
    for typed in {*good.values(), *values.values()} - {""}:
        assert typed not in answer
    assert _count(work, Keyholder) == 0


def test_the_employer_s_side_and_the_administrator_have_no_key(
    people: People, as_: As, client: PageClient
) -> None:
    for account in (people.hr, people.chair, people.admin):
        as_(account).get(KEY, status=403)
        as_(account).get(f"{KEY}?typed=1", status=403)
    assert "sign-in" in client.get(KEY, status=302).response.headers["Location"]


def test_a_member_who_chairs_elsewhere_is_refused(work: Work, people: People, as_: As) -> None:
    rep = as_(people.rep2)
    step = rep.get(f"{KEY}?typed=1")
    with work() as session:
        central = people_services.add_body(
            session, name="CSE central", kind=BodyKind.CENTRAL_CSE, headcount=900
        )
        account = session.get_one(Account, people.rep2.id)
        people_services.give_mandate(
            session, account, central, role=MandateRole.CHAIR, starts_on=clock.today()
        )
    rep.get(KEY, status=403)
    values = {"passphrase": sending.PASSPHRASE, "again": sending.PASSPHRASE, "recovery_code": CODE}
    rep.submit(step, values, status=403)
    assert _count(work, Keyholder) == 0


# ── unlocking ──────────────────────────────────────────────────────────────────


@BOTH
@pytest.mark.parametrize("language", ["fr", "en"])
def test_unlock_and_lock(work: Work, people: People, as_: As, box: str, language: str) -> None:
    rep, url = as_(people.rep1), _unlock_url(box, language)
    page = rep.get(url)
    assert "Maxime Adjovi" in page.text and "Paule Roussel" in page.text
    forms = page.doc.xpath("//main//form")
    data = {
        "csrf_token": forms[0].xpath(".//input[@name='csrf_token']/@value")[0],
        "passphrase": sending.PASSPHRASE, "next": "",
    }  # fmt: skip
    answer = rep.post(url, data)
    assert answer.response.headers["Location"] == f"/workspace/{language}/letterboxes/{box}/desk"
    assert _count(work, Unlocked) == 1 and _cookie(rep)
    again = rep.post(url, data)
    assert again.status == 303 and _count(work, Unlocked) == 1, "the sitting before was ended"
    rep.post(f"/workspace/{language}/letterboxes/lock", {"csrf_token": data["csrf_token"]})
    assert _count(work, Unlocked) == 0 and not _cookie(rep)


def test_the_cookie_goes_nowhere_else(people: People, as_: As, box: str, app: Flask) -> None:
    rep = as_(people.rep1)
    token = rep.get(_unlock_url(box)).doc.xpath("//input[@name='csrf_token']/@value")[0]
    answer = rep.post(_unlock_url(box), {"csrf_token": token, "passphrase": sending.PASSPHRASE})
    cookies = [one for one in answer.response.headers.getlist("Set-Cookie") if one.startswith(COOKIE)]
    assert len(cookies) == 1
    parts = {one.strip().lower() for one in cookies[0].split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/workspace"} <= parts
    assert not any(one.startswith(("expires", "max-age", "domain")) for one in parts)
    secure = app.extensions["consult.settings"].secure_cookies
    assert ("secure" in parts) is secure
    assert answer.response.headers["Cache-Control"] == "no-store"


def test_secure_wherever_it_is_not_a_loopback(people: People, as_: As, box: str, app: Flask) -> None:
    before = app.extensions["consult.settings"]
    app.extensions["consult.settings"] = before.model_copy(update={"base_url": "https://consult.example"})
    try:
        rep = as_(people.rep1)
        token = rep.get(_unlock_url(box)).doc.xpath("//input[@name='csrf_token']/@value")[0]
        answer = rep.post(_unlock_url(box), {"csrf_token": token, "passphrase": sending.PASSPHRASE})
    finally:
        app.extensions["consult.settings"] = before
    cookie = next(one for one in answer.response.headers.getlist("Set-Cookie") if one.startswith(COOKIE))
    assert "; Secure" in cookie


def _fault(client: PageClient, box: str, **typed: str) -> tuple[list[str], str]:
    page = client.get(_unlock_url(box))
    token = page.doc.xpath("//input[@name='csrf_token']/@value")[0]
    refused = client.post(_unlock_url(box), {"csrf_token": token, **typed}, status=400)
    errors = [" ".join(one.text_content().split()) for one in refused.doc.xpath("//p[@class='error']")]
    return errors, refused.response.get_data(as_text=True)


def test_one_answer_for_wrong_words_and_no_key(work: Work, people: People, as_: As, box: str) -> None:
    with work() as session:
        guest = people_services.add_account(
            session, email="tiers@orvalie.example", name="Tiers", role=Role.REPRESENTATIVE
        )
        body = session.get_one(type(people.body), people.body.id)
        people_services.give_mandate(
            session, guest, body, role=MandateRole.ALTERNATE, starts_on=clock.today() - timedelta(days=9)
        )
        session.refresh(guest)
    wrong = _fault(as_(people.rep1), box, passphrase="six mots qui ne sont pas bons")
    theirs = _fault(as_(people.rep1), box, passphrase="un deux trois quatre cinq six")
    nobody = _fault(as_(guest), box, passphrase=sending.PASSPHRASE)
    assert wrong[0] == theirs[0] == nobody[0] and len(wrong[0]) == 1
    for _errors, answer in (wrong, theirs, nobody):
        assert sending.PASSPHRASE not in answer and "six mots qui" not in answer
    code = _fault(as_(people.rep1), box, recovery_code=wrapping.new_recovery_code())
    assert code[0] == wrong[0]
    assert _fault(as_(people.rep1), box)[0] != wrong[0]
    slip = _fault(as_(people.rep1), box, recovery_code=CODE[:-1])
    assert slip[0] != wrong[0] and "<details" in slip[1] and CODE[:-1] not in slip[1]
    assert _count(work, Unlocked) == 0


def test_the_recovery_code_is_the_other_way_in(work: Work, people: People, as_: As, box: str) -> None:
    rep = as_(people.rep1)
    token = rep.get(_unlock_url(box)).doc.xpath("//input[@name='csrf_token']/@value")[0]
    rep.post(_unlock_url(box), {"csrf_token": token, "recovery_code": CODE.lower().replace("-", " ")})
    assert _count(work, Unlocked) == 1


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("/workspace/fr/themes/1/answer?x=1", True),
        ("https://elsewhere.example/", False),
        ("//elsewhere.example/workspace/", False),
        ("/workspace/\\elsewhere.example", False),
        ("/workspace/fr/\r\nSet-Cookie: a=b", False),
        ("/fr/", False),
        ("javascript:alert(1)", False),
    ],
)
def test_the_way_back_stays_in_the_workspace(
    people: People, as_: As, box: str, wanted: str, kept: bool
) -> None:
    rep = as_(people.rep1)
    page = rep.get(_unlock_url(box), query_string={"next": wanted})
    assert set(page.doc.xpath("//main//input[@name='next']/@value")) == {wanted if kept else ""}
    token = page.doc.xpath("//input[@name='csrf_token']/@value")[0]
    answer = rep.post(
        _unlock_url(box), {"csrf_token": token, "passphrase": sending.PASSPHRASE, "next": wanted}
    )
    expected = wanted if kept else f"/workspace/fr/letterboxes/{box}/desk"
    assert answer.response.headers["Location"] == expected


def test_who_may_know_of_it(work: Work, people: People, as_: As, box: str, client: PageClient) -> None:
    for account in (people.hr, people.chair, people.admin):
        as_(account).get(_unlock_url(box), status=403)
    with work() as session:
        other = people_services.add_body(session, name="CSSCT", kind=BodyKind.CSSCT, headcount=9)
        guest = people_services.add_account(
            session, email="autre@orvalie.example", name="Autre", role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, guest, other, role=MandateRole.FULL_MEMBER, starts_on=clock.today()
        )
        session.refresh(guest)
    as_(guest).get(_unlock_url(box), status=404)
    for wrong in ("0" * 32, "zz", box.upper(), f"{box}00"):
        as_(people.rep1).get(_unlock_url(wrong), status=404)
    assert "sign-in" in client.get(_unlock_url(box), status=302).response.headers["Location"]
    as_(people.rep1).post(_unlock_url(box), {"passphrase": sending.PASSPHRASE}, status=400)  # no token


def test_argon2id_runs_while_nobody_waits_for_the_database(
    people: People, as_: As, box: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two transactions: the write lock is free."""
    derive, free = wrapping._derive, []

    def watched(secret: bytes, salt: bytes, cost: wrapping.Cost) -> bytes:
        free.append(not db.session.in_transaction())
        return derive(secret, salt, cost)

    rep = as_(people.rep1)
    token = rep.get(_unlock_url(box)).doc.xpath("//input[@name='csrf_token']/@value")[0]
    monkeypatch.setattr(wrapping, "_derive", watched)
    rep.post(_unlock_url(box), {"csrf_token": token, "passphrase": sending.PASSPHRASE})
    assert free == [True]


# ── locked meanwhile ───────────────────────────────────────────────────────────


def test_the_desk_asks_for_the_words_and_they_lead_back(
    people: People, as_: As, box: str, time_machine: Any
) -> None:
    desk = f"/workspace/fr/letterboxes/{box}/desk"
    rep = as_(people.rep1)
    page = rep.follow(rep.get(f"{desk}?after=2", status=303))
    assert set(page.doc.xpath("//main//input[@name='next']/@value")) == {f"{desk}?after=2"}
    token = page.doc.xpath("//input[@name='csrf_token']/@value")[0]
    values = {"csrf_token": token, "passphrase": sending.PASSPHRASE, "next": f"{desk}?after=2"}
    assert rep.post(_unlock_url(box), values).response.headers["Location"] == f"{desk}?after=2"
    rep.get(desk)
    time_machine.move_to(clock.now() + timedelta(minutes=16))
    assert "/unlock" in rep.get(desk, status=303).response.headers["Location"]


def test_a_cookie_of_somebody_else_s_sitting_opens_no_desk(people: People, as_: As, box: str) -> None:
    rep, desk = as_(people.rep1), f"/workspace/fr/letterboxes/{box}/desk"
    token = rep.get(_unlock_url(box)).doc.xpath("//input[@name='csrf_token']/@value")[0]
    rep.post(_unlock_url(box), {"csrf_token": token, "passphrase": sending.PASSPHRASE})
    for account in (people.hr, people.chair, people.admin):
        thief = as_(account)
        thief.http.set_cookie(COOKIE, _cookie(rep), path="/workspace")
        thief.get(desk, status=403)


def test_the_error_says_which_letterbox() -> None:
    assert Locked(b"\x01" * 16).letterbox_id.hex() == "01" * 16
