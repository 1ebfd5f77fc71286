"""Blind signatures: the server signs a pass without seeing it, and cannot recognise it when it is used.

RSABSSA of RFC 9474 with SHA-384; the product uses RSABSSA-SHA384-PSS-Randomized over RSA-2048. For each
lane of a letterbox there is one key pair. The client draws 32 random bytes (the message), puts 32 more
before them (`prepare`), blinds the 64, has them signed, and takes the blinding off; the result is a
plain RSASSA-PSS signature (MGF1 with SHA-384, salt 48) that any library verifies.

Blinding hides unconditionally: whatever the size of the key, every blinded message goes with every
pass. The size only guards against forging while a letterbox is open.

Keys are DER in and out: SPKI public, PKCS#8 private. All other values are big-endian bytes of the
modulus' length (256 for RSA-2048). The client's side stands here for tests, measurements and other
programs; people's browsers run ``static/blind.js``."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from hashlib import sha384
from typing import Final

import gmpy2
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

EXPONENT: Final = 65537
BITS: Final = 2048
_HASH_SIZE: Final = 48
_SIGNERS: Final = 32
_PUBLICS: Final = 128


class BlindError(Exception):
    """A blind signature could not be made. Carries no value it was made of."""


class BadKey(BlindError):
    """Not an RSA key of at least 2048 bits with the exponent 65537, in DER."""


class BadRequest(BlindError):
    """What is to be signed has another length than the modulus, or is not below it."""


class SigningFailure(BlindError):
    """The signature just made does not verify: a fault in the machine, and an answer would leak the key."""


class BadSignature(BlindError):
    """What came back does not sign the message."""


class Variant(Enum):
    """The four of RFC 9474, section 5: length of the salt, and of the random prefix."""

    PSS_RANDOMIZED = (48, 32)
    PSSZERO_RANDOMIZED = (0, 32)
    PSS_DETERMINISTIC = (48, 0)
    PSSZERO_DETERMINISTIC = (0, 0)

    @property
    def salt_size(self) -> int:
        return self.value[0]

    @property
    def prefix_size(self) -> int:
        return self.value[1]


PRODUCT: Final = Variant.PSS_RANDOMIZED


@dataclass(frozen=True, slots=True)
class KeyPair:
    """DER: the public half as SPKI (294 bytes), the private one as PKCS#8 (about 1,217)."""

    public: bytes
    private: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Blinded:
    """``request`` goes to the server; ``inverse`` (the blinding, inverted) stays with the client."""

    request: bytes
    inverse: bytes = field(repr=False)


def generate() -> KeyPair:
    """A fresh RSA-2048 key pair for one lane of one letterbox. About 0.1 s."""
    made = rsa.generate_private_key(public_exponent=EXPONENT, key_size=BITS)
    return KeyPair(
        made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    )


# ── the server ─────────────────────────────────────────────────────────────────


def sign(private_der: bytes, blinded: bytes) -> bytes:
    """BlindSign (RFC 9474, section 4.3): m^d mod n, where the asker chose m.

    Raises `BadRequest` on another length than the modulus or a value from n on, `BadKey`, and
    `SigningFailure` when s^e is not m: with the Chinese remainder theorem one wrong half would give the
    factors away (Boneh, DeMillo and Lipton 1997)."""
    signer = _signer(private_der)
    if len(blinded) != signer.size:
        raise BadRequest
    message = int.from_bytes(blinded, "big")
    if message >= signer.modulus:
        raise BadRequest
    signature = signer.raised(message)
    if gmpy2.powmod(signature, EXPONENT, signer.modulus) != message:
        raise SigningFailure
    return signature.to_bytes(signer.size, "big")


def verify(public_der: bytes, prepared: bytes, signature: bytes, variant: Variant = PRODUCT) -> bool:
    """Whether ``signature`` signs ``prepared`` (RFC 8017, section 8.1.2). False for any other length.

    Raises `BadKey`: the key is the letterbox's own, not the asker's."""
    scheme = padding.PSS(padding.MGF1(SHA384()), variant.salt_size)
    try:
        _public(public_der).verify(signature, prepared, scheme, SHA384())
    except InvalidSignature:
        return False
    return True


def forget() -> None:
    """Lets go of the private keys kept in memory; for when those of a letterbox are deleted."""
    _signer.cache_clear()


@dataclass(frozen=True, slots=True)
class _Signer:
    """A private key taken apart (RFC 8017, section 3.2, second representation)."""

    modulus: int
    p: int = field(repr=False)
    q: int = field(repr=False)
    dp: int = field(repr=False)
    dq: int = field(repr=False)
    q_inverse: int = field(repr=False)

    @property
    def size(self) -> int:
        return _size(self.modulus)

    def raised(self, message: int) -> int:
        """message^d mod n. What is raised is message · r^e with a fresh random r: ``powmod_sec`` takes the
        same time for every exponent, and blinding hides the base that the asker chose, also from the
        divisions around it, which take no care."""
        n = self.modulus
        factor = _unit(n)
        base = message * int(gmpy2.powmod(factor, EXPONENT, n)) % n
        of_p, of_q = _half(base, self.dp, self.p), _half(base, self.dq, self.q)
        whole = of_q + self.q * ((of_p - of_q) * self.q_inverse % self.p)
        return whole * int(gmpy2.invert(factor, n)) % n


def _half(base: int, exponent: int, prime: int) -> int:
    return int(gmpy2.powmod_sec(base % prime, exponent, prime))


# ── the client ─────────────────────────────────────────────────────────────────


def prepare(message: bytes, variant: Variant = PRODUCT) -> bytes:
    """What is to be signed: 32 random bytes before the message, or the message alone (section 4.1)."""
    return secrets.token_bytes(variant.prefix_size) + message


def blind(public_der: bytes, prepared: bytes, variant: Variant = PRODUCT) -> Blinded:
    """A request for the server and what takes its blinding off (section 4.2). Raises `BadKey`."""
    n = _modulus(public_der)
    salt = secrets.token_bytes(variant.salt_size)
    return blind_with(public_der, prepared, salt, _unit(n).to_bytes(_size(n), "big"))


def blind_with(public_der: bytes, prepared: bytes, salt: bytes, inverse: bytes) -> Blinded:
    """`blind` with its random values given: test vectors and nothing else.

    Raises `ValueError` when ``inverse`` has no inverse."""
    n = _modulus(public_der)
    encoded = int.from_bytes(pss_encode(prepared, salt, n.bit_length() - 1), "big")
    if gmpy2.gcd(encoded, n) != 1:  # then n is as good as factored
        raise BadKey
    try:
        factor = gmpy2.invert(int.from_bytes(inverse, "big"), n)
    except ZeroDivisionError:
        raise ValueError("not invertible") from None
    request = encoded * int(gmpy2.powmod(factor, EXPONENT, n)) % n
    return Blinded(request.to_bytes(_size(n), "big"), inverse)


def finalize(
    public_der: bytes, prepared: bytes, blind_signature: bytes, inverse: bytes, variant: Variant = PRODUCT
) -> bytes:
    """The signature, its blinding taken off (section 4.4).

    Raises `BadSignature` when what came back has another length or does not sign ``prepared``; `BadKey`."""
    n = _modulus(public_der)
    if len(blind_signature) != _size(n) or len(inverse) != _size(n):
        raise BadSignature
    whole = int.from_bytes(blind_signature, "big") * int.from_bytes(inverse, "big") % n
    signature = whole.to_bytes(_size(n), "big")
    if not verify(public_der, prepared, signature, variant):
        raise BadSignature
    return signature


def pss_encode(message: bytes, salt: bytes, bits: int) -> bytes:
    """EMSA-PSS-ENCODE with SHA-384 (RFC 8017, section 9.1.1): ⌈bits / 8⌉ bytes, below 2^bits.

    ``bits`` is one less than the modulus has: RFC 9474 writes ``bit_len(n)`` and its vectors mean this.
    Raises `ValueError` when the hash and the salt do not fit."""
    length = (bits + 7) // 8
    room = length - _HASH_SIZE - len(salt) - 2
    if room < 0:
        raise ValueError("the modulus is too short")
    digest = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    block = bytes(room) + b"\x01" + salt
    mask = int.from_bytes(_mgf1(digest, len(block)), "big")
    masked = (int.from_bytes(block, "big") ^ mask) & ((1 << bits - 8 * (_HASH_SIZE + 1)) - 1)
    return masked.to_bytes(len(block), "big") + digest + b"\xbc"


def _mgf1(seed: bytes, length: int) -> bytes:
    """RFC 8017, appendix B.2.1."""
    blocks = range((length + _HASH_SIZE - 1) // _HASH_SIZE)
    return b"".join(sha384(seed + at.to_bytes(4, "big")).digest() for at in blocks)[:length]


# ── keys ───────────────────────────────────────────────────────────────────────


def _unit(n: int) -> int:
    """A random number from 1 below n that has an inverse modulo n (all but one in 2^1000 have)."""
    while True:
        drawn = secrets.randbelow(n - 1) + 1
        if gmpy2.gcd(drawn, n) == 1:
            return drawn


def _size(n: int) -> int:
    return (n.bit_length() + 7) // 8


def _modulus(public_der: bytes) -> int:
    return _public(public_der).public_numbers().n


@lru_cache(maxsize=_PUBLICS)
def _public(der: bytes) -> rsa.RSAPublicKey:
    """Raises `BadKey`, also on another spelling of a key: fingerprints are taken over the bytes."""
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey from None
    if not isinstance(key, rsa.RSAPublicKey) or not _is_fit(key):
        raise BadKey
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != der:
        raise BadKey
    return key


@lru_cache(maxsize=_SIGNERS)
def _signer(der: bytes) -> _Signer:
    """Parsing checks that the factors are prime and takes longer than signing. Raises `BadKey`."""
    try:
        key = load_der_private_key(der, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey from None
    if not isinstance(key, rsa.RSAPrivateKey) or not _is_fit(key.public_key()):
        raise BadKey
    parts = key.private_numbers()
    return _Signer(parts.public_numbers.n, parts.p, parts.q, parts.dmp1, parts.dmq1, parts.iqmp)


def _is_fit(key: rsa.RSAPublicKey) -> bool:
    return key.key_size >= BITS and key.public_numbers().e == EXPONENT
