"""The draft put to the vote: by head or by name, carried or lost, an opinion or a statement that is none."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from consult.consultations import queries as consultations
from consult.consultations.models import Consultation, Fact
from consult.consultations.rules import FactKind, Stage
from consult.core import clock
from consult.mail.models import Letter
from consult.opinions import services
from consult.opinions.draft_models import Declaration
from consult.opinions.models import Opinion
from consult.opinions.motions import Choice, Majority, Method, Outcome
from consult.opinions.rules import Position
from consult.opinions.vote_models import NamedVote, Proposition, Statement, Translation
from consult.people import bodies
from consult.people.models import Account, Mandate, Resolution
from consult.people.rules import MandateRole
from consult.register.models import Entry
from consult.register.rules import Tag
from tests.client import Page, PageClient
from tests.conftest import People
from tests.functional.test_opinions_draft import at, begun, declare, member, write
from tests.loop import Sent, sent_with

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
CARRIED = {"votes_for": "8", "votes_against": "3", "abstentions": "1", "blank": "1"}
TWO_TO_ONE = {"votes_for": "2", "votes_against": "1", "abstentions": "9"}
LOST = {"votes_for": "6", "votes_against": "3", "abstentions": "2", "blank": "1"}


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def drafted(rep: PageClient, sent: Sent, **values: str) -> None:
    write(rep, sent, page=begun(rep, sent), **{"text_fr": "Le CSE rend son avis.", "text_en": "", **values})


def review(rep: PageClient, sent: Sent, *, lang: str = "fr", status: int = 200, **values: str) -> Page:
    page = rep.get(at(sent, "vote", lang))
    return rep.submit(page, values, button="act=review", status=status)


def count(work: Work, model: Any) -> int:
    with work() as session:
        return int(session.scalar(select(func.count()).select_from(model)))


def last(work: Work) -> Proposition:
    with work() as session:
        found: Proposition = session.scalars(
            select(Proposition).order_by(Proposition.number.desc()).limit(1)
        ).one()
        _ = [one.choice for one in found.by_name]
        session.expunge_all()
        return found


@BOTH
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_carries_becomes_the_opinion(
    work: Work, people: People, sent: Sent, as_: SignIn, lang: str, employee: PageClient
) -> None:
    rep = as_(people.rep1)
    drafted(rep, sent, outcome="with_reservations", **{"reservations-0-text_fr": "Modifiable."})
    declare(rep, sent, text_fr="Nos réserves à nous.")
    page = review(rep, sent, lang=lang, **CARRIED)
    assert count(work, Proposition) == 0, "nothing is recorded before it is confirmed"
    for _ in range(2):
        rep.submit(page, button="act=confirm")
    put = last(work)
    assert count(work, Proposition) == count(work, Opinion) == count(work, Resolution) == 1
    assert (put.is_carried, put.base, put.needed, put.majority, put.reference, put.blank) == (
        True, 13, 7, Majority.MEMBERS_PRESENT, "L2315-32", 1,
    )  # fmt: skip
    with work() as session:
        opinion = session.scalars(select(Opinion)).one()
        assert (opinion.position, opinion.text.texts["fr"]) == (
            Position.WITH_RESERVATIONS, "Le CSE rend son avis.",
        )  # fmt: skip
        assert [one.code for one in opinion.points] == ["R1"]
        assert session.scalars(select(Declaration)).one().opinion_id == opinion.id
        kinds = list(session.scalars(select(Fact.kind).where(Fact.consultation_id == sent.consultation_id)))
        assert kinds.count(FactKind.OPINION_GIVEN) == 1
    for who in (employee, as_(people.hr)):
        space = "" if who is employee else "/workspace"
        read = who.get(f"{space}/{lang}/notices/{sent.slug}").text
        assert "Le CSE rend son avis." in read
        assert "Nos réserves à nous." in read
        assert "CFDT" in read
        assert "L2315-32" in read
    rep.get(at(sent, "draft/edit"), status=409)
    assert not rep.get(at(sent)).doc.xpath("//main//form")
    with pytest.raises(IntegrityError), work() as session:
        session.scalars(select(Declaration)).one().signed = "FO"
    with pytest.raises(IntegrityError), work() as session:
        session.scalars(select(Proposition)).one().votes_for = 12


@BOTH
def test_what_is_lost_leaves_the_draft_open(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    drafted(rep, sent, outcome="favourable")
    page = review(rep, sent, **LOST)
    assert "7" in page.text
    desk = rep.follow(rep.submit(page, button="act=confirm"))
    assert count(work, Opinion) == count(work, Resolution) == 0
    assert "Proposition 1" in desk.text
    write(rep, sent, text_fr="Autrement.", outcome="unfavourable")
    rep.submit(review(rep, sent, **CARRIED), button="act=confirm")
    with work() as session:
        opinion = session.scalars(select(Opinion)).one()
        assert (opinion.position, opinion.text.texts["fr"]) == (Position.UNFAVOURABLE, "Autrement.")
        entries = session.scalars(select(Entry).where(Entry.tag == Tag.OPINION_GIVEN)).all()
        assert len(entries) == 1, "a lost vote is the body's own"
    assert [count(work, one) for one in (Proposition, Resolution)] == [2, 1]


@BOTH
@pytest.mark.parametrize("outcome", ["insufficient_information", "takes_note", "refusal"])
def test_what_is_no_opinion_is_recorded_and_the_period_runs_on(
    work: Work, people: People, sent: Sent, as_: SignIn, outcome: str, employee: PageClient
) -> None:
    rep = as_(people.rep1)
    with work() as session:
        consultation = consultations.by_id(session, sent.consultation_id)
        assert consultation is not None
        before = consultations.state(session, consultation, on=clock.today())
        facts = len(consultation.facts)
    drafted(rep, sent, outcome=outcome, text_fr="Le CSE constate qu’il manque des pièces.")
    assert "Demander" in rep.get(at(sent)).text or "clock" in rep.get(at(sent)).text
    rep.submit(review(rep, sent, **CARRIED), button="act=confirm")
    with work() as session:
        statement = session.scalars(select(Statement)).one()
        assert statement.outcome == outcome
        consultation = consultations.by_id(session, sent.consultation_id)
        assert consultation is not None
        assert consultations.state(session, consultation, on=clock.today()) == before
        assert len(consultation.facts) == facts
        assert consultation.stage is Stage.WITH_BODY
        late = consultations.state(session, consultation, on=clock.today() + timedelta(days=90))
        assert late.is_deemed_negative, "it is no opinion"
        assert session.scalars(select(Entry).where(Entry.tag == Tag.OPINION_STATED)).one()
        letter = session.scalars(select(Letter).where(Letter.about == f"statement:{statement.id}")).one()
        assert letter.to_address == people.hr.email
        assert "pièces" not in letter.text, "links only"
    assert count(work, Opinion) == 0
    assert "manque des pièces" in employee.get(f"/fr/notices/{sent.slug}").text
    write(rep, sent, text_fr="Le CSE rend son avis.", outcome="none")
    rep.submit(review(rep, sent, **CARRIED), button="act=confirm")
    assert count(work, Opinion) == 1


@BOTH
def test_by_name_each_mandate_has_one_vote_and_an_alternate_when_replacing(
    work: Work, people: People, sent: Sent, as_: SignIn, employee: PageClient
) -> None:
    alternate = member(work, people.body, MandateRole.ALTERNATE, "Alix Second")
    member(work, people.body, MandateRole.UNION_REPRESENTATIVE, "Ugo Union")
    rep = as_(people.rep1)
    drafted(rep, sent)
    page = rep.get(at(sent, "vote") + "?method=names")
    names = " ".join(page.doc.xpath("//fieldset//text()"))
    assert people.rep1.name in names
    assert "Ugo Union" not in names
    assert people.chair.name not in names
    seats = {who: f"m{who.mandates[0].id.hex}" for who in (people.rep1, people.rep2)}
    votes = {
        f"{seats[people.rep1]}-choice": "for",
        f"{seats[people.rep2]}-choice": "for",
        f"{seats[people.rep2]}-by": str(alternate.mandates[0].id),
    }
    page = rep.submit(page, votes, button="act=review", status=200)
    rep.submit(page, button="act=confirm")
    put = last(work)
    assert (put.method, put.votes_for, put.is_carried) == (Method.NAMES, 2, True)
    assert {one.by_id for one in put.by_name} == {people.rep1.mandates[0].id, alternate.mandates[0].id}
    assert all(one.choice is Choice.FOR for one in put.by_name)
    assert "Alix Second" in as_(people.rep2).get(at(sent)).text
    for who, where in ((employee, ""), (as_(people.hr), "/workspace"), (as_(people.chair), "/workspace")):
        assert "Alix Second" not in who.get(f"{where}/fr/notices/{sent.slug}").text, "the count alone"
        files = [who.http.get(f"{where}/fr/notices/{sent.slug}/opinion.{form}") for form in ("json", "pdf")]
        assert [one.status_code for one in files] == [200, 200]
        assert b"Alix Second" not in files[0].data
    with pytest.raises(IntegrityError), work() as session:
        session.scalars(select(NamedVote)).first().choice = Choice.AGAINST


def test_by_name_whoever_votes_is_asked_of_the_seats(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    """Somebody replaced on record, and somebody whose vote was set by hand."""
    alternate = member(work, people.body, MandateRole.ALTERNATE, "Alix Second")
    union = member(work, people.body, MandateRole.UNION_REPRESENTATIVE, "Ugo Union")
    with work() as session:
        seat = {one: session.get_one(Mandate, one.mandates[0].id) for one in (alternate, union, people.rep2)}
        bodies.replace(session, seat[alternate], seat[people.rep2], starts_on=clock.today(), ends_on=None)
        bodies.set_vote(session, seat[union], True)
    rep = as_(people.rep1)
    drafted(rep, sent)
    page = rep.get(at(sent, "vote") + "?method=names")
    names = " ".join(page.doc.xpath("//fieldset//text()"))
    assert "Alix Second" in names and "Ugo Union" in names and people.rep2.name not in names
    assert not page.doc.xpath("//select"), "no alternate is left to replace"
    votes = {f"m{one.mandates[0].id.hex}-choice": "for" for one in (alternate, union, people.rep1)}
    rep.submit(rep.submit(page, votes, button="act=review", status=200), button="act=confirm")
    assert last(work).votes_for == 3
    with work() as session:
        consultation = session.get_one(Consultation, sent.consultation_id)
        assert services.seats_on(session, consultation, clock.today()) == 3


def test_an_alternate_votes_once_and_only_where_the_secretary_says_so(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    alternate = member(work, people.body, MandateRole.ALTERNATE, "Alix Second")
    rep, other = as_(people.rep1), as_(people.rep2)
    drafted(rep, sent)
    page = rep.get(at(sent, "vote") + "?method=names")
    seats = [f"m{who.mandates[0].id.hex}" for who in (people.rep1, people.rep2)]
    votes = {f"{one}-choice": "for" for one in seats}
    both = votes | {f"{one}-by": str(alternate.mandates[0].id) for one in seats}
    page = rep.submit(page, both, button="act=review", status=200)
    wrong = rep.submit(page, button="act=confirm", status=400)
    assert len(wrong.doc.xpath("//*[contains(@class,'errors')]//a")) == 2
    theirs = other.get(at(sent, "vote") + "?method=names")
    assert not theirs.doc.xpath("//select"), "only the secretary marks who replaces"
    assert count(work, Proposition) == 0


@BOTH
def test_a_vote_on_a_version_that_changed_is_not_recorded(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep, other = as_(people.rep1), as_(people.rep2)
    drafted(rep, sent)
    page = review(rep, sent, **CARRIED)
    write(other, sent, text_fr="Changé entre-temps.")
    clash = rep.submit(page, button="act=confirm", status=409)
    assert clash.doc.xpath("//input[@name='votes_for']/@value") == ["8"]
    assert count(work, Proposition) == count(work, Opinion) == 0
    page = rep.submit(clash, button="act=review", status=200)
    rep.submit(page, button="act=confirm")
    with work() as session:
        assert session.scalars(select(Opinion)).one().text.texts["fr"] == "Changé entre-temps."


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"votes_for": ""}, "votes_for"), ({"blank": "-1"}, "blank"), ({"voted_on": "32/01/2027"}, "voted_on"),
     ({"voted_on": "2099-01-01"}, "voted_on"), ({"voted_on": "2020-01-01"}, "voted_on")],
)  # fmt: skip
def test_what_is_wrong_with_a_vote_is_said_at_the_field(
    people: People, sent: Sent, as_: SignIn, wrong: dict[str, str], field: str
) -> None:
    rep = as_(people.rep1)
    drafted(rep, sent)
    page = review(rep, sent, status=400, **{**CARRIED, **wrong})
    assert page.doc.xpath("//*[contains(@class,'errors')]//a/@href") == [f"#{field}"]
    assert page.doc.xpath("//input[@name='votes_against']/@value") == ["3"]


@BOTH
@pytest.mark.parametrize(
    ("template", "values", "carries"),
    [
        ("generic", {**TWO_TO_ONE, "rule": "votes_cast"}, True),
        ("generic", {**TWO_TO_ONE, "rule": "members_present"}, False),
        ("generic", {**TWO_TO_ONE, "rule": "no_vote"}, True),
        ("de-betrvg90", TWO_TO_ONE, False),
        ("be-cct39", {}, True),
    ],
)  # fmt: skip
def test_the_rule_is_that_of_the_procedure(
    work: Work, people: People, sent: Sent, as_: SignIn, template: str, values: dict[str, str], carries: bool,
    employee: PageClient,
) -> None:  # fmt: skip
    with work() as session:
        session.get_one(Consultation, sent.consultation_id).template = template
    rep = as_(people.rep1)
    drafted(rep, sent)
    rep.submit(review(rep, sent, **values), button="act=confirm")
    assert last(work).is_carried is carries
    assert count(work, Opinion) == int(carries)
    for lang in ("fr", "en"):
        assert "L2315-32" not in employee.get(f"/{lang}/notices/{sent.slug}").text


def test_a_body_that_votes_on_paper_follows_its_rule_too(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    with work() as session:
        session.get_one(Consultation, sent.consultation_id).template = "be-cct39"
    rep = as_(people.rep1)
    url = f"/workspace/fr/consultations/{sent.consultation_id}/opinion"
    page = rep.submit(rep.get(url), {"text_fr": "L’avis."}, button="act=review", status=200)
    rep.submit(page, button="act=confirm")
    assert (last(work).majority, last(work).version_id) == (Majority.NO_VOTE, None)


# ── the other language ─────────────────────────────────────────────────────────


@BOTH
def test_the_other_language_is_added_once_and_changes_nothing(
    work: Work, people: People, sent: Sent, as_: SignIn, employee: PageClient
) -> None:
    rep = as_(people.rep1)
    drafted(rep, sent, **{"wishes-0-text_fr": "Un vœu."})
    rep.get(at(sent, "translation"), status=404)
    rep.submit(review(rep, sent, **CARRIED), button="act=confirm")
    page = rep.get(at(sent, "translation"))
    kept = rep.submit(page, {"text": "The opinion.", "V1": " "}, status=400)
    assert kept.doc.xpath("//textarea[@name='text']")[0].text.strip() == "The opinion."
    rep.submit(kept, {"V1": "A wish."})
    rep.submit(kept, {"text": "Another.", "V1": "A wish."}, status=409)
    rep.get(at(sent, "translation"), status=409)
    with work() as session:
        made = session.scalars(select(Translation)).one()
        assert (made.language, made.text, made.points) == ("en", "The opinion.", {"V1": "A wish."})
        assert session.scalars(select(Opinion)).one().text.texts == {"fr": "Le CSE rend son avis."}
    for lang in ("fr", "en"):
        read = employee.get(f"/{lang}/notices/{sent.slug}")
        assert "The opinion." in read.text
        assert "Le CSE rend son avis." in read.text
    data = employee.http.get(f"/fr/notices/{sent.slug}/opinion.json").json
    assert data["opinions"][0]["courtesy_translation"]["language"] == "en"
    assert data["opinions"][0]["text"]["texts"] == {"fr": "Le CSE rend son avis."}
    with pytest.raises(IntegrityError), work() as session:
        session.scalars(select(Translation)).one().text = "Changed."


def test_an_opinion_in_both_languages_needs_no_translation(people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    drafted(rep, sent, text_en="The opinion.")
    rep.submit(review(rep, sent, **CARRIED), button="act=confirm")
    rep.get(at(sent, "translation"), status=409)


@BOTH
def test_what_is_annexed_is_read_once_the_opinion_is(
    work: Work, people: People, sent: Sent, as_: SignIn, employee: PageClient, client: PageClient
) -> None:
    rep = as_(people.rep1)
    drafted(rep, sent, outcome="unfavourable", text_fr="Le CSE est contre.")
    declare(rep, sent, text_fr="Voir le fichier.", file=(io.BytesIO(b"Nos raisons."), "raisons.txt"))
    with work() as session:
        ident = session.scalars(select(Declaration.id)).one()
    url, own = f"notices/{sent.slug}/declarations/{ident}", f"/workspace/fr/declarations/{ident}/file"
    with rep.http.get(own) as answer:
        assert answer.data == b"Nos raisons."
    hr = as_(people.hr)
    readers = ((employee, f"/fr/{url}"), (hr, f"/workspace/fr/{url}"), (hr, own))
    for who, path in readers:
        who.get(path, status=404)
    rep.submit(review(rep, sent, **CARRIED), button="act=confirm")
    for who, path in readers:
        with who.http.get(path) as answer:
            assert answer.data == b"Nos raisons."
    client.get(f"/fr/{url}", status=403)
    for lang, rule in (("fr", "Majorité des membres présents"), ("en", "Majority of the members present")):
        made = employee.http.get(f"/{lang}/notices/{sent.slug}/opinion.pdf")
        words = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.data)).pages)
        for said in ("Le CSE est contre.", "CFDT", "raisons.txt", f"{rule} (L2315-32)"):
            assert said in " ".join(words.split()), (lang, said)
    data = employee.http.get(f"/en/notices/{sent.slug}/opinion.json").json["opinions"][0]
    assert (data["outcome"], data["vote"]["for"], data["vote"]["reference"]) == (
        "unfavourable",
        8,
        "L2315-32",
    )
    assert data["declarations"][0]["signed"] == "CFDT"
    assert not rep.get(at(sent, "declarations")).doc.xpath("//main//form"), "nothing more is annexed"


def test_an_outcome_is_known_to_every_list() -> None:
    from consult.opinions.words import OUTCOMES

    assert set(OUTCOMES) == {one.value for one in Outcome}
