"""Named selects about consultations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, exists, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.commitments import queries as commitments
from consult.consultations import course
from consult.consultations.course import Around
from consult.consultations.models import (
    Consultation,
    EarlyMilestone,
    Fact,
    SideProcedure,
)
from consult.consultations.rules import FactKind, Stage, State, Window, template_for
from consult.notices import queries as notices
from consult.notices.models import Notice, Revision
from consult.notices.rules import NoticeState
from consult.people import queries as people
from consult.people.models import Body
from consult.people.regimes import Profile
from consult.people.rules import BodyKind
from consult.procedures.applying import applicable
from consult.procedures.clock import Run
from consult.procedures.limit import SEVERAL_LEVELS
from consult.procedures.loading import templates
from consult.voices import queries as voices
from consult.web.pagination import PAGE_SIZE

ANSWERED = (Stage.ANSWERED, Stage.IN_FOLLOW_UP, Stage.CLOSED)
MOST_ASKED = 30
"""Notices whose dates are looked at for the start page."""

_whole = (
    joinedload(Consultation.body),
    selectinload(Consultation.facts),
    selectinload(Consultation.overrides),
    joinedload(Consultation.notice).selectinload(Notice.revisions),
)
_even_file = select(Consultation).where(Consultation.id == bindparam("id")).options(*_whole)
_OF_NOTICE = Consultation.notice.has(~Notice.is_file)
"""Not what the letterbox of a file hangs from."""
_by_id = _even_file.where(_OF_NOTICE)
_of_notices = (
    select(Consultation)
    .where(Consultation.notice_id.in_(bindparam("notice_ids", expanding=True)))
    .options(
        joinedload(Consultation.body),
        selectinload(Consultation.facts),
        selectinload(Consultation.overrides),
    )
    .order_by(Consultation.opened_on, Consultation.id)
)
_of_body = (
    select(Consultation)
    .where(Consultation.notice_id == bindparam("notice_id"), Consultation.body_id == bindparam("body_id"))
    .options(*_whole)
)
_OTHER_LEVEL = {BodyKind.CENTRAL_CSE: BodyKind.CSE, BodyKind.CSE: BodyKind.CENTRAL_CSE}
_of_kind = (
    select(Consultation)
    .join(Consultation.body)
    .where(
        Consultation.notice_id == bindparam("notice_id"),
        Body.kind == bindparam("kind"),
        Consultation.stage != Stage.CLOSED,
    )
    .options(*_whole)
    .order_by(Consultation.id)
)
_bodies = (
    select(Body)
    .join(Consultation, Consultation.body_id == Body.id)
    .where(Consultation.notice_id == bindparam("notice_id"))
)
_with_procedure = (
    select(Consultation)
    .where(Consultation.template != "")
    .options(joinedload(Consultation.body), joinedload(Consultation.notice).selectinload(Notice.revisions))
    .order_by(Consultation.opened_on.desc(), Consultation.id.desc())
    .limit(PAGE_SIZE + 1)
)
_fact = select(Fact).where(Fact.id == bindparam("id"))
_struck = (
    select(Fact)
    .where(Fact.consultation_id == bindparam("consultation_id"), Fact.struck_on.is_not(None))
    .order_by(Fact.struck_on, Fact.id)
)
_sides = (
    select(SideProcedure)
    .where(SideProcedure.notice_id == bindparam("notice_id"))
    .options(selectinload(SideProcedure.facts), selectinload(SideProcedure.overrides))
    .order_by(SideProcedure.begun_on, SideProcedure.id)
)
_side = (
    select(SideProcedure)
    .where(SideProcedure.id == bindparam("id"))
    .options(
        selectinload(SideProcedure.facts),
        selectinload(SideProcedure.overrides),
        joinedload(SideProcedure.notice).selectinload(Notice.revisions),
    )
)
_reasons = select(EarlyMilestone).where(EarlyMilestone.notice_id.in_(bindparam("notice_ids", expanding=True)))
_sides_of = (
    select(SideProcedure)
    .where(SideProcedure.notice_id.in_(bindparam("notice_ids", expanding=True)))
    .options(selectinload(SideProcedure.facts), selectinload(SideProcedure.overrides))
    .order_by(SideProcedure.begun_on, SideProcedure.id)
)
_deciding = (
    select(Notice)
    .where(
        Notice.state == NoticeState.PUBLISHED,
        ~Notice.is_file,
        exists().where(Consultation.notice_id == Notice.id, Consultation.stage.not_in(ANSWERED)),
    )
    .options(notices.TITLES.selectinload(Revision.milestones))
    .order_by(Notice.number.desc())
    .limit(MOST_ASKED)
)
_stages = select(Consultation.stage).where(Consultation.notice_id == bindparam("notice_id"))
_by_letterbox = (
    select(Consultation).where(Consultation.letterbox_id == bindparam("letterbox_id")).options(*_whole)
)
_running = (
    select(Consultation).where(Consultation.stage != Stage.CLOSED).options(*_whole).order_by(Consultation.id)
)
_running_before = (
    select(Consultation)
    .where(
        Consultation.stage != Stage.CLOSED,
        _OF_NOTICE,
        Consultation.body_id.in_(bindparam("body_ids", expanding=True)),
    )
    .options(joinedload(Consultation.body), joinedload(Consultation.notice).selectinload(Notice.revisions))
    .order_by(Consultation.opened_on.desc(), Consultation.id.desc())
    .limit(50)
)


def by_id(session: Session, consultation_id: UUID) -> Consultation | None:
    """With body, facts, notice and its revisions. On a file without a notice there is only a letterbox, so
    pages of consultations do not know it."""
    return session.scalar(_by_id, {"id": consultation_id})


def even_of_file(session: Session, consultation_id: UUID) -> Consultation | None:
    """The same, on a file without a notice too: for the pages of its letterbox."""
    return session.scalar(_even_file, {"id": consultation_id})


def of_notice(session: Session, notice_id: UUID) -> Sequence[Consultation]:
    """With body and facts, oldest first."""
    return session.scalars(_of_notices, {"notice_ids": [notice_id]}).all()


def of_notices(session: Session, notice_ids: Sequence[UUID]) -> dict[UUID, list[Consultation]]:
    """For lists: one query."""
    found: dict[UUID, list[Consultation]] = {one: [] for one in notice_ids}
    for consultation in session.scalars(_of_notices, {"notice_ids": list(notice_ids)}):
        found[consultation.notice_id].append(consultation)
    return found


def of_body(session: Session, notice_id: UUID, body_id: UUID) -> Consultation | None:
    """The consultation of that body on that notice."""
    return session.scalar(_of_body, {"notice_id": notice_id, "body_id": body_id})


def stages(session: Session, notice_id: UUID) -> Sequence[Stage]:
    """Where the consultations of a notice stand, of whatever body."""
    return session.scalars(_stages, {"notice_id": notice_id}).all()


def by_letterbox(session: Session, letterbox_id: bytes) -> Consultation | None:
    return session.scalar(_by_letterbox, {"letterbox_id": letterbox_id})


def running(session: Session) -> Sequence[Consultation]:
    """Every consultation that is not closed."""
    return session.scalars(_running).all()


def running_before(session: Session, body_ids: Collection[UUID]) -> Sequence[Consultation]:
    """Those of these bodies that are not closed, the latest first, at most 50: to choose from."""
    return session.scalars(_running_before, {"body_ids": list(body_ids)}).all()


def window(session: Session, consultation: Consultation) -> Window | None:
    """The days of its letterbox, or None without one."""
    if consultation.letterbox_id is None:
        return None
    box = voices.letterbox(session, consultation.letterbox_id)
    return None if box is None else Window(box.opens_on, box.closes_on)


def around(session: Session, consultation: Consultation, *, on: date) -> Around:
    """What its procedure needs besides its own facts. A constant number of queries."""
    organisation = people.organisation(session)
    promised: Sequence[date] = ()
    if is_answered(consultation):
        # A promise stands lower and cannot tell the consultation: it is asked for where it counts.
        found = commitments.of_notice(session, consultation.notice_id)
        promised = [one.agreed_on for one in found if one.body_id == consultation.body_id]
    bodies = session.scalars(_bodies, {"notice_id": consultation.notice_id}).all()
    found_levels = course.levels_of(bodies)
    made = Around(
        country=organisation.country if organisation is not None else "fr",
        levels=found_levels,
        live_on=course.live_on(notices.published(consultation.notice)),
        window=window(session, consultation),
        promised=tuple(promised),
    )
    if found_levels != SEVERAL_LEVELS:
        return made
    return course.across(consultation, of_notice(session, consultation.notice_id), made, on=on)


def other_level(session: Session, consultation: Consultation) -> Sequence[Consultation]:
    """Those whose dates follow from this one, or count it: of a central body the establishments', and the
    other way round."""
    kind = _OTHER_LEVEL.get(consultation.body.kind)
    if kind is None:
        return ()
    values = {"notice_id": consultation.notice_id, "kind": kind}
    return session.scalars(_of_kind, values).all()


def is_answered(consultation: Consultation) -> bool:
    """Whether promises tell something its facts do not."""
    kinds = {one.kind for one in consultation.facts}
    return FactKind.RESPONSE_GIVEN in kinds and FactKind.COMMITMENT_AGREED not in kinds


def standing(session: Session, consultation: Consultation, *, on: date) -> tuple[State, Run | None]:
    """Both at once: what the facts say, and its procedure (None: it follows none)."""
    return course.of(consultation, around(session, consultation, on=on), on=on)


def state(session: Session, consultation: Consultation, *, on: date) -> State:
    """What the facts say on that day: stage, what is due, the limit, whether silence made it negative."""
    return standing(session, consultation, on=on)[0]


def run(session: Session, consultation: Consultation, *, on: date) -> Run | None:
    """Its procedure on that day, step by step; None where it follows none."""
    return standing(session, consultation, on=on)[1]


def starts_from(told: Profile, body: Body) -> str:
    """The key of the procedure a body starts from; empty where it follows none. The threshold of a firm is
    not that of one of its establishments, whose body belongs to another."""
    headcount = body.headcount if body.parent_id is None else 0
    return template_for(told.country, body.kind, headcount, told.sector)


def offered_procedures(session: Session) -> list[str]:
    """Keys of the procedures that may concern this organisation, by what it says of itself, and of those its
    bodies start from; or those an administrator set instead, with a reason."""
    told = people.profile(session)
    if told.procedures is not None:
        return [key for key in templates() if key in told.procedures]
    found = {starts_from(told, one) for one in people.bodies(session)}
    found |= set(
        applicable(
            templates(), country=told.country, sector=told.sector, headcount=told.headcount,
            has_body=told.has_body,
        )
    )  # fmt: skip
    return [key for key in templates() if key in found]


def with_procedure(session: Session, *, after: tuple[date, UUID] | None) -> Sequence[Consultation]:
    """Those that follow a procedure, the latest first, one more than a page holds."""
    asked = _with_procedure
    if after is not None:
        asked = asked.where(tuple_(Consultation.opened_on, Consultation.id) < after)
    return session.scalars(asked).all()


def fact(session: Session, fact_id: UUID) -> Fact | None:
    return session.scalar(_fact, {"id": fact_id})


def struck(session: Session, consultation_id: UUID) -> Sequence[Fact]:
    """Days entered by mistake and struck out, oldest first."""
    return session.scalars(_struck, {"consultation_id": consultation_id}).all()


def side_procedures(session: Session, notice_id: UUID) -> Sequence[SideProcedure]:
    """Procedures beside, with what was entered for them, ended ones included."""
    return session.scalars(_sides, {"notice_id": notice_id}).all()


def side_procedures_of(session: Session, notice_ids: Sequence[UUID]) -> dict[UUID, list[SideProcedure]]:
    """For lists: a constant number of queries."""
    found: dict[UUID, list[SideProcedure]] = {one: [] for one in notice_ids}
    for side in session.scalars(_sides_of, {"notice_ids": list(notice_ids)}):
        found[side.notice_id].append(side)
    return found


def reasons_of(session: Session, notice_ids: Sequence[UUID]) -> dict[UUID, list[EarlyMilestone]]:
    """Why dates of these notices were kept that come early, oldest first. Of two of one day, the later was
    given for the later end."""
    found: dict[UUID, list[EarlyMilestone]] = {one: [] for one in notice_ids}
    rows = session.scalars(_reasons, {"notice_ids": list(notice_ids)})
    for one in sorted(rows, key=lambda row: (row.given_on, row.earliest_end or date.max)):
        found[one.notice_id].append(one)
    return found


def deciding(session: Session) -> Sequence[Notice]:
    """Published notices on which an answer of the employer is still to come, the newest first, at most 30,
    with the dates of their texts."""
    return session.scalars(_deciding).all()


def side_procedure(session: Session, side_id: UUID) -> SideProcedure | None:
    return session.scalar(_side, {"id": side_id})
