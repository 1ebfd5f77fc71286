"""Who votes on a body on a day, and which acts a delegation covers. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from consult.core.errors import Refused
from consult.people.rules import VOTING, MandateRole, is_running

NEVER_VOTES: Final = frozenset({MandateRole.CHAIR, MandateRole.EXPERT_GUEST})
"""The chair does not vote when the body is consulted (L2315-32); a guest is no member."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A mandate as the count needs it. ``has_vote``: set by hand; None: as its capacity says."""

    id: UUID
    role: MandateRole
    starts_on: date
    ends_on: date | None = None
    has_vote: bool | None = None

    def runs(self, on: date) -> bool:
        return is_running(self.starts_on, self.ends_on, on)

    @property
    def is_voting(self) -> bool:
        """The right to vote as it stands without any replacement."""
        return votes(self.role, self.has_vote)


@dataclass(frozen=True, slots=True)
class StandsIn:
    """``by``, an alternate, votes in the place of ``of`` from a day on (L2314-37). Both are seats."""

    by: UUID
    of: UUID
    starts_on: date
    ends_on: date | None = None


def votes(role: MandateRole, has_vote: bool | None = None) -> bool:
    """By capacity, unless somebody set it by hand; the chair and guests never vote."""
    if role in NEVER_VOTES:
        return False
    return role in VOTING if has_vote is None else has_vote


def voters(seats: Iterable[Seat], replacements: Iterable[StandsIn], on: date) -> frozenset[UUID]:
    """The seats that vote on that day. One that is replaced does not, while the alternate's own mandate
    runs; the alternate does, even once the mandate of the member replaced is over."""
    by_id = {one.id: one for one in seats}
    found = {one.id for one in by_id.values() if one.runs(on) and one.is_voting}
    for one in replacements:
        by, of = by_id.get(one.by), by_id.get(one.of)
        if by is None or of is None or not is_running(one.starts_on, one.ends_on, on):
            continue
        if by.runs(on) and of.is_voting and by.role not in NEVER_VOTES:
            found.discard(of.id)
            found.add(by.id)
    return frozenset(found)


class Unreplaceable(StrEnum):
    """Why somebody cannot vote in somebody else's place."""

    NOT_AN_ALTERNATE = "not_an_alternate"
    NO_VOTE = "no_vote"
    """The one replaced has no vote to give."""
    OTHER_BODY = "other_body"
    TAKEN = "taken"
    """One of the two is in another replacement at that time."""
    NO_MANDATE = "no_mandate"
    """The alternate's mandate does not run on the first day."""


class CannotReplace(Refused):
    """The replacement is refused; ``why`` says it."""

    def __init__(self, why: Unreplaceable) -> None:
        super().__init__(str(why))
        self.why = why


# ── delegations ────────────────────────────────────────────────────────────────


class DelegatedAct(StrEnum):
    """What a body may let a member do alone for a while."""

    UNANSWERED = "unanswered"
    """Declare a question unanswered."""
    CONTEST_DAY = "contest_day"
    """Contest a day the employer entered."""
    REMARK = "remark"
    """Write, correct and withdraw the comment beside a notice."""


class NotDelegated(Refused):
    """No running delegation lets this person do that."""


@dataclass(frozen=True, slots=True)
class Powers:
    """A delegation on paper: what, from when to when, and when it was taken back."""

    acts: Collection[DelegatedAct]
    starts_on: date
    ends_on: date | None = None
    revoked_on: date | None = None

    def cover(self, act: DelegatedAct, on: date) -> bool:
        """First and last day included; taken back, it covers nothing from that same day on."""
        is_back = self.revoked_on is not None and on >= self.revoked_on
        return act in self.acts and is_running(self.starts_on, self.ends_on, on) and not is_back
