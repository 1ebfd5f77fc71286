"""Codes people type, words people note, and the hashes of rights."""

from __future__ import annotations

from hashlib import sha256
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consult.anonymity import crockford, words
from consult.anonymity.crockford import ALPHABET, BadCode
from consult.anonymity.rights import right_hash

code_characters = st.text(alphabet=ALPHABET, min_size=1, max_size=30)


# ── Crockford ──────────────────────────────────────────────────────────────────


@given(st.integers(1, 26).flatmap(lambda length: st.tuples(st.integers(0, 32**length - 1), st.just(length))))
def test_numbers_come_back(case: tuple[int, int]) -> None:
    number, length = case
    encoded = crockford.encode(number, length)
    assert len(encoded) == length
    value = 0
    for character in encoded:
        value = value * 32 + ALPHABET.index(character)
    assert value == number


def test_numbers_out_of_range_are_refused() -> None:
    for number in (-1, 32**4):
        with pytest.raises(ValueError, match="range"):
            crockford.encode(number, 4)


@given(code_characters, st.data())
def test_one_wrong_character_is_always_found(characters: str, data: st.DataObject) -> None:
    code = crockford.checked(characters)
    at = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from(ALPHABET.replace(code[at], "")))
    with pytest.raises(BadCode):
        crockford.normalise(code[:at] + other + code[at + 1 :], len(characters))


@given(code_characters, st.data())
def test_two_characters_changing_places_are_always_found(characters: str, data: st.DataObject) -> None:
    code = crockford.checked(characters)
    one, two = data.draw(st.integers(0, len(code) - 1)), data.draw(st.integers(0, len(code) - 1))
    assume(code[one] != code[two])
    swapped = list(code)
    swapped[one], swapped[two] = swapped[two], swapped[one]
    with pytest.raises(BadCode):
        crockford.normalise("".join(swapped), len(characters))


@given(code_characters, st.sampled_from([2, 3, 4, 5]), st.sampled_from("-‐‑– \t"))
def test_people_type_as_they_like(characters: str, size: int, between: str) -> None:
    printed = crockford.grouped(crockford.checked(characters), size)
    assert printed.replace("-", "") == crockford.checked(characters)
    typed = printed.lower().replace("-", between).replace("1", "l").replace("0", "o")
    assert crockford.normalise(f" {typed} ", len(characters)) == characters


@pytest.mark.parametrize("typed", ["", "U", "UUUUU", "0" * 6, "éé", "0000!", "12345678901234567890"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(BadCode):
        crockford.normalise(typed, 4)


def test_too_many_characters_cannot_be_checked() -> None:
    with pytest.raises(BadCode):
        crockford.check_character("0" * 31)


# ── words ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_lists_hold_7776_words_that_stay_apart_as_typed(locale: str) -> None:
    found = words.word_list(locale)
    assert len({words.normalise(word) for word in found}) == len(found) == words.LIST_SIZE
    assert all(len(words.normalise(word).split()) >= 1 for word in found)


def test_a_language_without_a_list_is_refused() -> None:
    with pytest.raises(words.NoWordList):
        words.word_list("de")


@given(st.integers(0, 2**32), st.sampled_from(["fr", "en"]))
def test_six_words_are_drawn_from_the_list(seed: int, locale: str) -> None:
    drawn = words.six_words(locale, Random(seed))
    assert len(drawn) == 6
    assert set(drawn) <= set(words.word_list(locale))
    assert drawn == words.six_words(locale, Random(seed))


def test_six_words_are_random() -> None:
    assert len({words.six_words("fr") for _ in range(50)}) == 50


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5), st.randoms())
def test_a_fingerprint_does_not_depend_on_the_order_of_keys(keys: list[bytes], random: Random) -> None:
    shuffled = random.sample(keys, len(keys))
    assert words.fingerprint(*keys, locale="fr") == words.fingerprint(*shuffled, locale="fr")


@given(st.binary(min_size=32, max_size=32), st.integers(0, 255))
def test_a_fingerprint_changes_with_one_bit(key: bytes, bit: int) -> None:
    changed = (int.from_bytes(key, "big") ^ (1 << bit)).to_bytes(32, "big")
    assert words.fingerprint(key, locale="en") != words.fingerprint(changed, locale="en")


def test_keys_cannot_run_into_each_other() -> None:
    assert words.fingerprint(b"ab", b"c", locale="fr") != words.fingerprint(b"a", b"bc", locale="fr")
    with pytest.raises(ValueError, match="at least one"):
        words.fingerprint(locale="fr")


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = words.normalise(text)
    assert words.normalise(once) == once
    assert once == once.strip()


def test_what_phones_add_does_not_matter() -> None:
    assert words.normalise("T-Shirt,  Réveil\nŒUF_dur ") == "t shirt reveil oeuf dur"


# ── rights ─────────────────────────────────────────────────────────────────────

BOX = bytes(range(16))


def test_a_right_is_hashed_as_the_documents_say() -> None:
    secret = b"0123456789"
    assert right_hash("speak-1", BOX, secret) == sha256(b"consult/speak-1\x00" + BOX + secret).digest()


rights = st.tuples(
    st.sampled_from(["speak-1", "speak-2", "pulse"]),
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=10, max_size=40),
)


@given(rights, rights)
def test_two_rights_never_share_a_hash(one: tuple[str, bytes, bytes], two: tuple[str, bytes, bytes]) -> None:
    assert (right_hash(*one) == right_hash(*two)) == (one == two)


@pytest.mark.parametrize(
    ("purpose", "box", "secret"),
    [
        ("", BOX, bytes(10)),
        ("é", BOX, bytes(10)),
        ("a\0b", BOX, bytes(10)),
        ("a", BOX[1:], bytes(10)),
        ("a", BOX, bytes(9)),
    ],
)
def test_weak_rights_are_refused(purpose: str, box: bytes, secret: bytes) -> None:
    with pytest.raises(ValueError):
        right_hash(purpose, box, secret)
