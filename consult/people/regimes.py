"""Under which law and customs an organisation works, and what follows from it: which kinds of bodies there
can be, and whose words the pages use. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from consult.people.rules import BodyKind


class Regime(StrEnum):
    """Country and kind of employer, as far as the product tells them apart."""

    FR_PRIVATE = "fr_private"
    """France, Labour Code, CSE."""
    FR_OTHER = "fr_other"
    """France, the civil service and others without a CSE."""
    CA_FEDERAL = "ca_federal"
    """Canada, federal public service (FPSLRA)."""
    CA_REGULATED = "ca_regulated"
    """Canada, federally regulated private employer (Canada Labour Code)."""
    CA_PROVINCIAL = "ca_provincial"
    """Quebec and the other provinces."""
    BE = "be"
    DE = "de"
    OTHER = "other"


class Reach(StrEnum):
    """Who of the staff can be written to at work."""

    EVERYBODY = "everybody"
    SOME_WITHOUT = "some_without"
    MOST_WITHOUT = "most_without"


class Question(StrEnum):
    """One question of the set-up, in the order it is asked; then what follows from the answers, which an
    administrator may change with a reason."""

    REGIME = "regime"
    SITES = "sites"
    BODIES = "bodies"
    LANGUAGES = "languages"
    REACH = "reach"
    ALERT = "alert"
    KEYHOLDERS = "keyholders"
    READERS = "readers"
    WORDS = "words"
    KINDS = "kinds"
    PROCEDURES = "procedures"


FOLLOWS: Final = (Question.WORDS, Question.KINDS, Question.PROCEDURES)
ASKED: Final = tuple(one for one in Question if one not in FOLLOWS)

_COUNTRIES: Final = {
    Regime.FR_PRIVATE: "fr", Regime.FR_OTHER: "fr", Regime.CA_FEDERAL: "ca", Regime.CA_REGULATED: "ca",
    Regime.CA_PROVINCIAL: "ca", Regime.BE: "be", Regime.DE: "de",
}  # fmt: skip
_SECTORS: Final = {
    Regime.FR_OTHER: "other",
    Regime.CA_FEDERAL: "federal_public_service",
    Regime.CA_REGULATED: "federally_regulated",
    Regime.CA_PROVINCIAL: "provincial",
}
NOWHERE: Final = "zz"
"""The country of an organisation whose country nobody said."""


def regime_of(country: str) -> Regime:
    """Where only the country is known. Of Canada, the regime that brings no procedure of its own."""
    known = {"fr": Regime.FR_PRIVATE, "ca": Regime.CA_PROVINCIAL, "be": Regime.BE, "de": Regime.DE}
    return known.get(country.lower(), Regime.OTHER)


def country_of(regime: Regime, elsewhere: str = NOWHERE) -> str:
    """Two letters. ``elsewhere``: that of an organisation under none of the regimes told apart."""
    if regime in _COUNTRIES:
        return _COUNTRIES[regime]
    return NOWHERE if elsewhere.lower() in _COUNTRIES.values() else elsewhere.lower()


def sector_of(regime: Regime) -> str:
    """As the procedure templates name it."""
    return _SECTORS.get(regime, "private")


# ── what follows ───────────────────────────────────────────────────────────────

CSE_EXTENDED_FROM: Final = 50
"""Employees from which the CSE is consulted (L2312-2), and may set up a health and safety commission."""
EWC_FROM: Final = 150
"""Employees a group must have in each of two countries (Directive 2009/38/EC, art. 2): under it, none."""
_KINDS: Final = {
    Regime.FR_PRIVATE: (BodyKind.CSE, BodyKind.CENTRAL_CSE, BodyKind.CSSCT, BodyKind.EWC),
    Regime.FR_OTHER: (BodyKind.UNION,),
    Regime.CA_FEDERAL: (BodyKind.UNION, BodyKind.LMCC),
    Regime.CA_REGULATED: (BodyKind.UNION,),
    Regime.CA_PROVINCIAL: (BodyKind.UNION,),
    Regime.BE: (BodyKind.BELGIAN_COUNCIL, BodyKind.CPPT, BodyKind.UNION, BodyKind.EWC),
    Regime.DE: (BodyKind.BETRIEBSRAT, BodyKind.EWC),
    Regime.OTHER: (BodyKind.WORKS_COUNCIL, BodyKind.UNION, BodyKind.EWC),
}


def kinds_for(
    regime: Regime, *, headcount: int, sites: int, there: Collection[BodyKind] = ()
) -> list[BodyKind]:
    """Kinds of bodies to offer, in the order of `BodyKind`; those there are stay. ``headcount`` and
    ``sites`` 0: not known, which rules nothing out."""
    found = {BodyKind.CUSTOM, *_KINDS[regime], *there}
    if sites == 1 or 0 < headcount < CSE_EXTENDED_FROM:
        found -= {BodyKind.CENTRAL_CSE} - set(there)
    if 0 < headcount < CSE_EXTENDED_FROM:
        found -= {BodyKind.CSSCT} - set(there)
    if 0 < headcount < EWC_FROM:
        found -= {BodyKind.EWC} - set(there)
    return [one for one in BodyKind if one in found]


class Wording(StrEnum):
    """Whose words the pages use; `core.wording` knows what they change."""

    FRANCE = ""
    CANADA_FEDERAL = "ca_federal"
    CANADA = "ca"
    BELGIUM = "be"
    UNION = "union"
    """France, on the pages of a union."""


def wording_of(regime: Regime) -> Wording:
    """The words of the organisation's own pages."""
    known = {
        Regime.CA_FEDERAL: Wording.CANADA_FEDERAL, Regime.CA_REGULATED: Wording.CANADA,
        Regime.CA_PROVINCIAL: Wording.CANADA, Regime.BE: Wording.BELGIUM,
    }  # fmt: skip
    return known.get(regime, Wording.FRANCE)


def wording_of_body(kind: BodyKind, organisation: Wording) -> Wording:
    """The words of a body's pages: its own where its kind says so, else the organisation's."""
    if kind in {BodyKind.CSE, BodyKind.CENTRAL_CSE, BodyKind.CSSCT}:
        return Wording.FRANCE
    if kind is BodyKind.LMCC:
        return Wording.CANADA_FEDERAL
    if kind is BodyKind.UNION and organisation is Wording.FRANCE:
        return Wording.UNION
    return organisation


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of the organisation, in one value. ``headcount`` 0: not known. ``answered``: questions
    somebody answered; ``words``, ``kinds``, ``procedures``: what an administrator set instead of what
    follows, None where nothing."""

    regime: Regime = Regime.FR_PRIVATE
    country: str = "fr"
    headcount: int = 0
    sites: int = 0
    there: frozenset[BodyKind] = frozenset()
    answered: frozenset[Question] = frozenset()
    words: str | None = None
    kinds: tuple[BodyKind, ...] | None = None
    procedures: tuple[str, ...] | None = None

    @property
    def sector(self) -> str:
        return sector_of(self.regime)

    @property
    def has_body(self) -> bool:
        return bool(self.there)

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def missing(self) -> list[Question]:
        """Questions nobody answered yet, in their order."""
        return [one for one in ASKED if one not in self.answered]

    @property
    def wording(self) -> Wording:
        return wording_of(self.regime) if self.words is None else Wording(self.words)

    @property
    def offered_kinds(self) -> list[BodyKind]:
        """Kinds of bodies to offer; those there are stay."""
        if self.kinds is None:
            return kinds_for(self.regime, headcount=self.headcount, sites=self.sites, there=self.there)
        return [one for one in BodyKind if one in {*self.kinds, *self.there}]
