"""Files people take away, parsed back: what was given is there, literally, and nothing of it is obeyed."""

from __future__ import annotations

import io
import shutil
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import icalendar
import pypdf
import pytest
import segno
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from consult.documents import atom, calendar, pdf, prose, qr, signs

ON = date(2026, 11, 24)
HOSTILE = [
    '#import "@preview/evil:1.0.0": *',
    '#eval("1+1") #read("/etc/passwd") #panic()',
    "$x^2$ *bold* _emph_ `raw` = heading <label> @ref",
    "<script>alert(1)</script> & ]]> <!-- -->",
    "= Not a heading\n- not a list",
    '"quoted" \\u{41} \\n \\" // not a comment /* nor this */',
    "https://elsewhere.example ~ -- --- ... #[x]",
]
TEMPLATE = """
#import "common.typ": *
#show: document-of
= #data.title
#data.body
"""
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A template of two lines, so that what is tested is the writer."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("common.typ", "prose.typ"):
        shutil.copyfile(pdf.folder("templates") / "documents" / name, folder / name)
    (folder / "prosaic.typ").write_text(PROSE_TEMPLATE, encoding="utf-8")
    (folder / "plain.typ").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(pdf, "folder", lambda _name: tmp_path)
    return


def rendered(body: str, *, lang: str = "fr", title: str = "Un titre") -> pypdf.PdfReader:
    made = pdf.render("plain", {"title": title, "lang": lang, "body": body}, on=ON)
    return pypdf.PdfReader(io.BytesIO(made))


def text_of(reader: pypdf.PdfReader) -> str:
    return " ".join(page.extract_text() for page in reader.pages)


def squeezed(text: str) -> str:
    """Without spaces and ligatures: a line of a page may end anywhere."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "").replace("\u2010", "")


# ── PDF ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_document_is_tagged_and_says_its_language_title_and_day(lang: str) -> None:
    reader = rendered("Bonjour", lang=lang, title="L’outil «\u00a0Plume\u00a0»")
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"].startswith(lang)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None and reader.metadata.title == "L’outil «\u00a0Plume\u00a0»"
    assert reader.metadata.creation_date is not None and reader.metadata.creation_date.date() == ON
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_the_same_data_and_day_give_the_same_bytes() -> None:
    data = {"title": "T", "lang": "fr", "body": "x"}
    assert pdf.render("plain", data, on=ON) == pdf.render("plain", dict(reversed(data.items())), on=ON)
    assert pdf.render("plain", data, on=ON) != pdf.render("plain", data, on=date(2026, 11, 25))


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_is_printed_and_never_obeyed(typed: str) -> None:
    assert squeezed(typed) in squeezed(text_of(rendered(typed)))
    assert squeezed(typed) in squeezed(text_of(rendered("x", title=typed)))


def test_a_long_text_goes_on_over_pages() -> None:
    typed = "".join(f"mot{at} " for at in range(1500))[:10_000]
    reader = rendered(typed)
    assert len(reader.pages) > 2
    assert squeezed(typed) in squeezed(text_of(reader))


def test_a_sign_no_font_has_is_named_and_breaks_nothing() -> None:
    text = text_of(
        rendered("Bravo \U0001f600\u200d\ufe0f, 中, \x00\x07\x1b[0m, \ud800, \U0010fffd, \ue000 e\u0301")
    )
    assert "[grinning face]" in text and "\u25a1" in text and "[0m" in text
    assert unicodedata.normalize("NFC", text).endswith("é")


@budget(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_at_all_can_be_printed(typed: str) -> None:
    assert rendered(typed).pages


def test_a_fault_of_the_template_is_told(tmp_path: Path) -> None:
    (tmp_path / "documents" / "plain.typ").write_text('#read("/etc/passwd")', encoding="utf-8")
    with pytest.raises(pdf.CannotRender, match="plain"):
        rendered("x")
    (tmp_path / "documents" / "plain.typ").write_text(
        '#import "common.typ": *\n#data.nothing', encoding="utf-8"
    )
    with pytest.raises(pdf.CannotRender):
        rendered("x")


def test_signs() -> None:
    assert signs.printable("« Prix : 12 €, œuvre, ½ → ✓ »") == "« Prix : 12 €, œuvre, ½ → ✓ »"
    assert signs.without_controls("a\r\nb\rc\x0bd\x85") == "a\nb\ncd"
    assert not signs.is_covered("\U0001f600") and not signs.is_covered("\x1f")
    assert all(signs.is_covered(one) for one in "aé’“”…—\u202f\u00a0ŒⅫ")


# ── QR ─────────────────────────────────────────────────────────────────────────


def test_a_code_is_a_picture_with_its_quiet_zone() -> None:
    address = "https://consult.orvalie.example/fr/notices/plume#word=tournesol"
    picture = ElementTree.fromstring(qr.svg(address))
    rows = qr.matrix(address)
    size = len(rows) + 2 * qr.BORDER
    assert picture.get("viewBox") == f"0 0 {size} {size}"
    assert rows == tuple(
        tuple(bool(one) for one in row)
        for row in segno.make(address, error="m", boost_error=False, micro=False).matrix
    )
    assert qr.svg(address) == qr.svg(address)


# ── calendars ──────────────────────────────────────────────────────────────────


def event(**changes: Any) -> calendar.Event:
    given = {
        "uid": "milestone-1@consult", "day": date(2027, 1, 4), "stamp": ON, "summary": "Pilote",
        "description": "Deux équipes.", "url": "https://consult.example/fr/notices/plume",
    }  # fmt: skip
    return calendar.Event(**(given | changes))


def test_a_calendar_is_read_back() -> None:
    made = calendar.ics([event()], name="Dates, Orvalie", lang="fr")
    assert b"\n" not in made.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    found = icalendar.Calendar.from_ical(made)
    assert found["VERSION"] == "2.0" and found["NAME"].params["LANGUAGE"] == "fr"
    assert b"X-WR-CALNAME:Dates\\, Orvalie\r\n" in made
    (one,) = found.walk("VEVENT")
    assert one["UID"] == "milestone-1@consult"
    assert one["DTSTART"].dt == date(2027, 1, 4) and one["DTEND"].dt == date(2027, 1, 5)
    assert b"DTSTAMP:20261124T000000Z" in made and b"DTSTART;VALUE=DATE:20270104" in made
    assert one["URL"] == "https://consult.example/fr/notices/plume"
    assert one["SUMMARY"].params["LANGUAGE"] == "fr"
    assert made == calendar.ics([event()], name="Dates, Orvalie", lang="fr")


@pytest.mark.parametrize(
    "typed",
    [*HOSTILE, "a\r\nEND:VEVENT\r\nBEGIN:VEVENT", "a;b,c\\n:d", "x" * 10_000, "\x00\x0b\x1b\U0001f600"],
)
def test_nothing_typed_breaks_a_calendar(typed: str) -> None:
    made = calendar.ics([event(summary=typed, description=typed)], name=typed, lang="fr")
    (one,) = icalendar.Calendar.from_ical(made).walk("VEVENT")
    for name in ("SUMMARY", "DESCRIPTION"):
        assert str(one[name]) == signs.without_controls(typed)


def test_an_empty_calendar_is_one() -> None:
    assert not icalendar.Calendar.from_ical(calendar.ics([], name="Dates", lang="en")).walk("VEVENT")


# ── feeds ──────────────────────────────────────────────────────────────────────


def feed(*entries: atom.Entry) -> bytes:
    return atom.feed(
        title="Notices", address="https://consult.example/fr/notices",
        self_address="https://consult.example/fr/feeds/x/notices.atom", id="tag:consult.example,2026:notices",
        updated=ON, author="Orvalie", entries=entries, lang="fr",
    )  # fmt: skip


def entry(**changes: Any) -> atom.Entry:
    given = {
        "id": "urn:uuid:00000000-0000-4000-8000-000000000000",
        "title": "Plume",
        "address": "https://consult.example/fr/notices/plume",
        "published": date(2026, 10, 20),
        "updated": ON,
        "summary": "Un brouillon.",
    }
    return atom.Entry(**(given | changes))


def test_a_feed_is_read_back() -> None:
    root = ElementTree.fromstring(feed(entry()))
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
    assert root.findtext("a:id", namespaces=ATOM) == "tag:consult.example,2026:notices"
    assert root.findtext("a:updated", namespaces=ATOM) == "2026-11-24T00:00:00+00:00"
    links = {one.get("rel"): one.get("href") for one in root.findall("a:link", ATOM)}
    assert links == {
        "alternate": "https://consult.example/fr/notices",
        "self": "https://consult.example/fr/feeds/x/notices.atom",
    }
    (one,) = root.findall("a:entry", ATOM)
    assert one.findtext("a:title", namespaces=ATOM) == "Plume"
    assert one.findtext("a:published", namespaces=ATOM) == "2026-10-20T00:00:00+00:00"
    assert one.findtext("a:id", namespaces=ATOM) == entry().id
    assert feed(entry()) == feed(entry())


@pytest.mark.parametrize("typed", [*HOSTILE, "x" * 10_000, "\x00\x0b\ud800\uffff\U0001f600"])
def test_nothing_typed_breaks_a_feed_or_becomes_markup_in_it(typed: str) -> None:
    made = feed(entry(title=typed, summary=typed))
    (one,) = ElementTree.fromstring(made).findall("a:entry", ATOM)
    assert one.findtext("a:title", namespaces=ATOM) == signs.without_controls(typed)
    summary = one.find("a:summary", ATOM)
    assert summary is not None and summary.get("type") == "html"
    assert "<script" not in (summary.text or "")
    shown = "".join(
        ElementTree.fromstring(f"<p>{(summary.text or '').replace('<br>', '<br/>')}</p>").itertext()
    )
    assert shown == signs.without_controls(typed).replace("\n", "")


def test_an_empty_feed_has_the_day_it_was_told() -> None:
    root = ElementTree.fromstring(feed())
    assert root.findtext("a:updated", namespaces=ATOM) == "2026-11-24T00:00:00+00:00"


# ── prose ──────────────────────────────────────────────────────────────────────


def test_prose_becomes_a_tree() -> None:
    assert prose.tree("# A\n\nb **c** [d](https://e.example)\n\n3. f\n") == [
        {"t": "h", "c": [{"t": "text", "v": "A"}]},
        {
            "t": "p",
            "c": [
                {"t": "text", "v": "b "},
                {"t": "strong", "c": [{"t": "text", "v": "c"}]},
                {"t": "text", "v": " "},
                {"t": "link", "href": "https://e.example", "c": [{"t": "text", "v": "d"}]},
            ],
        },
        {"t": "ol", "start": 3, "items": [[{"t": "p", "c": [{"t": "text", "v": "f"}]}]]},
    ]


@pytest.mark.parametrize(
    "typed",
    ["[x](javascript:alert(1))", "[x](data:text/html,y)", "[x](//elsewhere.example)", "[x](file:///etc/passwd)",
     "![x](https://elsewhere.example/p.png)"],
)  # fmt: skip
def test_only_addresses_that_pages_allow_are_links(typed: str) -> None:
    assert "link" not in str(prose.tree(typed))
    assert "x" in str(prose.tree(typed))


def test_a_heading_or_link_without_words_is_none() -> None:
    assert not [one for one in prose.tree("# \n\n# ![](x)\n\n# [](https://x.example)") if one["t"] == "h"]


_BITS = st.sampled_from(
    ["# ", "## ", "\n", "\n\n", "- ", "1. ", "> ", "**", "*", "`", "```\n", "[a](https://x.y)", "[](https://x.y)",
     "![](z)", "| a | b |\n|---|---|\n", "| 1 |\n", "---\n", "\u200d", "\ufeff", "😀", "#let", "$x$", "@r",
     "<b>", "&amp;", "\\", "    code", "text ", "\u202e", "\u0301"]
)  # fmt: skip
PROSE_TEMPLATE = """
#import "common.typ": *
#import "prose.typ": told
#show: document-of
= #data.title
== x
=== x
#told(data.said)
#table(columns: 1, told(data.said, headed: false))
"""


@budget(max_examples=60, deadline=None)
@given(st.lists(st.one_of(_BITS, st.text(max_size=3)), max_size=14).map("".join))
def test_any_prose_at_all_can_be_printed(typed: str) -> None:
    said = {"nodes": prose.tree(typed), "lang": "en", "note": "n"}
    assert pdf.render("prosaic", {"title": "T", "lang": "fr", "said": said}, on=ON).startswith(b"%PDF")
