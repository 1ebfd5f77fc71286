"""Named selects about opinions, and about comments beside a notice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.consultations.models import Consultation
from consult.opinions.draft_models import Declaration, Draft, DraftComment, DraftSeen, DraftVersion
from consult.opinions.models import Opinion, Remark, Response, ResponsePoint
from consult.opinions.vote_models import NamedVote, Proposition, Statement, Translation
from consult.people.models import Mandate, Resolution
from consult.register.models import Awaiting

_whole = (
    selectinload(Opinion.points),
    joinedload(Opinion.resolution),
    joinedload(Opinion.consultation).joinedload(Consultation.body),
    selectinload(Opinion.response).selectinload(Response.points).joinedload(ResponsePoint.point),
    selectinload(Opinion.response).options(joinedload(Response.follow_ups), joinedload(Response.files)),
)
_of_consultation = (
    select(Opinion).where(Opinion.consultation_id == bindparam("consultation_id")).options(*_whole)
)
_of_notice = (
    select(Opinion)
    .join(Opinion.consultation)
    .where(Consultation.notice_id == bindparam("notice_id"))
    .options(*_whole)
    .order_by(Opinion.given_on)
)
_unanswered = (
    select(Opinion)
    .join(Awaiting, and_(Awaiting.kind == "opinion", Awaiting.subject_id == Opinion.id))
    .options(joinedload(Opinion.consultation).joinedload(Consultation.notice))
    .order_by(Awaiting.since, Opinion.id)
    .limit(50)
)
_remarks = (
    select(Remark)
    .where(Remark.notice_id == bindparam("notice_id"))
    .options(joinedload(Remark.body), joinedload(Remark.resolution).joinedload(Resolution.delegation))
    .order_by(Remark.body_id, Remark.number.desc())
)
_commented = (
    select(Remark.notice_id, Remark.body_id)
    .where(Remark.body_id.in_(bindparam("body_ids", expanding=True)))
    .distinct()
)
_draft = (
    select(Draft)
    .where(Draft.consultation_id == bindparam("consultation_id"))
    .options(
        selectinload(Draft.versions).options(
            joinedload(DraftVersion.author), selectinload(DraftVersion.seen).joinedload(DraftSeen.account)
        ),
        selectinload(Draft.comments).joinedload(DraftComment.author),
        joinedload(Draft.consultation).joinedload(Consultation.body),
    )
)
_declarations = (
    select(Declaration)
    .where(Declaration.consultation_id == bindparam("consultation_id"), Declaration.opinion_id.is_(None))
    .order_by(Declaration.added_on, Declaration.id)
)
_declaration = (
    select(Declaration)
    .where(Declaration.id == bindparam("id"))
    .options(joinedload(Declaration.consultation).joinedload(Consultation.notice))
)
_propositions = (
    select(Proposition)
    .where(Proposition.consultation_id == bindparam("consultation_id"))
    .options(
        joinedload(Proposition.version),
        selectinload(Proposition.by_name).options(
            joinedload(NamedVote.mandate).joinedload(Mandate.account),
            joinedload(NamedVote.by).joinedload(Mandate.account),
        ),
    )
    .order_by(Proposition.number)
)
_around = (
    select(Opinion.id, Proposition, Translation, Declaration)
    .outerjoin(Proposition, Proposition.resolution_id == Opinion.resolution_id)
    .outerjoin(Translation, Translation.opinion_id == Opinion.id)
    .outerjoin(Declaration, Declaration.opinion_id == Opinion.id)
    .where(Opinion.id.in_(bindparam("ids", expanding=True)))
    .options(joinedload(Translation.author))
    .order_by(Declaration.added_on, Declaration.id)
)
_statements = (
    select(Statement)
    .join(Statement.consultation)
    .where(Consultation.notice_id == bindparam("notice_id"))
    .options(joinedload(Statement.put), joinedload(Statement.consultation).joinedload(Consultation.body))
    .order_by(Statement.said_on, Statement.id)
)
_translations = (
    select(Translation)
    .where(Translation.opinion_id.in_(bindparam("ids", expanding=True)))
    .options(joinedload(Translation.author))
)


def of_consultation(session: Session, consultation_id: UUID) -> Opinion | None:
    return session.scalars(_of_consultation, {"consultation_id": consultation_id}).one_or_none()


def of_notice(session: Session, notice_id: UUID) -> Sequence[Opinion]:
    """With points, votes and response, oldest first."""
    return session.scalars(_of_notice, {"notice_id": notice_id}).all()


def unanswered(session: Session) -> Sequence[Opinion]:
    """Opinions that wait for a reasoned response, oldest first, at most 50."""
    return session.scalars(_unanswered).all()


def remarks_on(session: Session, notice_id: UUID) -> list[list[Remark]]:
    """What each body wrote beside a notice, its last comment first; the body that wrote first leads."""
    found: dict[UUID, list[Remark]] = {}
    for one in session.scalars(_remarks, {"notice_id": notice_id}):
        found.setdefault(one.body_id, []).append(one)
    return sorted(found.values(), key=lambda of_body: (of_body[-1].written_on, of_body[-1].body.name))


def remarks_of(session: Session, notice_id: UUID, body_id: UUID) -> list[Remark]:
    """What one body wrote beside a notice, its last comment first."""
    return next((one for one in remarks_on(session, notice_id) if one[0].body_id == body_id), [])


def commented(session: Session, body_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """``(notice, body)`` of every comment these bodies ever wrote."""
    return {(row[0], row[1]) for row in session.execute(_commented, {"body_ids": list(body_ids)})}


# ── the draft, the votes, what is annexed ──────────────────────────────────────


def draft(session: Session, consultation_id: UUID) -> Draft | None:
    """With its versions (newest first), who saw which, and its comments."""
    return session.scalars(_draft, {"consultation_id": consultation_id}).one_or_none()


def last_proposition(session: Session, consultation_id: UUID) -> int:
    found = session.scalar(
        select(func.max(Proposition.number)).where(Proposition.consultation_id == consultation_id)
    )
    return found or 0


def propositions(session: Session, consultation_id: UUID) -> Sequence[Proposition]:
    """What was put to the vote, in turn, with votes by name: for the body alone."""
    return session.scalars(_propositions, {"consultation_id": consultation_id}).all()


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside an opinion. ``put``: the vote that adopted it, without names; opinions of before
    have none."""

    put: Proposition | None = None
    translation: Translation | None = None
    annexed: tuple[Declaration, ...] = ()


def around(session: Session, opinions: Collection[Opinion]) -> dict[UUID, Around]:
    """By opinion, in one statement."""
    found = {one.id: Around() for one in opinions}
    for ident, put, translation, declaration in (
        session.execute(_around, {"ids": list(found)}) if found else ()
    ):
        more = (declaration,) if declaration is not None else ()
        found[ident] = Around(put, translation, found[ident].annexed + more)
    return found


def declarations(session: Session, consultation_id: UUID) -> Sequence[Declaration]:
    """Those that wait to be annexed."""
    return session.scalars(_declarations, {"consultation_id": consultation_id}).all()


def declaration(session: Session, declaration_id: UUID) -> Declaration | None:
    return session.scalar(_declaration, {"id": declaration_id})


def statements(session: Session, notice_id: UUID) -> Sequence[Statement]:
    """What bodies put on record without giving an opinion, oldest first."""
    return session.scalars(_statements, {"notice_id": notice_id}).all()


def translations(session: Session, opinions: Collection[Opinion]) -> dict[UUID, Translation]:
    ids = [one.id for one in opinions]
    found = session.scalars(_translations, {"ids": ids}).all() if ids else []
    return {one.opinion_id: one for one in found}
