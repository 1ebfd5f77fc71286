"""Answering the poll and supporting a published wording. Both only ever INSERT: the right used and the
sealed ballots, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import LargeBinary, String, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from consult.anonymity.ballots import (
    SEALED_BALLOT_SIZE,
    Choice,
    PollBallot,
    SupportBallot,
    seal_ballot,
)
from consult.core.db import Base, random_id
from consult.core.localized import Localized
from consult.voices.models import Ballot, Letterbox, PublishedCount, Votable
from consult.voices.rules import BallotKind, NotOpen, Phase, RightFault, RightRefused, phase
from consult.voices.spending import Right, spend

# It looks for itself whether the closing release has passed, as the message's own INSERT does.
_cast = insert(Base.metadata.tables[Ballot.__tablename__]).from_select(
    ["id", "letterbox_id", "kind", "sealed"],
    select(
        bindparam("ballot", type_=LargeBinary),
        Letterbox.id,
        bindparam("of_kind", type_=String),
        bindparam("sealed", type_=LargeBinary),
    ).where(Letterbox.id == bindparam("box"), ~Letterbox.is_closed),
    include_defaults=False,
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Ballots of one person, ready to be posted: they need no key any more. ``rights``: all are used, one for
    the whole poll, one for each wording."""

    letterbox_id: bytes
    kind: BallotKind
    sealed: tuple[bytes, ...] = field(repr=False)
    rights: tuple[Right, ...]

    def __post_init__(self) -> None:
        # Also a CHECK of the table; but a database that refuses a row writes it into its log.
        if any(len(one) != SEALED_BALLOT_SIZE for one in self.sealed):
            raise ValueError("a ballot has one size")


def answer_poll(letterbox: Letterbox, ballots: Sequence[PollBallot], *, right: Right, on: date) -> Cast:
    """Seals the answers of one person (`poll.Poll.ballots`), without the database and so before its lock.
    Raises `NotOpen`, `RightRefused` in open mode, where nobody tells one person from many."""
    _must_be_open(letterbox, on)
    sealed = tuple(seal_ballot(letterbox.public_key, one) for one in ballots)
    return Cast(letterbox.id, BallotKind.PULSE, sealed, (right,))


def support(
    letterbox: Letterbox, choices: Mapping[UUID, Choice], *, rights: Sequence[Right], on: date
) -> Cast:
    """Seals one ballot for each wording; ``rights``: of the same wordings (`spending.to_support`). Raises
    `NotOpen`, `RightRefused` in open mode."""
    _must_be_open(letterbox, on)
    assert len(rights) == len(choices) > 0, "one vote for each wording"
    sealed = tuple(
        seal_ballot(letterbox.public_key, SupportBallot(concern.bytes, choice))
        for concern, choice in choices.items()
    )
    return Cast(letterbox.id, BallotKind.SUPPORT, sealed, tuple(rights))


def post(session: Session, ready: Cast) -> None:
    """INSERTs the rights used and the ballots, in the caller's transaction, in an order that tells nothing.
    Raises `NotOpen` when the closing release came first, `RightRefused`: then nothing of it may stay."""
    for right in sorted(ready.rights, key=lambda one: one.spends):
        spend(session, ready.letterbox_id, (right,))
    rows = sorted((random_id(), sealed) for sealed in ready.sealed)
    for ident, sealed in rows:
        posted = session.execute(
            _cast,
            {"ballot": ident, "box": ready.letterbox_id, "of_kind": ready.kind.value, "sealed": sealed},
            execution_options={"preserve_rowcount": True},
        )
        if posted.rowcount != 1:  # type: ignore[attr-defined]
            raise NotOpen(Phase.CLOSED)


def _must_be_open(letterbox: Letterbox, on: date) -> None:
    if letterbox.channels.is_open:
        raise RightRefused(RightFault.UNKNOWN)
    now = phase(letterbox.opens_on, letterbox.closes_on, on)
    if now is not Phase.OPEN or letterbox.is_closed:
        raise NotOpen(now if now is not Phase.OPEN else Phase.CLOSED)


# ── what can be supported, told by the rooms above ─────────────────────────────


def make_votable(session: Session, letterbox: Letterbox, concern_id: UUID, wording: Localized) -> None:
    """A wording was published: it can be supported until the letterbox closes, never in open mode."""
    if letterbox.channels.is_open or letterbox.is_closed:
        return
    session.add(Votable(concern_id=concern_id, letterbox_id=letterbox.id, wording=wording))
    session.flush()


def no_longer_votable(session: Session, concern_id: UUID) -> None:
    """It was taken back: nobody can support it any more, and what was counted of it goes."""
    session.execute(delete(Votable).where(Votable.concern_id == concern_id))
    session.execute(
        delete(PublishedCount).where(
            PublishedCount.kind == BallotKind.SUPPORT, PublishedCount.what == str(concern_id)
        )
    )
