"""Bodies: the list, the page of one with who sits on it and who votes, its name and scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.i18n import _
from consult.people import bodies as services
from consult.people import queries
from consult.people.access import may, requires, running_mandates, secretary_body_ids, signed_in
from consult.people.forms import ACTS, MANDATES, EditBodyForm
from consult.people.models import Body, Mandate, Replacement
from consult.people.rules import PREPARES, BodyKind, Permission, may_stand_under
from consult.people.seats import voters
from consult.people.views.room import MANAGE, bp, must_see, sees_all
from consult.people.words import BODIES


@bp.get("/bodies")
@requires(Permission.WORKSPACE_USE)
def bodies() -> ResponseReturnValue:
    """All of them for administrators and human resources, one's own for others."""
    if not sees_all() and not may(Permission.NOTICE_FOLLOW):
        raise NotFound
    among = None if sees_all() else {one.body_id for one in running_mandates(signed_in())}
    page = queries.bodies_page(db.session, among=among, after=request.args.get("after"))
    voting = queries.voting(db.session, [one.id for one in page.rows], on=clock.today())
    return render_template("people/bodies.html", page=page, kinds=BODIES, voting=voting)


@dataclass(frozen=True)
class Seats:
    """Who sits on a body, by when. ``votes``: mandates that vote on that day."""

    today: list[Mandate]
    coming: list[Mandate]
    votes: frozenset[UUID]
    replacements: list[Replacement]
    """Those of today and to come."""

    def stands_for(self, mandate: Mandate, on: date) -> Replacement | None:
        """Whom that alternate replaces today."""
        found = (one for one in self.replacements if one.mandate_id == mandate.id and one.starts_on <= on)
        return next(found, None)

    def replaced_by(self, mandate: Mandate, on: date) -> Replacement | None:
        found = (one for one in self.replacements if one.replaced_id == mandate.id and one.starts_on <= on)
        return next((one for one in found if one.mandate_id in self.votes), None)


def seats_of(body: Body, on: date) -> Seats:
    """Three queries, whatever the size of the body."""
    known = queries.current_and_coming(db.session, body.id, on=on)
    replacements = queries.replacements(db.session, [body.id])
    seats = {one.id: one.seat for one in known}
    seats |= {one.replaced_id: one.replaced.seat for one in replacements}
    return Seats(
        today=[one for one in known if one.starts_on <= on],
        coming=[one for one in known if one.starts_on > on],
        votes=voters(seats.values(), [one.stands_in for one in replacements], on),
        replacements=[one for one in replacements if one.ends_on is None or one.ends_on >= on],
    )


@bp.get("/bodies/<uuid:body_id>")
@requires(Permission.WORKSPACE_USE, of=queries.whole_body)
def body(body: Body) -> ResponseReturnValue:
    must_see(body)
    today = clock.today()
    return render_template(
        "people/body.html",
        body=body,
        on=today,
        kinds=BODIES,
        capacities=MANDATES,
        acts=ACTS,
        seats=seats_of(body, today),
        past=queries.past(db.session, body.id, on=today, after=request.args.get("after")),
        under=queries.under(db.session, body.id),
        delegations=queries.delegations(db.session, body.id),
        is_secretary=body.id in secretary_body_ids(signed_in()),
        manages=may(MANAGE),
        prepares=body.kind in PREPARES,
    )


@bp.route("/bodies/<uuid:body_id>/edit", methods=["GET", "POST"])
@requires(MANAGE, of=queries.whole_body)
def edit_body(body: Body) -> ResponseReturnValue:
    form = _edit_form(body)
    if request.method == "GET":
        return _edit_page(body, form)
    if not form.validate():
        return _edit_page(body, form, 400)
    sites = [one for one in _offered(body) if str(one.id) in (form.establishments.data or ())]
    parent = queries.body(db.session, UUID(form.parent.data)) if form.parent.data else None
    try:
        services.edit_body(
            db.session, body, name=form.name.data or "", kind=BodyKind(form.kind.data),
            headcount=form.headcount.data, parent=parent, establishments=sites,
        )  # fmt: skip
    except services.NameTaken:
        form.name.errors = [_("There is a body of that name already.")]
        return _edit_page(body, form, 400)
    except services.NotItsParent:
        form.parent.errors = [_("A body of that kind cannot belong to this one. Choose another.")]
        return _edit_page(body, form, 400)
    db.session.commit()
    flash(_("%(name)s was changed.", name=body.name), "ok")
    return redirect(url_for("people.body", body_id=body.id), 303)


def _offered(body: Body) -> list[Any]:
    """Establishments in use, and those archived the body stands for already."""
    found = list(queries.open_establishments(db.session))
    return found + [one for one in body.establishments if one.archived_on is not None]


def _edit_form(body: Body) -> EditBodyForm:
    known = {
        "name": body.name, "kind": body.kind.value, "headcount": body.headcount,
        "parent": str(body.parent_id or ""), "establishments": [str(one.id) for one in body.establishments],
    }  # fmt: skip
    form = EditBodyForm.submitted() if request.method == "POST" else EditBodyForm(data=known)
    others = [one for one in queries.bodies(db.session) if one.id != body.id]
    typed = form.kind.data
    kind = BodyKind(typed) if typed in set(BodyKind) else body.kind
    fitting = [one for one in others if may_stand_under(kind, one.kind)]
    return form.placing(parents=fitting, sites=_offered(body))


def _edit_page(body: Body, form: EditBodyForm, status: int = 200) -> ResponseReturnValue:
    return render_template("people/edit_body.html", body=body, form=form), status
