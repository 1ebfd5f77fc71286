"""Which kinds of files are taken, what they are called, and why one is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from consult.core.errors import Refused

MIB = 1024 * 1024
NAME_LENGTH = 120
FALLBACK_NAME = "document"


def _(text: str) -> str:
    """Marks a sentence for the catalogue; whoever shows it on a page translates it there."""
    return text


class Kind(StrEnum):
    """What a file is, by its content; the value is the extension its name ends with."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    ODT = "odt"
    ODS = "ods"
    ODP = "odp"
    TEXT = "txt"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self]

    @classmethod
    def of(cls, media_type: str) -> Kind:
        """The kind a stored media type stands for. Raises `KeyError` for one we never store."""
        return _KINDS[media_type]


MEDIA_TYPES: Mapping[Kind, str] = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.WEBP: "image/webp",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Kind.ODT: "application/vnd.oasis.opendocument.text",
    Kind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    Kind.ODP: "application/vnd.oasis.opendocument.presentation",
    Kind.TEXT: "text/plain",
    Kind.CSV: "text/csv",
}
_KINDS = {media_type: kind for kind, media_type in MEDIA_TYPES.items()}
LABELS: Mapping[Kind, str] = {
    Kind.PDF: _("PDF"),
    Kind.PNG: _("PNG image"),
    Kind.JPEG: _("JPEG image"),
    Kind.WEBP: _("WebP image"),
    Kind.DOCX: _("Word document"),
    Kind.XLSX: _("Excel workbook"),
    Kind.PPTX: _("PowerPoint presentation"),
    Kind.ODT: _("OpenDocument text"),
    Kind.ODS: _("OpenDocument spreadsheet"),
    Kind.ODP: _("OpenDocument presentation"),
    Kind.TEXT: _("plain text"),
    Kind.CSV: _("CSV table"),
}
IMAGES = frozenset({Kind.PNG, Kind.JPEG, Kind.WEBP})
INLINE = IMAGES | {Kind.PDF}
"""Kinds a browser may show by itself; the others are saved."""
OPEN_XML = frozenset({Kind.DOCX, Kind.XLSX, Kind.PPTX})
OPEN_DOCUMENT = frozenset({Kind.ODT, Kind.ODS, Kind.ODP})
ACCEPT = ",".join([f".{kind}" for kind in Kind] + [".jpeg"])
"""The hint of the file chooser. What is taken is decided by content."""


class Reason(StrEnum):
    """Why a file is refused; the facts of each stand in `SENTENCES`, in braces."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_TAKEN = "not_taken"
    MARKUP = "markup"
    OLD_OFFICE = "old_office"
    ARCHIVE = "archive"
    NOT_UTF8 = "not_utf8"
    DAMAGED = "damaged"
    MIXED = "mixed"
    LOCKED = "locked"
    BOMB = "bomb"
    TOO_MANY_PIXELS = "too_many_pixels"
    MACROS = "macros"
    EMBEDDED = "embedded"
    LINKED = "linked"
    FORMULA = "formula"
    PDF_SCRIPT = "pdf_script"
    PDF_EMBEDDED = "pdf_embedded"
    PDF_LAUNCH = "pdf_launch"
    PDF_SENDS = "pdf_sends"


SENTENCES: Mapping[Reason, str] = {
    Reason.EMPTY: _("The file is empty. Choose it again."),
    Reason.TOO_LARGE: _("The file is larger than {limit} MB. Make it smaller, or split it."),
    Reason.NOT_TAKEN: _(
        "Files of this kind are not taken. Save it as PDF, PNG, JPEG, WebP, Word, Excel, PowerPoint, "
        "OpenDocument, text or CSV."
    ),
    Reason.MARKUP: _(
        "This is a web page, a drawing or a script, which could act in a reader’s browser. Save it as PDF."
    ),
    Reason.OLD_OFFICE: _(
        "This is a file of an older office program (.doc, .xls, .ppt). Save it as .docx, .xlsx, .pptx or PDF."
    ),
    Reason.ARCHIVE: _("This is an archive. Add the files it holds one by one."),
    Reason.NOT_UTF8: _("This text is not written in UTF-8. Save it again as UTF-8."),
    Reason.DAMAGED: _("The file is damaged and cannot be opened. Save it again, or export it as PDF."),
    Reason.MIXED: _(
        "The file holds a second file hidden inside or after the first. Export it again from its program."
    ),
    Reason.LOCKED: _("The file is protected by a password or encrypted. Save it without protection."),
    Reason.BOMB: _("Unpacked, the file would take far more room than it should. Export it again."),
    Reason.TOO_MANY_PIXELS: _("The picture has more than {limit} million pixels. Make it smaller."),
    Reason.MACROS: _("The file holds macros, that is, a program. Save it without macros, or as PDF."),
    Reason.EMBEDDED: _(
        "The file holds another file or an object of another program. Take it out, or save it as PDF."
    ),
    Reason.LINKED: _(
        "The file fetches something from another address when it is opened, which would show who reads it. "
        "Take the link out, or save it as PDF."
    ),
    Reason.FORMULA: _(
        "A cell of this table holds a formula that a spreadsheet would run. Save the values only."
    ),
    Reason.PDF_SCRIPT: _("This PDF holds a script. Print it to a new PDF and choose that one."),
    Reason.PDF_EMBEDDED: _(
        "This PDF holds other files or media. Print it to a new PDF, and add the files themselves."
    ),
    Reason.PDF_LAUNCH: _("This PDF can start a program or open another file. Print it to a new PDF."),
    Reason.PDF_SENDS: _("This PDF holds a form that sends what is typed. Print it to a new PDF."),
}


class FileRefused(Refused):
    """The file is not taken: nothing of it was stored."""

    def __init__(self, reason: Reason, **facts: int) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.facts: Mapping[str, Any] = facts

    def message(self, translated: Callable[[str], str] = _) -> str:
        """What is wrong and what to do, in the reader's language."""
        return translated(SENTENCES[self.reason]).format(**self.facts)


# ── names ──────────────────────────────────────────────────────────────────────

_LEFT_OUT = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of signs that no name may hold: controls, direction marks, halves of pairs, private ones."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}")
_NO_EXTENSION_OF_OURS = 3


def safe_name(name: str, kind: Kind) -> str:
    """A name that can be shown, stored and written into a header: no path, no control or direction sign,
    accents kept, at most 120 characters, ending as its content says."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(" " if unicodedata.category(char) in _LEFT_OUT else char for char in last)
    kept = unicodedata.normalize("NFC", re.sub(r'[<>:"|?*%;]', " ", kept))
    stem = " ".join(kept.split()).strip(". ")
    stem = _without_extensions(stem)[: NAME_LENGTH - len(kind) - 1].rstrip(". ")
    if not stem or _RESERVED.fullmatch(stem.partition(".")[0]):
        stem = FALLBACK_NAME
    return f"{stem}.{kind}"


def _without_extensions(stem: str) -> str:
    """Without the ending it came with, whatever that claimed: ``minutes.pdf.exe`` is ``minutes``."""
    known = {*(f".{one}" for one in Kind), ".jpeg", ".exe", ".com", ".bat", ".cmd", ".scr", ".js", ".html",
             ".htm", ".svg", ".zip", ".doc", ".xls", ".ppt", ".docm", ".xlsm", ".pptm"}  # fmt: skip
    for _turn in range(_NO_EXTENSION_OF_OURS):
        head, dot, tail = stem.rpartition(".")
        if not dot or not head or f".{tail.lower()}" not in known:
            break
        stem = head.rstrip(". ")
    return stem
