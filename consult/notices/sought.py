"""What a list of notices can be asked for: words, and filters out of what is offered. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from consult.core.localized import LOCALES
from consult.notices.fields import BY_KEY
from consult.notices.rules import tidied
from consult.register.rules import facet
from consult.register.words import slug, words_of

PLACE, RISK, LANGUAGE, STAGE, STATE, BODY = "p", "r", "l", "s", "t", "b"
"""Kinds of facets, by the letter their tokens begin with (see `register.rules.facet`)."""
WITHDRAWN = "withdrawn"
"""Stands among the stages of consultations, and takes the place of all of them."""
RISK_CLASS = BY_KEY["risk_class"]
RISKS = tuple(one.value for one in RISK_CLASS.choices)
LONGEST = 200
"""Signs somebody may look for."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for in a list of notices. Every value is one of those offered, or empty."""

    words: str = ""
    stage: str = ""
    site: str = ""
    risk: str = ""
    language: str = ""
    state: str = ""
    fault: str = ""
    """Why nothing can be found by what was typed: ``long``, or ``no_word`` in it. Nothing is found then,
    rather than something else."""
    has_strange: bool = False
    """Something in the address is none of what a list offers; it counts as not asked."""

    @classmethod
    def read(
        cls, asked: Mapping[str, str], *, stages: Iterable[str] = (), sites: Iterable[str] = (),
        states: Iterable[str] = (),
    ) -> Sought:  # fmt: skip
        """From an address people can type."""
        offered = {
            "stage": set(stages), "site": set(sites), "risk": set(RISKS), "language": set(LOCALES),
            "state": set(states),
        }  # fmt: skip
        given = {name: asked.get(name, "") for name in offered}
        known = {name: value for name, value in given.items() if value in offered[name]}
        typed = " ".join(tidied(asked.get("q", "")).split())
        fault = "long" if len(typed) > LONGEST else "no_word" if typed and not any(words_of(typed)) else ""
        return cls(
            words=typed[:LONGEST],
            **known,
            fault=fault,
            has_strange=any(value and name not in known for name, value in given.items()),
        )

    def __bool__(self) -> bool:
        return bool(self.query)

    @property
    def query(self) -> dict[str, str]:
        """The same as parts of an address, always in this order, without what was not asked."""
        parts = {
            "q": self.words, "stage": self.stage, "site": self.site, "risk": self.risk,
            "language": self.language, "state": self.state,
        }  # fmt: skip
        return {name: value for name, value in parts.items() if value}

    def then(self, older: str) -> dict[str, str]:
        """The same from a cursor on."""
        return {**self.query, "after": older}

    @property
    def facets(self) -> list[frozenset[str]]:
        """All of these are wanted."""
        found = [facet(PLACE, one) for one in self.site.split("-") if one]
        kinds = ((STAGE, self.stage), (RISK, self.risk), (LANGUAGE, self.language), (STATE, self.state))
        found += [facet(kind, value) for kind, value in kinds if value]
        return [frozenset({one}) for one in found]


EVERYTHING = Sought()


def of_bodies(body_ids: Iterable[UUID]) -> frozenset[str]:
    """Sent to one of these bodies."""
    return frozenset(facet(BODY, str(one)) for one in body_ids)


def sites_of(names: Iterable[str]) -> dict[str, str]:
    """What a list can be filtered by, from the names of establishments: address part to name."""
    return {address: name for name in names if (address := slug(name)) and len(address) <= LONGEST}
