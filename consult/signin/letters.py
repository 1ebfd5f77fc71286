"""Invitations and resets: one link each, good once."""

from __future__ import annotations

from sqlalchemy.orm import Session

from consult.core.i18n import _l
from consult.mail import services as mail
from consult.people import queries as people
from consult.people.models import Account
from consult.signin.rules import INVITATION_DAYS, RESET_HOURS


def invitation_link(account: Account, token: str) -> str:
    return mail.address("signin.invitation", account.locale, token=token)


def reset_link(account: Account, token: str) -> str:
    return mail.address("signin.reset", account.locale, token=token)


def invited(session: Session, account: Account, token: str) -> None:
    """To somebody who gets an account: choose a password."""
    organisation = people.organisation(session)
    mail.queue(
        session,
        to=account.email,
        locale=account.locale,
        subject=_l("Your account on Consult"),
        template="signin/invited",
        about=f"account:{account.id}",
        name=account.name,
        organisation_name=organisation.name if organisation else "",
        days=INVITATION_DAYS,
        link=invitation_link(account, token),
    )


def reset(session: Session, account: Account, token: str) -> None:
    """To somebody who forgot the password."""
    mail.queue(
        session,
        to=account.email,
        locale=account.locale,
        subject=_l("Choose a new password"),
        template="signin/reset",
        about=f"account:{account.id}",
        hours=RESET_HOURS,
        link=reset_link(account, token),
    )


def changed(session: Session, account: Account) -> None:
    """To the owner of an account whose password was just reset, so that a stranger's act is noticed."""
    mail.queue(
        session,
        to=account.email,
        locale=account.locale,
        subject=_l("Your password was changed"),
        template="signin/changed",
        about=f"account:{account.id}",
        link=mail.address("signin.forgotten", account.locale),
    )
