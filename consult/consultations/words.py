"""How the procedure is read: who acts, where a step stands, whose rule a date is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consult.consultations.models import Fact
from consult.consultations.rules import FactKind
from consult.core.i18n import _l
from consult.core.localized import Localized
from consult.procedures.clock import StepState
from consult.procedures.template import Basis, Template, Words

ACTORS: Mapping[str, Any] = {
    "employer": _l("Employer"),
    "committee": _l("Representative body"),
    "committee_chair": _l("Chair"),
    "committee_secretary": _l("Secretary of the body"),
    "establishment_committee": _l("Body of the establishment"),
    "representatives": _l("Representatives"),
    "works_council": _l("Works council"),
    "bargaining_agent": _l("Bargaining agent"),
    "both_parties": _l("Both sides"),
    "conciliation_committee": _l("Conciliation committee"),
    "board": _l("Labour board"),
    "expert": _l("Expert"),
    "staff": _l("Employees"),
}
STATES: Mapping[StepState, tuple[str, str, Any]] = {
    StepState.DONE: ("ok", "done", _l("Done")),
    StepState.DUE: ("accent", "clock", _l("To come")),
    StepState.LATE: ("bad", "alert", _l("Late")),
    StepState.PAST_PROPOSED: ("warn", "clock", _l("Past its proposed date")),
    StepState.WAITING: ("quiet", "dot", _l("Waits for an earlier day")),
    StepState.OPEN: ("quiet", "dot", _l("No number of days")),
    StepState.SUSPENDED: ("warn", "clock", _l("Suspended")),
}
BASES: Mapping[Basis, Any] = {
    Basis.LAW: _l("Law"),
    Basis.CASE_LAW: _l("Case law"),
    Basis.AGREEMENT: _l("Agreement or judgment"),
    Basis.PRODUCT_DEFAULT: _l("Proposed, no legal source"),
}
FACTS: Mapping[FactKind, tuple[str, str]] = {
    FactKind.SENT: ("Notice remise", "Notice sent"),
    FactKind.RECEIVED: ("Notice reçue\u00a0: le délai commence", "Notice received: the period begins"),
    FactKind.OPENED_TO_EMPLOYEES: ("Notice ouverte aux salariés", "Opened to employees"),
    FactKind.LETTERBOX_OPENED: ("Recueil de la parole décidé", "Letterbox decided"),
    FactKind.LETTERBOX_CLOSED: ("Recueil de la parole clos", "Letterbox closed"),
    FactKind.EXPERT_APPOINTED: ("Expert désigné", "Expert appointed"),
    FactKind.OPINION_GIVEN: ("Avis rendu", "Opinion given"),
    FactKind.RESPONSE_GIVEN: ("Réponse motivée donnée", "Reasoned response given"),
    FactKind.COMMITMENT_AGREED: ("Premier engagement", "First commitment"),
    FactKind.WITHDRAWN: ("Notice retirée", "Notice withdrawn"),
    FactKind.CLOSED: ("Consultation close", "Consultation closed"),
}


def localized(words: Words) -> Localized:
    return Localized.of(fr=words.fr, en=words.en)


def name_of(fact: Fact, template: Template | None) -> Localized:
    """How both sides read a fact; its key where no template names it any more."""
    if fact.kind is not FactKind.TOLD:
        fr, en = FACTS[fact.kind]
        return Localized.of(fr=fr, en=en)
    try:
        return localized(template.name_of(fact.key)) if template is not None else _bare(fact.key)
    except KeyError:
        return _bare(fact.key)


def _bare(key: str) -> Localized:
    return Localized.of(fr=key, en=key)
