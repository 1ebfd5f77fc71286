"""What reading pages decide without a database: where a reader may be sent, and the stages of a notice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from consult.consultations.rules import Stage
from consult.notices.rules import MilestoneKind

_SAFE = re.compile(r"/(?:speak/)?(?:fr|en)(?:/[A-Za-z0-9._~-]+)*/?(?:\?[A-Za-z0-9._~=&-]*)?")
MAX_ADDRESS = 500
WITHDRAWN = "withdrawn"
LISTED_STAGES = (*(str(one) for one in Stage), WITHDRAWN)
"""What the list of notices can be filtered by."""


def safe_next(address: str) -> str:
    """The address of a page of the reading or anonymous side, or empty: nobody is ever led elsewhere."""
    if len(address) > MAX_ADDRESS or "/.." in address or not _SAFE.fullmatch(address):
        return ""
    return address


class Progress(StrEnum):
    DONE = "done"
    NOW = "now"
    NEXT = "next"


class StepKind(StrEnum):
    """The stages a reader sees, in order; milestones follow by date."""

    PUBLISHED = "published"
    CONSULTATION = "consultation"
    RESPONSE = "response"
    PILOT = "pilot"
    ROLL_OUT = "roll_out"
    REVIEW = "review"


_OF_MILESTONE = {
    MilestoneKind.PILOT: StepKind.PILOT,
    MilestoneKind.ROLL_OUT: StepKind.ROLL_OUT,
    MilestoneKind.REVIEW: StepKind.REVIEW,
}
_OPINION_AWAITED = {Stage.WITH_BODY, Stage.LISTENING, Stage.AWAITING_OPINION}


@dataclass(frozen=True, slots=True)
class Step:
    """``day``: when it happened, or by when it should; None where nobody can say yet."""

    kind: StepKind
    progress: Progress
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Milestones:
    """First day of each kind, as the notice gives them."""

    days: dict[StepKind, date]

    @classmethod
    def of(cls, given: Iterable[tuple[MilestoneKind, date]]) -> Milestones:
        days: dict[StepKind, date] = {}
        for kind, day in given:
            step = _OF_MILESTONE.get(kind)
            if step is not None:
                days[step] = min(day, days.get(step, day))
        return cls(days)


def steps(
    *,
    published_on: date | None,
    stage: Stage | None,
    opinion_on: date | None,
    response_on: date | None,
    limit: date | None,
    milestones: Milestones,
    on: date,
    has_opinion: bool = True,
) -> list[Step]:
    """The stages of a notice. One of them is *now*: the first that is not done. A milestone counts as done
    once its day has passed, since the notice says so; without a consultation there is none to show, and no
    response where the procedure knows no opinion (``has_opinion``)."""
    plain: list[tuple[StepKind, bool, date | None]] = [
        (StepKind.PUBLISHED, published_on is not None, published_on)
    ]
    if stage is not None:
        plain.append((StepKind.CONSULTATION, stage not in _OPINION_AWAITED, opinion_on or limit))
        if has_opinion or response_on is not None:
            plain.append((StepKind.RESPONSE, response_on is not None, response_on))
    for kind, day in sorted(milestones.days.items(), key=lambda item: item[1]):
        plain.append((kind, day <= on, day))
    return _with_now(plain)


def _with_now(plain: Sequence[tuple[StepKind, bool, date | None]]) -> list[Step]:
    now = next((at for at, (_kind, is_done, _day) in enumerate(plain) if not is_done), None)
    return [
        Step(kind, Progress.DONE if is_done else Progress.NOW if at == now else Progress.NEXT, day)
        for at, (kind, is_done, day) in enumerate(plain)
    ]
