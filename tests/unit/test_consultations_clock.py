"""The thin clock: stages and dates are pure projections of the facts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.consultations import rules
from consult.consultations.rules import PROCEDURES, Await, FactKind, Stage, Window
from consult.people.rules import BodyKind

FR, GENERIC = PROCEDURES["fr-cse"], PROCEDURES["generic"]
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
KINDS = st.sampled_from(list(FactKind))
FACTS = st.lists(st.tuples(KINDS, DAYS), max_size=12)


def state(
    *facts: tuple[FactKind, str], on: str, procedure: rules.Procedure = FR, **options: object
) -> rules.State:
    told = [(kind, date.fromisoformat(day)) for kind, day in facts]
    return rules.project(told, procedure=procedure, on=date.fromisoformat(on), **options)  # type: ignore[arg-type]


EXAMPLES = [
    ("2026-09-28", None, "2026-10-28", "one month, date to date"),
    ("2026-03-31", None, "2026-04-30", "no 31st: last day of the month"),
    ("2026-04-08", None, "2026-05-11", "8 May is a holiday, then a weekend"),
    ("2026-09-28", "2026-10-08", "2026-11-30", "two months with expert; 28 November is a Saturday"),
    ("2026-09-28", "2026-10-30", "2026-10-28", "appointed after expiry: no effect"),
]


@pytest.mark.parametrize(
    ("received", "expert", "expected", "reading"), EXAMPLES, ids=[one[3] for one in EXAMPLES]
)
def test_the_limit_of_r2312_6(received: str, expert: str | None, expected: str, reading: str) -> None:
    facts = [(FactKind.RECEIVED, received)]
    if expert:
        facts.append((FactKind.EXPERT_APPOINTED, expert))
    found = state(*facts, on="2027-12-31")
    assert found.limit == date.fromisoformat(expected)
    assert found.has_expert is (expected == "2026-11-30")


def test_thirty_days_where_no_law_says_more() -> None:
    found = state((FactKind.RECEIVED, "2026-10-01"), on="2026-10-02", procedure=GENERIC)
    assert found.limit == date(2026, 11, 2)  # a Saturday, then All Saints
    late = state((FactKind.RECEIVED, "2026-10-01"), on="2027-10-02", procedure=GENERIC)
    assert not late.is_deemed_negative  # no text says so


def test_silence_is_negative_the_day_after_the_limit_and_not_before() -> None:
    facts = [(FactKind.RECEIVED, "2026-09-28")]
    assert not state(*facts, on="2026-10-28").is_deemed_negative
    over = state(*facts, on="2026-10-29")
    assert over.is_deemed_negative and over.awaits is Await.OPINION and over.due_on == date(2026, 10, 28)
    given_late = state(*facts, (FactKind.OPINION_GIVEN, "2026-10-29"), on="2026-10-29")
    assert not given_late.is_deemed_negative and given_late.stage is Stage.OPINION_GIVEN


def test_the_clock_starts_when_the_body_got_it() -> None:
    """R2312-5: the day the employer communicates it. As long as nothing says that, the sending stands."""
    assert state((FactKind.SENT, "2026-09-28"), on="2026-10-01").limit == date(2026, 10, 28)
    later = state((FactKind.SENT, "2026-09-28"), (FactKind.RECEIVED, "2026-09-30"), on="2026-10-01")
    assert later.limit == date(2026, 10, 30)
    again = state(
        (FactKind.SENT, "2026-09-28"), (FactKind.RECEIVED, "2026-09-28"), (FactKind.SENT, "2026-11-01"),
        on="2026-11-02",
    )  # fmt: skip
    assert again.limit == date(2026, 10, 28)


STEPS = [
    ([], Stage.WITH_BODY, Await.OPINION),
    ([FactKind.OPENED_TO_EMPLOYEES], Stage.WITH_BODY, Await.OPINION),
    ([FactKind.LETTERBOX_OPENED], Stage.LISTENING, Await.OPINION),
    ([FactKind.LETTERBOX_CLOSED], Stage.AWAITING_OPINION, Await.OPINION),
    ([FactKind.OPINION_GIVEN], Stage.OPINION_GIVEN, Await.RESPONSE),
    ([FactKind.RESPONSE_GIVEN], Stage.ANSWERED, None),
    ([FactKind.COMMITMENT_AGREED], Stage.IN_FOLLOW_UP, None),
    ([FactKind.CLOSED], Stage.CLOSED, None),
]


def test_the_stages_in_their_order() -> None:
    facts, day = [(FactKind.SENT, date(2026, 9, 1)), (FactKind.RECEIVED, date(2026, 9, 1))], date(2026, 9, 1)
    for kinds, stage, awaits in STEPS:
        day += timedelta(days=1)
        facts += [(kind, day) for kind in kinds]
        found = rules.project(facts, procedure=FR, on=day)
        assert (found.stage, found.awaits) == (stage, awaits)


def test_a_promise_before_the_response_is_no_follow_up() -> None:
    facts = [(FactKind.RECEIVED, "2026-09-01"), (FactKind.COMMITMENT_AGREED, "2026-09-02")]
    assert state(*facts, on="2026-09-03").stage is Stage.WITH_BODY


def test_the_letterbox_listens_on_its_days() -> None:
    facts = [(FactKind.RECEIVED, "2026-09-01"), (FactKind.LETTERBOX_OPENED, "2026-09-02")]
    window = Window(date(2026, 9, 5), date(2026, 9, 20))
    stages = {
        day: state(*facts, on=day, window=window).stage
        for day in ("2026-09-04", "2026-09-05", "2026-09-20", "2026-09-21")
    }
    assert list(stages.values()) == [
        Stage.WITH_BODY,
        Stage.LISTENING,
        Stage.LISTENING,
        Stage.AWAITING_OPINION,
    ]


@pytest.mark.parametrize(
    ("headcount", "expected"),
    [(0, "2026-11-10"), (299, "2026-12-10"), (300, "2026-11-10"), (430, "2026-11-10")],
)
def test_the_response_is_awaited_at_the_next_ordinary_meeting(headcount: int, expected: str) -> None:
    facts = [(FactKind.RECEIVED, "2026-09-15"), (FactKind.OPINION_GIVEN, "2026-10-10")]
    found = state(*facts, on="2026-10-10", headcount=headcount)
    assert (found.awaits, found.due_on) == (Await.RESPONSE, date.fromisoformat(expected))


def test_withdrawn_is_over_whatever_came_before() -> None:
    facts = [
        (FactKind.RECEIVED, "2026-09-01"),
        (FactKind.OPINION_GIVEN, "2026-09-09"),
        (FactKind.WITHDRAWN, "2026-09-10"),
    ]
    found = state(*facts, on="2026-09-10")
    assert found.stage is Stage.CLOSED and found.due_on is None and not found.is_deemed_negative


@given(facts=FACTS, on=DAYS)
def test_the_order_in_which_facts_were_recorded_says_nothing(
    facts: list[tuple[FactKind, date]], on: date
) -> None:
    forwards = rules.project(facts, procedure=FR, on=on)
    assert forwards == rules.project(list(reversed(facts)), procedure=FR, on=on)
    assert forwards == rules.project([*facts, *facts], procedure=FR, on=on)


@given(facts=FACTS, on=DAYS)
def test_what_is_to_come_does_not_count_yet(facts: list[tuple[FactKind, date]], on: date) -> None:
    past = [(kind, day) for kind, day in facts if day <= on]
    assert rules.project(facts, procedure=FR, on=on) == rules.project(past, procedure=FR, on=on)


@given(facts=FACTS, on=DAYS, later=st.integers(1, 400))
def test_days_alone_never_turn_a_stage_back(facts: list[tuple[FactKind, date]], on: date, later: int) -> None:
    order = list(Stage)
    past = [(kind, day) for kind, day in facts if day <= on]
    before = rules.project(past, procedure=FR, on=on)
    after = rules.project(past, procedure=FR, on=on + timedelta(days=later))
    assert order.index(after.stage) >= order.index(before.stage)
    assert after.limit == before.limit


@given(facts=FACTS, on=DAYS)
def test_a_state_hangs_together(facts: list[tuple[FactKind, date]], on: date) -> None:
    found = rules.project(facts, procedure=FR, on=on)
    assert (found.awaits is None) == (found.due_on is None)
    assert not (found.is_deemed_negative and found.awaits is not Await.OPINION)
    if found.stage is Stage.CLOSED:
        assert found.awaits is None
    if found.due_on is not None:
        assert found.due_on.weekday() < 5 and not rules.is_holiday(found.due_on)


@given(start=DAYS)
def test_a_month_is_never_short_and_an_expert_never_shortens(start: date) -> None:
    limit = rules.limit_from(start, FR)
    assert timedelta(days=28) <= limit - start <= timedelta(days=36)
    assert rules.limit_from(start, FR, expert=True) > limit
    assert rules.add_months(start, 1).day <= start.day


@given(start=DAYS, months=st.integers(0, 40))
def test_months_are_counted_date_to_date(start: date, months: int) -> None:
    found = rules.add_months(start, months)
    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == months
    assert found.day == start.day or (found + timedelta(days=1)).day == 1


def test_holidays_of_known_years() -> None:
    easters = {2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2038: (4, 25)}
    for year, (month, day) in easters.items():
        assert rules.easter(year) == date(year, month, day)
    assert [rules.is_holiday(date(2026, 5, day)) for day in (1, 8, 14, 25, 26)] == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert sum(rules.is_holiday(date(2026, 1, 1) + timedelta(days=n)) for n in range(365)) == 11


@given(year=st.integers(1900, 2200))
def test_easter_is_a_sunday_in_its_season(year: int) -> None:
    found = rules.easter(year)
    assert found.weekday() == 6 and (3, 22) <= (found.month, found.day) <= (4, 25)


@given(opens=DAYS, limit=st.none() | DAYS, expert=st.booleans())
def test_the_proposed_days_can_always_be_opened(opens: date, limit: date | None, expert: bool) -> None:
    window = rules.proposed_window(opens_on=opens, limit=limit, has_expert=expert)
    assert window.opens_on == opens < window.closes_on
    if limit is not None and limit > opens + timedelta(days=8):
        assert window.closes_on <= limit - timedelta(days=7)


def test_which_procedure_a_body_starts_from() -> None:
    assert rules.template_for("fr", BodyKind.CSE, 430) == "fr-cse"
    assert rules.template_for("fr", BodyKind.CSE, 0) == "fr-cse"
    assert rules.template_for("fr", BodyKind.CSE, 49) == "generic"
    assert rules.template_for("ca", BodyKind.UNION, 430) == "generic"
    assert rules.procedure("nobody knows it") is GENERIC
