"""A consultation and the procedure it follows on a day, from what is loaded already. No query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from consult.consultations.before import LIVE
from consult.consultations.models import Consultation, Fact, ProcedureOverride, SideProcedure
from consult.consultations.rules import FactKind, State, Told, Window, days_of, project
from consult.notices.models import Revision
from consult.notices.rules import MilestoneKind
from consult.people.models import Body
from consult.people.rules import BodyKind
from consult.procedures import clock
from consult.procedures.clock import Run, StepState
from consult.procedures.limit import ESTABLISHMENT_OPINION, SEVERAL_LEVELS, Lead, LimitState, Situation
from consult.procedures.loading import templates
from consult.procedures.override import Override


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds a consultation. ``live_on``: the first use, by the notice; ``promised``: days on which
    the employer made a commitment to the body."""

    country: str = "fr"
    levels: str = "one"
    live_on: date | None = None
    window: Window | None = None
    promised: tuple[date, ...] = ()
    lead: Lead | None = None
    """For the body of an establishment: what the period of the central body means for it."""
    experts: tuple[date, ...] = ()
    """For a central body: experts appointed in establishments, which lengthen its period (R2312-6 I)."""
    heard_on: date | None = None
    """For a central body: the day on which the last opinion of an establishment reached it."""


def live_on(revision: Revision | None) -> date | None:
    """The first day somebody uses it, by the milestones of that text."""
    return first_use([(one.kind, one.day) for one in revision.milestones]) if revision is not None else None


def first_use(milestones: Iterable[tuple[MilestoneKind, date]]) -> date | None:
    return min((day for kind, day in milestones if kind in LIVE), default=None)


def levels_of(bodies: Iterable[Body]) -> str:
    """Whether a central body and bodies of establishments are consulted on the same notice (R2312-6)."""
    kinds = {one.kind for one in bodies}
    return SEVERAL_LEVELS if {BodyKind.CENTRAL_CSE, BodyKind.CSE} <= kinds else "one"


def across(consultation: Consultation, others: Iterable[Consultation], around: Around, *, on: date) -> Around:
    """The same, where a central body and bodies of establishments are consulted on the notice (``others``:
    every consultation of it, this one included). The period runs for the central body; the opinion of an
    establishment is due so many days before its end (R2312-6 II)."""
    if around.levels != SEVERAL_LEVELS:
        return around
    known = list(others)
    sites = [one for one in known if one.body.kind is BodyKind.CSE]
    heard = [first_day(one, FactKind.OPINION_GIVEN) for one in sites]
    experts = [first_day(one, FactKind.EXPERT_APPOINTED) for one in sites]
    above = replace(
        around,
        experts=tuple(day for day in experts if day is not None),
        heard_on=max(day for day in heard if day is not None) if heard and None not in heard else None,
    )
    if consultation.body.kind is BodyKind.CENTRAL_CSE:
        return above
    central = central_of(consultation, known)
    if consultation.body.kind is not BodyKind.CSE or central is None:
        return around
    _state, run = of(central, replace(above, window=None, promised=()), on=on)
    return replace(around, lead=lead_of(run, on=on))


def central_of(consultation: Consultation, others: Iterable[Consultation]) -> Consultation | None:
    """The central body's, on the same notice: the one it belongs to, else any."""
    found = [one for one in others if one.body.kind is BodyKind.CENTRAL_CSE]
    own = (one for one in found if one.body_id == consultation.body.parent_id)
    return next(own, next(iter(found), None))


def lead_of(central: Run | None, *, on: date) -> Lead | None:
    """None where the central body follows a procedure without such a step, or its period has not begun.
    Where the start is contested, nothing is over for an establishment that is not so by both."""
    step = central.step(ESTABLISHMENT_OPINION) if central is not None else None
    if central is None or step is None or step.state is StepState.NOT_APPLICABLE:
        return None
    if central.limit.state is LimitState.SUSPENDED:
        return Lead(None)
    if step.due_on is None:
        return None
    due_on = max(step.due_on, step.contested_due_on or step.due_on)
    is_over_by_one = central.limit.is_contested and step.state in {StepState.DUE, StepState.WAITING}
    return Lead(None if is_over_by_one and on > due_on else due_on, step.reference)


def first_day(consultation: Consultation, kind: FactKind) -> date | None:
    return min((one.day for one in consultation.facts if one.kind is kind), default=None)


def told(facts: Iterable[Fact]) -> list[Told]:
    return [Told(one.kind, one.day, one.key, one.is_contested, one.contested_day) for one in facts]


def agreed(overrides: Iterable[ProcedureOverride]) -> Mapping[str, Override]:
    """What stands instead of the template, by key."""
    return {
        one.key: Override.parse(one.key, one.value, one.reason) for one in overrides if one.ended_on is None
    }


def has_step(consultation: Consultation, key: str) -> bool:
    """Whether the procedure it follows knows that step."""
    template = templates().get(consultation.template)
    return template is not None and any(one.key == key for one in template.steps)


def of(consultation: Consultation, around: Around, *, on: date) -> tuple[State, Run | None]:
    """Its state on that day, and the procedure behind it; None where it follows none."""
    facts = told(consultation.facts)
    facts += [Told(FactKind.COMMITMENT_AGREED, day) for day in around.promised]
    template = templates().get(consultation.template)
    run = None
    if template is not None:
        counted = [*facts, *(Told(FactKind.EXPERT_APPOINTED, day) for day in around.experts)]
        days = days_of(counted, on=on, window=around.window, live_on=around.live_on)
        heard_on = days.get("opinion") if around.lead is not None else around.heard_on
        if heard_on is not None:
            days.setdefault(ESTABLISHMENT_OPINION, heard_on)
        run = clock.run(
            template,
            days,
            on=on,
            situation=Situation(
                around.levels, consultation.body.headcount, around.country, consultation.variant, around.lead
            ),
            overrides=agreed(consultation.overrides),
        )
        if consultation.body.kind is BodyKind.CSE:
            run = _without(run, OF_CENTRAL_ALONE)
    return project(facts, run, on=on, window=around.window), run


OF_CENTRAL_ALONE = "agenda_sent_central"
"""A step of the central body (L2316-17), under the variant that establishments follow with it."""


def _without(run: Run, key: str) -> Run:
    steps = (
        replace(one, state=StepState.NOT_APPLICABLE, due_on=None, contested_due_on=None)
        if one.step.key == key
        else one
        for one in run.steps
    )
    return replace(run, steps=tuple(steps))


def beside(side: SideProcedure, facts: Iterable[Fact], around: Around, *, headcount: int, on: date) -> Run:
    """A procedure without a body: it counts what was entered for it, and what the acts of the notice tell
    (``facts`` of its consultations). Raises `UnknownTemplate`."""
    acts = [one for one in told(facts) if one.kind is not FactKind.TOLD]
    return clock.run(
        templates()[side.template],
        days_of([*acts, *told(side.facts)], on=on, live_on=around.live_on),
        on=on,
        situation=Situation(headcount=headcount, country=around.country),
        overrides=agreed(side.overrides),
    )
