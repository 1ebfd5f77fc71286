"""A body with its letterboxes: who opens what, who can today, and whom it would leave alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.core import clock
from consult.core.i18n import locale
from consult.keyholders import queries
from consult.keyholders.models import Handover
from consult.keyholders.queries import Box
from consult.keyholders.rules import LEAST, LEAVES_SOON
from consult.people import queries as people
from consult.people.models import Account, Body
from consult.people.rules import ACTING, Role, is_running
from consult.voices.models import Letterbox
from consult.web.readers import Audience, Side, Visibility


@dataclass(frozen=True, slots=True)
class Holder:
    """One who holds a key of a letterbox. ``is_able``: may sign in and use it today; ``until``: the last
    day of the mandate, where it is known; ``has_opened``: has opened this letterbox once."""

    account: Account
    is_able: bool
    until: date | None
    has_opened: bool
    is_outside: bool

    def is_leaving(self, on: date) -> bool:
        """Can use the key no longer, or not for long."""
        return not self.is_able or (self.until is not None and self.until <= on + LEAVES_SOON)


@dataclass(frozen=True, slots=True)
class Held:
    """A living letterbox with those who hold its keys, and those named who hold none yet."""

    box: Box
    holders: tuple[Holder, ...]

    @property
    def able(self) -> tuple[Holder, ...]:
        return tuple(one for one in self.holders if one.is_able)

    @property
    def awaited(self) -> tuple[str, ...]:
        """Named by the body, without a key so far."""
        holding = {one.account.name for one in self.holders}
        return tuple(one for one in self.box.named if one not in holding)


@dataclass(frozen=True, slots=True)
class Circle:
    """A body with its living letterboxes: who opens what."""

    body: Body
    boxes: tuple[Held, ...]

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.body.id})

    @property
    def audience(self) -> Audience:
        return Audience(Visibility.BODY, Side.STAFF, self.scope)

    @property
    def holders(self) -> list[Holder]:
        """Everybody who holds a key of one of them, by name."""
        found = {one.account.id: one for box in self.boxes for one in box.holders}
        return sorted(found.values(), key=lambda one: one.account.name)

    @property
    def lonely(self) -> tuple[Held, ...]:
        """Letterboxes that fewer than two can open today."""
        return tuple(one for one in self.boxes if len(one.able) < LEAST)


def circle(session: Session, body_id: UUID) -> Circle | None:
    """The body's letterboxes with their keyholders as of today."""
    body = people.body(session, body_id)
    if body is None:
        return None
    today = clock.today()
    return Circle(
        body, tuple(_held(session, one, body_id, today) for one in queries.living(session, body_id))
    )


def _held(session: Session, letterbox: Letterbox, body_id: UUID, on: date) -> Held:
    holders = []
    for one in queries.of_letterbox(session, letterbox.id):
        key = queries.wrapped_for(session, letterbox.id, one.account_id)
        seats = [seat for seat in one.account.mandates if seat.body_id == body_id and seat.role in ACTING]
        last = [seat.ends_on for seat in seats]
        until = max((day for day in last if day is not None), default=None) if None not in last else None
        holders.append(
            Holder(
                one.account, queries.is_able(one.account, on=on), until,
                has_opened=key is not None and key.confirmed_on is not None,
                is_outside=one.account.role is Role.OUTSIDE_KEYHOLDER,
            )
        )  # fmt: skip
    return Held(queries.box(session, letterbox), tuple(holders))


def left_alone_without(session: Session, account: Account, *, on: date) -> list[Letterbox]:
    """Living letterboxes that fewer than two could open if this person could no longer."""
    found = []
    for one in queries.letterboxes(session, account.id):
        others = [each for each in queries.able(session, one.id, on=on) if each.id != account.id]
        if len(others) < LEAST and queries.is_able(account, on=on):
            found.append(one)
    return found


def titles_left_alone(session: Session, account: Account, *, on: date) -> list[str]:
    """What those letterboxes are about, for whoever is about to end this person's access."""
    found = []
    for one in left_alone_without(session, account, on=on):
        titles = one.told.get("title", {})
        found.append(str(titles.get(locale()) or titles.get("fr") or ""))
    return found


def bodies_of(account: Account, *, on: date) -> list[Body]:
    """The bodies whose keyholders a person may see: those they speak for, and the one that invited them."""
    running = [one for one in account.mandates if is_running(one.starts_on, one.ends_on, on)]
    found = {one.body_id: one.body for one in running if one.role in ACTING}
    if account.outside_body is not None:
        found[account.outside_body.id] = account.outside_body
    return sorted(found.values(), key=lambda one: one.name)


def acts_for(account: Account, body_id: UUID, *, on: date) -> bool:
    """Whether this person may record what the body decides."""
    return any(
        one.body_id == body_id and one.role in ACTING and is_running(one.starts_on, one.ends_on, on)
        for one in account.mandates
    )


def others(session: Session, account: Account, *, on: date) -> list[tuple[Letterbox, list[Account]]]:
    """Each letterbox a person holds a key of, with the others who can open it today."""
    return [
        (one, [each for each in queries.able(session, one.id, on=on) if each.id != account.id])
        for one in queries.letterboxes(session, account.id)
    ]


# ── a handover, letterbox by letterbox ─────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Station:
    """One letterbox of a handover: ``named`` (the successor has no key yet), ``passed`` (has one, has not
    opened), ``kept`` (opened; the predecessor's key stays, or fewer than two others could open), ``done``."""

    letterbox: Letterbox
    state: str

    @property
    def address(self) -> str:
        return self.letterbox.id.hex()


def stations(session: Session, handover: Handover) -> list[Station]:
    """Where each letterbox stands, the first to close first."""
    found = []
    for step in sorted(handover.steps, key=lambda one: (one.letterbox.closes_on, one.letterbox_id)):
        row = queries.wrapped(session, step.letterbox_id, handover.successor_id)
        if step.ended_on is not None:
            state = "done"
        elif row is None:
            state = "named"
        else:
            state = "passed" if row.confirmed_on is None else "kept"
        found.append(Station(step.letterbox, state))
    return found


def who_can_pass_on(session: Session, handover: Handover, *, on: date) -> list[Account]:
    """Those who can open a letterbox of it that the successor has no key of, by name."""
    found: dict[UUID, Account] = {}
    for one in stations(session, handover):
        if one.state == "named":
            for account in queries.able(session, one.letterbox.id, on=on):
                if account.id != handover.successor.account_id:
                    found[account.id] = account
    return sorted(found.values(), key=lambda one: one.name)
