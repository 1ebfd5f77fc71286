"""Claiming an invitation: the browser blinds one message per lane, the server signs them once.

What is signed says nothing of what comes out (`consult.anonymity.blind`): the rows here and those of used
rights share nothing, whoever has both. The same requests are signed again, so that an answer lost on
the way can be asked for once more; other requests never."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from consult.anonymity import blind
from consult.core.errors import Refused
from consult.passes import queries
from consult.passes.inviting import code_hash
from consult.passes.models import Claim, SigningKey
from consult.passes.rules import ClaimFault
from consult.voices import queries as voices
from consult.voices.models import Letterbox
from consult.voices.rules import lanes

REQUEST_SIZE: Final = 256
"""Bytes: the modulus of RSA-2048."""


class ClaimRefused(Refused):
    """Nothing was signed; ``fault`` says why, as far as anybody may know."""

    def __init__(self, fault: ClaimFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim that may be answered: nothing is written yet."""

    letterbox_id: bytes
    code_hash: bytes = field(repr=False)
    blinded_hash: bytes = field(repr=False)
    signatures: Mapping[str, bytes] = field(repr=False)
    """By lane, 256 bytes each, still blinded."""


def public_keys(session: Session, letterbox: Letterbox) -> dict[str, bytes]:
    """The public key (DER) of each lane."""
    found = {lane: voices.right_key(session, letterbox.id, lane) for lane in lanes(letterbox.quota)}
    return {lane: key for lane, key in found.items() if key is not None}


def usable_from(letterbox: Letterbox, on: date) -> date:
    """From when on a pass claimed that day is used: never the same day, so that the hour of a claim says
    nothing of the hour of a message."""
    return max(letterbox.opens_on, on + timedelta(days=1))


def must_be_open(letterbox: Letterbox, on: date) -> None:
    """Raises `ClaimRefused`. Where claims have closed, keys still in this process's memory go too."""
    if letterbox.claims_open_on is None or not letterbox.channels.takes_passes:
        raise ClaimRefused(ClaimFault.UNKNOWN)
    if on < letterbox.claims_open_on:
        raise ClaimRefused(ClaimFault.NOT_YET)
    if on > letterbox.closes_on or letterbox.is_closed:
        blind.forget()
        raise ClaimRefused(ClaimFault.CLOSED)


def sign(
    session: Session, letterbox: Letterbox, code: str, requests: Mapping[str, bytes], *, on: date
) -> Claimed:
    """Looks the code up and signs, before the lock. Raises `ClaimRefused`: a code nobody was given and one
    used for other requests are refused alike."""
    must_be_open(letterbox, on)
    if set(requests) != set(lanes(letterbox.quota)):
        raise ClaimRefused(ClaimFault.MISREAD)
    if any(len(one) != REQUEST_SIZE for one in requests.values()):
        raise ClaimRefused(ClaimFault.MISREAD)
    asked = _digest(letterbox.id, requests)
    try:
        known = queries.claim(session, letterbox.id, hashed := code_hash(letterbox.id, code))
    except ValueError:
        raise ClaimRefused(ClaimFault.REFUSED) from None
    if known is None or known.blinded_hash not in {None, asked}:
        raise ClaimRefused(ClaimFault.REFUSED)
    keys = queries.signing_keys(session, letterbox.id)
    if set(keys) != set(requests):
        raise ClaimRefused(ClaimFault.CLOSED)
    try:
        signed = {lane: blind.sign(keys[lane], one) for lane, one in requests.items()}
    except blind.BadRequest:
        raise ClaimRefused(ClaimFault.MISREAD) from None
    return Claimed(letterbox.id, hashed, asked, signed)


def take(session: Session, claimed: Claimed) -> None:
    """Notes for which requests the code was used, in the caller's transaction. Raises `ClaimRefused` where
    somebody was faster, or the job that ends claims was."""
    free = or_(Claim.blinded_hash.is_(None), Claim.blinded_hash == claimed.blinded_hash)
    done = session.execute(
        update(Claim)
        .where(Claim.code_hash == claimed.code_hash, Claim.letterbox_id == claimed.letterbox_id, free)
        .values(blinded_hash=claimed.blinded_hash)
        .execution_options(synchronize_session=False, preserve_rowcount=True)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ClaimRefused(ClaimFault.REFUSED)


def end(session: Session, letterbox_id: bytes) -> None:
    """Nothing can be claimed any more: codes and private keys go, here and in this process's memory."""
    session.execute(delete(Claim).where(Claim.letterbox_id == letterbox_id))
    session.execute(delete(SigningKey).where(SigningKey.letterbox_id == letterbox_id))
    blind.forget()


def _digest(letterbox_id: bytes, requests: Mapping[str, bytes]) -> bytes:
    """SHA-256 over the letterbox and each lane's request, lanes sorted: all parts have one length each."""
    digest = sha256(b"consult/blinded\x00" + letterbox_id)
    for lane in sorted(requests):
        digest.update(lane.encode() + b"\x00" + requests[lane])
    return digest.digest()
