"""The state of the procedure before a deployment, for both sides and for readers, and the reasons the
employer gives for dates that come before its end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from consult.consultations import explaining, recording, services, state
from consult.consultations import queries as consultation_queries
from consult.consultations.before import NotExplained
from consult.consultations.models import Consultation, EarlyMilestone
from consult.consultations.rules import FactKind
from consult.core import clock
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.core.paths import folder
from consult.notices import queries as notices
from consult.notices import services as notice_services
from consult.notices.content import Milestone
from consult.notices.models import Notice
from consult.notices.rules import MilestoneKind
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import BodyKind, Languages, MandateRole
from consult.register.models import Entry
from consult.register.rules import Tag
from tests import sending
from tests.client import Page, PageClient
from tests.conftest import WORD, People
from tests.loop import attack, withdraw

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
NOW = datetime(2026, 9, 28, 10, tzinfo=ZoneInfo("Europe/Paris"))
START, SOON, LATER = date(2026, 9, 28), date(2026, 10, 12), date(2026, 11, 16)
WHY = Localized.of(fr="La licence actuelle prend fin.", en="The current licence ends.")
FORBIDDEN = re.compile(
    r"\bcleared\b|valid[ée]|feu vert|green light|autoris[ée]\w* à déployer|\bapproved\b", re.I
)


@pytest.fixture(autouse=True)
def at() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def pilot(day: date) -> list[Milestone]:
    return [Milestone(MilestoneKind.PILOT, day, sending.both("Essai"))]


def written(work: Work, people: People, day: date) -> str:
    with work() as session:
        return str(sending.written(session, people.hr, milestones=pilot(day)).slug)


def sent(work: Work, people: People, day: date = LATER, **options: Any) -> str:
    slug = written(work, people, day)
    with work() as session:
        notice = session.scalars(select(Notice)).one()
        services.send(
            session, notice, body=session.get_one(Body, people.body.id),
            actor=session.get_one(Account, people.hr.id), on=clock.today(), **options,
        )  # fmt: skip
        session.flush()
        services.open_to_employees(session, notice, on=clock.today())
    return slug


def fact(work: Work, kind: FactKind, day: date) -> None:
    with work() as session:
        consultation = session.scalars(select(Consultation)).one()
        services.add_fact(session, consultation, kind, on=day, actor=None)


def page(slug: str, what: str = "procedure-state", lang: str = "fr") -> str:
    return f"/workspace/{lang}/notices/{slug}/{what}"


def given(work: Work) -> list[EarlyMilestone]:
    with work() as session:
        return list(session.scalars(select(EarlyMilestone).order_by(EarlyMilestone.given_on)))


def explained(work: Work) -> list[Entry]:
    with work() as session:
        return list(session.scalars(select(Entry).where(Entry.tag == Tag.DATE_EXPLAINED)))


def calm(found: Page) -> str:
    """The words of a page, none of which decides."""
    said = found.text
    assert not FORBIDDEN.search(said), FORBIDDEN.search(said)
    return said


# ── the page ───────────────────────────────────────────────────────────────────


@BOTH
def test_both_sides_read_where_it_stands(work: Work, people: People, as_: SignIn) -> None:
    slug = sent(work, people)
    for account in (people.hr, people.rep1, people.chair):
        said = calm(as_(account).get(page(slug)))
        assert "D’après les faits saisis au 28 septembre 2026, la procédure court encore" in said
        assert "29 octobre 2026" in said and "Ceci ne dit rien des autres formalités" in said
        assert "L2312-14" in said and "Loi" in said and people.body.name in said
    english = calm(as_(people.rep1).get(page(slug, lang="en")))
    assert "According to the facts entered as of 28 September 2026" in english
    assert "This says nothing of other formalities" in english


def test_who_may_not_read_it(work: Work, people: People, as_: SignIn, client: PageClient) -> None:
    slug = written(work, people, LATER)
    as_(people.hr).get(page(slug), status=404)  # a draft: nothing runs yet
    as_(people.rep1).get(page(slug), status=404)
    as_(people.admin).get(page(slug), status=403)
    client.get(page(slug), status=302)
    as_(people.hr).get(page("nothing"), status=404)


def test_what_representatives_open_has_no_state(
    work: Work, people: People, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = sent(work, people)
    monkeypatch.setattr(state, "has_state", lambda _notice: False)
    as_(people.hr).get(page(slug), status=404)
    as_(people.hr).get(page(slug, "early-dates"), status=404)


@BOTH
def test_a_contested_start_shows_both_days(work: Work, people: People, as_: SignIn) -> None:
    slug = sent(work, people)
    with work() as session:
        consultation = session.scalars(select(Consultation)).one()
        began = next(one for one in consultation.facts if one.kind is FactKind.RECEIVED)
        recording.contest(
            session, began, consultation, day=date(2026, 10, 8), why="Annexe manquante",
            votes={"for": 5, "against": 0, "abstentions": 0},
            actor=session.get_one(Account, people.rep1.id), on=date(2026, 10, 9),
            name=Localized.of(fr="Réception", en="Receipt"),
        )  # fmt: skip
    with time_machine.travel(NOW + timedelta(days=33), tick=False):
        said = calm(as_(people.hr).get(page(slug)))
        assert "29 octobre 2026 selon l’employeur" in said and "10 novembre 2026 selon l’instance" in said
        assert "court encore" in said and "Court encore" in said
        read = PageClient(as_(people.hr).app).with_word(WORD).get(f"/fr/notices/{slug}")
        assert "10 novembre 2026 selon l’instance" in calm(read)


@BOTH
def test_once_the_opinion_is_given_it_says_so_and_no_more(work: Work, people: People, as_: SignIn) -> None:
    slug = sent(work, people)
    fact(work, FactKind.OPINION_GIVEN, START)
    said = calm(as_(people.rep1).get(page(slug)))
    assert "plus rien de ce qui est décompté ici ne court" in said
    assert "Close d’après les faits saisis" in said and "autres formalités" in said


def test_silence_is_not_agreement(work: Work, people: People, as_: SignIn) -> None:
    slug = sent(work, people)
    with time_machine.travel(NOW + timedelta(days=60), tick=False):
        said = calm(as_(people.rep1).get(page(slug)))
        assert "Délai écoulé, sans avis" in said and "Le silence ne vaut pas accord" in said


@BOTH
def test_a_procedure_beside_still_runs_and_may_be_stopped(work: Work, people: People, as_: SignIn) -> None:
    slug = sent(work, people)
    fact(work, FactKind.OPINION_GIVEN, START)
    with work() as session:
        notice = session.scalars(select(Notice)).one()
        actor = session.get_one(Account, people.hr.id)
        side = recording.beside(
            session, notice, key="eu-ai-act-26-7", because="Annexe III", actor=actor, on=START
        )
        ident = side.id
    assert "court encore" in calm(as_(people.rep1).get(page(slug)))
    with work() as session:
        found = consultation_queries.side_procedure(session, ident)
        recording.end_beside(session, found, why="Erreur", on=START)
    said = calm(as_(people.rep1).get(page(slug)))
    assert "Arrêtée par l’employeur" in said and "plus rien de ce qui est décompté" in said


def test_readers_find_the_same_on_the_notice_and_its_paper(work: Work, people: People, as_: SignIn) -> None:
    slug = sent(work, people)
    reader = PageClient(as_(people.hr).app).with_word(WORD)
    found = reader.get(f"/fr/notices/{slug}")
    section = found.doc.xpath("//section[@aria-labelledby='procedure-state']")[0].text_content()
    assert "la procédure court encore" in section and "29 octobre 2026" in section.replace("\u00a0", " ")
    calm(found)
    calm(reader.get(f"/en/notices/{slug}"))
    made = reader.http.get(f"/fr/notices/{slug}/notice.pdf").data
    printed = " ".join(one.extract_text() for one in PdfReader(BytesIO(made)).pages)
    printed = re.sub(r"\s+", " ", printed)
    assert "la procédure court encore" in printed and "autres formalités" in printed
    assert not FORBIDDEN.search(printed)
    old = reader.get(f"/fr/notices/{slug}/revisions/1")
    assert not old.doc.xpath("//section[@aria-labelledby='procedure-state']")


def test_a_withdrawn_notice_says_so(work: Work, people: People, as_: SignIn) -> None:
    slug = sent(work, people)
    withdraw(work, people, slug)
    assert "Cette notice a été retirée" in calm(as_(people.rep1).get(page(slug)))
    as_(people.hr).get(page(slug, "early-dates"), status=409)


def test_no_word_of_ours_ever_decides() -> None:
    """In what the pages of this subject are made of, in both languages."""
    ours = [
        *Path(folder("templates")).glob("consultations/[se][ta][ar]*.html"),
        Path(folder("templates")) / "components/procedure_state.html",
        Path(folder("templates")) / "consultations/early_dates.html",
        Path(folder("templates")) / "reading/notice/procedure_state.html",
        *(Path(state.__file__).parent / f"{one}.py" for one in ("before", "words", "explaining", "state")),
        Path(state.__file__).parents[1] / "reading/api.py",
    ]  # fmt: skip
    for file in ours:
        assert not FORBIDDEN.search(file.read_text(encoding="utf-8")), file.name


# ── reasons, when a text goes out ──────────────────────────────────────────────


@BOTH
def test_an_early_date_goes_out_with_a_reason_only(work: Work, people: People, as_: SignIn) -> None:
    slug = written(work, people, SOON)
    hr = as_(people.hr)
    form = hr.get(page(slug, "send"))
    assert "Pilote le 12 octobre 2026 : avant la fin de la procédure" in form.text.replace("\u00a0", " ")
    refused = hr.submit(form, {"confirmed": "y"}, status=400)
    assert "Dites pourquoi cette date précède la fin de la procédure" in refused.text
    assert given(work) == []
    with work() as session:
        assert session.scalars(select(Consultation)).all() == []
    typed = {"why_pilot_fr": "La licence prend fin.", "why_pilot_en": "The licence ends."}
    again = hr.submit(form, typed, status=400)  # the box is not ticked: nothing typed is lost
    assert "La licence prend fin." in again.response.get_data(as_text=True)
    hr.submit(again, {"confirmed": "y"})
    (one,) = given(work)
    assert (one.key, one.day, one.earliest_end) == ("pilot", SOON, date(2026, 10, 29))
    assert one.reason.shown("en")[0] == "The licence ends." and one.given_by == people.hr.id
    (entry,) = explained(work)
    assert entry.title.shown("fr")[0] == "Date antérieure à la fin de la procédure\u00a0: pilote (12/10/2026)"
    assert "licence" not in entry.title.shown("fr")[0]


def test_the_service_refuses_too(work: Work, people: People) -> None:
    written(work, people, SOON)
    with work() as session:
        notice = session.scalars(select(Notice)).one()
        with pytest.raises(NotExplained):
            services.send(
                session, notice, body=session.get_one(Body, people.body.id),
                actor=session.get_one(Account, people.hr.id), on=clock.today(),
                reasons={"pilot": Localized({})},
            )  # fmt: skip
        session.rollback()
    assert given(work) == []


def test_only_the_body_it_goes_to_counts(work: Work, people: People, as_: SignIn) -> None:
    """One body’s procedure ends before that day, the other’s is not known to end: the reason is asked for
    the first only."""
    with work() as session:
        other = people_services.add_body(session, name="Comité mondial", kind=BodyKind.CUSTOM, headcount=90)
        rep = session.get_one(Account, people.rep2.id)
        people_services.give_mandate(session, rep, other, role=MandateRole.FULL_MEMBER, starts_on=START)
        session.flush()
        ids = {"cse": str(people.body.id), "other": str(other.id)}
    slug, hr = written(work, people, SOON), as_(people.hr)
    form = hr.get(page(slug, "send"))
    hr.submit(form, {"body": ids["cse"], "confirmed": "y"}, status=400)
    hr.submit(form, {"body": ids["other"], "confirmed": "y"})
    assert given(work) == []
    second = hr.get(page(slug, "send"))
    hr.submit(second, {"body": ids["cse"], "confirmed": "y"}, status=400)
    typed = {"why_pilot_fr": "Un motif", "why_pilot_en": "A reason"}
    hr.submit(second, {"body": ids["cse"], "confirmed": "y", **typed})
    assert [one.earliest_end for one in given(work)] == [None]


def test_an_organisation_of_one_language_is_asked_once(work: Work, people: People, as_: SignIn) -> None:
    with work() as session:
        people_services.set_languages(session, Languages.FRENCH)
    slug, hr = written(work, people, SOON), as_(people.hr)
    form = hr.get(page(slug, "send"))
    assert form.doc.xpath("//textarea/@name") == ["why_pilot_fr"]
    hr.submit(form, {"confirmed": "y", "why_pilot_fr": "Un motif"})
    assert [one.reason.shown("fr")[0] for one in given(work)] == ["Un motif"]


def test_a_date_after_the_end_asks_nothing(work: Work, people: People, as_: SignIn) -> None:
    slug = written(work, people, LATER)
    hr = as_(people.hr)
    form = hr.get(page(slug, "send"))
    assert "avant la fin de la procédure" not in form.text
    hr.submit(form, {"confirmed": "y"})
    assert given(work) == [] and explained(work) == []


@BOTH
def test_readers_see_the_reason_beside_the_date(work: Work, people: People, as_: SignIn) -> None:
    slug = sent(work, people, SOON, reasons={"pilot": WHY})
    reader = PageClient(as_(people.hr).app).with_word(WORD)
    for lang, words, note in (
        ("fr", "La licence actuelle prend fin.", "Avant la fin de la procédure"),
        ("en", "The current licence ends.", "Before the end of the procedure"),
    ):
        read = reader.get(f"/{lang}/notices/{slug}")
        dates = read.doc.xpath("//section[@aria-labelledby='dates']")[0].text_content()
        assert words in dates and note in dates
    assert "La licence actuelle prend fin." in as_(people.rep1).get(page(slug)).text
    made = reader.http.get(f"/fr/notices/{slug}/notice.pdf").data
    printed = re.sub(r"\s+", " ", " ".join(one.extract_text() for one in PdfReader(BytesIO(made)).pages))
    assert "Avant la fin de la procédure" in printed and "La licence actuelle prend fin" in printed


def test_a_revision_that_moves_a_date_asks_again(work: Work, people: People, as_: SignIn) -> None:
    slug = sent(work, people)
    with work() as session:
        notice = session.scalars(select(Notice)).one()
        draft = notice_services.revise(session, notice, actor=session.get_one(Account, people.hr.id))
        changes = {"changelog": sending.both("La date change"), "milestones": pilot(SOON)}
        notice_services.save(session, draft, sending.content(**changes))
    hr = as_(people.hr)
    assert "avant la fin de la procédure" not in hr.get(page(slug)).text.lower()  # the text in force
    form = hr.get(page(slug, "send"))
    hr.submit(form, {"confirmed": "y"}, status=400)
    hr.submit(form, {"confirmed": "y", "why_pilot_fr": "Un motif", "why_pilot_en": "A reason"})
    assert [one.day for one in given(work)] == [SOON]


@BOTH
def test_a_reason_never_changes(work: Work, people: People) -> None:
    sent(work, people, SOON, reasons={"pilot": WHY})
    for act in ("change", "delete"):
        with work() as session:
            one = session.scalars(select(EarlyMilestone)).one()
            if act == "change":
                one.reason = Localized.of(fr="Autre", en="Other")
            else:
                session.delete(one)
            with pytest.raises(DatabaseError):
                session.flush()
            session.rollback()


# ── when the end moves later ───────────────────────────────────────────────────


@BOTH
def test_an_expert_makes_a_date_early_and_the_start_page_asks(
    work: Work, people: People, as_: SignIn
) -> None:
    slug = sent(work, people)
    hr = as_(people.hr)
    assert "Donner le motif" not in hr.get("/workspace/fr/").text
    fact(work, FactKind.EXPERT_APPOINTED, START)
    start = hr.get("/workspace/fr/")
    assert "Donner le motif" in start.text and page(slug, "early-dates") in start.links()
    assert "Donner le motif" not in as_(people.rep1).get("/workspace/fr/").text
    assert "Aucun motif n’a été donné" in calm(hr.get(page(slug)))
    read = PageClient(hr.app).with_word(WORD).get(f"/fr/notices/{slug}")
    assert "Aucun motif n’a été donné" in calm(read)
    form = hr.get(page(slug, "early-dates"))
    hr.submit(form, {}, status=400)
    hr.submit(form, {"why_pilot_fr": "Un motif", "why_pilot_en": "A reason"})
    assert "Donner le motif" not in hr.get("/workspace/fr/").text
    (one,) = given(work)
    assert one.earliest_end is not None and one.earliest_end > LATER
    hr.submit(form, {"why_pilot_fr": "Encore", "why_pilot_en": "Again"})  # a double click
    assert len(given(work)) == 1 and len(explained(work)) == 1


def test_a_reason_given_for_a_nearer_end_is_asked_again(work: Work, people: People, as_: SignIn) -> None:
    slug = sent(work, people, SOON, reasons={"pilot": WHY})
    fact(work, FactKind.EXPERT_APPOINTED, START)
    hr = as_(people.hr)
    said = calm(hr.get(page(slug)))
    assert "La licence actuelle prend fin." in said and "Depuis, la fin a été repoussée" in said
    hr.submit(hr.get(page(slug, "early-dates")), {"why_pilot_fr": "Encore", "why_pilot_en": "Again"})
    assert len(given(work)) == 2
    said = calm(hr.get(page(slug)))
    assert "Encore" in said and "Depuis, la fin a été repoussée" not in said


def test_only_the_employer_gives_the_reason(work: Work, people: People, as_: SignIn) -> None:
    slug = sent(work, people)
    fact(work, FactKind.EXPERT_APPOINTED, START)
    data = {"why_pilot_fr": "Un motif", "why_pilot_en": "A reason"}
    for account in (people.rep1, people.chair, people.admin):
        as_(account).get(page(slug, "early-dates"), status=403)
        attack(as_(account), page(slug, "early-dates"), data, status=403)
    assert "Donner le motif" not in as_(people.rep1).get(page(slug)).text
    assert given(work) == []


def test_nothing_is_explained_on_a_notice_that_was_withdrawn(work: Work, people: People) -> None:
    slug = sent(work, people)
    fact(work, FactKind.EXPERT_APPOINTED, START)
    withdraw(work, people, slug)
    with work() as session:
        notice = notices.by_slug(session, slug)
        with pytest.raises(WrongState):
            explaining.explain(
                session, notice, {"pilot": WHY}, actor=session.get_one(Account, people.hr.id), on=START
            )
        session.rollback()
        assert state.unexplained(session, on=START) == []
