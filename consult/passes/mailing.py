"""Invitations by mail: one SMTP session, in random order, past the outbox.

No address and no code is written down here, not even in a log: addresses come from a page, go to the mail
server, and are gone. All mails of one sending carry the same hour, and a name of 16 random bytes."""

from __future__ import annotations

import secrets
import smtplib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from random import Random
from urllib.parse import quote

from flask import render_template
from sqlalchemy.orm import Session

from consult.anonymity import words
from consult.core import clock
from consult.core.i18n import LOCALES, _, writing_in
from consult.mail import smtp
from consult.passes.roster import Person
from consult.people import queries as people
from consult.voices.models import Letterbox
from consult.voices.rules import Told
from consult.web.filters import typeset

_LINK, _CODE = "@@link-{lang}@@", "@@code@@"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A person and the code drawn for them; no code in a reminder."""

    person: Person = field(repr=False)
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Wording:
    """What is written to all: ``(subject, text)`` by language, the empty one for both."""

    address: str
    box: str
    word: str
    texts: Mapping[str, tuple[str, str]] = field(repr=False)

    def link(self, lang: str, code: str) -> str:
        """Where a pass is claimed. What is secret stands behind ``#``, which goes to no server."""
        word = f".{quote(self.word, safe='')}" if self.word else ""
        return f"{self.address}/speak/{lang}/claim#{self.box}.{code}{word}"

    def text(self, language: str, code: str) -> tuple[str, str]:
        """Subject and text for one person."""
        subject, text = self.texts[language]
        for lang in LOCALES:
            text = text.replace(_LINK.format(lang=lang), self.link(lang, code))
        return subject, text.replace(_CODE, f"{self.box}.{code}")


def wording(
    session: Session, letterbox: Letterbox, *, address: str, slips_from: str, is_reminder: bool
) -> Wording:
    """Read once, before any mail leaves. ``slips_from``: who hands out paper slips, in the words of the body;
    ``address``: of this server."""
    organisation, told = people.organisation(session), Told.of(letterbox.told)
    assert organisation is not None, "consult init comes first"
    kind = "reminded" if is_reminder else "invited"
    only = organisation.languages.only
    single = {
        lang: _rendered(kind, letterbox, told, lang, address=address, slips_from=slips_from)
        for lang in LOCALES
    }
    first = only or (told.title.source if told.title.source in LOCALES else LOCALES[0])
    texts = dict.fromkeys(("", *LOCALES), single[first]) if only else {"": _joined(single, first), **single}
    word = "" if organisation.is_public else organisation.access_word
    return Wording(address, letterbox.id.hex(), word, texts)


def _rendered(
    kind: str, letterbox: Letterbox, told: Told, lang: str, *, address: str, slips_from: str
) -> tuple[str, str]:
    with writing_in(lang):
        title = typeset(*told.title.shown(lang))
        subject = (
            _("Reminder: say what you think about %(title)s", title=title)
            if kind == "reminded"
            else _("Your invitation to say what you think about %(title)s", title=title)
        )
        text = render_template(
            f"emails/passes/{kind}.txt",
            box=letterbox,
            told=told,
            title=title,
            last_claim=letterbox.closes_on - timedelta(days=1),
            link=_LINK.format(lang=lang),
            code=_CODE,
            claim_address=f"{address}/speak/{lang}/claim",
            write_address=f"{address}/speak/{lang}/{letterbox.id.hex()}/",
            slips_from=slips_from,
            fingerprint=" ".join(words.from_digest(letterbox.fingerprint, lang)),
        )
    return " ".join(str(subject).split())[:180], text.strip() + "\n"


def _joined(single: Mapping[str, tuple[str, str]], first: str) -> tuple[str, str]:
    """Both languages in one mail, the organisation's own first."""
    other = next(one for one in LOCALES if one != first)
    note = {"fr": "(Version française plus bas.)", "en": "(English version below.)"}[other]
    subject = f"{single[first][0]} / {single[other][0]}"
    return subject, f"{note}\n\n{single[first][1]}\n{'_' * 40}\n\n{single[other][1]}"


def shuffled(people: Sequence[Person], codes: Sequence[str], rng: Random | None = None) -> list[Invitation]:
    """Who gets which code and who is written to first, both drawn at random; no codes in a reminder."""
    rng = rng or secrets.SystemRandom()
    drawn = list(people)
    rng.shuffle(drawn)
    if not codes:
        return [Invitation(one) for one in drawn]
    return [Invitation(one, code) for one, code in zip(drawn, codes, strict=True)]


def deliver(
    client: smtplib.SMTP | None, wording: Wording, letters: Sequence[Invitation], *, sender: str
) -> Iterator[tuple[Invitation, bool]]:
    """Each letter as it leaves, and whether the mail server took it. One that refuses an address goes on with
    the next; after any other failure the rest is not tried. ``client`` None: kept nowhere, taken as sent."""
    stopped, at = False, format_datetime(clock.now())
    for one in letters:
        if not stopped and client is not None:
            try:
                client.send_message(message(wording, one, sender=sender, at=at))
            except smtplib.SMTPRecipientsRefused:
                yield one, False
                continue
            except smtp.FAILURES:
                stopped = True
        yield one, not stopped


def message(wording: Wording, letter: Invitation, *, sender: str, at: str) -> EmailMessage:
    """Text alone: what one reads is what was sent, and nothing is fetched from anywhere."""
    subject, text = wording.text(letter.person.language, letter.code)
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, letter.person.address, subject
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    made["Date"], made["Message-ID"] = at, f"<{secrets.token_hex(16)}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text)
    made["Content-Language"] = letter.person.language or ", ".join(LOCALES)
    return made
