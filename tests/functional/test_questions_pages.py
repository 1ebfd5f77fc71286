"""The body asks, the employer answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from consult.core import clock
from consult.core.localized import Localized
from consult.mail.models import Letter
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import BodyKind, MandateRole, Role
from consult.questions import queries, services
from consult.questions.models import Answer, Question
from consult.register import services as register
from consult.register.models import Entry, Link
from consult.register.rules import Ref, Tag
from tests.client import PageClient
from tests.conftest import People
from tests.loop import Sent, attack, sent_with, withdraw

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def ask_url(sent: Sent, lang: str = "fr") -> str:
    return f"/workspace/{lang}/notices/{sent.slug}/questions/new"


def count(work: Work, model: Any) -> int:
    with work() as session:
        return int(session.scalar(select(func.count()).select_from(model)))


def asked(work: Work, people: People, sent: Sent, **options: Any) -> Any:
    with work() as session:
        question = services.ask(
            session,
            session.get_one(queries.Notice, sent.notice_id),
            body=session.get_one(Body, people.body.id),
            text=Localized.of(fr="Combien d’énergie\u202f?", en="How much energy?"),
            actor=session.get_one(Account, people.rep1.id),
            on=clock.today(),
            **options,
        )
        return question.id


@BOTH
def test_a_question_is_asked_and_answered(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep, hr = as_(people.rep1), as_(people.hr)
    day = clock.today() + timedelta(days=10)
    page = rep.get(ask_url(sent))
    values = {"text_fr": "Combien d’énergie\u202f?", "expected_on": day.isoformat()}
    done = rep.submit(page, values)
    assert str(sent.consultation_id) in done.response.headers["Location"]
    rep.follow(done)
    with work() as session:
        question = session.scalars(select(Question)).one()
        assert (question.number, question.expected_on, question.asked_on) == (1, day, clock.today())
        assert question.text.source == "fr"
        assert "en" not in question.text.texts
        assert question.body_id == people.body.id
        letters = session.scalars(select(Letter).where(Letter.about == f"question:{question.id}")).all()
        assert [one.to_address for one in letters] == [people.hr.email]
        assert "énergie" not in letters[0].text + letters[0].html, "links only"
        ident = question.id
    answered = hr.submit(
        hr.get(f"/workspace/fr/questions/{ident}"), {"text_fr": "Un peu.", "text_en": "A little."}
    )
    hr.follow(answered)
    with work() as session:
        answer = session.scalars(select(Answer)).one()
        assert dict(answer.text.texts) == {"fr": "Un peu.", "en": "A little."}
        tags = session.scalars(select(Entry.tag).where(Entry.notice_id == sent.notice_id)).all()
        assert Tag.QUESTION_ASKED in tags
        assert Tag.QUESTION_ANSWERED in tags


def test_what_is_not_translated_is_flagged_on_the_page(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    rep.submit(rep.get(ask_url(sent)), {"text_fr": "Combien\u202f?"})
    with work() as session:
        ident = session.scalars(select(Question.id)).one()
    page = as_(people.hr).get(f"/workspace/en/questions/{ident}")
    assert "Only in French so far" in page.text
    assert page.doc.xpath("//blockquote//*[@lang='fr']")


@BOTH
def test_the_authoritative_language_is_needed_and_nothing_typed_is_lost(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    page = rep.submit(
        rep.get(ask_url(sent)), {"text_en": "How much energy?", "expected_on": "31/02/2027"}, status=400
    )
    assert page.doc.xpath("//*[contains(@class,'errors')]//a[@href='#text_fr']")
    assert page.doc.xpath("//textarea[@name='text_en']")[0].text.strip() == "How much energy?"
    assert page.doc.xpath("//input[@name='expected_on']/@value") == ["31/02/2027"]
    assert page.doc.findtext(".//title").startswith("Erreur")
    assert count(work, Question) == 0


def test_a_notice_written_in_english_asks_for_english(work: Work, people: People, as_: SignIn) -> None:
    sent = sent_with(work, people, slug="quill", source="en")
    rep = as_(people.rep1)
    page = rep.submit(rep.get(ask_url(sent)), {"text_fr": "Combien\u202f?"}, status=400)
    assert page.doc.xpath("//*[contains(@class,'errors')]//a[@href='#text_en']")
    rep.submit(page, {"text_en": "How much?"})
    with work() as session:
        assert session.scalars(select(Question)).one().text.source == "en"


def test_a_day_before_today_is_refused(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    past = (clock.today() - timedelta(days=1)).isoformat()
    page = rep.submit(rep.get(ask_url(sent)), {"text_fr": "Quand\u202f?", "expected_on": past}, status=400)
    assert page.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == "Quand\u202f?"
    assert count(work, Question) == 0


@BOTH
def test_a_double_click_asks_once(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = rep.get(ask_url(sent))
    first, second = (rep.submit(page, {"text_fr": "Deux fois\u202f?"}) for _ in range(2))
    assert first.response.headers["Location"] == second.response.headers["Location"]
    assert count(work, Question) == 1
    assert count(work, Letter) == len({people.hr.id}) + letters_of_sending(work)


def letters_of_sending(work: Work) -> int:
    with work() as session:
        return int(session.scalar(select(func.count()).where(~Letter.about.startswith("question:"))))


def test_an_identifier_of_somebody_else_s_question_makes_a_new_one(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    ident = asked(work, people, sent)
    rep2 = as_(people.rep2)
    rep2.submit(rep2.get(ask_url(sent)), {"text_fr": "La mienne\u202f?", "once": str(ident)})
    assert count(work, Question) == 2


def test_odd_input_is_no_accident(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = rep.get(ask_url(sent))
    rep.submit(page, {"text_fr": "A\x00B\r\nC", "once": "not an identifier"})
    with work() as session:
        assert session.scalars(select(Question)).one().text.texts["fr"] == "AB\nC"
    rep.submit(page, {"text_fr": "x" * 20_001}, status=400)
    rep.submit(page, {"text_fr": " \n "}, status=400)


@BOTH
def test_a_question_cites_what_led_to_it(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    theme = Ref("theme", "7")
    with work() as session:
        notice = session.get_one(queries.Notice, sent.notice_id)
        register.record(
            session,
            Tag.THEME_PUBLISHED,
            theme,
            title=Localized.of(fr="100 % de charge {pace}", en="Pace"),
            day=clock.today(),
            content={},
            audience=notice.audience,
            notice_id=notice.id,
        )
    rep = as_(people.rep1)
    page = rep.get(f"{ask_url(sent)}?because=theme:7&because=theme:unknown")
    box = page.doc.xpath("//input[@name='because'][@value='theme:7']")[0]
    assert box.get("checked") is not None
    assert "100 % de charge {pace}" in page.text
    bad = rep.submit(page, {"text_fr": ""}, status=400)
    assert bad.doc.xpath("//input[@name='because'][@value='theme:7']/@checked"), "the box is still ticked"
    rep.submit(bad, {"text_fr": "Et la charge\u202f?", "because": ["theme:7", "theme:forged"]})
    with work() as session:
        question = session.scalars(select(Question)).one()
        causes = set(session.scalars(select(Link.cause).where(Link.effect == str(question.ref))))
        assert causes == {"theme:7", f"notice:{sent.notice_id}"}


def test_an_earlier_answer_stays_and_cannot_be_overtaken_unseen(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    ident = asked(work, people, sent)
    hr = as_(people.hr)
    url = f"/workspace/fr/questions/{ident}"
    first, stale = hr.get(url), hr.get(url)
    hr.submit(first, {"text_fr": "Première réponse."})
    late = hr.submit(stale, {"text_fr": "Écrite en même temps."}, status=409)
    assert "Première réponse." in late.text
    assert late.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == "Écrite en même temps."
    assert count(work, Answer) == 1
    hr.submit(late, {"text_fr": "Écrite en connaissance de cause."})
    page = hr.get(url)
    assert page.text.index("Première réponse.") < page.text.index("Écrite en connaissance de cause.")
    with work() as session:
        assert sorted(session.scalars(select(Answer.number))) == [1, 2]


def test_a_double_click_answers_once(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    ident = asked(work, people, sent)
    hr = as_(people.hr)
    page = hr.get(f"/workspace/fr/questions/{ident}")
    for _ in range(2):
        hr.submit(page, {"text_fr": "Un peu."})
    assert count(work, Answer) == 1


def test_an_empty_answer_is_refused_with_the_other_language_kept(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    ident = asked(work, people, sent)
    hr = as_(people.hr)
    page = hr.submit(hr.get(f"/workspace/fr/questions/{ident}"), {"text_en": "A little."}, status=400)
    assert page.doc.xpath("//textarea[@name='text_en']")[0].text.strip() == "A little."


def test_who_may_not(work: Work, people: People, sent: Sent, as_: SignIn, client: PageClient) -> None:
    ident = asked(work, people, sent)
    answer_url = f"/workspace/fr/questions/{ident}"
    for account, ask_status, answer_status in (
        (people.hr, 403, 200),
        (people.admin, 403, 403),
        (people.chair, 403, 403),
        (people.rep1, 200, 403),
    ):
        as_(account).get(ask_url(sent), status=ask_status)
        as_(account).get(answer_url, status=answer_status)
    client.get(ask_url(sent), status=302)
    client.get(answer_url, status=302)
    for account in (people.hr, people.admin, people.chair):
        attack(as_(account), ask_url(sent), {"text_fr": "Pour eux\u202f?"}, status=403)
    for account in (people.rep1, people.admin, people.chair):
        attack(as_(account), answer_url, {"text_fr": "À leur place."}, status=403)
    assert (count(work, Question), count(work, Answer)) == (1, 0)
    as_(people.rep1).get("/workspace/fr/notices/unknown/questions/new", status=404)
    as_(people.hr).get("/workspace/fr/questions/6f1cf0de-9d4c-4d52-8a7e-000000000000", status=404)


def test_another_body_s_member_may_not(work: Work, people: People, as_: SignIn) -> None:
    """Under embargo the notice does not exist for them; open to employees, they read it and cannot act."""
    with work() as session:
        other = people_services.add_body(session, name="CSE de Lille", kind=BodyKind.CSE, headcount=90)
        stranger = people_services.add_account(
            session, email="s@orvalie.example", name="Sacha Autre", role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, stranger, other, role=MandateRole.SECRETARY, starts_on=clock.today()
        )
        session.flush()
        session.refresh(stranger)
    open_notice = sent_with(work, people, slug="open")
    held = sent_with(work, people, slug="held", held_until=clock.today() + timedelta(days=5))
    for one in (open_notice, held):
        as_(stranger).get(ask_url(one), status=404)
        attack(as_(stranger), ask_url(one), {"text_fr": "Pour eux\u202f?"}, status=404)
    assert count(work, Question) == 0


def test_two_mandates_ask_for_which_body(work: Work, people: People, as_: SignIn) -> None:
    with work() as session:
        second = people_services.add_body(session, name="CSSCT", kind=BodyKind.CSSCT, headcount=430)
        rep = session.get_one(Account, people.rep1.id)
        people_services.give_mandate(
            session, rep, second, role=MandateRole.FULL_MEMBER, starts_on=clock.today()
        )
    sent = sent_with(work, people)
    page = as_(people.rep1).get(ask_url(sent))
    assert not page.doc.xpath("//input[@name='body']"), "one of the two received it: nothing to choose"
    with work() as session:
        notice = session.get_one(queries.Notice, sent.notice_id)
        notice.body_ids = [*notice.body_ids, str(second.id)]
    rep1 = as_(people.rep1)
    page = rep1.submit(rep1.get(ask_url(sent)), {"text_fr": "Qui\u202f?"}, status=400)
    rep1.submit(page, {"body": str(second.id)})
    with work() as session:
        assert session.scalars(select(Question)).one().body_id == second.id


def test_a_withdrawn_notice_takes_no_question(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = rep.get(ask_url(sent))
    withdraw(work, people, sent.slug)
    late = rep.submit(page, {"text_fr": "Trop tard\u202f?"}, status=409)
    assert late.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == "Trop tard\u202f?"
    rep.get(ask_url(sent), status=409)
    assert count(work, Question) == 0
