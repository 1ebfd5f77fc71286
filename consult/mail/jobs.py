"""Delivery of what waits in the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy.orm import Session

from consult.core.config import Settings
from consult.mail import queries, smtp
from consult.mail.models import Letter, LetterState

MAX_ATTEMPTS = 6
Transport = Callable[[EmailMessage], None]


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """The mail of a letter: plain text first, HTML beside it. No tracking, no remote content."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.to_address, letter.subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=sender.partition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.locale  # last: setting a content drops such headers
    return message


def transport(url: str) -> Transport | None:
    """``smtp://``, ``smtps://`` (user and password percent-encoded), or None for ``outbox:``:
    letters then stay in the outbox and count as accepted there. None for an empty address too."""
    if urlsplit(url).scheme not in {"smtp", "smtps"}:
        return None

    def send(message: EmailMessage) -> None:
        client = smtp.connect(url)
        assert client is not None, "the scheme was looked at above"
        with client:
            client.send_message(message)

    return send


def deliver(session: Session, *, now: datetime) -> int:
    """Sends what is due, one commit per letter so that a crash repeats at most one. Returns how many
    were accepted; a failure waits twice as long each time and is given up after six."""
    settings: Settings = current_app.extensions["consult.settings"]
    send, accepted = transport(settings.mail_url), 0
    if not settings.mail_url:
        return 0  # nowhere to send to is no delivery: letters wait until the operator says where
    for letter in queries.due(session, now):
        letter.attempts += 1
        try:
            if send is not None:
                send(message_of(letter, settings.mail_from))
        except smtp.FAILURES as error:
            letter.last_error = type(error).__name__
            letter.next_try_at = now + timedelta(minutes=2**letter.attempts)
            if letter.attempts >= MAX_ATTEMPTS:
                letter.state = LetterState.FAILED
        else:
            letter.state, letter.accepted_at, accepted = LetterState.ACCEPTED, now, accepted + 1
            if send is not None:
                letter.text = letter.html = ""  # it may hold a link that still works; the mail has it
        session.commit()
    return accepted
