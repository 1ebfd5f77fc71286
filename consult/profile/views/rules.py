"""The page of the organisation's rules, to read, print and sign."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.i18n import _, day, locale
from consult.documents import pdf
from consult.people import queries as people
from consult.people.access import may, requires
from consult.people.models import RuleAnswer
from consult.people.rules import Permission
from consult.profile import rulebook, words
from consult.profile.views.room import bp
from consult.web.downloads import download
from consult.web.pagination import page_of, typed_cursor


@bp.get("/rules")
@requires(Permission.RULES_READ)
def rules() -> ResponseReturnValue:
    """Everyone who signs in reads the same; an administrator is led to what can be changed."""
    after = typed_cursor(request.args.get("after"), int)
    changes = page_of(people.changes(db.session, after=after), lambda one: (one.position,))
    return render_template(
        "profile/rules.html",
        sections=rulebook.sections(db.session, on=clock.today()),
        changes=[_shown(one) for one in changes.rows],
        older=changes.older,
        is_first=after is None,
        is_complete=people.profile(db.session).is_complete,
        can_set=may(Permission.RULES_SET),
        names=words.SHORT,
        on=clock.today(),
    )


def _shown(change: RuleAnswer) -> dict[str, object]:
    return {
        "on": change.answered_on,
        "name": words.SHORT[change.question],
        "value": words.shown(change.question, change.value),
        "reason": change.reason,
        "by": change.account.name if change.account is not None else _("on the server’s command line"),
    }


@bp.get("/rules.pdf")
@requires(Permission.RULES_READ)
def rules_pdf() -> ResponseReturnValue:
    """The same on paper, with room for two signatures."""
    organisation = people.organisation(db.session)
    assert organisation is not None, "an account needs an organisation"
    today, lang = clock.today(), locale()
    data = {
        "lang": lang,
        "title": str(_("Rules of the organisation on consultations about AI")),
        "organisation": organisation.name,
        "made": str(_("Made on %(day)s", day=day(today))),
        "page_of": str(_("Page %(page)s of %(pages)s", page="{n}", pages="{all}")),
        "sections": [
            {
                "title": one.title,
                "lines": [
                    {"label": line.label, "value": line.value, "note": line.note} for line in one.lines
                ],
            }
            for one in rulebook.sections(db.session, on=today)
        ],
        "signatures": [
            {"who": str(_("For the employer")), "lines": _signature()},
            {"who": str(_("The secretary of the body")), "lines": _signature()},
        ],
    }
    made = pdf.render("rules", data, on=today)
    return download(made, "application/pdf", f"consult-rules-{lang}.pdf")


def _signature() -> list[str]:
    return [str(_("Name and capacity")), str(_("Day and place")), str(_("Signature"))]
