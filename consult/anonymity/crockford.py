"""Codes that people read from paper and type: Crockford's base 32, with a check character.

Crockford's own check sums modulo 37 and so needs five signs that phones hide; here the check lies in
the same 32 characters: a remainder over GF(32), which finds every single wrong character and every
two that changed places, up to 31 characters."""

from __future__ import annotations

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MAX_CHECKED: Final = 30
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, "‐": None, "‑": None, "–": None})


class BadCode(Exception):
    """Not a code of this kind: a character that cannot be, a wrong length, or a check that fails."""


def encode(number: int, length: int) -> str:
    """A number below ``32 ** length`` as ``length`` characters. Raises `ValueError` when it is not."""
    if not 0 <= number < 32**length:
        raise ValueError("number out of range")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def check_character(characters: str) -> str:
    """The character that goes behind at most 30 others. Raises `BadCode`."""
    if len(characters) > MAX_CHECKED:
        raise BadCode
    remainder = 0
    for character in characters:
        if character not in _VALUE:
            raise BadCode
        remainder = _times_x(remainder ^ _VALUE[character])
    return ALPHABET[remainder]


def checked(characters: str) -> str:
    """The characters with their check character behind them."""
    return characters + check_character(characters)


def grouped(characters: str, size: int) -> str:
    """For print: groups of ``size`` with hyphens between them."""
    return "-".join(characters[at : at + size] for at in range(0, len(characters), size))


def normalise(typed: str, length: int) -> str:
    """What was typed, as its ``length`` characters without the check: spaces and hyphens dropped,
    small letters raised, I and L read as 1, O as 0. Raises `BadCode`."""
    code = "".join(typed.split()).upper().translate(_READ_AS)
    if len(code) != length + 1 or check_character(code[:-1]) != code[-1]:
        raise BadCode
    return code[:-1]


def _times_x(value: int) -> int:
    """Multiplies by x in GF(32) = GF(2)[x] / (x⁵ + x² + 1), where x has order 31."""
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
