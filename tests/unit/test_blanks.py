"""Blanks in a text and sentences left unchanged: rules, examples, and hostile input."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.notices import blanks
from consult.notices.blanks import Blank, Unchanged, blanks_in, fill, sentence_digest, sentences, unchanged

PLAIN = st.text(st.characters(exclude_characters="[]", exclude_categories=("Cs",)), max_size=60)
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
QUESTION = st.from_regex(r"[A-Za-zé’? ]{0,20}[a-zé?]", fullmatch=True)


@st.composite
def texts_with_blanks(draw: st.DrawFn) -> tuple[str, set[str]]:
    parts, keys = [draw(PLAIN)], set()
    for key, question, after in draw(st.lists(st.tuples(KEYS, QUESTION, PLAIN), max_size=5)):
        parts += [f"[[{key}|{question}]]", after]
        keys.add(key)
    return "".join(parts), keys


@given(texts_with_blanks(), st.data())
def test_answering_every_blank_leaves_none(given_text: tuple[str, set[str]], data: st.DataObject) -> None:
    text, keys = given_text
    assert {one.key for one in blanks_in(text)} == keys
    answers = {key: "x" + data.draw(st.text(max_size=20)) for key in keys}
    assert blanks_in(fill(text, answers)) == ()


@given(st.text(st.sampled_from("[]|ab_ \n?"), max_size=80), st.text(st.sampled_from("[]|ab \n"), max_size=20))
def test_brackets_of_any_kind_never_fail(text: str, answer: str) -> None:
    assert fill(text, {}) == text
    fill(text, {"a": answer, "b": answer})
    assert all(one.key and one.question for one in blanks_in(text))
    sentences(text)


@given(PLAIN, st.dictionaries(KEYS, PLAIN))
def test_a_text_without_blank_is_left_alone(text: str, answers: dict[str, str]) -> None:
    assert fill(text, answers) == text and blanks_in(text) == ()


@given(st.text(max_size=200))
def test_sentences_once_cut_are_cut_the_same_again(text: str) -> None:
    once = sentences("\n".join(sentences(text)))
    assert sentences("\n".join(once)) == once or any(one[:1] in "-*+•>#0123456789" for one in once)


def test_sentences_put_side_by_side_come_back() -> None:
    known = ("Nous relisons tout.", "Qui décide\u202f?", "Une personne, «\u00a0toujours\u00a0».", "Fin")
    assert sentences(" ".join(known)) == known
    assert sentences("\n".join(f"- {one}" for one in known)) == known


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("   \n\n", ()),
        ("- Un.\n* Deux.\n2. Trois.\n## Quatre\n> Cinq", ("Un.", "Deux.", "Trois.", "Quatre", "Cinq")),
        ("Un. Deux\u202f! Trois…  Quatre", ("Un.", "Deux\u202f!", "Trois…", "Quatre")),
        ("Version 2.1 du 3.5", ("Version 2.1 du 3.5",)),
        ("**Non.** Oui.", ("**Non.**", "Oui.")),
        ("Il dit «\u00a0Non\u202f!\u00a0» Puis rien.", ("Il dit «\u00a0Non\u202f!\u00a0»", "Puis rien.")),
        ("Qui\u202f: [[a|Toi ? Ou moi ?]]. Bien.", ("Qui\u202f: [[a|Toi ? Ou moi ?]].", "Bien.")),
    ],
)
def test_where_sentences_end(text: str, expected: tuple[str, ...]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "text",
    ["[[", "]]", "[[a", "[[a|", "[[a|]]", "[[|q]]", "[[a]]", "[[A|q]]", "[[a|q]", "[a|q]]", "[[a|b\nc]]",
     "[[ a|q]]", "[[a b|q]]", "[[a|   ]]", "[[a|b[c]]", "[[1a|q]]", "[[a|b|c]]", "[[" + "a" * 60 + "|q]]"],
)  # fmt: skip
def test_a_blank_badly_typed_is_plain_text(text: str) -> None:
    assert blanks_in(text) == () and fill(text, {"a": "x"}) == text


def test_blanks_are_found_once_each_and_filled_everywhere() -> None:
    text = "De [[n|Combien ?]] à [[n|Combien ?]], par [[qui|Qui ?]]."
    assert blanks_in(text) == (Blank("n", "Combien ?"), Blank("qui", "Qui ?"))
    assert fill(text, {"n": "3"}) == "De 3 à 3, par [[qui|Qui ?]]."
    assert fill(text, {"n": "  ", "qui": ""}) == text


def test_an_answer_is_one_line_keeps_the_full_stop_of_its_sentence_and_makes_no_blank() -> None:
    assert fill("[[a|Qui ?]].", {"a": "Mme Durand,\n  qui décide."}) == "Mme Durand, qui décide."
    assert fill("[[a|Qui ?]]", {"a": "Oui."}) == "Oui."
    assert fill("[[a|Qui ?]] suite", {"a": "etc."}) == "etc. suite"
    assert fill("[[a|Qui ?]].", {"a": "..."}) == "...."
    assert fill("[[a|Qui ?]]", {"a": "[[b|Et toi ?]]"}) == "((b|Et toi ?))"
    assert fill("[[a|Qui ?]]", {"a": r"\1 \g<0>"}) == r"\1 \g<0>"


def test_a_fingerprint_sees_neither_case_nor_spaces() -> None:
    assert sentence_digest("Rien\u202f!  Vraiment") == sentence_digest("rien ! VRAIMENT")
    assert len(sentence_digest("Rien")) == 16
    assert sentence_digest("Combien\u00a0: [[n|Combien ?]].") == ""


def test_how_much_is_unchanged() -> None:
    known = blanks.digests(["- Un mot.\n- Deux mots.", "Avec [[n|Combien ?]]."])
    assert len(known) == 2
    assert unchanged("", known) is Unchanged.NONE
    assert unchanged("  \n", known) is Unchanged.NONE
    assert unchanged("Rien de tout cela.", known) is Unchanged.NONE
    assert unchanged("Un mot. DEUX  mots.", known) is Unchanged.WHOLE
    assert unchanged("- Deux mots.", known) is Unchanged.WHOLE
    assert unchanged("- Deux mots.\n- Et un troisième.", known) is Unchanged.PART
    assert unchanged("Un mot. Avec [[n|Combien ?]].", known) is Unchanged.PART
    assert unchanged("Avec [[n|Combien ?]].", known) is Unchanged.NONE
    assert unchanged("Un mot.", frozenset()) is Unchanged.NONE


@pytest.mark.parametrize(
    "text",
    ["[[" * 50_000, "[[a|" * 25_000, "[[a|" + "x" * 100_000, "[[" + "a" * 100_000, "." * 100_000,
     ". " * 50_000, " " * 100_000, "\u00a0" * 100_000, "!\u00a0»" * 30_000, "- " * 50_000, "#" * 100_000,
     "\n" * 100_000, "1" * 100_000, "[[a|b]]" * 14_000, "**." * 30_000, "x" + "\t" * 100_000 + "x"],
    ids=lambda text: repr(text[:6]),
)  # fmt: skip
def test_hostile_texts_are_read_at_once(text: str) -> None:
    before = time.perf_counter()
    blanks_in(text)
    fill(text, {"a": "x"})
    unchanged(text, frozenset({"0"}))
    assert time.perf_counter() - before < 3
