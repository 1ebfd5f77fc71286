"""Named selects of pages that gather: rows for lists, and one line per feature for a notice's thread."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, case, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from consult.commitments import queries as commitments
from consult.commitments.models import Commitment, Update, Verdict
from consult.commitments.rules import OPEN, CommitmentState
from consult.concerns import queries as concerns
from consult.concerns.models import Theme
from consult.consultations import queries as consultations
from consult.consultations import receipts
from consult.consultations.models import Consultation
from consult.core.localized import Localized
from consult.notices import queries as notices
from consult.notices.models import Milestone, Notice, Revision
from consult.notices.rules import NoticeState
from consult.notices.sought import EVERYTHING, Sought
from consult.opinions import charter
from consult.opinions import queries as opinions
from consult.opinions.models import Opinion, Response
from consult.people import queries as people
from consult.people.models import Body
from consult.questions import queries as questions
from consult.register import queries as register
from consult.register.models import ContentVersion, Entry
from consult.register.rules import Ref, Shelf, Tag, on_shelf
from consult.register.search import matching, position_of
from consult.voices import queries as voices
from consult.voices.models import Letterbox, PublishedCount
from consult.voices.rules import BallotKind
from consult.web.pagination import PAGE_SIZE, Page, page_of, typed_cursor
from consult.web.readers import Visibility

Levels = Collection[Visibility]
Rows = Sequence[Row[*tuple[Any, ...]]]
FEED_SIZE = 50
"""Notices, and entries, that a feed or calendar goes back to."""

# ── lists ──────────────────────────────────────────────────────────────────────

_newest = aliased(Revision)
_newest_number = (
    select(func.max(_newest.number))
    .where(_newest.notice_id == Notice.id, _newest.published_on.is_not(None))
    .correlate(Notice)
    .scalar_subquery()
)
_listed = (
    select(
        Notice.id, Notice.slug, Notice.number, Notice.state, Notice.readable_on,
        Notice.withdrawn_on, Notice.withdrawn_reason,
        Revision.number.label("revision"), Revision.published_on, Revision.title, Revision.summary,
    )
    .select_from(Notice)
    .join(Revision, and_(Revision.notice_id == Notice.id, Revision.number == _newest_number))
    .where(Notice.visibility.in_(bindparam("levels", expanding=True)))
    .order_by(Notice.readable_on.desc(), Notice.id.desc())
    .limit(PAGE_SIZE + 1)
)  # fmt: skip
_counted = (
    select(func.count()).select_from(Notice).where(Notice.visibility.in_(bindparam("levels", expanding=True)))
)
_standing = (
    select(
        Consultation.notice_id, Consultation.stage, Consultation.next_due_on, Consultation.letterbox_id,
        Consultation.template, Body.name.label("body"), Opinion.position, Opinion.given_on,
        Response.given_on.label("answered_on"),
        Letterbox.opens_on, Letterbox.closes_on, Letterbox.is_closed,
    )
    .join(Body, Body.id == Consultation.body_id)
    .outerjoin(Opinion, Opinion.consultation_id == Consultation.id)
    .outerjoin(Response, Response.opinion_id == Opinion.id)
    .outerjoin(Letterbox, Letterbox.id == Consultation.letterbox_id)
    .where(Consultation.notice_id.in_(bindparam("notice_ids", expanding=True)))
    .order_by(Consultation.opened_on, Consultation.id)
)  # fmt: skip
_is_late = and_(
    Commitment.due_on < bindparam("on"), Commitment.state.in_(sorted(OPEN - {CommitmentState.CONTESTED}))
)
_promises = (
    select(
        Commitment.notice_id,
        func.count().label("total"),
        func.sum(case((Commitment.state == CommitmentState.CONFIRMED, 1), else_=0)).label("kept"),
        func.sum(case((_is_late, 1), else_=0)).label("late"),
    )
    .where(Commitment.notice_id.in_(bindparam("notice_ids", expanding=True)))
    .group_by(Commitment.notice_id)
)
_open_boxes = (
    select(Letterbox.id, Letterbox.closes_on, Letterbox.told)
    .join(Consultation, Consultation.letterbox_id == Letterbox.id)
    .join(Notice, Notice.id == Consultation.notice_id)
    .where(
        Notice.visibility.in_(bindparam("levels", expanding=True)),
        Notice.state == NoticeState.PUBLISHED,
        Letterbox.opens_on <= bindparam("on"),
        Letterbox.closes_on >= bindparam("on"),
        ~Letterbox.is_closed,
    )
    .order_by(Letterbox.closes_on, Letterbox.id)
    .limit(PAGE_SIZE)
)
_said = (
    select(Theme.at_least, func.count())
    .join(Notice, Notice.id == Theme.notice_id)
    .where(
        Notice.visibility.in_(bindparam("levels", expanding=True)),
        Theme.published_on.is_not(None),
    )
    .group_by(Theme.at_least)
)
_told_of = (
    select(Entry.notice_id)
    .join(Notice, Notice.id == Entry.notice_id)
    .where(
        Entry.tag.in_((Tag.NOTICE_PUBLISHED, Tag.NOTICE_OPENED, Tag.NOTICE_WITHDRAWN)),
        Notice.visibility.in_(bindparam("levels", expanding=True)),
    )
    .order_by(Entry.position.desc())
    .limit(FEED_SIZE * 4)
)
_texts_of = (
    select(
        Notice.id, Notice.slug, Notice.readable_on, Notice.withdrawn_on, Notice.withdrawn_reason,
        Revision.id.label("revision_id"), Revision.number, Revision.published_on, Revision.title,
        Revision.summary, Revision.changelog,
    )
    .join(Revision, Revision.notice_id == Notice.id)
    .where(
        Notice.id.in_(bindparam("notice_ids", expanding=True)),
        Notice.visibility.in_(bindparam("levels", expanding=True)),
        Revision.published_on.is_not(None),
    )
    .order_by(Notice.id, Revision.number)
)  # fmt: skip
_dated = (
    _listed.with_only_columns(
        Notice.id, Notice.slug, Notice.readable_on, Revision.id.label("revision_id"), Revision.published_on,
        Revision.title,
    )
    .where(Notice.state != NoticeState.WITHDRAWN)
    .limit(FEED_SIZE)
)  # fmt: skip
_milestones = (
    select(Milestone.revision_id, Milestone.kind, Milestone.day, Milestone.label)
    .where(Milestone.revision_id.in_(bindparam("revision_ids", expanding=True)))
    .order_by(Milestone.revision_id, Milestone.position)
)
_of_boxes = select(Letterbox).where(Letterbox.id.in_(bindparam("ids", expanding=True)))
_updates = select(Update).where(Update.commitment_id.in_(bindparam("ids", expanding=True)))
_verdicts = select(Verdict).where(Verdict.commitment_id.in_(bindparam("ids", expanding=True)))


def can_answer(session: Session) -> None:
    """Reads one row of one table; raises what the driver raises."""
    session.execute(select(ContentVersion.value)).first()


def listed(
    session: Session,
    *,
    levels: Levels,
    sought: Sought = EVERYTHING,
    locale: str = "fr",
    after: str | None = None,
) -> Page[Row[*tuple[Any, ...]]]:
    """Notices with their newest published text, newest first, by key; those that are sought."""
    parameters: dict[str, Any] = {"levels": sorted(levels)}
    if sought.fault:
        return Page([])
    if not sought:
        key = typed_cursor(after, date.fromisoformat, UUID)
        chosen = _listed if key is None else _listed.where(tuple_(Notice.readable_on, Notice.id) < key)
        rows = session.execute(chosen, parameters).all()
        return page_of(rows, lambda row: (row.readable_on.isoformat(), row.id))
    before = typed_cursor(after, position_of)
    found = matching(
        session, _listed, subject=Notice.id, facets=[on_shelf(Shelf.NOTICE), *sought.facets],
        typed=sought.words, locale=locale, before=before[0] if before else None,
    )  # fmt: skip
    return page_of(session.execute(found, parameters).all(), lambda row: (row.position,))


def how_many(session: Session, *, levels: Levels) -> int:
    return session.scalar(_counted, {"levels": sorted(levels)}) or 0


def standing(session: Session, notice_ids: Sequence[UUID]) -> dict[UUID, list[Row[*tuple[Any, ...]]]]:
    """Where the consultations of these notices stand: stage, opinion, response, letterbox."""
    found: dict[UUID, list[Row[*tuple[Any, ...]]]] = {}
    for row in session.execute(_standing, {"notice_ids": list(notice_ids)}):
        found.setdefault(row.notice_id, []).append(row)
    return found


def promises(session: Session, notice_ids: Sequence[UUID], *, on: date) -> Mapping[UUID, Any]:
    """How many commitments each of these notices has, kept and late."""
    rows = session.execute(_promises, {"notice_ids": list(notice_ids), "on": on})
    return {row.notice_id: row for row in rows}


def open_letterboxes(session: Session, *, levels: Levels, on: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """Where one can speak today, those that close first first."""
    return session.execute(_open_boxes, {"levels": sorted(levels), "on": on}).all()


def said(session: Session, *, levels: Levels) -> tuple[int, int]:
    """``(messages at least, themes)`` published: the sum of the numbers that are shown, no other."""
    rows = session.execute(_said, {"levels": sorted(levels)}).all()
    return sum((least or 0) * themes for least, themes in rows), sum(themes for _least, themes in rows)


def last_words(session: Session, ids: Sequence[UUID]) -> dict[UUID, Update | Verdict]:
    """The last thing either side said of each of these commitments."""
    found: dict[UUID, Update | Verdict] = {}
    acts: list[Update | Verdict] = [
        *session.scalars(_updates, {"ids": list(ids)}), *session.scalars(_verdicts, {"ids": list(ids)})
    ]  # fmt: skip
    for act in sorted(acts, key=lambda one: one.position):
        found[act.commitment_id] = act
    return found


# ── what programs follow ───────────────────────────────────────────────────────


def told_lately(session: Session, *, levels: Levels) -> Rows:
    """Every published text of the notices that were opened, revised or withdrawn last: by notice, then
    number. By the record, so that its cost does not grow with the notices there are."""
    acts = session.scalars(_told_of, {"levels": sorted(levels)})
    ids = list(dict.fromkeys(acts))[:FEED_SIZE]
    return session.execute(_texts_of, {"notice_ids": ids, "levels": sorted(levels)}).all()


def dated(session: Session, *, levels: Levels) -> tuple[Rows, dict[UUID, list[Row[*tuple[Any, ...]]]]]:
    """The newest notices that stand, and the milestones of their text in force by its id."""
    rows = session.execute(_dated, {"levels": sorted(levels)}).all()
    found: dict[UUID, list[Row[*tuple[Any, ...]]]] = {}
    for one in session.execute(_milestones, {"revision_ids": [row.revision_id for row in rows]}):
        found.setdefault(one.revision_id, []).append(one)
    return rows, found


# ── one notice with its whole thread ───────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Thread:
    """What every feature knows of a notice."""

    country: str = "fr"
    """Of the organisation: whose public holidays count."""
    consultations: Sequence[Any] = ()
    letterboxes: Mapping[bytes, Letterbox] = field(default_factory=dict)
    sides: Sequence[Any] = ()
    """Procedures that run beside the consultations."""
    reasons: Sequence[Any] = ()
    """Why dates of the project were kept that come before the end of the procedure."""
    sendings: Sequence[Any] = ()
    themes: Sequence[Any] = ()
    questions: Sequence[Any] = ()
    opinions: Sequence[Any] = ()
    beside: Mapping[Any, Any] = field(default_factory=dict)
    """By opinion: the count and the rule (never a name), what is annexed, the courtesy translation."""
    statements: Sequence[Any] = ()
    """What bodies put on record without giving an opinion."""
    remarks: Sequence[Sequence[Any]] = ()
    """Comments by body, the last first."""
    commitments: Sequence[Any] = ()
    answers: Mapping[bytes, Sequence[PublishedCount]] = field(default_factory=dict)
    """What was published of each letterbox's poll."""
    support: Mapping[bytes, Sequence[PublishedCount]] = field(default_factory=dict)
    """How many support a wording, of letterboxes that are closed: before, nobody reads it here."""
    redactions: Sequence[Any] = ()
    """What was taken out of the notice, and when; never what it said."""
    causes: Mapping[str, list[Ref]] = field(default_factory=dict)
    effects: Mapping[str, list[Ref]] = field(default_factory=dict)
    charter_votes: Sequence[Any] = ()
    """Votes of bodies on rules of use, the last first."""


def thread(session: Session, notice: Notice) -> Thread:
    """One explicit line per feature asked; the number of statements does not grow with what they hold."""
    asked = consultations.of_notice(session, notice.id)
    boxes = [one.letterbox_id for one in asked if one.letterbox_id is not None]
    promised = commitments.of_notice(session, notice.id)
    published = concerns.published(session, notice.id)
    put = questions.of_notice(session, notice.id)
    found = session.scalars(_of_boxes, {"ids": boxes}).all() if boxes else ()
    closed = [one.id for one in found if one.is_closed]
    given = opinions.of_notice(session, notice.id)
    causing = [
        *(ref for one in published for ref in _of_theme(one)),
        *(one.ref for one in put),
        *(Ref("answer", str(one.id)) for question in put for one in question.answers),
        *(ref for one in given for ref in _of_opinion(one)),
        *(one.ref for one in promised),
    ]
    organisation = people.organisation(session)
    return Thread(
        country=organisation.country if organisation is not None else "fr",
        consultations=asked,
        letterboxes={one.id: one for one in found},
        answers=voices.published_counts(session, closed, BallotKind.PULSE),
        support=voices.published_counts(session, closed, BallotKind.SUPPORT),
        sides=consultations.side_procedures(session, notice.id),
        reasons=consultations.reasons_of(session, [notice.id])[notice.id],
        sendings=receipts.sendings_of_notice(session, notice.id),
        themes=published,
        questions=put,
        opinions=given,
        beside=opinions.around(session, given),
        statements=opinions.statements(session, notice.id),
        remarks=opinions.remarks_on(session, notice.id),
        commitments=promised,
        redactions=register.of_kind(session, notice.id, Tag.NOTICE_REDACTED),
        causes=register.causes_of(session, [one.ref for one in promised] + [one.ref for one in put]),
        effects=register.effects_of(session, causing),
        charter_votes=charter.votes_on(session, notice.id) if _has_rules(notice) else (),
    )


def _has_rules(notice: Notice) -> bool:
    """Whether its text in force has rules of use: where it has none, no body says anything of them."""
    revision = notices.published(notice)
    return revision is not None and bool(revision.rules)


def _of_theme(theme: Any) -> Iterator[Ref]:
    """Everything said under a theme that may be cited."""
    yield Ref("theme", str(theme.id))
    yield from (Ref("theme-answer", str(one.id)) for one in theme.answers)
    yield from (Ref("concern", str(one.id)) for one in theme.concerns)


def _of_opinion(opinion: Any) -> Iterator[Ref]:
    yield opinion.ref
    yield from (point.ref for point in opinion.points)
    if opinion.response is not None:
        yield opinion.response.ref
        yield from (one.ref for one in opinion.response.follow_ups)


def title_of(told: Mapping[str, Any]) -> Localized:
    """The title a letterbox was told."""
    texts = told.get("title") or {}
    return Localized.of(fr=texts.get("fr") or "", en=texts.get("en") or "")
