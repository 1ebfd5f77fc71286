"""The timetable of a notice: what happened, what is due and what is planned, in the order of the days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from consult.consultations.before import Dated
from consult.consultations.rules import Await, FactKind
from consult.core.i18n import _
from consult.notices.fields import MILESTONE_KINDS
from consult.notices.rules import MilestoneKind
from consult.reading.page import NoticePage, Standing


@dataclass(frozen=True, slots=True)
class DatedLine:
    """``label``: what the notice itself says of the day, if it says something."""

    day: date
    text: str
    is_past: bool
    label: Any = None
    note: str = ""
    early: Dated | None = None
    """A date of the project that comes before the end of the procedure, or has a reason given for that."""


_Line = tuple[date, str, Any, str]


def timetable(page: NoticePage) -> list[DatedLine]:
    """Recorded facts, limits computed from them, and the milestones the notice gives."""
    told: list[_Line] = []
    if page.published and page.published[0].published_on is not None:
        told.append((page.published[0].published_on, _("First publication of this notice"), None, ""))
    if page.shows_thread:
        for one in page.standings:
            told += _recorded(one)
            told += _limits(one)
        for box in page.speaking:
            told.append((box.opens_on, _("First day to say what you think"), None, ""))
            told.append((box.closes_on, _("Last day to say what you think"), None, ""))
    lines = [*((line, None) for line in told), *_milestones(page)]
    kept: dict[tuple[date, str], DatedLine] = {}  # two bodies may have the same day for the same thing
    for at, ((day, text, label, note), early) in enumerate(sorted(lines, key=lambda line: line[0][0])):
        key = (day, text if label is None else f"{text} {at}")
        kept.setdefault(key, DatedLine(day, text, day < page.on, label, note, early))
    return list(kept.values())


def _milestones(page: NoticePage) -> Iterator[tuple[_Line, Dated | None]]:
    """The dates of the project, each with what the procedure makes of it."""
    known: dict[tuple[MilestoneKind, date], list[Dated]] = {}
    for one in page.procedure.dates if page.procedure is not None else ():
        known.setdefault((one.planned.kind, one.planned.day), []).append(one)
    for milestone in page.revision.milestones:
        note = ""
        if milestone.kind is MilestoneKind.PILOT:
            note = _("A pilot that employees use counts as implementation.")
        same = known.get((milestone.kind, milestone.day))
        early = same.pop(0) if same else None
        is_told = early is not None and (early.is_early or early.reason is not None)
        line = (milestone.day, str(MILESTONE_KINDS[milestone.kind]), milestone.label or None, note)
        yield line, early if is_told else None


def _recorded(one: Standing) -> Iterator[tuple[date, str, Any, str]]:
    said = {
        FactKind.SENT: _("Sent to %(body)s", body=one.body),
        FactKind.RECEIVED: _("Received by %(body)s", body=one.body),
        FactKind.OPENED_TO_EMPLOYEES: _("Opened to employees"),
        FactKind.EXPERT_APPOINTED: _("Expert appointed by %(body)s", body=one.body),
        FactKind.OPINION_GIVEN: _("Opinion given by %(body)s", body=one.body),
        FactKind.RESPONSE_GIVEN: _("Reasoned response of the employer"),
        FactKind.WITHDRAWN: _("Notice withdrawn"),
    }
    for kind, text in said.items():
        if kind in one.days:
            yield one.days[kind], text, None, ""


def _limits(one: Standing) -> Iterator[tuple[date, str, Any, str]]:
    state = one.state
    if state.awaits is Await.OPINION and state.limit is not None:
        yield state.limit, _("Last day for the opinion of %(body)s", body=one.body), None, ""
    if state.awaits is Await.RESPONSE and state.due_on is not None:
        yield state.due_on, _("Reasoned response expected"), None, _("Proposed date.")
