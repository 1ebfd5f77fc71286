"""Opening a letterbox, speaking, releasing. Speaking only ever INSERTs."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import LargeBinary, SmallInteger, bindparam, delete, insert, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from consult.anonymity import thresholds
from consult.anonymity.message import Message
from consult.anonymity.release import Batch as Chosen
from consult.anonymity.release import choose
from consult.anonymity.sealing import SEALED_SIZE, TooLong, reseal, seal
from consult.core.db import Base, by_database, is_sqlite, random_id
from consult.voices import queries
from consult.voices.models import Batch, Letterbox, Voice, Waiting
from consult.voices.rules import Channel, NotOpen, Phase, TooLongToSeal, phase

logger = logging.getLogger("consult")

_ALLOWED_K = (thresholds.K_SMALL_SITE, thresholds.K_DEFAULT)
_PATIENCE = 120.0
_PAUSE = 0.05

# One INSERT that looks for itself whether the closing release has passed: asked before, the answer could
# be old by the time the row is written, and the message would lie unread for ever.
_post = insert(Base.metadata.tables[Waiting.__tablename__]).from_select(
    ["id", "letterbox_id", "lane", "sealed"],
    select(
        bindparam("entry", type_=LargeBinary),
        Letterbox.id,
        bindparam("lane", type_=SmallInteger),
        bindparam("sealed", type_=LargeBinary),
    ).where(Letterbox.id == bindparam("box"), ~Letterbox.is_closed),
    include_defaults=False,
)
_take = delete(Waiting).where(Waiting.id.in_(bindparam("ids", expanding=True)))

# What stays is written anew, under new ids and in their order, so that neither its place in the file nor a
# row version tells when it came. The copy is sorted too: on PostgreSQL it lies in a file of its own.
_REWRITE_SQLITE = (
    "CREATE TEMP TABLE kept AS SELECT randomblob(16) AS id, letterbox_id, lane, sealed FROM waiting",
    "DELETE FROM waiting",
    "INSERT INTO waiting (id, letterbox_id, lane, sealed)"
    " SELECT id, letterbox_id, lane, sealed FROM temp.kept ORDER BY id",
    "DROP TABLE temp.kept",
    "CREATE TEMP TABLE kept AS SELECT hash FROM spent",
    "DELETE FROM spent",
    "INSERT INTO spent (hash) SELECT hash FROM temp.kept ORDER BY hash",
    "DROP TABLE temp.kept",
)
_REWRITE_POSTGRESQL = (
    "CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT substring(sha256(uuid_send(gen_random_uuid()))"
    " FROM 1 FOR 16) AS id, letterbox_id, lane, sealed FROM waiting ORDER BY 1",
    "TRUNCATE waiting",
    "INSERT INTO waiting (id, letterbox_id, lane, sealed)"
    " SELECT id, letterbox_id, lane, sealed FROM pg_temp.kept ORDER BY id",
    "DROP TABLE pg_temp.kept",
    "CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT hash FROM spent ORDER BY 1",
    "TRUNCATE spent",
    "INSERT INTO spent (hash) SELECT hash FROM pg_temp.kept ORDER BY hash",
    "DROP TABLE pg_temp.kept",
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message ready to be posted: it needs no key and no database any more."""

    letterbox_id: bytes
    sealed: bytes = field(repr=False)
    lane: int = 0

    def __post_init__(self) -> None:
        # Also a CHECK of the table; but a database that refuses a row writes it into its log.
        if len(self.letterbox_id) != 16 or len(self.sealed) != SEALED_SIZE:
            raise ValueError("a waiting row has one size")


def open_letterbox(
    session: Session,
    *,
    told: Mapping[str, Any],
    channel: Channel,
    public_key: bytes,
    k: int,
    interval_days: int,
    opens_on: date,
    closes_on: date,
    headcount: int,
) -> Letterbox:
    """``told`` (see `rules.Told`): what the rooms above say about it. Raises ValueError on a k the
    headcount does not allow."""
    if k not in _ALLOWED_K or not thresholds.valid_k(k, headcount=headcount):
        raise ValueError(f"k = {k} is not allowed for {headcount} people")
    letterbox = Letterbox(
        id=random_id(),
        told=dict(told),
        channel=channel,
        public_key=public_key,
        k=k,
        interval_days=interval_days,
        opens_on=opens_on,
        closes_on=closes_on,
        is_closed=False,
    )
    session.add(letterbox)
    session.flush()
    return letterbox


def retitle(session: Session, slug: str, titles: Mapping[str, str]) -> None:
    """Told by the rooms above: that notice is called so from now on, in each language."""
    for letterbox in queries.told_of(session, slug):
        letterbox.told = {**letterbox.told, "title": dict(titles)}
    session.flush()


def prepare(letterbox: Letterbox, message: Message, *, on: date) -> Sealed:
    """Seals a message, without the database and so before its lock. Raises `NotOpen`, `TooLongToSeal`."""
    now = phase(letterbox.opens_on, letterbox.closes_on, on)
    if now is not Phase.OPEN or letterbox.is_closed:
        raise NotOpen(now if now is not Phase.OPEN else Phase.CLOSED)
    try:
        return Sealed(letterbox.id, seal(letterbox.public_key, message.encode()))
    except TooLong as error:
        raise TooLongToSeal(error.over) from None


def post(session: Session, ready: Sealed) -> None:
    """INSERTs. Raises `NotOpen` when the closing release came first."""
    posted = session.execute(
        _post,
        {"entry": random_id(), "box": ready.letterbox_id, "lane": ready.lane, "sealed": ready.sealed},
        execution_options={"preserve_rowcount": True},
    )
    if posted.rowcount != 1:  # type: ignore[attr-defined]
        raise NotOpen(Phase.CLOSED)


def speak(session: Session, letterbox: Letterbox, message: Message, *, on: date) -> None:
    """Seals and INSERTs. Raises `NotOpen`, `TooLongToSeal`."""
    post(session, prepare(letterbox, message, on=on))


def release(session: Session, letterbox: Letterbox, *, on: date, rng: Random | None = None) -> list[Batch]:
    """Takes what may leave, re-sealed under new ids in random order; rewrites what stays. After the last
    day takes everything and sets ``is_closed``."""
    rng = rng or secrets.SystemRandom()
    session.flush()
    _hold_intake(session)
    session.refresh(letterbox)
    if letterbox.is_closed:
        return []
    is_last = on > letterbox.closes_on
    choice = choose(_lanes(session, letterbox), k=letterbox.k, closed=is_last, rng=rng)
    made = [_release_batch(session, letterbox, chosen, on=on) for chosen in choice.batches]
    if is_last:
        letterbox.is_closed = True
    if made:
        _rewrite(session)
    session.flush()
    return made


def tidy(session: Session, *, patience: float = _PATIENCE) -> bool:
    """After the commit of a release: the WAL is truncated until it reports not busy (SQLite), since what
    waited still stands in it. Ends the session's transaction, which would itself be in the way.

    False when somebody read on for more than ``patience`` seconds: try again at the next run."""
    if session.in_transaction():
        session.rollback()
    engine = session.get_bind()
    if not is_sqlite(session) or not isinstance(engine, Engine):
        return True
    until = time.monotonic() + patience
    with closing(engine.raw_connection()) as connection:  # a raw one: no BEGIN, no checkpoint inside
        while True:
            cursor = connection.cursor()
            busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.close()
            if not busy:
                return True
            if time.monotonic() >= until:
                logger.warning("the journal could not be emptied after a release: a reader stays open")
                return False
            time.sleep(_PAUSE)


def _lanes(session: Session, letterbox: Letterbox) -> dict[str, Sequence[bytes]]:
    """What waits by lane. In open mode nobody tells one person from many: all entries are one lane."""
    lanes = queries.waiting_by_lane(session, letterbox.id)
    if letterbox.channel is Channel.OPEN:
        return {"all": [entry for lane in lanes.values() for entry in lane]}
    return {str(name): entries for name, entries in lanes.items()}


def _release_batch(session: Session, letterbox: Letterbox, chosen: Chosen, *, on: date) -> Batch:
    batch = Batch(
        id=random_id(),
        letterbox_id=letterbox.id,
        released_on=on,
        at_least=thresholds.floor5(chosen.at_least) or 0,
        is_small=chosen.is_small,
    )
    session.add(batch)
    session.flush()
    for rows in queries.sealed_of(session, chosen.entries):
        session.execute(
            insert(Voice),
            [
                {"id": random_id(), "batch_id": batch.id, "sealed": reseal(letterbox.public_key, sealed)}
                for _entry, sealed in rows
            ],
        )
        session.execute(_take, {"ids": [entry for entry, _sealed in rows]})
    return batch


def _hold_intake(session: Session) -> None:
    """Nothing may arrive between the choice and the rewrite: it would be lost with the old rows. SQLite
    holds its one write lock already."""
    by_database(
        session,
        sqlite=lambda: None,
        postgresql=lambda: _run(session, ("LOCK TABLE spent, waiting IN ACCESS EXCLUSIVE MODE",)),
    )


def _rewrite(session: Session) -> None:
    by_database(
        session,
        sqlite=lambda: _run(session, _REWRITE_SQLITE),
        postgresql=lambda: _run(session, _REWRITE_POSTGRESQL),
    )


def _run(session: Session, statements: Sequence[str]) -> None:
    for statement in statements:
        session.execute(text(statement))
