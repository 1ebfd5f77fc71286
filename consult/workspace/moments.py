"""What happened in a consultation, what is to be done now, and what comes next: in words, and as a picture.
From what is loaded already; no query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import url_for

from consult.consultations import words
from consult.consultations.models import Consultation, Fact
from consult.consultations.rules import MEETINGS, Await, FactKind, State, Window
from consult.consultations.words import ACTORS
from consult.core.i18n import _, day, day_short, locale, ngettext
from consult.experts.models import Mission
from consult.meetings.models import Meeting
from consult.meetings.rules import MeetingState
from consult.people.rules import BodyKind
from consult.procedures.clock import Run, StepAt, StepState
from consult.procedures.loading import templates

FAR = timedelta(days=120)
"""What is further ahead stands in the list alone: it would press everything else into a corner."""
EDGE, GAP, LANE = 4.0, 8.2, 27
"""The picture leaves so many hundredths free at either side; marks closer than ``GAP`` hundredths stand one
above the other, ``LANE`` pixels apart."""
_WAITING = frozenset({StepState.DUE, StepState.LATE, StepState.PAST_PROPOSED})
_OVER = frozenset({StepState.LATE, StepState.PAST_PROPOSED})


@dataclass(frozen=True, slots=True)
class Moment:
    """One day, in words. ``who`` must act; ``tone`` and ``left`` say how far it is; ``note``: how sure."""

    day: date
    text: str
    who: str = ""
    tone: str = "quiet"
    left: str = ""
    note: str = ""
    url: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What the rooms above the consultation tell of it."""

    window: Window | None
    meetings: Sequence[Meeting]
    missions: Sequence[Mission]
    themes_on: date | None
    """The first day a theme of what employees said was published."""


@dataclass(frozen=True, slots=True)
class Course:
    """Everything in the order of its days, numbered through."""

    past: Sequence[Moment]
    now: Sequence[Moment]
    coming: Sequence[Moment]
    picture: dict[str, Any] | None


def left_words(days: int, *, is_proposed: bool) -> tuple[str, str]:
    """Tone and words of a day. Late is only said of what is no proposed date."""
    if days < 0 and is_proposed:
        return "warn", str(_("Past its proposed date"))
    if days < 0:
        return "bad", str(ngettext("Late by %(num)s day", "Late by %(num)s days", -days))
    if days == 0:
        return "warn", str(_("Today"))
    tone = "warn" if days <= 7 else "quiet"
    return tone, str(ngettext("In %(num)s day", "In %(num)s days", days))


def course(consultation: Consultation, state: State, run: Run | None, told: Told, *, on: date) -> Course:
    """A consultation that ended has a past alone."""
    past = [*_facts(consultation, on), *_told_past(told, consultation, on)]
    ended = [one.day for one in consultation.facts if one.kind in {FactKind.CLOSED, FactKind.WITHDRAWN}]
    is_over = any(one <= on for one in ended)
    is_site = consultation.body.kind is BodyKind.CSE
    ahead = (
        []
        if is_over
        else [*_steps(run, on, is_site=is_site), *_told_ahead(told, on), *_planned(consultation, on)]
    )
    if not is_over and state.awaits is Await.RESPONSE and state.due_on is not None:
        ahead += _response(state.due_on, run, on)
    numbered = _numbered(_by_day(past), 1)
    now = _numbered(_by_day(one for one in ahead if one.day <= on), len(numbered) + 1)
    coming = _numbered(_by_day(one for one in ahead if one.day > on), len(numbered) + len(now) + 1)
    return Course(numbered, now, coming, _picture(numbered, now, coming, on))


def _by_day(found: Iterable[Moment]) -> list[Moment]:
    return sorted({(one.day, one.text): one for one in found}.values(), key=lambda one: (one.day, one.text))


def _numbered(found: Sequence[Moment], first: int) -> list[Moment]:
    return [replace(one, number=number) for number, one in enumerate(found, first)]


# ── what happened ──────────────────────────────────────────────────────────────


def _facts(consultation: Consultation, on: date) -> Iterator[Moment]:
    template = templates().get(consultation.template)
    for one in consultation.facts:
        if one.day > on or _is_of_meeting(one):
            continue
        text = words.read_as(one, template)
        if not one.is_contested:
            yield Moment(one.day, text)
            continue
        yield Moment(one.day, text, note=str(_("The day the employer gives. The body contests it.")))
        if one.contested_day is not None and one.contested_day <= on:
            yield Moment(one.contested_day, text, note=str(_("The day the body gives.")))


def _is_of_meeting(fact: Fact) -> bool:
    """A meeting stands for itself, with its number and its page."""
    is_meeting = fact.key in MEETINGS or fact.key == "presentation_meeting"
    return fact.kind is FactKind.TOLD and is_meeting and bool(fact.source)


def _told_past(told: Told, consultation: Consultation, on: date) -> Iterator[Moment]:
    if told.window is not None:
        for at, text in ((told.window.opens_on, _("First day to write")),
                         (told.window.closes_on, _("Last day to write"))):  # fmt: skip
            if at <= on:
                yield Moment(at, str(text))
    for one in told.meetings:
        if one.day < on or one.state is MeetingState.HELD:
            yield _meeting(one, str(_("Took place")) if one.state is MeetingState.HELD else "")
    known = {one.key for one in consultation.facts}
    for mission in told.missions:
        if mission.reported_on is not None and "expert_report" not in known:
            yield Moment(mission.reported_on, str(_("The expert’s report")))
    if told.themes_on is not None:
        yield Moment(told.themes_on, str(_("First themes of what employees said")))


def _meeting(one: Meeting, note: str, tone: str = "quiet", left: str = "") -> Moment:
    text = _("Meeting no. %(number)s of %(body)s", number=one.number, body=one.body.name)
    page = url_for("meetings.page", meeting_id=one.id)
    return Moment(one.day, str(text), str(ACTORS["both_parties"]) if left else "", tone, left, note, page)


# ── what is to be done ─────────────────────────────────────────────────────────


def _steps(run: Run | None, on: date, *, is_site: bool) -> Iterator[Moment]:
    """``is_site``: of the body of an establishment, whose opinion is a step already."""
    for at in run.steps if run is not None else ():
        if at.step.actor == "establishment_committee" and is_site:
            continue
        if at.state not in _WAITING or at.step.is_optional or at.due_on is None:
            continue
        if at.step.is_gate:
            yield from _gate(at, on)
        else:
            yield from _step(at, on)


def _gate(at: StepAt, on: date) -> Iterator[Moment]:
    day = max(at.due_on or on, at.contested_due_on or at.due_on or on)
    if day > on:
        text = _("%(step)s: not before this day", step=at.step.label.shown(locale()))
        yield Moment(day, str(text), left=left_words((day - on).days, is_proposed=True)[1])


def _step(at: StepAt, on: date) -> Iterator[Moment]:
    who, text = str(ACTORS[at.step.actor]), at.step.label.shown(locale())
    note = str(_("Proposed date")) if at.is_target else ""
    dates = [at.due_on, at.contested_due_on]
    for is_contested, due in enumerate(dates):
        if due is None:
            continue
        is_proposed = at.is_target or at.state not in _OVER
        tone, left = left_words((due - on).days, is_proposed=is_proposed)
        if due < on and at.state not in _OVER:
            # Past by one of the two days that are claimed: nothing is late that is not so by both.
            tone, left = "warn", str(_("Contested"))
        if at.contested_due_on is not None:
            note = _("From the day the body gives") if is_contested else _("From the day the employer gives")
        yield Moment(due, text, who, tone, left, str(note))


def _response(due: date, run: Run | None, on: date) -> Iterator[Moment]:
    """Expected from the opinion on, as long as what the procedure counts it from has not happened."""
    step = run.step("reasoned_response") or run.step("written_response") if run is not None else None
    if step is None or step.due_on is None:
        tone, left = left_words((due - on).days, is_proposed=True)
        text = step.step.label.shown(locale()) if step is not None else str(_("Reasoned response"))
        yield Moment(due, text, str(ACTORS["employer"]), tone, left, str(_("Proposed date")))


def _told_ahead(told: Told, on: date) -> Iterator[Moment]:
    if told.window is not None:
        for at, text in ((told.window.opens_on, _("First day to write")),
                         (told.window.closes_on, _("Last day to write"))):  # fmt: skip
            if at > on:
                left = left_words((at - on).days, is_proposed=True)[1]
                yield Moment(at, str(text), left=left)
    for one in told.meetings:
        if one.day >= on and one.state is MeetingState.CONVENED:
            tone, left = left_words((one.day - on).days, is_proposed=True)
            yield _meeting(one, str(_("Called on %(day)s", day=day(one.called_on))), tone, left)


def _planned(consultation: Consultation, on: date) -> Iterator[Moment]:
    """Days entered for later."""
    template = templates().get(consultation.template)
    for one in consultation.facts:
        if one.day > on and not _is_of_meeting(one):
            left = left_words((one.day - on).days, is_proposed=True)[1]
            yield Moment(one.day, words.read_as(one, template), left=left)


# ── the picture ────────────────────────────────────────────────────────────────


def _picture(
    past: Sequence[Moment], now: Sequence[Moment], coming: Sequence[Moment], on: date
) -> dict[str, Any] | None:
    """Marks on a line, numbered as the list is, in shares of its width; None where there is one day only."""
    shown = [*past, *now, *(one for one in coming if one.day <= on + FAR)]
    days = [one.day for one in shown] + [on]
    start, end = min(days), max(days)
    if not shown or start == end:
        return None
    span = (end - start).days

    def share(at: date) -> float:
        return EDGE + (100 - 2 * EDGE) * (at - start).days / span

    kinds = {one.number: "past" for one in past} | {one.number: "now" for one in now}
    placed = _placed(sorted((share(one.day), one.number) for one in shown))
    lanes = max(lane for _at, lane, _number in placed) + 1
    axis = lanes * LANE + 8
    return {
        "title": _("Past, now and next"),
        "description": _(
            "From %(start)s to %(end)s. Today is %(today)s. The numbers are those of the list below.",
            start=day(start),
            end=day(end),
            today=day(on),
        ),
        "marks": [
            (at, axis - 14 - lane * LANE, number, kinds.get(number, "next")) for at, lane, number in placed
        ],
        "today": share(on),
        "today_label": day_short(on),
        "axis": axis,
        "months": _months(start, end, share),
    }


def _placed(marks: Sequence[tuple[float, int]]) -> list[tuple[float, int, int]]:
    """``(share, lane, number)``: each in the lowest lane where it touches no other."""
    last: list[float] = []
    found = []
    for at, number in marks:
        lane = next((lane for lane, before in enumerate(last) if at - before >= GAP), len(last))
        last[lane:] = [at, *last[lane + 1 :]]
        found.append((at, lane, number))
    return found


def _months(start: date, end: date, share: Any) -> list[tuple[float, str]]:
    """The first of some months: as many as can be read side by side on a phone, none under today's label."""
    found: list[tuple[float, str]] = []
    at = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    while at <= end:
        place = share(at)
        if all(place - before >= 26 for before, _name in found) and place <= 74:
            found.append((place, day(at).split("\u00a0")[1]))
        at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    return found
