"""The thin clock: stages and dates are pure projections of the facts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.consultations import rules
from consult.consultations.rules import Await, FactKind, Stage, Told, Window
from consult.people.rules import BodyKind
from consult.procedures import clock
from consult.procedures.limit import Situation
from consult.procedures.loading import template, templates

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
KINDS = st.sampled_from([one for one in FactKind if one is not FactKind.TOLD])
FACTS = st.lists(st.builds(Told, KINDS, DAYS), max_size=12)
KEYS = st.sampled_from(sorted(templates()))


def project(
    facts: list[Told], *, on: date, key: str = "fr-cse", window: Window | None = None, headcount: int = 0
) -> rules.State:
    run = clock.run(
        template(key), rules.days_of(facts, on=on, window=window), on=on,
        situation=Situation(headcount=headcount),
    )  # fmt: skip
    return rules.project(facts, run, on=on, window=window)


def state(*facts: tuple[FactKind, str], on: str, **options: object) -> rules.State:
    told = [Told(kind, date.fromisoformat(day)) for kind, day in facts]
    return project(told, on=date.fromisoformat(on), **options)  # type: ignore[arg-type]


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
    found = state((FactKind.RECEIVED, "2026-10-01"), on="2026-10-02", key="generic")
    assert found.limit == date(2026, 11, 2)  # a Saturday, then All Saints
    late = state((FactKind.RECEIVED, "2026-10-01"), on="2027-10-02", key="generic")
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
    day = date(2026, 9, 1)
    facts = [Told(FactKind.SENT, day), Told(FactKind.RECEIVED, day)]
    for kinds, stage, awaits in STEPS:
        day += timedelta(days=1)
        facts += [Told(kind, day) for kind in kinds]
        found = project(facts, on=day)
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
def test_the_order_in_which_facts_were_recorded_says_nothing(facts: list[Told], on: date) -> None:
    forwards = project(facts, on=on)
    assert forwards == project(list(reversed(facts)), on=on)
    assert forwards == project([*facts, *facts], on=on)


@given(facts=FACTS, on=DAYS)
def test_what_is_to_come_does_not_count_yet(facts: list[Told], on: date) -> None:
    past = [one for one in facts if one.day <= on]
    assert project(facts, on=on) == project(past, on=on)


@given(facts=FACTS, on=DAYS, later=st.integers(1, 400))
def test_days_alone_never_turn_a_stage_back(facts: list[Told], on: date, later: int) -> None:
    order = list(Stage)
    past = [one for one in facts if one.day <= on]
    before = project(past, on=on)
    after = project(past, on=on + timedelta(days=later))
    assert order.index(after.stage) >= order.index(before.stage)
    assert after.limit == before.limit


@given(facts=FACTS, on=DAYS, key=KEYS)
def test_a_state_hangs_together(facts: list[Told], on: date, key: str) -> None:
    found = project(facts, on=on, key=key)
    assert found.awaits is not None or found.due_on is None
    assert not (found.is_deemed_negative and found.awaits is not Await.OPINION)
    if found.stage is Stage.CLOSED:
        assert found.awaits is None
    if not template(key).has_opinion:
        assert (
            found.awaits not in {Await.OPINION, Await.RESPONSE} and found.stage is not Stage.AWAITING_OPINION
        )


def test_a_file_of_the_body_follows_no_procedure() -> None:
    opened = [Told(FactKind.LETTERBOX_OPENED, date(2026, 9, 2))]
    found = rules.project(opened, None, on=date(2026, 9, 3))
    assert found == rules.State(Stage.LISTENING)


def test_a_contested_start_gives_two_limits_and_is_over_by_both_only() -> None:
    """R2312-5; Cass. soc. 28 March 2018: both readings are shown, none is chosen."""
    received = Told(FactKind.RECEIVED, date(2026, 9, 28), "", True, date(2026, 10, 2))
    found = project([received], on=date(2026, 10, 29))
    assert (found.limit, found.contested_limit) == (date(2026, 10, 28), date(2026, 11, 2))
    assert not found.is_deemed_negative
    assert project([received], on=date(2026, 11, 3)).is_deemed_negative
    never = Told(FactKind.RECEIVED, date(2026, 9, 28), "", True, None)
    assert not project([never], on=date(2027, 11, 3)).is_deemed_negative


def test_meetings_are_the_last_one_held_and_those_beside_it() -> None:
    meetings = [Told(FactKind.TOLD, date(2026, month, 5), "meeting") for month in (9, 10, 11)]
    days = rules.days_of(meetings, on=date(2026, 10, 20))
    assert (days["previous_meeting"], days["meeting"], days["next_meeting"]) == (
        date(2026, 9, 5), date(2026, 10, 5), date(2026, 11, 5),
    )  # fmt: skip
    assert rules.days_of(meetings, on=date(2026, 8, 1))["meeting"] == date(2026, 9, 5)


@pytest.mark.parametrize(
    ("country", "kind", "headcount", "sector", "key"),
    [
        ("fr", BodyKind.CSE, 430, "private", "fr-cse"),
        ("fr", BodyKind.CSE, 0, "private", "fr-cse"),
        ("fr", BodyKind.CENTRAL_CSE, 0, "private", "fr-cse"),
        ("fr", BodyKind.CSE, 49, "private", "fr-cse-11-49"),
        ("fr", BodyKind.CSSCT, 430, "private", ""),
        ("fr", BodyKind.BETRIEBSRAT, 30, "private", "de-betrvg90"),
        ("be", BodyKind.BELGIAN_COUNCIL, 430, "private", "be-cct39"),
        ("be", BodyKind.CPPT, 60, "private", "be-cct39"),
        ("be", BodyKind.WORKS_COUNCIL, 430, "private", "be-cct39"),
        ("de", BodyKind.WORKS_COUNCIL, 430, "private", "de-betrvg90"),
        ("ca", BodyKind.UNION, 430, "federal_public_service", "ca-fps-tech-change"),
        ("ca", BodyKind.UNION, 430, "federally_regulated", "ca-labour-code-technological-change"),
        ("ca", BodyKind.UNION, 430, "private", "generic"),
    ],
)
def test_the_procedure_a_body_starts_from(
    country: str, kind: BodyKind, headcount: int, sector: str, key: str
) -> None:
    assert rules.template_for(country, kind, headcount, sector) == key
    assert not key or key in templates()
