"""Duties and procedures suggested to human resources, as questions: data, and what brings each up. Pure.
Nothing here decides: an answer “no” takes a question away and concludes nothing."""

from __future__ import annotations

from consult.notices.content import Content
from consult.notices.duties.elsewhere import IN_BELGIUM, IN_CANADA, IN_GERMANY, IN_LUXEMBOURG
from consult.notices.duties.everywhere import EVERYWHERE
from consult.notices.duties.france import IN_FRANCE
from consult.notices.duties.kinds import AREAS, CERTAINTIES, Area, Certainty, Duty, Reason, Suggestion
from consult.notices.duties.outstanding import StandsOut, standing_out
from consult.notices.duties.procedures import (
    PROCEDURES,
    Profile,
    SuggestedProcedure,
    suggested_procedures,
)
from consult.notices.duties.union import UNION
from consult.notices.fields import BY_KEY, Field
from consult.notices.rules import EMOTION

__all__ = [
    "AREAS",
    "CERTAINTIES",
    "DUTIES",
    "PROCEDURES",
    "Area",
    "Certainty",
    "Profile",
    "Reason",
    "StandsOut",
    "SuggestedProcedure",
    "Suggestion",
    "settled_nothing",
    "standing_out",
    "suggested",
    "suggested_procedures",
]

DUTIES: tuple[Duty, ...] = (
    *EVERYWHERE, *IN_FRANCE, *UNION, *IN_BELGIUM, *IN_GERMANY, *IN_LUXEMBOURG, *IN_CANADA,
)  # fmt: skip
_ORDER = list(Area)
_NOES = {
    "monitoring": "no", "effect_terms": "no", "data_inputs": "no", EMOTION: "no", "decision_role": "none",
    "risk_class": "other",
}  # fmt: skip


def suggested(content: Content, *, country: str) -> list[Suggestion]:
    """What blocks first, then by area. More is asked of what was answered “yes”, never less."""
    found = [
        suggestion
        for duty in DUTIES
        if duty.is_asked_in(country.lower())
        if (suggestion := duty.of(content)) is not None
    ]
    return sorted(found, key=lambda one: (not one.blocks, _ORDER.index(one.area)))


def settled_nothing(content: Content) -> list[Field]:
    """The fields answered “no”: their questions are not put, which says nothing of the law."""
    return [BY_KEY[key] for key, no in _NOES.items() if content.answers.get(key) == no]
