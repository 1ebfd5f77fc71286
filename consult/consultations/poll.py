"""The questions a body may put in a poll, in both languages, and the poll it decides on.

Content that both sides can live with: a use, a feeling, a need, two effects; nothing that judges a person,
and always the possibility not to answer (the page adds it)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from consult.anonymity.counting import GROUPS_FROM, may_split
from consult.core.localized import Localized
from consult.notices.models import Revision
from consult.people.models import Establishment
from consult.voices.poll import Group, Poll, Question

MOST_OWN: Final = 3
MOST_EMPLOYERS: Final = 2
FEWEST_OPTIONS, MOST_OPTIONS = 2, 5


def _both(fr: str, en: str) -> Localized:
    return Localized.of(fr=fr, en=en)


_NOT_YET = _both("Je ne sais pas encore", "I do not know yet")

STANDARD: Final = (
    Question(
        "use",
        _both(
            "Vous servez-vous de ce système, ou d’un système du même genre, dans votre travail\u202f?",
            "Do you use this system, or one like it, in your work?",
        ),
        (
            _both("Tous les jours ou presque", "Every day or nearly"),
            _both("De temps en temps", "From time to time"),
            _both("J’ai essayé, sans continuer", "I tried, and did not go on"),
            _both("Jamais", "Never"),
        ),
    ),
    Question(
        "ease",
        _both(
            "Vous sentez-vous à l’aise avec ce système, ou avec l’idée de travailler avec lui\u202f?",
            "Do you feel at ease with this system, or with the idea of working with it?",
        ),
        (
            _both("Tout à fait", "Entirely"),
            _both("Plutôt oui", "Rather yes"),
            _both("Plutôt non", "Rather not"),
            _both("Pas du tout", "Not at all"),
        ),
    ),
    Question(
        "help",
        _both("Quelle aide vous serait la plus utile\u202f?", "Which help would be of most use to you?"),
        (
            _both("Une formation", "Training"),
            _both("Du temps pour apprendre", "Time to learn"),
            _both("L’appui de collègues", "Support from colleagues"),
            _both("Des règles plus claires", "Clearer rules"),
            _both("Aucune", "None"),
        ),
    ),
    Question(
        "workload",
        _both(
            "Quel est l’effet de ce système, actuel ou attendu, sur votre charge de travail\u202f?",
            "What is the effect of this system, now or expected, on your workload?",
        ),
        (
            _both("Elle diminue", "It goes down"),
            _both("Elle ne change pas", "It does not change"),
            _both("Elle augmente", "It goes up"),
            _NOT_YET,
        ),
    ),
    Question(
        "quality",
        _both(
            "Quel est l’effet de ce système, actuel ou attendu, sur la qualité de votre travail\u202f?",
            "What is the effect of this system, now or expected, on the quality of your work?",
        ),
        (
            _both("Elle s’améliore", "It improves"),
            _both("Elle ne change pas", "It does not change"),
            _both("Elle se dégrade", "It gets worse"),
            _NOT_YET,
        ),
    ),
)
BY_ID: Final = {one.id: one for one in STANDARD}


class Counted(StrEnum):
    """How answers are published, chosen at opening: each enters one number."""

    TOGETHER = "together"
    BY_GROUP = "groups"
    BY_SITE = "sites"


@dataclass(frozen=True, slots=True)
class Typed:
    """A question that somebody wrote, with its options in their order."""

    text: Localized
    options: tuple[Localized, ...]


def groups_offered(
    revision: Revision | None, sites: Iterable[Establishment], headcount: int
) -> dict[Counted, tuple[Group, ...]]:
    """By what answers could be published beside "together": the groups of the notice, the sites. Only groups
    of twenty people at least, where there are two; nobody is asked for a smaller one."""
    if not may_split(headcount):
        return {}
    named = [(one.name, one.headcount or 0) for one in revision.groups] if revision is not None else []
    found = {
        Counted.BY_GROUP: _groups(named),
        Counted.BY_SITE: _groups([(_both(one.name, one.name), one.headcount) for one in sites]),
    }
    return {kind: groups for kind, groups in found.items() if len(groups) > 1}


def _groups(named: Sequence[tuple[Localized, int]]) -> tuple[Group, ...]:
    large = [(name, number) for name, number in named if number >= GROUPS_FROM]
    return tuple(Group(f"g{at}", name, number) for at, (name, number) in enumerate(large, start=1))


def decided(
    standard: Iterable[str],
    own: Sequence[Typed],
    employers: Sequence[Typed],
    *,
    counted: str,
    offered: Mapping[Counted, tuple[Group, ...]],
    headcount: int,
) -> Poll | None:
    """The poll from what was ticked and typed; None where no question was chosen."""
    ticked = set(standard)
    questions = (
        *(one for one in STANDARD if one.id in ticked),
        *(Question(f"own-{at}", one.text, one.options) for at, one in enumerate(own, start=1)),
        *(
            Question(f"employer-{at}", one.text, one.options, is_employers=True)
            for at, one in enumerate(employers, start=1)
        ),
    )
    if not questions:
        return None
    groups = offered.get(Counted(counted), ()) if counted in set(Counted) else ()
    return Poll(questions, groups, bool(groups), headcount)
