"""What a body lets a member do alone, and the one door through which an act of the body passes: a vote, or a
delegation that runs. They get the session and never commit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from consult.core.errors import Refused, WrongState
from consult.core.localized import Localized
from consult.people import letters, queries, services
from consult.people.models import Account, Body, DelegatedUse, Delegation, Mandate, Resolution
from consult.people.rules import ACTING, NotAdopted, is_adopted, is_running
from consult.people.seats import DelegatedAct, NotDelegated
from consult.register import services as register
from consult.register.rules import Ref, Tag


class NotAMember(Refused):
    """A delegation goes to a member of the body who may act for it, and whose mandate runs."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What carries an act of a body. ``delegation``: None where the body voted on the act itself."""

    resolution: Resolution
    delegation: Delegation | None = None

    @property
    def content(self) -> dict[str, Any]:
        """For the record of the act."""
        if self.delegation is not None:
            given_on = self.resolution.day.isoformat()
            return {"delegation": str(self.delegation.id), "delegated_on": given_on}
        one = self.resolution
        return {"votes": {"for": one.votes_for, "against": one.votes_against, "abstentions": one.abstentions}}


def decide(
    session: Session,
    body: Body,
    *,
    act: DelegatedAct,
    about: Ref,
    text: Localized,
    actor: Account,
    on: date,
    votes: Mapping[str, int] | None = None,
    delegation: UUID | None = None,
) -> Decided:
    """Every act of a body that may be delegated comes through here: under a delegation that covers it for
    this person today, it carries the resolution that gave the delegation, and the body's page lists it
    (``about``: the thing done); else ``votes`` must carry it, and ``text`` is recorded as the resolution.
    Raises `NotDelegated`, `NotAdopted`."""
    if delegation is not None:
        given = queries.delegation(session, delegation)
        if given is None or not covers(given, body.id, actor, act, on):
            raise NotDelegated
        given.uses.append(DelegatedUse(act=act, about=str(about), day=on))
        return Decided(given.resolution, given)
    if votes is None or not is_adopted(votes["for"], votes["against"], votes["abstentions"]):
        raise NotAdopted
    return Decided(services.record_resolution(session, body, text=text, on=on, actor=actor, votes=votes))


def covers(given: Delegation, body_id: UUID, actor: Account, act: DelegatedAct, on: date) -> bool:
    """Whether that delegation lets that person do that act for that body on that day: its mandate runs, and
    it was not taken back."""
    mandate = given.mandate
    return (
        given.body_id == body_id
        and mandate.account_id == actor.id
        and _may_act(mandate, on)
        and given.powers.cover(act, on)
    )


def _may_act(mandate: Mandate, on: date) -> bool:
    return mandate.role in ACTING and is_running(mandate.starts_on, mandate.ends_on, on)


def running(
    session: Session, body_id: UUID, actor: Account, act: DelegatedAct, *, on: date
) -> list[Delegation]:
    """The delegations under which that person may do that act today, to choose from in a form."""
    given = queries.delegations(session, body_id)
    return [one for one in given if covers(one, body_id, actor, act, on)]


def give(
    session: Session,
    body: Body,
    mandate: Mandate,
    *,
    acts: Collection[DelegatedAct],
    starts_on: date,
    ends_on: date | None,
    text: Localized,
    votes: Mapping[str, int],
    decided_on: date,
    actor: Account,
    on: date,
    once: UUID | None = None,
) -> Delegation:
    """On a resolution of the body, adopted by a vote. ``once``: the identifier it will have; sent twice, the
    first stays. Raises `NotAdopted`, `NotAMember`, and `ValueError` without an act."""
    if not acts:
        raise ValueError("a delegation of nothing")
    if not is_adopted(votes["for"], votes["against"], votes["abstentions"]):
        raise NotAdopted
    register.touch(session)
    known = queries.delegation(session, once) if once is not None else None
    if known is not None and known.recorded_by == actor.id:
        return known
    if mandate.body_id != body.id or not _may_act(mandate, max(starts_on, on)):
        raise NotAMember
    resolution = services.record_resolution(session, body, text=text, on=decided_on, actor=actor, votes=votes)
    given = Delegation(
        id=once or uuid4(), body=body, mandate=mandate, acts=sorted(acts), starts_on=starts_on,
        ends_on=ends_on, resolution=resolution, recorded_by=actor.id,
    )  # fmt: skip
    session.add(given)
    session.flush()
    _record(session, given, "Délégation donnée", "Delegation given", on, {"votes": dict(votes)})
    if mandate.account_id != actor.id:
        letters.delegated(session, given)
    return given


def revoke(session: Session, given: Delegation, *, actor: Account, on: date) -> None:
    """The body takes it back: it covers nothing from that day on; what was done under it stays. Raises
    `WrongState` where it was taken back already."""
    register.touch(session)
    session.refresh(given)
    if given.revoked_on is not None:
        raise WrongState("delegation", "revoked")
    given.revoked_on, given.revoked_by = on, actor.id
    session.flush()
    _record(session, given, "Délégation retirée", "Delegation taken back", on, {"revoked": True})
    if given.mandate.account_id != actor.id:
        letters.revoked(session, given)


def _record(
    session: Session, given: Delegation, fr: str, en: str, on: date, content: Mapping[str, Any]
) -> None:
    name = given.mandate.account.name
    register.record(
        session,
        Tag.DELEGATION_GIVEN,
        given.ref,
        title=Localized.of(fr=f"{fr}\u00a0: {name}", en=f"{en}: {name}"),
        day=on,
        content={
            "body": str(given.body_id), "mandate": str(given.mandate_id), "acts": list(given.acts),
            "starts_on": given.starts_on.isoformat(),
            "ends_on": given.ends_on.isoformat() if given.ends_on else None, **content,
        },
        audience=given.audience,
    )  # fmt: skip
