"""What pages about keys share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from consult.core import clock
from consult.core.errors import NotAllowed
from consult.core.i18n import locale
from consult.keyholders import services
from consult.keyholders.forms import ProofForm
from consult.people.access import running_mandates
from consult.people.models import Account, Mandate
from consult.voices.models import Letterbox
from consult.web import spaces

bp = Blueprint("keyholders", __name__, url_prefix=spaces.WORKSPACE)


@bp.after_request
def never_stored(response: Response) -> Response:
    """Nothing of these pages stays in a cache or in the browser's history store."""
    response.headers["Cache-Control"] = "no-store"
    return response


def seat(account: Account) -> tuple[Mandate | None, str]:
    """The mandate under which this person may hold a key, and the name of the body; no mandate for somebody
    invited from outside. Raises `NotAllowed`."""
    today = clock.today()
    for one in running_mandates(account):
        if services.may_hold(account, one, on=today):
            return one, one.body.name
    if account.outside_body is not None and services.may_hold(account, None, on=today):
        return None, account.outside_body.name
    raise NotAllowed


def title_of(letterbox: Letterbox) -> str:
    """The notice a letterbox is about, in the language being written where there is a title in it."""
    told = letterbox.told.get("title", {})
    return str(told.get(locale()) or told.get("fr") or "")


def refuse_secret(form: ProofForm, message: Any) -> None:
    """Says at the field that was used that it opened nothing."""
    field = form.recovery_code if form.secrets["recovery_code"] else form.passphrase
    field.errors = [*field.errors, str(message)]
