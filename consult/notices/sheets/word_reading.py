"""The tables of a Word document as boxes. Read from its XML, so that nothing typed is passed over in silence:
what a box cannot give as text (a picture, a change somebody tracked) refuses the file and names the box."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from consult.notices.imports.refusals import ImportRefused, Reason, _
from consult.notices.sheets.boxes import Box, Grid, refused, short

MAX_BOXES = 50_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_AROUND = frozenset({
    "sdt", "sdtContent", "smartTag", "customXml", "fldSimple", "bdo", "dir", "AlternateContent", "Fallback",
})  # fmt: skip
"""What stands around a text and says nothing itself."""
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_TRACKED = frozenset({"ins", "del", "moveFrom", "moveTo"})
_UNREADABLE = {
    "drawing": _("a picture or a shape"),
    "pict": _("a picture or a shape"),
    "object": _("an embedded object"),
    "sym": _("a sign of a symbol font"),
    "footnoteReference": _("a footnote"),
    "endnoteReference": _("a footnote"),
    "altChunk": _("another document"),
    "oMath": _("a formula"),
    "oMathPara": _("a formula"),
    "ruby": _("a text above another"),
}
_LINK = re.compile(r"(https?://|mailto:)\S+")
_HEADING = re.compile(r"heading \d|title|subtitle|toc.*", re.IGNORECASE)


def grids(raw: bytes, name: str) -> list[Grid]:
    """The tables of a file that `packages.checked` let through."""
    try:
        return _Reader(Document(io.BytesIO(raw)), name).grids()
    except ImportRefused:
        raise
    except Exception:  # whatever the library makes of a damaged file
        raise refused(name, Reason.DAMAGED) from None


@dataclass(frozen=True, slots=True)
class _Said:
    """A stretch of text in one look."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    link: str = ""


class _Reader:
    def __init__(self, document: Any, name: str) -> None:
        self.body, self.name, self.boxes = document.element.body, name, 0
        self.links: Mapping[str, str] = {
            key: one.target_ref for key, one in document.part.rels.items() if one.is_external
        }
        self.styles = {one.style_id: one.name for one in document.styles}

    def grids(self) -> list[Grid]:
        """Each table by the heading above it. Text between them stands in no box: it is refused."""
        found, heading = [], ""
        for element in self._inside(self.body):
            kind = _kind(element)
            if kind == "tbl":
                found.append(self._grid(element, heading))
            elif kind == "p":
                text = self._plain(element, heading)
                if text.strip() and not self._is_heading(element):
                    raise refused(self.name, Reason.NOT_READ, place=heading or "Word", text=short(text))
                heading = text.strip() or heading
            elif kind in _UNREADABLE or kind in _TRACKED:
                raise self._unreadable(kind, heading)
        return found

    def _inside(self, element: Any) -> Iterator[Any]:
        """The children, those within content controls too."""
        for one in element:
            if _kind(one) in _AROUND:
                yield from self._inside(one)
            else:
                yield one

    def _is_heading(self, paragraph: Any) -> bool:
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        known = self.styles.get(style.get(f"{_W}val"), style.get(f"{_W}val")) if style is not None else ""
        return bool(_HEADING.fullmatch(known or ""))

    def _grid(self, table: Any, heading: str) -> Grid:
        rows = []
        for row in self._inside(table):
            if _kind(row) == "tr":
                rows.append(self._row(row, heading))
        return Grid(heading, rows)

    def _row(self, row: Any, heading: str) -> list[Box]:
        found: list[Box] = []
        place = heading
        for cell in self._inside(row):
            kind = _kind(cell)
            if kind in _TRACKED or (kind == "trPr" and any(_kind(one) in _TRACKED for one in cell)):
                raise self._unreadable("ins", place)
            if kind != "tc":
                continue
            box = self._box(cell, place)
            if not found and isinstance(box.value, str) and box.value.strip():
                place = f"{heading}, {short(box.value)}"
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            width = int(span.get(f"{_W}val", "1")) if span is not None else 1
            self.boxes += width
            if width > 100 or self.boxes > MAX_BOXES:
                raise refused(self.name, Reason.TOO_MUCH_INSIDE)
            found += [box, *[Box()] * (width - 1)]
        return found

    def _box(self, cell: Any, place: str) -> Box:
        """Paragraphs with an empty line between them; items of a list under each other."""
        plain, marked, before = "", "", ""
        for element in self._inside(cell):
            kind = _kind(element)
            if kind == "tbl":
                raise refused(
                    self.name, Reason.NOT_TEXT_INSIDE, place=place, kind=_("a table within a table")
                )
            if kind in _TRACKED or kind in _UNREADABLE:
                raise self._unreadable(kind, place)
            if kind != "p":
                continue
            said = list(self._said(element, place))
            is_item = element.find(f"{_W}pPr/{_W}numPr") is not None
            item = "- " if is_item and said else ""
            between = "" if not before else "\n" if is_item and before == "item" else "\n\n"
            plain += between + item + "".join(one.text for one in said)
            marked += between + item + _markdown(said)
            before = "item" if is_item else "text"
        return Box(plain, "", marked if marked != plain else "")

    def _plain(self, paragraph: Any, place: str) -> str:
        return "".join(one.text for one in self._said(paragraph, place))

    def _said(self, element: Any, place: str, link: str = "") -> Iterator[_Said]:
        for one in element:
            kind = _kind(one)
            if kind == "r":
                yield from self._run(one, place, link)
            elif kind == "hyperlink":
                key = one.get(qn("r:id"))
                yield from self._said(one, place, self.links.get(key, "") if key else "")
            elif one.tag == _ALTERNATE:
                yield from self._said(_fallback(one), place, link)
            elif kind in _AROUND:
                yield from self._said(one, place, link)
            elif kind in _TRACKED or kind in _UNREADABLE:
                raise self._unreadable(kind, place)

    def _run(self, run: Any, place: str, link: str) -> Iterator[_Said]:
        looks = run.find(f"{_W}rPr")
        is_bold, is_italic = _is_on(looks, "b"), _is_on(looks, "i")
        for one in run:
            kind = _kind(one)
            if one.tag == _ALTERNATE:
                yield from self._run(_fallback(one), place, link)
            elif kind == "t":
                yield _Said(one.text or "", is_bold, is_italic, link)
            elif kind in _SIGNS:
                yield _Said(_SIGNS[kind], is_bold, is_italic, link)
            elif kind in _UNREADABLE or kind in _TRACKED:
                raise self._unreadable(kind, place)

    def _unreadable(self, kind: str, place: str) -> ImportRefused:
        if kind in _TRACKED:
            return refused(self.name, Reason.TRACKED, place=place or "Word")
        return refused(self.name, Reason.NOT_TEXT_INSIDE, place=place or "Word", kind=_UNREADABLE[kind])


def _kind(element: Any) -> str:
    """The name of an element without its namespace; ``""`` for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _fallback(alternate: Any) -> Any:
    """What an older reader is shown: of an emoji, the sign itself."""
    found = alternate.find(_FALLBACK)
    return found if found is not None else next(iter(alternate), alternate)


def _is_on(looks: Any, name: str) -> bool:
    found = looks.find(f"{_W}{name}") if looks is not None else None
    return found is not None and found.get(f"{_W}val", "1") not in ("0", "false", "off", "none")


def _markdown(said: list[_Said]) -> str:
    """Bold, italic and links as Markdown writes them."""
    found = ""
    for (is_bold, is_italic, link), group in groupby(
        said, lambda one: (one.is_bold, one.is_italic, one.link)
    ):
        text = "".join(one.text for one in group)
        inside = text.strip()
        if not inside:
            found += text
            continue
        head, _inside, tail = text.partition(inside)
        mark = "**" * is_bold + "*" * is_italic
        inside = f"{mark}{inside}{mark[::-1]}"
        if _LINK.fullmatch(link) and inside.rstrip("/") not in (
            link.rstrip("/"),
            link.removeprefix("mailto:"),
        ):
            inside = f"[{inside}]({link})"
        found += head + inside + tail
    return found
