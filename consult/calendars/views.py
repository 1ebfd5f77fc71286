"""One's own calendars, what is read at their addresses, and how one is reminded."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.calendars import feeds, queries, services
from consult.calendars.coming import named
from consult.calendars.forms import MakeForm, RhythmForm
from consult.calendars.models import Calendar
from consult.calendars.rules import Revoked, TooMany
from consult.calendars.who import Who
from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.i18n import _, writing_in
from consult.core.security import derived_key
from consult.people import queries as people
from consult.people import services as people_services
from consult.people.access import requires, signed_in
from consult.people.rules import Permission, Rhythm, Role
from consult.web import spaces

bp = Blueprint("calendars", __name__)
FOLLOW = Permission.NOTICE_FOLLOW


def _key() -> bytes:
    return derived_key(str(current_app.secret_key), "calendars")


def _followed(value: str) -> Consultation | None:
    """The consultation an address or a form names, nothing where it names none. Raises `NotFound` for one
    that this person does not follow."""
    if not value:
        return None
    try:
        found = consultations.by_id(db.session, UUID(value))
    except ValueError:
        raise NotFound from None
    who = Who.of(signed_in())
    if found is None or who is None or not services.is_theirs(found, who, on=clock.today()):
        raise NotFound
    return found


@bp.get(f"{spaces.WORKSPACE}/calendars")
@requires(FOLLOW)
def page() -> ResponseReturnValue:
    about = _followed(request.args.get("about", ""))
    return render_template(
        "calendars/page.html",
        calendars=queries.of_account(db.session, signed_in().id),
        about=about,
        form=MakeForm(about=str(about.id) if about is not None else ""),
        all_form=MakeForm(),
        fresh=MakeForm,
        named=named,
    )


@bp.post(f"{spaces.WORKSPACE}/calendars")
@requires(FOLLOW)
def make() -> ResponseReturnValue:
    form = MakeForm.submitted()
    about = _followed(form.about.data or "")
    try:
        made, secret = services.make(
            db.session, signed_in(), of=about, once=form.once_id, key=_key(), on=clock.today()
        )
    except (Revoked, TooMany) as refusal:
        return _refused(refusal)
    return _made(made, secret)


def _made(calendar: Calendar, secret: str) -> ResponseReturnValue:
    """The address, shown this once: nothing keeps it."""
    name = feeds.name_of(db.session, calendar)
    db.session.commit()
    address = f"{current_app.config['CONSULT_ADDRESS']}{url_for('calendars.feed', secret=secret)}"
    return render_template("calendars/made.html", address=address, name=name)


def _refused(refusal: Exception) -> ResponseReturnValue:
    db.session.rollback()
    text = (
        _("You have 20 calendars: revoke one first.")
        if isinstance(refusal, TooMany)
        else _("This calendar was revoked meanwhile. Make another one.")
    )
    flash(text, "warn")
    return redirect(url_for("calendars.page"), 303)


def _own(calendar: Calendar) -> Calendar:
    if calendar.account_id != signed_in().id:
        raise NotFound
    return calendar


@bp.post(f"{spaces.WORKSPACE}/calendars/<uuid:calendar_id>/revoke")
@requires(FOLLOW, of=queries.by_id)
def revoke(calendar: Calendar) -> ResponseReturnValue:
    services.revoke(db.session, _own(calendar), on=clock.today())
    db.session.commit()
    flash(_("The address leads nowhere any more."), "ok")
    return redirect(url_for("calendars.page"), 303)


@bp.post(f"{spaces.WORKSPACE}/calendars/<uuid:calendar_id>/renew")
@requires(FOLLOW, of=queries.by_id)
def renew(calendar: Calendar) -> ResponseReturnValue:
    form = MakeForm.submitted()
    try:
        made, secret = services.renew(
            db.session, _own(calendar), once=form.once_id, key=_key(), on=clock.today()
        )
    except (Revoked, TooMany) as refusal:
        return _refused(refusal)
    return _made(made, secret)


@bp.get("/calendars/<secret>.ics")
def feed(secret: str) -> ResponseReturnValue:
    """For a program, which carries no cookie: what the owner of the address may read today, in their
    language. Kept by nobody on the way."""
    today = clock.today()
    found = services.opened(db.session, secret, on=today)
    if found is None:
        raise NotFound
    with writing_in(found.calendar.account.locale):
        events = services.events(db.session, found, on=today)
        response = Response(feeds.ics(db.session, found.calendar, events), mimetype="text/calendar")
    response.cache_control.no_store = True
    response.cache_control.private = True
    return response


@bp.route(f"{spaces.WORKSPACE}/reminders", methods=["GET", "POST"])
@requires(FOLLOW)
def reminders() -> ResponseReturnValue:
    account = signed_in()
    if request.method == "GET":
        now = people.rhythms(db.session, [account])[account.id]
        return _reminders_page(RhythmForm(rhythm=now.value))
    form = RhythmForm.submitted()
    if not form.validate():
        return _reminders_page(form, 400)
    people_services.choose_rhythm(db.session, account, Rhythm(form.rhythm.data))
    db.session.commit()
    flash(_("From now on, reminders reach you that way."), "ok")
    return redirect(url_for("calendars.reminders"), 303)


def _reminders_page(form: RhythmForm, status: int = 200) -> ResponseReturnValue:
    is_hr = signed_in().role is Role.HR_PUBLISHER
    return render_template("calendars/reminders.html", form=form, is_hr=is_hr), status
