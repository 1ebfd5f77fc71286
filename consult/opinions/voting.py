"""Putting the draft to the vote, by head or by name. What carries becomes the opinion, or a statement that is
none; what is lost leaves the draft open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.consultations.models import Consultation
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import Localized
from consult.opinions import letters, queries, services
from consult.opinions.draft_models import Draft
from consult.opinions.drafting import state_of
from consult.opinions.models import Opinion
from consult.opinions.motions import (
    DraftState,
    Majority,
    Method,
    NotTheirVote,
    Outcome,
    Rule,
    Seat,
    Tally,
    count,
    ends_the_period,
    seats_wrong,
)
from consult.opinions.services import hold
from consult.opinions.vote_models import NamedVote, Proposition, Statement, Translation
from consult.people.models import Account
from consult.register import services as register
from consult.register.rules import Ref, Tag


def vote_by_head(
    session: Session, draft: Draft, *, about: int, rule: Rule, tally: Tally, voted_on: date, actor: Account,
    once: UUID | None = None,
) -> Proposition:  # fmt: skip
    """The count of a vote on version ``about``; see `_vote`."""
    return _vote(session, draft, about, rule, Method.HEADS, tally, (), voted_on, actor, once)


def vote_by_name(
    session: Session, draft: Draft, *, about: int, rule: Rule, seats: Sequence[Seat], voted_on: date,
    actor: Account, once: UUID | None = None,
) -> Proposition:  # fmt: skip
    """The same with each member's vote: voting mandates of that day, an alternate where the secretary, who
    records the vote then, marks them as replacing. Raises `NotTheirVote` besides."""
    body_id = draft.consultation.body_id
    voters, alternates = services.seated(session, body_id, actor, on=voted_on)
    if wrong := seats_wrong(seats, {one.id for one in voters}, {one.id for one in alternates}):
        raise NotTheirVote(wrong)
    by_name = [NamedVote(mandate_id=one.mandate, by_id=one.by, choice=one.choice) for one in seats]
    return _vote(session, draft, about, rule, Method.NAMES, count(seats), by_name, voted_on, actor, once)


def _vote(
    session: Session, draft: Draft, about: int, rule: Rule, method: Method, tally: Tally,
    by_name: Sequence[NamedVote], voted_on: date, actor: Account, once: UUID | None,
) -> Proposition:  # fmt: skip
    """Records the vote and what follows. Sent twice, it stands once. Raises `EditedMeanwhile` where the draft
    has another version by now, `WrongState`."""
    consultation = draft.consultation
    hold(session, Draft, draft.id)
    hold(session, Consultation, consultation.id)  # a colleague may record the opinion from paper
    session.expire(draft, ["versions"])
    known = session.get(Proposition, once) if once is not None else None
    if known is not None and known.recorded_by == actor.id and known.consultation_id == consultation.id:
        return known
    if state_of(session, consultation) is not DraftState.OPEN:
        raise WrongState("draft", "not open")
    version = draft.newest
    if version.number != about:
        raise EditedMeanwhile
    put = services.put(
        session, consultation, outcome=version.outcome, text=version.text, rule=rule, method=method,
        tally=tally, on=voted_on, actor=actor, version=version, by_name=by_name, once=once,
    )  # fmt: skip
    if put.is_carried and ends_the_period(put.outcome):
        services.adopt(
            session, consultation, put, text=version.text, points=version.points, actor=actor, on=voted_on
        )
    elif put.is_carried:
        _state(session, consultation, put, version.text, actor)
    return put


_TITLES: dict[Outcome, tuple[str, str]] = {
    Outcome.TAKES_NOTE: ("Prend acte, sans position", "Takes note, no position"),
    Outcome.INSUFFICIENT_INFORMATION: (
        "Information jugée insuffisante, aucun avis rendu",
        "Insufficiently informed, no opinion given",
    ),
    Outcome.REFUSAL: ("Refus de rendre un avis", "Refusal to give an opinion"),
}


def _state(
    session: Session, consultation: Consultation, put: Proposition, text: Localized, actor: Account
) -> Statement:
    """On record and shown; the consultations' facts do not change, so the period runs on."""
    assert put.resolution_id is not None, "it carried"
    statement = Statement(
        consultation=consultation, outcome=put.outcome, text=text, said_on=put.voted_on,
        resolution_id=put.resolution_id, recorded_by=actor.id,
    )  # fmt: skip
    session.add(statement)
    session.flush()
    notice, body = consultation.notice, consultation.body.name
    fr, en = _TITLES[put.outcome]
    register.record(
        session,
        Tag.OPINION_STATED,
        statement.ref,
        title=Localized.of(fr=f"{fr}\u00a0: {body}", en=f"{en}: {body}"),
        day=put.voted_on,
        content={"text": dict(text.texts), "outcome": put.outcome, "votes": services.votes_of(put)},
        audience=notice.audience,
        notice_id=notice.id,
        because=[Ref("notice", str(notice.id))],
    )
    letters.stated(session, statement)
    return statement


def translate(
    session: Session, opinion: Opinion, *, text: str, points: Mapping[str, str], actor: Account, on: date
) -> Translation:
    """The courtesy translation, once. Raises `WrongState` where the adopted text has both languages, or there
    is a translation."""
    register.touch(session)
    language = missing_language(opinion)
    if not language:
        raise WrongState("opinion", "in both languages")
    if queries.translations(session, [opinion]):
        raise WrongState("opinion", "translated")
    known = {one.code for one in opinion.points}
    made = Translation(
        opinion_id=opinion.id, language=language, text=text, made_on=on, made_by=actor.id,
        points={code: said for code, said in points.items() if code in known and said},
    )  # fmt: skip
    session.add(made)
    session.flush()
    body = opinion.consultation.body.name
    register.record(
        session,
        Tag.OPINION_TRANSLATED,
        made.ref,
        title=Localized.of(
            fr=f"Traduction de courtoisie de l’avis\u00a0: {body}",
            en=f"Courtesy translation of the opinion: {body}",
        ),
        day=on,
        content={"language": language, "text": text, "points": dict(made.points)},
        audience=opinion.audience,
        notice_id=opinion.consultation.notice_id,
        because=[opinion.ref],
    )
    return made


def missing_language(opinion: Opinion) -> str:
    """The language the adopted text does not have; empty where it has both."""
    return next((one for one in ("fr", "en") if not opinion.text.texts.get(one, "").strip()), "")


def is_by_vote(rule: Rule) -> bool:
    return rule.majority is not Majority.NO_VOTE
