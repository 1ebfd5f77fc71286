"""Sending a notice to a body, the facts that follow, opening and closing its letterbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from consult.consultations.models import Consultation, Fact, Sending
from consult.consultations.rules import FactKind
from consult.core.localized import Localized
from consult.keyholders.models import Keyholder
from consult.notices.models import Notice
from consult.people.models import Account, Body
from consult.voices.models import Letterbox


def send(
    session: Session, notice: Notice, *, body: Body, actor: Account, on: date, held_until: date | None = None
) -> Sending:
    """One act: publishes the draft revision, opens the consultation of that body (or finds it), tells the
    notice its embargo (``held_until``, default: the same day), writes to each member, files the leaf.
    Raises `NotReady`, `AlreadySent`."""
    raise NotImplementedError


def open_to_employees(session: Session, notice: Notice, *, on: date) -> None:
    """Employees may read it from now on; entries of the record widen with it."""
    raise NotImplementedError


def note_opening(session: Session, notice: Notice, *, account: Account, at: datetime) -> bool:
    """The first opening by a mandate, as proof of receipt. True when something was noted."""
    raise NotImplementedError


def add_fact(
    session: Session, consultation: Consultation, kind: FactKind, *, on: date, actor: Account | None, note: str = ""
) -> Fact:
    raise NotImplementedError


def refresh(session: Session, consultation: Consultation, *, on: date | None = None) -> None:
    """Brings ``stage`` and ``next_due_on`` in line with the facts."""
    raise NotImplementedError


def open_letterbox(
    session: Session,
    consultation: Consultation,
    *,
    resolution: Localized,
    votes: Mapping[str, int],
    holders: Sequence[Keyholder],
    k: int,
    interval_days: int = 7,
    opens_on: date,
    closes_on: date,
    actor: Account,
    on: date,
) -> Letterbox:
    """On a resolution of the body that names the keyholders (two at least). Makes the key pair, wraps it,
    forgets it. Raises `TooFewKeyholders`."""
    raise NotImplementedError


def withdraw(session: Session, notice: Notice, *, reason: Localized, actor: Account, on: date) -> None:
    """The notice is withdrawn (a tombstone with the reason stays); each body is told."""
    raise NotImplementedError
