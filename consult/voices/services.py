"""Opening a letterbox, speaking, releasing. Speaking only ever INSERTs."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import LargeBinary, SmallInteger, bindparam, delete, insert, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from consult.anonymity import thresholds, words
from consult.anonymity.message import Message
from consult.anonymity.release import Batch as Chosen
from consult.anonymity.release import choose, part
from consult.anonymity.sealing import SEALED_SIZE, TooLong, reseal, seal
from consult.core.db import Base, by_database, is_sqlite, random_id
from consult.voices import queries
from consult.voices.models import Ballot, Batch, Letterbox, Reply, RightKey, SlipRight, Spent, Voice, Waiting
from consult.voices.rules import (
    COUNT_MIN,
    WRITE_BACK,
    BallotKind,
    Channels,
    NotOpen,
    Phase,
    RightFault,
    RightRefused,
    TooLongToSeal,
    lanes,
    phase,
)
from consult.voices.spending import Right, spend

logger = logging.getLogger("consult")
_FETCH = {"synchronize_session": "fetch"}

_ALLOWED_K = (thresholds.K_SMALL_SITE, thresholds.K_DEFAULT)
MOST = 5_000
"""Entries that leave in one transaction: what arrives meanwhile waits for it."""
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
_REWRITTEN = {
    "waiting": ("id", "letterbox_id, lane, sealed"),
    "ballot": ("id", "letterbox_id, kind, sealed"),
    "spent": ("hash", "letterbox_id"),
}
"""Tables that grow as people act: their key, made anew where it is an id, and the rest."""
_NEW_ID = {
    "sqlite": "randomblob(16)",
    "postgresql": "substring(sha256(uuid_send(gen_random_uuid())) FROM 1 FOR 16)",
}


_SLIPS = {"slip_right": ("hash", "letterbox_id")}
"""Rights that were printed: nothing there tells one print from another either."""


def _rewriting(dialect: str, tables: Mapping[str, tuple[str, str]] = _REWRITTEN) -> Sequence[str]:
    temp, on_commit, empty = (
        ("temp", "", "DELETE FROM") if dialect == "sqlite" else ("pg_temp", "ON COMMIT DROP ", "TRUNCATE")
    )
    statements = []
    for table, (key, rest) in tables.items():
        made = f"{_NEW_ID[dialect]} AS id" if key == "id" else key
        kept = f"SELECT {made}, {rest} FROM {table} ORDER BY 1"  # noqa: S608
        back = f"SELECT {key}, {rest} FROM {temp}.kept ORDER BY {key}"  # noqa: S608
        statements += [
            f"CREATE TEMP TABLE kept {on_commit}AS {kept}",
            f"{empty} {table}",
            f"INSERT INTO {table} ({key}, {rest}) {back}",
            f"DROP TABLE {temp}.kept",
        ]
    return statements


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message ready to be posted: it needs no key any more. ``rights``: those it may use, the first that
    was not used yet (none in open mode)."""

    letterbox_id: bytes
    sealed: bytes = field(repr=False)
    rights: Sequence[Right] = ()

    def __post_init__(self) -> None:
        # Also a CHECK of the table; but a database that refuses a row writes it into its log.
        if len(self.letterbox_id) != 16 or len(self.sealed) != SEALED_SIZE:
            raise ValueError("a waiting row has one size")


def open_letterbox(
    session: Session,
    *,
    told: Mapping[str, Any],
    channels: Channels,
    public_key: bytes,
    k: int,
    interval_days: int,
    opens_on: date,
    closes_on: date,
    headcount: int,
    quota: int = 0,
    count_min: int = COUNT_MIN,
    claims_open_on: date | None = None,
    lane_keys: Mapping[str, bytes] | None = None,
) -> Letterbox:
    """``told`` (see `rules.Told`): what the rooms above say about it. ``quota``: messages a person may
    send, 0 in open mode; ``lane_keys``: public keys (DER) by lane, where passes are taken. Raises
    ValueError on a k the headcount does not allow, or on keys that do not fit the channels."""
    if k not in _ALLOWED_K or not thresholds.valid_k(k, headcount=headcount):
        raise ValueError(f"k = {k} is not allowed for {headcount} people")
    keys = dict(lane_keys or {})
    if set(keys) != (set(lanes(quota)) if channels.takes_passes else set()):
        raise ValueError("one key for each lane, where passes are taken")
    letterbox = Letterbox(
        id=random_id(), told=dict(told), channels=channels, public_key=public_key,
        fingerprint=words.key_digest(public_key, *keys.values()), k=k, quota=quota, count_min=count_min,
        interval_days=interval_days, claims_open_on=claims_open_on, opens_on=opens_on, closes_on=closes_on,
        is_closed=False, is_counted=False, counted_batches=0,
    )  # fmt: skip
    session.add(letterbox)
    session.flush()
    for lane, key in keys.items():
        session.add(RightKey(letterbox_id=letterbox.id, lane=lane, public_key=key))
    session.flush()
    return letterbox


def retitle(session: Session, slug: str, titles: Mapping[str, str]) -> None:
    """Told by the rooms above: that notice is called so from now on, in each language."""
    for letterbox in queries.told_of(session, slug):
        letterbox.told = {**letterbox.told, "title": dict(titles)}
    session.flush()


def tell_exits(
    session: Session, emergency: Sequence[Mapping[str, Any]], alert_channel: Mapping[str, str]
) -> None:
    """Told by the rooms above: whom to call and where to report, from now on, on every letterbox there is."""
    exits = {"emergency": [dict(one) for one in emergency], "alert_channel": dict(alert_channel)}
    for letterbox in queries.every(session):
        letterbox.told = {**letterbox.told, **exits}
    session.flush()


def prepare(letterbox: Letterbox, message: Message, *, on: date, rights: Sequence[Right] = ()) -> Sealed:
    """Seals a message, without the database and so before its lock; ``rights``: from `spending`. Raises
    `NotOpen`, `TooLongToSeal`, `RightRefused` where a right is needed and none is given."""
    now = phase(letterbox.opens_on, letterbox.closes_on, on)
    if now is not Phase.OPEN or letterbox.is_closed:
        raise NotOpen(now if now is not Phase.OPEN else Phase.CLOSED)
    if not rights and not letterbox.channels.is_open:
        raise RightRefused(RightFault.MISSING)
    try:
        return Sealed(letterbox.id, seal(letterbox.public_key, message.encode()), tuple(rights))
    except TooLong as error:
        raise TooLongToSeal(error.over) from None


def post(session: Session, ready: Sealed) -> None:
    """INSERTs the right used and the message, in the caller's transaction. Raises `NotOpen` when the closing
    release came first, `RightRefused`."""
    lane = spend(session, ready.letterbox_id, ready.rights).lane if ready.rights else 0
    posted = session.execute(
        _post,
        {"entry": random_id(), "box": ready.letterbox_id, "lane": lane, "sealed": ready.sealed},
        execution_options={"preserve_rowcount": True},
    )
    if posted.rowcount != 1:  # type: ignore[attr-defined]
        raise NotOpen(Phase.CLOSED)


def speak(
    session: Session, letterbox: Letterbox, message: Message, *, on: date, rights: Sequence[Right] = ()
) -> None:
    """Seals and INSERTs. Raises `NotOpen`, `TooLongToSeal`, `RightRefused`."""
    post(session, prepare(letterbox, message, on=on, rights=rights))


def release(
    session: Session, letterbox: Letterbox, *, on: date, rng: Random | None = None, most: int = MOST
) -> list[Batch]:
    """Takes what may leave, re-sealed under new ids in random order; rewrites what stays. After the last
    day takes everything and sets ``is_closed``. More than ``most`` leave in several batches: one with each
    call, to be called again after the commit (`is_part`), and the last one rewrites and closes."""
    rng = rng or secrets.SystemRandom()
    session.flush()
    _hold_intake(session)
    session.refresh(letterbox)
    if letterbox.is_closed:
        return []
    is_last = on > letterbox.closes_on
    by_lane, riders = _lanes(session, letterbox)
    channels = letterbox.channels.number
    choice = choose(by_lane, k=letterbox.k, channels=channels, closed=is_last, rng=rng, riders=riders)
    if choice.quotable is not None and len(choice.quotable.entries) > most:
        some = part(choice.quotable, most, lanes=len(by_lane), channels=channels, riders=riders)
        return [_release_batch(session, letterbox, some, on=on)]
    made = [_release_batch(session, letterbox, chosen, on=on) for chosen in choice.batches]
    if is_last:
        _close(session, letterbox)
    if made or is_last:
        _rewrite(session)
    session.flush()
    return made


def is_part(session: Session, batches: Sequence[Batch], *, most: int = MOST) -> bool:
    """Whether a release left more behind than one transaction takes."""
    return len(batches) == 1 and queries.size(session, batches[0].id) == most


_RELEASED = (Voice,)
"""What was released, by batch."""
_SEALED_TO_IT: tuple[type[Base], ...] = (Waiting, Ballot, Reply)
"""All else that lies sealed to a letterbox, by letterbox."""


def shred(session: Session, letterbox: Letterbox, *, on: date) -> None:
    """Everything sealed to a letterbox is deleted; its batches and its days stay, and its pages say from when
    nothing can be read any more. The rooms above let go of its messages first. `tidy` follows the commit."""
    batches = select(Batch.id).where(Batch.letterbox_id == letterbox.id)
    for table in _RELEASED:
        session.execute(delete(table).where(table.batch_id.in_(batches)), execution_options=_FETCH)
    for kind in _SEALED_TO_IT:
        columns = Base.metadata.tables[kind.__tablename__].c
        session.execute(delete(kind).where(columns.letterbox_id == letterbox.id), execution_options=_FETCH)
    letterbox.told = {**letterbox.told, "destroyed_on": on.isoformat()}
    session.flush()


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


# ── slips, as the room above makes and takes them ──────────────────────────────


def hold_slips(session: Session) -> None:
    """Nobody makes, takes back or closes meanwhile: what is asked from here on stays true until the commit.
    SQLite holds its one write lock already."""
    session.flush()
    by_database(
        session,
        sqlite=lambda: None,
        postgresql=lambda: _run(session, ("LOCK TABLE slip_right IN ACCESS EXCLUSIVE MODE",)),
    )


def add_slips(session: Session, letterbox_id: bytes, rights: Collection[bytes]) -> None:
    """Rights of slips, as hashes; `hold_slips` comes first. All rows there are get written anew in the order
    of their hashes, so that their place tells neither the slips of one print nor the rights of one slip."""
    rows = [{"hash": one, "letterbox_id": letterbox_id} for one in sorted(rights)]
    session.execute(insert(SlipRight), rows)
    _rewrite(session, _SLIPS)


def take_slips(session: Session, letterbox_id: bytes) -> None:
    """No slip of that letterbox opens anything any more. What was spent stays spent: it lies elsewhere, so
    all rows go, and nothing that is left says which were used."""
    session.execute(delete(SlipRight).where(SlipRight.letterbox_id == letterbox_id))
    _rewrite(session, _SLIPS)


def _close(session: Session, letterbox: Letterbox) -> None:
    """Nothing can be spent any more: what was, and what could have been, goes. Riders that no batch took
    go too: nobody would ever read them."""
    letterbox.is_closed = True
    session.flush()
    for table in (Spent, SlipRight, Waiting):
        session.execute(delete(table).where(table.letterbox_id == letterbox.id))


def _lanes(session: Session, letterbox: Letterbox) -> tuple[dict[str, Sequence[bytes]], Sequence[bytes]]:
    """What waits by lane, and what was written back. In open mode nobody tells one person from many: all
    entries are one lane."""
    found = queries.waiting_by_lane(session, letterbox.id)
    riders = found.pop(WRITE_BACK, [])
    if letterbox.channels.is_open:
        return {"all": [entry for lane in found.values() for entry in lane]}, riders
    return {str(name): entries for name, entries in found.items()}, riders


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
        postgresql=lambda: _run(session, ("LOCK TABLE spent, ballot, waiting IN ACCESS EXCLUSIVE MODE",)),
    )


def _rewrite(session: Session, tables: Mapping[str, tuple[str, str]] = _REWRITTEN) -> None:
    by_database(
        session,
        sqlite=lambda: _run(session, _rewriting("sqlite", tables)),
        postgresql=lambda: _run(session, _rewriting("postgresql", tables)),
    )


def hold_ballots(session: Session) -> None:
    """Nobody votes or counts meanwhile. SQLite holds its one write lock already."""
    session.flush()
    by_database(
        session,
        sqlite=lambda: None,
        postgresql=lambda: _run(session, ("LOCK TABLE ballot IN ACCESS EXCLUSIVE MODE",)),
    )


def take_ballots(session: Session, letterbox_id: bytes, kinds: Collection[BallotKind]) -> None:
    """Counted for the last time, they go, and those of other letterboxes are written anew: on PostgreSQL
    deleted rows would lie on in the file. `hold_ballots` comes first, `tidy` after the commit."""
    session.execute(delete(Ballot).where(Ballot.letterbox_id == letterbox_id, Ballot.kind.in_(kinds)))
    _rewrite(session, {"ballot": _REWRITTEN["ballot"]})


def _run(session: Session, statements: Sequence[str]) -> None:
    for statement in statements:
        session.execute(text(statement))
