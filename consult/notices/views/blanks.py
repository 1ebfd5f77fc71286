"""The blanks that remain in a draft, all on one page: answered once, filled wherever they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm.exc import StaleDataError

from consult.core.db import db
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.i18n import _, locale, ngettext
from consult.core.localized import LOCALES
from consult.notices import blanks, fields, filling, queries, services
from consult.notices.blank_forms import BlanksForm, form_of, submitted, was_of
from consult.notices.content import Content
from consult.notices.fields import Section
from consult.notices.filling import START, Asked, Overtaken, Spot
from consult.notices.forms import LANGUAGES
from consult.notices.models import Notice, Revision
from consult.notices.rules import NoticeState, Review
from consult.notices.services import Conflict
from consult.notices.views.blueprint import bp
from consult.people.access import requires, signed_in
from consult.people.rules import Permission
from consult.web import errors

GAP = "____"
"""What stands for the blank that is asked in its sentence; others are three dots."""


@dataclass(frozen=True, slots=True)
class Line:
    """One blank: its question, the words around it by language, what it is part of, its controls by
    language ("": both)."""

    question: str
    lang: str
    around: dict[str, str]
    place: Any
    controls: dict[str, Any]
    note: str = ""


def _around(spot: Spot) -> str:
    """The sentence; nothing where the blank is all there is of it."""
    if not any(sign.isalnum() for sign in blanks.shown(spot.sentence)):
        return ""
    return blanks.shown(blanks.fill(spot.sentence, {spot.key: GAP})).replace("….", "…")


def _lines(form: BlanksForm, found: list[Asked]) -> list[tuple[Any, list[Line]]]:
    """By section, in order."""
    groups: dict[Section, list[Line]] = {}
    for one in found:
        languages = [language for language in LOCALES if language in one.spots]
        line = Line(
            question=one.question(locale()),
            lang=locale() if locale() in one.questions else languages[0],
            around={each: words for each in languages if (words := _around(one.spots[each]))},
            place=fields.label_of(one.spots[languages[0]].place),
            controls={
                language: form.control(one.key, language)
                for language in ([""] if one.kind.is_shared else languages)
            },
            note=_("It becomes the date of the roll-out, too.") if one.key == START else "",
        )
        groups.setdefault(one.section, []).append(line)
    return [(fields.SECTIONS[section], lines) for section, lines in groups.items()]


@bp.get("/notices/<slug>/blanks", endpoint="blanks")
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def show(notice: Notice) -> ResponseReturnValue:
    revision = queries.draft(notice)
    if revision is None or notice.state is NoticeState.WITHDRAWN:
        return redirect(url_for("notices.edit", slug=notice.slug))
    found = filling.asked(services.content_of(revision))
    return _shown(notice, revision, form_of(found, version=revision.version), found)


@bp.post("/notices/<slug>/blanks", endpoint="fill_blanks")
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def fill(notice: Notice) -> ResponseReturnValue:
    """Fills what was answered, leaves the rest."""
    revision = queries.draft(notice)
    if revision is None:
        raise WrongState("revision", "published")
    stored = services.content_of(revision)
    found = filling.asked(stored)
    form = submitted(found, request.form.get("was", ""))
    if not form.validate():
        return _shown(notice, revision, form, found), 400
    answers = form.answers()
    if lost := filling.overtaken(stored, form.spots, answers):
        return _conflict(notice, form, lost)
    was_approved = revision.review is Review.APPROVED
    same = form.was.data == was_of(filling.spots_of(found))
    version = revision.version if same else form.read_version
    try:
        services.save(
            db.session, revision, filling.filled(stored, answers), version=version, actor=signed_in()
        )
        left = len(filling.asked(services.content_of(revision)))
        is_draft_again = was_approved and revision.review is Review.DRAFT
        where = url_for("notices.blanks" if left else "notices.edit", slug=notice.slug)
        db.session.commit()
    except (EditedMeanwhile, StaleDataError):
        return _conflict(notice, form, [])
    if is_draft_again:
        flash(_("The text changed after it was approved: it is a draft again."), "warn")
    flash(_told(left), "ok")
    return redirect(where, 303)


def _told(left: int) -> str:
    if not left:
        return str(_("Saved. No blank is left."))
    return str(ngettext("Saved. %(num)s blank is left.", "Saved. %(num)s blanks are left.", left))


def _shown(notice: Notice, revision: Revision, form: BlanksForm, found: list[Asked]) -> str:
    return render_template(
        "notices/blanks.html",
        notice=notice,
        revision=revision,
        form=form,
        groups=_lines(form, found),
        count=len(found),
    )


def _conflict(notice: Notice, form: BlanksForm, lost: list[Overtaken]) -> ResponseReturnValue:
    """Somebody wrote in the same places first: both texts, nothing stored."""
    db.session.rollback()
    fresh = queries.by_slug(db.session, notice.slug)
    revision = queries.draft(fresh) if fresh is not None else None
    if fresh is None or revision is None:
        raise WrongState("revision", "published")
    stored = services.content_of(revision)
    mine: Content = filling.filled(stored, form.answers())
    found = [Conflict(one.place, one.language, one.mine, one.theirs) for one in lost]
    back = url_for("notices.blanks", slug=fresh.slug)
    conflicts = [
        {
            "label": f"{fields.label_of(one.key)} ({LANGUAGES[one.lang]})",
            "lang": one.lang, "mine": one.mine, "theirs": one.theirs,
        }
        for one in [*found, *services.conflicts(stored, mine)]
    ]  # fmt: skip
    db.session.rollback()
    return errors.page(409, conflicts=conflicts, back_url=back)
