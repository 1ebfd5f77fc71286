"""Establishments: added, renamed, counted, archived."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.i18n import _
from consult.people import bodies as services
from consult.people import queries
from consult.people import services as people
from consult.people.access import requires
from consult.people.forms import EstablishmentForm
from consult.people.models import Establishment
from consult.people.views.room import MANAGE, bp


@bp.get("/establishments")
@requires(MANAGE)
def establishments() -> ResponseReturnValue:
    return _list_page(EstablishmentForm())


def _list_page(form: EstablishmentForm, status: int = 200) -> ResponseReturnValue:
    page = queries.establishments_page(db.session, after=request.args.get("after"))
    return render_template("people/establishments.html", page=page, form=form), status


@bp.post("/establishments/new")
@requires(MANAGE)
def add_establishment() -> ResponseReturnValue:
    form = EstablishmentForm.submitted()
    if not form.validate():
        return _list_page(form, 400)
    name = (form.name.data or "").strip()
    try:
        services.must_be_free(queries.establishments(db.session), name)
    except services.NameTaken:
        form.name.errors = [_("There is an establishment of that name already.")]
        return _list_page(form, 400)
    people.add_establishment(db.session, name=name, headcount=form.headcount.data)
    db.session.commit()
    flash(_("%(name)s was added.", name=name), "ok")
    return redirect(url_for("people.establishments"), 303)


@bp.route("/establishments/<uuid:establishment_id>", methods=["GET", "POST"])
@requires(MANAGE, of=queries.establishment)
def establishment(site: Establishment) -> ResponseReturnValue:
    known = {"name": site.name, "headcount": site.headcount}
    form = EstablishmentForm.submitted() if request.method == "POST" else EstablishmentForm(data=known)
    if request.method == "GET":
        return render_template("people/establishment.html", form=form, site=site)
    if form.validate():
        try:
            services.edit_establishment(
                db.session, site, name=form.name.data or "", headcount=form.headcount.data
            )
        except services.NameTaken:
            form.name.errors = [_("There is an establishment of that name already.")]
        else:
            db.session.commit()
            flash(_("%(name)s was changed.", name=site.name), "ok")
            return redirect(url_for("people.establishments"), 303)
    return render_template("people/establishment.html", form=form, site=site), 400


@bp.post("/establishments/<uuid:establishment_id>/archive")
@requires(MANAGE, of=queries.establishment)
def archive(site: Establishment) -> ResponseReturnValue:
    """Archived, or taken back: the button says which."""
    if request.form.get("act") == "back":
        services.take_back(db.session, site)
        text = _("%(name)s is in use again.", name=site.name)
    else:
        services.archive(db.session, site, on=clock.today())
        text = _(
            "%(name)s is archived: it is no longer offered, and what was recorded stays.", name=site.name
        )
    db.session.commit()
    flash(text, "ok")
    return redirect(url_for("people.establishments"), 303)
