"""A notice as a Word document and as a spreadsheet: whatever it says comes back as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consult.core import i18n
from consult.core.i18n import writing_in
from consult.core.localized import LOCALES, Localized, TranslationState
from consult.notices import fields, sheets
from consult.notices.content import Content, Group, as_json
from consult.notices.sheets import Kind, layout
from consult.notices.sheets.marks import marks_of, prepared
from tests.contents import contents
from tests.notices import whole

KINDS = pytest.mark.parametrize("kind", list(Kind))
FULL = 200 if os.environ.get("CONSULT_TEST_SCALE") == "full" else 0
SLOW = settings(max_examples=FULL or 4, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def languages() -> Iterator[None]:
    app = Flask("sheets")
    i18n.init_app(app)
    with app.app_context():
        yield


def there_and_back(kind: Kind, content: Content, language: str = "fr") -> sheets.Read:
    return sheets.read(sheets.write(kind, content, language=language), f"notice.{kind}")


@KINDS
@SLOW
@given(content=contents(), language=st.sampled_from(LOCALES))
def test_whatever_a_notice_says_comes_back(kind: Kind, content: Content, language: str) -> None:
    """By itself, and as no change to the draft it was made from."""
    read = there_and_back(kind, content, language)
    assert as_json(read.content()) == as_json(content)
    merged = sheets.merged(read, content)
    assert merged.changes == ()
    assert as_json(merged.content) == as_json(content)


@SLOW
@given(before=contents(), after=contents())
def test_what_was_changed_in_a_file_is_what_the_draft_becomes(before: Content, after: Content) -> None:
    """The draft as it was when the file was made: both ways to read the file agree."""
    with writing_in("en"):
        read = there_and_back(Kind.EXCEL, after)
    read = replace(
        read, marks=marks_of(prepared(before)), about={**read.about, "source": before.source},
    )  # fmt: skip
    merged = sheets.merged(read, before).content
    alone = replace(read.content(), starter=before.starter)
    assert as_json(merged) == as_json(alone.normal())


# ── examples ────────────────────────────────────────────────────────────────────

FR, EN = "Écrire « oui » ou «\u00a0non\u00a0» : c’est dit.", "Say it — plainly."
AWKWARD = {
    "formula": "=HYPERLINK(\"https://x\")", "at": "@sum", "minus": "-1", "plus": "+1", "error": "#REF!",
    "escape": "_x0041_x0042_ _x000D_", "tabs": "a\tb\n\tc", "breaks": "a\n\nb\nc\n\n\n\nd\n\n\n- e\n- f",
    "emoji": "😀👩\u200d🔧 \u202f\u00a0\u2011\u00ad\u2028",
    "markdown": "**gras** *ital* [lien](https://x.fr) `a`",
    "date": "2027-01-02", "number": "12.50", "truth": "TRUE", "quote": "'text", "xml": "<w:t>&amp;]]>",
    "marker": "consult:texts", "key": "monitoring",
    "long": "é" * 20_000, "very long": "\U0001f600" * 20_000, "longest": "ab _x_ \n" * 9_000 + "fin",
}  # fmt: skip


@KINDS
@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_texts_come_back(kind: Kind, name: str) -> None:
    said = Localized.of(fr=AWKWARD[name].strip(), en="Said", source="en")
    group = Group(said, sites=AWKWARD[name].strip()[:300].strip(), measures=said)
    content = whole(said if "\n" not in AWKWARD[name] else None, fields={"nature": said}, groups=(group,))
    content = replace(content, answers={"monitoring": "yes"})
    read = there_and_back(kind, content)
    assert as_json(read.content()) == as_json(content.normal())


@KINDS
@pytest.mark.parametrize("language", LOCALES)
def test_an_empty_template_is_an_empty_draft(kind: Kind, language: str) -> None:
    read = sheets.read(sheets.template(kind, language=language), "template")
    assert read.content() == Content(Localized({}, language)).normal()
    assert read.content().source == language


@KINDS
def test_signs_that_xml_cannot_hold_are_left_out_and_a_translation_stays_current(kind: Kind) -> None:
    odd = Localized.of(fr="Un\ufffe texte\x0b\r\n ici ", en=" A\x07 text ")
    content = whole(fields={"nature": odd})
    found = there_and_back(kind, content).content().fields["nature"]
    assert dict(found.texts) == {"fr": "Un texte\n ici", "en": "A text"}
    assert found.state("en") is TranslationState.CURRENT
    assert sheets.merged(there_and_back(kind, content), content).changes == ()


def test_words_of_a_closed_list_are_told_apart_in_both_languages() -> None:
    """Whatever language the file is in, an answer means one thing."""
    answers = [line.answer for line in layout.lines() if line.answer]
    answers += [one.answer for table in fields.TABLES for one in layout.places(table) if not one.language]
    for answer in (one for one in answers if one.words):
        for language in LOCALES:
            with writing_in(language):
                for value in answer.words or {}:
                    said = layout.in_words(value, answer)
                    assert layout.known_words(answer)[layout.folded(said)] == value
