"""The keys of keyholders: a private half under a passphrase and under a recovery code, a letterbox
key wrapped for each holder, and the key of one sitting at the desk.

What lies under a secret is one self-describing blob, so that costs can rise without a migration::

    version (1 byte, = 1) ‖ passes (4) ‖ memory in KiB (4) ‖ salt (16) ‖ nonce (24) ‖ box (32 + 16)

Numbers are big-endian; the box is XSalsa20-Poly1305 under Argon2id(secret, salt, passes, memory, one
thread; RFC 9106). A wrong cost or salt gives another key, so the header needs no other protection."""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass, field
from typing import Final

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from nacl.utils import random as random_bytes

from consult.anonymity import crockford
from consult.anonymity.crockford import BadCode
from consult.anonymity.sealing import (
    KEY_SIZE,
    OVERHEAD,
    CannotOpen,
    new_key_pair,
    open_raw,
    public_of,
    seal_raw,
)
from consult.anonymity.words import COUNT, normalise

__all__ = [
    "BLOB_SIZE", "BadCode", "CannotOpen", "Cost", "HolderKeys", "SITTING_SIZE", "TooWeak",
    "WRAPPED_SIZE", "WrongPassphrase", "new_holder", "new_recovery_code", "new_sitting_key",
    "normalise_recovery_code", "open_for_sitting", "open_with_passphrase", "open_with_recovery",
    "seal_for_sitting", "unwrap", "with_passphrase", "with_recovery", "wrap",
]  # fmt: skip

_HEADER: Final = struct.Struct(">BII16s")
_VERSION: Final = 1
_BOX_OVERHEAD: Final = SecretBox.NONCE_SIZE + SecretBox.MACBYTES
BLOB_SIZE: Final = _HEADER.size + KEY_SIZE + _BOX_OVERHEAD
"""A private half under a secret: 97 bytes."""
WRAPPED_SIZE: Final = KEY_SIZE + OVERHEAD
"""A letterbox key wrapped for a keyholder: 80 bytes."""
SITTING_SIZE: Final = KEY_SIZE + _BOX_OVERHEAD
"""A letterbox key sealed for one sitting: 72 bytes."""
_RECOVERY_LENGTH: Final = 26
_MAX_MEMORY_KIB: Final = 1024 * 1024
_MAX_PASSES: Final = 16


class WrongPassphrase(Exception):
    """The passphrase, or the recovery code, does not open this."""


class TooWeak(ValueError):
    """A passphrase has at least six words."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: Argon2id's memory in KiB (at least 8) and passes over it."""

    memory_kib: int = 128 * 1024
    passes: int = 3

    def __post_init__(self) -> None:
        if not (8 <= self.memory_kib <= _MAX_MEMORY_KIB and 1 <= self.passes <= _MAX_PASSES):
            raise ValueError("cost out of range")


@dataclass(frozen=True, slots=True)
class HolderKeys:
    """What the server keeps of a keyholder: 32 bytes public, and the private half twice, 97 bytes each."""

    public: bytes
    under_passphrase: bytes = field(repr=False)
    under_recovery: bytes = field(repr=False)


def new_holder(passphrase: str, recovery_code: str, cost: Cost | None = None) -> HolderKeys:
    """A fresh key pair for a keyholder. Runs Argon2id twice (2 × 0.2 s at the default cost).

    Raises `TooWeak` below six words, `BadCode` on a recovery code that is none."""
    pair = new_key_pair()
    return HolderKeys(
        public=pair.public,
        under_passphrase=_lock(pair.private, _passphrase(passphrase), cost or Cost()),
        under_recovery=_lock(pair.private, _recovery(recovery_code), cost or Cost()),
    )


def with_passphrase(
    keys: HolderKeys, private: bytes, passphrase: str, cost: Cost | None = None
) -> HolderKeys:
    """The same key pair under a new passphrase. Raises `TooWeak`; `ValueError` for another private half."""
    _must_match(private, keys.public)
    locked = _lock(private, _passphrase(passphrase), cost or Cost())
    return HolderKeys(keys.public, locked, keys.under_recovery)


def with_recovery(
    keys: HolderKeys, private: bytes, recovery_code: str, cost: Cost | None = None
) -> HolderKeys:
    """The same key pair under a new recovery code. Raises `BadCode`; `ValueError` as above."""
    _must_match(private, keys.public)
    locked = _lock(private, _recovery(recovery_code), cost or Cost())
    return HolderKeys(keys.public, keys.under_passphrase, locked)


def open_with_passphrase(keys: HolderKeys, passphrase: str) -> bytes:
    """The private half, 32 bytes. Capitals, accents, hyphens and spaces do not matter.

    Raises `WrongPassphrase`; `CannotOpen` when what is stored was damaged or exchanged."""
    return _unlock(keys.under_passphrase, normalise(passphrase).encode(), keys.public)


def open_with_recovery(keys: HolderKeys, recovery_code: str) -> bytes:
    """The private half, 32 bytes. Raises `BadCode` on a slip of the pen, `WrongPassphrase` on the code
    of somebody else, `CannotOpen` when what is stored was damaged or exchanged."""
    return _unlock(keys.under_recovery, _recovery(recovery_code), keys.public)


def new_recovery_code() -> str:
    """130 random bits for print: 26 characters and a check character, in nine groups of three."""
    characters = crockford.encode(secrets.randbits(5 * _RECOVERY_LENGTH), _RECOVERY_LENGTH)
    return crockford.grouped(crockford.checked(characters), 3)


def normalise_recovery_code(typed: str) -> str:
    """The 26 characters of what was typed, the check taken off. Raises `BadCode`."""
    return crockford.normalise(typed, _RECOVERY_LENGTH)


def wrap(letterbox_private: bytes, holder_public: bytes) -> bytes:
    """A letterbox's private half (32 bytes) sealed for one keyholder: 80 bytes.

    Raises `ValueError` on another length or when ``holder_public`` is no public key."""
    if len(letterbox_private) != KEY_SIZE:
        raise ValueError(f"a private key has {KEY_SIZE} bytes")
    return seal_raw(holder_public, letterbox_private)


def unwrap(holder_private: bytes, wrapped: bytes, letterbox_public: bytes) -> bytes:
    """The letterbox's private half. Raises `CannotOpen`, also when it is the key of another letterbox:
    a sealed box says nothing about who made it, so a row may have been exchanged."""
    private = open_raw(holder_private, wrapped)
    if len(private) != KEY_SIZE or public_of(private) != letterbox_public:
        raise CannotOpen
    return private


def new_sitting_key() -> bytes:
    """32 random bytes that only the keyholder's session cookie holds."""
    return random_bytes(KEY_SIZE)


def seal_for_sitting(private: bytes, key: bytes) -> bytes:
    """A letterbox key for the ``unlocked`` table: 32 → 72 bytes under the key of the sitting.

    Raises `ValueError` when either has not 32 bytes."""
    if len(private) != KEY_SIZE or len(key) != KEY_SIZE:
        raise ValueError(f"a key has {KEY_SIZE} bytes")
    return bytes(SecretBox(key).encrypt(private))


def open_for_sitting(sealed: bytes, key: bytes) -> bytes:
    """The letterbox key of a sitting. Raises `CannotOpen`."""
    if len(key) != KEY_SIZE or len(sealed) != SITTING_SIZE:
        raise CannotOpen
    try:
        return bytes(SecretBox(key).decrypt(sealed))
    except CryptoError:
        raise CannotOpen from None


def _passphrase(typed: str) -> bytes:
    words = normalise(typed)
    if len(words.split()) < COUNT:
        raise TooWeak("a passphrase has at least six words")
    return words.encode()


def _recovery(typed: str) -> bytes:
    return normalise_recovery_code(typed).encode()


def _must_match(private: bytes, public: bytes) -> None:
    if public_of(private) != public:
        raise ValueError("not the private half of this key pair")


def _derive(secret: bytes, salt: bytes, cost: Cost) -> bytes:
    return bytes(argon2id.kdf(KEY_SIZE, secret, salt, cost.passes, cost.memory_kib * 1024))


def _lock(private: bytes, secret: bytes, cost: Cost) -> bytes:
    salt = random_bytes(argon2id.SALTBYTES)
    header = _HEADER.pack(_VERSION, cost.passes, cost.memory_kib, salt)
    return header + bytes(SecretBox(_derive(secret, salt, cost)).encrypt(private))


def _unlock(blob: bytes, secret: bytes, public: bytes) -> bytes:
    if len(blob) != BLOB_SIZE or blob[0] != _VERSION:
        raise CannotOpen
    _, passes, memory_kib, salt = _HEADER.unpack_from(blob)
    try:
        cost = Cost(memory_kib, passes)  # a changed header must not cost the server its memory
    except ValueError:
        raise CannotOpen from None
    try:
        private = bytes(SecretBox(_derive(secret, salt, cost)).decrypt(blob[_HEADER.size :]))
    except CryptoError:
        raise WrongPassphrase from None
    if public_of(private) != public:
        raise CannotOpen
    return private
