"""Drafts of the desk as bytes: until it is published, everything made from what was said is sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from consult.anonymity import sealing
from consult.anonymity.message import Malformed, Message
from consult.concerns.models import DRAFT_BYTES, GRAVE_BYTES

Draft = Mapping[str, str]
"""Flat, so that a draft never grows a structure: ``title-fr``, ``synthesis-en``, ``wording-fr``, ``note``…"""


def close(public_key: bytes, draft: Draft, size: int = DRAFT_BYTES) -> bytes:
    """One fixed size, whatever was written. Raises `sealing.TooLong` over ``size - 1`` bytes."""
    kept = {key: value.strip() for key, value in sorted(draft.items()) if value.strip()}
    payload = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
    return sealing.seal_any(public_key, payload, size)


def close_grave(public_key: bytes, draft: Draft) -> bytes:
    """What is noted of a grave message; nothing, for all others. Raises `sealing.TooLong`."""
    return close(public_key, draft, GRAVE_BYTES)


def read(private_key: bytes, sealed: bytes | None) -> dict[str, str]:
    """The draft back; empty where nothing was written. Raises `sealing.CannotOpen`."""
    if sealed is None:
        return {}
    found: dict[str, str] = json.loads(sealing.open_any(private_key, sealed))
    return found


def original(private_key: bytes, sealed: bytes) -> Message | None:
    """What an employee wrote, from a released row; None for a row that holds no message."""
    try:
        return Message.decode(sealing.open_twice(private_key, sealed))
    except (sealing.CannotOpen, Malformed):
        return None


def mark(sealed: bytes | None) -> str:
    """Names one state of a sealed draft, so that somebody publishes what they read and nothing later.
    Taken from the box, which is made anew at each saving: it tells nothing of what is inside."""
    return sha256(sealed or b"").hexdigest()[:32]
