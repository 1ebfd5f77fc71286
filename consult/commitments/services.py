"""Promising, moving forward, judging."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.commitments import letters
from consult.commitments.models import Commitment, Update, Verdict
from consult.commitments.rules import BODY_MOVES, CommitmentState, Nature, ReasonMissing, employer_choices
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import Localized
from consult.notices.models import Notice
from consult.notices.rules import NoticeState
from consult.people import services as people
from consult.people.models import Account, Body, Resolution
from consult.people.rules import NotAdopted, is_adopted
from consult.register import services as register
from consult.register.rules import Ref, Tag


def promise(
    session: Session,
    notice: Notice,
    *,
    body: Body,
    title: Localized,
    nature: Nature,
    for_whom: Localized,
    owner: str,
    due_on: date,
    actor: Account,
    on: date,
    detail: Localized | None = None,
    because: Iterable[Ref] = (),
    once: UUID | None = None,
) -> Commitment:
    """The employer promises something to the body, on a notice: numbered, tied to what it answers.
    ``once``: the identifier it will have; sent twice, the first stays. Raises `WrongState`."""
    register.touch(session)  # takes the lock under which numbers are given
    if once is not None and (known := session.get(Commitment, once)) is not None:
        if known.notice_id == notice.id:
            return known
        once = None
    if notice.state is not NoticeState.PUBLISHED:
        raise WrongState("notice", notice.state)
    last = session.scalar(select(func.max(Commitment.number)).where(Commitment.notice_id == notice.id)) or 0
    commitment = Commitment(
        id=once or uuid4(), notice=notice, body=body, number=last + 1, title=title,
        detail=detail or Localized({}), nature=nature, for_whom=for_whom, owner=owner, due_on=due_on,
        agreed_on=on, state=CommitmentState.AGREED,
    )  # fmt: skip
    session.add(commitment)
    session.flush()
    content = {
        "title": dict(title.texts), "detail": dict(commitment.detail.texts), "nature": nature,
        "for": dict(for_whom.texts), "owner": owner, "due_on": due_on.isoformat(),
        "promised_by": str(actor.id),
    }  # fmt: skip
    _record(
        session, commitment, Tag.COMMITMENT_AGREED, on, content, [Ref("notice", str(notice.id)), *because]
    )
    letters.agreed(session, commitment)
    return commitment


def move(
    session: Session,
    commitment: Commitment,
    *,
    to: CommitmentState,
    text: Localized,
    actor: Account,
    on: date,
    version: int | None = None,
    once: UUID | None = None,
) -> Update:
    """The employer says where it stands; ``to`` may be where it stands already. ``once`` as above.
    Raises `WrongState`, `EditedMeanwhile`."""
    _lock(session, commitment)
    if once is not None and (known := session.get(Update, once)) is not None:
        if known.commitment_id == commitment.id and known.author_id == actor.id:
            return known
        once = None
    if version is not None and version != commitment.version:
        raise EditedMeanwhile(yours=text.shown("fr")[0], theirs=str(commitment.state))
    if to not in employer_choices(commitment.state):
        raise WrongState("commitment", commitment.state)
    has_moved, commitment.state = to is not commitment.state, to
    update = Update(
        id=once or uuid4(), commitment_id=commitment.id, position=_next(commitment), day=on, state=to,
        text=text, author_id=actor.id,
    )  # fmt: skip
    commitment.updates.append(update)
    session.flush()
    is_claimed = has_moved and to is CommitmentState.CLAIMED_DONE
    tag = Tag.COMMITMENT_CLAIMED if is_claimed else Tag.COMMITMENT_UPDATED
    _record(session, commitment, tag, on, {"state": to, "text": dict(text.texts)}, [])
    if is_claimed:
        letters.claimed(session, commitment)
    return update


def judge_on(
    session: Session,
    commitment: Commitment,
    *,
    is_kept: bool,
    reason: Localized,
    resolution: Localized,
    votes: Mapping[str, int],
    actor: Account,
    on: date,
    version: int | None = None,
    once: UUID | None = None,
) -> Verdict:
    """Records the body's resolution with its vote, and its verdict on it. ``once`` as above.
    Raises what `judge` raises."""
    _lock(session, commitment)
    known = session.get(Verdict, once) if once is not None else None
    if known is not None and known.commitment_id == commitment.id and known.recorded_by == actor.id:
        return known
    decided = people.record_resolution(
        session, commitment.body, text=resolution, on=on, actor=actor, votes=votes
    )
    return judge(
        session, commitment, is_kept=is_kept, reason=reason, resolution=decided, actor=actor, on=on,
        version=version, once=once if known is None else None,
    )  # fmt: skip


def judge(
    session: Session,
    commitment: Commitment,
    *,
    is_kept: bool,
    reason: Localized,
    resolution: Resolution,
    actor: Account,
    on: date,
    version: int | None = None,
    once: UUID | None = None,
) -> Verdict:
    """The body confirms or contests, on a resolution of its own that carried.
    Raises `NotAdopted`, `ReasonMissing`, `WrongState`, `EditedMeanwhile`."""
    _lock(session, commitment)
    if version is not None and version != commitment.version:
        raise EditedMeanwhile(yours=reason.shown("fr")[0], theirs=str(commitment.state))
    to = CommitmentState.CONFIRMED if is_kept else CommitmentState.CONTESTED
    if to not in BODY_MOVES[commitment.state]:
        raise WrongState("commitment", commitment.state)
    if resolution.body_id != commitment.body_id:
        raise WrongState("resolution", "of another body")
    if not is_adopted(resolution.votes_for, resolution.votes_against, resolution.abstentions):
        raise NotAdopted
    if not is_kept and not reason:
        raise ReasonMissing
    commitment.state = to
    verdict = Verdict(
        id=once or uuid4(), commitment_id=commitment.id, position=_next(commitment), resolution=resolution,
        day=on, is_kept=is_kept, reason=reason, author=actor,
    )  # fmt: skip
    commitment.verdicts.append(verdict)
    session.flush()
    tag = Tag.COMMITMENT_CONFIRMED if is_kept else Tag.COMMITMENT_CONTESTED
    content = {"is_kept": is_kept, "reason": dict(reason.texts), "resolution": dict(resolution.text.texts)}
    _record(session, commitment, tag, on, content, [])
    letters.judged(session, commitment, is_kept=is_kept)
    return verdict


def _lock(session: Session, commitment: Commitment) -> None:
    """One after the other: what is read from here on is what others left."""
    register.touch(session)
    session.refresh(commitment)


def _next(commitment: Commitment) -> int:
    return len(commitment.updates) + len(commitment.verdicts) + 1


def _record(
    session: Session,
    commitment: Commitment,
    tag: Tag,
    on: date,
    content: Mapping[str, Any],
    because: list[Ref],
) -> None:
    register.record(
        session,
        tag,
        commitment.ref,
        title=commitment.title,
        day=on,
        content={"number": commitment.number, **content},
        audience=commitment.audience,
        notice_id=commitment.notice_id,
        because=because,
    )
