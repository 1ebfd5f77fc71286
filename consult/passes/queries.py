"""What pages that give out the right to speak ask: a letterbox for the body it belongs to, and what the
record says was given out. Never how many rights are left: it would tell who took part."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from consult.passes.models import Claim, SigningKey
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
INVITATION_ACTS = (Tag.INVITATIONS_SENT, Tag.INVITATIONS_REVOKED)
_inviting = select(Letterbox).where(
    Letterbox.id.in_(bindparam("ids", expanding=True)),
    Letterbox.channels.in_((Channels.INVITATIONS, Channels.BOTH)),
    Letterbox.closes_on > bindparam("on"),
    ~Letterbox.is_closed,
)

_signing_keys = select(SigningKey.lane, SigningKey.private_key).where(
    SigningKey.letterbox_id == bindparam("letterbox_id")
)
_ended = (
    select(Letterbox.id)
    .where(
        or_(Letterbox.closes_on < bindparam("on"), Letterbox.is_closed),
        or_(
            select(SigningKey.lane).where(SigningKey.letterbox_id == Letterbox.id).exists(),
            select(Claim.code_hash).where(Claim.letterbox_id == Letterbox.id).exists(),
        ),
    )
    .order_by(Letterbox.id)
)


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


# ── invitations ────────────────────────────────────────────────────────────────


def with_passes(session: Session, box: str) -> Box | None:
    """`by_address`, where the letterbox takes passes."""
    found = by_address(session, box)
    return found if found is not None and found.letterbox.channels.takes_passes else None


def invitation_acts(session: Session, letterbox: Letterbox) -> list[Entry]:
    """What was sent and revoked, oldest first, as everyone reads it in the record."""
    return register.of_things(session, [_ref(letterbox)], INVITATION_ACTS)


def not_invited(session: Session, letterbox_ids: Collection[bytes], *, on: date) -> dict[bytes, date]:
    """Those of these letterboxes that take invitations, are not in their last days, and sent none, with the
    day on which writing begins."""
    boxes = session.scalars(_inviting, {"ids": list(letterbox_ids), "on": on}).all() if letterbox_ids else []
    refs = {str(_ref(one)): one for one in boxes}
    acts = register.of_things(session, [_ref(one) for one in boxes], INVITATION_ACTS) if boxes else []
    sent = {act.ref for act in acts}
    return {one.id: one.opens_on for ref, one in refs.items() if ref not in sent}


def claim(session: Session, letterbox_id: bytes, code_hash: bytes) -> Claim | None:
    """The invitation to that letterbox whose code has this hash."""
    found = session.get(Claim, code_hash)
    return found if found is not None and found.letterbox_id == letterbox_id else None


def signing_keys(session: Session, letterbox_id: bytes) -> dict[str, bytes]:
    """Private keys (DER) by lane; none once claims have closed."""
    rows = session.execute(_signing_keys, {"letterbox_id": letterbox_id})
    return {row.lane: row.private_key for row in rows}


def ended(session: Session, on: date) -> Sequence[bytes]:
    """Letterboxes whose last day is over, with invitations or keys still there."""
    return session.scalars(_ended, {"on": on}).all()
