"""A text as the rules read it: accents off, typographic signs made plain, the way back to it kept."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_PLAIN: Final = {
    **dict.fromkeys("’‘ʼ´`", "'"),
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("\u00a0\u202f\u2009\u2007\u3000\t", " "),
    **dict.fromkeys("“”«»„", '"'),
    **{"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i"},
}
_DROPPED: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Reading:
    """``flat``: without accents, with its capitals; ``lower``: the same, small, position for position.

    ``origin``: where each character of ``flat`` stands in the text, None where nothing moved."""

    flat: str
    lower: str
    has_digit: bool
    origin: tuple[int, ...] | None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Positions in the text for positions in ``flat``. The marks of a last letter belong to it."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end]


def read(text: str) -> Reading:
    """Prepares a text for the rules."""
    pieces = [_plain(sign) for sign in text]
    flat = "".join(pieces)
    origin = None
    if len(flat) != len(text):
        origin = (*(at for at, piece in enumerate(pieces) if piece), len(text))
    return Reading(flat, flat.lower(), any(map(str.isdigit, flat)), origin)


def fold(text: str) -> str:
    """A word as the lists hold it: small, without accents."""
    return "".join(map(_plain, text)).lower()


@lru_cache(maxsize=4096)
def _plain(sign: str) -> str:
    """One character, or none for a mark or an invisible sign; never more than one."""
    if sign in _DROPPED or unicodedata.combining(sign):
        return ""
    if sign.isascii():
        return " " if sign == "\t" else sign
    if sign in _PLAIN:
        return _PLAIN[sign]
    base = unicodedata.normalize("NFD", sign)[0]
    return base if base.isascii() else sign
