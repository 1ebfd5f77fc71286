"""What programs read: at the level of everyone, or at that of a key in the header. No cookie is looked at or
set, nothing is noted of who asks but the day a key was used."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, current_app, request, url_for

from consult.consultations import state as states
from consult.core import clock
from consult.core.db import begin_writing, db, reading
from consult.core.errors import NotFound, Refused
from consult.core.i18n import _
from consult.notices import queries as notices
from consult.people.keys import queries as keys
from consult.people.keys import services as key_services
from consult.people.models import ApiKey
from consult.people.rules import KeyLevel
from consult.reading import api
from consult.reading.views.pages import bp
from consult.web import spaces
from consult.web.problems import problem
from consult.web.readers import EMPLOYEE, STRANGER, Reader, may_read, words_in_force

_SCHEME = "bearer "


class WrongKey(Refused):
    """A key was shown that opens nothing."""


class InAddress(Refused):
    """Something stands after the address, where a key must never be."""


@bp.record
def _set_up(state: Any) -> None:
    state.app.extensions["consult.api_limits"] = api.Limits()


@bp.errorhandler(WrongKey)
def _on_wrong_key(_error: WrongKey) -> Response:
    """The same for a wrong, an unknown and a revoked one."""
    detail = _("Send a key in force in the header “Authorization: Bearer”, or no key at all.")
    return problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="consult"'})


@bp.errorhandler(InAddress)
def _on_in_address(_error: InAddress) -> Response:
    return problem(
        400,
        _(
            "This address takes no parameter. A key goes into the header “Authorization: Bearer”, never into "
            "an address, which is written down on its way: revoke one that was sent so."
        ),
    )


@bp.get(spaces.API + "/notices/<slug>/procedure-state")
def procedure_state(slug: str) -> Response:
    """Where the procedure stands before a deployment, by the facts entered. See docs/api.md."""
    reader, today = _reader(), clock.today()
    notice = notices.by_slug(db.session, slug)
    if notice is None or not may_read(notice.audience, reader, on=today):
        raise NotFound
    revision = notices.published(notice)
    if revision is None or not states.has_state(notice):
        raise NotFound
    before = states.of_notice(db.session, notice, revision, on=today)
    address = f"{current_app.config['CONSULT_ADDRESS']}{url_for('reading.notice', slug=notice.slug)}"
    said = api.procedure_state(notice, revision, before, address=address)
    body = json.dumps(said, ensure_ascii=False)
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})


def _reader() -> Reader:
    """Whatever cookie comes along is nobody's. Raises `InAddress`, `WrongKey`, `TooMany`."""
    limits: api.Limits = current_app.extensions["consult.api_limits"]
    if request.query_string:
        raise InAddress
    shown = request.headers.get("Authorization", "")
    everyone = EMPLOYEE if words_in_force().is_public else STRANGER
    if not shown:
        limits.take(None)
        return everyone
    is_bearer = shown[: len(_SCHEME)].lower() == _SCHEME
    key = keys.opened_by(db.session, shown[len(_SCHEME) :].strip()) if is_bearer else None
    if key is None:
        limits.take(None, is_wrong=True)
        raise WrongKey
    limits.take(key.id)
    level = key.level
    _note_day(key)
    return EMPLOYEE if level is KeyLevel.EMPLOYEES else everyone


def _note_day(key: ApiKey) -> None:
    """Once a day a read writes: nothing finer is kept."""
    today = clock.today()
    if key.used_on == today:
        return
    ident = key.id
    begin_writing(db.session)
    again = keys.by_id(db.session, ident)
    if again is not None:
        key_services.used(db.session, again, on=today)
    db.session.commit()
    reading.set(True)
