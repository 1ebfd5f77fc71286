"""Appointing an expert, the requests and their answers, a challenge in court, the report, the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.consultations import queries as consultations
from consult.consultations import services as consultation_services
from consult.consultations.models import Consultation
from consult.consultations.rules import FactKind, Stage
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.experts import letters, queries
from consult.experts.models import InformationRequest, Mission
from consult.experts.rules import (
    ANSWER_DAYS,
    ANSWER_STEP,
    HasExpert,
    MissionOver,
    NoExpert,
    Unseatable,
    is_over,
)
from consult.files import services as files
from consult.notices.rules import NoticeState
from consult.people import queries as people
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import CannotSit, MandateRole, NotAdopted, Role, is_adopted, must_decide
from consult.procedures.loading import template
from consult.register import services as register
from consult.register.rules import Ref, Tag


def appoint(
    session: Session, consultation: Consultation, *, firm: str, name: str, email: str, locale: str,
    subject: Localized, text: Localized, votes: Mapping[str, int], room_until: date, actor: Account,
    decided_on: date, on: date,
) -> Mission:  # fmt: skip
    """On a resolution of the body (L2315-94): the expert gets a mandate that ends with the room, and the
    period of the opinion follows the template. Raises `PreparesOnly`, `NoExpert`, `HasExpert`,
    `NotAdopted`, `Unseatable`, `WrongState`."""
    must_decide(consultation.body.kind)
    register.touch(session)
    if not consultation.template or not template(consultation.template).has_expert:
        raise NoExpert
    if consultation.stage is Stage.CLOSED or consultation.notice.state is NoticeState.WITHDRAWN:
        raise WrongState("consultation", consultation.stage)
    if any(one.ended_on is None for one in queries.of_consultation(session, consultation.id)):
        raise HasExpert
    if not is_adopted(votes["for"], votes["against"], votes["abstentions"]):
        raise NotAdopted
    account = _account(session, consultation, name, email, locale, on, room_until)
    mandate = people_services.give_mandate(
        session, account, consultation.body, role=MandateRole.EXPERT_GUEST, starts_on=on, ends_on=room_until
    )
    resolution = people_services.record_resolution(
        session, consultation.body, text=text, on=decided_on, actor=actor, votes=votes
    )
    mission = Mission(
        consultation=consultation, resolution=resolution, account=account, mandate=mandate, firm=firm,
        subject=subject, appointed_on=decided_on, room_until=room_until,
    )  # fmt: skip
    session.add(mission)
    session.flush()
    _record(
        session, mission, Tag.EXPERT_APPOINTED, f"Expert désigné\u00a0: {firm}", f"Expert appointed: {firm}",
        on, {"firm": firm, "subject": dict(subject.texts), "votes": dict(votes),
             "appointed_on": decided_on.isoformat(), "room_until": room_until.isoformat()},
    )  # fmt: skip
    consultation_services.add_fact(
        session, consultation, FactKind.EXPERT_APPOINTED, on=decided_on, actor=actor
    )
    letters.appointed(session, mission)
    return mission


def _account(
    session: Session, consultation: Consultation, name: str, email: str, locale: str, on: date, until: date
) -> Account:
    """The expert's account: the one there is, if it may sit, or a new one."""
    known = people.by_email(session, email.strip().lower())
    if known is None:
        return people_services.add_account(
            session, email=email, name=name, role=Role.REPRESENTATIVE, locale=locale
        )
    try:
        people_services.must_be_able_to_sit(
            known, consultation.body, role=MandateRole.EXPERT_GUEST, starts_on=on, ends_on=until
        )
    except CannotSit:
        raise Unseatable from None
    if known.role is not Role.REPRESENTATIVE or not known.is_active:
        raise Unseatable
    return known


def ask(
    session: Session, mission: Mission, *, text: Localized, on: date, once: UUID | None = None
) -> InformationRequest:
    """The expert asks the employer; the answer is due in the days the procedure gives (R2315-45). ``once``:
    the identifier it will have; sent twice, the first stays."""
    register.touch(session)
    known = session.get(InformationRequest, once) if once is not None else None
    if known is not None and known.mission_id == mission.id:
        return known
    _must_run(mission, on)
    last = session.scalar(
        select(func.max(InformationRequest.number)).where(InformationRequest.mission_id == mission.id)
    )
    asked = InformationRequest(
        id=(once if known is None else None) or uuid4(),
        mission=mission, number=(last or 0) + 1, text=text, asked_on=on,
        due_on=_due_on(session, mission, on), answer=Localized({}),
    )  # fmt: skip
    session.add(asked)
    session.flush()
    if asked.number == 1:
        _tell(session, mission, "expert_info_request", on)
    letters.asked(session, mission)
    return asked


def _due_on(session: Session, mission: Mission, on: date) -> date:
    run = consultations.run(session, mission.consultation, on=on)
    due = run.from_day(ANSWER_STEP, on) if run is not None else None
    return due or on + timedelta(days=ANSWER_DAYS)


def answer(session: Session, asked: InformationRequest, *, text: Localized, actor: Account, on: date) -> None:
    """The employer's answer, once. Raises `WrongState` where there is one."""
    register.touch(session)
    session.refresh(asked)
    if asked.answered_on is not None:
        raise WrongState("request", "answered")
    asked.answer, asked.answered_on, asked.answered_by = text, on, actor.id
    session.flush()
    if asked.number == 1:
        _tell(session, asked.mission, ANSWER_STEP, on)
    letters.answered(session, asked.mission)


def challenge(
    session: Session, mission: Mission, *, filed_on: date, judged_on: date | None, on: date
) -> None:
    """The employer went to court over the mission, which suspends the period until the judgment is notified
    (L2315-86)."""
    _must_run(mission, on)
    is_new = mission.challenged_on is None
    mission.challenged_on, mission.judged_on = filed_on, judged_on
    session.flush()
    _tell(session, mission, "expert_challenge_filed", filed_on)
    _tell(session, mission, "judgment_notified", judged_on)
    _record(
        session, mission, Tag.EXPERT_CHALLENGED, "Expertise contestée devant le juge",
        "Expert assessment challenged in court", on,
        {"filed_on": filed_on.isoformat(), "judged_on": judged_on.isoformat() if judged_on else None},
    )  # fmt: skip
    if is_new:
        letters.challenged(session, mission)


def report(session: Session, mission: Mission, *, upload: IO[bytes], name: str, on: date) -> None:
    """The expert hands in the report: checked by content, read by both sides. Raises `FileRefused`,
    `MissionOver`, `WrongState` where there is one."""
    _must_run(mission, on)
    if mission.report is not None:
        raise WrongState("report", "handed in")
    kept = files.keep(session, upload, name=name, on=on)
    mission.report, mission.report_name, mission.reported_on = kept.file.sha256, kept.name, on
    session.flush()
    _tell(session, mission, "expert_report", on)
    _record(
        session, mission, Tag.EXPERT_REPORTED, f"Rapport de l’expert\u00a0: {mission.firm}",
        f"Expert’s report: {mission.firm}", on, {"file": kept.file.sha256, "name": kept.name},
    )  # fmt: skip
    letters.reported(session, mission)


def end(session: Session, mission: Mission, *, on: date) -> None:
    """The body ends the mission: the room closes at the end of the day."""
    if mission.ended_on is not None:
        raise WrongState("mission", "ended")
    mission.ended_on = on
    people_services.end_mandate(session, mission.mandate, on=on)
    session.flush()


def _must_run(mission: Mission, on: date) -> None:
    if is_over(mission.ended_on, mission.room_until, on):
        raise MissionOver
    if mission.consultation.notice.state is NoticeState.WITHDRAWN:
        raise MissionOver


def _tell(session: Session, mission: Mission, key: str, day: date | None) -> None:
    consultation_services.tell(session, mission.consultation, key, day, source=mission.ref, actor=None)


def _record(
    session: Session, mission: Mission, tag: Tag, fr: str, en: str, on: date, content: dict[str, object]
) -> None:
    consultation = mission.consultation
    register.record(
        session,
        tag,
        mission.ref,
        title=Localized.of(fr=fr, en=en),
        day=on,
        content=content,
        audience=consultation.audience,
        notice_id=consultation.notice_id,
        because=[Ref("notice", str(consultation.notice_id))],
    )
