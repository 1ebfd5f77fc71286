"""Questions from French labour law."""

from __future__ import annotations

from consult.core.i18n import _l
from consult.notices.duties.everywhere import OURS
from consult.notices.duties.kinds import (
    CHANGES_TERMS,
    DECIDES,
    FRANCE,
    PERSONAL,
    WATCHES,
    Always,
    Answered,
    Area,
    Began,
    Certainty,
    Dated,
    Duty,
    Said,
    Sanctions,
)
from consult.notices.rules import MilestoneKind

IN_FRANCE: tuple[Duty, ...] = (
    Duty(
        "fr_recruitment", Area.INFORM, _l("Does it help to choose applicants, from inside or from outside?"),
        _l("L2312-38, first limb; L1221-9"), Certainty.VERIFIED,
        _l("Information of the CSE before it is used, and what each applicant is told beforehand."),
        (DECIDES, Began(("cv-screening",))), FRANCE,
    ),
    Duty(
        "fr_hr_processing", Area.INFORM,
        _l("Does it manage staff automatically: leave, schedules, pay, training, assignments?"),
        _l("L2312-38, second limb"), Certainty.VERIFIED,
        _l("Information of the CSE before it is introduced, and at each change: a point of its own, without "
           "an opinion."),
        (PERSONAL, DECIDES, Began(("scheduling", "hr-chatbot"))), FRANCE,
    ),
    Duty(
        "fr_individual", Area.INFORM,
        _l("Will each employee know beforehand what is collected about them, and how they are evaluated?"),
        _l("L1222-3, L1222-4"), Certainty.VERIFIED,
        _l("What each person receives, and on which day. This holds whatever the headcount."),
        (PERSONAL, WATCHES), FRANCE,
    ),
    Duty(
        "fr_new_technology", Area.CONSULT,
        _l("Is the project settled enough to consult on, and is it a new technology, or an important change "
           "to health, safety or working conditions?"),
        _l("L2312-8, II, 4°; L2312-14"), Certainty.VERIFIED,
        _l("The law leaves it open and judges differ: write what you think, and why. Where decisions come "
           "in stages, put the question again at each stage."),
        (Always(), CHANGES_TERMS), FRANCE,
    ),
    Duty(
        "fr_pilot", Area.CONSULT, _l("Will employees use the pilot before the opinion is given?"),
        _l("TJ Nanterre, interim order, 14 February 2025, no. 24/01457"), Certainty.PARAPHRASED,
        _l("The day of the pilot beside the last day of the consultation. A pilot that staff used, even in "
           "part, was held to be a first implementation."),
        (
            Dated(MilestoneKind.PILOT, _l("The project has a pilot.")),
            Answered("phase", ("pilot",)),
        ),
        FRANCE,
    ),
    Duty(
        "fr_update", Area.CONSULT, _l("Does the update change something for employees?"),
        _l("TJ Paris, interim order, 2 September 2025, no. 25/53278"), Certainty.PARAPHRASED,
        _l("A new function, new data, a wider scope, another role in decisions."),
        (Answered("phase", ("update",)),), FRANCE,
    ),
    Duty(
        "fr_monitoring", Area.CONSULT,
        _l("Can it serve to monitor activity, and would the CSE be informed and consulted before the "
           "decision?"),
        _l("L2312-38, third limb; L2312-37"), Certainty.VERIFIED,
        _l("Logs and statistics, who can read them, what the contract says of them; then the point on the "
           "agenda."),
        (WATCHES, Began(("activity-monitoring", "anomaly-scoring", "code-assistant", "writing-assistant"))),
        FRANCE,
    ),
    Duty(
        "fr_environment", Area.CONSULT, _l("What are its environmental consequences, and does the file say?"),
        _l("L2312-8, III"), Certainty.VERIFIED,
        _l("What the supplier measures; else, an unknown with a date."),
        (Said("environment"),), FRANCE,
    ),
    Duty(
        "fr_adaptation_plan", Area.CONSULT,
        _l("Does an agreement in the company ask for an adaptation plan, or for a method?"),
        OURS, Certainty.DEFAULT,
        _l("Agreements in force. The law no longer lists such a plan; some agreements kept it."),
        (CHANGES_TERMS,), FRANCE,
    ),
    Duty(
        "fr_proportion", Area.DATA, _l("Is what it collects in proportion to its aim?"),
        _l("L1121-1"), Certainty.GENERAL, _l("What could be left out without losing the aim."),
        (WATCHES, Began(("call-summary",))), FRANCE,
    ),
    Duty(
        "fr_works_rules", Area.WORKS_RULES,
        _l("Does a rule of the charter, through what a breach may cost, add to the works rules?"),
        _l("L1321-5, L1321-4"), Certainty.VERIFIED,
        _l("If so: opinion of the CSE, labour inspectorate, filing and publicity. If not, mark the rule as "
           "a recommendation."),
        (Sanctions(),), FRANCE,
    ),
    Duty(
        "fr_risk_assessment", Area.HEALTH,
        _l("Does the risk assessment document (DUERP) take it into account?"),
        _l("R4121-2, read in its wording until March 2022"), Certainty.GENERAL,
        _l("Workload, pace, isolation, and how it feels to be watched; the occupational doctor’s view."),
        (Said("effect_health_safety"), CHANGES_TERMS, WATCHES), FRANCE,
    ),
    Duty(
        "fr_language", Area.LANGUAGES,
        _l("Are its rules, and what people need to know for their work, in French?"),
        _l("L1321-6"), Certainty.VERIFIED, _l("Screens, instructions and training included."),
        (Always(), Began(("translation",))), FRANCE,
    ),
)  # fmt: skip
