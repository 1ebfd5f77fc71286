"""Which procedures may concern an organisation, by what it says of itself. What is not known rules nothing
out; which one is followed, people decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from consult.procedures.template import Template

EUROPEAN_UNION: Final = frozenset({
    "at", "be", "bg", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hr", "hu", "ie", "it", "lt",
    "lu", "lv", "mt", "nl", "pl", "pt", "ro", "se", "si", "sk",
})  # fmt: skip
_NO_CSE_BELOW: Final = 11
_CSE_FROM: Final = 50


def applies(template: Template, *, country: str, sector: str, headcount: int, has_body: bool) -> bool:
    """``country``: two letters; ``sector`` as the templates name it; ``headcount`` 0: not known."""
    to, country = template.applies, country.lower()
    if to.country is None:  # never a French firm under fifty, which has procedures of its own
        return not (country == "fr" and sector == "private" and 0 < headcount < _CSE_FROM)
    if to.country == "EU":
        return country in EUROPEAN_UNION
    if to.country.lower() != country or (to.sector is not None and to.sector != sector):
        return False
    if to.body is None and not to.runs_beside and has_body and headcount >= _NO_CSE_BELOW:
        return False
    if not headcount:
        return True
    return to.headcount_min <= headcount and (to.headcount_max is None or headcount <= to.headcount_max)


def applicable(
    templates: Mapping[str, Template], *, country: str, sector: str, headcount: int, has_body: bool
) -> list[str]:
    """Their keys, in the order of ``templates``. The generic one only where none of the country does."""
    found = {
        key: one
        for key, one in templates.items()
        if applies(one, country=country, sector=sector, headcount=headcount, has_body=has_body)
    }
    is_covered = any(one.applies.country not in {None, "EU"} for one in found.values())
    return [key for key, one in found.items() if one.applies.country is not None or not is_covered]
