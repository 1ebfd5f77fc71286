"""Named selects about notices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, and_, bindparam, func, literal, select, tuple_
from sqlalchemy.orm import Session, joinedload, lazyload, load_only, selectinload

from consult.core.localized import Localized
from consult.notices.models import HELD, PARTS, Milestone, Note, Notice, Revision, Unknown
from consult.notices.rules import UNKNOWN, MilestoneKind, NoticeState
from consult.notices.sought import EVERYTHING, Sought
from consult.people.models import Account
from consult.register import queries as register
from consult.register.models import Awaiting
from consult.register.rules import Shelf, Tag, on_shelf
from consult.register.search import matching, position_of
from consult.web.pagination import PAGE_SIZE, Page, page_of, typed_cursor
from consult.web.readers import Visibility

_AUTHOR = joinedload(Notice.author).options(lazyload(Account.mandates))
_WHOLE = (
    _AUTHOR,
    selectinload(Notice.revisions).options(*(selectinload(getattr(Revision, one)) for one in PARTS)),
)
IN_LISTS = selectinload(Notice.revisions).options(
    load_only(
        Revision.notice_id, Revision.number, Revision.title, Revision.summary, Revision.published_on,
        Revision.version,
    )
)  # fmt: skip
"""The prose stays behind: a list shows titles and the two-minute page."""

TITLES = selectinload(Notice.revisions).options(
    load_only(
        Revision.notice_id, Revision.number, Revision.title, Revision.published_on, Revision.review,
        Revision.version,
    )
)  # fmt: skip
"""What names a notice in passing."""

_OURS = ~Notice.is_file
_by_slug = select(Notice).where(Notice.slug == bindparam("slug"), _OURS).options(*_WHOLE)
_file = select(Notice).where(Notice.slug == bindparam("slug"), Notice.is_file).options(*_WHOLE)
_every = select(Notice).where(_OURS).limit(PAGE_SIZE + 1).options(_AUTHOR, IN_LISTS)
_wholes = (
    select(Revision)
    .where(Revision.id.in_(bindparam("ids", expanding=True)))
    .options(*(selectinload(getattr(Revision, one)) for one in PARTS))
)
_all_of_hr = _every.where(Notice.number < bindparam("before")).order_by(Notice.number.desc())
_recent = (
    select(Notice).where(_OURS).order_by(Notice.number.desc()).limit(bindparam("most")).options(IN_LISTS)
)
_to_open = (
    select(Notice)
    .where(
        Notice.state == NoticeState.PUBLISHED,
        HELD,  # said as the index says it, or it is not used
        Notice.held_until <= bindparam("on"),
    )
    .order_by(Notice.held_until, Notice.number)
    .options(IN_LISTS)
)
_slugs = select(Notice.slug).where(_OURS).order_by(Notice.number)
_slugs_like = select(Notice.slug).where(
    (Notice.slug == bindparam("slug")) | Notice.slug.startswith(bindparam("begin"), autoescape=False)
)
_imported_from = (
    select(Revision.imported["reference"].as_string(), Notice.slug)
    .join(Notice, Notice.id == Revision.notice_id)
    .where(Revision.imported["source"].as_string() == bindparam("source"))
    .order_by(Notice.number.desc())
)
_notes = (
    select(Note)
    .join(Note.revision)
    .where(Revision.notice_id == bindparam("notice_id"))
    .options(joinedload(Note.author), joinedload(Note.resolver), joinedload(Note.revision))
    .order_by(Note.written_at, Note.id)
)
_open_notes = (
    select(Note)
    .where(Note.revision_id == bindparam("revision_id"), Note.resolved_on.is_(None))
    .options(joinedload(Note.author))
    .order_by(Note.written_at, Note.id)
)
_newest = (
    select(func.max(Revision.number))
    .where(Revision.notice_id == Notice.id, Revision.published_on.is_not(None))
    .correlate(Notice)
    .scalar_subquery()
)
_overdue = (
    select(Notice.id, Notice.slug, Revision.title, Awaiting.since)
    .join(Revision, Revision.notice_id == Notice.id)
    .join(Unknown, Unknown.revision_id == Revision.id)
    .join(Awaiting, and_(Awaiting.kind == UNKNOWN, Awaiting.subject_id == Unknown.id))
    .where(Awaiting.since < bindparam("on"))
    .order_by(Awaiting.since, Notice.number)
)
_days_in_force = (
    select(Revision.notice_id, Milestone.kind, Milestone.day)
    .join(Milestone, Milestone.revision_id == Revision.id)
    .join(Notice, Notice.id == Revision.notice_id)
    .where(Notice.id.in_(bindparam("ids", expanding=True)), Revision.number == _newest)
)


def _readable(day: Any) -> tuple[Select[Notice], Select[Notice]]:
    """The first page and the following ones, newest first by ``day``."""
    first = (
        select(Notice)
        .where(Notice.visibility.in_(bindparam("levels", expanding=True)), _OURS)
        .order_by(day.desc(), Notice.id.desc())
        .limit(PAGE_SIZE + 1)
        .options(IN_LISTS)
    )
    key = tuple_(bindparam("day", type_=Date), bindparam("id", type_=Uuid))
    return first, first.where(tuple_(day, Notice.id) < key)


_NOT_YET = date(9999, 12, 31)
"""Where a notice that employees may not read yet stands in a list: before all others."""
_opened = _readable(Notice.readable_on)
_opened_or_not = _readable(func.coalesce(Notice.readable_on, literal(_NOT_YET, Date)))


def by_slug(session: Session, slug: str) -> Notice | None:
    """With its revisions, groups and milestones, in a constant number of queries."""
    return session.scalar(_by_slug, {"slug": slug})


def file(session: Session, slug: str) -> Notice | None:
    """What employees are asked about on a file of a body; no notice is one."""
    return session.scalar(_file, {"slug": slug})


def by_id(session: Session, notice_id: UUID) -> Notice | None:
    return session.get(Notice, notice_id)


def published(notice: Notice) -> Revision | None:
    """The newest published revision."""
    return next((one for one in reversed(notice.revisions) if one.published_on is not None), None)


def draft(notice: Notice) -> Revision | None:
    """The revision being written, if any."""
    return next((one for one in reversed(notice.revisions) if one.published_on is None), None)


def still_there(session: Session, notice_id: UUID, causes: Collection[str]) -> tuple[str, ...]:
    """Those references, without what was retracted since."""
    gone = {one.ref for one in register.about(session, notice_id) if one.tag is Tag.WORDING_RETRACTED}
    return tuple(one for one in causes if one not in gone)


def readable(session: Session, *, levels: Collection[Visibility], after: str | None = None) -> Page[Notice]:
    """Notices at these levels, newest first (``readable_on``, id), by key, each with its last published
    revision. One that employees may not read yet comes first, where the levels let it in."""
    first, following = _opened if Visibility.BODY not in levels else _opened_or_not
    key = typed_cursor(after, date.fromisoformat, UUID)
    values: dict[str, Any] = {"levels": sorted(levels)}
    if key is not None:
        values |= {"day": key[0], "id": key[1]}
    rows = session.scalars(first if key is None else following, values).all()
    return page_of(rows, lambda notice: ((notice.readable_on or _NOT_YET).isoformat(), notice.id))


def all_of_hr(
    session: Session, *, sought: Sought = EVERYTHING, locale: str = "fr", after: str | None = None
) -> Page[Notice]:
    """Everything HR has, drafts included, newest first, by key; those that are sought."""
    if sought.fault:
        return Page([])
    key = typed_cursor(after, position_of)
    if sought:
        found = matching(
            session, _every, subject=Notice.id, facets=[on_shelf(Shelf.WORK), *sought.facets],
            typed=sought.words, locale=locale, before=key[0] if key else None,
        )  # fmt: skip
        page = page_of(session.execute(found).all(), lambda row: (row.position,))
        return _with_texts(session, Page([row[0] for row in page.rows], page.older))
    rows = session.scalars(_all_of_hr, {"before": key[0] if key else _LAST}).all()
    return _with_texts(session, page_of(rows, lambda notice: (notice.number,)))


def _with_texts(session: Session, page: Page[Notice]) -> Page[Notice]:
    """The list counts what each newest text lacks; of the older ones it only says what they are."""
    if page.rows:
        session.scalars(_wholes, {"ids": [one.revisions[-1].id for one in page.rows]}).all()
    return page


_LAST = 2**31 - 1


def recent(session: Session, most: int) -> Sequence[Notice]:
    """The newest notices, whatever their state, to choose from."""
    return session.scalars(_recent, {"most": most}).all()


def to_open(session: Session, on: date) -> Sequence[Notice]:
    """Sent, still held, and due to be opened to employees by that day."""
    return session.scalars(_to_open, {"on": on}).all()


def slugs(session: Session) -> Sequence[str]:
    """Every notice's address part, in order of number."""
    return session.scalars(_slugs).all()


def slugs_like(session: Session, slug: str) -> frozenset[str]:
    """Address parts taken that are this one or begin with it and a hyphen."""
    return frozenset(session.scalars(_slugs_like, {"slug": slug, "begin": f"{slug}-"}))


def imported_from(session: Session, source: str) -> dict[str, str]:
    """The address parts of notices imported from a source, by the reference they have there."""
    rows = session.execute(_imported_from, {"source": source})
    return {row[0]: row[1] for row in rows if row[0]}


def notes(session: Session, notice_id: UUID) -> Sequence[Note]:
    """Every note between those who write it, on any revision, oldest first."""
    return session.scalars(_notes, {"notice_id": notice_id}).all()


def note(session: Session, slug: str, note_id: UUID) -> Note | None:
    """A note on that notice."""
    found = session.get(Note, note_id)
    return found if found is not None and found.revision.notice.slug == slug else None


def open_notes(session: Session, revision_id: UUID) -> Sequence[Note]:
    """Notes on one revision that nobody resolved yet, oldest first."""
    return session.scalars(_open_notes, {"revision_id": revision_id}).all()


def milestones_in_force(
    session: Session, notice_ids: Collection[UUID]
) -> dict[UUID, list[tuple[MilestoneKind, date]]]:
    """The dates of the newest published text of each notice: one query."""
    found: dict[UUID, list[tuple[MilestoneKind, date]]] = {}
    rows = session.execute(_days_in_force, {"ids": list(notice_ids)}) if notice_ids else ()
    for ident, kind, day in rows:
        found.setdefault(ident, []).append((kind, day))
    return found


@dataclass(frozen=True, slots=True)
class Overdue:
    """A notice in force with answers that were due: how many, the oldest since when."""

    notice_id: UUID
    slug: str
    title: Localized
    due_on: date
    count: int


def overdue(session: Session, on: date) -> list[Overdue]:
    """Notices whose text in force has unknowns that were due before that day and have no answer; the oldest
    first. One query."""
    found: dict[UUID, Overdue] = {}
    for ident, slug, title, due_on in session.execute(_overdue, {"on": on}):
        before = found.get(ident)
        since, count = (before.due_on, before.count) if before is not None else (due_on, 0)
        found[ident] = Overdue(ident, slug, title, since, count + 1)
    return list(found.values())
