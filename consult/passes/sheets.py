"""The slips as they are printed: ten to an A4 sheet, in the languages the organisation works in.

The QR code opens the writing page; the code of the slip and the access word stand behind ``#``, which
browsers send to no server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

from sqlalchemy.orm import Session

from consult.anonymity import slips, words
from consult.core.i18n import LOCALES, _, day, ngettext, writing_in
from consult.core.localized import Localized
from consult.documents import pdf, qr
from consult.people import queries as people
from consult.voices.models import Letterbox
from consult.voices.rules import Told
from consult.web.filters import typeset

TITLE_LENGTH = 70
"""Signs of a title that fit beside the code."""
MASK = 2
"""Stripes across: any pattern reads, and hundreds of codes need not look for the best."""


def address_of(base: str, letterbox: Letterbox, code: str, *, lang: str, word: str) -> str:
    """Where one writes, with everything a phone would else have to type in the fragment."""
    known = f"&word={quote(word, safe='')}" if word else ""
    return f"{base}/speak/{lang}/{letterbox.id.hex()}/#slip={code}{known}"


def common(session: Session, letterbox: Letterbox, *, address: str) -> dict[str, Any]:
    """What all slips of a letterbox say, for the template; read before any lock. ``address``: of this
    server."""
    organisation, told = people.organisation(session), Told.of(letterbox.told)
    assert organisation is not None, "consult init comes first"
    only = organisation.languages.only
    first = only or (told.title.source if told.title.source in LOCALES else LOCALES[0])
    languages = [first] if only else [first, *(one for one in LOCALES if one != first)]
    found: dict[str, Any] = {
        "lang": first,
        "base": address,
        "address": _printed(f"{address}/{first}/notices/{told.slug}"),
        "word": "" if organisation.is_public else organisation.access_word,
        "sides": [_side(letterbox, told, lang) for lang in languages],
    }
    with writing_in(first):
        found["title"] = _("Slips: %(title)s", title=found["sides"][0]["title"]["text"])
    return found


def print_slips(common: dict[str, Any], letterbox: Letterbox, codes: Sequence[str], *, on: date) -> bytes:
    """The sheets as a PDF, made in memory. Raises `pdf.CannotRender`, which says nothing of any code."""
    lang, word, base = common["lang"], common["word"], common["base"]
    printed = []
    for code in codes:
        shown = slips.printed(code)
        opens = address_of(base, letterbox, shown.replace("-", ""), lang=lang, word=word)
        printed.append({"code": shown, "qr": qr.svg(opens, mask=MASK)})
    try:
        return pdf.render("slips", {**common, "slips": printed}, on=on)
    except pdf.CannotRender:
        raise pdf.CannotRender("the slips") from None


def _printed(address: str) -> str:
    """As people type it."""
    parts = urlsplit(address)
    scheme = "" if parts.scheme == "https" else f"{parts.scheme}://"
    return f"{scheme}{parts.netloc}{parts.path}"


def _side(letterbox: Letterbox, told: Told, lang: str) -> dict[str, Any]:
    with writing_in(lang):
        last = day(letterbox.closes_on, lang)
        return {
            "lang": lang,
            "title": _title(told.title, lang),
            "word_label": _("Access word"),
            "qr_alt": _("QR code that opens the page on which one writes"),
            "points": [
                _("Drawn from a box: nobody knows who holds which."),
                _lets_do(letterbox, last),
                _("Best from your own phone, in a private window. Nobody may ask you for this slip."),
                _("Destroy it after the last day: it shows that you spoke."),
            ],
            "fingerprint": _(
                "Fingerprint of the key: %(words)s.",
                words=", ".join(words.from_digest(letterbox.fingerprint, lang)),
            ),
        }


def _lets_do(letterbox: Letterbox, last: str) -> str:
    if letterbox.told.get("poll"):
        said = ngettext(
            "Until %(day)s: %(num)s message, the quick poll, your support.",
            "Until %(day)s: %(num)s messages, the quick poll, your support.",
            letterbox.quota,
            day=last,
        )
    else:
        said = ngettext(
            "Until %(day)s: %(num)s message, and your support for what others said.",
            "Until %(day)s: %(num)s messages, and your support for what others said.",
            letterbox.quota,
            day=last,
        )
    return str(said)


def _title(title: Localized, lang: str) -> dict[str, str]:
    shown, found = title.shown(lang)
    text = " ".join(typeset(shown, found).split(" "))
    if len(text) > TITLE_LENGTH:
        text = text[:TITLE_LENGTH].rpartition(" ")[0].rstrip(" ,;:") + "\u2026"
    return {"text": text, "lang": found}
