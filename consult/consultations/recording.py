"""What people put on record of a procedure: days they enter, contest or strike out, what was agreed
instead, which procedure is followed and which run beside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.consultations import queries, services
from consult.consultations.models import Consultation, Fact, ProcedureOverride, SideProcedure
from consult.consultations.rules import FactKind, NotContestable, ProcedureThere
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.notices.models import Notice
from consult.notices.rules import NoticeState
from consult.people import delegations
from consult.people.models import Account
from consult.people.seats import DelegatedAct
from consult.procedures.loading import template
from consult.procedures.template import Words
from consult.register import services as register
from consult.register.rules import Ref, Tag

Course = Consultation | SideProcedure
"""Whatever follows a procedure template: with a body, or beside."""


def enter(
    session: Session, course: Course, key: str, *, on: date, actor: Account, name: Localized, note: str = ""
) -> Fact:
    """A person says what happened on a day. ``name``: how both sides read the fact. Said twice, it stands
    once. Raises `WrongState` on a withdrawn notice."""
    _runs(course)
    register.touch(session)  # two clicks come one after the other
    session.expire(course, ["facts"])
    said = (key, on, note, actor.id)
    for one in course.facts:
        if one.kind is FactKind.TOLD and (one.key, one.day, one.note, one.recorded_by) == said:
            return one
    fact = Fact(kind=FactKind.TOLD, key=key, day=on, note=note, recorded_by=actor.id)
    course.facts.append(fact)
    session.flush()
    _record(session, course, Tag.FACT_RECORDED, fact, _of(name, on), on=on, note=note)
    _refresh(session, course)
    return fact


def contest(
    session: Session,
    fact: Fact,
    consultation: Consultation,
    *,
    day: date | None,
    why: str,
    votes: Mapping[str, int] | None = None,
    delegation: UUID | None = None,
    actor: Account,
    on: date,
    name: Localized,
) -> None:
    """The body contests a day the employer claims: it gives another, or says that this never happened
    (None), by a vote or under a delegation. From then on both are computed and shown. Raises `NotAdopted`,
    `NotDelegated`, `NotContestable`."""
    _runs(consultation)
    if fact.is_contested or fact.struck_on is not None:
        raise NotContestable
    decided = delegations.decide(
        session, consultation.body, act=DelegatedAct.CONTEST_DAY,
        about=Ref("fact", str(fact.id)), text=Localized.of(fr=why, en=why),
        votes=votes, delegation=delegation, actor=actor, on=on,
    )  # fmt: skip
    fact.is_contested, fact.contested_day, fact.contested_why = True, day, why
    fact.resolution_id = decided.resolution.id
    session.flush()
    _record(
        session, consultation, Tag.FACT_CONTESTED, fact, _of(name, fact.day), on=on, note=why,
        contested=day.isoformat() if day else None, **decided.content,
    )  # fmt: skip
    _refresh(session, consultation)


def strike(session: Session, fact: Fact, course: Course, *, why: str, on: date, name: Localized) -> None:
    """A day entered by mistake: it stays readable, and no longer counts. Only what a person entered."""
    _runs(course)
    if fact.kind is not FactKind.TOLD or fact.source or fact.struck_on is not None:
        raise WrongState("fact", fact.kind)
    fact.struck_on, fact.struck_why = on, why
    session.flush()
    session.expire(course, ["facts"])
    _record(session, course, Tag.FACT_STRUCK, fact, _of(name, fact.day), on=on, note=why)
    _refresh(session, course)


def override(
    session: Session, course: Course, *, key: str, value: str, reason: str, agreed_on: date,
    actor: Account, on: date, name: Localized,
) -> ProcedureOverride:  # fmt: skip
    """What an agreement or a judge set for a step, or for the limit of the opinion (``limit``), instead of
    the template: an ISO 8601 period or day. It takes the place of one set before (L2312-16, L2312-19); sent
    twice, it stands once."""
    _runs(course)
    register.touch(session)
    session.expire(course, ["overrides"])
    said = (value, reason, agreed_on, actor.id)
    for former in course.overrides:
        if former.key == key and former.ended_on is None:
            if (former.value, former.reason, former.agreed_on, former.recorded_by) == said:
                return former
            former.ended_on = on
    made = ProcedureOverride(key=key, value=value, reason=reason, agreed_on=agreed_on, recorded_by=actor.id)
    course.overrides.append(made)
    session.flush()
    register.record(
        session,
        Tag.PROCEDURE_OVERRIDDEN,
        Ref("override", str(made.id)),
        title=Localized.of(
            fr=f"Convenu à la place du modèle\u00a0: {name.shown('fr')[0]}",
            en=f"Agreed instead of the template: {name.shown('en')[0]}",
        ),
        day=on,
        content={
            "key": key, "value": value, "reason": reason, "agreed_on": agreed_on.isoformat(),
            "template": course.template,
        },
        audience=course.audience,
        notice_id=course.notice_id,
    )  # fmt: skip
    _refresh(session, course)
    return made


def choose(
    session: Session, consultation: Consultation, *, key: str, variant: str, reason: str, on: date
) -> None:
    """Another procedure, or another variant of it, for this consultation: with a reason, on record."""
    _runs(consultation)
    chosen = template(key)
    if (consultation.template, consultation.variant) == (key, variant):
        raise ProcedureThere
    consultation.template, consultation.variant = key, variant
    session.flush()
    _chosen(session, consultation, chosen.label, reason=reason, on=on)
    _refresh(session, consultation)


def beside(
    session: Session, notice: Notice, *, key: str, because: str, actor: Account, on: date
) -> SideProcedure:
    """A procedure without a body, beside the consultations. Raises `ProcedureThere`, `WrongState`."""
    if notice.state is NoticeState.WITHDRAWN:
        raise WrongState("notice", notice.state)
    register.touch(session)
    found = queries.side_procedures(session, notice.id)
    if any(one.template == key for one in found):
        raise ProcedureThere
    made = SideProcedure(notice=notice, template=key, begun_on=on, because=because, added_by=actor.id)
    session.add(made)
    session.flush()
    _chosen(session, made, template(key).label, reason=because, on=on)
    return made


def end_beside(session: Session, side: SideProcedure, *, why: str, on: date) -> None:
    """It no longer runs; what was recorded of it stays."""
    if side.ended_on is not None:
        raise WrongState("side procedure", "ended")
    side.ended_on = on
    session.flush()
    _chosen(session, side, template(side.template).label, reason=why, on=on, ended=True)


def _runs(course: Course) -> None:
    if course.notice.state is NoticeState.WITHDRAWN:
        raise WrongState("notice", course.notice.state)


def _of(name: Localized, day: date) -> Localized:
    return Localized.of(
        fr=f"{name.shown('fr')[0]} ({day:%d/%m/%Y})", en=f"{name.shown('en')[0]} ({day:%d/%m/%Y})"
    )


def _record(
    session: Session, course: Course, tag: Tag, fact: Fact, title: Localized, *, on: date, **more: object
) -> None:
    register.record(
        session,
        tag,
        Ref("fact", str(fact.id)),
        title=title,
        day=on,
        content={
            "key": fact.key or fact.kind, "day": fact.day.isoformat(), "template": course.template, **more,
        },
        audience=course.audience,
        notice_id=course.notice_id,
    )  # fmt: skip


def _chosen(
    session: Session, course: Course, label: Words, *, reason: str, on: date, ended: bool = False
) -> None:
    fr, en = ("Procédure arrêtée", "Procedure ended") if ended else ("Procédure suivie", "Procedure followed")
    kind = "consultation" if isinstance(course, Consultation) else "side_procedure"
    register.record(
        session,
        Tag.PROCEDURE_CHOSEN,
        Ref(kind, str(course.id)),
        title=Localized.of(fr=f"{fr}\u00a0: {label.fr}", en=f"{en}: {label.en}"),
        day=on,
        content={
            "template": course.template, "variant": getattr(course, "variant", ""), "reason": reason,
            "ended": ended,
        },
        audience=course.audience,
        notice_id=course.notice_id,
    )  # fmt: skip


def _refresh(session: Session, course: Course) -> None:
    if isinstance(course, Consultation):
        services.refresh(session, course)
