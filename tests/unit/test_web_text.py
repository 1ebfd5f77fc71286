"""What people typed on its way to a page: Markdown, the sanitiser, French typography, keys of lists."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from consult.core.localized import Localized, digest
from consult.web import filters
from consult.web.pagination import PAGE_SIZE, cursor, page_of, read_cursor, typed_cursor
from consult.web.sanitise import TAGS, plain, rich

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://elsewhere.example/pixel.png)",
    "<a href='https://x.example' onclick='y'>z</a>",
    "<iframe src=//x.example></iframe>",
    "<style>body{display:none}</style>",
    "[x](https://x.example 'a\" onmouseover=\"alert(1)')",
    "<svg><a xlink:href='javascript:1'>x</a></svg>",
    "<!-- comment --><b>x</b>",
    "<h1>x</h1>",
    "```\n<script>x</script>\n```",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


@pytest.mark.parametrize("typed", ATTACKS)
def test_nothing_typed_becomes_more_than_text(typed: str) -> None:
    document = parser.fragment_fromstring(str(rich(typed)), create_parent="div")
    for node in document.iter():
        assert node is document or node.tag in TAGS
        assert not [name for name in node.attrib if name not in {"href", "title", "rel"}], node.attrib
        assert not (node.get("href") or "").lower().startswith(("javascript", "data"))


@given(st.text(max_size=300))
def test_whatever_is_typed_only_known_tags_come_out(typed: str) -> None:
    html = str(rich(typed))
    if html.strip():
        for node in parser.fragment_fromstring(html, create_parent="body").iterdescendants():
            assert node.tag in TAGS


def test_headings_never_outrank_the_page() -> None:
    assert "<h3>A</h3>" in rich("# A\n\n## B") and "<h4>B</h4>" in rich("# A\n\n## B")
    assert "<h3>B</h3>" in rich("## B\n\n### C") and "<h4>C</h4>" in rich("## B\n\n### C")
    assert rich("###### deep") == "<h3>deep</h3>\n"
    assert "<h1" not in rich("# A\n\n# B") and "<h4" not in rich("# A\n\n# B")


def test_links_tell_nothing_and_lead_where_they_say() -> None:
    html = rich("[lire](https://x.example/a?b=1&c=2)")
    assert 'href="https://x.example/a?b=1&amp;c=2"' in html
    assert "noreferrer" in html and "nofollow" in html and "noopener" in html


def test_plain_text_has_no_marks() -> None:
    assert plain("**Gras** et [lien](https://x.example)") == "Gras et lien"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Bonjour !", "Bonjour\u202f!"),
        ("Quoi ? Qui ?", "Quoi\u202f? Qui\u202f?"),
        ("ceci ; cela : voilà", "ceci\u202f; cela\u00a0: voilà"),
        ("« Mot »", "«\u00a0Mot\u00a0»"),
        ("« Mot ».", "«\u00a0Mot\u00a0»."),
        ("(vraiment ?)", "(vraiment\u202f?)"),
        ("« Vraiment ? »", "«\u00a0Vraiment\u202f?\u00a0»"),
        ("https://x.example/a?b", "https://x.example/a?b"),
        ("| a | b |\n|:---|---:|\n| c : d | e |", "| a | b |\n|:---|---:|\n| c\u00a0: d | e |"),
        ("à 12:30", "à 12:30"),
        ("déjà\u202f!", "déjà\u202f!"),
    ],
)
def test_french_gets_its_spaces(typed: str, printed: str) -> None:
    assert filters.typeset(typed, "fr") == printed


def test_english_keeps_its_own() -> None:
    assert filters.typeset("What ? « x »", "en") == "What ? « x »"


@pytest.fixture
def in_english(app: Flask) -> object:
    with app.test_request_context("/en/"):
        yield


@pytest.fixture
def in_french(app: Flask) -> object:
    with app.test_request_context("/fr/"):
        yield


def test_a_text_says_its_language_where_it_is_not_the_page_s(in_english: object) -> None:
    only_french = Localized.of(fr="Aide <b>")
    assert filters.text_of(only_french) == '<span lang="fr">Aide &lt;b&gt;</span>'
    assert filters.prose_of(only_french).startswith('<div lang="fr"><p>')
    assert filters.plain_of(only_french) == "Aide <b>"
    assert filters.translation_of(only_french) == "missing"


def test_a_text_in_the_page_s_language_stands_alone(in_english: object) -> None:
    assert filters.text_of(Localized.of(fr="Aide", en="Help")) == "Help"
    assert filters.prose_of(Localized.of(fr="Aide", en="Help")) == "<p>Help</p>\n"


def test_a_stale_translation_is_known_as_such(in_english: object) -> None:
    stale = Localized({"fr": "Neuf", "en": "Old"}, "fr", {"en": digest("Vieux")})
    assert filters.translation_of(stale) == "stale"
    assert filters.text_of(stale) == '<span lang="fr">Neuf</span>', "the text that counts is shown"


def test_the_source_is_never_stale(in_french: object) -> None:
    stale = Localized({"fr": "Neuf", "en": "Old"}, "fr", {"en": digest("Vieux")})
    assert filters.translation_of(stale) == "current"


def test_nothing_said_is_nothing(in_french: object) -> None:
    for value in (None, Localized({})):
        assert filters.text_of(value) == filters.prose_of(value) == filters.plain_of(value) == ""
        assert filters.translation_of(value) == "current"


# ── lists ──────────────────────────────────────────────────────────────────────

DAY, IDENT = date(2026, 11, 24), UUID(int=7)


def test_a_key_comes_back_as_it_was() -> None:
    assert read_cursor(cursor(DAY, IDENT), 2) == ("2026-11-24", str(IDENT))
    assert typed_cursor(cursor(DAY, IDENT), date.fromisoformat, UUID) == (DAY, IDENT)


@pytest.mark.parametrize(
    "typed",
    [
        None,
        "",
        "x",
        "é",
        "====",
        "A" * 500,
        cursor("x", "y"),
        cursor(DAY),
        cursor(DAY, IDENT, 1),
        cursor("2026-13-45", IDENT),
        "eyJhIjoxfQ",
        "W1tbW1tb",
        "bnVsbA",
        "MQ",
        "[]",
    ],
)
def test_an_address_people_can_type_never_fails(typed: str | None) -> None:
    assert typed_cursor(typed, date.fromisoformat, UUID) is None


@given(st.text(max_size=120))
def test_whatever_is_typed_a_cursor_is_read_or_left(typed: str) -> None:
    typed_cursor(typed, date.fromisoformat, UUID)


def test_a_page_ends_where_the_rows_end() -> None:
    whole = page_of(list(range(PAGE_SIZE)), lambda one: (one,))
    assert whole.older is None and len(whole.rows) == PAGE_SIZE
    more = page_of(list(range(PAGE_SIZE + 1)), lambda one: (one,))
    assert len(more.rows) == PAGE_SIZE
    assert read_cursor(more.older, 1) == (str(PAGE_SIZE - 1),)
