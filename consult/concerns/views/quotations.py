"""Quotations: a safe wording proposed by one keyholder, read and published by another, taken back by any."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from consult.anonymity.identification import spans
from consult.anonymity.sealing import TooLong
from consult.concerns import queries, sealed, services, words
from consult.concerns.forms import WordingForm
from consult.concerns.queries import Desk, MessageAtDesk, QuotationAtDesk
from consult.concerns.rules import NeedsSecondReader
from consult.concerns.views.room import bp, card, commit, must_hold_a_key, name_of, page, sitting
from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.i18n import _
from consult.core.localized import LOCALES
from consult.people.access import requires, signed_in
from consult.people.rules import Permission
from consult.voices import queries as voices
from consult.voices.rules import BallotKind

KEY_HOLD = Permission.KEY_HOLD


@bp.route("/letterboxes/<box>/messages/<message>/wording", methods=["GET", "POST"])
@requires(KEY_HOLD, of=queries.message_at_desk)
def wording(here: MessageAtDesk) -> ResponseReturnValue:
    """Proposes a wording that betrays nobody; the original stands beside, never in the field."""
    key = sitting(here)
    concern = here.concern
    if concern is not None and concern.published_on is not None:
        return redirect(url_for(".quotation", box=here.box, concern_id=concern.id), 303)
    original = card(here.voice, concern, key, queries.quotable_batches(db.session, here.letterbox))
    may = original.is_quotable and concern is not None and concern.theme_id is not None
    if not may:
        return page("wording", here, 409 if request.method == "POST" else 200, form=None, message=original)
    form = WordingForm.submitted() if request.method == "POST" else _draft_of(here, key)
    if request.method == "POST" and _is_fit(form):
        try:
            made = services.propose(
                db.session,
                here.letterbox,
                here.voice.id,
                draft=form.draft(),
                actor=signed_in(),
                private_key=key,
            )
        except TooLong:
            db.session.rollback()
            form.refuse(_("This is too long to be sealed. Shorten it."))
        else:
            address = url_for(".quotation", box=here.box, concern_id=made.id)
            commit(here, key)
            flash(_("Wording proposed. Another keyholder reads it before it is published."), "ok")
            return redirect(address, 303)
    return page("wording", here, 400 if form.errors else 200, form=form, message=original)


def _is_fit(form: WordingForm) -> bool:
    is_valid = form.validate()
    return form.is_safe() and is_valid


def _draft_of(here: MessageAtDesk, key: bytes) -> WordingForm:
    form = WordingForm()
    if here.concern is not None and here.concern.proposed_by is not None:
        form.fill(sealed.read(key, here.concern.sealed_working))
    form.mark()
    return form


@bp.route("/letterboxes/<box>/quotations/<uuid:concern_id>", methods=["GET", "POST"])
@requires(KEY_HOLD, of=queries.quotation_at_desk)
def quotation(at: QuotationAtDesk) -> ResponseReturnValue:
    """The second reading, with the original beside."""
    key = sitting(at)
    if request.method == "POST":
        return _publish(at, key) if request.form.get("act") == "publish" else _drop(at, key)
    return _read(at, key)


def _read(at: QuotationAtDesk, key: bytes, *, refused: str = "") -> ResponseReturnValue:
    draft = sealed.read(key, at.concern.sealed_working)
    texts = [(one, draft.get(f"wording-{one}", "")) for one in LOCALES]
    if at.concern.wording is not None:
        texts = [(one, at.concern.wording.texts.get(one, "")) for one in LOCALES]
    return page(
        "quotation",
        at,
        409 if refused else 200,
        concern=at.concern,
        theme=at.theme,
        theme_name=name_of(at.theme, key),
        message=card(at.voice, at.concern, key, queries.quotable_batches(db.session, at.letterbox)),
        texts=[(one, words.pieces(text, spans(text)), words.flagged(spans(text))) for one, text in texts],
        seen=sealed.mark(at.concern.sealed_working),
        is_mine=at.concern.proposed_by == signed_in().id,
        refused=refused,
    )


def _publish(at: QuotationAtDesk, key: bytes) -> ResponseReturnValue:
    try:
        services.publish_wording(
            db.session,
            at.concern,
            private_key=key,
            actor=signed_in(),
            on=clock.today(),
            seen=request.form.get("seen", ""),
        )
    except (NeedsSecondReader, EditedMeanwhile) as error:
        db.session.rollback()
        is_own = isinstance(error, NeedsSecondReader)
        sentence = (
            _("You proposed this wording: another keyholder reads and publishes it.")
            if is_own
            else _("The wording was changed while you were reading. This is how it stands now.")
        )
        return _read(at, key, refused=sentence)
    address = url_for(".quotation", box=at.box, concern_id=at.concern.id)
    commit(at, key)
    flash(_("Quotation published."), "ok")
    return redirect(address, 303)


def _drop(at: QuotationAtDesk, key: bytes) -> ResponseReturnValue:
    theme_id = at.theme.id
    services.drop(db.session, at.concern)
    commit(at, key)
    flash(_("Proposal taken back. Its wording is gone."), "ok")
    return redirect(url_for(".theme", box=at.box, theme_id=theme_id), 303)


@bp.get("/letterboxes/<box>/quotations")
@requires(KEY_HOLD, of=queries.desk)
def quotations(desk: Desk) -> ResponseReturnValue:
    """What was published, to take it back at once where a name slipped through. Needs no passphrase: none
    of it is sealed any more."""
    must_hold_a_key(desk)
    counts = voices.published_counts(db.session, [desk.letterbox.id], BallotKind.SUPPORT)
    return page(
        "quotations",
        desk,
        concerns=queries.quotations(db.session, desk.letterbox.id),
        support={one.what: one.floor for one in counts.get(desk.letterbox.id, ())},
        takes_support=not desk.letterbox.channels.is_open,
        count_min=desk.letterbox.count_min,
    )


@bp.route("/letterboxes/<box>/quotations/<uuid:concern_id>/retract", methods=["GET", "POST"])
@requires(KEY_HOLD, of=queries.quotation_at_desk)
def retract(at: QuotationAtDesk) -> ResponseReturnValue:
    """Any keyholder, in one act; it must not wait for a passphrase."""
    must_hold_a_key(at)
    if request.method == "POST":
        services.retract(db.session, at.concern, actor=signed_in(), on=clock.today())
        db.session.commit()
        flash(_("Quotation removed, everywhere at once."), "ok")
        return redirect(url_for(".quotations", box=at.box), 303)
    if at.concern.published_on is None:
        raise WrongState("wording", "not published")
    return page("retract", at, concern=at.concern, theme=at.theme)
