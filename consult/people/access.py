"""Who is signed in, what they may do, and the guard of every signed-in view."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Protocol, TypeVar, runtime_checkable
from uuid import UUID

from flask import flash, g
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotAllowed, NotFound
from consult.core.i18n import in_words_of, ngettext
from consult.core.security import guarded
from consult.people import queries
from consult.people.models import Account, Body, Mandate
from consult.people.regimes import Regime, wording_of_body
from consult.people.rules import (
    ACTING,
    BodyKind,
    MandateRole,
    Permission,
    Role,
    is_running,
    permissions_of,
)
from consult.web.readers import Audience, Reader, Side, may_read

R = TypeVar("R")

_FOR_THE_BODY = frozenset({
    Permission.LETTERBOX_OPEN, Permission.RIGHTS_GIVE, Permission.QUESTION_ASK, Permission.OPINION_GIVE,
    Permission.COMMITMENT_JUDGE, Permission.FACT_CONTEST, Permission.FILE_OPEN, Permission.EXPERT_APPOINT,
    Permission.MEETING_REQUEST, Permission.CHARTER_VOTE, Permission.MINUTES_WRITE, Permission.BODY_SECRETARY,
})  # fmt: skip


@runtime_checkable
class Readable(Protocol):
    """A thing that says who may read it."""

    @property
    def audience(self) -> Audience: ...


@runtime_checkable
class Scoped(Protocol):
    """A thing that belongs to bodies: acting for a body needs a mandate on one of them."""

    @property
    def scope(self) -> frozenset[UUID]: ...


class NotSignedIn(NotAllowed):
    """Nobody is signed in: the page is the sign-in page, and what was typed is kept."""


def only_language() -> str:
    """The one language the organisation works in, asked once a request; ``""`` where it works in both."""
    if "only_language" not in g:
        found = queries.organisation(db.session)
        g.only_language = found.languages.only if found is not None else ""
    return str(g.only_language)


def regime() -> str:
    """The regime the organisation works under, for templates that show the law of one country."""
    found = queries.organisation(db.session)
    return str(found.regime if found is not None else Regime.FR_PRIVATE)


def words() -> str:
    """Whose words the organisation uses. A database that cannot be reached still has its error page."""
    try:
        return str(queries.wording(db.session))
    except SQLAlchemyError:
        db.session.rollback()
        return ""


def in_words_of_bodies(things: Iterable[Any]) -> None:
    """The page of things that are before bodies (``thing.body``) uses the words of those bodies, where they
    have the same; else the organisation's."""
    kinds = [getattr(getattr(one, "body", None), "kind", None) for one in things]
    known = {one for one in kinds if isinstance(one, BodyKind)}
    if known:
        organisation = queries.wording(db.session)
        found = {wording_of_body(kind, organisation) for kind in known}
        in_words_of(found.pop() if len(found) == 1 else organisation)


def signed_in() -> Account:
    """The account of this request. Raises `NotSignedIn`."""
    if not current_user.is_authenticated:
        raise NotSignedIn
    account: Account = current_user.account
    return account


def running_mandates(account: Account) -> list[Mandate]:
    """The mandates that count today."""
    today = clock.today()
    return [one for one in account.mandates if is_running(one.starts_on, one.ends_on, today)]


def acting_body_ids(account: Account) -> frozenset[UUID]:
    """Bodies of the staff side this account may write for today."""
    return frozenset(one.body_id for one in running_mandates(account) if one.role in ACTING)


def acting_mandate(account: Account, body_id: UUID) -> Mandate:
    """The mandate this account acts by on that body today. Raises `NotFound`."""
    mandates = running_mandates(account)
    found = next((one for one in mandates if one.body_id == body_id and one.role in ACTING), None)
    if found is None:
        raise NotFound
    return found


def secretary_body_ids(account: Account) -> frozenset[UUID]:
    """Bodies whose secretary this account is today."""
    mandates = running_mandates(account)
    return frozenset(one.body_id for one in mandates if one.role is MandateRole.SECRETARY)


def permissions(account: Account) -> frozenset[Permission]:
    if "permissions" not in g or g.permissions[0] != account.id:
        roles = frozenset(one.role for one in running_mandates(account))
        g.permissions = (account.id, permissions_of(account.role, roles))
    found: frozenset[Permission] = g.permissions[1]
    return found


def may(permission: Permission, account: Account | None = None) -> bool:
    """For services' callers and templates: may this person (the one signed in) do that in general?"""
    return permission in permissions(account or signed_in())


def reader_of(account: Account) -> Reader:
    """What this account reads as: its side, and the staff-side mandates of the day."""
    mandates = running_mandates(account)
    staff = [one for one in mandates if one.role is not MandateRole.CHAIR]
    if account.role is Role.HR_PUBLISHER or any(one.role is MandateRole.CHAIR for one in mandates):
        side = Side.EMPLOYER
    else:
        side = Side.STAFF if staff else Side.NEITHER
    if side is Side.EMPLOYER:
        staff = []
    body_ids = frozenset(one.body_id for one in staff)
    if account.outside_body_id is not None and side is Side.NEITHER:
        # Invited by the body to hold a key: reads what the body reads, without a mandate.
        side, body_ids = Side.STAFF, frozenset({account.outside_body_id})
    return Reader(
        side=side,
        body_ids=body_ids,
        mandate_ids=frozenset(one.id for one in staff),
        is_signed_in=True,
    )


def _check(permission: Permission, thing: Any, account: Account) -> None:
    if isinstance(thing, Readable) and not may_read(thing.audience, reader_of(account), on=clock.today()):
        raise NotFound
    if (
        permission in _FOR_THE_BODY
        and isinstance(thing, Scoped)
        and not thing.scope & acting_body_ids(account)
    ):
        raise NotFound


def requires(
    permission: Permission, *, of: Callable[..., Any] | None = None
) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Guards a signed-in view. ``of(session, **address parts)`` loads the thing the address names (None:
    404); the view receives it as its only argument, so it cannot load another. A thing the person may
    not know of answers 404; a person without the permission gets 403."""

    def decorate(view: Callable[..., R]) -> Callable[..., R]:
        @functools.wraps(view)
        def inner(**parts: Any) -> R:
            account = signed_in()
            if permission not in permissions(account):
                raise NotAllowed
            if of is None:
                return view(**parts)
            thing = of(db.session, **parts)
            if thing is None:
                raise NotFound
            _check(permission, thing, account)
            in_words_of_bodies([thing])
            return view(thing)

        inner.__dict__["permission"] = permission
        return guarded(inner)

    return decorate


def weigh(body: Body, votes: Mapping[str, int] | None, *, on: date) -> None:
    """Says so where more votes were counted than mandates vote on that body on that day: the numbers are
    wrong, or a mandate is missing. People decide which; nothing is refused. None: nobody voted."""
    cast = sum((votes or {}).values())
    able = len(queries.voting(db.session, [body.id], on=on)[body.id]) if cast else 0
    if cast > able:
        flash(
            ngettext(
                "%(cast)s votes were counted, and %(num)s mandate of this body votes on that day. Check the "
                "numbers, or the mandates.",
                "%(cast)s votes were counted, and %(num)s mandates of this body vote on that day. Check the "
                "numbers, or the mandates.",
                able,
                cast=cast,
            ),
            "warn",
        )
