"""Verbs about people. They get the session and never commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from consult.core.errors import Refused
from consult.core.localized import Localized
from consult.people import queries
from consult.people.models import (
    Account,
    Body,
    Establishment,
    Mandate,
    Organisation,
    ReminderChoice,
    Resolution,
)
from consult.people.regimes import Regime, regime_of
from consult.people.rules import (
    AlreadyThere,
    BodyKind,
    CannotSit,
    Languages,
    LastAdministrator,
    MandateRole,
    Rhythm,
    Role,
    Unseatable,
    overlap,
)
from consult.register import services as register
from consult.web.readers import fold

OLD_WORD_DAYS = 30
MIN_WORD = 6


class WordTooShort(Refused):
    """An access word needs at least 6 letters or digits."""


def found_organisation(
    session: Session, *, name: str, country: str, access_word: str, languages: Languages = Languages.BOTH,
    emergency: list[dict[str, Any]] | None = None, alert_channel: Localized | None = None,
    regime: Regime | None = None,
) -> Organisation:  # fmt: skip
    """The organisation this instance serves. There is one; found twice, the first stays."""
    existing = queries.organisation(session)
    if existing is not None:
        return existing
    if len(fold(access_word)) < MIN_WORD:
        raise WordTooShort(f"an access word needs at least {MIN_WORD} letters or digits.")
    organisation = Organisation(
        id=1, name=name, country=country, languages=languages, access_word=access_word, previous_word="",
        emergency=emergency or [], alert_channel=alert_channel or Localized({}),
        regime=regime or regime_of(country),
    )  # fmt: skip
    session.add(organisation)
    session.flush()
    return organisation


def set_languages(session: Session, languages: Languages) -> Organisation:
    """What the organisation works in from now on; texts written in another language stay."""
    organisation = queries.organisation(session)
    assert organisation is not None, "consult init comes first"
    organisation.languages = languages
    session.flush()
    return organisation


def rotate_access_word(session: Session, word: str, *, on: date) -> Organisation:
    """A new word; the one before works 30 more days."""
    if len(fold(word)) < MIN_WORD:
        raise WordTooShort(f"an access word needs at least {MIN_WORD} letters or digits.")
    organisation = queries.organisation(session)
    assert organisation is not None, "consult init comes first"
    if fold(word) != fold(organisation.access_word):
        organisation.previous_word = organisation.access_word
        organisation.previous_word_until = on + timedelta(days=OLD_WORD_DAYS)
        organisation.access_word = word.strip()
        register.touch(session)  # who shares cached pages changes with the word
    return organisation


def add_account(
    session: Session, *, email: str, name: str, role: Role, locale: str = "fr", outside: Body | None = None
) -> Account:
    """An account without a password; an invitation lets its owner choose one. ``outside``: the body that
    invites an outside keyholder, and nobody else."""
    email = email.strip().lower()
    if queries.by_email(session, email) is not None:
        raise AlreadyThere(f"{email} has an account already.")
    account = Account(
        email=email, name=name.strip() or email.partition("@")[0], role=role, locale=locale,
        outside_body_id=outside.id if outside is not None else None,
    )  # fmt: skip
    session.add(account)
    session.flush()
    return account


def deactivate(session: Session, account: Account) -> None:
    """The account stays for the record; it no longer signs in, and open sessions end."""
    if account.role is Role.ADMINISTRATOR:
        others = [
            one for one in queries.accounts(session)
            if one.role is Role.ADMINISTRATOR and one.is_active and one.id != account.id
        ]  # fmt: skip
        if not others:
            raise LastAdministrator("this is the last administrator: add another one first.")
    account.is_active = False
    account.session_epoch += 1


def reactivate(_session: Session, account: Account) -> None:
    account.is_active = True


def add_establishment(session: Session, *, name: str, headcount: int) -> Establishment:
    establishment = Establishment(name=name, headcount=headcount)
    session.add(establishment)
    session.flush()
    return establishment


def add_body(session: Session, *, name: str, kind: BodyKind, headcount: int) -> Body:
    body = Body(name=name.strip(), kind=kind, headcount=headcount)
    session.add(body)
    session.flush()
    return body


def must_be_able_to_sit(
    account: Account, body: Body, *, role: MandateRole, starts_on: date, ends_on: date | None
) -> None:
    """Raises `CannotSit`."""
    is_chair = role is MandateRole.CHAIR
    if account.role is Role.ADMINISTRATOR:
        raise CannotSit(Unseatable.ADMINISTRATOR)
    if account.role is Role.OUTSIDE_KEYHOLDER:
        raise CannotSit(Unseatable.OUTSIDE)
    if account.role is Role.HR_PUBLISHER and not is_chair:
        raise CannotSit(Unseatable.EMPLOYER)
    for other in account.mandates:
        if not overlap(starts_on, ends_on, other.starts_on, other.ends_on):
            continue
        if (other.role is MandateRole.CHAIR) is not is_chair:
            raise CannotSit(Unseatable.BOTH_SIDES)
        if other.body_id == body.id:
            raise CannotSit(Unseatable.TWICE)


def give_mandate(
    session: Session,
    account: Account,
    body: Body,
    *,
    role: MandateRole,
    starts_on: date,
    ends_on: date | None = None,
) -> Mandate:
    """A capacity on a body, from a day on."""
    mandate = Mandate(account=account, body=body, role=role, starts_on=starts_on, ends_on=ends_on)
    session.add(mandate)
    session.flush()
    return mandate


def end_mandate(_session: Session, mandate: Mandate, *, on: date) -> None:
    """The last day of a mandate; what its holder may see follows from the next day on. Ending is never
    a way to prolong: a mandate that ends earlier stays so."""
    last = max(on, mandate.starts_on)
    mandate.ends_on = last if mandate.ends_on is None else min(last, mandate.ends_on)


def record_resolution(
    session: Session,
    body: Body,
    *,
    text: Localized,
    on: date,
    actor: Account,
    votes: Mapping[str, int] | None = None,
) -> Resolution:
    """A decision of the body. ``votes``: for, against, abstentions."""
    tally = votes or {}
    resolution = Resolution(
        body_id=body.id, day=on, text=text, recorded_by=actor.id,
        votes_for=tally.get("for", 0), votes_against=tally.get("against", 0),
        abstentions=tally.get("abstentions", 0),
    )  # fmt: skip
    session.add(resolution)
    session.flush()
    return resolution


def choose_rhythm(session: Session, account: Account, rhythm: Rhythm) -> None:
    """How this person wants to be reminded from now on."""
    session.merge(ReminderChoice(account_id=account.id, rhythm=rhythm))
    session.flush()
