"""Keys of the programming interface, for administrators."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.i18n import _
from consult.people.access import requires, signed_in
from consult.people.keys import queries, services
from consult.people.keys.forms import LEVELS, KeyForm
from consult.people.models import ApiKey
from consult.people.rules import KeyLevel, Permission
from consult.web import spaces

bp = Blueprint("api_keys", __name__, url_prefix=spaces.WORKSPACE)
MAKE = Permission.API_KEY_MAKE


@bp.get("/api-keys")
@requires(MAKE)
def listing() -> ResponseReturnValue:
    return _page(KeyForm(), 200)


def _page(form: KeyForm, status: int) -> ResponseReturnValue:
    page = queries.listed(db.session, after=request.args.get("after"))
    return render_template("people/api_keys.html", page=page, form=form, levels=LEVELS), status


@bp.post("/api-keys")
@requires(MAKE)
def make() -> ResponseReturnValue:
    """Answers with the key itself: it is shown here and nowhere else, so there is no page to go on to."""
    form = KeyForm.submitted()
    if not form.validate():
        return _page(form, 400)
    made = services.make(
        db.session, key_id=form.key_id, name=(form.name.data or "").strip(),
        level=KeyLevel(form.level.data), actor=signed_in(), on=clock.today(),
    )  # fmt: skip
    if made is None:
        db.session.rollback()
        flash(
            _(
                "This key was made already, and is not shown twice. If nobody copied it, revoke it and make "
                "another."
            ),
            "accent",
        )
        return redirect(url_for("api_keys.listing"), 303)
    db.session.commit()
    return render_template("people/api_key_made.html", key=made.key, shown=made.shown, levels=LEVELS)


@bp.route("/api-keys/<uuid:key_id>/revocation", methods=["GET", "POST"])
@requires(MAKE, of=queries.by_id)
def revoke(key: ApiKey) -> ResponseReturnValue:
    """Asked once more before: a program stops reading at once."""
    if key.revoked_on is not None:
        flash(_("This key was revoked already. Nothing was done twice."), "accent")
        return redirect(url_for("api_keys.listing"), 303)
    if request.method == "GET":
        return render_template("people/api_key_revoke.html", key=key)
    name = key.name
    services.revoke(db.session, key, on=clock.today())
    db.session.commit()
    flash(_("The key “%(name)s” no longer opens anything.", name=name), "ok")
    return redirect(url_for("api_keys.listing"), 303)
