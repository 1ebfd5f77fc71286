"""Tells a story through the rooms' own services, in the order in which it happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from consult.anonymity.wrapping import HolderKeys
from consult.core import clock
from consult.core.config import Settings
from consult.core.errors import Refused
from consult.demo import content, schema
from consult.demo.cast import SLIPS, Cast, morning
from consult.demo.filing import Filing
from consult.demo.listening import SIX_WORDS
from consult.demo.telling import Telling
from consult.keyholders import services as keyholders
from consult.mail import services as mail
from consult.people import queries as people_queries
from consult.people import services as people
from consult.people import settling
from consult.people.models import Account, Body
from consult.people.regimes import Reach
from consult.people.rules import Role, is_running
from consult.signin import passwords
from consult.signin.rules import DEMO_PASSWORD
from consult.voices import queries as letterboxes
from consult.voices import services as voices

# Worth nothing elsewhere: only the loading of a demo sets a key up with these, and it needs the marker.
PASSPHRASES = (
    "tilleul verger lanterne galet vendredi cuivre",
    "ruisseau amande falaise horloge brise canal",
)
RECOVERY_CODES = ("TB4-ZZW-PPE-3VE-723-DA6-H4A-8HN-X2P", "3YA-9WD-YAC-D5Z-86R-W0N-MVM-Y05-BDZ")  # fmt: skip


class NotADemo(Refused):
    """Stories are told where `consult demo` left its marker, and nowhere else."""

    def __init__(self) -> None:
        super().__init__("this is not a demonstration: the marker of `consult demo` is missing here.")


class SomebodyElsesData(Refused):
    """The database belongs to another organisation than the story's."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the database holds {name} already: give the demonstration a data folder of its own."
        )


def load(session: Session, name: str) -> None:
    """Tells the story once, in one transaction, and commits it; told before, does nothing.
    Raises `NotADemo`, `SomebodyElsesData`."""
    if not current_app.extensions["consult.settings"].demo:
        raise NotADemo
    story = content.load(name)
    organisation = people_queries.organisation(session)
    if organisation is not None and organisation.name != story.organisation.name:
        raise SomebodyElsesData(organisation.name)
    if organisation is not None:
        return
    session.rollback()  # nothing holds the lock while keys and passwords are made
    hashes = [passwords.hashed(DEMO_PASSWORD) for _person in story.organisation.people]
    keys = [
        keyholders.make_keys(words, code) for words, code in zip(PASSPHRASES, RECOVERY_CODES, strict=True)
    ]
    cast = _gather(session, story, hashes)
    cast = _give_keys(session, story, cast, keys)
    _tell(session, story, cast)
    session.commit()
    voices.tidy(session)


def _gather(session: Session, story: schema.Story, hashes: list[str]) -> Cast:
    """The organisation, its sites, its body and its people."""
    spec = story.organisation
    people.found_organisation(
        session,
        name=spec.name,
        country=spec.country,
        languages=spec.works_in,
        regime=spec.regime,
        access_word=spec.access_word,
        emergency=[
            {"label": {"fr": one.label.fr, "en": one.label.en}, "number": one.number}
            for one in spec.emergency
        ],
        alert_channel=spec.alert_channel.localized,
    )
    for site in spec.establishments:
        people.add_establishment(session, name=site.name, headcount=site.headcount)
    body = people.add_body(session, name=spec.body.name, kind=spec.body.kind, headcount=spec.body.headcount)
    _settle(session, story, body)
    known: dict[str, Account] = {}
    for person, password_hash in zip(spec.people, hashes, strict=True):
        account = people.add_account(
            session, email=person.email, name=person.name, role=person.role, locale=person.locale
        )
        account.password_hash = password_hash
        for one in person.mandates:
            people.give_mandate(
                session,
                account,
                body,
                role=one.role,
                starts_on=story.on(one.starts),
                ends_on=story.on(one.ends),
            )
        known[person.key] = account
    session.flush()
    return Cast(body, known, (), PASSPHRASES, hashes[0])


def _settle(session: Session, story: schema.Story, body: Body) -> None:
    """The set-up was answered before anything happened."""
    spec = story.organisation
    told: dict[str, Any] = {"on": min(story.on(one.created) for one in story.notices), "actor": None}
    settling.set_regime(session, spec.regime, **told)
    settling.set_sites(session, [(one.name, one.headcount) for one in spec.establishments], **told)
    settling.set_bodies(session, [(body.kind, body.name, body.headcount)], **told)
    settling.set_languages(session, spec.works_in, **told)
    settling.set_reach(session, Reach.SOME_WITHOUT, **told)
    numbers = [
        {"label": {"fr": one.label.fr, "en": one.label.en}, "number": one.number} for one in spec.emergency
    ]
    settling.set_alert(session, spec.alert_channel.localized, numbers, **told)
    settling.set_keyholders(session, sum(one.holds_key for one in spec.people), **told)
    settling.set_readers(session, is_public=False, **told)


def _give_keys(session: Session, story: schema.Story, cast: Cast, keys: list[HolderKeys]) -> Cast:
    holders = []
    since = min(story.on(notice.created) for notice in story.notices)
    chosen = [one for one in story.organisation.people if one.holds_key]
    for person, made in zip(chosen, keys, strict=True):
        account = cast.people[person.key]
        session.refresh(account, ["mandates"])
        holders.append(keyholders.keep(session, account, mandate=account.mandates[0], keys=made, on=since))
    return replace(cast, holders=tuple(holders))


def _tell(session: Session, story: schema.Story, cast: Cast) -> None:
    """All acts of all notices by day; letters count as taken on the day they were written."""
    tellings = [Telling(session, story, notice, cast) for notice in story.notices]
    employer = cast.people[story.notices[0].author]
    filings = [Filing(session, story.today, one, cast, employer) for one in story.files]
    acts = [act for telling in tellings for act in telling.acts()]
    acts += [act for filing in filings for act in filing.acts()]
    for day, act in sorted(acts, key=lambda one: one[0]):
        act()
        mail.sent_long_ago(session, at=morning(day))
    for telling in tellings:
        telling.refresh()


# ── what a newcomer reads ──────────────────────────────────────────────────────


def guide(session: Session, settings: Settings, name: str) -> str:
    """Addresses, access word, sign-ins, keys, and where mail lands, as text for a terminal."""
    story = content.load(name)
    organisation = people_queries.organisation(session)
    if organisation is None:
        return ""
    word, address = organisation.access_word, settings.address
    lines = [
        f"{organisation.name}, a demonstration: everybody and everything in it is made up.",
        "",
        "Read and speak as an employee (no account), in one click:",
        f"  {address}/fr/#word={word}",
        f"  {address}/en/#word={word}",
        f"  access word: {word}",
        *_slips(session, story, address, word),
        "",
        "Sign in:",
        f"  {address}/workspace/fr/sign-in",
        f"  {address}/workspace/en/sign-in",
        f"  password of everyone below: {DEMO_PASSWORD}",
        *_sign_ins(session, clock.today()),
        "",
        "Keys of the two keyholders (asked for when a letterbox is unlocked):",
        *_keys(story),
        "",
        *_threads(session, story, address),
        _where_mail_lands(settings),
    ]
    return "\n".join(lines)


def _slips(session: Session, story: schema.Story, address: str, word: str) -> list[str]:
    """What a newcomer draws from the box, and where its QR code leads."""
    lines = []
    for notice in story.notices:
        for box in letterboxes.told_of(session, notice.slug):
            if box.channels.takes_slips and not box.is_closed:
                shown = ", ".join(SLIPS)
                write = f"{address}/speak/fr/{box.id.hex()}/#slip={SLIPS[0].replace('-', '')}&word={word}"
                lines += [
                    f"  slips to write about {notice.slug} with ({box.quota} messages each): {shown}",
                    f"  the QR code of the first opens: {write}",
                ]
    return lines


_ROLES = {
    Role.HR_PUBLISHER: "human resources, publishes notices",
    Role.ADMINISTRATOR: "administrator",
    Role.OUTSIDE_KEYHOLDER: "outside keyholder",
}


def _sign_ins(session: Session, today: date) -> list[str]:
    """Whoever may do something today: an expert whose mission ended is not among them."""
    lines = []
    for account in people_queries.accounts(session):
        seats = [
            f"{one.body.name}, {one.role.value.replace('_', ' ')}"
            for one in account.mandates
            if is_running(one.starts_on, one.ends_on, today)
        ]
        role = seats[0] if seats else _ROLES.get(account.role)
        if role is not None:
            lines.append(f"  {account.email:<36} {account.name}, {role}")
    return lines


def _keys(story: schema.Story) -> list[str]:
    names = [one.name for one in story.organisation.people if one.holds_key]
    return [
        line
        for name, words, code in zip(names, PASSPHRASES, RECOVERY_CODES, strict=True)
        for line in (f"  {name}", f"    passphrase:    {words}", f"    recovery code: {code}")
    ]


def _threads(session: Session, story: schema.Story, address: str) -> list[str]:
    """Where the author of an answered message reads the answer."""
    slugs = [
        notice.slug
        for notice in story.notices
        if notice.letterbox is not None and any(one.replies for one in notice.letterbox.messages)
    ]
    boxes = [box.id.hex() for slug in slugs for box in letterboxes.told_of(session, slug)]
    if not boxes:
        return []
    return [
        "Read an answer in a thread, with the six words its author noted:",
        *(f"  {address}/speak/fr/{box}/thread" for box in boxes),
        f"  six words: {SIX_WORDS}",
        "",
    ]


def _where_mail_lands(settings: Settings) -> str:
    if settings.mail_url.startswith("outbox:") or not settings.mail_url:
        return (
            "No mail leaves this machine. Signed in, you find it in the outbox, where a button also runs\n"
            f"the waiting jobs at once: {settings.address}/workspace/fr/outbox"
        )
    return "Mail is sent as CONSULT_MAIL_URL says: to made-up addresses that do not exist."
