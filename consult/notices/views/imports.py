"""Upload pages: an assessment or a register becomes drafts, and a page tells what became of each answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from wtforms import FileField
from wtforms.validators import ValidationError

from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.i18n import _, _l
from consult.notices import importing, queries
from consult.notices.fields import FIELDS
from consult.notices.imports import ai_register, aia
from consult.notices.imports.ai_register import ROW_SENTENCES, Rejected
from consult.notices.imports.aia_level import ROMAN
from consult.notices.imports.decoding import MAX_BYTES
from consult.notices.imports.draft import OtherAnswer, ReportKind
from consult.notices.imports.refusals import ImportRefused, Reason, Role
from consult.notices.models import Notice
from consult.notices.views.blueprint import bp
from consult.people.access import requires, signed_in
from consult.people.rules import Permission
from consult.web.forms import BaseForm

SOURCES = {
    aia.SOURCE: _l("Algorithmic Impact Assessment (Canada)"),
    ai_register.SOURCE: _l("AI register of the Government of Canada"),
}
NOTED: Mapping[ReportKind, Any] = {
    ReportKind.UNKNOWN: _l("Nothing in the questionnaire or register is called this."),
    ReportKind.UNKNOWN_CHOICE: _l("The answer is none of the choices; it is shown as it was found."),
    ReportKind.HIDDEN: _l("Answered, although the other answers hide the question. Its points count."),
    ReportKind.NORMALISED: _l("Written another way in the file."),
    ReportKind.DISAGREES: _l("English and French say different things; both are kept."),
    ReportKind.REPAIRED: _l("Characters that cannot be stored were replaced."),
    ReportKind.FRENCH_MISSING: _l("The French is missing."),
    ReportKind.FRENCH_ONLY: _l("The English is missing."),
}


def _chosen(_form: BaseForm, field: FileField) -> None:
    if not isinstance(field.data, FileStorage) or not field.data.filename:
        raise ValidationError(_("Choose a file."))


class AssessmentForm(BaseForm):
    questionnaire = FileField(
        _l("The questionnaire"),
        [_chosen],
        description=_l(
            "A JSON file such as survey-enfr_v1.0.1.json, of the version the result was made with."
        ),
    )
    result = FileField(
        _l("The result"), [_chosen], description=_l("The JSON file with the answers, as it was published.")
    )


class RegisterForm(BaseForm):
    register = FileField(
        _l("The register"),
        [_chosen],
        description=_l("The CSV file as it is published, separated by commas, in UTF-8."),
    )


@bp.get("/imports/aia")
@requires(Permission.NOTICE_WRITE)
def import_aia() -> ResponseReturnValue:
    return _page("notices/import_aia.html", AssessmentForm())


@bp.post("/imports/aia")
@requires(Permission.NOTICE_WRITE)
def import_aia_files() -> ResponseReturnValue:
    form = AssessmentForm.submitted()
    if not form.validate():
        return _page("notices/import_aia.html", form, 400)
    try:
        asked = _file(form.questionnaire.data, Role.QUESTIONNAIRE, beside=form.result.data)
        given = _file(form.result.data, Role.RESULT, beside=form.questionnaire.data)
        made = importing.assessment(db.session, asked, given, actor=signed_in(), on=clock.today())
    except ImportRefused as refused:
        at_fault = form.questionnaire if refused.role is Role.QUESTIONNAIRE else form.result
        at_fault.errors = [refused.message(_)]
        return _page("notices/import_aia.html", form, 400)
    slug = made.notice.slug
    db.session.commit()
    return redirect(url_for("notices.import_report", slug=slug), 303)


@bp.get("/imports/register")
@requires(Permission.NOTICE_WRITE)
def import_register() -> ResponseReturnValue:
    return _page("notices/import_register.html", RegisterForm())


@bp.post("/imports/register")
@requires(Permission.NOTICE_WRITE)
def import_register_file() -> ResponseReturnValue:
    """Answers with the report itself: rejected rows are stored nowhere, and sent again the same file
    imports nothing twice."""
    form = RegisterForm.submitted()
    if not form.validate():
        return _page("notices/import_register.html", form, 400)
    try:
        file = _file(form.register.data, Role.REGISTER)
        rows = importing.register(db.session, file, actor=signed_in(), on=clock.today())
    except ImportRefused as refused:
        form.register.errors = [refused.message(_)]
        return _page("notices/import_register.html", form, 400)
    shown = [_rejected(row) if isinstance(row, Rejected) else _imported(row) for row in rows]
    db.session.commit()
    return render_template("notices/import_rows.html", rows=shown, file_name=file.name)


@bp.get("/notices/<slug>/import")
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def import_report(notice: Notice) -> ResponseReturnValue:
    """What became of every answer of the file a notice was made from."""
    revision = next((one for one in reversed(notice.revisions) if one.imported), None)
    if revision is None:
        raise NotFound
    return render_template(
        "notices/import_report.html", notice=notice, revision=revision, report=_report(revision.imported)
    )


def _page(template: str, form: BaseForm, status: int = 200) -> tuple[str, int]:
    return render_template(template, form=form, megabytes=MAX_BYTES // (1024 * 1024)), status


def _file(upload: FileStorage, role: Role, *, beside: FileStorage | None = None) -> importing.File:
    """The upload, read no further than what an import may be; the refusal names the file beside it."""
    name = upload.filename or ""
    raw = upload.stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        size, other = len(raw) + len(upload.stream.read()), (beside.filename or "") if beside else ""
        raise ImportRefused(Reason.TOO_LARGE, name, role, other=other, size=size, limit=MAX_BYTES)
    return importing.File(name, raw)


# ── what the report pages show ──────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Report:
    """``mapped``: (label of the field, keys); ``other``: answers kept beside the fields; ``noted``:
    (sentence, keys with their detail)."""

    source: str
    reference: str
    facts: Mapping[str, Any]
    level: str
    mapped: list[tuple[str, list[str]]]
    other: list[OtherAnswer]
    noted: list[tuple[str, list[tuple[str, str]]]]
    empty: list[str]

    @property
    def mapped_count(self) -> int:
        return sum(len(keys) for _label, keys in self.mapped)


def _report(imported: Mapping[str, Any]) -> Report:
    labels = {one.key: str(one.label) for one in FIELDS}
    mapped: dict[str, list[str]] = {}
    noted: dict[ReportKind, list[tuple[str, str]]] = {}
    for kind, key, detail in imported.get("report", ()):
        if kind == ReportKind.MAPPED:
            mapped.setdefault(labels.get(detail, detail), []).append(key)
        else:
            noted.setdefault(ReportKind(kind), []).append((key, detail))
    facts = imported.get("facts", {})
    source = imported.get("source", "")
    return Report(
        source=str(SOURCES.get(source, source)),
        reference=imported.get("reference", ""),
        facts=facts,
        level=ROMAN.get(facts.get("level"), ""),
        mapped=list(mapped.items()),
        other=[OtherAnswer.from_json(one) for one in imported.get("other", ())],
        noted=[(str(NOTED[kind]), keys) for kind, keys in noted.items() if kind in NOTED],
        empty=[key for key, _detail in noted.get(ReportKind.EMPTY, ())],
    )


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a register: its draft, or the sentence that says why there is none."""

    number: int
    identifier: str
    notice: Notice | None = None
    said: str = ""
    notes: tuple[str, ...] = ()


def _imported(row: importing.Imported) -> ShownRow:
    kinds = (ReportKind.NORMALISED, ReportKind.UNKNOWN_CHOICE, ReportKind.DISAGREES, ReportKind.UNKNOWN)
    notes = tuple(f"{NOTED[line.kind]} {line.detail}" for line in row.draft.report if line.kind in kinds)
    return ShownRow(row.number or 0, row.draft.reference, row.notice, notes=notes)


def _rejected(row: Rejected) -> ShownRow:
    return ShownRow(row.number, row.identifier, said=_(ROW_SENTENCES[row.reason]).format(**row.facts))
