"""HR's list of notices, and a new one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.i18n import _, locale
from consult.notices import queries, services
from consult.notices.forms import NewForm
from consult.notices.views import page
from consult.notices.views.blueprint import bp
from consult.people.access import requires, signed_in
from consult.people.rules import Permission


@bp.get("/notices", endpoint="list")
@requires(Permission.NOTICE_WRITE)
def list_() -> ResponseReturnValue:
    found = queries.all_of_hr(db.session, after=request.args.get("after"))
    older = url_for("notices.list", after=found.older) if found.older else None
    return render_template(
        "notices/list.html",
        rows=[page.row(notice) for notice in found.rows],
        older_url=older,
        is_first="after" not in request.args,
    )


@bp.get("/notices/new")
@requires(Permission.NOTICE_WRITE)
def new() -> ResponseReturnValue:
    return render_template("notices/new.html", form=NewForm(data={"source": locale()}))


@bp.post("/notices/new")
@requires(Permission.NOTICE_WRITE)
def create() -> ResponseReturnValue:
    form = NewForm.submitted()
    if not form.validate():
        return render_template("notices/new.html", form=form), 400
    notice = services.create(
        db.session, title=form.localized, actor=signed_in(), on=clock.today(), once=form.once_id
    )
    where = url_for("notices.edit", slug=notice.slug)
    db.session.commit()
    flash(_("The draft is there. Only those who write notices here can read it until it is sent."), "ok")
    return redirect(where, 303)
