"""People: a title before a name, first names and surnames of the lists, initials, and unknown names
where the words around them say that a person is meant. Only what begins with a capital counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from consult.anonymity.identification.lists import first_names, surnames
from consult.anonymity.identification.span import Kind, Span
from consult.anonymity.identification.text import Reading

_WORD: Final = re.compile(r"(?<![\w@/])(?:O'(?=[A-Z]))?[A-Z][^\W\d_]*(?:-[^\W\d_]+){0,3}(?![\w@])")
_PARTICLE: Final = (
    r"(?:de |du |des |d'|de la |le |la |van |von |der |den |el |al |al-|ben |bin |da |dos |di |st\.? )"
)
_INITIAL: Final = r"[A-Z]\.(?:[ -]?[A-Z]\.){0,3}"
_NAME_WORD: Final = r"(?:O'|Mc|Mac|d'|D')?[A-Z][^\W\d_]+(?:[-'][^\W\d_]+){0,3}"
_TITLED: Final = re.compile(
    r"\b(?:MM?|Mme?s?|Mlle|Mrs?|Ms|Dr|Pr|Prof|Mgr|Me|Maitre|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle"
    r"|[Dd]octeur"
    r"|[Pp]rofesseur|Professor|Doctor|Miss|Sir|Capt|Captain)\b\.?"
    r"(?: (?:et|and|&) (?:Mme|Mrs|Madame)\b\.?)?[ \n]"
    rf"(?P<name>(?:{_INITIAL}[ ]?|{_PARTICLE})?(?:{_NAME_WORD}|{_INITIAL})"
    rf"(?: (?:{_INITIAL} ?)?{_PARTICLE}?{_NAME_WORD}){{0,3}})"
)
_INITIALLED: Final = re.compile(rf"(?<![\w.]){_INITIAL} ?(?:{_PARTICLE})?(?P<name>{_NAME_WORD})")
_MORE: Final = re.compile(
    rf" (?:{_INITIAL} ?)?(?:{_PARTICLE})?(?P<word>{_NAME_WORD})(?![\w@])"
    rf"| (?P<initial>[A-Z]\.)(?= ?[,;:a-z)\n]|$)"
)
_CUE_BEFORE: Final = re.compile(
    r"\b(?:collegue|copain|copine|amie?|chef|cheffe|manager|manageuse|responsable|directeur|directrice"
    r"|n\+1|appelle"
    r"|nommee?|prenom|colleague|coworker|co-worker|boss|supervisor|teammate|named|called|name is"
    r"|name was) $"
)
_CUE_AFTER: Final = re.compile(
    r" (?:(?:ne |n')?(?:m'a|m'avait|nous a|a dit|a repondu|a explique|dit que|disait|est venue?|pense que"
    r"|refuse)"
    r"|said|told|says|asked|thinks|explained|replied|refuses|and i\b|et moi\b)"
)
_ARTICLE: Final = re.compile(r"\b(?:[Ll]es?|[Ll]a|[Uu]ne?|[Dd]es|[Tt]he|[Aa]n?) $|\bL'$|\bl'$")
_OPENS: Final = frozenset('.!?:;\n"-•*()…')
_SMALL_WORDS: Final = (
    "i je tu il elle on nous vous ils elles et mais ou donc or ni car si que qui the a an he she we "
    "they it you and but or so if as at in on of to is are was this that these those my our your his "
    "her their le la les un une des du de ce cette ces mon ma mes notre nos votre vos leur leurs son "
    "sa ses en au aux par pour avec sans sur sous dans chez personne cela ca tout tous rien merci "
    "bonjour hello hi dear thanks please yes no oui non ok pas ne plus ai ia hr rh it cse ceo teams "
    "word excel outlook copilot chatgpt gpt gemini mistral llama sap siri alexa openai microsoft "
    "google assistant what when where why how who which there here then now not comment pourquoi "
    "quand depuis le monsieur madame mademoiselle president gouvernement cour commission etat code "
    "article droits convention internet english french anglais francais europe union"
)
_NOT_NAMES: Final = frozenset(_SMALL_WORDS.split())
_SHOUTED: Final = 0.6


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
        if match["name"].split()[0].lower() not in _NOT_NAMES:
            yield _span(match.start(), match.end("name"), "titled")
    for match in _INITIALLED.finditer(flat):
        if _listed(match["name"].lower()) or match["name"].isupper():
            yield _span(match.start(), match.end(), "initials")
    shouted = _is_shouted(flat)
    for word in _words(reading):
        found = _judge(reading, word, shouted)
        if found:
            yield _span(word.start, _with_surname(reading, word.end), found)


def _span(start: int, end: int, rule: str) -> Span:
    return Span(start, end, Kind.NAME, rule)


def _words(reading: Reading) -> Iterator[_Word]:
    for match in _WORD.finditer(reading.flat):
        whole = match.group().lower()
        if len(whole) > 1 and whole not in _NOT_NAMES:
            opens = _begins_sentence(reading.flat, match.start())
            yield _Word(match.start(), match.end(), whole.partition("-")[0], whole, opens)


def _judge(reading: Reading, word: _Word, shouted: bool) -> str | None:
    """The rule by which a word is taken for a name, or None."""
    sure, doubtful = first_names()
    if word.key in sure or word.whole in sure:
        return "first_name"
    if shouted:
        return None
    if word.key in doubtful:
        return "first_name" if _meant_as_name(reading, word) else None
    if word.whole in surnames() or (word.key in surnames() and "-" in word.whole):
        return "surname"
    if _CUE_BEFORE.search(reading.lower, max(0, word.start - 20), word.start):
        return "cue"
    if not word.opens and _CUE_AFTER.match(reading.lower, word.end):
        return None if _ARTICLE.search(reading.flat, max(0, word.start - 5), word.start) else "cue"
    return None


def _meant_as_name(reading: Reading, word: _Word) -> bool:
    """A name that is also a word: in mid-sentence without an article, before a surname, or speaking."""
    if _CUE_AFTER.match(reading.lower, word.end):
        return True
    more = _MORE.match(reading.flat, word.end)
    if more and more["word"] and _listed(more["word"].lower()):
        return True
    article = _ARTICLE.search(reading.flat, max(0, word.start - 5), word.start)
    return not word.opens and article is None


def _with_surname(reading: Reading, end: int) -> int:
    """Where a name ends once the capitals behind it are taken along, four words at most."""
    for _ in range(3):
        more = _MORE.match(reading.flat, end)
        if more is None or (more["word"] or "").lower() in _NOT_NAMES:
            return end
        end = more.end()
    return end


def _listed(word: str) -> bool:
    sure, doubtful = first_names()
    key = word.partition("-")[0]
    return key in sure or key in doubtful or word in surnames()


def _begins_sentence(flat: str, start: int) -> bool:
    at = start - 1
    while at >= 0 and flat[at] == " ":
        at -= 1
    return at < 0 or flat[at] in _OPENS


def _is_shouted(flat: str) -> bool:
    """A text in capitals: there a capital says nothing at all."""
    capitals, small = sum(map(str.isupper, flat)), sum(map(str.islower, flat))
    return capitals > _SHOUTED * (capitals + small)
