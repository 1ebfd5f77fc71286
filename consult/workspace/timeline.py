"""The steps of one consultation, and who must act by when, in words. No database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from consult.consultations.rules import Await, FactKind, Stage, State
from consult.core.i18n import _, day, ngettext
from consult.procedures.clock import Run
from consult.procedures.template import Basis
from consult.workspace.rules import Task, by_urgency

Step = tuple[str, str, str]
Days = dict[FactKind, date]

_ORDER = (Stage.WITH_BODY, Stage.LISTENING, Stage.AWAITING_OPINION, Stage.OPINION_GIVEN, Stage.ANSWERED)
_OF_OPINION = {Stage.AWAITING_OPINION, Stage.OPINION_GIVEN}
_REACHED = (
    (FactKind.RESPONSE_GIVEN, Stage.ANSWERED),
    (FactKind.OPINION_GIVEN, Stage.OPINION_GIVEN),
    (FactKind.LETTERBOX_CLOSED, Stage.AWAITING_OPINION),
    (FactKind.LETTERBOX_OPENED, Stage.LISTENING),
)


def first_days(facts: Iterable[tuple[FactKind, date]], on: date) -> Days:
    """The first day of each kind of fact; what is recorded for a later day does not count yet."""
    found: Days = {}
    for kind, at in facts:
        if at <= on:
            found[kind] = min(at, found.get(kind, at))
    return found


def steps(
    first: Days, state: State, *, window: tuple[date, date] | None, has_opinion: bool = True
) -> list[Step]:
    """``(done | now | next, name, when)``; a closed consultation ends where it was closed. ``has_opinion``:
    whether its procedure knows one; without it there is neither opinion nor response to wait for."""
    is_closed = state.stage is Stage.CLOSED
    at = _reached(first) if is_closed else state.stage
    current = _ORDER.index(Stage.ANSWERED if at is Stage.IN_FOLLOW_UP else at)
    found = []
    for number, stage in enumerate(_ORDER):
        if stage is Stage.LISTENING and window is None:
            continue
        if stage in _OF_OPINION and not has_opinion and FactKind.OPINION_GIVEN not in first:
            continue
        if is_closed and number > current:
            break
        place = "done" if number < current or is_closed else "now" if number == current else "next"
        found.append((place, *_named(stage, first, state, window)))
    if is_closed:
        is_withdrawn = FactKind.WITHDRAWN in first
        ended = first.get(FactKind.WITHDRAWN) or first.get(FactKind.CLOSED)
        found.append(("done", _("Notice withdrawn") if is_withdrawn else _("Closed"), day(ended)))
    return found


def _reached(first: Days) -> Stage:
    return next((stage for kind, stage in _REACHED if kind in first), Stage.WITH_BODY)


def _named(stage: Stage, first: Days, state: State, window: tuple[date, date] | None) -> tuple[str, str]:
    if stage is Stage.WITH_BODY:
        return _("Before the representatives"), day(first.get(FactKind.RECEIVED, first.get(FactKind.SENT)))
    if stage is Stage.LISTENING:
        opens, closes = window or (None, None)
        return _("Employees write"), _("%(first)s to %(last)s", first=day(opens), last=day(closes))
    if stage is Stage.AWAITING_OPINION:
        given = first.get(FactKind.OPINION_GIVEN)
        due = _("By %(day)s", day=day(state.limit)) if state.limit is not None else ""
        return _("Opinion of the body"), day(given) if given is not None else due
    if stage is Stage.OPINION_GIVEN:
        given = first.get(FactKind.RESPONSE_GIVEN)
        is_due = given is None and state.awaits is Await.RESPONSE
        due = _("%(day)s, proposed date", day=day(state.due_on)) if is_due else _("After the opinion")
        return _("Reasoned response"), day(given) if given is not None else due
    agreed = first.get(FactKind.COMMITMENT_AGREED)
    return _("Commitments followed up"), _("Since %(day)s", day=day(agreed)) if agreed is not None else ""


def who_must_act(
    state: State,
    run: Run | None,
    *,
    page: str,
    body: str,
    questions: Sequence[tuple[int, date, date | None]],
    themes: Sequence[date],
) -> list[Task]:
    """``questions``: (number, asked, expected) of those without an answer. ``themes``: since when each
    stands without one. Everything says where its date comes from."""
    found = []
    if state.awaits is Await.OPINION and state.limit is not None:
        source = _source_of_limit(run)
        title = _("%(body)s gives its opinion", body=body)
        found.append(
            Task(title, page, "", source, due=state.limit, is_proposed=is_only_proposed(run, "opinion"))
        )
    if state.awaits is Await.RESPONSE and state.due_on is not None:
        source = _source_of_response(run)
        title = _("The employer gives its reasoned response")
        is_proposed = is_only_proposed(run, "reasoned_response", "written_response")
        found.append(Task(title, page, "", source, due=state.due_on, is_proposed=is_proposed))
    if questions and state.stage is not Stage.CLOSED:
        found.append(_to_answer(questions, page))
    if themes and state.stage is not Stage.CLOSED:
        title = ngettext(
            "The employer answers %(num)s theme", "The employer answers %(num)s themes", len(themes)
        )
        found.append(Task(title, f"{page}#said", "", _("Published by the body."), since=min(themes)))
    return by_urgency(found)


def is_only_proposed(run: Run | None, *keys: str) -> bool:
    """Whether the day of that step is no limit, so that it is never called late; the first of these keys that
    the procedure knows."""
    found = next((at for key in keys if run is not None and (at := run.step(key)) is not None), None)
    return found is None or found.is_target or found.contested_due_on is not None


def _source_of_limit(run: Run | None) -> str:
    limit = run.limit if run is not None else None
    if limit is not None and limit.basis is Basis.AGREEMENT:
        return str(_("Set by agreement or by a judge."))
    if limit is not None and limit.basis is Basis.LAW:
        return str(_("Set by law (%(reference)s).", reference=limit.reference))
    return str(_("A usual period, not set by law."))


def _source_of_response(run: Run | None) -> str:
    step = run.step("reasoned_response") if run is not None else None
    if step is not None and step.basis is Basis.LAW:
        return str(_("A date proposed from %(reference)s, not a limit.", reference=step.cited))
    return str(_("A proposed date, not a limit."))


def _to_answer(questions: Sequence[tuple[int, date, date | None]], page: str) -> Task:
    expected = [one[2] for one in questions if one[2] is not None]
    return Task(
        ngettext(
            "The employer answers %(num)s question", "The employer answers %(num)s questions", len(questions)
        ),
        f"{page}#questions",
        "",
        _("No. %(numbers)s.", numbers=", ".join(str(one[0]) for one in questions)),
        due=min(expected, default=None),
        since=min(one[1] for one in questions),
    )
