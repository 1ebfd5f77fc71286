"""People: a title before a name, first names and surnames of the lists, initials, and unknown names where
the words around them say that a person is meant. Typed without capitals, only first names of the list,
and only behind or before such words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from consult.anonymity.identification.lists import first_names, surnames, towns_list
from consult.anonymity.identification.name_words import (
    ARTICLE,
    BODY_AFTER,
    COMMON_ENDS,
    CUE_AFTER,
    CUE_BEFORE,
    CUE_NEAR,
    CUE_REACH,
    DOES,
    NOT_NAMES,
    OF_A_TEAM,
    OFTEN_PLACE_OR_TIME,
    PLACE_BEFORE,
    SIGNED,
    WANTS_A_CUE,
    WEAK_CUES,
)
from consult.anonymity.identification.span import Kind, Span
from consult.anonymity.identification.text import Reading

_WORD: Final = re.compile(
    r"(?<![\w@/])(?<!\w\.)(?:O'(?=[A-Z]))?[A-Z][^\W\d_]*(?:-[^\W\d_]+){0,3}(?![\w@])(?![\w.+-]{1,40}@)"
)
_PARTICLE: Final = (
    r"(?:de |du |des |d'|de la |le |la |van |von |van der |van den |der |den |el |al "
    r"|al-|ben |bin |da |dos |di |st\.? )"
)
_INITIAL: Final = r"[A-Z]\.(?:[ -]{0,2}[A-Z]\.){0,3}"
_NAME_WORD: Final = r"(?:O'|Mc|Mac|d'|D')?[A-Z][^\W\d_]+(?:[-'][^\W\d_]{2,})*"
_NAME: Final = (
    rf"(?:{_INITIAL}[ ]{{0,2}})?(?:{_PARTICLE})?(?:{_NAME_WORD}|(?<=[ .]){_INITIAL}|[A-Z](?=[ ,]|$))"
    rf"(?: (?:{_INITIAL} ?)?(?:{_PARTICLE})?{_NAME_WORD}){{0,3}}"
)
_TITLED: Final = re.compile(
    r"\b(?:MM?|Mme?s?|Mlles?|Mrs?|Ms|Dr|Pr|Prof|Mgr|Me|Maitre|[Mm]onsieur|[Mm]essieurs|[Mm]adame|[Mm]esdames"
    r"|[Mm]ademoiselle|[Dd]octeur|[Pp]rofesseur|Professor|Doctor|Miss|Sir|Lady|Lord|Capt|Captain|Col|Colonel"
    r"|Sgt|Sergeant|Judge|Justice|Senator|Rev|Reverend|Lt|Lieutenant|Inspector)\b\.?"
    r"(?: (?:et|and|&) (?:Mme|Mrs|Madame)\b\.?)?[ \n]{1,2}"
    rf"(?P<name>{_NAME})"
)
_GLUED: Final = re.compile(rf"\bM(?:mes?|lles?|M)(?P<name>[A-Z]\.(?: ?[A-Z]\.)* ?{_NAME_WORD})")
"""A raised "me" lost on the way: "MmeE. Jagander"."""
_ENUMERATED: Final = re.compile(rf"(?:, (?:et )?| et | and | & )(?P<name>{_NAME})")
_PLURAL: Final = frozenset(["MM", "Mmes", "Mlles", "Messieurs", "messieurs", "Mesdames", "mesdames"])
_INITIALLED: Final = re.compile(
    rf"(?<![\w.])(?P<initials>{_INITIAL}) {{0,2}}(?:{_PARTICLE})?(?P<name>{_NAME_WORD})(?P<comma>,)?"
)
_MORE: Final = re.compile(
    rf" (?:{_INITIAL} ?)?(?:{_PARTICLE})?(?P<word>{_NAME_WORD})(?![\w@])"
    rf"| (?P<initial>[A-Z]\.)(?= ?[,;:a-z)\n]|$)"
)
_ARTICLES_OF_NAMES: Final = frozenset(["le", "la", "de", "du", "des", "van", "st", "saint"])
_BESIDE: Final = re.compile(r"(?: and | et | ou | or | & |/)$")
_SMALL: Final = re.compile(r"(?<![\w@./-])[a-z]{4,15}(?![\w@-]|\.\w|'(?!s\b))")
_SMALL_BEFORE: Final = re.compile(
    r"(?:\b(?:avec|a|de|et|chez|selon|pour|que|par|sauf|comme|to|with|and|for|by|from|like|about|unless"
    r"|than|except|when|quand|because|parce que) |\bd'|\bqu')$"
)
_IT_WAS: Final = re.compile(r"\b(?:it was|it is|it's|c'est|c'etait|ce fut) $")
_WHO: Final = re.compile(r",? (?:who|qui)\b")
_BORNE: Final = re.compile(r"(?!McDo|McKin|McAf)Mc[A-Z]|O'[A-Z]")
"""Beginnings that only names have."""
_SMALL_PAIR: Final = re.compile(r"(?<![\w@./'-])([a-z]{3,15}) (?:and|et|&) (?=([a-z]{3,15})(?![\w@'-]))")
_OPENS: Final = frozenset('.!?:;\n"-•*()…')
_SHOUTED: Final = 0.6
_ACRONYM: Final = 4
_SHORTEST_SMALL: Final = 4


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    key: str
    """Small letters; of a compound its first part."""
    whole: str
    opens: bool
    """Whether it begins a sentence, where a capital says nothing."""


def names(reading: Reading) -> Iterator[Span]:
    """People named in the text; a first name takes the surname behind it along."""
    flat = reading.flat
    for match in _TITLED.finditer(flat):
        if not _is_a_word(match["name"]):
            yield _span(match.start(), match.end("name"), "titled")
            if match.group().partition(" ")[0].rstrip(".") in _PLURAL:
                yield from _enumerated(flat, match.end("name"))
    for match in _GLUED.finditer(flat):
        yield _span(match.start(), match.end(), "titled")
        yield from _enumerated(flat, match.end())
    for match in _INITIALLED.finditer(flat):
        if _is_initialled(flat, match):
            yield _span(match.start(), match.end("name"), "initials")
    yield from _capitals(reading)
    yield from _typed_small(reading)
    yield from _small_pairs(reading)


def _span(start: int, end: int, rule: str) -> Span:
    return Span(start, end, Kind.NAME, rule)


def _is_a_word(name: str) -> bool:
    """Whether what stands behind a title is none of a name ("Madame La directrice")."""
    first, _, more = name.lower().partition(" ")
    return first in NOT_NAMES and not (more and first in _ARTICLES_OF_NAMES)


def _enumerated(flat: str, at: int) -> Iterator[Span]:
    """The others behind "MM. Martin, Durand et Petit"."""
    for _ in range(12):
        match = _ENUMERATED.match(flat, at)
        if match is None or _is_a_word(match["name"]):
            return
        yield _span(match.start("name"), match.end(), "titled")
        at = match.end()


def _is_initialled(flat: str, match: re.Match[str]) -> bool:
    """Whether "B. Hellwig" is somebody, and no heading: "I. LES FAITS", "A. Contexte"."""
    name = match["name"]
    if name.lower() in NOT_NAMES or BODY_AFTER.match(flat, match.end("name")):
        return False
    if _listed(name.lower()):
        return True
    several = match["initials"].count(".") > 1
    inside = not _begins_sentence(flat, match.start())
    return not name.isupper() and (several or inside or bool(match["comma"]))


def _capitals(reading: Reading) -> Iterator[Span]:
    """One word after the other: by the lists, by the words around it, or beside somebody."""
    shouted, last, waiting = _is_shouted(reading.flat), -1, None
    for word in _words(reading):
        if word.start < last:
            continue
        joins = _BESIDE.search(reading.flat, max(0, word.start - 5), word.start)
        found = _judge(reading, word, shouted)
        if found is None and joins and joins.start() == last and not _is_none(reading, word):
            found = "beside"
        end = _with_surname(reading, word.end) if found else word.end
        if found:
            if joins and waiting and waiting.end == joins.start():
                yield _span(waiting.start, waiting.end, "beside")
            yield _span(word.start, end, found)
            last = end
        waits = not (found or shouted or _is_none(reading, word)) and (not word.opens or _listed(word.key))
        waiting = word if waits else None


def _words(reading: Reading) -> Iterator[_Word]:
    for match in _WORD.finditer(reading.flat):
        whole = match.group().lower()
        if len(whole) > 1 and whole not in NOT_NAMES:
            opens = _begins_sentence(reading.flat, match.start())
            yield _Word(match.start(), match.end(), whole.partition("-")[0], whole, opens)


def _is_none(reading: Reading, word: _Word) -> bool:
    """An acronym, a place, a firm, or something with an article."""
    flat, before = reading.flat, max(0, word.start - 16)
    if word.end - word.start <= _ACRONYM and flat[word.start : word.end].isupper():
        return True
    if PLACE_BEFORE.search(flat, before, word.start) or BODY_AFTER.match(flat, word.end):
        return True
    return ARTICLE.search(flat, max(0, word.start - 7), word.start) is not None


def _judge(reading: Reading, word: _Word, shouted: bool) -> str | None:
    """The rule by which a word is taken for a name, or None."""
    sure, doubtful = first_names()
    if word.key in sure or word.whole in sure:
        with_article = ARTICLE.search(reading.flat, max(0, word.start - 7), word.start)
        return None if not shouted and not with_article and _is_none(reading, word) else "first_name"
    if shouted or _is_none(reading, word):
        return None
    if word.key in doubtful:
        return "first_name" if _meant_as_name(reading, word) else None
    if word.whole in towns_list()[0]:
        return None
    if word.whole in surnames() or (word.key in surnames() and "-" in word.whole):
        does = _acts(reading, word) or DOES.match(reading.lower, word.end)
        return "surname" if not word.opens or does or _is_signed(reading, word) else None
    return "cue" if _is_told(reading, word) else None


def _meant_as_name(reading: Reading, word: _Word) -> bool:
    """A name that is also a word: in mid-sentence, before a surname, or doing what people do."""
    if _acts(reading, word) or (not word.opens and word.key not in OFTEN_PLACE_OR_TIME):
        return True
    if CUE_NEAR.match(reading.lower, word.end):
        return True
    if CUE_BEFORE.search(reading.lower, max(0, word.start - CUE_REACH), word.start):
        return True
    more = _MORE.match(reading.flat, word.end)
    if more is None or not more["word"] or more["word"].lower() in NOT_NAMES:
        return False
    return _listed(more["word"].lower()) or not (word.key in OFTEN_PLACE_OR_TIME or more["word"].isupper())


def _acts(reading: Reading, word: _Word) -> bool:
    return bool(CUE_AFTER.match(reading.lower, word.end) or OF_A_TEAM.match(reading.lower, word.end))


def _is_told(reading: Reading, word: _Word) -> bool:
    """A word no list knows, of which the words around say that it is somebody."""
    before = max(0, word.start - CUE_REACH)
    if _IT_WAS.search(reading.lower, before, word.start) and _WHO.match(reading.lower, word.end):
        return True
    if CUE_BEFORE.search(reading.lower, before, word.start) and not word.whole.endswith(COMMON_ENDS[1:]):
        return WEAK_CUES.search(reading.lower, before, word.start) is None
    if _is_signed(reading, word):
        return not word.whole.endswith(COMMON_ENDS)
    if word.opens and word.whole.endswith(COMMON_ENDS):
        return False
    if _acts(reading, word):
        return True
    if _BORNE.match(reading.flat, word.start):
        return True
    more = None if word.opens else _MORE.match(reading.flat, word.end)
    return bool(more and more["word"] and (_is_surname(more["word"].lower()) or _BORNE.match(more["word"])))


def _typed_small(reading: Reading) -> Iterator[Span]:
    """First names typed without a capital, as on a telephone."""
    sure = first_names()[0]
    for match in _SMALL.finditer(reading.flat):
        start, end = match.span()
        if match.group() not in sure or match.group() in NOT_NAMES:
            continue
        before = max(0, start - CUE_REACH)
        if (
            (end - start > _SHORTEST_SMALL and match.group() not in WANTS_A_CUE)
            or _SMALL_BEFORE.search(reading.lower, before, start)
            or CUE_BEFORE.search(reading.lower, before, start)
            or CUE_AFTER.match(reading.lower, end)
            or OF_A_TEAM.match(reading.lower, end)
        ):
            yield _span(start, end, "typed_small")


def _small_pairs(reading: Reading) -> Iterator[Span]:
    """Two of them side by side: "max and jen"."""
    sure, doubtful = first_names()
    for match in _SMALL_PAIR.finditer(reading.flat):
        both = match.groups()
        if any(one in sure for one in both) and all(one in sure or one in doubtful for one in both):
            yield _span(*match.span(1), "typed_small")
            yield _span(*match.span(2), "typed_small")


def _with_surname(reading: Reading, end: int) -> int:
    """Where a name ends once the capitals behind it are taken along, four words at most."""
    for _ in range(3):
        more = _MORE.match(reading.flat, end)
        if more is None or (more["word"] or "").lower() in NOT_NAMES:
            return end
        end = more.end()
    return end


def _listed(word: str) -> bool:
    sure, doubtful = first_names()
    key = word.partition("-")[0]
    return key in sure or key in doubtful or word in surnames()


def _is_surname(word: str) -> bool:
    return word in surnames() or word.partition("-")[0] in first_names()[0]


def _begins_sentence(flat: str, start: int) -> bool:
    at = start - 1
    while at >= 0 and flat[at] == " ":
        at -= 1
    return at < 0 or flat[at] in _OPENS


def _is_signed(reading: Reading, word: _Word) -> bool:
    """Alone on a line, where letters begin ("Vangie,") and end."""
    before = reading.flat[max(0, word.start - 4) : word.start].rstrip(" -")
    if before and not before.endswith("\n"):
        return False
    signed = SIGNED.match(reading.flat, word.end)
    return signed is not None and ("," in signed.group() or "\n" in before)


def _is_shouted(flat: str) -> bool:
    """A text in capitals: there a capital says nothing at all."""
    capitals, small = sum(map(str.isupper, flat)), sum(map(str.islower, flat))
    return capitals > _SHOUTED * (capitals + small)
