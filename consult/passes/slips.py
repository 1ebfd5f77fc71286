"""Paper slips: codes made in memory, printed once, kept as hashes; and taking back what was not used.

A code never touches a disk here: it goes into the PDF that is handed out, and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy.orm import Session

from consult.anonymity import slips
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.passes import queries
from consult.passes.recording import record
from consult.passes.rules import MadeMeanwhile, NothingToRevoke
from consult.register.models import Leaf
from consult.register.rules import Tag
from consult.voices import services as voices
from consult.voices.models import Letterbox
from consult.voices.rules import Phase, lanes, phase


def new_codes(number: int) -> list[str]:
    """So many fresh codes, of 16 signs each: 80 random bits."""
    return [slips.new() for _each in range(number)]


def rights_of(letterbox_id: bytes, quota: int, codes: Sequence[str]) -> list[bytes]:
    """What is kept of them: a hash for each slip and lane, nothing that ties two of one slip."""
    return [one for code in codes for one in slips.hashes(letterbox_id, code, lanes(quota)).values()]


def make(
    session: Session, letterbox: Letterbox, rights: Collection[bytes], *, number: int, seen: int, on: date
) -> Leaf:
    """The rights of one print, all in the caller's transaction; how many slips there are is an act of
    record. ``seen``: how many acts stood on the page this came from. Raises `WrongState` after the last
    day or where no slips are taken, `MadeMeanwhile`."""
    voices.hold_slips(session)
    session.refresh(letterbox)
    _must_run(letterbox, on)
    if len(queries.slip_acts(session, letterbox)) != seen:
        raise MadeMeanwhile
    voices.add_slips(session, letterbox.id, rights)
    body = letterbox.told.get("body", "")
    title = Localized.of(
        fr=f"{number}\u00a0coupons de participation imprimés ({body})",
        en=f"{number} paper slips made ({body})",
    )
    return record(session, letterbox, Tag.SLIPS_MADE, title=title, content={"number": number}, on=on)


def revoke(session: Session, letterbox: Letterbox, *, on: date) -> Leaf:
    """Takes back every right of a slip that was not used; what was said with one stays said. How many were
    left is written nowhere: it would tell who took part. Raises `WrongState`, `NothingToRevoke`."""
    voices.hold_slips(session)
    session.refresh(letterbox)
    _must_run(letterbox, on)
    if not queries.are_slips_out(session, letterbox):
        raise NothingToRevoke
    voices.take_slips(session, letterbox.id)
    body = letterbox.told.get("body", "")
    title = Localized.of(
        fr=f"Coupons de participation non utilisés annulés ({body})",
        en=f"Unused paper slips revoked ({body})",
    )
    return record(session, letterbox, Tag.SLIPS_REVOKED, title=title, content={}, on=on)


def is_running(letterbox: Letterbox, on: date) -> bool:
    """Until the last day; before the first one too, so that slips can be given out in time."""
    over = phase(letterbox.opens_on, letterbox.closes_on, on) is Phase.CLOSED
    return not letterbox.is_closed and not over


def _must_run(letterbox: Letterbox, on: date) -> None:
    if not letterbox.channels.takes_slips:
        raise WrongState("letterbox", letterbox.channels)
    if not is_running(letterbox, on):
        raise WrongState("letterbox", Phase.CLOSED)
