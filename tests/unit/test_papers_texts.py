"""The model texts: what their files must hold, how a file fills them, and a safe day before the end."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from consult.core.localized import LOCALES, Localized
from consult.notices import blanks
from consult.papers.loading import HERE, BadText, fitting, read, read_all, texts
from consult.papers.rules import OWN_FILE, PaperSide, laid, left, paragraphs, safe_date, shortened
from consult.procedures.loading import templates
from consult.procedures.period import is_holiday

_SPACED_WRONG = re.compile(r"\S [:;!?»](?=\s|$)|« [^\u00a0]")


def test_the_texts_of_the_reference_are_there() -> None:
    assert set(texts()) >= {
        "agenda_r1", "agenda_r2", "keyholder_resolution", "expert_resolution", "opinion_skeleton",
        "no_information", "ca_federal_notice", "note_11_49",
    }  # fmt: skip
    shown = " ".join(one.fr for one in texts()["no_information"].notes)
    assert "Demander ne suspend pas le délai" in shown


def test_texts_fit_what_their_procedure_knows() -> None:
    for one in texts().values():
        for key in set(one.fits) - {OWN_FILE}:
            if one.key == "opinion_skeleton":
                assert templates()[key].has_opinion
            if one.key in {"expert_resolution", "expert_mission"}:
                assert templates()[key].has_expert
            if any("L2315-94" in each for each in one.references):
                assert key == "fr-cse", "no expert where the law gives none"
    assert [one.key for one in fitting(PaperSide.BODY, "")] == ["information_without_notice"]
    assert not fitting(PaperSide.EMPLOYER, "")
    assert "no_information" not in {one.key for one in fitting(PaperSide.EMPLOYER, "fr-cse")}
    assert not {"expert_resolution", "opinion_skeleton"} & {
        one.key for one in fitting(PaperSide.BODY, "fr-cse-11-49")
    }, "no opinion, no vote, no expert below fifty"


@pytest.mark.parametrize("key", sorted(texts()))
def test_words_are_set_as_french_is(key: str) -> None:
    one = texts()[key]
    french = [one.label.fr, one.use.fr, one.text.fr, *(each.fr for each in one.notes)]
    french += [each.text.fr for each in one.additions]
    for text in french:
        assert not (found := _SPACED_WRONG.search(text)), found
        assert "'" not in text
    for language in LOCALES:
        assert not re.search(r"[{}|<>*_#]", blanks.shown(one.text.shown(language))), "plain text"
    assert "validé" not in one.text.fr and "cleared" not in one.text.en


BAD = {
    "key": ("key", lambda file: file | {"key": "other"}),
    "label": ("label.en", lambda file: file | {"label": {"fr": "Un titre"}}),
    "side": ("side", lambda file: file | {"side": "chair"}),
    "no side": ("side", lambda file: file | {"side": []}),
    "no fit": ("fits", lambda file: file | {"fits": []}),
    "unknown procedure": ("fits", lambda file: file | {"fits": ["fr-cse", "nowhere"]}),
    "kind": ("blanks.member", lambda file: file | {"blanks": {**file["blanks"], "member": "person"}}),
    "not declared": ("text", lambda file: file | {"blanks": {}}),
    "one language": (
        "text",
        lambda file: file | {"text": {**file["text"], "en": "No blank at all."}},
    ),
    "badly written": (
        "text",
        lambda file: file | {"text": {**file["text"], "fr": file["text"]["fr"] + "[[Oubli]]"}},
    ),
    "unknown field": ("note", lambda file: file | {"note": []}),
}


@pytest.mark.parametrize("what", sorted(BAD))
def test_a_bad_file_is_refused_with_its_name_and_the_field(what: str, tmp_path: Path) -> None:
    where, spoil = BAD[what]
    good = yaml.safe_load((HERE / "no_information.yaml").read_text())
    (tmp_path / "no_information.yaml").write_text(yaml.safe_dump(good, allow_unicode=True))
    assert read_all(tmp_path).keys() == {"no_information"}
    file = tmp_path / "no_information.yaml"
    file.write_text(yaml.safe_dump(spoil(good), allow_unicode=True))
    with pytest.raises(BadText) as refused:
        read(file)
    assert refused.value.where.startswith(where)
    assert "no_information.yaml" in str(refused.value) and where in str(refused.value)


def test_a_file_that_is_no_yaml_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("key: [")
    with pytest.raises(BadText, match=r"x\.yaml"):
        read(file)


def test_items_become_lines_where_their_blank_has_one() -> None:
    text = "Voici\u00a0:\n[[missing|Points]]\nEt [[missing|Points]], le [[day|Jour]]."
    made = laid(text, {"missing": ("1. Un", "2. Deux"), "day": "4 mai"}, "fr")
    assert made == "Voici\u00a0:\n1. Un\n2. Deux\nEt 1. Un\u00a0; 2. Deux, le 4 mai."
    assert laid(text, {}, "fr") == text, "what is not known stays blank"
    assert laid("[[a|A]] et [[b|B]]", {"a": ("x",)}, "fr") == "x et [[b|B]]"


@given(st.text(max_size=200), st.text(max_size=60))
def test_what_people_typed_makes_no_new_blank(typed: str, key: str) -> None:
    made = laid("Un [[a|A]] deux", {"a": f"{typed}[[{key}|x]]"}, "fr")
    assert not blanks.has_blank(made)
    lines = laid("[[a|A]]", {"a": (f"{typed}[[b|x]]", "deux")}, "en")
    assert not blanks.has_blank(lines)


def test_what_is_left_is_said_once() -> None:
    text = Localized.of(fr="[[a|Un]] [[b|Deux]] [[a|Un]]", en="[[a|One]]")
    assert [one.key for one in left(text)] == ["a", "b"]


@given(st.text(alphabet="ab \n[]|", max_size=120))
def test_paragraphs_lose_no_word(text: str) -> None:
    made = paragraphs(text)
    words = "".join(
        one if isinstance(one, str) else f"[[{one.key}|{one.question}]]"
        for paragraph in made
        for line in paragraph
        for one in line
    )
    assert "".join(words.split()) == "".join(text.split())
    assert all(paragraph and all(line for line in paragraph) for paragraph in made)


def test_a_long_question_is_shortened() -> None:
    assert shortened("Un\n deux") == "Un deux"
    assert len(shortened("x" * 900)) == 300 and shortened("x" * 900).endswith("…")


@given(
    st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    st.lists(st.none() | st.integers(-20, 60), max_size=3),
    st.sampled_from(["fr", "ca", "be", "xx"]),
)
def test_a_safe_day_is_open_to_come_and_before_every_end(
    on: date, ahead: list[int | None], country: str
) -> None:
    limits = [None if one is None else on + timedelta(days=one) for one in ahead]
    found = safe_date(limits, on=on, country=country)
    ends = [one for one in limits if one is not None]
    if found is None:
        open_days = [on + timedelta(days=one) for one in range(1, (min(ends) - on).days)] if ends else []
        assert all(day.weekday() >= 5 or is_holiday(day, country) for day in open_days)
    else:
        assert on < found < min(ends)
        assert found.weekday() < 5 and not is_holiday(found, country)
        assert (min(ends) - found).days >= 7 or (found - on).days <= 8


def test_the_safe_day_of_an_ordinary_period() -> None:
    end = date(2027, 1, 15)  # a Friday
    assert safe_date([end, None], on=date(2026, 12, 20), country="fr") == date(2027, 1, 8)
    assert safe_date([end], on=date(2027, 1, 14), country="fr") is None
    assert safe_date([], on=date(2027, 1, 14), country="fr") is None
