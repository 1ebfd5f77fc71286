"""The employer's reasoned response to an opinion, point by point."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.consultations import services as consultations
from consult.consultations.rules import FactKind
from consult.core.localized import Localized
from consult.opinions import letters
from consult.opinions.models import Opinion, Response, ResponsePoint
from consult.opinions.rules import (
    PointsMissing,
    ResponseExists,
    Stance,
)
from consult.people.models import Account
from consult.register import services as register
from consult.register.rules import Tag


def respond(
    session: Session,
    opinion: Opinion,
    *,
    text: Localized,
    points: Mapping[UUID, tuple[Stance, Localized]],
    actor: Account,
    on: date,
    once: UUID | None = None,
) -> Response:
    """The reasoned response, point by point (L2312-15): every reservation and wish gets a stance and a
    reason. ``once`` as above. Raises `PointsMissing`, `ResponseExists`."""
    register.touch(session)
    known = session.scalar(select(Response).where(Response.opinion_id == opinion.id))
    if known is not None:
        if known.id == once and known.given_by == actor.id:
            return known
        raise ResponseExists
    missing = tuple(one.code for one in opinion.points if not points.get(one.id, (None, Localized({})))[1])
    if missing:
        raise PointsMissing(missing)
    response = Response(id=once or uuid4(), opinion=opinion, text=text, given_on=on, author=actor)
    for point in opinion.points:
        stance, reason = points[point.id]
        response.points.append(ResponsePoint(point=point, stance=stance, text=reason))
    session.add(response)
    session.flush()
    notice = opinion.consultation.notice
    register.record(
        session,
        Tag.RESPONSE_GIVEN,
        response.ref,
        title=Localized.of(fr="Réponse motivée", en="Reasoned response"),
        day=on,
        content={
            "text": dict(text.texts),
            "points": {one.point.code: [one.stance, dict(one.text.texts)] for one in response.in_order},
        },
        audience=notice.audience,
        notice_id=notice.id,
        because=[opinion.ref],
    )
    consultations.add_fact(session, opinion.consultation, FactKind.RESPONSE_GIVEN, on=on, actor=actor)
    letters.response_given(session, response)
    return response
