"""Files that are not what they should be: refused whole, with words that say what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from consult.notices.imports import decoding
from consult.notices.imports.decoding import json_of, storable_value, text_of
from consult.notices.imports.refusals import SENTENCES, ImportRefused, Reason, Role


def refused(raw: bytes, **options: Any) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        json_of(raw, "file.json", Role.RESULT, **options)
    return caught.value


def test_utf8_with_and_without_a_mark() -> None:
    assert text_of("é".encode(), "f", Role.RESULT) == "é"
    assert text_of("é".encode("utf-8-sig"), "f", Role.RESULT) == "é"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", Reason.EMPTY_FILE),
        (b"\xef\xbb\xbf  \n", Reason.EMPTY_FILE),
        (b"%PDF-1.7 ...", Reason.NOT_TEXT),
        (b"PK\x03\x04rest", Reason.NOT_TEXT),
        ('{"a": "é"}'.encode("utf-16"), Reason.WRONG_ENCODING),
        ('{"a": "é"}'.encode("utf-16-le"), Reason.WRONG_ENCODING),
        ('{"a": "é"}'.encode("utf-16-be"), Reason.WRONG_ENCODING),
        ('{"a": "é"}'.encode("cp1252"), Reason.WRONG_ENCODING),
        (b"{'a': 1}", Reason.NOT_JSON),
        (b'{"a": 1} x', Reason.NOT_JSON),
        (b'{"a": NaN}', Reason.NOT_A_VALUE),
        (b'{"a": 1, "a": 2}', Reason.DUPLICATE_KEY),
        (b"[" * 60 + b"]" * 60, Reason.TOO_DEEP),
        (b"[" * 100_000 + b"]" * 100_000, Reason.TOO_DEEP),
    ],
)
def test_what_is_wrong_is_named(raw: bytes, reason: Reason) -> None:
    assert refused(raw).reason is reason


def test_a_file_that_is_too_large_says_how_large() -> None:
    found = refused(b"[1, 2, 3]", limit=4)
    assert found.reason is Reason.TOO_LARGE
    assert "9 bytes, at most 4" in found.message()


WHOLE = json.dumps({"version": "v1", "data": {"a": ["é", True, None, 1.5]}, "x": {"y": ["z"]}}, indent=1)


def test_a_cut_anywhere_is_called_a_cut() -> None:
    raw = WHOLE.encode()
    for end in range(1, len(raw)):
        if not raw[:end].strip():
            continue
        assert refused(raw[:end]).reason is Reason.TRUNCATED, raw[:end]
    assert json_of(raw, "f", Role.RESULT)["data"]["a"][0] == "é"


def test_a_cut_inside_a_character_is_called_a_cut() -> None:
    raw = '{"a": "é"}'.encode()
    found = refused(raw[: raw.index(b"\xc3") + 1])
    assert found.reason is Reason.TRUNCATED
    assert (found.facts["line"], found.facts["column"]) == (1, 8)


def test_lines_and_columns_are_those_of_an_editor() -> None:
    found = refused(b'{\n "a": 1,\n b: 2\n}')
    assert (found.reason, found.facts["line"], found.facts["column"]) == (Reason.NOT_JSON, 3, 2)


def test_the_same_value_twice_loses_nothing() -> None:
    assert json_of(b'{"a": 1, "a": 1}', "f", Role.RESULT) == {"a": 1}


def test_numbers_no_machine_holds_stay_as_written() -> None:
    read = json_of(b'{"a": 12345678901234567890123, "b": 0.1000, "c": 7}', "f", Role.RESULT)
    assert read == {"a": "12345678901234567890123", "b": "0.1000", "c": 7}


def test_what_no_database_keeps_is_replaced() -> None:
    read = storable_value(json_of(b'{"a\\u0000": ["x\\ud800y", 1]}', "f", Role.RESULT))
    assert read == {"a\ufffd": ["x\ufffdy", 1]}


def test_every_reason_has_its_sentence_and_names_the_file_or_the_place_in_it() -> None:
    assert set(SENTENCES) == set(Reason)
    for sentence in SENTENCES.values():
        assert "{name}" in sentence or "{place}" in sentence


def test_a_refusal_names_both_files_whichever_is_at_fault() -> None:
    one = ImportRefused(Reason.EMPTY_FILE, "q.json", Role.QUESTIONNAIRE).beside("r.json")
    other = ImportRefused(Reason.EMPTY_FILE, "r.json", Role.RESULT).beside("q.json")
    for found in (one, other):
        assert str(found).startswith("Nothing was imported from r.json with the questionnaire q.json.")


def test_names_cannot_break_a_line_and_words_are_translated() -> None:
    found = ImportRefused(Reason.NOT_TEXT, "a\nb\x1b[0m", Role.RESULT, kind="a PDF document")
    assert "\n" not in found.message()
    assert "\x1b" not in found.message()
    assert "<a PDF document>" in found.message(lambda text: text if "{" in text else f"<{text}>")


def test_the_limit_leaves_room_for_every_known_file() -> None:
    assert decoding.MAX_BYTES > 4 * 398_312  # the largest questionnaire
    assert 2 * decoding.MAX_BYTES <= 4 * 1024 * 1024  # both files of one upload
