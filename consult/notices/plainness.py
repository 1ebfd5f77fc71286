"""Whether the two-minute page reads in two minutes: advice on its sentences in French and English, which
warns and never blocks. (Its length in all blocks: see `readiness`.) Pure.

Only what a rule can tell for sure is told. Passive voice is not: neither language marks it reliably."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from consult.core.i18n import _l
from consult.core.localized import LOCALES, Localized
from consult.notices import blanks
from consult.notices.fields import Words
from consult.notices.rules import SUMMARY_KEYS

LONGEST = 25
"""Words in a sentence."""
MOST_CLAUSES = 2
"""Clauses that hang on others in a sentence."""
HEAVY = 7.0
"""Letters in a word, on average, from which a sentence is heavy."""
ENOUGH = 8
"""Words from which an average says something."""


class Kind(StrEnum):
    LONG = "long"
    CLAUSES = "clauses"
    ACRONYM = "acronym"
    JARGON = "jargon"
    HEDGE = "hedge"
    HEAVY = "heavy"


@dataclass(frozen=True, slots=True)
class Finding:
    """``words``: those concerned, as they were written. ``advice``: a sentence for whoever writes."""

    key: str
    language: str
    kind: Kind
    words: tuple[str, ...]
    advice: Words


def findings(summary: Mapping[str, Localized], *, names: Collection[Localized] = ()) -> tuple[Finding, ...]:
    """In the order of the page, then by language. ``names``: texts whose capitals are a name (the title)."""
    found: list[Finding] = []
    known = {word for name in names for text in name.texts.values() for word in _WORD.findall(text)}
    for key in SUMMARY_KEYS:
        for language in LOCALES:
            text = summary[key].texts.get(language, "") if key in summary else ""
            page = " ".join(one.texts.get(language, "") for one in summary.values())
            found += (
                Finding(key, language, kind, words, advice)
                for kind, words, advice in _told(blanks.shown(text, "_"), language, known, page)
            )
    return tuple(found)


Told = tuple[Kind, tuple[str, ...], Words]
_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")
_END = re.compile(r"(?<=[.!?…])[\s\u00a0\u202f]+(?=[^\W\d_a-zà-ÿ]|[«“(])")
"""Where one sentence ends and another begins, with a capital."""


def _told(text: str, language: str, names: Collection[str], page: str) -> Iterator[Told]:
    for sentence in _END.split(text):
        words = _WORD.findall(sentence)
        yield from _long(words)
        yield from _clauses(sentence, language)
        yield from _hedge(sentence, language)
        yield from _heavy(words)
    if found := _each(_JARGON[language], text):
        yield (
            Kind.JARGON, found,
            _l("“%(words)s” tells a colleague little: say what happens, in plain words.", words=_list(found)),
        )  # fmt: skip
    if found := _unexplained(text, page, names):
        yield (
            Kind.ACRONYM, found,
            _l("“%(words)s” is not spelled out: write it in full, or say it otherwise.", words=_list(found)),
        )  # fmt: skip


def _long(words: list[str]) -> Iterator[Told]:
    if len(words) > LONGEST:
        begin = " ".join(words[:4])
        yield (
            Kind.LONG, (begin,),
            _l(
                "The sentence that begins with “%(words)s” has %(count)s words: cut it in two, "
                "%(most)s words at most.", words=begin, count=len(words), most=LONGEST,
            ),
        )  # fmt: skip


def _clauses(sentence: str, language: str) -> Iterator[Told]:
    found = tuple(one.group().lower() for one in _CLAUSE[language].finditer(sentence))
    if len(found) > MOST_CLAUSES:
        yield (
            Kind.CLAUSES, found,
            _l("Too many clauses hang on one another (%(words)s): one idea a sentence.", words=_list(found)),
        )  # fmt: skip


def _hedge(sentence: str, language: str) -> Iterator[Told]:
    if (found := _each(_HEDGE[language], sentence)) and not _DAY.search(sentence):
        yield (
            Kind.HEDGE, found,
            _l("“%(words)s” gives no day: write a date, or the step that comes first.", words=_list(found)),
        )  # fmt: skip


def _heavy(words: list[str]) -> Iterator[Told]:
    said = [one for one in words if not one[0].isdigit()]
    letters = sum(sign.isalpha() for word in said for sign in word)
    if len(said) >= ENOUGH and letters / len(said) >= HEAVY:
        longest = tuple(sorted(dict.fromkeys(said), key=lambda word: -len(word))[:3])
        yield (
            Kind.HEAVY, longest,
            _l("Long words make this heavy (%(words)s): prefer shorter ones.", words=_list(longest)),
        )  # fmt: skip


def _unexplained(text: str, page: str, names: Collection[str]) -> tuple[str, ...]:
    """Capitals that no bracket explains, here or elsewhere on the page. A text all in capitals is no list of
    acronyms."""
    if text.isupper():
        return ()
    found = dict.fromkeys(_ACRONYM.findall(text))
    return tuple(one for one in found if one not in _KNOWN | set(names) and not _explained(one, page))


def _explained(acronym: str, page: str) -> bool:
    sign = re.escape(acronym)
    return re.search(rf"\({sign}\)|\b{sign}[\s\u00a0]*\([^)]*\w{{3}}", page) is not None


def _each(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.group().lower() for one in pattern.finditer(text)))


def _list(words: Collection[str]) -> str:
    return ", ".join(words)


# ── words ───────────────────────────────────────────────────────────────────────


def _any(*patterns: str) -> re.Pattern[str]:
    said = "|".join(one.replace("'", "[’']") for one in patterns)
    return re.compile(rf"(?<!\w)(?:{said})(?!\w)", re.IGNORECASE)


_ACRONYM = re.compile(r"(?<![\w-])[A-ZÀ-Þ]{2,6}(?![\w-])")
_KNOWN = frozenset({
    "CSE", "CSSCT", "CST", "IA", "AI", "RH", "HR", "DRH", "CDI", "CDD", "CV", "PDF", "SMS", "PC", "TV", "UE",
    "EU", "UK", "US", "OK", "II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII",
})  # fmt: skip
"""What every employee reads as a word, and numbers in Roman."""

_DAY = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[/.]\d{1,2}\b"
    r"|\b\d{1,2}(?:er|ᵉʳ)?\s(?:jan|fé?e?[bv]|mar|apr|avr|ma[iy]|jui?[nl]|ao[uû]t|aug|sep|oct|nov|d[eé]c)",
    re.IGNORECASE,
)
"""Something that looks like a date: a year, a day and a month."""

_CLAUSE = {
    "fr": _any(
        "qui", "que", "qu'\\w+", "dont", "où", "lequel", "duquel", "laquelle", "lesquel(?:le)?s",
        "auquel", "auxquel(?:le)?s", "lorsqu(?:e|'\\w+)", "puisqu(?:e|'\\w+)", "quoiqu(?:e|'\\w+)",
    ),
    "en": _any(
        "which", "who", "whom", "whose", "that", "because", "although", "whereas", "whereby", "unless",
    ),
}  # fmt: skip
_HEDGE = {
    "fr": _any(
        "prochainement", "bientôt", "sous peu", "à terme", "ultérieurement", "(?<!au )plus tard",
        "par la suite", "dans les meilleurs délais", "dès que possible", "le moment venu", "en temps utile",
        "en temps voulu", "dans un (?:second|deuxième) temps", "à l'avenir",
    ),
    "en": _any(
        "soon", "shortly", "eventually", "in due course", "in the near future", "at a later (?:date|stage)",
        "later on", "going forward", "as soon as possible", "when the time comes", "in the fullness of time",
    ),
}  # fmt: skip
_JARGON = {
    "fr": _any(
        "leviers?", "synergi\\w*", "disrupt\\w*", "scalab\\w*", "seamless", "solutions?", "innovant\\w*",
        "révolutionn\\w*", "(?:de|à la) pointe", "état de l'art", "écosystèmes?", "paradigmes?",
        "holistiques?", "proacti\\w*", "digitali\\w*", "impact(?:er|era|ent|ant|e)", "implément\\w*",
        "optimis\\w*", "process", "workflows?", "use cases?", "best practices", "onboarding", "mindset",
        "roadmap", "montée? en compétences?", "monter en compétences?", "collaborateurs? augmentés?",
        "fluidifi\\w*", "transversalités?", "à valeur ajoutée", "agilité",
    ),
    "en": _any(
        "leverag\\w*", "synerg\\w*", "disrupt\\w*", "scalab\\w*", "seamless\\w*", "empower\\w*", "solutions?",
        "innovative", "revolutioni[sz]\\w*", "cutting-edge", "state-of-the-art", "best-in-class",
        "world-class", "ecosystems?", "paradigms?", "holistic\\w*", "proactive\\w*", "streamlin\\w*",
        "optimi[sz]\\w*", "utili[sz](?:e|es|ed|ing|ation)", "stakeholders?", "deep dives?", "use cases?",
        "best practices", "game-chang\\w*", "ai-powered", "value-add\\w*", "touchpoints?", "mindset",
        "roadmap", "upskill\\w*", "next-gen\\w*",
    ),
}  # fmt: skip
