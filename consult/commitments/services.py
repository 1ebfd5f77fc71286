"""Promising, moving forward, judging."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.commitments import letters
from consult.commitments.models import Commitment, Update, Verdict
from consult.commitments.rules import BODY_MOVES, EMPLOYER_MOVES, CommitmentState, Nature
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import Localized
from consult.notices.models import Notice
from consult.people.models import Account, Body, Resolution
from consult.register import services as register
from consult.register.rules import Ref, Tag

_TAGS = {
    CommitmentState.IN_PROGRESS: Tag.COMMITMENT_UPDATED,
    CommitmentState.CLAIMED_DONE: Tag.COMMITMENT_CLAIMED,
}


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
) -> Commitment:
    """The employer promises something to the body, on a notice: numbered, tied to what it answers."""
    register.touch(session)  # takes the lock under which numbers are given
    last = session.scalar(select(func.max(Commitment.number)).where(Commitment.notice_id == notice.id)) or 0
    commitment = Commitment(
        notice=notice, body=body, number=last + 1, title=title, detail=detail or Localized({}), nature=nature,
        for_whom=for_whom, owner=owner, due_on=due_on, agreed_on=on, state=CommitmentState.AGREED,
    )  # fmt: skip
    session.add(commitment)
    session.flush()
    content = {
        "title": dict(title.texts), "nature": nature, "for": dict(for_whom.texts), "owner": owner,
        "due_on": due_on.isoformat(),
    }  # fmt: skip
    _record(session, commitment, Tag.COMMITMENT_AGREED, on, content, [Ref("notice", str(notice.id)), *because])
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
) -> Update:
    """The employer says where it stands. Raises `WrongState`, `EditedMeanwhile`."""
    if version is not None and version != commitment.version:
        raise EditedMeanwhile(yours=text.shown("fr")[0], theirs=str(commitment.state))
    if to not in EMPLOYER_MOVES[commitment.state] and to is not commitment.state:
        raise WrongState("commitment", commitment.state)
    if to is commitment.state and not EMPLOYER_MOVES[to]:
        raise WrongState("commitment", commitment.state)
    commitment.state = to
    update = Update(commitment_id=commitment.id, day=on, state=to, text=text, author_id=actor.id)
    session.add(update)
    session.flush()
    tag = _TAGS.get(to, Tag.COMMITMENT_UPDATED)
    _record(session, commitment, tag, on, {"state": to, "text": dict(text.texts)}, [])
    if to is CommitmentState.CLAIMED_DONE:
        letters.claimed(session, commitment)
    return update


def judge(
    session: Session,
    commitment: Commitment,
    *,
    is_kept: bool,
    reason: Localized,
    resolution: Resolution,
    actor: Account,
    on: date,
) -> Verdict:
    """The body confirms or contests, on a resolution of its own. Raises `WrongState`."""
    to = CommitmentState.CONFIRMED if is_kept else CommitmentState.CONTESTED
    if to not in BODY_MOVES[commitment.state]:
        raise WrongState("commitment", commitment.state)
    commitment.state = to
    verdict = Verdict(
        commitment_id=commitment.id, resolution=resolution, day=on, is_kept=is_kept, reason=reason, author=actor
    )
    session.add(verdict)
    session.flush()
    tag = Tag.COMMITMENT_CONFIRMED if is_kept else Tag.COMMITMENT_CONTESTED
    _record(session, commitment, tag, on, {"is_kept": is_kept, "reason": dict(reason.texts)}, [])
    letters.judged(session, commitment, is_kept=is_kept)
    return verdict


def _record(
    session: Session, commitment: Commitment, tag: Tag, on: date, content: dict[str, object], because: list[Ref]
) -> None:
    register.record(
        session,
        tag,
        Ref("commitment", str(commitment.id)),
        title=commitment.title,
        day=on,
        content={"number": commitment.number, **content},
        audience=commitment.audience,
        notice_id=commitment.notice_id,
        because=because,
    )
