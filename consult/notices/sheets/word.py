"""A notice as a Word document, made with python-docx: a table for each section with French and English side
by side, the tables of the notice, and at the end what the file remembers. The key of every row stands in its
first column, small and grey: it survives Word, LibreOffice and Google Docs alike."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from consult.core.i18n import _, writing_in
from consult.notices import fields
from consult.notices.content import Content
from consult.notices.sheets import parts
from consult.notices.sheets.layout import NOTE, marker, note
from consult.notices.sheets.marks import prepared
from consult.notices.sheets.parts import Col, Part

_WIDTH = 26.7
"""Of the page between its margins, in centimetres: A4 on its side."""
_TWIPS = 567
"""In a centimetre."""
_MANY = 6
"""Columns from which a table is written smaller."""
_SPELLING = {"fr": "fr-FR", "en": "en-GB"}
_BREAKS = re.compile(r"([\n\t])")


def write(content: Content, *, language: str, about: Mapping[str, str]) -> bytes:
    """The file, filled; `Content` with nothing in it makes the empty template."""
    content = prepared(content)
    title = content.title.shown(language)[0]
    with writing_in(language):
        document = _document(title)
        document.add_heading(title or _("Impact notice"), 0)
        _add(document, _note())
        for section, label in fields.SECTIONS.items():
            document.add_heading(str(label), 1)
            texts = parts.texts_of_section(content, section)
            if texts.rows:
                _add(document, texts)
            for declared in fields.tables_of(section):
                table = parts.table(content, declared)
                document.add_heading(table.title, 2)
                _add(document, table)
        if content.attachments:
            _add(document, parts.files(content), heading=1)
        for part in parts.memory(content, about):
            _add(document, part, heading=2)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _document(title: str) -> Any:
    document = Document()
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(1.5)
    page.footer.paragraphs[0].text = note()
    style = document.styles["Normal"]
    style.font.size, style.paragraph_format.space_after = Pt(9), Pt(2)
    known = document.core_properties
    known.author, known.title, known.comments = "Consult", title[:255], note()
    return document


def _note() -> Part:
    said = _(
        "Write in the columns “Français” and “English”. Leave the small grey words as they are: they say "
        "where each text goes. A new paragraph is a new paragraph of the notice; **bold**, lists with a "
        "hyphen and links may be written. What is empty stays unwritten."
    )
    return Part(NOTE, "", (Col("", "", 4), Col("", note(), 30, is_words=True)), (("", said),))


# ── a table ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Look:
    """How a text is written: size in half-points."""

    size: int = 18
    is_grey: bool = False
    is_bold: bool = False
    language: str = ""


_KEY, _LABEL, _HELP, _HEAD = (
    _Look(12, True),
    _Look(17, is_bold=True),
    _Look(15, True),
    _Look(16, is_bold=True),
)


def _add(document: Any, part: Part, *, heading: int = 0) -> None:
    """The table at the end of the document, as XML: by python-docx’s own cells it would take a minute."""
    if heading:
        document.add_heading(part.title, heading)
    whole = sum(col.weight for col in part.cols)
    widths = [round(_WIDTH * _TWIPS * col.weight / whole) for col in part.cols]
    grid = _element("w:tblGrid", *(_element("w:gridCol", w=width) for width in widths))
    keys = (marker(part.part), *(col.key for col in part.cols[1:]))
    told = [_cell([(part.help, _HELP)], sum(widths), span=len(widths))]
    rows = [_row(told, is_head=True)] if part.help else []  # Word repeats the first rows or none
    rows += [
        _row([_cell([(text, look)], width) for text, width in zip(texts, widths, strict=True)], is_head=True)
        for texts, look in ((tuple(col.label for col in part.cols), _HEAD), (keys, _KEY))
    ]
    for values in part.rows:
        said = [_said(part, number, *one) for number, one in enumerate(zip(part.cols, values, strict=True))]
        rows.append(_row([_cell(one, width) for one, width in zip(said, widths, strict=True)]))
    table = _element("w:tbl", _table_properties(part), grid, *rows)
    document.element.body[-1].addprevious(table)  # the last one holds the format of the page
    document.add_paragraph()


def _said(part: Part, number: int, col: Col, value: Any) -> list[tuple[str, _Look]]:
    """The paragraphs of a box, each with its look."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    if number == 0 or part.is_memory:
        return [(text, _KEY)]
    if col.is_words:
        first, _break, more = text.partition("\n")
        return [(first, _LABEL), *([(more, _HELP)] if more else [])]
    look = _Look(15 if len(part.cols) > _MANY else 18, language=col.language)
    return [(one, look) for one in text.split("\n\n")]


def _table_properties(part: Part) -> Any:
    edges = ("top", "left", "bottom", "right", "insideH", "insideV")
    lines = (_element(f"w:{edge}", val="single", sz=4, space=0, color="D0D0D0") for edge in edges)
    return _element(
        "w:tblPr",
        _element("w:tblW", w=round(_WIDTH * _TWIPS), type="dxa"),
        _element("w:tblBorders", *lines),
        _element("w:tblLayout", type="fixed"),
        *([_element("w:tblCaption", val=part.title)] if part.title else []),
    )


def _row(cells: Iterable[Any], *, is_head: bool = False) -> Any:
    """``is_head``: repeated at the top of each page."""
    head = [_element("w:trPr", _element("w:tblHeader"))] if is_head else []
    return _element("w:tr", *head, *cells)


def _cell(said: list[tuple[str, _Look]], width: int, span: int = 1) -> Any:
    spans = [_element("w:gridSpan", val=span)] if span > 1 else []
    properties = _element("w:tcPr", _element("w:tcW", w=width, type="dxa"), *spans)
    return _element("w:tc", properties, *(_paragraph(text, look) for text, look in said))


def _paragraph(text: str, look: _Look) -> Any:
    """Line ends and tabs as the elements they are; an empty one keeps its look for what is typed."""
    paragraph = _element("w:p", _element("w:pPr", _look(look)))
    if text:
        run = _element("w:r", _look(look))
        for piece in _BREAKS.split(text):
            if piece in ("\n", "\t"):
                run.append(_element("w:br" if piece == "\n" else "w:tab"))
            elif piece:
                inside = _element("w:t")
                inside.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
                inside.text = piece
                run.append(inside)
        paragraph.append(run)
    return paragraph


def _look(look: _Look) -> Any:
    made = [_element("w:b")] if look.is_bold else []
    made += [_element("w:color", val="808080")] if look.is_grey else []
    made += [_element("w:sz", val=look.size), _element("w:szCs", val=look.size)]
    made += [_element("w:lang", val=_SPELLING[look.language])] if look.language else []
    return _element("w:rPr", *made)


def _element(tag: str, *inside: Any, **attributes: str | int) -> Any:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend(inside)
    return made
