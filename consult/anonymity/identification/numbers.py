"""Social security numbers of France, Canada and the United States. A check digit that is right tells them
from amounts and serial numbers; said to be one ("mon NAS"), any shape is taken (`rules`, "labelled")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from consult.anonymity.identification.span import Kind, Span
from consult.anonymity.identification.text import Reading

_FRENCH: Final = re.compile(
    r"(?<!\d)[1-478][ .-]?\d\d[ .-]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .-]?(?:\d\d"
    r"|2[ab])[ .-]?\d{3}[ .-]?\d{3}(?P<key>[ .-]{0,3}\d\d)?"
    r"(?!\d)"
)
_CANADIAN: Final = re.compile(r"(?<![\d-])\d{3}([ .-]?)\d{3}\1\d{3}(?![\d-])")
_AMERICAN: Final = re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\d-])")


def social_security(reading: Reading) -> Iterator[Span]:
    """Numbers that are, or are written as, those of a person."""
    if not reading.has_digit:
        return
    for match in _FRENCH.finditer(reading.lower):
        apart = not match.group()[:15].isdigit()
        if apart or match["key"] is None or has_right_key(match.group()):
            yield Span(match.start(), match.end(), Kind.NUMBER, "social_security")
    for match in _CANADIAN.finditer(reading.lower):
        if is_luhn(match.group()):
            yield Span(match.start(), match.end(), Kind.NUMBER, "social_security")
    for match in _AMERICAN.finditer(reading.lower):
        yield Span(match.start(), match.end(), Kind.NUMBER, "social_security")


def has_right_key(written: str) -> bool:
    """Whether the last two of fifteen digits are 97 less the rest of the first thirteen by 97; Corsica's
    2A counts as 19, its 2B as 18 (Insee, numéro d'inscription au répertoire)."""
    plain = re.sub(r"[ .-]", "", written.lower()).replace("2a", "19").replace("2b", "18")
    return len(plain) == 15 and plain.isdigit() and 97 - int(plain[:13]) % 97 == int(plain[13:])


def is_luhn(written: str) -> bool:
    """Whether the digits, every second from the right doubled, sum up to tens (ISO/IEC 7812-1)."""
    digits = [int(one) for one in reversed(written) if one.isdigit()]
    doubled = [one * (1 + at % 2) for at, one in enumerate(digits)]
    return sum(one // 10 + one % 10 for one in doubled) % 10 == 0
