"""Ballots of one size, and how they are counted."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.anonymity import ballots, sealing
from consult.anonymity.ballots import Choice, PollBallot, SupportBallot
from consult.anonymity.counting import (
    Group,
    Question,
    Row,
    may_split,
    members,
    publish_poll,
    support_shown,
    total,
)
from consult.anonymity.message import Malformed
from consult.anonymity.sealing import CannotOpen

KEYS = sealing.new_key_pair()
BOX, CONCERN = bytes(range(16)), bytes(range(16, 32))
ids = st.from_regex(r"\A[A-Za-z0-9_-]{1,40}\Z")
poll_ballots = st.builds(PollBallot, ids, st.none() | st.integers(0, 19), st.none() | ids)
support_ballots = st.builds(SupportBallot, st.binary(min_size=16, max_size=16), st.sampled_from(Choice))


# ── ballots ────────────────────────────────────────────────────────────────────


@given(poll_ballots, support_ballots)
@settings(max_examples=60)
def test_every_ballot_has_one_size_and_comes_back(poll: PollBallot, support: SupportBallot) -> None:
    sealed = [ballots.seal_ballot(KEYS.public, poll), ballots.seal_ballot(KEYS.public, support)]
    assert {len(one) for one in sealed} == {304}
    assert ballots.open_poll_ballot(KEYS.private, sealed[0]) == poll
    assert ballots.open_support_ballot(KEYS.private, sealed[1]) == support
    for reader, one in ((ballots.open_poll_ballot, sealed[1]), (ballots.open_support_ballot, sealed[0])):
        with pytest.raises(Malformed):
            reader(KEYS.private, one)


def test_the_longest_ballot_fits() -> None:
    assert len(PollBallot("q" * 40, 19, "g" * 40).encode()) <= ballots.BALLOT_SIZE - 1


def test_ballots_are_written_in_one_way() -> None:
    assert PollBallot("ease", 2, "lille").encode() == b'{"group":"lille","option":2,"question":"ease"}'
    assert PollBallot("ease", None).encode() == b'{"group":null,"option":null,"question":"ease"}'
    written = b'{"choice":"support","concern":"101112131415161718191a1b1c1d1e1f"}'
    assert SupportBallot(CONCERN, Choice.SUPPORT).encode() == written


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "x"]), st.none() | st.integers(0, 3)), st.none() | ids)
def test_one_person_casts_one_ballot_for_each_question(
    answers: dict[str, int | None], group: str | None
) -> None:
    cast = ballots.answered(["a", "b", "c"], answers, group)
    assert [one.question for one in cast] == ["a", "b", "c"]
    assert {one.group for one in cast} == {group}
    assert [one.option for one in cast] == [answers.get(name) for name in "abc"]


@pytest.mark.parametrize(
    "change",
    [
        {"option": True}, {"option": -1}, {"option": 20}, {"option": 1.0}, {"option": "1"}, {"group": ""},
        {"group": "à"}, {"group": "a+b"}, {"group": 3}, {"question": None}, {"question": "x" * 41},
        {"question": "a\n"}, {"who": "x"},
    ],
)  # fmt: skip
def test_other_poll_ballots_are_malformed(change: dict[str, object]) -> None:
    fields = {"question": "ease", "option": 1, "group": None} | change
    with pytest.raises(Malformed):
        PollBallot.decode(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"choice": "against"},
        {"choice": []},
        {"concern": "10"},
        {"concern": 3},
        {"concern": "1F" * 16},
        {"x": 1},
    ],
)
def test_other_support_ballots_are_malformed(change: dict[str, object]) -> None:
    fields = {"concern": "1f" * 16, "choice": "support"} | change
    with pytest.raises(Malformed):
        SupportBallot.decode(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode())


@given(st.binary(max_size=80))
@settings(max_examples=50)
def test_anything_else_is_malformed(payload: bytes) -> None:
    sealed = sealing.seal_any(KEYS.public, payload, 256)
    for reader in (ballots.open_poll_ballot, ballots.open_support_ballot):
        with pytest.raises(Malformed):
            reader(KEYS.private, sealed)


@pytest.mark.parametrize(
    "encoded",
    [
        b'{"option":1,"group":null,"question":"a"}', b'{"group":null,"option":1,"question":"a"} ',
        b'{"group":null,"option":1,"option":1,"question":"a"}',
        b'{"group":null,"option":1,"question":"\\u0061"}',
    ],
)  # fmt: skip
def test_a_ballot_has_one_encoding(encoded: bytes) -> None:
    with pytest.raises(Malformed):
        PollBallot.decode(encoded)


def test_other_sizes_and_keys_do_not_open() -> None:
    ballot = PollBallot("ease", 1)
    for sealed in (b"", bytes(304), sealing.seal_any(KEYS.public, ballot.encode(), 128)):
        with pytest.raises(CannotOpen):
            ballots.open_poll_ballot(KEYS.private, sealed)
    with pytest.raises(CannotOpen):
        ballots.open_poll_ballot(sealing.new_key_pair().private, ballots.seal_ballot(KEYS.public, ballot))


def test_rows_that_are_no_ballots_do_not_keep_the_rest_from_being_counted() -> None:
    poll, support = PollBallot("ease", 1, "lille"), SupportBallot(CONCERN, Choice.NOT)
    kinds = [ballots.seal_ballot(KEYS.public, one) for one in (poll, support)]
    odd = [
        b"",
        bytes(304),
        sealing.seal_any(KEYS.public, b"{}", 256),
        sealing.seal_any(KEYS.public, b"x", 128),
    ]
    assert list(ballots.poll_ballots(KEYS.private, [*odd, *kinds, *odd, kinds[0]])) == [poll, poll]
    assert list(ballots.support_ballots(KEYS.private, [*odd, *kinds])) == [support]


def test_an_answer_stays_out_of_tracebacks() -> None:
    assert repr(PollBallot("ease", 1, "lille")) == "PollBallot()"
    assert repr(SupportBallot(CONCERN, Choice.NOT)) == "SupportBallot()"


# ── nullifiers ─────────────────────────────────────────────────────────────────


def test_a_nullifier_is_hashed_as_the_documents_say() -> None:
    right = b"0123456789ABCDEF"
    expected = sha256(b"consult/support\x00" + BOX + right + CONCERN).digest()
    assert ballots.nullifier(BOX, right, CONCERN) == expected


boxes = st.binary(min_size=16, max_size=16)
nullified = st.tuples(boxes, st.binary(min_size=16, max_size=33), boxes)


@given(nullified, nullified)
def test_two_rights_or_concerns_never_share_a_nullifier(
    one: tuple[bytes, bytes, bytes], two: tuple[bytes, bytes, bytes]
) -> None:
    assert (ballots.nullifier(*one) == ballots.nullifier(*two)) == (one == two)


@pytest.mark.parametrize(
    ("box", "right", "concern"),
    [
        (BOX, bytes(15), CONCERN),
        (BOX, bytes(16), bytes(15)),
        (BOX, bytes(32), bytes(17)),
        (b"", bytes(16), CONCERN),
    ],
)
def test_other_lengths_are_refused(box: bytes, right: bytes, concern: bytes) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        ballots.nullifier(box, right, concern)


@pytest.mark.parametrize("size", [0, 15, 17])
def test_a_concern_has_an_id_of_one_length(size: int) -> None:
    with pytest.raises(Malformed):
        SupportBallot(bytes(size), Choice.SUPPORT)


# ── counting ───────────────────────────────────────────────────────────────────

EASE, USE = Question("ease", 3), Question("use", 2)


def cast(question: str, group: str | None, *counts: int) -> list[PollBallot]:
    return [PollBallot(question, at, group) for at, count in enumerate(counts) for _ in range(count)]


def rows(question: str, group: str | None, *floors: int | None) -> tuple[Row, ...]:
    return tuple(Row(question, group, option, floor) for option, floor in enumerate(floors))


def test_over_all_cells_are_floored_and_silence_is_not_counted() -> None:
    silent = [PollBallot("ease", None, "lille")] * 50
    given_answers = cast("ease", "lille", 12, 4, 5) + cast("ease", None, 0, 0, 9) + cast("use", "lille", 9, 9)
    published = publish_poll(
        given_answers + silent, [EASE, USE], [Group("lille")], by_group=False, headcount=100
    )
    assert published == rows("ease", None, 10, None, 10) + rows("use", None, 5, 5)
    assert total(published[:3]) == 20


@pytest.mark.parametrize("counts", [(), (4, 4, 4), (9, 4, 4), (0, 9, 0)])
def test_a_question_with_few_answers_shows_none(counts: tuple[int, ...]) -> None:
    """Also where there are ten and more: what shows must come to ten."""
    assert publish_poll(cast("ease", None, *counts), [EASE], by_group=False, headcount=100) == ()


def test_groups_are_gathered_from_the_smallest_until_they_show_ten() -> None:
    groups = [Group("paris", 300), Group("lille", 12), Group("metz", 40)]
    answers = (
        cast("ease", "paris", 80, 41, 3) + cast("ease", "lille", 6, 1, 1) + cast("ease", "metz", 12, 9, 9)
    )
    published = publish_poll(answers, [EASE], groups, by_group=True, headcount=352)
    assert published == rows("ease", "?+lille+metz", 15, 10, 10) + rows("ease", "paris", 80, 40, None)
    assert members(published[0].group or "") == ("?", "lille", "metz")


def test_groups_whose_size_is_not_told_keep_their_order_and_a_rest_is_dropped() -> None:
    answers = cast("use", "paris", 80, 41) + cast("use", "lille", 9, 1) + cast("use", "metz", 0, 3)
    groups = [Group("paris", 300), Group("lille"), Group("metz", 40)]
    published = publish_poll(answers, [USE], groups, by_group=True, headcount=352)
    assert published == rows("use", "?+paris", 80, 40)


def test_those_who_say_no_group_or_another_are_in_one_number_too() -> None:
    answers = cast("use", None, 6, 6) + cast("use", "rumour", 5, 0) + cast("use", "lille", 20, 20)
    published = publish_poll(answers, [USE], [Group("lille")], by_group=True, headcount=80)
    assert published == rows("use", "?", 10, 5) + rows("use", "lille", 20, 20)


def test_a_block_shows_no_more_than_its_last_group_may_have_given() -> None:
    """Everybody in two groups of ten answered: what the first gave could be worked out."""
    answers = cast("use", "lille", 9, 1) + cast("use", "metz", 6, 4)
    known, unknown = [Group("lille", 10), Group("metz", 10)], [Group("lille"), Group("metz")]
    assert publish_poll(answers, [USE], known, by_group=True, headcount=20) == ()
    assert publish_poll(answers, [USE], unknown, by_group=True, headcount=20) == rows(
        "use", "?+lille+metz", 15, 5
    )


def test_small_sites_are_never_split() -> None:
    answers = cast("use", "lille", 10, 6)
    published = publish_poll(answers, [USE], [Group("lille", 19)], by_group=True, headcount=19)
    assert published == rows("use", None, 10, 5)
    assert (may_split(19), may_split(20)) == (False, True)


def test_answers_that_cannot_be_are_left_out() -> None:
    answers = cast("ease", None, 10, 0, 0) + cast("rumour", None, 50) + [PollBallot("ease", 3)] * 50
    assert publish_poll(answers, [EASE], by_group=False, headcount=200) == rows("ease", None, 10, None, None)


def test_only_support_is_shown_and_only_from_its_threshold() -> None:
    def votes(concern: int, choice: Choice, count: int) -> list[SupportBallot]:
        return [SupportBallot(bytes([concern]) * 16, choice)] * count

    cast_votes = votes(1, Choice.SUPPORT, 14) + votes(1, Choice.NOT, 40) + votes(2, Choice.SUPPORT, 9)
    cast_votes += votes(3, Choice.SUPPORT, 4) + votes(4, Choice.NOT, 20)
    one, two = bytes([1]) * 16, bytes([2]) * 16
    assert support_shown(cast_votes) == {one: 10, two: 5}
    assert support_shown(cast_votes, count_min=7) == {one: 10}
