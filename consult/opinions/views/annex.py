"""Declarations annexed to the opinion, and its text in the other language."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from consult.commitments import queries as commitments
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound, WrongState
from consult.core.i18n import _
from consult.files import queries as file_queries
from consult.files import serving, words
from consult.files.rules import FileRefused
from consult.files.uploads import takes_file
from consult.notices import queries as notices
from consult.opinions import drafting, queries, voting
from consult.opinions.draft_forms import DeclarationForm, translation_form
from consult.opinions.draft_models import Declaration
from consult.opinions.guarding import is_ours, of_ours
from consult.opinions.models import Opinion
from consult.opinions.motions import Declared, DraftState
from consult.opinions.views.room import ROUTE, bp
from consult.opinions.words import DECLARED
from consult.people.access import requires, signed_in
from consult.people.rules import Permission

_OPEN = {DraftState.NONE, DraftState.OPEN}


@bp.route(f"{ROUTE}/opinion/declarations", methods=["GET", "POST"])
@takes_file
@requires(Permission.WORKSPACE_USE, of=of_ours)
def declarations(consultation: Consultation) -> ResponseReturnValue:
    """What waits to be annexed, and one more."""
    if request.method == "GET":
        return _page(consultation, DeclarationForm(), 200)
    form = DeclarationForm.submitted().in_either(commitments.source_of(consultation.notice))
    if not form.validate():
        return _page(consultation, form, 400)
    ident, chosen = consultation.id, form.file.data
    has_file = isinstance(chosen, FileStorage) and bool(chosen.filename)
    try:
        drafting.declare(
            db.session, consultation, kind=Declared(form.kind.data), signed=form.signed.data.strip(),
            text=form.localized("text"), upload=chosen.stream if has_file else None,
            name=chosen.filename if has_file else "", actor=signed_in(), on=clock.today(), once=form.once_id,
        )  # fmt: skip
    except (FileRefused, WrongState) as error:
        db.session.rollback()
        again = of_ours(db.session, ident)
        assert again is not None, "it was there a moment ago"
        if isinstance(error, FileRefused):
            form.file.errors = [words.refusal_words(error)]
        return _page(again, form, 409 if isinstance(error, WrongState) else 400)
    db.session.commit()
    flash(_("The declaration is kept. It is annexed to the opinion once it is adopted."), "ok")
    return redirect(url_for("opinions.declarations", consultation_id=ident), 303)


def _page(consultation: Consultation, form: DeclarationForm, status: int) -> ResponseReturnValue:
    if not form.errors:
        form.in_either(commitments.source_of(consultation.notice))
    page = render_template(
        "opinions/declarations.html",
        consultation=consultation,
        form=form,
        waiting=queries.declarations(db.session, consultation.id),
        declared=DECLARED,
        is_open=drafting.state_of(db.session, consultation) in _OPEN,
        revision=notices.published(consultation.notice),
    )
    return page, status


def _ours(session: Session, declaration_id: UUID) -> Declaration | None:
    found = queries.declaration(session, declaration_id)
    return found if found is not None and is_ours(found.consultation) else None


@bp.post("/declarations/<uuid:declaration_id>/drop")
@requires(Permission.WORKSPACE_USE, of=_ours)
def drop_declaration(declaration: Declaration) -> ResponseReturnValue:
    """Takes a declaration back before it is annexed."""
    ident = declaration.consultation_id
    drafting.drop(db.session, declaration)
    db.session.commit()
    flash(_("The declaration is taken back."), "ok")
    return redirect(url_for("opinions.declarations", consultation_id=ident), 303)


@bp.get("/declarations/<uuid:declaration_id>/file")
@requires(Permission.WORKSPACE_USE, of=queries.declaration)
def declaration_file(declaration: Declaration) -> ResponseReturnValue:
    """The file of a declaration: the body's alone until it is annexed."""
    file = file_queries.by_hash(db.session, declaration.file) if declaration.file else None
    if file is None:
        raise NotFound
    return serving.answer(file, declaration.file_name, for_employees=False)


def _opinion(session: Session, consultation_id: UUID) -> Opinion | None:
    consultation = of_ours(session, consultation_id)
    return queries.of_consultation(session, consultation.id) if consultation is not None else None


@bp.route(f"{ROUTE}/opinion/translation", methods=["GET", "POST"])
@requires(Permission.WORKSPACE_USE, of=_opinion)
def translate(opinion: Opinion) -> ResponseReturnValue:
    """The other language, once, by courtesy: the adopted text never changes."""
    kind = translation_form(opinion.points)
    form = kind.submitted() if request.method == "POST" else kind()
    if request.method == "GET":
        if not voting.missing_language(opinion) or queries.translations(db.session, [opinion]):
            raise WrongState("opinion", "in both languages")
        return _translation_page(opinion, form, 200)
    if not form.validate():
        return _translation_page(opinion, form, 400)
    ident = opinion.consultation_id
    voting.translate(
        db.session, opinion, text=form.text.data.strip(), points=form.said(opinion.points),
        actor=signed_in(), on=clock.today(),
    )  # fmt: skip
    db.session.commit()
    flash(_("The courtesy translation is added. The adopted text has not changed."), "ok")
    return redirect(url_for("opinions.give", consultation_id=ident), 303)


def _translation_page(opinion: Opinion, form: object, status: int) -> ResponseReturnValue:
    page = render_template(
        "opinions/translate.html",
        consultation=opinion.consultation,
        opinion=opinion,
        form=form,
        language=voting.missing_language(opinion),
        revision=notices.published(opinion.consultation.notice),
    )
    return page, status
