"""The employer's reasoned response to an opinion, point by point, and what follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.commitments import services as commitments
from consult.commitments.rules import Nature
from consult.consultations import services as consultations
from consult.consultations.rules import FactKind
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.notices.rules import NoticeState
from consult.opinions import letters, pending, response_letters
from consult.opinions.models import FollowUp, Opinion, OpinionPoint, Response, ResponseFile, ResponsePoint
from consult.opinions.points import (
    AlreadySettled,
    Answer,
    AnsweredMeanwhile,
    AnswerIncomplete,
    fault_of,
    progress,
)
from consult.opinions.rules import (
    PointKind,
    PointsMissing,
    ResponseExists,
    Stance,
)
from consult.people.models import Account
from consult.register import services as register
from consult.register.rules import Tag

_FOR_ALL = Localized.of(fr="Tous les groupes concernés", en="All groups concerned")
Answers = Mapping[UUID, Answer | tuple[Stance, Localized]]
"""By the identifier of the point."""


def respond(
    session: Session,
    opinion: Opinion,
    *,
    text: Localized,
    points: Answers,
    actor: Account,
    on: date,
    in_part: bool = False,
    once: UUID | None = None,
) -> Response:
    """The reasoned response, point by point (L2312-15): every reservation and wish gets a stance and a
    reason, unless it is given ``in_part``; those left out stay unanswered, with their age. An answer that
    accepts may carry its commitment. ``once`` as above. Raises `PointsMissing`, `AnswerIncomplete`,
    `ResponseExists`, `WrongState` for a notice that was withdrawn."""
    register.touch(session)
    known = session.scalar(select(Response).where(Response.opinion_id == opinion.id))
    if known is not None:
        if known.id == once and known.given_by == actor.id:
            return known
        raise ResponseExists
    _must_stand(opinion)
    said = {ident: Answer(*one) for ident, one in points.items()}
    missing = tuple(one.code for one in opinion.points if one.id not in said or not said[one.id].text)
    if missing and not in_part:
        raise PointsMissing(missing)
    answered = [(one, said[one.id]) for one in opinion.points if one.id in said]
    for point, answer in answered:
        _must_be_whole(point, answer, on)
    response = Response(id=once or uuid4(), opinion=opinion, text=text, given_on=on, author=actor)
    for point, answer in answered:
        response.points.append(ResponsePoint(point=point, **_columns(answer)))
    session.add(response)
    session.flush()
    files = _attach(session, response)
    _record_response(session, response, files)
    _await(session, opinion)
    consultations.add_fact(session, opinion.consultation, FactKind.RESPONSE_GIVEN, on=on, actor=actor)
    letters.response_given(session, response)
    for point, answer in answered:
        _promise(session, point, answer, actor=actor, on=on)
    return response


def follow_up(
    session: Session,
    point: OpinionPoint,
    answer: Answer,
    *,
    follows: int,
    actor: Account,
    on: date,
    once: UUID | None = None,
) -> FollowUp:
    """A further answer to a point that is not settled, once the response was given. ``follows``: how many
    answers the page showed. ``once`` as above. Raises `AnswerIncomplete`, `AlreadySettled`,
    `AnsweredMeanwhile`, `WrongState`."""
    register.touch(session)
    opinion = point.opinion
    if opinion.response is None:
        raise WrongState("response", "not given")
    session.refresh(opinion.response, ["points", "follow_ups"])
    answers = pending.answers_to(opinion.response, point)
    for one in answers:
        if isinstance(one, FollowUp) and one.id == once and one.given_by == actor.id:
            return one
    _must_stand(opinion)
    if not progress(opinion.given_on, answers, on=on).is_open:
        raise AlreadySettled
    if follows != len(answers):
        raise AnsweredMeanwhile
    _must_be_whole(point, answer, on)
    number = sum(isinstance(one, FollowUp) for one in answers) + 1
    given = FollowUp(
        id=once or uuid4(), response=opinion.response, point=point, number=number, given_on=on,
        given_by=actor.id, **_columns(answer),
    )  # fmt: skip
    session.add(given)
    session.flush()
    _record_follow_up(session, given)
    _await(session, opinion)
    response_letters.followed_up(session, given)
    _promise(session, point, answer, actor=actor, on=on)
    return given


def _must_stand(opinion: Opinion) -> None:
    state = opinion.consultation.notice.state
    if state is not NoticeState.PUBLISHED:
        raise WrongState("notice", state)


def _must_be_whole(point: OpinionPoint, answer: Answer, on: date) -> None:
    fault = fault_of(answer, on=on)
    if fault is not None:
        raise AnswerIncomplete(point.code, fault)


def _columns(answer: Answer) -> dict[str, Any]:
    """What is kept of an answer: only what its stance calls for."""
    is_study, is_talks = answer.stance is Stance.STUDYING, answer.stance is Stance.NEGOTIATING
    return {
        "stance": answer.stance,
        "text": answer.text,
        "until_on": answer.until_on if is_study else None,
        "with_whom": answer.with_whom if is_talks else None,
        "since_on": answer.since_on if is_talks else None,
    }


def _attach(session: Session, response: Response) -> Sequence[ResponseFile]:
    """What was put beside the draft is given with the response."""
    files = pending.files(session, [response.opinion_id])[response.opinion_id]
    for one in files:
        one.response_id = response.id
    session.flush()
    kept = pending.draft(session, response.opinion_id)
    if kept is not None:
        session.delete(kept)
        session.flush()
    return files


def _promise(session: Session, point: OpinionPoint, answer: Answer, *, actor: Account, on: date) -> None:
    """The commitment made in one step, tied to the point."""
    if answer.promise is None:
        return
    consultation = point.opinion.consultation
    commitments.promise(
        session, consultation.notice, body=consultation.body, title=answer.promise.title,
        detail=answer.text, nature=Nature.MEASURE, for_whom=_FOR_ALL, owner=answer.promise.owner,
        due_on=answer.promise.due_on, actor=actor, on=on, because=[point.ref],
    )  # fmt: skip


def _await(session: Session, opinion: Opinion) -> None:
    """Keeps the list of the points that wait for the last word."""
    assert opinion.response is not None
    session.refresh(opinion.response, ["points", "follow_ups"])
    on = max([opinion.response.given_on, *(one.given_on for one in opinion.response.follow_ups)])
    waiting = {
        one.point.id: opinion.given_on for one in pending.standings(opinion, on=on) if one.progress.is_open
    }
    ids = [one.id for one in opinion.points]
    register.await_instead(session, pending.AWAITED, waiting, of=ids)


def _told(answer: ResponsePoint | FollowUp) -> list[Any]:
    """As it goes on record."""
    more: dict[str, Any] = {}
    if answer.until_on is not None:
        more["until_on"] = answer.until_on.isoformat()
    if answer.since_on is not None and answer.with_whom is not None:
        more |= {"since_on": answer.since_on.isoformat(), "with_whom": dict(answer.with_whom.texts)}
    return [answer.stance, dict(answer.text.texts), *([more] if more else [])]


def _record_response(session: Session, response: Response, files: Sequence[ResponseFile]) -> None:
    notice = response.opinion.consultation.notice
    content: dict[str, Any] = {
        "text": dict(response.text.texts),
        "points": {one.point.code: _told(one) for one in response.in_order},
    }
    if files:
        content["files"] = {one.digest: one.name for one in files}
    register.record(
        session,
        Tag.RESPONSE_GIVEN,
        response.ref,
        title=Localized.of(fr="Réponse motivée", en="Reasoned response"),
        day=response.given_on,
        content=content,
        audience=notice.audience,
        notice_id=notice.id,
        because=[response.opinion.ref],
    )


def _record_follow_up(session: Session, given: FollowUp) -> None:
    point, notice = given.point, given.response.opinion.consultation.notice
    fr, en = ("vœu", "wish") if point.kind is PointKind.WISH else ("réserve", "reservation")
    register.record(
        session,
        Tag.RESPONSE_GIVEN,
        given.ref,
        title=Localized.of(
            fr=f"Suite donnée\u00a0: {fr.lower()} {point.number}",
            en=f"Follow-up: {en.lower()} {point.number}",
        ),
        day=given.given_on,
        content={"point": point.code, "number": given.number, "answer": _told(given)},
        audience=notice.audience,
        notice_id=notice.id,
        because=[given.response.ref, point.ref],
    )
