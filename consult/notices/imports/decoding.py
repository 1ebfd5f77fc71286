"""Bytes to text to JSON, with a clear refusal for everything that can be wrong on the way."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from consult.notices.imports.refusals import ImportRefused, Reason, Role, _

MAX_BYTES = 2 * 1024 * 1024
"""The largest questionnaire known has 0.4 MB, the register 3 kB a row."""
MAX_DEPTH = 40
REPLACEMENT = "\ufffd"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

_MAGIC = {
    b"%PDF": _("a PDF document"),
    b"PK\x03\x04": _("a spreadsheet, a word-processor document or a ZIP archive"),
    b"\xd0\xcf\x11\xe0": _("an old spreadsheet or word-processor document"),
    b"\x1f\x8b": _("a compressed file"),
}
_WIDE = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def text_of(raw: bytes, name: str, role: Role, *, limit: int = MAX_BYTES) -> str:
    """The text of a UTF-8 file, with or without a byte-order mark."""
    if len(raw) > limit:
        raise ImportRefused(Reason.TOO_LARGE, name, role, size=len(raw), limit=limit)
    if not raw.removeprefix(codecs.BOM_UTF8).strip():
        raise ImportRefused(Reason.EMPTY_FILE, name, role)
    for magic, kind in _MAGIC.items():
        if raw.startswith(magic):
            raise ImportRefused(Reason.NOT_TEXT, name, role, kind=kind)
    for mark, encoding in _WIDE.items():
        if raw.startswith(mark):
            raise ImportRefused(Reason.WRONG_ENCODING, name, role, encoding=encoding, position=0)
    if b"\0" in raw[:2]:
        raise ImportRefused(Reason.WRONG_ENCODING, name, role, encoding="UTF-16", position=0)
    body = raw.removeprefix(codecs.BOM_UTF8)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise _undecodable(body, fault, name, role, skipped=len(raw) - len(body)) from None


def _undecodable(
    body: bytes, fault: UnicodeDecodeError, name: str, role: Role, *, skipped: int
) -> ImportRefused:
    if fault.reason == "unexpected end of data":
        before = body[: fault.start].decode("utf-8")
        return _at(Reason.TRUNCATED, name, role, before, len(before))
    return ImportRefused(
        Reason.WRONG_ENCODING,
        name,
        role,
        encoding=_("Windows-1252 or ISO-8859-1"),
        position=fault.start + skipped,
    )


def _at(reason: Reason, name: str, role: Role, text: str, position: int) -> ImportRefused:
    """A refusal with its place: line and column from 1, as editors show them, and the character from 0."""
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return ImportRefused(reason, name, role, line=line, column=column, position=position)


def json_of(raw: bytes, name: str, role: Role, *, limit: int = MAX_BYTES) -> Any:
    """The JSON value in a file. Nothing is dropped in silence: a key given twice with two values
    refuses the file; numbers no machine holds stay the text they were written as."""
    text = text_of(raw, name, role, limit=limit)

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for key, value in found:
            if key in read and read[key] != value:
                raise ImportRefused(Reason.DUPLICATE_KEY, name, role, key=key)
            read[key] = value
        return read

    def constant(word: str) -> Any:
        raise ImportRefused(Reason.NOT_A_VALUE, name, role, word=word)

    try:
        value = json.loads(
            text, object_pairs_hook=pairs, parse_constant=constant, parse_int=_whole, parse_float=_real
        )
    except json.JSONDecodeError as fault:
        raise _unparsable(text, name, role, fault) from None
    except RecursionError:
        raise ImportRefused(Reason.TOO_DEEP, name, role, limit=MAX_DEPTH) from None
    if _deeper_than(value, MAX_DEPTH):
        raise ImportRefused(Reason.TOO_DEEP, name, role, limit=MAX_DEPTH)
    return value


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= 18 else digits


def _real(digits: str) -> float | str:
    number = float(digits)
    return number if repr(number) == digits else digits


def _unparsable(text: str, name: str, role: Role, fault: json.JSONDecodeError) -> ImportRefused:
    if _stops_inside(text) and (fault.msg.startswith("Unterminated") or _at_end(text, fault.pos)):
        return _at(Reason.TRUNCATED, name, role, text, len(text.rstrip()))
    return _at(Reason.NOT_JSON, name, role, text, fault.pos)


def _at_end(text: str, position: int) -> bool:
    """Whether the parser gave up within the last word: the longest is ``false``, or ``\\uXXXX``."""
    return len(text.rstrip()) - position <= 6


def _stops_inside(text: str) -> bool:
    """Whether the text ends within a string, an array or an object that it opened."""
    depth, quoted, escaped = 0, False, False
    for char in text:
        if quoted:
            quoted, escaped = escaped or char != '"', not escaped and char == "\\"
        elif char == '"':
            quoted = True
        elif char in "{[":
            depth += 1
        elif char in "}]":
            depth -= 1
    return quoted or depth > 0


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value]
    for _level in range(limit + 1):
        if not level:
            return False
        level = [inner for one in level for inner in _inner(one)]
    return bool(level)


def _inner(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def storable(text: str) -> str:
    """The text with U+FFFD for what no database keeps: halves of surrogate pairs and NUL."""
    return _UNSTORABLE.sub(REPLACEMENT, text)


def storable_value(value: Any) -> Any:
    """`storable` for every text in a JSON value of bounded depth, names of members too."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_value(one) for one in value]
    if isinstance(value, dict):
        return {storable(key): storable_value(one) for key, one in value.items()}
    return value
