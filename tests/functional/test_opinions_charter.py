"""The body takes position on the charter of use, rule by rule, by vote."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from consult.consultations import services as consultations
from consult.core import clock
from consult.core.localized import Localized
from consult.mail.models import Letter
from consult.notices import services as notices
from consult.notices.content import Rule
from consult.notices.models import Notice
from consult.notices.rules import RuleKind
from consult.opinions import charter
from consult.opinions.charter_forms import name_of
from consult.opinions.charter_rules import NoRuleChosen, ReasonMissing, RuleUnknown
from consult.opinions.models import CharterPosition, CharterVote
from consult.opinions.rules import NotAdopted, RulePosition
from consult.people import services as people_services
from consult.people.models import Account, Body, Resolution
from consult.people.rules import BodyKind, MandateRole, Role
from consult.register.models import Entry
from consult.register.rules import Tag
from tests.client import Page, PageClient
from tests.conftest import WORD, People
from tests.loop import attack
from tests.sending import content

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
VOTES = {"votes_for": "8", "votes_against": "3", "abstentions": "1"}
CARRIED = {"for": 8, "against": 3, "abstentions": 1}


def both(fr: str, en: str) -> Localized:
    return Localized.of(fr=fr, en=en)


READ = Rule(RuleKind.ALLOWED, both("Résumer un appel, puis relire.", "Sum up a call, then read it again."))
SCORE = Rule(RuleKind.FORBIDDEN, both("Noter une personne.", "Score a person."))
TELL = Rule(
    RuleKind.DECLARED, both("Dire au client qu’il lit une machine.", "Tell customers it is a machine.")
)


class Charter:
    """A notice with rules before the CSE."""

    def __init__(self, work: Work, people: People) -> None:
        self.work, self.people = work, people
        with work() as session:
            hr, body = session.get_one(Account, people.hr.id), session.get_one(Body, people.body.id)
            written = content(rules=(READ, SCORE))
            notice = notices.create(session, title=written.title, actor=hr, on=clock.today())
            notices.save(session, notice.revisions[0], written)
            sending = consultations.send(session, notice, body=body, actor=hr, on=clock.today())
            consultations.open_to_employees(session, notice, on=clock.today())
            session.flush()
            self.id, self.slug, self.consultation_id = notice.id, notice.slug, sending.consultation_id

    @property
    def rules(self) -> list[Any]:
        """Identifiers of the rules of the text in force."""
        with self.work() as session:
            return [one.id for one in session.get_one(Notice, self.id).revisions[-1].rules]

    def revise(self, *rules: Rule) -> None:
        with self.work() as session:
            notice = session.get_one(Notice, self.id)
            hr, body = session.get_one(Account, self.people.hr.id), session.get_one(Body, self.people.body.id)
            draft = notices.revise(session, notice, actor=hr)
            notices.save(session, draft, content(rules=rules, changelog=both("Relu.", "Read again.")))
            session.expire(notice)
            consultations.send(session, notice, body=body, actor=hr, on=clock.today())

    def withdraw(self) -> None:
        with self.work() as session:
            notice, hr = session.get_one(Notice, self.id), session.get_one(Account, self.people.hr.id)
            reason = both("Abandonné", "Dropped")
            consultations.withdraw(session, notice, reason=reason, actor=hr, on=clock.today())

    def url(self, lang: str = "fr") -> str:
        return f"/workspace/{lang}/consultations/{self.consultation_id}/charter"

    def said(self, at: int, stance: str, **reasons: str) -> dict[str, str]:
        """What a form holds of a rule of the text in force, from 0."""
        name = name_of(self.rules[at])
        return {f"{name}-stance": stance} | {f"{name}-reason_{one}": said for one, said in reasons.items()}


@pytest.fixture
def sent(work: Work, people: People) -> Charter:
    return Charter(work, people)


def count(work: Work, model: Any) -> int:
    with work() as session:
        return int(session.scalar(select(func.count()).select_from(model)))


def voted(rep: PageClient, sent: Charter, *said: dict[str, str]) -> Page:
    values: dict[str, str] = dict(VOTES)
    for one in said:
        values |= one
    return rep.submit(rep.get(sent.url()), values)


def test_each_position_stands_beside_its_rule(
    work: Work, people: People, sent: Charter, as_: SignIn, client: PageClient
) -> None:
    rep = as_(people.rep1)
    hub = rep.get(f"/workspace/fr/consultations/{sent.consultation_id}")
    assert sent.url() in hub.links()
    assert sent.url() in rep.get(f"/workspace/fr/notices/{sent.slug}").links()
    condition = {"fr": "Si le temps est compté.", "en": "If time is counted."}
    page = rep.follow(voted(rep, sent, sent.said(0, "agrees_if", **condition), sent.said(1, "agrees")))
    assert "Si le temps est compté." in page.text
    assert "Pour\u00a0: 8. Contre\u00a0: 3. Abstentions\u00a0: 1." in page.doc.text_content()
    employee = client.with_word(WORD)
    french, english = (employee.get(f"/{one}/notices/{sent.slug}") for one in ("fr", "en"))
    assert "L’instance est d’accord sous condition" in french.text
    assert "Si le temps est compté." in french.text
    assert "The body agrees on one condition" in english.text
    assert "If time is counted." in english.text
    assert sent.url() not in french.links()
    assert sent.url() not in as_(people.hr).get(f"/workspace/fr/notices/{sent.slug}").links()
    with work() as session:
        vote = session.scalars(select(CharterVote)).one()
        assert (vote.number, vote.about_revision, vote.resolution.votes_for) == (1, 1, 8)
        entry = session.scalars(select(Entry).where(Entry.tag == Tag.CHARTER_VOTED)).one()
        assert entry.title.texts["fr"].startswith("Position sur la charte d’usage\u00a0:")
        letter = session.scalars(select(Letter).where(Letter.about == f"charter-vote:{vote.id}")).one()
        assert letter.to_address == people.hr.email
        assert "compté" not in letter.text, "links only"


def test_in_the_pdf_and_as_data(
    work: Work, people: People, sent: Charter, as_: SignIn, client: PageClient
) -> None:
    rep, employee = as_(people.rep1), client.with_word(WORD)
    voted(rep, sent, sent.said(1, "disagrees", fr="Trop vague.", en="Too vague."))
    answer = employee.http.get(f"/en/notices/{sent.slug}/notice.pdf")
    pages = " ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    assert "The body disagrees" in " ".join(pages.split())
    assert "Too vague." in " ".join(pages.split())
    told = json.loads(employee.http.get(f"/fr/notices/{sent.slug}/charter.json").data)
    assert told["revision"] == 1
    assert told["rules"][0]["positions"] == []
    (said,) = told["rules"][1]["positions"]
    assert said["position"] == "disagrees"
    assert said["reason"] == {"fr": "Trop vague.", "en": "Too vague."}
    assert said["is_current"] is True
    sent.revise(READ, Rule(RuleKind.FORBIDDEN, both("Noter une personne seule.", "Score one person.")))
    told = json.loads(employee.http.get(f"/fr/notices/{sent.slug}/charter.json").data)
    assert told["rules"][1]["positions"][0]["is_current"] is False
    answer = employee.http.get(f"/en/notices/{sent.slug}/notice.pdf")
    pages = " ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    assert "earlier wording" in " ".join(pages.split())


def test_a_rule_that_changed_does_not_carry_its_position(
    work: Work, people: People, sent: Charter, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    voted(rep, sent, sent.said(0, "agrees"), sent.said(1, "agrees"))
    changed = Rule(RuleKind.ALLOWED, both("Résumer un appel, puis relire deux fois.", "Sum up, read twice."))
    sent.revise(SCORE, changed, TELL)
    page = rep.get(f"/workspace/fr/notices/{sent.slug}")
    rows = [" ".join(one.text_content().split()) for one in page.doc.xpath("//tr[starts-with(@id,'rule-')]")]
    old = "Prise sur la rédaction précédente : révision 1"
    assert [old in one.replace("\u00a0", " ") for one in rows] == [False, True, False]
    assert "L’instance est d’accord" in rows[0], "moved, it is the same rule"
    assert "L’instance" not in rows[2], "nothing was said of the new one"
    voted(rep, sent, sent.said(1, "disagrees", fr="Deux fois, c’est trop."))
    again = rep.get(f"/workspace/fr/notices/{sent.slug}").text.replace("\u00a0", " ")
    assert old not in again
    assert "L’instance n’est pas d’accord" in again
    assert count(work, CharterVote) == 2, "both stay on record"


@BOTH
def test_a_double_click_a_colleague_and_a_new_text(
    work: Work, people: People, sent: Charter, as_: SignIn
) -> None:
    mine, theirs = as_(people.rep1), as_(people.rep2)
    first, late, later = mine.get(sent.url()), theirs.get(sent.url()), theirs.get(sent.url())
    for _ in range(2):
        mine.submit(first, {**VOTES, **sent.said(0, "agrees")})
    assert count(work, CharterVote) == count(work, CharterPosition) == count(work, Resolution) == 1
    other = {**VOTES, **sent.said(0, "disagrees", fr="Non, car.")}
    page = theirs.submit(late, other, status=409)
    assert "Non, car." in page.doc.xpath("string(//main//form)")
    assert count(work, CharterVote) == count(work, Resolution) == 1
    theirs.submit(page)
    assert count(work, CharterVote) == 2
    values = {**VOTES, **sent.said(1, "disagrees", fr="Écrit sur l’ancien texte.")}
    sent.revise(READ, SCORE, TELL)
    page = theirs.submit(later, values, status=409)
    assert [one.text.strip() for one in page.doc.xpath("//textarea[@readonly]")] == [
        "Écrit sur l’ancien texte."
    ]
    assert count(work, CharterVote) == 2, "a vote is never moved to another wording"


@pytest.mark.parametrize(
    ("rule", "votes", "status"),
    [
        ({"stance": "agrees_if"}, VOTES, 400),
        ({"stance": "disagrees", "reason_en": "Only in English."}, VOTES, 400),
        ({"stance": "", "reason_fr": "Sans position."}, VOTES, 400),
        ({"stance": ""}, VOTES, 400),
        ({"stance": "agrees"}, {**VOTES, "votes_for": "x"}, 400),
        ({"stance": "agrees", "reason_fr": "Très bien."}, {**VOTES, "votes_for": "4"}, 409),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(
    work: Work, people: People, sent: Charter, as_: SignIn, rule: Any, votes: Any, status: int
) -> None:
    rep, name = as_(people.rep1), name_of(sent.rules[0])
    values = {**votes, **{f"{name}-{key}": one for key, one in rule.items()}}
    page = rep.submit(rep.get(sent.url()), values, status=status)
    for key, one in rule.items():
        if key != "stance":
            assert page.doc.xpath("//textarea[@name=$name]", name=f"{name}-{key}")[0].text.strip() == one
        elif one:
            assert page.doc.xpath(
                "//input[@name=$name][@value=$one]/@checked", name=f"{name}-stance", one=one
            )
    assert count(work, CharterVote) == count(work, Resolution) == 0


def test_the_service_holds_without_the_page(work: Work, people: People, sent: Charter) -> None:
    with work() as session:
        consultation = consultations.queries.by_id(session, sent.consultation_id)
        rep = session.get_one(Account, people.rep1.id)
        rules = consultation.notice.revisions[-1].rules
        nothing, why = Localized({}), both("Parce que", "Because")
        options: dict[str, Any] = {"about": 1, "follows": 0, "actor": rep, "on": clock.today()}
        agreed = {rules[0].id: (RulePosition.AGREES, nothing)}
        with pytest.raises(NotAdopted):
            charter.vote(
                session, consultation, positions=agreed, votes={"for": 4, "against": 4, "abstentions": 0},
                **options,
            )  # fmt: skip
        for positions, error in (
            ({}, NoRuleChosen),
            ({rep.id: (RulePosition.AGREES, nothing)}, RuleUnknown),
            ({rules[0].id: (RulePosition.DISAGREES, nothing)}, ReasonMissing),
        ):
            with pytest.raises(error):
                charter.vote(session, consultation, positions=positions, votes=CARRIED, **options)
        said = {rules[0].id: (RulePosition.DISAGREES, why)}
        charter.vote(session, consultation, positions=said, votes=CARRIED, **options)
    for statement in ("UPDATE charter_vote SET about_revision = 2", "DELETE FROM charter_position",
                      "UPDATE charter_position SET position = 'agrees'"):  # fmt: skip
        with pytest.raises(DatabaseError), work() as session:
            session.execute(text(statement))


def test_who_may_not(work: Work, people: People, sent: Charter, as_: SignIn, client: PageClient) -> None:
    with work() as session:
        other = people_services.add_body(session, name="CSE de Lille", kind=BodyKind.CSE, headcount=90)
        stranger = people_services.add_account(
            session, email="s@orvalie.example", name="Sacha Autre", role=Role.REPRESENTATIVE
        )
        today = clock.today()
        people_services.give_mandate(session, stranger, other, role=MandateRole.SECRETARY, starts_on=today)
        session.get_one(Account, people.rep2.id).mandates[0].ends_on = today - timedelta(days=1)
        session.flush()
        session.refresh(stranger)
    values = {**VOTES, **sent.said(0, "agrees"), "about": "1", "base": "0"}
    gone = ((people.hr, 403), (people.chair, 403), (people.admin, 403), (people.rep2, 403), (stranger, 404))
    for account, status in gone:
        as_(account).get(sent.url(), status=status)
        attack(as_(account), sent.url(), values, status=status)
    client.get(sent.url(), status=302)
    assert client.http.get(f"/fr/notices/{sent.slug}/charter.json").status_code == 403
    assert count(work, CharterVote) == count(work, Resolution) == 0


def test_a_withdrawn_notice_and_one_without_rules(
    work: Work, people: People, sent: Charter, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    page, name = rep.get(sent.url()), name_of(sent.rules[0])
    rep.get(sent.url("en"))
    sent.withdraw()
    late = rep.submit(
        page, {**VOTES, f"{name}-stance": "disagrees", f"{name}-reason_fr": "Trop tard."}, status=409
    )
    assert late.doc.xpath("//textarea[@name=$name]", name=f"{name}-reason_fr")[0].text.strip() == "Trop tard."
    assert not rep.get(sent.url()).doc.xpath("//main//button[@type='submit']")
    assert count(work, CharterVote) == 0
