"""Messages, padding, sealed boxes, and the keys of keyholders."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.anonymity import sealing, wrapping
from consult.anonymity.message import LANGUAGES, MAX_ENCODED, Kind, Malformed, Message, Topic, fits, room
from consult.anonymity.sealing import CannotOpen, TooLong
from consult.anonymity.wrapping import BadCode, Cost, TooWeak, WrongPassphrase

KEYS = sealing.new_key_pair()
OTHER = sealing.new_key_pair()
CHEAP = Cost(memory_kib=8, passes=1)
PASSPHRASE = "lanterne sureau galet vendredi cuivre marelle"

unicode_text = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)
messages = st.builds(
    Message, st.sampled_from(Kind), st.lists(st.sampled_from(Topic)).map(tuple), st.sampled_from(LANGUAGES),
    unicode_text,
)  # fmt: skip


# ── messages ───────────────────────────────────────────────────────────────────


@given(messages)
def test_a_message_comes_back(message: Message) -> None:
    assert Message.decode(message.encode()) == message
    assert "\r" not in message.text
    assert list(message.topics) == [topic for topic in Topic if topic in message.topics]


@given(messages)
def test_the_page_can_count_along(message: Message) -> None:
    """Compact JSON, keys in order, nothing escaped that need not be: what JSON.stringify writes."""
    fields = {
        "kind": message.kind,
        "language": message.language,
        "text": message.text,
        "topics": list(message.topics),
    }
    assert message.encode() == json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    assert room(message) == MAX_ENCODED - len(message.encode())
    assert fits(message) == (len(message.encode()) <= 4095)


@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(st.none() | st.text() | st.integers(), st.lists).map(
            lambda one: json.dumps(one).encode()
        ),
    )
)
def test_anything_else_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        Message.decode(data)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "rumour"}, {"kind": None}, {"language": "de"}, {"text": 3}, {"topics": "workload"},
        {"topics": ["gossip"]},
        {"topics": [[]]}, {"unit": "Lille"}, {"text": "\ud800"},
    ],
)  # fmt: skip
def test_other_fields_and_values_are_malformed(change: dict[str, object]) -> None:
    fields = {"kind": "worry", "language": "fr", "text": "x", "topics": []} | change
    with pytest.raises(Malformed):
        Message.decode(json.dumps(fields).encode())
    with pytest.raises(Malformed):
        Message.decode(json.dumps({"kind": "worry", "language": "fr", "text": "x"}).encode())


# ── sealing ────────────────────────────────────────────────────────────────────


@given(st.binary(max_size=300), st.integers(1, 400))
def test_padding_comes_back_or_says_how_much_too_long(payload: bytes, size: int) -> None:
    if len(payload) <= size - 1:
        padded = sealing.pad(payload, size)
        assert len(padded) == size
        assert sealing.unpad(padded) == payload
    else:
        with pytest.raises(TooLong) as refused:
            sealing.pad(payload, size)
        assert refused.value.over == len(payload) - size + 1


@pytest.mark.parametrize("padded", [b"", b"\0\0", b"a", b"a\0\0", b"\x7f\0"])
def test_bad_padding_is_refused(padded: bytes) -> None:
    with pytest.raises(CannotOpen):
        sealing.unpad(padded)


@given(st.binary(max_size=4095))
@settings(max_examples=50)
def test_every_row_has_one_size_and_opens_only_with_its_key(payload: bytes) -> None:
    waiting = sealing.seal(KEYS.public, payload)
    released = sealing.reseal(KEYS.public, waiting)
    assert (len(waiting), len(released)) == (4144, 4192)
    assert sealing.open_sealed(KEYS.private, waiting) == payload
    assert sealing.open_twice(KEYS.private, released) == payload
    for opened, sealed in ((sealing.open_sealed, waiting), (sealing.open_twice, released)):
        with pytest.raises(CannotOpen):
            opened(OTHER.private, sealed)


@given(st.integers(0, 4191), st.integers(1, 255))
def test_a_changed_byte_is_noticed(at: int, flip: int) -> None:
    released = bytearray(sealing.reseal(KEYS.public, sealing.seal(KEYS.public, b"payload")))
    released[at] ^= flip
    with pytest.raises(CannotOpen):
        sealing.open_twice(KEYS.private, bytes(released))


def test_sealing_again_leaves_nothing_in_common() -> None:
    """Also of one text sealed twice, and of a row sealed again."""
    rows = [sealing.seal(KEYS.public, b"same") for _ in range(20)]
    again = [sealing.reseal(KEYS.public, row) for row in rows]
    windows = [{row[at : at + 8] for at in range(len(row) - 7)} for row in (*rows, *again)]
    assert len(set().union(*windows)) == sum(map(len, windows))


def test_odd_sizes_and_keys_are_refused() -> None:
    with pytest.raises(TooLong):
        sealing.seal(KEYS.public, bytes(4096))
    for size in (0, 4143, 4145, 4192):
        with pytest.raises(ValueError, match="4144"):
            sealing.reseal(KEYS.public, bytes(size))
        with pytest.raises(CannotOpen):
            sealing.open_sealed(KEYS.private, bytes(size))
    for key in (b"", bytes(31), bytes(32)):
        with pytest.raises(ValueError):
            sealing.seal(key, b"x")
    with pytest.raises(CannotOpen):
        sealing.open_any(KEYS.private, bytes(47))


@given(st.binary(max_size=200), st.integers(201, 600))
def test_other_sizes_for_other_columns(payload: bytes, size: int) -> None:
    sealed = sealing.seal_any(KEYS.public, payload, size)
    assert len(sealed) == size + sealing.OVERHEAD
    assert sealing.open_any(KEYS.private, sealed) == payload
    assert sealing.open_raw(KEYS.private, sealing.seal_raw(KEYS.public, payload)) == payload


def test_a_private_key_stays_out_of_tracebacks() -> None:
    assert KEYS.private.hex() not in repr(KEYS)
    assert repr(KEYS.private) not in repr(KEYS)
    assert sealing.public_of(KEYS.private) == KEYS.public


# ── keyholders ─────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def recovery() -> str:
    return wrapping.new_recovery_code()


@pytest.fixture(scope="module")
def holder(recovery: str) -> wrapping.HolderKeys:
    return wrapping.new_holder(PASSPHRASE, recovery, CHEAP)


def test_passphrase_and_recovery_code_open_the_same_key(holder: wrapping.HolderKeys, recovery: str) -> None:
    private = wrapping.open_with_passphrase(holder, PASSPHRASE)
    assert sealing.public_of(private) == holder.public
    assert (
        wrapping.open_with_passphrase(holder, " Lanterne, SUREAU-galet  vendredi cuivre\nmarelle") == private
    )
    assert wrapping.open_with_recovery(holder, recovery.lower().replace("-", " ")) == private
    for blob in (holder.under_passphrase, holder.under_recovery):
        assert len(blob) == wrapping.BLOB_SIZE == 97
        assert private not in blob
    assert private.hex() not in repr(holder)


@given(st.text(max_size=60))
@settings(max_examples=30)
def test_another_passphrase_does_not_open(holder: wrapping.HolderKeys, typed: str) -> None:
    with pytest.raises(WrongPassphrase):
        wrapping.open_with_passphrase(holder, typed)


def test_another_code_does_not_open(holder: wrapping.HolderKeys, recovery: str) -> None:
    with pytest.raises(WrongPassphrase):
        wrapping.open_with_recovery(holder, wrapping.new_recovery_code())
    with pytest.raises(BadCode):
        wrapping.open_with_recovery(holder, recovery[:-1] + ("0" if recovery[-1] != "0" else "1"))


@pytest.mark.parametrize("typed", ["", "un deux trois quatre cinq", "un-deux trois quatre"])
def test_less_than_six_words_is_too_weak(typed: str, recovery: str) -> None:
    with pytest.raises(TooWeak):
        wrapping.new_holder(typed, recovery, CHEAP)


def test_new_secrets_keep_the_key(holder: wrapping.HolderKeys, recovery: str) -> None:
    private = wrapping.open_with_passphrase(holder, PASSPHRASE)
    later = wrapping.with_passphrase(holder, private, "six autres mots pour une phrase", CHEAP)
    assert wrapping.open_with_passphrase(later, "six autres mots pour une phrase") == private
    with pytest.raises(WrongPassphrase):
        wrapping.open_with_passphrase(later, PASSPHRASE)
    code = wrapping.new_recovery_code()
    latest = wrapping.with_recovery(later, private, code, CHEAP)
    assert wrapping.open_with_recovery(latest, code) == private
    for change in (wrapping.with_passphrase, wrapping.with_recovery):
        with pytest.raises(ValueError, match="not the private half"):
            change(holder, OTHER.private, PASSPHRASE, CHEAP)


@given(st.integers(0, 96), st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_a_changed_blob_opens_nothing_and_costs_nothing(
    holder: wrapping.HolderKeys, at: int, flip: int
) -> None:
    """Also where the change would ask for gigabytes of memory."""
    blob = bytearray(holder.under_passphrase)
    blob[at] ^= flip
    if 5 <= at < 9 and struct.unpack(">I", bytes(blob[5:9]))[0] > 65536:
        return  # within the limit of a gigabyte, and slow: the next test has the ones beyond
    changed = wrapping.HolderKeys(holder.public, bytes(blob), holder.under_recovery)
    with pytest.raises((CannotOpen, WrongPassphrase)):
        wrapping.open_with_passphrase(changed, PASSPHRASE)


@pytest.mark.parametrize(
    ("passes", "memory"), [(0, 8), (17, 8), (1, 7), (1, 2**20 + 1), (2**32 - 1, 2**32 - 1)]
)
def test_a_cost_out_of_range_is_refused_before_it_is_paid(
    holder: wrapping.HolderKeys, passes: int, memory: int
) -> None:
    blob = holder.under_passphrase
    header = struct.pack(">BII", 1, passes, memory)
    changed = wrapping.HolderKeys(holder.public, header + blob[9:], holder.under_recovery)
    with pytest.raises(CannotOpen):
        wrapping.open_with_passphrase(changed, PASSPHRASE)
    with pytest.raises(ValueError):
        Cost(memory, passes)


def test_a_letterbox_key_is_wrapped_for_one_holder() -> None:
    wrapped = wrapping.wrap(KEYS.private, OTHER.public)
    assert len(wrapped) == wrapping.WRAPPED_SIZE == 80
    assert wrapping.unwrap(OTHER.private, wrapped, KEYS.public) == KEYS.private
    with pytest.raises(CannotOpen):
        wrapping.unwrap(KEYS.private, wrapped, KEYS.public)
    with pytest.raises(CannotOpen):  # the row of another letterbox, put in its place
        wrapping.unwrap(OTHER.private, wrapping.wrap(OTHER.private, OTHER.public), KEYS.public)
    with pytest.raises(ValueError):
        wrapping.wrap(b"short", OTHER.public)


def test_a_sitting_opens_with_its_own_key_only() -> None:
    key = wrapping.new_sitting_key()
    sealed = wrapping.seal_for_sitting(KEYS.private, key)
    assert len(sealed) == wrapping.SITTING_SIZE == 72
    assert wrapping.open_for_sitting(sealed, key) == KEYS.private
    for blob, other in ((sealed, wrapping.new_sitting_key()), (sealed[:-1], key), (sealed, b""), (b"", key)):
        with pytest.raises(CannotOpen):
            wrapping.open_for_sitting(blob, other)
    with pytest.raises(ValueError):
        wrapping.seal_for_sitting(KEYS.private, b"short")


def test_recovery_codes_have_130_bits() -> None:
    codes = {wrapping.new_recovery_code() for _ in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert [len(group) for group in code.split("-")] == [3] * 9
        assert len(wrapping.normalise_recovery_code(code)) == 26
