"""What a file is, decided by what it holds. What it was called or declared as counts for nothing."""

from __future__ import annotations

import csv
import io
import re
import struct
import unicodedata
import zipfile

import puremagic
from PIL import Image, UnidentifiedImageError

from consult.files.archives import check_office
from consult.files.pdfs import check_pdf
from consult.files.rules import FileRefused, Kind, Reason

HEAD = 1024
"""How far into a file programs look for what it may be."""
MOST_PIXELS = 60_000_000
MOST_FRAMES = 200
_MARKUP = re.compile(
    r"<\s*(?:!doctype|html|head|body|script|svg|iframe|\?xml|\?php|!--|object|embed|link|meta|style|math|xsl)\b"
    r"|<(?:\?xml|\?php|!--|!doctype)",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"\s*[=+\-@]\s*[A-Za-z'\"$].*[(|!]", re.DOTALL)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = (b"PK", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF")
_SECOND = re.compile(rb"MZ.{58}|\x7fELF|<script|<\?php|<html|%PDF-|Rar!", re.DOTALL | re.IGNORECASE)
_TEXT_CONTROLS = {"\t", "\n", "\r", "\f"}
_UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error, EOFError, MemoryError,
               KeyError, TypeError, IndexError, UserWarning)  # fmt: skip
_IMAGES = {
    Kind.PNG: (b"\x89PNG\r\n\x1a\n", "PNG"),
    Kind.JPEG: (b"\xff\xd8\xff", "JPEG"),
    Kind.WEBP: (b"RIFF", "WEBP"),
}


def check(raw: bytes) -> Kind:
    """The kind of a file that may be kept. Raises `FileRefused`."""
    if not raw:
        raise FileRefused(Reason.EMPTY)
    if raw.startswith(b"%PDF-"):
        _refuse_mixed(raw, pdf=False)
        check_pdf(raw)
        return Kind.PDF
    if raw.startswith(b"PK\x03\x04"):
        if b"%PDF-" in raw[:HEAD]:
            raise FileRefused(Reason.MIXED)
        return check_office(raw)
    for kind, (magic, name) in _IMAGES.items():
        if raw.startswith(magic) and (kind is not Kind.WEBP or raw[8:12] == b"WEBP"):
            _refuse_mixed(raw)
            _check_image(raw, kind, name)
            return kind
    return _other(raw)


def _other(raw: bytes) -> Kind:
    if raw.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in raw
        raise FileRefused(Reason.LOCKED if locked else Reason.OLD_OFFICE)
    if raw.startswith(_ARCHIVES[0] + b"\x05\x06") or raw.startswith(_ARCHIVES[1:]):
        raise FileRefused(Reason.ARCHIVE)
    if b"%PDF-" in raw[:HEAD]:
        raise FileRefused(Reason.MIXED)
    return _check_text(raw)


def _refuse_mixed(raw: bytes, *, pdf: bool = True) -> None:
    """No second nature: a file that some programs would open as an archive, a PDF or a page is refused."""
    head = raw[:HEAD]
    if pdf and b"%PDF-" in head:
        raise FileRefused(Reason.MIXED)
    if re.search(rb"<\s*(?:!doctype|html|script|svg|\?php)\b|<\?php", head, re.IGNORECASE):
        raise FileRefused(Reason.MIXED)
    if zipfile.is_zipfile(io.BytesIO(raw)) or (b"PK\x03\x04" in raw and b"PK\x01\x02" in raw):
        raise FileRefused(Reason.MIXED)


# ── pictures ───────────────────────────────────────────────────────────────────


def _check_image(raw: bytes, kind: Kind, name: str) -> None:
    try:
        with Image.open(io.BytesIO(raw), formats=[name]) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise FileRefused(Reason.TOO_MANY_PIXELS, limit=MOST_PIXELS // 1_000_000)
            if getattr(image, "n_frames", 1) > MOST_FRAMES:
                raise FileRefused(Reason.BOMB)
            image.verify()
        with Image.open(io.BytesIO(raw), formats=[name]) as image:
            image.draft("RGB", (max(image.size[0] // 8, 1), max(image.size[1] // 8, 1)))
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileRefused(Reason.TOO_MANY_PIXELS, limit=MOST_PIXELS // 1_000_000) from None
    except FileRefused:
        raise
    except _UNREADABLE:
        raise FileRefused(Reason.DAMAGED) from None
    if _ends_early(raw, kind):
        raise FileRefused(Reason.MIXED)


def _ends_early(raw: bytes, kind: Kind) -> bool:
    """Whether bytes follow after the end of a picture. Cameras append small pictures to a JPEG: there only
    what another program would open counts (see `_refuse_mixed`)."""
    if kind is Kind.PNG:
        position = 8
        while position + 12 <= len(raw):
            length, name = struct.unpack(">I4s", raw[position : position + 8])
            position += 12 + length
            if name == b"IEND":
                break
        return position != len(raw)
    if kind is Kind.WEBP:
        declared = int(struct.unpack("<I", raw[4:8])[0])
        return len(raw) not in {8 + declared, 8 + declared + declared % 2}
    return bool(_SECOND.search(raw, _end_of_jpeg(raw)))


def _end_of_jpeg(raw: bytes) -> int:
    """Where the first picture of a JPEG ends: segments are skipped by their length, so that no mark inside
    one (a thumbnail's, say) counts."""
    position = 2
    while position + 4 <= len(raw):
        if raw[position] != 0xFF:  # within the picture's own data
            position = raw.find(b"\xff", position)
            if position < 0:
                return len(raw)
            continue
        marker = raw[position + 1]
        if marker == 0xD9:
            return position + 2
        if marker in {0x00, 0x01, 0xFF} or 0xD0 <= marker <= 0xD8:
            position += 1 if marker == 0xFF else 2
        else:
            position += 2 + int(struct.unpack(">H", raw[position + 2 : position + 4])[0])
    return len(raw)


# ── text ───────────────────────────────────────────────────────────────────────


def _check_text(raw: bytes) -> Kind:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(Reason.NOT_UTF8 if _like_text(raw) else Reason.NOT_TAKEN) from None
    if not text.strip():
        raise FileRefused(Reason.EMPTY)
    if any(unicodedata.category(char) == "Cc" and char not in _TEXT_CONTROLS for char in set(text)):
        raise FileRefused(Reason.NOT_TAKEN)
    start = text[:HEAD]
    if _MARKUP.search(start) or start.startswith("#!") or _known_markup(raw):
        raise FileRefused(Reason.MARKUP)
    if start.startswith(("{\\rtf", "%!PS", "MIME-Version:", "From ")):
        raise FileRefused(Reason.NOT_TAKEN)
    rows = _rows(text)
    if rows is None:
        return Kind.TEXT
    if any(_FORMULA.match(cell) for row in rows for cell in row):
        raise FileRefused(Reason.FORMULA)
    return Kind.CSV


def _like_text(raw: bytes) -> bool:
    """Whether bytes that are not UTF-8 may be text in an older encoding, or in UTF-16."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    controls = sum(1 for byte in raw[:4096] if byte < 32 and byte not in b"\t\n\r\f")
    return controls == 0


def _known_markup(raw: bytes) -> bool:
    try:
        found = puremagic.magic_string(raw[:HEAD])
    except (puremagic.PureError, ValueError, IndexError):
        return False
    return any(
        one.confidence >= 0.5 and one.extension in {".html", ".htm", ".svg", ".xml", ".xhtml", ".php"}
        for one in found
    )


def _rows(text: str) -> list[list[str]] | None:
    """The rows of a table: each with as many cells as the first; None for running text."""
    lines = [line for line in text.splitlines() if line.strip()]
    for delimiter, least in ((";", 2), ("\t", 2), (",", 3)):
        if len(lines) < least or delimiter not in lines[0]:
            continue
        try:
            rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True) if row]
        except csv.Error:
            continue
        if len(rows) >= least and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1:
            return rows
    return None
