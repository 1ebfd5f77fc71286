"""The start page, consultations, and the outbox."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from consult.consultations import queries as consultation_queries
from consult.consultations import receipts
from consult.consultations import services as consultations
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import begin_writing, db
from consult.core.errors import NotFound
from consult.core.i18n import _, _l, locale, ngettext
from consult.dossiers import queries as dossiers
from consult.keyholders import queries as keyholders
from consult.mail import queries as mail
from consult.mail.models import Letter
from consult.notices.sought import LONGEST, Sought
from consult.opinions import drafting
from consult.opinions import queries as opinions
from consult.opinions.guarding import of_ours
from consult.people.access import may, requires, running_mandates, signed_in
from consult.people.rules import MandateRole, Permission, Role
from consult.web import spaces
from consult.workspace import gathering, layout, queries
from consult.workspace.moments import left_words
from consult.workspace.rules import Task, listed
from consult.workspace.standing import STAGES, standing
from consult.workspace.waiting import courses, followed_bodies, next_dates, tasks, title_of

CAPACITIES = {
    MandateRole.FULL_MEMBER: _l("full member"),
    MandateRole.ALTERNATE: _l("alternate"),
    MandateRole.SECRETARY: _l("secretary"),
    MandateRole.TREASURER: _l("treasurer"),
    MandateRole.UNION_REPRESENTATIVE: _l("union representative"),
    MandateRole.EXPERT_GUEST: _l("invited expert"),
    MandateRole.CHAIR: _l("chair, for the employer"),
}

bp = Blueprint("workspace", __name__, url_prefix=spaces.WORKSPACE)


@bp.record_once
def _set_up(state: BlueprintSetupState) -> None:
    state.app.context_processor(layout.context)


@bp.get("/")
@requires(Permission.WORKSPACE_USE)
def start() -> ResponseReturnValue:
    account, today = signed_in(), clock.today()
    followed = courses(db.session, account, on=today)
    waiting = tasks(db.session, account, followed, on=today)
    shown, number, is_last = listed(waiting, today, request.args.get("page", ""))
    return render_template(
        "workspace/start.html",
        account=account,
        mandates=running_mandates(account),
        pressing=[one for one in shown if one.is_pressing(today)],
        later=[one for one in shown if one.is_mine and not one.is_pressing(today)],
        others=[one for one in shown if not one.is_mine],
        number=number,
        is_last=is_last,
        key=keyholders.of_account(db.session, account.id) if may(Permission.KEY_HOLD) else None,
        dates=next_dates(followed, on=today),
        capacities=CAPACITIES,
        when=when,
    )


def when(task: Task) -> tuple[str, str]:
    """Tone and words of a task's day."""
    today = clock.today()
    left = task.days_left(today)
    if left is None:
        waited = (today - task.since).days if task.since is not None else 0
        if waited:
            return "warn", ngettext("For %(num)s day", "For %(num)s days", waited)
        return "accent", _("Now")
    return left_words(left, is_proposed=task.is_proposed)


@bp.get("/consultations", endpoint="consultations")
@requires(Permission.NOTICE_FOLLOW)
def followed() -> ResponseReturnValue:
    bodies = followed_bodies(signed_in())
    sought = Sought.read(request.args)
    after = request.args.get("after")
    page = (
        queries.followed_with(db.session, sought, body_ids=bodies, locale=locale(), after=after)
        if sought
        else queries.followed(db.session, body_ids=bodies, after=after)
    )
    return render_template(
        "workspace/consultations.html", page=page, title_of=title_of, stages=STAGES, sought=sought,
        longest=LONGEST,
    )  # fmt: skip


@bp.get("/consultations/<uuid:consultation_id>")
@requires(Permission.NOTICE_FOLLOW, of=consultation_queries.even_of_file)
def consultation(consultation: Consultation) -> ResponseReturnValue:
    """On a file without a notice, the page of the file."""
    if consultation.notice.is_file:
        ident = dossiers.of_consultation(db.session, consultation.id)
        return redirect(url_for("dossiers.page", dossier_id=ident), 303)
    account = signed_in()
    if receipts.unopened(db.session, consultation.notice_id, account.id):
        begin_writing(db.session)
        noted = consultation_queries.by_id(db.session, consultation.id)
        assert noted is not None, "it was there a moment ago"
        consultations.note_opening(db.session, noted.notice, account=account, at=clock.now())
        db.session.commit()
        consultation = noted
    return render_template(
        "workspace/consultation.html",
        page=standing(db.session, consultation, account, on=clock.today()),
        title=title_of(consultation.notice),
        stages=STAGES,
        when=when,
        day_of=clock.day_of,
        account_id=account.id,
    )


# ── outgoing mail ──────────────────────────────────────────────────────────────


def _is_demo() -> bool:
    return bool(current_app.extensions["consult.settings"].demo)


def _letter(session: Session, letter_id: UUID) -> Letter | None:
    """One letter's text is shown in a demonstration only."""
    return mail.letter(session, letter_id) if _is_demo() else None


@bp.get("/outbox")
@requires(Permission.OUTBOX_READ)
def outbox() -> ResponseReturnValue:
    if not _is_demo() and signed_in().role is not Role.ADMINISTRATOR:
        raise NotFound
    return render_template(
        "workspace/outbox.html", letters=mail.latest(db.session), is_demo=_is_demo(), day_of=clock.day_of
    )


@bp.get("/outbox/<uuid:letter_id>")
@requires(Permission.OUTBOX_READ, of=_letter)
def letter(letter: Letter) -> ResponseReturnValue:
    return render_template("workspace/letter.html", letter=letter)


@bp.post("/outbox/run")
@requires(Permission.OUTBOX_READ)
def run_jobs() -> ResponseReturnValue:
    if not _is_demo():
        raise NotFound
    current_app.extensions["consult.run_jobs"](db.session, now=clock.now())
    flash(_("The waiting jobs have run: mail is delivered, what was due to open is open."), "ok")
    return redirect(url_for("workspace.outbox"), 303)


@bp.post("/consultations/<uuid:consultation_id>/opinion/gather")
@requires(Permission.WORKSPACE_USE, of=of_ours)
def gather(consultation: Consultation) -> ResponseReturnValue:
    """Brings unanswered questions and published themes into the draft, in one step."""
    draft = opinions.draft(db.session, consultation.id)
    if draft is None:
        raise NotFound
    before, ident = draft.newest.number, consultation.id
    brought = gathering.for_draft(db.session, consultation)
    version = drafting.bring_in(db.session, draft, brought, actor=signed_in(), on=clock.today())
    number = version.number
    db.session.commit()
    if number == before:
        flash(_("There is nothing more to bring in."), "accent")
    else:
        flash(_("Brought in: version %(number)s is kept.", number=number), "ok")
    return redirect(url_for("opinions.draft", consultation_id=ident), 303)
