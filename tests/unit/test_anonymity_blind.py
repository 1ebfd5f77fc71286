"""Blind signatures: the numbers of RFC 9474, another implementation, and everything that must be refused."""

from __future__ import annotations

import secrets
import traceback
from functools import cache

import gmpy2
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.anonymity import blind, rights
from consult.anonymity.blind import BadKey, BadRequest, BadSignature, KeyPair, SigningFailure, Variant
from tests import interop

VECTORS = interop.load(interop.VECTORS)
RECORDED = interop.load(interop.RECORDED)
SIZE = 256
messages = st.binary(min_size=32, max_size=32)
variants = st.sampled_from(list(Variant))


@cache
def pair(lane: str = "speak-1") -> KeyPair:
    """One key pair for each lane, made once."""
    return blind.generate()


@cache
def one_pass() -> tuple[bytes, bytes]:
    """A prepared message and its signature in lane speak-1."""
    prepared = blind.prepare(bytes(32))
    asked = blind.blind(pair().public, prepared)
    return prepared, blind.finalize(
        pair().public, prepared, blind.sign(pair().private, asked.request), asked.inverse
    )


@cache
def rfc_pair() -> KeyPair:
    p, q, n, e, d = (int(VECTORS[name], 16) for name in "pqned")
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, n)
    )
    return der(numbers.private_key())


def der(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> KeyPair:
    return KeyPair(
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    )


def modulus(public: bytes) -> int:
    key = load_der_public_key(public)
    assert isinstance(key, rsa.RSAPublicKey)
    return key.public_numbers().n


def flipped(value: bytes, bit: int) -> bytes:
    bit %= 8 * len(value)
    return (int.from_bytes(value, "big") ^ 1 << bit).to_bytes(len(value), "big")


# ── the standard, and others who keep it ───────────────────────────────────────


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["appendix"])
def test_the_numbers_of_rfc_9474(vector: dict[str, str]) -> None:
    prefix, salt, inverse = (bytes.fromhex(vector[name]) for name in ("msg_prefix", "salt", "inv"))
    variant, keys = Variant[vector["variant"]], rfc_pair()
    assert (len(prefix), len(salt)) == (variant.prefix_size, variant.salt_size)
    prepared = prefix + bytes.fromhex(VECTORS["msg"])
    if "encoded_msg" in vector:
        assert blind.pss_encode(prepared, salt, 4095).hex() == vector["encoded_msg"]
    asked = blind.blind_with(keys.public, prepared, salt, inverse)
    assert asked.request.hex() == vector["blinded_msg"]
    answer = blind.sign(keys.private, asked.request)
    assert answer.hex() == vector["blind_sig"]
    assert blind.finalize(keys.public, prepared, answer, asked.inverse, variant).hex() == vector["sig"]
    assert blind.verify(keys.public, prepared, bytes.fromhex(vector["sig"]), variant)


def recorded(direction: str) -> list[dict[str, bytes]]:
    keys = {name: RECORDED[direction][name] for name in ("public", "private")}
    return [
        {name: bytes.fromhex(value) for name, value in {**keys, **told}.items()}
        for told in RECORDED[direction]["rounds"]
    ]


def test_another_client_with_this_signer() -> None:
    rounds = recorded("their_client")
    assert len({told["request"] for told in rounds}) == len(rounds) == 3
    for told in rounds:
        assert blind.sign(told["private"], told["request"]) == told["blind_signature"]
        assert blind.verify(told["public"], told["prepared"], told["signature"])
        assert rights.Pass("pulse", told["prepared"], told["signature"])


def test_this_client_with_another_signer() -> None:
    for told in recorded("their_signer"):
        asked = blind.blind_with(told["public"], told["prepared"], told["salt"], told["inverse"])
        assert asked.request == told["request"]
        found = blind.finalize(told["public"], told["prepared"], told["blind_signature"], asked.inverse)
        assert found == told["signature"]
        assert blind.sign(told["private"], told["request"]) == told["blind_signature"]


if interop.THEIRS:

    def test_both_directions_live() -> None:
        from tests.interop.__main__ import both

        assert both()


# ── there and back ─────────────────────────────────────────────────────────────


@settings(max_examples=25)
@given(st.binary(max_size=100), variants)
def test_what_was_signed_blindly_verifies(message: bytes, variant: Variant) -> None:
    keys, prepared = pair(), blind.prepare(message, variant)
    assert prepared.endswith(message) and len(prepared) == len(message) + variant.prefix_size
    asked = blind.blind(keys.public, prepared, variant)
    answer = blind.sign(keys.private, asked.request)
    signature = blind.finalize(keys.public, prepared, answer, asked.inverse, variant)
    assert blind.verify(keys.public, prepared, signature, variant)
    others = [other for other in Variant if other.salt_size != variant.salt_size]
    assert not any(blind.verify(keys.public, prepared, signature, other) for other in others)


def test_a_pass_from_drawing_to_pasting() -> None:
    prepared, signature = one_pass()
    token = rights.Pass("speak-1", prepared, signature).token
    found = rights.read(f"\n {token} ")
    assert isinstance(found, rights.Pass)
    assert blind.verify(pair().public, found.prepared, found.signature)
    assert len(prepared) == rights.PREPARED_SIZE and len(signature) == rights.SIGNATURE_SIZE == SIZE


def test_every_request_goes_with_every_pass() -> None:
    """Whoever holds the private key and all requests finds for each pass a blinding that joins it to
    each request: nothing tells which of them is the true one."""
    keys, n = pair(), modulus(pair().public)
    prepared, salt = blind.prepare(secrets.token_bytes(32)), secrets.token_bytes(48)
    encoded = int.from_bytes(blind.pss_encode(prepared, salt, n.bit_length() - 1), "big")
    for _ in range(3):
        request = blind.blind(keys.public, blind.prepare(secrets.token_bytes(32))).request
        raised = int.from_bytes(request, "big") * pow(encoded, -1, n) % n
        factor = int.from_bytes(blind.sign(keys.private, raised.to_bytes(SIZE, "big")), "big")
        inverse = pow(factor, -1, n).to_bytes(SIZE, "big")
        assert blind.blind_with(keys.public, prepared, salt, inverse).request == request


def test_nothing_repeats() -> None:
    prepared = blind.prepare(bytes(32))
    asked = [blind.blind(pair().public, prepared) for _ in range(20)]
    assert len({one.request for one in asked} | {one.inverse for one in asked}) == 40
    assert len({blind.prepare(bytes(32)) for _ in range(20)}) == 20


# ── what is refused ────────────────────────────────────────────────────────────


@settings(max_examples=60)
@given(st.integers(0, 8 * SIZE - 1), st.integers(0, 8 * 64 - 1))
def test_one_flipped_bit_is_refused(of_signature: int, of_prepared: int) -> None:
    prepared, signature = one_pass()
    assert not blind.verify(pair().public, prepared, flipped(signature, of_signature))
    assert not blind.verify(pair().public, flipped(prepared, of_prepared), signature)


def test_no_other_spelling_of_a_signature_is_taken() -> None:
    prepared, signature = one_pass()
    n, value = modulus(pair().public), int.from_bytes(signature, "big")
    spellings = [signature[:-1], signature[1:], b"", b"\0" + signature, signature + b"\0", signature * 2]
    spellings.append((value + n).to_bytes(SIZE + 1, "big"))
    if value + n < 1 << 8 * SIZE:
        spellings.append((value + n).to_bytes(SIZE, "big"))
    spellings += [(n - value).to_bytes(SIZE, "big"), bytes(SIZE), bytes(SIZE - 1) + b"\1", b"\xff" * SIZE]
    assert not any(blind.verify(pair().public, prepared, one) for one in spellings)
    assert blind.verify(pair().public, prepared, signature)


def test_two_lanes_are_not_interchangeable() -> None:
    prepared, signature = one_pass()
    other = pair("pulse")
    assert not blind.verify(other.public, prepared, signature)
    asked = blind.blind(pair().public, prepared)
    n = modulus(other.public)
    answer = blind.sign(other.private, (int.from_bytes(asked.request, "big") % n).to_bytes(SIZE, "big"))
    for key in (pair().public, other.public):
        with pytest.raises(BadSignature):
            blind.finalize(key, prepared, answer, asked.inverse)


@pytest.mark.parametrize("over", [0, 1, 2, -1])
def test_what_is_not_below_the_modulus_is_not_signed(over: int) -> None:
    request = (modulus(pair().public) + over).to_bytes(SIZE, "big")
    if over < 0:
        assert blind.sign(pair().private, request) == request, "(-1)^d is -1"
    else:
        with pytest.raises(BadRequest):
            blind.sign(pair().private, request)


@pytest.mark.parametrize("size", [0, 1, 255, 257, 512])
def test_a_request_of_another_length_is_not_signed(size: int) -> None:
    with pytest.raises(BadRequest):
        blind.sign(pair().private, bytes(size))
    with pytest.raises(BadSignature):
        blind.finalize(pair().public, bytes(64), bytes(size), bytes(SIZE))
    with pytest.raises(BadSignature):
        blind.finalize(pair().public, bytes(64), bytes(SIZE), bytes(size))


@settings(max_examples=20)
@given(st.integers(0, 8 * SIZE - 2))
def test_a_changed_answer_is_not_finalized(bit: int) -> None:
    prepared = blind.prepare(bytes(32))
    asked = blind.blind(pair().public, prepared)
    answer = blind.sign(pair().private, asked.request)
    with pytest.raises(BadSignature):
        blind.finalize(pair().public, prepared, flipped(answer, bit), asked.inverse)
    with pytest.raises(BadSignature):
        blind.finalize(pair().public, flipped(prepared, bit), answer, asked.inverse)


def unfit_keys() -> list[bytes]:
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    cubic = rsa.generate_private_key(public_exponent=3, key_size=2048)
    elliptic = ed25519.Ed25519PrivateKey.generate()
    keys = [key for one in (small, cubic, elliptic) for key in (der(one).public, der(one).private)]
    good = cubic.public_key()
    keys += [good.public_bytes(Encoding.DER, PublicFormat.PKCS1)]
    keys += [good.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)]
    locked = BestAvailableEncryption(b"word")
    keys += [cubic.private_bytes(Encoding.DER, PrivateFormat.PKCS8, locked), b"", b"\x30\x00", b"\0" * 300]
    return keys


def test_only_fit_keys_are_used() -> None:
    public, private = pair().public, pair().private
    key = load_der_public_key(public)
    other_spellings = [public + b"\0", public[:-1], key.public_bytes(Encoding.DER, PublicFormat.PKCS1)]
    for unfit in [*unfit_keys(), *other_spellings, private]:
        with pytest.raises(BadKey):
            blind.verify(unfit, bytes(64), bytes(SIZE))
        with pytest.raises(BadKey):
            blind.blind(unfit, bytes(64))
    for unfit in [*unfit_keys(), private[:-1], public]:
        with pytest.raises(BadKey):
            blind.sign(unfit, bytes(SIZE))


def test_a_message_too_long_for_the_modulus_cannot_be_encoded() -> None:
    assert len(blind.pss_encode(b"", bytes(48), 8 * 98)) == 98
    with pytest.raises(ValueError, match="short"):
        blind.pss_encode(b"", bytes(48), 8 * 97)


def test_an_inverse_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="invertible"):
        blind.blind_with(pair().public, bytes(64), bytes(48), bytes(SIZE))


# ── the signer under attack ────────────────────────────────────────────────────


@pytest.mark.parametrize("half", ["p", "q"])
@pytest.mark.parametrize("fault", [lambda value: value ^ 1, lambda value: value + 1, lambda value: 0])
def test_a_fault_in_one_half_is_never_answered(
    monkeypatch: pytest.MonkeyPatch, half: str, fault: object
) -> None:
    """With one wrong half, gcd(s^e − m, n) would be a factor of n."""
    signer, honest = blind._signer(pair().private), blind._half
    prime = getattr(signer, half)

    def faulty(base: int, exponent: int, of: int) -> int:
        value = honest(base, exponent, of)
        return fault(value) if of == prime else value  # type: ignore[operator]

    request = blind.blind(pair().public, bytes(64)).request
    monkeypatch.setattr(blind, "_half", faulty)
    wrong = signer.raised(int.from_bytes(request, "big"))
    difference = pow(wrong, 65537, signer.modulus) - int.from_bytes(request, "big")
    assert gmpy2.gcd(difference, signer.modulus) in (signer.p, signer.q), "the fault is a real one"
    with pytest.raises(SigningFailure):
        blind.sign(pair().private, request)
    monkeypatch.undo()
    assert blind.sign(pair().private, request)


def test_the_base_is_hidden_and_the_time_is_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only ``powmod_sec`` sees the private exponents, and never the number that the asker sent."""
    seen: list[tuple[int, int, int]] = []
    honest = gmpy2.powmod_sec

    def watched(base: int, exponent: int, prime: int) -> int:
        seen.append((base, exponent, prime))
        return int(honest(base, exponent, prime))

    monkeypatch.setattr(gmpy2, "powmod_sec", watched)
    signer, request = blind._signer(pair().private), bytes(SIZE - 1) + b"\2"
    answers = {blind.sign(pair().private, request) for _ in range(5)}
    assert len(answers) == 1
    assert len(seen) == 10 and len({base for base, _, _ in seen}) == 10
    assert {(exponent, prime) for _, exponent, prime in seen} == {
        (signer.dp, signer.p),
        (signer.dq, signer.q),
    }
    assert not {base for base, _, _ in seen} & {2}


def test_private_keys_show_nowhere() -> None:
    private = pair().private
    shown = repr(pair()) + repr(blind._signer(private)) + repr(blind.blind(pair().public, bytes(64)))
    assert "private" not in shown and "inverse" not in shown and str(blind._signer(private).p) not in shown
    with pytest.raises(BadKey) as refused:
        blind.sign(private[:-1], bytes(SIZE))
    assert not refused.value.args and refused.value.__suppress_context__
    told = "".join(traceback.format_exception(refused.value))
    assert repr(private[40:60])[2:-1] not in told and "BadKey" in told


def test_parsed_keys_are_kept_until_they_are_let_go() -> None:
    request = blind.blind(pair().public, bytes(64)).request
    blind.sign(pair().private, request)
    hits = blind._signer.cache_info().hits
    blind.sign(pair().private, request)
    assert blind._signer.cache_info().hits == hits + 1
    blind.forget()
    assert blind._signer.cache_info().currsize == 0
