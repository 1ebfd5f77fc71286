"""The body’s position on the charter of use, rule by rule."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.commitments import queries as commitments
from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.i18n import _
from consult.notices import queries as notices
from consult.notices.rules import NoticeState
from consult.opinions import charter as service
from consult.opinions.charter_forms import CharterForm, charter_form, name_of
from consult.opinions.charter_rules import NoRuleChosen, on_rules
from consult.opinions.point_words import RULE_POSITIONS
from consult.opinions.rules import NotAdopted, majority
from consult.opinions.views.room import ROUTE, bp
from consult.people.access import requires, signed_in, weigh
from consult.people.rules import Permission


@bp.route(f"{ROUTE}/charter", methods=["GET", "POST"])
@requires(Permission.CHARTER_VOTE, of=consultations.by_id)
def charter(consultation: Consultation) -> ResponseReturnValue:
    """A vote on some rules or all of them; the body's last position on each stands beside it."""
    revision = notices.published(consultation.notice)
    rules = revision.rules if revision is not None else []
    build, source = charter_form(rules), commitments.source_of(consultation.notice)
    if request.method == "GET":
        return _page(consultation, _started(consultation, build).written_in(source))
    form = build.submitted().written_in(source).number_rules(rules)
    if revision is not None and form.number("about") != revision.number:
        return _page(consultation, form, status=409, why="Revised")
    if not form.validate():
        return _page(consultation, form, status=400)
    try:
        service.vote(
            db.session,
            consultation,
            positions=form.positions(rules),
            votes=form.tally,
            about=form.number("about"),
            follows=form.number("base"),
            actor=signed_in(),
            on=clock.today(),
            once=form.once_id,
        )
    except (NotAdopted, NoRuleChosen, EditedMeanwhile, WrongState) as error:
        db.session.rollback()
        status = 400 if isinstance(error, NoRuleChosen) else 409
        return _page(consultation, form, status=status, why=type(error).__name__)
    weigh(consultation.body, form.tally, on=clock.today())
    db.session.commit()
    flash(_("The position is recorded. Whoever reads the notice reads it beside each rule."), "ok")
    return redirect(url_for("opinions.charter", consultation_id=consultation.id), 303)


def _started(consultation: Consultation, build: type[CharterForm]) -> CharterForm:
    revision = notices.published(consultation.notice)
    earlier = service.votes_of(db.session, consultation.notice_id, consultation.body_id)
    return build(
        data={
            "about": str(revision.number) if revision is not None else "",
            "base": str(earlier[0].number) if earlier else "0",
        }
    )


def _page(
    consultation: Consultation, form: CharterForm, status: int = 200, why: str = ""
) -> ResponseReturnValue:
    notice = consultation.notice
    revision = notices.published(notice)
    votes = service.votes_of(db.session, notice.id, consultation.body_id)
    typed = _typed_about_others(form) if why == "Revised" else []
    if why in ("Revised", EditedMeanwhile.__name__):  # read again, it may be sent
        form.about.data = str(revision.number) if revision is not None else ""
        form.base.data = str(votes[0].number) if votes else "0"
    rules_of = {one.number: one.rules for one in notice.revisions if one.published_on is not None}
    standing = on_rules(revision.rules, votes, rules_of, revision.authority) if revision is not None else {}
    page = render_template(
        "opinions/charter.html",
        form=form,
        consultation=consultation,
        revision=revision,
        rules=[
            (rule, form[name_of(rule.id)].form, standing.get(rule.id, []))
            for rule in (revision.rules if revision is not None else ())
        ],
        positions=dict(RULE_POSITIONS),
        votes=votes,
        typed=typed,
        is_over=notice.state is not NoticeState.PUBLISHED,
        needed=majority(sum(form.tally.values())),
        why=why,
    )
    return page, status


def _typed_about_others(form: CharterForm) -> list[tuple[Any, str, str]]:
    """What was written about rules of another text: no part of this form takes it."""
    ours = set(form._fields)
    names = {"fr": _("Reason or condition, in French"), "en": _("Reason or condition, in English")}
    found = []
    for name, text in request.form.items():
        part, _dash, field = name.partition("-")
        if part.startswith("rule_") and part not in ours and field.startswith("reason_"):
            language = "en" if field.endswith("_en") else "fr"
            found.append((names[language], language, text))
    return found
