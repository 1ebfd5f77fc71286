"""Verbs about establishments, bodies and their seats. They get the session and never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from consult.core.errors import Refused
from consult.people import queries
from consult.people.models import Body, Establishment, Mandate, Replacement
from consult.people.rules import BodyKind, MandateRole, may_stand_under, overlap
from consult.people.seats import CannotReplace, Unreplaceable
from consult.register import services as register


class NameTaken(Refused):
    """Another one bears that name."""


class NotItsParent(Refused):
    """The body cannot belong to that one: of another kind, itself, or one that belongs to it."""


# ── establishments ─────────────────────────────────────────────────────────────


def edit_establishment(session: Session, site: Establishment, *, name: str, headcount: int) -> None:
    """Raises `NameTaken`."""
    _free(queries.establishments(session), name, site)
    site.name, site.headcount = name.strip(), headcount
    session.flush()
    register.touch(session)  # lists that everybody reads are filtered by it


def must_be_free(others: Sequence[Establishment | Body], name: str) -> None:
    """Names are compared as people read them: without case. Raises `NameTaken`."""
    _free(others, name, None)


def _free(others: Sequence[Establishment | Body], name: str, own: Establishment | Body | None) -> None:
    wanted = name.strip().casefold()
    if any(one.name.strip().casefold() == wanted and one is not own for one in others):
        raise NameTaken


def archive(session: Session, site: Establishment, *, on: date) -> None:
    """Offered nowhere any more; bodies that stand for it go on doing so."""
    site.archived_on = site.archived_on or on
    session.flush()


def take_back(session: Session, site: Establishment) -> None:
    """Offered again."""
    site.archived_on = None
    session.flush()


# ── bodies ─────────────────────────────────────────────────────────────────────


def edit_body(
    session: Session,
    body: Body,
    *,
    name: str,
    kind: BodyKind,
    headcount: int,
    parent: Body | None,
    establishments: Sequence[Establishment],
) -> None:
    """``establishments``: none, where it stands for the whole organisation. Raises `NameTaken`,
    `NotItsParent`."""
    _free(queries.bodies(session), name, body)
    if parent is not None and (not may_stand_under(kind, parent.kind) or _is_above(session, body, parent)):
        raise NotItsParent
    body.name, body.kind, body.headcount = name.strip(), kind, headcount
    body.parent, body.establishments = parent, list(establishments)
    session.flush()
    register.touch(session)  # its name stands on pages that everybody reads


def _is_above(session: Session, body: Body, parent: Body) -> bool:
    """Whether the body is its own parent at some distance."""
    by_id, at = {one.id: one for one in queries.bodies(session)}, parent
    for _step in by_id:
        if at.id == body.id:
            return True
        if at.parent_id is None:
            return False
        at = by_id[at.parent_id]
    return True


# ── seats ──────────────────────────────────────────────────────────────────────


def set_vote(session: Session, mandate: Mandate, has_vote: bool | None) -> None:
    """Sets the right to vote by hand (an agreement, a rule of procedure), or leaves it to the capacity
    (None). The chair and guests never vote: the database refuses."""
    mandate.has_vote = has_vote
    session.flush()


def replace(
    session: Session, alternate: Mandate, replaced: Mandate, *, starts_on: date, ends_on: date | None
) -> Replacement:
    """The alternate votes in the member's place, both days included. Raises `CannotReplace`."""
    if alternate.body_id != replaced.body_id or alternate.id == replaced.id:
        raise CannotReplace(Unreplaceable.OTHER_BODY)
    if alternate.role is not MandateRole.ALTERNATE or alternate.seat.is_voting:
        raise CannotReplace(Unreplaceable.NOT_AN_ALTERNATE)
    if not replaced.seat.is_voting:
        raise CannotReplace(Unreplaceable.NO_VOTE)
    if not alternate.seat.runs(starts_on):
        raise CannotReplace(Unreplaceable.NO_MANDATE)
    taken = {alternate.id, replaced.id}
    for one in queries.replacements(session, [alternate.body_id]):
        if taken & {one.mandate_id, one.replaced_id} and overlap(
            starts_on, ends_on, one.starts_on, one.ends_on
        ):
            raise CannotReplace(Unreplaceable.TAKEN)
    made = Replacement(mandate=alternate, replaced=replaced, starts_on=starts_on, ends_on=ends_on)
    session.add(made)
    session.flush()
    return made


def end_replacement(session: Session, made: Replacement, *, on: date) -> None:
    """That day is the last one; one that had not begun yet is taken back whole. Never a way to prolong."""
    if made.starts_on > on:
        session.delete(made)
    else:
        made.ends_on = on if made.ends_on is None else min(on, made.ends_on)
    session.flush()
