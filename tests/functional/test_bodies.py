"""Establishments, bodies with their scope, mandates with their votes: who may, from which day to which, and
that pages do not slow down with the number of bodies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.core import clock
from consult.people import bodies, queries, services
from consult.people.models import Account, Body, Establishment, Mandate, Replacement
from consult.people.rules import BodyKind, MandateRole, Role
from tests.client import PageClient
from tests.conftest import People
from tests.functional.test_workspace import counted
from tests.loop import Sent, attack, sent_with

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
BODIES, SITES = "/workspace/fr/bodies", "/workspace/fr/establishments"
ONE = timedelta(days=1)


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def seated(
    work: Work, body: Body, name: str, role: MandateRole, *, first: int = -9, last: int | None = None
) -> Account:
    """Somebody with a mandate from ``first`` to ``last`` days from today."""
    today = clock.today()
    with work() as session:
        made = services.add_account(
            session, email=f"{name.lower()}@orvalie.example", name=name, role=Role.REPRESENTATIVE
        )
        services.give_mandate(
            session, made, session.get_one(Body, body.id), role=role, starts_on=today + first * ONE,
            ends_on=today + last * ONE if last is not None else None,
        )  # fmt: skip
        session.flush()
        session.refresh(made)
    return made


def mandate_of(work: Work, account: Account) -> Mandate:
    with work() as session:
        return session.scalars(select(Mandate).where(Mandate.account_id == account.id)).one()


def voting(work: Work, body: Body, day: int = 0) -> set[UUID]:
    with work() as session:
        return set(queries.voting(session, [body.id], on=clock.today() + day * ONE)[body.id])


# ── establishments and bodies ──────────────────────────────────────────────────


@BOTH
def test_an_establishment_is_added_renamed_and_archived(work: Work, people: People, as_: SignIn) -> None:
    admin = as_(people.admin)
    admin.submit(admin.get(SITES), {"name": "Lille", "headcount": "170"}, action="establishments/new")
    twice = admin.submit(
        admin.get(SITES), {"name": " lille ", "headcount": "9"}, action="establishments/new", status=400
    )
    assert "porte déjà ce nom" in twice.text
    admin.submit(admin.get(SITES), {"name": "", "headcount": "x"}, action="establishments/new", status=400)
    with work() as session:
        site = session.scalars(select(Establishment).where(Establishment.name == "Lille")).one()
    page = admin.get(f"{SITES}/{site.id}")
    admin.submit(page, {"name": "Nantes", "headcount": "170"}, status=400)
    admin.submit(page, {"name": "Lille-Sud", "headcount": "180"})
    admin.submit(admin.get(SITES), action=f"{site.id}/archive")
    assert "Lille-Sud" in admin.get(SITES).text
    edit = admin.get(f"{BODIES}/{people.body.id}/edit")
    assert "Lille-Sud" not in edit.text, "archived: offered nowhere"
    admin.submit(admin.get(SITES), action=f"{site.id}/archive")
    assert "Lille-Sud" in admin.get(f"{BODIES}/{people.body.id}/edit").text
    with work() as session:
        now = session.get_one(Establishment, site.id)
        assert (now.name, now.headcount, now.archived_on) == ("Lille-Sud", 180, None)


@BOTH
def test_a_body_has_a_scope_and_a_parent(work: Work, people: People, as_: SignIn) -> None:
    with work() as session:
        central = services.add_body(session, name="CSE central", kind=BodyKind.CENTRAL_CSE, headcount=900)
        site = session.scalars(select(Establishment)).one()
    admin, where = as_(people.admin), f"{BODIES}/{people.body.id}/edit"
    page = admin.get(where)
    admin.submit(page, {"parent": str(central.id), "establishments": [str(site.id)]})
    shown = admin.get(f"{BODIES}/{people.body.id}").text
    assert "Rattachée à CSE central" in shown and "Nantes" in shown
    assert people.body.name in admin.get(f"{BODIES}/{central.id}").text
    admin.submit(page, {"name": "CSE CENTRAL"}, status=400)
    admin.submit(page, {"kind": "ewc", "parent": str(people.body.id)}, status=400)  # its own parent
    admin.submit(page, {"parent": str(UUID(int=7))}, status=400)
    with work() as session:
        body = session.get_one(Body, people.body.id)
        assert [one.name for one in body.establishments] == ["Nantes"] and body.parent_id == central.id
        assert body.name == people.body.name
        with pytest.raises(bodies.NotItsParent):
            bodies.edit_body(
                session, session.get_one(Body, central.id), name="CSE central", kind=BodyKind.CUSTOM,
                headcount=9, parent=body, establishments=[],
            )  # fmt: skip


def test_only_administrators_change_bodies_and_members_see_their_own(
    work: Work, people: People, as_: SignIn
) -> None:
    with work() as session:
        other = services.add_body(session, name="CSE d’Arcole", kind=BodyKind.CSE, headcount=90)
    for account in (people.rep1, people.chair):
        browser = as_(account)
        assert "CSE d’Arcole" not in browser.get(BODIES).text
        assert "Maxime Adjovi" in browser.get(f"{BODIES}/{people.body.id}").text
        browser.get(f"{BODIES}/{other.id}", status=404)
    for account in (people.rep1, people.chair, people.hr):
        browser, mandate = as_(account), mandate_of(work, people.rep2)
        browser.get(f"{BODIES}/{people.body.id}/edit", status=403)
        browser.get(SITES, status=403)
        for address in (
            f"mandates/{mandate.id}/vote", f"mandates/{mandate.id}/replacements", "establishments/new",
        ):  # fmt: skip
            attack(browser, f"/workspace/fr/{address}", {}, status=403)
    assert "CSE d’Arcole" in as_(people.hr).get(BODIES).text


def test_an_outside_keyholder_reads_nothing_of_who_sits(work: Work, people: People, as_: SignIn) -> None:
    with work() as session:
        outside = services.add_account(
            session, email="o@orvalie.example", name="Odile", role=Role.OUTSIDE_KEYHOLDER,
            outside=session.get_one(Body, people.body.id),
        )  # fmt: skip
        session.refresh(outside)
    for path in (BODIES, f"{BODIES}/{people.body.id}"):
        as_(outside).get(path, status=404)


# ── mandates and votes ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("first", "last", "sees"),
    [(0, None, True), (1, None, False), (-9, 0, True), (-9, -1, False), (0, 0, True)],
)
def test_what_a_person_sees_follows_from_the_mandate_on_the_day(
    work: Work, people: People, sent: Sent, as_: SignIn, first: int, last: int | None, sees: bool
) -> None:
    """The first and the last day count; the day before and the day after do not."""
    lou = as_(seated(work, people.body, "Lou", MandateRole.FULL_MEMBER, first=first, last=last))
    lou.get(f"/workspace/fr/consultations/{sent.consultation_id}", status=200 if sees else 403)
    lou.get(f"{BODIES}/{people.body.id}", status=200 if sees else 404)
    lou.get(f"/workspace/fr/notices/{sent.slug}/questions/new", status=200 if sees else 403)


@BOTH
def test_an_alternate_votes_in_the_place_of_a_member(work: Work, people: People, as_: SignIn) -> None:
    alternate = seated(work, people.body, "Lou", MandateRole.ALTERNATE)
    mine, replaced = mandate_of(work, alternate), mandate_of(work, people.rep2)
    assert mine.id not in voting(work, people.body) and replaced.id in voting(work, people.body)
    admin, where = as_(people.admin), f"/workspace/fr/mandates/{mine.id}"
    today = clock.today()
    values = {
        "replace-replaced": str(replaced.id), "replace-starts_on": today.isoformat(),
        "replace-ends_on": (today + 3 * ONE).isoformat(),
    }  # fmt: skip
    back = {**values, "replace-ends_on": (today - ONE).isoformat()}
    admin.submit(admin.get(where), back, action=f"{mine.id}/replacements", status=400)
    admin.submit(admin.get(where), values, action=f"{mine.id}/replacements")
    again = admin.submit(admin.get(where), values, action=f"{mine.id}/replacements", status=400)
    assert "déjà dans un autre remplacement" in again.text
    expected = {0: mine.id, 3: mine.id, 4: replaced.id, -1: replaced.id}
    for day, ident in expected.items():
        assert {mine.id, replaced.id} & voting(work, people.body, day) == {ident}, day
    shown = as_(people.rep1).get(f"{BODIES}/{people.body.id}").text
    assert "2 mandats ont le droit de vote" in shown and "en remplacement de Paule Roussel" in shown
    # The member who is replaced goes on seeing what the body sees.
    as_(people.rep2).get(f"{BODIES}/{people.body.id}")
    with work() as session:
        made = session.scalars(select(Replacement)).one()
    admin.submit(admin.get(where), action=f"{made.id}/end")
    assert mine.id in voting(work, people.body) and mine.id not in voting(work, people.body, 1)


def test_who_cannot_replace_whom(work: Work, people: People, as_: SignIn) -> None:
    alternate = seated(work, people.body, "Lou", MandateRole.ALTERNATE)
    mine, secretary = mandate_of(work, alternate), mandate_of(work, people.rep1)
    chair = mandate_of(work, people.chair)
    admin, today = as_(people.admin), clock.today().isoformat()
    for ident, by in ((chair.id, mine), (mine.id, mine), (UUID(int=5), mine), (mine.id, secretary)):
        values = {"replace-replaced": str(ident), "replace-starts_on": today, "replace-ends_on": ""}
        attack(admin, f"/workspace/fr/mandates/{by.id}/replacements", values, status=400)
    with work() as session:
        assert session.scalars(select(Replacement)).first() is None


@BOTH
def test_the_right_to_vote_is_set_by_hand_but_never_for_the_chair(
    work: Work, people: People, as_: SignIn
) -> None:
    admin, mandate = as_(people.admin), mandate_of(work, people.rep2)
    admin.submit(admin.get(f"/workspace/fr/mandates/{mandate.id}"), {"vote-has_vote": "no"}, action="vote")
    assert mandate.id not in voting(work, people.body)
    admin.submit(admin.get(f"/workspace/fr/mandates/{mandate.id}"), {"vote-has_vote": "role"}, action="vote")
    assert mandate.id in voting(work, people.body)
    chair = mandate_of(work, people.chair)
    assert "ne vote pas" in admin.get(f"/workspace/fr/mandates/{chair.id}").text
    attack(admin, f"/workspace/fr/mandates/{chair.id}/vote", {"vote-has_vote": "yes"}, status=400)
    with pytest.raises(IntegrityError), work() as session:
        session.get_one(Mandate, chair.id).has_vote = True


# ── a group ────────────────────────────────────────────────────────────────────


def _group(work: Work, number: int, start: int) -> None:
    today = clock.today()
    with work() as session:
        for at in range(start, start + number):
            body = services.add_body(session, name=f"CSE {at:03}", kind=BodyKind.CSE, headcount=90)
            site = services.add_establishment(session, name=f"Site {at:03}", headcount=90)
            body.establishments = [site]
            for seat in range(5):
                account = services.add_account(
                    session, email=f"m{at}-{seat}@orvalie.example", name=f"Membre {at:03}-{seat}",
                    role=Role.REPRESENTATIVE,
                )  # fmt: skip
                services.give_mandate(
                    session, account, body, role=MandateRole.FULL_MEMBER, starts_on=today - ONE
                )


def test_pages_do_not_slow_down_with_the_number_of_bodies(
    app: Flask, work: Work, people: People, as_: SignIn
) -> None:
    """Three bodies, then a group of forty with two hundred mandates."""
    admin, found = as_(people.admin), []
    for start, number in ((0, 3), (3, 37)):
        _group(work, number, start)
        with work() as session:
            body = session.scalars(select(Body).where(Body.name == "CSE 001")).one()
        counts = []
        for path in (BODIES, "/workspace/fr/people", SITES, f"{BODIES}/{body.id}"):
            with counted(app) as statements:
                admin.get(path)
            counts.append(len(statements))
        found.append(counts)
    assert found[0] == found[1]
    assert max(found[1]) <= 14, found
    names = set()
    page = admin.get(BODIES)
    while True:
        names |= {str(one) for one in page.doc.xpath("//tbody//th/a/text()")}
        further = page.doc.xpath("//a[@rel='next']/@href")
        if not further:
            break
        page = admin.get(str(further[0]))
    assert len(names) == 41
    sought = admin.get("/workspace/fr/people?q=Membre+007")
    assert len(sought.doc.xpath("//section[1]//tbody/tr")) == 5
    admin.get("/workspace/fr/people?q=%25&after=nonsense")
