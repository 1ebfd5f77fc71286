"""A body's keyholders: who opens what, naming a successor, inviting somebody from outside."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.i18n import _
from consult.keyholders import circles, handing, queries, texts
from consult.keyholders.circles import Circle
from consult.keyholders.forms import NOBODY, OutsideForm, SuccessorForm
from consult.keyholders.rules import HandoverRuns, NothingToHandOver, NotReady, Planted
from consult.keyholders.views.room import bp, title_of
from consult.people import queries as people
from consult.people import services as people_services
from consult.people.access import requires, signed_in, weigh
from consult.people.models import Account
from consult.people.rules import AlreadyThere, NotAdopted, Permission, Role

_ROUTE = "/bodies/<uuid:body_id>/keyholders"


@bp.get(_ROUTE)
@requires(Permission.KEY_HOLD, of=circles.circle)
def circle(circle: Circle) -> ResponseReturnValue:
    """Each letterbox with those who hold its keys, and what is being handed over."""
    body_id = circle.body.id
    return render_template(
        "keyholders/circle.html",
        circle=circle,
        title_of=title_of,
        handovers=queries.handovers(db.session, body_id),
        outside=_without_key(body_id),
        acts_for_it=circles.acts_for(signed_in(), body_id, on=clock.today()),
        on=clock.today(),
    )


def _without_key(body_id: UUID) -> list[Account]:
    """Invited from outside, and not ready yet."""
    invited = queries.outside(db.session, body_id)
    return [one for one in invited if queries.of_account(db.session, one.id) is None]


# ── a successor ────────────────────────────────────────────────────────────────


@bp.route(f"{_ROUTE}/successor", methods=["GET", "POST"])
@requires(Permission.LETTERBOX_OPEN, of=circles.circle)
def successor(circle: Circle) -> ResponseReturnValue:
    """The body's resolution that names somebody to hold the keys."""
    ready = queries.ready(db.session, circle.body.id, on=clock.today())
    if request.method == "GET":
        form = SuccessorForm(decided_on=clock.today(), follows=request.args.get("follows", ""))
        form.offering(circle.holders, ready)
        if form.chosen is None and len(form.ready) == 1:
            form.named.data = next(iter(form.ready))
        _write_text(circle, form)
        return _successor_page(circle, form)
    form = SuccessorForm.submitted().offering(circle.holders, ready)
    if "rewrite" in request.form:
        _write_text(circle, form)
        return _successor_page(circle, form)
    if not form.validate():
        return _successor_page(circle, form, 400)
    return _name(circle, form)


def _name(circle: Circle, form: SuccessorForm) -> ResponseReturnValue:
    body_id, chosen = circle.body.id, form.chosen
    assert chosen is not None, "validated"
    try:
        made = handing.decide(
            db.session, circle.body, predecessor=form.leaver, successor=chosen,
            resolution=form.localized("resolution"), votes=form.tally, actor=signed_in(), on=clock.today(),
            decided_on=form.decided_on.data,
        )  # fmt: skip
    except NotAdopted:
        form.refuse("votes_for", _("This vote does not carry the motion: abstentions count against it."))
    except NotReady:
        form.refuse("named", _("This person can no longer hold a key. Choose somebody else."))
    except HandoverRuns:
        form.refuse("follows", _("Somebody was named to follow this person already. Finish that first."))
    except NothingToHandOver:
        form.refuse("named", _("This person holds all of these keys already. Choose somebody else."))
    except Planted:
        form.refuse(
            "named", _("The list of keyholders is not as your body named it: unlock a letterbox to see.")
        )
    else:
        ident = made.id
        weigh(circle.body, form.tally, on=form.decided_on.data)
        db.session.commit()
        flash(_("Named. The key is passed on next."), "ok")
        return redirect(url_for(".handover", handover_id=ident), 303)
    db.session.rollback()
    again = circles.circle(db.session, body_id)
    assert again is not None
    return _successor_page(again, form, 400)


def _write_text(circle: Circle, form: SuccessorForm) -> None:
    """The model text from what is chosen above it."""
    leaver, chosen = form.leaver, form.chosen
    text = texts.succession(
        body=circle.body.name,
        successor=chosen.account.name if chosen is not None else "…",
        predecessor=leaver.name if leaver is not None else "",
    )
    form.resolution_fr.data, form.resolution_en.data = text.texts["fr"], text.texts["en"]


def _successor_page(circle: Circle, form: SuccessorForm, status: int = 200) -> ResponseReturnValue:
    today = clock.today()
    with_key = {one.account_id for one in queries.ready(db.session, circle.body.id, on=today)}
    members = people.staff_members(db.session, circle.body.id, on=today)
    names = {one.account.name for one in members if one.account_id not in with_key}
    names |= {one.name for one in _without_key(circle.body.id)}
    page = render_template(
        "keyholders/successor.html", circle=circle, form=form, without=sorted(names), nobody=NOBODY
    )
    return page, status


# ── from outside ───────────────────────────────────────────────────────────────


@bp.route(f"{_ROUTE}/outside", methods=["GET", "POST"])
@requires(Permission.LETTERBOX_OPEN, of=circles.circle)
def outside(circle: Circle) -> ResponseReturnValue:
    """An expert, a lawyer, a union federation: an account that can hold a key and nothing else."""
    form = OutsideForm()
    if request.method == "POST":
        form = OutsideForm.submitted()
        if form.validate() and (name := _invite(circle, form)):
            flash(_("%(name)s is invited: a mail is on its way.", name=name), "ok")
            return redirect(url_for(".circle", body_id=circle.body.id), 303)
    page = render_template("keyholders/outside.html", circle=circle, form=form)
    return page, 400 if form.errors else 200


def _invite(circle: Circle, form: OutsideForm) -> str:
    try:
        account = people_services.add_account(
            db.session, email=form.email.data or "", name=form.name.data or "",
            role=Role.OUTSIDE_KEYHOLDER, locale=form.locale.data or "fr", outside=circle.body,
        )  # fmt: skip
    except AlreadyThere:
        form.email.errors = [_("This address has an account already.")]
        return ""
    current_app.extensions["consult.invite"](db.session, account, now=clock.now())
    name = account.name
    db.session.commit()
    return str(name)
