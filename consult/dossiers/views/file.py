"""A file: listed, opened, read, changed, supported."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.anonymity.sealing import TooLong
from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound, WrongState
from consult.core.i18n import _
from consult.dossiers import queries, services
from consult.dossiers.forms import EditForm, OpenForm
from consult.dossiers.models import Dossier
from consult.dossiers.rules import ALLOWED, FileState, NobodyHoldsAKey, Seen, System
from consult.dossiers.views.room import ROUTE, back, bp, is_ours, known, my_bodies
from consult.dossiers.words import SEEN, STATES
from consult.keyholders.models import Keyholder
from consult.people import queries as people
from consult.people.access import acting_body_ids, acting_mandate, may, reader_of, requires, signed_in
from consult.people.models import Body
from consult.people.rules import ACTING, Permission
from consult.voices import queries as voices
from consult.voices.rules import Told
from consult.web.fields import options
from consult.web.pagination import page_of, typed_cursor
from consult.web.readers import Side, may_read


@bp.get("/dossiers")
@requires(Permission.NOTICE_FOLLOW)
def listing() -> ResponseReturnValue:
    """The files of one's bodies; for the employer, those that were sent."""
    account = signed_in()
    reader = reader_of(account)
    after = typed_cursor(request.args.get("after"), date.fromisoformat, UUID)
    if reader.side is Side.EMPLOYER:
        rows = queries.page_sent(db.session, after=after)
        page = page_of(rows, lambda one: (one.sent_on.isoformat(), one.id))
    else:
        acting = acting_body_ids(account) if may(Permission.FILE_OPEN) else frozenset()
        rows = queries.page(db.session, acting=acting, following=reader.body_ids, after=after)
        page = page_of(rows, lambda one: (one.opened_on.isoformat(), one.id))
    return render_template(
        "dossiers/list.html", rows=page.rows, older=page.older, states=STATES, seen=SEEN,
        is_employer=reader.side is Side.EMPLOYER,
    )  # fmt: skip


@bp.route("/dossiers/new", methods=["GET", "POST"])
@requires(Permission.FILE_OPEN)
def open_file() -> ResponseReturnValue:
    """A member opens a file."""
    bodies = my_bodies()
    if not bodies:
        raise NotFound
    form = OpenForm.submitted() if request.method == "POST" else OpenForm()
    if len(bodies) > 1:
        form.body.choices = options((str(one.id), one.name) for one in bodies)
    else:
        del form.body
    if request.method == "GET" or not form.validate():
        return _open_page(form, 200 if request.method == "GET" else 400)
    body = next(one for one in bodies if len(bodies) == 1 or str(one.id) == form.body.data)
    try:
        dossier = _opened(form, body)
    except (NobodyHoldsAKey, TooLong) as error:
        db.session.rollback()
        form.source.errors = [_refused(error)]
        return _open_page(form, 400)
    ident = dossier.id
    db.session.commit()
    flash(_("The file is open. Your body alone knows of it."), "ok")
    return back(ident)


def _opened(form: OpenForm, body: Body) -> Dossier:
    dossier = services.open_file(
        db.session, body, _told(form), actor=signed_in(),
        mandate=acting_mandate(signed_in(), body.id), on=clock.today(), once=form.once_id,
    )  # fmt: skip
    source = (form.source.data or "").strip()
    if source and not dossier.sources:
        services.seal_source(db.session, dossier, source, on=clock.today())
    return dossier


def _told(form: EditForm) -> System:
    return System(
        name=form.name.data.strip(),
        place=form.place.data.strip(),
        since=(form.since.data or "").strip(),
        seen=Seen(form.seen.data),
        known=(form.known.data or "").strip(),
    )


def _refused(error: Exception) -> str:
    if isinstance(error, NobodyHoldsAKey):
        why = _(
            "No member of your body holds a key yet, so this could be sealed to nobody, and is not kept. Set"
            " up a key first, or leave this empty."
        )
        return str(why)
    return str(_("This is too long to be sealed. Shorten it a little."))


def _open_page(form: OpenForm, status: int) -> ResponseReturnValue:
    return render_template("dossiers/open.html", form=form), status


@bp.get(ROUTE)
@requires(Permission.NOTICE_FOLLOW, of=known)
def page(dossier: Dossier) -> ResponseReturnValue:
    """The file as this reader may know it."""
    today, ours = clock.today(), is_ours(dossier)
    reader, notice = reader_of(signed_in()), dossier.notice
    consultation = dossier.consultation
    box = None
    if consultation is not None and consultation.letterbox_id is not None:
        box = voices.letterbox(db.session, consultation.letterbox_id)
    members = [
        one for one in people.staff_members(db.session, dossier.body_id, on=today) if one.role in ACTING
    ]
    sitting = {one.id for one in members}
    supporters = [one.mandate for one in dossier.supports if one.mandate_id in sitting]
    return render_template(
        "dossiers/page.html",
        dossier=dossier,
        ours=ours,
        on=today,
        states=STATES,
        seen=SEEN,
        acts={str(one) for one in ALLOWED[dossier.state]},
        members=len(members),
        supporters=[one.account.name for one in supporters],
        supported=any(one.account_id == signed_in().id for one in supporters),
        able=[one.account.name for one in _able(dossier)] if ours else [],
        notice=notice if notice is not None and may_read(notice.audience, reader, on=today) else None,
        box=box,
        told=Told.of(box.told) if box is not None else None,
    )


def _able(dossier: Dossier) -> list[Keyholder]:
    return services.able_to_read(db.session, dossier, on=clock.today())


@bp.route(f"{ROUTE}/edit", methods=["GET", "POST"])
@requires(Permission.FILE_OPEN, of=known)
def edit(dossier: Dossier) -> ResponseReturnValue:
    """What the body knows, until it is sent."""
    if dossier.state is not FileState.DRAFT:
        raise WrongState("file", dossier.state)
    given = {one: getattr(dossier, one) for one in ("name", "place", "since", "known")}
    form = EditForm(data={**given, "seen": dossier.seen.value})
    if request.method == "POST":
        form = EditForm.submitted()
    if request.method == "GET" or not form.validate():
        shown = render_template("dossiers/edit.html", form=form, dossier=dossier)
        return shown, 200 if request.method == "GET" else 400
    services.rewrite(db.session, dossier, _told(form))
    db.session.commit()
    flash(_("The file is changed."), "ok")
    return back(dossier.id)


@bp.post(f"{ROUTE}/support")
@requires(Permission.FILE_OPEN, of=known)
def support(dossier: Dossier) -> ResponseReturnValue:
    """One's support, given or taken back."""
    is_for = request.form.get("is_for") != "no"
    services.support(db.session, dossier, acting_mandate(signed_in(), dossier.body_id), is_for=is_for)
    db.session.commit()
    flash(_("Your support is counted.") if is_for else _("Your support is taken back."), "ok")
    return redirect(url_for("dossiers.page", dossier_id=dossier.id), 303)
