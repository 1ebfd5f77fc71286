"""The minutes: written by the secretary alone, sent, adopted by the body; and the pack of a meeting."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, NotFound, WrongState
from consult.core.i18n import _, locale
from consult.meetings import packs, queries, services
from consult.meetings.forms import AdoptForm, MinutesForm
from consult.meetings.models import Meeting
from consult.meetings.rules import MINUTES_DAYS, MinutesState
from consult.meetings.views.room import bp, is_secretary
from consult.people.access import reader_of, requires, signed_in, weigh
from consult.people.rules import NotAdopted, Permission, majority
from consult.web.downloads import download

_ROUTE = "/meetings/<uuid:meeting_id>"


@bp.route(f"{_ROUTE}/minutes", methods=["GET", "POST"])
@requires(Permission.MINUTES_WRITE, of=queries.by_id)
def minutes(meeting: Meeting) -> ResponseReturnValue:
    """The secretary's draft, kept as often as one likes."""
    if not is_secretary(meeting.body_id):
        raise NotFound
    if meeting.minutes_state is MinutesState.ADOPTED:
        raise WrongState("minutes", meeting.minutes_state)
    texts = {f"text_{language}": text for language, text in meeting.minutes.texts.items()}
    if request.method == "GET":
        return _minutes_page(meeting, MinutesForm(data={**texts, "seen": str(meeting.version)}), 200)
    form = MinutesForm.submitted().written_in("fr")
    if not form.validate():
        return _minutes_page(meeting, form, 400)
    try:
        services.write_minutes(db.session, meeting, text=form.localized("text"), seen=form.version)
    except EditedMeanwhile:
        db.session.rollback()
        again = queries.by_id(db.session, meeting.id)
        assert again is not None
        form.seen.data = str(again.version)
        return _minutes_page(again, form, 409, is_stale=True)
    db.session.commit()
    flash(_("The minutes are kept. Nobody else reads them yet."), "ok")
    return redirect(url_for("meetings.page", meeting_id=meeting.id), 303)


def _minutes_page(
    meeting: Meeting, form: MinutesForm, status: int, is_stale: bool = False
) -> ResponseReturnValue:
    page = render_template(
        "meetings/minutes.html",
        meeting=meeting,
        form=form.written_in("fr"),
        is_stale=is_stale,
        within=MINUTES_DAYS,
    )
    return page, status


@bp.post(f"{_ROUTE}/minutes/send")
@requires(Permission.MINUTES_WRITE, of=queries.by_id)
def send_minutes(meeting: Meeting) -> ResponseReturnValue:
    if not is_secretary(meeting.body_id):
        raise NotFound
    services.send_minutes(db.session, meeting, on=clock.today())
    db.session.commit()
    flash(_("The minutes are sent. The reasoned response is counted from today."), "ok")
    return redirect(url_for("meetings.page", meeting_id=meeting.id), 303)


@bp.route(f"{_ROUTE}/minutes/adopt", methods=["GET", "POST"])
@requires(Permission.MINUTES_WRITE, of=queries.by_id)
def adopt_minutes(meeting: Meeting) -> ResponseReturnValue:
    """The body's vote on them."""
    if not is_secretary(meeting.body_id):
        raise NotFound
    if meeting.minutes_state is not MinutesState.SENT:
        raise WrongState("minutes", meeting.minutes_state)
    form = AdoptForm.submitted() if request.method == "POST" else AdoptForm()
    if request.method == "GET" or not form.validate():
        return _adopt_page(meeting, form, 200 if request.method == "GET" else 400)
    try:
        services.adopt_minutes(db.session, meeting, votes=form.tally, actor=signed_in(), on=clock.today())
    except NotAdopted:
        db.session.rollback()
        again = queries.by_id(db.session, meeting.id)
        assert again is not None
        return _adopt_page(again, form, 409)
    weigh(meeting.body, form.tally, on=clock.today())
    db.session.commit()
    flash(_("The minutes are adopted. They can no longer change."), "ok")
    return redirect(url_for("meetings.page", meeting_id=meeting.id), 303)


def _adopt_page(meeting: Meeting, form: AdoptForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "meetings/adopt.html",
        meeting=meeting,
        form=form,
        is_lost=status == 409,
        needed=majority(sum(form.tally.values())),
    )
    return page, status


@bp.get(f"{_ROUTE}/pack.pdf")
@requires(Permission.MEETING_FOLLOW, of=queries.by_id)
def pack(meeting: Meeting) -> ResponseReturnValue:
    """Numbered pieces of the meeting, for this reader."""
    made = packs.pack(db.session, meeting, reader=reader_of(signed_in()), lang=locale(), on=clock.today())
    return download(made, "application/pdf", f"{meeting.body.name}-{meeting.number}.pdf")
