"""What every signed-in page shows around it: organisation, navigation by role, who one is, the way out."""

from __future__ import annotations

from typing import Any

from flask import current_app, get_flashed_messages, request, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from consult.core.db import db
from consult.core.i18n import _
from consult.people import queries as people
from consult.people.access import may, permissions
from consult.people.models import Account
from consult.people.rules import Permission, Role
from consult.web.spaces import in_workspace

_BODIES = {"people.bod", "people.edit_body", "people.establishment", "people.seat", "people.replace",
           "people.set_vote", "people.delegate", "people.revoke", "people.add_establishment"}  # fmt: skip
_PLACES = (
    ("workspace.start", Permission.WORKSPACE_USE, {"workspace.start"}),
    ("notices.list", Permission.NOTICE_WRITE, {"notices."}),
    (
        "workspace.consultations",
        Permission.NOTICE_FOLLOW,
        {"workspace.consultation", "consultations.", "opinions.", "experts.", "papers."},
    ),
    ("dossiers.listing", Permission.NOTICE_FOLLOW, {"dossiers."}),
    ("meetings.listing", Permission.MEETING_FOLLOW, {"meetings."}),
    ("people.bodies", Permission.NOTICE_FOLLOW, _BODIES),
    ("keyholders.set_up", Permission.KEY_HOLD, {"keyholders."}),
    (
        "consultations.agreements",
        Permission.PROCEDURE_SET,
        {"consultations.agree", "consultations.follow"},
    ),
    ("people.people", Permission.PEOPLE_MANAGE, {"people.people", "people.deactivate"} | _BODIES),
    ("api_keys.listing", Permission.API_KEY_MAKE, {"api_keys."}),
    ("profile.rules", Permission.RULES_SET, {"profile."}),
    ("people.access_word", Permission.ACCESS_WORD_ROTATE, {"people.access_word"}),
)


def context() -> dict[str, Any]:
    """For pages under ``/workspace``; nothing elsewhere."""
    if not in_workspace():
        return {}
    settings = current_app.extensions["consult.settings"]
    account: Account | None = current_user.account if _is_somebody() else None
    return {
        "organisation_name": _organisation(),
        "home_url": url_for("workspace.start" if account else "signin.sign_in"),
        "nav": _nav(account) if account else [],
        "account_name": account.name if account else None,
        "sign_out_url": url_for("signin.sign_out") if account else None,
        "footer_links": [
            *(
                [{"label": _("Rules of the organisation"), "href": url_for("profile.rules")}]
                if account
                else []
            ),
            {"label": _("What employees read"), "href": url_for("reading.home")},
            {"label": _("Accessibility"), "href": url_for("reading.accessibility")},
        ],
        "demo_mode": settings.demo,
        "flashes": get_flashed_messages(with_categories=True),
        "may": lambda name: may(Permission(name)),
    }


def _is_somebody() -> bool:
    try:
        return bool(current_user.is_authenticated)
    except SQLAlchemyError:
        return False


def _organisation() -> str:
    try:
        organisation = people.organisation(db.session)
    except SQLAlchemyError:
        return ""
    return organisation.name if organisation else ""


def _nav(account: Account) -> list[dict[str, Any]]:
    labels = {
        "workspace.start": _("What waits for me"),
        "notices.list": _("Notices"),
        "workspace.consultations": _("Consultations"),
        "dossiers.listing": _("Files"),
        "meetings.listing": _("Meetings"),
        "people.bodies": _("Bodies"),
        "keyholders.set_up": _("My key"),
        "consultations.agreements": _("Procedures"),
        "people.people": _("People and bodies"),
        "api_keys.listing": _("API keys"),
        "profile.rules": _("Rules"),
        "people.access_word": _("Access word"),
    }
    allowed = permissions(account)
    if account.role is Role.HR_PUBLISHER and not people.has_body(db.session):
        allowed -= {Permission.MEETING_FOLLOW}  # nobody to meet with
    here = request.endpoint or ""
    entries = [
        {"label": labels[endpoint], "href": url_for(endpoint), "current": any(map(here.startswith, inside))}
        for endpoint, permission, inside in _PLACES
        if permission in allowed
    ]
    if current_app.extensions["consult.settings"].demo or account.role is Role.ADMINISTRATOR:
        is_here = here in {"workspace.outbox", "workspace.letter"}
        entries.append({"label": _("Outgoing mail"), "href": url_for("workspace.outbox"), "current": is_here})
    return entries
