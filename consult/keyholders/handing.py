"""Handing keys over: the body names a successor, an unlocked keyholder passes the key on, and the key of
whoever leaves goes once the successor has opened the letterbox. Names change by that act of record alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consult.anonymity import wrapping
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.keyholders import circles, letters, queries, services
from consult.keyholders.models import Handover, HandoverStep, Keyholder, WrappedKey
from consult.keyholders.rules import (
    LEAST,
    CannotPassOn,
    HandoverRuns,
    NothingToHandOver,
    NotReady,
    Planted,
)
from consult.people import services as people_services
from consult.people.models import Account, Body, Mandate
from consult.people.rules import NotAdopted, is_adopted
from consult.register import queries as recorded
from consult.register import services as register
from consult.register.rules import Ref, Tag
from consult.voices.models import Letterbox
from consult.web.readers import Audience

# ── the body names somebody ────────────────────────────────────────────────────


def decide(
    session: Session, body: Body, *, predecessor: Account | None, successor: Keyholder,
    resolution: Localized, votes: Mapping[str, int], actor: Account, on: date, decided_on: date | None = None,
) -> Handover:  # fmt: skip
    """On a resolution of the body: ``successor`` is named for every living letterbox ``predecessor`` holds a
    key of (without one: for all of the body's, as one more). Nobody loses a key yet. Raises `NotAdopted`,
    `NotReady`, `HandoverRuns`, `NothingToHandOver`, `Planted`."""
    register.touch(session)  # two members who send at once come one after the other
    if not is_adopted(votes["for"], votes["against"], votes["abstentions"]):
        raise NotAdopted
    ready = {one.id for one in queries.ready(session, body.id, on=on)}
    if successor.id not in ready or (predecessor is not None and predecessor.id == successor.account_id):
        raise NotReady
    boxes = _to_hand_over(session, body, predecessor, successor)
    decision = people_services.record_resolution(
        session, body, text=resolution, on=decided_on or on, actor=actor, votes=votes
    )
    before = queries.of_account(session, predecessor.id) if predecessor is not None else None
    handover = Handover(
        body=body, predecessor=before, successor=successor, resolution_id=decision.id, decided_on=on,
        recorded_by=actor.id, steps=[HandoverStep(letterbox=one) for one in boxes],
    )  # fmt: skip
    session.add(handover)
    session.flush()
    for one in boxes:
        if successor.account.name not in queries.named(one):
            names = [*queries.named(one), successor.account.name]
            _name(session, one, names, handover, title=_named(handover), on=on)
        finish(session, one, on=on)  # the successor may have opened it long ago
    for to in circles.who_can_pass_on(session, handover, on=on):
        letters.to_pass_on(session, handover, to)
    letters.named(session, handover)
    return handover


def _to_hand_over(
    session: Session, body: Body, predecessor: Account | None, successor: Keyholder
) -> list[Letterbox]:
    """The letterboxes that change hands; each is vouched for, else nothing changes. Raises as `decide`."""
    found = []
    for one in queries.living(session, body.id):
        holding = {each.account_id for each in queries.of_letterbox(session, one.id)}
        if predecessor is not None and predecessor.id not in holding:
            continue
        if predecessor is None and successor.account_id in holding:
            continue
        roll = queries.roll(session, one)
        if not roll.is_sound:
            raise Planted(roll.planted)
        for step in queries.open_steps(session, one.id):
            before = step.handover.predecessor
            if predecessor is not None and before is not None and before.account_id == predecessor.id:
                raise HandoverRuns
            if step.handover.successor_id == successor.id and predecessor is None:
                raise HandoverRuns
        found.append(one)
    if not found:
        raise NothingToHandOver
    return found


def renew(session: Session, account: Account, *, keys: wrapping.HolderKeys, on: date) -> Keyholder:
    """A second key for somebody who lost both secrets of the first. It opens nothing before another keyholder
    has passed the letterbox keys on to it; until then the first keeps its place, should the sheet be found.
    Where no letterbox is left to pass on, the second takes the place at once. Raises `NotReady`."""
    old = queries.of_account(session, account.id)
    if old is None:
        raise NotReady
    for one in _renewals(session, account.id):  # lost again before anybody passed a key on
        _drop(session, one)
    new = services.add_key(
        session, account, mandate=_mandate_of(account, old), keys=keys, on=on, is_current=False
    )
    by_body: dict[UUID, list[Letterbox]] = {}
    for letterbox in queries.letterboxes(session, account.id):
        body_id = queries.body_of(letterbox)
        others = [one for one in queries.of_letterbox(session, letterbox.id) if one.account_id != account.id]
        if body_id is not None and others:
            by_body.setdefault(body_id, []).append(letterbox)
    for body_id, boxes in by_body.items():
        handover = Handover(
            body_id=body_id, predecessor=old, successor=new, decided_on=on, recorded_by=account.id,
            steps=[HandoverStep(letterbox=one) for one in boxes],
        )  # fmt: skip
        session.add(handover)
        session.flush()
        session.refresh(handover, ["body"])
        for to in circles.who_can_pass_on(session, handover, on=on):
            letters.to_pass_on(session, handover, to)
    if not by_body:
        _take_place(session, new)
    session.flush()
    return new


def _mandate_of(account: Account, old: Keyholder) -> Mandate | None:
    return next((one for one in account.mandates if one.id == old.mandate_id), None)


def _renewals(session: Session, account_id: UUID) -> list[Handover]:
    return [
        one
        for one in queries.unfinished(session)
        if one.is_renewal and one.successor.account_id == account_id and not one.successor.is_current
    ]


def _drop(session: Session, handover: Handover) -> None:
    holder = handover.successor
    session.execute(delete(WrappedKey).where(WrappedKey.keyholder_id == holder.id))
    session.delete(handover)
    session.flush()


# ── an unlocked keyholder passes the key on ────────────────────────────────────


def to_pass_on(session: Session, handover: Handover, account: Account) -> list[tuple[Letterbox, WrappedKey]]:
    """What this person can pass on of a handover: letterboxes they hold a key of and the successor does not.
    Raises `Planted` where a letterbox is not vouched for."""
    found = []
    for step in handover.steps:
        letterbox = step.letterbox
        if step.ended_on is not None or _has_key(session, letterbox.id, handover.successor_id):
            continue
        mine = queries.wrapped_for(session, letterbox.id, account.id)
        if mine is None or (mine.keyholder_id == handover.predecessor_id and handover.is_renewal):
            continue
        roll = queries.roll(session, letterbox)
        if not roll.is_sound:
            raise Planted(roll.planted)
        if account.name in roll.names and handover.successor.account.name in roll.names:
            found.append((letterbox, mine))
    return found


def pass_on(
    session: Session, handover: Handover, account: Account, halves: Mapping[UUID, bytes], *, on: date
) -> int:
    """Seals the letterbox keys to the successor; returns of how many letterboxes. ``halves``: the private
    halves of this person's keys that were opened, by key. Raises `CannotPassOn`, `NotReady`, `Planted`."""
    if not queries.is_able(handover.successor.account, on=on):
        raise NotReady
    done = 0
    for letterbox, mine in to_pass_on(session, handover, account):
        half = halves.get(mine.keyholder_id)
        if half is None:
            continue
        private = wrapping.unwrap(half, mine.sealed, letterbox.public_key)
        services.wrap_for(session, letterbox, private, [handover.successor])
        done += 1
    if not done:
        raise CannotPassOn
    letters.passed_on(session, handover)
    return done


def _has_key(session: Session, letterbox_id: bytes, keyholder_id: UUID) -> bool:
    return queries.wrapped(session, letterbox_id, keyholder_id) is not None


# ── the successor opens, the predecessor's key goes ────────────────────────────


def confirm(session: Session, letterbox: Letterbox, keyholder_id: UUID, *, on: date) -> None:
    """Somebody opened the letterbox with that key. What waited for it is finished."""
    row = queries.wrapped(session, letterbox.id, keyholder_id)
    if row is not None and row.confirmed_on is None:
        row.confirmed_on = on
        session.flush()
    finish(session, letterbox, on=on)


def confirm_all(session: Session, handover: Handover, half: bytes, *, on: date) -> int:
    """The successor's key was opened: each letterbox passed on to it is tried, and confirmed where it opens.
    Returns how many. Raises `Planted`."""
    done = 0
    for step in handover.steps:
        row = queries.wrapped(session, step.letterbox_id, handover.successor_id)
        if step.ended_on is not None or row is None:
            continue
        roll = queries.roll(session, step.letterbox)
        if not roll.is_sound:
            raise Planted(roll.planted)
        with suppress(wrapping.CannotOpen):
            wrapping.unwrap(half, row.sealed, step.letterbox.public_key)
            confirm(session, step.letterbox, handover.successor_id, on=on)
            done += 1
    return done


def finish(session: Session, letterbox: Letterbox, *, on: date) -> None:
    """Ends each step of this letterbox that can end. A predecessor's key stays as long as fewer than two
    others can open it."""
    for step in queries.open_steps(session, letterbox.id):
        handover = step.handover
        row = queries.wrapped(session, letterbox.id, handover.successor_id)
        if row is None or row.confirmed_on is None or not _may_go(session, step, on=on):
            continue
        _revoke(session, letterbox, handover, on=on)
        step.ended_on = on
        session.flush()
        if handover.is_renewal:
            _take_place(session, handover.successor)
        end(session, handover, on=on)


def end(session: Session, handover: Handover, *, on: date) -> None:
    """A handover ends with its last step; also where its letterboxes were destroyed meanwhile."""
    session.refresh(handover, ["steps"])
    if handover.ended_on is None and all(one.ended_on is not None for one in handover.steps):
        handover.ended_on = on
        session.flush()


def _may_go(session: Session, step: HandoverStep, *, on: date) -> bool:
    before = step.handover.predecessor
    if before is None or step.handover.is_renewal:
        return True
    left = [one for one in queries.able(session, step.letterbox_id, on=on) if one.id != before.account_id]
    return len(left) >= LEAST


def _revoke(session: Session, letterbox: Letterbox, handover: Handover, *, on: date) -> None:
    before = handover.predecessor
    if before is None:
        return
    session.execute(
        delete(WrappedKey).where(
            WrappedKey.letterbox_id == letterbox.id, WrappedKey.keyholder_id == before.id
        ),
        execution_options={"synchronize_session": "fetch"},
    )
    name = before.account.name
    if handover.is_renewal or queries.wrapped_for(session, letterbox.id, before.account_id) is not None:
        return
    names = [one for one in queries.named(letterbox) if one != name]
    _name(session, letterbox, names, handover, title=_left(handover, names), on=on)


def _take_place(session: Session, holder: Keyholder) -> None:
    """The key somebody uses from now on."""
    if holder.is_current:
        return
    old = queries.of_account(session, holder.account_id)
    if old is not None and old.id != holder.id:
        old.is_current = False
        session.flush()
    holder.is_current = True
    session.flush()


# ── the act of record ──────────────────────────────────────────────────────────


def _name(
    session: Session, letterbox: Letterbox, names: Sequence[str], handover: Handover, *, title: Localized,
    on: date,
) -> None:  # fmt: skip
    """The list of names changes with its leaf, or not at all."""
    ref = Ref("letterbox", letterbox.id.hex())
    opening = recorded.first_of(session, ref, Tag.LETTERBOX_OPENED)
    if opening is None:
        raise WrongState("letterbox", "without a record")
    session.refresh(handover, ["resolution"])
    decision = handover.resolution
    names = sorted(names)
    content = {
        "keyholders": names,
        "handover": str(handover.id),
        "resolution": dict(decision.text.texts) if decision is not None else {},
        "day": on.isoformat(),
    }
    leaf = register.record(
        session,
        Tag.KEYHOLDERS_CHANGED,
        ref,
        title=title,
        day=on,
        content=content,
        audience=Audience(
            opening.visibility, opening.author, frozenset(UUID(one) for one in opening.body_ids)
        ),
        notice_id=opening.notice_id,
    )
    letterbox.told = {**letterbox.told, "keyholders": names}
    services.vouch(session, letterbox, leaf, content)


def _named(handover: Handover) -> Localized:
    name, body = handover.successor.account.name, handover.body.name
    before = handover.predecessor
    if before is None:
        return Localized.of(
            fr=f"Nouvelle clé confiée par l’instance ({body})\u00a0: {name}",
            en=f"A further key given by the body ({body}): {name}",
        )
    return Localized.of(
        fr=f"Clé confiée par l’instance ({body})\u00a0: {name}, à la suite de {before.account.name}",
        en=f"Key given by the body ({body}): {name}, who follows {before.account.name}",
    )


def _left(handover: Handover, names: Sequence[str]) -> Localized:
    before, body, listed = handover.predecessor, handover.body.name, ", ".join(sorted(names))
    assert before is not None, "somebody left"
    return Localized.of(
        fr=f"{before.account.name} ne détient plus de clé ({body}). Dépositaires\u00a0: {listed}",
        en=f"{before.account.name} no longer holds a key ({body}). Keyholders: {listed}",
    )
