"""What human resources write before the response is given: theirs alone, and of no record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import IO

from sqlalchemy.orm import Session

from consult.core.errors import EditedMeanwhile, WrongState
from consult.files import services as files
from consult.notices.rules import NoticeState
from consult.opinions import pending
from consult.opinions.models import Opinion, ResponseDraft, ResponseFile
from consult.opinions.rules import ResponseExists
from consult.people.models import Account
from consult.register import services as register

MOST_FILES = 10


class TooManyFiles(WrongState):
    """The response carries as many files as it may."""


def save(
    session: Session, opinion: Opinion, content: Mapping[str, str], *, base: int, actor: Account, on: date
) -> ResponseDraft:
    """Keeps what the form holds. ``base``: the version the page was made from, 0 for none. Raises
    `EditedMeanwhile` where a colleague saved since, `ResponseExists`, `WrongState`."""
    register.touch(session)  # two colleagues who save at once come one after the other
    _must_be_open(session, opinion)
    known = pending.draft(session, opinion.id)
    if known is not None:
        session.refresh(known)
    if base != (known.version if known is not None else 0):
        raise EditedMeanwhile(yours="", theirs="")
    if known is None:
        known = ResponseDraft(opinion_id=opinion.id, content={}, author=actor, saved_on=on)
        session.add(known)
    known.content, known.author, known.saved_on = dict(content), actor, on
    session.flush()
    return known


def drop(session: Session, opinion: Opinion) -> None:
    """The draft is thrown away, with the files put beside it."""
    known = pending.draft(session, opinion.id)
    if known is not None:
        session.delete(known)
    for one in pending.files(session, [opinion.id])[opinion.id]:
        if one.response_id is None:
            session.delete(one)
    session.flush()


def attach(session: Session, opinion: Opinion, *, upload: IO[bytes], name: str, on: date) -> ResponseFile:
    """A file to give with the response, checked by content; the same one twice stands once. Raises
    `FileRefused`, `TooManyFiles`, `ResponseExists`, `WrongState`."""
    register.touch(session)
    _must_be_open(session, opinion)
    kept = files.keep(session, upload, name=name, on=on)
    known = pending.files(session, [opinion.id])[opinion.id]
    same = next((one for one in known if one.digest == kept.file.sha256), None)
    if same is not None:
        return same
    if len(known) >= MOST_FILES:
        raise TooManyFiles("response", "full")
    added = ResponseFile(opinion=opinion, digest=kept.file.sha256, name=kept.name, added_on=on)
    session.add(added)
    session.flush()
    return added


def detach(session: Session, file: ResponseFile) -> None:
    """Takes a file out of the draft. Raises `ResponseExists` once it was given."""
    if file.response_id is not None:
        raise ResponseExists
    session.delete(file)
    session.flush()


def _must_be_open(session: Session, opinion: Opinion) -> None:
    session.refresh(opinion, ["response"])
    if opinion.response is not None:
        raise ResponseExists
    state = opinion.consultation.notice.state
    if state is not NoticeState.PUBLISHED:
        raise WrongState("notice", state)
