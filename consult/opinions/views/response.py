"""The employer’s reasoned response, point by point: written in one go or in several, then given."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage, MultiDict

from consult.commitments import queries as commitments
from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, NotFound, WrongState
from consult.core.i18n import _
from consult.files import queries as stored
from consult.files import serving, words
from consult.files.rules import FileRefused
from consult.files.uploads import takes_file
from consult.notices.rules import NoticeState
from consult.opinions import pending, queries, responding, response_drafts
from consult.opinions.models import Opinion, ResponseFile
from consult.opinions.pending import Written
from consult.opinions.points import AnswerIncomplete
from consult.opinions.response_forms import (
    FileForm,
    ResponseForm,
    kept_of,
    response_form,
    start_of,
)
from consult.opinions.rules import (
    PointsMissing,
    ResponseExists,
)
from consult.opinions.views.room import ROUTE, bp, whole
from consult.people.access import may, requires, signed_in
from consult.people.rules import Permission


@bp.route(f"{ROUTE}/response", methods=["GET", "POST"])
@requires(Permission.RESPONSE_GIVE, of=consultations.by_id)
def respond(consultation: Consultation) -> ResponseReturnValue:
    """The reasoned response, point by point; once given, what is still open may be followed up."""
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
        return _respond_page(opinion, _started(opinion, build).written_in(source))
    form = build.submitted().written_in(source).name_points(opinion.points)
    if request.form.get("act") == "save":
        return _save(opinion, form)
    if not form.validate():
        return _respond_page(opinion, form, status=400)
    return _record_response(consultation, opinion, form)


def _started(opinion: Opinion, build: type[ResponseForm]) -> ResponseForm:
    """As it was left, or with each point as what would be promised."""
    kept = pending.draft(db.session, opinion.id)
    if kept is None:
        return build(data=start_of(opinion.points))
    return build(MultiDict({**kept.content, "draft": str(kept.version)}))


def _save(opinion: Opinion, form: ResponseForm) -> ResponseReturnValue:
    ident = opinion.consultation_id
    try:
        response_drafts.save(
            db.session, opinion, kept_of(request.form.to_dict()), base=form.base, actor=signed_in(),
            on=clock.today(),
        )  # fmt: skip
    except ResponseExists:
        db.session.rollback()
        return _answered_page(_again(ident), typed=form, status=409)
    except WrongState:
        db.session.rollback()
        return _respond_page(_again(ident), form, status=409)
    except EditedMeanwhile:
        db.session.rollback()
        found = _again(ident)
        theirs = pending.draft(db.session, found.id)
        form.draft.data = str(theirs.version) if theirs is not None else "0"  # read again, it may be saved
        return _respond_page(found, form, status=409, theirs=theirs)
    db.session.commit()
    flash(_("The draft is kept. Only human resources read it."), "ok")
    return redirect(url_for("opinions.respond", consultation_id=ident), 303)


def _again(consultation_id: Any) -> Opinion:
    found = queries.of_consultation(db.session, consultation_id)
    if found is None:
        raise NotFound
    return found


def _record_response(consultation: Consultation, opinion: Opinion, form: ResponseForm) -> ResponseReturnValue:
    try:
        responding.respond(
            db.session,
            opinion,
            text=form.localized("text"),
            points=form.answers(opinion.points),
            actor=signed_in(),
            on=clock.today(),
            in_part=bool(form.in_part.data),
            once=form.once_id,
        )
    except PointsMissing as error:
        db.session.rollback()
        form.mark(error.numbers, _("Say what you answer, or give the response in part."))
        return _respond_page(opinion, form, status=400)
    except AnswerIncomplete as error:
        db.session.rollback()
        form.mark([error.code], _("Something is missing in this answer."))
        return _respond_page(opinion, form, status=400)
    except ResponseExists:
        db.session.rollback()
        return _answered_page(opinion, typed=form, status=409)
    except WrongState:
        db.session.rollback()
        return _respond_page(opinion, form, status=409)
    db.session.commit()
    flash(_("The reasoned response is given. %(body)s was told.", body=consultation.body.name), "ok")
    return redirect(url_for("opinions.respond", consultation_id=consultation.id), 303)


def _respond_page(
    opinion: Opinion, form: ResponseForm, status: int = 200, theirs: Any = None
) -> ResponseReturnValue:
    page = render_template(
        "opinions/respond.html",
        form=form,
        draft=pending.draft(db.session, opinion.id),
        theirs=theirs,
        is_over=opinion.consultation.notice.state is not NoticeState.PUBLISHED,
        **whole(opinion),
    )
    return page, status


def _answered_page(
    opinion: Opinion, typed: ResponseForm | None = None, status: int = 200
) -> ResponseReturnValue:
    is_over = opinion.consultation.notice.state is not NoticeState.PUBLISHED
    page = render_template("opinions/answered.html", typed=typed, is_over=is_over, **whole(opinion))
    return page, status


# ── the draft, and the files to give with it ────────────────────────────────────


@bp.get(f"{ROUTE}/response/draft")
@requires(Permission.NOTICE_FOLLOW, of=pending.draft_of)
def response_draft(written: Written) -> ResponseReturnValue:
    """What the employer's side is writing, to be read by its side alone."""
    if not may(Permission.RESPONSE_GIVE):
        raise NotFound  # a chair is the employer, and writes nothing of it
    opinion = written.opinion
    source = commitments.source_of(opinion.consultation.notice)
    form = response_form(opinion.points)(MultiDict(written.draft.content)).written_in(source)
    return render_template("opinions/response_draft.html", form=form, draft=written.draft, **whole(opinion))


@bp.post(f"{ROUTE}/response/draft/drop")
@requires(Permission.RESPONSE_GIVE, of=consultations.by_id)
def drop_response_draft(consultation: Consultation) -> ResponseReturnValue:
    opinion = _again(consultation.id)
    response_drafts.drop(db.session, opinion)
    db.session.commit()
    flash(_("The draft is thrown away."), "ok")
    return redirect(url_for("opinions.respond", consultation_id=consultation.id), 303)


@bp.route(f"{ROUTE}/response/files", methods=["GET", "POST"])
@takes_file
@requires(Permission.RESPONSE_GIVE, of=consultations.by_id)
def response_files(consultation: Consultation) -> ResponseReturnValue:
    """Files to give with the response."""
    opinion = _again(consultation.id)
    form = FileForm.submitted() if request.method == "POST" else FileForm()
    if request.method == "GET":
        return _files_page(opinion, form)
    ident, chosen = consultation.id, form.file.data
    try:
        if not isinstance(chosen, FileStorage) or not chosen.filename:
            raise LookupError
        response_drafts.attach(
            db.session, opinion, upload=chosen.stream, name=chosen.filename, on=clock.today()
        )
    except LookupError:
        form.file.errors = [_("Choose a file.")]
    except FileRefused as refused:
        form.file.errors = [words.refusal_words(refused)]
    except response_drafts.TooManyFiles:
        form.file.errors = [_("%(most)s files at most.", most=response_drafts.MOST_FILES)]
    except (ResponseExists, WrongState):
        form.file.errors = [_("The response was given, or the notice was withdrawn.")]
    else:
        db.session.commit()
        flash(_("The file will be given with the response."), "ok")
        return redirect(url_for("opinions.response_files", consultation_id=ident), 303)
    db.session.rollback()
    return _files_page(_again(ident), form, status=400)


def _files_page(opinion: Opinion, form: FileForm, status: int = 200) -> ResponseReturnValue:
    return render_template("opinions/response_files.html", form=form, **whole(opinion)), status


@bp.post("/response-files/<uuid:file_id>/<name>/remove")
@requires(Permission.RESPONSE_GIVE, of=pending.file)
def remove_response_file(file: ResponseFile) -> ResponseReturnValue:
    ident = file.opinion.consultation_id
    try:
        response_drafts.detach(db.session, file)
    except ResponseExists:
        db.session.rollback()
        flash(_("This file was given with the response: it stays."), "accent")
    else:
        db.session.commit()
        flash(_("The file is taken out."), "ok")
    return redirect(url_for("opinions.response_files", consultation_id=ident), 303)


@bp.get("/response-files/<uuid:file_id>/<name>")
@requires(Permission.NOTICE_FOLLOW, of=pending.file)
def response_file(file: ResponseFile) -> ResponseReturnValue:
    """A file of the response; before it was given, for the employer's side alone."""
    kept = stored.by_hash(db.session, file.digest)
    if kept is None or (file.response_id is None and not may(Permission.RESPONSE_GIVE)):
        raise NotFound
    return serving.answer(kept, file.name, for_employees=False)
