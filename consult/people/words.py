"""How people read kinds of bodies."""

from __future__ import annotations

from consult.core.i18n import _l
from consult.people.rules import BodyKind

BODIES = {
    BodyKind.CSE: _l("CSE"),
    BodyKind.CENTRAL_CSE: _l("Central CSE"),
    BodyKind.CSSCT: _l("Health, safety and working conditions committee"),
    BodyKind.EWC: _l("European works council"),
    BodyKind.BELGIAN_COUNCIL: _l("Works council (Belgium)"),
    BodyKind.CPPT: _l("Committee for prevention and protection at work (Belgium)"),
    BodyKind.BETRIEBSRAT: _l("Works council (Germany)"),
    BodyKind.WORKS_COUNCIL: _l("Works council"),
    BodyKind.UNION: _l("Union or bargaining agent"),
    BodyKind.LMCC: _l("Labour-management consultation committee (LMCC)"),
    BodyKind.CUSTOM: _l("Other body"),
}
