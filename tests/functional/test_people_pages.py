"""People, bodies, mandates and the access word: what an administrator can do, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from consult.core import clock
from consult.mail.models import Letter
from consult.people.models import Account, Body, Mandate, Organisation
from tests.client import PageClient
from tests.conftest import WORD, People

PAGE = "/workspace/fr/people"


def test_inviting_writes_to_them(
    as_: Callable[[Account], PageClient], people: People, work: Callable[..., object]
) -> None:
    admin = as_(people.admin)
    values = {
        "invite-email": "Lou@Orvalie.example",
        "invite-name": "Lou Petit",
        "invite-role": "hr_publisher",
    }
    page = admin.follow(admin.submit(admin.get(PAGE), values, action="invitations"))
    assert "Lou Petit reçoit une invitation" in page.text
    with work() as session:
        letter = session.scalars(select(Letter)).one()
        assert letter.to_address == "lou@orvalie.example" and "/invitation/" in letter.text


@pytest.mark.parametrize("email", ["", "pas une adresse", "besson@orvalie.example"])
def test_a_wrong_invitation_keeps_what_was_typed(
    as_: Callable[[Account], PageClient], people: People, email: str
) -> None:
    admin = as_(people.admin)
    values = {"invite-email": email, "invite-name": "Lou Petit"}
    page = admin.submit(admin.get(PAGE), values, action="invitations", status=400)
    assert page.doc.xpath("//input[@name='invite-name']/@value") == ["Lou Petit"]
    assert page.doc.xpath("//*[@role='alert']")


def test_the_last_administrator_stays(
    as_: Callable[[Account], PageClient], people: People, work: Callable[..., object]
) -> None:
    admin = as_(people.admin)
    page = admin.get(f"{PAGE}/{people.admin.id}/deactivation")
    said = admin.follow(admin.submit(page, action=""))
    assert "dernier compte d’administration" in said.text
    with work() as session:
        assert session.get_one(Account, people.admin.id).is_active


def test_a_body_and_a_mandate(
    as_: Callable[[Account], PageClient], people: People, work: Callable[..., object]
) -> None:
    admin = as_(people.admin)
    body = {"body-name": "CSSCT", "body-kind": "cssct", "body-headcount": "430"}
    admin.submit(admin.get(PAGE), body, action="bodies/new")
    admin.submit(admin.get(PAGE), body, action="bodies/new", status=400)
    with work() as session:
        made = session.scalars(select(Body).where(Body.name == "CSSCT")).one()
    mandate = {
        "mandate-account": str(people.rep1.id), "mandate-body": str(made.id), "mandate-role": "full_member",
        "mandate-starts_on": clock.today().isoformat(), "mandate-ends_on": "2020-01-01",
    }  # fmt: skip
    page = admin.submit(admin.get(PAGE), mandate, action="bodies/mandates", status=400)
    assert "précède" in page.text
    admin.submit(admin.get(PAGE), mandate | {"mandate-ends_on": ""}, action="bodies/mandates")
    with work() as session:
        given = session.scalars(select(Mandate).where(Mandate.body_id == made.id)).one()
    ended = admin.submit(admin.get(PAGE), action=f"{given.id}/end")
    assert ended.status == 303
    with work() as session:
        assert session.get_one(Mandate, given.id).ends_on == clock.today()


@pytest.mark.parametrize("who", ["hr", "rep1", "chair"])
def test_nobody_else_gets_there(as_: Callable[[Account], PageClient], people: People, who: str) -> None:
    as_(getattr(people, who)).get(PAGE, status=403)


def test_the_access_word_changes_and_the_old_one_lasts(
    as_: Callable[[Account], PageClient], people: People, work: Callable[..., object], employee: PageClient
) -> None:
    secretary = as_(people.rep1)
    page = secretary.get("/workspace/fr/access-word")
    assert WORD in page.text
    forms = page.doc.xpath("//main//form")
    assert len(forms) == 1
    short = secretary.submit(page, {"word": "abc"}, status=400)
    assert "trop court" in short.text
    secretary.submit(page, {"word": "grand-hêtre-roux"})
    employee.get("/fr/notices")
    with work() as session:
        organisation = session.get_one(Organisation, 1)
        assert organisation.access_word == "grand-hêtre-roux" and organisation.previous_word == WORD
        organisation.previous_word_until = clock.today().replace(year=2020)
    employee.app.extensions["consult.page_cache"].clear()
    employee.get("/fr/notices", status=403)


@pytest.mark.parametrize("who", ["rep2", "chair", "admin"])
def test_the_access_word_is_for_hr_and_secretaries(
    as_: Callable[[Account], PageClient], people: People, who: str
) -> None:
    as_(getattr(people, who)).get("/workspace/fr/access-word", status=403)
    as_(people.hr).get("/workspace/fr/access-word")
