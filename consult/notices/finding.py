"""What search knows of each notice, kept in step with what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy.orm import Session

from consult.core.localized import LOCALES
from consult.notices import queries
from consult.notices.models import Notice, Revision
from consult.notices.readiness import parity, texts_of
from consult.notices.rules import ATTACHMENTS, FileReaders, NoticeState, Review
from consult.notices.sought import BODY, LANGUAGE, PLACE, RISK, RISK_CLASS, STAGE, STATE, WITHDRAWN
from consult.register import indexing
from consult.register.rules import Shelf, facet
from consult.register.words import slug


def index(session: Session, notice: Notice, *, on_top: bool = False, for_good: bool = False) -> None:
    """Brings what the notice is found by in line with what it says now: its newest published text for those
    who read it, and beside it the draft for human resources. ``on_top``: readers see it first from now on.
    ``for_good``: what it does not say any more was taken back, and is to lie nowhere in the index. What a
    body asks employees on a file of its own is not found."""
    if notice.is_file:
        return
    published, draft = queries.published(notice), queries.draft(notice)
    stages = _stages(session, notice)
    if published is not None:
        facets = facets_of(published) | stages | {facet(BODY, one) for one in notice.body_ids}
        said = _texts(notice, published)
        indexing.put(session, Shelf.NOTICE, notice.id, said, facets=facets, on_top=on_top, for_good=for_good)
    both = [one for one in (published, draft) if one is not None]
    indexing.put(
        session,
        Shelf.WORK,
        notice.id,
        (text for one in both for text in _texts(notice, one, with_all_files=True)),
        facets=facets_of(both[-1]) | stages | _states(notice, draft),
        for_good=for_good,
    )


def in_stages(session: Session, notice: Notice, stages: Collection[str]) -> None:
    """Told by the consultations: where they stand, all bodies together."""
    if notice.state is NoticeState.WITHDRAWN:
        stages = [WITHDRAWN]
    for shelf in (Shelf.NOTICE, Shelf.WORK):
        indexing.refacet(session, shelf, notice.id, STAGE, stages)


def _states(notice: Notice, draft: Revision | None) -> set[str]:
    """A notice before readers that is being written anew is found as published, and by how far the rereading
    of what is written came, once that began."""
    if draft is None or notice.state is NoticeState.WITHDRAWN:
        return {facet(STATE, notice.state)}
    reread = facet(STATE, draft.review)
    if notice.state is NoticeState.DRAFT:
        return {reread}
    return {facet(STATE, notice.state)} | ({reread} if draft.review is not Review.DRAFT else set())


def _stages(session: Session, notice: Notice) -> frozenset[str]:
    if notice.state is NoticeState.WITHDRAWN:
        return frozenset({facet(STAGE, WITHDRAWN)})
    known = indexing.document(session, Shelf.WORK, notice.id)
    return frozenset(one for one in known.facets if one[0] == STAGE) if known is not None else frozenset()


def _texts(notice: Notice, revision: Revision, *, with_all_files: bool = False) -> Iterator[tuple[str, str]]:
    """Everything it says, with its language; names of sites belong to none. A file that not every employee
    may open is not found by its name, so that nobody learns of it by looking for one."""
    hidden = {
        f"{ATTACHMENTS}.{at}.label"
        for at, one in enumerate(revision.attachments)
        if one.readers is not FileReaders.EMPLOYEES and not with_all_files
    }
    said = (text.texts for key, text in texts_of(revision) if key not in hidden)
    yield from indexing.texts_of(said)
    yield from (("", group.sites) for group in revision.groups)
    if notice.withdrawn_reason is not None:
        yield from notice.withdrawn_reason.texts.items()


def facets_of(revision: Revision) -> frozenset[str]:
    """Each word of a site counts for itself: a group's sites are free text."""
    counts = parity(revision)
    places = {facet(PLACE, one) for group in revision.groups for one in slug(group.sites).split("-") if one}
    whole = {facet(LANGUAGE, one) for one in LOCALES if counts[one].is_whole}
    risk = revision.answers.get(RISK_CLASS.key, "")
    return frozenset(places | whole | ({facet(RISK, risk)} if risk else set()))
