"""Named selects about keyholders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, aliased, joinedload

from consult.keyholders.models import Keyholder, WrappedKey
from consult.keyholders.rules import unnamed
from consult.people.models import Account, Mandate
from consult.people.rules import ACTING, MandateRole
from consult.voices import queries as voices
from consult.voices.models import Letterbox
from consult.web.readers import Audience, Side, Visibility

_as_chair = aliased(Mandate)
_of_account = select(Keyholder).where(Keyholder.account_id == bindparam("account_id"))
_of_letterbox = (
    select(Keyholder)
    .join(WrappedKey, WrappedKey.keyholder_id == Keyholder.id)
    .join(Keyholder.account)
    .where(WrappedKey.letterbox_id == bindparam("letterbox_id"))
    .options(joinedload(Keyholder.account))
    .order_by(Account.name)
)
_wrapped = select(WrappedKey).where(
    WrappedKey.letterbox_id == bindparam("letterbox_id"), WrappedKey.keyholder_id == bindparam("keyholder_id")
)
_is_chair = exists().where(
    _as_chair.account_id == Keyholder.account_id,
    _as_chair.role == MandateRole.CHAIR,
    _as_chair.starts_on <= bindparam("on"),
    _as_chair.ends_on.is_(None) | (_as_chair.ends_on >= bindparam("on")),
)
_ready = (
    select(Keyholder)
    .join(Keyholder.account)
    .where(
        Account.is_active,
        exists().where(
            Mandate.account_id == Keyholder.account_id,
            Mandate.body_id == bindparam("body_id"),
            Mandate.role.in_(sorted(ACTING)),
            Mandate.starts_on <= bindparam("on"),
            Mandate.ends_on.is_(None) | (Mandate.ends_on >= bindparam("on")),
        ),
        ~_is_chair,
    )
    .options(joinedload(Keyholder.account))
    .order_by(Account.name)
)
_letterboxes = (
    select(Letterbox)
    .join(WrappedKey, WrappedKey.letterbox_id == Letterbox.id)
    .where(WrappedKey.keyholder_id == bindparam("keyholder_id"))
    .order_by(Letterbox.opens_on.desc(), Letterbox.id)
)
_with_keys = (
    select(Letterbox)
    .where(exists().where(WrappedKey.letterbox_id == Letterbox.id))
    .order_by(Letterbox.closes_on, Letterbox.id)
)


@dataclass(frozen=True, slots=True)
class Box:
    """A letterbox as its keyholders see it: ``named`` by the body, ``planted`` those who hold a key
    although the body did not name them. ``audience``: the members of the body, and nobody else."""

    letterbox: Letterbox
    named: tuple[str, ...]
    planted: tuple[str, ...]
    audience: Audience

    @property
    def address(self) -> str:
        """The letterbox in an address."""
        return self.letterbox.id.hex()


def of_account(session: Session, account_id: UUID) -> Keyholder | None:
    return session.scalars(_of_account, {"account_id": account_id}).one_or_none()


def of_letterbox(session: Session, letterbox_id: bytes) -> Sequence[Keyholder]:
    """Those the letterbox's key is wrapped for, by name."""
    return session.scalars(_of_letterbox, {"letterbox_id": letterbox_id}).all()


def wrapped(session: Session, letterbox_id: bytes, keyholder_id: UUID) -> WrappedKey | None:
    return session.scalar(_wrapped, {"letterbox_id": letterbox_id, "keyholder_id": keyholder_id})


def ready(session: Session, body_id: UUID, *, on: date) -> Sequence[Keyholder]:
    """Members of the body who hold a key and whose mandate runs, by name; never somebody who is a chair."""
    return session.scalars(_ready, {"body_id": body_id, "on": on}).all()


def letterboxes(session: Session, keyholder_id: UUID) -> Sequence[Letterbox]:
    """What this key opens, the newest first."""
    return session.scalars(_letterboxes, {"keyholder_id": keyholder_id}).all()


def to_shred(session: Session, *, on: date) -> Sequence[Letterbox]:
    """Closed letterboxes whose keys the body decided to destroy by that day, and that still have some."""
    return [
        one
        for one in session.scalars(_with_keys)
        if one.is_closed and date.fromisoformat(one.told.get("destroy_on") or "9999-12-31") <= on
    ]


def named(letterbox: Letterbox) -> tuple[str, ...]:
    """The keyholders the body named in its resolution: the only ones who count."""
    return tuple(str(one) for one in letterbox.told.get("keyholders", ()))


def planted(session: Session, letterbox: Letterbox) -> tuple[str, ...]:
    """Who holds a key of it although the body did not name them; empty where all is well."""
    holding = [one.account.name for one in of_letterbox(session, letterbox.id)]
    return unnamed(holding, named(letterbox))


def box(session: Session, letterbox: Letterbox) -> Box:
    holders = of_letterbox(session, letterbox.id)
    names = named(letterbox)
    bodies = [
        {mandate.body_id for mandate in one.account.mandates if mandate.role is not MandateRole.CHAIR}
        for one in holders
        if one.account.name in names
    ]
    shared = frozenset(set.intersection(*bodies)) if bodies else frozenset()
    audience = Audience(Visibility.BODY, Side.STAFF, shared)
    return Box(letterbox, names, unnamed([one.account.name for one in holders], names), audience)


def by_address(session: Session, box: str) -> Box | None:
    """The letterbox an address names, for a view: other bodies may not know of it."""
    found = voices.by_address(session, box)
    return None if found is None else _box(session, found)


_box = box
