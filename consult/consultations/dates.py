"""The page of a procedure, worked out before the template: its steps, the days recorded, what was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.consultations import gathering, queries, words
from consult.consultations.models import Consultation, Fact, SideProcedure
from consult.consultations.recording import Course
from consult.consultations.rules import TOLD_BY_ACTS, FactKind
from consult.core.localized import Localized
from consult.notices import queries as notices
from consult.people import queries as people
from consult.procedures.clock import Run, StepState
from consult.procedures.loading import templates
from consult.procedures.override import Override
from consult.procedures.template import FactSort, Template
from consult.web.readers import Audience

CONTESTABLE = frozenset({FactKind.SENT, FactKind.RECEIVED, FactKind.TOLD})


@dataclass(frozen=True, slots=True)
class Entered:
    """One day of one procedure, as an address names it."""

    fact: Fact
    course: Course

    @property
    def audience(self) -> Audience:
        return self.course.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return self.course.scope if isinstance(self.course, Consultation) else frozenset()

    @property
    def name(self) -> Localized:
        return words.name_of(self.fact, templates().get(self.course.template))


def entered(session: Session, consultation_id: UUID, fact_id: UUID) -> Entered | None:
    """A day of that consultation, struck out or not."""
    consultation, fact = queries.by_id(session, consultation_id), queries.fact(session, fact_id)
    if consultation is None or fact is None or fact.consultation_id != consultation.id:
        return None
    return Entered(fact, consultation)


def enterable(template: Template) -> list[tuple[str, Localized]]:
    """What people may enter: whatever no act of the product tells, in the order of the steps."""
    keys = [one.key for one in template.steps]
    keys += [key for key, one in template.facts.items() if one.kind in {FactSort.ENTERED, FactSort.MEETING}]
    known = [key for key in dict.fromkeys(keys) if key not in TOLD_BY_ACTS]
    return [(key, words.localized(template.name_of(key))) for key in known]


@dataclass(frozen=True, slots=True)
class DatesPage:
    """What `consultations/steps.html` shows of one procedure."""

    course: Course
    run: Run
    on: date
    days: Sequence[tuple[Fact, Localized]]
    struck: Sequence[tuple[Fact, Localized]]
    agreed: Sequence[tuple[Localized, Override, date]]

    @property
    def steps(self) -> list[object]:
        """Those that apply, in the order of the template."""
        return [one for one in self.run.steps if one.state is not StepState.NOT_APPLICABLE]


def of_consultation(session: Session, consultation: Consultation, *, on: date) -> DatesPage | None:
    """None where it follows no procedure."""
    run = queries.run(session, consultation, on=on)
    if run is None:
        return None
    return _page(consultation, run, on, consultation.facts, queries.struck(session, consultation.id))


def of_side(session: Session, side: SideProcedure, *, on: date) -> DatesPage:
    """It counts what the acts of the notice tell, and what was entered for it."""
    organisation = people.organisation(session)
    run = gathering.side_run(
        side, queries.of_notice(session, side.notice_id), notices.published(side.notice),
        country=organisation.country if organisation is not None else "fr", on=on,
    )  # fmt: skip
    return _page(side, run, on, side.facts, ())


def _page(made: Course, run: Run, on: date, days: Sequence[Fact], struck: Sequence[Fact]) -> DatesPage:
    agreed = [
        (named(run.template, one.key), Override.parse(one.key, one.value, one.reason), one.agreed_on)
        for one in made.overrides
        if one.ended_on is None
    ]
    return DatesPage(
        made, run, on,
        [(one, words.name_of(one, run.template)) for one in days],
        [(one, words.name_of(one, run.template)) for one in struck],
        agreed,
    )  # fmt: skip


def named(template: Template, key: str) -> Localized:
    """A step, or the period of the opinion (``limit``)."""
    return words.localized(template.name_of("limit_expiry" if key == "limit" else key))
