"""Questions from the law of the European Union: the AI Act as amended in 2026, the GDPR, a directive."""

from __future__ import annotations

from consult.core.i18n import _l
from consult.notices.duties.kinds import (
    CHANGES_TERMS,
    DECIDES,
    EUROPE,
    FRANCE,
    HIGH_RISK,
    OPEN,
    PERSONAL,
    WATCHES,
    Always,
    Answered,
    Area,
    Began,
    Certainty,
    Duty,
)

UNION: tuple[Duty, ...] = (
    Duty(
        "prohibited", Area.DATA, _l("Is it one of the prohibited practices?"),
        _l("AI Act, Article 5"), Certainty.VERIFIED,
        _l("The list of Article 5, with your counsel, before anything else."),
        (Answered("risk_class", ("prohibited", "unknown", OPEN)),), EUROPE,
    ),
    Duty(
        "annex_iii", Area.INFORM,
        _l("Is it used to recruit, to decide on work, pay, promotion or departure, to share out tasks by "
           "behaviour, or to evaluate people?"),
        _l("AI Act, Annex III, point 4; from 2 December 2027"), Certainty.VERIFIED,
        _l("The risk class and why, written in the notice."),
        (HIGH_RISK, DECIDES, WATCHES, Began(("cv-screening", "scheduling", "activity-monitoring"))), EUROPE,
    ),
    Duty(
        "representatives_told", Area.INFORM,
        _l("If it is a high-risk system, will the representatives and the people subject to it be told "
           "before it is used?"),
        _l("AI Act, Article 26(7); from 2 December 2027"), Certainty.VERIFIED,
        _l("When, by whom and how. It is information alone, beside any consultation."),
        (HIGH_RISK, DECIDES, WATCHES), EUROPE,
    ),
    Duty(
        "persons_told", Area.INFORM,
        _l("Will the people about whom it makes or prepares decisions be told so?"),
        _l("AI Act, Article 26(11); from 2 December 2027"), Certainty.VERIFIED,
        _l("Applicants too, where there are some."), (DECIDES,), EUROPE,
    ),
    Duty(
        "transparency", Area.INFORM,
        _l("Will people know that they talk to a machine, or that a text, an image or a voice was made by "
           "one?"),
        _l("AI Act, Article 50"), Certainty.GENERAL, _l("What is shown on the screen, and how it is marked."),
        (
            Answered("risk_class", ("limited", "high", "prohibited", "unknown", OPEN)),
            Began(("hr-chatbot", "image-tools")),
        ),
        EUROPE,
    ),
    Duty(
        "explanation", Area.INFORM,
        _l("Could somebody harmed by a decision get a clear explanation of the part it played?"),
        _l("AI Act, Article 86; from 2 December 2027"), Certainty.VERIFIED,
        _l("Who answers, within which time, with which words."), (DECIDES,), EUROPE,
    ),
    Duty(
        "directive", Area.CONSULT,
        _l("Is it a decision likely to lead to substantial changes in work organisation or in contracts?"),
        _l("Directive 2002/14/EC, Article 4"), Certainty.VERIFIED,
        _l("The national law that carries the directive, and the day by which the representatives have "
           "time to study it."),
        (CHANGES_TERMS,), EUROPE - FRANCE,
    ),
    Duty(
        "dpia", Area.DATA,
        _l("Has somebody looked at whether a data protection impact assessment is called for?"),
        _l("GDPR, Article 35"), Certainty.VERIFIED,
        _l("The list of the data protection authority; the reasoning, kept in writing either way."),
        (PERSONAL, WATCHES, Answered("dpia_status", ("none", "under_way", "unknown"))), EUROPE,
    ),
    Duty(
        "dpia_views", Area.DATA,
        _l("Were the employees or their representatives asked what they think of that processing, or is it "
           "written why not?"),
        _l("GDPR, Article 35(9)"), Certainty.VERIFIED, _l("The page of the assessment that says so."),
        (PERSONAL, Answered("dpia_status", ("done", "under_way"))), EUROPE,
    ),
    Duty(
        "machine_alone", Area.DATA, _l("Is a decision that weighs on somebody made by the machine alone?"),
        _l("GDPR, Article 22"), Certainty.PARAPHRASED,
        _l("What the person does who confirms it, with how much time, and how often they say no."),
        (DECIDES,), EUROPE,
    ),
    Duty(
        "sensitive", Area.DATA,
        _l("Could health, union membership, beliefs or biometric data come in, even by accident?"),
        _l("GDPR, Article 9"), Certainty.GENERAL, _l("Free text, voices, images: what people may put there."),
        (PERSONAL, Began(("hr-chatbot", "call-summary", "image-tools"))), EUROPE,
    ),
    Duty(
        "literacy", Area.LEARNING,
        _l("Who, among those who will use it, is helped to understand what it does, and how?"),
        _l("AI Act, Article 4, as amended in 2026"), Certainty.VERIFIED,
        _l("The learning plan: who, when, on whose time."), (Always(),), EUROPE,
    ),
    Duty(
        "oversight", Area.LEARNING,
        _l("Who oversees it, with what skills, and with what power to stop it?"),
        _l("AI Act, Article 26(2), (5) and (6); from 2 December 2027"), Certainty.VERIFIED,
        _l("The people named; the logs, six months at least for a high-risk system; how an incident is "
           "reported."),
        (HIGH_RISK, DECIDES), EUROPE,
    ),
)  # fmt: skip
