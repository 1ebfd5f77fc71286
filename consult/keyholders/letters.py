"""Mail to keyholders: links only, and no word of what was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from consult.core.i18n import _l
from consult.keyholders.models import Handover, Keyholder
from consult.mail import services as mail
from consult.people import queries as people
from consult.people.models import Account
from consult.voices.models import Letterbox
from consult.voices.rules import Told


def _queue(
    session: Session, to: Account, subject: object, template: str, about: str, **facts: object
) -> None:
    organisation = people.organisation(session)
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=subject,
        template=f"keyholders/{template}",
        about=about,
        organisation_name=organisation.name if organisation is not None else "",
        **facts,
    )


def _page(handover: Handover, to: Account) -> str:
    return mail.address("keyholders.handover", to.locale, handover_id=handover.id)


def to_pass_on(session: Session, handover: Handover, to: Account) -> None:
    """To whoever can open the letterboxes: somebody waits for the key."""
    _queue(
        session, to, _l("A key waits to be passed on"), "pass_on", f"handover:{handover.id}",
        successor=handover.successor.account.name, is_renewal=handover.is_renewal, body=handover.body.name,
        link=_page(handover, to),
    )  # fmt: skip


def named(session: Session, handover: Handover) -> None:
    """To the one who was named: what comes next."""
    to = handover.successor.account
    before = handover.predecessor
    _queue(
        session, to, _l("You were named keyholder"), "named", f"handover:{handover.id}",
        body=handover.body.name, predecessor=before.account.name if before is not None else "",
        link=_page(handover, to),
    )  # fmt: skip


def passed_on(session: Session, handover: Handover) -> None:
    """To the successor: the letterboxes can be opened now, each once, so that the handover ends."""
    to = handover.successor.account
    _queue(
        session, to, _l("Your key opens the letterboxes"), "passed_on", f"handover:{handover.id}",
        body=handover.body.name, link=_page(handover, to),
    )  # fmt: skip


def rehearsal(session: Session, holder: Keyholder) -> None:
    """Once a year: does the passphrase still open?"""
    to = holder.account
    _queue(
        session, to, _l("Does your passphrase still open?"), "rehearsal", f"keyholder:{holder.id}",
        link=mail.address("keyholders.rehearsal", to.locale),
    )  # fmt: skip


def destroyed(
    session: Session, letterbox: Letterbox, holders: Sequence[Account], *, copies_end: date | None
) -> None:
    """To those who held its keys: keys and texts are gone from this server; copies made earlier are not."""
    told = Told.of(letterbox.told)
    for to in holders:
        if to.is_active:
            _queue(
                session, to, _l("The keys of a letterbox were destroyed"), "destroyed",
                f"letterbox:{letterbox.id.hex()}", notice_title=told.title.shown(to.locale)[0],
                copies_end=copies_end, link=mail.address("keyholders.set_up", to.locale),
            )  # fmt: skip
