"""Attachments of the revision being written: choosing a file, seeing what it tells, keeping, removing it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import FileStorage

from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.i18n import _
from consult.core.localized import Localized
from consult.files import queries as stored_files
from consult.files import services as files
from consult.files import words
from consult.files.rules import ACCEPT, MIB, FileRefused
from consult.files.uploads import takes_file
from consult.notices import queries, services
from consult.notices.content import Attachment, Content
from consult.notices.models import Notice, Revision
from consult.notices.rules import Authority, NoticeState, Review
from consult.notices.views import page
from consult.notices.views.attachment_form import (
    EXPLAINED,
    MOST,
    READERS,
    AttachmentForm,
    ChooseForm,
    VersionForm,
    base_of,
    form_of,
)
from consult.notices.views.blueprint import bp
from consult.notices.views.pairs import pair_of, state_of
from consult.people import queries as people
from consult.people.access import requires, signed_in
from consult.people.models import Mandate
from consult.people.rules import Permission
from consult.web.readers import Audience

_ROUTE = "/notices/<slug>/attachments"
_DIGEST = re.compile(r"[0-9a-f]{64}")
TOKEN_SECONDS = 24 * 3600
"""How long an upload that was looked at may still be kept."""


# ── the list, and a new file ────────────────────────────────────────────────────


@bp.get(_ROUTE)
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def attachments(notice: Notice) -> ResponseReturnValue:
    """The files of the revision being written; without one, the page that says how to start it."""
    revision = _writable(notice)
    if revision is None:
        return redirect(url_for("notices.edit", slug=notice.slug))
    return _list_page(notice, revision, ChooseForm())


@bp.post(_ROUTE)
@takes_file
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def upload(notice: Notice) -> ResponseReturnValue:
    """Checks and stores a file, then shows what it tells: the draft has it once that page is sent."""
    revision, form = _needed(notice), ChooseForm.submitted()
    chosen = form.file.data
    if not isinstance(chosen, FileStorage) or not chosen.filename:
        form.file.errors = [_("Choose a file.")]
        return _list_page(notice, revision, form, 400)
    if len(revision.attachments) >= MOST:
        form.file.errors = [_("A notice takes %(most)s files at most.", most=MOST)]
        return _list_page(notice, revision, form, 400)
    db.session.rollback()  # nobody waits for the database while a file is looked at
    try:
        kept = files.keep(db.session, chosen.stream, name=chosen.filename, on=clock.today())
    except FileRefused as refused:
        form.file.errors = [words.refusal_words(refused)]
        return _list_page(notice, revision, form, 400)
    token = _tokens().dumps({"notice": str(notice.id), "digest": kept.file.sha256, "name": kept.name})
    where = url_for("notices.attachment", slug=notice.slug, reference=token)
    db.session.commit()
    return redirect(where, 303)


def _writable(notice: Notice) -> Revision | None:
    return None if notice.state is NoticeState.WITHDRAWN else queries.draft(notice)


def _needed(notice: Notice) -> Revision:
    revision = _writable(notice)
    if revision is None:
        raise WrongState("revision", "published")
    return revision


def _tokens() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="consult/attachment")


@dataclass(frozen=True, slots=True)
class Listed:
    """One file as the list shows it."""

    name: str
    label: Localized
    note: str
    readers: str
    until: str
    is_authoritative: bool
    url: str
    remove_url: str
    edit_url: str


def _listed(notice: Notice, one: Any) -> Listed:
    here = {"slug": notice.slug, "reference": one.digest}
    facts = (words.kind_words(one.media_type), words.size_words(one.size), words.language_name(one.language))
    return Listed(
        name=one.name,
        label=one.label,
        note=", ".join(facts),
        readers=str(READERS[one.readers]),
        until=one.until,
        is_authoritative=one.is_authoritative,
        url=url_for("reading.file_signed", slug=notice.slug, attachment_id=one.id, name=one.name),
        remove_url=url_for("notices.remove_attachment", **here),
        edit_url=url_for("notices.attachment", **here),
    )


def _list_page(
    notice: Notice, revision: Revision, form: ChooseForm, status: int = 200, *, is_conflict: bool = False
) -> tuple[str, int]:
    stored = services.content_of(revision)
    removing = VersionForm()
    removing.now_at(revision.version, stored)
    named = any(one.is_authoritative for one in stored.attachments)
    shown = render_template(
        "notices/attachments.html",
        notice=notice,
        revision=revision,
        form=form,
        removing=removing,
        rows=[_listed(notice, one) for one in revision.attachments],
        sections=page.links_of(notice, revision),
        accept=ACCEPT,
        megabytes=files.most_bytes() // MIB,
        counts_not=named and revision.authority is not Authority.ATTACHMENT,
        is_conflict=is_conflict,
    )
    return shown, status


# ── one file ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Described:
    """A file of a draft, or an upload that is not in it yet."""

    notice: Notice
    revision: Revision
    file: Attachment
    is_new: bool

    @property
    def audience(self) -> Audience:
        return self.notice.audience


def _described(session: Session, slug: str, reference: str) -> Described | None:
    """By the digest of a file of the draft, or by the signed reference of an upload."""
    notice = queries.by_slug(session, slug)
    revision = _writable(notice) if notice is not None else None
    if notice is None or revision is None:
        return None
    kept = {one.digest: one for one in services.content_of(revision).attachments}
    if _DIGEST.fullmatch(reference):
        return Described(notice, revision, kept[reference], False) if reference in kept else None
    file = _uploaded(session, notice, reference, source=revision.title.source)
    if file is None:
        return None
    return Described(notice, revision, kept.get(file.digest, file), file.digest not in kept)


def _uploaded(session: Session, notice: Notice, token: str, *, source: str) -> Attachment | None:
    try:
        told = _tokens().loads(token, max_age=TOKEN_SECONDS)
    except BadData:
        return None
    row = stored_files.by_hash(session, told["digest"])
    if row is None or told["notice"] != str(notice.id):
        return None
    stem = told["name"].rpartition(".")[0].replace("_", " ")
    return Attachment(
        row.sha256, told["name"], row.media_type, row.size, Localized({source: stem}, source), language=source
    )


@bp.get(_ROUTE + "/<reference>")
@requires(Permission.NOTICE_WRITE, of=_described)
def attachment(described: Described) -> ResponseReturnValue:
    """What a file tells about its authors, what it is, and who may open it."""
    form = form_of(described.file)
    form.now_at(described.revision.version, services.content_of(described.revision))
    return _one_page(described, form)


@bp.post(_ROUTE + "/<reference>")
@requires(Permission.NOTICE_WRITE, of=_described)
def keep_attachment(described: Described) -> ResponseReturnValue:
    """Keeps the file in the draft as the form says it."""
    form = AttachmentForm.submitted()
    form.offer(described.revision.title.source, _mandates())
    if not form.validate():
        return _one_page(described, form, 400)
    mine = form.apply(described.file)
    if (outcome := _saved(described.notice, described.revision, form, _with(mine))) is None:
        return _conflict(described, form)
    flash(_("“%(name)s” is attached to the draft.", name=mine.name), "ok")
    return redirect(outcome, 303)


@bp.post(_ROUTE + "/<reference>/remove")
@requires(Permission.NOTICE_WRITE, of=_described)
def remove_attachment(described: Described) -> ResponseReturnValue:
    """Takes a file out of the draft; published revisions keep theirs."""
    gone = described.file.digest
    outcome = _saved(
        described.notice, described.revision, VersionForm.submitted(),
        lambda stored: tuple(one for one in stored if one.digest != gone),
    )  # fmt: skip
    if outcome is None:
        notice, revision = _fresh(described)
        return _list_page(notice, revision, ChooseForm(), 409, is_conflict=True)
    flash(_("“%(name)s” is no longer attached to the draft.", name=described.file.name), "ok")
    return redirect(outcome, 303)


def _with(mine: Attachment) -> Any:
    """The list with this file in its place, or at the end; one text at most is the authoritative one."""

    def change(stored: Sequence[Attachment]) -> tuple[Attachment, ...]:
        rows = [mine if one.digest == mine.digest else one for one in stored]
        if all(one.digest != mine.digest for one in stored):
            rows.append(mine)
        if mine.is_authoritative:
            rows = [one if one is mine else replace(one, is_authoritative=False) for one in rows]
        return tuple(rows)

    return change


def _saved(notice: Notice, revision: Revision, form: VersionForm, change: Any) -> str | None:
    """Where to go on; None where somebody changed the attachments first."""
    stored = services.content_of(revision)
    version = revision.version if form.base.data == base_of(stored) else form.read_version
    was_approved = revision.review is Review.APPROVED
    where = url_for("notices.attachments", slug=notice.slug)
    new: Content = replace(stored, attachments=change(stored.attachments))
    try:
        services.save(db.session, revision, new, version=version, actor=signed_in())
        db.session.commit()
    except (EditedMeanwhile, StaleDataError):
        return None
    if was_approved and revision.review is Review.DRAFT:
        flash(_("The text changed after it was approved: it is a draft again."), "warn")
    return where


def _fresh(described: Described) -> tuple[Notice, Revision]:
    db.session.rollback()
    db.session.expire_all()
    notice = queries.by_slug(db.session, described.notice.slug)
    assert notice is not None, "a notice is never deleted"
    return notice, _needed(notice)


def _conflict(described: Described, form: AttachmentForm) -> tuple[str, int]:
    """The same page with what was typed, made from what stands now: sent again, it is kept."""
    notice, revision = _fresh(described)
    form.now_at(revision.version, services.content_of(revision))
    form.offer(revision.title.source, _mandates())
    return _one_page(replace(described, notice=notice, revision=revision), form, 409, is_conflict=True)


def _mandates() -> list[Mandate]:
    """Whoever can be named: the staff side of every body, today."""
    today = clock.today()
    bodies = people.bodies(db.session)
    return [one for body in bodies for one in people.staff_members(db.session, body.id, on=today)]


def _one_page(
    described: Described, form: AttachmentForm, status: int = 200, *, is_conflict: bool = False
) -> tuple[str, int]:
    notice, revision, file = described.notice, described.revision, described.file
    source = revision.title.source
    form.offer(source, _mandates())
    told = words.told_words(files.told_by(file.digest))
    pairs = {
        "label": pair_of(
            form, "label", form.label_fr.label.text, source, rows=1, state=state_of(file.label, source),
            hint=_("As readers see it in the list: “Impact assessment (DPIA)”, “Instructions for use”."),
        ),
        "reason": pair_of(
            form, "reason", form.reason_fr.label.text, source, rows=2,
            state=state_of(file.reason, source), hint=_("Those who may open it read it."),
        ),
    }  # fmt: skip
    shown = render_template(
        "notices/attachment.html",
        notice=notice,
        revision=revision,
        form=form,
        file=file,
        is_new=described.is_new,
        told=told,
        names_people=any(one.is_personal for one in told),
        kind=words.kind_words(file.media_type),
        size=words.size_words(file.size),
        pairs=pairs,
        explained=EXPLAINED,
        is_conflict=is_conflict,
        action=request.path,
    )
    return shown, status
