"""Files as people give them back: edited in an office, cut about, or made to do harm."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from flask import Flask

from consult.core import i18n
from consult.core.localized import Localized, TranslationState
from consult.notices import sheets
from consult.notices.content import Content, Group, as_json
from consult.notices.imports.refusals import SENTENCES, ImportRefused, Reason
from consult.notices.rules import MilestoneKind
from consult.notices.sheets import Kind, packages
from tests.notices import whole

KINDS = pytest.mark.parametrize("kind", list(Kind))
NATURE = Localized.of(fr="Une règle.", en="A rule.")
CONTENT = whole(fields={"nature": NATURE, "monitoring": NATURE}, answers={"monitoring": "yes"})
Book = Any


@pytest.fixture(autouse=True)
def languages() -> Iterator[None]:
    app = Flask("sheets")
    i18n.init_app(app)
    with app.app_context():
        yield


def refusal(raw: bytes, name: str = "f") -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        sheets.read(raw, name)
    said = caught.value.message()
    assert "{" not in said and "f" in said
    return caught.value


# ── a spreadsheet edited by hand ────────────────────────────────────────────────


_made: dict[tuple[Kind, str], bytes] = {}


def made(kind: Kind, content: Content, language: str) -> bytes:
    """A file of a notice; the one most tests take is written once."""
    if content is not CONTENT:
        return sheets.write(kind, content, language=language, slug="plume")
    if (kind, language) not in _made:
        _made[kind, language] = sheets.write(kind, content, language=language, slug="plume")
    return _made[kind, language]


def edited(change: Callable[[Book], None], content: Content = CONTENT, language: str = "en") -> bytes:
    raw = made(Kind.EXCEL, content, language)
    book = openpyxl.load_workbook(io.BytesIO(raw))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(sheet: Any, key: str) -> int:
    return next(cell.row for cell in sheet["A"] if cell.value == key)


def column_of(sheet: Any, key: str) -> int:
    return next(cell.column for row in sheet.iter_rows(max_row=6) for cell in row if cell.value == key)


def put(book: Book, key: str, column: str, value: Any, sheet: str = "Texts") -> None:
    at = book[sheet]
    at.cell(row_of(at, key), column_of(at, column)).value = value


def test_one_language_changed_makes_the_other_stale() -> None:
    found = sheets.read(edited(lambda book: put(book, "nature", "fr", "Deux règles.")), "f").content()
    assert found.fields["nature"].texts["fr"] == "Deux règles."
    assert found.fields["nature"].state("en") is TranslationState.STALE
    assert found.fields["monitoring"].state("en") is TranslationState.CURRENT
    found = sheets.read(edited(lambda book: put(book, "nature", "en", "Two rules.")), "f").content()
    assert found.fields["nature"].state("en") is TranslationState.CURRENT


def test_a_stale_translation_stays_stale_and_one_of_a_row_goes_stale() -> None:
    stale = Localized({"fr": "Nouveau", "en": "Old"}, "fr", {"en": "0123456789abcdef"})
    content = replace(CONTENT, groups=(Group(stale), Group(NATURE)))

    def change(book: Book) -> None:
        at = book["Groups concerned"]
        at.cell(row_of(at, 2), column_of(at, "name.fr")).value = "Autre"

    found = sheets.read(edited(change, content), "f").content()
    assert as_json(found)["groups"][0] == as_json(content)["groups"][0]
    assert found.groups[1].name.state("en") is TranslationState.STALE


def test_labels_columns_and_rows_may_be_moved() -> None:
    def change(book: Book) -> None:
        texts = book["Texts"]
        at = row_of(texts, "nature")
        values = [cell.value for cell in texts[at]]
        texts.delete_rows(at)
        texts.append(values)
        texts.insert_cols(2)
        texts.cell(2, 4).value, texts.title = "My own heading", "Mes textes"
        groups = book["Groups concerned"]
        groups.move_range("B1:C99", cols=30)
        groups.append([None] * 40)

    assert as_json(sheets.read(edited(change), "f").content()) == as_json(CONTENT.normal())


def test_added_and_removed_rows() -> None:
    def change(book: Book) -> None:
        at = book["Groups concerned"]
        new = row_of(at, 1) + 2
        at.cell(new, column_of(at, "name.fr")).value = "Formateurs"
        at.cell(new, column_of(at, "headcount")).value = "1 200"
        plan = book["Dates of the project"]
        plan.delete_rows(row_of(plan, 1))
        plan.append([None, "Roll-out", datetime(2027, 5, 2), "Ouverture", "Opening"])

    found = sheets.read(edited(change), "f").content()
    assert [one.name.texts["fr"] for one in found.groups] == ["Conseillers", "Formateurs"]
    assert found.groups[1].headcount == 1200
    (only,) = found.milestones
    assert (only.kind, only.day, only.label.state("en")) == (
        MilestoneKind.ROLL_OUT, date(2027, 5, 2), TranslationState.CURRENT
    )  # fmt: skip


def test_numbers_typed_where_a_text_belongs_are_texts() -> None:
    def change(book: Book) -> None:
        put(book, "nature", "fr", 12)
        put(book, "nature", "en", 2.5)

    found = sheets.read(edited(change), "f").content()
    assert dict(found.fields["nature"].texts) == {"fr": "12", "en": "2.5"}


@pytest.mark.parametrize("said", ["Yes", "OUI", " oui ", "yes"])
def test_an_answer_may_be_said_in_any_language(said: str) -> None:
    found = sheets.read(edited(lambda book: put(book, "monitoring", "answer", said)), "f").content()
    assert found.answers["monitoring"] == "yes"


def _column_lost(book: Book) -> None:
    at = book["Groups concerned"]
    at.delete_cols(column_of(at, "measures.fr"))


def _twice(book: Book) -> None:
    at = book["Texts"]
    at.append(["nature", "", "", "", "Autre chose", "", ""])


def _strange_sheet(book: Book) -> None:
    book.create_sheet("Notes")["C4"] = "remember this"


def _serial(book: Book) -> None:
    put(book, "follow_on", "answer", 46037)
    at = book["Texts"]
    at.cell(row_of(at, "follow_on"), column_of(at, "answer")).number_format = "General"


def _later_version(book: Book) -> None:
    hidden = next(one.title for one in book if one.sheet_state == "hidden")
    put(book, "version", "value", 3, hidden)


def _beside(book: Book) -> None:
    book["Texts"].cell(5, 12).value = "a remark"


@pytest.mark.parametrize(
    ("change", "reason", "said"),
    [
        (lambda b: put(b, "nature", "fr", "=1+1"), Reason.FORMULA, "Texts!E"),
        (lambda b: put(b, "nature", "fr", True), Reason.NOT_A_TEXT, "Texts!E"),
        (lambda b: put(b, "nature", "fr", datetime(2027, 1, 2)), Reason.NOT_A_TEXT, "Texts!E"),
        (lambda b: put_key(b, "natur"), Reason.UNKNOWN_KEY, "natur"),
        (lambda b: put_key(b, None), Reason.NO_KEY, "Une règle."),
        (lambda b: put(b, "monitoring", "answer", "perhaps"), Reason.NOT_A_CHOICE, "Not known yet"),
        (lambda b: put(b, "follow_on", "answer", "soon"), Reason.NOT_A_DAY, "soon"),
        (lambda b: put(b, "follow_on", "answer", "2027-02-30"), Reason.NOT_A_DAY, "2027-02-30"),
        (_serial, Reason.NOT_A_DAY, "46037"),
        (lambda b: put(b, "nature", "answer", "yes"), Reason.NOT_READ, "yes"),
        (lambda b: put(b, 1, "headcount", -3, "Groups concerned"), Reason.NOT_A_COUNT, "-3"),
        (lambda b: put(b, 1, "headcount", 1.5, "Groups concerned"), Reason.NOT_A_COUNT, "1.5"),
        (lambda b: put(b, 1, "headcount", 10**12, "Groups concerned"), Reason.NOT_A_COUNT, "2000000"),
        (lambda b: put(b, 1, "sites", "x" * 301, "Groups concerned"), Reason.TOO_LONG, "300"),
        (lambda b: put(b, 1, "kind", None, "Dates of the project"), Reason.NEEDED, "Kind of date"),
        (_later_version, Reason.OTHER_FORMAT, "3"),
        (_column_lost, Reason.COLUMNS_LOST, "measures.fr"),
        (_twice, Reason.SAID_TWICE, "Texts!E"),
        (lambda b: b["Texts"].append(["a remark"]), Reason.UNKNOWN_KEY, "a remark"),
        (lambda b: b["Groups concerned"].append(["Night shift"]), Reason.UNKNOWN_KEY, "night shift"),
        (_strange_sheet, Reason.NOT_READ, "Notes!C4"),
        (_beside, Reason.NOT_READ, "Texts!L5"),
    ],
)  # fmt: skip
def test_what_would_be_lost_is_refused_with_its_place(
    change: Callable[[Book], None], reason: Reason, said: str
) -> None:
    found = refusal(edited(change))
    assert found.reason is reason
    assert said in found.message()


def put_key(book: Book, key: str | None) -> None:
    at = book["Texts"]
    at.cell(row_of(at, "nature"), 1).value = key


def test_a_file_without_its_memory_is_read_against_the_draft() -> None:
    """Google Docs and others drop hidden sheets: the draft says what was changed."""

    def change(book: Book) -> None:
        put(book, "nature", "fr", "Deux règles.")
        for name in [one for one in book.sheetnames if book[one].sheet_state == "hidden"]:
            del book[name]

    read = sheets.read(edited(change), "f")
    assert read.marks is None
    merged = sheets.merged(read, CONTENT)
    assert [str(one.label) for one in merged.changes] == ["Nature of the technology"]
    assert merged.content.fields["nature"].state("en") is TranslationState.STALE
    assert as_json(merged.content)["groups"] == as_json(CONTENT)["groups"]
    assert read.content().fields["nature"].state("en") is TranslationState.CURRENT


def test_both_changed_what_the_file_left_alone_stays_as_the_draft_has_it() -> None:
    raw = edited(lambda book: put(book, "nature", "fr", "Deux règles."))
    now = replace(
        CONTENT,
        fields={**CONTENT.fields, "nature": Localized.of(fr="Trois.", en="Three."),
                "monitoring": Localized.of(fr="Non.", en="No.")},
        groups=(Group(Localized.of(fr="Tous", en="All")),),
    )  # fmt: skip
    merged = sheets.merged(sheets.read(raw, "f"), now)
    assert [(str(one.label), one.language, one.before, one.after, one.is_both) for one in merged.changes] == [
        ("Nature of the technology", "fr", "Trois.", "Deux règles.", True)
    ]
    assert dict(merged.content.fields["nature"].texts) == {"fr": "Deux règles.", "en": "Three."}
    assert merged.content.groups == now.groups
    assert merged.content.fields["monitoring"] == now.fields["monitoring"]


def test_a_section_cut_out_of_a_file_changes_nothing() -> None:
    def change(book: Book) -> None:
        del book["Groups concerned"]
        at = book["Texts"]
        at.delete_rows(row_of(at, "nature"))

    merged = sheets.merged(sheets.read(edited(change), "f"), CONTENT)
    assert merged.changes == ()
    assert merged.content == CONTENT.normal()


def test_no_text_of_a_spreadsheet_is_a_formula_and_nothing_is_locked() -> None:
    raw = sheets.write(Kind.EXCEL, whole(fields={"nature": Localized.of(fr="=1+1", en="@x")}), language="fr")
    book = openpyxl.load_workbook(io.BytesIO(raw))
    for sheet in book:
        assert not sheet.protection.sheet
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    at = book.worksheets[0]
    cell = at.cell(row_of(at, "nature"), column_of(at, "fr"))
    assert (cell.value, cell.quotePrefix, cell.number_format) == ("=1+1", True, "@")
    assert at.freeze_panes == "D4"
    assert "2" in str(at["A1"].value)


# ── a Word document edited by hand ──────────────────────────────────────────────


def written(change: Callable[[Any], None], content: Content = CONTENT) -> bytes:
    document = Document(io.BytesIO(made(Kind.WORD, content, "en")))
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def cell_of(document: Any, key: str, column: int = 2) -> Any:
    for table in document.tables:
        for row in table.rows:
            cells = row.cells
            if cells[0].text == key and len(cells) > column:
                return cells[column]
    raise AssertionError(key)


def test_paragraphs_lists_bold_and_links_typed_in_word_become_markdown() -> None:
    def change(document: Any) -> None:
        cell = cell_of(document, "nature")
        cell.text = "Un "
        cell.paragraphs[0].add_run("texte ").bold = True
        cell.paragraphs[0].add_run("penché").italic = True
        cell.add_paragraph("un", style="List Bullet")
        cell.add_paragraph("deux", style="List Bullet")
        for one in cell.paragraphs[1:]:
            properties = one._p.get_or_add_pPr()
            number = OxmlElement("w:numPr")
            properties.append(number)
        link = OxmlElement("w:hyperlink")
        link.set(
            qn("r:id"),
            document.part.relate_to(
                "https://x.example/",
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
                is_external=True,
            ),
        )
        last = cell.add_paragraph("voir ")
        link.append(last.add_run("ici")._r)
        last._p.append(link)

    found = sheets.read(written(change), "f").content().fields["nature"]
    assert found.texts["fr"] == "Un **texte** *penché*\n\n- un\n- deux\n\nvoir [ici](https://x.example/)"


def test_content_controls_emoji_and_split_runs_are_read() -> None:
    def change(document: Any) -> None:
        cell = cell_of(document, "nature")
        cell.text = ""
        first, second = cell.paragraphs[0].add_run("Dé"), cell.paragraphs[0].add_run("but")
        control, inside = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
        control.append(inside)
        cell.paragraphs[0]._p.append(control)
        inside.extend([first._r, second._r])
        run = cell.paragraphs[0].add_run("")._r
        for tag in ("Choice", "Fallback"):
            if tag == "Choice":
                around = run.makeelement(
                    "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
                )
                run.append(around)
            part = around.makeelement(f"{{http://schemas.openxmlformats.org/markup-compatibility/2006}}{tag}")
            around.append(part)
        text = OxmlElement("w:t")
        text.text = "😀"
        part.append(text)

    assert sheets.read(written(change), "f").content().fields["nature"].texts["fr"] == "Début😀"


def test_rows_added_copied_and_moved_in_word() -> None:
    def change(document: Any) -> None:
        table = next(one for one in document.tables if one.cell(1, 0).text == "consult:groups")
        row = table.rows[2]._tr
        table.rows[-1]._tr.addnext(copy.deepcopy(row))
        table.rows[-1].cells[1].text = "Formateurs"
        texts = next(one for one in document.tables if one.cell(1, 0).text == "consult:texts")
        texts.rows[3]._tr.addnext(texts.rows[2]._tr)

    found = sheets.read(written(change), "f").content()
    assert [one.name.texts["fr"] for one in found.groups] == ["Conseillers", "Formateurs"]
    assert found.groups[1].name.state("en") is TranslationState.STALE
    assert found.groups[1].measures == found.groups[0].measures


def _track(document: Any) -> None:
    paragraph = cell_of(document, "nature").paragraphs[0]
    change = OxmlElement("w:ins")
    change.append(paragraph.runs[0]._r)
    paragraph._p.append(change)


def _between(document: Any) -> None:
    document.tables[1]._tbl.addprevious(document.add_paragraph("A remark of mine")._p)


def _table_inside(document: Any) -> None:
    cell_of(document, "nature").add_table(1, 1)


def _with(tag: str) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        cell_of(document, "nature").paragraphs[0].runs[0]._r.append(OxmlElement(tag))

    return change


@pytest.mark.parametrize(
    ("change", "reason", "said"),
    [
        (_track, Reason.TRACKED, "nature"),
        (_between, Reason.NOT_READ, "A remark of mine"),
        (_table_inside, Reason.NOT_TEXT_INSIDE, "nature"),
        (_with("w:drawing"), Reason.NOT_TEXT_INSIDE, "picture"),
        (_with("w:footnoteReference"), Reason.NOT_TEXT_INSIDE, "footnote"),
        (_with("w:sym"), Reason.NOT_TEXT_INSIDE, "symbol"),
    ],
)
def test_what_word_holds_beside_text_is_refused(
    change: Callable[[Any], None], reason: Reason, said: str
) -> None:
    found = refusal(written(change))
    assert found.reason is reason
    assert said in found.message()


@KINDS
def test_an_office_that_saves_it_again_changes_nothing(kind: Kind) -> None:
    raw = edited(lambda _book: None) if kind is Kind.EXCEL else written(lambda _document: None)
    assert sheets.merged(sheets.read(raw, "f"), CONTENT).changes == ()


# ── files that are not what they should be ──────────────────────────────────────


def repacked(raw: bytes, **parts: bytes | None) -> bytes:
    """With parts put in, in place of others, or (None) taken out; ``__`` in a name stands for a slash."""
    out = io.BytesIO()
    named = {name.replace("__", "/").replace("_dot_", "."): value for name, value in parts.items()}
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            if one not in named:
                new.writestr(one, old.read(one))
        for name, value in named.items():
            if value is not None:
                new.writestr(name, value)
    return out.getvalue()


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<x>&b;</x>"
)
LINKED = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
    b' Target="https://x.example/t.dotm" TargetMode="External"/></Relationships>'
)


@KINDS
@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"x__vbaProject_dot_bin": b"x"}, Reason.MACROS),
        ({"xl__externalLinks__externalLink1_dot_xml": b"<x/>"}, Reason.OTHER_FILES),
        ({"word__embeddings__a_dot_bin": b"x"}, Reason.OTHER_FILES),
        ({"word___rels__settings_dot_xml_dot_rels": LINKED}, Reason.OTHER_FILES),
        ({"docProps__core_dot_xml": BOMB}, Reason.DAMAGED),
        ({"docProps__core_dot_xml": BOMB.decode().encode("utf-16")}, Reason.DAMAGED),
        ({"docProps__core_dot_xml": b"<not xml"}, Reason.DAMAGED),
        ({"[Content_Types]_dot_xml": None}, Reason.OTHER_OFFICE),
        ({"[Content_Types]_dot_xml": None, "mimetype": b"application/vnd.oasis"}, Reason.OTHER_OFFICE),
        ({"a_dot_xml": b"<a>" + b" " * (packages.MAX_XML + 1) + b"</a>"}, Reason.TOO_MUCH_INSIDE),
        ({"xl__workbook_dot_xml": None, "word__document_dot_xml": None}, Reason.DAMAGED),
    ],
)
def test_harmful_and_broken_files_are_refused(kind: Kind, parts: dict[str, Any], reason: Reason) -> None:
    assert refusal(repacked(sheets.template(kind, language="fr"), **parts)).reason is reason


@KINDS
def test_a_file_cut_anywhere_is_refused_and_never_a_fault(kind: Kind) -> None:
    raw = sheets.template(kind, language="fr")
    for end in range(0, len(raw), 4001):
        refusal(b"PK" + raw[2:end])


@pytest.mark.parametrize("raw", [b"\xd0\xcf\x11\xe0" + b"x" * 99, b"PK\x03\x04" + b"\0" * 2_100_000, b"PK"])
def test_other_files_are_refused(raw: bytes) -> None:
    assert sheets.is_package(raw)
    refusal(raw)


def test_an_office_file_of_something_else_is_no_notice() -> None:
    empty, blank = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(empty)
    Document().save(blank)
    for raw in (empty.getvalue(), blank.getvalue()):
        assert refusal(raw).reason is Reason.NOT_A_TEMPLATE


def test_a_sheet_of_a_million_rows_is_refused_soon() -> None:
    def change(book: Book) -> None:
        book["Texts"].cell(1_048_576, 1).value = "x"

    assert refusal(edited(change)).reason is Reason.TOO_MUCH_INSIDE


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)
