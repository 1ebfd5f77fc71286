"""A meeting: called, its agenda, who was there, cancelled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound, WrongState
from consult.core.i18n import _
from consult.dossiers import queries as dossiers
from consult.enclosures import handing
from consult.enclosures import queries as enclosures
from consult.enclosures.forms import EnclosureForm
from consult.files.uploads import takes_file
from consult.meetings import queries, services
from consult.meetings.forms import (
    AgreeForm,
    CallForm,
    ItemForm,
    WhyForm,
    presences_of,
)
from consult.meetings.models import Meeting, MeetingRequest
from consult.meetings.queries import ItemOf
from consult.meetings.rules import AGENDA_DAYS, ItemKind, agenda_is_short
from consult.meetings.views.room import (
    about_choices,
    bp,
    chosen,
    is_employer,
    is_secretary,
    sides,
    title_of,
)
from consult.meetings.words import GROUNDS, KINDS, PRESENCES
from consult.people import queries as people
from consult.people.access import acting_body_ids, may, reader_of, requires, signed_in
from consult.people.models import Body
from consult.people.rules import MandateRole, Permission
from consult.web.pagination import page_of, typed_cursor
from consult.web.readers import Side

_ROUTE = "/meetings/<uuid:meeting_id>"


@bp.get("/meetings")
@requires(Permission.MEETING_FOLLOW)
def listing() -> ResponseReturnValue:
    """Meetings of one's bodies, the latest first; of every body for the employer."""
    reader = reader_of(signed_in())
    mine = None if reader.side is Side.EMPLOYER else reader.body_ids
    after = typed_cursor(request.args.get("after"), date.fromisoformat, UUID)
    rows = queries.page(db.session, body_ids=mine, after=after)
    page = page_of(rows, lambda one: (one.day.isoformat(), one.id))
    asked = requests_shown(mine)
    return render_template(
        "meetings/list.html",
        rows=page.rows,
        older=page.older,
        asked=asked,
        on=clock.today(),
        may_call=may(Permission.MEETING_CALL) and bool(_callable()),
        grounds=GROUNDS,
    )


def requests_shown(mine: Collection[UUID] | None) -> Sequence[MeetingRequest]:
    """What is asked of the employer; on the staff side what one's bodies ask, sent or, for those who act for
    one, not yet."""
    if mine is None:
        return queries.sent_requests(db.session)
    acting = acting_body_ids(signed_in())
    found = queries.requests(db.session, mine)
    return [one for one in found if one.sent_on is not None or one.body_id in acting]


def _callable() -> list[Body]:
    """Bodies this person may convene: any for the employer; for its secretary, one without a chair."""
    bodies = list(people.bodies(db.session))
    if is_employer():
        return bodies
    today = clock.today()
    mine = acting_body_ids(signed_in())
    return [
        one
        for one in bodies
        if one.id in mine
        and is_secretary(one.id)
        and all(each.role is not MandateRole.CHAIR for each in people.members(db.session, one.id, on=today))
    ]


@bp.route("/meetings/new", methods=["GET", "POST"])
@requires(Permission.MEETING_CALL)
def call() -> ResponseReturnValue:
    """Convenes a body."""
    bodies = _callable()
    if not bodies:
        raise NotFound
    given = {"body": request.args.get("body"), "about": request.args.get("about", "")}
    asked_id = request.args.get("request", "")
    form = CallForm.submitted() if request.method == "POST" else CallForm(data=given)
    form.offering([(str(one.id), one.name) for one in bodies], about_choices([one.id for one in bodies]))
    if request.method == "GET" or not form.validate():
        page = render_template("meetings/call.html", form=form)
        return page, 200 if request.method == "GET" else 400
    body = next(one for one in bodies if str(one.id) == form.body.data)
    about = chosen(form.about.data)
    if about is not None and about.body_id != body.id:
        form.about.errors = [_("This consultation is with another body.")]
        return render_template("meetings/call.html", form=form), 400
    asked = _asked(asked_id)
    try:
        meeting = services.call(
            db.session, body, day=form.day.data, time=form.clock_time, place=form.place.data or "",
            is_extraordinary=form.is_extraordinary.data or asked is not None, actor=signed_in(),
            on=clock.today(), about=about, asked=asked if asked and asked.body_id == body.id else None,
            once=form.once_id,
        )  # fmt: skip
    except WrongState:
        db.session.rollback()
        flash(_("This request has its meeting already. Nothing was done twice."), "accent")
        return redirect(url_for("meetings.listing"), 303)
    ident = meeting.id
    db.session.commit()
    flash(_("The meeting is called. Its members are being told."), "ok")
    return redirect(url_for("meetings.page", meeting_id=ident), 303)


def _asked(ident: str) -> MeetingRequest | None:
    """The request an address names, once it was sent: nobody learns here of one that was not."""
    try:
        found = queries.request(db.session, UUID(ident))
    except ValueError:
        return None
    return found if found is not None and found.sent_on is not None else None


@bp.get(_ROUTE)
@requires(Permission.MEETING_FOLLOW, of=queries.by_id)
def page(meeting: Meeting) -> ResponseReturnValue:
    return _page(meeting, ItemForm(), 200)


def _page(meeting: Meeting, form: ItemForm, status: int) -> ResponseReturnValue:
    today = clock.today()
    draws_up = (is_employer() or is_secretary(meeting.body_id)) and may(Permission.MEETING_CALL)
    shown = render_template(
        "meetings/page.html",
        meeting=meeting,
        form=form.offering(about_choices([meeting.body_id])),
        agree=AgreeForm(),
        members=people.members(db.session, meeting.body_id, on=meeting.day),
        presences=PRESENCES,
        there={one.mandate_id: one.presence for one in meeting.attendance},
        kinds=KINDS,
        files=dossiers.for_agenda(db.session, meeting.body) if draws_up else [],
        title_of=title_of,
        on=today,
        draws_up=draws_up,
        is_employer=is_employer(),
        is_secretary=is_secretary(meeting.body_id),
        agenda_days=AGENDA_DAYS,
        is_short=agenda_is_short(meeting.agenda_set_on or today, meeting.day),
        papers=enclosures.beside(db.session, [meeting.ref], reader=reader_of(signed_in()), on=today).get(
            str(meeting.ref), ()
        ),
        me=signed_in().id,
    )
    return shown, status


def _back(meeting: Meeting) -> ResponseReturnValue:
    return redirect(url_for("meetings.page", meeting_id=meeting.id), 303)


@bp.route(f"{_ROUTE}/papers/new", methods=["GET", "POST"])
@takes_file
@requires(Permission.MEETING_CALL, of=queries.by_id)
def add_paper(meeting: Meeting) -> ResponseReturnValue:
    """Chair or secretary put a paper beside the agenda."""
    sides(meeting)
    form = EnclosureForm.submitted() if request.method == "POST" else EnclosureForm()
    form.offering(people.staff_members(db.session, meeting.body_id, on=clock.today()))
    if request.method == "POST" and handing.hand_over(
        form, about=meeting.ref, body=meeting.body, notice=None
    ):
        db.session.commit()
        flash(_("The document is handed over."), "ok")
        return _back(meeting)
    name = _("Meeting no. %(number)s of %(body)s", number=meeting.number, body=meeting.body.name)
    back = url_for("meetings.page", meeting_id=meeting.id)
    page = render_template("enclosures/new.html", form=form, back=back, name=name)
    return page, 200 if request.method == "GET" else 400


@bp.post(f"{_ROUTE}/items/new")
@requires(Permission.MEETING_CALL, of=queries.by_id)
def add_item(meeting: Meeting) -> ResponseReturnValue:
    sides(meeting)
    form = ItemForm.submitted().offering(about_choices([meeting.body_id]))
    if not form.validate():
        return _page(meeting, form, 400)
    services.add_item(
        db.session, meeting, kind=ItemKind(form.kind.data), title=(form.title.data or "").strip(),
        about=chosen(form.about.data), once=form.once_id,
    )  # fmt: skip
    db.session.commit()
    flash(_("The item is on the agenda."), "ok")
    return _back(meeting)


@bp.post(f"{_ROUTE}/items/<uuid:item_id>/remove")
@requires(Permission.MEETING_CALL, of=queries.item_of)
def remove_item(of: ItemOf) -> ResponseReturnValue:
    sides(of.meeting)
    services.remove_item(db.session, of.meeting, of.item_id)
    db.session.commit()
    flash(_("The item is off the agenda."), "ok")
    return _back(of.meeting)


@bp.post(f"{_ROUTE}/agenda")
@requires(Permission.MEETING_CALL, of=queries.by_id)
def agree(meeting: Meeting) -> ResponseReturnValue:
    """Chair or secretary agree to the agenda as it stands."""
    sides(meeting)
    form = AgreeForm.submitted()
    if not form.validate():
        return _page(meeting, ItemForm(), 400)
    why = (form.why.data or "").strip()
    is_set = services.agree(db.session, meeting, as_chair=is_employer(), why=why, on=clock.today())
    db.session.commit()
    flash(_("The agenda is set. The members are being told.") if is_set else _("You agreed to it."), "ok")
    return _back(meeting)


@bp.post(f"{_ROUTE}/attendance")
@requires(Permission.MINUTES_WRITE, of=queries.by_id)
def attendance(meeting: Meeting) -> ResponseReturnValue:
    """The secretary notes who was there."""
    if not is_secretary(meeting.body_id):
        raise NotFound
    members = people.members(db.session, meeting.body_id, on=meeting.day)
    presences = presences_of(request.form, members)
    services.hold(db.session, meeting, presences=presences, on=clock.today())
    db.session.commit()
    flash(_("Who was there is noted."), "ok")
    return _back(meeting)


@bp.route(f"{_ROUTE}/cancel", methods=["GET", "POST"])
@requires(Permission.MEETING_CALL, of=queries.by_id)
def cancel(meeting: Meeting) -> ResponseReturnValue:
    sides(meeting)
    form = WhyForm.submitted() if request.method == "POST" else WhyForm()
    if request.method == "GET" or not form.validate():
        shown = render_template("meetings/cancel.html", form=form, meeting=meeting)
        return shown, 200 if request.method == "GET" else 400
    services.cancel(db.session, meeting, why=form.why.data.strip())
    db.session.commit()
    flash(_("The meeting is cancelled. The members are being told."), "ok")
    return _back(meeting)
