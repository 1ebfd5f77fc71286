"""Named selects about keyholders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from consult.keyholders.models import Handover, HandoverStep, Keyholder, Naming, WrappedKey
from consult.keyholders.rules import unnamed
from consult.people.models import Account, Mandate
from consult.people.rules import ACTING, MandateRole, Role, is_running
from consult.register import queries as register
from consult.register.rules import Ref, Tag
from consult.voices import queries as voices
from consult.voices.models import Letterbox
from consult.web.readers import Audience, Side, Visibility

_as_chair = aliased(Mandate)
_of_account = select(Keyholder).where(Keyholder.account_id == bindparam("account_id"))
_keys_of_account = _of_account.order_by(Keyholder.is_current.desc(), Keyholder.set_up_on, Keyholder.id)
_of_letterbox = (
    select(Keyholder)
    .join(WrappedKey, WrappedKey.keyholder_id == Keyholder.id)
    .join(Keyholder.account)
    .where(WrappedKey.letterbox_id == bindparam("letterbox_id"))
    .options(joinedload(Keyholder.account))
    .order_by(Account.name, Keyholder.is_current.desc())
)
_wrapped = select(WrappedKey).where(
    WrappedKey.letterbox_id == bindparam("letterbox_id"), WrappedKey.keyholder_id == bindparam("keyholder_id")
)
_of_person = (
    select(WrappedKey)
    .join(WrappedKey.keyholder)
    .where(
        WrappedKey.letterbox_id == bindparam("letterbox_id"), Keyholder.account_id == bindparam("account_id")
    )
    .options(contains_eager(WrappedKey.keyholder))
    .order_by(Keyholder.is_current, Keyholder.set_up_on.desc())
)
_is_chair = exists().where(
    _as_chair.account_id == Keyholder.account_id,
    _as_chair.role == MandateRole.CHAIR,
    _as_chair.starts_on <= bindparam("on"),
    _as_chair.ends_on.is_(None) | (_as_chair.ends_on >= bindparam("on")),
)
_sits = exists().where(
    Mandate.account_id == Keyholder.account_id,
    Mandate.body_id == bindparam("body_id"),
    Mandate.role.in_(sorted(ACTING)),
    Mandate.starts_on <= bindparam("on"),
    Mandate.ends_on.is_(None) | (Mandate.ends_on >= bindparam("on")),
)
_is_outside = (Account.role == Role.OUTSIDE_KEYHOLDER) & (Account.outside_body_id == bindparam("body_id"))
_ready = (
    select(Keyholder)
    .join(Keyholder.account)
    .where(Account.is_active, Keyholder.is_current, _sits | _is_outside, ~_is_chair)
    .options(joinedload(Keyholder.account))
    .order_by(Account.name)
)
_outside = (
    select(Account)
    .where(
        Account.is_active,
        Account.role == Role.OUTSIDE_KEYHOLDER,
        Account.outside_body_id == bindparam("body_id"),
    )
    .order_by(Account.name)
)
_letterboxes = (
    select(Letterbox)
    .where(
        exists()
        .where(WrappedKey.letterbox_id == Letterbox.id, WrappedKey.keyholder_id == Keyholder.id)
        .where(Keyholder.account_id == bindparam("account_id"))
    )
    .order_by(Letterbox.opens_on.desc(), Letterbox.id)
)
_with_keys = (
    select(Letterbox)
    .where(exists().where(WrappedKey.letterbox_id == Letterbox.id))
    .order_by(Letterbox.closes_on, Letterbox.id)
)
_of_body = _with_keys.where(Letterbox.told["body_id"].as_string() == bindparam("body_id"))
_holding = (
    select(Keyholder)
    .where(exists().where(WrappedKey.keyholder_id == Keyholder.id), Keyholder.is_current)
    .options(joinedload(Keyholder.account))
    .order_by(Keyholder.id)
)
_namings = (
    select(Naming).where(Naming.letterbox_id == bindparam("letterbox_id")).order_by(Naming.position.desc())
)
_handovers = (
    select(Handover)
    .where(Handover.body_id == bindparam("body_id"))
    .options(joinedload(Handover.predecessor), joinedload(Handover.successor))
    .order_by(Handover.decided_on.desc(), Handover.id)
)
_steps = (
    select(HandoverStep)
    .join(HandoverStep.handover)
    .where(HandoverStep.letterbox_id == bindparam("letterbox_id"), HandoverStep.ended_on.is_(None))
    .options(contains_eager(HandoverStep.handover))
    .order_by(HandoverStep.id)
)
_unfinished = select(Handover).where(Handover.ended_on.is_(None)).order_by(Handover.decided_on, Handover.id)


@dataclass(frozen=True, slots=True)
class Roll:
    """Who counts as keyholder of a letterbox. ``names``: those its last act of record named; ``planted``:
    whoever holds a key, or stands among the names its pages show, although that act did not name them;
    ``is_vouched``: its pages show exactly what the act says, and the act's leaf is the one made then."""

    names: tuple[str, ...]
    planted: tuple[str, ...]
    is_vouched: bool

    @property
    def is_sound(self) -> bool:
        return self.is_vouched and not self.planted


@dataclass(frozen=True, slots=True)
class Box:
    """A letterbox as its keyholders see it. ``audience``: the members of the body and whom it invited from
    outside, and nobody else."""

    letterbox: Letterbox
    roll: Roll
    audience: Audience

    @property
    def named(self) -> tuple[str, ...]:
        return self.roll.names

    @property
    def planted(self) -> tuple[str, ...]:
        return self.roll.planted

    @property
    def address(self) -> str:
        """The letterbox in an address."""
        return self.letterbox.id.hex()


# ── keys of a person ───────────────────────────────────────────────────────────


def of_account(session: Session, account_id: UUID) -> Keyholder | None:
    """The key a person has; one that is still to take its place where there is no other."""
    return session.scalars(_keys_of_account, {"account_id": account_id}).first()


def renewed(session: Session, account_id: UUID) -> Keyholder | None:
    """The key somebody made because the first was lost, as long as it waits for the letterbox keys."""
    keys = session.scalars(_keys_of_account, {"account_id": account_id}).all()
    return next((one for one in reversed(keys) if not one.is_current and _waits(session, one)), None)


def _waits(session: Session, holder: Keyholder) -> bool:
    return any(one.successor_id == holder.id for one in session.scalars(_unfinished))


def of_letterbox(session: Session, letterbox_id: bytes) -> Sequence[Keyholder]:
    """Those the letterbox's key is wrapped for, by name; each person once."""
    found: dict[UUID, Keyholder] = {}
    for one in session.scalars(_of_letterbox, {"letterbox_id": letterbox_id}):
        found.setdefault(one.account_id, one)
    return list(found.values())


def wrapped(session: Session, letterbox_id: bytes, keyholder_id: UUID) -> WrappedKey | None:
    return session.scalar(_wrapped, {"letterbox_id": letterbox_id, "keyholder_id": keyholder_id})


def wrapped_for(session: Session, letterbox_id: bytes, account_id: UUID) -> WrappedKey | None:
    """What a person opens that letterbox with: the newest key it was passed on to."""
    return session.scalars(_of_person, {"letterbox_id": letterbox_id, "account_id": account_id}).first()


def ready(session: Session, body_id: UUID, *, on: date) -> Sequence[Keyholder]:
    """Members of the body whose mandate runs, and those it invited from outside, who have a key, by name;
    never somebody who is a chair."""
    return session.scalars(_ready, {"body_id": body_id, "on": on}).all()


def outside(session: Session, body_id: UUID) -> Sequence[Account]:
    """Those the body invited from outside, with a key or without."""
    return session.scalars(_outside, {"body_id": body_id}).all()


def letterboxes(session: Session, account_id: UUID) -> Sequence[Letterbox]:
    """What this person's keys open, the newest first."""
    return session.scalars(_letterboxes, {"account_id": account_id}).all()


def holding(session: Session) -> Sequence[Keyholder]:
    """Everybody whose key opens a letterbox."""
    return session.scalars(_holding).all()


def to_shred(session: Session, *, on: date) -> Sequence[Letterbox]:
    """Closed letterboxes whose keys the body decided to destroy by that day, and that still have some."""
    return [
        one
        for one in session.scalars(_with_keys)
        if one.is_closed and date.fromisoformat(one.told.get("destroy_on") or "9999-12-31") <= on
    ]


# ── who was named ──────────────────────────────────────────────────────────────


def named(letterbox: Letterbox) -> tuple[str, ...]:
    """The keyholders its pages show. Whether the body named them, `roll` says."""
    return tuple(str(one) for one in letterbox.told.get("keyholders", ()))


def vouched(session: Session, letterbox: Letterbox) -> tuple[str, ...] | None:
    """The names in the letterbox's last act of record about its keys; None where nothing vouches for them:
    the act kept here is not the last of the record, or its leaf was not made over it."""
    naming = session.scalars(_namings, {"letterbox_id": letterbox.id}).first()
    ref = Ref("letterbox", letterbox.id.hex())
    acts = [
        at
        for tag in (Tag.LETTERBOX_OPENED, Tag.KEYHOLDERS_CHANGED)
        for at in register.positions(session, ref, tag)
    ]
    if naming is None or not acts or naming.position != max(acts):
        return None
    if not register.binds(session, naming.position, naming.content):
        return None
    return tuple(str(one) for one in naming.content.get("keyholders", ()))


def roll(session: Session, letterbox: Letterbox) -> Roll:
    """Compares who holds a key, whom its pages name, and whom the record names."""
    shown, names = named(letterbox), vouched(session, letterbox)
    held = _held_by(session, letterbox.id)
    if names is None:
        return Roll(shown, unnamed(held, shown), is_vouched=False)
    strangers = dict.fromkeys([*unnamed(held, names), *unnamed(shown, names)])
    return Roll(names, tuple(strangers), is_vouched=sorted(shown) == sorted(names))


def _held_by(session: Session, letterbox_id: bytes) -> list[str]:
    """The names of those who hold a key, once each; a second key of the same person counts too, unless that
    person lost the first and waits for the second to take its place."""
    keys = session.scalars(_of_letterbox, {"letterbox_id": letterbox_id}).all()
    renewals = {
        one.handover.successor_id for one in open_steps(session, letterbox_id) if one.handover.is_renewal
    }
    return [
        one.account.name
        for at, one in enumerate(keys)
        if one.id not in renewals or all(other.account_id != one.account_id for other in keys[:at])
    ]


def planted(session: Session, letterbox: Letterbox) -> tuple[str, ...]:
    """Who holds a key of it, or stands among its names, although the body did not name them; empty where all
    is well."""
    return roll(session, letterbox).planted


def planted_anywhere(session: Session) -> list[tuple[str, tuple[str, ...]]]:
    """``(title of the notice, names)`` of every living letterbox whose keyholders are not those the record
    names. No names: someone was taken off the list, or nothing vouches for it any more."""
    found = []
    for one in session.scalars(_with_keys).all():
        here = roll(session, one)
        if not here.is_sound:
            titles = one.told.get("title", {})
            found.append((str(titles.get("en") or titles.get("fr") or one.id.hex()), here.planted))
    return found


# ── letterboxes and those who open them ────────────────────────────────────────


def body_of(letterbox: Letterbox) -> UUID | None:
    """The body it belongs to, as it was told."""
    try:
        return UUID(str(letterbox.told.get("body_id")))
    except ValueError:
        return None


def box(session: Session, letterbox: Letterbox) -> Box:
    body_id = body_of(letterbox)
    bodies = frozenset({body_id} if body_id is not None else ())
    return Box(letterbox, roll(session, letterbox), Audience(Visibility.BODY, Side.STAFF, bodies))


def by_address(session: Session, box: str) -> Box | None:
    """The letterbox an address names, for a view: other bodies may not know of it."""
    found = voices.by_address(session, box)
    return None if found is None else _box(session, found)


_box = box


def is_able(account: Account, *, on: date) -> bool:
    """Signs in, and speaks for staff that day or was invited from outside; never a chair."""
    running = [one for one in account.mandates if is_running(one.starts_on, one.ends_on, on)]
    if not account.is_active or any(one.role is MandateRole.CHAIR for one in running):
        return False
    return account.role is Role.OUTSIDE_KEYHOLDER or any(one.role in ACTING for one in running)


def able(session: Session, letterbox_id: bytes, *, on: date) -> list[Account]:
    """Who can open it today."""
    holders = of_letterbox(session, letterbox_id)
    return [one.account for one in holders if is_able(one.account, on=on)]


def living(session: Session, body_id: UUID) -> Sequence[Letterbox]:
    """The body's letterboxes whose keys are not destroyed yet, closed ones included."""
    return session.scalars(_of_body, {"body_id": str(body_id)}).all()


# ── handing over ───────────────────────────────────────────────────────────────


def handover(session: Session, handover_id: UUID) -> Handover | None:
    return session.get(Handover, handover_id)


def handovers(session: Session, body_id: UUID) -> Sequence[Handover]:
    """Of that body, the newest first."""
    return session.scalars(_handovers, {"body_id": body_id}).all()


def unfinished(session: Session) -> Sequence[Handover]:
    """All that are not finished, oldest first."""
    return session.scalars(_unfinished).all()


def open_steps(session: Session, letterbox_id: bytes) -> Sequence[HandoverStep]:
    """What is still to be handed over of a letterbox."""
    return session.scalars(_steps, {"letterbox_id": letterbox_id}).all()
