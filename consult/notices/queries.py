"""Named selects about notices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy.orm import Session

from consult.notices.models import Notice, Revision
from consult.web.pagination import Page
from consult.web.readers import Visibility


def by_slug(session: Session, slug: str) -> Notice | None:
    """With its revisions, groups and milestones, in a constant number of queries."""
    raise NotImplementedError


def published(notice: Notice) -> Revision | None:
    """The newest published revision."""
    raise NotImplementedError


def draft(notice: Notice) -> Revision | None:
    """The revision being written, if any."""
    raise NotImplementedError


def readable(session: Session, *, levels: Collection[Visibility], after: str | None = None) -> Page[Notice]:
    """Notices at these levels, newest first (``readable_on``, id), by key, each with its last published
    revision."""
    raise NotImplementedError


def all_of_hr(session: Session, *, after: str | None = None) -> Page[Notice]:
    """Everything HR has, drafts included, newest first, by key."""
    raise NotImplementedError


def to_open(session: Session, on: date) -> Sequence[Notice]:
    """Sent, still held, and due to be opened to employees by that day."""
    raise NotImplementedError


def slugs(session: Session) -> Sequence[str]:
    """Every notice's address part, in order of number."""
    raise NotImplementedError
