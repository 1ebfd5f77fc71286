"""Asking for an extraordinary meeting (L2315-27, L2315-28)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.meetings import letters
from consult.meetings.models import MeetingRequest, MeetingSupport
from consult.meetings.rules import Ground, NotEnoughSupport, supporters_needed
from consult.people import queries as people
from consult.people.models import Account, Body, Mandate
from consult.register import services as register
from consult.register.rules import Ref, Tag


def voters(session: Session, body: Body, *, on: date) -> list[Mandate]:
    """The members who vote, on that day."""
    voting = people.voting(session, [body.id], on=on)[body.id]
    return [one for one in people.staff_members(session, body.id, on=on) if one.id in voting]


def ask(
    session: Session, body: Body, *, ground: Ground, reason: str, questions: Sequence[str], actor: Account,
    mandate: Mandate, on: date, once: UUID | None = None,
) -> MeetingRequest:  # fmt: skip
    """A member asks; whoever asks supports it. ``once``: the identifier it will have; sent twice, the first
    stays."""
    known = session.get(MeetingRequest, once) if once is not None else None
    if known is not None and (known.asked_by, known.body_id) == (actor.id, body.id):
        return known
    made = MeetingRequest(
        id=(once if known is None else None) or uuid4(),
        body=body, ground=ground, reason=reason, question_ids=list(questions), asked_on=on, asked_by=actor.id,
        supports=[MeetingSupport(mandate=mandate)],
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def support(session: Session, asked: MeetingRequest, mandate: Mandate, *, is_for: bool) -> None:
    """Adds or takes back one's support, until it is sent."""
    if asked.sent_on is not None:
        raise WrongState("request", "sent")
    asked.supports = [one for one in asked.supports if one.mandate_id != mandate.id]
    session.flush()
    if is_for:
        asked.supports.append(MeetingSupport(mandate=mandate))
    session.flush()


def counted(session: Session, asked: MeetingRequest, *, on: date) -> tuple[int, int]:
    """``(supporters who vote, how many are needed)``."""
    able = {one.id for one in voters(session, asked.body, on=on)}
    have = sum(one.mandate_id in able for one in asked.supports)
    return have, supporters_needed(len(able), asked.ground)


def send(session: Session, asked: MeetingRequest, *, on: date) -> None:
    """Once enough members support it, it goes to the employer. Raises `NotEnoughSupport`, `WrongState`."""
    register.touch(session)
    session.refresh(asked)
    if asked.sent_on is not None:
        raise WrongState("request", "sent")
    have, needed = counted(session, asked, on=on)
    if have < needed:
        raise NotEnoughSupport(have, needed)
    asked.sent_on = on
    session.flush()
    register.record(
        session,
        Tag.MEETING_REQUESTED,
        Ref("meeting_request", str(asked.id)),
        title=Localized.of(
            fr=f"Réunion extraordinaire demandée\u00a0: {asked.body.name}",
            en=f"Extraordinary meeting requested: {asked.body.name}",
        ),
        day=on,
        content={"reason": asked.reason, "ground": asked.ground, "supporters": have, "needed": needed,
                 "questions": list(asked.question_ids)},
        audience=asked.audience,
    )  # fmt: skip
    letters.requested(session, asked)
