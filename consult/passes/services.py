"""The keys that sign invitations, one pair for each lane of a letterbox."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from consult.anonymity import blind
from consult.passes.models import SigningKey
from consult.voices.models import Letterbox
from consult.voices.rules import lanes


def new_keys(quota: int) -> dict[str, blind.KeyPair]:
    """A fresh pair for each lane: 0.1 s each."""
    return {lane: blind.generate() for lane in lanes(quota)}


def keep_keys(session: Session, letterbox: Letterbox, keys: Mapping[str, blind.KeyPair]) -> None:
    """Keeps the private halves for as long as invitations can be claimed; the letterbox was given the
    public ones."""
    for lane, pair in keys.items():
        session.add(SigningKey(letterbox_id=letterbox.id, lane=lane, private_key=pair.private))
    session.flush()
