"""What was given out, on record: for whoever reads that the letterbox was opened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.register import queries as recorded
from consult.register import services as register
from consult.register.models import Leaf
from consult.register.rules import Ref, Tag
from consult.voices.models import Letterbox
from consult.web.readers import Audience


def record(
    session: Session,
    letterbox: Letterbox,
    tag: Tag,
    *,
    title: Localized,
    content: Mapping[str, int],
    on: date,
) -> Leaf:
    """Raises `WrongState` for a letterbox whose opening is on no record."""
    ref = Ref("letterbox", letterbox.id.hex())
    opening = recorded.first_of(session, ref, Tag.LETTERBOX_OPENED)
    if opening is None:
        raise WrongState("letterbox", "without a record")
    bodies = frozenset(UUID(one) for one in opening.body_ids)
    return register.record(
        session,
        tag,
        ref,
        title=title,
        day=on,
        content={**content, "day": on.isoformat()},
        audience=Audience(opening.visibility, opening.author, bodies),
        notice_id=opening.notice_id,
    )
