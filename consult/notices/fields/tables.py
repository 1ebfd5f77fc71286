"""The tables of a notice: what others point at, one declaration each."""

from __future__ import annotations

from consult.core.i18n import _l
from consult.notices.content import (
    Group,
    LearningStep,
    Milestone,
    Rule,
    Unknown,
    WorkChange,
)
from consult.notices.fields.kinds import Cell, Column, Section, Table
from consult.notices.fields.words import BREACHES, DELAYS, LEARNING_KINDS, MILESTONE_KINDS, RULE_KINDS
from consult.notices.rules import CHANGES, GROUPS, LEARNING, MILESTONES, REQUIRED_TABLES, RULES, UNKNOWNS

TABLES: tuple[Table, ...] = (
    Table(
        GROUPS, Section.PEOPLE, _l("Groups concerned"), Group,
        (
            Column("name", _l("Name of the group"), Cell.LINE,
                   needed=_l("Give this group a name, or remove the row.")),
            Column("sites", _l("Sites"), Cell.NAME, _l("Separated by commas.")),
            Column("headcount", _l("Number of people"), Cell.COUNT),
            Column("change", _l("What changes for them"), Cell.PROSE,
                   _l("What changes for this group in particular.")),
            Column("measures", _l("What is planned for them"), Cell.PROSE,
                   _l("What is planned for this group. A group without a measure stands out.")),
            Column("support", _l("Support offered"), Cell.PROSE,
                   _l("Who helps them, when, and on whose time.")),
        ),
        one=_l("Group %(number)s"), add=_l("Add a group"), drop=_l("Remove this group"),
    ),
    Table(
        CHANGES, Section.WORK, _l("Expectations and job descriptions, before and after"), WorkChange,
        (
            Column("about", _l("Job or expectation"), Cell.LINE,
                   needed=_l("Say what this row is about, or remove it.")),
            Column("before", _l("Today"), Cell.PROSE),
            Column("after", _l("With the system"), Cell.PROSE),
        ),
        one=_l("Expectation %(number)s"), add=_l("Add an expectation"), drop=_l("Remove this expectation"),
        help=_l("One line each: today, and with the system."),
    ),
    Table(
        LEARNING, Section.WORK, _l("Learning plan and team rituals"), LearningStep,
        (
            Column("kind", _l("Kind"), Cell.CHOICE, choices=LEARNING_KINDS,
                   needed=_l("Choose what kind it is.")),
            Column("day", _l("Day"), Cell.DAY, _l("The first one, where it comes back.")),
            Column("what", _l("What happens"), Cell.PROSE,
                   needed=_l("Say what happens, or remove the row.")),
            Column("who", _l("For whom"), Cell.LINE),
        ),
        one=_l("Step %(number)s"), add=_l("Add a step"), drop=_l("Remove this step"),
        help=_l("Training, and what a team does together: sharing, trying out, reviewing. On working time."),
    ),
    Table(
        RULES, Section.CHARTER, _l("Rules of use"), Rule,
        (
            Column("kind", _l("Kind of rule"), Cell.CHOICE, choices=RULE_KINDS,
                   needed=_l("Choose what kind of rule it is.")),
            Column("text", _l("The rule"), Cell.PROSE, needed=_l("Write the rule, or remove the row.")),
            Column("reason", _l("The reason"), Cell.PROSE, _l("Why, in a sentence people can accept.")),
            Column("breach", _l("May a breach be sanctioned?"), Cell.CHOICE,
                   _l("A rule whose breach may be sanctioned adds to the works rules (L1321-5)."),
                   choices=BREACHES),
        ),
        one=_l("Rule %(number)s"), add=_l("Add a rule"), drop=_l("Remove this rule"),
        help=_l("What one may do with the system, what one declares, what one does not do, and what one may "
                "refuse without consequence."),
    ),
    Table(
        UNKNOWNS, Section.UNKNOWNS, _l("What we do not know yet"), Unknown,
        (
            Column("text", _l("What is not known"), Cell.PROSE,
                   needed=_l("Say what is not known, or remove the row.")),
            Column("owner", _l("Who will answer"), Cell.LINE, _l("A function, not a name.")),
            Column("due_on", _l("Answer by"), Cell.DAY),
            Column("delay", _l("Or counted from publication"), Cell.CHOICE, choices=DELAYS),
            Column("answer", _l("The answer"), Cell.PROSE, _l("Once you know: a new revision brings it.")),
            Column("answered_on", _l("Answered on"), Cell.DAY),
        ),
        one=_l("Unknown %(number)s"), add=_l("Add an unknown"), drop=_l("Remove this unknown"),
        help=_l("Each with who will answer, and by when. An overdue answer is shown to readers as such."),
    ),
    Table(
        MILESTONES, Section.TIMETABLE, _l("Dates of the project"), Milestone,
        (
            Column("kind", _l("Kind of date"), Cell.CHOICE, choices=MILESTONE_KINDS,
                   needed=_l("Choose what kind of date it is.")),
            Column("day", _l("Day"), Cell.DAY, needed=_l("Give the day, or remove the row.")),
            Column("label", _l("What happens that day"), Cell.LINE),
        ),
        one=_l("Date %(number)s"), add=_l("Add a date"), drop=_l("Remove this date"),
    ),
)  # fmt: skip
BY_TABLE: dict[str, Table] = {one.key: one for one in TABLES}


def tables_of(section: Section) -> tuple[Table, ...]:
    """The tables of one section, in order."""
    if section is Section.SHORT:
        return tuple(one for one in TABLES if one.key in REQUIRED_TABLES)
    return tuple(one for one in TABLES if one.section is section)
