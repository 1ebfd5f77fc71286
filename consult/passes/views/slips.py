"""Paper slips: making them, and taking back those that were not used."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import begin_writing, db
from consult.core.errors import WrongState
from consult.core.i18n import _, locale
from consult.passes import queries, sheets, slips
from consult.passes.forms import RevokeForm, SlipsForm
from consult.passes.queries import Box
from consult.passes.rules import PER_SHEET, MadeMeanwhile, NothingToRevoke, suggested, whole_sheets
from consult.passes.views.room import bp
from consult.people import queries as people
from consult.people.access import requires
from consult.people.rules import Permission
from consult.voices.models import Letterbox
from consult.voices.rules import Phase
from consult.web.downloads import download

_PATH = "/letterboxes/<box>/slips"


@bp.get(_PATH, endpoint="slips")
@requires(Permission.RIGHTS_GIVE, of=queries.with_slips)
def page(box: Box) -> ResponseReturnValue:
    form = SlipsForm(number=suggested(_headcount(box)))
    return _page(box, form, 200)


@bp.post(_PATH, endpoint="make_slips")
@requires(Permission.RIGHTS_GIVE, of=queries.with_slips)
def make(box: Box) -> ResponseReturnValue:
    """The sheets, once. They are made before the lock, and handed out after the commit: nobody gets a code
    that opens nothing, and a print that fails leaves no right behind."""
    form = SlipsForm.submitted()
    _must_run(box.letterbox)
    if not form.validate():
        return _page(box, form, 400)
    today, letterbox_id, quota = clock.today(), box.letterbox.id, box.letterbox.quota
    number = whole_sheets(form.number.data)
    codes = slips.new_codes(number)
    common = sheets.common(db.session, box.letterbox, address=current_app.config["CONSULT_ADDRESS"])
    made = sheets.print_slips(common, box.letterbox, codes, on=today)
    rights = slips.rights_of(letterbox_id, quota, codes)
    begin_writing(db.session)
    letterbox = _again(letterbox_id)
    try:
        slips.make(db.session, letterbox, rights, number=number, seen=form.seen, on=today)
    except MadeMeanwhile:
        db.session.rollback()
        return _page(Box(_again(letterbox_id)), form, 409, is_late=True)
    db.session.commit()
    return download(made, "application/pdf", _("slips.pdf"))


@bp.get(_PATH + "/revoke", endpoint="revoke_slips")
@requires(Permission.RIGHTS_GIVE, of=queries.with_slips)
def ask(box: Box) -> ResponseReturnValue:
    _must_run(box.letterbox)
    return _asked(box, RevokeForm(), 200)


@bp.post(_PATH + "/revoke", endpoint="revoke_slips_now")
@requires(Permission.RIGHTS_GIVE, of=queries.with_slips)
def revoke(box: Box) -> ResponseReturnValue:
    form = RevokeForm.submitted()
    if not form.validate():
        return _asked(box, form, 400)
    address = box.address
    try:
        slips.revoke(db.session, box.letterbox, on=clock.today())
    except NothingToRevoke:
        db.session.rollback()
        flash(_("No slip is in circulation. Nothing was changed."), "accent")
    else:
        db.session.commit()
        flash(_("The slips that were not used are revoked. You can make new ones."), "ok")
    return redirect(url_for("passes.slips", box=address), 303)


# ── what the pages show ────────────────────────────────────────────────────────


def _page(box: Box, form: SlipsForm, status: int, *, is_late: bool = False) -> tuple[str, int]:
    """The page with what the record says; it never says how many slips were used, nor how many are left."""
    acts = queries.slip_acts(db.session, box.letterbox)
    form.after.data = form.after.raw_data = str(len(acts))
    page = render_template(
        "passes/slips.html",
        box=box,
        form=form,
        title=_title(box),
        acts=acts,
        are_out=queries.are_slips_out(db.session, box.letterbox),
        is_late=is_late,
        is_running=slips.is_running(box.letterbox, clock.today()),
        per_sheet=PER_SHEET,
        headcount=_headcount(box),
    )
    return page, status


def _asked(box: Box, form: RevokeForm, status: int) -> tuple[str, int]:
    return render_template("passes/revoke_slips.html", box=box, form=form, title=_title(box)), status


def _title(box: Box) -> str:
    told = box.letterbox.told.get("title", {})
    return str(told.get(locale()) or told.get("fr") or "")


def _headcount(box: Box) -> int:
    """Employees the body stands for; 0 where it is not known."""
    body = people.body(db.session, next(iter(box.scope)))
    return body.headcount if body is not None else 0


def _again(letterbox_id: bytes) -> Letterbox:
    """The same letterbox, after what was read before the lock was let go of."""
    return db.session.get_one(Letterbox, letterbox_id)


def _must_run(letterbox: Letterbox) -> None:
    if not slips.is_running(letterbox, clock.today()):
        raise WrongState("letterbox", Phase.CLOSED)
