"""The clock attacked: it is total and pure, never shortens what may only lengthen, never cries late."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.procedures import clock
from consult.procedures.clock import Disputed, StepState
from consult.procedures.limit import SEVERAL_LEVELS, LimitState, Situation
from consult.procedures.loading import template, templates
from consult.procedures.override import Override
from consult.procedures.period import Period, add_months, is_holiday, minus, open_day, plus, working_days
from consult.procedures.template import Basis, Bound

DAYS = st.dates(date(2024, 1, 1), date(2034, 12, 31))
KEYS = st.sampled_from(sorted(templates()))
PERIODS = st.builds(Period, st.integers(0, 8), st.integers(0, 120))
SITUATIONS = st.builds(
    Situation, st.sampled_from(["one", SEVERAL_LEVELS]), st.sampled_from([0, 11, 49, 299, 300, 4000]),
    st.sampled_from(["fr", "ca", "be", "de"]),
)  # fmt: skip


@st.composite
def told(draw: st.DrawFn) -> dict[str, Any]:
    """A template and any part of its facts, some disputed."""
    key = draw(KEYS)
    found = template(key)
    names = sorted({*found.facts, *(one.key for one in found.steps)})
    day = st.one_of(DAYS, st.builds(Disputed, DAYS, st.one_of(st.none(), DAYS)))
    facts = draw(st.dictionaries(st.sampled_from(names), day, max_size=8))
    return {"template": found, "facts": facts, "on": draw(DAYS), "situation": draw(SITUATIONS)}


@given(told())
def test_any_part_of_the_facts_gives_a_state_to_every_step(asked: dict[str, Any]) -> None:
    found = clock.run(**asked)
    assert found == clock.run(**asked)
    assert [one.step for one in found.steps] == list(asked["template"].steps)
    for one in found.steps:
        assert (one.state is StepState.DONE) == (one.done_on is not None)
        if one.state in {StepState.LATE, StepState.PAST_PROPOSED}:
            assert one.due_on is not None and one.due_on < asked["on"]
        if one.state is StepState.WAITING:
            assert one.due_on is None or any(isinstance(day, Disputed) for day in asked["facts"].values())


@given(told())
def test_late_is_only_said_of_a_bound_of_law(asked: dict[str, Any]) -> None:
    for one in clock.run(**asked).steps:
        if one.state is StepState.LATE:
            assert one.basis in {Basis.LAW, Basis.CASE_LAW}
            assert one.step.deadline is not None and one.step.deadline.bound in {Bound.MIN, Bound.MAX}
            assert not one.step.is_gate


@given(told())
def test_what_is_disputed_is_late_or_over_by_both_only(asked: dict[str, Any]) -> None:
    found = clock.run(**asked)
    for side in ("claimed", "contested"):
        facts = {
            key: getattr(one, side) if isinstance(one, Disputed) else one
            for key, one in asked["facts"].items()
        }
        alone = clock.run(**{**asked, "facts": {key: day for key, day in facts.items() if day is not None}})
        if found.limit.state is LimitState.EXPIRED:
            assert alone.limit.state is LimitState.EXPIRED
        for both, one in zip(found.steps, alone.steps, strict=True):
            if both.state is StepState.LATE:
                assert one.state in {StepState.LATE, StepState.PAST_PROPOSED}


@given(start=DAYS, appointed=st.integers(-5, 90), levels=st.sampled_from(["one", SEVERAL_LEVELS]))
def test_an_expert_never_shortens(start: date, appointed: int, levels: str) -> None:
    situation, on = Situation(levels), date(2040, 1, 1)
    facts = {"info_transmitted": start}
    without = clock.run(template("fr-cse"), facts, on=on, situation=situation).limit
    facts["expert_appointed"] = start + timedelta(days=appointed)
    with_one = clock.run(template("fr-cse"), facts, on=on, situation=situation).limit
    assert without.expires_on is not None and with_one.expires_on is not None
    assert with_one.expires_on >= without.expires_on
    assert with_one.has_expert == (facts["expert_appointed"] <= without.expires_on)


@given(start=DAYS, later=st.integers(0, 60), key=st.sampled_from(["fr-cse", "generic"]))
def test_a_later_start_never_ends_earlier(start: date, later: int, key: str) -> None:
    name = template(key).clock.start_event

    def end(day: date) -> date:
        found = clock.run(template(key), {name: day}, on=date(2040, 1, 1)).limit.expires_on
        assert found is not None
        return found

    assert end(start + timedelta(days=later)) >= end(start)
    assert end(start).weekday() < 5 and not is_holiday(end(start), "fr")


@given(start=DAYS, filed=st.integers(0, 80), lasted=st.integers(0, 60))
def test_a_challenge_only_lengthens_and_suspends_while_it_lasts(start: date, filed: int, lasted: int) -> None:
    facts = {"info_transmitted": start, "expert_appointed": start}
    before = clock.run(template("fr-cse"), facts, on=date(2040, 1, 1)).limit.expires_on
    facts["expert_challenge_filed"] = start + timedelta(days=filed)
    facts["judgment_notified"] = facts["expert_challenge_filed"] + timedelta(days=lasted)
    after = clock.run(template("fr-cse"), facts, on=date(2040, 1, 1)).limit.expires_on
    assert before is not None and after is not None and after >= before
    if filed < 50 and lasted:
        during = clock.run(template("fr-cse"), facts, on=facts["expert_challenge_filed"])
        opinion = during.step("opinion")
        assert during.limit.state is LimitState.SUSPENDED and during.limit.expires_on is None
        assert opinion is not None and opinion.state is StepState.SUSPENDED
        assert during.earliest_end is None


@given(start=DAYS, period=PERIODS)
def test_what_was_agreed_takes_the_place_of_the_template(start: date, period: Period) -> None:
    limit = Override("limit", period)
    found = clock.run(
        template("fr-cse"), {"info_transmitted": start}, on=date(2050, 1, 1), overrides={"limit": limit}
    )
    assert found.limit.expires_on == open_day(plus(start, period), "FR")
    opinion = found.step("opinion")
    assert opinion is not None and opinion.state is StepState.LATE and opinion.basis is Basis.AGREEMENT


def test_the_decision_waits_for_the_opinion_or_the_end_of_the_period() -> None:
    start = {"info_transmitted": date(2026, 9, 28)}
    running = clock.run(template("fr-cse"), start, on=date(2026, 10, 1))
    assert running.earliest_end == date(2026, 10, 29) and running.has_gate
    given_early = clock.run(
        template("fr-cse"), start | {"opinion": date(2026, 10, 12)}, on=date(2026, 10, 13)
    )
    assert given_early.earliest_end == date(2026, 10, 12)
    hasty = start | {"decision": date(2026, 10, 2)}
    step = clock.run(template("fr-cse"), hasty, on=date(2026, 10, 3)).step("decision")
    assert step is not None and step.is_early
    disputed = {"info_transmitted": Disputed(date(2026, 9, 28), None)}
    found = clock.run(template("fr-cse"), disputed, on=date(2026, 12, 1))
    assert found.limit.state is LimitState.NOT_STARTED


@pytest.mark.parametrize(("headcount", "due"), [(299, "2026-12-10"), (300, "2026-11-10"), (0, "2026-11-10")])
def test_a_small_firm_has_two_months_to_answer(headcount: int, due: str) -> None:
    found = clock.run(
        template("fr-cse"), {"minutes": date(2026, 10, 10)}, on=date(2026, 10, 11),
        situation=Situation(headcount=headcount),
    ).step("reasoned_response")  # fmt: skip
    assert found is not None and found.due_on == date.fromisoformat(due)


def test_a_canadian_agreement_has_no_date_until_its_days_are_entered() -> None:
    facts = {"change_date": date(2027, 3, 1)}
    found = clock.run(template("ca-fps-tech-change"), facts, on=date(2026, 9, 1)).step("notice")
    assert found is not None and (found.due_on, found.state) == (None, StepState.WAITING)
    entered = clock.run(
        template("ca-fps-tech-change"), facts, on=date(2026, 9, 1),
        overrides={"limit": Override.parse("limit", "P120D")},
    ).step("notice")  # fmt: skip
    assert entered is not None and entered.due_on == date(2026, 11, 1)


@given(day=DAYS, period=PERIODS)
def test_periods_run_both_ways(day: date, period: Period) -> None:
    assert Period.parse(str(period)) == period
    assert minus(day, period) <= day <= plus(day, period)
    assert add_months(day, period.months).day <= day.day
    assert working_days(working_days(day, 7, "FR"), -7, "FR") <= day + timedelta(days=3)


@pytest.mark.parametrize("text", ["", "P", "1M", "PT3H", "P1", "P-1D", "2026-13-01", "P1M2"])
def test_what_is_no_period_and_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Override.parse("limit", text)


def test_holidays_are_those_of_the_country() -> None:
    assert is_holiday(date(2026, 7, 14), "FR") and not is_holiday(date(2026, 7, 14), "DE")
    assert is_holiday(date(2026, 7, 1), "CA") and is_holiday(date(2026, 7, 21), "BE")
    assert sum(is_holiday(date(2026, 1, 1) + timedelta(days=n), "FR") for n in range(365)) == 11
    assert open_day(date(2026, 7, 14), "nowhere") == date(2026, 7, 14)


def test_a_disputed_act_not_late_by_both_carries_the_day_it_was_done() -> None:
    """The employer says the meeting is still to come, the body that it was held: nothing is late."""
    start, held = date(2026, 9, 28), date(2026, 10, 20)
    facts = {"info_transmitted": start, "opinion": Disputed(date(2026, 12, 20), held)}
    found = clock.run(template("fr-cse"), facts, on=date(2026, 12, 1)).step("opinion")
    assert found is not None and (found.state is StepState.DONE) == (found.done_on is not None)
    assert found.state is not StepState.LATE


def test_a_reference_is_shown_without_the_notes_of_whoever_wrote_the_template() -> None:
    run = clock.run(template("fr-cse"), {}, on=date(2026, 3, 2))
    said = {one.step.key: one.cited for one in run.steps}
    assert said["reasoned_response"] == "L2312-15 dernier al., L2315-34"
    assert not [key for key, text in said.items() if text.startswith(("none", "PD")) or "paragraph" in text]
