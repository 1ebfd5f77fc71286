"""A notice on paper: the same words as its page, for the same readers, whatever was typed."""

from __future__ import annotations

import html
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pypdf
import pytest
import time_machine
from flask import Flask

from consult.consultations.models import Receipt
from consult.core.db import db
from consult.core.localized import LOCALES, Localized
from consult.documents.signs import printable
from consult.notices import queries as notices
from consult.notices import starting
from consult.notices.content import Group, LearningStep, Rule, Unknown, WorkChange
from consult.notices.readiness import texts_of
from consult.notices.rules import Authority, Breach, FileReaders, LearningKind, RuleKind
from consult.people.models import Account
from consult.web.filters import typeset
from consult.web.sanitise import plain
from tests import reading_story as story
from tests import samples
from tests.attaching import attached
from tests.client import PageClient
from tests.conftest import Instance, People
from tests.functional.test_demo import marked, told  # noqa: F401  fixtures
from tests.functional.test_reading_notice import statements

Reader = pypdf.PdfReader


@pytest.fixture
def today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False):
        yield


def paper(client: PageClient, path: str) -> Reader:
    answer = client.http.get(path)
    assert answer.status_code == 200 and answer.mimetype == "application/pdf", path
    assert "attachment" in answer.headers["Content-Disposition"]
    return Reader(io.BytesIO(answer.data))


def squeezed(text: str) -> str:
    """Letters and digits alone: lines of a page end anywhere, with a hyphen or without."""
    return "".join(one for one in unicodedata.normalize("NFKC", text) if one.isalnum())


_HEAD = "ConsultOrvalie"
_FOOT = re.compile(r"(?:Printed|Imprimé).{20,80}?Page\d+(?:of|sur)\d+")


def words_of(reader: Reader) -> str:
    """Everything on its pages but what stands at the head and foot of each."""
    pages = (squeezed(page.extract_text()) for page in reader.pages)
    return "".join(_FOOT.sub("", page.replace(_HEAD, "", 1)) for page in pages)


def first_page(reader: Reader) -> str:
    return " ".join(reader.pages[0].extract_text().split())


# ── every notice of the demonstration ──────────────────────────────────────────


@pytest.mark.parametrize("lang", LOCALES)
def test_every_notice_of_the_demonstration_is_printed_whole(told: Instance, lang: str) -> None:  # noqa: F811
    """Each text of each revision stands in its document, in the language it is shown in."""
    printed = 0
    reader = PageClient(told.app).with_word("tournesol")
    with told.app.test_request_context(f"/{lang}/"):
        found = [notices.by_slug(db.session, slug) for slug in notices.slugs(db.session)]
        texts = {
            (notice.slug, revision.number): [*texts_of(revision)]
            for notice in found
            for revision in notice.revisions
            if notice.readable_on is not None and revision.published_on is not None
        }
        last = {notice.slug: notices.published(notice) for notice in found}
        last_number = {slug: one.number for slug, one in last.items() if one is not None}
    for (slug, number), said in texts.items():
        paths = [f"/{lang}/notices/{slug}/revisions/{number}/notice.pdf"]
        if number == last_number[slug]:
            paths.append(f"/{lang}/notices/{slug}/notice.pdf")
        for path in paths:
            document = paper(reader, path)
            root: Any = document.trailer["/Root"]
            assert root["/StructTreeRoot"] and root["/Lang"].startswith(lang)
            title = dict(said)["title"].shown(lang)
            assert document.metadata is not None and document.metadata.title == typeset(*title)
            whole = words_of(document)
            for key, text in said:
                if text:
                    shown = typeset(*text.shown(lang))
                    expected = squeezed(_plain(printable(shown)))
                    assert expected in whole, f"{path} {key}: {shown}"
            printed += 1
    assert printed >= 8


def _plain(text: str) -> str:
    return html.unescape(plain(text))


# ── what it says ───────────────────────────────────────────────────────────────


def test_the_first_page_holds_the_two_minutes_and_the_eighth_sentence(
    work: Any, people: People, employee: PageClient, today: None
) -> None:
    story.send(work, people)
    story.letterbox(work)
    text = first_page(paper(employee, "/en/notices/plume/notice.pdf"))
    for said in (
        "Impact notice no. 1. Revision 1, published on 20 October 2026.", "Plume, the reply assistant",
        "The essentials, in two minutes", "It scores nobody.", "To speak, and until when",
        "without giving your name", "Page 1 of", "Orvalie",
    ):  # fmt: skip
        assert said in text, said


def test_a_withdrawn_notice_says_so_on_its_first_page(
    work: Any, people: People, employee: PageClient, today: None
) -> None:
    story.send(work, people)
    before = employee.http.get("/en/notices/plume/notice.pdf")
    story.withdraw(work, people, "plume")
    for path in ("/en/notices/plume/notice.pdf", "/en/notices/plume/revisions/1/notice.pdf"):
        document = paper(employee, path)
        assert "Withdrawn on 24 November 2026 No real human oversight." in first_page(document)
        assert "To speak, and until when" not in first_page(document)
        assert squeezed("Rereading will matter more.") in words_of(document)
    assert b"%PDF" in before.data


def test_an_old_revision_says_that_it_is_old_and_what_changed(
    work: Any, people: People, employee: PageClient, today: None
) -> None:
    story.send(work, people)
    changed = story.both("Le pilote est repoussé.", "The pilot is put off.")
    story.revise(work, people, "plume", on=date(2026, 11, 20), changelog=changed)
    old = paper(employee, "/en/notices/plume/revisions/1/notice.pdf")
    assert "You are reading revision 1. Revision 2 came out on 20 November 2026." in first_page(old)
    assert squeezed("The pilot is put off.") not in words_of(old)
    new = paper(employee, "/en/notices/plume/notice.pdf")
    assert "You are reading" not in first_page(new)
    assert squeezed(
        "What changed because of you Revision 2, of 20 November 2026 The pilot is put off."
    ) in words_of(new)
    employee.get("/en/notices/plume/revisions/3/notice.pdf", status=404)


def test_tables_are_printed_with_every_column_and_what_stands_out(
    work: Any, people: People, employee: PageClient, today: None
) -> None:
    both = story.both
    story.send(
        work, people,
        groups=(
            Group(both("Conseillers", "Advisers"), "Nantes", 1620, both("a", "Change A"), both("b", "Plan B"),
                  both("c", "Support C")),
            Group(both("Soir", "Evening")),
        ),
        changes=(WorkChange(both("Objectif", "Target"), both("42", "Forty-two"), both("0", "None at all")),),
        learning_plan=(
            LearningStep(LearningKind.TRAINING, both("Atelier", "A **workshop**"), date(2026, 12, 1),
                         both("tous", "Everyone")),
        ),
        rules=(
            Rule(RuleKind.FORBIDDEN, both("Pas de nom", "No names"), both("vie privée", "Privacy"),
                 Breach.SANCTIONED),
            Rule(RuleKind.REFUSABLE, both("Refuser", "One may refuse")),
        ),
        unknowns=(
            Unknown(both("Le coût", "The cost"), both("DAF", "Finance"), due_on=date(2026, 11, 1)),
            Unknown(both("Qui", "Who exactly"), due_on=date(2026, 11, 3), answer=both("Nous", "It is us"),
                    answered_on=date(2026, 11, 2)),
        ),
    )  # fmt: skip
    document = paper(employee, "/en/notices/plume/notice.pdf")
    whole = words_of(document)
    for said in (
        "Advisers Sites: Nantes Number of people: 1,620", "Change A", "Plan B", "Support C",
        "Evening No measure for this group", "Target", "Forty-two", "None at all",
        "A workshop Training Day: 1 Dec 2026 For whom: Everyone",
        "No names Forbidden A breach may be sanctioned", "Privacy",
        "One may refuse May be refused without consequence",
        "The cost Who will answer: Finance Answer by: 1 Nov 2026 Answer late by 23 days",
        "It is us", "Answered on: 2 Nov 2026", "Pilot Two teams.",
        "A pilot that employees use counts as implementation.",
    ):  # fmt: skip
        assert squeezed(said) in whole, said
    assert "1 answer the employer promised is late" in first_page(document)


def test_missing_and_stale_translations_are_flagged(
    work: Any, people: People, employee: PageClient, today: None
) -> None:
    fields = dict(story.content().fields)
    fields["excluded_uses"] = Localized.of(fr="Noter des personnes.")
    fields["monitoring"] = story.stale("Non, jamais.", "Never ever.", "Non.")
    story.send(work, people, fields=fields)
    document = paper(employee, "/en/notices/plume/notice.pdf")
    whole = words_of(document)
    assert squeezed("Noter des personnes. Only in French so far") in whole
    assert squeezed("Non, jamais. In French, the authoritative text: the English is behind it") in whole
    assert "English is incomplete in this notice" in first_page(document)
    french = paper(employee, "/fr/notices/plume/notice.pdf")
    assert "incomplete" not in first_page(french) and squeezed("so far") not in words_of(french)


def test_what_is_to_follow_and_which_text_counts(
    work: Any, people: People, employee: PageClient, today: None
) -> None:
    story.send(work, people, follow_on=date(2026, 12, 20), authority=Authority.BOTH)
    document = paper(employee, "/en/notices/plume/notice.pdf")
    assert squeezed("To follow by 20 December 2026 ") in words_of(document)
    assert "French and English are equally authoritative." in first_page(document)


def test_what_a_starter_wrote_is_marked_and_blanks_are_never_printed(
    work: Any, people: People, as_: Callable[[Account], PageClient], today: None
) -> None:
    starter = starting.load()["writing-assistant"]
    story.draft(work, people, "plume")
    with work() as session:
        text = replace(starting.content_of(starter, "fr"), follow_on=date(2026, 12, 20))
        story.notices.save(session, story.by_slug(session, "plume").revisions[-1], text)
    hr = as_(people.hr)
    document = paper(hr, "/workspace/en/notices/plume/preview/notice.pdf")
    whole = words_of(document)
    assert squeezed("Starter text, unchanged") in whole and squeezed("Partly starter text") not in whole
    assert squeezed("To follow by 20 December 2026") in whole
    printed = "".join(page.extract_text() for page in document.pages)
    assert "…" in printed and "[[" not in printed and "{{" not in printed


def test_the_body_speaks_beside_and_files_are_named(
    work: Any, people: People, as_: Callable[[Account], PageClient], employee: PageClient, today: None
) -> None:
    """A file for the body is named as such, as on the page."""
    seen = attached(work)
    kept_back = attached(
        work, samples.pdf(Title="Other"), name="brut.pdf", label=story.both("Brut", "Raw figures"),
        readers=FileReaders.BODY,
    )  # fmt: skip
    story.send(work, people, attachments=(seen, kept_back))
    with work() as session:
        ident = story.consultation_of(session, "plume").id
    rep = as_(people.rep1)
    words = {"text_fr": "Le CSE demande un essai.", "text_en": "The CSE asks for a **trial**."}
    votes = {"votes_for": "8", "votes_against": "3", "abstentions": "1"}
    rep.submit(rep.get(f"/workspace/fr/consultations/{ident}/remark"), {**words, **votes})
    document = paper(employee, "/en/notices/plume/notice.pdf")
    said = "The representatives’ comment The CSE asks for a trial. CSE d’Orvalie, 24 November 2026"
    assert said in first_page(document)
    assert squeezed("Impact assessment PDF") in words_of(document)
    for one in (document, paper(rep, "/workspace/en/notices/plume/notice.pdf")):
        assert squeezed("Raw figures PDF 1 KB French For the representatives.") in words_of(one)


MARKDOWN = """# Un titre

Du **gras**, de l’*italique*, du `code`, [un lien](https://example.org/a?b=c) et [non](javascript:alert(1)).

- un
- deux
  1. deux-un

> une citation

```
#import "x"
```

| a | b |
|---|---|
| 1 | <script>alert(2)</script> |

![image](https://elsewhere.example/pixel.png)

---

#eval("1") $x$ @ref <label> \\*littéral\\*
"""


def test_prose_is_drawn_and_nothing_in_it_is_obeyed(
    work: Any, people: People, employee: PageClient, today: None
) -> None:
    fields = dict(story.content().fields)
    fields["intended_purpose"] = Localized.of(fr=MARKDOWN, en="#panic() \U0001f600 " + "long " * 3000)
    hostile = story.both("#import $ * _ <b>& 😀", "= @x #let")
    story.send(work, people, fields=fields, title=hostile, groups=(Group(hostile, measures=hostile),))
    document = paper(employee, "/fr/notices/plume/notice.pdf")
    text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    for said in (
        "Un titre", "gras", "un lien", "deux-un", "une citation", '#import "x"', "<script>alert(2)</script>",
        '#eval("1") $x$ @ref <label> *littéral*', "#import $ * _ <b>& [grinning face]",
    ):  # fmt: skip
        assert squeezed(said) in squeezed(text), said
    links = {
        str(one["/A"]["/URI"])
        for page in document.pages
        for one in (ref.get_object() for ref in page.get("/Annots", []))
        if "/A" in one and "/URI" in one["/A"]
    }
    assert "https://example.org/a?b=c" in links
    assert not [one for one in links if one.startswith("javascript") or "pixel" in one]
    assert len(paper(employee, "/en/notices/plume/notice.pdf").pages) > 5


# ── who gets it, at which cost ─────────────────────────────────────────────────


def test_a_draft_is_printed_for_who_writes_it_alone(
    work: Any, people: People, as_: Callable[[Account], PageClient], employee: PageClient, today: None
) -> None:
    story.draft(work, people, "plume")
    hr = as_(people.hr)
    path = "/workspace/en/notices/plume/preview/notice.pdf"
    french = path.replace("/en/", "/fr/")
    assert french in hr.get("/workspace/fr/notices/plume/preview").links()
    text = first_page(paper(hr, path))
    assert "Revision 1, not published." in text and "Preview: this is a draft." in text
    assert "no-store" in hr.http.get(path).headers["Cache-Control"]
    for path in ("/fr/notices/plume/notice.pdf", "/fr/notices/plume/revisions/1/notice.pdf"):
        employee.get(path, status=404)


def test_under_embargo_the_body_prints_it_and_that_is_proof(
    work: Any, people: People, as_: Callable[[Account], PageClient], employee: PageClient, today: None
) -> None:
    story.send(work, people, held_until=date(2026, 12, 15))
    text = first_page(paper(as_(people.rep1), "/workspace/en/notices/plume/notice.pdf"))
    assert "Under embargo: employees will read this notice from 15 December 2026." in text
    with work() as session:
        opened = [one.opened_at for one in session.query(Receipt) if one.mandate.account_id == people.rep1.id]
        assert opened and all(opened)
    employee.get("/fr/notices/plume/notice.pdf", status=404)


@pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
def test_it_is_linked_cached_and_new_with_every_act(
    work: Any, people: People, employee: PageClient, client: PageClient, app: Flask, today: None
) -> None:
    story.send(work, people)
    path = "/fr/notices/plume/notice.pdf"
    assert path in employee.get("/fr/notices/plume").links()
    assert "/fr/notices/plume/revisions/1/notice.pdf" in employee.get("/fr/notices/plume/revisions/1").links()
    first = employee.http.get(path)
    assert employee.http.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert "filename=notice-1-plume-1-fr.pdf" in first.headers["Content-Disposition"]
    client.get(path, status=403)
    story.revise(work, people, "plume", on=story.TODAY, changelog=story.both("Neuf", "New"))
    again = employee.http.get(path)
    assert again.headers["ETag"] != first.headers["ETag"]
    asked = statements(app, employee, path)
    assert len(asked) <= len(statements(app, employee, "/fr/notices/plume")) + 1, asked
