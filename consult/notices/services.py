"""Writing, publishing, withdrawing a notice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from consult.core.db import next_number
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import LOCALES, Localized
from consult.notices import fields, finding, queries
from consult.notices.content import ROWS, Content, as_json
from consult.notices.imports.draft import ImportedDraft
from consult.notices.models import PARTS, Note, Notice, Revision
from consult.notices.readiness import dated, missing
from consult.notices.rules import (
    CHANGELOG,
    TITLE,
    TRANSITIONS,
    UNKNOWN,
    NoticeState,
    NotReady,
    Review,
    free_slug,
    slug_of,
)
from consult.people.models import Account
from consult.register import services as register
from consult.register.rules import Ref, Tag
from consult.web.readers import Visibility


@dataclass(frozen=True, slots=True)
class Conflict:
    """A text that two people wrote differently, by its key (see `fields.label_of`) and language."""

    key: str
    lang: str
    mine: str
    theirs: str


def content_of(revision: Revision) -> Content:
    """What stands in a revision now."""
    parts: dict[str, Any] = {name: getattr(revision, name) for name in _COLUMNS}
    parts |= {key: tuple(_row(key, one) for one in getattr(revision, key)) for key in ROWS}
    return Content(**parts).normal()


def _row(key: str, part: Any) -> Any:
    return ROWS[key](**{name: _plain(getattr(part, name)) for name in _names(ROWS[key])})


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _names(row: type[Any]) -> tuple[str, ...]:
    return tuple(one.name for one in dataclass_fields(row))


_COLUMNS = tuple(name for name in _names(Content) if name not in ROWS)
"""What a revision keeps in columns of its own."""


# ── writing ────────────────────────────────────────────────────────────────────


def create(
    session: Session,
    *,
    title: Localized,
    actor: Account,
    on: date,
    slug: str = "",
    once: UUID | None = None,
    text: Content | None = None,
) -> Notice:
    """A draft with a first revision, empty but for ``text``; number and address are given (``slug`` wished,
    made unique). ``once``: the identifier it will have; sent twice, the first stays."""
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
    first = replace(text or Content(title), title=title).normal()
    notice.revisions.append(_revision(1, first, by=actor))
    session.add(notice)
    session.flush()
    finding.index(session, notice)
    return notice


def create_imported(session: Session, draft: ImportedDraft, *, actor: Account, on: date) -> Notice:
    """A draft from an assessment or a register row; what has no field stays in ``Revision.imported``."""
    texts = {lang: " ".join(text.split()) for lang, text in draft.title.texts.items()}
    title = replace(draft.title, texts=texts) if texts != dict(draft.title.texts) else draft.title
    if not title:
        title = Localized({draft.title.source: draft.reference}, draft.title.source)
    notice = create(session, title=title, actor=actor, on=on)
    revision = notice.revisions[0]
    save(session, revision, Content(title, {}, draft.fields, draft.answers))
    revision.imported = draft.as_json()
    session.flush()
    return notice


def save(
    session: Session,
    revision: Revision,
    content: Content,
    *,
    version: int | None = None,
    actor: Account | None = None,
) -> Revision:
    """Replaces the text of a draft revision whole; each text carries what its translation was made from
    (see `rules.typed`). The same text again changes nothing, so that a double click does no harm. An
    approved text that changes is a draft again. ``version``: the one the form was made from. ``actor``: who
    changed it, where somebody did.
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
    flag_modified(revision, "summary")  # raises the version even when only rows of a table changed
    if actor is not None:
        revision.edited_by = actor.id
    if revision.review is Review.APPROVED:
        revision.review, revision.approved_by = Review.DRAFT, None
    session.flush()
    finding.index(session, revision.notice)
    return revision


def conflicts(theirs: Content, mine: Content) -> tuple[Conflict, ...]:
    """Every text that differs, by key and language."""
    left, right = _flat(theirs), _flat(mine)
    keys = [*right, *(key for key in left if key not in right)]
    found = (Conflict(*key, mine=right.get(key, ""), theirs=left.get(key, "")) for key in keys)
    return tuple(one for one in found if one.mine != one.theirs)


def _flat(content: Content) -> dict[tuple[str, str], str]:
    texts = {TITLE: content.title, **content.summary, **content.fields, CHANGELOG: content.changelog}
    found = {(key, lang): text.texts.get(lang, "") for key, text in texts.items() for lang in LOCALES}
    for table in fields.TABLES:
        rows = getattr(content, table.key)
        for lang in LOCALES:
            found[table.key, lang] = "\n\n".join(_row_lines(table, one, lang) for one in rows)
    for field in fields.FIELDS:
        if answer := content.answers.get(field.key, ""):
            found[f"{field.key}", LOCALES[0]] = f"{found.get((field.key, LOCALES[0]), '')} [{answer}]".strip()
    return found


def _row_lines(table: fields.Table, row: Any, lang: str) -> str:
    cells = (getattr(row, column.key) for column in table.columns)
    texts = (one.texts.get(lang, "") if isinstance(one, Localized) else str(one or "") for one in cells)
    return "\n".join(text for text in texts if text)


def _revision(
    number: int, content: Content, imported: dict[str, Any] | None = None, *, by: Account
) -> Revision:
    revision = Revision(number=number, imported=imported or {}, review=Review.DRAFT, edited_by=by.id)
    _write(revision, content)
    return revision


def _write(revision: Revision, content: Content) -> None:
    for name in _COLUMNS:
        value = getattr(content, name)
        setattr(revision, name, dict(value) if isinstance(value, Mapping) else _listed(value))
    for key, part in PARTS.items():
        rows = getattr(content, key)
        setattr(revision, key, [part(position=at, **_values(one)) for at, one in enumerate(rows)])


def _values(row: Any) -> dict[str, Any]:
    return {name: _listed(getattr(row, name)) for name in _names(type(row))}


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def revise(
    session: Session,
    notice: Notice,
    *,
    actor: Account,
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
    copy = replace(content_of(last), changelog=Localized({}, last.title.source), causes=())
    revision = _revision(last.number + 1, copy, dict(last.imported), by=actor)
    notice.revisions.append(revision)
    session.flush()
    finding.index(session, notice)
    return revision


def of_file(
    session: Session, *, title: Localized, about: Localized, body_id: UUID, answers: Account, by: Account,
    on: date,
) -> Notice:  # fmt: skip
    """What employees are asked about on a file of a body, in its words; ``answers``: who answers for the
    employer. It stands before that body, and is opened, listed and found nowhere."""
    register.touch(session)  # as above: the number
    ident = uuid4()
    notice = Notice(
        id=ident, slug=f"file-{ident.hex}", number=next_number(session, Notice.number), is_file=True,
        state=NoticeState.PUBLISHED, visibility=Visibility.BODY, body_ids=[str(body_id)], author=answers,
        created_on=on,
    )  # fmt: skip
    revision = _revision(1, Content(title, {"what": about}).normal(), by=by)
    notice.revisions.append(revision)
    session.add(notice)
    session.flush()
    revision.published_on, revision.published_by = on, by.id
    session.flush()
    return notice


# ── what others read ───────────────────────────────────────────────────────────


def publish(session: Session, notice: Notice, *, actor: Account, on: date) -> Revision:
    """Freezes the draft revision and files its leaf. Raises `NotReady`. Called by sending, which says next
    which body it went to: until then nobody but the employer may read it."""
    revision = queries.draft(notice)
    if revision is None:
        raise WrongState("notice", notice.state)
    if notice.state is not NoticeState.PUBLISHED and NoticeState.PUBLISHED not in TRANSITIONS[notice.state]:
        raise WrongState("notice", notice.state)
    if revision.review is Review.IN_REVIEW:
        raise WrongState("revision", revision.review)
    if lacking := missing(revision, is_first=revision.number == 1):
        raise NotReady(lacking)
    content = dated(content_of(revision), on)
    content = replace(content, causes=queries.still_there(session, notice.id, content.causes))
    _write(revision, content)
    session.flush()  # the rows first: once published the database takes no more of them
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
    for cause in revision.causes:
        register.tie(session, Ref.parse(cause), revision.ref)
    _await_answers(session, notice, revision)
    finding.index(session, notice)
    return revision


def _await_answers(session: Session, notice: Notice, revision: Revision | None) -> None:
    """What that revision says is not known yet is answered by its day, and what older ones said no more."""
    stated = [one.id for some in notice.revisions for one in some.unknowns]
    unknowns = revision.unknowns if revision is not None else ()
    waiting = {one.id: one.due_on for one in unknowns if not one.answer and one.due_on is not None}
    register.await_instead(session, UNKNOWN, waiting, of=stated)


def sent_to(session: Session, notice: Notice, body_id: UUID, *, held_until: date) -> None:
    """Told by the consultation: this body received it, employees may read it from that day."""
    if notice.state is not NoticeState.PUBLISHED:
        raise WrongState("notice", notice.state)
    notice.body_ids = sorted({*notice.body_ids, str(body_id)})
    if notice.readable_on is None:
        notice.held_until = held_until
    session.flush()
    finding.index(session, notice)
    register.widen(session, notice.id, notice.audience)


def in_stages(session: Session, notice: Notice, stages: Collection[str]) -> None:
    """Told by the consultation: the stages its bodies' consultations are in."""
    finding.in_stages(session, notice, stages)


def open_to_employees(session: Session, notice: Notice, *, on: date) -> None:
    """Told by the consultation: employees may read it from today. Said again, nothing changes."""
    if notice.state is not NoticeState.PUBLISHED or not notice.body_ids:
        raise WrongState("notice", notice.state)
    if notice.readable_on is not None:
        return
    notice.visibility, notice.readable_on = Visibility.EMPLOYEES, on
    session.flush()
    finding.index(session, notice, on_top=True)
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
    """A tombstone with its reason stays readable; notes between colleagues go. Files the leaf."""
    if NoticeState.WITHDRAWN not in TRANSITIONS[notice.state]:
        raise WrongState("notice", notice.state)
    notice.state, notice.withdrawn_on, notice.withdrawn_reason = NoticeState.WITHDRAWN, on, reason
    session.execute(delete(Note).where(Note.revision_id.in_([one.id for one in notice.revisions])))
    session.flush()
    _await_answers(session, notice, None)
    finding.index(session, notice)
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
