"""Delegations of a body, recorded and taken back by its secretary."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound, WrongState
from consult.core.i18n import _
from consult.people import delegations as services
from consult.people import queries
from consult.people.access import requires, secretary_body_ids, signed_in, weigh
from consult.people.forms import ACTS, DelegationForm
from consult.people.models import Body, Delegation, Mandate
from consult.people.rules import ACTING, NotAdopted, Permission, majority
from consult.people.seats import DelegatedAct
from consult.people.views.room import bp


def _ours(body_id: UUID) -> None:
    """Only the secretary of that body. Raises `NotFound`."""
    if body_id not in secretary_body_ids(signed_in()):
        raise NotFound


@bp.route("/bodies/<uuid:body_id>/delegations/new", methods=["GET", "POST"])
@requires(Permission.BODY_SECRETARY, of=queries.body)
def delegate(body: Body) -> ResponseReturnValue:
    """What the body lets a member do alone, with the vote that decided it."""
    _ours(body.id)
    today = clock.today()
    form = (
        DelegationForm.submitted()
        if request.method == "POST"
        else DelegationForm(decided_on=today, starts_on=today)
    )
    form.offering([one for one in queries.members(db.session, body.id, on=today) if one.role in ACTING])
    form.written_in(_source())
    if request.method == "GET" or not form.validate():
        return _page(body, form, 200 if request.method == "GET" else 400)
    try:
        given = services.give(
            db.session,
            body,
            db.session.get_one(Mandate, UUID(form.mandate.data)),
            acts=[DelegatedAct(one) for one in form.acts.data if one in set(DelegatedAct)],
            starts_on=form.starts_on.data,
            ends_on=form.ends_on.data,
            text=form.localized("text"),
            votes=form.tally,
            decided_on=form.decided_on.data,
            actor=signed_in(),
            on=today,
            once=form.once_id,
        )
    except services.NotAMember:
        db.session.rollback()
        form.mandate.errors = [_("The mandate of this person does not run on the first day.")]
        return _page(body, form, 409)
    except NotAdopted:
        db.session.rollback()
        return _page(body, form, 409, why=NotAdopted.__name__)
    name = given.mandate.account.name
    weigh(body, form.tally, on=form.decided_on.data)
    db.session.commit()
    flash(_("The delegation to %(name)s is recorded.", name=name), "ok")
    return redirect(url_for("people.body", body_id=body.id), 303)


def _source() -> str:
    organisation = queries.organisation(db.session)
    return organisation.languages.only or "fr" if organisation is not None else "fr"


def _page(body: Body, form: DelegationForm, status: int, why: str = "") -> ResponseReturnValue:
    needed = majority(sum(form.tally.values()))
    return render_template("people/delegate.html", body=body, form=form, why=why, needed=needed), status


@bp.route("/delegations/<uuid:delegation_id>/revocation", methods=["GET", "POST"])
@requires(Permission.BODY_SECRETARY, of=queries.delegation)
def revoke(given: Delegation) -> ResponseReturnValue:
    """The body takes it back, from today."""
    _ours(given.body_id)
    if request.method == "GET":
        return render_template("people/revoke.html", given=given, acts=ACTS)
    done = redirect(url_for("people.body", body_id=given.body_id), 303)
    try:
        services.revoke(db.session, given, actor=signed_in(), on=clock.today())
    except WrongState:
        db.session.rollback()
        flash(_("This delegation was taken back already. Nothing was done twice."), "accent")
        return done
    db.session.commit()
    flash(_("The delegation is taken back: from today it covers nothing."), "ok")
    return done
