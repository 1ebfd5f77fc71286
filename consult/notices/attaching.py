"""The attachments of a notice: who may open which, and finding one by its address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from consult.notices.models import Attachment, Notice, Revision
from consult.notices.rules import FileReaders
from consult.web.readers import Audience, Reader, Side, Visibility, may_read

_LEVELS = {
    FileReaders.EMPLOYEES: Visibility.EMPLOYEES,
    FileReaders.BODY: Visibility.BODY,
    FileReaders.CONFIDENTIAL: Visibility.CONFIDENTIAL,
}


class FileLike(Protocol):
    """An attachment as a row of the database or of a text."""

    @property
    def readers(self) -> FileReaders: ...
    @property
    def mandate_ids(self) -> Sequence[str]: ...
    @property
    def until(self) -> date | None: ...


def audience_of(notice: Notice, attachment: FileLike) -> Audience:
    """Who may open an attachment, were its notice readable by all."""
    return Audience(
        _LEVELS[attachment.readers],
        Side.EMPLOYER,
        body_ids=notice.audience.body_ids,
        mandate_ids=frozenset(UUID(one) for one in attachment.mandate_ids),
        until=attachment.until,
    )


def may_open(notice: Notice, attachment: FileLike, reader: Reader, *, on: date) -> bool:
    """Never wider than the notice."""
    audiences = (notice.audience, audience_of(notice, attachment))
    return all(may_read(one, reader, on=on) for one in audiences)


def is_named(notice: Notice, attachment: FileLike, reader: Reader, *, on: date) -> bool:
    """Whether somebody sees that there is such a file. A confidential one is named to nobody but those who
    may open it; one of the body is named to employees too."""
    if may_open(notice, attachment, reader, on=on):
        return True
    is_known = reader.has_word or reader.is_signed_in
    return is_known and attachment.readers is FileReaders.BODY and may_read(notice.audience, reader, on=on)


@dataclass(frozen=True, slots=True)
class Shown:
    """An attachment in somebody's list, and whether they may open it."""

    attachment: Attachment
    may_open: bool


def shown(notice: Notice, revision: Revision, reader: Reader, *, on: date) -> Sequence[Shown]:
    """The attachments of a revision that somebody sees, in their order."""
    return [
        Shown(one, may_open(notice, one, reader, on=on))
        for one in revision.attachments
        if is_named(notice, one, reader, on=on)
    ]


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment found by its address, with the revision it belongs to."""

    notice: Notice
    revision: Revision
    attachment: Attachment

    @property
    def audience(self) -> Audience:
        """That of the notice: whoever may not know of it gets no further."""
        return self.notice.audience


def find(notice: Notice, attachment_id: UUID, name: str) -> Attached | None:
    """An attachment of any revision, by the identifier and the name in its address."""
    return next((one for one in _all(notice) if one.attachment.id == attachment_id
                 and one.attachment.name == name), None)  # fmt: skip


def _all(notice: Notice) -> Iterator[Attached]:
    for revision in notice.revisions:
        for attachment in revision.attachments:
            yield Attached(notice, revision, attachment)
