"""Office files are archives: opened within limits, and searched for what would act on its own."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from consult.files.rules import MIB, FileRefused, Kind, Reason

MOST_UNPACKED = 200 * MIB
MOST_RATIO = 200
MOST_MEMBERS = 10_000
MOST_PART = 50 * MIB
"""The largest part that is parsed."""
SMALL = 1 * MIB
"""Below this much unpacked, no ratio harms anybody."""

_TORN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError,
         struct.error, UserWarning)  # fmt: skip
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": Kind.DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": Kind.XLSX,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": Kind.PPTX,
    "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml": Kind.PPTX,
}
_OPEN_DOCUMENT = {kind.media_type.encode(): kind for kind in (Kind.ODT, Kind.ODS, Kind.ODP)}
_MACROS = re.compile(
    r"(?:^|/)vbaproject\.bin$|(?:^|/)vbadata\.xml$|(?:^|/)activex/|(?:^|/)macrosheets/"
    r"|^(?:basic|scripts)/.+[^/]$",
    re.IGNORECASE,
)
_NO_PART = re.compile(
    r"\.(?:exe|dll|scr|com|bat|cmd|ps1|vbs|js|jse|wsf|hta|jar|class|msi|lnk|sh|html?|mht(?:ml)?|xht(?:ml)?)$",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"(?:^|/)(?:embeddings/.*\.(?:bin|docm|xlsm|pptm|xlsb|doc|xls|ppt|zip|pdf)|afchunk.*)$", re.I
)
_MACRO_TYPES = re.compile(r"macroEnabled|vbaProject|activeX", re.IGNORECASE)
_HARMLESS_LINKS = ("/hyperlink", "/externalLinkPath", "/externalLink", "/xlPathMissing", "/slideUpdateUrl")
_FAR = re.compile(r"(?:https?|ftp|smb|mhtml|ms-[a-z-]+):|\\\\|//|file:/{4,}|file://[^/]", re.IGNORECASE)
_ODF_FAR = re.compile(
    rb"<(?:draw:(?:image|object|object-ole|plugin|applet|floating-frame)|office:dde-source|text:section-source"
    rb"|table:table-source)\b[^>]{0,2000}?xlink:href\s*=\s*[\"'](?:https?:|ftp:|smb:|//|\\\\|file://[^/])",
    re.IGNORECASE,
)
_ODF_SCRIPT = re.compile(
    rb"<(?:script:event-listener|presentation:event-listener)\b[^>]{0,2000}?"
    rb"(?:vnd\.sun\.star\.script:|script:language)",
    re.IGNORECASE,
)


def open_archive(raw: bytes) -> zipfile.ZipFile:
    """An archive that unpacks within limits, whole from its first byte to its last. Raises `FileRefused`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        members = archive.infolist()
    except _TORN:
        raise FileRefused(Reason.DAMAGED) from None
    if not members:
        raise FileRefused(Reason.ARCHIVE)
    if any(one.flag_bits & 0x1 for one in members):
        raise FileRefused(Reason.LOCKED)
    _refuse_bombs(raw, members)
    _refuse_hidden(raw, archive, members)
    try:
        torn = archive.testzip()  # unpacks all of it, no further than declared, and compares the sums
    except _TORN:
        raise FileRefused(Reason.DAMAGED) from None
    if torn is not None:
        raise FileRefused(Reason.DAMAGED)
    return archive


def _refuse_bombs(raw: bytes, members: list[zipfile.ZipInfo]) -> None:
    total = sum(one.file_size for one in members)
    if len(members) > MOST_MEMBERS or total > MOST_UNPACKED:
        raise FileRefused(Reason.BOMB)
    if total > SMALL and total > MOST_RATIO * len(raw):
        raise FileRefused(Reason.BOMB)
    for one in members:
        if one.file_size > SMALL and one.file_size > MOST_RATIO * max(one.compress_size, 1):
            raise FileRefused(Reason.BOMB)


def _refuse_hidden(raw: bytes, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Nothing before, between the lines, or after; every name once, and none that leaves the folder."""
    if archive.comment or raw[-22:-18] != b"PK\x05\x06" or min(one.header_offset for one in members):
        raise FileRefused(Reason.MIXED)
    names = [one.filename.casefold() for one in members]
    if len(set(names)) != len(names):
        raise FileRefused(Reason.MIXED)
    for name in names:
        if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name:
            raise FileRefused(Reason.MIXED)
    stored = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if any(one.compress_type not in stored for one in members):
        raise FileRefused(Reason.DAMAGED)


def check_office(raw: bytes) -> Kind:
    """The kind of an office file that does nothing by itself. Raises `FileRefused`."""
    with open_archive(raw) as archive:
        names = archive.namelist()
        if any(_MACROS.search(name) for name in names):
            raise FileRefused(Reason.MACROS)
        if "[Content_Types].xml" in names:
            kind = _open_xml(archive)
        elif names[0] == "mimetype":
            kind = _open_document(archive)
        else:
            raise FileRefused(Reason.ARCHIVE)
        if any(_NO_PART.search(name) or _OBJECT.search(name) for name in names):
            raise FileRefused(Reason.EMBEDDED)
        return kind


def parsed(archive: zipfile.ZipFile, name: str) -> etree._Element:
    """A part as XML; no entity is resolved and no other address read. Raises `FileRefused`."""
    try:
        if archive.getinfo(name).file_size > MOST_PART:
            raise FileRefused(Reason.BOMB)
        raw = archive.read(name)
    except (KeyError, zipfile.BadZipFile):
        raise FileRefused(Reason.DAMAGED) from None
    return parsed_bytes(raw)


def parsed_bytes(raw: bytes) -> etree._Element:
    """XML without a document type: office files have none, and what one declares may grow or fetch."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                             remove_comments=True, remove_pis=True)  # fmt: skip
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise FileRefused(Reason.DAMAGED) from None
    if root.getroottree().docinfo.doctype:
        raise FileRefused(Reason.DAMAGED)
    return root


def _open_xml(archive: zipfile.ZipFile) -> Kind:
    types = [str(one.get("ContentType", "")) for one in parsed(archive, "[Content_Types].xml")]
    if any(_MACRO_TYPES.search(one) for one in types):
        raise FileRefused(Reason.MACROS)
    kinds = {_MAIN[one] for one in types if one in _MAIN}
    if len(kinds) != 1:
        raise FileRefused(Reason.NOT_TAKEN)
    for kind, target in external_links(archive):
        if not kind.endswith(_HARMLESS_LINKS) and _FAR.match(target):
            raise FileRefused(Reason.LINKED)
    for name in archive.namelist():
        if name.startswith("xl/externalLinks/") and b"ddeLink" in archive.read(name):
            raise FileRefused(Reason.LINKED)
        if name.startswith("word/") and name.endswith(".xml") and b"DDEAUTO" in archive.read(name):
            raise FileRefused(Reason.LINKED)
    return kinds.pop()


def external_links(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """What an Open XML file points to outside itself: (type of relation, address)."""
    for name in archive.namelist():
        if name.endswith(".rels"):
            for relation in parsed(archive, name):
                if str(relation.get("TargetMode", "")).lower() == "external":
                    yield str(relation.get("Type", "")), str(relation.get("Target", "")).strip()


def _open_document(archive: zipfile.ZipFile) -> Kind:
    kind = _OPEN_DOCUMENT.get(archive.read("mimetype"))
    if kind is None:
        raise FileRefused(Reason.NOT_TAKEN)
    for name in archive.namelist():
        if name == "META-INF/manifest.xml" and b"encryption-data" in archive.read(name):
            raise FileRefused(Reason.LOCKED)
        if name.endswith(("content.xml", "styles.xml")):
            part = archive.read(name)
            parsed_bytes(part)
            if _ODF_SCRIPT.search(part):
                raise FileRefused(Reason.MACROS)
            if _ODF_FAR.search(part):
                raise FileRefused(Reason.LINKED)
    return kind
