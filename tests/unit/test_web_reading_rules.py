"""Pure decisions of the reading side: where one may be led, stages, wrong words."""

from __future__ import annotations

from datetime import date

import pytest

from consult.consultations.rules import Stage
from consult.core.errors import TooMany
from consult.notices.rules import MilestoneKind
from consult.reading.attempts import BURST, Attempts
from consult.reading.rules import Milestones, Progress, StepKind, safe_next, steps

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "address",
    [
        "/fr/",
        "/en/notices/plume",
        "/fr/notices?stage=listening&after=WyJ-_0",
        "/speak/fr/0a1b/",
        "/en",
        "/fr/notices/a.b~c",
    ],
)
def test_pages_of_ours_may_follow(address: str) -> None:
    assert safe_next(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "//evil.example",
        "https://evil.example/fr/",
        "/\\evil.example",
        "/fr//evil.example",
        "/fr/../workspace/fr/",
        "/workspace/fr/",
        "/frx",
        "/fr/\n",
        "/fr/x y",
        "javascript:alert(1)",
        "/fr/%0d%0aSet-Cookie:x",
        "fr/",
        "/fr@evil",
        "/fr/" + "x" * 600,
        "/fr/?next=//evil.example",
        "/language?to=fr",
        "/static/x",
        "/speak/de/x",
    ],
)
def test_nobody_is_led_elsewhere(address: str) -> None:
    assert safe_next(address) == ""


def _steps(stage: Stage | None, **changes: object) -> list[tuple[StepKind, Progress]]:
    known: dict[str, object] = {
        "published_on": date(2026, 9, 21),
        "opinion_on": None,
        "response_on": None,
        "limit": date(2026, 12, 9),
        "milestones": Milestones.of(
            [(MilestoneKind.PILOT, date(2027, 1, 4)), (MilestoneKind.DESIGN, date(2026, 1, 1))]
        ),
        "on": TODAY,
    }
    return [(one.kind, one.progress) for one in steps(stage=stage, **(known | changes))]  # type: ignore[arg-type]


def test_one_stage_is_now_and_those_before_are_done() -> None:
    assert _steps(Stage.LISTENING) == [
        (StepKind.PUBLISHED, Progress.DONE),
        (StepKind.CONSULTATION, Progress.NOW),
        (StepKind.RESPONSE, Progress.NEXT),
        (StepKind.PILOT, Progress.NEXT),
    ]


@pytest.mark.parametrize("stage", list(Stage))
def test_there_is_never_more_than_one_now(stage: Stage) -> None:
    found = _steps(stage, response_on=date(2026, 11, 20) if stage is Stage.ANSWERED else None)
    assert sum(progress is Progress.NOW for _kind, progress in found) == 1


def test_an_opinion_awaits_its_response() -> None:
    found = dict(_steps(Stage.OPINION_GIVEN, opinion_on=date(2026, 11, 12)))
    assert found[StepKind.CONSULTATION] is Progress.DONE
    assert found[StepKind.RESPONSE] is Progress.NOW


def test_without_a_consultation_none_is_shown() -> None:
    assert StepKind.CONSULTATION not in dict(_steps(None))


def test_everything_done_leaves_no_now() -> None:
    found = _steps(
        Stage.IN_FOLLOW_UP,
        opinion_on=TODAY,
        response_on=TODAY,
        milestones=Milestones.of([(MilestoneKind.REVIEW, date(2026, 11, 1))]),
    )
    assert {progress for _kind, progress in found} == {Progress.DONE}


def test_the_first_day_of_a_kind_counts() -> None:
    days = Milestones.of(
        [(MilestoneKind.PILOT, date(2027, 3, 1)), (MilestoneKind.PILOT, date(2027, 1, 4))]
    ).days
    assert days == {StepKind.PILOT: date(2027, 1, 4)}


def test_wrong_words_are_bounded_for_everybody_together() -> None:
    attempts = Attempts(0.0)
    for _ in range(BURST):
        attempts.take()
        attempts.was_wrong()
    with pytest.raises(TooMany):
        attempts.take()


def test_right_words_never_fill_the_bucket() -> None:
    attempts = Attempts(0.0)
    for _ in range(BURST * 3):
        attempts.take()
        attempts.was_right()
    attempts.take()


def test_a_right_word_does_not_make_room_for_wrong_ones() -> None:
    attempts = Attempts(0.0)
    for _ in range(BURST + 5):
        attempts.take()
        attempts.was_right()
    assert attempts.bucket.left <= attempts.bucket.size


def test_one_wrong_word_at_a_time_waits() -> None:
    """The others are answered at once: pauses must not keep readers waiting."""
    attempts = Attempts(60.0)
    assert attempts.waiting.acquire(blocking=False)
    attempts.was_wrong()  # would last a minute if it waited too
    attempts.waiting.release()
