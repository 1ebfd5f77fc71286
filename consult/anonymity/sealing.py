"""Sealing what was said: padding to one size, sealed boxes, and sealing once more at release.

A sealed box (libsodium ``crypto_box_seal``: an ephemeral X25519 key, XSalsa20-Poly1305) can be made
by whoever holds the public key and opened only with the private one. Each adds 48 bytes. What lies
on the disk before a release and what lies there after are boxes under two fresh ephemeral keys, so
they share no bytes; every row of a table has one size, so sizes tell nothing either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

KEY_SIZE: Final = 32
OVERHEAD: Final = 48
"""What a sealed box adds: the ephemeral public key (32) and the authenticator (16)."""

TEXT_SIZE: Final = 4096
"""A message, padded."""
SEALED_SIZE: Final = TEXT_SIZE + OVERHEAD
"""A message as it waits: 4,144 bytes."""
RESEALED_SIZE: Final = SEALED_SIZE + OVERHEAD
"""A message as it lies after its release: 4,192 bytes."""

_MARK: Final = 0x80


class CannotOpen(Exception):
    """The box was not made for this key, or was changed, cut or padded wrongly. Says no more."""


class TooLong(Exception):
    """The payload does not fit. ``over``: bytes too many."""

    def __init__(self, over: int) -> None:
        super().__init__(f"{over} bytes too many")
        self.over = over


@dataclass(frozen=True, slots=True)
class KeyPair:
    """X25519, 32 bytes each. The private half stays out of ``repr`` and so out of tracebacks."""

    private: bytes = field(repr=False)
    public: bytes


def pad(payload: bytes, size: int) -> bytes:
    """The payload, 0x80, then zeros up to ``size`` bytes (ISO/IEC 7816-4).

    Raises `TooLong` when the payload has more than ``size - 1`` bytes."""
    if len(payload) > size - 1:
        raise TooLong(len(payload) - (size - 1))
    return payload + b"\x80" + bytes(size - 1 - len(payload))


def unpad(padded: bytes) -> bytes:
    """Takes `pad` back. Raises `CannotOpen` when the mark is missing."""
    stripped = padded.rstrip(b"\x00")
    if not stripped or stripped[-1] != _MARK:
        raise CannotOpen
    return stripped[:-1]


def new_key_pair() -> KeyPair:
    """A fresh X25519 pair, for a letterbox or a keyholder."""
    private = PrivateKey.generate()
    return KeyPair(private=bytes(private), public=bytes(private.public_key))


def public_of(private: bytes) -> bytes:
    """The public half (32 bytes) that belongs to a private one. Raises `ValueError` on another length."""
    return bytes(PrivateKey(_key(private)).public_key)


def seal(public: bytes, payload: bytes) -> bytes:
    """A message for a letterbox: payload of at most 4,095 bytes → 4,144 bytes.

    Raises `TooLong`; `ValueError` when ``public`` is no public key."""
    return seal_any(public, payload, TEXT_SIZE)


def reseal(public: bytes, sealed: bytes) -> bytes:
    """Seals what waited once more, at its release: 4,144 → 4,192 bytes; needs no private key.

    Raises `ValueError` on another length, so that no odd row can stand out after a release."""
    if len(sealed) != SEALED_SIZE:
        raise ValueError(f"a waiting row has {SEALED_SIZE} bytes")
    return _box(public, sealed)


def open_sealed(private: bytes, sealed: bytes) -> bytes:
    """The payload of a waiting row. Raises `CannotOpen`."""
    if len(sealed) != SEALED_SIZE:
        raise CannotOpen
    return open_any(private, sealed)


def open_twice(private: bytes, resealed: bytes) -> bytes:
    """The payload of a released row. The inner form is dropped: it lay on the disk before the release,
    and must never be written, shown or compared again. Raises `CannotOpen`."""
    if len(resealed) != RESEALED_SIZE:
        raise CannotOpen
    return open_sealed(private, _unbox(private, resealed))


def seal_any(public: bytes, payload: bytes, size: int) -> bytes:
    """A payload of at most ``size - 1`` bytes, padded to ``size`` and sealed: ``size + 48`` bytes.

    For working columns at the desk, ballots and replies, each at its own fixed size.
    Raises `TooLong`; `ValueError` when ``public`` is no public key."""
    return _box(public, pad(payload, size))


def open_any(private: bytes, sealed: bytes) -> bytes:
    """Takes `seal_any` back, whatever the size. Raises `CannotOpen`."""
    return unpad(_unbox(private, sealed))


def opener(private: bytes) -> Callable[[bytes], bytes]:
    """`open_any` for many boxes under one key: the public half that it needs is computed once.

    Raises `ValueError` on another length of the key; what it returns raises `CannotOpen`."""
    box = SealedBox(PrivateKey(_key(private)))
    return lambda sealed: unpad(_decrypt(box, sealed))


def seal_raw(public: bytes, payload: bytes) -> bytes:
    """A payload of fixed length, such as a key, sealed without padding: 48 bytes longer.

    Raises `ValueError` when ``public`` is no public key."""
    return _box(public, payload)


def open_raw(private: bytes, sealed: bytes) -> bytes:
    """Takes `seal_raw` back. Raises `CannotOpen`."""
    return _unbox(private, sealed)


def _key(value: bytes) -> bytes:
    if len(value) != KEY_SIZE:
        raise ValueError(f"a key has {KEY_SIZE} bytes")
    return value


def _box(public: bytes, plain: bytes) -> bytes:
    try:
        return bytes(SealedBox(PublicKey(_key(public))).encrypt(plain))
    except CryptoError:  # a point of small order: libsodium refuses it
        raise ValueError("not a public key") from None


def _unbox(private: bytes, sealed: bytes) -> bytes:
    return _decrypt(SealedBox(PrivateKey(_key(private))), sealed)


def _decrypt(box: SealedBox[PrivateKey], sealed: bytes) -> bytes:
    if len(sealed) < OVERHEAD:
        raise CannotOpen
    try:
        return bytes(box.decrypt(sealed))
    except CryptoError:
        raise CannotOpen from None
