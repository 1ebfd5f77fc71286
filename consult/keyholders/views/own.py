"""One's own key: set up, proven once a year, under another passphrase or code, made anew if both are lost."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.anonymity import words, wrapping
from consult.core import clock
from consult.core.db import begin_writing, db
from consult.core.errors import NotFound
from consult.core.i18n import _, locale
from consult.keyholders import circles, handing, keeping, queries, services
from consult.keyholders.forms import NewCodeForm, NewPassphraseForm, ProofForm, RehearsalForm, SetUpForm
from consult.keyholders.models import Keyholder
from consult.keyholders.rules import CannotUnlock, has_enough_words, rehearsal_due
from consult.keyholders.views.room import bp, refuse_secret, seat
from consult.people.access import requires, signed_in
from consult.people.models import Account
from consult.people.rules import Permission

KEY_HOLD = Permission.KEY_HOLD


# ── setting up ─────────────────────────────────────────────────────────────────


@bp.route("/key", methods=["GET", "POST"])
@requires(KEY_HOLD)
def set_up() -> ResponseReturnValue:
    """First the secrets to copy (shown once, kept nowhere), then the same two typed back."""
    account = signed_in()
    mandate, body = seat(account)
    mandate_id = None if mandate is None else mandate.id
    if queries.of_account(db.session, account.id) is not None:
        return _have(account)
    if request.method == "GET":
        if "typed" in request.args:
            return _type_back(SetUpForm(), body)
        return render_template("keyholders/set_up.html", **_fresh(), body=body, is_renewal=False)
    form = SetUpForm.submitted()
    if not form.validate():
        return _type_back(form, body, 400)
    begin_writing(db.session)  # the lock is let go of while Argon2id runs
    keys = services.make_keys(form.passphrase.data, form.recovery_code.data)
    account = signed_in()
    mandate = next((one for one in account.mandates if one.id == mandate_id), None)
    services.keep(db.session, account, mandate=mandate, keys=keys, on=clock.today())
    db.session.commit()
    flash(_("Your key is ready. Your body can now name you for a letterbox."), "ok")
    return redirect(url_for(".set_up"), 303)


def _type_back(
    form: SetUpForm, body: str, status: int = 200, *, is_renewal: bool = False
) -> ResponseReturnValue:
    page = render_template("keyholders/type_back.html", form=form, body=body, is_renewal=is_renewal)
    return page, status


def _have(account: Account) -> ResponseReturnValue:
    if request.method == "POST":
        flash(_("You hold a key already. Nothing was changed."), "accent")
        return redirect(url_for(".set_up"), 303)
    holder = _mine(account)
    return render_template(
        "keyholders/have.html",
        holder=holder,
        boxes=queries.letterboxes(db.session, account.id),
        words=words.fingerprint(holder.public_key, locale=locale()),
        due=rehearsal_due(holder.set_up_on, holder.rehearsed_on),
        new=_renewed(account),
        bodies=circles.bodies_of(account, on=clock.today()),
    )


def _mine(account: Account) -> Keyholder:
    """The key in use. Raises `NotFound` where there is none."""
    holder = queries.of_account(db.session, account.id)
    if holder is None:
        raise NotFound
    return holder


def _renewed(account: Account) -> dict[str, Any] | None:
    """The key that waits to take the place of the lost one: its day and its six words."""
    found = queries.renewed(db.session, account.id)
    if found is None:
        return None
    return {"on": found.set_up_on, "words": words.fingerprint(found.public_key, locale=locale())}


def _fresh() -> dict[str, object]:
    """A passphrase to take over and a recovery code, different at each look: nothing is kept of them."""
    return {"words": _six_words(), "groups": wrapping.new_recovery_code().split("-")}


def _six_words() -> tuple[str, ...]:
    proposed = words.six_words(locale())
    while not has_enough_words(words.normalise(" ".join(proposed))):
        proposed = words.six_words(locale())
    return tuple(proposed)


# ── once a year ────────────────────────────────────────────────────────────────


@bp.route("/key/rehearsal", methods=["GET", "POST"])
@requires(KEY_HOLD)
def rehearsal() -> ResponseReturnValue:
    """Whether the passphrase still opens. Only the day is kept."""
    holder, form = _mine(signed_in()), RehearsalForm()
    if request.method == "POST":
        form = RehearsalForm.submitted()
        if form.validate() and _half(holder, form) is not None:
            keeping.rehearsed(db.session, _mine(signed_in()), on=clock.today())
            db.session.commit()
            flash(_("Your passphrase opens. Next time in a year."), "ok")
            return redirect(url_for(".set_up"), 303)
    page = render_template("keyholders/rehearsal.html", form=form, holder=_mine(signed_in()))
    return page, 400 if form.errors else 200


def _half(holder: Keyholder, form: ProofForm) -> bytes | None:
    """The private half of one's own key, opened while no lock is held; None where it stays shut, which the
    form then says."""
    keys = services.keys_of(holder)
    begin_writing(db.session)
    try:
        return services.open_half(keys, **form.secrets)
    except CannotUnlock:
        refuse_secret(form, _("This does not open your key. Check every word and its order."))
        return None


# ── another passphrase, another sheet ──────────────────────────────────────────


@bp.route("/key/passphrase", methods=["GET", "POST"])
@requires(KEY_HOLD)
def passphrase() -> ResponseReturnValue:
    """A new passphrase, for whoever can open the key with the old one or with the recovery code."""
    holder, form, proposed = _mine(signed_in()), NewPassphraseForm(), _six_words()
    if request.method == "POST":
        form, proposed = NewPassphraseForm.submitted(), ()
        keys = services.keys_of(holder)
        if form.validate() and (half := _half(holder, form)) is not None:
            keys = keeping.under_passphrase(keys, half, form.new_passphrase.data)
            keeping.change(db.session, _mine(signed_in()), keys, on=clock.today())
            db.session.commit()
            flash(_("Your new passphrase is in force. Destroy the old one."), "ok")
            return redirect(url_for(".set_up"), 303)
    page = render_template("keyholders/passphrase.html", form=form, words=proposed)
    return page, 400 if form.errors else 200


@bp.route("/key/sheet", methods=["GET", "POST"])
@requires(KEY_HOLD)
def sheet() -> ResponseReturnValue:
    """A new recovery code: shown once, then typed back together with a secret that opens."""
    holder, form = _mine(signed_in()), NewCodeForm()
    if request.method == "GET" and "typed" not in request.args:
        return render_template("keyholders/sheet.html", groups=wrapping.new_recovery_code().split("-"))
    if request.method == "POST":
        form = NewCodeForm.submitted()
        keys = services.keys_of(holder)
        if form.validate() and (half := _half(holder, form)) is not None:
            keys = keeping.under_code(keys, half, form.new_recovery_code.data)
            keeping.change(db.session, _mine(signed_in()), keys)
            db.session.commit()
            flash(_("Your new recovery code is in force. Destroy the old sheet."), "ok")
            return redirect(url_for(".set_up"), 303)
    page = render_template("keyholders/sheet_back.html", form=form)
    return page, 400 if form.errors else 200


# ── both are lost ──────────────────────────────────────────────────────────────


@bp.route("/key/lost", methods=["GET", "POST"])
@requires(KEY_HOLD)
def lost() -> ResponseReturnValue:
    """A key made anew; another keyholder passes the letterboxes on to it."""
    account = signed_in()
    _mandate, body = seat(account)
    _mine(account)
    if request.method == "GET":
        if "typed" in request.args:
            return _type_back(SetUpForm(), body, is_renewal=True)
        if "copy" in request.args:
            return render_template("keyholders/set_up.html", **_fresh(), body=body, is_renewal=True)
        others = circles.others(db.session, account, on=clock.today())
        return render_template("keyholders/lost.html", others=others, body=body)
    form = SetUpForm.submitted()
    if not form.validate():
        return _type_back(form, body, 400, is_renewal=True)
    begin_writing(db.session)
    keys = services.make_keys(form.passphrase.data, form.recovery_code.data)
    handing.renew(db.session, signed_in(), keys=keys, on=clock.today())
    db.session.commit()
    flash(_("Your new key is made. What comes next stands on this page."), "ok")
    return redirect(url_for(".set_up"), 303)
