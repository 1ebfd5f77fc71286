"""A theme at the desk: its title and synthesis, the messages under it, publishing, merging."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.anonymity.sealing import TooLong
from consult.anonymity.thresholds import Outlet
from consult.concerns import queries, sealed, services
from consult.concerns.forms import MergeForm, ThemeForm
from consult.concerns.queries import PAGE_SIZE, ThemeAtDesk
from consult.concerns.rules import NotEnoughToPublish, OneSynthesisOnly
from consult.concerns.views.room import (
    Named,
    bp,
    bytes_in,
    card,
    commit,
    name_of,
    named_themes,
    nowhere_else,
    page,
    sitting,
    uuid_in,
)
from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.i18n import _
from consult.people.access import requires
from consult.people.rules import Permission
from consult.web.fields import options

KEY_HOLD = Permission.KEY_HOLD


@bp.route("/letterboxes/<box>/themes/<uuid:theme_id>", methods=["GET", "POST"])
@requires(KEY_HOLD, of=queries.theme_at_desk)
def theme(at: ThemeAtDesk) -> ResponseReturnValue:
    key = sitting(at)
    if request.method == "POST":
        return _write(at, key)
    form = ThemeForm()
    form.fill(sealed.read(key, at.theme.sealed_draft))
    form.version.data = str(at.theme.version)
    form.mark()
    return _shown(at, key, form)


def _write(at: ThemeAtDesk, key: bytes) -> ResponseReturnValue:
    """Saves what was typed, and publishes it where that was asked."""
    form = ThemeForm.submitted()
    publishing = request.form.get("act") == "publish"
    is_valid = form.validate()
    if publishing:
        is_valid = form.is_complete() and is_valid
        is_valid = form.is_safe() and is_valid
    if not is_valid:
        return _shown(at, key, form, 400)
    try:
        services.write_theme(
            db.session, at.theme, at.letterbox, draft=form.draft(), version=form.version_read
        )
        if publishing:
            services.publish_theme(
                db.session, at.theme, at.letterbox, private_key=key, on=clock.today(), erase=form.erase.data
            )
    except EditedMeanwhile:
        return _conflict(at, key, form)
    except (TooLong, NotEnoughToPublish, WrongState) as error:
        db.session.rollback()
        form.refuse(_why_not(error))
        return _shown(at, key, form, 400 if isinstance(error, TooLong) else 409)
    address = url_for(".theme", box=at.box, theme_id=at.theme.id)
    commit(at, key)
    flash(_("Theme published.") if publishing else _("Saved, and sealed."), "ok")
    return redirect(address, 303)


def _why_not(error: Exception) -> str:
    said: str = _("Nothing changed since it was published.")
    if isinstance(error, TooLong):
        said = _("This is too long to be sealed. Shorten it.")
    elif isinstance(error, OneSynthesisOnly):
        said = _("Fewer than ten people wrote: one synthesis can be published, and one is.")
    elif isinstance(error, NotEnoughToPublish):
        said = _("Not enough messages to publish this safely. Take it up orally with the employer.")
    return said


def _conflict(at: ThemeAtDesk, key: bytes, form: ThemeForm) -> ResponseReturnValue:
    """Somebody saved first: both texts, for whoever may read both."""
    db.session.rollback()
    theirs, mine = sealed.read(key, at.theme.sealed_draft), form.draft()
    conflicts = [
        {
            "label": str(form[name.replace("-", "_")].label.text),
            "mine": mine[name],
            "theirs": theirs.get(name, ""),
            "lang": name[-2:],
        }
        for name in mine
        if mine[name] != theirs.get(name, "")
    ]
    back = url_for(".theme", box=at.box, theme_id=at.theme.id)
    return render_template("errors/409.html", conflicts=conflicts, back_url=back, **nowhere_else()), 409


def _shown(
    at: ThemeAtDesk, key: bytes, form: ThemeForm, status: int = 200, merge: MergeForm | None = None
) -> ResponseReturnValue:
    rows = queries.messages_of(db.session, at.theme.id, after=bytes_in(request.args.get("after")))
    quotable = queries.quotable_batches(db.session, at.letterbox)
    cards = [card(voice, concern, key, quotable) for voice, concern in rows[:PAGE_SIZE]]
    others = [one for one in named_themes(at, key) if one.theme.id != at.theme.id]
    outlet = queries.outlet(db.session, at.letterbox)
    return page(
        "theme",
        at,
        status,
        form=form,
        merge=merge if merge is not None else _merge_form(others),
        theme=at.theme,
        theme_name=name_of(at.theme, key),
        number=queries.counted(db.session, at.theme.id),
        cards=cards,
        older=cards[-1].message if len(rows) > PAGE_SIZE else None,
        others=others,
        outlet=str(outlet),
        is_closed=at.letterbox.is_closed,
        counts=outlet is Outlet.QUOTATION,
    )


def _merge_form(others: list[Named], typed: Any = None) -> MergeForm:
    form = MergeForm(typed)
    form.into.choices = options([("", _("Choose a theme")), *((one.value, one.name) for one in others)])
    return form


@bp.post("/letterboxes/<box>/themes/<uuid:theme_id>/merge")
@requires(KEY_HOLD, of=queries.theme_at_desk)
def merge(at: ThemeAtDesk) -> ResponseReturnValue:
    """Everything under this theme goes under another; this one, never published, is forgotten."""
    key = sitting(at)
    others = [one for one in named_themes(at, key) if one.theme.id != at.theme.id]
    form = _merge_form(others, request.form)
    if not form.validate():
        page_form = ThemeForm()
        page_form.fill(sealed.read(key, at.theme.sealed_draft))
        page_form.version.data = str(at.theme.version)
        return _shown(at, key, page_form, 400, form)
    into = next(one for one in others if one.theme.id == uuid_in(form.into.data))
    into_id, name = into.theme.id, into.name
    services.merge(db.session, at.theme, into.theme, at.letterbox)
    commit(at, key)
    flash(_("Merged into “%(theme)s”.", theme=name), "ok")
    return redirect(url_for(".theme", box=at.box, theme_id=into_id), 303)
