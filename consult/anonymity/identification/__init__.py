"""The check before sending: which passages of a text might give somebody away, in French and English.

It warns and never blocks, it is sometimes wrong, and it keeps, logs and compares nothing: a text goes
in, positions come out. Both languages are looked for in every text.

``text`` (what the rules read), ``rules`` and ``rules_personal`` (patterns), ``names`` and ``name_words``
(people, the words around them), ``places`` (towns, small groups), ``contacts`` (telephone numbers),
``numbers`` (social security)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from consult.anonymity.identification.contacts import phones
from consult.anonymity.identification.names import names
from consult.anonymity.identification.numbers import social_security
from consult.anonymity.identification.places import small_groups_in, towns
from consult.anonymity.identification.rules import RULES
from consult.anonymity.identification.rules_personal import PERSONAL_RULES
from consult.anonymity.identification.span import Kind, Span, joined
from consult.anonymity.identification.text import Reading, fold, read

__all__ = ["Kind", "Span", "spans"]


_BETWEEN_WORDS: Final = re.compile(r"[^\w]+")


def spans(text: str, *, small_groups: Sequence[str] = (), known: Sequence[str] = ()) -> tuple[Span, ...]:
    """The passages that may identify, in order, none overlapping another.

    ``small_groups``: names of groups of few people, told by the letterbox; capitals and accents do not
    matter. ``known``: titles whose words are no person's name here, such as that of the notice, so that
    "according to Plume" is not taken for a colleague. Where rules overlap, one span covers them all and
    carries the kind that weighs most. Deterministic; time grows with the length: 0.3 ms for a text as
    people write, 10 ms for a full one."""
    reading = read(text)
    told = frozenset(word for title in known for word in _BETWEEN_WORDS.split(fold(title)))
    found = joined(sorted(one for one in _found(reading, small_groups) if not _is_told(reading, one, told)))
    return tuple(Span(*reading.place(span.start, span.end), span.kind, span.rule) for span in found)


def _is_told(reading: Reading, span: Span, told: frozenset[str]) -> bool:
    """Whether a name is that of the thing everybody writes about."""
    if span.kind is not Kind.NAME or not told:
        return False
    return set(_BETWEEN_WORDS.split(reading.lower[span.start : span.end])) <= told


def _found(reading: Reading, small_groups: Sequence[str]) -> Iterator[Span]:
    for rule in (*RULES, *PERSONAL_RULES):
        yield from rule.spans(reading)
    yield from phones(reading)
    yield from social_security(reading)
    yield from names(reading)
    yield from towns(reading)
    yield from small_groups_in(reading, small_groups)
