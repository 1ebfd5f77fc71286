"""Two levels (R2312-6 II): the period of the central body says when an establishment's opinion is due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.consultations.course import lead_of
from consult.procedures import clock
from consult.procedures.clock import Disputed, Run, StepState
from consult.procedures.limit import SEVERAL_LEVELS, Lead, LimitState, Situation
from consult.procedures.loading import template
from consult.procedures.override import Override

ONE = timedelta(days=1)
FR = template("fr-cse")
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def central(start: date | Disputed, on: date, **facts: date) -> Run:
    days = {"info_transmitted": start, **facts}
    return clock.run(FR, days, on=on, situation=Situation(SEVERAL_LEVELS, 900))


def site(start: date, lead: Lead | None, on: date, **facts: date) -> Run:
    days = {"info_transmitted": start, **facts}
    situation = Situation(SEVERAL_LEVELS, 90, lead=lead)
    return clock.run(FR, days, on=on, situation=situation)


@settings(deadline=None)  # the first loads the calendars
@given(DAYS, DAYS, st.integers(0, 200))
def test_due_seven_days_before_the_central_end_whenever_it_got_the_notice(
    start: date, own: date, later: int
) -> None:
    above = central(start, start)
    lead = lead_of(above, on=start)
    assert lead is not None and above.limit.expires_on is not None
    on = own + later * ONE
    run = site(own, lead, on)
    due = above.limit.expires_on - 7 * ONE
    assert run.limit.expires_on == due
    assert (run.limit.state is LimitState.EXPIRED) == (on > due)
    for key in ("opinion", "establishment_opinion"):
        step = run.step(key)
        assert step is not None and step.due_on == due


@given(DAYS, st.integers(0, 120))
def test_an_opinion_given_is_never_deemed_negative(start: date, later: int) -> None:
    on = start + later * ONE
    run = site(start, lead_of(central(start, on), on=on), on, opinion=start)
    assert run.limit.state is LimitState.ENDED_BY_OPINION


@given(DAYS)
def test_as_long_as_the_central_period_is_suspended_no_day_is_shown(start: date) -> None:
    above = central(start, start + 9 * ONE, expert_appointed=start, expert_challenge_filed=start + 3 * ONE)
    assert above.limit.state is LimitState.SUSPENDED
    run = site(start, lead_of(above, on=start + 9 * ONE), start + 9 * ONE)
    assert (run.limit.state, run.limit.expires_on) == (LimitState.SUSPENDED, None)
    step = run.step("opinion")
    assert step is not None and step.state is StepState.SUSPENDED


@given(DAYS, st.integers(1, 60))
def test_where_the_central_start_is_contested_nothing_is_over_before_it_is_so_by_both(
    start: date, later: int
) -> None:
    said = start + later * ONE
    above, by_body = central(Disputed(start, said), said), central(said, said)
    lead = lead_of(above, on=said)
    assert lead is not None and lead.due_on is not None and by_body.limit.expires_on is not None
    assert lead.due_on >= by_body.limit.expires_on - 7 * ONE


def test_no_lead_where_the_central_body_has_not_begun_or_follows_another_procedure() -> None:
    day = date(2027, 2, 1)
    for run in (None, clock.run(FR, {}, on=day), clock.run(template("generic"), {}, on=day)):
        assert lead_of(run, on=day) is None


@given(DAYS, st.integers(0, 200))
def test_a_start_the_central_body_says_never_was_ends_nothing(start: date, later: int) -> None:
    on = start + later * ONE
    run = site(start, lead_of(central(Disputed(start, None), on), on=on), on)
    assert run.limit.state is not LimitState.EXPIRED


@pytest.mark.parametrize("agreed", ["P20D", "2027-02-11"])
def test_what_was_agreed_with_the_establishment_itself_stands(agreed: str) -> None:
    start = date(2027, 1, 22)
    run = clock.run(
        FR, {"info_transmitted": start}, on=start,
        situation=Situation(SEVERAL_LEVELS, 90, lead=Lead(date(2027, 6, 1))),
        overrides={"limit": Override.parse("limit", agreed, "Accord")},
    )  # fmt: skip
    assert run.limit.expires_on == date(2027, 2, 11)
