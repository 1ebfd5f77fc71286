"""The scores of an Algorithmic Impact Assessment (Treasury Board of Canada, the tool's own rules).

* The weight of a choice is the number that ends its value: ``item1-3`` has 3 points. A number that
  is the whole value counts as it is (v0.8 has such choices).
* Raw impact is the sum over questions that count ``-RS``, mitigation over ``-MS``.
* The maximum of a question is its heaviest choice; of a checkbox, all its choices together. The
  raw maximum takes every question, also those that an answer hides: the thresholds are fixed per
  version and do not move with what is answered. The mitigation questions stand there twice, once
  for the design and once for the implementation phase, of which one is shown: half of them all.
* A mitigation of at least 80 % of its maximum takes 15 % off the raw score (half up, to a whole
  number).
* Up to 25, 50 and 75 % of the raw maximum: level I, II, III; above: IV.

Answers count whether their question is shown or not, as they do in the tool; the import reports
those that are hidden. What is shown, scored and not answered is counted in ``unanswered``, since a
low level of a half-answered assessment says little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from consult.notices.imports.conditions import Answers, is_answered
from consult.notices.imports.questionnaire import Counts, Question, Questionnaire

_WEIGHT = re.compile(r"-(\d{1,6})$")


@dataclass(frozen=True, slots=True)
class Score:
    """Points, their maxima, and how many scored questions that are shown stay without answer.
    ``mitigation_maximum_twice`` is kept whole since its half may not be."""

    raw: int
    raw_maximum: int
    mitigation: int
    mitigation_maximum_twice: int
    unanswered: int
    answered: int

    @property
    def mitigation_maximum(self) -> int:
        return self.mitigation_maximum_twice // 2

    @property
    def is_reduced(self) -> bool:
        """Whether mitigation is enough for the 15 %: at least 0.8 of half of both phases."""
        whole = self.mitigation_maximum_twice
        return whole > 0 and 10 * self.mitigation >= 4 * whole

    @property
    def final(self) -> int:
        return (85 * self.raw + 50) // 100 if self.is_reduced else self.raw

    @property
    def level(self) -> int | None:
        """1 to 4, or ``None`` when no raw-impact question was answered."""
        if not self.answered or not self.raw_maximum:
            return None
        return 1 + sum(4 * self.final > quarters * self.raw_maximum for quarters in (1, 2, 3))


def weight(value: Any) -> int:
    """The points of one choice."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = _WEIGHT.search(value) if isinstance(value, str) else None
    return int(found[1]) if found else 0


def points(question: Question, answer: Any) -> int:
    """The points of an answer: of a list, all of them together. A bare number counts only where the
    question offers it."""
    if isinstance(answer, list):
        return sum(points(question, one) for one in answer if not isinstance(one, list))
    if isinstance(answer, int) and answer not in question.values:
        return 0
    return weight(answer)


def most(question: Question) -> int:
    """The most points a question can give."""
    weights = [weight(value) for value in question.values]
    return sum(weights) if question.kind == "checkbox" else max(weights, default=0)


def score(questionnaire: Questionnaire, answers: Answers) -> Score:
    """Score answers by question name."""
    scored = [one for one in questionnaire.questions.values() if one.is_scored]
    raw = [one for one in scored if one.counts is Counts.RAW]
    mitigation = [one for one in scored if one.counts is Counts.MITIGATION]
    return Score(
        raw=sum(points(one, answers.get(one.name)) for one in raw),
        raw_maximum=sum(most(one) for one in raw),
        mitigation=sum(points(one, answers.get(one.name)) for one in mitigation),
        mitigation_maximum_twice=sum(most(one) for one in mitigation),
        unanswered=sum(
            one.is_shown(answers) and most(one) > 0 and not is_answered(answers.get(one.name))
            for one in scored
        ),
        answered=sum(is_answered(answers.get(one.name)) for one in raw),
    )
