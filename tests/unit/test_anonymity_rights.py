"""Slips and passes as people type and paste them, and the hashes they leave."""

from __future__ import annotations

import re
import traceback
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.anonymity import rights, slips
from consult.anonymity.crockford import ALPHABET, BadCode
from consult.anonymity.rights import BadRight, Pass, Slip, right_hash

BOX = bytes(range(16))
LANES = ("speak-1", "speak-2", "speak-3", "pulse", "support")
codes = st.text(alphabet=ALPHABET, min_size=16, max_size=16)
passes = st.builds(
    Pass, st.sampled_from(LANES), st.binary(min_size=64, max_size=64), st.binary(min_size=256, max_size=256)
)


# ── slips ──────────────────────────────────────────────────────────────────────


def test_new_slips_are_random_and_use_every_character() -> None:
    made = {slips.new() for _ in range(300)}
    assert len(made) == 300
    assert set("".join(made)) == set(ALPHABET)


def test_every_bit_of_a_slip_is_drawn() -> None:
    made = [slips.new() for _ in range(300)]
    assert all(len({code[at] for code in made}) > 24 for at in range(16))


@given(codes)
def test_a_slip_is_printed_in_groups_of_four(code: str) -> None:
    printed = slips.printed(code)
    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{5}}", printed)
    assert slips.normalise(printed) == code


@given(codes, st.sampled_from(["", " ", "-", "‑", "–", "\n", "  "]))
def test_a_slip_is_read_as_people_type_it(code: str, between: str) -> None:
    typed = slips.printed(code).lower().replace("-", between).replace("0", "o").replace("1", "i")
    assert rights.read(f"  {typed}\t") == Slip(code)


@given(codes)
def test_a_slip_has_one_hash_for_each_lane(code: str) -> None:
    found = slips.hashes(BOX, code, LANES)
    assert list(found) == list(LANES)
    assert len(set(found.values())) == len(LANES)
    for lane, value in found.items():
        assert value == right_hash(f"slip-{lane}", BOX, code.encode()) == Slip(code).hash(BOX, lane)
    assert not set(found.values()) & set(slips.hashes(bytes(16), code, LANES).values())


@pytest.mark.parametrize("code", ["", "0" * 15, "0" * 17, "u" * 16, "O" * 16, "0000-0000-0000-00"])
def test_only_a_bare_code_is_hashed_or_printed(code: str) -> None:
    with pytest.raises(ValueError):
        slips.hashes(BOX, code, LANES)
    with pytest.raises(ValueError):
        slips.printed(code)


@given(codes, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_a_slip_of_the_pen_is_found(code: str, at: int, other: str) -> None:
    written = slips.printed(code).replace("-", "")
    wrong = written[:at] + other + written[at + 1 :]
    if wrong != written:
        with pytest.raises(BadCode):
            slips.normalise(wrong)
        with pytest.raises(BadRight):
            rights.read(wrong)


# ── passes ─────────────────────────────────────────────────────────────────────


@given(passes, st.sampled_from(["", " ", "\n", "\r\n\t", "\u00a0"]))
def test_a_pass_comes_back_from_its_token(made: Pass, around: str) -> None:
    assert rights.read(around + made.token + around) == made
    assert len(made.token) == len(made.lane) + 1 + 427 <= 440


@given(passes, st.integers(1, 400))
def test_a_mail_program_may_break_the_line(made: Pass, at: int) -> None:
    assert rights.read(f"{made.token[:at]}\r\n{made.token[at:]}") == made


@given(passes)
def test_what_is_spent_is_the_message_in_its_lane(made: Pass) -> None:
    assert made.message == made.prepared[32:]
    assert made.hash(BOX) == right_hash(f"pass-{made.lane}", BOX, made.message)
    again = Pass(made.lane, bytes(32) + made.message, bytes(256))
    assert again.hash(BOX) == made.hash(BOX), "another prefix or signature does not make another right"
    assert made.hash(BOX) != made.hash(bytes(16))


def test_a_slip_and_a_pass_never_meet() -> None:
    code = "0123456789ABCDEF"
    made = Pass("speak-1", bytes(32) + code.encode() * 2, bytes(256))
    assert made.hash(BOX) not in slips.hashes(BOX, code, LANES).values()


@pytest.mark.parametrize("lane", ["", "speak-0", "speak-9", "speak-10", "write-back", "pulse\n", "Pulse"])
def test_a_pass_has_a_known_lane(lane: str) -> None:
    with pytest.raises(ValueError):
        Pass(lane, bytes(64), bytes(256))
    token = urlsafe_b64encode(bytes(320)).rstrip(b"=").decode()
    if lane.strip() == lane:
        with pytest.raises(BadRight):
            rights.read(f"{lane}.{token}")


@pytest.mark.parametrize(("prepared", "signature"), [(63, 256), (64, 255), (65, 255), (64, 257), (0, 0)])
def test_a_pass_has_fixed_lengths(prepared: int, signature: int) -> None:
    with pytest.raises(ValueError):
        Pass("pulse", bytes(prepared), bytes(signature))
    content = urlsafe_b64encode(bytes(prepared + signature)).rstrip(b"=").decode()
    if prepared + signature != 320:
        with pytest.raises(BadRight):
            rights.read(f"pulse.{content}")


@given(passes, st.sampled_from("BCD"))
def test_a_right_has_one_spelling(made: Pass, spare: str) -> None:
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".index(made.token[-1])
    assert last % 4 == 0
    other = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last + "ABCD".index(spare)]
    with pytest.raises(BadRight):
        rights.read(made.token[:-1] + other)


# ── refusals ───────────────────────────────────────────────────────────────────


@given(st.text(max_size=60))
def test_anything_else_is_refused(typed: str) -> None:
    """Either a slip whose check holds, or `BadRight`; no input brings anything else."""
    try:
        expected = Slip(slips.normalise(typed))
    except BadCode:
        with pytest.raises(BadRight):
            rights.read(typed)
    else:
        assert rights.read(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", ".", "pulse.", "pulse", "é" * 17, "0" * 16, "0" * 18, "0" * 100_000, "\0", "\ud800" * 17,
        "pulse." + "A" * 426, "pulse." + "A" * 428, "pulse." + "A" * 426 + "=", "pulse." + "+" * 427,
        "pulse.." + "A" * 427, "speak-1." + "A" * 427 + " speak-2." + "A" * 427, "pulse." + "Ａ" * 427,
    ],
    ids=range(18),
)  # fmt: skip
def test_refusals_have_one_shape_and_never_tell_what_was_typed(typed: str) -> None:
    with pytest.raises(BadRight) as caught:
        rights.read(typed)
    assert (type(caught.value), caught.value.args, str(caught.value)) == (BadRight, (), "")
    assert caught.value.__cause__ is None and (
        caught.value.__context__ is None or not caught.value.__context__.args
    )


@given(passes, codes)
def test_no_right_shows_in_a_trace(made: Pass, code: str) -> None:
    assert repr(Slip(code)) == "Slip()"
    assert repr(made) == f"Pass(lane={made.lane!r})"
    try:
        rights.read(made.token + "A")
    except BadRight as refused:
        told = "".join(traceback.format_exception(refused))
        assert made.token not in told and "BadRight" in told
