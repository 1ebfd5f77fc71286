"""The second pair of eyes: asking for it, notes between colleagues, approving."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from consult.core.errors import WrongState
from consult.notices import finding, letters, queries
from consult.notices.models import Note, Notice, Revision
from consult.notices.rules import REVIEWS, NoticeState, OpenNotes, OwnText, Review
from consult.people import queries as people
from consult.people.models import Account
from consult.people.rules import Role
from consult.register import services as register


def move(session: Session, notice: Notice, to: Review, *, actor: Account, knowing: int = 0) -> Revision:
    """The revision being written: draft ⇄ in_review → approved. ``knowing``: how many open notes whoever
    approves was shown. Put in review, the other HR accounts are written to.
    Raises `WrongState`, `OwnText`, `OpenNotes`."""
    revision = being_written(notice)
    if to not in REVIEWS[revision.review]:
        raise WrongState("revision", revision.review)
    if to is Review.APPROVED:
        register.touch(session)  # a note written at the same moment is counted, or comes after
        _must_be_approvable(session, revision, actor=actor, knowing=knowing)
    revision.review = to
    revision.approved_by = actor.id if to is Review.APPROVED else None
    if to is Review.IN_REVIEW:
        revision.asked_by = actor.id
    session.flush()
    finding.index(session, notice)
    if to is Review.IN_REVIEW:
        letters.review_asked(session, notice, actor=actor)
    return revision


def being_written(notice: Notice) -> Revision:
    """Raises `WrongState` where there is none."""
    revision = queries.draft(notice)
    if revision is None or notice.state is NoticeState.WITHDRAWN:
        raise WrongState("notice", notice.state)
    return revision


def others_who_write(session: Session, account: Account) -> list[Account]:
    """Who else may reread."""
    return [
        one for one in people.accounts(session)
        if one.role is Role.HR_PUBLISHER and one.is_active and one.id != account.id
    ]  # fmt: skip


def _must_be_approvable(session: Session, revision: Revision, *, actor: Account, knowing: int) -> None:
    if revision.edited_by == actor.id and others_who_write(session, actor):
        raise OwnText
    number = len(queries.open_notes(session, revision.id))
    if number > knowing:
        raise OpenNotes(number)


def note(
    session: Session,
    notice: Notice,
    *,
    key: str,
    text: str,
    actor: Account,
    at: datetime,
    once: UUID | None = None,
) -> Note:
    """A note on one field (``key``) of what is being written, or on the whole of it. ``once``: the
    identifier it will have; sent twice, the first stays. Raises `WrongState`."""
    revision = being_written(notice)
    register.touch(session)
    known = session.get(Note, once) if once is not None else None
    if known is not None and known.author_id == actor.id:
        return known
    written = Note(
        id=uuid4() if known is not None else once or uuid4(), revision=revision, key=key, text=text,
        author=actor, written_at=at,
    )  # fmt: skip
    session.add(written)
    session.flush()
    letters.noted(session, notice, actor=actor)
    return written


def resolve(session: Session, note: Note, *, actor: Account, on: date) -> None:
    """Said again, nothing changes."""
    if note.resolved_on is None:
        note.resolved_on, note.resolved_by = on, actor.id
        session.flush()
