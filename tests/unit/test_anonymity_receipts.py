"""Receipts: six words, what follows from them, and what gives them away."""

from __future__ import annotations

from hashlib import blake2b
from random import Random

import pytest
from argon2.low_level import Type, hash_secret_raw
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consult.anonymity import receipts, sealing, words
from consult.anonymity.receipts import BadReceipt, TooFewWords, TooManyWords, UnknownWord
from consult.anonymity.sealing import CannotOpen, TooLong
from consult.anonymity.wrapping import Cost

CHEAP = Cost(memory_kib=8, passes=1)
BOX = bytes(range(16))
OTHER_BOX = bytes(16)
drawn = st.builds(
    lambda seed, locale: words.six_words(locale, Random(seed)),
    st.integers(0, 2**32),
    st.sampled_from(["fr", "en"]),
)


@pytest.fixture(scope="module")
def six() -> str:
    return " ".join(words.six_words("fr", Random(10)))


@given(drawn)
def test_every_receipt_that_is_drawn_is_six_words(six_drawn: tuple[str, ...]) -> None:
    assert receipts.split(" ".join(six_drawn)) == [words.normalise(word) for word in six_drawn]
    assert receipts.read(" ".join(six_drawn)) == words.normalise(" ".join(six_drawn))


@pytest.mark.parametrize("pair", ["drop-down", "felt-tip", "t-shirt", "yo-yo"])
def test_a_word_of_two_parts_is_one_word(pair: str) -> None:
    assert words.normalise(pair) in set(map(words.normalise, words.word_list("en")))
    typed = f"{pair} acorn {pair.replace('-', ' ')} {pair} acorn {pair}"
    assert len(receipts.split(typed)) == 6
    assert receipts.derive(typed, BOX, CHEAP) == receipts.derive(typed.replace("-", "  "), BOX, CHEAP)


@given(drawn)
@settings(max_examples=30)
def test_keys_follow_from_words_and_letterbox_as_the_documents_say(six_drawn: tuple[str, ...]) -> None:
    """Against another implementation of Argon2id, at the cost of tests."""
    receipt = receipts.derive(" ".join(six_drawn), BOX, CHEAP)
    secret = words.normalise(" ".join(six_drawn)).encode()
    master = hash_secret_raw(
        secret, BOX, time_cost=1, memory_cost=8, parallelism=1, hash_len=32, type=Type.ID
    )
    assert receipt.lookup == blake2b(master, digest_size=32, person=b"consult/lookup").digest()
    assert receipt.private == blake2b(master, digest_size=32, person=b"consult/private").digest()
    assert receipt.public == sealing.public_of(receipt.private)
    assert len({receipt.lookup, receipt.private, receipt.public, master}) == 4


def test_the_real_cost(six: str) -> None:
    assert (receipts.COST.memory_kib, receipts.COST.passes) == (19 * 1024, 2)
    secret = words.normalise(six).encode()
    master = hash_secret_raw(
        secret, BOX, time_cost=2, memory_cost=19456, parallelism=1, hash_len=32, type=Type.ID
    )
    expected = blake2b(master, digest_size=32, person=b"consult/lookup").digest()
    assert receipts.derive(six, BOX).lookup == expected


@given(drawn, drawn)
@settings(max_examples=30)
def test_other_words_or_another_letterbox_open_nothing(one: tuple[str, ...], two: tuple[str, ...]) -> None:
    assume(one != two)
    mine = receipts.derive(" ".join(one), BOX, CHEAP)
    for other in (
        receipts.derive(" ".join(two), BOX, CHEAP),
        receipts.derive(" ".join(one), OTHER_BOX, CHEAP),
    ):
        assert not {mine.lookup, mine.private, mine.public} & {other.lookup, other.private, other.public}
        with pytest.raises(CannotOpen):
            receipts.open_reply(other, receipts.seal_reply(mine.public, "Bonjour"))


def test_words_come_as_people_type_them(six: str) -> None:
    expected = receipts.derive(six, BOX, CHEAP)
    one, *rest = six.split()
    for typed in (
        six.upper(),
        f" {one},  " + "-".join(rest),
        "\n".join([one, *rest]),
        f"« {six} ».",
        six.title(),
    ):
        assert receipts.derive(typed, BOX, CHEAP) == expected
    accented = six.replace("e", "é").replace("a", "à")
    assert accented != six
    assert receipts.derive(accented, BOX, CHEAP) == expected


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", TooFewWords), (" .,", TooFewWords), ("un deux", TooFewWords), ("a b c d e", TooFewWords),
        ("a b c d e f g", TooManyWords), ("mot " * 100, TooManyWords), ("a b c d e f", UnknownWord),
    ],
)  # fmt: skip
def test_what_is_not_six_words_is_refused_before_it_costs_anything(
    typed: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts.argon2id, "kdf", None)
    with pytest.raises(error) as refused:
        receipts.derive(typed, BOX, CHEAP)
    assert isinstance(refused.value, BadReceipt)


@pytest.mark.parametrize("position", range(1, 7))
def test_a_slip_of_the_pen_is_shown_by_its_place_and_not_repeated(six: str, position: int) -> None:
    typed = six.split()
    typed[position - 1] += "qx"
    with pytest.raises(UnknownWord) as refused:
        receipts.derive(" ".join(typed), BOX, CHEAP)
    assert refused.value.position == position
    assert not any(word in str(refused.value) for word in typed)


def test_one_word_less_or_more_is_counted(six: str) -> None:
    with pytest.raises(TooFewWords) as few:
        receipts.read(" ".join(six.split()[:5]))
    with pytest.raises(TooManyWords) as many:
        receipts.read(f"{six} {six.split()[0]}")
    assert (few.value.count, many.value.count) == (5, 7)


def test_nothing_of_a_receipt_shows(six: str) -> None:
    receipt = receipts.derive(six, BOX, CHEAP)
    for secret in (receipt.lookup, receipt.private, receipt.public):
        assert repr(secret) not in repr(receipt) and secret.hex() not in repr(receipt)
    with pytest.raises(ValueError, match="16"):
        receipts.derive(six, BOX[1:], CHEAP)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=1500))
@settings(max_examples=50)
def test_a_reply_has_the_size_of_a_message_and_comes_back(text: str) -> None:
    receipt = _receipt()
    if len(text.encode()) > 4095:
        with pytest.raises(TooLong):
            receipts.seal_reply(receipt.public, text)
        return
    sealed = receipts.seal_reply(receipt.public, text)
    assert len(sealed) == sealing.SEALED_SIZE == 4144
    assert receipts.open_reply(receipt, sealed) == text


def test_what_is_no_text_does_not_open() -> None:
    receipt = _receipt()
    for sealed in (
        b"",
        bytes(4144),
        sealing.seal(receipt.public, b"\xff"),
        sealing.seal_any(receipt.public, b"", 64),
    ):
        with pytest.raises(CannotOpen):
            receipts.open_reply(receipt, sealed)


def test_the_right_to_write_back_needs_the_receipt_and_one_reply() -> None:
    """Nothing that lies on the disk beside a reply yields it."""
    receipt, other = _receipt(), receipts.derive(" ".join(words.six_words("en", Random(2))), BOX, CHEAP)
    replies = (bytes(16), bytes(range(16)))
    hashes = {receipts.write_back_right(one, BOX, reply) for one in (receipt, other) for reply in replies}
    hashes |= {receipts.write_back_right(receipt, OTHER_BOX, reply) for reply in replies}
    assert len(hashes) == 6
    same_but_secret = receipts.Receipt(receipt.lookup, other.private, receipt.public)
    known = receipts.write_back_right(same_but_secret, BOX, replies[0])
    assert known != receipts.write_back_right(receipt, BOX, replies[0])
    with pytest.raises(ValueError, match="reply id"):
        receipts.write_back_right(receipt, BOX, b"")


def _receipt() -> receipts.Receipt:
    return receipts.derive(" ".join(words.six_words("fr", Random(1))), BOX, CHEAP)


# ── a message that gives its receipt away ──────────────────────────────────────

AROUND = st.text(alphabet="abcdefghijklmnopqrstuvwxyz éà.,\n", max_size=80)


@given(drawn, AROUND, AROUND, st.sampled_from([" ", ", ", "\n", " - ", "…", "\r\n", " / ", "·", "_"]))
def test_words_are_found_however_they_are_set(
    six_drawn: tuple[str, ...], before: str, after: str, between: str
) -> None:
    typed = between.join(six_drawn)
    for shape in (typed, typed.upper(), typed.replace("e", "é"), between.join(reversed(six_drawn))):
        assert receipts.contains(f"{before} {shape} {after}", " ".join(six_drawn))


@pytest.mark.parametrize(
    "text",
    [
        "Mon code : {0} {1} {2} {3} {4} {5}", "1. {0}\n2. {1}\n3. {2}\n4. {3}\n5. {4}\n6. {5}",
        "{0}{1}{2}{3}{4}{5}", "({5}) {4} puis {3}, {2}, {1} et {0}", "{0} {1} {2} {3} {4} et j'ai oublié",
        "{0}\u200b {1}\u00ad {2} {3} {4} {5}",
    ],
)  # fmt: skip
def test_also_numbered_run_together_turned_round_or_all_but_one(text: str, six: str) -> None:
    assert receipts.contains(text.format(*six.split()), six)


@pytest.mark.parametrize("count", range(5))
def test_fewer_words_are_no_receipt(count: int, six: str) -> None:
    assert not receipts.contains("On relit trop. " + " ".join(six.split()[:count]), six)


def test_words_inside_others_are_not_the_words(six: str) -> None:
    assert not receipts.contains(" ".join(f"x{word}x" for word in six.split()), six)
    assert not receipts.contains("", six)
    assert not receipts.contains("On relit trop.", "")


@given(drawn, st.text(max_size=300))
def test_ordinary_texts_pass(six_drawn: tuple[str, ...], text: str) -> None:
    assert not receipts.contains(text, " ".join(six_drawn))
