"""A roster as people paste or save it, and as somebody with bad intentions would."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import Workbook

from consult.files.rules import FileRefused, Reason
from consult.passes import roster
from consult.passes.roster import Fault, Mistake, Person, Roster, RosterRefused


def people(found: Roster) -> list[tuple[str, str]]:
    assert not found.mistakes, found.mistakes
    return [(one.address, one.language) for one in found.people]


def workbook(*rows: list[Any]) -> bytes:
    book, made = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lou@orvalie.example", [("lou@orvalie.example", "")]),
        ("lou@a.example\r\n\r\nmax@a.example\n", [("lou@a.example", ""), ("max@a.example", "")]),
        ("lou@a.example;fr\nmax@a.example , EN\n", [("lou@a.example", "fr"), ("max@a.example", "en")]),
        ("Nom\tCourriel\tLangue\nLou\tlou@a.example\tfrançais", [("lou@a.example", "fr")]),
        ("E-mail;langue\nlou@a.example;anglais", [("lou@a.example", "en")]),
        ('"Martin, Lou" <lou@a.example>; Max <max@a.example>',
         [("lou@a.example", ""), ("max@a.example", "")]),
        ("mailto:lou@a.example", [("lou@a.example", "")]),
        ("o'neil+x@a.example", [("o'neil+x@a.example", "")]),
        ("\ufefflou@a.example", [("lou@a.example", "")]),
    ],
)  # fmt: skip
def test_what_people_paste(text: str, expected: list[tuple[str, str]]) -> None:
    assert people(roster.of_text(text)) == expected


def test_the_same_person_is_written_to_once() -> None:
    found = roster.of_text("Lou@a.example\nlou@A.example;en\nLOU@a.example;fr\nmax@a.example")
    assert people(found) == [("Lou@a.example", "en"), ("max@a.example", "")] and found.merged == 2
    assert found.by_language == {"en": 1, "": 1} and found.domains == [("a.example", 2)]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Lou Martin", Fault.NONE), ("lou@", Fault.BAD), ("@a.example", Fault.BAD), ("lou@a", Fault.BAD),
        ("léa@a.example", Fault.BAD), ("lou@a..example", Fault.BAD), ("lou@a.example extra", Fault.BAD),
        ("a" * 65 + "@a.example", Fault.BAD), ("x@" + "a." * 130 + "example", Fault.BAD),
        ("lou@a.example\tlou@home.example", Fault.SEVERAL),
        ('=HYPERLINK("mailto:lou@a.example")', Fault.FORMULA),
        ("lou@a.example;max@a.example;fr", Fault.SEVERAL), ("Lou <lou@a.example> <x@y>", Fault.BAD),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_used_is_named_by_its_number(line: str, fault: Fault) -> None:
    found = roster.of_text(f"ok@a.example\n\n{line}\n")
    assert found.mistakes == (Mistake(3, fault),)


def test_no_line_becomes_a_header_of_a_mail() -> None:
    for text in (
        "lou@a.example\x0bBcc: all@a.example",
        "lou@a.example\x85Bcc: x",
        "lou@a.example\u2028Bcc: x",
    ):
        found = roster.of_text(text)
        assert found.mistakes, text
        assert all("\n" not in one.address and ":" not in one.address for one in found.people)
    sheet = workbook(["lou@a.example\nBcc: all@a.example"])
    assert roster.of_file(sheet).mistakes == (Mistake(1, Fault.BAD),)


def test_ten_thousand_lines_and_more_are_refused_at_once() -> None:
    many = "\n".join(f"person{number}@a.example" for number in range(10_000))
    for text in (many, "\n" * 10_002 + "lou@a.example"):
        with pytest.raises(RosterRefused) as caught:
            roster.of_text(text)
        assert not caught.value.is_empty
    assert len(roster.of_text("\n".join(many.splitlines()[:5000])).people) == 5000


@pytest.mark.parametrize("text", ["", "  \n\n", "Nom;Courriel\n"])
def test_nobody_is_said_to_be_nobody(text: str) -> None:
    with pytest.raises(RosterRefused) as caught:
        roster.of_text(text)
    assert caught.value.is_empty


# ── files ──────────────────────────────────────────────────────────────────────


def test_a_workbook_is_read_by_its_first_sheet() -> None:
    raw = workbook(
        ["Nom", "Adresse", "Langue", "Téléphone"],
        ["Lou", "lou@a.example", "FR", "+33 6 12 34 56 78"],
        ["Max", "Max <max@a.example>", None, 612345678],
    )
    assert people(roster.of_file(raw)) == [("lou@a.example", "fr"), ("max@a.example", "")]
    assert roster.of_file(workbook(["lou@a.example"], ['=A1&""'])).mistakes == (Mistake(2, Fault.FORMULA),)


def test_text_and_csv_are_read_whatever_they_are_called() -> None:
    assert people(roster.of_file(b"\xef\xbb\xbflou@a.example;fr\nmax@a.example;en\n")) == [
        ("lou@a.example", "fr"),
        ("max@a.example", "en"),
    ]
    assert people(roster.of_file(b"lou@a.example\nmax@a.example")) != []


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("Léa;lea@a.example\n".encode("cp1252"), Reason.NOT_UTF8),
        ("lou@a.example\n".encode("utf-16"), Reason.NOT_UTF8),
        (b"%PDF-1.4 lou@a.example", Reason.DAMAGED), (b"", Reason.EMPTY),
        (b"<html><body>lou@a.example</body></html>", Reason.MARKUP),
        (b"\x00\x01\x02lou@a.example", Reason.NOT_TAKEN),
    ],
)  # fmt: skip
def test_other_files_are_refused(raw: bytes, reason: Reason) -> None:
    with pytest.raises(FileRefused) as caught:
        roster.of_file(raw)
    assert caught.value.reason is reason


def test_what_travels_to_the_next_page_comes_back_the_same() -> None:
    found = roster.of_text("Lou@a.example;en\nmax@a.example\no'neil@a.example;fr")
    assert roster.carried_over(found.carried).people == found.people
    for forged in ("lou@a.example;de", "lou", "lou@a.example\tBcc:x@a.example;fr", "", "<lou@a.example>;"):
        with pytest.raises(RosterRefused):
            roster.carried_over(forged)


def test_nothing_prints_an_address() -> None:
    found = roster.of_text("lou@a.example\nx")
    assert "lou" not in repr(found) and "lou" not in repr(Person("lou@a.example"))
