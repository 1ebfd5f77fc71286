"""Comparing two texts of a notice: for employees, for the two sides, and for whoever writes the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from consult.consultations import services as consultations
from consult.core import clock
from consult.core.localized import Localized
from consult.notices import queries, services
from consult.notices.content import Attachment, Content, Unknown
from consult.notices.rules import FileReaders
from consult.people.models import Account, Body
from tests.client import Page, PageClient
from tests.conftest import People
from tests.loop import sent_with

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]


def both(fr: str, en: str) -> Localized:
    return Localized.of(fr=fr, en=en)


@pytest.fixture
def slug(work: Work, people: People) -> str:
    """A notice that employees read, in its first revision."""
    return sent_with(work, people).slug


def second(
    work: Work, people: People, slug: str, change: Callable[[Content], Content], *, sends: bool
) -> None:
    """The next revision, with what ``change`` makes of the text before."""
    with work() as session:
        notice = queries.by_slug(session, slug)
        hr = session.get(Account, people.hr.id)
        revision = services.revise(session, notice, actor=hr)
        text = replace(
            services.content_of(revision), changelog=both("Un référent en plus.", "One more referent.")
        )
        services.save(session, revision, change(text))
        if sends:
            session.expire(notice)
            body = session.get(Body, people.body.id)
            consultations.send(session, notice, body=body, actor=hr, on=clock.today())


def another(text: Content) -> Content:
    fields = {
        **text.fields,
        "monitoring": both("Un texte ; rien d’autre : non.", "A text; nothing else: no."),
    }
    unknowns = (*text.unknowns, Unknown(both("L’énergie", "The energy"), due_on=clock.today()))
    groups = (replace(text.groups[0], headcount=1200), *text.groups[1:])
    return replace(text, fields=fields, unknowns=unknowns, groups=groups)


def marks(page: Page, name: str) -> list[str]:
    """What is marked so, legend aside."""
    return [str(one.text_content()) for one in page.doc.xpath(f"//main//div/section//{name}")]


@BOTH
def test_employees_see_what_was_taken_out_and_put_in(
    employee: PageClient, work: Work, people: People, slug: str
) -> None:
    second(work, people, slug, another, sends=True)
    page = employee.get(f"/fr/notices/{slug}/compare?from=1&to=2")
    added = marks(page, "ins")
    assert any("rien d’autre\u00a0: non" in one for one in added)
    assert any("1\u202f200" in one for one in added)
    assert any("L’énergie" in one for one in added)
    for one in page.doc.xpath("//main//div/section//ins|//main//div/section//del"):
        words = [str(text).strip() for text in one.xpath("span[@class='vh']/text()")]
        assert len(words) == 2 and all(words), "read aloud: what it is, and where it ends"
    assert "Un référent en plus." in page.text
    english = employee.get(f"/en/notices/{slug}/compare?from=1&to=2")
    assert any("nothing else: no" in one for one in marks(english, "ins"))


def test_the_language_of_the_texts_is_chosen_in_the_page(
    employee: PageClient, work: Work, people: People, slug: str
) -> None:
    second(work, people, slug, another, sends=True)
    page = employee.get(f"/fr/notices/{slug}/compare?from=1&to=2&text=en")
    assert page.doc.xpath("//select[@id='text']/option[@selected]/@value") == ["en"]
    assert page.doc.xpath("//main//div/section//ins/span[@lang='en']")
    assert "Ajouté" in page.text or "Added" in page.text


def test_the_order_of_the_two_does_not_matter_and_the_newest_come_first(
    employee: PageClient, work: Work, people: People, slug: str
) -> None:
    second(work, people, slug, another, sends=True)
    plain, turned = (employee.get(f"/en/notices/{slug}/compare{query}") for query in ("", "?from=2&to=1"))
    assert marks(plain, "ins") == marks(turned, "ins") != []
    assert "Nothing differs" in employee.get(f"/en/notices/{slug}/compare?from=2&to=2").text


@pytest.mark.parametrize("query", ["from=3", "to=0", "from=x", "to=-1", "from=²", "from=99999999999999"])
def test_a_revision_that_is_not_there_is_not_found(
    employee: PageClient, work: Work, people: People, slug: str, query: str
) -> None:
    second(work, people, slug, another, sends=True)
    employee.get(f"/en/notices/{slug}/compare?{query}", status=404)


def test_a_first_revision_has_nothing_to_compare(employee: PageClient, slug: str) -> None:
    page = employee.get(f"/en/notices/{slug}/compare")
    assert "There is nothing to compare yet" in page.text
    assert not page.doc.xpath("//main//form")


def test_the_draft_is_compared_by_those_who_write_it_alone(
    as_: As, employee: PageClient, work: Work, people: People, slug: str
) -> None:
    second(work, people, slug, another, sends=False)
    address = f"notices/{slug}/compare?from=1&to=2"
    page = as_(people.hr).get(f"/workspace/en/{address}")
    assert "Revision 2 is a draft" in page.text and any("The energy" in one for one in marks(page, "ins"))
    as_(people.rep1).get(f"/workspace/en/{address}", status=404)
    employee.get(f"/en/{address}", status=404)
    assert "nothing to compare" in as_(people.rep1).get(f"/workspace/en/notices/{slug}/compare").text


def test_one_gets_there_from_the_notice_the_old_text_and_the_editor(
    as_: As, employee: PageClient, work: Work, people: People, slug: str
) -> None:
    second(work, people, slug, another, sends=True)
    wanted = f"/fr/notices/{slug}/compare?from=1&to=2"
    assert wanted in employee.get(f"/fr/notices/{slug}").links()
    assert wanted in employee.get(f"/fr/notices/{slug}/revisions/1").links()
    hr = as_(people.hr)
    assert f"/workspace{wanted}" in hr.get(f"/workspace/fr/notices/{slug}").links()
    second(work, people, slug, another, sends=False)
    assert f"/workspace/fr/notices/{slug}/compare?from=2&to=3" in (
        hr.get(f"/workspace/fr/notices/{slug}/preview").links()
    )
    editor = hr.get(f"/workspace/fr/notices/{slug}/edit")
    gone = hr.submit(editor, {"title_fr": "Plume, autrement"}, button="go=compare")
    assert "autrement" in hr.follow(gone).text, "what was typed is saved on the way"


@pytest.mark.parametrize("readers", [FileReaders.BODY, FileReaders.CONFIDENTIAL])
def test_a_file_is_told_of_to_those_who_see_it_on_the_notice(
    as_: As, employee: PageClient, work: Work, people: People, slug: str, readers: FileReaders
) -> None:
    file = Attachment(
        "a" * 64, "plan-secret.pdf", "application/pdf", 9, readers=readers, until=clock.today(),
        reason=both("Contrat", "Contract"),
    )  # fmt: skip
    second(work, people, slug, lambda text: replace(text, attachments=(file,)), sends=True)
    told = "secret" in employee.get(f"/fr/notices/{slug}/compare").text
    assert told is ("secret" in employee.get(f"/fr/notices/{slug}").text) is (readers is FileReaders.BODY)
    assert "secret" in as_(people.hr).get(f"/workspace/fr/notices/{slug}/compare").text
    seen = "secret" in as_(people.rep1).get(f"/workspace/fr/notices/{slug}/compare").text
    assert seen is (readers is FileReaders.BODY)


def test_what_people_typed_stays_text(employee: PageClient, work: Work, people: People, slug: str) -> None:
    bad = both("<script>alert(1)</script> **gras**\n- un", "<img src=x onerror=alert(1)>")
    second(
        work, people, slug, lambda text: replace(text, fields={**text.fields, "monitoring": bad}), sends=True
    )
    page = employee.get(f"/fr/notices/{slug}/compare")
    assert "<script>alert(1)</script> **gras**" in page.text
    assert not page.doc.xpath("//main//script|//main//img")


# ── the translation left behind ────────────────────────────────────────────────


def test_the_editor_shows_what_changed_since_the_translation_was_made(
    as_: As, work: Work, people: People, slug: str
) -> None:
    def behind(text: Content) -> Content:
        old = text.fields["monitoring"]
        new = old.written({**old.texts, "fr": "Un texte revu."})
        group = text.groups[0]
        renamed = group.measures.written({**group.measures.texts, "fr": "Formation longue"})
        return replace(
            text, fields={**text.fields, "monitoring": new}, groups=(replace(group, measures=renamed),)
        )

    second(work, people, slug, behind, sends=False)
    hr = as_(people.hr)
    (since,) = _with(hr, slug, "monitoring_fr").doc.xpath("//details[summary='See what changed']")
    assert [one.text_content() for one in since.xpath(".//ins/span[@lang='fr']")] == [" revu"]
    people_page = hr.get(f"/workspace/en/notices/{slug}/edit?section=people")
    assert "longue" in people_page.doc.xpath("//details[summary='See what changed']")[0].text_content()


def _with(hr: PageClient, slug: str, control: str) -> Page:
    """The section of the editor in which a control stands."""
    for section in ("system", "reasons", "people", "work", "data", "oversight", "follow_up"):
        page = hr.get(f"/workspace/en/notices/{slug}/edit?section={section}")
        if page.doc.xpath(f"//*[@id='{control}']"):
            return page
    raise AssertionError(control)


def test_where_nobody_knows_what_it_was_made_from_nothing_is_said(
    as_: As, work: Work, people: People, slug: str
) -> None:
    lost = Localized({"fr": "Un texte.", "en": "Something."}, "fr", {"en": "0" * 16})
    second(
        work,
        people,
        slug,
        lambda text: replace(text, fields={**text.fields, "monitoring": lost}),
        sends=False,
    )
    page = _with(as_(people.hr), slug, "monitoring_fr")
    assert "to update" in page.text
    assert not page.doc.xpath("//details[summary='See what changed']")
