"""The employer’s reasoned response, point by point."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.commitments import queries as commitments
from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import db
from consult.core.errors import WrongState
from consult.core.i18n import _
from consult.opinions import queries, responding
from consult.opinions.forms import (
    ResponseForm,
    response_form,
)
from consult.opinions.models import Opinion
from consult.opinions.rules import (
    PointsMissing,
    ResponseExists,
)
from consult.opinions.views.room import ROUTE, bp, whole
from consult.people.access import requires, signed_in
from consult.people.rules import Permission


@bp.route(f"{ROUTE}/response", methods=["GET", "POST"])
@requires(Permission.RESPONSE_GIVE, of=consultations.by_id)
def respond(consultation: Consultation) -> ResponseReturnValue:
    """The reasoned response, point by point; once given, each point may become a commitment."""
    opinion = queries.of_consultation(db.session, consultation.id)
    if opinion is None:
        if request.method == "POST":
            raise WrongState("opinion", "not given")
        return render_template("opinions/none_yet.html", consultation=consultation)
    build = response_form(opinion.points)
    source = commitments.source_of(consultation.notice)
    if request.method == "GET":
        if opinion.response is not None:
            return _answered_page(opinion)
        return _respond_page(opinion, build().written_in(source))
    form = build.submitted().written_in(source).name_points(opinion.points)
    if not form.validate():
        return _respond_page(opinion, form, status=400)
    return _record_response(consultation, opinion, form)


def _record_response(consultation: Consultation, opinion: Opinion, form: ResponseForm) -> ResponseReturnValue:
    try:
        responding.respond(
            db.session,
            opinion,
            text=form.localized("text"),
            points=form.answers(opinion.points),
            actor=signed_in(),
            on=clock.today(),
            once=form.once_id,
        )
    except PointsMissing as error:
        db.session.rollback()
        form.mark_missing(error.numbers)
        return _respond_page(opinion, form, status=400)
    except ResponseExists:
        db.session.rollback()
        return _answered_page(opinion, typed=form, status=409)
    db.session.commit()
    flash(_("The reasoned response is given. %(body)s was told.", body=consultation.body.name), "ok")
    return redirect(url_for("opinions.respond", consultation_id=consultation.id), 303)


def _respond_page(opinion: Opinion, form: ResponseForm, status: int = 200) -> ResponseReturnValue:
    page = render_template("opinions/respond.html", form=form, **whole(opinion))
    return page, status


def _answered_page(
    opinion: Opinion, typed: ResponseForm | None = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template("opinions/answered.html", typed=typed, **whole(opinion))
    return page, status
