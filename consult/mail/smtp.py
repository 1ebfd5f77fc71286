"""The connection to the mail server, for the outbox and for who writes past it."""

from __future__ import annotations

import smtplib
import ssl
from urllib.parse import unquote, urlsplit

TIMEOUT = 20
"""Seconds for each answer of the server."""
FAILURES = (OSError, smtplib.SMTPException)
"""What may go wrong on the way; their texts hold addresses and belong in no log."""


def connect(url: str) -> smtplib.SMTP | None:
    """A session, greeted and signed in, for ``smtp://`` and ``smtps://`` (user and password percent-encoded);
    None for ``outbox:`` and for an empty address. Raises one of `FAILURES`."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"}:
        return None
    context = ssl.create_default_context()
    host, port = parts.hostname or "localhost", parts.port
    client: smtplib.SMTP = (
        smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT, context=context)
        if parts.scheme == "smtps"
        else smtplib.SMTP(host, port or 25, timeout=TIMEOUT)
    )
    try:
        client.ehlo_or_helo_if_needed()
        if parts.scheme == "smtp" and client.has_extn("starttls"):
            client.starttls(context=context)
        if parts.username:
            client.login(unquote(parts.username), unquote(parts.password or ""))
    except FAILURES:
        client.close()
        raise
    return client
