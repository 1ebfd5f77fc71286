"""Rights to speak are random secrets; the server keeps one hash of each."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

LETTERBOX_ID_SIZE: Final = 16
MIN_SECRET_SIZE: Final = 10
"""Bytes: 77 random bits are the least that needs no key on the server's side."""


def right_hash(purpose: str, letterbox_id: bytes, secret: bytes) -> bytes:
    """SHA-256("consult/<purpose>" ‖ 0x00 ‖ letterbox id ‖ secret): 32 bytes.

    ``purpose`` is a short ASCII label such as ``speak-1``; it and the letterbox separate the hashes,
    so that a right of one lane or letterbox is worth nothing in another. The letterbox id has 16
    bytes, so that it and the secret cannot run into each other.
    Raises `ValueError` on another length, a secret under 10 bytes or an unfit purpose."""
    if not purpose or not purpose.isascii() or not purpose.isprintable():
        raise ValueError("a purpose is printable ASCII")
    if len(letterbox_id) != LETTERBOX_ID_SIZE:
        raise ValueError(f"a letterbox id has {LETTERBOX_ID_SIZE} bytes")
    if len(secret) < MIN_SECRET_SIZE:
        raise ValueError("a right needs at least 77 random bits")
    return sha256(b"consult/" + purpose.encode() + b"\x00" + letterbox_id + secret).digest()
