"""Named selects about people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.core import clock
from consult.core.db import db
from consult.people.models import (
    Account,
    Body,
    Delegation,
    Establishment,
    Mandate,
    Organisation,
    ReminderChoice,
    Replacement,
    RuleAnswer,
)
from consult.people.regimes import FOLLOWS, Profile, Question, Wording, wording_of
from consult.people.rules import BodyKind, Languages, MandateRole, Rhythm, Role, usual_rhythm
from consult.people.seats import voters
from consult.web.pagination import PAGE_SIZE, Page, page_of, typed_cursor
from consult.web.readers import AccessWords

_by_email = select(Account).where(Account.email == bindparam("email"))
_accounts = select(Account).order_by(Account.name)
_bodies = select(Body).order_by(Body.name)
_any_body = select(Body.id).limit(1)
_establishments = select(Establishment).order_by(Establishment.name)
_answers = select(RuleAnswer).order_by(RuleAnswer.position)
_changes = (
    select(RuleAnswer)
    .where(RuleAnswer.reason != "")
    .order_by(RuleAnswer.position.desc())
    .limit(PAGE_SIZE + 1)
)
_newest_words = (
    select(RuleAnswer.value)
    .where(RuleAnswer.question == Question.WORDS)
    .order_by(RuleAnswer.position.desc())
    .limit(1)
)
_words = select(Organisation.regime, _newest_words.scalar_subquery().label("value"))
_members = (
    select(Mandate)
    .join(Mandate.account)
    .where(
        Mandate.body_id == bindparam("body_id"),
        Mandate.starts_on <= bindparam("on"),
        Mandate.ends_on.is_(None) | (Mandate.ends_on >= bindparam("on")),
        Account.is_active,
    )
    .order_by(Account.name)
)
_listed_accounts = select(Account).order_by(Account.name, Account.id).limit(PAGE_SIZE + 1)
_seatable = (
    select(Account.id, Account.name)
    .where(Account.is_active, Account.role.in_((Role.REPRESENTATIVE, Role.HR_PUBLISHER)))
    .order_by(Account.name)
)
_body_names = select(Body.id, Body.name).order_by(Body.name)
_whole = (selectinload(Body.establishments), joinedload(Body.parent))
_listed_bodies = select(Body).order_by(Body.name, Body.id).limit(PAGE_SIZE + 1).options(*_whole)
_body = select(Body).where(Body.id == bindparam("id")).options(*_whole)
_under = select(Body).where(Body.parent_id == bindparam("body_id")).order_by(Body.name)
_with_scope = select(Body).order_by(Body.name).options(selectinload(Body.establishments))
_open_establishments = _establishments.where(Establishment.archived_on.is_(None))
_listed_establishments = (
    select(Establishment)
    .order_by(Establishment.archived_on.is_not(None), Establishment.name)
    .limit(PAGE_SIZE + 1)
)
_seats = (
    select(Mandate)
    .where(Mandate.body_id.in_(bindparam("body_ids", expanding=True)))
    .options(joinedload(Mandate.account).lazyload(Account.mandates))
)
_today_and_after = _seats.where(or_(Mandate.ends_on.is_(None), Mandate.ends_on >= bindparam("on")))
_past = (
    _seats.where(Mandate.ends_on < bindparam("on"))
    .order_by(Mandate.ends_on.desc(), Mandate.id.desc())
    .limit(PAGE_SIZE + 1)
)
_mandate = select(Mandate).where(Mandate.id == bindparam("id")).options(joinedload(Mandate.account))
_replacements = (
    select(Replacement)
    .join(Replacement.mandate)
    .where(Mandate.body_id.in_(bindparam("body_ids", expanding=True)))
    .options(
        joinedload(Replacement.mandate).joinedload(Mandate.account).lazyload(Account.mandates),
        joinedload(Replacement.replaced).joinedload(Mandate.account).lazyload(Account.mandates),
    )
    .order_by(Replacement.starts_on, Replacement.id)
)
_given = select(Delegation).options(
    joinedload(Delegation.mandate).joinedload(Mandate.account).lazyload(Account.mandates),
    joinedload(Delegation.resolution),
    joinedload(Delegation.body),
    selectinload(Delegation.uses),
)
_delegation = _given.where(Delegation.id == bindparam("id"))
_delegations = _given.where(Delegation.body_id == bindparam("body_id")).order_by(
    Delegation.starts_on.desc(), Delegation.id
)
_choices = select(ReminderChoice.account_id, ReminderChoice.rhythm).where(
    ReminderChoice.account_id.in_(bindparam("ids", expanding=True))
)


def organisation(session: Session) -> Organisation | None:
    """The one organisation; None before ``consult init``."""
    return session.get(Organisation, 1)


def languages(session: Session) -> tuple[str, ...]:
    """What the organisation works in, as codes."""
    found = organisation(session)
    return (found.languages if found is not None else Languages.BOTH).codes


def access_words() -> AccessWords:
    """The access words in force today, for `web.readers`."""
    found = organisation(db.session)
    if found is None:
        return AccessWords()
    until = found.previous_word_until
    previous = found.previous_word if until is not None and clock.today() <= until else ""
    return AccessWords(found.access_word, previous, found.is_public)


def by_email(session: Session, email: str) -> Account | None:
    return session.scalar(_by_email, {"email": email.strip().lower()})


def accounts(session: Session) -> Sequence[Account]:
    return session.scalars(_accounts).all()


def account(session: Session, account_id: UUID) -> Account | None:
    return session.get(Account, account_id)


def bodies(session: Session) -> Sequence[Body]:
    return session.scalars(_bodies).all()


def has_body(session: Session) -> bool:
    return session.scalar(_any_body) is not None


def body(session: Session, body_id: UUID) -> Body | None:
    return session.get(Body, body_id)


def establishments(session: Session) -> Sequence[Establishment]:
    return session.scalars(_establishments).all()


def members(session: Session, body_id: UUID, *, on: date) -> Sequence[Mandate]:
    """Mandates running on that day, the chair's included, by name."""
    return session.scalars(_members, {"body_id": body_id, "on": on}).all()


def staff_members(session: Session, body_id: UUID, *, on: date) -> Sequence[Mandate]:
    """The same without the chair."""
    return [one for one in members(session, body_id, on=on) if one.role is not MandateRole.CHAIR]


def accounts_page(session: Session, *, sought: str = "", after: str | None = None) -> Page[Account]:
    """By name, with mandates; those whose name or address holds what was typed."""
    asked = _listed_accounts
    words = sought.strip()
    if words:
        held = [one.icontains(words, autoescape=True) for one in (Account.name, Account.email)]
        asked = asked.where(or_(*held))
    key = typed_cursor(after, str, UUID)
    if key is not None:
        asked = asked.where(tuple_(Account.name, Account.id) > key)
    return page_of(session.scalars(asked).all(), lambda one: (one.name, one.id))


def seatable(session: Session) -> Sequence[tuple[UUID, str]]:
    """Who may be given a mandate, by name: identifier and name, without loading anybody."""
    return [(one.id, one.name) for one in session.execute(_seatable)]


def body_names(session: Session) -> Sequence[tuple[UUID, str]]:
    """Identifier and name of every body, by name."""
    return [(one.id, one.name) for one in session.execute(_body_names)]


def bodies_page(
    session: Session, *, among: Collection[UUID] | None = None, after: str | None = None
) -> Page[Body]:
    """By name, with establishments and parent. ``among``: only these; None: all."""
    asked = _listed_bodies if among is None else _listed_bodies.where(Body.id.in_(among))
    key = typed_cursor(after, str, UUID)
    if key is not None:
        asked = asked.where(tuple_(Body.name, Body.id) > key)
    return page_of(session.scalars(asked).all(), lambda one: (one.name, one.id))


def whole_body(session: Session, body_id: UUID) -> Body | None:
    """With establishments and parent."""
    return session.scalar(_body, {"id": body_id})


def bodies_with_scope(session: Session) -> Sequence[Body]:
    """Every body with its establishments, by name: two queries."""
    return session.scalars(_with_scope).all()


def under(session: Session, body_id: UUID) -> Sequence[Body]:
    """Bodies that belong to that one, by name."""
    return session.scalars(_under, {"body_id": body_id}).all()


def open_establishments(session: Session) -> Sequence[Establishment]:
    """Those that are not archived, by name."""
    return session.scalars(_open_establishments).all()


def establishments_page(session: Session, *, after: str | None = None) -> Page[Establishment]:
    """Those in use by name, then those archived."""
    asked = _listed_establishments
    key = typed_cursor(after, int, str)
    if key is not None:
        is_archived = Establishment.archived_on.is_not(None)
        place = tuple_(is_archived, Establishment.name)
        asked = asked.where(place > (bool(key[0]), key[1]))
    rows = session.scalars(asked).all()
    return page_of(rows, lambda one: (int(one.archived_on is not None), one.name))


def establishment(session: Session, establishment_id: UUID) -> Establishment | None:
    return session.get(Establishment, establishment_id)


def mandate(session: Session, mandate_id: UUID) -> Mandate | None:
    return session.scalar(_mandate, {"id": mandate_id})


def replacement(session: Session, replacement_id: UUID) -> Replacement | None:
    return session.get(Replacement, replacement_id)


def current_and_coming(session: Session, body_id: UUID, *, on: date) -> list[Mandate]:
    """Mandates that run on that day or begin later, with their people, by name."""
    found = session.scalars(_today_and_after, {"body_ids": [body_id], "on": on}).all()
    return sorted(found, key=lambda one: (one.account.name, one.starts_on))


def past(session: Session, body_id: UUID, *, on: date, after: str | None = None) -> Page[Mandate]:
    """Mandates that are over, the last ended first."""
    asked = _past
    key = typed_cursor(after, date.fromisoformat, UUID)
    if key is not None:
        asked = asked.where(tuple_(Mandate.ends_on, Mandate.id) < key)
    rows = session.scalars(asked, {"body_ids": [body_id], "on": on}).all()
    return page_of(rows, lambda one: (one.ends_on.isoformat(), one.id))


def replacements(session: Session, body_ids: Collection[UUID]) -> Sequence[Replacement]:
    """Who votes in whose place on these bodies, past ones included, with their people."""
    return session.scalars(_replacements, {"body_ids": list(body_ids)}).all()


def voting(session: Session, body_ids: Collection[UUID], *, on: date) -> Mapping[UUID, frozenset[UUID]]:
    """By body, the mandates that vote on that day: two queries, whatever the number of bodies."""
    seats: dict[UUID, list[Mandate]] = {one: [] for one in body_ids}
    for one in session.scalars(_seats, {"body_ids": list(body_ids)}):
        seats[one.body_id].append(one)
    stand_ins = [one.stands_in for one in replacements(session, body_ids)]
    return {body_id: voters([one.seat for one in found], stand_ins, on) for body_id, found in seats.items()}


def delegation(session: Session, delegation_id: UUID) -> Delegation | None:
    """With its member and its resolution."""
    return session.scalar(_delegation, {"id": delegation_id})


def delegations(session: Session, body_id: UUID) -> Sequence[Delegation]:
    """Those a body gave, the last first, those taken back included."""
    return session.scalars(_delegations, {"body_id": body_id}).all()


def answers(session: Session) -> Sequence[RuleAnswer]:
    """Every answer to the set-up and every rule set since, oldest first."""
    return session.scalars(_answers).unique().all()


def changes(session: Session, *, after: tuple[int] | None) -> Sequence[RuleAnswer]:
    """Rules changed with a reason, the newest first, one more than a page holds."""
    asked = _changes if after is None else _changes.where(RuleAnswer.position < after[0])
    return session.scalars(asked).unique().all()


def wording(session: Session) -> Wording:
    """Whose words the organisation's own pages use."""
    found = session.execute(_words).first()
    if found is None:
        return Wording.FRANCE
    return wording_of(found.regime) if found.value is None else Wording(found.value)


def profile(session: Session) -> Profile:
    """What is known of the organisation. A constant number of queries."""
    found = organisation(session)
    if found is None:
        return Profile()
    sites, there, said = establishments(session), bodies(session), answers(session)
    newest = {one.question: one.value for one in said}
    words, kinds, procedures = (newest.get(one) for one in FOLLOWS)
    return Profile(
        regime=found.regime,
        country=found.country,
        headcount=sum(one.headcount for one in sites) or max((one.headcount for one in there), default=0),
        sites=len(sites),
        there=frozenset(one.kind for one in there),
        answered=frozenset(Question(one) for one in newest),
        words=words,
        kinds=None if kinds is None else tuple(BodyKind(one) for one in kinds),
        procedures=None if procedures is None else tuple(procedures),
    )


def rhythms(session: Session, accounts: Collection[Account]) -> dict[UUID, Rhythm]:
    """How each of them wants to be reminded."""
    rows = session.execute(_choices, {"ids": [one.id for one in accounts]})
    chosen = {row[0]: row[1] for row in rows}
    return {one.id: chosen.get(one.id, usual_rhythm(one.role)) for one in accounts}
