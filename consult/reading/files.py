"""Attachments as the page of a notice lists them, and as they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Response, url_for
from sqlalchemy.orm import Session

from consult.core.errors import NotFound
from consult.files import queries, serving
from consult.files.words import kind_words, language_name, size_words
from consult.notices import attaching
from consult.notices import queries as notices
from consult.notices.models import Attachment, Notice, Revision
from consult.notices.rules import FileReaders
from consult.web.readers import Reader


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as the page lists it. ``url``: empty where this reader may not open it; ``until``: the
    last day it is confidential, while it is."""

    attachment: Attachment
    kind: str
    size: str
    language: str
    url: str
    until: date | None

    @classmethod
    def of(cls, notice: Notice, shown: attaching.Shown, reader: Reader, on: date) -> File:
        one = shown.attachment
        endpoint = "reading.file_signed" if reader.is_signed_in else "reading.file"
        address = url_for(endpoint, slug=notice.slug, attachment_id=one.id, name=one.name)
        return cls(
            one,
            kind_words(one.media_type),
            size_words(one.size),
            language_name(one.language),
            address if shown.may_open else "",
            one.until if one.until is not None and on <= one.until else None,
        )

    @property
    def for_the_body(self) -> bool:
        return self.attachment.readers is FileReaders.BODY


def files_of(notice: Notice, revision: Revision, reader: Reader, *, on: date) -> list[File]:
    """What this reader sees of a revision, in its order."""
    seen = attaching.shown(notice, revision, reader, on=on)
    return [File.of(notice, one, reader, on) for one in seen]


def attached(session: Session, slug: str, attachment_id: UUID, name: str) -> attaching.Attached | None:
    """The attachment an address names."""
    notice = notices.by_slug(session, slug)
    return attaching.find(notice, attachment_id, name) if notice is not None else None


def may_be_sent(found: attaching.Attached, reader: Reader, *, on: date, drafts: bool = False) -> bool:
    """``drafts``: whether the reader writes notices, and so opens files of a text not published yet."""
    is_there = drafts or found.revision.published_on is not None
    return is_there and attaching.may_open(found.notice, found.attachment, reader, on=on)


def sent(session: Session, found: attaching.Attached, *, for_employees: bool) -> Response:
    """Raises `NotFound` where the bytes were erased."""
    stored = queries.by_hash(session, found.attachment.digest)
    if stored is None:
        raise NotFound
    return serving.answer(stored, found.attachment.name, for_employees=for_employees)
