"""Recording the body's opinion, its comment beside a notice, and the employer's reasoned response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from consult.consultations import services as consultations
from consult.consultations.models import Consultation
from consult.consultations.rules import FactKind, Stage
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.notices.rules import NoticeState
from consult.opinions import letters, queries
from consult.opinions.models import Opinion, OpinionPoint
from consult.opinions.rules import (
    NotAdopted,
    OpinionExists,
    PointKind,
    Position,
    is_adopted,
)
from consult.people import services as people
from consult.people.models import Account
from consult.people.rules import must_decide
from consult.register import services as register
from consult.register.rules import Ref, Tag


def give(
    session: Session,
    consultation: Consultation,
    *,
    text: Localized,
    position: Position,
    points: Sequence[tuple[PointKind, Localized]],
    votes: Mapping[str, int],
    actor: Account,
    on: date,
    once: UUID | None = None,
) -> Opinion:
    """The opinion as the body adopted it: ``votes`` (for, against, abstentions) must carry the motion
    by a majority of the members present. ``once``: the identifier it will have; sent twice, the first
    stays. Raises `PreparesOnly`, `NotAdopted`, `OpinionExists`, `WrongState`."""
    must_decide(consultation.body.kind)
    if not is_adopted(votes["for"], votes["against"], votes["abstentions"]):
        raise NotAdopted
    register.touch(session)  # two members who send at once come one after the other
    known = queries.of_consultation(session, consultation.id)
    if known is not None:
        if known.id == once and known.recorded_by == actor.id:
            return known
        raise OpinionExists
    if consultation.notice.state is not NoticeState.PUBLISHED or consultation.stage is Stage.CLOSED:
        raise WrongState("consultation", consultation.stage)
    resolution = people.record_resolution(
        session, consultation.body, text=text, on=on, actor=actor, votes=votes
    )
    opinion = Opinion(
        id=once or uuid4(), consultation=consultation, resolution=resolution, position=position, text=text,
        given_on=on, recorded_by=actor.id, points=_numbered(points),
    )  # fmt: skip
    session.add(opinion)
    session.flush()
    _record_opinion(session, opinion, votes)
    consultations.add_fact(session, consultation, FactKind.OPINION_GIVEN, on=on, actor=actor)
    letters.opinion_given(session, opinion)
    return opinion


def _numbered(points: Sequence[tuple[PointKind, Localized]]) -> list[OpinionPoint]:
    found = []
    for kind in PointKind:
        texts = [text for of_kind, text in points if of_kind is kind]
        found += [OpinionPoint(kind=kind, number=at, text=text) for at, text in enumerate(texts, start=1)]
    return found


def _record_opinion(session: Session, opinion: Opinion, votes: Mapping[str, int]) -> None:
    notice, body = opinion.consultation.notice, opinion.consultation.body.name
    register.record(
        session,
        Tag.OPINION_GIVEN,
        opinion.ref,
        title=Localized.of(fr=f"Avis\u00a0: {body}", en=f"Opinion: {body}"),
        day=opinion.given_on,
        content={
            "text": dict(opinion.text.texts),
            "position": opinion.position,
            "votes": dict(votes),
            "points": {one.code: dict(one.text.texts) for one in opinion.points},
        },
        audience=notice.audience,
        notice_id=notice.id,
        because=[Ref("notice", str(notice.id))],
    )
    for point in opinion.points:
        register.tie(session, opinion.ref, point.ref)
