"""The body gives its opinion, the employer its reasoned response."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from consult.commitments.models import Commitment
from consult.consultations.models import Consultation, Fact
from consult.consultations.rules import FactKind
from consult.core import clock
from consult.mail.models import Letter
from consult.opinions.models import Opinion, OpinionPoint, Response, ResponsePoint
from consult.opinions.rules import Position, Stance
from consult.people import services as people_services
from consult.people.models import Account, Resolution
from consult.people.rules import BodyKind, MandateRole, Role
from consult.register.models import Link
from tests.client import Page, PageClient
from tests.conftest import People
from tests.loop import Sent, attack, sent_with, withdraw

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
VOTES = {"votes_for": "8", "votes_against": "3", "abstentions": "1"}
TEXT = {"text_fr": "Le CSE est favorable, à condition que le résumé reste modifiable."}


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def give_url(sent: Sent, lang: str = "fr") -> str:
    return f"/workspace/{lang}/consultations/{sent.consultation_id}/opinion"


def respond_url(sent: Sent, lang: str = "fr") -> str:
    return f"/workspace/{lang}/consultations/{sent.consultation_id}/response"


def count(work: Work, model: Any) -> int:
    with work() as session:
        return int(session.scalar(select(func.count()).select_from(model)))


def review(rep: PageClient, sent: Sent, **values: str) -> Page:
    """The page that shows everything before it is recorded."""
    return rep.submit(rep.get(give_url(sent)), {**TEXT, **VOTES, **values}, button="act=review", status=200)


def adopted(rep: PageClient, sent: Sent, **values: str) -> None:
    rep.submit(review(rep, sent, **values), button="act=confirm")


@BOTH
def test_the_whole_way_from_the_opinion_to_a_commitment(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep, hr = as_(people.rep1), as_(people.hr)
    page = rep.get(give_url(sent))
    page = rep.submit(
        page,
        {**TEXT, **VOTES, "position": "with_reservations", "reservations-0-text_fr": "Modifiable."},
        button="act=add-reservations",
        status=200,
    )
    assert page.doc.xpath("//textarea[@name='reservations-0-text_fr']")[0].text.strip() == "Modifiable."
    page = rep.submit(
        page,
        {
            "reservations-1-text_fr": "Effacé sous 24 heures.",
            "reservations-1-text_en": "Deleted within 24 hours.",
            "wishes-0-text_fr": "Une prime de transmission.",
        },
        button="act=review",
        status=200,
    )
    assert "Adopt" in page.text
    assert count(work, Opinion) == 0, "nothing is recorded before it is confirmed"
    done = rep.submit(page, button="act=confirm")
    assert str(sent.consultation_id) in done.response.headers["Location"]
    with work() as session:
        opinion = session.scalars(select(Opinion)).one()
        assert opinion.position is Position.WITH_RESERVATIONS
        assert [(one.code, one.text.texts["fr"]) for one in opinion.points] == [
            ("R1", "Modifiable."),
            ("R2", "Effacé sous 24 heures."),
            ("V1", "Une prime de transmission."),
        ]
        resolution = opinion.resolution
        assert (resolution.votes_for, resolution.votes_against, resolution.abstentions) == (8, 3, 1)
        kinds = set(session.scalars(select(Fact.kind).where(Fact.consultation_id == sent.consultation_id)))
        assert FactKind.OPINION_GIVEN in kinds
        letter = session.scalars(select(Letter).where(Letter.about == f"opinion:{opinion.id}")).one()
        assert letter.to_address == people.hr.email
        assert "modifiable" not in letter.text.lower(), "links only"

    page = hr.get(respond_url(sent))
    for quoted in ("Modifiable.", "Effacé sous 24 heures.", "Une prime de transmission."):
        assert quoted in page.text
    answers = {"text_fr": "Nous suivons l’avis."}
    for code, stance in (("R1", "accepted"), ("R2", "partly"), ("V1", "refused")):
        answers |= {f"{code}-stance": stance, f"{code}-text_fr": f"Parce que {code}."}
    page = hr.follow(hr.submit(page, answers))
    assert "Parce que R2." in page.text
    links = [one for one in page.links() if "commitments/new" in one and "opinion-point" in one]
    assert len(links) == 2, "what was refused is not offered as a commitment"
    promise = hr.get(links[1])
    assert promise.doc.xpath("//input[@name='title_en']/@value") == ["Deleted within 24 hours."]
    ticked = promise.doc.xpath("//input[@name='because'][@checked]/@value")
    assert len(ticked) == 1
    assert ticked[0].endswith(".R2")
    values = {
        "nature": "measure", "groups": ["all"], "owner": "Direction informatique",
        "due_on": (clock.today() + timedelta(days=60)).isoformat(),
    }  # fmt: skip
    hr.submit(promise, values)
    with work() as session:
        commitment = session.scalars(select(Commitment)).one()
        causes = session.scalars(select(Link.cause).where(Link.effect == str(commitment.ref))).all()
        assert ticked[0] in causes
    assert "1" in "".join(hr.get(respond_url(sent)).doc.xpath("//a[contains(@href,'/commitments/')]/text()"))


@BOTH
def test_a_majority_of_the_members_present_is_needed(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    page = review(rep, sent, votes_for="6", votes_against="3", abstentions="3")
    assert any("7" in one.text_content() for one in page.doc.xpath("//*[contains(@class,'banner')]"))
    assert not page.doc.xpath("//button[@value='confirm']")
    forced = rep.submit(page, button="act=confirm", status=409)
    assert "Le CSE est favorable" in forced.text
    back = rep.submit(forced, button="act=edit", status=200)
    assert back.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == TEXT["text_fr"]
    assert back.doc.xpath("//input[@name='votes_for']/@value") == ["6"]
    assert count(work, Opinion) == count(work, Resolution) == count(work, OpinionPoint) == 0


@BOTH
def test_given_twice_the_first_stays_and_nothing_typed_is_lost(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    mine, theirs = as_(people.rep1), as_(people.rep2)
    late = review(theirs, sent, text_fr="Un autre avis.", **{"wishes-0-text_fr": "Un vœu en plus."})
    adopted(mine, sent)
    page = theirs.submit(late, button="act=confirm", status=409)
    assert "Le CSE est favorable" in page.text, "the one that stands"
    kept = [one.text.strip() for one in page.doc.xpath("//textarea[@readonly]")]
    assert kept == ["Un autre avis.", "Un vœu en plus."]
    assert count(work, Opinion) == count(work, Resolution) == 1


@BOTH
def test_a_double_click_records_one_opinion(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = review(rep, sent)
    for _ in range(2):
        rep.submit(page, button="act=confirm")
    assert count(work, Opinion) == count(work, Resolution) == 1
    again = rep.get(give_url(sent))
    assert not again.doc.xpath("//main//form"), "once given it is only read"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text_fr": " "}, "text_fr"),
        ({"votes_for": ""}, "votes_for"),
        ({"votes_for": "-1"}, "votes_for"),
        ({"votes_against": "huit"}, "votes_against"),
        ({"abstentions": "1000"}, "abstentions"),
        ({"abstentions": "9" * 6000}, "abstentions"),
        ({"reservations-0-text_en": "Only in English."}, "reservations-0-text_fr"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_the_rest_is_kept(
    work: Work, people: People, sent: Sent, as_: SignIn, wrong: dict[str, str], field: str
) -> None:
    rep = as_(people.rep1)
    values = {**TEXT, **VOTES, "text_en": "In favour.", "wishes-0-text_fr": "Un vœu.", **wrong}
    page = rep.submit(rep.get(give_url(sent)), values, button="act=review", status=400)
    errors = page.doc.xpath("//*[contains(@class,'errors')]//a/@href")
    assert errors == [f"#{field}"]
    assert page.doc.xpath("//textarea[@name='wishes-0-text_fr']")[0].text.strip() == "Un vœu."
    assert page.doc.xpath("//textarea[@name='text_en']")[0].text.strip() == "In favour."
    for name, value in wrong.items():
        control = page.doc.xpath("//*[@name=$name]", name=name)[0]
        assert (control.get("value") or control.text or "").strip() == value.strip()


def test_rows_stop_somewhere_and_empty_ones_are_dropped(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    page = rep.get(give_url(sent))
    for _ in range(45):
        page = rep.submit(page, button="act=add-wishes", status=200)
    assert len(page.doc.xpath("//textarea[re:test(@name, '^wishes-[0-9]+-text_fr$')]", namespaces=RE)) == 40
    page = rep.submit(
        page, {**TEXT, **VOTES, "wishes-39-text_fr": "Le dernier."}, button="act=review", status=200
    )
    rep.submit(page, button="act=confirm")
    with work() as session:
        assert [one.code for one in session.scalars(select(OpinionPoint))] == ["V1"]


RE = {"re": "http://exslt.org/regular-expressions"}


@BOTH
def test_every_point_gets_an_answer_and_a_reason(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    adopted(
        as_(people.rep1), sent, **{"reservations-0-text_fr": "Modifiable.", "wishes-0-text_fr": "Une prime."}
    )
    hr = as_(people.hr)
    page = hr.submit(
        hr.get(respond_url(sent)),
        {
            "text_fr": "Nous suivons.",
            "R1-text_en": "Because.",
            "V1-stance": "refused",
            "V1-text_fr": "Trop cher.",
        },
        status=400,
    )
    links = page.doc.xpath("//*[contains(@class,'errors')]//a/@href")
    assert links == ["#R1-stance-0", "#R1-text_fr"]
    said = [str(one) for one in page.doc.xpath("//*[contains(@class,'errors')]//a/text()")]
    assert said and all("Réserve 1" in one for one in said), said
    assert page.doc.xpath("//*[@id='R1-stance-0']")
    assert page.doc.xpath("//textarea[@name='V1-text_fr']")[0].text.strip() == "Trop cher."
    assert page.doc.xpath("//textarea[@name='R1-text_en']")[0].text.strip() == "Because."
    assert page.doc.xpath("//input[@name='V1-stance'][@value='refused']/@checked")
    assert count(work, Response) == 0
    hr.submit(page, {"R1-stance": "accepted", "R1-text_fr": "C’est fait."})
    with work() as session:
        stances = {one.point.code: one.stance for one in session.scalars(select(ResponsePoint))}
        assert stances == {"R1": Stance.ACCEPTED, "V1": Stance.REFUSED}


@BOTH
def test_a_response_given_meanwhile_stays(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    adopted(as_(people.rep1), sent)
    hr = as_(people.hr)
    first, second = hr.get(respond_url(sent)), hr.get(respond_url(sent))
    hr.submit(first, {"text_fr": "La première."})
    hr.submit(first, {"text_fr": "La première."})  # a double click
    late = hr.submit(second, {"text_fr": "La seconde."}, status=409)
    assert "La première." in late.text
    assert [one.text.strip() for one in late.doc.xpath("//textarea[@readonly]")] == ["La seconde."]
    assert count(work, Response) == 1


def test_no_response_before_the_opinion(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    hr = as_(people.hr)
    page = hr.get(respond_url(sent))
    assert not page.doc.xpath("//main//form")
    attack(hr, respond_url(sent), {"text_fr": "Trop tôt."}, status=409)
    assert count(work, Response) == 0


def test_who_may_not(work: Work, people: People, sent: Sent, as_: SignIn, client: PageClient) -> None:
    confirm = {**TEXT, **VOTES, "act": "confirm"}
    for account in (people.hr, people.chair, people.admin):
        as_(account).get(give_url(sent), status=403)
        attack(as_(account), give_url(sent), confirm, status=403)
    assert count(work, Opinion) == 0
    adopted(as_(people.rep1), sent)
    for account in (people.rep1, people.chair, people.admin):
        as_(account).get(respond_url(sent), status=403)
        attack(as_(account), respond_url(sent), {"text_fr": "À leur place."}, status=403)
    client.get(give_url(sent), status=302)
    assert count(work, Response) == 0


def test_neither_another_body_nor_an_ended_mandate_speaks_for_it(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    with work() as session:
        other = people_services.add_body(session, name="CSE de Lille", kind=BodyKind.CSE, headcount=90)
        stranger = people_services.add_account(
            session, email="s@orvalie.example", name="Sacha Autre", role=Role.REPRESENTATIVE
        )
        guest = people_services.add_account(
            session, email="g@orvalie.example", name="Gwen Expert", role=Role.REPRESENTATIVE
        )
        today, body = clock.today(), session.get_one(type(people.body), people.body.id)
        people_services.give_mandate(session, stranger, other, role=MandateRole.SECRETARY, starts_on=today)
        people_services.give_mandate(session, guest, body, role=MandateRole.EXPERT_GUEST, starts_on=today)
        mandate = session.get_one(Account, people.rep2.id).mandates[0]
        mandate.ends_on = today - timedelta(days=1)
        session.flush()
        for one in (stranger, guest):
            session.refresh(one)
    confirm = {**TEXT, **VOTES, "act": "confirm"}
    for account, status in ((stranger, 404), (guest, 403), (people.rep2, 403)):
        as_(account).get(give_url(sent), status=status)
        attack(as_(account), give_url(sent), confirm, status=status)
    assert count(work, Opinion) == 0


def test_a_withdrawn_notice_takes_no_opinion(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = review(rep, sent)
    withdraw(work, people, sent.slug)
    late = rep.submit(page, button="act=confirm", status=409)
    assert late.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == TEXT["text_fr"]
    assert count(work, Opinion) == count(work, Resolution) == 0


def test_the_vote_is_said_when_it_is_recorded(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    done = rep.submit(review(rep, sent), button="act=confirm")
    with rep.http.session_transaction("/workspace/fr/") as session:
        said = [text for _tone, text in session["_flashes"]]
    assert done.status == 303
    assert re.search(r"\b8\b.*\b12\b", said[0])


def test_the_page_of_the_opinion_says_what_is_not_translated(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    adopted(as_(people.rep1), sent, text_en="In favour.", **{"wishes-0-text_fr": "Une prime."})
    page = as_(people.rep1).get(give_url(sent, "en"))
    assert "In favour." in page.text
    assert page.text.count("Only in French so far") == 1
    with work() as session:
        assert session.scalars(select(Consultation)).one().stage == "opinion_given"


def test_both_languages_are_read_again_before_they_are_frozen(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    page = rep.submit(
        rep.get(give_url(sent, "en")),
        {**TEXT, **VOTES, "text_en": "In favour.", "wishes-0-text_fr": "Une prime."},
        button="act=review",
        status=200,
    )
    for words in (TEXT["text_fr"], "In favour.", "Une prime."):
        assert words in page.text
    assert page.text.count("Not translated.") == 1
    said = page.doc.xpath("//*[@lang='fr'][@data-typed]")
    assert len(said) == 2
