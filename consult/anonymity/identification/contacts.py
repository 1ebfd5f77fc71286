"""Telephone numbers, as people write them in France and in Canada."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from phonenumbers import Leniency, PhoneNumberMatcher

from consult.anonymity.identification.span import Kind, Span
from consult.anonymity.identification.text import Reading

_REGIONS: Final = ("FR", "CA")
_LEAST_DIGITS: Final = 8
_TRIES: Final = 40
"""Candidates that turn out to be none, before the rest of the text is left to the rule on long numbers."""


def phones(reading: Reading) -> Iterator[Span]:
    """Numbers that are possible and valid in France or Canada, or carry a country code."""
    if not reading.has_digit or sum(map(str.isdigit, reading.flat)) < _LEAST_DIGITS:
        return
    for region in _REGIONS:
        matcher = PhoneNumberMatcher(reading.flat, region, leniency=Leniency.VALID, max_tries=_TRIES)
        for match in matcher:
            yield Span(match.start, match.end, Kind.CONTACT, "phone")
