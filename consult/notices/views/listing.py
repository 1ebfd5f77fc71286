"""HR's list of notices, and a new one."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.i18n import _, locale, words
from consult.core.wording import reworded
from consult.notices import fields, queries, services, starting
from consult.notices.content import Content
from consult.notices.forms import COPY, EMPTY, NewForm
from consult.notices.offers import offers
from consult.notices.sought import LONGEST, Sought, sites_of
from consult.notices.views import page
from consult.notices.views.blueprint import bp
from consult.people import queries as people
from consult.people.access import requires, signed_in
from consult.people.rules import Permission
from consult.web.filters import plain_of

MOST = 50
"""Notices offered for a copy; an older one offers itself from its own page."""


@bp.get("/notices", endpoint="list")
@requires(Permission.NOTICE_WRITE)
def list_() -> ResponseReturnValue:
    stages: dict[str, Any] = current_app.extensions["consult.stages"]
    sites = sites_of(one.name for one in people.establishments(db.session))
    sought = Sought.read(request.args, stages=stages, sites=sites, states=fields.LISTED)
    found = queries.all_of_hr(db.session, sought=sought, locale=locale(), after=request.args.get("after"))
    older: dict[str, Any] = sought.then(found.older) if found.older else {}
    states = {str(value): words for value, (_tone, _icon, words) in fields.LISTED.items()}
    return render_template(
        "notices/list.html",
        rows=[page.row(notice) for notice in found.rows],
        older_url=url_for("notices.list", **older) if older else None,
        is_first="after" not in request.args,
        sought=sought,
        offers=offers(sought, stages=stages, sites=sites, states=states),
        longest=LONGEST,
    )


@bp.get("/notices/new")
@requires(Permission.NOTICE_WRITE)
def new() -> ResponseReturnValue:
    """``copied``: the address part of a notice to copy, chosen already."""
    copied = request.args.get("copied", "")
    data = {"source": locale(), "start": EMPTY, "copied": ""}
    if copied and queries.by_slug(db.session, copied) is not None:
        data |= {"start": COPY, "copied": copied}
    return _shown(_offering(NewForm(data=data), copied))


@bp.post("/notices/new")
@requires(Permission.NOTICE_WRITE)
def create() -> ResponseReturnValue:
    form = _offering(NewForm.submitted(), request.form.get("copied", ""))
    if not form.validate():
        return _shown(form), 400
    text = _first_text(form)
    title = form.localized if form.title.data or text is None else text.title
    notice = services.create(
        db.session, title=title, actor=signed_in(), on=clock.today(), once=form.once_id, text=text
    )
    where = url_for("notices.edit", slug=notice.slug)
    db.session.commit()
    flash(_("The draft is there. Only those who write notices here can read it until it is sent."), "ok")
    return redirect(where, 303)


def _first_text(form: NewForm) -> Content | None:
    """What the notice begins with, if anything."""
    if form.start.data == COPY:
        other = queries.by_slug(db.session, form.copied.data)
        if other is None:
            raise NotFound
        newest = services.content_of(other.revisions[-1])
        return starting.copy_of(newest, form.source.data)
    starter = starting.load().get(form.start.data)
    if starter is None:
        return None
    return starting.content_of(starting.in_words(starter, _reword), form.source.data)


def _reword(text: str, language: str) -> str:
    """A starter in the words of the organisation."""
    return reworded(text, words(), language)


def _offering(form: NewForm, copied: str) -> NewForm:
    """The form with what there is to start from: starters, the newest notices, and the one asked for."""
    notices = {one.slug: plain_of(one.revisions[-1].title) for one in queries.recent(db.session, MOST)}
    if copied and copied not in notices and (one := queries.by_slug(db.session, copied)) is not None:
        notices[copied] = plain_of(one.revisions[-1].title)
    starters = {key: one.title[locale()] for key, one in starting.load().items()}
    return form.offering(dict(sorted(starters.items(), key=lambda one: one[1].casefold())), notices)


def _shown(form: NewForm) -> str:
    explain = {EMPTY: _("Every field to write, with what each is for.")}
    explain |= {key: one.when[locale()] for key, one in starting.load().items()}
    explain[COPY] = _("Its texts and tables, without its dates, its files and what followed.")
    return render_template("notices/new.html", form=form, explain=explain, most=MOST)
