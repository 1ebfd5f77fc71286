"""The impact level of an assessment as one paragraph in both languages, in the tool's own terms."""

from __future__ import annotations

from consult.core.localized import Localized
from consult.notices.imports.draft import both
from consult.notices.imports.scoring import Score

ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


def level_in_words(score: Score) -> Localized:
    """Empty when nothing was answered that a level could be computed from."""
    if score.level is None:
        return Localized({}, "en")
    return both(_english(score, ROMAN[score.level]), _french(score, ROMAN[score.level]))


def _english(score: Score, level: str) -> str:
    said = [
        f"Level {level}, on a scale of I to IV.",
        f"Raw impact score: {score.raw} of {score.raw_maximum}.",
        f"Mitigation score: {score.mitigation} of {score.mitigation_maximum}"
        + (", at least 80% of its maximum, which takes 15% off." if score.is_reduced else "."),
        f"Final score: {score.final}.",
    ]
    if score.unanswered == 1:
        said.append("1 question that counts has no answer.")
    elif score.unanswered:
        said.append(f"{score.unanswered} questions that count have no answer.")
    return " ".join(said)


def _french(score: Score, level: str) -> str:
    said = [
        f"Niveau {level}, sur une échelle de I à IV.",
        f"Cote d’incidence brute\u00a0: {score.raw} sur {score.raw_maximum}.",
        f"Cote d’atténuation\u00a0: {score.mitigation} sur {score.mitigation_maximum}"
        + (
            ", soit au moins 80\u00a0% de son maximum, ce qui retranche 15\u00a0%."
            if score.is_reduced
            else "."
        ),
        f"Cote finale\u00a0: {score.final}.",
    ]
    if score.unanswered == 1:
        said.append("1 question qui compte est restée sans réponse.")
    elif score.unanswered:
        said.append(f"{score.unanswered} questions qui comptent sont restées sans réponse.")
    return " ".join(said)
