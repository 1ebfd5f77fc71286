"""Finding notices: the same rows in the same order on both databases, and nothing for those who may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, event, select, text

from consult.concerns import queries as concern_queries
from consult.concerns import services as concerns
from consult.concerns.models import Concern
from consult.consultations import indexing as whole_index
from consult.consultations import services as consultations
from consult.core.db import db
from consult.core.localized import Localized
from consult.notices import reviewing, services
from consult.notices.content import Attachment, Group
from consult.notices.rules import FileReaders, Review
from consult.opinions import queries as opinion_queries
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import BodyKind, MandateRole, Role
from consult.questions import queries as question_queries
from consult.register import search
from consult.register import services as register
from consult.register.jobs import merge_index
from consult.register.models import Awaiting, Document, Entry, Word
from consult.register.rules import Shelf, on_shelf
from consult.web.pagination import PAGE_SIZE, cursor
from consult.web.readers import Visibility
from tests import reading_story as story
from tests.client import PageClient
from tests.conftest import People
from tests.functional.test_reading_lists import titles
from tests.functional.test_reading_notice import statements

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
SignIn = Callable[[Account], PageClient]
LATER = date(2026, 12, 15)
LISTS = ("/fr/notices", "/workspace/fr/notices", "/workspace/fr/consultations")


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False):
        yield


def named(name: str, fr: str = "", en: str = "", **changes: Any) -> dict[str, Any]:
    """A notice of that title whose monitoring field says this."""
    fields = {**story.content().fields, "monitoring": story.both(fr or "Non.", en or "No.")}
    return {"title": story.both(name, name), "fields": fields, **changes}


def address(path: str = "/fr/notices", **asked: str) -> str:
    return f"{path}?{urlencode(asked)}"


def found(client: PageClient, q: str = "", path: str = "/fr/notices", **more: str) -> list[str]:
    return titles(client.get(address(path, **({"q": q} if q else {}), **more)))


def send_to(work: Any, people: People, slug: str, body: Any, **changes: Any) -> None:
    """Sent to another body only, and held."""
    story.draft(work, people, slug, **changes)
    with work() as session:
        consultations.send(
            session, story.by_slug(session, slug), body=session.merge(body),
            actor=session.get(Account, people.hr.id), on=story.TODAY, held_until=LATER,
        )  # fmt: skip


# ── words ──────────────────────────────────────────────────────────────────────


@BOTH
@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("évaluations", ["Boussole", "Ariane"]),
        ("evaluation", ["Boussole", "Ariane"]),
        ("EVALUATIONS annuelles", ["Boussole"]),
        ("annuelle évalu", ["Boussole"]),
        ("assessments", ["Boussole", "Ariane"]),
        ("l’évaluation", ["Boussole", "Ariane"]),
        ("saint-nazaire", ["Cadence"]),
        ("nantes", ["Cadence", "Boussole", "Ariane"]),
        ("cade", ["Cadence"]),
        ("ca", []),
        ("evaluation cadence", []),
        ("relecture OR ariane", []),
        ('"ariane" AND (boussole)', []),
        ("de la", ["Cadence", "Boussole", "Ariane"]),
    ],
)
def test_both_databases_find_the_same_in_the_same_order(
    work: Any, people: People, employee: PageClient, q: str, expected: list[str]
) -> None:
    story.send(work, people, "ariane", **named("Ariane", "Une évaluation.", "One assessment."))
    story.send(
        work, people, "boussole", **named("Boussole", "Les évaluations annuelles.", "Yearly assessments.")
    )
    group = Group(story.both("Équipe", "Team"), "Nantes, Saint-Nazaire", 12)
    story.send(work, people, "cadence", **named("Cadence", "Le cœur de la cadence.", groups=(group,)))
    assert found(employee, q) == expected
    assert titles(employee.get(address("/en/notices", q=q))) == expected


HOSTILE = [
    '"', "''';--", "NEAR(x y)", "x AND y", "NOT xy", "*", "^x", "tokens:x", "-x", "{tokens}: x", "((((",
    "\\", "%", "x & y | !z", ":*", "knotice", "\x00", "x\x00y", "🙂", "x" * 10_000, "x y " * 2_500,
    "de la les xyz", "<script>", "' OR 1=1",
]  # fmt: skip


@BOTH
def test_nothing_typed_fails_or_finds_more(
    work: Any, people: People, employee: PageClient, as_: SignIn
) -> None:
    story.send(work, people, "ariane", **named("Ariane"))
    hr = as_(people.hr)
    for q in HOSTILE:
        for client, path in zip((employee, hr, hr), LISTS, strict=True):
            page = client.get(address(path, q=q))
            assert titles(page) == [] or q == "\x00", (q, path)
            assert "Ariane" not in page.text or q == "\x00", (q, path)


def test_why_nothing_was_found(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    for q, said in (
        ("introuvable", "Nothing holds all these words: introuvable"),
        ("x" * 201, "too long to search for"),
        ("***", "There is no word in what you typed"),
    ):
        page = employee.get(address("/en/notices", q=q))
        assert said in page.text
        assert "/en/notices" in page.links(), "the way back"
    kept = employee.get(address("/en/notices", q="<b>introuvable")).doc
    assert kept.xpath("//input[@name='q']/@value") == ["<b>introuvable"]


# ── filters ────────────────────────────────────────────────────────────────────


@pytest.fixture
def sites(work: Any, people: People) -> None:
    with work() as session:
        people_services.add_establishment(session, name="Saint-Nazaire", headcount=90)


@BOTH
def test_filters_alone_together_and_with_words(
    work: Any, people: People, sites: None, employee: PageClient
) -> None:
    here = (Group(story.both("Équipe", "Team"), "Saint-Nazaire et Lille", 12),)
    story.send(work, people, "a", **named("A", "Mot", answers={"risk_class": "high"}))
    story.send(work, people, "b", **named("B", "Mot", groups=here, answers={"risk_class": "high"}))
    story.send(work, people, "c", **named("C", "Mot", groups=here, answers={"risk_class": "limited"}))
    half = named("E", "Autre")
    half["fields"]["monitoring"] = Localized.of(fr="Rien.")
    story.send(work, people, "e", **half)
    story.give_opinion(work, people, "b", answered=False)
    story.withdraw(work, people, "c")
    for asked, expected in (
        ({"risk": "high"}, ["B", "A"]),
        ({"risk": "prohibited"}, []),
        ({"site": "saint-nazaire"}, ["C", "B"]),
        ({"site": "nantes"}, ["E", "A"]),
        ({"stage": "opinion_given"}, ["B"]),
        ({"stage": "with_body"}, ["E", "A"]),
        ({"stage": "withdrawn"}, ["C"]),
        ({"stage": "closed"}, []),
        ({"language": "en"}, ["C", "B", "A"]),
        ({"language": "fr"}, ["E", "C", "B", "A"]),
        ({"site": "saint-nazaire", "risk": "high"}, ["B"]),
        ({"q": "mot", "stage": "with_body"}, ["A"]),
        ({"q": "mots", "site": "saint-nazaire", "language": "en"}, ["C", "B"]),
    ):
        assert titles(employee.get(address(**asked))) == expected, asked
    strange = address(stage="unheard-of", site="lille", risk="x", language="de")
    assert sorted(titles(employee.get(strange))) == ["A", "B", "C", "E"]
    page = employee.get(address(q="mot", site="saint-nazaire", risk="high"))
    assert page.doc.xpath("//select[@name='site']/option[@selected]/@value") == ["saint-nazaire"]
    assert page.doc.xpath("//select[@name='risk']/option[@selected]/@value") == ["high"]
    assert page.doc.xpath("//input[@name='q']/@value") == ["mot"]


def test_the_form_works_without_scripts(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people, "a", **named("A", "Mot"))
    page = employee.get("/fr/notices")
    form = page.form("/fr/notices")
    assert form.get("method") == "get" and form.get("role") == "search"
    names = [name for name, _value in form.form_values()]
    assert names == ["q", "stage", "site", "risk", "language"], "as the cache knows them"
    assert titles(employee.get(address(**dict.fromkeys(names, "")))) == ["A"]


@BOTH
def test_pages_of_what_is_found_hang_together(
    work: Any, people: People, employee: PageClient, as_: SignIn
) -> None:
    number = PAGE_SIZE + 3
    for at in range(number):
        story.send(work, people, f"n{at}", **named(f"N{at:02}", "Mot commun."))
    hr, rep = as_(people.hr), as_(people.rep1)
    for client, path in zip((employee, hr, rep), LISTS, strict=True):
        first = client.get(address(path, q="communs"))
        (older,) = first.doc.xpath("//a[@rel='next']/@href")
        assert [name for name, _ in parse_qsl(urlsplit(older).query)] == ["q", "after"]
        story.send(work, people, f"new-{path.count('workspace')}{len(path)}", **named("New", "Mot commun."))
        second = client.get(older)
        whole = [one for one in titles(first) + titles(second) if one != "New"]
        assert whole == [f"N{at:02}" for at in reversed(range(number))], path
        assert not second.doc.xpath("//a[@rel='next']")
        back = second.doc.xpath("//a[@rel='prev']/@href")
        assert path == LISTS[2] or back == [address(path, q="communs")]


@pytest.mark.parametrize(
    "after", ["x", cursor("x"), cursor("-1"), cursor(str(2**63)), cursor("1", "2"), "\x00"]
)
def test_any_cursor_people_can_type_gets_a_page(
    work: Any, people: People, employee: PageClient, as_: SignIn, after: str
) -> None:
    story.send(work, people, "a", **named("A", "Mot"))
    for client, path in ((employee, LISTS[0]), (as_(people.hr), LISTS[1]), (as_(people.rep1), LISTS[2])):
        assert found(client, "mot", path, after=after) == ["A"]


# ── what is in the index ───────────────────────────────────────────────────────


@BOTH
def test_the_newest_published_text_is_found_and_no_other(
    work: Any, people: People, employee: PageClient, as_: SignIn
) -> None:
    story.send(work, people, "plume", **named("Plume", "Premier chrysanthème."))
    assert found(employee, "chrysanthemes") == ["Plume"]
    with work() as session:
        notice = story.by_slug(session, "plume")
        draft = services.revise(session, notice, actor=session.get(Account, people.hr.id))
        services.save(
            session, draft, story.content(**named("Plume", "Second bégonia."), changelog=story.both("X", "X"))
        )
    hr = as_(people.hr)
    assert found(employee, "begonia") == [] and found(employee, "chrysantheme") == ["Plume"]
    assert found(hr, "begonia", LISTS[1]) == ["Plume"] == found(hr, "chrysantheme", LISTS[1])
    assert found(as_(people.rep1), "begonia", LISTS[2]) == []
    story.revise(
        work, people, "plume", on=story.TODAY, **named("Plume", "Troisième dahlia."),
        changelog=story.both("Mieux.", "Better."),
    )  # fmt: skip
    assert found(employee, "dahlia") == ["Plume"] == found(employee, "mieux")
    assert found(employee, "chrysantheme") == [] == found(employee, "begonia")
    assert found(hr, "chrysantheme", LISTS[1]) == []
    story.withdraw(work, people, "plume")
    assert found(employee, "dahlia") == ["Plume"] == found(employee, "contrôle humain")
    assert found(employee, "dahlia", stage="withdrawn") == ["Plume"]


@BOTH
def test_a_new_revision_keeps_its_place_and_opening_brings_to_the_top(
    work: Any, people: People, employee: PageClient
) -> None:
    story.send(work, people, "held", on=story.TODAY, held_until=LATER, **named("Held", "Mot"))
    story.send(work, people, "a", **named("A", "Mot"))
    story.send(work, people, "b", **named("B", "Mot"))
    story.revise(
        work, people, "a", on=story.TODAY, **named("A", "Mot"), changelog=story.both("Mieux.", "Better.")
    )
    assert found(employee, "mot") == ["B", "A"]
    with work() as session:
        consultations.open_to_employees(session, story.by_slug(session, "held"), on=story.TODAY)
    assert found(employee, "mot") == ["Held", "B", "A"]
    assert titles(employee.get("/fr/notices"))[0] == "Held"


@BOTH
def test_the_state_filter_follows_every_verb(work: Any, people: People, as_: SignIn) -> None:
    hr = as_(people.hr)

    def where(state: str) -> list[str]:
        return found(hr, "", LISTS[1], state=state)

    story.draft(work, people, "plume", **named("Plume"))
    assert where("draft") == ["Plume"]
    for state in (Review.IN_REVIEW, Review.APPROVED):
        with work() as session:
            actor = session.get(Account, people.hr.id)
            reviewing.move(session, story.by_slug(session, "plume"), state, actor=actor)
        assert where(state) == ["Plume"] and where("draft") == []
    with work() as session:
        revision = story.by_slug(session, "plume").revisions[-1]
        services.save(session, revision, story.content(**named("Plume", "Changé.")))
    assert where("draft") == ["Plume"] and where("approved") == []
    with work() as session:
        consultations.send(
            session, story.by_slug(session, "plume"), body=session.merge(people.body),
            actor=session.get(Account, people.hr.id), on=story.TODAY,
        )  # fmt: skip
    assert where("published") == ["Plume"] and found(hr, "change", LISTS[1], state="published") == ["Plume"]
    assert found(hr, "", LISTS[1], stage="with_body") == ["Plume"]
    story.withdraw(work, people, "plume")
    assert where("withdrawn") == ["Plume"] == found(hr, "", LISTS[1], stage="withdrawn")
    assert where("published") == [] == found(hr, "", LISTS[1], stage="closed")


@BOTH
def test_made_anew_the_index_is_the_same(work: Any, people: People, employee: PageClient) -> None:
    story.tell_everything(work, people)
    story.send(work, people, "ariane", **named("Ariane", "Mot"))
    story.send(work, people, "held", on=story.TODAY, held_until=LATER, **named("Held", "Mot"))
    story.draft(work, people, "draft", **named("Draft", "Mot"))
    story.withdraw(work, people, "ariane")

    def contents() -> tuple[set[Any], dict[Shelf, list[Any]]]:
        with work() as session:
            rows = session.scalars(select(Document).order_by(Document.position)).all()
            order: dict[Shelf, list[Any]] = {}
            for one in rows:
                order.setdefault(one.shelf, []).append(one.subject_id)
            return {(one.shelf, one.subject_id, one.words, one.facets) for one in rows}, order

    before = contents()
    with work() as session:
        assert not whole_index.is_missing(session)
        assert whole_index.rebuild(session) == 4
    after = contents()
    assert after[0] == before[0]
    assert after[1][Shelf.WORK] == before[1][Shelf.WORK] and after[1][Shelf.ENTRY] == before[1][Shelf.ENTRY]
    assert found(employee, "mots") == ["Ariane"]
    with work() as session:
        session.execute(delete(Document))
        assert whole_index.is_missing(session)
        whole_index.rebuild(session)
    assert found(employee, "mots") == ["Ariane"]


# ── who finds what ─────────────────────────────────────────────────────────────


@BOTH
def test_nobody_finds_what_they_may_not_read(
    work: Any, people: People, client: PageClient, employee: PageClient, as_: SignIn
) -> None:
    """The words differ, so that one hit tells of one notice; lists, counts and pages all stay silent."""
    with work() as session:
        other_body = people_services.add_body(session, name="CSE d’Arcole", kind=BodyKind.CSE, headcount=90)
        other = people_services.add_account(
            session, email="other@orvalie.example", name="Other", role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, other, other_body, role=MandateRole.FULL_MEMBER, starts_on=date(2026, 1, 1)
        )
        session.flush()
        session.refresh(other)
    story.draft(work, people, "draft", **named("Draft", "Secretdraft"))
    story.send(work, people, "held", on=story.TODAY, held_until=LATER, **named("Held", "Secretheld"))
    send_to(work, people, "theirs", other_body, **named("Theirs", "Secrettheirs"))
    story.send(work, people, "open", **named("Open", "Ouvert"))
    reads = {
        "secretdraft": {"hr"},
        "secretheld": {"hr", "rep", "chair", "hr-consultations"},
        "secrettheirs": {"hr", "other", "chair", "hr-consultations"},
        "ouvert": {"hr", "rep", "chair", "employee", "hr-consultations"},
    }
    seats = {
        "employee": (employee, LISTS[0]),
        "hr": (as_(people.hr), LISTS[1]),
        "hr-consultations": (as_(people.hr), LISTS[2]),
        "rep": (as_(people.rep1), LISTS[2]),
        "chair": (as_(people.chair), LISTS[2]),
        "other": (as_(other), LISTS[2]),
    }
    for word, who in reads.items():
        title = word.removeprefix("secret").capitalize() if word != "ouvert" else "Open"
        for name, (browser, path) in seats.items():
            for typed in (word, word.upper(), f"{word} "):
                expected = [title] if name in who else []
                assert titles(browser.get(address(path, q=typed))) == expected, (word, name)
    for name, (browser, path) in seats.items():
        begun = {f"secret{one.lower()}" for one in titles(browser.get(address(path, q="secret")))}
        assert begun == {word for word, who in reads.items() if name in who and word != "ouvert"}, name
    for path in LISTS[:1]:
        client.get(address(path, q="ouvert"), status=403)
    for path in LISTS[1:]:
        assert client.http.get(address(path, q="ouvert")).status_code in {302, 303}
    assert as_(people.rep1).http.get(address(LISTS[1], q="secretdraft")).status_code in {403, 404}


@BOTH
def test_a_body_that_is_not_asked_finds_nothing_even_where_the_index_is_wrong(
    work: Any, people: People, employee: PageClient
) -> None:
    """Levels are asked of the notice itself: a facet of the index can hide, never show."""
    story.send(work, people, "held", on=story.TODAY, held_until=LATER, **named("Held", "Secretheld"))
    with work() as session:
        for one in session.scalars(select(Document).where(Document.shelf == Shelf.WORK)):
            one.facets = (one.facets - on_shelf(Shelf.WORK)) | on_shelf(Shelf.NOTICE)
    assert found(employee, "secretheld") == []


@BOTH
def test_a_file_not_every_employee_may_open_is_found_by_human_resources_alone(
    work: Any, people: People, employee: PageClient, as_: SignIn
) -> None:
    def file(readers: FileReaders, label: str, **more: Any) -> Attachment:
        return Attachment(
            "0" * 64, "a.pdf", "application/pdf", 1, story.both(label, label), readers=readers, **more
        )

    files = (
        file(FileReaders.EMPLOYEES, "Pivoine"),
        file(FileReaders.BODY, "Magnolia"),
        file(
            FileReaders.CONFIDENTIAL, "Camélia", until=LATER, mandate_ids=(str(people.body.id),),
            reason=story.both("Contrat rhododendron", "Deal"),
        ),
    )  # fmt: skip
    story.send(work, people, "a", **named("A", attachments=files))
    who = {"pivoine": True, "magnolia": False, "camelia": False, "rhododendron": False}
    for word, everybody in who.items():
        for browser, path in ((employee, LISTS[0]), (as_(people.rep1), LISTS[2])):
            assert bool(found(browser, word, path)) is everybody, (word, path)
    assert found(as_(people.hr), "camelia", LISTS[1]) == ["A"]


@BOTH
def test_acts_of_record_are_found_by_their_titles_at_their_level(work: Any, people: People) -> None:
    story.send(work, people)
    story.ask(work, people)
    story.send(work, people, "held", on=story.TODAY, held_until=LATER, **named("Held"))
    story.ask(work, people, "held")

    def acts(session: Any, typed: str, *levels: Visibility) -> list[str]:
        query = search.matching(
            session, select(Entry).where(Entry.visibility.in_(levels)), subject=Entry.id,
            facets=[on_shelf(Shelf.ENTRY)], typed=typed, locale="fr",
        )  # fmt: skip
        return [row[0].tag for row in session.execute(query)]

    with work() as session:
        assert acts(session, "aidera équipe", Visibility.EMPLOYEES) == ["question.answered", "question.asked"]
        assert len(acts(session, "aidera équipe", *Visibility)) == 4
        assert acts(session, "equipe", Visibility.PUBLIC) == []


@BOTH
def test_a_wording_taken_back_is_found_no_more(work: Any, people: People) -> None:
    story.send(work, people)
    box = story.letterbox(work)
    story.speak_and_publish(work, people, box)

    def found_acts(session: Any) -> list[str]:
        query = search.matching(
            session,
            select(Entry),
            subject=Entry.id,
            facets=[on_shelf(Shelf.ENTRY)],
            typed="relit",
            locale="fr",
        )
        return [row[0].tag for row in session.execute(query)]

    with work() as session:
        concern = session.scalars(select(Concern).where(Concern.published_on.is_not(None))).one()
        assert found_acts(session) == ["wording.published"]
        concerns.retract(session, concern, actor=session.get(Account, people.rep1.id), on=story.TODAY)
        assert found_acts(session) == []


@BOTH
def test_a_beginning_is_looked_up_among_the_words_there_are(
    work: Any, people: People, employee: PageClient
) -> None:
    many = " ".join(f"constant{at:03}" for at in range(search.MOST_BEGUN + 50))
    story.send(work, people, "a", **named("A", f"{many} constat constatation"))
    story.send(work, people, "b", **named("B", "Constater 日本語 naïveté."))
    assert found(employee, "const") == ["B", "A"]
    assert found(employee, "constant") == ["A"] == found(employee, "constant2")
    assert found(employee, "constante") == [] and found(employee, "con{") == ["B", "A"]
    assert found(employee, "日本語") == ["B"] == found(employee, "naivet")
    with work() as session:
        words = session.scalars(select(Word.word)).all()
        assert all(one.isascii() and one.isalnum() for one in words) and len(words) == len(set(words))


@BOTH
def test_a_word_taken_back_is_no_word_any_more_unless_another_says_it(work: Any, people: People) -> None:
    story.send(work, people, "a", **named("A", "Commun"))
    with work() as session:
        entry = session.scalars(select(Entry).order_by(Entry.position)).first()
        register.rename(session, entry, story.both("Commun propre", "Own"))
        assert {"commun", "propre", "own"} <= set(session.scalars(select(Word.word)))
        register.rename(session, entry, story.both("[…]", "[…]"))
        left = set(session.scalars(select(Word.word)))
        assert "commun" in left and not {"propre", "own"} & left


@BOTH
def test_the_index_is_merged_a_little_at_a_time(work: Any, people: People, employee: PageClient) -> None:
    for at in range(6):
        story.send(work, people, f"n{at}", **named(f"N{at}", "Mot"))
    with work() as session:
        assert merge_index(session, now=datetime(2026, 11, 24, tzinfo=UTC)) >= 1
    assert len(found(employee, "mots")) == 6


def test_what_is_taken_back_lies_nowhere_in_the_index(work: Any, people: People) -> None:
    """FTS5 only marks what goes until it merges; a word of its own would still be there to be read."""
    story.send(work, people)

    def lies(session: Any) -> bool:
        return any(b"qqxzz" in one for one in session.scalars(text("SELECT block FROM search_index_data")))

    with work() as session:
        entry = session.scalars(select(Entry)).first()
        register.rename(session, entry, story.both("Wqqxzz", "Wqqxzz"))
        assert lies(session)
    with work() as session:
        entry = session.get(Entry, entry.id)
        register.rename(session, entry, story.both("[…]", "[…]"))
        assert not lies(session)


# ── what waits ─────────────────────────────────────────────────────────────────


@BOTH
def test_what_waits_is_what_has_no_answer(work: Any, people: People) -> None:
    story.send(work, people)
    box = story.letterbox(work)
    told = story.speak_and_publish(work, people, box)
    asked = story.ask(work, people, answered=False)
    story.ask(work, people)
    story.give_opinion(work, people, answered=False)
    with work() as session:
        assert [one.id for one, _notice in question_queries.unanswered(session)] == [asked]
        assert {one.id for one in concern_queries.unanswered(session)} == set(told.themes)
        assert len(opinion_queries.unanswered(session)) == 1
    story.answer_theme(work, people, told.themes[0])
    with work() as session:
        assert {one.id for one in concern_queries.unanswered(session)} == set(told.themes[1:])
        waiting = session.scalars(select(Awaiting.kind).order_by(Awaiting.kind)).all()
        assert waiting == ["opinion", "question", *["theme"] * (len(told.themes) - 1), "unknown"]
    story.revise(work, people, "plume", on=story.TODAY, changelog=story.both("Mieux.", "Better."))
    with work() as session:
        unknowns = story.by_slug(session, "plume").revisions[-1].unknowns
        waiting = session.scalars(select(Awaiting.subject_id).where(Awaiting.kind == "unknown")).all()
        assert list(waiting) == [one.id for one in unknowns], "of the text in force, each once"
    story.withdraw(work, people, "plume")
    with work() as session:
        assert session.scalar(select(Awaiting.since).where(Awaiting.kind == "unknown")) is None


# ── cost ───────────────────────────────────────────────────────────────────────


@BOTH
def test_searching_asks_no_more_for_twenty_than_for_one(
    work: Any, people: People, employee: PageClient, as_: SignIn, app: Flask
) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    seats = [
        (employee, address(q="mot")), (employee, address(risk="high")),
        (employee, address(q="mot", risk="high")), (hr, address(LISTS[1], q="mot")),
        (hr, address(LISTS[1], state="published")), (rep, address(LISTS[2], q="mot")),
        (hr, "/workspace/fr/"), (rep, "/workspace/fr/"),
    ]  # fmt: skip
    high = {"answers": {"risk_class": "high"}}
    for at in range(3):
        story.send(work, people, f"first{at}", **named(f"First {at}", "Mot", **high))
    few = [len(statements(app, client, path)) for client, path in seats]
    for at in range(8):
        story.send(work, people, f"more{at}", **named(f"More {at}", "Mot", **high))
    for (client, path), before in zip(seats, few, strict=True):
        many = statements(app, client, path)
        assert len(many) == before, f"{path}: {many}"
        assert not any("count(" in one.lower() and "search_" in one for one in many)


def plans(app: Flask, client: PageClient, path: str) -> list[tuple[str, str]]:
    """What SQLite means to do for each statement of a page that reads more than one row."""
    asked: list[tuple[str, Any]] = []
    app.extensions["consult.page_cache"].clear()
    with app.app_context():
        engine = db.engine

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    found = []
    with engine.connect() as connection:
        for statement, parameters in asked:
            if statement.startswith("SELECT"):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                found.append((statement, " | ".join(row[3] for row in rows)))
    return found


FEW = ("awaiting", "ix_revision_unpublished", "ix_commitment_state")
"""Tables and indexes that hold what waits, or a handful of rows: sorting them costs nothing."""


def test_no_list_is_sorted_and_none_looks_through_all(
    work: Any, people: People, employee: PageClient, as_: SignIn, app: Flask
) -> None:
    """The plans SQLite makes, whatever there is: twenty thousand notices must not be read to show twenty."""
    story.send(work, people, "a", **named("A", "Mot", answers={"risk_class": "high"}))
    hr, rep = as_(people.hr), as_(people.rep1)
    searches = [(employee, address(q="mot")), (employee, address(risk="high"))]
    searches += [(hr, address(LISTS[1], q="mot", state="published")), (rep, address(LISTS[2], q="mot"))]
    for client, path in searches:
        (plan,) = [plan for asked, plan in plans(app, client, path) if "MATCH" in asked]
        assert plan.startswith("SCAN search_index VIRTUAL TABLE"), plan
        assert "TEMP B-TREE" not in plan, plan
    lists = [(employee, "/fr/notices"), (hr, LISTS[1]), (hr, LISTS[2]), (rep, LISTS[2])]
    for client, path in [*lists, (hr, "/workspace/fr/"), (rep, "/workspace/fr/")]:
        for asked, plan in plans(app, client, path):
            if " LIMIT " in asked and "LIMIT 1" not in asked:
                big = ("notice", "revision", "consultation", "question", "opinion", "theme", "commitment")
                assert not [one for one in plan.split(" | ") if one in {f"SCAN {name}" for name in big}], plan
                few = any(one in plan for one in FEW)
                assert few or "TEMP B-TREE FOR ORDER BY" not in plan, (asked, plan)


# ── the cache ──────────────────────────────────────────────────────────────────


def test_what_somebody_types_is_kept_nowhere(
    work: Any, people: People, employee: PageClient, app: Flask
) -> None:
    story.send(work, people, "a", **named("A", "Mot"))
    entries = app.extensions["consult.page_cache"].entries
    for query in (
        "q=mot", "q=introuvable", "site=unheard-of", "risk=zzz", "q=mot&risk=high", "risk=high&stage=closed"
    ):  # fmt: skip
        page = employee.get(f"/fr/notices?{query}")
        assert not entries, query
        assert query.startswith("risk=high") or page.response.headers["Cache-Control"] == "no-store"
    for query in (
        "",
        "q=&stage=&site=&risk=&language=",
        "site=nantes",
        "stage=closed&site=nantes&language=en",
    ):
        employee.get(f"/fr/notices?{query}" if query else "/fr/notices")
    assert len(entries) == 4
