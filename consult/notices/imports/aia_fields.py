"""Which answer of an Algorithmic Impact Assessment goes into which field of a notice.

The same name can mean another question in another version (``riskProfile4`` was about staff up to
v0.10, about persons with disabilities from v1.0). Such a rule names a word that the English
question must hold, so that a version nobody has seen yet leaves its answer under other answers
instead of in a wrong field. ``#`` in a name stands for ``Design`` and ``Implementation``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from consult.core.localized import Localized
from consult.notices.imports.questionnaire import Question

TITLE = "projectDetailsTitle"
PHASE = "projectDetailsPhase"
LEVEL_FIELD = "impact_level"


@dataclass(frozen=True, slots=True)
class Rule:
    """``names`` go to ``field``; ``bare`` without their question, where the field itself asks it."""

    field: str
    names: str
    says: str = ""
    bare: bool = False

    def expanded(self) -> Iterator[str]:
        for name in self.names.split():
            if "#" in name:
                yield name.replace("#", "Design")
                yield name.replace("#", "Implementation")
            else:
                yield name


RULES: tuple[Rule, ...] = (
    Rule("system_name", TITLE, bare=True),
    Rule("notice_ref_version", "projectAIAnumber"),
    Rule(
        "owner_team",
        "projectDetailsRespondent projectDetailsJob ADMresponsible projectDetailsDepartment-NS "
        "projectDetailsBranch aboutSystem6 aboutSystem7",
    ),
    Rule("owner_team", "dataQuality#7", says="accountability"),
    Rule("detailed_description", "projectDetailsDescription", bare=True),
    Rule("detailed_description", "impact21"),
    Rule("phase", PHASE, bare=True),
    Rule(
        "supplier",
        "aboutSystem3 aboutSystem3A aboutSystem3B aboutSystem3C aboutSystem4 aboutSystem4A "
        "aboutSystem4B aboutSystem4C aboutSystem5 aboutSystem5A aboutSystem5B aboutSystem5C",
    ),
    Rule("nature", "aboutAlgorithm3 aboutAlgorithm4 aboutAlgorithm5 aboutAlgorithm6 aboutAlgorithm7"),
    Rule("capabilities", "aboutSystem1 aboutSystem2"),
    Rule("rationale", "businessDrivers1 motivation-other businessDrivers8"),
    Rule("intended_purpose", "businessDrivers3 businessDrivers7"),
    Rule("alternatives", "businessDrivers9 businessDrivers10"),
    Rule("not_deploying", "businessDrivers11 businessDrivers12"),
    Rule(
        "expected_benefits",
        "businessDrivers4 businessDrivers5 businessDrivers5B businessDrivers6 businessDrivers6A "
        "businessDrivers6B businessDrivers6C businessDrivers6D",
    ),
    Rule("excluded_uses", "riskProfile3 riskProfile3A", says="should not be applied"),
    Rule("effect_headcount", "riskProfile4 impact4A", says="staff"),
    Rule("equality_groups", "riskProfile2 riskProfile2A", says="equity"),
    Rule("equality_groups", "riskProfile2", says="vulnerable"),
    Rule("equality_groups", "aboutAlgorithm9 aboutAlgorithm9A aboutAlgorithm11"),
    Rule("equality_groups", "aboutAlgorithm11A aboutAlgorithm11B"),
    Rule("equality_groups", "impact23 impact23Y impact23N", says="groups of clients"),
    Rule("equality_groups", "impact24 impact25"),
    Rule("equality_groups", "dataQuality#5 dataQuality#6", says="gender"),
    Rule("equality_groups", "dataQuality#6A dataQuality#7 dataQuality#7A", says="gba"),
    Rule("disability_access", "riskProfile4 riskProfile4B riskProfile5 riskProfile6", says="barriers"),
    Rule("disability_access", "aboutSystem8 aboutSystem8A impact19I impact19IY impact19IN"),
    Rule("environment", "aboutSystem11 aboutSystem12", says="system"),
    Rule("environment", "impact15 impact16", says="environment"),
    Rule("decision_role", "impact1 impact2 impact3 impact3A impact22 impact22A impact30 impact31"),
    Rule("decision_role", "impact23", says="function"),
    Rule("decision_types", "decisionSector1 decisionSector2 decisionSector3 impact4"),
    Rule("main_parameters", "impact20"),
    Rule("explainability", "aboutAlgorithm1 aboutAlgorithm2"),
    Rule("explainability", "fairness#10", says="reasons"),
    Rule("learning", "aboutAlgorithm8 aboutAlgorithm8A"),
    Rule("learning", "fairness#23", says="retrain"),
    Rule(
        "data_inputs",
        "aboutDataSource1 aboutDataSource2 aboutDataSource2A aboutDataSource3 aboutDataSource4 "
        "aboutDataSource5 aboutDataSource6 aboutDataSource7 aboutDataSource8 aboutDataSource9 "
        "aboutDataSource10 aboutDataSource11 aboutDataSource12 aboutDataSource13 aboutDataSource17 "
        "aboutDataSource17Y aboutDataSource17N aboutDataSource17U aboutDataType1 aboutDataType2 "
        "aboutDataSourceType1 aboutDataSourceType2 aboutDataSourceType3 aboutDataSourceType3A",
    ),
    Rule("data_recipients", "aboutDataSource14 aboutDataSource14A privacy#4"),
    Rule(
        "bias_tests",
        "aboutDataSource15 aboutDataSource15Y aboutDataSource15N aboutDataSource15U aboutDataSource16 "
        "aboutDataSource16Y aboutDataSource16N aboutDataSource16U impact18 impact18A impact18B impact18C",
    ),
    Rule("bias_tests", "dataQuality#1 dataQuality#2 dataQuality#11", says="bias"),
    Rule("bias_tests", "fairness#18 fairness#18A"),
    Rule(
        "logs",
        "fairness#1 fairness#2 fairness#3 fairness#5 fairness#6 fairness#7 fairness#8 fairness#9 fairness#16",
        says="audit trail",
    ),
    Rule("logs", "fairness#3 fairness#5", says="log"),
    Rule("logs", "fairness#1A fairness#4", says="decision points"),
    Rule("logs", "fairness#4 fairness#15", says="overrides"),
    Rule("human_oversight", "fairness#14", says="human override"),
    Rule("human_oversight", "fairness#22", says="decision-maker"),
    Rule("training_plan", "fairness#22A", says="training"),
    Rule("recourse", "fairness#13 fairness#13A"),
    Rule("fallback", "aboutSystem9"),
    Rule("mitigation", "fairness#21 fairness#21A privacy#2 privacy#2A privacy#9 privacy#9A"),
    Rule("mitigation", "privacy#7 privacy#8"),
    Rule("dpia_status", "privacy#1 privacy#5 privacy#6"),
    Rule("review_clause", "fairness#12 fairness#12A fairness#12B", says="feedback"),
    Rule("review_clause", "fairness#24 fairness#24A fairness#24AA fairness#24B"),
    Rule(
        "consulted_parties",
        "consultedTeams consultation#1 consultation#2 consultation#2-NS consultation#2-other "
        "consultation#3 consultation#4 consultation#4-NS consultation#4-other consultation#5 "
        "consultation#6 consultation#6A consultation#6B consultation#7 consultation#7A consultation#7B",
    ),
    Rule("concerns_raised", "riskProfile8 riskProfile8A consultation#8 consultation#8A consultation#9"),
)


@dataclass(frozen=True, slots=True)
class Closed:
    """The closed answer of ``field`` that the choices ``says`` of a question stand for, by their English
    words. ``asks``: a word of the question, as in `Rule`."""

    field: str
    names: str
    asks: str
    says: Mapping[str, str]


_YES_NO = {"yes": "yes", "no": "no"}
CLOSED: tuple[Closed, ...] = (
    Closed("phase", PHASE, "phase", {"design": "design", "implementation": "roll_out"}),
    Closed("data_inputs", "aboutDataSource1", "personal information as input", _YES_NO),
    Closed("decision_role", "impact1", "only be used to assist", {"yes": "prepares"}),
    Closed("decision_role", "impact2", "replacing a decision that would otherwise be made", {"yes": "takes"}),
    Closed(
        "decision_role", "impact30", "type of automation",
        {"full automation": "takes", "partial automation": "prepares"},
    ),
    Closed("dpia_status", "privacyImplementation1", "have you", {"yes": "done", "no": "none"}),
)  # fmt: skip
"""What the questionnaire asks as plainly as a notice does. In the design phase it asks whether a privacy
assessment is planned, which is none of the answers."""


def closed_answer(question: Question, answer: Localized) -> tuple[str, str] | None:
    """The field and its closed answer, or None where the question leaves it open."""
    asked, said = question.label.shown("en")[0].casefold(), answer.shown("en")[0].casefold()
    for one in CLOSED:
        if question.name == one.names and one.asks in asked:
            for words, value in one.says.items():
                if said == words or said.startswith(f"{words} ("):
                    return one.field, value
    return None


FIELDS = frozenset(rule.field for rule in RULES) | {LEVEL_FIELD}


def _by_name() -> Mapping[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in RULES:
        for name in rule.expanded():
            found[name] = (*found.get(name, ()), rule)
    return found


_BY_NAME = _by_name()


def rule_for(question: Question) -> Rule | None:
    """Where the answer to this question goes, or ``None`` for other answers."""
    asked = question.label.shown("en")[0].casefold()
    return next((rule for rule in _BY_NAME.get(question.name, ()) if rule.says in asked), None)
