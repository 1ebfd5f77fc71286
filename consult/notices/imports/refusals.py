"""Why a file cannot be imported: facts for a page, and one English sentence for the command line."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

Fact = str | int


class Role(StrEnum):
    """What the file was given as."""

    QUESTIONNAIRE = "questionnaire"
    RESULT = "result"
    REGISTER = "register"


class Reason(StrEnum):
    """The facts each one carries stand in `SENTENCES`, in braces."""

    EMPTY_FILE = "empty_file"
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    WRONG_ENCODING = "wrong_encoding"
    TRUNCATED = "truncated"
    NOT_JSON = "not_json"
    NOT_A_VALUE = "not_a_value"
    TOO_DEEP = "too_deep"
    DUPLICATE_KEY = "duplicate_key"
    NOT_A_QUESTIONNAIRE = "not_a_questionnaire"
    NO_QUESTIONS = "no_questions"
    NOT_A_RESULT = "not_a_result"
    NO_ANSWERS = "no_answers"
    RESULT_GIVEN_AS_QUESTIONNAIRE = "result_given_as_questionnaire"
    QUESTIONNAIRE_GIVEN_AS_RESULT = "questionnaire_given_as_result"
    VERSION_MISMATCH = "version_mismatch"
    ANSWERS_DO_NOT_FIT = "answers_do_not_fit"
    NOT_A_REGISTER = "not_a_register"
    MISSING_COLUMNS = "missing_columns"
    DUPLICATE_COLUMNS = "duplicate_columns"
    NO_ROWS = "no_rows"


SENTENCES: Mapping[Reason, str] = {
    Reason.EMPTY_FILE: "{name} is empty.",
    Reason.TOO_LARGE: "{name} is too large: {size} bytes, at most {limit} are read.",
    Reason.NOT_TEXT: "{name} is not a text file: it is {kind}.",
    Reason.WRONG_ENCODING: (
        "{name} is not UTF-8 (byte {position}): it looks like {encoding}. Save it again as UTF-8."
    ),
    Reason.TRUNCATED: (
        "{name} is cut short: it stops at line {line}, column {column} (character {position}). "
        "Get the whole file again."
    ),
    Reason.NOT_JSON: "{name} is not JSON: {detail} at line {line}, column {column}.",
    Reason.NOT_A_VALUE: "{name} is not JSON: it holds {word}, which no JSON value may be.",
    Reason.TOO_DEEP: "{name} is nested more than {limit} levels deep.",
    Reason.DUPLICATE_KEY: "{name} gives “{key}” twice with different values; only one could be kept.",
    Reason.NOT_A_QUESTIONNAIRE: (
        "{name} is JSON, but not a questionnaire: it has no pages of questions. "
        "Expected a file such as survey-enfr_v1.0.1.json."
    ),
    Reason.NO_QUESTIONS: "The questionnaire {name} has no question.",
    Reason.NOT_A_RESULT: (
        "{name} is JSON, but not the result of an assessment: “{missing}” is missing or is not an object."
    ),
    Reason.NO_ANSWERS: "The result {name} holds no answer.",
    Reason.RESULT_GIVEN_AS_QUESTIONNAIRE: (
        "{name} was given as the questionnaire, but it is the result of an assessment. "
        "Were the two files swapped?"
    ),
    Reason.QUESTIONNAIRE_GIVEN_AS_RESULT: (
        "{name} was given as the result, but it is a questionnaire. Were the two files swapped?"
    ),
    Reason.VERSION_MISMATCH: (
        "The result {name} was made with version {result_version} of the questionnaire, "
        "but {questionnaire} is version {questionnaire_version}. "
        "Give the questionnaire of version {result_version}."
    ),
    Reason.ANSWERS_DO_NOT_FIT: (
        "Only {known} of the {answered} answers of {name} fit a question of {questionnaire}: "
        "it is most likely not the questionnaire this result was made with."
    ),
    Reason.NOT_A_REGISTER: "{name} is not a register: it is {kind}, not rows with commas.",
    Reason.MISSING_COLUMNS: "{name} is not the AI register: its first row lacks the columns {columns}.",
    Reason.DUPLICATE_COLUMNS: "The first row of {name} names these columns twice: {columns}.",
    Reason.NO_ROWS: "The register {name} has no row under its header.",
}


def printable(name: str) -> str:
    """A file name that can be printed anywhere, on one line."""
    kept = "".join(char if char.isprintable() else "�" for char in name)
    return kept.encode("utf-8", "replace").decode("utf-8")


class ImportRefused(Exception):
    """The whole file is refused and nothing was imported.

    ``name`` is the file at fault, given as ``role``; ``other`` the file it was to be read with, if
    any. ``facts`` are those of the reason.
    """

    def __init__(
        self, reason: Reason, name: str, role: Role, *, other: str = "", **facts: Fact
    ) -> None:
        super().__init__(f"{reason}: {name}")
        self.reason, self.name, self.role, self.other = reason, name, role, other
        self.facts: Mapping[str, Fact] = facts

    def beside(self, other: str) -> ImportRefused:
        """The same refusal, naming the file that was given with it too."""
        return ImportRefused(self.reason, self.name, self.role, other=other, **self.facts)

    def message(self) -> str:
        """One English line for the command line; a page finds its own words by ``reason``."""
        facts = {
            key: printable(value) if isinstance(value, str) else value
            for key, value in self.facts.items()
        }
        said = SENTENCES[self.reason].format(**facts, name=printable(self.name))
        return f"Nothing was imported from {self._what()}. {said}"

    def _what(self) -> str:
        name, other = printable(self.name), printable(self.other)
        if not other:
            return name
        result, asked = (other, name) if self.role is Role.QUESTIONNAIRE else (name, other)
        return f"{result} with the questionnaire {asked}"
