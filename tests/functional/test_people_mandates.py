"""Who may sit where: nobody on both sides, nobody twice, and ending is never a way to prolong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consult.core import clock
from consult.core.errors import WrongState
from consult.people import services
from consult.people.models import Account, Body, Mandate
from consult.people.rules import BodyKind, MandateRole, Role, is_address, overlap
from consult.signin import services as signin
from tests import loop
from tests.client import Page, PageClient
from tests.conftest import People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
PAGE = "/workspace/fr/people"


@pytest.fixture
def other(work: Work, people: People) -> Body:
    with work() as session:
        return services.add_body(session, name="CSSCT", kind=BodyKind.CSSCT, headcount=430)


def give(
    browser: PageClient, account: Account, body: Body, role: str, *, status: int = 303, **more: str
) -> Page:
    values = {
        "mandate-account": str(account.id), "mandate-body": str(body.id), "mandate-role": role,
        "mandate-starts_on": clock.today().isoformat(), "mandate-ends_on": "",
    }  # fmt: skip
    more = {f"mandate-{name}": value for name, value in more.items()}
    return browser.submit(browser.get(PAGE), values | more, action="bodies/mandates", status=status)


def mandates(work: Work, account: Account) -> list[Mandate]:
    with work() as session:
        return list(session.scalars(select(Mandate).where(Mandate.account_id == account.id)))


@BOTH
def test_nobody_sits_on_both_sides(work: Work, people: People, as_: As, other: Body) -> None:
    admin = as_(people.admin)
    page = give(admin, people.rep1, other, "chair", status=400)
    assert "présider" in page.text
    give(admin, people.chair, other, "full_member", status=400)
    give(admin, people.hr, other, "full_member", status=400)
    assert len(mandates(work, people.rep1)) == 1
    assert mandates(work, people.hr) == []
    give(admin, people.hr, other, "chair")
    give(admin, people.rep1, other, "secretary")
    give(admin, people.chair, other, "chair")


def test_once_a_mandate_is_over_the_other_side_is_open(
    work: Work, people: People, as_: As, other: Body
) -> None:
    with work() as session:
        services.end_mandate(
            session,
            session.get_one(Account, people.rep1.id).mandates[0],
            on=clock.today() - timedelta(days=1),
        )
    give(as_(people.admin), people.rep1, other, "chair")


def test_a_double_click_gives_one_mandate(work: Work, people: People, as_: As, other: Body) -> None:
    admin = as_(people.admin)
    give(admin, people.rep2, other, "full_member")
    page = give(admin, people.rep2, other, "full_member", status=400)
    assert page.doc.xpath("//*[@role='alert']")
    assert page.doc.xpath("//details[@open]"), "the form that was refused is shown"
    assert len(mandates(work, people.rep2)) == 2
    later = (clock.today() + timedelta(days=400)).isoformat()
    give(admin, people.rep2, other, "treasurer", starts_on=later, status=400)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("role", "king"),
        ("body", "00000000-0000-0000-0000-000000000000"),
        ("account", "x"),
        ("ends_on", "31/02/2027"),
    ],
)
def test_made_up_values_are_refused(people: People, as_: As, other: Body, name: str, value: str) -> None:
    admin = as_(people.admin)
    values = {
        "mandate-account": str(people.rep2.id), "mandate-body": str(other.id), "mandate-role": "alternate",
        "mandate-starts_on": clock.today().isoformat(), f"mandate-{name}": value,
    }  # fmt: skip
    page = admin.submit(admin.get(PAGE), values, action="bodies/mandates", status=400)
    assert page.doc.xpath("//*[@role='alert']")


def test_an_administrator_is_not_offered_a_seat(people: People, as_: As, other: Body) -> None:
    page = as_(people.admin).get(PAGE)
    offered = page.doc.xpath("//select[@name='mandate-account']/option/@value")
    assert str(people.admin.id) not in offered
    give(as_(people.admin), people.admin, other, "full_member", status=400)


def test_ending_is_never_a_way_to_prolong(work: Work, people: People, as_: As) -> None:
    (mandate,) = mandates(work, people.rep2)
    admin = as_(people.admin)
    page = admin.get(PAGE)
    admin.submit(page, action=f"{mandate.id}/end")
    with work() as session:
        session.get_one(Mandate, mandate.id).ends_on = clock.today() - timedelta(days=3)
    loop.attack(admin, f"/workspace/fr/mandates/{mandate.id}/end", {}, status=303)
    (after,) = mandates(work, people.rep2)
    assert after.ends_on == clock.today() - timedelta(days=3)
    as_(people.rep2).get("/workspace/fr/consultations", status=403)


def test_a_mandate_counts_until_its_last_day(work: Work, people: People, as_: As) -> None:
    (mandate,) = mandates(work, people.rep2)
    admin = as_(people.admin)
    admin.submit(admin.get(PAGE), action=f"{mandate.id}/end")
    as_(people.rep2).get("/workspace/fr/consultations")


def test_acts_need_an_administrator_and_a_token(
    work: Work, people: People, as_: As, client: PageClient
) -> None:
    (mandate,) = mandates(work, people.rep2)
    addresses = (
        f"/workspace/fr/mandates/{mandate.id}/end",
        f"{PAGE}/{people.rep2.id}/deactivation",
        f"{PAGE}/{people.rep2.id}/reactivation",
        f"{PAGE}/{people.rep2.id}/invitation",
        f"{PAGE}/invitations",
        "/workspace/fr/bodies/new",
        "/workspace/fr/bodies/mandates",
    )
    for address in addresses:
        for account in (people.hr, people.rep1, people.chair):
            loop.attack(as_(account), address, {}, status=403)
        as_(people.admin).post(address, status=400)
        client.post(address, status=400)
    (after,) = mandates(work, people.rep2)
    assert after.ends_on is None
    with work() as session:
        assert session.get_one(Account, people.rep2.id).is_active


def test_an_account_in_use_is_not_invited_again(work: Work, people: People, as_: As) -> None:
    admin = as_(people.admin)
    page = admin.get(PAGE)
    with work() as session:
        session.get_one(Account, people.rep2.id).password_hash = "something"
    admin.submit(page, action=f"{people.rep2.id}/invitation", status=409)
    with work() as session, pytest.raises(WrongState):
        signin.invite(session, session.get_one(Account, people.rep2.id), now=clock.now())


def test_deactivated_and_back(work: Work, people: People, as_: As) -> None:
    admin = as_(people.admin)
    admin.submit(admin.get(f"{PAGE}/{people.rep2.id}/deactivation"), action="")
    page = admin.get(PAGE)
    assert "Désactivé" in page.text
    older = as_(people.rep2)
    older.get("/workspace/fr/", status=302)
    admin.submit(page, action="reactivation")
    older.get("/workspace/fr/", status=302)
    with work() as session:
        now = session.get_one(Account, people.rep2.id)
    as_(now).get("/workspace/fr/")


def test_everybody_is_listed(work: Work, people: People, as_: As) -> None:
    """With mandates or without."""
    with work() as session:
        for number in range(30):
            services.add_account(
                session, email=f"p{number}@orvalie.example", name=f"P{number}", role=Role.REPRESENTATIVE
            )
    admin, seen = as_(people.admin), 0
    page = admin.get(PAGE)
    while True:
        seen += len(page.doc.xpath("//section[1]//tbody/tr"))
        further = page.doc.xpath("//a[@rel='next']/@href")
        if not further:
            break
        page = admin.get(str(further[0]))
    assert seen == 35


@pytest.mark.parametrize("text", ["", "a", "a@b", "a b@c.d", "@x.y", "a@@b.c", "x" * 250 + "@y.zz"])
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)


def test_what_is_one() -> None:
    assert is_address(" prénom.nom@orvalie.example ")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((1, 5), (5, 9), True),
        ((1, 5), (6, 9), False),
        ((1, None), (9, None), True),
        ((6, None), (1, 5), False),
        ((5, None), (1, 5), True),
        ((2, 3), (1, 9), True),
    ],
)
def test_periods_overlap_by_a_shared_day(
    first: tuple[int, int | None], second: tuple[int, int | None], expected: bool
) -> None:
    def days(period: tuple[int, int | None]) -> tuple[date, date | None]:
        start, end = period
        return date(2026, 1, start), date(2026, 1, end) if end else None

    assert overlap(*days(first), *days(second)) is expected
    assert overlap(*days(second), *days(first)) is expected


def test_the_rule_does_not_depend_on_the_page(work: Work, people: People, other: Body) -> None:
    with work() as session:
        for account in (people.admin, people.hr):
            with pytest.raises(services.CannotSit):
                services.must_be_able_to_sit(
                    session.get_one(Account, account.id), other, role=MandateRole.ALTERNATE,
                    starts_on=clock.today(), ends_on=None,
                )  # fmt: skip
