"""Rows of an AI register, each rule on a small file of its own."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.notices.imports.ai_register import COLUMNS, Rejected, Row, RowReason, read_register
from consult.notices.imports.draft import ReportKind
from consult.notices.imports.refusals import ImportRefused, Reason

HEADER = [cell for column in COLUMNS for cell in column.cells]
ROW = {
    "ai_register_id": "R-1", "name_ai_system_en": "Mail triage", "name_ai_system_fr": "Tri du courrier",
    "government_organization": "Some Agency / Une agence", "description_ai_system_en": "It sorts.",
    "description_ai_system_fr": "Il trie.", "ai_system_status_en": "In production",
    "ai_system_status_fr": "En production", "status_date": "2025", "involves_personal_information": "Y",
    "vendor_information": "Acme",
}  # fmt: skip


def file(*rows: dict[str, str], header: list[str] | None = None, encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    columns = header or HEADER
    writer.writerow(columns)
    writer.writerows([[row.get(cell, "") for cell in columns] for row in rows])
    return out.getvalue().encode(encoding)


def read(*rows: dict[str, str], **options: Any) -> list[Row | Rejected]:
    return read_register(file(*rows, **options), "register.csv")


def one(row: dict[str, str]) -> Row:
    (found,) = read(row)
    assert isinstance(found, Row)
    return found


def refused(raw: bytes) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        read_register(raw, "register.csv")
    assert "register.csv" in caught.value.message()
    return caught.value


def test_a_row_becomes_a_draft_in_both_languages() -> None:
    draft = one(ROW).draft
    assert draft.title.texts == {"en": "Mail triage", "fr": "Tri du courrier"}
    assert draft.reference == "R-1"
    assert draft.fields["detailed_description"].texts == {"en": "It sorts.", "fr": "Il trie."}
    assert draft.fields["owner_team"].texts["fr"].endswith("Une agence")
    assert draft.fields["owner_team"].texts["en"].endswith("Some Agency")
    assert "**Renseignements personnels en cause**\n\nOui" in draft.fields["data_inputs"].texts["fr"]
    assert draft.facts["status"] == "production"
    assert draft.answers == {"phase": "roll_out", "data_inputs": "yes"}


def test_an_answer_is_closed_only_where_the_file_says_so() -> None:
    assert one({**ROW, "involves_personal_information": "N"}).draft.answers["data_inputs"] == "no"
    odd = {"ai_system_status_en": "Retired", "ai_system_status_fr": "Mis hors service",
           "involves_personal_information": "perhaps"}  # fmt: skip
    assert one({**ROW, **odd}).draft.answers == {}
    assert one({**ROW, "ai_system_status_fr": "En cours de développement"}).draft.answers == {
        "data_inputs": "yes"
    }
    (found,) = read_register(file(ROW), "f", fields=frozenset({"supplier"}))
    assert isinstance(found, Row)
    assert found.draft.answers == {}


def test_fields_a_notice_lacks_are_kept_beside() -> None:
    (found,) = read_register(file(ROW), "f", fields=frozenset({"supplier"}))
    assert isinstance(found, Row)
    assert set(found.draft.fields) == {"supplier"}
    assert {"description_ai_system", "ai_system_status"} <= {other.key for other in found.draft.other}


@pytest.mark.parametrize(
    ("en", "fr", "code", "kind"),
    [
        ("In production", "En production", "production", None),
        ("  In  production ", "En production\t", "production", None),
        ("in PRODUCTION", "En Production", "production", ReportKind.NORMALISED),
        ("In development", "En développement", "development", ReportKind.NORMALISED),
        ("In development", "En cours de developpement", "development", ReportKind.NORMALISED),
        ("Retired", "", "retired", ReportKind.NORMALISED),
        ("", "Mis hors service", "retired", ReportKind.NORMALISED),
        ("Paused", "En pause", None, ReportKind.UNKNOWN_CHOICE),
        ("In production", "Quelque chose", None, ReportKind.UNKNOWN_CHOICE),
        ("In production", "Mis hors service", None, ReportKind.DISAGREES),
        ("", "", None, ReportKind.EMPTY),
    ],
)
def test_statuses_are_brought_to_one_form_or_reported(
    en: str, fr: str, code: str | None, kind: ReportKind | None
) -> None:
    draft = one({**ROW, "ai_system_status_en": en, "ai_system_status_fr": fr}).draft
    assert draft.facts.get("status") == code
    flagged = {line.kind for line in draft.report if line.key == "ai_system_status"} - {ReportKind.MAPPED}
    assert flagged == ({kind} if kind else set())
    if kind in (ReportKind.UNKNOWN_CHOICE, ReportKind.DISAGREES):
        assert en in draft.fields["phase"].texts["en"]
        assert fr in draft.fields["phase"].texts["fr"]


def test_a_missing_language_is_reported() -> None:
    draft = one({**ROW, "description_ai_system_fr": " "}).draft
    assert draft.keys(ReportKind.FRENCH_MISSING) == ("description_ai_system",)
    draft = one({**ROW, "name_ai_system_en": ""}).draft
    assert draft.keys(ReportKind.FRENCH_ONLY) == ("name_ai_system",)
    assert draft.title.source == "fr"


def test_other_answers_than_yes_and_no_stay_as_found() -> None:
    draft = one({**ROW, "involves_personal_information": "Perhaps"}).draft
    assert draft.keys(ReportKind.UNKNOWN_CHOICE) == ("involves_personal_information",)
    assert "Perhaps" in draft.fields["data_inputs"].texts["en"]


def test_a_column_nobody_knows_is_kept_and_reported() -> None:
    (found,) = read({**ROW, "colour": "blue"}, header=[*HEADER, "colour"])
    assert isinstance(found, Row)
    assert found.draft.keys(ReportKind.UNKNOWN) == ("colour",)
    assert found.draft.other[-1].answer.texts["en"] == "blue"


def test_rows_are_rejected_with_the_number_a_spreadsheet_shows() -> None:
    rows = read(
        ROW,
        {**ROW, "ai_register_id": " "},
        {**ROW, "ai_register_id": "R-2", "name_ai_system_en": "", "name_ai_system_fr": ""},
        {**ROW},
        {},
        {**ROW, "ai_register_id": "R-3", "description_ai_system_en": "two\nlines"},
    )
    assert [row.number for row in rows] == [2, 3, 4, 5, 7]  # the blank row counts, and says nothing
    reasons = [row.reason if isinstance(row, Rejected) else None for row in rows]
    assert reasons == [None, RowReason.NO_IDENTIFIER, RowReason.NO_NAME, RowReason.TWICE, None]
    twice = rows[3]
    assert isinstance(twice, Rejected)
    assert twice.sentence() == "Its identifier stands in row 2 already."


def test_a_row_with_a_cell_too_few_is_rejected_alone() -> None:
    raw = file(ROW, {**ROW, "ai_register_id": "R-2"}).decode("utf-8-sig")
    lines = raw.split("\r\n")
    lines[1] = lines[1].rpartition(",")[0]
    found = read_register("\r\n".join(lines).encode(), "f")
    assert isinstance(found[0], Rejected)
    assert (found[0].reason, isinstance(found[1], Row)) == (RowReason.WRONG_CELLS, True)
    assert str(len(HEADER)) in found[0].sentence()


def test_a_rejected_row_does_not_take_its_identifier() -> None:
    rows = read({**ROW, "name_ai_system_en": "", "name_ai_system_fr": ""}, ROW)
    assert [isinstance(row, Row) for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (file({**ROW, "name_ai_system_fr": "Système"}, encoding="cp1252"), Reason.WRONG_ENCODING),
        (file(ROW, encoding="utf-16"), Reason.WRONG_ENCODING),
        (b"", Reason.EMPTY_FILE),
        (b"%PDF-1.4", Reason.NOT_TEXT),
        (file(), Reason.NO_ROWS),
        (b'{"pages": []}', Reason.NOT_A_REGISTER),
        (b"<!doctype html><p>Not found, sorry", Reason.NOT_A_REGISTER),
        (";".join(HEADER).encode() + b"\nR-1;x", Reason.NOT_A_REGISTER),
        ("\t".join(HEADER).encode() + b"\nR-1\tx", Reason.NOT_A_REGISTER),
        (b"a,b,c\n1,2,3\n", Reason.MISSING_COLUMNS),
        (file(ROW, header=[*HEADER, HEADER[0]]), Reason.DUPLICATE_COLUMNS),
        (file(ROW) + b'x,"a"b,c\n', Reason.STRAY_QUOTE),
    ],
)
def test_a_file_that_is_no_register_is_refused_whole(raw: bytes, reason: Reason) -> None:
    assert refused(raw).reason is reason


def test_missing_columns_are_named() -> None:
    header = [cell for cell in HEADER if cell != "ai_system_status_fr"]
    assert "ai_system_status_fr" in refused(file(ROW, header=header)).message()


def test_columns_may_stand_in_another_order_and_optional_ones_may_lack() -> None:
    header = [cell for cell in reversed(HEADER) if not cell.startswith("data_sources")]
    (found,) = read(ROW, header=header)
    assert isinstance(found, Row)
    assert found.draft.title.texts["en"] == "Mail triage"


def test_a_cut_file_is_refused_as_cut() -> None:
    quoted = file({**ROW, "description_ai_system_en": 'He said "yes", twice', "ai_system_results_fr": "fin"})
    raw = file(ROW, {**ROW, "ai_register_id": "R-2"})
    last = raw.rstrip().rfind(b"\n")
    assert refused(raw[: last + 30]).reason is Reason.TRUNCATED
    inside = quoted.index(b"twice") + 2
    assert refused(quoted[:inside]).reason is Reason.TRUNCATED


@given(
    st.lists(
        st.dictionaries(st.sampled_from(HEADER), st.text(st.characters(codec="utf-8"), max_size=20)),
        min_size=1,
        max_size=5,
    )
)
def test_every_row_is_imported_or_rejected(rows: list[dict[str, str]]) -> None:
    with suppress(ImportRefused):
        found = read_register(file(*rows), "f")
        written = [row for row in rows if any(value.strip() for value in row.values())]
        assert len(found) == len(written)
