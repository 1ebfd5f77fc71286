"""Extracts every string and brings the French catalogue up to date; nothing is guessed (no fuzzy matches)."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FRENCH = ROOT / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}
SOURCES = (
    (ROOT / "consult", [("**.py", "python")]),
    (ROOT / "templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]),
)


def extracted() -> Catalog:
    """Every message of the code and of the templates, with the places it stands in, without line numbers."""
    catalogue = Catalog(project="Consult", charset="utf-8")
    for folder, methods in SOURCES:
        found = extract_from_dir(folder, methods, {"**": {"trimmed": "true"}}, keywords=KEYWORDS)
        for name, _line, message, comments, context in found:
            place = (f"{folder.name}/{name}", 0)
            catalogue.add(message, None, [place], auto_comments=comments, context=context)
    return catalogue


def written() -> Catalog:
    with FRENCH.open("rb") as file:
        return read_po(file, locale="fr")


def updated() -> Catalog:
    """The French catalogue with exactly the messages there are, translations kept where they fit."""
    known, current = written(), Catalog(locale="fr", project="Consult", charset="utf-8", fuzzy=False)
    for message in extracted():
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        flags = {one for one in message.flags if one.endswith("-format")}
        string = old.string if old is not None else ""
        current.add(message.id, string, sorted(set(message.locations)), flags=flags, context=message.context)
    return current


def save(catalogue: Catalog) -> None:
    with FRENCH.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, include_lineno=False, omit_header=False)


if __name__ == "__main__":
    catalogue = updated()
    save(catalogue)
    print(f"{len(catalogue)} messages")
    sys.exit(0)
