"""Pages of this room: the body appoints, the expert asks and reports, the employer answers or challenges."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from consult.commitments import queries as commitments
from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound, WrongState
from consult.core.i18n import _
from consult.core.localized import Localized
from consult.experts import queries, services
from consult.experts.forms import AnswerForm, AppointForm, AskForm, ChallengeForm, ReportForm
from consult.experts.models import InformationRequest, Mission
from consult.experts.rules import HasExpert, MissionOver, NoExpert, Unseatable, is_over, proposed_end
from consult.files import queries as file_queries
from consult.files import serving, words
from consult.files.rules import FileRefused
from consult.files.uploads import takes_file
from consult.people.access import acting_body_ids, may, requires, signed_in, weigh
from consult.people.rules import PREPARES, NotAdopted, Permission, majority, opening_with_article
from consult.procedures.loading import template
from consult.web import spaces

bp = Blueprint("experts", __name__, url_prefix=spaces.WORKSPACE)
_ROUTE = "/experts/<uuid:mission_id>"


@bp.route("/consultations/<uuid:consultation_id>/expert", methods=["GET", "POST"])
@requires(Permission.EXPERT_APPOINT, of=consultations.by_id)
def appoint(consultation: Consultation) -> ResponseReturnValue:
    """The body appoints an expert, on a resolution."""
    if consultation.body.kind in PREPARES:
        status = 200 if request.method == "GET" else 409
        page = render_template("consultations/prepares.html", consultation=consultation, what="expert")
        return page, status
    if not consultation.template or not template(consultation.template).has_expert:
        raise NotFound
    source = commitments.source_of(consultation.notice)
    if request.method == "GET":
        return _appoint_page(consultation, _proposed(consultation, source), 200)
    form = AppointForm.submitted().written_in(source)
    if not form.validate():
        return _appoint_page(consultation, form, 400)
    ident = consultation.id
    try:
        mission = services.appoint(
            db.session, consultation, firm=form.firm.data.strip(), name=form.name.data,
            email=form.email.data or "", locale=form.locale.data, subject=form.localized("subject"),
            text=_naming(form.localized("text"), form.firm.data.strip()), votes=form.tally,
            room_until=form.room_until.data, actor=signed_in(), decided_on=form.decided_on.data,
            on=clock.today(),
        )  # fmt: skip
    except HasExpert:
        db.session.rollback()
        flash(_("An expert is appointed already. Nothing was done twice."), "accent")
        return redirect(url_for("workspace.consultation", consultation_id=ident), 303)
    except (NotAdopted, NoExpert, Unseatable, WrongState) as error:
        db.session.rollback()
        again = consultations.by_id(db.session, ident)
        assert again is not None
        if isinstance(error, Unseatable):
            form.email.errors = [_("This address belongs to somebody who cannot be an expert here.")]
        return _appoint_page(again, form, 409, why=type(error).__name__)
    if mission.account.password_hash is None:
        current_app.extensions["consult.invite"](db.session, mission.account, now=clock.now())
    mission_id = mission.id
    weigh(consultation.body, form.tally, on=form.decided_on.data)
    db.session.commit()
    flash(_("The expert is appointed. The dates were counted again."), "ok")
    return redirect(url_for("experts.room", mission_id=mission_id), 303)


def _proposed(consultation: Consultation, source: str) -> AppointForm:
    today = clock.today()
    limit = consultations.state(db.session, consultation, on=today).limit
    form = AppointForm(decided_on=today, room_until=max(proposed_end(limit, today), today)).written_in(source)
    body = consultation.body.name
    texts = {
        "fr": _RESOLUTION["fr"].format(body=opening_with_article(body), firm=_BLANK),
        "en": _RESOLUTION["en"].format(body=body, firm=_BLANK),
    }
    form.propose("text", texts)
    return form


_RESOLUTION = {
    "fr": "{body} décide de recourir à un expert habilité (art. L. 2315-94, 2° du code du travail), désigne "
    "{firm}, adopte le cahier des charges annexé et mandate son secrétaire pour exécuter la présente "
    "délibération.",
    "en": "{body} decides to use an accredited expert (L2315-94, 2°), appoints {firm}, adopts the attached "
    "specification and mandates its secretary to carry out this resolution.",
}
"""A text to start from, to be reviewed by counsel."""
_BLANK = "…"
"""The firm, which the form asks for above the text."""


def _naming(text: Localized, firm: str) -> Localized:
    """The text with the firm where the proposal left its place open: nobody adopts a blank."""
    texts = {lang: said.replace(_BLANK, firm, 1) for lang, said in text.texts.items()}
    return Localized.of(fr=texts.get("fr", ""), en=texts.get("en", ""), source=text.source)


def _appoint_page(
    consultation: Consultation, form: AppointForm, status: int, why: str = ""
) -> ResponseReturnValue:
    run = consultations.run(db.session, consultation, on=clock.today())
    page = render_template(
        "experts/appoint.html",
        form=form,
        consultation=consultation,
        reference=run.template.clock.limit_ref if run is not None else "",
        limit=run.limit.expires_on if run is not None else None,
        needed=majority(sum(form.tally.values())),
        why=why,
    )
    return page, status


@bp.get(_ROUTE)
@requires(Permission.NOTICE_FOLLOW, of=queries.by_id)
def room(mission: Mission) -> ResponseReturnValue:
    """The mission, its requests and its report; what the notice holds is one link away."""
    account, today = signed_in(), clock.today()
    is_open = not is_over(mission.ended_on, mission.room_until, today)
    return render_template(
        "experts/room.html",
        mission=mission,
        on=today,
        is_open=is_open,
        is_theirs=mission.account_id == account.id and may(Permission.EXPERT_ROOM) and is_open,
        is_ours=mission.consultation.body_id in acting_body_ids(account) and may(Permission.EXPERT_APPOINT),
    )


def _theirs(mission: Mission) -> None:
    """Only the expert of that mission. Raises `NotFound`."""
    if mission.account_id != signed_in().id:
        raise NotFound


@bp.route(f"{_ROUTE}/requests/new", methods=["GET", "POST"])
@requires(Permission.EXPERT_ROOM, of=queries.by_id)
def ask(mission: Mission) -> ResponseReturnValue:
    """The expert asks the employer."""
    _theirs(mission)
    form = AskForm.submitted() if request.method == "POST" else AskForm()
    form.written_in(commitments.source_of(mission.consultation.notice))
    if request.method == "GET" or not form.validate():
        page = render_template("experts/ask.html", form=form, mission=mission)
        return page, 200 if request.method == "GET" else 400
    try:
        services.ask(db.session, mission, text=form.localized("text"), on=clock.today(), once=form.once_id)
    except MissionOver:
        db.session.rollback()
        form.form_errors.append(_("The mission is over: nothing can be added to it."))
        return render_template("experts/ask.html", form=form, mission=mission), 409
    db.session.commit()
    flash(_("The employer is being told. The time to answer runs."), "ok")
    return redirect(url_for("experts.room", mission_id=mission.id), 303)


@bp.route("/experts/requests/<uuid:request_id>", methods=["GET", "POST"])
@requires(Permission.EXPERT_ANSWER, of=queries.request)
def answer(asked: InformationRequest) -> ResponseReturnValue:
    """The employer answers the expert, once."""
    form = AnswerForm.submitted() if request.method == "POST" else AnswerForm()
    form.written_in(commitments.source_of(asked.mission.consultation.notice))
    done = redirect(url_for("experts.room", mission_id=asked.mission_id), 303)
    if asked.answered_on is not None:
        flash(_("This request has its answer already. Nothing was done twice."), "accent")
        return done
    if request.method == "GET" or not form.validate():
        page = render_template("experts/answer.html", form=form, asked=asked)
        return page, 200 if request.method == "GET" else 400
    services.answer(db.session, asked, text=form.localized("text"), actor=signed_in(), on=clock.today())
    db.session.commit()
    flash(_("The expert is being told."), "ok")
    return done


@bp.route(f"{_ROUTE}/challenge", methods=["GET", "POST"])
@requires(Permission.EXPERT_ANSWER, of=queries.by_id)
def challenge(mission: Mission) -> ResponseReturnValue:
    """The employer says that it went to court, and later when the judgment was notified."""
    known = {"filed_on": mission.challenged_on, "judged_on": mission.judged_on}
    form = ChallengeForm.submitted() if request.method == "POST" else ChallengeForm(data=known)
    if request.method == "GET" or not form.validate():
        page = render_template("experts/challenge.html", form=form, mission=mission)
        return page, 200 if request.method == "GET" else 400
    try:
        services.challenge(
            db.session, mission, filed_on=form.filed_on.data, judged_on=form.judged_on.data, on=clock.today()
        )
    except MissionOver:
        db.session.rollback()
        form.form_errors.append(_("The mission is over: nothing can be added to it."))
        return render_template("experts/challenge.html", form=form, mission=mission), 409
    db.session.commit()
    flash(_("The period was counted again."), "ok")
    return redirect(url_for("experts.room", mission_id=mission.id), 303)


@bp.route(f"{_ROUTE}/report", methods=["GET", "POST"])
@takes_file
@requires(Permission.EXPERT_ROOM, of=queries.by_id)
def report(mission: Mission) -> ResponseReturnValue:
    """The expert hands in the report."""
    _theirs(mission)
    form = ReportForm.submitted() if request.method == "POST" else ReportForm()
    if request.method == "GET":
        return render_template("experts/report.html", form=form, mission=mission)
    chosen = form.file.data
    try:
        if not isinstance(chosen, FileStorage) or not chosen.filename:
            raise LookupError
        services.report(db.session, mission, upload=chosen.stream, name=chosen.filename, on=clock.today())
    except LookupError:
        form.file.errors = [_("Choose a file.")]
    except FileRefused as refused:
        form.file.errors = [words.refusal_words(refused)]
    except (MissionOver, WrongState):
        form.file.errors = [_("The report was handed in, or the mission is over.")]
    else:
        db.session.commit()
        flash(_("The report is handed in. Both sides are being told."), "ok")
        return redirect(url_for("experts.room", mission_id=mission.id), 303)
    ident = mission.id
    db.session.rollback()
    again = queries.by_id(db.session, ident)
    return render_template("experts/report.html", form=form, mission=again), 400


@bp.get(f"{_ROUTE}/report/file")
@requires(Permission.NOTICE_FOLLOW, of=queries.by_id)
def report_file(mission: Mission) -> ResponseReturnValue:
    file = file_queries.by_hash(db.session, mission.report) if mission.report else None
    if file is None:
        raise NotFound
    return serving.answer(file, mission.report_name, for_employees=False)


@bp.post(f"{_ROUTE}/end")
@requires(Permission.EXPERT_APPOINT, of=queries.by_id)
def end(mission: Mission) -> ResponseReturnValue:
    """The body ends the mission."""
    if mission.ended_on is None:
        services.end(db.session, mission, on=clock.today())
        db.session.commit()
        flash(_("The mission is over. The expert’s access ends today."), "ok")
    return redirect(url_for("experts.room", mission_id=mission.id), 303)
