"""Handing a document over, and taking it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from consult.core.errors import WrongState
from consult.enclosures.models import Enclosure
from consult.files import services as files
from consult.notices.models import Notice
from consult.notices.rules import FileReaders
from consult.people.models import Account, Body
from consult.register.rules import Ref


def hand_over(
    session: Session, *, about: Ref, body: Body, notice: Notice | None, upload: IO[bytes], name: str,
    label: str, readers: FileReaders, mandates: Collection[str], reason: str, until: date | None,
    actor: Account, on: date, once: UUID | None = None,
) -> Enclosure:  # fmt: skip
    """Checked by its content and kept. ``mandates``, ``reason`` and ``until`` count where it is confidential.
    ``once``: the identifier it will have; sent twice, the first stays. Raises `FileRefused`."""
    known = session.get(Enclosure, once) if once is not None else None
    if known is not None and (known.added_by, known.about) == (actor.id, str(about)):
        return known
    kept = files.keep(session, upload, name=name, on=on)
    is_confidential = readers is FileReaders.CONFIDENTIAL
    made = Enclosure(
        id=(once if known is None else None) or uuid4(),
        about=str(about), body=body, notice=notice, file=kept.file, name=kept.name, label=label,
        readers=readers, mandate_ids=sorted(mandates) if is_confidential else [],
        reason=reason if is_confidential else "", until=until if is_confidential else None, added_on=on,
        author=actor,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def take_back(session: Session, enclosure: Enclosure, *, on: date) -> None:
    """It stays on record that there was one. Raises `WrongState`."""
    if enclosure.withdrawn_on is not None:
        raise WrongState("document", "taken back")
    enclosure.withdrawn_on = on
    session.flush()
