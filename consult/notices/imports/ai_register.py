"""The Government of Canada's AI register: each row of the CSV file becomes a draft, or is rejected
with its number and the reason.

A row's number is the one a spreadsheet shows: the header is row 1. Statuses come with stray blanks
and spellings; they are brought to one form, and what is not known stays as it was found. The file is
refused whole only where its rows cannot be told apart.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from consult.core.localized import Localized
from consult.notices.imports.decoding import storable, text_of
from consult.notices.imports.draft import (
    Gathered,
    ImportedDraft,
    Part,
    ReportKind,
    ReportLine,
    both,
    same,
)
from consult.notices.imports.refusals import ImportRefused, Reason, Role, _, printable

SOURCE = "gc-ai-register"
IDENTIFIER, NAME, STATUS = "ai_register_id", "name_ai_system", "ai_system_status"
LANGUAGES = ("en", "fr")


class Shape(StrEnum):
    """What the cells of a column hold."""

    PAIR = "pair"
    """A text in ``…_en`` and its French in ``…_fr``."""
    ONE = "one"
    """One text for both languages."""
    SLASHED = "slashed"
    """``English / French`` in one cell."""
    YES_NO = "yes_no"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column's text goes; ``bare`` without its question, where the field itself asks it."""

    name: str
    field: str
    question: Localized
    shape: Shape = Shape.PAIR
    bare: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        """The names of its cells in the header."""
        if self.shape in (Shape.PAIR, Shape.STATUS):
            return (f"{self.name}_en", f"{self.name}_fr")
        return (self.name,)


COLUMNS = (
    Column(
        IDENTIFIER,
        "notice_ref_version",
        both("Register identifier", "Identifiant dans le registre"),
        Shape.ONE,
    ),
    Column(NAME, "system_name", both("Name of the AI system", "Nom du système d’IA"), bare=True),
    Column(
        "government_organization",
        "owner_team",
        both("Government organization", "Organisation gouvernementale"),
        Shape.SLASHED,
    ),
    Column(
        "description_ai_system",
        "detailed_description",
        both("Description of the AI system", "Description du système d’IA"),
        bare=True,
    ),
    Column("ai_system_primary_users", "", both("Primary users", "Principaux utilisateurs")),
    Column("developed_by", "supplier", both("Developed by", "Développé par")),
    Column("vendor_information", "supplier", both("Vendor", "Fournisseur"), Shape.ONE),
    Column(STATUS, "phase", both("Status", "État"), Shape.STATUS),
    Column("status_date", "phase", both("Year of the status", "Année de cet état"), Shape.ONE),
    Column("ai_system_capabilities", "capabilities", both("Capabilities", "Capacités"), bare=True),
    Column("data_sources", "data_inputs", both("Data sources", "Sources de données")),
    Column(
        "involves_personal_information",
        "data_inputs",
        both("Involves personal information", "Renseignements personnels en cause"),
        Shape.YES_NO,
    ),
    Column(
        "personal_information_banks",
        "data_inputs",
        both("Personal information banks", "Fichiers de renseignements personnels"),
    ),
    Column(
        "notification_ai",
        "",
        both("People are told that they deal with AI", "Les personnes savent qu’elles ont affaire à une IA"),
        Shape.YES_NO,
    ),
    Column(
        "ai_system_results",
        "expected_benefits",
        both("Results expected or obtained", "Résultats attendus ou obtenus"),
        bare=True,
    ),
)
_REQUIRED = tuple(
    cell
    for column in COLUMNS
    for cell in column.cells
    if column.name in (IDENTIFIER, NAME, "description_ai_system", STATUS)
)

STATUSES: Mapping[str, Localized] = {
    "development": both("In development", "En cours de développement"),
    "production": both("In production", "En production"),
    "retired": both("Retired", "Mis hors service"),
}
_STATUS_WORDS = {
    "development": "in development|development|under development|in progress|en developpement"
    "|en cours de developpement|developpement",
    "production": "in production|production|in use|operational|en production|en service|en usage",
    "retired": "retired|decommissioned|out of service|mis hors service|hors service|retire|desaffecte",
}
_STATUS_BY_WORDS = {words: code for code, known in _STATUS_WORDS.items() for words in known.split("|")}
_YES_NO = {"y": "yes", "yes": "yes", "o": "yes", "oui": "yes", "n": "no", "no": "no", "non": "no"}
_YES_NO_TEXT = {"yes": both("Yes", "Oui"), "no": both("No", "Non")}


CLOSED: Mapping[str, Mapping[str, str]] = {
    STATUS: {"development": "design", "production": "roll_out"},
    "involves_personal_information": {"yes": "yes", "no": "no"},
}
"""The closed answer of a column's field that a code stands for; a system out of service is in no phase."""


class RowReason(StrEnum):
    """Why one row is not imported; the facts stand in `ROW_SENTENCES`, in braces."""

    WRONG_CELLS = "wrong_cells"
    NO_IDENTIFIER = "no_identifier"
    NO_NAME = "no_name"
    TWICE = "twice"
    ALREADY = "already"
    """Found by whoever knows what was imported before."""


ROW_SENTENCES: Mapping[RowReason, str] = {
    RowReason.WRONG_CELLS: _("It has {cells} cells where the header has {columns}."),
    RowReason.NO_IDENTIFIER: _("It has no identifier."),
    RowReason.NO_NAME: _("The system has no name, in either language."),
    RowReason.TWICE: _("Its identifier stands in row {row} already."),
    RowReason.ALREADY: _("It was imported before: see the notice {slug}."),
}


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not imported. ``number`` as a spreadsheet counts; ``identifier`` may be empty."""

    number: int
    identifier: str
    reason: RowReason
    facts: Mapping[str, str | int]

    def sentence(self) -> str:
        """In English, for the command line; a page translates `ROW_SENTENCES` itself."""
        return ROW_SENTENCES[self.reason].format(**self.facts)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be imported."""

    number: int
    draft: ImportedDraft


def read_register(raw: bytes, name: str, *, fields: frozenset[str] | None = None) -> list[Row | Rejected]:
    """Every row of the file, in order. Raises `ImportRefused` for a file that is no register."""
    text = storable(text_of(raw, name, Role.REGISTER))
    _refuse_other_formats(text, name)
    table = _table(text, name)
    header = [cell.strip().casefold() for cell in table[0][1]]
    _refuse_header(header, name)
    if len(table) == 1:
        raise ImportRefused(Reason.NO_ROWS, name, Role.REGISTER)
    _refuse_cut_end(text, table, len(header), name)
    seen: dict[str, int] = {}
    stamp = hashlib.sha256(raw).hexdigest()
    return [_row(number, header, cells, seen, fields, stamp) for number, cells in table[1:]]


def _refuse_other_formats(text: str, name: str) -> None:
    start, first = text.lstrip()[:1], text.lstrip().partition("\n")[0]
    kinds = {"{": _("a JSON file"), "[": _("a JSON file"), "<": _("a web page or an XML file")}
    kind = kinds.get(start, "")
    if not kind and "," not in first:
        for separator, found in ((";", _("rows with semicolons")), ("\t", _("rows with tabs"))):
            kind = found if separator in first else kind
    if kind:
        raise ImportRefused(Reason.NOT_A_REGISTER, name, Role.REGISTER, kind=kind)


def _table(text: str, name: str) -> list[tuple[int, list[str]]]:
    """Numbered rows; rows of nothing are left out, but count."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(enumerate(reader, start=1))
    except csv.Error as fault:
        if "end of data" in str(fault):
            raise _cut(text, name) from None
        raise ImportRefused(Reason.STRAY_QUOTE, name, Role.REGISTER, line=reader.line_num) from None
    return [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]


def _cut(text: str, name: str) -> ImportRefused:
    end = len(text.rstrip())
    line, column = text.count("\n", 0, end) + 1, end - text.rfind("\n", 0, end)
    return ImportRefused(Reason.TRUNCATED, name, Role.REGISTER, line=line, column=column, position=end)


def _refuse_cut_end(text: str, table: list[tuple[int, list[str]]], width: int, name: str) -> None:
    """A last row that is short and ends without a line end: the file was cut, not the row."""
    if len(table[-1][1]) < width and not text.endswith("\n"):
        raise _cut(text, name)


def _refuse_header(header: list[str], name: str) -> None:
    missing = [cell for cell in _REQUIRED if cell not in header]
    if missing:
        raise ImportRefused(Reason.MISSING_COLUMNS, name, Role.REGISTER, columns=", ".join(missing))
    twice = sorted({cell for cell in header if cell and header.count(cell) > 1})
    if twice:
        raise ImportRefused(Reason.DUPLICATE_COLUMNS, name, Role.REGISTER, columns=", ".join(twice))


def _row(
    number: int,
    header: list[str],
    cells: list[str],
    seen: dict[str, int],
    fields: frozenset[str] | None,
    stamp: str,
) -> Row | Rejected:
    values = dict(zip(header, (_tidy(cell) for cell in cells), strict=False))
    identifier = printable(values.get(IDENTIFIER, ""))[:100]

    def rejected(reason: RowReason, **facts: str | int) -> Rejected:
        return Rejected(number, identifier, reason, facts)

    if len(cells) != len(header):
        return rejected(RowReason.WRONG_CELLS, cells=len(cells), columns=len(header))
    if not identifier:
        return rejected(RowReason.NO_IDENTIFIER)
    if not any(values[f"{NAME}_{lang}"] for lang in LANGUAGES):
        return rejected(RowReason.NO_NAME)
    if identifier in seen:
        return rejected(RowReason.TWICE, row=seen[identifier])
    seen[identifier] = number
    return Row(number, _draft(identifier, number, values, fields, stamp))


def _draft(
    identifier: str, number: int, values: Mapping[str, str], fields: frozenset[str] | None, stamp: str
) -> ImportedDraft:
    gathered, report, closed = Gathered(fields), list[ReportLine](), dict[str, str]()
    facts: dict[str, str | int] = {"row": number, "sha256": stamp}
    for column in COLUMNS:
        if not set(column.cells) & values.keys():
            continue
        answer, code, flags = _answer(column, values)
        if column.shape is Shape.STATUS and code:
            facts["status"] = code
        if (said := CLOSED.get(column.name, {}).get(code, "")) and gathered.takes(column.field):
            closed[column.field] = said
        field = gathered.put(column.name, column.field, Part(column.question, answer, column.bare))
        report += _report(column.name, answer, field, flags)
    known = {cell for column in COLUMNS for cell in column.cells}
    for name in (one for one in values if one not in known):
        answer = same(values[name])
        gathered.put(name, "", Part(same(name), answer))
        report.append(ReportLine(ReportKind.UNKNOWN if answer else ReportKind.EMPTY, name))
    title = both(*(" ".join(values[f"{NAME}_{lang}"].split()) for lang in LANGUAGES))
    return ImportedDraft(
        source=SOURCE,
        reference=identifier,
        title=title,
        fields=gathered.fields(),
        other=tuple(gathered.other),
        facts=facts,
        report=tuple(report),
        answers=closed,
    )


def _report(key: str, answer: Localized, field: str, flags: Mapping[ReportKind, str]) -> Iterator[ReportLine]:
    if not answer:
        yield ReportLine(ReportKind.EMPTY, key)
        return
    yield ReportLine(ReportKind.MAPPED if field else ReportKind.KEPT, key, field)
    yield from (ReportLine(kind, key, detail) for kind, detail in flags.items())
    if len(answer.texts) == 1:
        yield ReportLine(ReportKind.FRENCH_MISSING if "en" in answer.texts else ReportKind.FRENCH_ONLY, key)


def _answer(column: Column, values: Mapping[str, str]) -> tuple[Localized, str, dict[ReportKind, str]]:
    """The text, the code it stands for if any, and what the report says of it."""
    cells = [values.get(cell, "") for cell in column.cells]
    if column.shape is Shape.STATUS:
        return _status(*cells)
    if column.shape is Shape.PAIR:
        return both(*cells), "", {}
    if column.shape is Shape.SLASHED:
        parts = cells[0].split(" / ")
        return (both(*parts) if len(parts) == 2 else same(cells[0])), "", {}
    if column.shape is Shape.YES_NO and cells[0]:
        code = _YES_NO.get(_folded(cells[0]), "")
        text = _YES_NO_TEXT.get(code) or same(cells[0])
        return text, code, {} if code else {ReportKind.UNKNOWN_CHOICE: cells[0]}
    return same(cells[0]), "", {}


def _status(en: str, fr: str) -> tuple[Localized, str, dict[ReportKind, str]]:
    found, codes = both(en, fr), [_STATUS_BY_WORDS.get(_folded(text), "") for text in (en, fr) if text]
    said = " / ".join(text for text in (en, fr) if text)
    if not codes or not all(codes):
        return found, "", {ReportKind.UNKNOWN_CHOICE: said} if codes else {}
    if len(set(codes)) > 1:
        return found, "", {ReportKind.DISAGREES: said}
    status = STATUSES[codes[0]]
    return status, codes[0], {} if found.texts == status.texts else {ReportKind.NORMALISED: said}


def _folded(text: str) -> str:
    """Words in small letters without accents or signs."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z]+", bare))


def _tidy(text: str) -> str:
    """One kind of line end, no blanks at the edges, no runs of spaces."""
    return re.sub(r"[ \t\u00a0]+", " ", re.sub(r"\r\n?", "\n", text)).strip()
