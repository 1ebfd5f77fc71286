"""The things a file may tell about its authors, and what of them names a person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from consult.files import rules

MOST_LENGTH = 300
MOST_TOLD = 60
_ = rules._


class Label(StrEnum):
    """What is told; the words stand in `LABELS`."""

    AUTHOR = "author"
    CHANGED_BY = "changed_by"
    MANAGER = "manager"
    COMPANY = "company"
    OWNER = "owner"
    COMMENTERS = "commenters"
    COMMENTS = "comments"
    TRACKED_BY = "tracked_by"
    TRACKED = "tracked"
    TITLE = "title"
    SUBJECT = "subject"
    KEYWORDS = "keywords"
    REMARKS = "remarks"
    PROGRAM = "program"
    CREATED = "created"
    CHANGED = "changed"
    PRINTED = "printed"
    TEMPLATE = "template"
    PROPERTY = "property"
    HIDDEN_SHEETS = "hidden_sheets"
    NOTES = "notes"
    WORKBOOKS = "workbooks"
    LINKED_FILES = "linked_files"
    CAMERA = "camera"
    SERIAL = "serial"
    TAKEN = "taken"
    PLACE = "place"
    RIGHTS = "rights"


LABELS: Mapping[Label, str] = {
    Label.AUTHOR: _("Author"),
    Label.CHANGED_BY: _("Last saved by"),
    Label.MANAGER: _("Manager"),
    Label.COMPANY: _("Company"),
    Label.OWNER: _("Owner of the device"),
    Label.COMMENTERS: _("Authors of comments"),
    Label.COMMENTS: _("Comments left in the file"),
    Label.TRACKED_BY: _("Authors of tracked changes"),
    Label.TRACKED: _("Tracked changes left in the file"),
    Label.TITLE: _("Title"),
    Label.SUBJECT: _("Subject"),
    Label.KEYWORDS: _("Keywords"),
    Label.REMARKS: _("Remarks"),
    Label.PROGRAM: _("Program"),
    Label.CREATED: _("Created"),
    Label.CHANGED: _("Last changed"),
    Label.PRINTED: _("Last printed"),
    Label.TEMPLATE: _("Template"),
    Label.PROPERTY: _("Other property"),
    Label.HIDDEN_SHEETS: _("Hidden sheets"),
    Label.NOTES: _("Speaker’s notes"),
    Label.WORKBOOKS: _("Workbooks behind charts"),
    Label.LINKED_FILES: _("Links to other files"),
    Label.CAMERA: _("Camera"),
    Label.SERIAL: _("Serial number"),
    Label.TAKEN: _("Taken"),
    Label.PLACE: _("Place where the picture was taken"),
    Label.RIGHTS: _("Rights"),
}
PERSONAL = frozenset({
    Label.AUTHOR, Label.CHANGED_BY, Label.MANAGER, Label.OWNER, Label.COMMENTERS, Label.TRACKED_BY,
    Label.TRACKED, Label.COMMENTS, Label.SERIAL, Label.PLACE, Label.LINKED_FILES, Label.HIDDEN_SHEETS,
    Label.NOTES, Label.WORKBOOKS,
})  # fmt: skip
"""What names somebody, says where they were, or holds more than the page shows: marked for the publisher."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing a file tells. ``value``: a text as it stands in the file, a count, or a moment."""

    label: Label
    value: str | int | date

    @property
    def words(self) -> str:
        """The label, to be translated."""
        return LABELS[self.label]

    @property
    def is_personal(self) -> bool:
        return self.label in PERSONAL


class Gathering:
    """Collects what is told, each thing once, nothing empty, at a length a page can show."""

    def __init__(self) -> None:
        self._told: dict[Told, None] = {}

    def add(self, label: Label, value: object) -> None:
        """Adds a text, a count above zero, or a moment, of which the day is told."""
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date) or (isinstance(value, int) and value > 0):
            self._told.setdefault(Told(label, value))
        elif value is not None and not isinstance(value, int):
            text = _readable(str(value))
            if text:
                self._told.setdefault(Told(label, _day(text) if label in _MOMENTS else text))

    def names(self, label: Label, values: Iterable[object]) -> None:
        """Adds names as one line, each once."""
        readable = dict.fromkeys(_readable(str(one)) for one in values if one)
        self.add(label, ", ".join(name for name in readable if name))

    def told(self) -> tuple[Told, ...]:
        """In the order of `Label`: what concerns people first."""
        order = list(Label)
        return tuple(sorted(self._told, key=lambda one: order.index(one.label))[:MOST_TOLD])


_MOMENTS = frozenset({Label.CREATED, Label.CHANGED, Label.PRINTED, Label.TAKEN})


def _day(text: str) -> str | date:
    """The day of an ISO or EXIF moment; the text itself where it is neither."""
    head = text[:10].replace(":", "-")
    try:
        return datetime.fromisoformat(head).date()
    except ValueError:
        return text


def _readable(text: str) -> str:
    shown = "".join(" " if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co"} else char for char in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= MOST_LENGTH else shown[: MOST_LENGTH - 1] + "…"
