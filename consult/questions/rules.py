"""Kinds of questions, and where one stands."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from consult.core.errors import Refused


class QuestionKind(StrEnum):
    QUESTION = "question"
    INFORMATION = "information"
    """A request for a document or a figure the body needs to give its opinion (L2312-15)."""


class QuestionState(StrEnum):
    WAITS = "waits"
    PAST = "past"
    """Past the date proposed for the answer."""
    DECLARED = "declared"
    """The body declared that it was not answered."""
    ANSWERED = "answered"


def state_of(*, has_answer: bool, is_declared: bool, expected_on: date | None, on: date) -> QuestionState:
    """An answer given late counts as an answer; that it was declared unanswered stays visible."""
    if has_answer:
        return QuestionState.ANSWERED
    if is_declared:
        return QuestionState.DECLARED
    is_past = expected_on is not None and on > expected_on
    return QuestionState.PAST if is_past else QuestionState.WAITS


class NotUnanswered(Refused):
    """The question has an answer, or was declared unanswered already."""
