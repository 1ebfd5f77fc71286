"""Words as search knows them: what is folded, what is stemmed, and that a word of a text always finds it."""

from __future__ import annotations

import re
import sqlite3

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from consult.notices.sought import LONGEST, RISKS, Sought, sites_of
from consult.register import search
from consult.register.rules import Shelf, facet, on_shelf
from consult.register.words import MOST_BYTES, STOP, asked, slug, tokens_of, words_of

TOKEN = re.compile(r"[a-z0-9]+")


def finds(typed: str, text: str, *, language: str = "fr", locale: str = "fr") -> bool:
    """What both databases do: all words, any of their tokens, the last one perhaps begun."""
    tokens = tokens_of([(language, text)])
    return all(
        any(
            any(have.startswith(one[:-1]) for have in tokens) if one.endswith("*") else one in tokens
            for one in any_of
        )
        for any_of in asked(typed, locale)
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’évaluation d'aujourd’hui", ["l", "évaluation", "d", "aujourd", "hui"]),
        ("Saint-Nazaire, peut‑être", ["saint", "nazaire", "peut", "être"]),
        ("CŒUR & ex æquo", ["coeur", "ex", "aequo"]),
        ("e\u0301te\u0301 été", ["été", "été"]),
        ("ﬁn x² Straße", ["fin", "x2", "strasse"]),
        ("a_b __ c", ["a", "b", "c"]),
        ("\x00\u200b\ufeff\n", []),
        ("人工 知能", ["人工", "知能"]),
    ],
)
def test_one_way_of_splitting(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("évaluations", "Une évaluation annuelle"),
        ("evaluation", "Des évaluations"),
        ("EVALUATIONS", "l’évaluation"),
        ("securites", "La sécurité des données"),
        ("oeuvre", "Mise en œuvre"),
        ("œuvres", "mise en oeuvre"),
        ("l'évaluation des salariés", "évaluer un salarié, son évaluation"),
        ("brouillon plu", "Plume propose un brouillon"),
        ("saint nazaire", "Saint-Nazaire"),
        ("formations relations", "La relation clients, la formation"),
        ("de la", "Le cœur de la question"),
    ],
)
def test_what_french_readers_type(typed: str, text: str) -> None:
    assert finds(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [("suggestion", "Plume suggests a draft"), ("the drafts", "a draft"), ("monit", "Monitoring of staff")],
)
def test_what_english_readers_type(typed: str, text: str) -> None:
    assert finds(typed, text, language="en", locale="en")


def test_either_language_is_found_from_either() -> None:
    assert finds("suggested", "Plume suggests a draft", language="en", locale="fr")
    assert finds("évaluations", "Une évaluation", language="fr", locale="en")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("plume brouillard", "Plume propose un brouillon"),
        ("pl", "Plume"),
        ("plu brouillon", "Plume propose un brouillon"),
        ("rillon", "brouillon"),
        ("de le", "de la"),
    ],
)
def test_what_finds_nothing(typed: str, text: str) -> None:
    """All words count; only the last may be begun, and not with two letters; stop words alone count too."""
    assert not finds(typed, text)


@given(st.text(max_size=300), st.sampled_from(["fr", "en", ""]), st.sampled_from(["fr", "en"]), st.data())
@settings(max_examples=300, deadline=None)
@example("ß İ ﷺ ½ ΣΑΣ", "fr", "en", None)
def test_a_word_of_a_text_always_finds_it(text: str, language: str, locale: str, data: st.DataObject) -> None:
    said = text.split()
    for word in said if data is None else ([data.draw(st.sampled_from(said))] if said else []):
        for typed in (word, word.upper(), f"  {word}!"):
            if list(words_of(typed)) == list(words_of(word)):
                assert finds(typed, text, language=language, locale=locale), typed


@given(st.text(max_size=300), st.sampled_from(["fr", "en"]))
@settings(max_examples=300, deadline=None)
def test_tokens_are_ascii_whatever_is_said_or_typed(text: str, language: str) -> None:
    tokens = tokens_of([(language, text)])
    assert all(TOKEN.fullmatch(one) and one[0] in "wfe" for one in tokens)
    assert len(set(tokens)) == len(tokens)
    for any_of in asked(text, language):
        assert all(TOKEN.fullmatch(one.rstrip("*")) and one[0] in "wfe" for one in any_of)


HOSTILE = [
    '"', '""', "'", "''';--", "NEAR(a b)", "a AND b", "a OR b", "NOT a", "a*", "*", "^a", "a:b", "tokens:a",
    "-a", "{tokens}: a", "(", ")", "((((", "a + b", "\\", "%", "_", "<->", "a & b | !c", ":*", "knotice",
    "\x00", "\x1a", "a\x00b", "\ud7ff", "🙂", "x" * 10_000, "a b " * 2_500, "de la les",
    " ".join(f"mot{at}" for at in range(2_000)),
]  # fmt: skip


@pytest.fixture(scope="module")
def fts() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE search_document (position INTEGER PRIMARY KEY, words TEXT, facets TEXT)")
    for statement in search.statements():
        connection.execute(statement)
    for at, text in enumerate(["Plume et encre", "Ariane", "not a near thing"], start=1):
        row = (at, " ".join(tokens_of([("fr", text)])), "knotice")
        connection.execute("INSERT INTO search_document VALUES (?, ?, ?)", row)
    return connection


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_typed_is_an_operator_or_an_error(fts: sqlite3.Connection, typed: str) -> None:
    texts = ["Plume et encre", "Ariane", "not a near thing"]
    known = {token for text in texts for token in tokens_of([("fr", text)])}
    words = [
        {
            have
            for have in known
            for one in any_of
            if have == one or (one[-1] == "*" and have.startswith(one[:-1]))
        }
        | {one for one in any_of if one[-1] != "*"}
        for any_of in asked(typed, "fr")[: search.MOST_WORDS]
    ]
    wanted = search._fts5([on_shelf(Shelf.NOTICE), *words])
    rows = fts.execute("SELECT rowid FROM search_index WHERE search_index MATCH ?", (wanted,)).fetchall()
    assert [row[0] for row in rows] == [at for at, text in enumerate(texts, start=1) if finds(typed, text)]


def test_a_filter_is_never_a_word() -> None:
    assert not finds("knotice", "Plume") and not finds("tdraft", "Plume")
    for shelf in Shelf:
        (token,) = on_shelf(shelf)
        assert token[0] not in "wfe"
    assert facet("s", "in_follow_up") == "sinfollowup"


def test_a_document_of_any_size_fits() -> None:
    tokens = tokens_of([("fr", " ".join(f"mot{at}" for at in range(200_000)))])
    assert sum(map(len, tokens)) + len(tokens) <= MOST_BYTES


def test_stop_words_are_words_as_they_are_split() -> None:
    for words in STOP.values():
        assert all(list(words_of(one)) == [one] for one in words)


def test_slugs_of_sites() -> None:
    assert slug("  Saint-Nazaire (siège) ") == "saint-nazaire-siege"
    assert sites_of(["Nantes", "—", "L’Île"]) == {"nantes": "Nantes", "l-ile": "L’Île"}


# ── what a list is asked ───────────────────────────────────────────────────────


def read(**given: str) -> Sought:
    return Sought.read(given, stages=["listening"], sites={"nantes": "Nantes"}, states=["draft"])


def test_what_a_list_does_not_offer_counts_as_not_asked() -> None:
    odd = read(stage="x", site="lille", risk="none", language="de", state="open")
    assert not odd and odd.has_strange and not odd.facets
    assert not read(stage="", q="").has_strange


def test_the_address_has_one_order() -> None:
    sought = read(state="draft", language="fr", risk="high", site="nantes", stage="listening", q=" plume  x ")
    assert list(sought.query.items()) == [
        ("q", "plume x"), ("stage", "listening"), ("site", "nantes"), ("risk", "high"), ("language", "fr"),
        ("state", "draft"),
    ]  # fmt: skip
    assert list(sought.then("abc"))[-1] == "after"
    assert len(sought.facets) == 5 and all(len(one) == 1 for one in sought.facets)


def test_what_cannot_be_found_is_said_rather_than_guessed() -> None:
    assert read(q="x" * (LONGEST + 1)).fault == "long"
    assert read(q="***").fault == "no_word" and bool(read(q="***"))
    assert read(q="\x00 \x1b").fault == "" and not read(q="\x00 \x1b")
    assert read(q="x" * LONGEST).fault == ""
    assert set(RISKS) == {"prohibited", "high", "limited", "other", "unknown"}
