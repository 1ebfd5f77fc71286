"""A PDF that opens, is whole, and neither runs, carries, starts nor sends anything."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from consult.files.rules import FileRefused, Reason

MOST_OBJECTS = 100_000
MOST_NESTED = 60
AFTER_THE_END = b"\0 \t\r\n\x0c"
_HASHED = re.compile(rb"#([0-9A-Fa-f]{2})")
_IN_THE_BYTES = (
    (re.compile(rb"/JavaScript\b"), Reason.PDF_SCRIPT),
    (re.compile(rb"/(?:EmbeddedFiles?|RichMedia)\b"), Reason.PDF_EMBEDDED),
    (re.compile(rb"/S\s*/Launch\b"), Reason.PDF_LAUNCH),
)
"""What an earlier state of the file may still hold, where a reader that mends a torn index would find it."""
_KEYS = {
    "/JS": Reason.PDF_SCRIPT,
    "/XFA": Reason.PDF_SCRIPT,
    "/EF": Reason.PDF_EMBEDDED,
    "/EmbeddedFiles": Reason.PDF_EMBEDDED,
    "/RichMediaContent": Reason.PDF_EMBEDDED,
}
_ACTIONS = {
    "/JavaScript": Reason.PDF_SCRIPT,
    "/Rendition": Reason.PDF_SCRIPT,
    "/Launch": Reason.PDF_LAUNCH,
    "/GoToR": Reason.PDF_LAUNCH,
    "/GoToE": Reason.PDF_LAUNCH,
    "/SubmitForm": Reason.PDF_SENDS,
    "/ImportData": Reason.PDF_SENDS,
}
_SUBTYPES = {
    "/FileAttachment": Reason.PDF_EMBEDDED,
    "/RichMedia": Reason.PDF_EMBEDDED,
    "/Movie": Reason.PDF_EMBEDDED,
    "/Sound": Reason.PDF_EMBEDDED,
    "/Screen": Reason.PDF_EMBEDDED,
    "/3D": Reason.PDF_EMBEDDED,
}


@cache
def pypdf() -> Any:
    """The library, loaded on first use; it would print what a file holds, were it let."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    return import_module("pypdf")


def reader_of(raw: bytes) -> Any:
    """The opened file. Raises `FileRefused`."""
    try:
        reader = pypdf().PdfReader(io.BytesIO(raw), strict=False)
        if reader.is_encrypted:
            raise FileRefused(Reason.LOCKED)
        if not reader.pages or reader.pages[0].mediabox is None:
            raise FileRefused(Reason.DAMAGED)
    except FileRefused:
        raise
    except Exception:  # whatever a torn file makes the library raise
        raise FileRefused(Reason.DAMAGED) from None
    return reader


def check_pdf(raw: bytes) -> None:
    """Raises `FileRefused` on what must not be handed on."""
    before, mark, after = raw.rpartition(b"%%EOF")
    if not mark or not before:
        raise FileRefused(Reason.DAMAGED)
    if after.strip(AFTER_THE_END):
        raise FileRefused(Reason.MIXED)
    reader = reader_of(raw)
    plain = _HASHED.sub(lambda found: bytes([int(found.group(1), 16)]), raw)
    for pattern, reason in _IN_THE_BYTES:
        if pattern.search(plain):
            raise FileRefused(reason)
    try:
        for thing in _objects(reader):
            _refuse_active(thing)
    except FileRefused:
        raise
    except Exception:
        raise FileRefused(Reason.DAMAGED) from None


def _objects(reader: Any) -> Iterator[Any]:
    """Every object the index names, those packed into streams too, and what describes the file."""
    numbers = {(number, generation) for generation, entries in reader.xref.items() for number in entries} | {
        (number, 0) for number in reader.xref_objStm
    }
    if len(numbers) > MOST_OBJECTS:
        raise FileRefused(Reason.BOMB)
    reference = pypdf().generic.IndirectObject
    yield reader.trailer
    for number, generation in sorted(numbers):
        try:
            yield reader.get_object(reference(number, generation, reader))
        except Exception:  # noqa: S112  (a free or torn entry; what matters is reached from the pages)
            continue


def _refuse_active(thing: Any) -> None:
    generic = pypdf().generic
    todo = [(thing, 0)]
    while todo:
        value, depth = todo.pop()
        if depth > MOST_NESTED:
            raise FileRefused(Reason.BOMB)
        if isinstance(value, generic.DictionaryObject):
            _refuse_dictionary(value)
            todo += [(one, depth + 1) for one in value.values()]
        elif isinstance(value, generic.ArrayObject):
            todo += [(one, depth + 1) for one in value]


def _refuse_dictionary(value: Any) -> None:
    for key, reason in _KEYS.items():
        if key in value:
            raise FileRefused(reason)
    for key, reasons in (("/S", _ACTIONS), ("/Subtype", _SUBTYPES)):
        named = value.raw_get(key) if key in value else None
        if isinstance(named, pypdf().generic.IndirectObject):
            named = named.get_object()
        if isinstance(named, str) and named in reasons:
            raise FileRefused(reasons[named])
