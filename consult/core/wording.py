"""The same sentence with the words of another country. The interface is written once, with the words of
France; what differs elsewhere is a short list of words, each with the small words before it. A test goes
through the whole catalogue and finds none of the words that must not be there."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

Change = tuple[re.Pattern[str], str]


def _change(before: str, after: str) -> Change:
    return re.compile(rf"(?<![\w-])(?<!%\()(?<!{{)(?:{before})(?![\w-])", re.IGNORECASE), after


def _all(*pairs: tuple[str, str]) -> tuple[Change, ...]:
    return tuple(_change(before, after) for before, after in pairs)


_TO_EMPLOYE = _all(
    (r"les?\s+salariés", "les employés"), (r"le\s+salarié", "l’employé"), (r"la\s+salariée", "l’employée"),
    (r"du\s+salarié", "de l’employé"), (r"au\s+salarié", "à l’employé"), (r"ce\s+salarié", "cet employé"),
    (r"de\s+salariés", "d’employés"), (r"de\s+salarié", "d’employé"), (r"que\s+salariés", "qu’employés"),
    ("salariés", "employés"), ("salariées", "employées"), ("salarié", "employé"), ("salariée", "employée"),
)  # fmt: skip
_TO_FONCTIONNAIRE = _all(("salariée?s", "fonctionnaires"), ("salariée?", "fonctionnaire"))
_TO_TRAVAILLEUR = _all(
    ("salariés", "travailleurs"), ("salariées", "travailleuses"), ("salarié", "travailleur"),
    ("salariée", "travailleuse"),
)  # fmt: skip


def _elected(many: str, one: str, one_she: str) -> tuple[Change, ...]:
    """The elected members, by another name that begins with a consonant."""
    return _all(
        (r"une?\s+(?:élue?\s+)?ou\s+une?\s+élue?", f"un {one} ou une {one_she}"),
        ("d’élus", f"de {many}"), ("l’élu", f"le {one}"), ("l’élue", f"la {one_she}"),
        ("élus", many), ("élu", one), ("élue", one_she),
    )  # fmt: skip


_TO_UNION = _elected("représentants syndicaux", "représentant syndical", "représentante syndicale")
_STAFF_SAY = _all((r"parole\s+des\s+salariés", "parole du personnel"))
_CANADIAN = (
    *_all(
        (r"notices\s+d’impact", "fiches d’incidence sur le travail"),
        (r"notice\s+d’impact", "fiche d’incidence sur le travail"),
        (r"notices(?!\s+d’utilisation)", "fiches"), (r"notice(?!\s+d’utilisation)", "fiche"),
        ("baromètre", "sondage éclair"), ("baromètres", "sondages éclair"),
        ("l’e-mail", "le courriel"), ("d’e-mails?", "de courriel"), ("e-mails", "courriels"),
        ("e-mail", "courriel"), (r"fiches?\s+de\s+poste", "description de travail"),
        (r"déposer\s+un\s+fichier", "téléverser un fichier"),
        (r"de\s+la\s+protection\s+des\s+données\s+personnelles",
         "de la protection des renseignements personnels"),
        (r"données\s+personnelles", "renseignements personnels"),
    ),
    (re.compile("\u202f(?=[;!?])"), ""),
)  # fmt: skip
_CSE_TO_COMMITTEE = _all(("CSE central", "comité central"), ("CSE", "comité"))
_CSE_TO_COUNCIL = _all(("CSE", "conseil d’entreprise"))

_FRENCH: Final[dict[str, tuple[Change, ...]]] = {
    "ca_federal": (*_STAFF_SAY, *_TO_FONCTIONNAIRE, *_TO_UNION, *_CSE_TO_COMMITTEE, *_CANADIAN),
    "ca": (*_STAFF_SAY, *_TO_EMPLOYE, *_TO_UNION, *_CSE_TO_COMMITTEE, *_CANADIAN),
    "be": (
        *_TO_TRAVAILLEUR,
        *_elected("représentants des travailleurs", "représentant des travailleurs",
                  "représentante des travailleurs"),
        *_CSE_TO_COUNCIL,
    ),
    "union": _TO_UNION,
}  # fmt: skip
_UNION_ENGLISH = _all(
    (r"an\s+elected\s+(?:member|representative)", "a union representative"),
    (r"elected\s+(?:members|representatives)", "union representatives"),
    (r"elected\s+(?:member|representative)", "union representative"),
)
_CANADIAN_ENGLISH = (
    *_UNION_ENGLISH,
    *_all((r"personal\s+data", "personal information"), ("CSE", "committee")),
)
_ENGLISH: Final[dict[str, tuple[Change, ...]]] = {
    "ca_federal": _CANADIAN_ENGLISH,
    "ca": _CANADIAN_ENGLISH,
    "be": _all(("CSE", "works council")),
    "union": _UNION_ENGLISH,
}
_LAW = re.compile(r"France\b|[LR]\.?\s?\d{4}-\d|^(?:Central )?CSE(?: central)?$")
"""A sentence about the law of France keeps its words, and so does the name of a kind of body."""

_CODE = re.compile(r"(`[^`]*`)")


@lru_cache(maxsize=8192)
def reworded(text: str, wording: str, language: str) -> str:
    """``text`` with the words of ``wording`` (`people.regimes.Wording`); ``""`` and unknown ones change
    nothing."""
    changes = (_ENGLISH if language == "en" else _FRENCH).get(wording, ())
    if not changes or _LAW.search(text):
        return text
    parts = _CODE.split(text)
    for pattern, after in changes:
        parts[::2] = [pattern.sub(_like(after), one) for one in parts[::2]]
    return "".join(parts)


def _like(after: str) -> Callable[[re.Match[str]], str]:
    """Written as what it takes the place of: with a capital where that had one, and is no abbreviation."""

    def written(found: re.Match[str]) -> str:
        first = found.group().partition(" ")[0]
        is_capital = first[:1].isupper() and not first.isupper()
        return after[:1].upper() + after[1:] if is_capital else after

    return written
