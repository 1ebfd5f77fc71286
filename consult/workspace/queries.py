"""Named selects of pages that gather: the consultations somebody may follow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, bindparam, exists, func, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.concerns.models import Concern
from consult.consultations.models import Consultation, Fact, Receipt, Sending
from consult.consultations.rules import Stage
from consult.notices.models import Notice, Revision
from consult.notices.queries import TITLES
from consult.notices.rules import NoticeState, Review
from consult.notices.sought import Sought, of_bodies
from consult.people.models import Account, Mandate
from consult.people.rules import Role
from consult.register.rules import Shelf, on_shelf
from consult.register.search import matching, position_of
from consult.voices.models import Batch, Voice
from consult.web.pagination import PAGE_SIZE, Page, page_of, typed_cursor
from consult.web.readers import Visibility

_listed = (
    select(Consultation)
    .options(
        joinedload(Consultation.body),
        selectinload(Consultation.facts),
        joinedload(Consultation.notice).options(TITLES),
    )
    .order_by(Consultation.opened_on.desc(), Consultation.id.desc())
)
_after = tuple_(Consultation.opened_on, Consultation.id) < tuple_(
    bindparam("day", type_=Date), bindparam("id", type_=Uuid)
)
_on_notices = Consultation.notice.has(~Notice.is_file)
"""A file without a notice has a list of its own."""
_of_bodies = Consultation.body_id.in_(bindparam("body_ids", expanding=True))
_running = (
    _listed.where(Consultation.stage != Stage.CLOSED)
    .options(selectinload(Consultation.overrides))
    .order_by(None)
    .order_by(Consultation.next_due_on.nulls_last(), Consultation.id)
)
_in_review = (
    select(Notice)
    .join(Notice.revisions)
    .where(
        Notice.state != NoticeState.WITHDRAWN,
        Revision.published_on.is_(None),
        Revision.review.in_((Review.IN_REVIEW, Review.APPROVED)),
    )
    .options(TITLES)
    .order_by(Notice.number)
    .limit(50)
)
_with_revisions = select(Notice).where(Notice.id.in_(bindparam("ids", expanding=True))).options(TITLES)
_unread = (
    select(Sending.consultation_id)
    .join(Sending.receipts)
    .join(Receipt.mandate)
    .join(Sending.consultation)
    .where(
        Mandate.account_id == bindparam("account_id"),
        Receipt.opened_at.is_(None),
        Consultation.stage != Stage.CLOSED,
    )
    .distinct()
)
_is_sorted = (
    select(Concern.id)
    .where(Concern.voice_id == Voice.id, Concern.theme_id.is_not(None) | Concern.is_held)
    .exists()
)
_to_sort = (
    select(Batch.letterbox_id, func.count())
    .join(Voice, Voice.batch_id == Batch.id)
    .where(Batch.letterbox_id.in_(bindparam("letterbox_ids", expanding=True)), ~_is_sorted)
    .group_by(Batch.letterbox_id)
)
_contested = (
    select(Fact, Consultation)
    .join(Consultation, Consultation.id == Fact.consultation_id)
    .where(
        Fact.resolution_id.is_not(None),
        Fact.is_contested,
        Fact.struck_on.is_(None),
        Consultation.stage != Stage.CLOSED,
    )
    .options(joinedload(Consultation.body), joinedload(Consultation.notice).options(TITLES))
    .order_by(Fact.day, Fact.id)
    .limit(50)
)
_without_mandate = (
    select(func.count())
    .select_from(Account)
    .where(
        Account.is_active,
        Account.role == Role.REPRESENTATIVE,
        ~select(Mandate.id).where(Mandate.account_id == Account.id).exists(),
    )
)


def _for(query: Select[Consultation], body_ids: Collection[UUID] | None) -> Select[Consultation]:
    return query if body_ids is None else query.where(_of_bodies)


def followed(
    session: Session, *, body_ids: Collection[UUID] | None, after: str | None = None
) -> Page[Consultation]:
    """Newest first, by key. ``body_ids``: those of the reader's mandates; None: the employer, all."""
    query = _for(_listed, body_ids).where(_on_notices).limit(PAGE_SIZE + 1)
    values: dict[str, object] = {} if body_ids is None else {"body_ids": list(body_ids)}
    key = typed_cursor(after, date.fromisoformat, UUID)
    if key is not None:
        query, values = query.where(_after), values | {"day": key[0], "id": key[1]}
    rows = session.scalars(query, values).all()
    return page_of(rows, lambda one: (one.opened_on.isoformat(), one.id))


_sent_to = exists().where(Consultation.notice_id == Notice.id, _of_bodies).correlate(Notice)
_of_notices = _listed.where(Consultation.notice_id.in_(bindparam("notice_ids", expanding=True))).order_by(
    None
)


def followed_with(
    session: Session, sought: Sought, *, body_ids: Collection[UUID] | None, locale: str,
    after: str | None = None,
) -> Page[Consultation]:  # fmt: skip
    """Those whose notice holds the words sought, as its readers read it; the notices newest first."""
    if sought.fault or (body_ids is not None and not body_ids):
        return Page([])
    asked: Select[Any] = select(Notice.id).where(Notice.visibility != Visibility.DRAFT).limit(PAGE_SIZE + 1)
    facets, values = [on_shelf(Shelf.NOTICE)], {}
    if body_ids is not None:
        asked, values = asked.where(_sent_to), {"body_ids": list(body_ids)}
        facets.append(of_bodies(body_ids))
    before = typed_cursor(after, position_of)
    found = matching(
        session, asked, subject=Notice.id, facets=facets, typed=sought.words, locale=locale,
        before=before[0] if before else None,
    )  # fmt: skip
    page = page_of(session.execute(found, values).all(), lambda row: (row.position,))
    places = {row.id: at for at, row in enumerate(page.rows)}
    rows = session.scalars(_for(_of_notices, body_ids), values | {"notice_ids": list(places)}).all()
    return Page(sorted(rows, key=lambda one: (places[one.notice_id], one.body.name)), page.older)


def running(session: Session, *, body_ids: Collection[UUID] | None) -> Sequence[Consultation]:
    """Not closed, the next due first, at most 30."""
    values: dict[str, object] = {} if body_ids is None else {"body_ids": list(body_ids)}
    return session.scalars(_for(_running, body_ids).limit(30), values).all()


def contested(session: Session) -> Sequence[tuple[Fact, Consultation]]:
    """Days a body contests in consultations that run, at most 50."""
    return [(row[0], row[1]) for row in session.execute(_contested)]


def in_review(session: Session) -> Sequence[Notice]:
    """Notices that wait for a second pair of eyes, or to be sent, at most 50."""
    return session.scalars(_in_review).all()


def representatives_without_mandate(session: Session) -> int:
    return session.scalar(_without_mandate) or 0


def load_titles(session: Session, notice_ids: Collection[UUID]) -> None:
    """Reads the revisions of these notices at once, so that `waiting.title_of` asks for none."""
    if notice_ids:
        session.scalars(_with_revisions, {"ids": list(notice_ids)}).all()


def unread(session: Session, account_id: UUID) -> set[UUID]:
    """Running consultations whose notice this person has not opened yet."""
    return set(session.scalars(_unread, {"account_id": account_id}))


def to_sort(session: Session, letterbox_ids: Collection[bytes]) -> dict[bytes, int]:
    """Released messages nobody sorted yet, by letterbox: exact, for its keyholders only."""
    if not letterbox_ids:
        return {}
    rows = session.execute(_to_sort, {"letterbox_ids": list(letterbox_ids)})
    return {row[0]: row[1] for row in rows}
