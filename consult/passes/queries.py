"""What pages that give out the right to speak ask: a letterbox for the body it belongs to, and what the
record says was given out. Never how many rights are left: it would tell who took part."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from consult.register import queries as register
from consult.register.models import Entry
from consult.register.rules import Ref, Tag
from consult.voices import queries as voices
from consult.voices.models import Letterbox
from consult.voices.rules import Channels
from consult.web.readers import Audience, Side, Visibility

_waiting = select(Letterbox).where(
    Letterbox.id.in_(bindparam("ids", expanding=True)),
    Letterbox.channels.in_((Channels.SLIPS, Channels.BOTH)),
    Letterbox.closes_on >= bindparam("on"),
    ~Letterbox.is_closed,
)
SLIP_ACTS = (Tag.SLIPS_MADE, Tag.SLIPS_REVOKED)


@dataclass(frozen=True, slots=True)
class Box:
    """A letterbox as the members of its body see it; nobody else knows of these pages."""

    letterbox: Letterbox

    @property
    def address(self) -> str:
        """The letterbox in an address."""
        return self.letterbox.id.hex()

    @property
    def scope(self) -> frozenset[UUID]:
        """The body it belongs to, as it was told."""
        try:
            return frozenset({UUID(str(self.letterbox.told.get("body_id")))})
        except ValueError:
            return frozenset()

    @property
    def audience(self) -> Audience:
        return Audience(Visibility.BODY, Side.STAFF, self.scope)


def by_address(session: Session, box: str) -> Box | None:
    """The letterbox an address names, for a view."""
    found = voices.by_address(session, box)
    return None if found is None else Box(found)


def with_slips(session: Session, box: str) -> Box | None:
    """The same, where it takes slips."""
    found = by_address(session, box)
    return found if found is not None and found.letterbox.channels.takes_slips else None


def slip_acts(session: Session, letterbox: Letterbox) -> list[Entry]:
    """What was made and revoked, oldest first, as everyone reads it in the record."""
    return register.of_things(session, [_ref(letterbox)], SLIP_ACTS)


def are_slips_out(session: Session, letterbox: Letterbox) -> bool:
    """Whether slips were made and not revoked since."""
    acts = slip_acts(session, letterbox)
    return bool(acts) and acts[-1].tag is Tag.SLIPS_MADE


def without_slips(session: Session, letterbox_ids: Collection[bytes], *, on: date) -> dict[bytes, date]:
    """Those of these letterboxes that take slips, are not over, and have none in circulation, with their
    first day."""
    boxes = session.scalars(_waiting, {"ids": list(letterbox_ids), "on": on}).all() if letterbox_ids else []
    refs = {str(_ref(one)): one for one in boxes}
    acts = register.of_things(session, [_ref(one) for one in boxes], SLIP_ACTS) if boxes else []
    last = {act.ref: act.tag for act in acts}
    return {one.id: one.opens_on for ref, one in refs.items() if last.get(ref) is not Tag.SLIPS_MADE}


def _ref(letterbox: Letterbox) -> Ref:
    return Ref("letterbox", letterbox.id.hex())
