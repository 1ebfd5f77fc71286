"""Where a file leads: a letterbox, a notice, its end."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.commitments import queries as commitments
from consult.consultations import queries as consultations
from consult.core import clock
from consult.core.db import db
from consult.core.errors import WrongState
from consult.core.i18n import _, locale
from consult.dossiers import listening, services
from consult.dossiers.forms import CloseForm, LinkForm, WordingForm
from consult.dossiers.models import Dossier
from consult.dossiers.rules import ALLOWED, Act, FileState, NotLinkable
from consult.dossiers.views.room import ROUTE, back, bp, known, written_in
from consult.notices import queries as notices
from consult.notices.models import Notice
from consult.people.access import reader_of, requires, signed_in
from consult.people.rules import Permission
from consult.web.readers import may_read


@bp.route(f"{ROUTE}/letterbox", methods=["GET", "POST"])
@requires(Permission.LETTERBOX_OPEN, of=known)
def ask_employees(dossier: Dossier) -> ResponseReturnValue:
    """What employees will read; the letterbox itself is opened on the page that follows."""
    if dossier.consultation_id is not None:
        return _letterbox(dossier)
    if dossier.state not in {FileState.SENT, FileState.ANSWERED}:
        raise WrongState("file", dossier.state)
    form = WordingForm(data={f"title_{written_in()}": dossier.name})
    if request.method == "POST":
        form = WordingForm.submitted()
    form.written_in(written_in())
    if request.method == "GET" or not form.validate():
        shown = render_template("dossiers/wording.html", form=form, dossier=dossier)
        return shown, 200 if request.method == "GET" else 400
    listening.prepare(
        db.session, dossier, title=form.localized("title"), about=form.localized("about"), actor=signed_in(),
        on=clock.today(),
    )  # fmt: skip
    db.session.commit()
    return _letterbox(dossier)


def _letterbox(dossier: Dossier) -> ResponseReturnValue:
    where = url_for("consultations.open_letterbox", consultation_id=dossier.consultation_id)
    return redirect(where, 303)


@bp.route(f"{ROUTE}/notice", methods=["GET", "POST"])
@requires(Permission.FILE_OPEN, of=known)
def link(dossier: Dossier) -> ResponseReturnValue:
    """Ties the file to the notice that came."""
    if Act.LINK not in ALLOWED[dossier.state]:
        raise WrongState("file", dossier.state)
    offered = _offered(dossier)
    form = LinkForm.submitted() if request.method == "POST" else LinkForm()
    form.offering([(one.slug, commitments.title_of(one, locale())) for one in offered.values()])
    if request.method == "GET" or not form.validate():
        shown = render_template("dossiers/link.html", form=form, dossier=dossier, offered=offered)
        return shown, 200 if request.method == "GET" else 400
    chosen = notices.by_slug(db.session, form.notice.data)
    if chosen is None:
        raise NotLinkable
    services.link(db.session, dossier, chosen, on=clock.today())
    db.session.commit()
    flash(_("The file is tied to the notice."), "ok")
    return back(dossier.id)


def _offered(dossier: Dossier) -> dict[str, Notice]:
    """Notices before that body which this person may read, the latest first."""
    reader, today = reader_of(signed_in()), clock.today()
    found = consultations.running_before(db.session, [dossier.body_id])
    return {one.notice.slug: one.notice for one in found if may_read(one.audience, reader, on=today)}


@bp.route(f"{ROUTE}/close", methods=["GET", "POST"])
@requires(Permission.FILE_OPEN, of=known)
def close(dossier: Dossier) -> ResponseReturnValue:
    """The body closes it, with a reason."""
    if Act.CLOSE not in ALLOWED[dossier.state]:
        raise WrongState("file", dossier.state)
    form = CloseForm.submitted() if request.method == "POST" else CloseForm()
    if request.method == "GET" or not form.validate():
        shown = render_template("dossiers/close.html", form=form, dossier=dossier)
        return shown, 200 if request.method == "GET" else 400
    services.close(db.session, dossier, why=form.why.data.strip(), on=clock.today())
    db.session.commit()
    flash(_("The file is closed."), "ok")
    return back(dossier.id)
