"""For whom: what an account reads as on the day, and which steps are its own to take."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from consult.calendars.rules import EMPLOYER, STAFF
from consult.people.access import acting_body_ids, permissions, reader_of, running_mandates
from consult.people.models import Account, Body
from consult.people.rules import MandateRole, Permission, Role
from consult.web.readers import Reader, Side


@dataclass(frozen=True, slots=True)
class Who:
    """One account on that day. ``bodies``: those it follows; None: the employer's side, all of them."""

    account_id: UUID
    reader: Reader
    bodies: Collection[UUID] | None
    acting: frozenset[UUID]
    secretary: frozenset[UUID]
    chairs: frozenset[UUID]
    is_hr: bool

    @classmethod
    def of(cls, account: Account) -> Who | None:
        """None where it follows nothing today."""
        if not account.is_active or Permission.NOTICE_FOLLOW not in permissions(account):
            return None
        reader, mandates = reader_of(account), running_mandates(account)
        return cls(
            account.id,
            reader,
            None if reader.side is Side.EMPLOYER else reader.body_ids,
            acting_body_ids(account),
            frozenset(one.body_id for one in mandates if one.role is MandateRole.SECRETARY),
            frozenset(one.body_id for one in mandates if one.role is MandateRole.CHAIR),
            account.role is Role.HR_PUBLISHER,
        )

    def follows(self, body_id: UUID) -> bool:
        return self.bodies is None or body_id in self.bodies

    def acts(self, actor: str, body: Body, *, is_expert: bool) -> bool:
        """Whether a step of that actor is this person's side's to take."""
        if actor in EMPLOYER and self.is_hr:
            return True
        if actor == "committee_chair":
            return body.id in self.chairs
        if actor == "committee_secretary":
            return body.id in self.secretary
        if actor == "expert":
            return is_expert
        return actor in STAFF and body.id in self.acting

    def meets(self, body_id: UUID) -> bool:
        """Whether a meeting of that body is theirs: they sit on it, chair it, or call it."""
        return self.is_hr or body_id in self.chairs or (self.bodies is not None and body_id in self.bodies)
