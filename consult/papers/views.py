"""Pages of this room: the texts one side may prepare, one of them filled and edited, its files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.commitments import queries as commitments
from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, NotFound
from consult.core.i18n import LOCALES, _, locale, ngettext
from consult.core.localized import Localized
from consult.papers import exports, facts, queries, services
from consult.papers.exports import Printed
from consult.papers.forms import PaperForm
from consult.papers.loading import fitting, texts
from consult.papers.models import Paper
from consult.papers.queries import Begun, FileOf, Place
from consult.papers.rules import ModelText, PaperSide, left
from consult.people.access import acting_body_ids, reader_of, requires, signed_in
from consult.people.rules import Permission
from consult.web import spaces
from consult.web.downloads import download
from consult.web.pagination import page_of, typed_cursor
from consult.web.readers import Side

bp = Blueprint("papers", __name__, url_prefix=spaces.WORKSPACE)
_OF_CONSULTATION = "/consultations/<uuid:consultation_id>/papers"
_OF_BODY = "/bodies/<uuid:body_id>/papers"
_ROUTE = "/papers/<uuid:paper_id>"
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def _side(scope: frozenset[UUID]) -> PaperSide:
    """On whose behalf this person writes about a thing of these bodies. Raises `NotFound`."""
    account = signed_in()
    if reader_of(account).side is Side.EMPLOYER:
        return PaperSide.EMPLOYER
    if not scope & acting_body_ids(account):
        raise NotFound
    return PaperSide.BODY


def _mine(paper: Paper) -> None:
    """A paper is its side's alone, and its body's. Raises `NotFound`."""
    if _side(paper.scope) is not paper.side:
        raise NotFound


def _model(key: str, side: PaperSide, place: Place) -> ModelText:
    found = texts().get(key)
    if found is None or not found.is_for(side, place.template):
        raise NotFound
    return found


def _place_of(paper: Paper) -> Place:
    return Place(paper.body, paper.consultation)


def _title(place: Place) -> str:
    if place.consultation is None:
        return str(_("Without a notice"))
    return commitments.title_of(place.consultation.notice, locale())


def _list_url(place: Place, after: str | None = None) -> str:
    if place.consultation is None:
        return url_for("papers.of_body", body_id=place.body.id, after=after)
    return url_for("papers.of_consultation", consultation_id=place.consultation.id, after=after)


def _begin_url(place: Place, key: str) -> str:
    if place.consultation is None:
        return url_for("papers.begin_by_body", body_id=place.body.id, key=key)
    return url_for("papers.begin", consultation_id=place.consultation.id, key=key)


# ── the list ───────────────────────────────────────────────────────────────────


@bp.get(_OF_CONSULTATION)
@requires(Permission.PAPER_WRITE, of=queries.of_consultation)
def of_consultation(place: Place) -> ResponseReturnValue:
    """What this side may prepare about a consultation, and what it prepared."""
    return _listed(place)


@bp.get(_OF_BODY)
@requires(Permission.PAPER_WRITE, of=queries.of_body)
def of_body(place: Place) -> ResponseReturnValue:
    """The same for a body that writes about what nobody has presented to it."""
    return _listed(place)


def _listed(place: Place) -> ResponseReturnValue:
    side = _side(place.scope)
    after = typed_cursor(request.args.get("after"), date.fromisoformat, UUID)
    rows = queries.page(db.session, place, side, after=after)
    page = page_of(rows, lambda one: (one.started_on.isoformat(), one.id))
    return render_template(
        "papers/list.html",
        place=place,
        title=_title(place),
        page=page,
        older_url=_list_url(place, after=page.older) if page.older else None,
        own_url=_list_url(Place(place.body)) if side is PaperSide.BODY and place.consultation else None,
        models=[(one, _begin_url(place, one.key)) for one in fitting(side, place.template)],
        known=texts(),
        left=left,
    )


# ── one text ───────────────────────────────────────────────────────────────────


@bp.route(f"{_OF_CONSULTATION}/<key>", methods=["GET", "POST"])
@requires(Permission.PAPER_WRITE, of=queries.begun)
def begin(begun: Begun) -> ResponseReturnValue:
    """A model text, filled from the file; kept once it is saved."""
    return _begin(begun.place, begun.key)


@bp.route(f"{_OF_BODY}/<key>", methods=["GET", "POST"])
@requires(Permission.PAPER_WRITE, of=queries.begun_by_body)
def begin_by_body(begun: Begun) -> ResponseReturnValue:
    return _begin(begun.place, begun.key)


def _begin(place: Place, key: str) -> ResponseReturnValue:
    side = _side(place.scope)
    model = _model(key, side, place)
    source = facts.source_of(db.session, place)
    if request.method == "GET":
        proposed = facts.proposed(db.session, place, model, side, on=clock.today())
        return _page(place, model, PaperForm.about(model, proposed), source)
    form = PaperForm.posted(model).written_in(source)
    if not form.validate():
        return _page(place, model, form, source, 400)
    text = form.filled
    try:
        paper = services.keep(
            db.session, place, side=side, key=key, text=text, actor=signed_in(), on=clock.today(),
            once=form.once_id,
        )  # fmt: skip
    except EditedMeanwhile:
        db.session.rollback()
        form.once.data = str(uuid4())
        return _page(place, model, form, source, 409)
    ident = paper.id
    db.session.commit()
    flash(_kept(text), "ok")
    return redirect(url_for("papers.edit", paper_id=ident), 303)


def _kept(text: Localized) -> str:
    remaining = len(left(text))
    if not remaining:
        return str(_("Saved. No blank is left."))
    return str(ngettext("Saved. %(num)s blank is left.", "Saved. %(num)s blanks are left.", remaining))


@bp.route(_ROUTE, methods=["GET", "POST"])
@requires(Permission.PAPER_WRITE, of=queries.by_id)
def edit(paper: Paper) -> ResponseReturnValue:
    """A paper as it was saved last, or as an earlier ``version``; saved again it gets the next number."""
    _mine(paper)
    model, source = texts()[paper.text_key], paper.newest.text.source
    if request.method == "GET":
        text = _asked_for(paper)
        form = PaperForm.about(model, text, seen=str(paper.newest.number))
        return _page(_place_of(paper), model, form, source, paper=paper)
    form = PaperForm.posted(model).written_in(source)
    if not form.validate():
        return _page(_place_of(paper), model, form, source, 400, paper=paper)
    text, ident = form.filled, paper.id
    try:
        services.save(db.session, paper, text=text, seen=form.version, actor=signed_in(), on=clock.today())
    except EditedMeanwhile:
        db.session.rollback()
        again = queries.by_id(db.session, ident)
        if again is None:
            raise NotFound from None
        form.seen.data = str(again.newest.number)
        return _page(_place_of(again), model, form, source, 409, paper=again)
    db.session.commit()
    flash(_kept(text), "ok")
    return redirect(url_for("papers.edit", paper_id=ident), 303)


def _asked_for(paper: Paper) -> Localized:
    """The version an address asks for, else the newest."""
    asked = request.args.get("version", "")
    found = (one.text for one in paper.versions if asked == str(one.number))
    return next(found, paper.newest.text)


def _page(
    place: Place,
    model: ModelText,
    form: PaperForm,
    source: str,
    status: int = 200,
    paper: Paper | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "papers/edit.html",
        place=place,
        title=_title(place),
        model=model,
        form=form.written_in(source),
        paper=paper,
        newest=_newest(paper, status),
        back=_list_url(place),
        is_stale=status == 409 and paper is not None,
        is_twice=status == 409 and paper is None,
        files=[one for one in LOCALES if paper is not None and paper.newest.text.texts.get(one)],
    )
    return page, status


def _newest(paper: Paper | None, status: int) -> Mapping[str, str]:
    """What stands there, beside what somebody typed who did not know of it."""
    return paper.newest.text.texts if paper is not None and status == 409 else {}


# ── files ──────────────────────────────────────────────────────────────────────


@bp.get(f"{_ROUTE}/<any(fr, en):language>.<any(docx, pdf):kind>")
@requires(Permission.PAPER_WRITE, of=queries.file)
def file(asked: FileOf) -> ResponseReturnValue:
    """The newest version in one language, for people to sign and send by other means."""
    paper, language = asked.paper, asked.language
    _mine(paper)
    text = paper.newest.text.texts.get(language)
    if text is None:
        raise NotFound
    title = texts()[paper.text_key].label.shown(language)
    write = exports.as_word if asked.kind == "docx" else exports.as_pdf
    made = write(Printed(title, text, language), on=clock.today())
    return download(made, _TYPES[asked.kind], f"{paper.text_key}-{language}.{asked.kind}")


@bp.post(f"{_ROUTE}/delete")
@requires(Permission.PAPER_WRITE, of=queries.by_id)
def delete(paper: Paper) -> ResponseReturnValue:
    _mine(paper)
    back = _list_url(_place_of(paper))
    services.delete(db.session, paper)
    db.session.commit()
    flash(_("The draft is deleted, with its earlier versions."), "ok")
    return redirect(back, 303)
