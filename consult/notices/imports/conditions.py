"""The conditions under which a questionnaire shows a question (SurveyJS ``visibleIf``).

Understood: ``{name} = "value"``, ``<>`` and ``!=``, ``contains`` and ``notcontains`` (a value or a
list, within a list or within a text), ``anyof``, ``empty``, ``notempty``, ``and``, ``or``,
parentheses. A condition that says anything else is not guessed at: `condition` answers ``None``
and the question counts as shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, Any]
_Test = Callable[[Answers], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<name>\{[^{}]*\}) | (?P<text>"[^"]*"|'[^']*') | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<sign><>|!=|==|=|\(|\)|\[|\]|,) | (?P<word>[A-Za-z]+)
    )""",
    re.VERBOSE,
)
_MAX_LENGTH = 4000
_MAX_PARENTHESES = 20


@dataclass(frozen=True)
class Condition:
    """A condition, with the names of the questions it looks at, in the order it names them."""

    text: str
    names: tuple[str, ...]
    holds: _Test


def condition(text: str) -> Condition | None:
    """Read a condition, or ``None`` when it is not understood."""
    if len(text) > _MAX_LENGTH or text.count("(") > _MAX_PARENTHESES:
        return None
    try:
        reader = _Reader(_tokens(text))
        test = reader.either()
        reader.finish()
    except _NotUnderstood:
        return None
    return Condition(text, tuple(dict.fromkeys(reader.names)), test)


def is_answered(value: Any) -> bool:
    """Whether a value says anything: nothing, blanks and empty lists do not."""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, list | dict):
        return bool(value)
    return value is not None


class _NotUnderstood(Exception):
    pass


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise _NotUnderstood
        kind, token = found.lastgroup, found[found.lastgroup]
        tokens.append((kind, token.lower() if kind == "word" else token))
        at = found.end()
    return tokens


class _Reader:
    """Reads from left to right; ``and`` binds closer than ``or``."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at = tokens, 0
        self.names: list[str] = []

    def take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise _NotUnderstood
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, token: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] in (("word", token), ("sign", token)):
            self.at += 1
            return True
        return False

    def finish(self) -> None:
        if self.at < len(self.tokens):
            raise _NotUnderstood

    def either(self) -> _Test:
        tests = [self.all()]
        while self.accept("or"):
            tests.append(self.all())
        return lambda answers: any(test(answers) for test in tests)

    def all(self) -> _Test:
        tests = [self.one()]
        while self.accept("and"):
            tests.append(self.one())
        return lambda answers: all(test(answers) for test in tests)

    def one(self) -> _Test:
        if self.accept("("):
            test = self.either()
            if not self.accept(")"):
                raise _NotUnderstood
            return test
        name = self.question()
        _, operator = self.take()
        if operator == "empty":
            return lambda answers: not is_answered(answers.get(name))
        if operator == "notempty":
            return lambda answers: is_answered(answers.get(name))
        if operator not in _OPERATORS:
            raise _NotUnderstood
        compare, wanted = _OPERATORS[operator], self.values()
        return lambda answers: compare(answers.get(name), wanted)

    def question(self) -> str:
        kind, token = self.take()
        if kind != "name":
            raise _NotUnderstood
        self.names.append(token[1:-1].strip())
        return self.names[-1]

    def values(self) -> list[str]:
        if not self.accept("["):
            return [self.value()]
        found = [self.value()]
        while self.accept(","):
            found.append(self.value())
        if not self.accept("]"):
            raise _NotUnderstood
        return found

    def value(self) -> str:
        kind, token = self.take()
        if kind == "text":
            return token[1:-1]
        if kind == "number" or (kind == "word" and token in ("true", "false")):
            return token
        raise _NotUnderstood


def canonical(value: Any) -> str:
    """A value as text, so that the number 3 and the text "3" are one choice."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _equal(found: Any, wanted: list[str]) -> bool:
    if isinstance(found, list):
        return sorted(map(canonical, found)) == sorted(wanted)
    return found is not None and [canonical(found)] == wanted


def _contains(found: Any, wanted: list[str]) -> bool:
    """All of ``wanted``: among the values of a list, or within a text (``item1`` is in ``item1-3``)."""
    if isinstance(found, list):
        held = {canonical(one) for one in found}
        return all(one in held for one in wanted)
    return found is not None and all(one in canonical(found) for one in wanted)


def _any_of(found: Any, wanted: list[str]) -> bool:
    held = found if isinstance(found, list) else [found]
    return any(canonical(one) in wanted for one in held if one is not None)


_OPERATORS: Mapping[str, Callable[[Any, list[str]], bool]] = {
    "=": _equal,
    "==": _equal,
    "<>": lambda found, wanted: not _equal(found, wanted),
    "!=": lambda found, wanted: not _equal(found, wanted),
    "contains": _contains,
    "notcontains": lambda found, wanted: not _contains(found, wanted),
    "anyof": _any_of,
}
