"""What a page for managers says whatever the notice: what they leave alone, and four postures as conduct."""

from __future__ import annotations

from datetime import date
from typing import Any

from consult.core.i18n import _l
from consult.notices.models import LearningStep, Revision
from consult.notices.rules import LearningKind

NOT_ASKED: tuple[tuple[Any, Any], ...] = (
    (
        _l("Who uses it, how often, how well"),
        _l("A pace known by name becomes a judgement, and people stop saying where they struggle."),
    ),
    (
        _l("Who wrote, and what"),
        _l("Messages bear no name. Whoever looks for one silences everybody, and may be wrong."),
    ),
    (
        _l("Who agrees and who does not"),
        _l("Opinions on the project are for the representatives to ask for, never for the person in charge "
           "of the team."),
    ),
    (
        _l("A slip, a pass or a receipt"),
        _l("They open the letterbox or an answer. Nobody may ask to see one, not even to help."),
    ),
)  # fmt: skip
"""What a manager does not ask, and why."""

POSTURES: tuple[tuple[Any, Any], ...] = (
    (
        _l("Calm clarity"),
        _l("Say where the team stands as a whole, and repeat the common goal; compare nobody with anybody, "
           "neither aloud nor in a table."),
    ),
    (
        _l("Dynamic fairness"),
        _l("Give more time and help to those who need more, say so beforehand, and thank whoever learns or "
           "helps a colleague as much as whoever goes fast."),
    ),
    (
        _l("Shared sovereignty"),
        _l("Keep the rules of use at hand, follow them first yourself, and take a refusal that they allow "
           "without a remark."),
    ),
    (
        _l("Active humility"),
        _l("Try the tool in front of the team, mistakes included; when you do not know, say so, and say on "
           "which day the answer is due."),
    ),
)  # fmt: skip
"""The four postures, each as something one does."""


def about(revision: Revision) -> dict[str, Any]:
    """What the page shows beside the notice's own words."""
    return {"rituals": rituals(revision), "not_asked": NOT_ASKED, "postures": POSTURES}


def rituals(revision: Revision) -> list[LearningStep]:
    """What the team does together, in the order of the days; those without a day last."""
    steps = [one for one in revision.learning_plan if one.kind is LearningKind.RITUAL]
    return sorted(steps, key=lambda one: (one.day or date.max, one.position))
