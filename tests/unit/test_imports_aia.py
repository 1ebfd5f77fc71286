"""The Algorithmic Impact Assessment, each rule on a small questionnaire of its own."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consult.core.localized import Localized, TranslationState
from consult.notices.fields import BY_KEY
from consult.notices.imports.aia import import_files, read_result
from consult.notices.imports.aia_fields import closed_answer
from consult.notices.imports.conditions import condition
from consult.notices.imports.draft import ImportedDraft, OtherAnswer, ReportKind, both
from consult.notices.imports.questionnaire import Question, read_questionnaire
from consult.notices.imports.refusals import ImportRefused, Reason

TEN = [{"value": f"item{n}-{n}", "text": {"default": f"Choice {n}", "fr": f"Choix {n}"}} for n in range(11)]


def text(en: str, fr: str) -> dict[str, str]:
    return {"default": en, "fr": fr}


PAGES: list[dict[str, Any]] = [
    {
        "name": "welcome",
        "elements": [
            {
                "type": "html",
                "name": "hello",
                "html": text("<h1>Assessment v9.1</h1>", "<h1>Évaluation v9.1</h1>"),
            }
        ],
    },
    {
        "name": "project-NS",
        "elements": [
            {
                "type": "text",
                "name": "projectDetailsTitle",
                "title": text("Project title", "Titre du projet"),
            },
            {
                "type": "comment",
                "name": "projectDetailsDescription",
                "title": text("Project description", "Description du projet"),
            },
            {
                "type": "comment",
                "name": "odd-question",
                "title": text("Anything else?", "Autre chose ?"),
            },
        ],
    },
    {
        "name": "risk-RS",
        "elements": [
            {
                "type": "radiogroup",
                "name": "risk1",
                "title": text("How grave?", "Quelle gravité ?"),
                "choices": TEN,
            },
            {
                "type": "checkbox",
                "name": "risk2",
                "title": text("Which of these?", "Lesquels ?"),
                "choices": TEN[1:4],
                "hasOther": True,
                "otherText": text("Other (specify)", "Autre (précisez)"),
            },
            {
                "type": "radiogroup",
                "name": "risk3",
                "title": text("Which more?", "Quoi d’autre ?"),
                "choices": TEN,
                "visibleIf": '{risk1} = "item10-10"',
            },
        ],
    },
    {
        "name": "care",
        "elements": [
            {
                "type": "panel",
                "name": "care-MS",
                "elements": [
                    {
                        "type": "radiogroup",
                        "name": "careDesign",
                        "title": text("Care?", "Soin ?"),
                        "choices": TEN,
                    },
                    {
                        "type": "radiogroup",
                        "name": "careLater",
                        "title": text("Care?", "Soin ?"),
                        "choices": TEN,
                    },
                ],
            }
        ],
    },
]


def questionnaire(**changes: Any) -> bytes:
    return json.dumps({"title": "Assessment", "pages": PAGES, **changes}).encode()


def result(
    data: dict[str, Any], french: dict[str, Any] | None = None, version: Any = "v9.1", **more: Any
) -> bytes:
    return json.dumps(
        {"version": version, "currentPage": 3, "data": data, "translationsOnResult": french or {}, **more}
    ).encode()


def imported(data: dict[str, Any], french: dict[str, Any] | None = None, **more: Any) -> ImportedDraft:
    fields = more.pop("fields", None)
    return import_files(questionnaire(), "q.json", result(data, french, **more), "r.json", fields=fields)


def refusal(*args: Any, **more: Any) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        import_files(*args, **more)
    return caught.value


TITLED = {"projectDetailsTitle": "Triage"}


def test_titles_and_free_text_come_in_both_languages() -> None:
    draft = imported(
        {"projectDetailsTitle": " Triage  of mail ", "projectDetailsDescription": "It sorts.\r\nFast."},
        {"projectDetailsTitle": "Tri du courrier", "projectDetailsDescription": "Il trie."},
    )
    assert draft.title.texts == {"en": "Triage of mail", "fr": "Tri du courrier"}
    described = draft.fields["detailed_description"]
    assert described.texts == {"en": "It sorts.\nFast.", "fr": "Il trie."}
    assert described.state("fr") is TranslationState.CURRENT


def test_choices_are_said_in_both_languages_with_their_question() -> None:
    (kept,) = (one for one in imported({**TITLED, "risk1": "item3-3"}).other if one.key == "risk1")
    assert kept.question.texts == {"en": "How grave?", "fr": "Quelle gravité ?"}
    assert kept.answer.texts == {"en": "Choice 3", "fr": "Choix 3"}


def test_a_list_is_a_list_and_other_is_followed_by_what_was_written() -> None:
    draft = imported(
        {"risk2": ["item1-1", "item2-2", "other"], "risk2-Comment": "Rain"}, {"risk2-Comment": "La pluie"}
    )
    by_key = {one.key: one for one in draft.other}
    assert by_key["risk2"].answer.texts["fr"] == "- Choix 1\n- Choix 2\n- Autre (précisez)"
    assert by_key["risk2-Comment"].question.texts["en"] == "Which of these? — Other (specify)"
    assert by_key["risk2-Comment"].answer.texts == {"en": "Rain", "fr": "La pluie"}


def test_a_missing_french_is_missing_and_never_passed_off() -> None:
    draft = imported({"projectDetailsTitle": "Triage", "projectDetailsDescription": "It sorts."})
    assert draft.fields["detailed_description"].state("fr") is TranslationState.MISSING
    assert "projectDetailsDescription" in draft.keys(ReportKind.FRENCH_MISSING)
    only = imported({}, {"projectDetailsDescription": "Il trie."})
    assert only.fields["detailed_description"].state("en") is TranslationState.MISSING
    assert "projectDetailsDescription" in only.keys(ReportKind.FRENCH_ONLY)


def test_without_a_title_the_name_of_the_file_stands() -> None:
    assert imported({"risk1": "item1-1"}).title.texts["en"] == "r"


def test_nothing_is_lost() -> None:
    data = {
        **TITLED, "risk1": "item1-1", "risk9": "no such question", "odd-question": "  ",
        "careDesign": "item99-9",
    }  # fmt: skip
    draft = imported(data, {"risk1": "une traduction égarée"}, note={"deep": ["kept"]})
    assert set(draft.keys(ReportKind.MAPPED)) == {"projectDetailsTitle"}
    assert set(draft.keys(ReportKind.UNKNOWN)) == {"risk9", "note"}
    assert draft.keys(ReportKind.EMPTY) == ("odd-question",)
    assert draft.keys(ReportKind.UNKNOWN_CHOICE) == ("careDesign",)
    kept = {one.key: one.answer for one in draft.other}
    assert kept["risk9"].texts["en"] == "no such question"
    assert kept["careDesign"].texts["en"] == "item99-9"
    assert "kept" in kept["note"].texts["en"]
    assert kept["translationsOnResult.risk1"].texts == {"fr": "une traduction égarée"}


def test_fields_a_notice_lacks_are_kept_beside() -> None:
    data = {"projectDetailsTitle": "Triage", "projectDetailsDescription": "It sorts.", "risk1": "item1-1"}
    draft = imported(data, fields=frozenset({"system_name"}))
    assert set(draft.fields) == {"system_name"}
    assert {one.key for one in draft.other} == {"projectDetailsDescription", "risk1"}
    assert draft.keys(ReportKind.MAPPED) == ("projectDetailsTitle",)


def test_what_was_kept_survives_json() -> None:
    draft = imported({**TITLED, "risk1": "item1-1"})
    stored = json.loads(json.dumps(draft.as_json()))
    assert tuple(OtherAnswer.from_json(one) for one in stored["other"]) == draft.other
    assert stored["facts"]["raw_score"] == 1


# raw maximum: risk1 10, risk2 1+2+3, risk3 10 = 26; mitigation: 10 in each phase, so 10.


@pytest.mark.parametrize(
    ("data", "raw", "care", "final", "level"),
    [
        ({"risk1": "item6-6"}, 6, 0, 6, 1),  # 6/26 is under a quarter
        ({"risk1": "item7-7"}, 7, 0, 7, 2),
        ({"risk1": "item10-10", "risk2": ["item3-3"]}, 13, 0, 13, 2),  # exactly half is still II
        ({"risk1": "item10-10", "risk2": ["item1-1", "item3-3"]}, 14, 0, 14, 3),
        ({"risk1": "item10-10", "risk3": "item10-10"}, 20, 0, 20, 4),
        ({"risk1": "item10-10", "risk3": "item10-10", "careDesign": "item7-7"}, 20, 7, 20, 4),
        ({"risk1": "item10-10", "risk3": "item10-10", "careDesign": "item8-8"}, 20, 8, 17, 3),
    ],
)
def test_scores_follow_the_rules_of_the_tool(
    data: dict[str, Any], raw: int, care: int, final: int, level: int
) -> None:
    facts = imported(data).facts
    found = (facts["raw_score"], facts["mitigation_score"], facts["final_score"], facts["level"])
    assert found == (raw, care, final, level)
    assert (facts["raw_maximum"], facts["mitigation_maximum"]) == (26, 10)


def test_no_level_without_an_answer_that_counts() -> None:
    draft = imported(TITLED)
    assert "level" not in draft.facts
    assert "impact_level" not in draft.fields


def test_a_hidden_answer_counts_and_is_reported() -> None:
    draft = imported({"risk1": "item1-1", "risk3": "item5-5"})
    assert draft.facts["raw_score"] == 6
    assert draft.keys(ReportKind.HIDDEN) == ("risk3",)


def test_the_level_is_said_in_both_languages() -> None:
    level = imported({"risk1": "item7-7"}).fields["impact_level"]
    assert level.texts["en"].startswith("Level II, on a scale of I to IV. Raw impact score: 7 of 26.")
    assert "Cote d’incidence brute\u00a0: 7 sur 26." in level.texts["fr"]


# ── files that do not belong together ──────────────────────────────────────────


def test_another_version_is_refused_with_both_names_and_both_versions() -> None:
    found = refusal(questionnaire(), "q.json", result(TITLED, version="v8.0"), "r.json")
    assert found.reason is Reason.VERSION_MISMATCH
    said = found.message()
    assert all(part in said for part in ("q.json", "r.json", "8.0", "9.1"))


def test_a_version_written_another_way_is_the_same() -> None:
    for version in ("9.1", "v9.1.0", "Version 9.1", "9.1.0"):
        assert import_files(questionnaire(), "q.json", result(TITLED, version=version), "r.json")


def test_without_a_version_most_answers_must_fit() -> None:
    strangers = {f"other{n}": "x" for n in range(3)}
    found = refusal(questionnaire(), "q.json", result({**TITLED, **strangers}, version=None), "r.json")
    assert (found.reason, found.facts["known"], found.facts["answered"]) == (Reason.ANSWERS_DO_NOT_FIT, 1, 4)
    assert import_files(questionnaire(), "q.json", result(TITLED, version=None), "r.json")


def test_swapped_files_are_recognised() -> None:
    found = refusal(result(TITLED), "r.json", questionnaire(), "q.json")
    assert found.reason is Reason.RESULT_GIVEN_AS_QUESTIONNAIRE
    found = refusal(questionnaire(), "q.json", questionnaire(), "q2.json")
    assert found.reason is Reason.QUESTIONNAIRE_GIVEN_AS_RESULT


@pytest.mark.parametrize("raw", [b"[]", b'"x"', b'{"data": []}', b'{"answers": {}}'])
def test_other_json_is_no_result(raw: bytes) -> None:
    assert refusal(questionnaire(), "q.json", raw, "r.json").reason is Reason.NOT_A_RESULT


@pytest.mark.parametrize("raw", [b"[]", b"3", b'{"pages": {}}', b"{}"])
def test_other_json_is_no_questionnaire(raw: bytes) -> None:
    assert refusal(raw, "q.json", result(TITLED), "r.json").reason is Reason.NOT_A_QUESTIONNAIRE


def test_a_questionnaire_without_questions_and_a_result_without_answers() -> None:
    found = refusal(questionnaire(pages=[{"name": "p"}]), "q.json", result(TITLED), "r.json")
    assert found.reason is Reason.NO_QUESTIONS
    found = refusal(questionnaire(), "q.json", result({"risk1": "  "}), "r.json")
    assert found.reason is Reason.NO_ANSWERS


@pytest.mark.parametrize(
    "pages",
    [
        [None, 3, "x"],
        [{"elements": [{"type": "text"}]}],
        [{"elements": [{"type": "text", "name": 3}]}],
        [{"elements": [{"name": "a", "type": "radiogroup", "choices": {"a": 1}}]}],
        [{"elements": [{"name": "a", "type": "radiogroup", "choices": [None, 3, ["x"]], "title": [1]}]}],
        [{"elements": [{"name": "a", "type": "text", "visibleIf": {"x": 1}}]}],
    ],
)
def test_oddly_built_questionnaires_are_read_or_refused(pages: Any) -> None:
    with suppress(ImportRefused):
        assert read_questionnaire(json.dumps({"pages": pages}).encode(), "q.json").questions


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
_keys = st.sampled_from(
    ["projectDetailsTitle", "projectDetailsDescription", "risk1", "risk2", "risk2-Comment", "careDesign"]
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.dictionaries(_keys, _json), st.dictionaries(_keys, _json))
def test_whatever_is_answered_every_key_is_accounted_for(
    data: dict[str, Any], french: dict[str, Any]
) -> None:
    """Any JSON under known names: imported or refused, never an accident; each key has one fate."""
    try:
        draft = imported(data, french)
    except ImportRefused:
        return
    fates = draft.keys(ReportKind.MAPPED, ReportKind.KEPT, ReportKind.UNKNOWN, ReportKind.EMPTY)
    for key in {*data, *french}:
        assert fates.count(key) == 1
    json.dumps(draft.as_json())
    assert all(isinstance(one, Localized) for one in draft.fields.values())


# ── conditions ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "answers", "holds"),
    [
        ('{a} = "x"', {"a": "x"}, True),
        ('{a} = "x"', {}, False),
        ('{a} <> "x"', {}, True),
        ("{a} = 3", {"a": "3"}, True),
        ('{a} contains "x"', {"a": ["x", "y"]}, True),
        ('{a} contains "item1"', {"a": "item1-3"}, True),
        ("{a} notcontains 'x'", {"a": ["y"]}, True),
        ("{a} anyof ['x', 'y']", {"a": "y"}, True),
        ("{a} notempty", {"a": " "}, False),
        ("{a} empty", {"a": []}, True),
        ('{a} = "x" or {b} = "y" and {c} = "z"', {"a": "x"}, True),
        ('({a} = "x" or {b} = "y") and {c} = "z"', {"a": "x"}, False),
    ],
)
def test_conditions_hold_as_the_survey_says(said: str, answers: dict[str, Any], holds: bool) -> None:
    read = condition(said)
    assert read is not None
    assert read.holds(answers) is holds


@pytest.mark.parametrize("said", ["", "{a}", "{a} > 3", "a = 3", "{a} = ", "(" * 30 + "{a} = 1", "{a} = 1 2"])
def test_what_is_not_understood_is_not_guessed_at(said: str) -> None:
    assert condition(said) is None


def test_a_result_keeps_where_it_was_left_and_what_stands_beside() -> None:
    read = read_result(result(TITLED, extra=1), "r.json")
    assert (read.page, dict(read.extra)) == (3, {"extra": 1})
    assert len(read.sha256) == 64


def _yes_no(name: str, asked: str) -> Question:
    return Question(name, "radiogroup", both(asked, "?"))


@pytest.mark.parametrize(
    ("name", "asked", "said", "closed"),
    [
        ("projectDetailsPhase", "Project Phase", "Design", ("phase", "design")),
        ("projectDetailsPhase", "Project Phase", "Implementation", ("phase", "roll_out")),
        ("projectDetailsPhase", "Project Phase", "Something new", None),
        ("aboutDataSource1", "Will the system use personal information as input data?", "No",
         ("data_inputs", "no")),
        ("aboutDataSource1", "Will it use cloud data?", "No", None),
        ("impact1", "Will the system only be used to assist a decision-maker?", "Yes",
         ("decision_role", "prepares")),
        ("impact1", "Will the system only be used to assist a decision-maker?", "No", None),
        ("impact30", "Which describes the type of automation?", "Full automation (the system decides)",
         ("decision_role", "takes")),
        ("impact30", "Which describes the type of automation?", "Full automation in parts", None),
        ("privacyImplementation1", "Have you completed one?", "Yes", ("dpia_status", "done")),
        ("privacyDesign1", "Have you completed one?", "Yes", None),
        ("impact5", "Will the system only be used to assist a decision-maker?", "Yes", None),
    ],
)  # fmt: skip
def test_an_answer_is_closed_only_where_the_questionnaire_says_so(
    name: str, asked: str, said: str, closed: tuple[str, str] | None
) -> None:
    assert closed_answer(_yes_no(name, asked), both(said, "")) == closed
    if closed is not None:
        field = BY_KEY[closed[0]]
        assert closed[1] in {one.value for one in field.choices}
