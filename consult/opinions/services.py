"""Recording the body's opinion and the employer's reasoned response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.consultations import services as consultations
from consult.consultations.models import Consultation
from consult.consultations.rules import FactKind
from consult.core.localized import Localized
from consult.opinions import letters, queries
from consult.opinions.models import Opinion, OpinionPoint, Response, ResponsePoint
from consult.opinions.rules import NotAdopted, OpinionExists, PointKind, PointsMissing, Position, Stance, is_adopted
from consult.people import services as people
from consult.people.models import Account
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
) -> Opinion:
    """The opinion as the body adopted it: ``votes`` (for, against, abstentions) must carry the motion
    by a majority of the members present. Raises `NotAdopted`, `OpinionExists`."""
    if not is_adopted(votes["for"], votes["against"], votes["abstentions"]):
        raise NotAdopted
    if queries.of_consultation(session, consultation.id) is not None:
        raise OpinionExists
    resolution = people.record_resolution(
        session, consultation.body, text=text, on=on, actor=actor, votes=votes
    )
    opinion = Opinion(
        consultation=consultation, resolution=resolution, position=position, text=text, given_on=on,
        recorded_by=actor.id,
    )  # fmt: skip
    for kind in PointKind:
        texts = [one for of_kind, one in points if of_kind is kind]
        for number, point in enumerate(texts, start=1):
            opinion.points.append(OpinionPoint(kind=kind, number=number, text=point))
    session.add(opinion)
    session.flush()
    notice = consultation.notice
    register.record(
        session,
        Tag.OPINION_GIVEN,
        Ref("opinion", str(opinion.id)),
        title=Localized.of(fr=f"Avis : {consultation.body.name}", en=f"Opinion: {consultation.body.name}"),
        day=on,
        content={
            "text": dict(text.texts),
            "position": position,
            "votes": dict(votes),
            "points": {one.code: dict(one.text.texts) for one in opinion.points},
        },
        audience=notice.audience,
        notice_id=notice.id,
        because=[Ref("notice", str(notice.id))],
    )
    consultations.add_fact(session, consultation, FactKind.OPINION_GIVEN, on=on, actor=actor)
    letters.opinion_given(session, opinion)
    return opinion


def respond(
    session: Session,
    opinion: Opinion,
    *,
    text: Localized,
    points: Mapping[UUID, tuple[Stance, Localized]],
    actor: Account,
    on: date,
) -> Response:
    """The reasoned response, point by point (L2312-15): every reservation and wish gets a stance and a
    reason. Raises `PointsMissing`."""
    missing = tuple(one.code for one in opinion.points if not points.get(one.id, (None, Localized({})))[1])
    if missing:
        raise PointsMissing(missing)
    response = Response(opinion=opinion, text=text, given_on=on, author=actor)
    for point in opinion.points:
        stance, reason = points[point.id]
        response.points.append(ResponsePoint(point=point, stance=stance, text=reason))
    session.add(response)
    session.flush()
    consultation = opinion.consultation
    notice = consultation.notice
    register.record(
        session,
        Tag.RESPONSE_GIVEN,
        Ref("response", str(response.id)),
        title=Localized.of(fr="Réponse motivée", en="Reasoned response"),
        day=on,
        content={
            "text": dict(text.texts),
            "points": {one.point.code: [one.stance, dict(one.text.texts)] for one in response.points},
        },
        audience=notice.audience,
        notice_id=notice.id,
        because=[Ref("opinion", str(opinion.id))],
    )
    consultations.add_fact(session, consultation, FactKind.RESPONSE_GIVEN, on=on, actor=actor)
    letters.response_given(session, response)
    return response
