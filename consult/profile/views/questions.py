"""The questions of the set-up, one a page; later the same pages change a rule, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from consult.core import clock, i18n
from consult.core.db import db
from consult.core.i18n import _
from consult.core.localized import Localized
from consult.core.wording import reworded
from consult.notices import queries as notice_queries
from consult.notices import services as notices
from consult.notices import starting
from consult.people import queries as people
from consult.people import settling
from consult.people.access import only_language, requires, signed_in
from consult.people.models import Organisation
from consult.people.regimes import ASKED, Profile, Question, Regime, wording_of
from consult.people.rules import Permission
from consult.people.words import BODIES
from consult.profile import letters, rulebook, words
from consult.profile.forms import (
    FOLLOW,
    FORMS,
    SET,
    AlertForm,
    BodiesForm,
    KindsForm,
    LanguagesForm,
    ProceduresForm,
    QuestionForm,
    ReachForm,
    ReadersForm,
    RegimeForm,
    SitesForm,
    WordsForm,
)
from consult.profile.views.room import bp
from consult.web.fields import tidy

BLANK_ROWS = 3
ITSELF = "consult-itself"
_ONCE = uuid5(UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8"), "a notice about Consult itself")
"""The identifier of that draft: asked for twice, it is there once."""


def _organisation() -> Organisation:
    found = people.organisation(db.session)
    assert found is not None, "an account needs an organisation"
    return found


def _question(_session: Session, question: str) -> Question | None:
    return next((one for one in Question if one.value == question), None)


@bp.get("/set-up")
@requires(Permission.RULES_SET)
def set_up() -> ResponseReturnValue:
    """Where it was left: the first question without an answer, else the end."""
    missing = people.profile(db.session).missing
    if missing:
        return redirect(url_for("profile.question", question=missing[0].value), 303)
    return redirect(url_for("profile.end"), 303)


@bp.route("/set-up/<question>", methods=["GET", "POST"])
@requires(Permission.RULES_SET, of=_question)
def question(question: Question) -> ResponseReturnValue:
    told = people.profile(db.session)
    if request.method == "GET":
        return _page(question, _offering(FORMS[question](data=_stored(question, told)), told), told, 200)
    form = _offering(FORMS[question].submitted(), told).changing(told.is_complete)
    if "more" in request.form:
        _add_rows(form)
        return _page(question, _offering(form, told), told, 200)
    if not form.validate():
        return _page(question, form, told, 400)
    _apply(
        form, question, actor=signed_in(), on=clock.today(), reason=tidy(form.reason.data),
    )  # fmt: skip
    db.session.commit()
    if told.is_complete:
        flash(_("The rule has changed. Its reason can be read on the page of rules."), "ok")
        return redirect(url_for("profile.rules"), 303)
    return redirect(_beside(question, -1 if "back" in request.form else 1), 303)


def _beside(question: Question, step: int) -> str:
    """The question before or after; past the last one, the end."""
    if question not in ASKED:
        return url_for("profile.set_up")
    at = ASKED.index(question) + step
    if at >= len(ASKED):
        return url_for("profile.end")
    return url_for("profile.question", question=ASKED[max(at, 0)].value)


def _page(question: Question, form: QuestionForm, told: Profile, status: int) -> ResponseReturnValue:
    is_asked = question in ASKED
    page = render_template(
        "profile/question.html",
        question=question,
        form=form,
        told=told,
        title=words.TITLES[question],
        why=words.WHY[question],
        number=ASKED.index(question) + 1 if is_asked else 0,
        count=len(ASKED),
        before=_beside(question, -1) if is_asked and question is not ASKED[0] else "",
        bodies=people.bodies(db.session) if question is Question.BODIES else (),
        explain={
            **{key.value: text for key, text in words.REGIMES_EXPLAINED.items()},
            **{key.value: text for key, text in words.REACHES_EXPLAINED.items()},
        },
    )
    return page, status


# ── what a page is filled with ─────────────────────────────────────────────────


def _stored(question: Question, told: Profile) -> dict[str, Any]:
    """What was answered, else what there is to start from."""
    found = _organisation()
    if question is Question.REGIME:
        is_elsewhere = found.regime is Regime.OTHER and found.country != "zz"
        return {"regime": found.regime.value, "elsewhere": found.country if is_elsewhere else ""}
    if question is Question.SITES:
        sites = people.establishments(db.session)
        known = [{"name": one.name, "headcount": one.headcount, "known": "1"} for one in sites]
        return {"rows": [*known, *({} for _row in range(1 if known else BLANK_ROWS))]}
    if question is Question.BODIES:
        rows: list[dict[str, Any]] = [{} for _row in range(1 if told.has_body else BLANK_ROWS)]
        return {"rows": rows, "none": question in told.answered and not told.has_body}
    if question is Question.LANGUAGES:
        return {"languages": found.languages.value}
    if question is Question.REACH:
        return {"reach": found.reach.value}
    if question is Question.ALERT:
        return _alert(found)
    if question is Question.KEYHOLDERS:
        return {"wanted": found.keyholders_wanted}
    if question is Question.READERS:
        return {"readers": "public" if found.is_public else "employees", "understood": found.is_public}
    if question is Question.WORDS:
        return {"wording": FOLLOW if told.words is None else f"{SET}:{told.words}"}
    chosen = told.kinds if question is Question.KINDS else told.procedures
    return {"how": FOLLOW if chosen is None else SET, "chosen": [str(one) for one in chosen or ()]}


def _alert(found: Organisation) -> dict[str, Any]:
    texts = found.alert_channel.texts if found.alert_channel else {}
    rows = [
        {"number": one["number"], "label_fr": one["label"].get("fr"), "label_en": one["label"].get("en")}
        for one in found.emergency
    ]
    if not rows:
        known = words.NUMBERS.get(found.country, words.NUMBERS[""])
        rows = [{"number": number, "label_fr": fr, "label_en": en} for number, fr, en in known]
    return {"channel_fr": texts.get("fr"), "channel_en": texts.get("en"), "rows": [*rows, {}]}


def _offering(form: QuestionForm, told: Profile) -> Any:
    if isinstance(form, RegimeForm | KindsForm | ProceduresForm):
        return form.offering()
    if isinstance(form, BodiesForm):
        return form.offering(told.offered_kinds, [one.name for one in people.bodies(db.session)])
    if isinstance(form, AlertForm):
        return form.written_in(only_language())
    if isinstance(form, WordsForm):
        return form.offering(str(words.WORDINGS[wording_of(told.regime)]))
    return form


def _add_rows(form: Any) -> None:
    for _row in range(BLANK_ROWS):
        form.rows.append_entry()


# ── what an answer sets ────────────────────────────────────────────────────────


def _apply(form: Any, question: Question, **told: Any) -> None:
    session = db.session
    if isinstance(form, RegimeForm):
        settling.set_regime(session, Regime(form.regime.data), elsewhere=form.elsewhere.data or "", **told)
    elif isinstance(form, SitesForm):
        settling.set_sites(session, form.sites, **told)
    elif isinstance(form, BodiesForm):
        settling.set_bodies(session, form.added, **told)
    elif isinstance(form, LanguagesForm):
        settling.set_languages(session, form.chosen, **told)
    elif isinstance(form, ReachForm):
        settling.set_reach(session, form.chosen, **told)
    elif isinstance(form, AlertForm):
        channel = Localized.of(
            fr=tidy(form.channel_fr.data), en=tidy(form.channel_en.data), source=form.only or "fr"
        )
        settling.set_alert(session, channel, form.numbers, **told)
    elif isinstance(form, ReadersForm):
        settling.set_readers(session, is_public=form.readers.data == "public", **told)
    elif question is Question.KEYHOLDERS:
        settling.set_keyholders(session, form.wanted.data, **told)
    else:
        settling.set_instead(session, question, form.value, **told)


# ── the end ────────────────────────────────────────────────────────────────────


@bp.get("/set-up/end")
@requires(Permission.RULES_SET)
def end() -> ResponseReturnValue:
    """What follows from the answers, and what to do next."""
    told = people.profile(db.session)
    if told.missing:
        return redirect(url_for("profile.set_up"), 303)
    return render_template("profile/end.html", **_follows(told))


def _follows(told: Profile) -> Mapping[str, Any]:
    return {
        "told": told,
        "kinds": [BODIES[one] for one in told.offered_kinds],
        "procedures": rulebook.procedure_names(db.session),
        "wording": words.WORDINGS[told.wording],
    }


@bp.post("/set-up/notice")
@requires(Permission.RULES_SET)
def write_notice() -> ResponseReturnValue:
    """A draft of a notice on Consult itself, a new technology too. Human resources complete and send it;
    an administrator does not read drafts. Asked for twice, it is there once."""
    source = only_language() or i18n.locale()
    starter = starting.load()[ITSELF]
    text = starting.content_of(starting.in_words(starter, _reword), source)
    known = notice_queries.by_id(db.session, _ONCE) is not None
    if not known:
        made = notices.create(
            db.session, title=text.title, actor=signed_in(), on=clock.today(), once=_ONCE, text=text
        )
        letters.drafted(db.session, made)
    db.session.commit()
    flash(
        _("The draft was there already: human resources find it among their notices.")
        if known
        else _("The draft is there. Human resources were told: they complete it, read it over and send it."),
        "accent" if known else "ok",
    )
    return redirect(url_for("profile.rules"), 303)


def _reword(text: str, language: str) -> str:
    return reworded(text, i18n.words(), language)
