"""Keeping what search finds in step with what there is: documents are replaced whole, in the act's own
transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.core.db import next_number
from consult.register import search
from consult.register.models import ContentVersion, Document
from consult.register.rules import Shelf, facet, on_shelf
from consult.register.words import tokens_of


def put(
    session: Session,
    shelf: Shelf,
    subject_id: UUID,
    texts: Iterable[tuple[str, str]],
    *,
    facets: Collection[str] = (),
    on_top: bool = False,
    for_good: bool = False,
) -> Document:
    """The thing is found by these texts (each with its language) and facets from now on, and by nothing it
    was found by before. ``on_top``: shown before everything there is; else it keeps its place. ``for_good``:
    what it was found by was taken back, and is to lie nowhere in the index."""
    found = document(session, shelf, subject_id)
    words, all_facets = frozenset(tokens_of(texts)), frozenset(facets) | on_shelf(shelf)
    if found is None:
        found = Document(shelf=shelf, subject_id=subject_id, position=_on_top(session))
        session.add(found)
    elif on_top:
        found.position = _on_top(session)
    before = found.words or frozenset()
    if (before, found.facets) != (words, all_facets):
        found.words, found.facets = words, all_facets
        search.learn(session, words - before)
    session.flush()
    if for_good:
        search.forget(session, before - words)
    return found


def raise_up(session: Session, shelf: Shelf, subject_id: UUID) -> None:
    """The thing is shown before everything there is."""
    found = document(session, shelf, subject_id)
    if found is not None:
        found.position = _on_top(session)
        session.flush()


def refacet(session: Session, shelf: Shelf, subject_id: UUID, kind: str, values: Iterable[str]) -> None:
    """Its facets of one kind are these now; a thing that is on no such shelf stays so."""
    found = document(session, shelf, subject_id)
    if found is None:
        return
    facets = {one for one in found.facets if one[0] != kind} | {facet(kind, value) for value in values}
    if facets != found.facets:
        found.facets = frozenset(facets)
        session.flush()


def document(session: Session, shelf: Shelf, subject_id: UUID) -> Document | None:
    return session.scalar(select(Document).where(Document.shelf == shelf, Document.subject_id == subject_id))


def texts_of(texts: Iterable[Mapping[str, str]]) -> Iterable[tuple[str, str]]:
    """Texts by language as `put` takes them."""
    return ((language, said) for one in texts for language, said in one.items())


def _on_top(session: Session) -> int:
    """Under the lock that orders acts, so that no two get the same (SQLite writes one at a time anyway)."""
    session.execute(select(ContentVersion.value).where(ContentVersion.id == 1).with_for_update())
    return next_number(session, Document.position)
