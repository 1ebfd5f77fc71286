"""Pages of this room: promising, where a promise stands, moving it, judging it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.commitments import queries, services
from consult.commitments.forms import KEPT, NATURES, WEIGHT, MoveForm, PromiseForm, VerdictForm
from consult.commitments.models import Commitment
from consult.commitments.rules import CommitmentState, Nature, days_late, employer_choices
from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.i18n import _, _l, locale
from consult.core.localized import LOCALES, Localized
from consult.notices import queries as notices
from consult.notices.models import Notice
from consult.notices.rules import NoticeState
from consult.people import queries as people
from consult.people.access import acting_body_ids, may, reader_of, requires, signed_in, weigh
from consult.people.models import Body
from consult.people.rules import NotAdopted, Permission
from consult.register import causes
from consult.web import spaces
from consult.web.fields import options, tidy
from consult.web.readers import Visibility

bp = Blueprint("commitments", __name__, url_prefix=spaces.WORKSPACE)
_ROUTE = "/commitments/<uuid:commitment_id>"
ALL = "all"
_EVERYONE = Localized.of(fr="Tous les groupes concernés", en="All groups concerned")
_MOVES = {
    CommitmentState.IN_PROGRESS: _l("In progress"),
    CommitmentState.CLAIMED_DONE: _l("Done: the body can confirm or contest"),
}
_STAY = _l("No change of state: only say more")
MOST_PREFILLED = 600
"""Longer than this, a text that an address carries is left out rather than cut."""


@bp.route("/notices/<slug>/commitments/new", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_KEEP, of=notices.by_slug)
def promise(notice: Notice) -> ResponseReturnValue:
    """A promise to a body, tied to what it answers."""
    told = notice.audience.body_ids
    bodies = [one for one in people.bodies(db.session) if one.id in told]
    if not bodies or (request.method == "GET" and notice.state is not NoticeState.PUBLISHED):
        raise WrongState("notice", notice.state)
    offered = causes.citable(db.session, notice.id, reader=reader_of(signed_in()), on=clock.today())
    form = _promise_form(notice, bodies, offered)
    if request.method == "GET":
        return _promise_page(notice, form, bodies, offered)
    if not form.validate():
        return _promise_page(notice, form, bodies, offered, status=400)
    try:
        commitment = services.promise(
            db.session,
            notice,
            body=next(one for one in bodies if len(bodies) == 1 or str(one.id) == form.body.data),
            title=form.localized("title"),
            detail=form.localized("detail"),
            nature=Nature(form.nature.data),
            for_whom=_for_whom(notice, form),
            owner=tidy(form.owner.data),
            due_on=form.due_on.data,
            actor=signed_in(),
            on=clock.today(),
            because=causes.chosen(form.because.data or (), offered),
            once=form.once_id,
        )
    except WrongState:
        db.session.rollback()
        return _promise_page(notice, form, bodies, offered, status=409)
    db.session.commit()
    flash(
        _(
            "Commitment %(number)s made. %(body)s was told.",
            number=commitment.number,
            body=commitment.body.name,
        ),
        "ok",
    )
    return redirect(url_for("commitments.page", commitment_id=commitment.id), 303)


def _promise_form(notice: Notice, bodies: Sequence[Body], offered: Sequence[causes.Cause]) -> PromiseForm:
    form = PromiseForm.submitted() if request.method == "POST" else PromiseForm(data=_prefilled(offered))
    form.written_in(queries.source_of(notice))
    form.groups.choices = options([(ALL, _("All groups concerned")), *_groups(notice)])
    form.because.choices = options((str(one.ref), one.label) for one in offered)
    if len(bodies) > 1:
        form.body.choices = options((str(one.id), one.name) for one in bodies)
    else:
        del form.body
    return form


def _prefilled(offered: Sequence[causes.Cause]) -> dict[str, object]:
    """What the page that led here already knows: causes, and words to start from."""
    names = [f"{name}_{language}" for name in ("title", "detail") for language in LOCALES]
    words = {name: request.args.get(name, "") for name in names}
    found: dict[str, object] = {k: v for k, v in words.items() if 0 < len(v) <= MOST_PREFILLED}
    found["because"] = [str(one) for one in causes.chosen(request.args.getlist("because"), offered)]
    return found


def _groups(notice: Notice) -> list[tuple[str, str]]:
    revision = notices.published(notice)
    return [(str(one.id), one.name.shown(locale())[0]) for one in revision.groups] if revision else []


def _for_whom(notice: Notice, form: PromiseForm) -> Localized:
    """Names of the groups ticked, then the others: in each language that has them all."""
    revision = notices.published(notice)
    ticked = set(form.groups.data or ())
    names = [one.name for one in (revision.groups if revision else ()) if str(one.id) in ticked]
    parts = [_EVERYONE] if ALL in ticked else names
    others = form.localized("others")
    parts = [*parts, *([others] if others else [])]
    source = form.source
    texts = {}
    for language in LOCALES:
        said = [
            one.shown(language)[0] if language == source else one.texts.get(language, "") for one in parts
        ]
        if all(said):
            texts[language] = ", ".join(said)
    return Localized.of(fr=texts.get("fr", ""), en=texts.get("en", ""), source=source)


def _promise_page(
    notice: Notice,
    form: PromiseForm,
    bodies: Sequence[Body],
    offered: Sequence[causes.Cause],
    status: int = 200,
) -> ResponseReturnValue:
    picked = set(form.because.data or ())
    page = render_template(
        "commitments/promise.html",
        form=form,
        notice=notice,
        revision=notices.published(notice),
        bodies=bodies,
        weight=WEIGHT,
        answers=[one for one in offered if str(one.ref) in picked],
        is_closed=status == 409,
    )
    return page, status


@bp.get(_ROUTE)
@requires(Permission.NOTICE_FOLLOW, of=queries.by_id)
def page(commitment: Commitment) -> ResponseReturnValue:
    """Where it stands, what led to it, what both sides said; what this reader can do now."""
    return _page(commitment, _own_form(commitment))


@bp.post(f"{_ROUTE}/move")
@requires(Permission.COMMITMENT_KEEP, of=queries.by_id)
def move(commitment: Commitment) -> ResponseReturnValue:
    """The employer says where it stands."""
    form = MoveForm.submitted().written_in(queries.source_of(commitment.notice))
    form.to.choices = _moves(commitment.state)
    before = commitment.state
    if not form.validate():
        return _page(commitment, form, status=400)
    try:
        services.move(
            db.session,
            commitment,
            to=CommitmentState(form.to.data),
            text=form.localized("text"),
            actor=signed_in(),
            on=clock.today(),
            version=form.version_seen,
            once=form.once_id,
        )
    except (EditedMeanwhile, WrongState):
        return _too_late(commitment, form)
    db.session.commit()
    if commitment.state is CommitmentState.CLAIMED_DONE and before is not commitment.state:
        body = commitment.body.name
        flash(_("Said to be done. %(body)s was told and can confirm or contest.", body=body), "ok")
    else:
        flash(_("Recorded on the commitment."), "ok")
    return redirect(url_for("commitments.page", commitment_id=commitment.id), 303)


@bp.post(f"{_ROUTE}/verdict")
@requires(Permission.COMMITMENT_JUDGE, of=queries.by_id)
def judge(commitment: Commitment) -> ResponseReturnValue:
    """The body confirms or contests, on a resolution of its own."""
    form = VerdictForm.submitted().written_in(queries.source_of(commitment.notice))
    if not form.validate():
        return _page(commitment, form, status=400)
    try:
        verdict = services.judge_on(
            db.session,
            commitment,
            is_kept=form.verdict.data == KEPT,
            reason=form.localized("reason"),
            resolution=form.localized("resolution"),
            votes=form.tally,
            actor=signed_in(),
            on=clock.today(),
            version=form.version_seen,
            once=form.once_id,
        )
    except NotAdopted:
        db.session.rollback()
        form.votes_for.errors = [
            _("The resolution has no majority of the members present: nothing was recorded.")
        ]
        return _page(commitment, form, status=409)
    except (EditedMeanwhile, WrongState):
        return _too_late(commitment, form)
    weigh(commitment.body, form.tally, on=clock.today())
    db.session.commit()
    flash(_judged(commitment, is_kept=verdict.is_kept), "ok")
    return redirect(url_for("commitments.page", commitment_id=commitment.id), 303)


def _judged(commitment: Commitment, *, is_kept: bool) -> str:
    if is_kept:
        return str(_("Commitment confirmed. It counts as kept."))
    if commitment.audience.level in {Visibility.PUBLIC, Visibility.EMPLOYEES}:
        return str(_("Commitment contested. Every employee can read your reason."))
    return str(_("Commitment contested. Whoever reads the notice can read your reason."))


def _too_late(commitment: Commitment, form: MoveForm | VerdictForm) -> ResponseReturnValue:
    """Somebody else was faster: the page as it stands now, with the text still there."""
    db.session.rollback()
    form.version.data = str(commitment.version)
    if isinstance(form, MoveForm):
        form.to.choices = _moves(commitment.state)
    return _page(commitment, form, status=409, is_late=True)


def _moves(state: CommitmentState) -> list[Any]:
    return options((one.value, _STAY if one is state else _MOVES[one]) for one in employer_choices(state))


def _own_form(commitment: Commitment) -> MoveForm | VerdictForm | None:
    """The one form this reader gets, if any."""
    source, state = queries.source_of(commitment.notice), commitment.state
    if may(Permission.COMMITMENT_KEEP) and employer_choices(state):
        form = MoveForm(data={"version": str(commitment.version)}).written_in(source)
        form.to.choices = _moves(state)
        return form
    if may(Permission.COMMITMENT_JUDGE) and commitment.scope & acting_body_ids(signed_in()):
        if state is not CommitmentState.CLAIMED_DONE:
            return None
        return VerdictForm(data={"version": str(commitment.version)}).written_in(source)
    return None


def _page(
    commitment: Commitment, form: MoveForm | VerdictForm | None, status: int = 200, is_late: bool = False
) -> ResponseReturnValue:
    today = clock.today()
    offered = causes.citable(db.session, commitment.notice_id, reader=reader_of(signed_in()), on=today)
    page = render_template(
        "commitments/page.html",
        commitment=commitment,
        revision=notices.published(commitment.notice),
        form=form,
        move=form if isinstance(form, MoveForm) else None,
        verdict=form if isinstance(form, VerdictForm) else None,
        is_late=is_late,
        can_still=bool(form) and _own_form(commitment) is not None,
        days_late=days_late(commitment.state, commitment.due_on, today),
        nature=dict(NATURES)[commitment.nature],
        weight=WEIGHT[commitment.nature],
        led_by=causes.of(db.session, commitment.ref, offered),
    )
    return page, status
