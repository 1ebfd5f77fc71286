"""Keeping the index of search quick."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from consult.register import search


def merge_index(session: Session, *, now: datetime) -> int:  # noqa: ARG001 (every job is called so)
    """A little at a time, each with a commit of its own: whoever writes meanwhile waits a moment at most.
    Returns how many times."""
    steps = 1
    is_more = search.merge(session, begin=True)
    session.commit()
    while is_more:
        is_more = search.merge(session, begin=False)
        session.commit()
        steps += 1
    return steps
