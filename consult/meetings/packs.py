"""The pack of a meeting: its pieces, numbered, in one PDF. Never a draft, and nothing this reader may not
read on the pages themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from consult.consultations.models import Consultation
from consult.core.i18n import _, day, writing_in
from consult.core.localized import Localized
from consult.documents import pdf, prose
from consult.mail import services as mail
from consult.meetings.models import Meeting
from consult.meetings.rules import MinutesState
from consult.meetings.words import KINDS
from consult.notices import queries as notices
from consult.opinions import queries as opinions
from consult.people import queries as people
from consult.questions import queries as questions
from consult.web.readers import Reader, may_read

Piece = dict[str, Any]


def pack(session: Session, meeting: Meeting, *, reader: Reader, lang: str, on: date) -> bytes:
    """A tagged PDF; the same bytes for the same reader, language and day."""
    organisation = people.organisation(session)
    with writing_in(lang):
        title = _("Meeting no. %(number)s of %(body)s", number=meeting.number, body=meeting.body.name)
        data = {
            "lang": lang,
            "title": str(title),
            "organisation": organisation.name if organisation is not None else "",
            "made": str(_("Made on %(day)s", day=day(on, lang))),
            "made_on": on.isoformat(),
            "page_of": str(_("Page %(page)s of %(pages)s", page="{n}", pages="{all}")),
            "piece": str(_("Piece")),
            "pieces": list(_pieces(session, meeting, reader, lang, on)),
        }
    return pdf.render("pack", data, on=on)


def _pieces(session: Session, meeting: Meeting, reader: Reader, lang: str, on: date) -> Iterator[Piece]:
    yield _lines(_("Convocation"), _called(meeting, lang))
    yield _lines(
        _("Agenda"),
        [f"{at}. {one.title} ({KINDS[one.kind]})" for at, one in enumerate(meeting.items, 1)],
    )
    seen = set()
    for item in meeting.items:
        consultation = item.consultation
        if consultation is None or consultation.id in seen:
            continue
        seen.add(consultation.id)
        if may_read(consultation.audience, reader, on=on):
            yield from _of(session, consultation, lang)
    if meeting.minutes and meeting.minutes_state is not MinutesState.DRAFT:
        yield _prose(_("Minutes"), meeting.minutes, lang)


def _called(meeting: Meeting, lang: str) -> list[str]:
    when = " ".join(filter(None, (day(meeting.day, lang), meeting.time)))
    found = [str(_("Called on %(day)s, for %(when)s.", day=day(meeting.called_on, lang), when=when))]
    if meeting.place:
        found.append(meeting.place)
    if meeting.is_extraordinary:
        found.append(str(_("Extraordinary meeting")))
    return found


def _of(session: Session, consultation: Consultation, lang: str) -> Iterator[Piece]:
    """The notice by its address (its own PDF is there), what was asked and answered, the opinion."""
    notice, revision = consultation.notice, notices.published(consultation.notice)
    if revision is not None:
        yield _lines(
            _("Notice no. %(number)s", number=notice.number),
            [
                revision.title.shown(lang)[0],
                str(_("Version %(number)s", number=revision.number)),
                mail.address("reading.notice_signed", lang, slug=notice.slug),
            ],
        )
    asked = [one for one in questions.of_notice(session, notice.id) if one.body_id == consultation.body_id]
    for one in asked:
        texts = [*prose.tree(one.text.shown(lang)[0])]
        for each in one.answers:
            told = _("Answer of %(day)s", day=day(each.answered_on, lang))
            texts += [_strong(str(told)), *prose.tree(each.text.shown(lang)[0])]
        if not one.answers:
            texts.append(_strong(str(_("Not answered on this day."))))
        yield {"title": str(_("Question %(number)s", number=one.number)), "nodes": texts}
    opinion = opinions.of_consultation(session, consultation.id)
    if opinion is not None:
        yield _prose(_("Opinion of %(day)s", day=day(opinion.given_on, lang)), opinion.text, lang)


def _lines(title: Any, lines: list[str]) -> Piece:
    return {"title": str(title), "nodes": [{"t": "p", "c": [{"t": "text", "v": one}]} for one in lines]}


def _prose(title: Any, text: Localized, lang: str) -> Piece:
    return {"title": str(title), "nodes": prose.tree(text.shown(lang)[0])}


def _strong(text: str) -> dict[str, Any]:
    return {"t": "p", "c": [{"t": "strong", "c": [{"t": "text", "v": text}]}]}
