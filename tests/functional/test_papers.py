"""Papers: model texts filled from the file, kept by one side alone, downloaded, never sent."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import docx
import pypdf
import pytest
from docx.enum.text import WD_COLOR_INDEX
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.consultations import queries as consultations
from consult.core import clock
from consult.core.localized import LOCALES, Localized
from consult.papers import exports, queries
from consult.papers.exports import Printed
from consult.papers.models import Paper, PaperVersion
from consult.papers.rules import PaperSide
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import Languages
from tests.client import Page, PageClient
from tests.conftest import People
from tests.loop import Sent, sent_with

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def url(sent: Sent, key: str = "", lang: str = "fr") -> str:
    return f"/workspace/{lang}/consultations/{sent.consultation_id}/papers" + (f"/{key}" if key else "")


def papers(work: Work) -> list[Paper]:
    with work() as session:
        found = list(session.scalars(select(Paper).order_by(Paper.started_on, Paper.id)))
        for one in found:
            _ = [each.text for each in one.versions]
        session.expunge_all()
        return found


def prepared(
    client: PageClient, sent: Sent, key: str = "no_information", lang: str = "fr", **values: str
) -> str:
    """The address of a new draft."""
    page = client.get(url(sent, key, lang))
    made = client.submit(page, values)
    return str(made.response.headers["Location"])


def text_of(page: Page, language: str) -> str:
    found = page.doc.xpath("//main//textarea[@name=$name]", name=f"text_{language}")
    assert len(found) == 1
    return str(found[0].text_content()).strip("\n")


# ── the list ───────────────────────────────────────────────────────────────────


def test_each_side_is_offered_its_own_texts(people: People, sent: Sent, as_: SignIn) -> None:
    rep, hr = as_(people.rep1), as_(people.hr)
    for client, key in ((rep, "no_information"), (hr, "convocation")):
        here = client.get(f"/workspace/fr/consultations/{sent.consultation_id}")
        assert url(sent) in here.links()
        for lang in LOCALES:
            listed = client.get(url(sent, lang=lang))
            assert url(sent, key, lang) in listed.links()
            assert url(sent, "agenda_r1", lang) in listed.links(), "chair and secretary draw up the agenda"
            assert ("conseil" if lang == "fr" else "counsel") in listed.text
    assert url(sent, "convocation") not in rep.get(url(sent)).links()
    assert url(sent, "no_information") not in hr.get(url(sent)).links()
    rep.get(url(sent, "convocation"), status=404)
    hr.get(url(sent, "no_information"), status=404)
    rep.get(url(sent, "ca_federal_notice"), status=404)
    rep.get(url(sent, "writing_page"), status=404)


def test_a_procedure_without_a_model_says_so(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    follow(work, sent, "fr-no-cse")
    page = as_(people.rep1).get(url(sent))
    assert not [one for one in page.links() if "/papers/" in one]
    assert "Aucun" in page.text


def follow(work: Work, sent: Sent, template: str) -> None:
    with work() as session:
        found = consultations.by_id(session, sent.consultation_id)
        assert found is not None
        found.template = template


# ── kept, version after version ────────────────────────────────────────────────


@BOTH
def test_a_draft_is_kept_and_saved_again(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    where = prepared(rep, sent, **{"blank-member": "Paule Roussel"})
    page = rep.get(where)
    assert "Paule Roussel" in text_of(page, "fr") and "Paule Roussel" in text_of(page, "en")
    mate = as_(people.rep2)
    second = mate.get(where)
    save(mate, second, {"text_fr": "Une autre rédaction.", "text_en": ""})
    found = papers(work)
    assert [one.number for one in found[0].versions] == [1, 2]
    assert found[0].versions[1].text.texts == {"fr": "Une autre rédaction."}
    assert "par Paule Roussel" in rep.get(where).text, "who saved it, for those of the same side"
    older = rep.get(f"{where}?version=1")
    assert "Paule Roussel" in text_of(older, "fr")
    assert "Une autre rédaction." in text_of(rep.get(f"{where}?version=9"), "fr")
    assert f"{where}?version=1" in rep.get(where).links()
    with work() as session:
        session.add(
            PaperVersion(
                paper_id=found[0].id, number=2, text=Localized.of(fr="x"), saved_on=clock.today(),
                saved_by=people.rep1.id,
            )
        )  # fmt: skip
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_nothing_typed_is_lost_when_somebody_saved_meanwhile(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep, mate = as_(people.rep1), as_(people.rep2)
    where = prepared(rep, sent)
    mine, theirs = rep.get(where), mate.get(where)
    save(mate, theirs, {"text_fr": "Leur texte"})
    late = save(rep, mine, {"text_fr": "Mon texte"}, status=409)
    assert text_of(late, "fr") == "Mon texte" and "Leur texte" in late.response.get_data(as_text=True)
    assert len(papers(work)[0].versions) == 2, "nothing was saved over theirs"
    save(rep, late)
    assert [one.text.texts["fr"] for one in papers(work)[0].versions[1:]] == ["Leur texte", "Mon texte"]


def save(client: PageClient, page: Page, values: dict[str, str] | None = None, status: int = 303) -> Page:
    """Sends the form of the text, which has no address of its own."""
    form = next(
        one
        for one in page.doc.xpath("//main//form[@method='post']")
        if one.xpath(".//textarea[@name='text_fr']")
    )
    data = {**dict(form.form_values()), **(values or {})}
    return client.post(page.path, data, status=status)


def test_a_double_click_makes_one_draft_and_one_version(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    page = rep.get(url(sent, "no_information"))
    first = rep.submit(page)
    assert rep.submit(page).response.headers["Location"] == first.response.headers["Location"]
    again = rep.submit(page, {"text_fr": "Autre chose"}, status=409)
    assert text_of(again, "fr") == "Autre chose" and len(papers(work)) == 1
    rep.submit(again)
    assert len(papers(work)) == 2
    edit = rep.get(first.response.headers["Location"])
    for _click in range(2):
        save(rep, edit, {"text_fr": "Corrigé"})
    assert sorted(len(one.versions) for one in papers(work)) == [1, 2]


def test_somebody_elses_identifier_opens_nothing(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    prepared(as_(people.hr), sent, "convocation")
    known = papers(work)[0].id
    rep = as_(people.rep1)
    refused = rep.submit(rep.get(url(sent, "no_information")), {"once": str(known)}, status=409)
    assert "convocation" not in refused.response.get_data(as_text=True).lower()
    assert len(papers(work)) == 1


def test_what_is_wrong_is_said_and_kept(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = rep.get(url(sent, "keyholder_resolution"))
    wrong = rep.submit(
        page, {"blank-open_on": "le 32", "blank-v_for": "huit", "text_fr": text_of(page, "fr") + "\nFin"},
        status=400,
    )  # fmt: skip
    body = wrong.response.get_data(as_text=True)
    assert "le 32" in body and "huit" in body and text_of(wrong, "fr").endswith("Fin")
    empty = rep.submit(page, {"text_fr": "  ", "text_en": ""}, status=400)
    assert "Écrivez le texte" in empty.text
    rep.submit(page, {"text_fr": "x" * 50_001}, status=400)
    many = " ".join(f"[[b{at}|Quoi]]" for at in range(9000))
    crowded = rep.submit(page, {"text_fr": many}, status=400)
    assert len(crowded.doc.xpath("//*[starts-with(@name, 'blank-b')]")) == 200
    assert not papers(work)


def test_an_answer_of_several_lines_becomes_lines(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    page = rep.get(url(sent, "opinion_skeleton"))
    rep.submit(page, {"blank-wishes-fr": "V1 Un\n\nV2 Deux [[x|y]]"})
    text = papers(work)[0].newest.text.texts["fr"]
    assert "\nV1 Un\nV2 Deux ((x|y))\n" in text
    assert "[[wishes|" in papers(work)[0].newest.text.texts["en"]


def test_a_draft_is_deleted_with_its_versions(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    where = prepared(rep, sent)
    save(rep, rep.get(where), {"text_fr": "Encore"})
    rep.submit(rep.get(where), action="/delete")
    rep.get(where, status=404)
    with work() as session:
        assert not session.scalars(select(PaperVersion)).all()


def test_one_language_where_the_organisation_works_in_one(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    with work() as session:
        people_services.set_languages(session, Languages.FRENCH)
    rep = as_(people.rep1)
    page = rep.get(url(sent, "opinion_skeleton"))
    assert not page.doc.xpath("//textarea[@name='text_en']")
    rep.submit(page, {"blank-wishes-fr": "Un vœu"})
    assert set(papers(work)[0].newest.text.texts) == {"fr"}
    rep.get(f"/workspace/fr/papers/{papers(work)[0].id}/en.pdf", status=404)


def test_drafts_are_listed_page_by_page(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    with work() as session:
        place = queries.of_consultation(session, sent.consultation_id)
        assert place is not None
        for at in range(23):
            version = PaperVersion(
                number=1, text=Localized.of(fr="[[a|A]]"), saved_on=clock.today(), saved_by=people.rep1.id
            )
            session.add(
                Paper(
                    body=place.body, consultation=place.consultation, side=PaperSide.BODY,
                    text_key="agenda_r1", started_on=date(2026, 1, 1) + timedelta(days=at),
                    versions=[version],
                )
            )  # fmt: skip
    rep = as_(people.rep1)
    first = rep.get(url(sent))
    assert len([one for one in first.links() if one.startswith("/workspace/fr/papers/")]) == 20
    older = next(one for one in first.links() if "after=" in one)
    assert len([one for one in rep.get(older).links() if one.startswith("/workspace/fr/papers/")]) == 3
    assert "1 point à compléter" in first.text
    rep.get(url(sent) + "?after=nonsense")


# ── files ──────────────────────────────────────────────────────────────────────


def test_files_say_what_is_blank(people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    where = prepared(rep, sent)
    answer = rep.get(f"{where}/fr.docx").response
    assert "no_information-fr.docx" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    document = docx.Document(io.BytesIO(answer.data))
    marked = [
        run.text
        for paragraph in document.paragraphs
        for run in paragraph.runs
        if run.font.highlight_color == WD_COLOR_INDEX.YELLOW
    ]
    assert marked == ["[Éléments manquants, un par ligne]", "[Membre]"]
    known = document.core_properties
    assert (known.author, known.last_modified_by) == ("", "") and known.title.startswith("Délibération")
    assert known.created.hour == known.created.minute == 0, "a day, no time"
    printed = pypdf.PdfReader(io.BytesIO(rep.get(f"{where}/en.pdf").response.data))
    root = printed.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/StructTreeRoot"] and root["/Lang"].startswith("en")
    words = printed.pages[0].extract_text()
    assert "[Member]" in words and "Consult »" not in words
    assert printed.metadata is not None and not printed.metadata.author
    rep.get(f"{where}/de.pdf", status=404)
    rep.get(f"{where}/fr.html", status=404)


def test_files_are_the_same_for_the_same_text_and_day() -> None:
    printed = Printed("Titre", "Un\nDeux [[a|Quoi]]\n\nTrois & <b>", "fr")
    day = date(2027, 1, 4)
    assert exports.as_pdf(printed, on=day) == exports.as_pdf(printed, on=day)
    document = docx.Document(io.BytesIO(exports.as_word(printed, on=day)))
    assert [one.text for one in document.paragraphs] == ["Titre", "Un\nDeux [Quoi]", "Trois & <b>"]
