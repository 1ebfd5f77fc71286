"""What the pages of this room share."""

from __future__ import annotations

from flask import Blueprint

from consult.core.errors import NotFound
from consult.people.access import may, running_mandates, signed_in
from consult.people.models import Body
from consult.people.rules import Permission
from consult.web import spaces

bp = Blueprint("people", __name__, url_prefix=spaces.WORKSPACE)
MANAGE = Permission.PEOPLE_MANAGE


def sees_all() -> bool:
    """Administrators and human resources know every body; others the ones they sit on."""
    return may(MANAGE) or may(Permission.NOTICE_SEND)


def must_see(body: Body) -> None:
    """Raises `NotFound` for whoever has no mandate on it today, the chair's included."""
    if not sees_all() and body.id not in {one.body_id for one in running_mandates(signed_in())}:
        raise NotFound
