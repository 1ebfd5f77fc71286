"""People, bodies and mandates, for administrators; the access word, for HR and secretaries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from consult.core import clock
from consult.core.db import db
from consult.core.i18n import LOCALES, _
from consult.people import bodies, queries, services
from consult.people.access import requires
from consult.people.forms import MANDATES, ROLES, BodyForm, InviteForm, MandateForm, WordForm
from consult.people.models import Account, Mandate
from consult.people.rules import (
    AlreadyThere,
    BodyKind,
    CannotSit,
    LastAdministrator,
    MandateRole,
    Permission,
    Role,
    Unseatable,
)
from consult.people.views.room import MANAGE, bp
from consult.web.fields import options

LONGEST = 100
"""Of what is typed to find somebody."""


def _mandate(session: Session, mandate_id: UUID) -> Mandate | None:
    return session.get(Mandate, mandate_id)


@bp.get("/people")
@requires(MANAGE)
def people() -> ResponseReturnValue:
    return _page()


def _page(status: int = 200, **forms: Any) -> ResponseReturnValue:
    sought = request.args.get("q", "")[:LONGEST]
    mandate_form = forms.pop("mandate_form", None) or _mandate_form()
    facts = {
        "page": queries.accounts_page(db.session, sought=sought, after=request.args.get("after")),
        "sought": sought,
        "invite_form": InviteForm(prefix="invite-"),
        "body_form": _body_form(),
        "mandate_form": mandate_form,
        "roles": ROLES,
        "capacities": MANDATES,
        "form": next((one for one in (*forms.values(), mandate_form) if one.errors), None),
    }
    return render_template("people/people.html", **{**facts, **forms}), status


def _mandate_form(posted: Any = None) -> MandateForm:
    form = MandateForm(posted, prefix="mandate-")
    form.account.choices = options((str(ident), name) for ident, name in queries.seatable(db.session))
    form.body.choices = options((str(ident), name) for ident, name in queries.body_names(db.session))
    return form


def _body_form(posted: Any = None) -> BodyForm:
    return BodyForm(posted, prefix="body-").offering(queries.profile(db.session).offered_kinds)


def _back(text: str, tone: str = "ok") -> ResponseReturnValue:
    flash(text, tone)
    return redirect(url_for("people.people"), 303)


@bp.post("/people/invitations")
@requires(MANAGE)
def invite() -> ResponseReturnValue:
    form = InviteForm(request.form, prefix="invite-")
    if not form.validate():
        return _page(400, invite_form=form)
    try:
        account = services.add_account(
            db.session,
            email=form.email.data or "",
            name=form.name.data or "",
            role=Role(form.role.data),
            locale=form.locale.data or "fr",
        )
    except AlreadyThere:
        form.email.errors = [_("This address has an account already.")]
        return _page(400, invite_form=form)
    current_app.extensions["consult.invite"](db.session, account, now=clock.now())
    db.session.commit()
    return _back(_("%(name)s is invited: a mail is on its way.", name=account.name))


@bp.post("/people/<uuid:account_id>/invitation")
@requires(MANAGE, of=queries.account)
def invite_again(account: Account) -> ResponseReturnValue:
    current_app.extensions["consult.invite"](db.session, account, now=clock.now())
    db.session.commit()
    return _back(
        _("A new invitation is on its way to %(name)s. The one before no longer works.", name=account.name)
    )


@bp.route("/people/<uuid:account_id>/deactivation", methods=["GET", "POST"])
@requires(MANAGE, of=queries.account)
def deactivate(account: Account) -> ResponseReturnValue:
    at_stake = current_app.extensions["consult.keys_at_stake"](db.session, account, on=clock.today())
    if request.method == "GET" or (at_stake and "anyway" not in request.form):
        is_refused = request.method == "POST"
        page = render_template(
            "people/deactivate.html", account=account, at_stake=at_stake, is_refused=is_refused
        )
        return page, 400 if is_refused else 200
    try:
        services.deactivate(db.session, account)
    except LastAdministrator:
        db.session.rollback()
        return _back(_("This is the last administrator: add another one first."), "bad")
    db.session.commit()
    return _back(_("%(name)s no longer signs in.", name=account.name))


@bp.post("/people/<uuid:account_id>/reactivation")
@requires(MANAGE, of=queries.account)
def reactivate(account: Account) -> ResponseReturnValue:
    services.reactivate(db.session, account)
    db.session.commit()
    return _back(_("%(name)s can sign in again.", name=account.name))


@bp.post("/bodies/new")
@requires(MANAGE)
def add_body() -> ResponseReturnValue:
    form = _body_form(request.form)
    if not form.validate():
        return _page(400, body_form=form)
    name = (form.name.data or "").strip()
    try:
        bodies.must_be_free(queries.bodies(db.session), name)
    except bodies.NameTaken:
        form.name.errors = [_("There is a body of that name already.")]
        return _page(400, body_form=form)
    kind = BodyKind(form.kind.data)
    made = services.add_body(db.session, name=name, kind=kind, headcount=form.headcount.data)
    db.session.commit()
    flash(_("%(name)s was added. Say below which establishments it stands for.", name=name), "ok")
    return redirect(url_for("people.edit_body", body_id=made.id), 303)


@bp.post("/bodies/mandates")
@requires(MANAGE)
def give_mandate() -> ResponseReturnValue:
    form = _mandate_form(request.form)
    if not form.validate():
        return _page(400, mandate_form=form)
    account = db.session.get_one(Account, UUID(form.account.data))
    body = queries.body(db.session, UUID(form.body.data))
    assert body is not None, "validated against the bodies there are"
    role, starts_on, ends_on = MandateRole(form.role.data), form.starts_on.data, form.ends_on.data
    try:
        services.must_be_able_to_sit(account, body, role=role, starts_on=starts_on, ends_on=ends_on)
    except CannotSit as refusal:
        form.role.errors = [_unseatable(refusal.why)]
        return _page(400, mandate_form=form)
    services.give_mandate(db.session, account, body, role=role, starts_on=starts_on, ends_on=ends_on)
    db.session.commit()
    return _back(_("The mandate of %(name)s is recorded.", name=account.name))


def _unseatable(why: Unseatable) -> str:
    words: dict[Unseatable, str] = {
        Unseatable.EMPLOYER: _("Human resources speak for the employer: they can only be the chair."),
        Unseatable.ADMINISTRATOR: _("An administrator sits on no body. Give this person a second account."),
        Unseatable.OUTSIDE: _("An outside keyholder sits on no body. Give this person a second account."),
        Unseatable.TWICE: _("This person has a mandate on this body at that time already. End it first."),
        Unseatable.BOTH_SIDES: _("Nobody can be the chair and represent staff at the same time."),
    }
    return words[why]


@bp.post("/mandates/<uuid:mandate_id>/end")
@requires(MANAGE, of=_mandate)
def end_mandate(mandate: Mandate) -> ResponseReturnValue:
    at_stake = current_app.extensions["consult.keys_at_stake"](db.session, mandate.account, on=clock.today())
    services.end_mandate(db.session, mandate, on=clock.today())
    name = mandate.account.name
    db.session.commit()
    if at_stake:
        flash(
            _(
                "%(name)s holds a key of %(titles)s: from tomorrow fewer than two can open it. The body "
                "names a successor, under “My key”.",
                name=name,
                titles=", ".join(at_stake),
            ),
            "warn",
        )
    return _back(_("Today is the last day of the mandate of %(name)s.", name=name))


@bp.route("/access-word", methods=["GET", "POST"])
@requires(Permission.ACCESS_WORD_ROTATE)
def access_word() -> ResponseReturnValue:
    organisation = queries.organisation(db.session)
    assert organisation is not None, "an account needs an organisation"
    form, status = WordForm(), 200
    if request.method == "POST":
        form = WordForm.submitted()
        if form.validate():
            try:
                services.rotate_access_word(db.session, form.word.data or "", on=clock.today())
            except services.WordTooShort:
                form.word.errors = [_("This is too short: at least six letters or digits.")]
            else:
                db.session.commit()
                flash(_("The access word has changed. The old one works for 30 more days."), "ok")
                return redirect(url_for("people.access_word"), 303)
        status = 400
    address = current_app.config["CONSULT_ADDRESS"]
    links = {one: f"{address}/{one}/#word={organisation.access_word}" for one in LOCALES}
    page = render_template("people/access_word.html", form=form, organisation=organisation, links=links)
    return page, status
