"""A notice taken out as Word, spreadsheet or JSON and brought back: templates, downloads, a filled file as a
new draft or into the draft it was made from, shown before it is saved."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import FileStorage
from wtforms import FileField, HiddenField
from wtforms.validators import StopValidation

from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.i18n import _, _l, locale
from consult.files.uploads import takes_file
from consult.notices import exports, importing, queries, services, sheets
from consult.notices.content import as_json
from consult.notices.imports.decoding import MAX_BYTES
from consult.notices.imports.refusals import ImportRefused, Reason, Role
from consult.notices.models import Notice, Revision
from consult.notices.rules import NoticeState, Review
from consult.notices.sheets import Change
from consult.notices.views import page
from consult.notices.views.blueprint import bp
from consult.people import queries as people
from consult.people.access import requires, signed_in
from consult.people.rules import Permission
from consult.web import errors
from consult.web.forms import BaseForm
from consult.web.readers import Audience

JSON = "json"
ACCEPT = ".docx,.xlsx,.json"
_EXCERPT, _BEFORE = 600, 60
_HOURS = 24
"""How long a file that was looked at may still be imported."""


def chosen(_form: BaseForm, field: FileField) -> None:
    if not isinstance(field.data, FileStorage) or not field.data.filename:
        raise StopValidation(_("Choose a file."))


class NoticeFileForm(BaseForm):
    file = FileField(_l("The file"), [chosen])


class ConfirmForm(BaseForm):
    """What the file was read as, signed: a browser does not keep a chosen file."""

    said = HiddenField()


# ── out ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Download:
    """A notice in one of its formats."""

    notice: Notice
    kind: str

    @property
    def audience(self) -> Audience:
        return self.notice.audience


def _download(session: Session, slug: str, kind: str) -> Download | None:
    notice = queries.by_slug(session, slug)
    return Download(notice, kind) if notice is not None else None


@bp.get("/notices/<slug>/download/<any(json, docx, xlsx):kind>")
@requires(Permission.NOTICE_WRITE, of=_download)
def download(wanted: Download) -> ResponseReturnValue:
    """The newest text, its words around it in the language of the page."""
    notice = wanted.notice
    if wanted.kind == JSON:
        known = people.organisation(db.session)
        text = exports.document(notice, organisation=known.name if known is not None else "")
        return _sent(text.encode(), "application/json", f"{notice.slug}.json")
    kind = sheets.Kind(wanted.kind)
    content = services.content_of(notice.revisions[-1])
    raw = sheets.write(kind, content, language=locale(), slug=notice.slug)
    return _sent(raw, sheets.MEDIA_TYPES[kind], f"{notice.slug}.{kind}")


@bp.get("/notices/template.<any(docx, xlsx):kind>")
@requires(Permission.NOTICE_WRITE)
def template(kind: str) -> ResponseReturnValue:
    """An empty file, in the language of the address."""
    found = sheets.Kind(kind)
    raw = sheets.template(found, language=locale())
    name = "notice-impact" if locale() == "fr" else "impact-notice"
    return _sent(raw, sheets.MEDIA_TYPES[found], f"{name}.{found}")


@bp.get("/notices/schema.json")
@requires(Permission.NOTICE_WRITE)
def schema() -> ResponseReturnValue:
    """The JSON Schema of an exported notice."""
    return _sent(exports.schema_text().encode(), "application/schema+json", "notice.schema.json")


def _sent(raw: bytes, media_type: str, name: str) -> Response:
    response = send_file(io.BytesIO(raw), mimetype=media_type, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


# ── in, as a new draft ──────────────────────────────────────────────────────────


@bp.get("/imports/notice")
@requires(Permission.NOTICE_WRITE)
def import_notice() -> ResponseReturnValue:
    return _import_page(NoticeFileForm())


@bp.post("/imports/notice")
@takes_file
@requires(Permission.NOTICE_WRITE)
def import_notice_file() -> ResponseReturnValue:
    form = NoticeFileForm.submitted()
    if not form.validate():
        return _import_page(form, 400)
    try:
        file = _file(form.file.data, importing.MAX_BYTES)
        made = importing.notice(db.session, file, actor=signed_in(), on=clock.today())
    except ImportRefused as refused:
        db.session.rollback()
        form.file.errors = [refused.message(_)]
        return _import_page(form, 400)
    where = url_for("notices.edit", slug=made.notice.slug)
    db.session.commit()
    flash(_("The draft is there. Only those who write notices here can read it until it is sent."), "ok")
    if made.left_out:
        names = ", ".join(made.left_out)
        flash(_("These files do not travel in a document: attach them again. %(names)s", names=names), "warn")
    return redirect(where, 303)


def _import_page(form: NoticeFileForm, status: int = 200) -> tuple[str, int]:
    return render_template("notices/import_notice.html", form=form, accept=ACCEPT), status


def _file(upload: FileStorage, limit: int) -> importing.File:
    name = upload.filename or ""
    raw = upload.stream.read(limit + 1)
    if len(raw) > limit:
        raise ImportRefused(Reason.TOO_LARGE, name, Role.NOTICE, size=len(raw), limit=limit)
    return importing.File(name, raw)


# ── in, into a draft ────────────────────────────────────────────────────────────


@bp.get("/notices/<slug>/file")
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def sheet(notice: Notice) -> ResponseReturnValue:
    """Downloads of the draft, and the way back; without a draft, the page that says how to start one."""
    revision = _writable(notice)
    if revision is None:
        return redirect(url_for("notices.edit", slug=notice.slug))
    return _sheet_page(notice, revision, NoticeFileForm())


@bp.post("/notices/<slug>/file")
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def read_sheet(notice: Notice) -> ResponseReturnValue:
    """Reads the file and shows what it would change. Nothing is saved."""
    revision, form = _needed(notice), NoticeFileForm.submitted()
    if not form.validate():
        return _sheet_page(notice, revision, form, 400)
    stored = services.content_of(revision)
    try:
        file = _file(form.file.data, MAX_BYTES)
        merged = importing.into(stored, file)
    except ImportRefused as refused:
        form.file.errors = [refused.message(_)]
        return _sheet_page(notice, revision, form, 400)
    said = {"notice": str(notice.id), "version": revision.version, "content": as_json(merged.content)}
    return render_template(
        "notices/sheet_changes.html",
        notice=notice,
        revision=revision,
        file_name=file.name,
        form=ConfirmForm(data={"said": _tokens().dumps(said)}),
        rows=[_shown(one) for one in merged.changes],
        is_of_other=merged.made_from not in ("", notice.slug),
    )


@bp.post("/notices/<slug>/file/save")
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def keep_sheet(notice: Notice) -> ResponseReturnValue:
    """Saves what was shown. A draft that changed meanwhile stays as it is: both texts are shown."""
    revision, form = _needed(notice), ConfirmForm.submitted()
    try:
        said = _tokens().loads(form.said.data or "", max_age=_HOURS * 3600)
        content, version = exports.content_from(said["content"]), int(said["version"])
    except (BadData, KeyError, TypeError, ValueError):
        flash(_("This page is too old. Choose the file again."), "warn")
        return redirect(url_for("notices.sheet", slug=notice.slug), 303)
    if said.get("notice") != str(notice.id):
        raise WrongState("notice", notice.state)
    was_approved = revision.review is Review.APPROVED
    try:
        services.save(db.session, revision, content, version=version, actor=signed_in())
        db.session.commit()
    except (EditedMeanwhile, StaleDataError):
        return _conflict(notice.slug, content)
    if was_approved and revision.review is Review.DRAFT:
        flash(_("The text changed after it was approved: it is a draft again."), "warn")
    flash(_("The file is imported."), "ok")
    return redirect(url_for("notices.edit", slug=notice.slug), 303)


def _conflict(slug: str, mine: Any) -> ResponseReturnValue:
    db.session.rollback()
    fresh = queries.by_slug(db.session, slug)
    revision = queries.draft(fresh) if fresh is not None else None
    if revision is None:
        raise WrongState("revision", "published")
    found = page.conflicts(services.content_of(revision), mine)
    back = url_for("notices.sheet", slug=slug)
    db.session.rollback()
    return errors.page(409, conflicts=found, back_url=back)


def _writable(notice: Notice) -> Revision | None:
    return None if notice.state is NoticeState.WITHDRAWN else queries.draft(notice)


def _needed(notice: Notice) -> Revision:
    revision = _writable(notice)
    if revision is None:
        raise WrongState("revision", "published")
    return revision


def _tokens() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="consult/filled")


def _sheet_page(
    notice: Notice, revision: Revision, form: NoticeFileForm, status: int = 200
) -> tuple[str, int]:
    return render_template("notices/sheet.html", notice=notice, revision=revision, form=form), status


@dataclass(frozen=True, slots=True)
class Row:
    """One change as the page shows it; the language of its texts, ``""`` where they are in the reader's."""

    label: str
    lang: str
    before: str
    after: str
    is_both: bool


def _shown(change: Change) -> Row:
    before, after = _excerpts(change.before, change.after)
    return Row(str(change.label), change.language, before, after, change.is_both)


def _excerpts(before: str, after: str) -> Iterator[str]:
    """Long texts from a little before the first difference."""
    same = next(
        (at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other),
        min(len(before), len(after)),
    )
    start = max(0, same - _BEFORE) if max(len(before), len(after)) > _EXCERPT else 0
    for text in (before, after):
        piece = text[start : start + _EXCERPT]
        yield ("…" if start and text else "") + piece + ("…" if len(text) > start + _EXCERPT else "")
