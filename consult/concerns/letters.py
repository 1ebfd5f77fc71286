"""Mail about what was said: links only. No number, no word of a message, a theme or a quotation."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from consult.concerns.models import Theme
from consult.core.i18n import _l
from consult.keyholders import queries as keyholders
from consult.mail import services as mail
from consult.people.models import Account
from consult.voices import queries as voices
from consult.voices.models import Letterbox
from consult.voices.rules import Told


def _holders(session: Session, letterbox: Letterbox | None) -> Iterable[Account]:
    """Those the body named, as far as they still have an account."""
    if letterbox is None:
        return []
    named = keyholders.named(letterbox)
    holding = [one.account for one in keyholders.of_letterbox(session, letterbox.id)]
    return [one for one in holding if one.is_active and one.name in named]


def released(session: Session, letterbox: Letterbox) -> None:
    """To the keyholders: messages were opened. Never how many."""
    told = Told.of(letterbox.told)
    for to in _holders(session, letterbox):
        mail.queue(
            session,
            to=to.email,
            locale=to.locale,
            subject=_l("Messages were opened"),
            template="concerns/released",
            about=f"letterbox:{letterbox.id.hex()}",
            notice_title=told.title.shown(to.locale)[0],
            is_closed=letterbox.is_closed,
            organisation_name=told.organisation,
            link=mail.address("concerns.desk", to.locale, box=letterbox.id.hex()),
        )


def counted(session: Session, to: Account, letterbox: Letterbox) -> None:
    """To the notice's author: the poll was counted. Never a number."""
    told = Told.of(letterbox.told)
    if not to.is_active:
        return
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=_l("The poll was counted"),
        template="concerns/counted",
        about=f"letterbox:{letterbox.id.hex()}",
        notice_title=told.title.shown(to.locale)[0],
        organisation_name=told.organisation,
        link=mail.address("reading.notice_signed", to.locale, slug=told.slug),
    )


def published(session: Session, theme: Theme) -> None:
    """To the notice's author: the body published a theme, an answer is awaited."""
    to = theme.notice.author
    if not to.is_active:
        return
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=_l("A theme waits for your answer"),
        template="concerns/published",
        about=f"theme:{theme.id}",
        link=mail.address("concerns.answer", to.locale, theme_id=theme.id),
    )


def answered(session: Session, theme: Theme) -> None:
    """To the keyholders: the employer answered a theme."""
    for to in _holders(session, voices.letterbox(session, theme.letterbox_id)):
        mail.queue(
            session,
            to=to.email,
            locale=to.locale,
            subject=_l("The employer answered a theme"),
            template="concerns/answered",
            about=f"theme:{theme.id}",
            link=mail.address("reading.notice_signed", to.locale, slug=theme.notice.slug),
        )
