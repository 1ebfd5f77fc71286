"""The filters of a list of notices, in words, as their form shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consult.core.i18n import _l
from consult.notices.sought import RISK_CLASS, Sought

Words = Any
RISKS: dict[str, Words] = {one.value: one.label for one in RISK_CLASS.choices}
_WHOLE = {"fr": _l("Whole in French"), "en": _l("Whole in English")}


@dataclass(frozen=True, slots=True)
class Offer:
    """One filter: its name in the address, its label, how its absence is said, what it can be."""

    name: str
    label: Words
    none: Words
    choices: Mapping[str, Words]
    value: str


def offers(
    sought: Sought, *, stages: Mapping[str, Words], sites: Mapping[str, Words],
    states: Mapping[str, Words] | None = None,
) -> list[Offer]:  # fmt: skip
    """In the order of the address. Where no site is known, none is asked."""
    found = [
        Offer("stage", _l("Stage"), _l("All stages"), stages, sought.stage),
        Offer("site", _l("Site"), _l("All sites"), sites, sought.site),
        Offer("risk", RISK_CLASS.label, _l("Any class"), RISKS, sought.risk),
        Offer("language", _l("Language"), _l("Any language"), _WHOLE, sought.language),
        Offer("state", _l("State"), _l("All states"), states or {}, sought.state),
    ]
    return [one for one in found if one.choices]
