"""Keeping a paper, saving it again, deleting it. They get the session and never commit. Nothing here is an
act of record: a paper is its side’s own draft."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.core.errors import EditedMeanwhile
from consult.core.localized import Localized
from consult.papers.models import Paper, PaperVersion
from consult.papers.queries import Place
from consult.papers.rules import PaperSide
from consult.people.models import Account, Body


def keep(
    session: Session, place: Place, *, side: PaperSide, key: str, text: Localized, actor: Account, on: date,
    once: UUID,
) -> Paper:  # fmt: skip
    """The first version. ``once``: the identifier it will have; sent twice, the first stays. Raises
    `EditedMeanwhile` where that is another paper."""
    session.execute(select(Body.id).where(Body.id == place.body.id).with_for_update())  # one at a time
    known = session.get(Paper, once)
    if known is not None:
        is_same = known.side is side and known.text_key == key and known.body_id == place.body.id
        if is_same and known.versions[0].saved_by == actor.id and known.versions[0].text == text:
            return known
        raise EditedMeanwhile
    paper = Paper(
        id=once, body=place.body, consultation=place.consultation, side=side, text_key=key, started_on=on,
        versions=[PaperVersion(number=1, text=text, saved_on=on, saved_by=actor.id)],
    )  # fmt: skip
    session.add(paper)
    session.flush()
    return paper


def save(session: Session, paper: Paper, *, text: Localized, seen: int, actor: Account, on: date) -> None:
    """The next version; the earlier ones stay. ``seen``: the number of the version it was written from.
    Saved without a change, it stays as it is. Raises `EditedMeanwhile`."""
    session.execute(select(Paper.id).where(Paper.id == paper.id).with_for_update())  # one at a time
    session.refresh(paper, ["versions"])
    newest = paper.newest
    if newest.text == text:
        return
    if newest.number != seen:
        raise EditedMeanwhile
    paper.versions.append(PaperVersion(number=newest.number + 1, text=text, saved_on=on, saved_by=actor.id))
    session.flush()


def delete(session: Session, paper: Paper) -> None:
    """With all its versions."""
    session.delete(paper)
    session.flush()
