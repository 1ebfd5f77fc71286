"""Documents handed over: who may open them, until when, and who does not learn that there is one."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from time_machine import travel

from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.localized import Localized
from consult.enclosures.models import Enclosure
from consult.mail.models import Letter
from consult.people import services as people_services
from consult.people.models import Account, Mandate
from consult.people.rules import BodyKind, MandateRole, Role
from consult.questions import services as questions
from tests.client import PageClient
from tests.conftest import People
from tests.loop import sent_with

As = Callable[[Account], PageClient]
Work = Callable[..., Any]
CONTENT = b"Effectif concerne : neuf personnes."


@pytest.fixture
def question(work: Work, people: People) -> str:
    sent = sent_with(work, people)
    with work() as session:
        consultation = session.get(Consultation, sent.consultation_id)
        asker = session.get(Account, people.rep1.id)
        asked = questions.ask(
            session, consultation.notice, body=consultation.body, text=Localized.of(fr="Combien ?"),
            actor=asker, on=clock.today(),
        )  # fmt: skip
        return str(asked.id)


def hand_over(client: PageClient, question: str, status: int = 303, **values: Any) -> Any:
    path = f"/workspace/fr/questions/{question}/documents/new"
    page = client.get(path)
    given = {"label": "Effectifs par équipe", "file": (io.BytesIO(CONTENT), "effectifs.txt"), **values}
    return client.submit(page, given, status=status)


def only(work: Work) -> tuple[str, list[str]]:
    with work() as session:
        one = session.scalars(select(Enclosure)).one()
        return str(one.id), one.mandate_ids


def told(session: Session) -> list[Letter]:
    """What the member who asked was written about the question, its asking aside."""
    found = session.scalars(select(Letter).where(Letter.about.startswith("question:")))
    return [one for one in found if "document" in one.subject]


def address(ident: str) -> str:
    return f"/workspace/fr/enclosures/{ident}"


def test_the_body_opens_what_the_employer_hands_over(
    question: str, work: Work, people: People, as_: As
) -> None:
    hand_over(as_(people.hr), question)
    ident, _mandates = only(work)
    for reader in (people.hr, people.rep1, people.rep2):
        with as_(reader).http.get(address(ident)) as answer:
            assert answer.status_code == 200 and answer.data == CONTENT
            assert answer.headers["Cache-Control"] == "no-store"
    as_(people.admin).get(address(ident), status=404)
    with work() as session:
        (letter,) = told(session)
        assert letter.to_address == people.rep1.email
        assert "Effectifs" not in letter.subject + letter.text + letter.html


def test_a_confidential_one_is_named_to_nobody_else_and_ends(
    question: str, work: Work, people: People, as_: As
) -> None:
    with work() as session:
        mandate = session.scalars(select(Mandate).where(Mandate.account_id == people.rep1.id)).one()
        named = str(mandate.id)
    refused = hand_over(as_(people.hr), question, status=400, readers="confidential")
    assert "Nommez" in refused.text or "personne" in refused.text
    until = clock.today() + timedelta(days=5)
    given = {
        "readers": "confidential",
        "mandates": [named],
        "reason": "Secret de fabrication",
        "until": until,
    }
    hand_over(as_(people.hr), question, **given)
    ident, mandates = only(work)
    assert mandates == [named]
    with as_(people.rep1).http.get(address(ident)) as answer:
        assert answer.data == CONTENT
    as_(people.rep2).get(address(ident), status=404)
    with work() as session:
        where = session.scalars(select(Consultation.id)).one()
        assert told(session) == []
    page = f"/workspace/fr/consultations/{where}"
    assert "Effectifs par équipe" in as_(people.rep1).get(page).text
    assert "Effectifs par équipe" not in as_(people.rep2).get(page).text
    later = travel(clock.now() + timedelta(days=6), tick=False)
    with later, as_(people.rep2).http.get(address(ident)) as answer:
        assert answer.status_code == 200


def test_another_body_and_an_ended_mandate_open_nothing(
    question: str, work: Work, people: People, as_: As
) -> None:
    hand_over(as_(people.hr), question)
    ident, _mandates = only(work)
    with work() as session:
        body = people_services.add_body(session, name="Autre CSE", kind=BodyKind.CSE, headcount=60)
        other = people_services.add_account(
            session, email="autre@example.org", name="Autre", role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, other, body, role=MandateRole.SECRETARY, starts_on=clock.today()
        )
        for mandate in session.scalars(select(Mandate).where(Mandate.account_id == people.rep2.id)):
            people_services.end_mandate(session, mandate, on=clock.today())
        session.flush()
        other_id = other.id
    with work() as session:
        outsider = session.get(Account, other_id)
        session.expunge(outsider)
    as_(outsider).get(address(ident), status=404)
    as_(outsider).get(f"/workspace/fr/questions/{question}/documents/new", status=403)
    with travel(clock.now() + timedelta(days=1), tick=False):
        assert as_(people.rep2).http.get(address(ident)).status_code in {403, 404}


def test_only_who_handed_it_over_takes_it_back_and_nothing_changes_otherwise(
    question: str, work: Work, people: People, as_: As
) -> None:
    hand_over(as_(people.hr), question)
    ident, _mandates = only(work)
    with pytest.raises(DBAPIError), work() as session:
        session.execute(text("UPDATE enclosure SET label = 'autre'"))
    with pytest.raises(DBAPIError), work() as session:
        session.execute(text("DELETE FROM enclosure"))
    with work() as session:
        where = session.scalars(select(Consultation.id)).one()
    page = as_(people.rep1).get(f"/workspace/fr/consultations/{where}")
    assert not page.doc.xpath("//form[contains(@action, 'withdrawal')]")
    hr = as_(people.hr)
    hr.submit(hr.get(f"/workspace/fr/consultations/{where}"), action="/withdrawal", status=303)
    as_(people.rep1).get(address(ident), status=404)
    with work() as session:
        assert session.get(Enclosure, UUID(ident)).withdrawn_on == clock.today()


def test_what_is_not_a_document_is_refused_and_what_was_typed_stays(
    question: str, work: Work, people: People, as_: As
) -> None:
    bad = (io.BytesIO(b"MZ" + bytes(200)), "effectifs.exe")
    page = hand_over(as_(people.hr), question, status=400, file=bad)
    assert page.doc.xpath("//input[@name='label']/@value") == ["Effectifs par équipe"]
    with work() as session:
        assert session.scalars(select(Enclosure)).all() == []
