"""The page of one notice: what it says, and the whole thread from asked to said to answered to done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from consult.concerns import services as concerns
from consult.concerns.models import Concern
from consult.consultations.models import Receipt
from consult.core.db import db
from consult.core.localized import Localized
from consult.notices.content import Group
from consult.people.models import Account
from consult.register.rules import Ref
from tests import reading_story as story
from tests.client import Page, PageClient
from tests.conftest import People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False):
        yield


def section(page: Page, anchor: str) -> Any:
    found = page.doc.xpath("//section[@aria-labelledby=$anchor]", anchor=anchor)
    assert len(found) == 1, f"{len(found)} sections {anchor}"
    return found[0]


def words(node: Any) -> str:
    return " ".join(node.text_content().split())


def resolved(page: Page) -> None:
    """Every link inside the page leads to something on it."""
    ids = set(page.doc.xpath("//@id"))
    for link in page.doc.xpath("//main//a/@href"):
        if link.startswith("#"):
            assert link[1:] in ids, link


@BOTH
def test_the_whole_thread_stands_on_one_page(work: Any, people: People, employee: PageClient) -> None:
    story.tell_everything(work, people)
    for language in ("fr", "en"):
        page = employee.get(f"/{language}/notices/plume")
        resolved(page)
        for anchor in (
            "who",
            "work",
            "dates",
            "said",
            "answers",
            "questions",
            "opinion",
            "commitments",
            "receipts",
        ):
            assert section(page, anchor) is not None
    assert "We reread more." in words(section(page, "said"))
    assert "at least 10" in words(section(page, "said"))
    assert "No target for six weeks." in words(section(page, "answers"))
    assert "Here is why." in words(section(page, "opinion"))


@BOTH
def test_a_worry_can_be_walked_to_a_promise_and_back(work: Any, people: People, employee: PageClient) -> None:
    said = story.tell_everything(work, people)
    page = employee.get("/en/notices/plume")
    forward = section(page, "said").xpath(".//a/@href")
    assert "#commitment-2" in forward and "#question-1" in forward
    back = page.doc.xpath("//*[@id='commitment-2']//a/@href")
    assert f"#theme-{said.themes[0]}" in back
    assert "#question-1" in page.doc.xpath("//*[@id='commitment-1']//a/@href")
    question = page.doc.xpath("//section[@aria-labelledby='questions']//a/@href")
    assert "#question-1" not in question, "nothing leads to itself"


def test_a_point_of_the_opinion_leads_to_what_was_promised_on_it(
    work: Any, people: People, employee: PageClient
) -> None:
    story.send(work, people)
    story.give_opinion(work, people)
    with work() as session:
        from consult.opinions.models import Opinion

        opinion = session.scalars(select(Opinion)).one()
        refs = {one.code: one.ref for one in opinion.points}
    story.promise(work, people, because=(refs["R1"],))
    page = employee.get("/en/notices/plume")
    resolved(page)
    (point,) = page.doc.xpath("//li[contains(@id, '-R1')]")
    assert point.xpath(".//a/@href") == ["#commitment-1"]
    assert "Reservation 1" in words(page.doc.xpath("//*[@id='commitment-1']")[0])


# ── what one can do ────────────────────────────────────────────────────────────


def test_one_button_while_a_letterbox_is_open(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    box = story.letterbox(work)
    page = employee.get("/en/notices/plume")
    buttons = page.doc.xpath("//main//a[contains(@class, 'btn')][not(contains(@class, 'btn-quiet'))]")
    assert {one.get("href") for one in buttons} == {f"/speak/en/{box.address}/"}
    eighth = page.doc.xpath("//dl[@class='two-list']/div[last()]")[0]
    assert "9 December 2026" in words(eighth) and "Mireille Adjovi" in words(eighth)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 1), "From 2 November 2026"),
        (date(2026, 11, 2), "Until 9 December 2026"),
        (date(2026, 12, 9), "Until 9 December 2026"),
        (date(2026, 12, 10), "Closed since 9 December 2026"),
    ],
)
def test_the_eighth_sentence_follows_the_day(
    work: Any, people: People, employee: PageClient, day: date, expected: str
) -> None:
    story.send(work, people)
    box = story.letterbox(work)
    with time_machine.travel(datetime(day.year, day.month, day.day, 10, tzinfo=UTC), tick=False):
        page = employee.get("/en/notices/plume")
    assert expected in page.text
    is_open, is_over = expected.startswith("Until"), expected.startswith("Closed")
    assert (f"/speak/en/{box.address}/" in page.links()) is is_open
    assert (f"/speak/en/{box.address}/thread" in page.links()) is (is_open or is_over), (
        "answers stay readable"
    )


def test_in_the_workspace_one_is_led_to_the_consultation(work: Any, people: People, as_: Any) -> None:
    story.send(work, people)
    box = story.letterbox(work)
    page = as_(people.rep1).get("/workspace/en/notices/plume")
    assert not [link for link in page.links() if box.address in link], "signed in is no place to speak from"
    assert [link for link in page.links() if link.startswith("/workspace/en/consultations/")]


def test_without_a_letterbox_nobody_is_told_to_speak(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    page = employee.get("/en/notices/plume")
    assert not [link for link in page.links() if "/speak/" in link]
    assert "have not opened a letterbox" in page.text


# ── absence is content ─────────────────────────────────────────────────────────


def test_a_group_without_a_measure_stands_out(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    rows = employee.get("/en/notices/plume").doc.xpath("//tr[@class='is-flag']")
    assert len(rows) == 1
    assert "Evening staff" in words(rows[0]) and "No measure for this group" in words(rows[0])


def test_what_was_not_answered_is_written_with_its_age(
    work: Any, people: People, employee: PageClient
) -> None:
    story.send(work, people)
    box = story.letterbox(work)
    story.speak_and_publish(work, people, box)
    story.ask(work, people, answered=False)
    story.give_opinion(work, people, answered=False)
    text = employee.get("/en/notices/plume").text
    assert "Without an answer for 18 days" in text
    assert "Unanswered for 23 days" in text
    assert "Expected for 12 days" in text
    assert "The employer has not given its reasoned response yet." in text


def test_an_empty_thread_says_so(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    text = employee.get("/en/notices/plume").text
    for sentence in (
        "The representatives have asked nothing about this notice.",
        "The employer has made no commitment on this notice yet.",
        "No letterbox has received messages on this notice yet.",
    ):
        assert sentence in text


def test_silence_is_never_agreement(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people, on=date(2026, 10, 1))
    text = employee.get("/en/notices/plume").text
    assert "it is then deemed negative. Silence is not agreement." in text
    for never in ("authorised", "approved", "cleared", "compliant"):
        assert never not in text.lower()


def test_states_of_commitments(work: Any, people: People, employee: PageClient) -> None:
    story.tell_everything(work, people)
    page = employee.get("/en/notices/plume")
    states = [words(one) for one in section(page, "commitments").xpath(".//li[contains(@class,'rows-grid')]")]
    assert "Late by 9 days" in states[0]
    assert "Kept, confirmed by the representatives" in states[1] and "Late" not in states[1]
    assert "Contested by the representatives" in states[2] and "Late" not in states[2]
    facts = words(page.doc.xpath("//dl[@class='facts']")[0])
    assert "1 kept of 3" in facts and "1 late, 1 contested" in facts


# ── what was said ──────────────────────────────────────────────────────────────


@BOTH
def test_no_number_before_the_closing(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    box = story.letterbox(work)
    story.speak_and_publish(work, people, box, closed=False)
    page = employee.get("/en/notices/plume")
    said = words(section(page, "said"))
    assert "at least" not in said
    assert "Messages are counted once, after the closing on 9 December 2026." in said
    assert "Workload and pace 0" in said


def test_a_retracted_quotation_is_gone_at_once(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    said = story.speak_and_publish(work, people, story.letterbox(work))
    for path in ("/fr/notices/plume", "/en/notices/plume"):
        assert "On relit plus." in employee.get(path).text or "We reread more." in employee.get(path).text
    with work() as session:
        concerns.retract(
            session,
            session.get(Concern, said.quotation),
            actor=session.get(Account, people.rep1.id),
            on=story.TODAY,
        )
    text = employee.get("/en/notices/plume").text
    assert "Quotation removed on 24 November 2026" in text
    for path in ("/fr/notices/plume", "/en/notices/plume"):
        page = employee.http.get(path).get_data(as_text=True)
        assert "On relit plus" not in page and "We reread more" not in page


def test_an_unpublished_theme_is_nowhere(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    box = story.letterbox(work)
    with work() as session:
        from consult.voices.models import Letterbox

        concerns.new_theme(
            session,
            session.get(Letterbox, box.id),
            story.by_slug(session, "plume"),
            draft={"title-fr": "Secret", "title-en": "Secret"},
        )
    assert "Secret" not in employee.get("/fr/notices/plume").text


# ── revisions, languages, withdrawal ───────────────────────────────────────────


def _revised(work: Any, people: People) -> None:
    story.send(work, people)
    change = story.both(
        "« Compter nos clics » : une règle l’interdit.", "“Count our clicks”: a rule forbids it."
    )
    story.revise(
        work,
        people,
        "plume",
        on=date(2026, 11, 16),
        changelog=change,
        title=story.both("Plume, révisée", "Plume, revised"),
    )


@BOTH
def test_an_old_address_says_that_it_is_old(work: Any, people: People, employee: PageClient) -> None:
    _revised(work, people)
    old = employee.get("/en/notices/plume/revisions/1")
    assert old.h1 == "Plume, the reply assistant"
    assert "You are reading revision 1. Revision 2 came out on 16 November 2026." in old.text
    assert "/en/notices/plume" in old.links()
    assert not old.doc.xpath("//section[@aria-labelledby='said']")
    new = employee.get("/en/notices/plume/revisions/2")
    assert "This is revision 2, the text in force." in new.text
    employee.get("/en/notices/plume/revisions/3", status=404)
    employee.get("/en/notices/plume/revisions/0", status=404)


def test_what_changed_is_said_and_earlier_texts_are_linked(
    work: Any, people: People, employee: PageClient
) -> None:
    _revised(work, people)
    page = employee.get("/en/notices/plume")
    assert page.h1 == "Plume, revised"
    assert "a rule forbids it" in words(section(page, "changes"))
    assert "/en/notices/plume/revisions/1" in page.links()
    assert "a rule forbids it" not in employee.get("/en/notices/plume/revisions/1").text


def test_a_draft_of_a_revision_is_nobody_else_s(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    with work() as session:
        from consult.notices import services as notices

        notice = story.by_slug(session, "plume")
        draft = notices.revise(session, notice, actor=session.get(Account, people.hr.id))
        notices.save(session, draft, story.content(title=story.both("Secrète", "Secret")))
    assert "Secr" not in employee.get("/fr/notices/plume").text
    employee.get("/fr/notices/plume/revisions/2", status=404)


def test_a_missing_or_stale_translation_never_passes_for_current(
    work: Any, people: People, employee: PageClient
) -> None:
    fields = dict(story.content().fields)
    fields["monitoring"] = Localized.of(fr="Seulement en français.")
    fields["decision_role"] = story.stale("Le rôle, révisé.", "The role.", "Le rôle.")
    story.send(work, people, fields=fields)
    english = employee.get("/en/notices/plume")
    assert english.doc.xpath("//div[@lang='fr']/p[text()='Seulement en français.']")
    assert "Only in French so far" in english.text
    assert "In French, the authoritative text: the English is behind it" in english.text
    assert "Le rôle, révisé." in english.text and "The role." not in english.text
    assert "1 text is shown in the other language." in english.text
    assert "1 translation is behind" in english.text
    french = employee.get("/fr/notices/plume")
    assert not french.doc.xpath("//main//*[contains(@class, 'banner')]")


@BOTH
def test_a_withdrawn_notice_leaves_a_tombstone_with_its_reason(
    work: Any, people: People, employee: PageClient
) -> None:
    story.send(work, people)
    box = story.letterbox(work)
    story.withdraw(work, people, "plume")
    page = employee.get("/en/notices/plume")
    assert "Withdrawn on 24 November 2026" in page.text
    assert "No real human oversight." in page.text
    assert f"/speak/en/{box.address}/" not in page.links()
    assert "Read the reason" in employee.get("/en/notices?stage=withdrawn").text


def test_who_received_it_and_when(work: Any, people: People, employee: PageClient, as_: Any) -> None:
    story.send(work, people)
    assert "Not opened yet." in words(section(employee.get("/en/notices/plume"), "receipts"))
    as_(people.rep1).get("/workspace/en/notices/plume")
    received = words(section(employee.get("/en/notices/plume"), "receipts"))
    assert "First opened on 24 November 2026." in received
    assert "Maxime" not in received, "readers learn that the body opened it, not which member"


# ── levels and the workspace ───────────────────────────────────────────────────


@BOTH
def test_under_embargo_only_the_two_sides_read(
    work: Any, people: People, employee: PageClient, client: PageClient, as_: Any
) -> None:
    story.send(work, people, on=story.TODAY, held_until=date(2026, 12, 1))
    employee.get("/fr/notices/plume", status=404)
    client.get("/fr/notices/plume", status=403)
    assert "plume" not in " ".join(employee.get("/fr/notices").links())
    for account in (people.hr, people.rep1, people.rep2, people.chair):
        page = as_(account).get("/workspace/en/notices/plume")
        assert "Under embargo: employees will read this notice from 1 December 2026." in page.text
    as_(people.admin).get("/workspace/en/notices/plume", status=403)


def test_a_stranger_gets_the_same_for_what_is_there_and_what_is_not(
    work: Any, people: People, client: PageClient
) -> None:
    story.send(work, people)
    there = client.get("/fr/notices/plume", status=403).response.get_data(as_text=True)
    gone = client.get("/fr/notices/prune", status=403).response.get_data(as_text=True)
    assert there.replace("plume", "prune") == gone


def test_a_public_notice_shows_strangers_nothing_that_was_said(
    work: Any, people: People, client: PageClient, employee: PageClient
) -> None:
    story.tell_everything(work, people)
    with work() as session:
        from consult.register import services as register
        from consult.web.readers import Visibility

        story.by_slug(session, "plume").visibility = Visibility.PUBLIC
        register.touch(session)
    page = client.get("/en/notices/plume").response.get_data(as_text=True)
    for private in ("We reread more", "Rereading is tiring", "Workload and pace"):
        assert private not in page
    assert "We reread more" in employee.get("/en/notices/plume").text
    client.get("/en/notices", status=403)


@BOTH
def test_the_first_opening_by_a_mandate_is_noted_once(work: Any, people: People, as_: Any) -> None:
    story.send(work, people)

    def openings() -> list[tuple[str, Any]]:
        with work() as session:
            found = session.scalars(select(Receipt)).all()
            return sorted((one.mandate.account.name, one.opened_at) for one in found)

    assert [at for _name, at in openings()] == [None, None]
    for account in (people.hr, people.chair):
        as_(account).get("/workspace/fr/notices/plume")
    assert [at for _name, at in openings()] == [None, None], "the employer’s reading proves nothing"
    as_(people.rep1).get("/workspace/fr/notices/plume")
    first = openings()
    assert [name for name, at in first if at] == ["Maxime Adjovi"]
    with time_machine.travel(datetime(2026, 11, 26, tzinfo=UTC), tick=False):
        as_(people.rep1).get("/workspace/en/notices/plume")
    assert openings() == first


def test_reading_in_the_workspace_writes_nothing_the_second_time(
    work: Any, people: People, as_: Any, app: Flask
) -> None:
    story.send(work, people)
    member = as_(people.rep1)
    member.get("/workspace/fr/notices/plume")
    assert not [
        one for one in statements(app, member, "/workspace/fr/notices/plume") if not one.startswith("SELECT")
    ]


def test_hr_previews_a_draft_in_both_languages(work: Any, people: People, as_: Any) -> None:
    story.draft(work, people)
    hr = as_(people.hr)
    page = hr.get("/workspace/fr/notices/plume/preview")
    assert page.h1 == "Plume, l’assistant de réponse"
    assert "/workspace/en/notices/plume/preview" in page.links()
    assert hr.get("/workspace/en/notices/plume/preview").h1 == "Plume, the reply assistant"
    assert (
        hr.http.get("/workspace/fr/notices/plume").headers["Location"]
        == "/workspace/fr/notices/plume/preview"
    )


def test_a_draft_is_previewed_by_hr_alone(work: Any, people: People, as_: Any, employee: PageClient) -> None:
    story.draft(work, people)
    employee.get("/fr/notices/plume", status=404)
    for account in (people.rep1, people.admin):
        as_(account).get("/workspace/fr/notices/plume/preview", status=403)
        as_(account).get("/workspace/fr/notices/plume", status=403 if account is people.admin else 404)


def test_without_a_draft_the_preview_is_the_notice(work: Any, people: People, as_: Any) -> None:
    story.send(work, people)
    response = as_(people.hr).http.get("/workspace/en/notices/plume/preview")
    assert response.headers["Location"] == "/workspace/en/notices/plume"


def test_an_imported_assessment_shows_its_other_answers(
    work: Any, people: People, employee: PageClient
) -> None:
    story.draft(work, people)
    with work() as session:
        revision = story.by_slug(session, "plume").revisions[-1]
        answer = {"question": story.both("Combien ?", "How many?"), "answer": story.both("Trois", "Three")}
        revision.imported = {
            "source": "aia",
            "reference": "x",
            "facts": {
                "raw_score": 12,
                "raw_maximum": 40,
                "mitigation_score": 3,
                "mitigation_maximum": 9,
                "level": "II",
            },
            "other": [{"key": "k", **{name: text.as_json() for name, text in answer.items()}}],
            "report": [],
        }
    with work() as session:
        from consult.consultations import services as consultations
        from consult.people.models import Body

        hr, body = session.get(Account, people.hr.id), session.get(Body, people.body.id)
        notice = story.by_slug(session, "plume")
        consultations.send(session, notice, body=body, actor=hr, on=story.TODAY)
        if notice.readable_on is None:
            consultations.open_to_employees(session, notice, on=story.TODAY)
    other = words(section(employee.get("/en/notices/plume"), "other"))
    for expected in ("How many?", "Three", "12", "of 40", "II", "1 other answer"):
        assert expected in other


def test_what_people_typed_stays_text(work: Any, people: People, employee: PageClient) -> None:
    fields = dict(story.content().fields)
    fields["monitoring"] = story.both(
        "<script>alert(1)</script> **gras**", "<img src=//x.example/y> **bold**"
    )
    group = Group(story.both("<b>Groupe</b>", "<b>Group</b>"), "<i>Nantes</i>", 3)
    story.send(
        work, people, fields=fields, groups=(group,), title=story.both("Titre <i>x</i>", "Title <i>x</i>")
    )
    page = employee.get("/en/notices/plume")
    assert page.h1 == "Title <i>x</i>"
    assert not page.doc.xpath("//main//script|//main//img|//main//i")
    assert page.doc.xpath("//main//strong[text()='bold']")


# ── cost ───────────────────────────────────────────────────────────────────────


def statements(app: Flask, client: PageClient, path: str) -> list[str]:
    """What one request asks of the database, the page cache aside."""
    found: list[str] = []
    app.extensions["consult.page_cache"].clear()
    with app.app_context():
        engine = db.engine

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [one for one in found if not one.startswith(("BEGIN", "PRAGMA"))]


def test_a_long_thread_asks_no_more_than_a_short_one(
    work: Any, people: People, employee: PageClient, app: Flask
) -> None:
    story.send(work, people)
    story.send(work, people, "ariane")
    for slug, length in (("plume", 1), ("ariane", 6)):
        box = story.letterbox(work, slug)
        said = story.speak_and_publish(work, people, box, themes=length)
        for theme in said.themes:
            story.answer_theme(work, people, theme)
            because = (Ref("theme", str(theme)),)
            for _ in range(length):
                story.ask(work, people, slug, because=because)
                story.promise(work, people, slug, because=because, verdict=True)
        story.give_opinion(work, people, slug)
    few = statements(app, employee, "/en/notices/plume")
    many = statements(app, employee, "/en/notices/ariane")
    assert len(many) == len(few), "\n".join(sorted(set(many) - set(few)))
    assert len(few) <= 44, len(few)
