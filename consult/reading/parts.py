"""The numbered sections of a notice's page: what the notice says, then what was said and done about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from consult.core.i18n import _
from consult.core.localized import Localized
from consult.notices.content import NOTHING
from consult.notices.fields import BY_KEY, SECTIONS, Field, Section, of_section, tables_of
from consult.notices.imports.draft import OtherAnswer
from consult.notices.rules import ATTACHMENTS
from consult.reading.page import NoticePage


@dataclass(frozen=True, slots=True)
class Said:
    """One field of the notice that says something. ``answer``: its closed answer."""

    label: Any
    text: Localized
    answer: Any = None


@dataclass(frozen=True, slots=True)
class Part:
    """``template``: under ``templates/reading/notice/``. ``follow``: labels of what is not written yet.
    ``section``: where the notice itself says it."""

    anchor: str
    title: str
    template: str
    fields: tuple[Said, ...] = ()
    follow: tuple[Any, ...] = ()
    others: tuple[OtherAnswer, ...] = ()
    section: Section | None = None

    @property
    def entry(self) -> tuple[str, str]:
        """For the list of what is on the page."""
        return self.anchor, self.title


_OWN = {
    Section.PEOPLE: ("who", "who"), Section.WORK: ("work", "work"), Section.CHARTER: ("charter", "charter"),
    Section.UNKNOWNS: ("unknowns", "unknowns"), Section.TIMETABLE: ("dates", "dates"),
}  # fmt: skip
"""Sections that show tables beside their fields: anchor and template."""
_ALWAYS = {Section.PEOPLE, Section.TIMETABLE}
"""Shown even where they say nothing: absence is content."""
_LAST = Section.FOLLOW_UP


def parts_of(page: NoticePage) -> list[Part]:
    """In the order they are read and numbered."""
    return [
        *_written(page),
        *(_followed(page) if page.shows_thread else ()),
        *_end(page),
    ]


def written_parts(page: NoticePage) -> list[Part]:
    """What the notice itself says, without what followed: for paper."""
    return [*_written(page), *(one for one in _end(page) if one.template != "receipts")]


def _fields(page: NoticePage, section: Section) -> tuple[Said, ...]:
    told = (_said(page, one) for one in of_section(section) if one.key not in page.unwritten)
    return tuple(one for one in told if one.text or one.answer)  # groups may say it instead


def _said(page: NoticePage, field: Field) -> Said:
    given = page.revision.answers.get(field.key)
    answer = next((one.label for one in field.choices if one.value == given), None)
    return Said(field.label, page.revision.fields.get(field.key, NOTHING), answer)


def _follow(page: NoticePage, section: Section) -> tuple[Any, ...]:
    """What is not written yet, where a day was given by which it will be."""
    if page.revision.follow_on is None:
        return ()
    return tuple(one.label for one in of_section(section) if one.key in page.unwritten)


def _written(page: NoticePage) -> Iterator[Part]:
    """What the notice itself says."""
    for section, title in SECTIONS.items():
        said, follow = _fields(page, section), _follow(page, section)
        anchor, template = _OWN.get(section, (str(section), "fields"))
        has_rows = any(getattr(page.revision, table.key) for table in tables_of(section))
        if section is not _LAST and (said or follow or has_rows or section in _ALWAYS):
            yield Part(anchor, str(title), template, said, follow, section=section)


def _followed(page: NoticePage) -> Iterator[Part]:
    """From what was said to what was done. An empty one says so: absence is content."""
    if page.procedure is not None and page.procedure.procedures:
        yield Part("procedure-state", _("State of the procedure before deployment"), "procedure_state")
    yield Part("said", _("What was said"), "said")
    if page.polls:
        yield Part("poll", _("The poll"), "poll")
    if page.themes:
        yield Part("answers", _("What the employer answers"), "answers")
    yield Part("questions", _("Questions and answers"), "questions")
    yield Part("opinion", _("The opinion and the response"), "opinion")
    yield Part("commitments", _("Commitments"), "commitments")
    if page.changes or len(page.published) > 1 or page.thread.redactions:
        yield Part("changes", _("What changed because of you"), "changes")


def _end(page: NoticePage) -> Iterator[Part]:
    told, follow = _fields(page, _LAST), _follow(page, _LAST)
    about_files = BY_KEY[ATTACHMENTS].label
    said = tuple(one for one in told if one.label is not about_files)
    if said or follow:
        yield Part(str(_LAST), str(SECTIONS[_LAST]), "fields", said, follow, section=_LAST)
    if page.files or len(said) < len(told):
        yield Part(
            "files", str(about_files), "attachments", tuple(one for one in told if one.label is about_files)
        )
    others = tuple(OtherAnswer.from_json(one) for one in page.revision.imported.get("other", ()))
    if page.revision.imported.get("source") and (others or page.revision.imported.get("facts")):
        yield Part("other", _("The assessment it was made from"), "other", others=others)
    if page.shows_thread and not page.is_preview:
        yield Part("receipts", _("Who received it, and when"), "receipts")
