"""What a file tells about its authors, shown to whoever publishes it before it is published.

Nothing is taken out: a file is kept byte for byte, and its owner decides. What cannot be read is not
told: the file was checked before, and a torn property is no reason to refuse it."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from lxml import etree
from PIL import ExifTags, Image, UnidentifiedImageError

from consult.files import pdfs
from consult.files.archives import external_links, parsed, parsed_bytes
from consult.files.rules import IMAGES, MIB, OPEN_DOCUMENT, OPEN_XML, FileRefused, Kind
from consult.files.telling import Gathering, Label, Told

MOST_XMP = 2 * MIB
MOST_PICTURES = 40
MOST_PAGES = 500
_UNREADABLE = (FileRefused, OSError, ValueError, SyntaxError, struct.error, KeyError, EOFError, TypeError,
               UnidentifiedImageError, ZeroDivisionError, etree.LxmlError, UserWarning)  # fmt: skip


def told(raw: bytes, kind: Kind) -> tuple[Told, ...]:
    """What a checked file tells, people first."""
    gathering = Gathering()
    if kind is Kind.PDF:
        _pdf(raw, gathering)
    elif kind in OPEN_XML or kind in OPEN_DOCUMENT:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            (_open_xml if kind in OPEN_XML else _open_document)(archive, gathering)
            _pictures(archive, gathering)
    elif kind in IMAGES:
        with suppress(*_UNREADABLE):
            _picture(raw, gathering)
    return gathering.told()


# ── PDF ────────────────────────────────────────────────────────────────────────

_INFO = {
    "/Author": Label.AUTHOR, "/Title": Label.TITLE, "/Subject": Label.SUBJECT, "/Keywords": Label.KEYWORDS,
    "/Creator": Label.PROGRAM, "/Producer": Label.PROGRAM, "/Company": Label.COMPANY,
    "/Manager": Label.MANAGER,
}  # fmt: skip


def _pdf(raw: bytes, gathering: Gathering) -> None:
    reader = pdfs.reader_of(raw)
    with suppress(Exception):  # the library raises many kinds on a torn property
        info: Any = reader.metadata or {}
        for key, label in _INFO.items():
            gathering.add(label, info.get(key))
        gathering.add(Label.CREATED, info.creation_date)
        gathering.add(Label.CHANGED, info.modification_date)
    with suppress(Exception):
        stream = reader.root_object.get("/Metadata")
        if stream is not None:
            _xmp(stream.get_object().get_data(), gathering)
    with suppress(Exception):
        commenters = list(_commenters(reader))
        gathering.names(Label.COMMENTERS, commenters)
        gathering.add(Label.COMMENTS, len(commenters))


def _commenters(reader: Any) -> Iterator[str]:
    """Who annotated the pages; links and fields of forms are no comments."""
    for page in reader.pages[:MOST_PAGES]:
        for one in page.get("/Annots") or ():
            note = one.get_object()
            if note.get("/Subtype") not in {"/Link", "/Widget", "/Popup"}:
                yield str(note.get("/T") or "")


# ── XMP, the same in PDF and pictures ──────────────────────────────────────────

_XMP = {
    "creator": Label.AUTHOR, "Author": Label.AUTHOR, "Artist": Label.AUTHOR, "CaptionWriter": Label.AUTHOR,
    "Manager": Label.MANAGER, "Company": Label.COMPANY, "OwnerName": Label.OWNER,
    "CameraOwnerName": Label.OWNER, "title": Label.TITLE, "description": Label.REMARKS,
    "subject": Label.KEYWORDS, "Keywords": Label.KEYWORDS, "rights": Label.RIGHTS,
    "CreatorTool": Label.PROGRAM, "Producer": Label.PROGRAM, "CreateDate": Label.CREATED,
    "ModifyDate": Label.CHANGED, "GPSLatitude": Label.PLACE, "GPSLongitude": Label.PLACE,
    "SerialNumber": Label.SERIAL, "BodySerialNumber": Label.SERIAL, "City": Label.PLACE,
    "Location": Label.PLACE,
}  # fmt: skip
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def _xmp(raw: bytes, gathering: Gathering) -> None:
    """Properties by their local name, written as elements, lists or attributes."""
    if len(raw) > MOST_XMP:
        return
    for node in parsed_bytes(raw.strip(b"\0 \r\n")).iter(f"{_RDF}Description"):
        for name, value in node.attrib.items():
            if (label := _XMP.get(_local(name))) is not None:
                gathering.add(label, value)
        for child in node:
            if (label := _XMP.get(_local(child.tag))) is not None:
                texts = [" ".join(str(one).split()) for one in child.itertext()]
                gathering.names(label, texts)


def _local(name: Any) -> str:
    return str(name).rpartition("}")[2]


# ── office ─────────────────────────────────────────────────────────────────────

_CORE = {
    "creator": Label.AUTHOR, "lastModifiedBy": Label.CHANGED_BY, "title": Label.TITLE,
    "subject": Label.SUBJECT, "keywords": Label.KEYWORDS, "description": Label.REMARKS,
    "category": Label.KEYWORDS, "created": Label.CREATED, "modified": Label.CHANGED,
    "lastPrinted": Label.PRINTED,
}  # fmt: skip
_APP = {
    "Company": Label.COMPANY, "Manager": Label.MANAGER, "Application": Label.PROGRAM,
    "Template": Label.TEMPLATE,
}  # fmt: skip
_CHANGES = {"ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tblPrChange", "trPrChange",
            "tcPrChange", "sectPrChange", "numberingChange", "cellIns", "cellDel"}  # fmt: skip
Reading = Callable[[etree._Element, Gathering], None]


def _open_xml(archive: zipfile.ZipFile, gathering: Gathering) -> None:
    names = archive.namelist()
    _read(archive, "docProps/core.xml", lambda root, into: _children(root, _CORE, into), gathering)
    _read(archive, "docProps/app.xml", lambda root, into: _children(root, _APP, into), gathering)
    _read(archive, "docProps/custom.xml", _custom, gathering)
    _read(archive, "xl/workbook.xml", _sheets, gathering)
    _word_people(archive, gathering)
    commenters: list[str] = []
    count = 0
    for name in names:
        if name.startswith(("xl/comments", "xl/persons/", "ppt/commentAuthors", "ppt/authors")):
            commenters += _people(archive, name)
        if name.startswith(("xl/comments", "xl/threadedComments/", "ppt/comments/")):
            count += _count(archive, name, {"comment", "threadedComment", "cm"})
    gathering.names(Label.COMMENTERS, commenters)
    gathering.add(Label.COMMENTS, count)
    gathering.add(Label.NOTES, sum(one.startswith("ppt/notesSlides/notesSlide") for one in names))
    gathering.add(Label.WORKBOOKS, sum("/embeddings/" in one and one.endswith(".xlsx") for one in names))
    with suppress(*_UNREADABLE):
        for kind, target in external_links(archive):
            if kind.endswith("/attachedTemplate"):
                gathering.add(Label.TEMPLATE, target)
            elif kind.endswith("/externalLinkPath"):
                gathering.add(Label.LINKED_FILES, target)


def _word_people(archive: zipfile.ZipFile, gathering: Gathering) -> None:
    """Who commented and who changed what, in the text itself, its notes, headers and footers."""
    changers: list[str] = []
    changes = 0
    parts = ("document", "footnotes", "endnotes", "header", "footer")
    for name in archive.namelist():
        if not name.startswith(tuple(f"word/{part}" for part in parts)) or not name.endswith(".xml"):
            continue
        with suppress(*_UNREADABLE):
            for node in parsed(archive, name).iter():
                if _local(node.tag) in _CHANGES:
                    changes += 1
                    changers.append(_attribute(node, "author"))
    gathering.names(Label.TRACKED_BY, changers)
    gathering.add(Label.TRACKED, changes)
    if "word/comments.xml" in archive.namelist():
        with suppress(*_UNREADABLE):
            comments = [one for one in parsed(archive, "word/comments.xml") if _local(one.tag) == "comment"]
            gathering.names(Label.COMMENTERS, (_attribute(one, "author") for one in comments))
            gathering.add(Label.COMMENTS, len(comments))


def _read(archive: zipfile.ZipFile, name: str, reading: Reading, gathering: Gathering) -> None:
    if name in archive.namelist():
        with suppress(*_UNREADABLE):
            reading(parsed(archive, name), gathering)


def _children(root: etree._Element, labels: dict[str, Label], gathering: Gathering) -> None:
    for node in root:
        if (label := labels.get(_local(node.tag))) is not None:
            gathering.add(label, "".join(node.itertext()))


def _custom(root: etree._Element, gathering: Gathering) -> None:
    for node in root:
        value = "".join(str(one) for one in node.itertext())
        if value.strip():
            gathering.add(Label.PROPERTY, f"{node.get('name', '')} = {value}")


def _sheets(root: etree._Element, gathering: Gathering) -> None:
    hidden = [
        one.get("name") for one in root.iter()
        if _local(one.tag) == "sheet" and one.get("state") in {"hidden", "veryHidden"}
    ]  # fmt: skip
    gathering.names(Label.HIDDEN_SHEETS, hidden)


def _people(archive: zipfile.ZipFile, name: str) -> list[str]:
    """Names of those who may have commented, however the program lists them."""
    found: list[str] = []
    with suppress(*_UNREADABLE):
        for node in parsed(archive, name).iter():
            kind = _local(node.tag)
            if kind == "author" and node.text:
                found.append(node.text)
            if kind in {"person", "cmAuthor", "author"}:
                found.append(node.get("displayName") or node.get("name") or "")
    return found


def _count(archive: zipfile.ZipFile, name: str, tags: set[str]) -> int:
    with suppress(*_UNREADABLE):
        return sum(1 for one in parsed(archive, name).iter() if _local(one.tag) in tags)
    return 0


def _attribute(node: etree._Element, name: str) -> str:
    return next((str(value) for key, value in node.attrib.items() if _local(key) == name), "")


_META = {
    "initial-creator": Label.AUTHOR, "creator": Label.CHANGED_BY, "printed-by": Label.OWNER,
    "title": Label.TITLE, "subject": Label.SUBJECT, "keyword": Label.KEYWORDS, "description": Label.REMARKS,
    "generator": Label.PROGRAM, "creation-date": Label.CREATED, "date": Label.CHANGED,
    "print-date": Label.PRINTED,
}  # fmt: skip


def _open_document(archive: zipfile.ZipFile, gathering: Gathering) -> None:
    _read(archive, "meta.xml", _meta, gathering)
    _read(archive, "content.xml", _content, gathering)


def _meta(root: etree._Element, gathering: Gathering) -> None:
    for node in root.iter():
        name = _local(node.tag)
        if name in _META:
            gathering.add(_META[name], node.text)
        elif name == "template":
            gathering.add(Label.TEMPLATE, _attribute(node, "href"))
        elif name == "user-defined":
            value = "".join(str(one) for one in node.itertext())
            if value.strip():
                gathering.add(Label.PROPERTY, f"{_attribute(node, 'name')} = {value}")


def _content(root: etree._Element, gathering: Gathering) -> None:
    found: dict[str, list[str]] = {"annotation": [], "changed-region": []}
    for node in root.iter():
        if (names := found.get(_local(node.tag))) is not None:
            names.append(next((one.text or "" for one in node.iter() if _local(one.tag) == "creator"), ""))
    gathering.names(Label.COMMENTERS, found["annotation"])
    gathering.add(Label.COMMENTS, len(found["annotation"]))
    gathering.names(Label.TRACKED_BY, found["changed-region"])
    gathering.add(Label.TRACKED, len(found["changed-region"]))
    hidden = [
        _attribute(one, "name") for one in root.iter()
        if _local(one.tag) == "table" and _attribute(one, "visibility") in {"collapse", "filter"}
    ]  # fmt: skip
    gathering.names(Label.HIDDEN_SHEETS, hidden)


def _pictures(archive: zipfile.ZipFile, gathering: Gathering) -> None:
    """A picture put into a document keeps what its camera wrote, the place included."""
    pictures = [one for one in archive.namelist() if one.lower().endswith((".jpg", ".jpeg", ".png", ".webp"))]
    for name in pictures[:MOST_PICTURES]:
        with suppress(*_UNREADABLE):
            inside = Gathering()
            _picture(archive.read(name), inside)
            for one in inside.told():
                if one.is_personal:
                    gathering.add(one.label, one.value)


# ── pictures ───────────────────────────────────────────────────────────────────

_EXIF = {
    ExifTags.Base.Artist: Label.AUTHOR, ExifTags.Base.Copyright: Label.RIGHTS,
    ExifTags.Base.Software: Label.PROGRAM, ExifTags.Base.DateTime: Label.CHANGED,
    ExifTags.Base.ImageDescription: Label.REMARKS, ExifTags.Base.HostComputer: Label.OWNER,
}  # fmt: skip
_DETAILS = {
    ExifTags.Base.DateTimeOriginal: Label.TAKEN, ExifTags.Base.CameraOwnerName: Label.OWNER,
    ExifTags.Base.BodySerialNumber: Label.SERIAL, ExifTags.Base.LensSerialNumber: Label.SERIAL,
}  # fmt: skip
_WINDOWS = {0x9C9B: Label.TITLE, 0x9C9C: Label.REMARKS, 0x9C9D: Label.AUTHOR, 0x9C9E: Label.KEYWORDS}
"""Properties the file manager of Windows writes, in UTF-16."""
_PNG = {
    "author": Label.AUTHOR, "title": Label.TITLE, "description": Label.REMARKS, "comment": Label.REMARKS,
    "copyright": Label.RIGHTS, "software": Label.PROGRAM, "source": Label.CAMERA,
    "creation time": Label.CREATED,
}  # fmt: skip


def _picture(raw: bytes, gathering: Gathering) -> None:
    with Image.open(io.BytesIO(raw), formats=["PNG", "JPEG", "WEBP"]) as image:
        if image.format == "PNG":
            image.load()  # texts may stand after the picture
        _exif(image.getexif(), gathering)
        for key, value in image.info.items():
            if (label := _PNG.get(str(key).lower())) is not None and isinstance(value, str | bytes):
                gathering.add(label, value if isinstance(value, str) else value.decode("utf-8", "replace"))
        packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
        if packet:
            _xmp(packet if isinstance(packet, bytes) else str(packet).encode(), gathering)


def _exif(exif: Image.Exif, gathering: Gathering) -> None:
    for tags, labels in ((exif, _EXIF), (exif.get_ifd(ExifTags.IFD.Exif), _DETAILS)):
        for tag, label in labels.items():
            gathering.add(label, tags.get(tag))
    for number, label in _WINDOWS.items():
        value = exif.get(number)
        if isinstance(value, bytes):
            gathering.add(label, value.decode("utf-16-le", "replace").strip("\0"))
    camera = [str(exif.get(tag) or "").strip("\0 ") for tag in (ExifTags.Base.Make, ExifTags.Base.Model)]
    gathering.add(Label.CAMERA, " ".join(one for one in camera if one))
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    if place:
        gathering.add(Label.PLACE, _place(place))


def _place(gps: dict[int, Any]) -> str:
    """Degrees north and east; a tag that gives none still tells that there is one."""
    try:
        sides = [
            (gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S"),
            (gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W"),
        ]
        values = [(-1 if is_minus else 1) * _degrees(parts) for parts, is_minus in sides]
    except (KeyError, ValueError, TypeError, ZeroDivisionError, IndexError):
        return "GPS"
    return ", ".join(f"{value:.5f}" for value in values)


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(one) for one in parts)
    return degrees + minutes / 60 + seconds / 3600
