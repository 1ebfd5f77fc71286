"""Commands of this room: ``consult import``, ``consult list``, ``consult export``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from consult.core import clock, schema
from consult.core.db import db
from consult.core.errors import NotFound, Refused
from consult.core.localized import LOCALES
from consult.notices import exports, importing, queries, services, sheets
from consult.notices.imports.ai_register import Rejected
from consult.notices.imports.decoding import MAX_BYTES
from consult.notices.imports.draft import ImportedDraft, ReportKind
from consult.notices.imports.refusals import ImportRefused, Reason, Role
from consult.people import queries as people
from consult.people.models import Account
from consult.people.rules import Role as AccountRole

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_author_option = click.option(
    "--as",
    "email",
    default="",
    metavar="EMAIL",
    help="HR publisher who becomes the author (default: the first)",
)
_NOTED = (
    ReportKind.NORMALISED, ReportKind.DISAGREES, ReportKind.UNKNOWN_CHOICE, ReportKind.UNKNOWN,
    ReportKind.HIDDEN, ReportKind.REPAIRED, ReportKind.FRENCH_MISSING, ReportKind.FRENCH_ONLY,
)  # fmt: skip


@click.group("import")
def import_group() -> None:
    """Turn assessments, registers and exported notices into drafts."""


@click.group("list")
def list_group() -> None:
    """List what there is, one a line."""


@click.group("export")
def export_group() -> None:
    """Write things into files."""


@import_group.command("aia")
@click.option("--questionnaire", required=True, type=_FILE, help="the questionnaire the result was made with")
@click.argument("result", type=_FILE)
@_author_option
@with_appcontext
def import_aia(questionnaire: Path, result: Path, email: str) -> None:
    """Import RESULT, an Algorithmic Impact Assessment, as the draft of a notice."""
    author = _author(email)
    asked, given = _file(questionnaire, Role.QUESTIONNAIRE, result), _file(result, Role.RESULT, questionnaire)
    made = importing.assessment(db.session, asked, given, actor=author, on=clock.today())
    db.session.commit()
    click.echo(f"Imported: {made.notice.slug}")
    _tell(made.draft)


@import_group.command("register")
@click.argument("file", type=_FILE)
@_author_option
@with_appcontext
def import_register(file: Path, email: str) -> None:
    """Import FILE, rows of the Government of Canada's AI register, each as a draft."""
    author = _author(email)
    rows = importing.register(db.session, _file(file, Role.REGISTER), actor=author, on=clock.today())
    db.session.commit()
    rejected = [row for row in rows if isinstance(row, Rejected)]
    for row in rows:
        if isinstance(row, Rejected):
            click.echo(
                f"row {row.number} rejected ({row.identifier or 'no identifier'}): {row.sentence()}", err=True
            )
        else:
            click.echo(f"row {row.number} imported: {row.notice.slug}")
            for kind, key, detail in _noted(row.draft, _NOTED[:4]):
                click.echo(f"  {kind}: {key} {detail}".rstrip())
    click.echo(f"{len(rows) - len(rejected)} rows imported, {len(rejected)} rejected.")
    if rejected:
        raise SystemExit(1)


@import_group.command("notice")
@click.argument("file", type=_FILE)
@_author_option
@with_appcontext
def import_notice(file: Path, email: str) -> None:
    """Import FILE as a new draft: JSON written by `consult export notice`, or a filled .docx or .xlsx
    template. What it is, its content says."""
    author = _author(email)
    given = _file(file, Role.NOTICE, limit=importing.MAX_BYTES)
    made = importing.notice(db.session, given, actor=author, on=clock.today())
    db.session.commit()
    click.echo(f"Imported: {made.notice.slug}")
    for name in made.left_out:
        click.echo(f"  not in the document, attach it again: {name}")


@list_group.command("notices")
@with_appcontext
def list_notices() -> None:
    """The address part of every notice, in order of number."""
    _refuse_old_schema()
    for slug in queries.slugs(db.session):
        click.echo(slug)


_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@export_group.command("notice")
@click.argument("slug")
@click.argument("file", type=_OUT)
@click.option("--language", type=click.Choice(LOCALES), help="of the words around the texts (.docx, .xlsx)")
@with_appcontext
def export_notice(slug: str, file: Path, language: str | None) -> None:
    """Write the newest text of the notice SLUG into FILE: as JSON (.json) with its files and what was
    imported with it, or to work on it elsewhere as .docx or .xlsx."""
    _refuse_old_schema()
    notice = queries.by_slug(db.session, slug)
    if notice is None:
        raise NotFound(f"there is no notice {slug}.")
    ending = file.suffix.lower()
    if ending == ".json":
        raw = exports.document(notice, organisation=_organisation()).encode()
    elif ending in {f".{one}" for one in sheets.Kind}:
        content = services.content_of(notice.revisions[-1])
        raw = sheets.write(sheets.Kind(ending[1:]), content, language=language or content.source, slug=slug)
    else:
        raise Refused(f"{file.name} does not end with .json, .docx or .xlsx: its ending says what to write.")
    _write(file, raw)


@export_group.command("notice-schema")
@click.argument("file", type=_OUT)
def export_schema(file: Path) -> None:
    """Write the JSON Schema of an exported notice into FILE."""
    _write(file, exports.schema_text().encode())


def _write(file: Path, raw: bytes) -> None:
    try:
        file.write_bytes(raw)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(f"Written: {file}")


def _organisation() -> str:
    known = people.organisation(db.session)
    return known.name if known is not None else ""


def _author(email: str) -> Account:
    """Who becomes the author; also refuses a database that is not ready."""
    _refuse_old_schema()
    if email:
        account = people.by_email(db.session, email)
        if account is None:
            raise Refused(f"nobody here has the address {email}.")
        if account.role is not AccountRole.HR_PUBLISHER or not account.is_active:
            raise Refused(f"{email} is not an active HR publisher, and only HR writes notices.")
        return account
    for one in people.accounts(db.session):
        if one.role is AccountRole.HR_PUBLISHER and one.is_active:
            return one
    raise Refused(
        "there is no HR publisher to be the author. Add one: `consult user add EMAIL --role hr_publisher`."
    )


def _refuse_old_schema() -> None:
    if not schema.is_current(current_app.extensions["consult.settings"].url):
        raise Refused("the database is not at this release: run `consult init` first.")


def _file(path: Path, role: Role, beside: Path | None = None, *, limit: int = MAX_BYTES) -> importing.File:
    """The file, unless it is too large to be one; the refusal names the file beside it too."""
    size = path.stat().st_size
    if size > limit:
        other = beside.name if beside else ""
        raise ImportRefused(Reason.TOO_LARGE, path.name, role, other=other, size=size, limit=limit)
    return importing.File(path.name, path.read_bytes())


def _noted(draft: ImportedDraft, kinds: Iterable[ReportKind]) -> Iterable[tuple[ReportKind, str, str]]:
    wanted = set(kinds)
    return ((line.kind, line.key, line.detail) for line in draft.report if line.kind in wanted)


def _tell(draft: ImportedDraft) -> None:
    """Scores, counts, and every answer that is not where one would look for it."""
    facts = draft.facts
    click.echo(
        f"Raw impact {facts['raw_score']} of {facts['raw_maximum']}, "
        f"mitigation {facts['mitigation_score']} of {facts['mitigation_maximum']}, "
        f"final {facts['final_score']}, level {facts.get('level', 'not computed')}"
    )
    counts = Counter(line.kind for line in draft.report)
    click.echo(
        f"{counts[ReportKind.MAPPED]} answers went into fields, "
        f"{counts[ReportKind.KEPT] + counts[ReportKind.UNKNOWN]} are kept under other answers, "
        f"{counts[ReportKind.EMPTY]} were empty."
    )
    for kind, key, detail in _noted(draft, (ReportKind.KEPT, *_NOTED)):
        click.echo(f"  {kind}: {key} {detail}".rstrip())
