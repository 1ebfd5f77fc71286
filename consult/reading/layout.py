"""What every page around the reading side shows: organisation, navigation, footer. Nothing about persons."""

from __future__ import annotations

from typing import Any

from flask import current_app, has_request_context, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from consult.core import i18n
from consult.core.config import Settings
from consult.core.db import db
from consult.core.i18n import _
from consult.people import queries as people
from consult.web.readers import anonymous_reader
from consult.web.spaces import in_speaking, in_workspace


def context() -> dict[str, Any]:
    """For reading pages and for errors outside the two other spaces; those say theirs themselves."""
    if not has_request_context() or in_workspace() or in_speaking():
        return {}  # a job that writes a letter has no page
    settings: Settings = current_app.extensions["consult.settings"]
    name, knows_word = _read()
    return {
        "organisation_name": name,
        "home_url": url_for("reading.home"),
        "nav": _nav() if knows_word else [],
        "footer_links": _footer(),
        "demo_mode": settings.demo,
        "switch_url": switch_url(),
    }


def _read() -> tuple[str, bool]:
    """The organisation's name, and whether this reader typed the word. A page that says that the database
    is out of reach needs neither."""
    try:
        organisation = people.organisation(db.session)
        return (organisation.name if organisation else ""), anonymous_reader().has_word
    except SQLAlchemyError:
        return "", False


def switch_url() -> str | None:
    """The same page in the other language, by an address that remembers the choice (a word, no person)."""
    here = i18n.path_in(request.full_path.rstrip("?"), i18n.other())
    return url_for("reading.language", to=i18n.other(), back=here) if here else None


def _nav() -> list[dict[str, Any]]:
    entries = (
        ("reading.home", _("Home"), {"reading.home"}),
        ("reading.notices", _("Notices"), {"reading.notices"}),
        ("reading.commitments", _("Commitments"), {"reading.commitments"}),
    )
    return [
        {"label": label, "href": url_for(endpoint), "current": request.endpoint in here}
        for endpoint, label, here in entries
    ]


def _footer() -> list[dict[str, str]]:
    return [
        {"label": _("What this server keeps about you"), "href": url_for("reading.stored")},
        {"label": _("Accessibility"), "href": url_for("reading.accessibility")},
        {"label": _("Sign in (representatives, human resources)"), "href": url_for("signin.sign_in")},
    ]
