"""What stands out in a notice, told to human resources before it is published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from consult.core.i18n import _l
from consult.notices.content import Content
from consult.notices.duties.kinds import open_rules
from consult.notices.fields import Words
from consult.notices.rules import GROUPS, MILESTONES, RULES, UNKNOWNS, MilestoneKind


@dataclass(frozen=True, slots=True)
class StandsOut:
    """``about``: the row it is about (a `Localized`, or a day); ``key``: where in the notice."""

    key: str
    text: Words
    about: object
    look_at: Words


def standing_out(content: Content, *, opinion_by: date | None = None) -> list[StandsOut]:
    """``opinion_by``: the earliest last day a body has for its opinion, were the notice sent today."""
    return [*_groups(content), *_unknowns(content), *_rules(content), *_pilots(content, opinion_by)]


def _groups(content: Content) -> Iterator[StandsOut]:
    for one in content.groups:
        if not one.measures:
            yield StandsOut(
                GROUPS, _l("A group without a measure"), one.name,
                _l("Readers see that nothing is planned for this group."),
            )  # fmt: skip


def _unknowns(content: Content) -> Iterator[StandsOut]:
    for one in content.unknowns:
        if one.answer:
            continue
        if not one.owner:
            yield StandsOut(
                UNKNOWNS, _l("An unknown that nobody is to answer"), one.text,
                _l("Name a function: readers look for it."),
            )  # fmt: skip
        if one.due_on is None and one.delay is None:
            yield StandsOut(
                UNKNOWNS, _l("An unknown without a date"), one.text, _l("Say by when the answer comes.")
            )


def _rules(content: Content) -> Iterator[StandsOut]:
    for one in open_rules(content):
        yield StandsOut(
            RULES, _l("A rule that does not say what a breach means"), one.text,
            _l("May it be sanctioned, or is it a recommendation?"),
        )  # fmt: skip


def _pilots(content: Content, opinion_by: date | None) -> Iterator[StandsOut]:
    for one in content.milestones:
        if one.kind is MilestoneKind.PILOT and opinion_by is not None and one.day <= opinion_by:
            yield StandsOut(
                MILESTONES, _l("A pilot that may begin before the opinion"), one.day,
                _l("A pilot that employees use counts as implementation."),
            )  # fmt: skip
