"""The opinions on a notice to take away: a document to print, and the same as data. Votes by head alone: who
voted what is the body's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from consult.core.i18n import _, day, locale
from consult.core.localized import Localized
from consult.documents import pdf, prose
from consult.opinions.motions import Majority
from consult.opinions.words import DECLARED, MAJORITIES, OUTCOMES
from consult.people import queries as people
from consult.reading.page import NoticePage, point_name
from consult.web.filters import plain_of

Data = dict[str, Any]


def has_any(page: NoticePage) -> bool:
    return bool(page.thread.opinions or page.thread.statements)


# ── the document ───────────────────────────────────────────────────────────────


def as_pdf(session: Session, page: NoticePage) -> bytes:
    """A tagged PDF in the language of the request."""
    organisation = people.organisation(session)
    data = {
        "lang": locale(),
        "title": str(_("The opinion on “%(title)s”", title=plain_of(page.revision.title))),
        "organisation": organisation.name if organisation is not None else "",
        "made": str(_("Made on %(day)s", day=day(page.on))),
        "page_of": str(_("Page %(page)s of %(pages)s", page="{n}", pages="{all}")),
        "piece": "",
        "pieces": [*_statements(page), *(one for given in page.thread.opinions for one in _of(page, given))],
    }
    return pdf.render("pack", data, on=page.on)


def _statements(page: NoticePage) -> Iterator[Data]:
    for one in page.thread.statements:
        body = one.consultation.body.name
        title = _("Statement of %(body)s, %(day)s", body=body, day=day(one.said_on))
        nodes = [_strong(str(OUTCOMES[one.outcome])), *_prose(one.text)]
        nodes.append(_line(str(_("No opinion: the period runs on."))))
        yield {"title": str(title), "nodes": nodes + (_vote(one.put) if one.put else [])}


def _of(page: NoticePage, opinion: Any) -> Iterator[Data]:
    body = opinion.consultation.body.name
    adopted = str(_("Adopted on %(day)s. This text never changes.", day=day(opinion.given_on)))
    yield {
        "title": str(_("The opinion of %(body)s", body=body)),
        "nodes": [_strong(str(OUTCOMES[opinion.position])), *_prose(opinion.text), _line(adopted)],
    }
    for point in opinion.points:
        yield {"title": point_name(point), "nodes": _prose(point.text)}
    beside = page.thread.beside[opinion.id]
    if put := beside.put:
        yield {"title": str(_("The vote")), "nodes": _vote(put)}
    for one in beside.annexed:
        nodes = [_strong(one.signed), *_prose(one.text)]
        nodes += [_line(str(_("File: %(name)s", name=one.file_name)))] if one.file else []
        yield {"title": str(DECLARED[one.kind]), "nodes": nodes}
    if made := beside.translation:
        added = _(
            "Added on %(day)s by %(name)s, after the adoption. Only the adopted text counts.",
            day=day(made.made_on), name=made.author.name,
        )  # fmt: skip
        nodes = [_line(str(added)), *prose.tree(made.text)]
        for code, said in made.points.items():
            nodes += [_strong(code), *prose.tree(said)]
        yield {"title": str(_("Courtesy translation")), "nodes": nodes}


def _vote(put: Any) -> list[Data]:
    if put.majority == Majority.NO_VOTE:
        return [_line(str(MAJORITIES[put.majority]))]
    rule = str(MAJORITIES[put.majority]) + (f" ({put.reference})" if put.reference else "")
    counted = _(
        "For: %(for_)s. Against: %(against)s. Abstentions: %(abstentions)s. Blank or void: %(blank)s.",
        for_=put.votes_for, against=put.votes_against, abstentions=put.abstentions, blank=put.blank,
    )  # fmt: skip
    return [_line(str(counted)), _line(str(_("%(rule)s: %(needed)s needed.", rule=rule, needed=put.needed)))]


def _prose(text: Localized) -> list[Data]:
    return list(prose.tree(text.shown(locale())[0]))


def _line(text: str) -> Data:
    return {"t": "p", "c": [{"t": "text", "v": text}]}


def _strong(text: str) -> Data:
    return {"t": "p", "c": [{"t": "strong", "c": [{"t": "text", "v": text}]}]}


# ── the same as data ───────────────────────────────────────────────────────────


def as_json(page: NoticePage) -> bytes:
    """Both languages, days as ISO 8601, keys that never change."""
    thread = page.thread
    found = {
        "notice": {"number": page.notice.number, "slug": page.notice.slug},
        "opinions": [_opinion(page, one) for one in thread.opinions],
        "statements": [
            {
                "body": one.consultation.body.name, "outcome": one.outcome, "text": _texts(one.text),
                "said_on": one.said_on.isoformat(), "ends_the_period": False,
                "vote": _counted(one.put) if one.put else None,
            }
            for one in thread.statements
        ],
    }  # fmt: skip
    return json.dumps(found, ensure_ascii=False, indent=2).encode()


def _opinion(page: NoticePage, opinion: Any) -> Data:
    beside = page.thread.beside[opinion.id]
    put, made = beside.put, beside.translation
    return {
        "body": opinion.consultation.body.name,
        "outcome": opinion.position,
        "adopted_on": opinion.given_on.isoformat(),
        "ends_the_period": True,
        "text": _texts(opinion.text),
        "points": [
            {"code": one.code, "kind": one.kind, "text": _texts(one.text)} for one in opinion.points
        ],
        "vote": _counted(put) if put else None,
        "declarations": [
            {"kind": one.kind, "signed": one.signed, "text": _texts(one.text), "file": one.file_name or None}
            for one in beside.annexed
        ],
        "courtesy_translation": {
            "language": made.language, "text": made.text, "points": made.points,
            "made_on": made.made_on.isoformat(), "made_by": made.author.name,
        } if made else None,
    }  # fmt: skip


def _texts(text: Localized) -> Data:
    return {"source": text.source, "texts": dict(text.texts)}


def _counted(put: Any) -> Data:
    return {
        "majority": put.majority, "reference": put.reference, "for": put.votes_for,
        "against": put.votes_against, "abstentions": put.abstentions, "blank": put.blank,
        "needed": put.needed, "voted_on": put.voted_on.isoformat(), "is_carried": put.is_carried,
    }  # fmt: skip
