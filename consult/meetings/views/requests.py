"""Requests for an extraordinary meeting: asked, supported, sent."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound, WrongState
from consult.core.i18n import _
from consult.meetings import queries, requesting
from consult.meetings.forms import RequestForm
from consult.meetings.models import MeetingRequest
from consult.meetings.rules import Ground, NotEnoughSupport
from consult.meetings.views.room import bp
from consult.meetings.words import GROUNDS
from consult.people import queries as people
from consult.people.access import acting_body_ids, acting_mandate, may, requires, signed_in
from consult.people.models import Body
from consult.people.rules import Permission
from consult.questions import queries as questions
from consult.web.fields import options
from consult.web.filters import text_of


def _body_of() -> Body:
    """The body asked for, among those one acts for; the only one where it is not said."""
    mine = acting_body_ids(signed_in())
    bodies = [one for one in people.bodies(db.session) if one.id in mine]
    wanted = request.args.get("body", "")
    found = [one for one in bodies if not wanted or str(one.id) == wanted]
    if not found:
        raise NotFound
    return found[0]


@bp.route("/meetings/requests/new", methods=["GET", "POST"])
@requires(Permission.MEETING_REQUEST)
def request_meeting() -> ResponseReturnValue:
    """A member asks for a meeting."""
    body = _body_of()
    form = RequestForm.submitted() if request.method == "POST" else RequestForm()
    form.questions.choices = options(_open_questions(body))
    if request.method == "GET" or not form.validate():
        page = render_template("meetings/request_new.html", form=form, body=body)
        return page, 200 if request.method == "GET" else 400
    offered = {key for key, _text in _open_questions(body)}
    asked = requesting.ask(
        db.session, body, ground=Ground(form.ground.data), reason=form.reason.data.strip(),
        questions=[one for one in form.questions.data or () if one in offered], actor=signed_in(),
        mandate=acting_mandate(signed_in(), body.id), on=clock.today(), once=form.once_id,
    )  # fmt: skip
    ident = asked.id
    db.session.commit()
    flash(_("The request is open: the other members can support it."), "ok")
    return redirect(url_for("meetings.request", request_id=ident), 303)


def known(session: Session, request_id: UUID) -> MeetingRequest | None:
    """A request for whoever may know of it: before it is sent, those who act for its body, and nobody whom
    the body only lets read (an expert is no member)."""
    asked = queries.request(session, request_id)
    is_sent = asked is not None and asked.sent_on is not None
    return asked if asked is not None and (is_sent or asked.body_id in acting_body_ids(signed_in())) else None


def _open_questions(body: Body) -> list[tuple[str, str]]:
    """What the body asked and got no answer to, in the consultations that run."""
    return [
        (str(one.id), f"{one.number}. {text_of(one.text)}")
        for one in questions.open_of_body(db.session, body.id)
    ]


@bp.get("/meetings/requests/<uuid:request_id>", endpoint="request")
@requires(Permission.MEETING_FOLLOW, of=known)
def show(asked: MeetingRequest) -> ResponseReturnValue:
    return _page(asked, 200)


def _page(asked: MeetingRequest, status: int) -> ResponseReturnValue:
    have, needed = requesting.counted(db.session, asked, on=clock.today())
    ours = asked.body_id in acting_body_ids(signed_in()) and may(Permission.MEETING_REQUEST)
    mine = acting_mandate(signed_in(), asked.body_id).id if ours else None
    shown = render_template(
        "meetings/request.html",
        asked=asked,
        have=have,
        needed=needed,
        grounds=GROUNDS,
        ours=ours,
        supported=any(one.mandate_id == mine for one in asked.supports),
        questions=questions.by_ids(db.session, [UUID(one) for one in asked.question_ids]),
    )
    return shown, status


@bp.post("/meetings/requests/<uuid:request_id>/support")
@requires(Permission.MEETING_REQUEST, of=queries.request)
def support(asked: MeetingRequest) -> ResponseReturnValue:
    """One's support, given or taken back."""
    is_for = request.form.get("is_for") != "no"
    requesting.support(db.session, asked, acting_mandate(signed_in(), asked.body_id), is_for=is_for)
    db.session.commit()
    flash(_("Your support is counted.") if is_for else _("Your support is taken back."), "ok")
    return redirect(url_for("meetings.request", request_id=asked.id), 303)


@bp.post("/meetings/requests/<uuid:request_id>/send")
@requires(Permission.MEETING_REQUEST, of=queries.request)
def send_request(asked: MeetingRequest) -> ResponseReturnValue:
    ident = asked.id
    try:
        requesting.send(db.session, asked, on=clock.today())
    except NotEnoughSupport as error:
        db.session.rollback()
        flash(
            _("%(have)s support it, %(needed)s are needed.", have=error.have, needed=error.needed), "accent"
        )
    except WrongState:
        db.session.rollback()
        flash(_("It was sent already. Nothing was done twice."), "accent")
    else:
        db.session.commit()
        flash(_("The employer is being told."), "ok")
    return redirect(url_for("meetings.request", request_id=ident), 303)
