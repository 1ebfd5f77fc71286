"""How a vote carries, whose vote counts, and what may be done with a draft."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from consult.opinions.motions import (
    Choice,
    DraftState,
    Majority,
    Outcome,
    Rule,
    Seat,
    Tally,
    count,
    draft_state,
    ends_the_period,
    result,
    rules_of,
    seats_wrong,
)
from consult.opinions.rules import Position, is_adopted
from consult.procedures.loading import template, templates

votes = st.integers(0, 60)
tallies = st.builds(Tally, votes, votes, votes, votes)
PRESENT, CAST, NONE = (Rule(one) for one in Majority)


@given(tallies)
def test_of_the_members_present_whoever_is_not_for_counts_against(tally: Tally) -> None:
    found = result(PRESENT, tally)
    against = tally.votes_against + tally.abstentions + tally.blank
    assert found.is_carried is (tally.votes_for > against), "a tie fails"
    assert found.needed == tally.present // 2 + 1
    neither = tally.abstentions + tally.blank
    assert found.is_carried is is_adopted(tally.votes_for, tally.votes_against, neither)


@given(tallies)
def test_of_the_votes_cast_only_those_for_and_against_count(tally: Tally) -> None:
    found = result(CAST, tally)
    assert found.is_carried is (tally.votes_for > tally.votes_against), "a tie fails"
    assert found.base == tally.votes_for + tally.votes_against


@given(tallies)
def test_what_carries_of_those_present_carries_of_those_cast(tally: Tally) -> None:
    if result(PRESENT, tally).is_carried:
        assert result(CAST, tally).is_carried


@given(tallies, st.sampled_from([PRESENT, CAST]))
def test_one_more_vote_for_never_loses_a_proposition(tally: Tally, rule: Rule) -> None:
    more = Tally(tally.votes_for + 1, tally.votes_against, tally.abstentions, tally.blank)
    assert result(rule, more).is_carried >= result(rule, tally).is_carried


@given(tallies, st.integers(0, 300))
def test_without_a_quorum_nothing_carries(tally: Tally, seats: int) -> None:
    rule = Rule(Majority.MEMBERS_PRESENT, Fraction(1, 2), "§ 33")
    found = result(rule, tally, seats=seats)
    assert found.has_quorum is (2 * tally.present >= seats)
    assert found.is_carried is (found.has_quorum and result(PRESENT, tally).is_carried)


@given(tallies)
def test_where_no_vote_is_asked_for_none_is_counted(tally: Tally) -> None:
    assert result(NONE, tally).is_carried


def test_nobody_voting_carries_nothing() -> None:
    assert not result(PRESENT, Tally()).is_carried
    assert not result(CAST, Tally()).is_carried


def test_the_rule_comes_from_the_template() -> None:
    (france,) = rules_of(template("fr-cse"))
    assert (france.majority, france.quorum, france.reference) == (Majority.MEMBERS_PRESENT, None, "L2315-32")
    (germany,) = rules_of(template("de-betrvg90"))
    assert (germany.majority, germany.quorum) == (Majority.MEMBERS_PRESENT, Fraction(1, 2))
    (belgium,) = rules_of(template("be-cct39"))
    assert belgium.majority is Majority.NO_VOTE
    assert [one.majority for one in rules_of(template("generic"))] == list(Majority)
    for one in templates().values():
        assert rules_of(one)


def test_only_an_opinion_ends_the_period() -> None:
    assert {one for one in Outcome if ends_the_period(one)} == {Outcome(one.value) for one in Position}


# ── votes by name ──────────────────────────────────────────────────────────────

people = st.sets(st.integers(0, 9), max_size=8)
seatings = st.lists(
    st.builds(Seat, st.integers(0, 9), st.integers(0, 9), st.sampled_from(list(Choice))), max_size=8
)


@given(people, people, seatings)
def test_only_voting_seats_count_each_once(
    voters: set[object], alternates: set[object], seats: list[Seat]
) -> None:
    if seats_wrong(seats, voters, alternates):
        return
    assert len({one.mandate for one in seats}) == len({one.by for one in seats}) == len(seats)
    assert {one.mandate for one in seats} <= voters
    assert {one.by for one in seats if one.by != one.mandate} <= alternates
    assert count(seats).present == len(seats)


def test_nobody_else_has_a_vote() -> None:
    assert seats_wrong([Seat(1, 1, Choice.FOR)], {2}, {1}) == (1,)


# ── the draft ──────────────────────────────────────────────────────────────────


@given(st.lists(st.sampled_from(["begin", "save", "lose", "adopt", "close"]), max_size=30))
def test_a_draft_goes_one_way(acts: list[str]) -> None:
    """Whatever is tried in whatever order: an adopted opinion never opens again, a lost vote changes nothing,
    and only an open draft is written or voted on."""
    has_draft = has_opinion = is_over = False
    passed = [DraftState.NONE]
    for act in acts:
        now = draft_state(has_draft=has_draft, has_opinion=has_opinion, is_over=is_over)
        has_draft = has_draft or (act == "begin" and now is DraftState.NONE)
        has_opinion = has_opinion or (act == "adopt" and now in {DraftState.NONE, DraftState.OPEN})
        is_over = is_over or act == "close"
        after = draft_state(has_draft=has_draft, has_opinion=has_opinion, is_over=is_over)
        if act in {"save", "lose"}:
            assert after is now
        if now is DraftState.ADOPTED:
            assert after is DraftState.ADOPTED
        if now is DraftState.OVER:
            assert after is DraftState.OVER
        passed.append(after)
    assert passed.count(DraftState.NONE) == next(
        (at for at, one in enumerate(passed) if one is not DraftState.NONE), len(passed)
    ), "there is no way back to none"
