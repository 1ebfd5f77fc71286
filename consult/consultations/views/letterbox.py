"""Opening the body’s letterbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.consultations import letterboxes, queries, rules, texts
from consult.consultations import poll as polls
from consult.consultations.forms import DATE_FAULTS, LetterboxForm
from consult.consultations.models import Consultation
from consult.consultations.rules import (
    BadDates,
    LetterboxExists,
    TooFewKeyholders,
    Window,
)
from consult.consultations.views.room import bp
from consult.core import clock
from consult.core.db import db
from consult.core.errors import WrongState
from consult.core.i18n import _
from consult.core.localized import Localized
from consult.keyholders import services as keyholders
from consult.notices import queries as notices
from consult.people import queries as people
from consult.people.access import requires, signed_in, weigh
from consult.people.rules import NotAdopted, Permission
from consult.procedures.period import add_months
from consult.procedures.template import Basis
from consult.voices.rules import Channels


@bp.route("/consultations/<uuid:consultation_id>/letterbox", methods=["GET", "POST"])
@requires(Permission.LETTERBOX_OPEN, of=queries.even_of_file)
def open_letterbox(consultation: Consultation) -> ResponseReturnValue:
    if consultation.letterbox_id is not None:
        if request.method == "GET":
            raise WrongState("letterbox", "open")
        return _opened_before(consultation)
    ready = keyholders.ready(db.session, consultation.body_id, on=clock.today())
    offered: dict[str, Any] = {
        "is_small": letterboxes.is_threshold(5, consultation.body),
        "headcount": consultation.body.headcount,
        "groups": polls.groups_offered(
            notices.published(consultation.notice),
            consultation.body.establishments or people.open_establishments(db.session),
            consultation.body.headcount,
        ),
    }
    if request.method == "GET":
        form = _proposed(consultation).offering(ready, **offered)
        form.holders.data = [str(one.id) for one in ready]
        form.poll.form.standard.data = [one.id for one in polls.STANDARD]
        _write_text(consultation, form)
        return _letterbox_page(consultation, form, 200)
    form = LetterboxForm.submitted().offering(ready, **offered)
    form.written_in(_title(consultation).source)
    if "rewrite" in request.form:
        _write_text(consultation, form)
        return _letterbox_page(consultation, form, 200)
    if not form.validate():
        return _letterbox_page(consultation, form, 400)
    return _open(consultation, form)


def _open(consultation: Consultation, form: LetterboxForm) -> ResponseReturnValue:
    ident = consultation.id
    try:
        letterboxes.open_letterbox(
            db.session, consultation, resolution=form.localized("resolution"), votes=form.tally,
            holders=form.chosen, k=int(form.k.data), interval_days=int(form.interval_days.data),
            opens_on=form.opens_on.data, closes_on=form.closes_on.data, destroy_on=form.destroy_on.data,
            decided_on=form.decided_on.data, actor=signed_in(), on=clock.today(),
            channels=Channels(form.channels.data), quota=int(form.quota.data),
            poll=form.asked.as_told() if form.asked is not None else None,
        )  # fmt: skip
    except BadDates as error:
        form.refuse(*DATE_FAULTS[error.fault])
    except NotAdopted:
        form.refuse("votes_for", _("This vote does not carry the motion: abstentions count against it."))
    except TooFewKeyholders:
        form.refuse("holders", _("One of them can no longer hold a key. Tick two keyholders at least."))
    except LetterboxExists:
        db.session.rollback()
        return _opened_before(queries.even_of_file(db.session, ident))
    else:
        weigh(consultation.body, form.tally, on=form.decided_on.data)
        db.session.commit()
        flash(_("The letterbox is open. What was agreed can no longer change."), "ok")
        return redirect(url_for("workspace.consultation", consultation_id=ident), 303)
    db.session.rollback()
    again = queries.even_of_file(db.session, ident)
    assert again is not None
    return _letterbox_page(again, form, 400)


def _opened_before(consultation: Consultation | None) -> ResponseReturnValue:
    assert consultation is not None
    flash(_("The letterbox is open already. Nothing was changed."), "accent")
    return redirect(url_for("workspace.consultation", consultation_id=consultation.id), 303)


def _proposed(consultation: Consultation) -> LetterboxForm:
    today = clock.today()
    state = queries.state(db.session, consultation, on=today)
    readable_on = consultation.notice.readable_on or consultation.notice.held_until or today
    window = rules.proposed_window(
        opens_on=max(today, readable_on), limit=state.limit, has_expert=state.has_expert
    )
    form = LetterboxForm(
        opens_on=window.opens_on,
        closes_on=window.closes_on,
        destroy_on=add_months(window.closes_on, rules.KEPT_MONTHS),
        decided_on=today,
    )
    return form.written_in(_title(consultation).source)


def _title(consultation: Consultation) -> Localized:
    revision = notices.published(consultation.notice)
    assert revision is not None, "a consultation follows a published notice"
    return revision.title


def _write_text(consultation: Consultation, form: LetterboxForm) -> None:
    """The model text from what is chosen above it; a day that is missing takes its place once given."""
    today = clock.today()
    opens_on = form.opens_on.data or today
    closes_on = form.closes_on.data or opens_on + timedelta(days=rules.LISTENING_DAYS)
    text = texts.keyholder_resolution(
        body=consultation.body.name,
        system=_title(consultation),
        holders=[one.account.name for one in form.chosen],
        window=Window(opens_on, closes_on),
        destroy_on=form.destroy_on.data or add_months(closes_on, rules.KEPT_MONTHS),
        channels=form.chosen_channels,
        quota=form.chosen_quota,
        poll=form.asked,
    )
    form.resolution_fr.data, form.resolution_en.data = text.texts["fr"], text.texts["en"]


def _advised() -> int:
    """How many keyholders the organisation's rules ask for."""
    organisation = people.organisation(db.session)
    return organisation.keyholders_wanted if organisation is not None else rules.KEYHOLDERS_ADVISED


def _letterbox_page(consultation: Consultation, form: LetterboxForm, status: int) -> ResponseReturnValue:
    today = clock.today()
    members = people.staff_members(db.session, consultation.body_id, on=today)
    state, run = queries.standing(db.session, consultation, on=today)
    with_key = {one.account_id for one in form.ready.values()}
    page = render_template(
        "consultations/open_letterbox.html",
        consultation=consultation,
        title=_title(consultation),
        form=form,
        ready=[one.account.name for one in form.ready.values()],
        without=sorted({one.account.name for one in members if one.account_id not in with_key}),
        mine=signed_in().id in with_key,
        state=state,
        is_negative=run is not None and run.template.expiry.state == rules.DEEMED_NEGATIVE,
        reference=run.limit.reference if run is not None and run.limit.basis is Basis.LAW else "",
        least=rules.KEYHOLDERS_LEAST,
        advised=_advised(),
        synthesis_days=rules.DAYS_FOR_SYNTHESIS,
        options={one.id: one.options for one in polls.STANDARD},
    )
    return page, status
