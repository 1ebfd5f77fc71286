"""Opening a document handed over, and taking it back. Handing over belongs to the rooms it lies in."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotAllowed, NotFound
from consult.core.i18n import _
from consult.enclosures import queries, services
from consult.enclosures.models import Enclosure
from consult.files import serving
from consult.people.access import reader_of, requires, signed_in
from consult.people.rules import Permission
from consult.web import spaces

bp = Blueprint("enclosures", __name__, url_prefix=spaces.WORKSPACE)


@bp.get("/enclosures/<uuid:enclosure_id>")
@requires(Permission.WORKSPACE_USE)
def file(enclosure_id: UUID) -> ResponseReturnValue:
    """Loaded here and not by the guard, which knows nothing of a last day."""
    one = _found(enclosure_id)
    return serving.answer(one.file, one.name, for_employees=False)


def _found(enclosure_id: UUID) -> Enclosure:
    one = db.session.get(Enclosure, enclosure_id)
    if one is None or not queries.may_open(one, reader_of(signed_in()), on=clock.today()):
        raise NotFound
    return one


@bp.post("/enclosures/<uuid:enclosure_id>/withdrawal")
@requires(Permission.WORKSPACE_USE)
def take_back(enclosure_id: UUID) -> ResponseReturnValue:
    """Whoever handed it over takes it back."""
    one = _found(enclosure_id)
    if one.added_by != signed_in().id:
        raise NotAllowed
    services.take_back(db.session, one, on=clock.today())
    db.session.commit()
    flash(_("The document is taken back. Copies already opened cannot be."), "ok")
    back = request.form.get("back", "")
    return redirect(back if back.startswith("/workspace/") else url_for("workspace.start"), 303)
