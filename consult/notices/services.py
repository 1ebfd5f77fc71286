"""Writing, reviewing, publishing, withdrawing a notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from consult.core.db import next_number
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import LOCALES, Localized
from consult.notices import letters, queries
from consult.notices.imports.draft import ImportedDraft
from consult.notices.models import AffectedGroup, Milestone, Notice, Revision
from consult.notices.rules import (
    TRANSITIONS,
    WRITING,
    MilestoneKind,
    NoticeState,
    NotReady,
    free_slug,
    missing,
    slug_of,
)
from consult.people.models import Account
from consult.register import services as register
from consult.register.rules import Ref, Tag
from consult.web.readers import Visibility

NOTHING = Localized({})


@dataclass(frozen=True, slots=True)
class GroupText:
    name: Localized
    sites: str = ""
    headcount: int | None = None
    change: Localized = NOTHING
    measures: Localized = NOTHING


@dataclass(frozen=True, slots=True)
class MilestoneText:
    kind: MilestoneKind
    day: date
    label: Localized = NOTHING


@dataclass(frozen=True, slots=True)
class Content:
    """One whole text of a notice, as a form, an import or a story gives it."""

    title: Localized
    summary: Mapping[str, Localized]
    fields: Mapping[str, Localized]
    groups: Sequence[GroupText] = ()
    milestones: Sequence[MilestoneText] = ()
    changelog: Localized = NOTHING

    def normal(self) -> Content:
        """The same without empty texts, so that two can be compared."""
        return replace(
            self,
            summary={key: text for key, text in self.summary.items() if text},
            fields={key: text for key, text in self.fields.items() if text},
            groups=tuple(self.groups),
            milestones=tuple(self.milestones),
        )


@dataclass(frozen=True, slots=True)
class Conflict:
    """A text that two people wrote differently, by its key (see `fields.label_of`) and language."""

    key: str
    lang: str
    mine: str
    theirs: str


def content_of(revision: Revision) -> Content:
    """What stands in a revision now."""
    return Content(
        title=revision.title,
        summary=dict(revision.summary),
        fields=dict(revision.fields),
        groups=tuple(
            GroupText(one.name, one.sites, one.headcount, one.change, one.measures) for one in revision.groups
        ),
        milestones=tuple(MilestoneText(one.kind, one.day, one.label) for one in revision.milestones),
        changelog=revision.changelog,
    ).normal()


# ── writing ────────────────────────────────────────────────────────────────────


def create(
    session: Session,
    *,
    title: Localized,
    actor: Account,
    on: date,
    slug: str = "",
    once: UUID | None = None,
) -> Notice:
    """A draft with an empty first revision; number and address are given (``slug`` wished, made unique).
    ``once``: the identifier it will have; sent twice, the first stays."""
    register.touch(session)  # one at a time: the number and the address must be free
    if once is not None and (known := session.get(Notice, once)) is not None:
        if known.author_id == actor.id:
            return known
        once = None
    wished = slug_of(slug or title.shown(title.source)[0])
    notice = Notice(
        id=once or uuid4(),
        slug=free_slug(wished, queries.slugs_like(session, wished)),
        number=next_number(session, Notice.number),
        state=NoticeState.DRAFT,
        visibility=Visibility.DRAFT,
        body_ids=[],
        author=actor,
        created_on=on,
    )
    notice.revisions.append(_revision(1, Content(title, {}, {})))
    session.add(notice)
    session.flush()
    return notice


def create_imported(session: Session, draft: ImportedDraft, *, actor: Account, on: date) -> Notice:
    """A draft from an assessment or a register row; what has no field stays in ``Revision.imported``."""
    texts = {lang: " ".join(text.split()) for lang, text in draft.title.texts.items()}
    title = replace(draft.title, texts=texts) if texts != dict(draft.title.texts) else draft.title
    if not title:
        title = Localized({draft.title.source: draft.reference}, draft.title.source)
    notice = create(session, title=title, actor=actor, on=on)
    revision = notice.revisions[0]
    save(session, revision, Content(title, {}, draft.fields))
    revision.imported = draft.as_json()
    session.flush()
    return notice


def save(session: Session, revision: Revision, content: Content, *, version: int | None = None) -> Revision:
    """Replaces the text of a draft revision whole; each text carries what its translation was made from
    (see `rules.typed`). The same text again changes nothing, so that a double click does no harm. An
    approved notice that changes is a draft again. ``version``: the one the form was made from.
    Raises `EditedMeanwhile`, `WrongState` once published."""
    if revision.published_on is not None:
        raise WrongState("revision", "published")
    if revision.notice.state is NoticeState.WITHDRAWN:
        raise WrongState("notice", revision.notice.state)
    content, stored = content.normal(), content_of(revision)
    if content == stored:
        return revision
    if version is not None and version != revision.version:
        raise EditedMeanwhile
    _write(revision, content)
    flag_modified(revision, "summary")  # raises the version even when only groups or milestones changed
    if revision.notice.state is NoticeState.APPROVED:
        revision.notice.state = NoticeState.DRAFT
    session.flush()
    return revision


def conflicts(theirs: Content, mine: Content) -> tuple[Conflict, ...]:
    """Every text that differs, by key and language."""
    left, right = _flat(theirs), _flat(mine)
    keys = [*right, *(key for key in left if key not in right)]
    found = (Conflict(*key, mine=right.get(key, ""), theirs=left.get(key, "")) for key in keys)
    return tuple(one for one in found if one.mine != one.theirs)


def _flat(content: Content) -> dict[tuple[str, str], str]:
    texts = {"title": content.title, **content.summary, **content.fields, "changelog": content.changelog}
    found = {(key, lang): text.texts.get(lang, "") for key, text in texts.items() for lang in LOCALES}
    for lang in LOCALES:
        found["groups", lang] = "\n\n".join(_group_lines(one, lang) for one in content.groups)
        found["milestones", lang] = "\n".join(
            f"{one.day.isoformat()} {one.label.texts.get(lang, '')}".strip() for one in content.milestones
        )
    return found


def _group_lines(group: GroupText, lang: str) -> str:
    parts = (group.name, group.change, group.measures)
    facts = [group.sites, str(group.headcount) if group.headcount is not None else ""]
    return "\n".join(text for text in (*(one.texts.get(lang, "") for one in parts), *facts) if text)


def _revision(number: int, content: Content, imported: dict[str, Any] | None = None) -> Revision:
    revision = Revision(number=number, imported=imported or {})
    _write(revision, content)
    return revision


def _write(revision: Revision, content: Content) -> None:
    revision.title, revision.changelog = content.title, content.changelog
    revision.summary, revision.fields = dict(content.summary), dict(content.fields)
    revision.groups = [
        AffectedGroup(
            position=at, name=one.name, sites=one.sites, headcount=one.headcount, change=one.change,
            measures=one.measures,
        )
        for at, one in enumerate(content.groups)
    ]  # fmt: skip
    revision.milestones = [
        Milestone(position=at, kind=one.kind, day=one.day, label=one.label)
        for at, one in enumerate(content.milestones)
    ]


def move(session: Session, notice: Notice, to: NoticeState, *, actor: Account) -> None:
    """draft ⇄ in_review → approved. Raises `WrongState`. Publishing and withdrawing have verbs of their own.
    Put in review, the other HR accounts are written to."""
    if to not in WRITING or to not in TRANSITIONS[notice.state]:
        raise WrongState("notice", notice.state)
    notice.state = to
    session.flush()
    if to is NoticeState.IN_REVIEW:
        letters.review_asked(session, notice, actor=actor)


def revise(
    session: Session,
    notice: Notice,
    *,
    actor: Account,  # noqa: ARG001  verbs say who acts
) -> Revision:
    """A new draft revision of a published notice, a copy of the last; the draft there is, if any."""
    if notice.state is not NoticeState.PUBLISHED:
        raise WrongState("notice", notice.state)
    register.touch(session)  # two people who start one at the same time get one
    session.refresh(notice, ["revisions"])
    existing, last = queries.draft(notice), queries.published(notice)
    if existing is not None:
        return existing
    assert last is not None, "a published notice has a published revision"
    copy = replace(content_of(last), changelog=Localized({}, last.title.source))
    revision = _revision(last.number + 1, copy, dict(last.imported))
    notice.revisions.append(revision)
    session.flush()
    return revision


# ── what others read ───────────────────────────────────────────────────────────


def publish(session: Session, notice: Notice, *, actor: Account, on: date) -> Revision:
    """Freezes the draft revision and files its leaf. Raises `NotReady`. Called by sending, which says next
    which body it went to: until then nobody but the employer may read it."""
    revision = queries.draft(notice)
    if revision is None:
        raise WrongState("notice", notice.state)
    if notice.state is not NoticeState.PUBLISHED and NoticeState.PUBLISHED not in TRANSITIONS[notice.state]:
        raise WrongState("notice", notice.state)
    if lacking := missing(revision):
        raise NotReady(lacking)
    session.flush()  # groups and milestones first: once published the database takes no more of them
    revision.published_on, revision.published_by = on, actor.id
    if notice.visibility is Visibility.DRAFT:
        notice.state, notice.visibility = NoticeState.PUBLISHED, Visibility.BODY
    session.flush()
    register.record(
        session,
        Tag.NOTICE_PUBLISHED,
        Ref("notice", str(notice.id)),
        title=revision.title,
        day=on,
        content={"slug": notice.slug, "number": revision.number, **as_json(content_of(revision))},
        audience=notice.audience,
        notice_id=notice.id,
    )
    return revision


def as_json(content: Content) -> dict[str, Any]:
    """All that a revision says, as JSON: what its leaf binds."""
    return {
        "title": content.title.as_json(),
        "summary": {key: text.as_json() for key, text in content.summary.items()},
        "fields": {key: text.as_json() for key, text in content.fields.items()},
        "changelog": content.changelog.as_json(),
        "groups": [
            {
                "name": one.name.as_json(), "sites": one.sites, "headcount": one.headcount,
                "change": one.change.as_json(), "measures": one.measures.as_json(),
            }
            for one in content.groups
        ],
        "milestones": [
            {"kind": one.kind.value, "day": one.day.isoformat(), "label": one.label.as_json()}
            for one in content.milestones
        ],
    }  # fmt: skip


def sent_to(session: Session, notice: Notice, body_id: UUID, *, held_until: date) -> None:
    """Told by the consultation: this body received it, employees may read it from that day."""
    if notice.state is not NoticeState.PUBLISHED:
        raise WrongState("notice", notice.state)
    notice.body_ids = sorted({*notice.body_ids, str(body_id)})
    if notice.readable_on is None:
        notice.held_until = held_until
    session.flush()
    register.widen(session, notice.id, notice.audience)


def open_to_employees(session: Session, notice: Notice, *, on: date) -> None:
    """Told by the consultation: employees may read it from today. Said again, nothing changes."""
    if notice.state is not NoticeState.PUBLISHED or not notice.body_ids:
        raise WrongState("notice", notice.state)
    if notice.readable_on is not None:
        return
    notice.visibility, notice.readable_on = Visibility.EMPLOYEES, on
    session.flush()
    register.widen(session, notice.id, notice.audience)
    _record(session, notice, Tag.NOTICE_OPENED, on, {"readable_on": on.isoformat()})


def withdraw(
    session: Session,
    notice: Notice,
    *,
    reason: Localized,
    actor: Account,  # noqa: ARG001  verbs say who acts
    on: date,
) -> None:
    """A tombstone with its reason stays readable. Files the leaf."""
    if NoticeState.WITHDRAWN not in TRANSITIONS[notice.state]:
        raise WrongState("notice", notice.state)
    notice.state, notice.withdrawn_on, notice.withdrawn_reason = NoticeState.WITHDRAWN, on, reason
    session.flush()
    _record(session, notice, Tag.NOTICE_WITHDRAWN, on, {"reason": reason.as_json()})


def _record(session: Session, notice: Notice, tag: Tag, on: date, content: Mapping[str, Any]) -> None:
    revision = queries.published(notice)
    assert revision is not None
    register.record(
        session,
        tag,
        Ref("notice", str(notice.id)),
        title=revision.title,
        day=on,
        content={"slug": notice.slug, **content},
        audience=notice.audience,
        notice_id=notice.id,
    )
