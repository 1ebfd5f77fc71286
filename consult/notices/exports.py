"""A notice as one JSON document, and back into a new draft.

The document holds the newest text of a notice in both languages, its files, what was imported with it, and
where it comes from: no identifier, day or account of this instance. Read back elsewhere it becomes a draft
that keeps its origin, so that exported again it is the same, byte for byte. `schema` is its JSON Schema."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema
from sqlalchemy.orm import Session

from consult.core.errors import NotFound
from consult.core.localized import Localized
from consult.files import services as stored
from consult.files.rules import FileRefused
from consult.notices.content import Content, as_json
from consult.notices.imports.decoding import json_of, storable_value
from consult.notices.imports.draft import OtherAnswer, ReportKind
from consult.notices.imports.refusals import ImportRefused, Reason, Role
from consult.notices.models import Notice, Revision
from consult.notices.rules import FileReaders
from consult.notices.services import content_of

FORMAT, VERSION = "consult-notice", 2
MAX_BYTES = 64 * 1024 * 1024
"""Of a document with its files."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a notice was written: the organisation, its address part and revision there."""

    organisation: str
    slug: str
    revision: int


@dataclass(frozen=True, slots=True)
class Document:
    """``format`` and ``version`` first, so that a reader knows at once what it holds. ``files``: the bytes of
    each attachment by its digest, in base64."""

    format: str
    version: int
    origin: Origin
    content: Content
    imported: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


_DOCUMENT, _CONTENT = TypeAdapter(Document), TypeAdapter(Content)


def content_from(value: Any) -> Content:
    """What `content.as_json` made, back. Raises `ValueError`."""
    return _CONTENT.validate_python(value)


class _Schema(GenerateJsonSchema):
    def encode_default(self, dft: Any) -> Any:
        return dft.as_json() if isinstance(dft, Localized) else super().encode_default(dft)


_OWN = "causes"
"""Refers to things of this instance: neither written nor read."""


def schema() -> dict[str, Any]:
    """The JSON Schema of a document, for those who write or read it elsewhere. What it does not name would
    be lost, and is refused."""
    found = _DOCUMENT.json_schema(schema_generator=_Schema)
    del found["$defs"]["Content"]["properties"][_OWN]
    for one in (found, *found["$defs"].values()):
        if "properties" in one:
            one["additionalProperties"] = False
    found["properties"] |= {"format": {"const": FORMAT}, "version": {"const": VERSION}}
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Consult impact notice"}
    return {**found, **about}


def document(notice: Notice, *, organisation: str) -> str:
    """The newest text of the notice as JSON, two blanks deep, ending with a line end."""
    newest = notice.revisions[-1]
    imported = dict(newest.imported)
    known = imported.pop("origin", None)
    origin = Origin(**known) if known else Origin(organisation, notice.slug, newest.number)
    content, files = content_of(newest), _files(newest)
    # Mandates are of this instance: who may open a confidential file is said again elsewhere.
    kept = tuple(replace(one, mandate_ids=()) for one in content.attachments if one.digest in files)
    whole = Document(FORMAT, VERSION, origin, replace(content, attachments=kept), imported, files)
    return written(whole)


def _files(revision: Revision) -> dict[str, str]:
    """The bytes of every attachment; one that was erased since does not travel."""
    found = {}
    for digest in {one.digest for one in revision.attachments}:
        try:
            found[digest] = base64.b64encode(stored.path_of(digest).read_bytes()).decode("ascii")
        except NotFound:
            continue
    return found


def written(whole: Document) -> str:
    return json.dumps(_written(whole), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def schema_text() -> str:
    """The JSON Schema as it is published."""
    return json.dumps(schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _written(whole: Document) -> dict[str, Any]:
    said = {name: value for name, value in as_json(whole.content).items() if name != _OWN}
    return {
        "format": whole.format,
        "version": whole.version,
        "origin": asdict(whole.origin),
        "content": said,
        "imported": whole.imported,
        "files": whole.files,
    }


def read_document(raw: bytes, name: str) -> Document:
    """Reads what `document` wrote. Raises `ImportRefused`, naming the first place that does not fit or would
    be lost."""
    found = storable_value(json_of(raw, name, Role.NOTICE, limit=MAX_BYTES))
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ImportRefused(Reason.NOT_A_NOTICE, name, Role.NOTICE)
    if found.get("version") != VERSION:
        version = str(found.get("version"))
        raise ImportRefused(Reason.OTHER_FORMAT, name, Role.NOTICE, version=version, known=VERSION)
    try:
        read = _DOCUMENT.validate_python(found)
        _check_imported(read.imported)
    except ValidationError as error:
        place = error.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
        raise _unfit(name, ".".join(str(part) for part in place)) from None
    except (TypeError, KeyError, ValueError, AttributeError):
        raise _unfit(name, "imported") from None
    if lost := _lost(found, _written(read), ""):
        raise _unfit(name, lost)
    _bytes_of(read, name)
    return read


def _bytes_of(read: Document, name: str) -> dict[str, bytes]:
    """The files of a document by digest: exactly those its attachments name, each what its digest says."""
    known = {one.digest for one in read.content.attachments}
    for digest in {*known ^ set(read.files)}:
        raise _unfit(name, f"files.{digest}")
    found = {}
    for digest, text in read.files.items():
        try:
            found[digest] = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise _unfit(name, f"files.{digest}") from None
        if base64.b64encode(found[digest]).decode("ascii") != text:
            raise _unfit(name, f"files.{digest}")
        if hashlib.sha256(found[digest]).hexdigest() != digest:
            raise _unfit(name, f"files.{digest}")
    return found


def keep_files(session: Session, read: Document, name: str, *, on: date) -> None:
    """Stores the files of a document, each checked by its content as an upload is. An attachment has to say
    what its file is. Raises `ImportRefused`, with no row written."""
    raw = _bytes_of(read, name)
    for at, one in enumerate(read.content.attachments):
        where = f"content.attachments.{at}"
        if one.readers is FileReaders.CONFIDENTIAL and one.until is None:
            raise _unfit(name, f"{where}.until")
        if one.mandate_ids:
            raise _unfit(name, f"{where}.mandate_ids")
        try:
            kept = stored.keep(session, raw[one.digest], name=one.name, on=on)
        except FileRefused:
            raise _unfit(name, f"files, {one.name}") from None
        said = (one.name, one.media_type, one.size)
        if said != (kept.name, kept.file.media_type, kept.file.size):
            raise _unfit(name, where)


def _unfit(name: str, where: str) -> ImportRefused:
    return ImportRefused(Reason.NOTICE_DOES_NOT_FIT, name, Role.NOTICE, where=where or FORMAT)


def _check_imported(found: Mapping[str, Any]) -> None:
    """As an import leaves it."""
    if not isinstance(found.get("facts", {}), dict):
        raise ValueError("facts are an object")
    for one in found.get("other", ()):
        OtherAnswer.from_json(one)
    for kind, _key, _detail in found.get("report", ()):
        ReportKind(kind)


def _lost(found: Any, kept: Any, where: str) -> str:
    """The first place of what was read that would not be written again; ``""`` where nothing is lost."""
    if isinstance(found, dict) and isinstance(kept, dict):
        pairs = [(f"{where}.{key}".strip("."), found[key], kept.get(key)) for key in found]
    elif isinstance(found, list) and isinstance(kept, list) and len(found) == len(kept):
        pairs = [(f"{where}.{at}", *pair) for at, pair in enumerate(zip(found, kept, strict=True))]
    else:
        return "" if found == kept else where
    return next((lost for one in pairs if (lost := _lost(one[1], one[2], one[0]))), "")
