"""The story as it is written: it hangs together, is said in both languages, and is well set."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from consult.anonymity.message import MAX_ENCODED, Kind, Message, Topic
from consult.core.errors import NotFound
from consult.core.localized import TranslationState
from consult.demo import content, schema
from consult.demo.parts import Text
from consult.demo.rules import place
from consult.demo.texts import Revision
from consult.notices.fields import FIELDS
from consult.notices.rules import SUMMARY_WORDS, RuleKind

TODAY = date(2026, 11, 24)
STORY = content.load("fr", today=TODAY)
INCOMPLETE = "repere"
WRONG_FRENCH = re.compile(
    r"[\w»)] [:;!?»%€]|« [^\u00a0]|(?<!\u202f)[;!?]|(?<=\w)'|\.\.\.|[“”\"]|[^\S\n]$|\{date"
)
WRONG_IN_CANADA = re.compile(r"[\w»)] [:»%]|« [^\u00a0]|[\s\u00a0\u202f][;!?]|(?<=\w)'|\.\.\.|[“”\"]|\{date")
WRONG_ENGLISH = re.compile(r"(?<=\w)'|\"|\w [:;!?](?=\s|$)|\.\.\.|«|»|\{date")


def texts() -> list[tuple[str, Text]]:
    return list(content.texts(STORY))


def test_there_are_hundreds_of_texts() -> None:
    assert len([text for _path, text in texts() if text]) > 500


def test_everything_is_said_in_both_languages_but_in_the_unfinished_draft() -> None:
    unfinished = [path for path, text in texts() if text and not (text.fr.strip() and text.en.strip())]
    place_of_draft = next(at for at, one in enumerate(STORY.notices) if one.slug == INCOMPLETE)
    assert unfinished
    assert all(path.startswith(f"notices[{place_of_draft}].") for path in unfinished)


def test_the_unfinished_draft_has_every_state_of_a_translation() -> None:
    revision = STORY.notice(INCOMPLETE).revisions[0]
    states = {text.localized.state("en") for text in (revision.title, *revision.summary.values())}
    assert states == set(TranslationState)


@pytest.mark.parametrize("name", content.names())
@pytest.mark.parametrize("language", ["fr", "en"])
def test_typography(language: str, name: str) -> None:
    """In Canada, nothing stands before a semicolon, an exclamation or a question mark."""
    french = WRONG_IN_CANADA if name == "ca" else WRONG_FRENCH
    wrong = french if language == "fr" else WRONG_ENGLISH
    for path, text in content.texts(content.load(name, today=TODAY)):
        said = text.fr if language == "fr" else text.en
        found = wrong.search(said)
        assert not found, f"{path}: {said[max(0, found.start() - 20) : found.end() + 20]!r}"


def test_the_smaller_stories_are_said_in_the_languages_they_work_in() -> None:
    for name in ("ca", "small"):
        story = content.load(name, today=TODAY)
        languages = set(story.organisation.languages)
        for path, text in content.texts(story):
            if not text or path.startswith("organisation.emergency"):
                continue
            said = {one for one in ("fr", "en") if getattr(text, one).strip()}
            assert said == languages, path
        for revision in story.notices[0].revisions:
            for language in languages:
                words = " ".join(getattr(one, language) for one in revision.summary.values()).split()
                assert len(words) <= SUMMARY_WORDS


def test_french_and_english_do_not_stand_in_each_others_place() -> None:
    for path, text in texts():
        assert not re.search(r"\b(the|which|they)\b", text.fr), path
        assert not re.search(r"\b(les|avec|nous)\b", text.en), path


def test_the_two_minute_pages_take_two_minutes() -> None:
    for notice in STORY.notices:
        for revision in notice.revisions:
            for language in ("fr", "en"):
                said = " ".join(getattr(one, language) for one in revision.summary.values())
                assert len(said.split()) <= SUMMARY_WORDS, (notice.slug, language)


def test_every_notice_says_what_one_may_do_what_is_not_known_and_how_one_learns() -> None:
    for notice in STORY.notices:
        if notice.slug == INCOMPLETE:
            continue
        for revision in notice.revisions:
            assert {one.kind for one in revision.rules} == set(RuleKind), notice.slug
            assert 4 <= len(revision.rules) <= 8 and all(one.reason for one in revision.rules), notice.slug
            assert 2 <= len(revision.unknowns) <= 4, notice.slug
            assert revision.learning_plan and revision.changes and revision.answers, notice.slug
            said = {one.key for one in FIELDS if one.choices and one.key not in {"impact_level"}}
            assert revision.answers.keys() <= said
            assert all(one.answered_on is not None for one in revision.unknowns if one.answer), notice.slug
            assert all(bool(one.support) <= bool(one.measures) for one in revision.groups), notice.slug


def test_some_unknowns_were_answered_and_some_are_late() -> None:
    newest = [notice.revisions[-1] for notice in STORY.notices if not notice.is_draft]
    unknowns = [one for revision in newest for one in revision.unknowns]
    assert sum(bool(one.answer) for one in unknowns) >= 3
    assert any(not one.answer and one.due_on is not None and one.due_on < 0 for one in unknowns)
    assert STORY.notice("plume").revisions[1].unknowns[-1].answer
    assert any(revision.follow_on for revision in newest)


def test_an_answer_there_is_not_is_refused() -> None:
    revision = STORY.notices[0].revisions[0].model_dump()
    with pytest.raises(ValidationError, match="is no answer to"):
        Revision.model_validate({**revision, "answers": {"monitoring": "perhaps"}})


def test_messages_fit_and_stay_as_they_were_typed() -> None:
    for notice in STORY.notices:
        for one in notice.letterbox.messages if notice.letterbox else ():
            topics = tuple(Topic(name) for name in one.topics)
            said = Message(kind=Kind(one.kind), topics=topics, language=one.language, text=one.text)
            assert len(said.encode()) <= MAX_ENCODED
            assert one.topics
            assert one.text == one.text.strip()


def test_messages_are_all_different() -> None:
    for notice in STORY.notices:
        said = [one.text for one in notice.letterbox.messages] if notice.letterbox else []
        assert len(said) == len(set(said))


def test_a_published_wording_never_repeats_a_name_of_the_message() -> None:
    """Capitalised words inside a sentence that the wording shares would be names."""
    for notice in STORY.notices:
        for one in notice.letterbox.messages if notice.letterbox else ():
            names = set(re.findall(r"(?<=[a-zé,] )[A-ZÉ][a-zé]{2,}", one.text)) - {
                "Plume",
                "Boussole",
                "Envoyer",
            }
            assert not names & set(re.findall(r"\w+", one.wording.fr)), one.text


def test_what_is_waiting_is_thirty() -> None:
    assert {one.slug: len(one.letterbox.waiting) for one in STORY.notices if one.letterbox}["plume"] == 30


def test_a_story_nobody_wrote_is_not_found() -> None:
    with pytest.raises(NotFound):
        content.load("../fr")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"state": "withdrawn"}, "withdrawal"),
        ({"state": "draft"}, "state and sending"),
        ({"author": "nobody"}, "nobody is called"),
        ({"colour": "blue"}, "colour"),
        (
            {"commitments": [{**STORY.notices[0].commitments[0].model_dump(), "answers": ["R9"]}]},
            "nothing called",
        ),
        (
            {"commitments": [{**STORY.notices[0].commitments[0].model_dump(), "state": "agreed"}]},
            "said to be",
        ),
    ],
)
def test_a_story_that_does_not_hang_together_is_refused(change: dict[str, object], why: str) -> None:
    notice = {**STORY.notices[0].model_dump(), **change}
    with pytest.raises(ValidationError, match=why):
        schema.Story.model_validate({**STORY.model_dump(), "notices": [notice]})


@given(st.integers(-900, 900), st.integers(-900, 900), st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_placing_days_keeps_their_order_and_avoids_weekends(one: int, other: int, today: date) -> None:
    first, second = sorted((one, other))
    assert place(first, today) <= place(second, today)
    placed = place(one, today)
    assert (one < 0) == (placed < today) or placed == today
    assert one == 0 or placed.weekday() < 5 or abs(placed - today) <= timedelta(days=1)
    if one > 0:
        assert placed > today


def test_texts_are_set_as_their_language_is() -> None:
    assert content.typeset("l'avis : « oui » ?", "fr") == "l’avis\u00a0: «\u00a0oui\u00a0»\u202f?"
    assert content.typeset('the CSE\'s "yes"', "en") == "the CSE’s “yes”"
