"""A notice as one JSON document, and back into a new draft.

The document holds the newest text of a notice in both languages, what was imported with it, and where it
comes from: no identifier, day or account of this instance. Read back elsewhere it becomes a draft that keeps
its origin, so that exported again it is the same, byte for byte. `SCHEMA` is its JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from consult.notices.content import Content, as_json
from consult.notices.imports.decoding import json_of, storable_value
from consult.notices.imports.draft import OtherAnswer, ReportKind
from consult.notices.imports.refusals import ImportRefused, Reason, Role
from consult.notices.models import Notice
from consult.notices.services import content_of

FORMAT, VERSION = "consult-notice", 2


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a notice was written: the organisation, its address part and revision there."""

    organisation: str
    slug: str
    revision: int


@dataclass(frozen=True, slots=True)
class Document:
    """``format`` and ``version`` first, so that a reader knows at once what it holds."""

    format: str
    version: int
    origin: Origin
    content: Content
    imported: dict[str, Any] = field(default_factory=dict)


_DOCUMENT = TypeAdapter(Document)


_OWN = "causes"
"""Refers to things of this instance: neither written nor read."""


def schema() -> dict[str, Any]:
    """The JSON Schema of a document, for those who write or read it elsewhere."""
    found = _DOCUMENT.json_schema()
    del found["$defs"]["Content"]["properties"][_OWN]
    return {"title": "Consult impact notice", **found}


def document(notice: Notice, *, organisation: str) -> str:
    """The newest text of the notice as JSON, two blanks deep, ending with a line end."""
    newest = notice.revisions[-1]
    imported = dict(newest.imported)
    known = imported.pop("origin", None)
    origin = Origin(**known) if known else Origin(organisation, notice.slug, newest.number)
    content = content_of(newest)
    # Mandates are of this instance: who may open a confidential file is said again elsewhere.
    files = tuple(replace(one, mandate_ids=()) for one in content.attachments)
    whole = Document(FORMAT, VERSION, origin, replace(content, attachments=files), imported)
    return json.dumps(_written(whole), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _written(whole: Document) -> dict[str, Any]:
    said = {name: value for name, value in as_json(whole.content).items() if name != _OWN}
    return {
        "format": whole.format,
        "version": whole.version,
        "origin": asdict(whole.origin),
        "content": said,
        "imported": whole.imported,
    }


def read_document(raw: bytes, name: str) -> Document:
    """Reads what `document` wrote. Raises `ImportRefused`, naming the first place that does not fit or would
    be lost."""
    found = storable_value(json_of(raw, name, Role.NOTICE))
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
    return read


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
