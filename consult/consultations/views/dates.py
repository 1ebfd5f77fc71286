"""The procedure step by step: the days behind it, entered, contested, struck out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.consultations import dates, queries, recording, words
from consult.consultations.date_forms import ContestForm, EnterForm, StrikeForm
from consult.consultations.dates import CONTESTABLE, Entered
from consult.consultations.models import Consultation, SideProcedure
from consult.consultations.rules import MEETINGS, FactKind, NotContestable
from consult.consultations.views.room import bp
from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound, WrongState
from consult.core.i18n import _
from consult.people import delegations
from consult.people.access import acting_body_ids, may, requires, signed_in, weigh
from consult.people.rules import NotAdopted, Permission, majority
from consult.people.seats import DelegatedAct, NotDelegated
from consult.procedures.loading import template
from consult.web.filters import text_of

ROUTE = "/consultations/<uuid:consultation_id>"


@bp.get(f"{ROUTE}/procedure")
@requires(Permission.NOTICE_FOLLOW, of=queries.by_id)
def procedure(consultation: Consultation) -> ResponseReturnValue:
    page = dates.of_consultation(db.session, consultation, on=clock.today())
    if page is None:
        raise NotFound
    is_ours = consultation.body_id in acting_body_ids(signed_in())
    return _steps_page(page, back=_hub(consultation), may_contest=is_ours and may(Permission.FACT_CONTEST))


@bp.get("/procedures/beside/<uuid:side_id>")
@requires(Permission.NOTICE_FOLLOW, of=queries.side_procedure)
def side(side: SideProcedure) -> ResponseReturnValue:
    page = dates.of_side(db.session, side, on=clock.today())
    back = url_for("consultations.procedures", slug=side.notice.slug)
    return _steps_page(page, back=back, may_contest=False)


def _steps_page(page: dates.DatesPage, *, back: str, may_contest: bool) -> ResponseReturnValue:
    return render_template(
        "consultations/steps.html",
        page=page,
        back=back,
        may_contest=may_contest,
        contestable=CONTESTABLE,
        told=FactKind.TOLD,
        me=signed_in().id,
        is_consultation=isinstance(page.course, Consultation),
        actors=words.ACTORS,
        states=words.STATES,
        bases=words.BASES,
    )


@bp.route(f"{ROUTE}/days/new", methods=["GET", "POST"])
@requires(Permission.FACT_ENTER, of=queries.by_id)
def enter(consultation: Consultation) -> ResponseReturnValue:
    """A day of this consultation."""
    if not may(Permission.NOTICE_SEND) and consultation.body_id not in acting_body_ids(signed_in()):
        raise NotFound
    done = url_for("consultations.procedure", consultation_id=consultation.id)
    return _enter(consultation, done)


@bp.route("/procedures/beside/<uuid:side_id>/days/new", methods=["GET", "POST"])
@requires(Permission.FACT_ENTER, of=queries.side_procedure)
def enter_beside(side: SideProcedure) -> ResponseReturnValue:
    """A day of a procedure beside."""
    return _enter(side, url_for("consultations.side", side_id=side.id))


def _enter(course: recording.Course, done: str) -> ResponseReturnValue:
    if not course.template:
        raise NotFound
    keys = dates.enterable(template(course.template))
    form = EnterForm.submitted() if request.method == "POST" else EnterForm(data=_asked_key())
    form.offering(keys, ahead=frozenset(MEETINGS))
    if request.method == "GET" or not form.validate():
        return _enter_page(course, form, done, 200 if request.method == "GET" else 400)
    try:
        recording.enter(
            db.session, course, form.key.data, on=form.day.data, note=form.note.data or "",
            actor=signed_in(), name=form.names[form.key.data],
        )  # fmt: skip
    except WrongState:
        db.session.rollback()
        form.form_errors.append(_("This notice was withdrawn: nothing can be added to it."))
        return _enter_page(course, form, done, 409)
    db.session.commit()
    flash(_("The day is recorded. The dates that follow from it were counted again."), "ok")
    return redirect(done, 303)


def _asked_key() -> dict[str, str]:
    """What the link beside a step asks for."""
    return {"key": request.args.get("key", "")}


def _enter_page(course: recording.Course, form: EnterForm, back: str, status: int) -> ResponseReturnValue:
    return render_template("consultations/enter.html", form=form, course=course, back=back), status


@bp.route(f"{ROUTE}/days/<uuid:fact_id>/contest", methods=["GET", "POST"])
@requires(Permission.FACT_CONTEST, of=dates.entered)
def contest(entered: Entered) -> ResponseReturnValue:
    """The body says another day, or never."""
    form = ContestForm.submitted() if request.method == "POST" else ContestForm()
    consultation = entered.course
    if entered.fact.kind not in CONTESTABLE:
        raise NotFound
    assert isinstance(consultation, Consultation)
    form.under(
        delegations.running(
            db.session, consultation.body_id, signed_in(), DelegatedAct.CONTEST_DAY, on=clock.today()
        )
    )
    if request.method == "GET" or not form.validate():
        return _contest_page(entered, form, 200 if request.method == "GET" else 400)
    done = url_for("consultations.procedure", consultation_id=consultation.id)
    try:
        recording.contest(
            db.session, entered.fact, consultation, day=form.contested, why=form.why.data.strip(),
            votes=form.votes, delegation=form.delegation, actor=signed_in(), on=clock.today(),
            name=entered.name,
        )  # fmt: skip
    except (NotAdopted, NotDelegated, NotContestable, WrongState) as error:
        db.session.rollback()
        return _contest_page(entered, form, 409, why=type(error).__name__)
    weigh(consultation.body, form.votes, on=clock.today())
    db.session.commit()
    flash(_("The day is contested. From now on both dates are computed and shown."), "ok")
    return redirect(done, 303)


def _contest_page(entered: Entered, form: ContestForm, status: int, why: str = "") -> ResponseReturnValue:
    page = render_template(
        "consultations/contest.html",
        form=form,
        fact=entered.fact,
        name=entered.name,
        consultation=entered.course,
        needed=majority(sum(form.tally.values())),
        why=why,
    )
    return page, status


@bp.route(f"{ROUTE}/days/<uuid:fact_id>/strike", methods=["GET", "POST"])
@requires(Permission.FACT_ENTER, of=dates.entered)
def strike(entered: Entered) -> ResponseReturnValue:
    """Only a day one entered oneself."""
    fact = entered.fact
    if fact.kind is not FactKind.TOLD or fact.source or fact.recorded_by != signed_in().id:
        raise NotFound
    if fact.struck_on is not None:
        raise WrongState("fact", "struck")
    form = StrikeForm.submitted() if request.method == "POST" else StrikeForm()
    consultation = entered.course
    done = url_for("consultations.procedure", consultation_id=consultation.id)
    if request.method == "GET" or not form.validate():
        status = 200 if request.method == "GET" else 400
        page = render_template(
            "consultations/strike.html", form=form, fact=fact, name=text_of(entered.name), back=done
        )
        return page, status
    recording.strike(
        db.session, fact, consultation, why=form.why.data.strip(), on=clock.today(), name=entered.name
    )
    db.session.commit()
    flash(_("The day is struck out. It stays readable and no longer counts."), "ok")
    return redirect(done, 303)


def _hub(consultation: Consultation) -> str:
    return url_for("workspace.consultation", consultation_id=consultation.id)
