"""Named selects about letterboxes, batches and released messages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from consult.anonymity import thresholds
from consult.voices.models import (
    Ballot,
    Batch,
    Letterbox,
    PublishedCount,
    Reply,
    RightKey,
    SlipRight,
    Spent,
    Voice,
    Votable,
    Waiting,
)
from consult.voices.rules import BallotKind, is_release_day

_ADDRESS = re.compile(r"[0-9a-f]{32}")
_CHUNK = 500
"""Rows of 4 KB held in memory at a time; also below what SQLite takes as parameters."""

_running = select(Letterbox).where(~Letterbox.is_closed).order_by(Letterbox.id)
_told_of = select(Letterbox).where(Letterbox.told["slug"].as_string() == bindparam("slug"))
_every = select(Letterbox).order_by(Letterbox.id)
_told = select(Letterbox.told).limit(1)
_batches = (
    select(Batch).where(Batch.letterbox_id == bindparam("letterbox_id")).order_by(Batch.released_on, Batch.id)
)
_released_on = select(
    exists().where(Batch.letterbox_id == bindparam("letterbox_id"), Batch.released_on == bindparam("on"))
)
_lanes = select(Waiting.lane, Waiting.id).where(Waiting.letterbox_id == bindparam("letterbox_id"))
_texts = select(Waiting.id, Waiting.sealed).where(Waiting.id.in_(bindparam("ids", expanding=True)))
_of_voice = (
    select(Letterbox.id, Letterbox.k, Batch.at_least, Batch.is_small)
    .join(Batch, Batch.letterbox_id == Letterbox.id)
    .join(Voice, Voice.batch_id == Batch.id)
    .where(Voice.id == bindparam("voice_id"))
)
_closed = select(exists().where(Letterbox.id == bindparam("letterbox_id"), Letterbox.is_closed))
_slips = select(
    exists().where(
        SlipRight.letterbox_id == bindparam("letterbox_id"),
        SlipRight.hash.in_(bindparam("hashes", expanding=True)),
    )
)
_replies = select(Reply).where(
    Reply.letterbox_id == bindparam("letterbox_id"), Reply.lookup == bindparam("lookup")
)
_spent = select(Spent.hash).where(Spent.hash.in_(bindparam("hashes", expanding=True)))
_size = select(func.count()).where(Voice.batch_id == bindparam("batch_id"))
_rows = select(Voice.id, Voice.sealed).where(Voice.batch_id == bindparam("batch_id"))
_ballots = select(Ballot.sealed).where(
    Ballot.letterbox_id == bindparam("letterbox_id"), Ballot.kind == bindparam("kind")
)
_votable = (
    select(Votable).where(Votable.letterbox_id == bindparam("letterbox_id")).order_by(Votable.concern_id)
)
_counts = (
    select(PublishedCount)
    .where(
        PublishedCount.letterbox_id.in_(bindparam("letterbox_ids", expanding=True)),
        PublishedCount.kind == bindparam("kind"),
    )
    .order_by(PublishedCount.letterbox_id, PublishedCount.id)
)
_windows = select(Letterbox.id, Letterbox.opens_on, Letterbox.closes_on).where(
    Letterbox.id.in_(bindparam("ids", expanding=True))
)


def letterbox(session: Session, letterbox_id: bytes) -> Letterbox | None:
    return session.get(Letterbox, letterbox_id)


def windows(session: Session, letterbox_ids: Collection[bytes]) -> dict[bytes, tuple[date, date]]:
    """The first and the last day of each: one query."""
    rows = session.execute(_windows, {"ids": list(letterbox_ids)}) if letterbox_ids else ()
    return {row[0]: (row[1], row[2]) for row in rows}


def by_address(session: Session, box: str) -> Letterbox | None:
    """The letterbox whose id, in hexadecimal, stands in an address; None for anything else."""
    return session.get(Letterbox, bytes.fromhex(box)) if _ADDRESS.fullmatch(box) else None


def organisation(session: Session) -> str:
    """The name every letterbox was told, for a page that knows no letterbox; empty before the first."""
    told = session.scalar(_told)
    return str(told.get("organisation", "")) if told else ""


def told_anywhere(session: Session) -> Mapping[str, Any]:
    """What some letterbox was told of the organisation; empty before the first."""
    return session.scalar(_told) or {}


def told_of(session: Session, slug: str) -> Sequence[Letterbox]:
    """Letterboxes that were told that address part of a notice."""
    return session.scalars(_told_of, {"slug": slug}).all()


def every(session: Session) -> Sequence[Letterbox]:
    return session.scalars(_every).all()


def due(session: Session, on: date) -> Sequence[Letterbox]:
    """Letterboxes whose release day it is (`rules.is_release_day`), or past their last day and not closed.
    Nothing leaves a running letterbox twice on one day."""
    return [
        box
        for box in session.scalars(_running)
        if is_release_day(box.interval_days, box.opens_on, box.closes_on, on)
        and (on > box.closes_on or not session.scalar(_released_on, {"letterbox_id": box.id, "on": on}))
    ]


def has_closed(session: Session, letterbox_id: bytes) -> bool:
    """Whether the closing release has passed, asked of the database now."""
    return bool(session.scalar(_closed, {"letterbox_id": letterbox_id}))


def has_slip(session: Session, letterbox_id: bytes, hashes: Sequence[bytes]) -> bool:
    """Whether one of these rights was printed for that letterbox."""
    return bool(session.scalar(_slips, {"letterbox_id": letterbox_id, "hashes": list(hashes)}))


def right_key(session: Session, letterbox_id: bytes, lane: str) -> bytes | None:
    """The public key of a lane (DER), where passes are taken."""
    found = session.get(RightKey, (letterbox_id, lane))
    return found.public_key if found is not None else None


def replies(session: Session, letterbox_id: bytes, lookup: bytes) -> Sequence[Reply]:
    """What was answered to that lookup id; in no order, since rows have none."""
    return session.scalars(_replies, {"letterbox_id": letterbox_id, "lookup": lookup}).all()


def spent(session: Session, hashes: Sequence[bytes]) -> frozenset[bytes]:
    """Which of these were spent: for whoever holds what makes them."""
    return frozenset(session.scalars(_spent, {"hashes": list(hashes)}))


def batches(session: Session, letterbox_id: bytes) -> Sequence[Batch]:
    """What left, oldest first."""
    return session.scalars(_batches, {"letterbox_id": letterbox_id}).all()


def waiting_by_lane(session: Session, letterbox_id: bytes) -> dict[int, list[bytes]]:
    """The ids of what waits, for a release: nobody else asks, and no page ever shows how many."""
    lanes: dict[int, list[bytes]] = {}
    for lane, entry in session.execute(_lanes, {"letterbox_id": letterbox_id}):
        lanes.setdefault(lane, []).append(entry)
    return lanes


def sealed_of(session: Session, entries: Sequence[bytes]) -> Iterator[list[tuple[bytes, bytes]]]:
    """``(id, sealed)`` of waiting entries in the order given, some hundreds at a time."""
    for at in range(0, len(entries), _CHUNK):
        chunk = entries[at : at + _CHUNK]
        found = {row.id: row.sealed for row in session.execute(_texts, {"ids": chunk})}
        yield [(entry, found[entry]) for entry in chunk]


def voice(session: Session, voice_id: bytes) -> Voice | None:
    return session.get(Voice, voice_id)


def belongs(session: Session, voice_id: bytes, letterbox_id: bytes) -> bool:
    """Whether the message was released from that letterbox."""
    found = session.execute(_of_voice, {"voice_id": voice_id}).first()
    return found is not None and found.id == letterbox_id


def is_quotable(session: Session, voice_id: bytes) -> bool:
    """In a batch that is not small, with enough people by `thresholds.may_quote`."""
    found = session.execute(_of_voice, {"voice_id": voice_id}).first()
    return found is not None and not found.is_small and thresholds.may_quote(found.at_least, found.k)


def enough_for_synthesis(session: Session, letterbox_id: bytes) -> bool:
    """Whether what was released may leave the desk as a synthesis (`thresholds.outlet`). Batches are not
    added up: the same people may have written in each."""
    box = session.get(Letterbox, letterbox_id)
    largest = max((one.at_least for one in batches(session, letterbox_id)), default=0)
    return box is not None and thresholds.outlet(largest, box.k) is not thresholds.Outlet.ORALLY


def size(session: Session, batch_id: bytes) -> int:
    """How many messages a batch holds: exact, for the release and for keyholders only."""
    return session.scalar(_size, {"batch_id": batch_id}) or 0


def digest_of(session: Session, batch_id: bytes) -> str:
    """SHA-256 (hex) over the sorted hashes of the batch's rows."""
    rows = session.execute(_rows, {"batch_id": batch_id})
    return sha256(b"".join(sorted(sha256(row.id + row.sealed).digest() for row in rows))).hexdigest()


# ── ballots, and what was published of them ────────────────────────────────────


def ballots(session: Session, letterbox_id: bytes, kind: BallotKind) -> Iterator[bytes]:
    """What was cast, sealed: for the count, and for nobody else."""
    rows = session.scalars(_ballots, {"letterbox_id": letterbox_id, "kind": kind})
    yield from rows.yield_per(_CHUNK)


def votable(session: Session, letterbox_id: bytes) -> Sequence[Votable]:
    """Published wordings that can be supported, by their random id."""
    return session.scalars(_votable, {"letterbox_id": letterbox_id}).all()


def published_counts(
    session: Session, letterbox_ids: Sequence[bytes], kind: BallotKind
) -> dict[bytes, list[PublishedCount]]:
    """The numbers that were published, by letterbox."""
    found: dict[bytes, list[PublishedCount]] = {}
    if letterbox_ids:
        for one in session.scalars(_counts, {"letterbox_ids": list(letterbox_ids), "kind": kind}):
            found.setdefault(one.letterbox_id, []).append(one)
    return found
