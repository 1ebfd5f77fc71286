"""Why a file cannot be imported: the reason, its facts, and the sentence that says them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from consult.core.errors import Refused

Fact = str | int


def _(text: str) -> str:
    """Marks a sentence for the catalogue; whoever shows it on a page translates it there."""
    return text


class Role(StrEnum):
    """What the file was given as."""

    QUESTIONNAIRE = "questionnaire"
    RESULT = "result"
    REGISTER = "register"
    NOTICE = "notice"


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
    STRAY_QUOTE = "stray_quote"
    NO_ROWS = "no_rows"
    NOT_A_NOTICE = "not_a_notice"
    OTHER_FORMAT = "other_format"
    NOTICE_DOES_NOT_FIT = "notice_does_not_fit"
    OTHER_OFFICE = "other_office"
    DAMAGED = "damaged"
    TOO_MUCH_INSIDE = "too_much_inside"
    MACROS = "macros"
    OTHER_FILES = "other_files"
    NOT_A_TEMPLATE = "not_a_template"
    FORMULA = "formula"
    NOT_READ = "not_read"
    NOT_TEXT_INSIDE = "not_text_inside"
    TRACKED = "tracked"
    NO_KEY = "no_key"
    UNKNOWN_KEY = "unknown_key"
    SAID_TWICE = "said_twice"
    COLUMNS_LOST = "columns_lost"
    NEEDED = "needed"
    NOT_A_TEXT = "not_a_text"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_DAY = "not_a_day"
    NOT_A_COUNT = "not_a_count"
    TOO_LONG = "too_long"


SENTENCES: Mapping[Reason, str] = {
    Reason.EMPTY_FILE: _("{name} is empty."),
    Reason.TOO_LARGE: _("{name} is too large: {size} bytes, at most {limit} are read."),
    Reason.NOT_TEXT: _("{name} is not a text file: it is {kind}."),
    Reason.WRONG_ENCODING: _(
        "{name} is not UTF-8 (byte {position}): it looks like {encoding}. Save it again as UTF-8."
    ),
    Reason.TRUNCATED: _(
        "{name} is cut short: it stops at line {line}, column {column} (character {position}). "
        "Get the whole file again."
    ),
    Reason.NOT_JSON: _("{name} is not JSON: what stands at line {line}, column {column} cannot be read."),
    Reason.NOT_A_VALUE: _("{name} is not JSON: it holds {word}, which no JSON value may be."),
    Reason.TOO_DEEP: _("{name} is nested more than {limit} levels deep."),
    Reason.DUPLICATE_KEY: _("{name} gives “{key}” twice with different values; only one could be kept."),
    Reason.NOT_A_QUESTIONNAIRE: _(
        "{name} is JSON, but not a questionnaire: it has no pages of questions. "
        "Expected a file such as survey-enfr_v1.0.1.json."
    ),
    Reason.NO_QUESTIONS: _("The questionnaire {name} has no question."),
    Reason.NOT_A_RESULT: _(
        "{name} is JSON, but not the result of an assessment: “{missing}” is missing or is not an object."
    ),
    Reason.NO_ANSWERS: _("The result {name} holds no answer."),
    Reason.RESULT_GIVEN_AS_QUESTIONNAIRE: _(
        "{name} was given as the questionnaire, but it is the result of an assessment. "
        "Were the two files swapped?"
    ),
    Reason.QUESTIONNAIRE_GIVEN_AS_RESULT: _(
        "{name} was given as the result, but it is a questionnaire. Were the two files swapped?"
    ),
    Reason.VERSION_MISMATCH: _(
        "The result {name} was made with version {result_version} of the questionnaire, "
        "but {questionnaire} is version {questionnaire_version}. "
        "Give the questionnaire of version {result_version}."
    ),
    Reason.ANSWERS_DO_NOT_FIT: _(
        "Only {known} of the {answered} answers of {name} fit a question of {questionnaire}: "
        "it is most likely not the questionnaire this result was made with."
    ),
    Reason.NOT_A_REGISTER: _("{name} is not a register: it is {kind}, not rows with commas."),
    Reason.MISSING_COLUMNS: _("{name} is not the AI register: its first row lacks the columns {columns}."),
    Reason.DUPLICATE_COLUMNS: _("The first row of {name} names these columns twice: {columns}."),
    Reason.STRAY_QUOTE: _("{name} cannot be read at line {line}: a quotation mark is out of place."),
    Reason.NO_ROWS: _("The register {name} has no row under its header."),
    Reason.NOT_A_NOTICE: _(
        "{name} is JSON, but not a notice as `consult export notice` writes it: "
        "it does not say “format”: “consult-notice”."
    ),
    Reason.OTHER_FORMAT: _(
        "{name} is written in version {version} of the format; this release reads {known}."
    ),
    Reason.NOTICE_DOES_NOT_FIT: _("{name} cannot be read as a notice: {where} does not hold what it should."),
    Reason.OTHER_OFFICE: _("{name} cannot be read: it is {kind}. Save it again as .docx or .xlsx."),
    Reason.DAMAGED: _("{name} cannot be opened: it is damaged. Save it again, or download it again."),
    Reason.TOO_MUCH_INSIDE: _("{name} holds more than a notice may. Copy your texts into a new template."),
    Reason.MACROS: _("{name} holds macros. Save it without them, as .docx or .xlsx."),
    Reason.OTHER_FILES: _("{name} refers to other files or holds some. Take them out and save it again."),
    Reason.NOT_A_TEMPLATE: _(
        "{name} has none of the tables of a notice. "
        "Start from the template, or from a notice downloaded here."
    ),
    Reason.FORMULA: _("{place} holds a formula. Put its result there, as text."),
    Reason.NOT_READ: _(
        "At {place}, “{text}” stands where nothing is read. Move it into a field, or delete it."
    ),
    Reason.NOT_TEXT_INSIDE: _("{place} holds {kind}, which cannot be imported. Take it out."),
    Reason.TRACKED: _("{place} has tracked changes. Accept or reject them, then save the document again."),
    Reason.NO_KEY: _(
        "At {place}, “{text}” stands in a row without a key. Move it into a field, or delete it."
    ),
    Reason.UNKNOWN_KEY: _(
        "At {place}, “{key}” is no part of a notice. Put the key right, or delete the text."
    ),
    Reason.SAID_TWICE: _("{place} says something else than the same field further up. Keep one of the two."),
    Reason.COLUMNS_LOST: _(
        "The table {place} has lost the columns {columns}. Put them back, or download the file again."
    ),
    Reason.NEEDED: _("{place} is empty: “{column}” is needed in a row that says something."),
    Reason.NOT_A_TEXT: _("{place} holds “{text}”, which is no text. Write it as text."),
    Reason.NOT_A_CHOICE: _("{place} says “{text}”. It takes one of these: {choices}."),
    Reason.NOT_A_DAY: _("{place} says “{text}”, which is no date. Write one like 2027-01-15."),
    Reason.NOT_A_COUNT: _("{place} says “{text}”. It takes a whole number from 0 to {limit}."),
    Reason.TOO_LONG: _("{place} is too long: at most {limit} characters are kept there."),
}

_SAID = frozenset({"kind", "encoding"})
"""Facts that are words of ours, not of the file's."""

NOTHING_FROM = _("Nothing was imported from {name}.")
NOTHING_FROM_BOTH = _("Nothing was imported from {result} with the questionnaire {questionnaire}.")


def printable(name: str) -> str:
    """A file name that can be printed anywhere, on one line."""
    kept = "".join(char if char.isprintable() else "�" for char in name)
    return kept.encode("utf-8", "replace").decode("utf-8")


class ImportRefused(Refused):
    """The whole file is refused and nothing was imported.

    ``name`` is the file at fault, given as ``role``; ``other`` the file it was to be read with, if
    any. ``facts`` are those of the reason.
    """

    def __init__(self, reason: Reason, name: str, role: Role, *, other: str = "", **facts: Fact) -> None:
        super().__init__(f"{reason}: {name}")
        self.reason, self.name, self.role, self.other = reason, name, role, other
        self.facts: Mapping[str, Fact] = facts

    def beside(self, other: str) -> ImportRefused:
        """The same refusal, naming the file that was given with it too."""
        return ImportRefused(self.reason, self.name, self.role, other=other, **self.facts)

    def message(self, translated: Callable[[str], str] = _) -> str:
        """Two sentences that name every file; ``translated`` puts one into the reader's language."""
        facts = {
            key: printable(translated(value) if key in _SAID else value) if isinstance(value, str) else value
            for key, value in self.facts.items()
        }
        said = translated(SENTENCES[self.reason]).format(**facts, name=printable(self.name))
        if not self.other:
            return translated(NOTHING_FROM).format(name=printable(self.name)) + " " + said
        result, asked = self.name, self.other
        if self.role is Role.QUESTIONNAIRE:
            result, asked = asked, result
        nothing = translated(NOTHING_FROM_BOTH)
        return nothing.format(result=printable(result), questionnaire=printable(asked)) + " " + said

    def __str__(self) -> str:
        return self.message()
