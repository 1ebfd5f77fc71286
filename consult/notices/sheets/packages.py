"""Whether a file may be opened at all: what it is, how large it becomes, and that nothing in it runs, refers
to another file or grows when it is read. Checked on the bytes, before any library reads them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from consult.notices.imports.decoding import MAX_BYTES
from consult.notices.imports.refusals import Fact, ImportRefused, Reason, Role, _
from consult.notices.sheets.layout import Kind

MAX_PARTS, MAX_XML, MAX_WHOLE = 2_000, 16 * 1024 * 1024, 48 * 1024 * 1024
"""A notice of 150 long texts has 1 MB of XML."""
TYPES = "[Content_Types].xml"
_OLD = b"\xd0\xcf\x11\xe0"
_MAIN = {
    Kind.WORD: b"wordprocessingml.document.main+xml",
    Kind.EXCEL: b"spreadsheetml.sheet.main+xml",
}
_MACROS = re.compile(r"vbaproject|vbadata|macrosheets/|activex", re.IGNORECASE)
_EMBEDDED = re.compile(r"(^|/)(embeddings|externallinks|afchunk)", re.IGNORECASE)
_EXTERNAL = re.compile(rb"""<[^<>]*TargetMode\s*=\s*["']External["'][^<>]*>""")
_XML = (".xml", ".rels", ".vml")


def is_package(raw: bytes) -> bool:
    """Whether it is a document or a spreadsheet of any office, or another archive; a JSON file is none."""
    return raw.startswith((b"PK", _OLD))


def checked(raw: bytes, name: str) -> Kind:
    """What the file is. Raises `ImportRefused` unless it may be opened."""

    def refused(reason: Reason, **facts: Fact) -> ImportRefused:
        return ImportRefused(reason, name, Role.NOTICE, other="", **facts)

    if len(raw) > MAX_BYTES:
        raise refused(Reason.TOO_LARGE, size=len(raw), limit=MAX_BYTES)
    if raw.startswith(_OLD):
        raise refused(Reason.OTHER_OFFICE, kind=_("an old document, or one with a password"))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            return _kind(package, refused)
    except ImportRefused:
        raise
    except Exception:  # zlib.error, struct.error, NotImplementedError…: a damaged archive does anything
        raise refused(Reason.DAMAGED) from None


def _kind(package: zipfile.ZipFile, refused: Callable[..., ImportRefused]) -> Kind:
    parts = package.infolist()
    names = [one.filename for one in parts]
    xml = [one for one in parts if one.filename.lower().endswith(_XML)]
    if len(parts) > MAX_PARTS or sum(one.file_size for one in parts) > MAX_WHOLE:
        raise refused(Reason.TOO_MUCH_INSIDE)
    if sum(one.file_size for one in xml) > MAX_XML:
        raise refused(Reason.TOO_MUCH_INSIDE)
    if len(set(names)) != len(names) or any(one.flag_bits & 1 for one in parts):
        raise refused(Reason.DAMAGED)
    if "mimetype" in names and TYPES not in names:
        raise refused(Reason.OTHER_OFFICE, kind=_("an OpenDocument file"))
    if TYPES not in names:
        raise refused(Reason.OTHER_OFFICE, kind=_("an archive"))
    types = package.read(TYPES)
    if b"macroEnabled" in types or any(_MACROS.search(one) for one in names):
        raise refused(Reason.MACROS)
    if any(_EMBEDDED.search(one) for one in names):
        raise refused(Reason.OTHER_FILES)
    for one in xml:
        _check_xml(package.read(one), one.filename, refused)
    kinds = [kind for kind, main in _MAIN.items() if main in types]
    if len(kinds) != 1:
        raise refused(Reason.OTHER_OFFICE, kind=_("another kind of office file"))
    return kinds[0]


def _check_xml(text: bytes, part: str, refused: Callable[..., ImportRefused]) -> None:
    """No declarations of entities, in whatever encoding; links to the web alone."""
    bare = text.replace(b"\0", b"")
    if b"<!DOCTYPE" in bare or b"<!ENTITY" in bare:
        raise refused(Reason.DAMAGED)
    if part.endswith(".rels"):
        for link in _EXTERNAL.findall(bare):
            if b"/hyperlink" not in link:
                raise refused(Reason.OTHER_FILES)
