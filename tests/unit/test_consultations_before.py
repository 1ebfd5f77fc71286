"""The state before a deployment: whatever the facts, it never says that nothing runs while something does."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.consultations.before import Before, Course, Followed, Reason, before, planned
from consult.core.localized import Localized
from consult.notices.rules import MilestoneKind
from consult.procedures import clock
from consult.procedures.clock import Disputed, StepState
from consult.procedures.limit import LimitState, Situation
from consult.procedures.loading import template, templates
from consult.procedures.override import Override
from consult.procedures.period import Period
from consult.procedures.template import Basis

IDENT = UUID(int=0)
START = date(2026, 9, 28)
NOTHING = Localized({})
days = st.dates(date(2026, 6, 1), date(2027, 12, 31))
facts_of = st.deferred(lambda: st.sampled_from(sorted(templates())).flatmap(_facts))


def _facts(key: str) -> st.SearchStrategy[tuple[str, dict[str, date | Disputed]]]:
    """A template, and days for some of what it names; some contested, some said never to have been."""
    one = template(key)
    names = sorted({*one.facts, *(step.key for step in one.steps)})
    disputed = st.builds(Disputed, days, st.none() | days)
    found = st.dictionaries(st.sampled_from(names), days | disputed, max_size=8)
    return st.tuples(st.just(key), found)


def state(
    key: str, facts: dict[str, date | Disputed], on: date, *, dates: tuple[date, ...] = (),
    reasons: tuple[Reason, ...] = (), stopped: date | None = None,
    overrides: dict[str, Override] | None = None,
) -> Before:  # fmt: skip
    run = clock.run(template(key), facts, on=on, situation=Situation(headcount=200), overrides=overrides)
    asked = planned((MilestoneKind.PILOT, day, NOTHING) for day in dates)
    return before([Followed(IDENT, run, "CSE", stopped)], asked, reasons, on=on)


def each_way(facts: dict[str, date | Disputed]) -> tuple[dict[str, date], dict[str, date]]:
    claimed = {key: one.claimed if isinstance(one, Disputed) else one for key, one in facts.items()}
    said = {key: one.contested if isinstance(one, Disputed) else one for key, one in facts.items()}
    return claimed, {key: one for key, one in said.items() if one is not None}


@settings(max_examples=400, deadline=None)
@given(facts_of, days)
def test_it_never_says_that_nothing_runs_while_a_gate_runs_by_either_date(
    case: tuple[str, dict[str, date | Disputed]], on: date
) -> None:
    key, facts = case
    found = state(key, facts, on)
    for only in each_way(facts):
        alone = clock.run(template(key), only, on=on, situation=Situation(headcount=200))
        for gate in (one for one in alone.steps if one.step.is_gate):
            if gate.state is not StepState.NOT_APPLICABLE and (gate.due_on is None or on < gate.due_on):
                assert found.still_running is True
                assert found.procedures[0].course not in {Course.ENDED, Course.PAST, Course.NO_DAY}


@settings(max_examples=300, deadline=None)
@given(facts_of, days, days)
def test_a_date_before_the_end_by_either_reading_is_early(
    case: tuple[str, dict[str, date | Disputed]], on: date, day: date
) -> None:
    key, facts = case
    found = state(key, facts, on, dates=(day,))
    (one,) = found.dates
    ends = []
    for only in each_way(facts):
        alone = clock.run(template(key), only, on=on, situation=Situation(headcount=200))
        ends += [gate.due_on for gate in alone.steps if gate.step.is_gate]
    if any(end is not None and day < end for end in ends):
        assert one.is_early
    if ends and None in ends and day <= on:
        assert one.is_early
    if ends and None not in ends:
        assert one.is_early == (day < max(ends))
    assert one.asks_for_reason == one.is_early


@settings(max_examples=300, deadline=None)
@given(st.lists(facts_of, min_size=1, max_size=3), days)
def test_together_they_run_as_long_as_one_does(
    cases: list[tuple[str, dict[str, date | Disputed]]], on: date
) -> None:
    runs = [clock.run(template(key), facts, on=on) for key, facts in cases]
    alone = [before([Followed(IDENT, run)], [], [], on=on) for run in runs]
    found = before([Followed(IDENT, run) for run in runs], [], [], on=on)
    assert found.still_running is any(one.still_running for one in alone)
    if found.still_running and found.earliest_end is not None:
        assert found.earliest_end > on
    assert not found.still_running or None in found.ends or max(filter(None, found.ends)) > on


def test_nothing_on_record_says_nothing() -> None:
    assert before([], [], [], on=START).still_running is None


def test_the_period_then_its_end() -> None:
    facts: dict[str, date | Disputed] = {"info_transmitted": START}
    running = state("fr-cse", facts, date(2026, 10, 20))
    assert running.procedures[0].course is Course.RUNNING
    assert running.earliest_end == date(2026, 10, 29)
    assert state("fr-cse", facts, date(2026, 10, 28)).still_running is True
    past = state("fr-cse", facts, date(2026, 10, 29))
    assert (past.still_running, past.procedures[0].course) == (False, Course.PAST)
    given_early = state("fr-cse", {**facts, "opinion": date(2026, 10, 12)}, date(2026, 10, 12))
    assert given_early.procedures[0].course is Course.ENDED


def test_before_it_begins() -> None:
    found = state("fr-cse", {}, START)
    assert found.procedures[0].course is Course.NOT_STARTED and found.still_running is True
    assert found.earliest_end is None


def test_a_start_said_never_to_have_been_keeps_the_end_open() -> None:
    """By the employer it is long over; by the body nothing was handed over."""
    found = state("fr-cse", {"info_transmitted": Disputed(START, None)}, date(2027, 3, 1))
    assert found.still_running is True and found.earliest_end is None
    assert found.ends == (date(2026, 10, 29), None) and found.is_contested
    assert found.procedures[0].course is Course.RUNNING


def test_a_contested_start_ends_by_the_later() -> None:
    facts: dict[str, date | Disputed] = {"info_transmitted": Disputed(START, date(2026, 10, 12))}
    found = state("fr-cse", facts, date(2026, 11, 2))
    assert found.ends == (date(2026, 10, 29), date(2026, 11, 13))
    assert found.earliest_end == date(2026, 11, 13) and found.still_running is True
    assert state("fr-cse", facts, date(2026, 11, 13)).still_running is False


def test_a_challenge_suspends_it() -> None:
    facts: dict[str, date | Disputed] = {
        "info_transmitted": START,
        "expert_appointed": date(2026, 10, 6),
        "expert_challenge_filed": date(2026, 10, 9),
    }  # fmt: skip
    found = state("fr-cse", facts, date(2026, 10, 20))
    assert found.procedures[0].run.limit.state is LimitState.SUSPENDED
    assert found.procedures[0].course is Course.SUSPENDED and found.earliest_end is None
    assert found.still_running is True


def test_what_an_agreement_set_is_said_to_be_one() -> None:
    agreed = {"limit": Override("limit", Period(days=45), "Accord du 3 mars", "Accord, art. 4")}
    (one,) = state("fr-cse", {"info_transmitted": START}, START, overrides=agreed).procedures
    assert one.basis is Basis.AGREEMENT and "Accord, art. 4" in one.reference
    assert one.ends[0] == date(2026, 11, 13)


def test_without_a_gate_what_the_law_puts_before_the_first_use_counts() -> None:
    live = date(2027, 1, 4)
    found = state("de-betrvg90", {"go_live": live, "information_planning": START}, date(2027, 2, 1))
    assert found.still_running is True and found.earliest_end is None
    asked = {
        step.key: START for step in template("de-betrvg90").steps
        if step.deadline is not None and step.deadline.anchor == "go_live" and not step.is_optional
    }  # fmt: skip
    assert state("de-betrvg90", {"go_live": live, **asked}, date(2027, 2, 1)).still_running is False


def test_what_comes_after_the_first_use_is_no_open_step() -> None:
    (one,) = state("fr-cse", {"info_transmitted": START, "go_live": date(2027, 1, 4)}, START).procedures
    keys = [step.step.key for step in one.open]
    assert "opinion" in keys and not {"follow_up_review", "decision"} & set(keys)
    assert [step.step.key for step in one.closed] == ["info_transmitted"]


def test_one_the_employer_stopped_is_not_called_closed() -> None:
    found = state("eu-ai-act-26-7", {}, START, stopped=START)
    assert found.procedures[0].course is Course.STOPPED and found.still_running is False


def test_a_reason_lasts_until_the_end_moves_later() -> None:
    day, facts = date(2026, 10, 20), {"info_transmitted": START}
    reason = Reason("pilot", day, date(2026, 10, 29), Localized.of(fr="Motif", en="Reason"), START)
    (one,) = state("fr-cse", facts, START, dates=(day,), reasons=(reason,)).dates
    assert one.is_early and one.is_explained and not one.asks_for_reason
    longer = {**facts, "expert_appointed": date(2026, 10, 6)}
    (one,) = state("fr-cse", longer, date(2026, 10, 7), dates=(day,), reasons=(reason,)).dates
    assert one.is_early and one.asks_for_reason and one.reason == reason
    (moved,) = state("fr-cse", facts, START, dates=(day + timedelta(days=1),), reasons=(reason,)).dates
    assert moved.asks_for_reason and moved.reason is None


@given(st.none() | days, st.none() | days)
def test_an_end_not_known_is_later_than_any(then: date | None, now: date | None) -> None:
    reason = Reason("pilot", START, then, NOTHING, START)
    assert reason.covers(now) == ((now or date.max) <= (then or date.max))
    assert reason.covers(then)


@pytest.mark.parametrize("kind", [MilestoneKind.DESIGN, MilestoneKind.REVIEW])
def test_only_dates_on_which_somebody_uses_it_count(kind: MilestoneKind) -> None:
    assert planned([(kind, START, NOTHING)]) == []


def test_two_of_one_day_have_keys_of_their_own() -> None:
    both = [(MilestoneKind.PILOT, START, NOTHING)] * 2
    assert [one.key for one in planned([*both, (MilestoneKind.ROLL_OUT, START, NOTHING)])] == [
        "pilot", "pilot-2", "roll_out",
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(facts_of, days, st.integers(2, 5))
def test_bodies_that_stand_alike_are_read_together_and_nobody_is_left_out(
    case: tuple[str, dict[str, date | Disputed]], on: date, number: int
) -> None:
    key, facts = case
    runs = [clock.run(template(key), facts, on=on, situation=Situation(headcount=200)) for _ in range(number)]
    apart = clock.run(template("fr-cse"), {"info_transmitted": START}, on=date(2026, 10, 1))
    followed = [Followed(IDENT, run, f"CSE {at}") for at, run in enumerate(runs)]
    groups = before([*followed, Followed(IDENT, apart, "CSE central")], [], [], on=on).groups
    assert sorted(name for _one, names in groups for name in names) == sorted(
        [*(f"CSE {at}" for at in range(number)), "CSE central"]
    )
    assert groups[0][1][:number] == [f"CSE {at}" for at in range(number)]
