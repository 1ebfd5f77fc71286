"""Six words of a 7,776-word list: receipts and passphrases (77 bits), and fingerprints of keys.

The lists are those of the ``diceware`` distribution: EFF's long list for English, the one also
used by Tails for French. They are read as data; the program around them is not run."""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Final

COUNT: Final = 6
LIST_SIZE: Final = 7776
_FILES: Final = {"fr": "wordlist_fr.txt", "en": "wordlist_en_eff.txt"}
# The list holds both "internet" and "Internet"; people do not tell capitals apart when they type.
_INSTEAD: Final = {"fr": {"Internet": "internaute"}, "en": {}}
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})
_BETWEEN: Final = re.compile(r"[\W_]+")


class NoWordList(Exception):
    """The list of a language is missing or has not 7,776 different words."""


@lru_cache(maxsize=len(_FILES))
def word_list(locale: str) -> tuple[str, ...]:
    """The 7,776 words of ``fr`` or ``en``, all different once normalised.

    Raises `NoWordList`, also for a language without one."""
    found = find_spec("diceware")
    if locale not in _FILES or found is None or not found.submodule_search_locations:
        raise NoWordList(locale)
    path = Path(found.submodule_search_locations[0]) / "wordlists" / _FILES[locale]
    if not path.is_file():
        raise NoWordList(locale)
    lines = path.read_text(encoding="utf-8").split("\n")
    words = [line.split()[-1] for line in lines if line.strip()]
    words = [_INSTEAD[locale].get(word, word) for word in words]
    if len(words) != LIST_SIZE or len(set(map(normalise, words))) != LIST_SIZE:
        raise NoWordList(locale)
    return tuple(words)


def six_words(locale: str, rng: Random | None = None) -> tuple[str, ...]:
    """Six words drawn at random, with repetition: log₂ 7776⁶ = 77.5 bits.

    ``rng`` is the system's source unless a test brings its own. Raises `NoWordList`."""
    words, draw = word_list(locale), rng or secrets.SystemRandom()
    return tuple(draw.choice(words) for _ in range(COUNT))


def key_digest(*public_keys: bytes) -> bytes:
    """32 bytes over the letterbox key and all lane keys, in whatever order they are given.

    SHA-256("consult/fingerprint" ‖ 0x00 ‖ each sorted key behind its length in 4 bytes).
    Raises `ValueError` without a key."""
    if not public_keys:
        raise ValueError("a fingerprint needs at least one key")
    digest = sha256(b"consult/fingerprint\x00")
    for key in sorted(public_keys):
        digest.update(len(key).to_bytes(4, "big") + key)
    return digest.digest()


def from_digest(digest: bytes, locale: str) -> tuple[str, ...]:
    """Six words for a `key_digest`: the same on every print in one language; another language shows other
    words for the same number (modulo 7776⁶, a bias below 2⁻¹⁷⁸). Raises `NoWordList`."""
    number, chosen = int.from_bytes(digest, "big"), []
    for _ in range(COUNT):
        number, place = divmod(number, LIST_SIZE)
        chosen.append(word_list(locale)[place])
    return tuple(chosen)


def fingerprint(*public_keys: bytes, locale: str) -> tuple[str, ...]:
    """Both in one: six words over these keys. Raises `ValueError` without a key, and `NoWordList`."""
    return from_digest(key_digest(*public_keys), locale)


def normalise(text: str) -> str:
    """What was typed, so that it compares: no capitals, no accents, single spaces.

    Accents go because the lists have none and phones add them; spaces, hyphens, commas and line ends
    between words count as one space, so "T-Shirt,  Réveil" and "t shirt reveil" are the same."""
    small = unicodedata.normalize(
        "NFKD", text
    ).casefold()  # a letter for mathematics has no small form itself
    plain = unicodedata.normalize("NFKD", small).translate(_LIGATURES)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _BETWEEN.sub(" ", plain).strip()
