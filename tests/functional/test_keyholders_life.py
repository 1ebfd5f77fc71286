"""The life of a key, page by page: as those who hold one, and those who name them, meet it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from consult.anonymity import wrapping
from consult.consultations import queries as consultations
from consult.core import clock
from consult.keyholders import queries
from consult.keyholders.models import Handover, Unlocked
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import MandateRole, Role
from tests import sending
from tests.client import PageClient
from tests.conftest import WORD, People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
KEY = "/workspace/en/key"
SECOND, THIRD = "un deux trois quatre cinq six", "sept huit neuf dix onze douze"
CODE = wrapping.new_recovery_code()


@pytest.fixture
def box(work: Work, people: People) -> str:
    with work() as session:
        notice = sending.sent(session, people)
        sending.with_key(session, people.rep1, code=CODE)
        sending.with_key(session, people.rep2, SECOND)
        return sending.opened(session, people, consultations.of_notice(session, notice.id)[0].id).id.hex()


@pytest.fixture
def newcomer(work: Work, people: People) -> Account:
    with work() as session:
        account = people_services.add_account(
            session,
            email="haddad@orvalie.example",
            name="Samira Haddad",
            role=Role.REPRESENTATIVE,
            locale="en",
        )
        body = session.get_one(Body, people.body.id)
        people_services.give_mandate(
            session, account, body, role=MandateRole.ALTERNATE, starts_on=clock.today()
        )
        session.refresh(account)
        sending.with_key(session, account, THIRD)
    return account  # type: ignore[no-any-return]


def _form(page: Any, action: str = "") -> dict[str, str]:
    """What the form of a page would send as it stands."""
    form = next(one for one in page.doc.xpath("//main//form") if action in (one.get("action") or ""))
    return dict(form.form_values())


def _post(client: PageClient, url: str, values: dict[str, str], status: int = 303) -> Any:
    return client.post(url, _form(client.get(url), url) | values, status=status)


def _words(page: Any) -> list[str]:
    return [one.text_content().strip() for one in page.doc.xpath("//ol[@class='sixwords-list is-small']/li")]


@BOTH
def test_a_handover_by_the_pages(work: Work, people: People, as_: As, box: str, newcomer: Account) -> None:
    secretary, samira = as_(people.rep1), as_(newcomer)
    circle = f"/workspace/en/bodies/{people.body.id}/keyholders"
    assert "Paule Roussel" in secretary.get(circle).text
    url = f"{circle}/successor"
    page = secretary.get(f"{url}?follows={people.rep2.id}")
    choices = page.doc.xpath("//input[@name='named']/following-sibling::span/text()")
    assert sorted(choices) == ["Maxime Adjovi", "Paule Roussel", "Samira Haddad"], "the chair is not offered"
    named = page.doc.xpath("//label[span='Samira Haddad']/input[@name='named']/@value")[0]
    values = _form(page, url) | {"named": named, "votes_for": "8", "votes_against": "0", "abstentions": "0"}
    refused = secretary.post(url, values, status=400)
    assert "does not name Samira Haddad" in refused.text, "text and choice must agree"
    written = secretary.post(url, values | {"rewrite": "1"}, status=200)
    values = _form(written, url)
    assert "Samira Haddad" in values["resolution_fr"] and values["votes_for"] == "8"
    step = secretary.follow(secretary.post(url, {key: v for key, v in values.items() if key != "rewrite"}))
    with work() as session:
        handover = session.scalars(select(Handover)).one()
        assert queries.named(queries.by_address(session, box).letterbox) == (
            "Maxime Adjovi", "Paule Roussel", "Samira Haddad",
        )  # fmt: skip
    url = f"/workspace/en/handovers/{handover.id}"
    assert _words(step) == _words(samira.get(url)) == _words(samira.get(KEY)), "both see the same six words"
    typed = _form(step, url) | {"passphrase": sending.PASSPHRASE}
    assert secretary.post(url, typed, status=400), "the words were not compared"
    wrong = secretary.post(url, typed | {"compared": "y", "passphrase": SECOND}, status=400)
    assert SECOND not in wrong.response.get_data(as_text=True)
    exchanged = typed | {"compared": "y", "key": "00" * 32}
    secretary.post(url, exchanged)
    with work() as session:
        assert len(queries.of_letterbox(session, bytes.fromhex(box))) == 2, "another key than the one shown"
    secretary.post(url, typed | {"compared": "y"})
    assert "Paule Roussel" in samira.get(f"/workspace/en/letterboxes/{box}/unlock").text
    assert "once" in samira.get("/workspace/en/").text
    _post(samira, f"/workspace/en/letterboxes/{box}/unlock", {"passphrase": THIRD})
    page = samira.get(f"/workspace/en/letterboxes/{box}/unlock")
    assert "Paule Roussel" not in page.doc.xpath("string(//main)")
    employee = PageClient(secretary.http.application).with_word(WORD)
    with work() as session:
        assert session.get_one(Handover, handover.id).ended_on is not None
        assert session.scalar(select(func.count()).select_from(Unlocked)) == 1
    shown = employee.get(f"/speak/en/{box}/")
    assert "Samira Haddad" in shown.text and "Paule Roussel" not in shown.text
    assert (
        "/unlock"
        in as_(people.rep2)
        .get(f"/workspace/en/letterboxes/{box}/desk", status=303)
        .response.headers["Location"]
    )


def test_who_may_name_and_who_may_look(
    work: Work, people: People, as_: As, box: str, newcomer: Account
) -> None:
    circle = f"/workspace/en/bodies/{people.body.id}/keyholders"
    for account in (people.hr, people.chair, people.admin):
        for path in ("", "/successor", "/outside"):
            as_(account).get(f"{circle}{path}", status=403)
    with work() as session:
        body = session.get_one(Body, people.body.id)
        expert = people_services.add_account(
            session,
            email="petit@expertise.example",
            name="Nora Petit",
            role=Role.OUTSIDE_KEYHOLDER,
            outside=body,
        )
        session.flush()
    nora = as_(expert)
    nora.get(circle)
    for path in ("/successor", "/outside"):
        nora.get(f"{circle}{path}", status=403)
    for path in ("consultations", "people", f"consultations/{people.body.id}/letterbox", "notices"):
        nora.get(f"/workspace/en/{path}", status=403)
    nora.get("/workspace/en/")


def test_inviting_from_outside(work: Work, people: People, as_: As) -> None:
    url = f"/workspace/en/bodies/{people.body.id}/keyholders/outside"
    rep = as_(people.rep1)
    typed = {"name": "Nora Petit, expert", "email": "petit@expertise.example", "locale": "en"}
    refused = _post(rep, url, typed | {"email": "besson@orvalie.example"}, status=400)
    assert refused.doc.xpath("//input[@name='name']/@value") == ["Nora Petit, expert"]
    _post(rep, url, typed)
    with work() as session:
        account = people_services.queries.by_email(session, "petit@expertise.example")
        assert account.role is Role.OUTSIDE_KEYHOLDER and account.outside_body_id == people.body.id
    nora = as_(account)
    values = {"passphrase": THIRD, "again": THIRD, "recovery_code": CODE}
    nora.submit(nora.get(f"{KEY}?typed=1"), values)
    with work() as session:
        ready = queries.ready(session, people.body.id, on=clock.today())
        assert [one.account.name for one in ready] == ["Nora Petit, expert"]


def test_own_secrets_by_the_pages(work: Work, people: People, as_: As, box: str) -> None:
    rep = as_(people.rep1)
    new, unlock = "rouge bleu vert jaune noir blanc", f"/workspace/en/letterboxes/{box}/unlock"
    _post(rep, f"{KEY}/rehearsal", {"passphrase": SECOND}, status=400)
    _post(rep, f"{KEY}/rehearsal", {"passphrase": ""}, status=400)
    with work() as session:
        assert queries.of_account(session, people.rep1.id).rehearsed_on is None
    _post(rep, f"{KEY}/rehearsal", {"passphrase": sending.PASSPHRASE})
    with work() as session:
        assert queries.of_account(session, people.rep1.id).rehearsed_on == clock.today()
    wrong = {"passphrase": SECOND, "new_passphrase": new, "again": new}
    page = _post(rep, f"{KEY}/passphrase", wrong, status=400)
    assert new not in page.response.get_data(as_text=True)
    _post(rep, f"{KEY}/passphrase", wrong | {"passphrase": sending.PASSPHRASE, "again": SECOND}, status=400)
    _post(rep, f"{KEY}/passphrase", {"recovery_code": CODE, "new_passphrase": new, "again": new})
    _post(rep, unlock, {"passphrase": sending.PASSPHRASE}, status=400)
    _post(rep, unlock, {"passphrase": new})
    shown = rep.get(f"{KEY}/sheet")
    code = "-".join(one.text_content().strip() for one in shown.doc.xpath("//ol[@class='recovery-list']/li"))
    step = f"{KEY}/sheet?typed=1"
    typed = _form(rep.get(step)) | {"new_recovery_code": code}
    rep.post(f"{KEY}/sheet", typed | {"passphrase": SECOND}, status=400)
    rep.post(f"{KEY}/sheet", typed | {"passphrase": new})
    _post(rep, unlock, {"passphrase": "", "recovery_code": CODE}, status=400)
    _post(rep, unlock, {"passphrase": "", "recovery_code": code})


def test_both_lost_by_the_pages(work: Work, people: People, as_: As, box: str) -> None:
    rep, other = as_(people.rep2), as_(people.rep1)
    assert "Maxime Adjovi" in rep.get(f"{KEY}/lost").text
    assert len(rep.get(f"{KEY}/lost?copy=1").doc.xpath("//ol[@class='recovery-list']/li")) == 9
    values = {"passphrase": THIRD, "again": THIRD, "recovery_code": CODE}
    rep.submit(rep.get(f"{KEY}/lost?typed=1"), values | {"again": SECOND}, status=400)
    rep.submit(rep.get(f"{KEY}/lost?typed=1"), values)
    with work() as session:
        ident = session.scalars(select(Handover)).one().id
    assert str(ident) in other.get("/workspace/en/").response.get_data(as_text=True), (
        "it waits for the others"
    )
    url = f"/workspace/en/handovers/{ident}"
    page = other.get(url)
    assert _words(page) == _words(rep.get(KEY))
    other.post(url, _form(page, url) | {"compared": "y", "passphrase": sending.PASSPHRASE})
    _post(rep, url, {"passphrase": SECOND}, status=400)
    with work() as session:
        assert session.get_one(Handover, ident).ended_on is None
    _post(rep, url, {"passphrase": THIRD})  # all that was passed on at once
    with work() as session:
        assert session.get_one(Handover, ident).ended_on is not None
    _post(rep, f"/workspace/en/letterboxes/{box}/unlock", {"passphrase": SECOND}, status=400)
    _post(rep, f"/workspace/en/letterboxes/{box}/unlock", {"passphrase": THIRD})


def test_a_warning_before_too_few_are_left(work: Work, people: People, as_: As, box: str) -> None:
    admin, rep = as_(people.admin), as_(people.rep2)
    assert "name a keyholder" not in rep.get("/workspace/en/").text
    url = f"/workspace/en/people/{people.rep1.id}/deactivation"
    page = admin.get(url)
    assert "Fewer than two" in page.text
    token = {"csrf_token": page.doc.xpath("//input[@name='csrf_token']/@value")[0]}
    admin.post(url, token, status=400)
    with work() as session:
        assert session.get_one(Account, people.rep1.id).is_active
    admin.post(url, token | {"anyway": "yes"})
    start = rep.get("/workspace/en/").text
    assert "only 1 keyholder" in start and "Hand over the key of Maxime Adjovi" in start
    assert "Only 1 keyholder" in rep.get(f"/workspace/en/bodies/{people.body.id}/keyholders").text
    with work() as session:
        seat = session.get_one(Account, people.rep2.id).mandates[0]
    people_page = admin.post(f"/workspace/en/mandates/{seat.id}/end", token)
    assert people_page.status == 303


def test_a_mandate_that_ends_soon_is_brought_to_mind(work: Work, people: People, as_: As, box: str) -> None:
    with work() as session:
        rep = session.get_one(Account, people.rep1.id)
        rep.mandates[0].ends_on = clock.today() + timedelta(days=20)
    assert "Hand over the key of Maxime Adjovi" in as_(people.rep2).get("/workspace/en/").text


def test_what_can_be_lost_is_said_before(people: People, as_: As, box: str) -> None:
    rep = as_(people.rep1)
    assert "nobody will ever read" in rep.get(KEY).text
    assert "nobody will ever read" in rep.get(f"{KEY}/lost?copy=1").text
