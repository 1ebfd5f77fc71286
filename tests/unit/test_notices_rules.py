"""What keeps a notice from being sent, how far each language has come, and texts as people edit them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.core.localized import LOCALES, Localized, TranslationState
from consult.notices import fields, readiness, rules
from consult.notices.content import Attachment, Content, Group, Milestone, Unknown
from consult.notices.fields import FIELDS, SECTIONS, SUMMARY, Section
from consult.notices.imports.aia_fields import FIELDS as AIA_FIELDS
from consult.notices.readiness import parity
from consult.notices.rules import TRANSITIONS, MilestoneKind, NoticeState, rebased, slug_of, typed

NOTHING = Localized({})
PLUME = Localized.of(fr="Plume")
DAY = date(2027, 1, 4)


@dataclass(frozen=True)
class Text(Content):
    title: Localized = PLUME
    number: int = 1


def whole(source: str = "fr") -> Text:
    """All that is asked for, in the authoritative language alone."""

    def said(key: str) -> Localized:
        return Localized({source: key}, source)

    return Text(
        title=said("Plume"),
        summary={key: said(key) for key in rules.SUMMARY_KEYS},
        fields={key: said(key) for key in rules.REQUIRED_FIELDS},
        groups=(Group(said("Conseillers")),),
        unknowns=(Unknown(said("coût"), due_on=DAY),),
        milestones=(Milestone(MilestoneKind.PILOT, DAY),),
    )


# ── what prevents sending ──────────────────────────────────────────────────────


def missing(text: Any) -> tuple[tuple[str, str], ...]:
    return readiness.missing(text, is_first=text.number == 1)


@pytest.mark.parametrize("source", LOCALES)
def test_a_notice_in_one_language_can_be_sent(source: str) -> None:
    assert missing(whole(source)) == ()


@pytest.mark.parametrize("source", LOCALES)
def test_the_other_language_alone_is_not_enough(source: str) -> None:
    target = next(one for one in LOCALES if one != source)
    other = Localized({target: "Said"}, source)
    text = Text(
        title=other,
        summary=dict.fromkeys(rules.SUMMARY_KEYS, other),
        fields=dict.fromkeys(rules.REQUIRED_FIELDS, other),
        groups=(Group(other),),
    )
    keys = ["title", *rules.SUMMARY_KEYS, "groups", *rules.REQUIRED_FIELDS, "unknowns", "milestones"]
    assert missing(text) == tuple((key, source) for key in keys)


@pytest.mark.parametrize("key", rules.SUMMARY_KEYS)
def test_each_of_the_seven_sentences_is_needed(key: str) -> None:
    text = whole()
    del text.summary[key]
    assert missing(text) == ((key, "fr"),)


@pytest.mark.parametrize("key", rules.REQUIRED_FIELDS)
@pytest.mark.parametrize("blank", [None, "", " \n "])
def test_each_field_of_the_short_form_is_needed(key: str, blank: str | None) -> None:
    text = whole()
    if blank is None:
        del text.fields[key]
    else:
        text.fields[key] = Localized({"fr": blank, "en": "Said"})
    assert missing(text) == ((key, "fr"),)


def test_groups_and_dates_are_needed() -> None:
    assert missing(replace(whole(), groups=())) == (("groups", "fr"),)
    assert missing(replace(whole(), milestones=())) == (("milestones", "fr"),)
    assert missing(replace(whole(), unknowns=())) == (("unknowns", "fr"),)


def test_a_review_is_no_start() -> None:
    review = replace(whole(), milestones=(Milestone(MilestoneKind.REVIEW, DAY),))
    assert missing(review) == (("milestones", "fr"),)
    assert readiness.start_of(review) is None
    both = replace(whole(), milestones=(
        Milestone(MilestoneKind.ROLL_OUT, DAY), Milestone(MilestoneKind.PILOT, DAY - timedelta(days=30))
    ))  # fmt: skip
    assert readiness.start_of(both) == DAY - timedelta(days=30), "a pilot used by staff counts as a start"
    assert readiness.go_live_of(both) == DAY


def test_what_each_group_says_need_not_be_said_twice() -> None:
    text = whole()
    del text.fields["affected_count"], text.fields["mitigation"]
    assert {key for key, _language in missing(text)} == {"affected_count", "mitigation"}
    group = Group(Localized.of(fr="Soir"), headcount=0, measures=Localized.of(fr="Formation"))
    assert missing(replace(text, groups=(group,))) == ()
    other = Group(Localized.of(fr="Nuit"))
    assert len(missing(replace(text, groups=(group, other)))) == 2, "every group, or words for all"


@pytest.mark.parametrize("key", ["monitoring", "decision_role", "data_inputs"])
def test_a_closed_answer_answers(key: str) -> None:
    text = whole()
    del text.fields[key]
    assert missing(replace(text, answers={key: "unknown"})) == ()
    assert missing(replace(text, answers={key: ""})) == ((key, "fr"),)


@pytest.mark.parametrize("value", ["", "no", "medical", "safety", "unknown", "yes"])
def test_only_an_explicit_inference_of_emotions_blocks(value: str) -> None:
    """AI Act, Article 5(1)(f)."""
    text = replace(whole(), answers={"emotion_inference": value, "risk_class": "prohibited"})
    assert missing(text) == ((("emotion_inference", "fr"),) if value == "yes" else ())


def test_a_blank_of_a_starter_is_nothing_said() -> None:
    text = whole()
    text.fields["data_inputs"] = Localized.of(fr="Gardées [[weeks|Combien de semaines ?]] semaines.")
    text.summary["who"] = Localized.of(fr="[[who|Qui ?]]")
    text.fields["environment"] = Localized.of(fr="[[kwh|Combien ?]] kWh")
    assert missing(text) == (("who", "fr"), ("data_inputs", "fr"))
    text.fields["data_inputs"] = Localized.of(fr="Des [[crochets]] ou [[sans fin|")
    assert missing(text) == (("who", "fr"),)


def test_where_both_languages_count_both_are_needed() -> None:
    text = replace(whole(), authority=rules.Authority.BOTH)
    assert {language for _key, language in missing(text)} == {"en"}
    assert missing(replace(text, authority=rules.Authority.SOURCE)) == ()


def test_a_text_in_another_language_is_attached() -> None:
    text = replace(whole(), authority=rules.Authority.ATTACHMENT)
    assert missing(text) == (("authority", "fr"),)
    file = Attachment("0" * 64, "avis.pdf", "application/pdf", 3, language="de")
    assert missing(replace(text, attachments=(file,))) == (("authority", "fr"),)
    assert missing(replace(text, attachments=(replace(file, is_authoritative=True),))) == ()


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.sampled_from(list(rules.Delay)), st.booleans())
def test_every_delay_becomes_a_day_at_publication(on: date, delay: rules.Delay, has_start: bool) -> None:
    start = (Milestone(MilestoneKind.ROLL_OUT, DAY),) if has_start else ()
    text = Content(
        PLUME,
        unknowns=(Unknown(PLUME, delay=delay), Unknown(PLUME, due_on=DAY, delay=delay)),
        milestones=start,
    )
    first, second = readiness.dated(text, on).unknowns
    live = "/go_live" in delay
    assert first.due_on == (DAY if live and has_start else on) + timedelta(days=int(delay[1:3]))
    assert second.due_on == DAY, "a day that was given stays"


def test_what_is_left_blank_follows_within_thirty_days() -> None:
    text = whole()
    assert readiness.dated(text, DAY).follow_on is None
    text.fields["environment"] = Localized.of(fr="[[kwh|Combien ?]] kWh")
    assert readiness.dated(text, DAY).follow_on == DAY + timedelta(days=30)
    assert readiness.dated(replace(text, follow_on=DAY), DAY).follow_on == DAY


def test_a_group_without_measure_prevents_nothing() -> None:
    assert missing(replace(whole(), groups=(Group(Localized.of(fr="Soir")),))) == ()


def test_a_later_revision_says_what_changed() -> None:
    second = replace(whole(), number=2)
    assert missing(second) == (("changelog", "fr"),)
    assert missing(replace(second, changelog=Localized.of(fr="Un référent."))) == ()


def test_two_minutes_are_180_words() -> None:
    text = whole()
    text.summary.update(what=Localized.of(fr="mot " * 174, en="word " * 500))
    assert missing(text) == ()  # the other six are one word each
    text.summary.update(unknown=Localized.of(fr="un mot"))
    assert missing(text) == (("summary_words", "fr"),)


def test_french_signs_are_no_words() -> None:
    said = "Ce qu’il fera\u00a0: rien, aujourd’hui\u202f; « demain »\u00a0? 1\u202f200 fois."
    assert readiness.words_in({"what": Localized.of(fr=said)}, "fr") == 9


# ── parity ─────────────────────────────────────────────────────────────────────


def test_parity_counts_current_stale_and_missing() -> None:
    text = whole()
    text.fields["monitoring"] = Localized.of(fr="Oui", en="Yes")
    text.fields["decision_role"] = Localized({"fr": "Oui", "en": "Yes"}, "fr", {"en": "0" * 16})
    text.fields["environment"] = Localized({"en": "Nothing"})
    counts = parity(text)
    # title, 7 sentences, 11 fields, 1 more, 1 group name, 1 unknown; the milestone has no label
    assert counts["en"] == readiness.Parity(current=2, stale=1, missing=19)
    assert counts["fr"] == readiness.Parity(current=21, stale=0, missing=1)
    assert not counts["fr"].is_whole


def test_an_empty_notice_lacks_what_is_needed_in_both_languages() -> None:
    counts = parity(Text(title=Localized({})))
    assert counts["fr"] == counts["en"] == readiness.Parity(missing=19)


texts = st.dictionaries(st.sampled_from(LOCALES), st.sampled_from(["", " ", "un", "deux", "trois"]))
values = st.builds(
    lambda said, source, made: Localized(said, source, {k: v for k, v in made.items() if k != source}),
    texts,
    st.sampled_from(LOCALES),
    st.dictionaries(st.sampled_from(LOCALES), st.sampled_from(["0" * 16])),
)


@given(values, st.dictionaries(st.sampled_from(sorted(fields.BY_KEY)), values), st.lists(values, max_size=3))
def test_parity_always_adds_up(title: Localized, prose: dict[str, Localized], names: list[Localized]) -> None:
    text = Text(title=title, fields=prose, groups=tuple(Group(one) for one in names))
    counts = parity(text)
    assert counts["fr"].total == counts["en"].total == len(list(readiness.texts_of(text)))
    for language in LOCALES:
        assert counts[language].is_whole == all(
            one.state(language) is TranslationState.CURRENT for _key, one in readiness.texts_of(text)
        )
        assert all(key in dict(readiness.texts_of(text)) for key in rules.REQUIRED_FIELDS)


@given(values, texts, st.sampled_from(LOCALES), st.sets(st.sampled_from(LOCALES)))
def test_a_saved_translation_is_current_only_if_it_was_written_or_confirmed(
    before: Localized, said: dict[str, str], source: str, confirmed: set[str]
) -> None:
    after = typed(before, said, source=source, confirmed=confirmed)
    target = next(one for one in LOCALES if one != source)
    based = rebased(before, source)
    assert after.source == source
    assert {k: v.strip() for k, v in after.texts.items()} == {
        k: v.strip() for k, v in said.items() if v.strip()
    }
    if after.state(target) is TranslationState.CURRENT and after.texts.get(source, "").strip():
        was_written = said.get(target, "").strip() != based.texts.get(target, "").strip()
        stayed = based.state(target) is TranslationState.CURRENT and after.texts.get(
            source, ""
        ) == based.texts.get(source, "")
        # A text that once stood without source was made from nothing; the same nothing is the same source.
        assert was_written or target in confirmed or stayed
    if said.get(source, "").strip() and target not in confirmed:
        source_moved = after.texts[source] != based.texts.get(source)
        untouched = after.texts.get(target) == based.texts.get(target) and target in after.texts
        if source_moved and untouched:
            assert after.state(target) is TranslationState.STALE


@given(values, st.sampled_from(LOCALES))
def test_sent_back_as_it_came_nothing_changes(before: Localized, source: str) -> None:
    based = rebased(before, source)
    as_browsers_do = {lang: based.texts.get(lang, "").replace("\n", "\r\n") for lang in LOCALES}
    once = typed(before, as_browsers_do, source=source)
    assert once.state("fr") == based.state("fr") and once.state("en") == based.state("en")
    assert typed(once, as_browsers_do, source=source) == once


@given(values, st.sampled_from(LOCALES))
def test_another_authoritative_language_makes_no_stale_text_current(text: Localized, source: str) -> None:
    changed = rebased(text, source)
    assert changed.texts == text.texts and changed.source == source
    whole_pair = all(text.texts.get(lang, "").strip() for lang in LOCALES)
    if whole_pair and any(text.state(lang) is TranslationState.STALE for lang in LOCALES):
        assert any(changed.state(lang) is TranslationState.STALE for lang in LOCALES)
    if whole_pair and all(text.state(lang) is TranslationState.CURRENT for lang in LOCALES):
        assert all(changed.state(lang) is TranslationState.CURRENT for lang in LOCALES)


def test_typed_text_has_one_kind_of_line_end_and_no_nul() -> None:
    after = typed(Localized({}), {"fr": "  a\r\nb\x00\x07\tc\r "}, source="fr")
    assert after.texts["fr"] == "a\nb\tc"


# ── addresses ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Plume, l’assistant qui propose des réponses", "plume"),
        ("Boussole : le tri", "boussole"),
        ("Écho", "echo"),
        ("L’œuvre d’été à Noël", "l-oeuvre-d-ete-a-noel"),
        ("IA: tri des dossiers", "ia-tri-des-dossiers"),
        ("", "notice"), ("日本", "notice"), (" – ", "notice"),
        ("Straße İstanbul ½ x²", "strasse-istanbul-1-2-x2"),
    ],
)  # fmt: skip
def test_addresses_are_short_and_plain(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@given(st.text(max_size=300), st.sets(st.sampled_from(["notice", "notice-2", "a", "plume", "plume-2"])))
def test_every_title_has_a_free_address(title: str, taken: set[str]) -> None:
    slug = rules.free_slug(slug_of(title), taken)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and len(slug) <= 60
    assert slug not in taken | rules.RESERVED


# ── declarations ───────────────────────────────────────────────────────────────


def test_every_key_is_declared_once_and_written_somewhere() -> None:
    keys = [one.key for one in FIELDS]
    assert len(keys) == len(set(keys)) and not set(keys) & set(rules.SUMMARY_KEYS)
    tables = {one.section for one in fields.TABLES}
    assert {one.section for one in FIELDS} | tables == set(Section) - {Section.ESSENTIALS, Section.SHORT}
    assert not {one.key for one in fields.TABLES} & (set(keys) | set(rules.SUMMARY_KEYS))
    assert [*SECTIONS, Section.SHORT] == list(Section)
    assert set(fields.EDITED) == set(Section)
    assert len(fields.of_section(Section.SHORT)) + len(fields.tables_of(Section.SHORT)) == 14
    order = list(Section)
    assert [order.index(one.section) for one in FIELDS] == sorted(order.index(one.section) for one in FIELDS)


def test_what_imports_and_stories_fill_is_declared() -> None:
    assert set(fields.BY_KEY) >= AIA_FIELDS
    assert set(rules.REQUIRED_FIELDS) <= set(fields.BY_KEY)
    assert tuple(one.key for one in SUMMARY) == rules.SUMMARY_KEYS
    assert set(rules.REQUIRED_TABLES) <= set(fields.BY_TABLE)
    assert len(rules.REQUIRED_FIELDS) + len(rules.REQUIRED_TABLES) == 14
    assert set(fields.STATES) == set(NoticeState)
    assert set(fields.MILESTONE_KINDS) == set(rules.MilestoneKind)


def test_every_key_that_may_be_missing_has_words_and_a_place() -> None:
    for key, _language in missing(Text(title=Localized({}), number=2)):
        assert str(fields.label_of(key)) and fields.section_of(key) in Section
    assert fields.section_of("groups.0.name") is Section.PEOPLE
    with pytest.raises(KeyError):
        fields.section_of("nothing")


def test_nobody_named_is_asked_for() -> None:
    assert "named_first_affected" not in fields.BY_KEY


def test_states_lead_on() -> None:
    assert set(TRANSITIONS) == set(NoticeState)
    assert set(rules.REVIEWS) == set(fields.REVIEWS) == set(rules.Review)
    assert TRANSITIONS[NoticeState.PUBLISHED] == {NoticeState.WITHDRAWN}
    assert not TRANSITIONS[NoticeState.WITHDRAWN]
