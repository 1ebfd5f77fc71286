"""Files made on the spot, harmless and not: nothing binary lies in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import docx
import openpyxl
import pypdf
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from consult.files.rules import MEDIA_TYPES, Kind

ODF_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/">'
)
ODF_META = (
    '<?xml version="1.0"?><office:document-meta '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
    "<meta:initial-creator>Paule Roussel</meta:initial-creator><dc:creator>Ada Admin</dc:creator>"
    "<meta:generator>LibreOffice/24.2</meta:generator></office:meta></office:document-meta>"
)


def pdf(change: Callable[[pypdf.PdfWriter], object] | None = None, **info: str) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=200, height=200)
    if info:
        writer.add_metadata({f"/{key}": value for key, value in info.items()})
    if change is not None:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_with_action(kind: str, **parts: str) -> bytes:
    """A page that acts when it is opened; the action hides two levels down."""

    def change(writer: pypdf.PdfWriter) -> None:
        action = DictionaryObject({NameObject("/S"): NameObject(kind)})
        for key, value in parts.items():
            action[NameObject(f"/{key}")] = TextStringObject(value)
        outer = DictionaryObject(
            {
                NameObject("/S"): NameObject("/URI"),
                NameObject("/Next"): ArrayObject([writer._add_object(action)]),
            }
        )
        writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): writer._add_object(outer)})

    return pdf(change)


def picture(kind: str = "PNG", *, size: tuple[int, int] = (8, 6), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 90, 80)).save(out, kind, **options)
    return out.getvalue()


def photograph() -> bytes:
    """A JPEG as a telephone makes it: whose, with what, when and where."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B] = "Fairphone", "FP5", "Maxime Adjovi"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:24 10:30:00"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (47.0, 13.0, 6.0), "W", (1.0, 33.0, 0.0)
    return picture("JPEG", exif=exif)


def word(text: str = "Analyse d’impact", **properties: Any) -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def tracked_word() -> bytes:
    """With one tracked insertion and one comment, each somebody's."""
    change = '<w:ins w:id="1" w:author="Claire Besson"><w:r><w:t>x</w:t></w:r></w:ins><w:r>'
    raw = word(author="Denis Chair", last_modified_by="Claire Besson", created=datetime(2026, 3, 2, 9))
    document = part(raw, "word/document.xml").replace(b"<w:r>", change.encode(), 1)
    comments = (
        '<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:comment w:id="0" w:author="Ada Admin"/></w:comments>'
    )
    return rezip(raw, {"word/document.xml": document, "word/comments.xml": comments.encode()})


def workbook(hidden: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "Effectif"
    book.properties.creator = "Paule Roussel"
    if hidden:
        book.create_sheet(hidden).sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def open_document(kind: Kind = Kind.ODT, content: str = "", **parts: bytes) -> bytes:
    members = {
        "mimetype": MEDIA_TYPES[kind].encode(),
        "content.xml": f"{ODF_HEAD}{content}</office:document-content>".encode(),
        "meta.xml": ODF_META.encode(),
        "META-INF/manifest.xml": b"<manifest/>",
        **{name.replace("__", "/"): value for name, value in parts.items()},
    }
    return zipped(members)


def presentation() -> bytes:
    """The least a .pptx is known by."""
    main = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/ppt/presentation.xml" ContentType="{main}"/></Types>'
    )
    return zipped({"[Content_Types].xml": types.encode(), "ppt/presentation.xml": b"<p/>"})


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in members.items():
            archive.writestr(name, value)
    return out.getvalue()


def part(raw: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return archive.read(name)


def rezip(raw: bytes, changed: Mapping[str, bytes]) -> bytes:
    """The same archive with parts replaced or added."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**members, **changed})


def relation(kind: str, target: str) -> bytes:
    """A part of relations with one that leads outside."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{base}/{kind}" Target="{target}" TargetMode="External"/>'
        "</Relationships>"
    ).encode()


def accepted() -> dict[Kind, bytes]:
    """One file of each kind that is taken."""
    return {
        Kind.PDF: pdf(),
        Kind.PNG: picture("PNG"),
        Kind.JPEG: picture("JPEG"),
        Kind.WEBP: picture("WEBP"),
        Kind.DOCX: word(),
        Kind.XLSX: workbook(),
        Kind.PPTX: presentation(),
        Kind.ODT: open_document(Kind.ODT),
        Kind.ODS: open_document(Kind.ODS),
        Kind.ODP: open_document(Kind.ODP),
        Kind.TEXT: "Le comité s’est réuni.\nRien à signaler, sauf l’été.\n".encode(),
        Kind.CSV: b"groupe;effectif\nConseillers;42\n",
    }


def packed(raw: bytes) -> bytes:
    """A PDF whose objects lie compressed in one stream, as most programs write them."""
    reader = pypdf.PdfReader(io.BytesIO(raw))
    objects: dict[int, bytes] = {}
    for number in sorted(reader.xref[0]):
        out = io.BytesIO()
        value = reader.get_object(pypdf.generic.IndirectObject(number, 0, reader))
        if value is not None and not isinstance(value, pypdf.generic.StreamObject):
            value.write_to_stream(out)
            objects[number] = out.getvalue()
    index, body = b"", b""
    for number, text in objects.items():
        index += b"%d %d " % (number, len(body))
        body += text + b" "
    stream = zlib.compress(index + body)
    root = reader.trailer.raw_get("/Root").idnum
    last = max(objects) + 1
    out_raw = b"%PDF-1.7\n"
    at = len(out_raw)
    out_raw += b"%d 0 obj <</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>> stream\n" % (
        last, len(objects), len(index), len(stream),
    )  # fmt: skip
    out_raw += stream + b"\nendstream endobj\n"
    table = b""
    for number in range(last + 2):
        if number in objects:
            table += struct.pack(">BIH", 2, last, list(objects).index(number))
        elif number == last:
            table += struct.pack(">BIH", 1, at, 0)
        elif number == last + 1:
            table += struct.pack(">BIH", 1, len(out_raw), 0)
        else:
            table += struct.pack(">BIH", 0, 0, 0)
    start = len(out_raw)
    out_raw += b"%d 0 obj <</Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Length %d>> stream\n" % (
        last + 1, last + 2, root, len(table),
    )  # fmt: skip
    return out_raw + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % start
