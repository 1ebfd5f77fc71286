"""Why a date of the project was kept although it comes before the end of the procedure: asked when the text
goes out, and again when the period grows longer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from consult.consultations import state
from consult.consultations.before import Before, Dated, NotExplained
from consult.consultations.models import EarlyMilestone
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.notices import queries as notices
from consult.notices.models import Notice, Revision
from consult.notices.rules import MilestoneKind, NoticeState
from consult.people.models import Account
from consult.register import services as register
from consult.register.rules import Ref, Tag

_KINDS: Mapping[MilestoneKind, tuple[str, str]] = {
    MilestoneKind.PILOT: ("pilote", "pilot"),
    MilestoneKind.ROLL_OUT: ("généralisation", "roll-out"),
}


def explain(
    session: Session, notice: Notice, reasons: Mapping[str, Localized], *, actor: Account, on: date
) -> Before:
    """Records the reasons given, by the key of their date; a date that has one already keeps it. The state
    after. Raises `NotExplained`, `WrongState`."""
    register.touch(session)
    revision = notices.published(notice)
    if revision is None or notice.state is NoticeState.WITHDRAWN:
        raise WrongState("notice", notice.state)
    return must_be_explained(session, notice, revision, reasons, actor=actor, on=on)


def must_be_explained(
    session: Session, notice: Notice, revision: Revision, reasons: Mapping[str, Localized], *,
    actor: Account, on: date,
) -> Before:  # fmt: skip
    """The same for a text that is going out in this act."""
    before = state.of_notice(session, notice, revision, on=on)
    if all(reasons.get(one.planned.key) for one in before.unexplained):
        for one in before.unexplained:
            _record(session, notice, before, one, reasons[one.planned.key], actor=actor, on=on)
        return before
    raise NotExplained(before)


def _record(
    session: Session, notice: Notice, before: Before, one: Dated, text: Localized, *, actor: Account,
    on: date,
) -> EarlyMilestone:  # fmt: skip
    planned, end = one.planned, before.earliest_end
    made = EarlyMilestone(
        notice_id=notice.id, key=planned.key, day=planned.day, earliest_end=end, reason=text,
        given_by=actor.id, given_on=on,
    )  # fmt: skip
    session.add(made)
    session.flush()
    register.record(
        session,
        Tag.DATE_EXPLAINED,
        Ref("early_milestone", str(made.id)),
        title=_title(one),
        day=on,
        content={
            "milestone": planned.key, "day": planned.day.isoformat(),
            "earliest_end": end.isoformat() if end else None, "reason": dict(text.texts),
        },
        audience=notice.audience,
        notice_id=notice.id,
    )  # fmt: skip
    return made


def _title(one: Dated) -> Localized:
    (fr, en), day = _KINDS[one.planned.kind], one.planned.day
    return Localized.of(
        fr=f"Date antérieure à la fin de la procédure\u00a0: {fr} ({day:%d/%m/%Y})",
        en=f"Date before the end of the procedure: {en} ({day:%d/%m/%Y})",
    )
