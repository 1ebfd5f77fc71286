"""Words as search knows them: folded, split and stemmed once, here, whichever database matches them.

A token is plain ASCII, its first letter says what it is: ``w`` a word as it is written, ``f`` and ``e`` its
French and English stems. So nothing depends on how a database would split, fold or stem, and nothing
somebody types can be taken for one of the tokens that lists are filtered by (see `search`)."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

import snowballstemmer

LONGEST = 40
"""Signs of a word that count."""
MOST_BYTES = 400_000
"""Of one document's tokens: beyond it (some hundred thousand different words) the rest is not searchable.
A `tsvector` ends at a megabyte."""
PREFIX_FROM = 3
"""A last word of so many signs is taken as the beginning of one; below, half the dictionary begins so."""

_WORD = re.compile(r"[^\W_]+")
_JOINED = str.maketrans({"œ": "oe", "æ": "ae"})
EXACT = "w"
_MARKS = {"fr": "f", "en": "e"}
_stemmers = {"fr": snowballstemmer.stemmer("french"), "en": snowballstemmer.stemmer("english")}
_one_at_a_time = threading.Lock()

_ELIDED = "c d j l m n qu s t"
"""What is left of short words before an apostrophe, in a question typed on a page of either language."""
_FRENCH = f"""
    {_ELIDED} le la les un une des de du et ou où à au aux en dans sur sous par pour avec ce cet cette ces
    son sa ses leur leurs mon ma mes ton ta tes notre nos votre vos je tu il elle on nous vous ils elles se ne
    que qui quoi dont est sont y a ont si mais donc or ni car
"""
_ENGLISH = f"""
    {_ELIDED} the a an and or of in on to for with by at from as is are be been it its this that these those
    i you he she we they them his her our your their my me us was were will would which who what if but
"""
STOP = {"fr": frozenset(_FRENCH.split()), "en": frozenset(_ENGLISH.split())}
"""Words a question is not about. They are in the index like any other: somebody who types nothing else
looks for exactly them."""


def words_of(text: str) -> Iterator[str]:
    """The words of a text in order: one kind of letters, lower case, accents kept, apostrophes and hyphens
    taken as spaces."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if not text.isascii():
        text = "".join(sign for sign in text.translate(_JOINED) if not unicodedata.combining(sign))
    return (found.group()[:LONGEST] for found in _WORD.finditer(text))


def bare(word: str) -> str:
    """The word without accents, in ASCII: a letter of another alphabet becomes its number."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFKD", word.translate(_JOINED))
    return "".join(
        sign if sign.isascii() and sign.isalnum() else f"u{ord(sign):06x}"
        for sign in apart
        if not unicodedata.combining(sign)
    )


@lru_cache(maxsize=60_000)
def stems(word: str, language: str) -> frozenset[str]:
    """The word's stems as tokens: of what is written, and of the same without accents, since people leave
    them out."""
    stemmer, mark = _stemmers[language], _MARKS[language]
    with _one_at_a_time:  # a stemmer keeps the word it works on
        found = {stemmer.stemWord(word), stemmer.stemWord(bare(word))}
    return frozenset(mark + bare(stem) for stem in found if stem)


@lru_cache(maxsize=60_000)
def _tokens(word: str, language: str) -> frozenset[str]:
    exact = frozenset({EXACT + bare(word)})
    if language not in _stemmers or word in STOP[language]:
        return exact
    return exact | stems(word, language)


def tokens_of(texts: Iterable[tuple[str, str]]) -> list[str]:
    """What a document is found by, from its texts with their languages: each token once, in order."""
    found: set[str] = set()
    left = MOST_BYTES
    for language, text in texts:
        for word in dict.fromkeys(words_of(text)):
            new = _tokens(word, language) - found
            left -= sum(map(len, new)) + len(new)
            if left < 0:
                return sorted(found)
            found |= new
    return sorted(found)


def asked(typed: str, language: str) -> list[frozenset[str]]:
    """What somebody looks for: for each word (all of them are wanted) the tokens any of which will do; one
    that ends in ``*`` is a beginning. Words nobody looks for are left out, unless there are no others."""
    words = list(words_of(typed))
    told = [word for word in words if word not in STOP.get(language, frozenset())] or words
    found = []
    for word in dict.fromkeys(told):
        tokens = {EXACT + bare(word)}.union(*(stems(word, one) for one in _stemmers))
        if word == words[-1] and len(word) >= PREFIX_FROM:
            tokens.add(EXACT + bare(word) + "*")
        found.append(frozenset(tokens))
    return found


def slug(name: str) -> str:
    """A name as it stands in an address: its words without accents, with hyphens."""
    return "-".join(bare(word) for word in words_of(name))
