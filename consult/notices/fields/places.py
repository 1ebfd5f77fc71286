"""Where a key is written and what it is called."""

from __future__ import annotations

from consult.core.i18n import _l
from consult.notices.fields.kinds import Section, Words
from consult.notices.fields.prose import BY_KEY, SENTENCES
from consult.notices.fields.tables import BY_TABLE
from consult.notices.rules import ATTACHMENTS, AUTHORITY, CHANGELOG, TITLE, TOO_LONG

_OTHER: dict[str, tuple[Words, Section]] = {
    TITLE: (_l("Title"), Section.ESSENTIALS),
    TOO_LONG: (_l("Two-minute page"), Section.ESSENTIALS),
    CHANGELOG: (_l("What changed because of what you said"), Section.ESSENTIALS),
    AUTHORITY: (_l("Authoritative language"), Section.ESSENTIALS),
    ATTACHMENTS: (_l("Attachments"), Section.FOLLOW_UP),
}


def label_of(key: str) -> Words:
    """The words for a key of a field, a sentence, a table, or a row of one (``groups.0.name``)."""
    if key in BY_KEY:
        return BY_KEY[key].label
    if key in SENTENCES:
        return SENTENCES[key].label
    name = key.partition(".")[0]
    return BY_TABLE[name].label if name in BY_TABLE else _OTHER[name][0]


def section_of(key: str) -> Section:
    """Where a key is written. KeyError for a key nobody knows."""
    if key in BY_KEY:
        return BY_KEY[key].section
    if key in SENTENCES:
        return Section.ESSENTIALS
    name = key.partition(".")[0]
    return BY_TABLE[name].section if name in BY_TABLE else _OTHER[name][1]
