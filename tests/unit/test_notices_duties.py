"""Suggested duties and procedures: what brings each up, and that nothing here decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from consult.core.i18n import writing_in
from consult.core.localized import Localized
from consult.notices import duties
from consult.notices.content import Content, Group, Milestone, Rule, Unknown
from consult.notices.duties import Area, Certainty, Profile
from consult.notices.duties.kinds import Duty
from consult.notices.fields import BY_KEY, FIELDS
from consult.notices.rules import EMOTION, Breach, Delay, MilestoneKind, RuleKind

SAID = Localized.of(fr="Dit", en="Said")
CLOSED = {one.key: [choice.value for choice in one.choices] for one in FIELDS if one.choices}
NOES = {
    "monitoring": "no", "effect_terms": "no", "decision_role": "none", "data_inputs": "no",
    "emotion_inference": "no", "risk_class": "other", "dpia_status": "done", "phase": "design",
}  # fmt: skip
COUNTRIES = ("fr", "be", "de", "lu", "ca", "es", "gb")


def notice(answers: Mapping[str, str] = NOES, **parts: Any) -> Content:
    return Content(SAID, answers=dict(answers), **parts)


def keys(content: Content, country: str = "fr") -> set[str]:
    return {one.key for one in duties.suggested(content, country=country)}


BROUGHT_UP = [
    ("fr", {"monitoring": "yes"}, "fr_monitoring"),
    ("fr", {"monitoring": "unknown"}, "fr_monitoring"),
    ("fr", {"monitoring": ""}, "fr_monitoring"),
    ("fr", {"monitoring": "yes"}, "fr_individual"),
    ("fr", {"monitoring": "yes"}, "dpia"),
    ("fr", {"effect_terms": "yes"}, "fr_adaptation_plan"),
    ("fr", {"decision_role": "prepares"}, "fr_recruitment"),
    ("fr", {"decision_role": "takes"}, "machine_alone"),
    ("fr", {"decision_role": "takes"}, "persons_told"),
    ("fr", {"decision_role": "prepares"}, "explanation"),
    ("fr", {"data_inputs": "unknown"}, "sensitive"),
    ("fr", {EMOTION: "medical"}, "emotions"),
    ("ca", {EMOTION: "yes"}, "emotions"),
    ("fr", {"risk_class": "high"}, "representatives_told"),
    ("fr", {"risk_class": "prohibited"}, "prohibited"),
    ("fr", {"risk_class": "limited"}, "transparency"),
    ("fr", {"dpia_status": "none"}, "dpia"),
    ("fr", {"phase": "pilot"}, "fr_pilot"),
    ("fr", {"phase": "update"}, "fr_update"),
    ("be", {"effect_terms": "yes"}, "be_agreement_39"),
    ("de", {"monitoring": "yes"}, "de_monitoring"),
    ("de", {"decision_role": "prepares"}, "de_selection"),
    ("lu", {"monitoring": "yes"}, "lu_surveillance"),
    ("lu", {"decision_role": "takes"}, "lu_joint_decision"),
    ("ca", {"decision_role": "takes"}, "ca_impact_assessment"),
    ("ca", {"data_inputs": "yes"}, "ca_privacy"),
    ("es", {"effect_terms": "yes"}, "directive"),
]


@pytest.mark.parametrize(("country", "answer", "key"), BROUGHT_UP)
def test_an_answer_brings_its_question_up_and_no_takes_it_away(
    country: str, answer: dict[str, str], key: str
) -> None:
    assert key in keys(notice({**NOES, **answer}), country)
    assert key not in keys(notice(groups=[Group(SAID, headcount=3)]), country)


@pytest.mark.parametrize(
    ("country", "key"),
    [
        ("fr", "fr_new_technology"), ("fr", "fr_environment"), ("fr", "fr_language"), ("fr", "literacy"),
        ("fr", "fr_risk_assessment"), ("de", "de_planning"), ("lu", "lu_decision"), ("ca", "ca_labour_code"),
        ("ca", "ca_languages"), ("be", "be_language"), ("gb", "health"), ("gb", "access"),
    ],
)  # fmt: skip
def test_some_are_asked_of_every_notice(country: str, key: str) -> None:
    assert key in keys(notice(), country)
    assert key in keys(Content(SAID), country)


@pytest.mark.parametrize(
    ("country", "parts", "key"),
    [
        ("fr", {"rules": [Rule(RuleKind.ALLOWED, SAID, breach=Breach.SANCTIONED)]}, "fr_works_rules"),
        ("fr", {"rules": [Rule(RuleKind.FORBIDDEN, SAID)]}, "fr_works_rules"),
        ("fr", {"rules": [Rule(RuleKind.DECLARED, SAID)]}, "fr_works_rules"),
        ("ca", {"rules": [Rule(RuleKind.DECLARED, SAID)]}, "charter"),
        ("fr", {"milestones": [Milestone(MilestoneKind.PILOT, date(2027, 1, 4))]}, "fr_pilot"),
        ("be", {"groups": [Group(SAID, headcount=9), Group(SAID, headcount=1)]}, "be_agreement_39"),
        ("be", {"groups": [Group(SAID, headcount=3), Group(SAID)]}, "be_agreement_39"),
        ("fr", {"starter": {"key": "scheduling"}}, "fr_hr_processing"),
    ],
)  # fmt: skip
def test_what_the_notice_holds_brings_questions_up(country: str, parts: dict[str, Any], key: str) -> None:
    few = {"groups": [Group(SAID, headcount=3)]}
    assert key in keys(notice(**{**few, **parts}), country)
    assert key not in keys(notice(**few), country)


def test_a_recommendation_or_a_permission_is_no_works_rule() -> None:
    rules = [
        Rule(RuleKind.FORBIDDEN, SAID, breach=Breach.RECOMMENDATION),
        Rule(RuleKind.ALLOWED, SAID), Rule(RuleKind.REFUSABLE, SAID),
    ]  # fmt: skip
    assert "fr_works_rules" not in keys(notice(rules=rules))


def test_law_is_asked_about_where_it_holds() -> None:
    for country in COUNTRIES:
        found = keys(Content(SAID), country)
        for other in ("fr", "be", "de", "lu", "ca"):
            there = {one for one in found if one.startswith(f"{other}_")}
            assert bool(there) == (other == country), (country, other)
        assert ("dpia" in found) == (country not in {"ca", "gb"})
        assert ("directive" in found) == (country in {"be", "de", "lu", "es"})
    assert keys(Content(SAID), "FR") == keys(Content(SAID), "fr")


def test_what_blocks_comes_first() -> None:
    found = duties.suggested(notice({**NOES, EMOTION: "yes"}), country="fr")
    assert (found[0].key, found[0].blocks) == ("emotions", True)
    assert not any(one.blocks for one in found[1:])
    for answer in ("no", "medical", "unknown", ""):
        asked = duties.suggested(notice({**NOES, EMOTION: answer}), country="fr")
        assert not any(one.blocks for one in asked)


_answers = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from(["", *values]) for key, values in CLOSED.items()}
)
_contents = st.builds(
    notice, _answers,
    rules=st.lists(st.builds(
        Rule, st.sampled_from(RuleKind), st.just(SAID), breach=st.sampled_from([None, *Breach])), max_size=3),
    groups=st.lists(
        st.builds(Group, st.just(SAID), headcount=st.none() | st.integers(0, 50)), max_size=3),
    milestones=st.lists(
        st.builds(Milestone, st.sampled_from(MilestoneKind), st.just(date(2027, 1, 4))), max_size=2),
)  # fmt: skip
STRONGEST = {"decision_role": "takes"}


@given(_contents, st.sampled_from(sorted(CLOSED)), st.sampled_from(COUNTRIES))
def test_a_yes_never_takes_a_question_away(content: Content, key: str, country: str) -> None:
    if "yes" not in CLOSED[key] and key not in STRONGEST:
        return
    answers = {**content.answers, key: STRONGEST.get(key, "yes")}
    assert keys(content, country) <= keys(replace(content, answers=answers), country)


@given(_contents, st.sampled_from(COUNTRIES))
def test_each_comes_with_a_reason_and_in_the_order_of_areas(content: Content, country: str) -> None:
    found = duties.suggested(content, country=country)
    assert len({one.key for one in found}) == len(found)
    assert all(one.because for one in found)
    asked = [one.area for one in found if not one.blocks]
    assert asked == sorted(asked, key=list(Area).index)


def words_of(one: Duty) -> list[str]:
    return [str(one.question), str(one.reference), str(one.look_at)]


def test_they_ask_and_never_decide(app: Flask) -> None:
    decides = re.compile(r"\b(required|not required|must|mandatory|compulsory|you have to|no need)\b", re.I)
    with app.test_request_context("/en/"):
        for duty in duties.DUTIES:
            assert str(duty.question).endswith("?"), duty.key
            assert all(words_of(duty)), duty.key
            assert not decides.search(" ".join(words_of(duty))), duty.key
            assert not (duty.certainty is Certainty.DEFAULT) ^ ("our proposal" in str(duty.reference)), (
                duty.key
            )
        for one in duties.PROCEDURES:
            said = " ".join(map(str, (one.name, one.question, one.reference, one.look_at)))
            assert str(one.question).endswith("?"), one.key
            assert not decides.search(said), one.key


def test_they_are_said_in_the_reader_s_language(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        for language in ("fr", "en"):
            with writing_in(language):
                for one in duties.suggested(Content(SAID), country="fr"):
                    assert all(str(reason.text) and "%(" not in str(reason.text) for reason in one.because)


def test_drivers_are_fields_there_are() -> None:
    for duty in duties.DUTIES:
        for trigger in duty.triggers:
            key = getattr(trigger, "key", None)
            assert key is None or key in BY_KEY, duty.key
            for value in getattr(trigger, "values", ()):
                assert value == "" or value in CLOSED[key], (duty.key, value)


def test_an_assessment_done_asks_for_the_views_of_those_concerned() -> None:
    assert "dpia_views" in keys(notice({**NOES, "dpia_status": "done"}))
    assert "dpia" not in keys(notice({**NOES, "dpia_status": "done"}))


def test_answers_of_no_are_named_without_a_conclusion() -> None:
    fields = duties.settled_nothing(
        notice({"monitoring": "no", "decision_role": "none", "effect_terms": "yes"})
    )
    assert [one.key for one in fields] == ["monitoring", "decision_role"]


# ── procedures ─────────────────────────────────────────────────────────────────


def procedures(country: str, headcount: int = 0, *, has_body: bool = True, **answers: str) -> set[str]:
    content = notice({**NOES, **answers})
    return {one.key for one in duties.suggested_procedures(content, Profile(country, headcount, has_body))}


@pytest.mark.parametrize(
    ("country", "headcount", "expected"),
    [
        ("fr", 430, {"fr-cse"}),
        ("fr", 50, {"fr-cse"}),
        ("fr", 49, {"fr-cse-11-49"}),
        ("fr", 11, {"fr-cse-11-49"}),
        ("fr", 10, {"fr-no-cse"}),
        ("fr", 0, {"fr-cse", "fr-cse-11-49", "fr-no-cse"}),
        ("be", 49, {"generic"}),
        ("be", 50, {"be-cct39", "generic"}),
        ("de", 5, {"de-betrvg90", "generic"}),
        ("de", 4, {"generic"}),
        ("ca", 900, {"ca-labour-code-technological-change", "ca-fps-tech-change", "generic"}),
        ("lu", 200, {"generic"}),
        ("us", 200, {"generic"}),
    ],
)
def test_procedures_by_country_and_headcount(country: str, headcount: int, expected: set[str]) -> None:
    assert procedures(country, headcount) == expected


def test_without_a_body_in_france_staff_are_informed() -> None:
    assert procedures("fr", 430, has_body=False) == {"fr-cse", "fr-no-cse"}


def test_the_act_runs_beside_the_others() -> None:
    assert procedures("fr", 430, risk_class="high") == {"fr-cse", "eu-ai-act-26-7"}
    assert procedures("fr", 430, monitoring="unknown") == {"fr-cse", "eu-ai-act-26-7"}
    assert "eu-ai-act-26-7" not in procedures("ca", 430, risk_class="high")


# ── what stands out ────────────────────────────────────────────────────────────


def outstanding(opinion_by: date | None = None, **parts: Any) -> list[str]:
    found = duties.standing_out(notice(**parts), opinion_by=opinion_by)
    return [one.key for one in found]


def test_what_is_missing_stands_out() -> None:
    whole = {
        "groups": [Group(SAID, measures=SAID)],
        "unknowns": [Unknown(SAID, SAID, date(2027, 1, 4)), Unknown(SAID, SAID, delay=Delay.DAYS_30)],
        "rules": [Rule(RuleKind.FORBIDDEN, SAID, breach=Breach.RECOMMENDATION), Rule(RuleKind.ALLOWED, SAID)],
    }
    assert outstanding(**whole) == []
    assert outstanding(groups=[Group(SAID)]) == ["groups"]
    assert outstanding(unknowns=[Unknown(SAID)]) == ["unknowns", "unknowns"]
    assert outstanding(unknowns=[Unknown(SAID, answer=SAID)]) == []
    assert outstanding(rules=[Rule(RuleKind.DECLARED, SAID)]) == ["rules"]


def test_a_pilot_before_the_last_day_for_the_opinion_stands_out() -> None:
    def at(kind: MilestoneKind, day: date) -> dict[str, Any]:
        return {"milestones": [Milestone(kind, day)]}

    limit = date(2026, 12, 24)
    assert outstanding(limit, **at(MilestoneKind.PILOT, limit)) == ["milestones"]
    assert outstanding(limit, **at(MilestoneKind.PILOT, date(2026, 12, 25))) == []
    assert outstanding(limit, **at(MilestoneKind.DESIGN, date(2026, 1, 4))) == []
    assert outstanding(None, **at(MilestoneKind.PILOT, date(2020, 1, 4))) == []
