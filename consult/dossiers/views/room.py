"""What the pages of this room share."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from consult.core.db import db
from consult.core.i18n import locale
from consult.dossiers import queries
from consult.dossiers.models import Dossier
from consult.people import queries as people
from consult.people.access import acting_body_ids, may, only_language, signed_in
from consult.people.models import Body
from consult.people.rules import Permission
from consult.web import spaces

bp = Blueprint("dossiers", __name__, url_prefix=spaces.WORKSPACE)
ROUTE = "/dossiers/<uuid:dossier_id>"


def is_ours(dossier: Dossier) -> bool:
    """Whether the person signed in may write for its body."""
    return may(Permission.FILE_OPEN) and dossier.body_id in acting_body_ids(signed_in())


def known(session: Session, dossier_id: UUID) -> Dossier | None:
    """A file for whoever may know of it: before it is sent, those who act for its body, and nobody whom the
    body only lets read (an expert is no member)."""
    dossier = queries.by_id(session, dossier_id)
    if dossier is None or (dossier.sent_on is None and not is_ours(dossier)):
        return None
    return dossier


def my_bodies() -> list[Body]:
    """Those this person may open a file for, by name."""
    mine = acting_body_ids(signed_in())
    return [one for one in people.bodies(db.session) if one.id in mine]


def written_in() -> str:
    """The language that counts of what is written now."""
    return only_language() or locale()


def back(dossier_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("dossiers.page", dossier_id=dossier_id), 303)
