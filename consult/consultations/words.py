"""How the procedure is read: who acts, where a step stands, whose rule a date is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consult.consultations.before import Before, Course, Procedure
from consult.consultations.models import Fact
from consult.consultations.rules import FactKind
from consult.core.i18n import _, _l, day, locale, words
from consult.core.localized import Localized
from consult.core.wording import reworded
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
COURSES: Mapping[Course, tuple[str, str, Any]] = {
    Course.NOT_STARTED: ("warn", "ring", _l("Not started")),
    Course.RUNNING: ("accent", "course", _l("Still runs")),
    Course.SUSPENDED: ("warn", "pause", _l("Suspended by the facts entered")),
    Course.ENDED: ("quiet", "done", _l("Closed by the facts entered")),
    Course.PAST: ("quiet", "clock", _l("Period over, without an opinion")),
    Course.STOPPED: ("warn", "ban", _l("Stopped by the employer")),
    Course.NO_DAY: ("quiet", "dot", _l("No day is counted")),
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


def sentence(before: Before) -> str:
    """The whole on one line: from the facts entered, and no further."""
    on, (claimed, said) = day(before.on), before.ends
    if before.still_running is None:
        text = _("According to the facts entered as of %(on)s, no procedure is on record.", on=on)
    elif not before.still_running:
        text = _(
            "According to the facts entered as of %(on)s, nothing that is counted here still runs.", on=on
        )
    elif claimed is not None and said is not None and claimed != said:
        text = _(
            "According to the facts entered as of %(on)s, the procedure still runs. The first day after it "
            "is %(claimed)s at the earliest by what the employer says, %(said)s by what the body says.",
            on=on, claimed=day(claimed), said=day(said),
        )  # fmt: skip
    elif before.earliest_end is not None:
        text = _(
            "According to the facts entered as of %(on)s, the procedure still runs. The first day after it "
            "is %(end)s at the earliest.",
            on=on, end=day(before.earliest_end),
        )  # fmt: skip
    else:
        text = _(
            "According to the facts entered as of %(on)s, the procedure still runs, and the day it ends is "
            "not known yet.",
            on=on,
        )
    no_more = _("This says nothing of other formalities.")
    return f"{text} {no_more}"


def until(procedure: Procedure) -> str:
    """The first day after one procedure, by both readings where they differ."""
    claimed, said = procedure.ends
    if not procedure.run.has_gate:
        return ""
    if claimed == said:
        if claimed is None:
            return str(_("Its end is not known yet."))
        return str(_("First day after it: %(day)s.", day=day(claimed)))
    return str(
        _(
            "First day after it: %(claimed)s by what the employer says, %(said)s by what the body says.",
            claimed=day(claimed) if claimed else _("no known day"),
            said=day(said) if said else _("no known day"),
        )
    )


def source(procedure: Procedure) -> str:
    """Where the end comes from and how far that was verified."""
    if procedure.holding is None:
        return ""
    named = f"{BASES[procedure.basis]}"
    if procedure.reference:
        named = _("%(basis)s: %(reference)s", basis=named, reference=procedure.reference)
    if procedure.basis is Basis.AGREEMENT:
        return f"{named}."
    verified = _("Read in a source.") if procedure.is_verified else _("Not verified in a source.")
    return f"{named}. {verified}"


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


def read_as(fact: Fact, template: Template | None) -> str:
    """The same in the words of the page; what a procedure names keeps its country's words."""
    name = name_of(fact, template).shown(locale())[0]
    return name if fact.kind is FactKind.TOLD else reworded(name, words(), locale())


def _bare(key: str) -> Localized:
    return Localized.of(fr=key, en=key)
