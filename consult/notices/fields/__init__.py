"""What an impact notice says, declared as data: `prose` (fields and the two-minute page), `tables`, and the
`words` of closed lists. No rule and no page lives here."""

from __future__ import annotations

from consult.notices.fields.kinds import (
    EDITED,
    SECTIONS,
    Cell,
    Choice,
    Column,
    Field,
    Kind,
    Section,
    Sentence,
    Table,
    Words,
)
from consult.notices.fields.places import label_of, section_of
from consult.notices.fields.prose import BY_KEY, FIELDS, SENTENCES, SUMMARY, of_section
from consult.notices.fields.tables import BY_TABLE, TABLES, tables_of
from consult.notices.fields.words import (
    AUTHORITIES,
    BREACHES,
    DELAYS,
    LEARNING_KINDS,
    LISTED,
    MILESTONE_KINDS,
    REVIEWS,
    RULE_KINDS,
    STATES,
)

__all__ = [
    "AUTHORITIES",
    "BREACHES",
    "BY_KEY",
    "BY_TABLE",
    "Cell",
    "Choice",
    "Column",
    "DELAYS",
    "EDITED",
    "FIELDS",
    "Field",
    "Kind",
    "LEARNING_KINDS",
    "LISTED",
    "MILESTONE_KINDS",
    "REVIEWS",
    "RULE_KINDS",
    "SECTIONS",
    "SENTENCES",
    "STATES",
    "SUMMARY",
    "Section",
    "Sentence",
    "TABLES",
    "Table",
    "Words",
    "label_of",
    "of_section",
    "section_of",
    "tables_of",
]
