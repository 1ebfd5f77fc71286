"""Which procedures run: beside a notice, and what an agreement says instead of a template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from consult.consultations import dates, queries, recording
from consult.consultations.date_forms import AgreedForm, ChooseForm
from consult.consultations.models import Consultation, SideProcedure
from consult.consultations.rules import ProcedureThere
from consult.consultations.views.room import bp
from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound, WrongState
from consult.core.i18n import _, locale
from consult.notices import queries as notices
from consult.notices.models import Notice
from consult.people.access import may, reader_of, requires, signed_in
from consult.people.rules import Permission
from consult.procedures.loading import templates
from consult.web.filters import text_of
from consult.web.pagination import page_of, typed_cursor
from consult.web.readers import may_read

# ── beside a notice ────────────────────────────────────────────────────────────


@bp.route("/notices/<slug>/procedures", methods=["GET", "POST"])
@requires(Permission.NOTICE_FOLLOW, of=notices.by_slug)
def procedures(notice: Notice) -> ResponseReturnValue:
    """The consultations of a notice and what runs beside them; the employer may add one."""
    if notices.published(notice) is None and not may(Permission.NOTICE_WRITE):
        raise NotFound
    form = ChooseForm.submitted() if request.method == "POST" else ChooseForm()
    form.offering(_addable(notice))
    if request.method == "GET":
        return _beside_page(notice, form, 200)
    if not may(Permission.NOTICE_SEND):
        raise WrongState("notice", "not yours to change")
    if not form.validate():
        return _beside_page(notice, form, 400)
    try:
        made = recording.beside(
            db.session, notice, key=form.template.data, because=form.because.data.strip(),
            actor=signed_in(), on=clock.today(),
        )  # fmt: skip
    except ProcedureThere:
        db.session.rollback()
        flash(_("That procedure runs already. Nothing was done twice."), "accent")
        return redirect(url_for("consultations.procedures", slug=notice.slug), 303)
    except WrongState:
        db.session.rollback()
        form.form_errors.append(_("This notice was withdrawn: nothing can be added to it."))
        return _beside_page(notice, form, 409)
    db.session.commit()
    flash(_("The procedure runs beside the consultations from today."), "ok")
    return redirect(url_for("consultations.side", side_id=made.id), 303)


def _addable(notice: Notice) -> list[tuple[str, str]]:
    """Those without an opinion that may concern the organisation and do not run yet."""
    offered = set(queries.offered_procedures(db.session))
    there = {one.template for one in queries.side_procedures(db.session, notice.id)}
    there |= {one.template for one in queries.of_notice(db.session, notice.id)}
    return [
        (key, one.label.shown(locale()))
        for key, one in templates().items()
        if key in offered and not one.has_opinion and key not in there
    ]


def _beside_page(notice: Notice, form: ChooseForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "consultations/procedures.html",
        notice=notice,
        revision=notices.published(notice),
        form=form,
        consultations=queries.of_notice(db.session, notice.id),
        sides=queries.side_procedures(db.session, notice.id),
        templates=templates(),
    )
    return page, status


@bp.post("/procedures/beside/<uuid:side_id>/end")
@requires(Permission.NOTICE_SEND, of=queries.side_procedure)
def end_beside(side: SideProcedure) -> ResponseReturnValue:
    if side.ended_on is None:
        recording.end_beside(db.session, side, why="", on=clock.today())
        db.session.commit()
        flash(_("The procedure no longer runs. What was recorded of it stays."), "ok")
    return redirect(url_for("consultations.procedures", slug=side.notice.slug), 303)


# ── what was agreed ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Settable:
    """A consultation as the administrator sees it: its procedure, not what was said in it. It names no
    audience: an agreement on periods may be recorded before the notice is readable."""

    consultation: Consultation

    @property
    def title(self) -> str:
        """Empty where the administrator may not read the notice yet."""
        notice = self.consultation.notice
        revision = notices.published(notice)
        is_read = may_read(notice.audience, reader_of(signed_in()), on=clock.today())
        return text_of(revision.title) if revision is not None and is_read else ""


def _settable(session: Session, consultation_id: UUID) -> Settable | None:
    found = queries.by_id(session, consultation_id)
    return Settable(found) if found is not None and found.template else None


@bp.get("/procedures")
@requires(Permission.PROCEDURE_SET)
def agreements() -> ResponseReturnValue:
    """Every consultation that follows a procedure, the latest first."""
    after = typed_cursor(request.args.get("after"), date.fromisoformat, UUID)
    rows = queries.with_procedure(db.session, after=after)
    page = page_of(rows, lambda one: (one.opened_on.isoformat(), one.id))
    return render_template(
        "consultations/agreements.html",
        rows=[Settable(one) for one in page.rows],
        older=page.older,
        templates=templates(),
    )


@bp.get("/procedures/<uuid:consultation_id>")
@requires(Permission.PROCEDURE_SET, of=_settable)
def agreement(settable: Settable) -> ResponseReturnValue:
    return _agreement_page(settable, AgreedForm(), ChooseForm(data=_current(settable)), 200)


def _current(settable: Settable) -> dict[str, str]:
    one = settable.consultation
    return {"template": f"{one.template}/{one.variant}"}


def _choices(followed: str) -> list[tuple[str, str]]:
    """Every procedure that may concern the organisation, and the one followed; each variant of it that
    somebody may have to choose by hand."""
    found = []
    offered = {followed, *queries.offered_procedures(db.session)}
    for key, one in templates().items():
        if key not in offered:
            continue
        name = one.label.shown(locale())
        found.append((f"{key}/", name))
        found += [(f"{key}/{each.key}", f"{name} – {each.key}") for each in one.variants]
    return found


def _agreement_page(
    settable: Settable, agreed: AgreedForm, choose: ChooseForm, status: int
) -> ResponseReturnValue:
    consultation = settable.consultation
    template = templates()[consultation.template]
    page = render_template(
        "consultations/agreement.html",
        settable=settable,
        consultation=consultation,
        template=template,
        agreed=agreed.offering(template),
        choose=choose.offering(_choices(consultation.template)),
        page=dates.of_consultation(db.session, consultation, on=clock.today()),
    )
    return page, status


@bp.post("/procedures/<uuid:consultation_id>/agreed")
@requires(Permission.PROCEDURE_SET, of=_settable)
def agree(settable: Settable) -> ResponseReturnValue:
    """What an agreement or a judge set, instead of the template."""
    consultation = settable.consultation
    template = templates()[consultation.template]
    form = AgreedForm.submitted().offering(template)
    if not form.validate():
        return _agreement_page(settable, form, ChooseForm(data=_current(settable)), 400)
    key = form.key.data
    recording.override(
        db.session, consultation, key=key, value=form.period or "", reason=form.reason.data.strip(),
        agreed_on=form.agreed_on.data, actor=signed_in(), on=clock.today(),
        name=dates.named(template, key),
    )  # fmt: skip
    db.session.commit()
    flash(_("What was agreed counts from now on, and both sides read it."), "ok")
    return redirect(url_for("consultations.agreement", consultation_id=consultation.id), 303)


@bp.post("/procedures/<uuid:consultation_id>/followed")
@requires(Permission.PROCEDURE_SET, of=_settable)
def follow(settable: Settable) -> ResponseReturnValue:
    """Another procedure, or another variant."""
    consultation = settable.consultation
    form = ChooseForm.submitted().offering(_choices(consultation.template))
    if not form.validate():
        return _agreement_page(settable, AgreedForm(), form, 400)
    key, _slash, variant = form.template.data.partition("/")
    try:
        recording.choose(
            db.session, consultation, key=key, variant=variant, reason=form.because.data.strip(),
            on=clock.today(),
        )  # fmt: skip
    except ProcedureThere:
        db.session.rollback()
        form.template.errors = [_("This consultation follows it already.")]
        return _agreement_page(settable, AgreedForm(), form, 400)
    db.session.commit()
    flash(_("The consultation follows this procedure from now on."), "ok")
    return redirect(url_for("consultations.agreement", consultation_id=consultation.id), 303)
