"""Sending a notice to a body, what to check before, withdrawing it, and its poster."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.consultations import poster as posters
from consult.consultations import queries, reaching, receipts, services
from consult.consultations import state as states
from consult.consultations.before import Dated, NotExplained
from consult.consultations.checking import checks
from consult.consultations.forms import SendForm, WithdrawForm
from consult.consultations.models import Consultation
from consult.consultations.rules import (
    AlreadySent,
    NobodyToSendTo,
)
from consult.consultations.views.room import bp
from consult.core import clock
from consult.core.db import db
from consult.core.errors import WrongState
from consult.core.i18n import _
from consult.notices import duties, fields, readiness
from consult.notices import queries as notices
from consult.notices.fields import MILESTONE_KINDS
from consult.notices.models import Notice, Revision
from consult.notices.rules import NoticeState, NotReady, Review
from consult.people import queries as people
from consult.people.access import requires, signed_in
from consult.people.models import Body
from consult.people.rules import Permission
from consult.web.downloads import download


@bp.route("/notices/<slug>/send", methods=["GET", "POST"])
@requires(Permission.NOTICE_SEND, of=notices.by_slug)
def send(notice: Notice) -> ResponseReturnValue:
    if notice.state is NoticeState.WITHDRAWN:
        raise WrongState("notice", notice.state)
    if request.method == "GET":
        # A later revision goes out long after the day employees could first read the notice.
        day = max(notice.readable_on or notice.held_until or clock.today(), clock.today())
        form = SendForm(readable_on=day)
        offered = _still_without(notice)
        early = _early(notice, offered)
        return _send_page(notice, form.asking(early), early, offered)
    form = SendForm.submitted()
    body = _chosen(form)
    if body is not None and _has_it(notice, body):
        return _sent_before(notice, body)
    offered = _still_without(notice)
    early = _early(notice, [body] if body is not None else offered)
    form.offering(offered, outside=_outside(notice, offered))
    form.asking(early, request.form).written_in(_source(notice))
    if not form.validate() or body is None:
        return _send_page(notice, form, early, offered, status=400)
    return _send(notice, form, early, body)


def _text(notice: Notice) -> Revision:
    revision = notices.draft(notice) or notices.published(notice)
    assert revision is not None, "a notice has a revision"
    return revision


def _source(notice: Notice) -> str:
    return readiness.source_of(_text(notice))


def _early(notice: Notice, bodies: Sequence[Body]) -> list[Dated]:
    """Dates of the text that goes out which come before the end of the procedure, as it would run."""
    return states.if_sent(db.session, notice, _text(notice), bodies, on=clock.today())


def _send(notice: Notice, form: SendForm, early: list[Dated], body: Body) -> ResponseReturnValue:
    slug, body_id = notice.slug, body.id
    try:
        sending = services.send(
            db.session,
            notice,
            body=body,
            actor=signed_in(),
            on=clock.today(),
            held_until=form.readable_on.data,
            reasons=form.reasons(early),
        )
    except AlreadySent:
        db.session.rollback()
        return _sent_before(_again(slug), body)
    except NotReady as error:
        db.session.rollback()
        form.form_errors.append(_("Something is still missing in the notice: it is listed below."))
        return _send_page(_again(slug), form, early, status=400, missing=error.missing)
    except NotExplained as error:
        db.session.rollback()
        again, early = _again(slug), error.before.unexplained
        form.asking(early, request.form).written_in(_source(again)).validate()
        return _send_page(again, form, early, status=400)
    except NobodyToSendTo:
        db.session.rollback()
        form.body.errors = [_("This body has no member on the staff side today: nobody would receive it.")]
        return _send_page(_again(slug), form, early, status=400)
    consultation_id = sending.consultation_id
    db.session.commit()
    name = people.body(db.session, body_id)
    flash(
        _(
            "Sent to %(body)s. Its members are being told by e-mail.",
            body=name.name if name is not None else "",
        ),
        "ok",
    )
    return redirect(url_for("workspace.consultation", consultation_id=consultation_id), 303)


def _again(slug: str) -> Notice:
    found = notices.by_slug(db.session, slug)
    assert found is not None
    return found


def _chosen(form: SendForm) -> Body | None:
    try:
        return people.body(db.session, UUID(str(form.body.data)))
    except ValueError:
        return None


def _has_it(notice: Notice, body: Body) -> bool:
    """Whether there is nothing new for that body: it has the text there is, and none is being written."""
    return notices.draft(notice) is None and body not in _still_without(notice)


def _still_without(notice: Notice) -> list[Body]:
    """The bodies that have not the text that would be sent: all of them where a new one is written."""
    bodies = list(people.bodies_with_scope(db.session))
    revision = notices.published(notice)
    if notices.draft(notice) is not None or revision is None:
        return bodies
    have = receipts.having(db.session, revision.id)
    return [one for one in bodies if one.id not in have]


def _outside(notice: Notice, bodies: Sequence[Body]) -> frozenset[UUID]:
    """Bodies that stand for none of the establishments named in the text that would be sent."""
    revision = notices.draft(notice) or notices.published(notice)
    assert revision is not None
    named = reaching.concerned(revision, people.establishments(db.session))
    return reaching.outside(bodies, named)


def _sent_before(notice: Notice, body: Body) -> ResponseReturnValue:
    """A second click, or a second person: said calmly, nothing was done twice."""
    consultation = queries.of_body(db.session, notice.id, body.id)
    assert consultation is not None
    flash(_("%(body)s has it already. Nothing was sent twice.", body=body.name), "accent")
    return redirect(url_for("workspace.consultation", consultation_id=consultation.id), 303)


def _send_page(
    notice: Notice, form: SendForm, early: list[Dated], offered: list[Body] | None = None, *,
    status: int = 200, missing: tuple[tuple[str, str], ...] | None = None,
) -> ResponseReturnValue:  # fmt: skip
    draft, revision = notices.draft(notice), _text(notice)
    form.written_in(readiness.source_of(revision))
    if missing is None:
        missing = readiness.missing(revision, is_first=revision.number == 1) if draft is not None else ()
    bodies = _still_without(notice) if offered is None else offered
    page = render_template(
        "consultations/send.html",
        notice=notice,
        revision=revision,
        form=form.offering(bodies, outside=_outside(notice, bodies)),
        bodies=bodies,
        parity=readiness.parity(revision),
        source=readiness.source_of(revision),
        early=early,
        kinds=MILESTONE_KINDS,
        in_review=draft is not None and draft.review is Review.IN_REVIEW,
        blocked=[_blocker(notice, key, language) for key, language in missing],
    )
    return page, status


def _blocker(notice: Notice, key: str, language: str) -> dict[str, str]:
    """One thing that is missing, as a link to its place in the editor."""
    url = url_for("notices.edit", slug=notice.slug, section=fields.section_of(key).value)
    return {"url": f"{url}#{key}_{language}", "text": str(fields.label_of(key))}


@bp.get("/notices/<slug>/checks", endpoint="checks")
@requires(Permission.NOTICE_WRITE, of=notices.by_slug)
def check(notice: Notice) -> ResponseReturnValue:
    """What to check before sending: questions, never conclusions."""
    draft, revision = notices.draft(notice), _text(notice)
    return render_template(
        "consultations/checks.html",
        notice=notice,
        revision=revision,
        is_draft=draft is not None,
        is_sent=notices.published(notice) is not None,
        page=checks(db.session, notice, on=clock.today()),
        certainties=duties.CERTAINTIES,
        section_of=fields.section_of,
    )


@bp.route("/notices/<slug>/withdraw", methods=["GET", "POST"])
@requires(Permission.NOTICE_SEND, of=notices.by_slug)
def withdraw(notice: Notice) -> ResponseReturnValue:
    revision = notices.published(notice)
    if revision is None or notice.state is not NoticeState.PUBLISHED:
        raise WrongState("notice", notice.state)
    form = WithdrawForm() if request.method == "GET" else WithdrawForm.submitted()
    form.written_in(readiness.source_of(revision))
    if request.method == "GET" or not form.validate():
        status = 200 if request.method == "GET" else 400
        bodies = [one.body.name for one in queries.of_notice(db.session, notice.id)]
        page = render_template(
            "consultations/withdraw.html", notice=notice, revision=revision, form=form, bodies=bodies
        )
        return page, status
    services.withdraw(
        db.session, notice, reason=form.localized("reason"), actor=signed_in(), on=clock.today()
    )
    slug = notice.slug
    db.session.commit()
    flash(_("The notice is withdrawn. Its reason stands on its page, and the body is being told."), "ok")
    return redirect(url_for("reading.notice_signed", slug=slug), 303)


# ── the poster ─────────────────────────────────────────────────────────────────


@bp.get("/consultations/<uuid:consultation_id>/poster.pdf")
@requires(Permission.NOTICE_FOLLOW, of=queries.even_of_file)
def poster(consultation: Consultation) -> ResponseReturnValue:
    """Made anew each time, since it carries the access word in force."""
    today, address = clock.today(), current_app.config["CONSULT_ADDRESS"]
    made = posters.poster(db.session, consultation, address=address, on=today)
    name = _("poster-%(notice)s.pdf", notice=consultation.notice.slug)
    return download(made, "application/pdf", name)
