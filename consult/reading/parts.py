"""The numbered sections of a notice's page: what the notice says, then what was said and done about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from consult.core.i18n import _
from consult.core.localized import Localized
from consult.notices.fields import SECTIONS, Section, of_section
from consult.notices.imports.draft import OtherAnswer
from consult.notices.models import Revision
from consult.reading.page import NoticePage


@dataclass(frozen=True, slots=True)
class Said:
    """One field of the notice that says something."""

    label: Any
    text: Localized


@dataclass(frozen=True, slots=True)
class Part:
    """``template``: under ``templates/reading/notice/``."""

    anchor: str
    title: str
    template: str
    fields: tuple[Said, ...] = ()
    others: tuple[OtherAnswer, ...] = ()

    @property
    def entry(self) -> tuple[str, str]:
        """For the list of what is on the page."""
        return self.anchor, self.title


_OWN = {Section.PEOPLE: ("who", "who"), Section.TIMETABLE: ("dates", "dates")}
"""Sections that show more than their fields, and are there without any: anchor and template."""
_LAST = Section.FOLLOW_UP


def parts_of(page: NoticePage) -> list[Part]:
    """In the order they are read and numbered."""
    return [
        *_written(page),
        *(_followed(page) if page.shows_thread else ()),
        *_end(page),
    ]


def _fields(revision: Revision, section: Section) -> tuple[Said, ...]:
    return tuple(
        Said(one.label, revision.fields[one.key])
        for one in of_section(section)
        if revision.fields.get(one.key)
    )


def _written(page: NoticePage) -> Iterator[Part]:
    """What the notice itself says."""
    for section, title in SECTIONS.items():
        said = _fields(page.revision, section)
        anchor, template = _OWN.get(section, (str(section), "fields"))
        if section is not _LAST and (said or section in _OWN):
            yield Part(anchor, str(title), template, said)


def _followed(page: NoticePage) -> Iterator[Part]:
    """From what was said to what was done. An empty one says so: absence is content."""
    yield Part("said", _("What was said"), "said")
    if page.themes:
        yield Part("answers", _("What the employer answers"), "answers")
    yield Part("questions", _("Questions and answers"), "questions")
    yield Part("opinion", _("The opinion and the response"), "opinion")
    yield Part("commitments", _("Commitments"), "commitments")
    if page.changes or len(page.published) > 1:
        yield Part("changes", _("What changed because of you"), "changes")


def _end(page: NoticePage) -> Iterator[Part]:
    said = _fields(page.revision, _LAST)
    if said:
        yield Part(str(_LAST), str(SECTIONS[_LAST]), "fields", said)
    others = tuple(OtherAnswer.from_json(one) for one in page.revision.imported.get("other", ()))
    if page.revision.imported.get("source") and (others or page.revision.imported.get("facts")):
        yield Part("other", _("The assessment it was made from"), "other", others=others)
    if page.shows_thread and not page.is_preview:
        yield Part("receipts", _("Who received it, and when"), "receipts")
