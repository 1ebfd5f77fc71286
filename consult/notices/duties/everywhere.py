"""Questions asked whatever the country."""

from __future__ import annotations

from consult.core.i18n import _l
from consult.notices.duties.kinds import (
    DECIDES,
    FRANCE,
    OPEN,
    Answered,
    Area,
    Began,
    Certainty,
    Duty,
    Said,
    Sanctions,
)
from consult.notices.rules import EMOTION

OURS = _l("No legal source: our proposal")

EMOTIONS = Duty(
    "emotions", Area.DATA,
    _l("Does it infer what employees feel, from their face, voice, typing or body?"),
    _l("AI Act, Article 5(1)(f)"), Certainty.VERIFIED,
    _l("What the supplier could switch on, even if you do not use it. Without a medical or safety reason, "
       "the practice is prohibited."),
    (Answered(EMOTION, ("yes", "medical", "safety", "unknown", OPEN)), Began(("call-summary",))),
    blocked_by=(EMOTION, "yes"),
)  # fmt: skip

EVERYWHERE: tuple[Duty, ...] = (
    EMOTIONS,
    Duty(
        "bias", Area.EQUALITY,
        _l("Does it serve everyone as well: women and men, older and younger, part-timers, accents?"),
        OURS, Certainty.DEFAULT, _l("Tests by group, who makes them and who reads them."),
        (DECIDES, Said("equality_groups"), Began(("cv-screening", "scheduling", "anomaly-scoring"))),
    ),
    Duty(
        "access", Area.EQUALITY, _l("Can a disabled colleague use it, or do the job without it?"),
        OURS, Certainty.DEFAULT,
        _l("A trial with the keyboard alone and with a screen reader, by somebody who uses one."),
        (Said("disability_access"),),
    ),
    Duty(
        "charter", Area.WORKS_RULES, _l("Does a rule of the charter bind people under pain of a sanction?"),
        OURS, Certainty.DEFAULT,
        _l("How rules of discipline come about where you are; or mark the rule as a recommendation."),
        (Sanctions(),), not_in=FRANCE,
    ),
    Duty(
        "health", Area.HEALTH,
        _l("What does it do to workload, pace and mental strain, and who looked into it?"),
        OURS, Certainty.DEFAULT, _l("What those in charge of prevention say, in writing."),
        (Said("effect_health_safety"),), not_in=FRANCE,
    ),
)  # fmt: skip
