"""The poster of a notice before a body: one A4 sheet in both languages, for walls and break rooms.

The access word is printed, and stands in the QR code behind ``#``: browsers send that part to no server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

from babel.lists import format_list
from sqlalchemy.orm import Session

from consult.anonymity import words
from consult.consultations.models import Consultation
from consult.core.errors import WrongState
from consult.core.i18n import LOCALES, _, day, writing_in
from consult.core.localized import Localized
from consult.documents import pdf, qr
from consult.notices import queries as notices
from consult.notices.models import Revision
from consult.notices.readiness import source_of
from consult.notices.rules import Authority, NoticeState
from consult.people import queries as people
from consult.people.models import Organisation
from consult.voices import queries as voices
from consult.voices.models import Letterbox
from consult.voices.rules import Channels, Phase, Told, phase
from consult.web.filters import typeset

TITLE_LENGTH, SENTENCE_LENGTH = 160, 320
"""Signs printed of a title and of a sentence: what is longer cannot be read from a distance."""


def address_of(base: str, slug: str, *, lang: str, word: str) -> str:
    """Where the notice is read; the word, where one is needed, goes into the fragment and nowhere else."""
    fragment = f"#word={quote(word, safe='')}" if word else ""
    return f"{base}/{lang}/notices/{slug}{fragment}"


def _printed(address: str) -> str:
    """The same as people type it."""
    parts = urlsplit(address)
    scheme = "" if parts.scheme == "https" else f"{parts.scheme}://"
    return f"{scheme}{parts.netloc}{parts.path}"


def _clipped(text: str, length: int) -> str:
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    return text[:length].rpartition(" ")[0].rstrip(" ,;:") + "\u2026"


def _in(text: Localized | None, lang: str, length: int) -> dict[str, str]:
    """A text with the language it is in, which may be the other one."""
    shown, found = text.shown(lang) if text is not None else ("", lang)
    return {"text": _clipped(typeset(shown, found), length), "lang": found}


def _box_of(session: Session, consultation: Consultation, on: date) -> Letterbox | None:
    """The letterbox people can still write to, today or later."""
    if consultation.letterbox_id is None:
        return None
    box = voices.letterbox(session, consultation.letterbox_id)
    if box is None or box.is_closed or phase(box.opens_on, box.closes_on, on) is Phase.CLOSED:
        return None
    return box


def contents(session: Session, consultation: Consultation, *, address: str, on: date) -> dict[str, Any]:
    """What the poster says, for the template. ``address``: of this server. The language the notice is
    authoritative in comes first; where the organisation works in one, there is no other.
    Raises `WrongState` for a notice that was withdrawn."""
    notice = consultation.notice
    revision, organisation = notices.published(notice), people.organisation(session)
    if revision is None or organisation is None or notice.state is NoticeState.WITHDRAWN:
        raise WrongState("notice", notice.state)
    only = organisation.languages.only
    first = only or source_of(revision)
    languages = [first] if only else [first, *(one for one in LOCALES if one != first)]
    word = "" if organisation.is_public else organisation.access_word
    read_at = address_of(address, notice.slug, lang=first, word=word)
    box = _box_of(session, consultation, on)
    readable_on = notice.readable_on or notice.held_until
    common: Mapping[str, Any] = {
        "body": consultation.body.name, "number": 0 if notice.is_file else notice.number, "box": box,
        "begins": max(filter(None, (readable_on, box.opens_on if box is not None else None)), default=on),
        "on": on,
    }  # fmt: skip
    return {
        "lang": first,
        "is_equal": revision.authority is Authority.BOTH and not only,
        "organisation": organisation.name,
        "address": _printed(read_at),
        "word": word,
        "qr": qr.svg(read_at),
        "sides": [_side(revision, organisation, lang, **common) for lang in languages],
    }


def _side(
    revision: Revision, organisation: Organisation, lang: str, *, body: str, number: int,
    box: Letterbox | None, begins: date, on: date,
) -> dict[str, Any]:  # fmt: skip
    with writing_in(lang):
        found = {
            "lang": lang,
            "title": _in(revision.title, lang, TITLE_LENGTH),
            "what": _in(revision.summary.get("what"), lang, SENTENCE_LENGTH),
            "call": _("Say what you think.") if box is not None else _("Read what is planned."),
            "points": _points(body, box, lang),
            "until": _when(box, begins, on, lang),
            "word_label": _("Access word"),
            "qr_alt": _("QR code that opens the notice, with the access word")
            if not organisation.is_public
            else _("QR code that opens the notice"),
            "foot": _("%(body)s, impact notice no. %(number)s.", body=body, number=number)
            if number
            else _("A question of %(body)s. The employer published no notice on this.", body=body),
            "fingerprint": "",
            "alert": "",
        }
        if box is not None:
            listed = ", ".join(words.from_digest(box.fingerprint, lang))
            found["fingerprint"] = _("Fingerprint of the key: %(words)s.", words=listed)
        if organisation.alert_channel:
            found["alert"] = _("For something serious or illegal, use the alert channel.")
    return found


def _points(body: str, box: Letterbox | None, lang: str) -> list[str]:
    """How one speaks, in three lines."""
    if box is None:
        return [
            _("In two minutes: what, for whom, when, and who decides."),
            _("On your phone, without an account."),
            _("To speak about it: your representatives (%(body)s).", body=body),
        ]
    holders = Told.of(box.told).keyholders
    names = format_list(holders, locale="fr_FR" if lang == "fr" else "en_GB") if holders else ""
    return [
        _how(box.channels),
        _("Read only by %(names)s, named by the %(body)s.", names=names, body=body)
        if names
        else _("Read only by the keyholders named by the %(body)s.", body=body),
        _("Management must answer in writing, for every employee to read."),
    ]


def _how(channels: Channels) -> str:
    """How one comes by the right to write."""
    return str(
        {
            Channels.OPEN: _("No account, no name, from your phone."),
            Channels.SLIPS: _(
                "Draw a slip from your representatives’ box, and write from your phone: no account, no name."
            ),
            Channels.INVITATIONS: _(
                "With the invitation you received by e-mail, from your phone: no account, no name."
            ),
            Channels.BOTH: _(
                "With a slip drawn from your representatives’ box, or your invitation by e-mail: no account,"
                " no name."
            ),
        }[channels]
    )


def _when(box: Letterbox | None, begins: date, on: date, lang: str) -> str:
    """Until when one can speak, and from when one can read where that is still to come."""
    waits = begins > on
    if box is None:
        return str(_("To be read from %(day)s", day=day(begins, lang))) if waits else ""
    last = day(box.closes_on, lang)
    if waits:
        return str(_("From %(first)s to %(last)s", first=day(begins, lang), last=last))
    return str(_("Until %(day)s", day=last))


def poster(session: Session, consultation: Consultation, *, address: str, on: date) -> bytes:
    """The poster as a PDF. Raises `WrongState`."""
    data = contents(session, consultation, address=address, on=on)
    with writing_in(data["lang"]):
        title = data["sides"][0]["title"]["text"]
        data["title"] = _("Poster: %(title)s", title=title)
    return pdf.render("poster", data, on=on)
