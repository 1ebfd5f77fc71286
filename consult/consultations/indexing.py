"""Making the whole index of what can be found anew: after an upgrade, or when the words changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, exists, select
from sqlalchemy.orm import Session

from consult.consultations import queries
from consult.notices import finding
from consult.notices.models import Notice
from consult.register import indexing, search
from consult.register import services as register
from consult.register.models import Document, Entry, Word
from consult.register.rules import Shelf

CHUNK = 200


def is_missing(session: Session) -> bool:
    """Whether there is something to find, and no index of it."""
    return not session.scalar(select(exists().select_from(Document))) and bool(
        session.scalar(select(exists().select_from(Notice)))
    )


def rebuild(session: Session) -> int:
    """In the order things came, so that the newest are shown first. Returns how many notices."""
    register.touch(session)
    session.execute(delete(Document))
    session.execute(delete(Word))
    for some in _chunks(session, select(Entry.id).order_by(Entry.position)):
        for entry in session.scalars(select(Entry).where(Entry.id.in_(some)).order_by(Entry.position)):
            indexing.put(session, Shelf.ENTRY, entry.id, indexing.texts_of([entry.title.texts]))
        _let_go(session)
    number = 0
    for some in _chunks(session, select(Notice.id).where(~Notice.is_file).order_by(Notice.number)):
        for notice in session.scalars(select(Notice).where(Notice.id.in_(some)).order_by(Notice.number)):
            finding.index(session, notice)
            finding.in_stages(session, notice, queries.stages(session, notice.id))
            number += 1
        _let_go(session)
    opened = select(Notice.id).where(Notice.readable_on.is_not(None))
    for some in _chunks(session, opened.order_by(Notice.readable_on, Notice.number)):
        for notice_id in some:
            indexing.raise_up(session, Shelf.NOTICE, notice_id)
        _let_go(session)
    search.forget(session, ())
    return number


def _chunks(session: Session, query: Select[Any]) -> Iterator[Sequence[UUID]]:
    found = list(session.scalars(query))
    return (found[at : at + CHUNK] for at in range(0, len(found), CHUNK))


def _let_go(session: Session) -> None:
    """Twenty thousand notices in full need not be in memory at once."""
    session.flush()
    session.expunge_all()
