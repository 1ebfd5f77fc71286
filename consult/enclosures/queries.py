"""Named selects about documents handed over, and who may open them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from consult.enclosures.models import Enclosure
from consult.register.rules import Ref
from consult.web.readers import Reader, may_read

_about = (
    select(Enclosure)
    .where(Enclosure.about.in_(bindparam("refs", expanding=True)))
    .options(joinedload(Enclosure.notice))
    .order_by(Enclosure.added_on, Enclosure.label, Enclosure.id)
)


def may_open(one: Enclosure, reader: Reader, *, on: date) -> bool:
    """Never wider than the notice it goes with. A confidential one opens to the body after its last day."""
    if one.withdrawn_on is not None:
        return False
    if one.notice is not None and not may_read(one.notice.audience, reader, on=on):
        return False
    is_over = one.until is not None and on > one.until
    return may_read(one.after if is_over else one.audience, reader, on=on)


def beside(
    session: Session, refs: Collection[Ref], *, reader: Reader, on: date
) -> dict[str, Sequence[Enclosure]]:
    """Those this reader may open, by the reference they lie beside. One that is confidential is named to
    nobody else; one taken back is no longer shown."""
    names = sorted({str(one) for one in refs})
    if not names:
        return {}
    found: dict[str, list[Enclosure]] = {}
    for one in session.scalars(_about, {"refs": names}):
        if may_open(one, reader, on=on):
            found.setdefault(one.about, []).append(one)
    return dict(found)
