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
from consult.people import services as people
from consult.people.models import Account
from consult.register import services as register
from consult.register.rules import Ref, Tag


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
