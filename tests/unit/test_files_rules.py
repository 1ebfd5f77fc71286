"""Names that can be shown, stored and sent; what a file tells about its authors."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from consult.files import metadata
from consult.files.rules import LABELS, MEDIA_TYPES, NAME_LENGTH, FileRefused, Kind, Reason, safe_name
from consult.files.telling import LABELS as TOLD
from consult.files.telling import Label, Told
from tests import samples


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Procès-verbal été 2026.PDF", "Procès-verbal été 2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\claire\\notice.docx", "notice.pdf"),
        ("note.pdf.exe", "note.pdf"),
        ("note.tar.gz", "note.tar.gz.pdf"),
        ("v1.2 finale", "v1.2 finale.pdf"),
        ("fdp\u202egnp.exe", "fdp gnp.pdf"),
        ("a\u200b\u2066b\r\nSet-Cookie: x", "a b Set-Cookie x.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        (".pdf", "pdf.pdf"),
        ("CON.pdf", "document.pdf"),
        ("a" * 400, "a" * (NAME_LENGTH - 4) + ".pdf"),
        ('x"; filename=evil.html', "x filename=evil.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
    ],
)
def test_a_name_is_made_safe(given: str, expected: str) -> None:
    assert safe_name(given, Kind.PDF) == expected


@given(st.text(), st.sampled_from(Kind))
def test_no_name_leads_anywhere(name: str, kind: Kind) -> None:
    safe = safe_name(name, kind)
    assert len(safe) <= NAME_LENGTH and safe.endswith(f".{kind}")
    assert not set(safe) & set('/\\"<>:|?*\r\n\0') and not safe.startswith(".")
    assert safe == safe_name(safe, kind)


def test_every_kind_has_a_media_type_and_a_label() -> None:
    assert set(MEDIA_TYPES) == set(LABELS) == set(Kind)
    assert all(Kind.of(kind.media_type) is kind for kind in Kind)
    assert set(TOLD) == set(Label)


def test_a_refusal_says_its_facts() -> None:
    assert "20 MB" in FileRefused(Reason.TOO_LARGE, limit=20).message()


# ── what a file tells ──────────────────────────────────────────────────────────


def values(raw: bytes, kind: Kind) -> dict[Label, list[object]]:
    found: dict[Label, list[object]] = {}
    for one in metadata.told(raw, kind):
        found.setdefault(one.label, []).append(one.value)
    return found


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_can_be_read(kind: Kind) -> None:
    assert isinstance(metadata.told(samples.accepted()[kind], kind), tuple)


def test_a_text_tells_nothing() -> None:
    assert metadata.told(b"Le texte\n", Kind.TEXT) == ()


def test_a_pdf_tells_who_wrote_and_who_commented() -> None:
    def change(writer: object) -> None:
        note = DictionaryObject(
            {
                NameObject("/Subtype"): NameObject("/Text"),
                NameObject("/T"): TextStringObject("Paule Roussel"),
                NameObject("/Rect"): ArrayObject([FloatObject(0)] * 4),
            }
        )
        page = writer.pages[0]  # type: ignore[attr-defined]
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(note)])  # type: ignore[attr-defined]
        stream = StreamObject()
        stream.set_data(
            b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-'
            b'ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com'
            b'/pdf/1.3/" pdf:Producer="Acrobat"><dc:creator><rdf:Seq><rdf:li>Ada Admin</rdf:li></rdf:Seq>'
            b"</dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
        )
        root = writer._root_object  # type: ignore[attr-defined]
        root[NameObject("/Metadata")] = writer._add_object(stream)  # type: ignore[attr-defined]

    raw = samples.pdf(change, Author="Claire Besson", Title="Notice", CreationDate="D:20261124103000+01'00'")
    found = values(raw, Kind.PDF)
    assert found[Label.AUTHOR] == ["Claire Besson", "Ada Admin"]
    assert found[Label.COMMENTERS] == ["Paule Roussel"] and found[Label.COMMENTS] == [1]
    assert found[Label.CREATED] == [date(2026, 11, 24)]
    assert "Acrobat" in found[Label.PROGRAM]


def test_properties_that_grow_are_not_read() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    stream = StreamObject()
    stream.set_data(bomb)

    def change(writer: object) -> None:
        root = writer._root_object  # type: ignore[attr-defined]
        root[NameObject("/Metadata")] = writer._add_object(stream)  # type: ignore[attr-defined]

    assert Label.AUTHOR not in values(samples.pdf(change), Kind.PDF)


def test_a_word_document_tells_who_wrote_commented_and_changed() -> None:
    told = metadata.told(samples.tracked_word(), Kind.DOCX)
    found = {one.label: one.value for one in told}
    assert found[Label.AUTHOR] == "Denis Chair" and found[Label.CHANGED_BY] == "Claire Besson"
    assert found[Label.TRACKED] == 1 and found[Label.TRACKED_BY] == "Claire Besson"
    assert found[Label.COMMENTS] == 1 and found[Label.COMMENTERS] == "Ada Admin"
    assert found[Label.CREATED] == date(2026, 3, 2)
    assert told[0].is_personal and told[0].label is Label.AUTHOR  # people first


def test_a_workbook_tells_its_hidden_sheets() -> None:
    found = values(samples.workbook(hidden="Salaires"), Kind.XLSX)
    assert found[Label.HIDDEN_SHEETS] == ["Salaires"] and found[Label.AUTHOR] == ["Paule Roussel"]


def test_an_open_document_tells_its_people() -> None:
    note = "<office:annotation><dc:creator>Maxime Adjovi</dc:creator></office:annotation>"
    found = values(samples.open_document(content=note), Kind.ODT)
    assert found[Label.AUTHOR] == ["Paule Roussel"] and found[Label.CHANGED_BY] == ["Ada Admin"]
    assert found[Label.COMMENTERS] == ["Maxime Adjovi"]


def test_a_photograph_tells_where_it_was_taken() -> None:
    told = metadata.told(samples.photograph(), Kind.JPEG)
    found = {one.label: one for one in told}
    assert found[Label.PLACE].value == "47.21833, -1.55000" and found[Label.PLACE].is_personal
    assert found[Label.AUTHOR].value == "Maxime Adjovi" and found[Label.AUTHOR].is_personal
    assert found[Label.CAMERA].value == "Fairphone FP5" and not found[Label.CAMERA].is_personal
    assert found[Label.TAKEN].value == date(2026, 11, 24)


def test_so_does_one_inside_a_document() -> None:
    raw = samples.rezip(samples.word(), {"word/media/image1.jpg": samples.photograph()})
    found = values(raw, Kind.DOCX)
    assert found[Label.PLACE] == ["47.21833, -1.55000"]


def test_what_is_told_can_be_shown() -> None:
    raw = samples.pdf(Author="Cla\u202eire\0 " + "x" * 900, Title="  ")
    (author,) = values(raw, Kind.PDF)[Label.AUTHOR]
    assert isinstance(author, str) and len(author) == 300 and "\u202e" not in author and "\0" not in author
    assert Label.TITLE not in values(raw, Kind.PDF)
    assert Told(Label.AUTHOR, "x").words == "Author"
