"""What the employer answers to a theme the body published. Nothing of the desk is reachable from here."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.concerns import queries, services, words
from consult.concerns.forms import AnswerForm
from consult.concerns.models import Theme
from consult.concerns.rules import Stance
from consult.concerns.views.room import bp, nowhere_else
from consult.core import clock
from consult.core.db import db
from consult.core.i18n import _
from consult.core.localized import LOCALES
from consult.notices import queries as notices
from consult.people.access import requires, signed_in
from consult.people.rules import Permission


@bp.route("/themes/<uuid:theme_id>/answer", methods=["GET", "POST"])
@requires(Permission.QUESTION_ANSWER, of=queries.published_theme)
def answer(theme: Theme) -> ResponseReturnValue:
    source = _source(theme)
    form = (AnswerForm.submitted() if request.method == "POST" else AnswerForm()).written_in(source)
    if request.method == "POST" and form.validate():
        services.answer_theme(
            db.session,
            theme,
            stance=Stance(form.stance.data),
            text=form.localized("text"),
            actor=signed_in(),
            on=clock.today(),
            once=form.once_id,
        )
        address = url_for(".answer", theme_id=theme.id)
        db.session.commit()
        flash(_("Answer published. Those who hold the key were told."), "ok")
        return redirect(address, 303)
    stays = nowhere_else() if request.method == "POST" else {}
    facts = {
        "quotations": queries.wordings(db.session, theme.id),
        "answers": queries.answers(db.session, theme.id),
        "languages": (source, *(one for one in LOCALES if one != source)),
        "stances": words.STANCES,
        "tones": words.STANCE_TONES,
    }
    status = 400 if form.errors else 200
    return render_template("concerns/answer.html", form=form, theme=theme, **facts, **stays), status


def _source(theme: Theme) -> str:
    """The authoritative language of what the employer writes on this notice."""
    revision = notices.published(theme.notice)
    return revision.title.source if revision is not None else "fr"
