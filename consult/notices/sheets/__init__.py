"""A notice as a Word document and as a spreadsheet, filled or empty, and back without loss."""

from __future__ import annotations

from consult.core.localized import Localized
from consult.notices.content import Content
from consult.notices.sheets import excel, interpreting, packages, word, word_reading
from consult.notices.sheets.layout import NOTICE, Kind
from consult.notices.sheets.merging import Change, Merged, merged
from consult.notices.sheets.packages import is_package
from consult.notices.sheets.reading import Read

__all__ = [
    "MEDIA_TYPES",
    "Change",
    "Kind",
    "Merged",
    "Read",
    "is_package",
    "merged",
    "read",
    "template",
    "write",
]

MEDIA_TYPES = {
    Kind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write(kind: Kind, content: Content, *, language: str, slug: str = "") -> bytes:
    """The notice in a file whose words around it are in ``language``. ``slug``: which notice it is."""
    writer = word.write if kind is Kind.WORD else excel.write
    return writer(content, language=language, about={NOTICE: slug} if slug else {})


def template(kind: Kind, *, language: str) -> bytes:
    """The same without a notice; its texts are written first in the language of the file."""
    return write(kind, Content(Localized({}, language)), language=language)


def read(raw: bytes, name: str) -> Read:
    """What a file says. Raises `ImportRefused`, with nothing read, where anything of it would be lost."""
    reader = word_reading.grids if packages.checked(raw, name) is Kind.WORD else excel.grids
    return interpreting.read(reader(raw, name), name)
