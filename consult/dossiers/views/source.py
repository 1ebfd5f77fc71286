"""The source of a file: sealed, read with one's passphrase, erased."""

from __future__ import annotations

from uuid import UUID

from flask import flash, make_response, render_template, request
from flask.typing import ResponseReturnValue

from consult.anonymity.sealing import TooLong
from consult.core import clock
from consult.core.db import begin_writing, db
from consult.core.errors import NotFound, WrongState
from consult.core.i18n import _
from consult.dossiers import queries, services
from consult.dossiers.forms import PassphraseForm, SourceForm
from consult.dossiers.models import Dossier, DossierSource
from consult.dossiers.rules import FileState, NobodyHoldsAKey
from consult.dossiers.views.room import ROUTE, back, bp, known
from consult.keyholders import services as keyholders
from consult.keyholders.models import Keyholder
from consult.keyholders.rules import CannotUnlock
from consult.people.access import requires, signed_in
from consult.people.rules import Permission


def _mine(dossier: Dossier) -> DossierSource | None:
    """What this person can open, by the key in use if there are two."""
    rows = [one for one in dossier.sources if one.keyholder.account_id == signed_in().id]
    return max(rows, key=lambda one: one.keyholder.is_current, default=None)


def _missing(dossier: Dossier) -> list[Keyholder]:
    """Members who hold a key and to whom it is not sealed."""
    having = {one.keyholder_id for one in dossier.sources}
    able = services.able_to_read(db.session, dossier, on=clock.today())
    return [one for one in able if one.id not in having]


@bp.route(f"{ROUTE}/source", methods=["GET", "POST"])
@requires(Permission.FILE_OPEN, of=known)
def read_source(dossier: Dossier) -> ResponseReturnValue:
    """Shown once, to whoever types the passphrase; kept in no page and no session."""
    if not dossier.sources:
        raise NotFound
    mine = _mine(dossier)
    if request.method == "GET" or mine is None:
        return _page(dossier, PassphraseForm(), 200 if request.method == "GET" else 404)
    form = PassphraseForm.submitted()
    if not form.validate():
        return _page(dossier, form, 400)
    ident, keys, sealed = dossier.id, keyholders.keys_of(mine.keyholder), mine.sealed
    begin_writing(db.session)  # the lock is let go of while Argon2id runs
    try:
        source = services.open_source(keys, sealed, form.passphrase.data)
    except CannotUnlock:
        form.passphrase.errors = [_("This does not open it. Check every word and its order.")]
        return _page(_again(ident), form, 400)
    again = _again(ident)
    missing = _missing(again)
    if form.share.data and missing:
        services.seal_source(db.session, again, source, on=clock.today())
        db.session.commit()
        missing = []
    return _page(_again(ident), form, 200, source=source, missing=missing)


def _again(dossier_id: UUID) -> Dossier:
    found = queries.by_id(db.session, dossier_id)
    if found is None:
        raise NotFound
    return found


def _page(
    dossier: Dossier,
    form: PassphraseForm,
    status: int,
    source: str = "",
    missing: list[Keyholder] | None = None,
) -> ResponseReturnValue:
    missing = _missing(dossier) if missing is None else missing
    shown = render_template(
        "dossiers/source.html",
        dossier=dossier,
        form=form,
        source=source,
        is_mine=_mine(dossier) is not None,
        missing=[one.account.name for one in missing],
        readers=sorted({one.keyholder.account.name for one in dossier.sources}),
    )
    response = make_response(shown, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route(f"{ROUTE}/source/new", methods=["GET", "POST"])
@requires(Permission.FILE_OPEN, of=known)
def seal_source(dossier: Dossier) -> ResponseReturnValue:
    """Writes the source, in the place of the one there was."""
    if dossier.state is FileState.CLOSED:
        raise WrongState("file", dossier.state)
    form = SourceForm.submitted() if request.method == "POST" else SourceForm()
    ident = dossier.id
    if request.method == "GET" or not form.validate():
        return _seal_page(dossier, form, 200 if request.method == "GET" else 400)
    try:
        services.seal_source(db.session, dossier, form.source.data.strip(), on=clock.today())
    except NobodyHoldsAKey:
        form.source.errors = [_("No member of your body holds a key yet: set up yours first.")]
    except TooLong:
        form.source.errors = [_("This is too long to be sealed. Shorten it a little.")]
    else:
        db.session.commit()
        flash(_("The source is sealed."), "ok")
        return back(ident)
    db.session.rollback()
    return _seal_page(_again(ident), form, 400)


def _seal_page(dossier: Dossier, form: SourceForm, status: int) -> ResponseReturnValue:
    able = services.able_to_read(db.session, dossier, on=clock.today())
    shown = render_template(
        "dossiers/seal.html", dossier=dossier, form=form, able=[one.account.name for one in able]
    )
    response = make_response(shown, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post(f"{ROUTE}/source/erase")
@requires(Permission.FILE_OPEN, of=known)
def erase_source(dossier: Dossier) -> ResponseReturnValue:
    services.erase_source(db.session, dossier)
    db.session.commit()
    flash(_("The source is destroyed."), "ok")
    return back(dossier.id)
