"""Who votes on a day, and what a delegation covers: the edges, and what never happens."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.people.rules import VOTING, BodyKind, MandateRole, PreparesOnly, may_stand_under, must_decide
from consult.people.seats import NEVER_VOTES, DelegatedAct, Powers, Seat, StandsIn, voters, votes

DAY = date(2026, 11, 16)
ONE = timedelta(days=1)
MEMBER, ALTERNATE, CHAIR, GUEST = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)


def seat(ident: UUID, role: MandateRole, *, first: int = -400, last: int | None = None) -> Seat:
    return Seat(ident, role, DAY + first * ONE, DAY + last * ONE if last is not None else None)


def of(*replacements: StandsIn, on: date = DAY, member: Seat | None = None) -> set[UUID]:
    seats = [
        member or seat(MEMBER, MandateRole.FULL_MEMBER),
        seat(ALTERNATE, MandateRole.ALTERNATE),
        seat(CHAIR, MandateRole.CHAIR),
        seat(GUEST, MandateRole.EXPERT_GUEST),
    ]
    return set(voters(seats, replacements, on))


def test_a_member_votes_and_an_alternate_only_when_replacing() -> None:
    assert of() == {MEMBER}
    replaced = StandsIn(ALTERNATE, MEMBER, DAY, DAY + 3 * ONE)
    assert of(replaced) == {ALTERNATE}


@pytest.mark.parametrize(("days", "expected"), [(-1, MEMBER), (0, ALTERNATE), (3, ALTERNATE), (4, MEMBER)])
def test_the_first_and_last_day_of_a_replacement_count(days: int, expected: UUID) -> None:
    assert of(StandsIn(ALTERNATE, MEMBER, DAY, DAY + 3 * ONE), on=DAY + days * ONE) == {expected}


def test_an_alternate_goes_on_voting_once_the_member_has_left() -> None:
    gone = seat(MEMBER, MandateRole.FULL_MEMBER, last=-1)
    assert of(member=gone) == set()
    assert of(StandsIn(ALTERNATE, MEMBER, DAY - 9 * ONE), member=gone) == {ALTERNATE}


@pytest.mark.parametrize(("last", "on", "counts"), [(0, 0, True), (0, 1, False), (None, 900, True)])
def test_the_last_day_of_a_mandate_counts(last: int | None, on: int, counts: bool) -> None:
    member = seat(MEMBER, MandateRole.FULL_MEMBER, last=last)
    assert (MEMBER in of(member=member, on=DAY + on * ONE)) is counts


@pytest.mark.parametrize("role", sorted(NEVER_VOTES))
@pytest.mark.parametrize("by_hand", [None, True, False])
def test_the_chair_and_guests_never_vote(role: MandateRole, by_hand: bool | None) -> None:
    assert not votes(role, by_hand)


def test_set_by_hand() -> None:
    assert votes(MandateRole.UNION_REPRESENTATIVE, True)
    assert not votes(MandateRole.FULL_MEMBER, False)


ROLES = st.sampled_from(list(MandateRole))
DAYS = st.integers(-30, 30).map(lambda one: DAY + one * ONE)
PERIODS = st.tuples(DAYS, st.none() | st.integers(0, 40)).map(
    lambda one: (one[0], None if one[1] is None else one[0] + one[1] * ONE)
)
SEATS = st.lists(
    st.builds(
        lambda ident, role, period, by_hand: Seat(UUID(int=ident), role, *period, by_hand),
        st.integers(1, 8), ROLES, PERIODS, st.none() | st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)  # fmt: skip
STAND_INS = st.lists(
    st.builds(
        lambda by, of, period: StandsIn(UUID(int=by), UUID(int=of), *period),
        st.integers(1, 9), st.integers(1, 9), PERIODS,
    ),
    max_size=5,
)  # fmt: skip


@given(SEATS, STAND_INS, DAYS)
def test_whoever_votes_sits_that_day_and_is_neither_chair_nor_guest(
    seats: list[Seat], stand_ins: list[StandsIn], on: date
) -> None:
    by_id = {one.id: one for one in seats}
    for ident in voters(seats, stand_ins, on):
        assert by_id[ident].runs(on)
        assert by_id[ident].role not in NEVER_VOTES


@given(SEATS, DAYS)
def test_without_replacements_the_capacity_or_the_hand_decides(seats: list[Seat], on: date) -> None:
    expected = {
        one.id
        for one in seats
        if one.runs(on) and (one.has_vote if one.has_vote is not None else one.role in VOTING)
        and one.role not in NEVER_VOTES
    }  # fmt: skip
    assert voters(seats, [], on) == expected


@given(st.integers(1, 6), st.integers(0, 6), DAYS, PERIODS)
def test_a_replacement_never_changes_how_many_vote(
    members: int, replaced: int, on: date, period: tuple[date, date | None]
) -> None:
    """As long as the members replaced sit, a body has as many votes with its alternates as without."""
    far = DAY - 400 * ONE
    seats = [Seat(UUID(int=one), MandateRole.FULL_MEMBER, far) for one in range(1, members + 1)]
    seats += [Seat(UUID(int=100 + one), MandateRole.ALTERNATE, far) for one in range(1, members + 1)]
    stand_ins = [
        StandsIn(UUID(int=100 + one), UUID(int=one), *period) for one in range(1, min(replaced, members) + 1)
    ]
    assert len(voters(seats, stand_ins, on)) == members


# ── delegations ────────────────────────────────────────────────────────────────

ACT, OTHER = DelegatedAct.REMARK, DelegatedAct.CONTEST_DAY


@pytest.mark.parametrize(
    ("day", "revoked", "covered"),
    [(-1, None, False), (0, None, True), (5, None, True), (6, None, False), (3, 3, False), (2, 3, True)],
)
def test_what_a_delegation_covers_by_the_day(day: int, revoked: int | None, covered: bool) -> None:
    back = DAY + revoked * ONE if revoked is not None else None
    powers = Powers({ACT}, DAY, DAY + 5 * ONE, back)
    assert powers.cover(ACT, DAY + day * ONE) is covered
    assert not powers.cover(OTHER, DAY + day * ONE)


@given(st.sets(st.sampled_from(list(DelegatedAct))), PERIODS, st.none() | DAYS, DAYS, st.integers(0, 60))
def test_taken_back_it_never_covers_anything_again(
    acts: set[DelegatedAct], period: tuple[date, date | None], revoked: date | None, on: date, later: int
) -> None:
    powers = Powers(acts, *period, revoked)
    for act in DelegatedAct:
        if powers.cover(act, on):
            assert act in acts
            assert revoked is None or on < revoked
        if revoked is not None:
            assert not powers.cover(act, revoked + later * ONE)


# ── kinds ──────────────────────────────────────────────────────────────────────


def test_only_a_committee_that_prepares_is_told_so() -> None:
    with pytest.raises(PreparesOnly):
        must_decide(BodyKind.CSSCT)
    for kind in set(BodyKind) - {BodyKind.CSSCT}:
        must_decide(kind)


def test_what_may_stand_under_what() -> None:
    assert may_stand_under(BodyKind.CSE, BodyKind.CENTRAL_CSE)
    assert may_stand_under(BodyKind.CSSCT, BodyKind.CSE)
    assert not may_stand_under(BodyKind.CSE, BodyKind.CSE)
    assert not may_stand_under(BodyKind.CSSCT, BodyKind.UNION)
    assert may_stand_under(BodyKind.CUSTOM, BodyKind.EWC)
