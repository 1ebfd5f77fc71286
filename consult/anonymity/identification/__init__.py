"""The check before sending: which passages of a text might give somebody away, in French and English.

It warns and never blocks, it is sometimes wrong, and it keeps, logs and compares nothing: a text goes
in, positions come out. Both languages are looked for in every text.

``text`` (what the rules read), ``rules`` and ``rules_personal`` (patterns), ``names`` (people),
``places`` (towns, sites), ``contacts`` (telephone numbers)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from consult.anonymity.identification.contacts import phones
from consult.anonymity.identification.names import names
from consult.anonymity.identification.places import small_groups_in, towns
from consult.anonymity.identification.rules import RULES
from consult.anonymity.identification.rules_personal import PERSONAL_RULES
from consult.anonymity.identification.span import Kind, Span, joined
from consult.anonymity.identification.text import Reading, read

__all__ = ["Kind", "Span", "spans"]


def spans(text: str, *, small_groups: Sequence[str] = ()) -> tuple[Span, ...]:
    """The passages that may identify, in order, none overlapping another.

    ``small_groups``: names of groups of few people, told by the letterbox; capitals and accents do not
    matter. Where rules overlap, one span covers them all and carries the kind that weighs most.
    Deterministic; time grows with the length: 0.2 ms for a text as people write, 10 ms for a full one."""
    reading = read(text)
    found = joined(sorted(_found(reading, small_groups)))
    return tuple(Span(*reading.place(span.start, span.end), span.kind, span.rule) for span in found)


def _found(reading: Reading, small_groups: Sequence[str]) -> Iterator[Span]:
    for rule in (*RULES, *PERSONAL_RULES):
        yield from rule.spans(reading)
    yield from phones(reading)
    yield from names(reading)
    yield from towns(reading)
    yield from small_groups_in(reading, small_groups)
