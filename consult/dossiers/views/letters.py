"""Letters to the employer, and its answers."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound, WrongState
from consult.core.i18n import _
from consult.dossiers import queries, services, words
from consult.dossiers.forms import AnswerForm, LetterForm
from consult.dossiers.models import Dossier, DossierLetter
from consult.dossiers.rules import ALLOWED, Act, proposed_due
from consult.dossiers.views.room import ROUTE, back, bp, known, written_in
from consult.people import queries as people
from consult.people.access import requires, signed_in, weigh
from consult.people.rules import NotAdopted, Permission, majority


@bp.route(f"{ROUTE}/letters/new", methods=["GET", "POST"])
@requires(Permission.FILE_OPEN, of=known)
def write(dossier: Dossier) -> ResponseReturnValue:
    """Asks the employer; the first letter makes the file known to it."""
    if request.method == "GET":
        if Act.SEND not in ALLOWED[dossier.state]:
            raise WrongState("file", dossier.state)
        return _write_page(dossier, _proposed(dossier), 200)
    form = LetterForm.submitted().written_in(written_in())
    if not form.validate():
        return _write_page(dossier, form, 400)
    ident = dossier.id
    try:
        services.send(
            db.session, dossier, text=form.localized("text"), due_on=form.due_on.data,
            resolution=form.localized("resolution"), votes=form.tally, decided_on=form.decided_on.data,
            actor=signed_in(), on=clock.today(), once=form.once_id,
        )  # fmt: skip
    except (NotAdopted, WrongState) as error:
        db.session.rollback()
        again = queries.by_id(db.session, ident)
        if again is None:
            raise NotFound from None
        return _write_page(again, form, 409, why=type(error).__name__)
    weigh(dossier.body, form.tally, on=form.decided_on.data)
    db.session.commit()
    flash(_("The letter is sent. The employer is being told."), "ok")
    return back(ident)


def _proposed(dossier: Dossier) -> LetterForm:
    today, organisation = clock.today(), people.organisation(db.session)
    due_on = proposed_due(today)
    text = words.letter(
        body=dossier.body.name, name=dossier.name, place=dossier.place, since=dossier.since, due_on=due_on,
        country=organisation.country if organisation is not None else "fr",
    )  # fmt: skip
    resolution = words.resolution(body=dossier.body.name, name=dossier.name)
    form = LetterForm(due_on=due_on, decided_on=today).written_in(written_in())
    form.propose("text", text)
    form.propose("resolution", resolution)
    return form


def _write_page(dossier: Dossier, form: LetterForm, status: int, why: str = "") -> ResponseReturnValue:
    shown = render_template(
        "dossiers/letter.html",
        form=form,
        dossier=dossier,
        why=why,
        needed=majority(sum(form.tally.values())),
    )
    return shown, status


@bp.route("/dossiers/letters/<uuid:letter_id>", methods=["GET", "POST"])
@requires(Permission.QUESTION_ANSWER, of=queries.letter)
def answer(letter: DossierLetter) -> ResponseReturnValue:
    """The employer answers, once."""
    dossier = letter.dossier
    if letter.answered_on is not None:
        flash(_("This letter has its answer already. Nothing was done twice."), "accent")
        return back(dossier.id)
    if Act.ANSWER not in ALLOWED[dossier.state]:
        raise WrongState("file", dossier.state)
    form = AnswerForm.submitted() if request.method == "POST" else AnswerForm()
    form.written_in(letter.text.source)
    if request.method == "GET" or not form.validate():
        shown = render_template("dossiers/answer.html", form=form, letter=letter)
        return shown, 200 if request.method == "GET" else 400
    services.answer(db.session, letter, text=form.localized("text"), actor=signed_in(), on=clock.today())
    db.session.commit()
    flash(_("The answer is given. The representatives are being told."), "ok")
    return back(dossier.id)
