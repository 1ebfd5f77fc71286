"""The count: the poll once, after closing; support from time to time. Opened in memory by whoever holds the
key; what is written are the numbers that are published, and nothing is ever counted up.

Each count has two halves, so that no lock is held while ballots are opened: one reads and opens, one writes
what came of it, having looked again whether somebody else was first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consult.anonymity.ballots import open_poll_ballot, open_support_ballot
from consult.anonymity.counting import Row, support_shown
from consult.anonymity.message import Malformed
from consult.anonymity.sealing import CannotOpen
from consult.core.db import random_id
from consult.core.errors import Refused
from consult.voices import queries, services
from consult.voices.models import Letterbox, PublishedCount
from consult.voices.poll import Poll
from consult.voices.rules import BallotKind

T = TypeVar("T")


class NotYet(Refused):
    """The poll is counted after closing, and where there is one."""


class CountedAlready(Refused):
    """There is one publication, and it was made."""


# ── the poll ───────────────────────────────────────────────────────────────────


def open_poll(session: Session, letterbox: Letterbox, private_key: bytes) -> tuple[Row, ...]:
    """Opens every ballot and says what may be published; writes nothing. Raises `NotYet`,
    `CountedAlready`."""
    poll = _to_count(letterbox)
    found = _opened(queries.ballots(session, letterbox.id, BallotKind.PULSE), private_key, open_poll_ballot)
    return poll.counted(list(found))


def publish_poll(session: Session, letterbox: Letterbox, rows: Iterable[Row]) -> str:
    """Writes what `open_poll` found, marks the poll as counted, and the ballots are gone. Returns SHA-256
    (hex) over the numbers. Raises `NotYet`, `CountedAlready`."""
    services.hold_ballots(session)
    session.refresh(letterbox)
    _to_count(letterbox)
    counts = [
        PublishedCount(
            id=random_id(), letterbox_id=letterbox.id, kind=BallotKind.PULSE, what=row.question,
            group=row.group or "", option=str(row.option), floor=row.floor,
        )
        for row in rows
    ]  # fmt: skip
    session.add_all(counts)
    letterbox.is_counted = True
    session.flush()
    services.take_ballots(session, letterbox.id, [BallotKind.PULSE])
    return digest_of(counts)


def digest_of(counts: Iterable[PublishedCount]) -> str:
    """SHA-256 (hex) over the published numbers, in an order of their own."""
    lines = sorted(f"{one.what}\t{one.group}\t{one.option}\t{one.floor or 0}" for one in counts)
    return sha256("\n".join(lines).encode()).hexdigest()


def _to_count(letterbox: Letterbox) -> Poll:
    poll = Poll.of(letterbox.told)
    if poll is None or not letterbox.is_closed:
        raise NotYet
    if letterbox.is_counted:
        raise CountedAlready
    return poll


# ── support ────────────────────────────────────────────────────────────────────


def is_support_due(session: Session, letterbox: Letterbox) -> bool:
    """Whether something left since support was last counted: between two releases it is not counted anew,
    or somebody who looks every hour would see the votes come in."""
    return not letterbox.channels.is_open and letterbox.counted_batches < _releases(session, letterbox)


def open_support(session: Session, letterbox: Letterbox, private_key: bytes) -> dict[UUID, int]:
    """Opens all ballots so far: support by wording, floored, for those that show enough; writes nothing."""
    ballots = queries.ballots(session, letterbox.id, BallotKind.SUPPORT)
    found = _opened(ballots, private_key, open_support_ballot)
    return {
        UUID(bytes=concern): floor
        for concern, floor in support_shown(found, count_min=letterbox.count_min).items()
    }


def publish_support(session: Session, letterbox: Letterbox, floors: Mapping[UUID, int]) -> bool:
    """Puts what `open_support` found in place of what stood there, for wordings that still stand. After
    closing it is the last time, and the ballots are gone. False: somebody else was first."""
    services.hold_ballots(session)
    session.refresh(letterbox)
    if not is_support_due(session, letterbox):
        return False
    session.execute(
        delete(PublishedCount).where(
            PublishedCount.letterbox_id == letterbox.id, PublishedCount.kind == BallotKind.SUPPORT
        )
    )
    standing = {one.concern_id for one in queries.votable(session, letterbox.id)}
    session.add_all(
        PublishedCount(
            id=random_id(), letterbox_id=letterbox.id, kind=BallotKind.SUPPORT, what=str(concern), floor=floor
        )
        for concern, floor in floors.items()
        if concern in standing
    )  # fmt: skip
    letterbox.counted_batches = _releases(session, letterbox)
    session.flush()
    if letterbox.is_closed:
        services.take_ballots(session, letterbox.id, [BallotKind.SUPPORT])
    return True


def _releases(session: Session, letterbox: Letterbox) -> int:
    """The closing is one more: votes are taken until then, whether or not anything leaves."""
    return len(queries.batches(session, letterbox.id)) + letterbox.is_closed


def _opened(sealed: Iterable[bytes], private_key: bytes, read: Callable[[bytes, bytes], T]) -> Iterator[T]:
    """What can be read; a row that nobody's page could have made counts for nothing."""
    for one in sealed:
        try:
            yield read(private_key, one)
        except (CannotOpen, Malformed):
            continue
