"""The body's comment beside the two-minute page: adopted, corrected, withdrawn, and read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from consult.core import clock
from consult.core.localized import Localized
from consult.mail.models import Letter
from consult.opinions.models import Remark
from consult.opinions.rules import REMARK_WORDS, too_long
from consult.people import services as people_services
from consult.people.models import Account, Resolution
from consult.people.rules import BodyKind, MandateRole, Role
from consult.register.models import Entry
from consult.register.rules import Tag
from tests import reading_story as story
from tests.client import Page, PageClient
from tests.conftest import WORD, People
from tests.loop import Sent, attack, sent_with, withdraw

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
VOTES = {"votes_for": "8", "votes_against": "3", "abstentions": "1"}
FR, EN = "Le CSE demande un essai de deux mois.", "The CSE asks for a two-month trial."
TEXT = {"text_fr": FR, "text_en": EN}


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def url(sent: Sent, lang: str = "fr") -> str:
    return f"/workspace/{lang}/consultations/{sent.consultation_id}/remark"


def count(work: Work, model: Any) -> int:
    with work() as session:
        return int(session.scalar(select(func.count()).select_from(model)))


def adopt(rep: PageClient, sent: Sent, *, status: int = 303, **values: str) -> Page:
    return rep.submit(rep.get(url(sent)), {**TEXT, **VOTES, **values}, status=status)


def beside(client: PageClient, sent: Sent, lang: str = "fr") -> str:
    page = client.get(f"/{lang}/notices/{sent.slug}")
    return " ".join(page.doc.xpath("string(//section[@aria-labelledby='two-comment'])").split())


@BOTH
def test_adopted_it_is_read_in_both_languages_and_recorded(
    work: Work, people: People, sent: Sent, as_: SignIn, employee: PageClient
) -> None:
    assert beside(employee, sent) == ""
    adopt(as_(people.rep1), sent)
    french, english = beside(employee, sent), beside(employee, sent, "en")
    assert FR in french
    assert people.body.name in french
    assert EN in english
    assert FR not in english
    with work() as session:
        remark = session.scalars(select(Remark)).one()
        assert (remark.number, remark.about_revision) == (1, 1)
        assert (remark.resolution.votes_for, remark.resolution.abstentions) == (8, 1)
        entry = session.scalars(select(Entry).where(Entry.tag == Tag.REMARK_PUBLISHED)).one()
        assert entry.ref == str(remark.ref)
        assert entry.visibility == "employees"
        letter = session.scalars(select(Letter).where(Letter.about == str(remark.ref))).one()
        assert letter.to_address == people.hr.email
        assert "deux mois" not in letter.text, "links only"


@BOTH
def test_a_majority_is_needed_and_what_was_typed_is_kept(
    work: Work, people: People, sent: Sent, as_: SignIn, employee: PageClient
) -> None:
    page = adopt(as_(people.rep1), sent, status=409, votes_for="6", votes_against="3", abstentions="3")
    assert page.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == FR
    assert page.doc.xpath("//textarea[@name='text_en']")[0].text.strip() == EN
    assert "7" in page.doc.xpath("string(//*[contains(@class,'banner')])")
    assert count(work, Remark) == count(work, Resolution) == 0
    assert beside(employee, sent) == ""


def test_words_are_counted_in_each_language() -> None:
    sixty = "mot " * REMARK_WORDS
    assert too_long(Localized.of(fr=sixty, en=sixty)) == {}
    assert too_long(Localized.of(fr=sixty + "encore", en="one")) == {"fr": 61}
    assert too_long(Localized.of(fr=f"{sixty} . , ;", en="one")) == {}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_more_than_sixty_words_are_refused_and_kept(
    work: Work, people: People, sent: Sent, as_: SignIn, language: str
) -> None:
    long = "mot " * REMARK_WORDS + "de trop"
    page = adopt(as_(people.rep1), sent, status=400, **{f"text_{language}": long})
    assert page.doc.xpath("//*[contains(@class,'errors')]//a/@href") == [f"#text_{language}"]
    assert "62" in page.doc.xpath("string(//*[contains(@class,'errors')]//a)")
    assert page.doc.xpath(f"//textarea[@name='text_{language}']")[0].text.strip() == long
    assert page.doc.xpath("//input[@name='votes_for']/@value") == ["8"]
    assert count(work, Remark) == count(work, Resolution) == 0


@pytest.mark.parametrize("wrong", [{"text_fr": " "}, {"votes_for": ""}, {"votes_against": "-1"}])
def test_what_is_wrong_is_said_at_its_field(
    work: Work, people: People, sent: Sent, as_: SignIn, wrong: dict[str, str]
) -> None:
    page = adopt(as_(people.rep1), sent, status=400, **wrong)
    assert page.doc.xpath("//*[contains(@class,'errors')]//a/@href") == [f"#{next(iter(wrong))}"]
    assert count(work, Remark) == 0


@BOTH
def test_a_double_click_makes_one(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = rep.get(url(sent))
    for _ in range(2):
        rep.submit(page, {**TEXT, **VOTES})
    assert count(work, Remark) == count(work, Resolution) == 1


@BOTH
def test_a_correction_takes_its_place_and_both_stay_on_record(
    work: Work, people: People, sent: Sent, as_: SignIn, employee: PageClient
) -> None:
    rep = as_(people.rep1)
    adopt(rep, sent)
    page = rep.get(url(sent))
    assert page.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == FR, "it begins with what stands"
    rep.submit(page, {"text_fr": "Le CSE demande trois mois.", **VOTES})
    assert "trois mois" in beside(employee, sent)
    assert "deux mois" not in beside(employee, sent)
    assert "deux mois" in rep.get(url(sent)).text
    with work() as session:
        assert [one.number for one in session.scalars(select(Remark).order_by(Remark.number))] == [1, 2]


@BOTH
def test_two_members_who_write_at_once_both_see_both(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    mine, theirs = as_(people.rep1), as_(people.rep2)
    late = theirs.get(url(sent))
    adopt(mine, sent)
    page = theirs.submit(late, {"text_fr": "Un autre commentaire.", **VOTES}, status=409)
    assert FR in page.text
    assert page.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == "Un autre commentaire."
    assert count(work, Remark) == 1
    theirs.submit(page)
    assert count(work, Remark) == 2


@BOTH
def test_a_comment_never_changes_but_may_be_withdrawn_once(
    work: Work, people: People, sent: Sent, as_: SignIn, employee: PageClient
) -> None:
    rep = as_(people.rep1)
    rep.get(f"{url(sent)}/withdraw", status=404)
    adopt(rep, sent)
    for attempt in ("UPDATE remark SET number = 4", "UPDATE remark SET text = '{}'", "DELETE FROM remark"):
        with pytest.raises(DatabaseError), work() as session:
            session.execute(text(attempt))
    page = rep.get(f"{url(sent)}/withdraw")
    lost = rep.submit(page, {**VOTES, "votes_for": "2"}, status=409)
    assert FR in lost.text
    assert FR in beside(employee, sent)
    for _ in range(2):
        rep.submit(page, VOTES)
    assert FR not in beside(employee, sent)
    assert people.body.name in beside(employee, sent), "that it was withdrawn is said"
    with work() as session:
        assert session.scalars(select(Remark)).one().withdrawn_on == clock.today()
        assert len(session.scalars(select(Entry).where(Entry.tag == Tag.REMARK_WITHDRAWN)).all()) == 1
    with pytest.raises(DatabaseError), work() as session:
        session.execute(text("UPDATE remark SET withdrawn_on = NULL, withdrawal_id = NULL"))
    again = rep.get(url(sent))
    assert not (again.doc.xpath("//textarea[@name='text_fr']")[0].text or "").strip()
    rep.submit(again, {"text_fr": "Nouveau commentaire.", **VOTES})
    assert "Nouveau commentaire." in beside(employee, sent)


def test_who_may_not(work: Work, people: People, sent: Sent, as_: SignIn, client: PageClient) -> None:
    with work() as session:
        other = people_services.add_body(session, name="CSE de Lille", kind=BodyKind.CSE, headcount=90)
        stranger = people_services.add_account(
            session, email="s@orvalie.example", name="Sacha Autre", role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, stranger, other, role=MandateRole.SECRETARY, starts_on=clock.today()
        )
        mandate = session.get_one(Account, people.rep2.id).mandates[0]
        mandate.ends_on = clock.today() - timedelta(days=1)
        session.flush()
        session.refresh(stranger)
    refused = (
        (people.hr, 403),
        (people.chair, 403),
        (people.admin, 403),
        (people.rep2, 403),
        (stranger, 404),
    )
    for account, status in refused:
        for address in (url(sent), f"{url(sent)}/withdraw"):
            as_(account).get(address, status=status)
            attack(as_(account), address, {**TEXT, **VOTES}, status=status)
    client.get(url(sent), status=302)
    assert count(work, Remark) == 0


def test_it_is_read_at_the_level_of_its_notice(
    work: Work, people: People, as_: SignIn, employee: PageClient, client: PageClient
) -> None:
    held = sent_with(work, people, held_until=clock.today() + timedelta(days=5))
    adopt(as_(people.rep1), held)
    employee.get(f"/fr/notices/{held.slug}", status=404)
    client.get(f"/fr/notices/{held.slug}", status=403)
    assert FR in as_(people.hr).get(f"/workspace/fr/notices/{held.slug}").text
    with work() as session:
        entry = session.scalars(select(Entry).where(Entry.tag == Tag.REMARK_PUBLISHED)).one()
        assert entry.visibility == "body"


def test_a_later_revision_says_which_text_it_was_written_about(
    work: Work, people: People, sent: Sent, as_: SignIn, employee: PageClient
) -> None:
    adopt(as_(people.rep1), sent)
    assert "révision 1" not in beside(employee, sent)
    story.revise(work, people, sent.slug, on=clock.today(), changelog=story.both("Délais.", "Delays."))
    text_ = employee.get(f"/en/notices/{sent.slug}").doc.xpath(
        "string(//section[@aria-labelledby='two-comment'])"
    )
    assert "revision 1" in text_


def test_what_is_not_translated_says_so(
    people: People, sent: Sent, as_: SignIn, employee: PageClient
) -> None:
    adopt(as_(people.rep1), sent, text_en="")
    page = employee.get(f"/en/notices/{sent.slug}")
    side = page.doc.xpath("//section[@aria-labelledby='two-comment']")[0]
    assert side.xpath(".//*[@lang='fr']")
    assert "Only in French so far" in side.text_content()


def test_a_withdrawn_notice_takes_no_comment(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = rep.get(url(sent))
    withdraw(work, people, sent.slug)
    late = rep.submit(page, {**TEXT, **VOTES}, status=409)
    assert [one.text.strip() for one in late.doc.xpath("//textarea[@readonly]")] == [FR, EN]
    assert count(work, Remark) == count(work, Resolution) == 0
    assert not rep.get(url(sent)).doc.xpath("//main//form")


def test_it_is_offered_where_one_reads_and_on_the_start_page(
    people: People, sent: Sent, as_: SignIn, app: Any
) -> None:
    rep = as_(people.rep1)
    start = "/workspace/fr/"
    for page in (start, f"/workspace/fr/notices/{sent.slug}"):
        assert url(sent) in rep.get(page).links(), page
    for account in (people.hr, people.chair):
        assert url(sent) not in as_(account).get(f"/workspace/fr/notices/{sent.slug}").links()
    adopt(rep, sent)
    assert url(sent) not in rep.get(start).links(), "done, it is no longer offered as something to do"
    assert url(sent) not in PageClient(app).with_word(WORD).get(f"/fr/notices/{sent.slug}").links()
