"""What the record holds, and the content version read on every request of the reading side."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import bindparam, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from consult.register.models import Entry, Leaf, LeafSalt, Link
from consult.register.rules import Ref, Tag, content_digest

_about = select(Entry).where(Entry.notice_id == bindparam("notice_id")).order_by(Entry.position)
_of_kind = _about.where(Entry.tag == bindparam("tag", type_=Entry.tag.type))
_positions = (
    select(Leaf.position)
    .where(Leaf.ref == bindparam("ref"), Leaf.tag == bindparam("tag", type_=Leaf.tag.type))
    .order_by(Leaf.position)
)
_first_entry = (
    select(Entry)
    .where(Entry.ref == bindparam("ref"), Entry.tag == bindparam("tag", type_=Entry.tag.type))
    .order_by(Entry.position)
    .limit(1)
)
_of_things = (
    select(Entry)
    .where(
        Entry.ref.in_(bindparam("refs", expanding=True)),
        Entry.tag.in_(bindparam("tags", expanding=True, type_=Entry.tag.type)),
    )
    .order_by(Entry.position)
)
_recent = select(Entry).order_by(Entry.position.desc()).limit(bindparam("size"))
_effects = select(Link.cause, Link.effect).where(Link.cause.in_(bindparam("refs", expanding=True)))
_causes = select(Link.cause, Link.effect).where(Link.effect.in_(bindparam("refs", expanding=True)))
_last = select(Leaf).order_by(Leaf.position.desc()).limit(1)


def about(session: Session, notice_id: UUID) -> Sequence[Entry]:
    """Every recorded act on a notice, oldest first: what a form that cites causes offers."""
    return session.scalars(_about, {"notice_id": notice_id}).all()


def positions(session: Session, ref: Ref, tag: Tag) -> Sequence[int]:
    """Where the acts of one kind on a thing stand in the record, in their order."""
    return session.scalars(_positions, {"ref": str(ref), "tag": tag}).all()


def first_of(session: Session, ref: Ref, tag: Tag) -> Entry | None:
    """What people read of the first act of that kind on a thing."""
    return session.scalar(_first_entry, {"ref": str(ref), "tag": tag})


def of_things(session: Session, refs: Sequence[Ref], tags: Sequence[Tag]) -> list[Entry]:
    """What people read of the acts of those kinds on these things, oldest first."""
    return list(session.scalars(_of_things, {"refs": [str(one) for one in refs], "tags": list(tags)}))


def binds(session: Session, position: int, content: Mapping[str, Any]) -> bool:
    """Whether the leaf at that position was made over this content. False also where its salt is gone:
    nobody can tell any more."""
    leaf, salt = session.get(Leaf, position), session.get(LeafSalt, position)
    return leaf is not None and salt is not None and content_digest(content, salt.salt) == leaf.digest


def of_kind(session: Session, notice_id: UUID, tag: Tag) -> Sequence[Entry]:
    """The acts of one kind on a notice, oldest first."""
    return session.scalars(_of_kind, {"notice_id": notice_id, "tag": tag}).all()


def recent(session: Session, size: int = 50) -> Sequence[Entry]:
    return session.scalars(_recent, {"size": size}).all()


def last_leaf(session: Session) -> Leaf | None:
    return session.scalar(_last)


def effects_of(session: Session, refs: Sequence[Ref]) -> dict[str, list[Ref]]:
    """What each of these led to."""
    found: dict[str, list[Ref]] = {}
    for cause, effect in session.execute(_effects, {"refs": [str(one) for one in refs]}):
        found.setdefault(cause, []).append(Ref.parse(effect))
    return found


def causes_of(session: Session, refs: Sequence[Ref]) -> dict[str, list[Ref]]:
    """What led to each of these."""
    found: dict[str, list[Ref]] = {}
    for cause, effect in session.execute(_causes, {"refs": [str(one) for one in refs]}):
        found.setdefault(effect, []).append(Ref.parse(cause))
    return found


class VersionReader:
    """Reads the content version on a raw connection of the calling thread: one row, some microseconds,
    opened after the fork. None where it cannot be read: the cache is then bypassed."""

    QUERY = "SELECT value FROM content_version WHERE id = 1"

    def __init__(self, url: str) -> None:
        self.kept = threading.local()
        self.sqlite_file = make_url(url).database if url.startswith("sqlite") else None
        self.conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

    def __call__(self) -> int | None:
        for _attempt in (1, 2):
            try:
                if not hasattr(self.kept, "connection"):
                    self.kept.connection = self._connect()
                row = self.kept.connection.execute(self.QUERY).fetchone()
                return int(row[0]) if row else 0
            except (sqlite3.Error, psycopg.Error):
                self.close()
        return None

    def close(self) -> None:
        """Gives this thread's connection back: the next question opens another (a database that was put
        back from a copy must not be held open)."""
        connection = self.kept.__dict__.pop("connection", None)
        if connection is not None:
            with suppress(sqlite3.Error, psycopg.Error):
                connection.close()

    def _connect(self) -> Any:
        if self.sqlite_file is not None:
            return sqlite3.connect(f"file:{self.sqlite_file}?mode=ro", uri=True, isolation_level=None)
        return psycopg.connect(self.conninfo, autocommit=True, prepare_threshold=0)
