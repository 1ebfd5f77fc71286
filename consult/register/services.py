"""The one door to what others read."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from consult.core.db import next_number
from consult.core.localized import Localized
from consult.register import indexing
from consult.register.models import Awaiting, ContentVersion, Entry, Leaf, LeafSalt, Link
from consult.register.rules import Ref, Shelf, Tag, content_digest
from consult.web.readers import Audience

_ASKS = frozenset({Tag.QUESTION_ASKED, Tag.THEME_PUBLISHED, Tag.OPINION_GIVEN})
_ANSWERS = frozenset({Tag.QUESTION_ANSWERED, Tag.THEME_ANSWERED, Tag.RESPONSE_GIVEN})
"""Acts that answer what is among their causes."""


def record(
    session: Session,
    tag: Tag,
    ref: Ref,
    *,
    title: Localized,
    day: date,
    content: Mapping[str, Any],
    audience: Audience,
    notice_id: UUID | None = None,
    because: Iterable[Ref] = (),
    text: Mapping[str, str] | None = None,
) -> Leaf:
    """Records one act in the act's own transaction: appends its leaf, files the entry people read,
    ties causes to effects, makes cached pages stale. ``content`` is what the digest binds (JSON);
    ``text`` what the entry is found by, in each language (default: its title)."""
    touch(session)
    because = list(because)
    _await(session, tag, ref, because, day)
    salt = secrets.token_bytes(32)
    leaf = Leaf(
        position=next_number(session, Leaf.position),
        tag=tag,
        ref=str(ref),
        day=day,
        digest=content_digest(content, salt),
    )
    session.add(leaf)
    session.flush()
    session.add(LeafSalt(position=leaf.position, salt=salt))
    entry = Entry(
        id=uuid4(),
        position=leaf.position,
        tag=tag,
        ref=str(ref),
        notice_id=notice_id,
        title=title,
        day=day,
        visibility=audience.level,
        author=audience.author,
        body_ids=sorted(str(one) for one in audience.body_ids),
    )
    session.add(entry)
    for cause in because:
        tie(session, cause, ref)
    session.flush()
    indexing.put(session, Shelf.ENTRY, entry.id, indexing.texts_of([title.texts if text is None else text]))
    return leaf


def rename(session: Session, entry: Entry, title: Localized) -> None:
    """The title people read of an act is this one now, and the act is found by nothing else: for what was
    taken back, or published by mistake."""
    entry.title = title
    indexing.put(session, Shelf.ENTRY, entry.id, indexing.texts_of([title.texts]), for_good=True)


def destroy_salts(session: Session, positions: Collection[int]) -> None:
    """Nobody can check any more what these leaves bind: for what held a person's data."""
    session.execute(delete(LeafSalt).where(LeafSalt.position.in_(list(positions))))
    touch(session)


def _await(session: Session, tag: Tag, ref: Ref, because: Iterable[Ref], day: date) -> None:
    """Keeps the list of what has no answer. Published again, a thing waits from that day if it still
    waits; answered once, it waits no more."""
    if tag in _ASKS and (asked := ref.uuid) is not None:
        waiting = session.get(Awaiting, (ref.kind, asked))
        known = select(Entry.id).where(Entry.ref == str(ref), Entry.tag == tag).limit(1)
        if waiting is not None:
            waiting.since = day
        elif session.scalar(known) is None:
            session.add(Awaiting(kind=ref.kind, subject_id=asked, since=day))
    if tag in _ANSWERS:
        for one in because:
            session.execute(
                delete(Awaiting).where(Awaiting.kind == one.kind, Awaiting.subject_id == one.uuid)
            )


def await_instead(session: Session, kind: str, waiting: Mapping[UUID, date], *, of: Iterable[UUID]) -> None:
    """Of these things none waits any more but those in ``waiting``, each from its day."""
    session.execute(delete(Awaiting).where(Awaiting.kind == kind, Awaiting.subject_id.in_(list(of))))
    session.add_all(Awaiting(kind=kind, subject_id=one, since=day) for one, day in waiting.items())
    session.flush()


def touch(session: Session) -> None:
    """Raises the content version, and with it takes the lock that orders acts (on PostgreSQL the
    row's; SQLite holds its one write lock already)."""
    raised = session.execute(
        update(ContentVersion).where(ContentVersion.id == 1).values(value=ContentVersion.value + 1)
    )
    if raised.rowcount == 0:  # type: ignore[attr-defined]
        session.add(ContentVersion(id=1, value=1))
        session.flush()


def tie(session: Session, cause: Ref, effect: Ref) -> None:
    """``cause`` led to ``effect``; said twice, it stands once."""
    known = select(Link).where(Link.cause == str(cause), Link.effect == str(effect))
    if cause != effect and session.scalar(known) is None:
        session.add(Link(cause=str(cause), effect=str(effect)))


def widen(session: Session, notice_id: UUID, audience: Audience) -> None:
    """Entries of a notice follow its level and its bodies, once another receives it or employees may read."""
    narrow = ("body",)
    session.execute(
        update(Entry)
        .where(Entry.notice_id == notice_id, Entry.visibility.in_(narrow))
        .values(visibility=audience.level, body_ids=sorted(str(one) for one in audience.body_ids))
    )
    touch(session)
