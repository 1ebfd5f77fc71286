"""Recording the body's opinion, its comment beside a notice, and the employer's reasoned response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.consultations import services as consultations
from consult.consultations.models import Consultation
from consult.consultations.rules import FactKind, Stage
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import Localized
from consult.notices import queries as notices
from consult.notices.models import Notice
from consult.notices.rules import NoticeState
from consult.opinions import letters, queries
from consult.opinions.models import Opinion, OpinionPoint, Remark, Response, ResponsePoint
from consult.opinions.rules import (
    NotAdopted,
    OpinionExists,
    PointKind,
    PointsMissing,
    Position,
    RemarkTooLong,
    ResponseExists,
    Stance,
    is_adopted,
    too_long,
)
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
    once: UUID | None = None,
) -> Opinion:
    """The opinion as the body adopted it: ``votes`` (for, against, abstentions) must carry the motion
    by a majority of the members present. ``once``: the identifier it will have; sent twice, the first
    stays. Raises `NotAdopted`, `OpinionExists`, `WrongState`."""
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


# ── the comment beside the two-minute page ─────────────────────────────────────


def comment(
    session: Session,
    consultation: Consultation,
    *,
    text: Localized,
    votes: Mapping[str, int],
    follows: int,
    actor: Account,
    on: date,
    once: UUID | None = None,
) -> Remark:
    """The comment as the body adopted it, beside the revision in force. ``follows``: the number of the one
    it takes the place of, 0 for the first. ``once`` as above. Raises `NotAdopted`, `RemarkTooLong`,
    `EditedMeanwhile` where another follows that one already, `WrongState`."""
    if not is_adopted(votes["for"], votes["against"], votes["abstentions"]):
        raise NotAdopted
    if too_long(text):
        raise RemarkTooLong
    notice, body = consultation.notice, consultation.body
    register.touch(session)
    written = queries.remarks_of(session, notice.id, body.id)
    known = next((one for one in written if one.id == once and one.recorded_by == actor.id), None)
    if known is not None:
        return known
    revision = _in_force(notice)
    if follows != (written[0].number if written else 0):
        raise EditedMeanwhile
    remark = Remark(
        id=once or uuid4(), notice=notice, body=body, number=follows + 1, about_revision=revision, text=text,
        written_on=on, recorded_by=actor.id,
        resolution=people.record_resolution(session, body, text=text, on=on, actor=actor, votes=votes),
    )  # fmt: skip
    session.add(remark)
    session.flush()
    content = {"text": dict(text.texts), "about_revision": revision, "votes": dict(votes)}
    _record_remark(session, remark, Tag.REMARK_PUBLISHED, on, content)
    letters.commented(session, remark)
    return remark


def withdraw_comment(
    session: Session, remark: Remark, *, votes: Mapping[str, int], actor: Account, on: date
) -> None:
    """The body takes its comment back; its text stays on record. Said again, nothing changes.
    Raises `NotAdopted`, `EditedMeanwhile` where another follows it."""
    if not is_adopted(votes["for"], votes["against"], votes["abstentions"]):
        raise NotAdopted
    register.touch(session)
    session.refresh(remark)
    if remark.withdrawn_on is not None:
        return
    if queries.remarks_of(session, remark.notice_id, remark.body_id)[0] is not remark:
        raise EditedMeanwhile
    text = Localized.of(fr="Retrait du commentaire", en="Withdrawal of the comment")
    resolution = people.record_resolution(session, remark.body, text=text, on=on, actor=actor, votes=votes)
    remark.withdrawn_on, remark.withdrawal_id = on, resolution.id
    session.flush()
    _record_remark(session, remark, Tag.REMARK_WITHDRAWN, on, {"votes": dict(votes)})


def _in_force(notice: Notice) -> int:
    revision = notices.published(notice)
    if notice.state is not NoticeState.PUBLISHED or revision is None:
        raise WrongState("notice", notice.state)
    return revision.number


def _record_remark(session: Session, remark: Remark, tag: Tag, on: date, content: Mapping[str, Any]) -> None:
    body = remark.body.name
    register.record(
        session,
        tag,
        remark.ref,
        title=Localized.of(fr=f"Commentaire\u00a0: {body}", en=f"Comment: {body}"),
        day=on,
        content={"number": remark.number, **content},
        audience=remark.notice.audience,
        notice_id=remark.notice_id,
        because=[Ref("notice", str(remark.notice_id))],
    )
