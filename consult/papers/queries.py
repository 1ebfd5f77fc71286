"""Named selects about papers, and the file a paper is written from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.notices.models import Notice
from consult.papers.models import Paper, PaperVersion
from consult.papers.rules import PaperSide
from consult.people import queries as people
from consult.people.models import Body
from consult.web.pagination import PAGE_SIZE
from consult.web.readers import Audience, Side, Visibility

_by_id = (
    select(Paper)
    .where(Paper.id == bindparam("id"))
    .options(
        joinedload(Paper.body),
        selectinload(Paper.versions).joinedload(PaperVersion.author),
        joinedload(Paper.consultation).joinedload(Consultation.notice).selectinload(Notice.revisions),
    )
)
_listed = (
    select(Paper)
    .where(Paper.body_id == bindparam("body_id"), Paper.side == bindparam("side"))
    .options(selectinload(Paper.versions))
    .order_by(Paper.started_on.desc(), Paper.id.desc())
    .limit(PAGE_SIZE + 1)
)


@dataclass(frozen=True, slots=True)
class Place:
    """What papers are written about: a consultation, or a body that nobody has presented anything to."""

    body: Body
    consultation: Consultation | None = None

    @property
    def template(self) -> str:
        """The procedure followed; empty where there is none."""
        return self.consultation.template if self.consultation is not None else ""

    @property
    def audience(self) -> Audience:
        if self.consultation is not None:
            return self.consultation.audience
        return Audience(Visibility.BODY, Side.STAFF, body_ids=self.scope)

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.body.id})


@dataclass(frozen=True, slots=True)
class Begun:
    """A model text about a place, as an address names both."""

    place: Place
    key: str

    @property
    def audience(self) -> Audience:
        return self.place.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return self.place.scope


@dataclass(frozen=True, slots=True)
class FileOf:
    """A paper as a file, as an address names it. ``kind``: ``docx`` or ``pdf``."""

    paper: Paper
    language: str
    kind: str

    @property
    def audience(self) -> Audience:
        return self.paper.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return self.paper.scope


def of_consultation(session: Session, consultation_id: UUID) -> Place | None:
    found = consultations.by_id(session, consultation_id)
    return Place(found.body, found) if found is not None else None


def of_body(session: Session, body_id: UUID) -> Place | None:
    found = people.body(session, body_id)
    return Place(found) if found is not None else None


def begun(session: Session, consultation_id: UUID, key: str) -> Begun | None:
    place = of_consultation(session, consultation_id)
    return Begun(place, key) if place is not None else None


def begun_by_body(session: Session, body_id: UUID, key: str) -> Begun | None:
    place = of_body(session, body_id)
    return Begun(place, key) if place is not None else None


def by_id(session: Session, paper_id: UUID) -> Paper | None:
    """With its versions, and the notice it is about."""
    return session.scalar(_by_id, {"id": paper_id})


def file(session: Session, paper_id: UUID, language: str, kind: str) -> FileOf | None:
    paper = by_id(session, paper_id)
    return FileOf(paper, language, kind) if paper is not None else None


def page(
    session: Session, place: Place, side: PaperSide, *, after: tuple[date, UUID] | None
) -> Sequence[Paper]:
    """Papers of that side about that place, the latest first, one more than a page holds."""
    own = place.consultation.id if place.consultation is not None else None
    asked = _listed.where(
        Paper.consultation_id == own if own is not None else Paper.consultation_id.is_(None)
    )
    if after is not None:
        asked = asked.where(tuple_(Paper.started_on, Paper.id) < after)
    return session.scalars(asked, {"body_id": place.body.id, "side": side}).all()
