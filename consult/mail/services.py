"""Putting a letter into the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import current_app, render_template
from markupsafe import escape
from sqlalchemy.orm import Session

from consult.core import clock, i18n
from consult.mail import queries
from consult.mail.models import Letter, LetterState


def queue(
    session: Session,
    *,
    to: str,
    locale: str,
    subject: object,
    template: str,
    about: str = "",
    **facts: object,
) -> Letter:
    """A letter in the reader's language, rendered now, sent after the act is committed.
    ``template``: ``emails/<template>.txt`` and ``.html``. ``subject``: a lazy string (``_l``), put into
    the reader's language here. Facts never hold what an employee wrote."""
    with i18n.writing_in(locale):
        subject = str(subject)
        text = render_template(f"emails/{template}.txt", subject=subject, **facts)
        html = render_template(f"emails/{template}.html", subject=subject, **facts)
    letter = Letter(
        to_address=to, locale=locale, subject=subject, text=text, html=html, about=about,
        queued_at=clock.now(), next_try_at=clock.now(),
    )  # fmt: skip
    session.add(letter)
    session.flush()
    return letter


def sent_long_ago(session: Session, *, at: datetime) -> None:
    """All that waits was taken by a mail server at that moment: the letters of a story told afterwards."""
    for letter in queries.due(session, clock.now()):
        letter.state, letter.attempts = LetterState.ACCEPTED, 1
        letter.queued_at = letter.next_try_at = letter.accepted_at = at
    session.flush()


def address(endpoint: str, locale: str, **values: object) -> str:
    """The full address of a page in the reader's language; works in a job, where there is no request."""
    path = current_app.url_map.bind("localhost").build(endpoint, {"lang": locale, **values})
    return f"{current_app.config['CONSULT_ADDRESS']}{path}"


def rewrite(session: Session, instead: Mapping[str, str]) -> None:
    """Every letter kept that quotes one of these texts (a title that held a person's data) quotes from now
    on what stands beside it."""
    for old, new in instead.items():
        for letter in queries.quoting(session, old):
            letter.subject = letter.subject.replace(old, new)[:300]
            letter.text = letter.text.replace(old, new)
            letter.html = letter.html.replace(escape(old), escape(new))
    session.flush()
