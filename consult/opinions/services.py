"""Recording the body's opinion: by a vote on paper, or from what carried on its draft."""

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
from consult.core.db import WithId
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.notices.rules import NoticeState
from consult.opinions import letters, queries
from consult.opinions.draft_models import Declaration, DraftVersion
from consult.opinions.models import Opinion, OpinionPoint
from consult.opinions.motions import (
    Method,
    NoOpinion,
    Outcome,
    Rule,
    Tally,
    position_of,
    result,
    rules_of,
    tally_of,
)
from consult.opinions.rules import (
    NotAdopted,
    OpinionExists,
    PointKind,
    Position,
)
from consult.opinions.vote_models import NamedVote, Proposition
from consult.people import queries as people_queries
from consult.people import services as people
from consult.people.models import Account, Mandate
from consult.people.rules import MandateRole, must_decide
from consult.procedures.loading import template
from consult.register import services as register
from consult.register.rules import Ref, Tag


def rules_for(consultation: Consultation) -> tuple[Rule, ...]:
    """The rules its body may vote by. Raises `NoOpinion` where the procedure knows no opinion."""
    found = template(consultation.template) if consultation.template else None
    if found is None or not found.has_opinion:
        raise NoOpinion
    return rules_of(found)


def hold(session: Session, kind: type[WithId], ident: UUID) -> None:
    """Takes the row's lock (on PostgreSQL; SQLite holds its one write lock already)."""
    session.execute(select(kind.id).where(kind.id == ident).with_for_update())


def is_over(consultation: Consultation) -> bool:
    """Nothing more can be said on it."""
    return consultation.notice.state is not NoticeState.PUBLISHED or consultation.stage is Stage.CLOSED


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
    rule: Rule | None = None,
) -> Opinion:
    """The opinion of a body that voted on paper: ``votes`` (for, against, abstentions, blank) must carry it
    by ``rule``, one of `rules_for` (default: the first). ``once``: the identifier it will have; sent twice,
    the first stays. Raises `PreparesOnly`, `NoOpinion`, `NotAdopted`, `OpinionExists`, `WrongState`."""
    must_decide(consultation.body.kind)
    by, tally = rule or rules_for(consultation)[0], tally_of(votes)
    if not result(by, tally, seats=seats_on(session, consultation, on)).is_carried:
        raise NotAdopted
    hold(session, Consultation, consultation.id)  # a colleague may record a vote on the draft
    register.touch(session)  # two members who send at once come one after the other
    known = queries.of_consultation(session, consultation.id)
    if known is not None:
        if known.id == once and known.recorded_by == actor.id:
            return known
        raise OpinionExists
    if is_over(consultation):
        raise WrongState("consultation", consultation.stage)
    carried = put(
        session, consultation, outcome=Outcome(position.value), text=text, rule=by, method=Method.HEADS,
        tally=tally, on=on, actor=actor,
    )  # fmt: skip
    return adopt(session, consultation, carried, text=text, points=points, actor=actor, on=on, once=once)


def seats_on(session: Session, consultation: Consultation, on: date) -> int:
    """Mandates that vote on that day, which a quorum is counted from."""
    body_id = consultation.body_id
    return len(people_queries.voting(session, [body_id], on=on)[body_id])


def seated(
    session: Session, body_id: UUID, actor: Account, *, on: date
) -> tuple[list[Mandate], list[Mandate]]:
    """Who votes by name on that day, and the alternates who may sit on another's seat: none unless the
    secretary records the vote, nor one who votes already in a member's place."""
    members = people_queries.staff_members(session, body_id, on=on)
    voting = people_queries.voting(session, [body_id], on=on)[body_id]
    is_theirs = any(one.account_id == actor.id and one.role is MandateRole.SECRETARY for one in members)
    alternates = [one for one in members if one.role is MandateRole.ALTERNATE and one.id not in voting]
    return [one for one in members if one.id in voting], alternates if is_theirs else []


def put(
    session: Session, consultation: Consultation, *, outcome: Outcome, text: Localized, rule: Rule,
    method: Method, tally: Tally, on: date, actor: Account, version: DraftVersion | None = None,
    by_name: Sequence[NamedVote] = (), once: UUID | None = None,
) -> Proposition:  # fmt: skip
    """What was put to the vote, and how it went; only what carried is a decision of the body."""
    found = result(rule, tally, seats=seats_on(session, consultation, on))
    resolution = None
    if found.is_carried:
        votes = {"for": tally.votes_for, "against": tally.votes_against, "abstentions": tally.abstentions}
        resolution = people.record_resolution(
            session, consultation.body, text=text, on=on, actor=actor, votes=votes
        )
    proposition = Proposition(
        id=once or uuid4(), consultation_id=consultation.id, outcome=outcome, method=method, version=version,
        number=queries.last_proposition(session, consultation.id) + 1, majority=rule.majority,
        reference=rule.reference, votes_for=tally.votes_for, votes_against=tally.votes_against,
        abstentions=tally.abstentions, blank=tally.blank, base=found.base, needed=found.needed,
        has_quorum=found.has_quorum, is_carried=found.is_carried, voted_on=on, recorded_by=actor.id,
        resolution_id=resolution.id if resolution is not None else None, by_name=list(by_name),
    )  # fmt: skip
    session.add(proposition)
    session.flush()
    return proposition


def adopt(
    session: Session, consultation: Consultation, carried: Proposition, *, text: Localized,
    points: Sequence[tuple[PointKind, Localized]], actor: Account, on: date, once: UUID | None = None,
) -> Opinion:  # fmt: skip
    """The opinion itself, with the declarations that wait to be annexed; it ends the period."""
    opinion = Opinion(
        id=once or uuid4(), consultation=consultation, resolution_id=carried.resolution_id,
        position=position_of(carried.outcome), text=text, given_on=on, recorded_by=actor.id,
        points=_numbered(points),
    )  # fmt: skip
    session.add(opinion)
    session.flush()
    annexed = queries.declarations(session, consultation.id)
    for one in annexed:
        one.opinion = opinion
    session.flush()
    _record_opinion(session, opinion, carried, annexed)
    consultations.add_fact(session, consultation, FactKind.OPINION_GIVEN, on=on, actor=actor)
    letters.opinion_given(session, opinion)
    return opinion


def _numbered(points: Sequence[tuple[PointKind, Localized]]) -> list[OpinionPoint]:
    found = []
    for kind in PointKind:
        texts = [text for of_kind, text in points if of_kind is kind]
        found += [OpinionPoint(kind=kind, number=at, text=text) for at, text in enumerate(texts, start=1)]
    return found


def _record_opinion(
    session: Session, opinion: Opinion, carried: Proposition, annexed: Sequence[Declaration]
) -> None:
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
            "votes": votes_of(carried),
            "points": {one.code: dict(one.text.texts) for one in opinion.points},
            "declarations": [[one.signed, dict(one.text.texts), one.file] for one in annexed],
        },
        audience=notice.audience,
        notice_id=notice.id,
        because=[Ref("notice", str(notice.id))],
    )
    for point in opinion.points:
        register.tie(session, opinion.ref, point.ref)


def votes_of(carried: Proposition) -> dict[str, Any]:
    """The count and the rule, for the record. Never who voted what."""
    return {
        "for": carried.votes_for, "against": carried.votes_against, "abstentions": carried.abstentions,
        "blank": carried.blank, "majority": carried.majority, "reference": carried.reference,
    }  # fmt: skip
