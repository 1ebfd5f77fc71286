"""A paper as a Word document and as a PDF: the same words, blanks marked, nothing of the product on it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from consult.core.i18n import _, writing_in
from consult.documents import pdf
from consult.notices.blanks import Blank
from consult.papers.rules import paragraphs

_SPELLING = {"fr": "fr-FR", "en": "en-GB"}


@dataclass(frozen=True, slots=True)
class Printed:
    """What goes on paper, in one language."""

    title: str
    text: str
    language: str


def as_pdf(printed: Printed, *, on: date) -> bytes:
    """Tagged, the same bytes for the same text and day."""
    with writing_in(printed.language):
        page_of = str(_("Page %(page)s of %(pages)s", page="{n}", pages="{all}"))
    data = {
        "lang": printed.language,
        "title": printed.title,
        "page_of": page_of,
        "paragraphs": [
            [[_piece(one) for one in line] for line in paragraph] for paragraph in paragraphs(printed.text)
        ],
    }
    return pdf.render("paper", data, on=on)


def _piece(one: str | Blank) -> dict[str, Any]:
    is_blank = isinstance(one, Blank)
    return {"blank": is_blank, "v": one.question if isinstance(one, Blank) else one}


def as_word(printed: Printed, *, on: date) -> bytes:
    """To go on writing in. It names nobody as its author."""
    document = _document(printed, on)
    document.add_heading(printed.title, 1)
    for paragraph in paragraphs(printed.text):
        words = document.add_paragraph()
        for at, line in enumerate(paragraph):
            if at:
                words.add_run().add_break()
            for one in line:
                if isinstance(one, Blank):
                    words.add_run(f"[{one.question}]").font.highlight_color = WD_COLOR_INDEX.YELLOW
                else:
                    words.add_run(one)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _document(printed: Printed, on: date) -> Any:
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2.4)
    style = document.styles["Normal"]
    style.font.size, style.paragraph_format.space_after = Pt(11), Pt(8)
    document.styles["Heading 1"].font.color.rgb = RGBColor(0, 0, 0)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), _SPELLING[printed.language])
    style.element.get_or_add_rPr().append(language)
    known = document.core_properties
    known.author = known.last_modified_by = known.comments = ""
    known.title, known.language = printed.title[:255], printed.language
    known.created = known.modified = datetime(on.year, on.month, on.day)  # noqa: DTZ001  (a day, as UTC)
    return document
