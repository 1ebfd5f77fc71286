"""Papers: each is its side’s and its body’s alone, at every address, and nothing of it is told anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consult.core import clock
from consult.core.localized import LOCALES
from consult.mail.models import Letter
from consult.papers import facts, queries
from consult.papers.models import Paper
from consult.papers.queries import Place
from consult.papers.rules import PaperSide
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import BodyKind, MandateRole, Role
from consult.register.models import Entry, Leaf
from tests.client import Page, PageClient
from tests.conftest import People
from tests.functional.test_papers import papers, prepared, save, text_of, url
from tests.functional.test_reading_notice import statements
from tests.loop import Sent, attack, sent_with, withdraw
from tests.sending import with_key

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


@pytest.fixture
def other(work: Work) -> Account:
    """An elected member of another body."""
    with work() as session:
        body = people_services.add_body(session, name="CSE d’Arcole", kind=BodyKind.CSE, headcount=90)
        member: Account = people_services.add_account(
            session, email="other@orvalie.example", name="Olga Other", role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, member, body, role=MandateRole.SECRETARY, starts_on=clock.today() - timedelta(days=9)
        )
        session.flush()
        session.refresh(member)
    return member


def test_the_link_is_not_shown_to_who_may_not_follow_it(
    people: People, sent: Sent, as_: SignIn, other: Account
) -> None:
    for account in (people.chair, other):
        page = as_(account).get(f"/workspace/fr/consultations/{sent.consultation_id}")
        assert url(sent) not in page.links()


def test_every_address_of_a_paper_is_its_sides_alone(
    app: Any, work: Work, people: People, sent: Sent, as_: SignIn, other: Account
) -> None:
    """The other side, the chair, an administrator, another body: nothing there, whatever the address."""
    body = prepared(as_(people.rep1), sent).rpartition("/")[2]
    hr = prepared(as_(people.hr), sent, "convocation").rpartition("/")[2]
    nowhere = str(uuid4())
    rules = [one for one in app.url_map.iter_rules() if "paper_id" in one.arguments]
    assert {one.endpoint for one in rules} == {"papers.edit", "papers.file", "papers.delete"}
    everyone = {
        body: (people.hr, people.chair, people.admin, other),
        hr: (people.rep1, people.rep2, people.chair, people.admin, other),
    }
    for paper, accounts in everyone.items():
        for account in accounts:
            # Chairs and administrators prepare no paper at all: they are refused whatever the address names.
            expected = 403 if account in (people.chair, people.admin) else 404
            for real, none, verb in _addresses(app, rules, paper, nowhere):
                if verb == "POST":
                    attack(as_(account), real, {"text_fr": "Volé", "seen": "1"}, status=expected)
                    continue
                page, missing = (as_(account).get(one, status=expected) for one in (real, none))
                assert _without(page, paper) == _without(missing, nowhere), "told of nothing"
    assert {len(one.versions) for one in papers(work)} == {1} and len(papers(work)) == 2


def _addresses(app: Any, rules: list[Any], *papers: str) -> Iterator[tuple[str, str, str]]:
    """Of each rule, for each of the papers, with each verb it takes."""
    build = app.url_map.bind("localhost").build
    for rule, language, kind in product(rules, LOCALES, ("docx", "pdf")):
        values = {"lang": "fr", "language": language, "kind": kind}
        parts = {name: values[name] for name in rule.arguments if name in values}
        for verb in {"GET", "POST"} & rule.methods:
            real, none = (
                build(rule.endpoint, {**parts, "paper_id": UUID(one)}, method=verb) for one in papers
            )
            yield real, none, verb


def _without(page: Page, *hidden: str) -> str:
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", page.response.get_data(as_text=True))
    for one in hidden:
        text = text.replace(one, "")
    return text


def test_an_expert_reads_no_paper_of_the_body(
    work: Work, people: People, sent: Sent, as_: SignIn, other: Account
) -> None:
    """Not even one who is elected elsewhere, and so may write papers there."""
    where = prepared(as_(people.rep1), sent)
    with work() as session:
        expert, body = session.get_one(Account, other.id), session.get_one(Body, people.body.id)
        people_services.give_mandate(
            session, expert, body, role=MandateRole.EXPERT_GUEST, starts_on=clock.today()
        )
    client = as_(other)
    for address in (where, f"{where}/fr.pdf", url(sent), url(sent, "no_information")):
        client.get(address, status=404)
    attack(client, where, {"text_fr": "Volé"}, status=404)


def test_a_list_shows_one_side_only(people: People, sent: Sent, as_: SignIn) -> None:
    body = prepared(as_(people.rep1), sent)
    hr = prepared(as_(people.hr), sent, "convocation")
    assert (
        body in as_(people.rep2).get(url(sent)).links() and hr not in as_(people.rep2).get(url(sent)).links()
    )
    assert hr in as_(people.hr).get(url(sent)).links() and body not in as_(people.hr).get(url(sent)).links()


def test_a_mandate_that_ended_opens_nothing(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    where = prepared(as_(people.rep1), sent)
    with time_machine.travel(clock.now() + timedelta(days=2)):
        with work() as session:
            account = session.get_one(Account, people.rep2.id)
            people_services.end_mandate(session, account.mandates[0], on=clock.today() - timedelta(days=1))
        as_(people.rep2).get(where, status=403)


def test_a_body_writes_about_what_nobody_presented(
    work: Work, people: People, as_: SignIn, other: Account
) -> None:
    base = f"/workspace/fr/bodies/{people.body.id}/papers"
    rep = as_(people.rep1)
    listed = rep.get(base)
    assert f"{base}/information_without_notice" in listed.links()
    page = rep.get(f"{base}/information_without_notice")
    assert "Orvalie" in text_of(page, "fr") and "[[system|" in text_of(page, "fr")
    where = rep.submit(page, {"blank-system": "Astra"}).response.headers["Location"]
    assert "Astra" in text_of(rep.get(where), "en")
    assert where in rep.get(base).links() and base in rep.get(where).links()
    for client, status in ((as_(people.hr), 404), (as_(people.chair), 403), (as_(other), 404)):
        for address in (base, f"{base}/information_without_notice", where, f"{where}/fr.docx"):
            client.get(address, status=status)
    with work() as session:
        session.add(
            Paper(body_id=people.body.id, side=PaperSide.EMPLOYER, text_key="x", started_on=clock.today())
        )
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_preparing_a_paper_tells_nobody(
    work: Work, people: People, sent: Sent, as_: SignIn, client: PageClient
) -> None:
    """No act of record, no mail, nothing found, nothing read elsewhere, no page made stale."""

    def told(session: Session) -> tuple[int, int, int]:
        return tuple(len(session.scalars(select(one)).all()) for one in (Leaf, Entry, Letter))  # type: ignore[return-value]

    with work() as session:
        before = told(session)
    rep = as_(people.rep1)
    secret = "Pamplemousse"
    where = prepared(rep, sent, **{"blank-member": secret})
    save(rep, rep.get(where), {"text_fr": f"Encore {secret}"})
    rep.get(f"{where}/fr.pdf")
    with work() as session:
        assert told(session) == before
    addresses = (
        "/workspace/fr/",
        f"/workspace/fr/consultations/{sent.consultation_id}",
        "/workspace/fr/consultations",
        f"/workspace/fr/notices/{sent.slug}",
        "/workspace/fr/meetings",
    )
    for account in (people.hr, people.chair, people.rep2):
        for address in addresses:
            assert secret not in as_(account).get(address).text
        found = as_(account).get(f"/workspace/fr/consultations?q={secret}")
        assert not [one for one in found.links() if str(sent.consultation_id) in one]


def test_a_paper_outlives_its_notice(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    where = prepared(rep, sent)
    withdraw(work, people, sent.slug)
    rep.get(where)
    rep.get(f"{where}/fr.docx")
    rep.get(url(sent))


def test_pages_ask_a_constant_number_of_queries(
    work: Work, people: People, sent: Sent, as_: SignIn, app: Any
) -> None:
    rep = as_(people.rep1)
    counts = []
    for _round in range(2):
        for _each in range(3):
            prepared(rep, sent)
        counts.append(len(statements(app, rep, url(sent))))
    assert counts[0] == counts[1] <= 25, counts


def test_what_is_filled_is_what_the_side_reads(work: Work, people: People, sent: Sent) -> None:
    """Human resources are told no keyholder by a text of theirs."""
    with work() as session:
        with_key(session, people.rep1)
        session.flush()
        place = queries.of_consultation(session, sent.consultation_id)
        assert isinstance(place, Place)
        known = facts._Known(session, place, PaperSide.EMPLOYER, clock.today()).both()
        assert "keyholders" not in known
        assert "keyholders" in facts._Known(session, place, PaperSide.BODY, clock.today()).both()
