"""What a key looks like. Pure."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final
from uuid import UUID

PREFIX: Final = "consult"
_FORM: Final = re.compile(rf"{PREFIX}_([0-9a-f]{{32}})_([A-Za-z0-9_-]{{43}})")
_NO_ONE: Final = UUID(int=0)
DIGEST_BYTES: Final = 32


def written(key_id: UUID, secret: str) -> str:
    return f"{PREFIX}_{key_id.hex}_{secret}"


def parts(shown: str) -> tuple[UUID, str]:
    """The identifier and the secret; of what is no key, an identifier nobody has."""
    found = _FORM.fullmatch(shown)
    return (UUID(found[1]), found[2]) if found is not None else (_NO_ONE, "")


def digest(secret: str) -> bytes:
    """The secret has 256 random bits: nothing slower is needed to keep it from being guessed."""
    return sha256(secret.encode()).digest()
