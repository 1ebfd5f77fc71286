"""The editor: one section a page, both languages side by side, nothing lost on the way."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm.exc import StaleDataError

from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, NotFound, WrongState
from consult.core.i18n import _, locale
from consult.core.localized import LOCALES
from consult.notices import fields, queries, reviewing, services
from consult.notices.content import Content
from consult.notices.fields import Section
from consult.notices.forms import (
    CAUSES,
    ReviseForm,
    SectionForm,
    add_rows,
    base_of,
    form_of,
    submitted,
)
from consult.notices.models import Notice, Revision
from consult.notices.readiness import source_of
from consult.notices.rules import CHANGELOG, NoticeState, OpenNotes, OwnText, Review, tidied
from consult.notices.views import page, pairs
from consult.notices.views.blueprint import bp
from consult.people.access import reader_of, requires, signed_in
from consult.people.rules import Permission
from consult.register import causes
from consult.web import errors


def _section() -> Section:
    try:
        return Section(request.args.get("section", Section.ESSENTIALS))
    except ValueError:
        raise NotFound from None


def _address(notice: Notice, section: Section, anchor: str | None = None) -> str:
    return url_for("notices.edit", slug=notice.slug, section=section.value, _anchor=anchor or None)


@bp.get("/notices/<slug>/edit")
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def edit(notice: Notice) -> ResponseReturnValue:
    """One section of the revision being written; without one, how to start it."""
    section, revision = _section(), queries.draft(notice)
    if revision is None or notice.state is NoticeState.WITHDRAWN:
        form = ReviseForm(data={CAUSES: request.args.getlist("because")})
        _offer(notice, form)
        return _closed(notice, form)
    content = services.content_of(revision)
    form = form_of(section, content, version=revision.version, is_first=revision.number == 1)
    _offer(notice, form)
    return _shown(notice, revision, form)


@bp.post("/notices/<slug>/edit")
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def save(notice: Notice) -> ResponseReturnValue:
    """Saves the section and goes where the pressed button says."""
    section, revision = _section(), queries.draft(notice)
    if revision is None:
        raise WrongState("revision", "published")
    stored = services.content_of(revision)
    form = submitted(section, source=stored.title.source, is_first=revision.number == 1)
    _offer(notice, form)
    if "add" in request.form and request.form["add"] in form:
        add_rows(form[request.form["add"]])
        return _shown(notice, revision, form)
    if not form.validate():
        return _shown(notice, revision, form), 400
    was_approved = revision.review is Review.APPROVED
    same_base = form.base.data == base_of(section, stored)
    version = revision.version if same_base else form.read_version
    try:
        services.save(db.session, revision, form.apply(stored), version=version, actor=signed_in())
        where = _go_on(notice, section)
        db.session.commit()
    except (EditedMeanwhile, StaleDataError):
        return _conflict(notice, form)
    if was_approved and revision.review is Review.DRAFT:
        flash(_("The text changed after it was approved: it is a draft again."), "warn")
    flash(_("Saved."), "ok")
    return redirect(where, 303)


LEADS = {
    "preview": "reading.preview", "blanks": "notices.blanks", "compare": "reading.compare_signed",
    "checks": "consultations.checks", "send": "consultations.send", page.ATTACHED: "notices.attachments",
    page.ELSEWHERE: "notices.sheet",
}  # fmt: skip
"""Where buttons of the editor lead once the section is saved."""


def _go_on(notice: Notice, section: Section) -> str:
    """Where the pressed button leads; some move the notice first."""
    what, _colon, rest = request.form.get("go", "").partition(":")
    if what == "to":
        return _moved(notice, rest, section)
    if what in LEADS:
        return url_for(LEADS[what], slug=notice.slug)
    if what == page.NOTES:
        return url_for("notices.notes", slug=notice.slug, section=section.value)
    if what == "next":
        order = list(fields.EDITED)
        return _address(notice, order[min(order.index(section) + 1, len(order) - 1)])
    if what == "section":
        name, _colon, anchor = rest.partition(":")
        return _address(notice, Section(name) if name in set(Section) else section, anchor)
    return _address(notice, section)


def _moved(notice: Notice, to: str, section: Section = Section.ESSENTIALS) -> str:
    try:
        state = Review(to)
    except ValueError:
        raise NotFound from None
    try:
        reviewing.move(db.session, notice, state, actor=signed_in())
    except OpenNotes:
        return url_for("notices.approve", slug=notice.slug)
    except OwnText:
        flash(_("You changed this text last: somebody else who writes notices approves it."), "warn")
    else:
        flash(page.moved(state), "ok")
    return _address(notice, section)


@bp.post("/notices/<slug>/review")
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def review(notice: Notice) -> ResponseReturnValue:
    """Asks for a second pair of eyes, approves, or takes back: ``to`` says which."""
    where = _moved(notice, request.form.get("to", ""))
    db.session.commit()
    return redirect(where, 303)


@bp.post("/notices/<slug>/revise")
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def revise(notice: Notice) -> ResponseReturnValue:
    """Starts the next revision of a published notice, saying first what changes and because of what."""
    published = queries.published(notice)
    if published is None:
        raise WrongState("notice", notice.state)
    form, source = ReviseForm.submitted(), source_of(published)
    _offer(notice, form)
    control = form[f"{CHANGELOG}_{source}"]
    if not form.validate() or not tidied(control.data or ""):
        if not form.errors:
            control.errors = [_("Say what changes, and because of what was said.")]
        return _closed(notice, form), 400
    revision = services.revise(db.session, notice, actor=signed_in())
    stored = services.content_of(revision)
    mine = replace(
        stored, changelog=form.value(CHANGELOG, stored.changelog, source), causes=form.chosen(stored.causes)
    )
    if stored.changelog and stored.changelog.texts != mine.changelog.texts:
        return _conflict_page(notice, stored, mine, form)
    services.save(db.session, revision, mine, actor=signed_in())
    where = _address(notice, Section.ESSENTIALS)
    flash(
        _("Revision %(number)s is started. Readers still see the one before.", number=revision.number), "ok"
    )
    db.session.commit()
    return redirect(where, 303)


def _offer(notice: Notice, form: SectionForm | ReviseForm) -> None:
    """What this person may cite as what led to the revision."""
    if CAUSES in form:
        offered = causes.citable(db.session, notice.id, reader=reader_of(signed_in()), on=clock.today())
        form.offer((str(one.ref), one.label) for one in offered)


def _shown(notice: Notice, revision: Revision, form: SectionForm) -> str:
    account, notes = signed_in(), queries.open_notes(db.session, revision.id)
    alone = not reviewing.others_who_write(db.session, account)
    shown = page.editor(notice, revision, form, notes=notes, by=account, alone=alone)
    return render_template("notices/edit.html", **shown)


def _closed(notice: Notice, form: ReviseForm) -> str:
    last = queries.published(notice)
    source = source_of(last) if last is not None else LOCALES[0]
    return render_template(
        "notices/closed.html", notice=notice, revision=last, form=form, pair=pairs.pair_of(
            form, CHANGELOG, fields.label_of(CHANGELOG), source, hint=pairs.CHANGELOG_HINT, state=""
        ),
    )  # fmt: skip


def _conflict(notice: Notice, form: SectionForm) -> ResponseReturnValue:
    """Somebody saved the same section first: both texts, nothing stored."""
    db.session.rollback()
    fresh = queries.by_slug(db.session, notice.slug)
    revision = queries.draft(fresh) if fresh is not None else None
    if fresh is None or revision is None:
        raise WrongState("revision", "published")
    stored = services.content_of(revision)
    return _conflict_page(fresh, stored, form.apply(stored), form)


def _conflict_page(
    notice: Notice, stored: Content, mine: Content, form: SectionForm | ReviseForm
) -> ResponseReturnValue:
    found = page.conflicts(stored, mine)
    if stored.causes != mine.causes:
        names = {one.value: str(one.label) for one in form[CAUSES].choices or ()}
        said = ["\n".join(names.get(one, one) for one in side.causes) for side in (mine, stored)]
        found.append({"label": form[CAUSES].label.text, "lang": locale(), "mine": said[0], "theirs": said[1]})
    back = _address(notice, form.section if isinstance(form, SectionForm) else Section.ESSENTIALS)
    db.session.rollback()
    return errors.page(409, conflicts=found, back_url=back)
