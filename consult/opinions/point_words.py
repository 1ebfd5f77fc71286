"""What a stance, and a position on a rule of use, are called."""

from __future__ import annotations

from consult.core.i18n import _l
from consult.opinions.rules import RulePosition, Stance

STANCES = (
    (Stance.ACCEPTED.value, _l("Accepted")),
    (Stance.PARTLY.value, _l("Accepted in part")),
    (Stance.REFUSED.value, _l("Refused")),
    (Stance.STUDYING.value, _l("Being studied")),
    (Stance.NEGOTIATING.value, _l("Goes to negotiation")),
)
RULE_POSITIONS = (
    (RulePosition.AGREES.value, _l("The body agrees")),
    (RulePosition.AGREES_IF.value, _l("The body agrees on one condition")),
    (RulePosition.DISAGREES.value, _l("The body disagrees")),
    (RulePosition.NO_POSITION.value, _l("The body takes no position")),
)
