"""The second pair of eyes: notes between colleagues, and who approves what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from consult.consultations import services as consultations
from consult.core import clock
from consult.mail.models import Letter
from consult.notices import exports, queries, services
from consult.notices.models import Note, Revision
from consult.notices.rules import Review
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import Role
from tests import reading_story as story
from tests.client import Page, PageClient
from tests.conftest import People
from tests.loop import attack

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
SECRET = "Ne pas citer Mme Zéphyrine Quatrebarbes"
BASE = "/workspace/en/notices/plume"


@pytest.fixture
def slug(work: Work, people: People) -> str:
    return story.draft(work, people)


@pytest.fixture
def colleague(work: Work, people: People) -> Account:
    with work() as session:
        return people_services.add_account(
            session, email="lea@orvalie.example", name="Léa Morel", role=Role.HR_PUBLISHER, locale="en"
        )


def note(client: PageClient, text: str = SECRET, key: str = "", *, status: int = 303) -> Page:
    return client.submit(
        client.get(f"{BASE}/notes"), {"text": text, "key": key}, action="#write", status=status
    )


def newest(work: Work) -> Revision:
    with work() as session:
        revision = queries.by_slug(session, "plume").revisions[-1]
        assert revision.approver is None or revision.approver.name
        return revision


def count(work: Work, model: Any) -> int:
    with work() as session:
        return int(session.scalar(select(func.count()).select_from(model)))


# ── notes ──────────────────────────────────────────────────────────────────────


@BOTH
def test_a_note_stands_beside_its_section_until_it_is_resolved(
    work: Work, people: People, slug: str, colleague: Account, as_: As
) -> None:
    hr, other = as_(people.hr), as_(colleague)
    note(other, "Say who can see it.", key="monitoring")
    note(other, "Too long as a whole.")
    beside = hr.get(f"{BASE}/edit?section=work")
    assert "Say who can see it." in beside.text
    assert "Too long as a whole." not in beside.text
    assert "Say who can see it." not in hr.get(f"{BASE}/edit?section=data").text
    assert "1 note" in " ".join(
        beside.doc.xpath("//nav[@class='edit-nav']//button[contains(.,'work')]//text()")
    )
    page = hr.get(f"{BASE}/notes")
    assert page.doc.xpath("//h3/a[contains(@href,'section=work')]")
    forms = page.doc.xpath("//main//form[contains(@action,'/resolve')]/@action")
    for _ in range(2):
        hr.post(forms[0], {"csrf_token": page.doc.xpath("//input[@name='csrf_token']/@value")[0]})
    assert "Say who can see it." not in hr.get(f"{BASE}/edit?section=work").text
    resolved = hr.get(f"{BASE}/notes")
    assert "Resolved by Claire Besson" in resolved.text
    with work() as session:
        open_ = queries.open_notes(session, queries.by_slug(session, slug).revisions[-1].id)
        assert [one.text for one in open_] == ["Too long as a whole."]


@BOTH
def test_those_concerned_get_a_link_and_nobody_the_text(
    work: Work, people: People, slug: str, colleague: Account, as_: As
) -> None:
    third = "Noé Tiers"
    with work() as session:
        reader = people_services.add_account(
            session, email="noe@orvalie.example", name=third, role=Role.HR_PUBLISHER
        )
    note(as_(people.hr))
    assert count(work, Letter) == 0, "the author wrote to nobody but themselves"
    note(as_(colleague))
    note(as_(reader))
    with work() as session:
        letters = session.scalars(select(Letter).order_by(Letter.queued_at)).all()
        told = [one.to_address for one in letters]
        assert told[0] == people.hr.email
        assert sorted(told[1:]) == sorted([people.hr.email, colleague.email])
        for one in letters:
            assert f"/{one.locale}/notices/{slug}/notes" in one.text
            assert "Quatrebarbes" not in one.text + one.html + one.subject


@BOTH
def test_a_double_click_writes_one_note(work: Work, slug: str, people: People, as_: As) -> None:
    hr = as_(people.hr)
    page = hr.get(f"{BASE}/notes")
    for _ in range(2):
        hr.submit(page, {"text": "Une fois."}, action="#write")
    assert count(work, Note) == 1


def test_nothing_typed_is_lost(work: Work, people: People, slug: str, as_: As) -> None:
    hr = as_(people.hr)
    empty = note(hr, " ", "monitoring", status=400)
    assert empty.doc.xpath("//option[@value='monitoring'][@selected]")
    long = "a" * 4001
    assert note(hr, long, status=400).doc.xpath("//textarea")[0].text.strip() == long
    attack(hr, f"{BASE}/notes", {"text": "x", "key": "nothing"}, status=400)
    assert count(work, Note) == 0
    page = hr.get(f"{BASE}/edit?section=work")
    there = hr.submit(page, {"monitoring_fr": "Relu."}, button="go=notes", action="/edit")
    assert there.response.location == f"{BASE}/notes?section=work"
    assert newest(work).fields["monitoring"].texts["fr"] == "Relu."


def test_nobody_else_reads_a_note(
    work: Work, people: People, as_: As, colleague: Account, employee: PageClient
) -> None:
    story.send(work, people)
    with work() as session:
        notice = queries.by_slug(session, "plume")
        services.revise(session, notice, actor=session.get(Account, people.hr.id))
    note(as_(people.hr))
    with work() as session:
        ident = session.scalars(select(Note.id)).one()
    for account in (people.rep1, people.chair, people.admin):
        as_(account).get(f"{BASE}/notes", status=403)
        attack(as_(account), f"{BASE}/notes", {"text": "x", "key": ""}, status=403)
        attack(as_(account), f"{BASE}/notes/{ident}/resolve", {}, status=403)
    for path in (
        "/en/notices/plume",
        "/en/notices/plume/managers",
        "/en/notices",
        "/en/notices/plume/revisions/1",
    ):
        assert "Quatrebarbes" not in employee.get(path).text
    for path in (BASE, f"{BASE}/preview"):
        assert "Quatrebarbes" not in as_(people.hr).get(path).text, "not even HR, on a reader's page"
    assert "Quatrebarbes" not in as_(people.rep1).get(BASE).text
    with work() as session:
        assert "Quatrebarbes" not in exports.document(
            queries.by_slug(session, "plume"), organisation="Orvalie"
        )


@BOTH
def test_withdrawn_with_its_notice(work: Work, people: People, as_: As) -> None:
    story.draft(work, people)
    note(as_(people.hr))
    story.draft(work, people, "autre")
    with work() as session:
        kept = queries.by_slug(session, "autre").revisions[-1].id
        author = people.hr.id
        session.add(Note(revision_id=kept, key="", text="x", author_id=author, written_at=clock.now()))
    with work() as session:
        notice, hr = queries.by_slug(session, "plume"), session.get(Account, people.hr.id)
        consultations.send(
            session, notice, body=session.get(Body, people.body.id), actor=hr, on=story.SENT, held_until=None
        )
    assert count(work, Note) == 2, "sent, they stay"
    story.withdraw(work, people, "plume")
    with work() as session:
        assert session.scalars(select(Note.revision_id)).all() == [kept]
    as_(people.hr).get(f"{BASE}/notes")
    attack(as_(people.hr), f"{BASE}/notes", {"text": "trop tard", "key": ""}, status=409)


def test_a_note_of_another_notice_is_not_resolved_here(
    work: Work, people: People, slug: str, as_: As
) -> None:
    story.draft(work, people, "autre")
    hr = as_(people.hr)
    note(hr)
    with work() as session:
        ident = session.scalars(select(Note.id)).one()
    attack(hr, f"/workspace/en/notices/autre/notes/{ident}/resolve", {}, status=404)


# ── approving ──────────────────────────────────────────────────────────────────


def approve(client: PageClient, *, section: str = "work", **typed: str) -> Page:
    return client.submit(
        client.get(f"{BASE}/edit?section={section}"), typed, button="go=to:approved", action="/edit"
    )


@BOTH
def test_open_notes_are_said_before_it_is_approved(
    work: Work, people: People, slug: str, colleague: Account, as_: As
) -> None:
    hr, other = as_(people.hr), as_(colleague)
    note(hr, "Première.")
    asked = approve(other)
    assert asked.response.location == f"{BASE}/approve"
    page = other.follow(asked)
    assert "1 note is still open" in page.text
    assert "Première." in page.text
    note(hr, "Seconde.")
    again = other.submit(page, status=409)
    assert "2 notes are still open" in again.text
    assert newest(work).review is Review.DRAFT
    other.submit(again)
    approved = newest(work)
    assert (approved.review, approved.approved_by) == (Review.APPROVED, colleague.id)


@BOTH
def test_whoever_changed_it_last_does_not_approve_it(
    work: Work, people: People, slug: str, colleague: Account, as_: As
) -> None:
    hr, other = as_(people.hr), as_(colleague)
    page = hr.follow(approve(hr, monitoring_fr="De ma main."))
    assert "somebody else" in page.text
    assert newest(work).review is Review.DRAFT
    attack(hr, f"{BASE}/approve", {"knowing": "9"}, status=409)
    hr.submit(hr.get(f"{BASE}/edit"), button="go=to:in_review", action="/edit")
    assert not hr.get(f"{BASE}/edit").doc.xpath("//button[@value='to:approved']")
    other.submit(other.get(f"{BASE}/edit?section=work"), {"monitoring_fr": "Corrigé."}, action="/edit")
    page = hr.follow(approve(hr))
    assert "Approved by Claire Besson, who had asked for it to be reread." in page.text
    revision = newest(work)
    assert (revision.approved_by, revision.asked_by, revision.edited_by) == (
        people.hr.id, people.hr.id, colleague.id,
    )  # fmt: skip


def test_alone_one_approves_and_it_is_said_that_nobody_reread(
    work: Work, people: People, slug: str, as_: As
) -> None:
    hr = as_(people.hr)
    assert "will not have been reread" in hr.get(f"{BASE}/edit").text
    page = hr.follow(approve(hr, monitoring_fr="De ma main."))
    assert "nobody else reread it" in page.text
    assert newest(work).review is Review.APPROVED


@BOTH
def test_the_next_revision_is_reread_like_the_first(
    work: Work, people: People, colleague: Account, as_: As, employee: PageClient
) -> None:
    story.send(work, people)
    hr, other = as_(people.hr), as_(colleague)
    start = hr.get(f"{BASE}/edit")
    hr.submit(start, {"changelog_fr": "Les délais."}, action="/revise")
    hr.submit(
        hr.get(f"{BASE}/edit?section=work"),
        {"monitoring_fr": "Deux."},
        button="go=to:in_review",
        action="/edit",
    )
    assert newest(work).review is Review.IN_REVIEW
    assert "Plume, the reply assistant" in other.get("/workspace/en/").text
    assert not hr.get(f"{BASE}/send").doc.xpath("//input[@name='confirmed']"), "being reread, it waits"
    assert "Being reread" in hr.get("/workspace/en/notices").text
    approve(other)
    assert newest(work).review is Review.APPROVED
    with work() as session:
        notice = queries.by_slug(session, "plume")
        assert notice.state == "published"
        services.publish(session, notice, actor=session.get(Account, people.hr.id), on=clock.today())
    published = newest(work)
    assert (published.review, published.approved_by) == (Review.APPROVED, colleague.id)
    assert "Léa" not in employee.get("/en/notices/plume").text, "who reread it is nobody else's business"
