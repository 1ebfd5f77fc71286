"""A consultation and the procedure it follows on a day, from what is loaded already. No query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from consult.consultations.before import LIVE
from consult.consultations.models import Consultation, Fact, ProcedureOverride, SideProcedure
from consult.consultations.rules import FactKind, State, Told, Window, days_of, project
from consult.notices.models import Revision
from consult.people.models import Body
from consult.people.rules import BodyKind
from consult.procedures import clock
from consult.procedures.clock import Run
from consult.procedures.limit import SEVERAL_LEVELS, Situation
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


def live_on(revision: Revision | None) -> date | None:
    """The first day somebody uses it, by the milestones of that text."""
    if revision is None:
        return None
    return min((one.day for one in revision.milestones if one.kind in LIVE), default=None)


def levels_of(bodies: Iterable[Body]) -> str:
    """Whether a central body and bodies of establishments are consulted on the same notice (R2312-6)."""
    kinds = {one.kind for one in bodies}
    return SEVERAL_LEVELS if {BodyKind.CENTRAL_CSE, BodyKind.CSE} <= kinds else "one"


def told(facts: Iterable[Fact]) -> list[Told]:
    return [Told(one.kind, one.day, one.key, one.is_contested, one.contested_day) for one in facts]


def agreed(overrides: Iterable[ProcedureOverride]) -> Mapping[str, Override]:
    """What stands instead of the template, by key."""
    return {
        one.key: Override.parse(one.key, one.value, one.reason) for one in overrides if one.ended_on is None
    }


def of(consultation: Consultation, around: Around, *, on: date) -> tuple[State, Run | None]:
    """Its state on that day, and the procedure behind it; None where it follows none."""
    facts = told(consultation.facts)
    facts += [Told(FactKind.COMMITMENT_AGREED, day) for day in around.promised]
    template = templates().get(consultation.template)
    run = None
    if template is not None:
        run = clock.run(
            template,
            days_of(facts, on=on, window=around.window, live_on=around.live_on),
            on=on,
            situation=Situation(
                around.levels, consultation.body.headcount, around.country, consultation.variant
            ),
            overrides=agreed(consultation.overrides),
        )
    return project(facts, run, on=on, window=around.window), run


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
