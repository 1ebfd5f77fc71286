"""What is pressing, and the steps of a consultation: facts in, words out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from consult.consultations.rules import Await, FactKind, Stage, State, Told, Window, days_of, project
from consult.procedures import clock
from consult.procedures.clock import Run
from consult.procedures.loading import template
from consult.workspace import timeline
from consult.workspace.rules import SOON_DAYS, Task, by_urgency

DAY = date(2026, 11, 2)


def running(facts: list[Told], on: date, key: str = "fr-cse") -> Run:
    return clock.run(template(key), days_of(facts, on=on), on=on)


@pytest.fixture(autouse=True)
def speaking(app: Flask) -> Iterator[None]:
    with app.test_request_context("/workspace/en/"):
        yield


def task(title: str, due: int | None = None, since: int | None = None, *, is_mine: bool = True) -> Task:
    return Task(
        title, "/", "", is_mine=is_mine,
        due=DAY + timedelta(days=due) if due is not None else None,
        since=DAY + timedelta(days=since) if since is not None else None,
    )  # fmt: skip


def test_the_most_urgent_is_on_top_and_the_longest_wait_next() -> None:
    tasks = [
        task("undated"),
        task("waits", since=-3),
        task("late", -4),
        task("soon", 2),
        task("waits long", since=-30),
    ]
    assert [one.title for one in by_urgency(tasks)] == ["late", "soon", "waits long", "waits", "undated"]


def test_pressing_is_late_within_a_week_or_without_a_day() -> None:
    assert task("late", -1).is_pressing(DAY)
    assert task("edge", SOON_DAYS).is_pressing(DAY)
    assert not task("later", SOON_DAYS + 1).is_pressing(DAY)
    assert task("undated").is_pressing(DAY)
    assert not task("theirs", -1, is_mine=False).is_pressing(DAY)


def told(*facts: tuple[FactKind, int], on: int, box: tuple[int, int] | None = None) -> list[timeline.Step]:
    days = [(kind, DAY + timedelta(days=offset)) for kind, offset in facts]
    today = DAY + timedelta(days=on)
    window = (DAY + timedelta(days=box[0]), DAY + timedelta(days=box[1])) if box else None
    facts = [Told(*one) for one in days]
    state = project(facts, running(facts, today), on=today, window=Window(*window) if window else None)
    return timeline.steps(timeline.first_days(days, today), state, window=window)


SENT = (FactKind.SENT, 0), (FactKind.RECEIVED, 0)


def states(steps: list[timeline.Step]) -> list[str]:
    return [state for state, _name, _when in steps]


def test_steps_of_a_notice_just_received() -> None:
    steps = told(*SENT, on=1)
    assert states(steps) == ["now", "next", "next", "next"]
    assert "2\xa0December\xa02026" in steps[1][2]


def test_a_letterbox_is_a_step_of_its_own() -> None:
    opened = (*SENT, (FactKind.LETTERBOX_OPENED, 2))
    assert states(told(*opened, on=3, box=(5, 12))) == ["now", "next", "next", "next", "next"]
    assert states(told(*opened, on=6, box=(5, 12))) == ["done", "now", "next", "next", "next"]
    assert states(told(*opened, on=13, box=(5, 12))) == ["done", "done", "now", "next", "next"]


def test_the_end_of_the_loop() -> None:
    given = (*SENT, (FactKind.OPINION_GIVEN, 20))
    assert states(told(*given, on=21)) == ["done", "done", "now", "next"]
    answered = (*given, (FactKind.RESPONSE_GIVEN, 30))
    assert states(told(*answered, on=31)) == ["done", "done", "done", "now"]
    followed = told(*answered, (FactKind.COMMITMENT_AGREED, 32), on=40)
    assert states(followed) == ["done", "done", "done", "now"]
    assert followed[-1][2].startswith("Since")


def test_what_is_recorded_for_later_does_not_count_yet() -> None:
    assert states(told(*SENT, (FactKind.OPINION_GIVEN, 20), on=10)) == ["now", "next", "next", "next"]


@pytest.mark.parametrize("last", [None, FactKind.OPINION_GIVEN, FactKind.RESPONSE_GIVEN])
def test_a_consultation_ends_where_it_was_closed(last: FactKind | None) -> None:
    facts = [*SENT, *([(last, 10)] if last else []), (FactKind.WITHDRAWN, 15)]
    steps = told(*facts, on=20)
    assert set(states(steps)) == {"done"}
    assert steps[-1][1] == "Notice withdrawn"
    assert len(steps) == {None: 2, FactKind.OPINION_GIVEN: 4, FactKind.RESPONSE_GIVEN: 5}[last]


def acting(state: State, key: str = "fr-cse", **waiting: object) -> list[Task]:
    options: dict[str, object] = {"questions": [], "themes": [], **waiting}
    return timeline.who_must_act(state, running([], DAY, key), page="/p", body="CSE", **options)  # type: ignore[arg-type]


def test_a_date_says_where_it_comes_from_and_how_sure_it_is() -> None:
    (law,) = acting(State(Stage.WITH_BODY, Await.OPINION, DAY, DAY))
    assert law.text == "Set by law (R2312-6)."
    (usage,) = acting(State(Stage.WITH_BODY, Await.OPINION, DAY, DAY), "generic")
    assert "not set by law" in usage.text
    (proposed,) = acting(State(Stage.OPINION_GIVEN, Await.RESPONSE, DAY, DAY))
    assert "not a limit" in proposed.text


def test_the_employer_answers_until_the_end() -> None:
    waiting = {"questions": [(3, DAY, None), (4, DAY, DAY)], "themes": [DAY]}
    titles = [one.title for one in acting(State(Stage.ANSWERED), **waiting)]
    assert titles == ["The employer answers 2 questions", "The employer answers 1 theme"]
    assert acting(State(Stage.CLOSED), **waiting) == []
