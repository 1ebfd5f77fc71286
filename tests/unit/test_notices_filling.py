"""Blanks of a whole notice: asked once each, filled wherever they stand, nobody's answer lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from consult.core.localized import LOCALES, Localized, TranslationState
from consult.notices import blanks, filling, starting
from consult.notices.blanks import Kind, Unchanged
from consult.notices.content import Content, Group, Milestone
from consult.notices.fields import Section
from consult.notices.filling import Answer, Overtaken, asked, filled, overtaken, spots_of
from consult.notices.readiness import dated, missing, texts_of
from consult.notices.rules import Authority, Delay, MilestoneKind
from consult.notices.starting import content_of, copy_of

EACH = pytest.mark.parametrize("key", sorted(starting.load()))


def pair(fr: str, en: str = "") -> Localized:
    return Localized.of(fr=fr, en=en)


def from_starter(key: str = "writing-assistant", source: str = "fr") -> Content:
    return content_of(starting.load()[key], source)


def every_answer(content: Content) -> dict[tuple[str, str], Answer]:
    values: dict[Kind, Answer] = {
        Kind.NUMBER: 1200, Kind.DATE: date(2027, 3, 1), Kind.NAME: "Plume", Kind.TEXT: "réponse.",
    }  # fmt: skip
    return {(one.key, language): values[one.kind] for one in asked(content) for language in LOCALES}


@EACH
@pytest.mark.parametrize("source", LOCALES)
def test_a_starter_filled_can_be_sent_but_for_what_only_its_writer_knows(key: str, source: str) -> None:
    content = from_starter(key, source)
    assert content.source == source and not content.milestones
    assert all(
        text.state(one) is TranslationState.CURRENT for _, text in texts_of(content) for one in LOCALES
    )
    assert ("groups", source) in missing(content, is_first=True) or key != "cv-screening"
    whole = filled(content, every_answer(content))
    assert asked(whole) == []
    assert missing(whole, is_first=True) == (), "the day of the roll-out came with the start of use"
    assert all(text.state(one) is TranslationState.CURRENT for _, text in texts_of(whole) for one in LOCALES)
    assert all(one.headcount == 1200 for one in whole.groups if _counted(key, one))


def _counted(key: str, group: Group) -> bool:
    return any(one.headcount and one.name.fr == group.name.texts["fr"] for one in starting.load()[key].groups)


@EACH
def test_blanks_come_by_section_each_once(key: str) -> None:
    found = asked(from_starter(key))
    assert len({one.key for one in found}) == len(found) <= 32
    order = [list(Section).index(one.section) for one in found]
    assert order == sorted(order)
    for one in found:
        assert set(one.questions) == set(one.spots) == set(LOCALES)
        assert all(f"[[{one.key}|" in spot.sentence for spot in one.spots.values())


@EACH
def test_nothing_a_starter_says_is_longer_than_its_control(key: str) -> None:
    content = from_starter(key)
    assert all(len(text) <= 300 for one in content.groups for text in one.name.texts.values())
    assert all(len(text) <= 300 for one in content.unknowns for text in one.owner.texts.values())
    assert all(len(text) <= 300 for one in content.changes for text in one.about.texts.values())


def test_numbers_and_days_are_written_as_each_language_does() -> None:
    content = Content(
        pair("T", "T"),
        fields={"sites": pair("Le [[start_on|Date]], [[n_total|Combien ?]] personnes.",
                              "On [[start_on|Date]], [[n_total|How many?]] people.")},
    )  # fmt: skip
    answers: dict[tuple[str, str], Answer] = {}
    for language in LOCALES:
        answers |= {("start_on", language): date(2027, 3, 1), ("n_total", language): 1200}
    done = filled(content, answers)
    assert done.fields["sites"].texts["fr"] == "Le 1ᵉʳ\u00a0mars\u00a02027, 1\u202f200 personnes."
    assert done.fields["sites"].texts["en"] == "On 1\u00a0March\u00a02027, 1,200 people."
    assert done.milestones == (Milestone(MilestoneKind.ROLL_OUT, date(2027, 3, 1), Localized({}, "fr")),)


def test_a_roll_out_and_a_headcount_already_given_stay() -> None:
    content = from_starter()
    mine = Milestone(MilestoneKind.ROLL_OUT, date(2028, 1, 1))
    groups = (
        replace(content.groups[0], headcount=7),
        replace(content.groups[1], name=pair("Autres", "Others")),
    )
    done = filled(replace(content, milestones=(mine,), groups=groups), every_answer(content))
    assert done.milestones == (mine,)
    assert [one.headcount for one in done.groups] == [7, None]


def test_filling_one_language_changes_nothing_of_what_the_other_says() -> None:
    text = pair("Pour [[services|Lesquels ?]].", "For [[services|Which?]].")
    content = Content(pair("T", "T"), fields={"sites": text})
    half = filled(content, {("services", "fr"): "les achats"})
    assert dict(half.fields["sites"].texts) == {"fr": "Pour les achats.", "en": "For [[services|Which?]]."}
    assert half.fields["sites"].state("en") is TranslationState.CURRENT
    (left,) = asked(half)
    assert set(left.spots) == {"en"} and left.question("fr") == "Which?"
    whole = filled(half, {("services", "en"): "purchasing"})
    assert whole.fields["sites"].state("en") is TranslationState.CURRENT and asked(whole) == []
    stale = Localized({"fr": "Neuf, [[n|Combien ?]].", "en": "Old."}, "fr", {"en": "0" * 16})
    done = filled(Content(pair("T"), fields={"sites": stale}), {("n", "fr"): "3"})
    assert done.fields["sites"].state("en") is TranslationState.STALE


def test_an_answer_nobody_asked_for_changes_nothing() -> None:
    content = from_starter()
    assert filled(content, {("nothing", "fr"): "x", ("n_total", "en"): ""}) == content.normal()
    assert filled(content, {}) == content.normal()


def test_the_same_form_sent_twice_is_no_conflict_and_another_answer_is() -> None:
    content = from_starter()
    before = spots_of(asked(content))
    mine: dict[tuple[str, str], Answer] = {("services", "fr"): "les achats", ("n_office", "fr"): 12}
    stored = filled(content, mine)
    assert overtaken(content, before, mine) == []
    assert overtaken(stored, before, mine) == []
    theirs = overtaken(stored, before, {("services", "fr"): "la paie"})
    assert theirs == [
        Overtaken(
            "intended_purpose", "fr", "Services équipés\u00a0: la paie.",
            stored.fields["intended_purpose"].texts["fr"],
        )
    ]  # fmt: skip
    assert overtaken(stored, [], mine) == []


@pytest.mark.parametrize(
    "rows",
    [None, 3, {}, [1], [["sites"]], [["sites", "a", "fr", 1]], [["sites", "a", "de", "[[a|q]]"]],
     [["nowhere", "a", "fr", "[[a|q]]"]], [["sites", "b", "fr", "[[a|q]]"]], [["sites", "a", "fr", "rien"]]],
)  # fmt: skip
def test_what_a_page_did_not_ask_is_left_out(rows: Any) -> None:
    assert filling.from_rows(rows) == []


def test_what_a_page_asked_comes_back() -> None:
    spots = spots_of(asked(from_starter()))
    assert filling.from_rows(filling.as_rows(spots)) == spots


# ── what may be sent ────────────────────────────────────────────────────────────


def test_a_blank_blocks_what_has_to_be_whole_in_either_language() -> None:
    content = from_starter()
    whole = filled(content, every_answer(content))
    hole = pair("Fini.", "For [[services|Which?]].")
    for change, key in (
        ({"fields": {**whole.fields, "monitoring": hole}}, "monitoring"),
        ({"summary": {**whole.summary, "limits": hole}}, "limits"),
        ({"title": hole}, "title"),
        ({"groups": (*whole.groups, Group(pair("A", "A"), measures=hole))}, "groups"),
        ({"unknowns": (replace(whole.unknowns[0], owner=hole),)}, "unknowns"),
    ):
        changes: dict[str, Any] = dict(change)
        assert missing(replace(whole, **changes), is_first=True) == ((key, "en"),), key
    free = replace(
        whole, fields={**whole.fields, "sites": hole}, rules=(replace(whole.rules[0], reason=hole),)
    )
    assert missing(free, is_first=True) == ()
    assert dated(free, date(2027, 1, 1)).follow_on == date(2027, 1, 31)
    assert dated(whole, date(2027, 1, 1)).follow_on is None


def test_a_blank_elsewhere_than_in_fields_follows_too() -> None:
    content = from_starter()
    whole = filled(content, every_answer(content))
    only_rule = replace(whole, rules=(replace(whole.rules[0], text=pair("[[a|Quoi ?]]", "[[a|What?]]")),))
    assert dated(only_rule, date(2027, 1, 1)).follow_on == date(2027, 1, 31)


# ── beginning ───────────────────────────────────────────────────────────────────


@EACH
def test_a_revision_knows_the_sentences_of_its_starter(key: str) -> None:
    content = from_starter(key)
    known = starting.known_sentences(content.starter)
    assert content.starter["key"] == key
    for language in LOCALES:
        assert blanks.unchanged(content.fields["excluded_uses"].texts[language], known) is Unchanged.WHOLE
        assert blanks.unchanged(content.rules[0].reason.texts[language], known) is Unchanged.WHOLE
        filled_in = blanks.fill(content.fields["decision_role"].texts[language], {"decision_use": "Aucun"})
        has_blank = filled_in != content.fields["decision_role"].texts[language]
        assert blanks.unchanged(filled_in, known) is (Unchanged.NONE if has_blank else Unchanged.WHOLE), (
            "filling is writing"
        )
    assert starting.known_sentences({}) == starting.known_sentences({"sentences": "abc"}) == frozenset()


def test_a_copy_leaves_dates_files_and_what_followed() -> None:
    content = from_starter()
    older = replace(
        filled(content, every_answer(content)),
        changelog=pair("Neuf"), follow_on=date(2027, 1, 1), authority=Authority.ATTACHMENT,
        unknowns=(replace(content.unknowns[0], due_on=date(2027, 1, 1), answered_on=date(2027, 1, 2)),),
        learning_plan=(replace(content.learning_plan[0], day=date(2027, 1, 1)),),
    )  # fmt: skip
    copied = copy_of(older, "en")
    assert copied.source == "en" and copied.fields["monitoring"].source == "en"
    assert copied.fields["monitoring"].state("fr") is TranslationState.CURRENT
    assert not copied.milestones and not copied.attachments and not copied.changelog
    assert copied.follow_on is None and copied.authority is Authority.SOURCE
    assert copied.unknowns[0].due_on is None and copied.unknowns[0].answered_on is None
    assert copied.unknowns[0].delay is Delay.LIVE_90 and copied.learning_plan[0].day is None
    assert dict(copied.starter) == dict(content.starter)
    assert [one.name.texts for one in copied.groups] == [one.name.texts for one in older.groups]


def test_what_representatives_will_ask() -> None:
    assert len(starting.questions_for("cv-screening")) == 8
    assert starting.questions_for("nothing") == starting.duties_for("") == ()
    assert any("L2312-38" in one.en for one in starting.duties_for("cv-screening"))
