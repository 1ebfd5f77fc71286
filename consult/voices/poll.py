"""The poll of a letterbox as it was told at opening: closed questions, groups, how it is counted.

It is frozen with everything else that was agreed: nobody adds a question, drops one or changes how it is
counted once people may answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from consult.anonymity import counting
from consult.anonymity.ballots import MAX_OPTIONS, PollBallot, answered
from consult.core.localized import LOCALES, Localized

MOST_QUESTIONS: Final = 10
FEWEST_OPTIONS: Final = 2


@dataclass(frozen=True, slots=True)
class Question:
    """``id``: 1 to 40 letters, digits and hyphens. ``is_employers``: proposed by the employer, taken by the
    body."""

    id: str
    text: Localized
    options: tuple[Localized, ...]
    is_employers: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A group one may say one belongs to, with its headcount at opening."""

    id: str
    name: Localized
    headcount: int


@dataclass(frozen=True, slots=True)
class Poll:
    """``by_group``: published by group, else over all. ``headcount``: people the body stood for at opening.

    Raises `ValueError` on what could not be counted: no question or too many, one id twice, fewer than two
    options or too many, groups where nothing is published by group, or none where it is."""

    questions: tuple[Question, ...]
    groups: tuple[Group, ...] = ()
    by_group: bool = False
    headcount: int = 0

    def __post_init__(self) -> None:
        for things in (self.questions, self.groups):
            ids = [one.id for one in things]
            if len(set(ids)) != len(ids):
                raise ValueError("one id twice")
            for ident in ids:
                PollBallot(ident, None, ident)
        if not 1 <= len(self.questions) <= MOST_QUESTIONS:
            raise ValueError("between one and ten questions")
        if any(not FEWEST_OPTIONS <= len(one.options) <= MAX_OPTIONS for one in self.questions):
            raise ValueError("a question has options to choose from")
        may_split = counting.may_split(self.headcount) and len(self.groups) > 1
        if self.by_group != bool(self.groups) or (self.by_group and not may_split):
            raise ValueError("groups are asked for where there are several and enough people, else never")

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Poll | None:
        """From what a letterbox was told; None where there is no poll."""
        said = told.get("poll")
        if not said:
            return None
        return cls(
            questions=tuple(
                Question(
                    str(one["id"]),
                    _localized(one["question"]),
                    tuple(map(_localized, one["options"])),
                    one.get("asked_by") == "employer",
                )
                for one in said["questions"]
            ),
            groups=tuple(
                Group(str(one["id"]), _localized(one["name"]), int(one.get("headcount", 0)))
                for one in said.get("groups", ())
            ),
            by_group=bool(said.get("by_group")),
            headcount=int(said.get("headcount", 0)),
        )

    def as_told(self) -> dict[str, Any]:
        """As `of` reads it."""
        return {
            "questions": [
                {
                    "id": one.id,
                    "question": _texts(one.text),
                    "options": [_texts(option) for option in one.options],
                    "asked_by": "employer" if one.is_employers else "body",
                }
                for one in self.questions
            ],
            "groups": [
                {"id": one.id, "name": _texts(one.name), "headcount": one.headcount} for one in self.groups
            ],
            "by_group": self.by_group,
            "headcount": self.headcount,
        }

    def question(self, ident: str) -> Question | None:
        return next((one for one in self.questions if one.id == ident), None)

    def ballots(self, answers: Mapping[str, int | None], group: str | None = None) -> tuple[PollBallot, ...]:
        """All ballots of one person: one for each question, whatever was answered."""
        return answered([one.id for one in self.questions], answers, group if self.by_group else None)

    def counted(self, found: Sequence[PollBallot]) -> tuple[counting.Row, ...]:
        """All that may ever be published of these ballots."""
        return counting.publish_poll(
            found,
            [counting.Question(one.id, len(one.options)) for one in self.questions],
            [counting.Group(one.id, one.headcount) for one in self.groups],
            by_group=self.by_group,
            headcount=self.headcount,
        )


def _localized(texts: Mapping[str, str]) -> Localized:
    return Localized.of(fr=texts.get("fr", ""), en=texts.get("en", ""))


def _texts(text: Localized) -> dict[str, str]:
    return {language: text.texts.get(language, "") for language in LOCALES}
