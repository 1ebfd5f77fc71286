"""The position of a body on the charter of use, rule by rule, by vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.consultations.models import Consultation
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import Localized
from consult.notices import queries as notices
from consult.notices.models import Revision
from consult.notices.rules import NoticeState
from consult.opinions import charter_letters
from consult.opinions.charter_rules import REASONED, NoRuleChosen, ReasonMissing, RuleUnknown
from consult.opinions.models import CharterPosition, CharterVote
from consult.opinions.rules import NotAdopted, RulePosition, is_adopted
from consult.people import services as people
from consult.people.models import Account
from consult.register import services as register
from consult.register.rules import Ref, Tag

Positions = Mapping[UUID, tuple[RulePosition, Localized]]
"""By the identifier of the rule: what the body says, and why."""

_votes = (
    select(CharterVote)
    .where(CharterVote.notice_id == bindparam("notice_id"))
    .options(
        selectinload(CharterVote.positions),
        joinedload(CharterVote.body),
        joinedload(CharterVote.resolution),
    )
    .order_by(CharterVote.voted_on.desc(), CharterVote.number.desc(), CharterVote.id)
)


def votes_on(session: Session, notice_id: UUID) -> Sequence[CharterVote]:
    """Of every body, the last first."""
    return session.scalars(_votes, {"notice_id": notice_id}).all()


def votes_of(session: Session, notice_id: UUID, body_id: UUID) -> list[CharterVote]:
    """Of one body, the last first."""
    found = [one for one in votes_on(session, notice_id) if one.body_id == body_id]
    return sorted(found, key=lambda one: one.number, reverse=True)


def vote(
    session: Session,
    consultation: Consultation,
    *,
    positions: Positions,
    votes: Mapping[str, int],
    about: int,
    follows: int,
    actor: Account,
    on: date,
    once: UUID | None = None,
) -> CharterVote:
    """One resolution on some rules or all of them. ``about``: the revision that was read; ``follows``: the
    number of the body's last vote then, 0 for none; ``once``: the identifier it will have; sent twice, the
    first stays. Raises `NotAdopted`, `NoRuleChosen`, `RuleUnknown`, `ReasonMissing`, `WrongState`, and
    `EditedMeanwhile` where the text or the body's last vote is another by now."""
    if not is_adopted(votes["for"], votes["against"], votes["abstentions"]):
        raise NotAdopted
    notice, body = consultation.notice, consultation.body
    register.touch(session)  # two members who send at once come one after the other
    earlier = votes_of(session, notice.id, body.id)
    known = next((one for one in earlier if one.id == once and one.recorded_by == actor.id), None)
    if known is not None:
        return known
    revision = notices.published(notice)
    if notice.state is not NoticeState.PUBLISHED or revision is None:
        raise WrongState("notice", notice.state)
    if about != revision.number or follows != (earlier[0].number if earlier else 0):
        raise EditedMeanwhile
    _must_be_whole(revision, positions)
    title = Localized.of(
        fr=f"Position sur les règles d’usage (révision {revision.number})",
        en=f"Position on the rules of use (revision {revision.number})",
    )
    voted = CharterVote(
        id=once or uuid4(), notice=notice, body=body, number=follows + 1, about_revision=revision.number,
        voted_on=on, recorded_by=actor.id,
        resolution=people.record_resolution(session, body, text=title, on=on, actor=actor, votes=votes),
        positions=[
            CharterPosition(rule_id=one.id, position=positions[one.id][0], reason=positions[one.id][1])
            for one in revision.rules if one.id in positions
        ],
    )  # fmt: skip
    session.add(voted)
    session.flush()
    _record(session, voted, revision, votes)
    charter_letters.voted(session, voted)
    return voted


def _must_be_whole(revision: Revision, positions: Positions) -> None:
    if not positions:
        raise NoRuleChosen
    if not positions.keys() <= {one.id for one in revision.rules}:
        raise RuleUnknown
    for rule, (position, reason) in positions.items():
        if position in REASONED and not reason:
            raise ReasonMissing(rule)


def _record(session: Session, voted: CharterVote, revision: Revision, votes: Mapping[str, int]) -> None:
    body, said = voted.body.name, {one.rule_id: one for one in voted.positions}
    rules = [
        {
            "rule": at,
            "text": dict(rule.text.texts),
            "position": said[rule.id].position,
            "reason": dict(said[rule.id].reason.texts),
        }
        for at, rule in enumerate(revision.rules, start=1)
        if rule.id in said
    ]
    register.record(
        session,
        Tag.CHARTER_VOTED,
        voted.ref,
        title=Localized.of(
            fr=f"Position sur la charte d’usage\u00a0: {body}", en=f"Position on the charter of use: {body}"
        ),
        day=voted.voted_on,
        content={
            "number": voted.number, "about_revision": revision.number, "votes": dict(votes), "rules": rules,
        },
        audience=voted.notice.audience,
        notice_id=voted.notice_id,
        because=[Ref("notice", str(voted.notice_id))],
    )  # fmt: skip
