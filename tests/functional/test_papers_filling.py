"""Papers: what a file says in the blanks of its texts, and every text wherever it fits."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import docx
import pypdf
import pytest

from consult.consultations import queries as consultations
from consult.consultations import services as consultation_services
from consult.core import clock, i18n
from consult.core.localized import LOCALES, Localized
from consult.notices import blanks
from consult.notices.content import Group
from consult.opinions import services as opinions
from consult.opinions.rules import PointKind, Position
from consult.papers.loading import texts
from consult.papers.rules import OWN_FILE, PaperSide
from consult.people import bodies
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import MandateRole, Role
from tests.client import PageClient
from tests.conftest import People
from tests.functional.test_papers import follow, text_of, url
from tests.functional.test_questions_pages import asked
from tests.loop import Sent, sent_with
from tests.sending import both, opened, with_key, written

Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def test_the_file_fills_the_text(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    asked(work, people, sent)
    page = as_(people.rep1).get(url(sent, "no_information"))
    text = text_of(page, "fr")
    assert "Le CSE d’Orvalie constate" in text
    assert "1. Combien d’énergie\u202f? (question no\u00a01)" in text.splitlines()
    assert "[[safe_date|" not in text, "computed from the period"
    assert "[[member|Membre]]" in text, "whom the body mandates is for the body to say"
    assert "Membre" in page.text and "Demander ne suspend pas le délai" in page.text
    english = text_of(page, "en")
    assert "CSE d’Orvalie notes" in english and "[[member|Member]]" in english
    with work() as session:
        state = consultations.state(
            session, consultations.by_id(session, sent.consultation_id), on=clock.today()
        )
    assert state.limit is not None
    days = [state.limit - timedelta(days=back) for back in range(7, 14)]
    assert any(i18n.day(day, "fr") in text for day in days)
    assert any(i18n.day(day, "en") in english for day in days)


def test_names_dates_and_missing_items(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    asked(work, people, sent)
    letter = text_of(rep.get(url(sent, "information_request")), "fr")
    for word in (
        "Orvalie",
        "projet Un texte",
        i18n.day(clock.today(), "fr"),
        "Maxime Adjovi",
        "Combien d’énergie",
    ):
        assert word in letter, word
    meeting = text_of(rep.get(url(sent, "extraordinary_meeting")), "fr")
    assert "Maxime Adjovi, Paule Roussel" in meeting and "Denis Chair" not in meeting
    assert "[[services|Services]]" in meeting, "the notice names none"
    with work() as session:
        with_key(session, people.rep1)
        with_key(session, people.rep2)
        session.flush()
        box = opened(session, people, sent.consultation_id)
        window = (box.opens_on, box.closes_on)
    resolution = text_of(rep.get(url(sent, "keyholder_resolution")), "fr")
    assert "Maxime Adjovi, Paule Roussel" in resolution
    assert all(i18n.day(day, "fr") in resolution for day in window)
    assert "[[v_for|" in resolution, "no vote is guessed"


def test_the_members_are_those_who_vote(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    with work() as session:
        body = session.get_one(Body, people.body.id)
        account = people_services.add_account(
            session, email="alix@orvalie.example", name="Alix Second", role=Role.REPRESENTATIVE
        )
        alternate = people_services.give_mandate(
            session, account, body, role=MandateRole.ALTERNATE, starts_on=clock.today()
        )
        replaced = session.get_one(Account, people.rep2.id).mandates[0]
        bodies.replace(session, alternate, replaced, starts_on=clock.today(), ends_on=None)
    text = text_of(as_(people.rep1).get(url(sent, "extraordinary_meeting")), "fr")
    assert "Alix Second, Maxime Adjovi" in text and "Paule Roussel" not in text


def test_monitoring_adds_its_point_to_the_agenda(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    assert "L2312-38" not in text_of(rep.get(url(sent, "agenda_r1")), "en")
    with work() as session:
        notice = written(
            session,
            people.hr,
            answers={"monitoring": "yes"},
            groups=[Group(both("Conseillers"), sites="Nantes")],
        )
        body, hr = session.get_one(Body, people.body.id), session.get_one(Account, people.hr.id)
        sending = consultation_services.send(session, notice, body=body, actor=hr, on=clock.today())
        session.flush()
        watching = Sent(notice.slug, notice.id, sending.consultation_id)
    assert "L2312-38" in text_of(rep.get(url(watching, "agenda_r1")), "en")
    french = text_of(rep.get(url(watching, "agenda_r1")), "fr")
    assert "Moyens de contrôle" in french and " dans Nantes" in french


def test_the_response_takes_up_every_point(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    with work() as session:
        consultation = consultations.by_id(session, sent.consultation_id)
        assert consultation is not None
        opinions.give(
            session, consultation, text=Localized.of(fr="Le CSE rend un avis."),
            position=Position.WITH_RESERVATIONS,
            points=[
                (PointKind.RESERVATION, Localized.of(fr="Former avant", en="Train first")),
                (PointKind.WISH, Localized.of(fr="Un bilan", en="A review")),
            ],
            votes={"for": 4, "against": 0, "abstentions": 0}, actor=session.get_one(Account, people.rep1.id),
            on=clock.today(),
        )  # fmt: skip
    page = as_(people.hr).get(url(sent, "response_frame"))
    text = text_of(page, "fr")
    assert "R1\u00a0: Former avant\n" in text and "V1\u00a0: Un bilan\n" in text
    assert text.count("Suite donnée et motifs") == 2
    assert "R1: Train first" in text_of(page, "en")


CASES = [
    (key, side, on) for key, one in texts().items() for side in sorted(one.sides) for on in sorted(one.fits)
]


@pytest.mark.parametrize(("key", "side", "template"), CASES)
def test_every_text_renders_wherever_it_fits(
    work: Work, people: People, sent: Sent, as_: SignIn, key: str, side: PaperSide, template: str
) -> None:
    """On screen in both languages, filled to the end, as Word and as PDF, without a mark of ours."""
    client = as_(people.rep1 if side is PaperSide.BODY else people.hr)
    if template == OWN_FILE:
        address = f"/workspace/%s/bodies/{people.body.id}/papers/{key}"
    else:
        follow(work, sent, template)
        address = f"/workspace/%s/consultations/{sent.consultation_id}/papers/{key}"
    for lang in LOCALES:
        page = client.get(address % lang)
    for language in LOCALES:
        text = text_of(page, language)
        assert "{" not in text and "None" not in text
        assert "[[" not in blanks.shown(text) and "]]" not in blanks.shown(text)
    controls = page.doc.xpath("//main//*[starts-with(@name, 'blank-')]/@name")
    kinds = texts()[key].blanks
    values = {name: _answer_to(kinds[name.split("-")[1]]) for name in controls}
    made = client.submit(page, values)
    where = made.response.headers["Location"]
    after = client.get(where)
    for language in LOCALES:
        text = text_of(after, language)
        assert not blanks.has_blank(text), "every blank can be filled on its page"
        word = client.get(f"{where}/{language}.docx")
        written = "\n".join(one.text for one in docx.Document(io.BytesIO(word.response.data)).paragraphs)
        said = "".join(f"{texts()[key].label.shown(language)}{text}".split())
        assert "".join(written.split()) == said
        paper = pypdf.PdfReader(io.BytesIO(client.get(f"{where}/{language}.pdf").response.data))
        printed = " ".join(page.extract_text() for page in paper.pages)
        assert not any(mark in printed for mark in ("[[", "]]", "|", "{", "}"))


def _answer_to(kind: blanks.Kind) -> str:
    return {"number": "3", "date": "2027-01-15"}.get(kind, "Une réponse, sans plus")
