"""What the roof gathers for the draft of an opinion: questions without an answer, and published themes."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from consult.concerns import queries as concerns
from consult.consultations.models import Consultation
from consult.core.localized import LOCALES, Localized
from consult.opinions.drafting import Brought
from consult.questions import queries as questions
from consult.questions.models import Question


def for_draft(session: Session, consultation: Consultation) -> list[Brought]:
    """Under a heading each; nothing where there is nothing to say."""
    asked = questions.open_for(session, consultation.notice_id, consultation.body_id)
    themes = concerns.published(session, consultation.notice_id)
    found = [
        Brought(
            Localized.of(fr="Questions restées sans réponse", en="Questions without an answer"),
            tuple(_numbered(asked)),
        ),
        Brought(
            Localized.of(fr="Ce que disent les salariés", en="What staff say"),
            tuple(one.title for one in themes if one.title is not None),
        ),
    ]
    return [one for one in found if one.lines]


_DECLARED = {"fr": " (déclarée sans réponse)", "en": " (declared unanswered)"}
_NUMBER = {"fr": "Question n°\u00a0{number}\u00a0: {text}", "en": "Question no. {number}: {text}"}


def _numbered(asked: list[Question]) -> Iterator[Localized]:
    for one in asked:
        lines = {}
        for language in LOCALES:
            text = one.text.shown(language)[0]
            line = _NUMBER[language].format(number=one.number, text=text)
            lines[language] = line + (_DECLARED[language] if one.unanswered is not None else "")
        yield Localized.of(fr=lines["fr"], en=lines["en"])
