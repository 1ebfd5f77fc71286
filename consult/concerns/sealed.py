"""Drafts of the desk as bytes: until it is published, everything made from what was said is sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping

from consult.anonymity import sealing
from consult.concerns.models import DRAFT_BYTES

Draft = Mapping[str, str]
"""Flat, so that a draft never grows a structure: ``title-fr``, ``synthesis-en``, ``wording-fr``, ``note``…"""


def close(public_key: bytes, draft: Draft) -> bytes:
    """One fixed size, whatever was written. Raises `sealing.TooLong` over 8,191 bytes."""
    kept = {key: value.strip() for key, value in sorted(draft.items()) if value.strip()}
    payload = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
    return sealing.seal_any(public_key, payload, DRAFT_BYTES)


def read(private_key: bytes, sealed: bytes | None) -> dict[str, str]:
    """The draft back; empty where nothing was written."""
    if sealed is None:
        return {}
    found: dict[str, str] = json.loads(sealing.open_any(private_key, sealed))
    return found
