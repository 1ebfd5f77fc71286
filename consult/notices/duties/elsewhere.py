"""Questions from the law of Belgium, Germany, Luxembourg and Canada."""

from __future__ import annotations

from consult.core.i18n import _l
from consult.notices.duties.kinds import (
    BELGIUM,
    CANADA,
    CHANGES_TERMS,
    DECIDES,
    GERMANY,
    LUXEMBOURG,
    OPEN,
    PERSONAL,
    WATCHES,
    Always,
    Answered,
    Area,
    Certainty,
    Concerned,
    Duty,
    Said,
)

IN_BELGIUM: tuple[Duty, ...] = (
    Duty(
        "be_agreement_39", Area.CONSULT,
        _l("Was an investment decided that has important effects for half of a professional category, and "
           "for ten people at least?"),
        _l("CLA no. 39"), Certainty.VERIFIED,
        _l("Three months before it starts: written information, and concertation with the works council or "
           "with those who stand in for it."),
        (Concerned(10), CHANGES_TERMS), BELGIUM,
    ),
    Duty(
        "be_language", Area.LANGUAGES, _l("Which language do the rules of the place ask for?"),
        _l("Rules on languages, by region"), Certainty.GENERAL,
        _l("An attached text can be the authoritative one."), (Always(),), BELGIUM,
    ),
)  # fmt: skip

IN_GERMANY: tuple[Duty, ...] = (
    Duty(
        "de_planning", Area.CONSULT,
        _l("Was the works council informed in good time, with documents, while its use is still being "
           "planned?"),
        _l("BetrVG, § 90"), Certainty.VERIFIED,
        _l("Early enough for proposals and concerns to count. Where AI has to be assessed, an expert counts "
           "as necessary (§ 80(3))."),
        (Always(), CHANGES_TERMS), GERMANY,
    ),
    Duty(
        "de_monitoring", Area.CONSULT,
        _l("Is it meant to monitor behaviour or performance, or suited to it?"),
        _l("BetrVG, § 87(1) no. 6"), Certainty.VERIFIED,
        _l("Co-determination: without agreement, the conciliation committee decides (§ 87(2)). That being "
           "suited to it is enough is known from case law, not verified here."),
        (WATCHES,), GERMANY,
    ),
    Duty(
        "de_selection", Area.CONSULT,
        _l("Does it take part in drawing up guidelines for choosing people?"),
        _l("BetrVG, § 95(2a)"), Certainty.VERIFIED, _l("Guidelines on hiring, transfer, grading, dismissal."),
        (DECIDES,), GERMANY,
    ),
    Duty(
        "de_language", Area.LANGUAGES, _l("Is there a German text for those who read the notice?"),
        _l("Usage of the country"), Certainty.GENERAL, _l("An attached text can be the authoritative one."),
        (Always(),), GERMANY,
    ),
)  # fmt: skip

IN_LUXEMBOURG: tuple[Duty, ...] = (
    Duty(
        "lu_surveillance", Area.INFORM,
        _l("Would the delegation get detailed information before anything that watches employees?"),
        _l("Labour Code, L.261-1"), Certainty.VERIFIED,
        _l("Purpose, arrangements, retention, and a formal commitment not to reuse the data. Within fifteen "
           "days an opinion of the CNPD may be asked for, which suspends."),
        (WATCHES, PERSONAL), LUXEMBOURG,
    ),
    Duty(
        "lu_decision", Area.CONSULT,
        _l("Is it an important decision on equipment or working methods, with 150 employees or more?"),
        _l("Labour Code, L.414-5"), Certainty.VERIFIED,
        _l("Information and consultation, before the decision."),
        (Always(), CHANGES_TERMS), LUXEMBOURG,
    ),
    Duty(
        "lu_joint_decision", Area.CONSULT,
        _l("Does it monitor behaviour or performance, or bring criteria for selection or appraisal?"),
        _l("Labour Code, L.414-9, L.414-12"), Certainty.VERIFIED,
        _l("From 150 employees, a joint decision: one vote for each side."), (WATCHES, DECIDES), LUXEMBOURG,
    ),
)  # fmt: skip

IN_CANADA: tuple[Duty, ...] = (
    Duty(
        "ca_quebec_decision", Area.INFORM,
        _l("In Quebec: is a decision based exclusively on automated processing?"),
        _l("Law 25, sections 12.1 and 65.2"), Certainty.PARAPHRASED,
        _l("What the person is told, at the latest with the decision, and who can review it."),
        (DECIDES,), CANADA,
    ),
    Duty(
        "ca_labour_code", Area.CONSULT,
        _l("Are you federally regulated, bound by a collective agreement, and does the change touch the "
           "terms or security of employment of a significant number?"),
        _l("Canada Labour Code, sections 51 to 55"), Certainty.VERIFIED,
        _l("Notice to the bargaining agent 120 days before the change; what an agreement excludes. The "
           "Code’s Part I is not for departments."),
        (Always(), CHANGES_TERMS), CANADA,
    ),
    Duty(
        "ca_agreement", Area.CONSULT,
        _l("Does the collective agreement of the group ask for notice of a technological change?"),
        _l("Agreement in force; FPSLRA, section 8"), Certainty.GENERAL,
        _l("Article, days and date of the text in force: an older copy had 180 days, which is not verified."),
        (Always(),), CANADA,
    ),
    Duty(
        "ca_impact_assessment", Area.CONSULT,
        _l("In the federal administration: does it make or support a decision about a person, an employee "
           "included?"),
        _l("Directive on Automated Decision-Making, 5.1"), Certainty.VERIFIED,
        _l("The algorithmic impact assessment and its level; bargaining agents among those consulted."),
        (DECIDES, Answered("risk_class", ("high", "prohibited", "unknown", OPEN))), CANADA,
    ),
    Duty(
        "ca_privacy", Area.DATA,
        _l("Does a privacy impact assessment cover the personal information it uses?"),
        _l("Treasury Board privacy policies; Law 25 in Quebec"), Certainty.GENERAL,
        _l("Its date, and whether it covers employees’ information."), (PERSONAL,), CANADA,
    ),
    Duty(
        "ca_access", Area.EQUALITY,
        _l("Would the pages employees use conform to CAN/ASC EN 301 549?"),
        _l("Accessible Canada Regulations, SOR/2025-255, not in force on 23 July 2026"), Certainty.VERIFIED,
        _l("The supplier’s conformity report, and its date."), (Said("disability_access"),), CANADA,
    ),
    Duty(
        "ca_languages", Area.LANGUAGES, _l("Can it be used in either official language, equally well?"),
        _l("Official Languages Act, section 36(1)"), Certainty.VERIFIED,
        _l("Prescribed regions and widely used systems; the quality of what it writes in French."),
        (Always(),), CANADA,
    ),
    Duty(
        "ca_quebec_language", Area.LANGUAGES, _l("In Quebec: is what is written to staff in French?"),
        _l("Charter of the French language, section 41"), Certainty.PARAPHRASED,
        _l("Another language only beside a French text that is as easy to get."), (Always(),), CANADA,
    ),
)  # fmt: skip
