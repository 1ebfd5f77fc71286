"""Two texts of a notice: nothing that differs is missed, and nothing is shown that is the same."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.core.localized import Localized
from consult.notices.comparing import Change, Kind, compare, matched
from consult.notices.content import Attachment, Content, Group, LearningStep, Milestone, Rule, Unknown
from consult.notices.differences import LONGEST, Mark, Segment, alike, segments
from consult.notices.readiness import texts_of
from consult.notices.rules import Authority, FileReaders, LearningKind, MilestoneKind, RuleKind
from tests.notices import whole

WORDS = st.sampled_from([
    "le ", "la ", "outil ", "l’outil ", "ne ", "note ", "personne", ".", " ; ", "\u202f!", "\n", "\n\n", "a",
    "12,5\u00a0%", "c'est-à-dire ", "don't ", "«\u00a0", "\u00a0»", "😀", "e\u0301", "-", "’", " ",
])  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=60).map("".join))


def sides(found: tuple[Segment, ...]) -> tuple[str, str]:
    return (
        "".join(one.text for one in found if one.mark is not Mark.ADDED),
        "".join(one.text for one in found if one.mark is not Mark.REMOVED),
    )


def said(old: str, new: str) -> str:
    signs = {Mark.KEPT: "{}", Mark.REMOVED: "[-{}-]", Mark.ADDED: "[+{}+]"}
    return "".join(signs[one.mark].format(one.text) for one in segments(old, new))


# ── words ──────────────────────────────────────────────────────────────────────


@given(TEXTS, TEXTS)
@settings(max_examples=400)
def test_both_texts_come_back_whole(old: str, new: str) -> None:
    found = segments(old, new)
    assert sides(found) == (old, new)
    assert all(one.text for one in found)
    marks = [one.mark for one in found]
    assert all(one != other for one, other in pairwise(marks))
    assert (Mark.ADDED, Mark.REMOVED) not in set(pairwise(marks))


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert segments(text, text) == ((Segment(Mark.KEPT, text),) if text else ())


@given(st.lists(WORDS, min_size=1, max_size=30).map("".join))
@settings(max_examples=30)
def test_a_long_text_comes_back_whole_too(piece: str) -> None:
    old = f"{piece}\n" * (LONGEST // (len(piece) + 1) + 1)
    new = old.replace("\n", "\nAjouté.\n", 2)
    assert sides(segments(old, new)) == (old, new)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Il note.", "Il ne note pas.", "Il [+ne +]note[+ pas+]."),
        ("L’outil note.", "L’assistant note.", "L’[-outil-][+assistant+] note."),
        ("Noter : oui", "Noter\u00a0: oui", "Noter[- -][+\u00a0+]: oui"),
        ("I don’t know.", "I do know.", "I [-don’t-][+do+] know."),
        ("Le 4 janvier 2027.", "Le 11 janvier 2027.", "Le [-4-][+11+] janvier 2027."),
        ("12,5 % du temps", "13,5 % du temps", "[-12,5-][+13,5+] % du temps"),
        ("", "Du texte.", "[+Du texte.+]"),
        ("Du texte.", "", "[-Du texte.-]"),
        (
            "Un support technique répond de 9 h à 17 h.",
            "Un référent sera présent jusqu’à 20 h les soirs.",
            "Un [-support technique répond de 9 h à 17 h-][+référent sera présent jusqu’à 20 h les soirs+].",
        ),
    ],
)  # fmt: skip
def test_words_change_and_what_is_around_them_stays(old: str, new: str, expected: str) -> None:
    assert said(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 9_900, "b a " * 4_900),
        (" ".join(f"m{at}" for at in range(3_000)), " ".join(f"m{at}" for at in range(3_000, 0, -1))),
        ("\n".join(["a"] * 50_000), "\n".join(["a", "b"] * 50_000)),
        ("ab" * 200_000, "ba" * 200_000),
        (" " * 20_000, "\u00a0" * 20_000),
    ],
)
def test_no_text_keeps_the_server_busy(old: str, new: str) -> None:
    before = time.process_time()
    found = segments(old, new)
    assert time.process_time() - before < 2.5
    assert sides(found) == (old, new)


def test_alike_goes_by_words() -> None:
    assert alike("Le coût réel", "le coût, réel !") == 1.0
    assert alike("Le coût", "La charge") == 0.0
    assert alike("", "") == 0.0


# ── rows ───────────────────────────────────────────────────────────────────────


@given(st.lists(TEXTS, max_size=8), st.lists(TEXTS, max_size=8))
def test_every_row_is_told_once(before: list[str], after: list[str]) -> None:
    found = matched(before, after, str)
    assert sorted(old for old, _new in found if old is not None) == sorted(before)
    assert [new for _old, new in found if new is not None] == after


def test_rows_are_known_by_their_text_not_by_their_place() -> None:
    found = matched(["Nantes", "Le coût réel de l’outil", "Lille"], ["Lille", "Le coût réel", "Metz"], str)
    assert found == [
        ("Nantes", None), ("Lille", "Lille"), ("Le coût réel de l’outil", "Le coût réel"), (None, "Metz")
    ]  # fmt: skip


# ── contents ───────────────────────────────────────────────────────────────────


def both(fr: str, en: str) -> Localized:
    return Localized.of(fr=fr, en=en)


def changes(old: Content, new: Content, language: str = "fr") -> dict[str, Change]:
    return {one.key: one for one in compare(old, new, language).changes}


def test_the_same_text_has_no_change() -> None:
    found = compare(whole(), whole(), "fr")
    assert found.changes == ()
    assert len(found.same) > 15


FILE = Attachment("a" * 64, "notice.pdf", "application/pdf", 10, both("Notice", "Notice"))
EVERYTHING = whole(
    answers={"monitoring": "no"},
    learning_plan=(LearningStep(LearningKind.TRAINING, both("Deux jours", "Two days")),),
    rules=(Rule(RuleKind.FORBIDDEN, both("Noter", "Score")),),
    attachments=(FILE,),
)


def test_a_change_of_any_text_is_seen_in_each_language() -> None:
    """Whatever carries a text: key by key, so that a new one cannot be forgotten."""
    for key, _text in texts_of(EVERYTHING):
        changed = _with(EVERYTHING, key, both("Tout autre", "Quite another"))
        for language, words in (("fr", "Tout autre"), ("en", "Quite another")):
            found = compare(EVERYTHING, changed, language).changes
            assert len(found) == 1 or {one.kind for one in found} == {Kind.ADDED, Kind.REMOVED}, key
            parts = [part for one in found for part in one.parts if part.language == language]
            assert words in {sides(part.segments)[1] for part in parts}, key


def _with(content: Content, key: str, text: Localized) -> Content:
    name, _dot, rest = key.partition(".")
    if rest:
        at, _dot, cell = rest.partition(".")
        rows = list(getattr(content, name))
        rows[int(at)] = replace(rows[int(at)], **{cell: text})
        return replace(content, **{name: tuple(rows)})
    if name == "title":
        return replace(content, title=text)
    part = "summary" if name in content.summary else "fields"
    return replace(content, **{part: {**getattr(content, part), name: text}})


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"answers": {"monitoring": "yes"}}, "monitoring"),
        ({"authority": Authority.BOTH}, "authority"),
        ({"follow_on": date(2027, 1, 1)}, "follow_on"),
        ({"groups": (replace(EVERYTHING.groups[0], headcount=12),)}, "groups"),
        ({"groups": (replace(EVERYTHING.groups[0], sites="Lille"),)}, "groups"),
        ({"milestones": (replace(EVERYTHING.milestones[0], day=date(2028, 1, 1)),)}, "milestones"),
        ({"rules": (replace(EVERYTHING.rules[0], kind=RuleKind.ALLOWED),)}, "rules"),
        ({"attachments": (replace(FILE, digest="b" * 64),)}, "attachments.files"),
    ],
)
def test_what_is_no_text_is_seen_too(change: dict[str, object], key: str) -> None:
    (found,) = compare(EVERYTHING, replace(EVERYTHING, **change), "en").changes
    assert found.key == key
    marks = {one.mark for part in found.parts for one in part.segments}
    assert marks <= {Mark.REMOVED, Mark.ADDED} and Mark.ADDED in marks


def test_closed_answers_are_told_by_their_words() -> None:
    old = whole(answers={"monitoring": "no"})
    found = changes(old, replace(old, answers={}))["monitoring"]
    assert [str(one.text) for one in found.parts[0].segments] == ["No"]
    assert found.kind is Kind.CHANGED, "its text is still there"


def test_rows_that_came_went_and_changed() -> None:
    cost, load = Unknown(both("Le coût réel", "The real cost")), Unknown(both("La charge", "The workload"))
    late = replace(cost, due_on=date(2027, 3, 1))
    new = Unknown(both("L’énergie", "The energy"), due_on=date(2027, 2, 1))
    found = compare(whole(unknowns=(cost, load)), whole(unknowns=(new, late)), "fr").changes
    told = [(str(one.row), one.kind) for one in found]
    assert told == [
        ("L’énergie", Kind.ADDED), ("Le coût réel", Kind.CHANGED), ("La charge", Kind.REMOVED)
    ]  # fmt: skip
    changed = next(one for one in found if one.kind is Kind.CHANGED)
    assert [one.text for one in changed.parts[0].segments] == [date(2027, 3, 1)]


def test_rows_in_another_order_are_the_same() -> None:
    rows = tuple(Group(both(f"Équipe {at}", f"Team {at}"), headcount=at) for at in range(4))
    assert not compare(whole(groups=rows), whole(groups=rows[::-1]), "fr").changes


def test_a_day_without_words_is_named_by_its_kind() -> None:
    old, new = (Milestone(MilestoneKind.PILOT, date(2027, 1, day)) for day in (4, 11))
    (found,) = compare(whole(milestones=(old,)), whole(milestones=(new,)), "fr").changes
    assert (str(found.row), found.language, found.kind) == ("Pilot", "", Kind.CHANGED)


def test_where_a_translation_cannot_be_trusted_the_authoritative_text_is_compared() -> None:
    old = both("Un essai.", "A trial.")
    behind = old.written({"fr": "Deux essais.", "en": "A trial."})
    found = changes(whole(fields={"nature": old}), whole(fields={"nature": behind}), "en")["nature"]
    assert found.parts[0].language == "fr"
    caught_up = behind.written({"fr": "Deux essais.", "en": "Two trials."})
    assert not changes(whole(fields={"nature": behind}), whole(fields={"nature": caught_up}), "en")
    alone = Localized.of(fr="Un essai.")
    assert not changes(whole(fields={"nature": alone}), whole(fields={"nature": old}), "en")


def test_what_the_notice_says_of_its_own_changes_is_no_change() -> None:
    assert not compare(whole(), whole(changelog=both("Tout.", "All.")), "fr").changes


def test_a_file_the_reader_may_not_know_of_is_not_told() -> None:
    secret = replace(FILE, readers=FileReaders.CONFIDENTIAL, name="plan-secret.pdf")
    found = compare(
        whole(), whole(attachments=(secret,)), "fr", names=lambda one: one.readers != "confidential"
    )
    assert found.changes == () and "secret" not in repr(found)


def test_the_printer_of_french_has_its_say_before_the_comparison() -> None:
    old, new = (
        whole(fields={"nature": both("Oui !", "Yes!")}),
        whole(fields={"nature": both("Oui\u202f!", "Yes!")}),
    )
    assert changes(old, new)
    assert not compare(old, new, "fr", typeset=lambda text, _lang: text.replace(" !", "\u202f!")).changes
