"""What an impact notice says in prose: one declaration per field, as data. Form, page, comparison, parity,
import, export and documents loop over the same tuples. Sentences of the two-minute page are `SUMMARY`."""

from __future__ import annotations

from consult.core.i18n import _l
from consult.notices.fields.kinds import Choice, Field, Kind, Section, Sentence
from consult.notices.rules import ATTACHMENTS, EMOTION, REQUIRED_FIELDS

YES, NO, NOT_KNOWN = Choice("yes", _l("Yes")), Choice("no", _l("No")), Choice("unknown", _l("Not known yet"))

SUMMARY: tuple[Sentence, ...] = (
    Sentence("what", _l("What?"), _l("What the system will be used for, by its name.")),
    Sentence("who", _l("Who?"), _l("Which jobs, at which sites, and about how many people.")),
    Sentence(
        "when",
        _l("When?"),
        _l("The pilot, the planned use, and the date or step before which nothing is decided."),
    ),
    Sentence("change", _l("What changes for you"), _l("On an ordinary day, in one sentence.")),
    Sentence("limits", _l("What the tool will not do"), _l("What is ruled out, in one sentence.")),
    Sentence("decides", _l("Who decides?"), _l("Which person, with what power to say no.")),
    Sentence(
        "unknown",
        _l("What we do not know yet"),
        _l("One sentence, with the date on which you will answer."),
    ),
)

_FR, _BE, _CA, _EU = "fr-cse", "be-cct39", "ca-labour-code-technological-change", "eu-ai-act-26-7"
S, L = Section, Kind.LINE

FIELDS: tuple[Field, ...] = (
    # ── the system ──
    Field(
        "system_name", S.SYSTEM, _l("System name and version"),
        _l("In plain words, as people will call it."), L,
    ),
    Field("notice_ref_version", S.SYSTEM, _l("Notice reference and version"), kind=L),
    Field(
        "owner_team", S.SYSTEM, _l("Accountable owner and team"),
        _l("Who answers for it, by their function."), L
    ),
    Field("supplier", S.SYSTEM, _l("Supplier, role, procurement route"), kind=L),
    Field(
        "nature", S.SYSTEM, _l("Nature of the technology"),
        _l("What kind of system it is, in words a colleague would use."),
        law=("L2312-8",), required_for=(_FR, _BE, _CA),
    ),
    Field(
        "detailed_description", S.SYSTEM, _l("Detailed description"),
        _l("How it works, for those who want to know more."),
    ),
    Field("capabilities", S.SYSTEM, _l("Capabilities"), _l("Recognise, generate, score, predict, sort…")),
    Field(
        "phase", S.SYSTEM, _l("Phase"),
        _l("A pilot that employees use counts as implementation."), L,
        choices=(
            Choice("design", _l("Design")), Choice("pilot", _l("Pilot")), Choice("roll_out", _l("Roll-out")),
            Choice("update", _l("Update")),
        ),
    ),
    Field(
        "risk_class", S.SYSTEM, _l("Risk class"),
        _l("What you think it is under the AI Act, and why."), L,
        choices=(
            Choice("prohibited", _l("Prohibited practice")), Choice("high", _l("High-risk")),
            Choice("limited", _l("Transparency duties")),
            Choice("other", _l("Neither prohibited nor high-risk")), NOT_KNOWN,
        ),
    ),
    Field(
        "impact_level", S.SYSTEM, _l("Impact level I–IV"),
        _l("Where an algorithmic impact assessment was made."), L,
    ),
    # ── why ──
    Field(
        "intended_purpose", S.REASONS, _l("Intended purpose"), _l("What is it meant to do, and for whom?")
    ),
    Field(
        "excluded_uses", S.REASONS, _l("Excluded uses"), _l("What must it not be used for? One line each."),
    ),
    Field(
        "rationale", S.REASONS, _l("Economic, financial or technical reasons"), required_for=(_BE, _CA)
    ),
    Field(
        "alternatives", S.REASONS, _l("Non-automated alternatives considered"),
        _l("And why they were set aside."),
    ),
    Field("not_deploying", S.REASONS, _l("Consequence of not deploying")),
    Field(
        "expected_benefits", S.REASONS, _l("Expected benefits and indicators"),
        _l("How will one see, in a year, whether it was worth it?"),
    ),
    Field(
        "collective_goal", S.REASONS, _l("Collective goal"),
        _l("One goal for everyone, whatever their pace with the tool."),
    ),
    # ── who is concerned ──
    Field("sites", S.PEOPLE, _l("Establishments and departments")),
    Field(
        "affected_count", S.PEOPLE, _l("Number and type of employees affected"),
        law=("L2312-8",), required_for=(_FR, _BE, _CA),
    ),
    Field("period_frequency", S.PEOPLE, _l("Period and frequency of use")),
    # ── what changes in the work ──
    Field(
        "effect_work_content", S.WORK, _l("Content, organisation, workload and pace"),
        _l("What the person will do differently on an ordinary day. More, less, otherwise?"),
        law=("L2312-8",), required_for=(_FR, _BE),
    ),
    Field(
        "human_contribution", S.WORK, _l("Human contribution and reasoned use in evaluation"),
        _l("How human contribution and reasoned use of AI are recognised."),
    ),
    Field("role_paths", S.WORK, _l("Roles created or changed, how to reach them")),
    Field(
        "training_plan", S.WORK, _l("Training and AI literacy"),
        _l("What people will learn, with whom, on whose time."),
    ),
    Field(
        "dialogue_steps", S.WORK, _l("Steps of the social dialogue"),
        _l("With whom, when, on which figures."),
    ),
    Field("effect_autonomy_skills", S.WORK, _l("Autonomy, qualifications, skills")),
    Field("effect_pay_evaluation", S.WORK, _l("Pay, evaluation, career")),
    Field(
        "effect_terms", S.WORK, _l("Effect on terms and security of employment"),
        _l("Does it change working conditions? The law leaves it open: say what you think, and why."),
        law=("L2312-8",), required_for=(_FR, _BE, _CA),
        choices=(
            Choice("yes", _l("It changes working conditions")),
            Choice("no", _l("It does not change working conditions")), NOT_KNOWN,
        ),
    ),
    Field("effect_headcount", S.WORK, _l("Effect on headcount and roles"), required_for=(_BE,)),
    Field(
        "effect_health_safety", S.WORK,
        _l("Health, safety, psychosocial risk"), law=("L2312-8",), required_for=(_FR, _BE),
    ),
    Field(
        "monitoring", S.WORK, _l("Can it monitor activity?"),
        _l("Even if that is not the aim: yes, no, or not known. Say what is recorded, and who can see it."),
        law=("L2312-38",), required_for=(_FR,), choices=(YES, NO, NOT_KNOWN),
    ),
    Field("equality_groups", S.WORK, _l("Equality and vulnerable groups")),
    Field("disability_access", S.WORK, _l("Barriers for disabled people, accessibility")),
    Field("environment", S.WORK, _l("Environmental consequences"), law=("L2312-8",), required_for=(_FR,)),
    # ── data and decisions ──
    Field(
        "data_inputs", S.DATA, _l("Data, sources, collection"),
        _l("Which data it uses, where they come from, how long they are kept. Is any of it personal?"),
        choices=(
            Choice("yes", _l("Personal data among them")), Choice("no", _l("No personal data")), NOT_KNOWN,
        ),
    ),
    Field("data_recipients", S.DATA, _l("Recipients and transfers")),
    Field("retention", S.DATA, _l("Retention periods")),
    Field("no_reuse_commitment", S.DATA, _l("Commitment not to reuse data")),
    Field("logs", S.DATA, _l("Logs"), _l("At least six months for a high-risk system.")),
    Field(
        "decision_role", S.DATA, _l("Role in decisions"),
        _l("Does it take or prepare decisions about people? In part, or wholly?"),
        choices=(
            Choice("none", _l("No part in decisions about people")),
            Choice("prepares", _l("It prepares decisions about people")),
            Choice("takes", _l("It takes decisions about people")), NOT_KNOWN,
        ),
    ),
    Field(
        EMOTION, S.DATA, _l("Inference of emotions"),
        _l("Does it infer what employees feel, from their face, voice, typing or anything else about their "
           "body? For medical or safety reasons only, the AI Act allows it (Article 5)."),
        law=("AI Act, Art 5(1)(f)",),
        choices=(
            NO, Choice("medical", _l("Yes, for medical reasons")), Choice("safety", _l("Yes, for safety")),
            Choice("yes", _l("Yes, for other reasons"), blocks=_l(
                "A system that infers employees’ emotions at work without a medical or safety reason is a "
                "prohibited practice (AI Act, Article 5(1)(f)): this notice cannot be published."
            )),
            NOT_KNOWN,
        ),
    ),
    Field("decision_types", S.DATA, _l("Decisions taken or supported")),
    Field("main_parameters", S.DATA, _l("Main parameters and weight")),
    Field("explainability", S.DATA, _l("Explainability and trade secret")),
    Field("learning", S.DATA, _l("Learning or drift in use")),
    Field("bias_tests", S.DATA, _l("Bias and performance tests by group")),
    Field(
        "dpia_status", S.DATA, _l("Data protection impact assessment: status, views of representatives"),
        law=("GDPR, Art 35",),
        choices=(
            Choice("done", _l("Assessment made")), Choice("under_way", _l("Assessment under way")),
            Choice("none", _l("Assessment not made")), NOT_KNOWN,
        ),
    ),
    # ── oversight and recourse ──
    Field(
        "human_oversight", S.OVERSIGHT, _l("Human oversight"),
        _l("Who, with what skills and what power to stop it."), required_for=(_EU,),
    ),
    Field("fallback", S.OVERSIGHT, _l("Fallback if unavailable")),
    Field("recourse", S.OVERSIGHT, _l("Recourse, explanation, human review")),
    Field(
        "mitigation", S.OVERSIGHT, _l("Mitigation and social measures"),
        _l("What is done for everyone; measures for one group stand beside that group."),
    ),
    Field("incident_channel", S.OVERSIGHT, _l("Incident reporting, suspension")),
    # ── the charter of use, what is not known yet: tables alone ──
    # ── the timetable ──
    Field(
        "timetable", S.TIMETABLE,
        _l("Timetable and stages"), law=("L2312-8",), required_for=(_FR, _BE, _CA),
    ),
    Field("procedure_deadlines", S.TIMETABLE, _l("Applicable procedure and deadlines")),
    Field("expert_right", S.TIMETABLE, _l("Right to an expert and funding")),
    # ── follow-up ──
    Field(
        "review_clause", S.FOLLOW_UP, _l("Review clause, follow-up indicators"),
        _l("When will it be re-examined, by whom, on what?"),
    ),
    Field("consulted_parties", S.FOLLOW_UP, _l("Parties consulted, and at which stage")),
    Field("concerns_raised", S.FOLLOW_UP, _l("Concerns raised and how handled")),
    Field(
        "managers_say", S.FOLLOW_UP, _l("For managers: what to say"),
        _l("What a manager tells the team about it, in a few sentences."),
    ),
    Field(
        "managers_not_ask", S.FOLLOW_UP, _l("For managers: what not to ask"),
        _l("Who uses it, who wrote, who agrees: what a manager leaves alone."),
    ),
    Field(
        ATTACHMENTS, S.FOLLOW_UP, _l("Documents attached"),
        _l("Impact assessment, instructions for use… and what is missing. “None yet” is an answer."),
    ),
    Field(
        "contact_point", S.FOLLOW_UP, _l("Contact for questions"),
        _l("A name and an address that answer."), L,
    ),
)  # fmt: skip
"""``named_first_affected`` of the reference list is left out: it names people, and employees read this."""

BY_KEY: dict[str, Field] = {one.key: one for one in FIELDS}
SENTENCES: dict[str, Sentence] = {one.key: one for one in SUMMARY}


def of_section(section: Section) -> tuple[Field, ...]:
    """The fields of one section, in order."""
    if section is Section.SHORT:
        return tuple(one for one in FIELDS if one.key in REQUIRED_FIELDS)
    return tuple(one for one in FIELDS if one.section is section)
