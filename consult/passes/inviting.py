"""Invitations: a code for each person of a roster, kept as a hash; how many there are is on record.

The roster is never here. `mailing` writes to it, and says which codes nobody received."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from consult.anonymity.rights import right_hash
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.passes import queries
from consult.passes.models import Claim
from consult.passes.recording import record
from consult.passes.rules import MadeMeanwhile
from consult.register.models import Leaf
from consult.register.rules import Tag
from consult.voices.models import Letterbox
from consult.voices.rules import Phase, phase

_CODE_BYTES = 16
_CHUNK = 500
"""Below what SQLite takes as parameters."""


def new_codes(number: int) -> list[str]:
    """So many fresh codes of 22 signs: 128 random bits."""
    return [secrets.token_urlsafe(_CODE_BYTES) for _each in range(number)]


def code_hash(letterbox_id: bytes, code: str) -> bytes:
    """The 32 bytes kept of a code. Raises `ValueError` on one that is too short to be a secret."""
    return right_hash("claim", letterbox_id, code.encode())


def invite(session: Session, letterbox: Letterbox, codes: Collection[str], *, seen: int, on: date) -> Leaf:
    """The hashes of all codes in the caller's transaction, in their own order, before any mail leaves: what
    was mailed works. ``seen``: how many acts stood on the page this came from. Raises `WrongState` after
    the last day or where no invitations are taken, `MadeMeanwhile`."""
    session.refresh(letterbox, with_for_update={"key_share": True})  # speaking goes on meanwhile
    must_run(letterbox, on)
    if len(queries.invitation_acts(session, letterbox)) != seen:
        raise MadeMeanwhile
    hashes = sorted(code_hash(letterbox.id, one) for one in codes)
    rows = [{"code_hash": one, "letterbox_id": letterbox.id, "blinded_hash": None} for one in hashes]
    session.execute(insert(Claim), rows)
    body, number = letterbox.told.get("body", ""), len(hashes)
    many = "s" if number > 1 else ""
    title = Localized.of(
        fr=f"{number}\u00a0invitation{many} envoyée{many} ({body})",
        en=f"{number} invitation{many} sent ({body})",
    )
    return record(session, letterbox, Tag.INVITATIONS_SENT, title=title, content={"number": number}, on=on)


def revoke(session: Session, letterbox: Letterbox, codes: Collection[str], *, on: date) -> Leaf:
    """Takes back codes that were never mailed; how many is on record."""
    hashes = sorted(code_hash(letterbox.id, one) for one in codes)
    for at in range(0, len(hashes), _CHUNK):
        session.execute(delete(Claim).where(Claim.code_hash.in_(hashes[at : at + _CHUNK])))
    body, number = letterbox.told.get("body", ""), len(hashes)
    many = "s" if number > 1 else ""
    title = Localized.of(
        fr=f"{number}\u00a0invitation{many} non partie{many}, annulée{many} ({body})",
        en=f"{number} invitation{many} not delivered to the mail server, revoked ({body})",
    )
    return record(session, letterbox, Tag.INVITATIONS_REVOKED, title=title, content={"number": number}, on=on)


def is_running(letterbox: Letterbox, on: date) -> bool:
    """Until the day before the last: who claims on the last day could speak the next, when all is closed."""
    over = phase(letterbox.opens_on, letterbox.closes_on, on) is Phase.CLOSED
    return not letterbox.is_closed and not over and on < letterbox.closes_on


def must_run(letterbox: Letterbox, on: date) -> None:
    """Raises `WrongState`."""
    if not letterbox.channels.takes_passes:
        raise WrongState("letterbox", letterbox.channels)
    if not is_running(letterbox, on):
        raise WrongState("letterbox", Phase.CLOSED)
