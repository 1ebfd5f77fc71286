"""Rights to speak: read from what was typed, and spent by an INSERT that says itself whether it could be.

A slip and a pass both end as one opaque hash in ``spent``: nothing tells afterwards which it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import LargeBinary, bindparam, text
from sqlalchemy.orm import Session

from consult.anonymity import ballots, blind, rights, slips
from consult.voices import queries
from consult.voices.models import Letterbox
from consult.voices.rules import (
    SUPPORT,
    NotOpen,
    Phase,
    RightFault,
    RightRefused,
    speak,
    speaking_lanes,
)

# Each looks for itself whether the closing release has passed, as the message's own INSERT does.
_SPEND = text(
    "INSERT INTO spent (hash, letterbox_id) SELECT :hash, id FROM letterbox"
    " WHERE id = :box AND NOT is_closed ON CONFLICT DO NOTHING"
).bindparams(bindparam("hash", type_=LargeBinary), bindparam("box", type_=LargeBinary))
_SPEND_OF_SLIP = text(
    "INSERT INTO spent (hash, letterbox_id) SELECT :hash, letterbox.id FROM letterbox"
    " JOIN slip_right ON slip_right.letterbox_id = letterbox.id AND slip_right.hash = :slip"
    " WHERE letterbox.id = :box AND NOT letterbox.is_closed ON CONFLICT DO NOTHING"
).bindparams(
    bindparam("hash", type_=LargeBinary),
    bindparam("slip", type_=LargeBinary),
    bindparam("box", type_=LargeBinary),
)


@dataclass(frozen=True, slots=True)
class Right:
    """One thing that can be done once. ``spends``: the hash it leaves in ``spent``; ``slip``: the printed
    right it rests on, None where a signature proved it; ``lane``: as in `Waiting.lane`."""

    spends: bytes = field(repr=False)
    slip: bytes | None = field(default=None, repr=False)
    lane: int = 0


def to_speak(session: Session, letterbox: Letterbox, typed: str) -> tuple[Right, ...]:
    """The rights in what was typed, in the order in which they are to be tried; none in open mode. Checks
    signatures, and so is called before the lock. Raises `RightRefused`."""
    if letterbox.channels.is_open:
        return ()
    found = _read(letterbox, typed)
    if isinstance(found, rights.Slip):
        printed = slips.hashes(letterbox.id, found.code, speaking_lanes(letterbox.quota))
        return tuple(Right(one, one, number) for number, one in enumerate(printed.values(), start=1))
    numbers = {speak(number): number for number in range(1, letterbox.quota + 1)}
    if found.lane not in numbers:
        raise RightRefused(RightFault.UNKNOWN)
    return (Right(_verified(session, letterbox, found), lane=numbers[found.lane]),)


def held(session: Session, letterbox: Letterbox, typed: str, lane: str) -> Right:
    """The right of one lane in what was typed, before anything is spent of it: ``spends`` is the right's
    own hash. Raises `RightRefused`."""
    found = _read(letterbox, typed)
    if isinstance(found, rights.Slip):
        printed = slips.hashes(letterbox.id, found.code, (lane,))[lane]
        return Right(printed, printed)
    if found.lane != lane:
        raise RightRefused(RightFault.UNKNOWN)
    return Right(_verified(session, letterbox, found))


def to_support(
    session: Session, letterbox: Letterbox, typed: str, concerns: Sequence[bytes]
) -> tuple[Right, ...]:
    """For each of these concerns (ids of 16 bytes) the one vote that what was typed gives on it. The right
    itself is never spent: what it leaves behind is another hash for each concern. Raises `RightRefused`."""
    found = _read(letterbox, typed)
    if isinstance(found, rights.Slip):
        printed = slips.hashes(letterbox.id, found.code, (SUPPORT,))[SUPPORT]
        secret = found.code.encode()
        return tuple(Right(ballots.nullifier(letterbox.id, secret, one), printed) for one in concerns)
    if found.lane != SUPPORT:
        raise RightRefused(RightFault.UNKNOWN)
    _verified(session, letterbox, found)
    return tuple(Right(ballots.nullifier(letterbox.id, found.message, one)) for one in concerns)


def spend(session: Session, letterbox_id: bytes, options: Sequence[Right]) -> Right:
    """INSERTs the first that was not used, and returns it. Raises `RightRefused` (`USED`, or `UNKNOWN` for
    a slip this letterbox has not), `NotOpen` when the closing release came first."""
    for right in options:
        parameters = {"hash": right.spends, "box": letterbox_id}
        if right.slip is not None:
            parameters["slip"] = right.slip
        done = session.execute(
            _SPEND if right.slip is None else _SPEND_OF_SLIP,
            parameters,
            execution_options={"preserve_rowcount": True},
        )
        if done.rowcount == 1:  # type: ignore[attr-defined]
            return right
    raise _why(session, letterbox_id, options)


def _why(session: Session, letterbox_id: bytes, options: Sequence[Right]) -> NotOpen | RightRefused:
    box = queries.letterbox(session, letterbox_id)
    if box is None or queries.has_closed(session, letterbox_id):
        return NotOpen(Phase.CLOSED)
    printed = [one.slip for one in options if one.slip is not None]
    is_known = not printed or queries.has_slip(session, letterbox_id, printed)
    return RightRefused(RightFault.USED if is_known else RightFault.UNKNOWN)


def _read(letterbox: Letterbox, typed: str) -> rights.Slip | rights.Pass:
    """Raises `RightRefused`, also for a kind of right this letterbox does not take."""
    if not typed.strip():
        raise RightRefused(RightFault.MISSING)
    try:
        found = rights.read(typed)
    except rights.BadRight:
        raise RightRefused(RightFault.UNKNOWN) from None
    is_slip = isinstance(found, rights.Slip)
    if not (letterbox.channels.takes_slips if is_slip else letterbox.channels.takes_passes):
        raise RightRefused(RightFault.UNKNOWN)
    return found


def _verified(session: Session, letterbox: Letterbox, found: rights.Pass) -> bytes:
    """The hash of a pass this letterbox signed in that lane. Raises `RightRefused`."""
    key = queries.right_key(session, letterbox.id, found.lane)
    if key is None or not blind.verify(key, found.prepared, found.signature):
        raise RightRefused(RightFault.UNKNOWN)
    return found.hash(letterbox.id)
