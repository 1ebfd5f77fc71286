"""The body's comment beside the two-minute page of a notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from consult.consultations.models import Consultation
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import Localized
from consult.notices import queries as notices
from consult.notices.models import Notice
from consult.notices.rules import NoticeState
from consult.opinions import letters, queries
from consult.opinions.models import Remark
from consult.opinions.rules import (
    NotAdopted,
    RemarkTooLong,
    is_adopted,
    too_long,
)
from consult.people import delegations
from consult.people.models import Account
from consult.people.seats import DelegatedAct
from consult.register import services as register
from consult.register.rules import Ref, Tag


def comment(
    session: Session,
    consultation: Consultation,
    *,
    text: Localized,
    votes: Mapping[str, int] | None = None,
    delegation: UUID | None = None,
    follows: int,
    actor: Account,
    on: date,
    once: UUID | None = None,
) -> Remark:
    """The comment as the body adopted it, or as a member wrote it under a delegation, beside the revision in
    force. ``follows``: the number of the one it takes the place of, 0 for the first. ``once`` as above.
    Raises `NotAdopted`, `NotDelegated`, `RemarkTooLong`, `EditedMeanwhile` where another follows that one
    already, `WrongState`."""
    if delegation is None and (votes is None or not is_adopted(*_tally(votes))):
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
    ident = once or uuid4()
    decided = delegations.decide(
        session, body, act=DelegatedAct.REMARK, about=Ref("remark", str(ident)), text=text, votes=votes,
        delegation=delegation, actor=actor, on=on,
    )  # fmt: skip
    remark = Remark(
        id=ident, notice=notice, body=body, number=follows + 1, about_revision=revision, text=text,
        written_on=on, recorded_by=actor.id, resolution=decided.resolution,
    )  # fmt: skip
    session.add(remark)
    session.flush()
    content = {"text": dict(text.texts), "about_revision": revision, **decided.content}
    _record_remark(session, remark, Tag.REMARK_PUBLISHED, on, content)
    letters.commented(session, remark)
    return remark


def withdraw_comment(
    session: Session,
    remark: Remark,
    *,
    votes: Mapping[str, int] | None = None,
    delegation: UUID | None = None,
    actor: Account,
    on: date,
) -> None:
    """The body takes its comment back; its text stays on record. Said again, nothing changes.
    Raises `NotAdopted`, `NotDelegated`, `EditedMeanwhile` where another follows it."""
    if delegation is None and (votes is None or not is_adopted(*_tally(votes))):
        raise NotAdopted
    register.touch(session)
    session.refresh(remark)
    if remark.withdrawn_on is not None:
        return
    if queries.remarks_of(session, remark.notice_id, remark.body_id)[0] is not remark:
        raise EditedMeanwhile
    text = Localized.of(fr="Retrait du commentaire", en="Withdrawal of the comment")
    decided = delegations.decide(
        session, remark.body, act=DelegatedAct.REMARK, about=remark.ref, text=text, votes=votes,
        delegation=delegation, actor=actor, on=on,
    )  # fmt: skip
    remark.withdrawn_on, remark.withdrawal_id = on, decided.resolution.id
    session.flush()
    _record_remark(session, remark, Tag.REMARK_WITHDRAWN, on, decided.content)


def _tally(votes: Mapping[str, int]) -> tuple[int, int, int]:
    return votes["for"], votes["against"], votes["abstentions"]


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
