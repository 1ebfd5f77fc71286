"""From a file to a draft in the database: what the commands and the upload pages share.

Each verb reads the whole file before it writes anything, and raises `ImportRefused` with nothing
written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from consult.core.localized import Localized
from consult.notices import exports, queries, services, sheets
from consult.notices.content import Content
from consult.notices.fields import FIELDS, SUMMARY, label_of
from consult.notices.imports import ai_register, versions
from consult.notices.imports.ai_register import Rejected, RowReason
from consult.notices.imports.aia import import_files
from consult.notices.imports.draft import ImportedDraft, OtherAnswer, same
from consult.notices.imports.refusals import ImportRefused, Reason, Role
from consult.notices.models import Notice
from consult.notices.rules import TITLE
from consult.people.models import Account

KNOWN = frozenset(one.key for one in FIELDS)
MAX_BYTES = exports.MAX_BYTES
"""Of a notice with its files."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was given: its name is for messages only."""

    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Imported:
    """A draft that was made. ``number``: of its row, None for a file of one."""

    notice: Notice
    draft: ImportedDraft
    number: int | None = None


def assessment(session: Session, questionnaire: File, result: File, *, actor: Account, on: date) -> Imported:
    """An Algorithmic Impact Assessment."""
    draft = import_files(questionnaire.raw, questionnaire.name, result.raw, result.name, fields=KNOWN)
    return Imported(services.create_imported(session, draft, actor=actor, on=on), draft)


def register(session: Session, file: File, *, actor: Account, on: date) -> list[Imported | Rejected]:
    """Every row of an AI register, in order. One that was imported before is rejected."""
    rows = ai_register.read_register(file.raw, file.name, fields=KNOWN)
    before = queries.imported_from(session, ai_register.SOURCE)
    done: list[Imported | Rejected] = []
    for row in rows:
        if isinstance(row, Rejected):
            done.append(row)
        elif slug := before.get(row.draft.reference):
            facts = {"slug": slug}
            done.append(Rejected(row.number, row.draft.reference, RowReason.ALREADY, facts))
        else:
            notice = services.create_imported(session, row.draft, actor=actor, on=on)
            done.append(Imported(notice, row.draft, row.number))
    return done


@dataclass(frozen=True, slots=True)
class Taken:
    """A notice taken back as a draft. ``left_out``: files of the notice that a document only names."""

    notice: Notice
    left_out: tuple[str, ...] = ()


def notice(session: Session, file: File, *, actor: Account, on: date) -> Taken:
    """A notice as `exports.document` wrote it, or as it was filled in a Word document or a spreadsheet, as a
    new draft. Of JSON it keeps the origin, and what this release has no field for under the other answers."""
    if sheets.is_package(file.raw):
        read = sheets.read(file.raw, file.name)
        return Taken(_filled(session, read, file.name, actor=actor, on=on), read.files)
    return Taken(_from_json(session, file, actor=actor, on=on))


def _from_json(session: Session, file: File, *, actor: Account, on: date) -> Notice:
    read = exports.read_document(file.raw, file.name)
    content = read.content
    exports.keep_files(session, read, file.name, on=on)
    made = services.create(session, title=content.title, actor=actor, on=on, slug=read.origin.slug)
    known, strangers = _sorted(content.fields, KNOWN)
    summary, more = _sorted(content.summary, frozenset(one.key for one in SUMMARY))
    text = replace(content, summary=summary, fields=known)
    written = services.save(session, made.revisions[-1], text, actor=actor)
    written.imported = _with_strangers(
        {**read.imported, "origin": asdict(read.origin)}, {**strangers, **more}
    )
    session.flush()
    return made


def _filled(session: Session, read: sheets.Read, name: str, *, actor: Account, on: date) -> Notice:
    """A new draft of what a file says; without a title it bears the name of the file. Files of the notice it
    was made from do not come with it."""
    content = read.content()
    if not content.title:
        words = " ".join(versions.stem(name).split())
        content = replace(content, title=Localized({content.source: words or "Notice"}, content.source))
    made = services.create(session, title=content.title, actor=actor, on=on)
    services.save(session, made.revisions[-1], content, actor=actor)
    return made


def into(draft: Content, file: File) -> sheets.Merged:
    """The draft with what was changed in a file that was made from it. Nothing is written."""
    found = sheets.merged(sheets.read(file.raw, file.name), draft)
    source = found.content.source
    if not found.content.title.texts.get(source, "").strip():
        place, column = f"{TITLE}, {source}", str(label_of(TITLE))
        raise ImportRefused(Reason.NEEDED, file.name, Role.NOTICE, place=place, column=column)
    return found


def _sorted(
    texts: Mapping[str, Localized], known: frozenset[str]
) -> tuple[dict[str, Localized], dict[str, Localized]]:
    return (
        {key: text for key, text in texts.items() if key in known},
        {key: text for key, text in texts.items() if key not in known},
    )


def _with_strangers(imported: dict[str, Any], strangers: Mapping[str, Localized]) -> dict[str, Any]:
    if not strangers:
        return imported
    kept = [OtherAnswer(key, same(key), text).as_json() for key, text in strangers.items()]
    return {"source": "notice", **imported, "other": [*imported.get("other", ()), *kept]}
