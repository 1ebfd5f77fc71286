"""What the file of a consultation says for the blanks of its model texts, in both languages. Only what that
side reads on its own pages; what a person has to decide stays blank."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from consult.commitments import queries as commitments
from consult.consultations import course
from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.consultations.rules import FactKind, State
from consult.core import i18n
from consult.core.i18n import LOCALES, _, writing_in
from consult.core.localized import Localized
from consult.experts import queries as experts
from consult.keyholders import queries as keyholders
from consult.notices import queries as notices
from consult.notices.models import Revision
from consult.notices.rules import FileReaders
from consult.opinions import queries as opinions
from consult.papers.queries import Place
from consult.papers.rules import Answer, ModelText, PaperSide, safe_date, shortened
from consult.people import queries as people
from consult.people.models import Mandate, Organisation
from consult.people.rules import MandateRole, Role, opening_with_article, with_article
from consult.procedures.clock import Run
from consult.questions import queries as questions
from consult.voices import queries as voices
from consult.web.filters import typeset
from consult.web.sanitise import plain

Both = dict[str, Answer | date | Localized | None]
"""By blank: the same in both languages, a day, or a text of the file."""
_FIELDS = {
    "services": "sites", "locations": "sites", "nature": "nature", "rationale": "rationale",
    "effects": "effect_work_content", "terms": "effect_terms", "n_type": "affected_count",
    "contact": "contact_point",
}  # fmt: skip
"""Blanks that a field of the notice answers."""
_STEPS = {
    "note_on": "written_note", "answer_on": "written_answers", "asks_by": "expert_info_request",
    "cost_by": "expert_cost_notice", "report_by": "expert_report",
}  # fmt: skip
"""Blanks that are the day of a step."""
_LONGEST, _NAME = 1500, 200
"""Characters taken of a field, and of a name."""


def proposed(session: Session, place: Place, model: ModelText, side: PaperSide, *, on: date) -> Localized:
    """The model text about that place, filled as far as its file goes, in both languages."""
    whole = _Known(session, place, side, on)
    known, said = whole.both(), whole.said()
    texts = {one: model.written(one, _in(one, known) | whole.listed(one), said) for one in LOCALES}
    return Localized.of(fr=texts["fr"], en=texts["en"], source=source_of(session, place))


def source_of(session: Session, place: Place) -> str:
    """The language its papers are written in first: the one the organisation works in, else the notice’s."""
    found = people.organisation(session)
    only = found.languages.only if found is not None else ""
    if only or place.consultation is None:
        return only or LOCALES[0]
    return commitments.source_of(place.consultation.notice)


def _of_body(name: str) -> Both:
    """The body at the head of a sentence, and inside one."""
    return {
        "body": name,
        "the_body": Localized.of(fr=with_article(name), en=name),
        "body_first": Localized.of(fr=opening_with_article(name), en=name),
    }


def _in(language: str, both: Both) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for key, value in both.items():
        if isinstance(value, date):
            found[key] = i18n.day(value, language)
        elif isinstance(value, Localized):
            found[key] = _plain(value, language)[:_LONGEST].removesuffix(".")  # inside a sentence of ours
        elif value:
            found[key] = value
    return found


@dataclass(frozen=True)
class _Known:
    session: Session
    place: Place
    side: PaperSide
    on: date

    @property
    def consultation(self) -> Consultation | None:
        return self.place.consultation

    @property
    def revision(self) -> Revision | None:
        return notices.published(self.consultation.notice) if self.consultation is not None else None

    @property
    def organisation(self) -> Organisation | None:
        return people.organisation(self.session)

    def said(self) -> Mapping[str, str]:
        """Closed answers of the notice."""
        return self.revision.answers if self.revision is not None else {}

    def both(self) -> Both:
        found: Both = {"today": self.on, **_of_body(self.place.body.name)}
        if self.organisation is not None:
            found["organisation"] = self.organisation.name
        found |= self._people()
        if self.consultation is not None:
            found |= self._notice(self.revision) if self.revision is not None else {}
            found |= self._days(self.consultation)
            found |= self._letterbox(self.consultation)
            found |= self._expert(self.consultation)
        return found

    def _people(self) -> Both:
        body_id = self.place.body.id
        sitting = people.members(self.session, body_id, on=self.on)
        voting = people.voting(self.session, [body_id], on=self.on)[body_id]
        found: Both = {
            "members": ", ".join(one.account.name for one in sitting if one.id in voting),
            "chair": _named(sitting, MandateRole.CHAIR),
            "secretary": _named(sitting, MandateRole.SECRETARY),
        }
        if self.side is PaperSide.BODY:
            ready = keyholders.ready(self.session, self.place.body.id, on=self.on)
            accounts = [one.account for one in ready]
            outside = [one for one in accounts if one.role is Role.OUTSIDE_KEYHOLDER]
            found["keyholders"] = ", ".join(one.name for one in accounts if one not in outside)
            found["outside_keyholder"] = ", ".join(one.name for one in outside)
        return found

    def _notice(self, revision: Revision) -> Both:
        found: Both = {key: revision.fields.get(field) or None for key, field in _FIELDS.items()}
        sites = ", ".join(dict.fromkeys(one.sites for one in revision.groups if one.sites))
        found |= {key: found[key] or sites for key in ("services", "locations")}
        found["system"] = _short(revision.fields.get("system_name"), revision.title)
        found["change_on"] = course.live_on(revision)
        return found

    def _days(self, consultation: Consultation) -> Both:
        state, run = consultations.standing(self.session, consultation, on=self.on)
        limits = [state.limit, state.contested_limit]
        country = self.organisation.country if self.organisation is not None else "fr"
        meeting = _next_meeting(consultation, self.on)
        found: Both = {"sent_on": _handed_over(consultation), "meeting_on": meeting, "limit": _limit(state)}
        found["safe_date"] = safe_date(limits, on=self.on, country=country)
        found |= {key: _due(run, step) for key, step in _STEPS.items()}
        opinion = opinions.of_consultation(self.session, consultation.id)
        found["opinion_on"] = opinion.given_on if opinion is not None else None
        return found

    def _letterbox(self, consultation: Consultation) -> Both:
        if consultation.letterbox_id is None:
            return {}
        box = voices.letterbox(self.session, consultation.letterbox_id)
        if box is None:
            return {}
        destroyed = box.told.get("destroy_on")
        day = date.fromisoformat(destroyed) if destroyed else None
        return {"open_on": box.opens_on, "close_on": box.closes_on, "destroy_on": day}

    def _expert(self, consultation: Consultation) -> Both:
        missions = experts.of_consultation(self.session, consultation.id)
        running = [one for one in missions if one.ended_on is None]
        if not running:
            return {}
        return {"firm": running[-1].firm, "appointed_on": running[-1].appointed_on}

    # ── lists ──────────────────────────────────────────────────────────────────

    def listed(self, language: str) -> dict[str, Answer]:
        """What fills a blank with one line for each item."""
        if self.consultation is None:
            return {}
        with writing_in(language):
            found = {
                "missing": self._missing(self.consultation, language),
                "points": tuple(self._points(self.consultation, language)),
                "commitments": tuple(self._commitments(self.consultation, language)),
                "attachments": self._attachments(language),
            }
        known: dict[str, Answer] = {key: one for key, one in found.items() if one}
        return known

    def _missing(self, consultation: Consultation, language: str) -> tuple[str, ...]:
        """Questions of the body that nobody answered."""
        asked = questions.open_for(self.session, consultation.notice_id, consultation.body_id)
        return tuple(
            str(_("%(at)s. %(text)s (question no. %(number)s)", at=at, number=one.number,
                  text=shortened(_plain(one.text, language))))
            for at, one in enumerate(asked, 1)
        )  # fmt: skip

    def _points(self, consultation: Consultation, language: str) -> Iterator[str]:
        """Reservations and wishes, each with a line to answer it on."""
        opinion = opinions.of_consultation(self.session, consultation.id)
        for one in opinion.points if opinion is not None else ():
            text = shortened(_plain(one.text, language))
            yield str(_("%(code)s: %(text)s", code=one.code, text=text))
            yield str(_("Follow-up and reasons: …"))

    def _commitments(self, consultation: Consultation, language: str) -> Iterator[str]:
        for one in commitments.of_notice(self.session, consultation.notice_id):
            if one.body_id == consultation.body_id:
                title, day = one.title.shown(language)[0], i18n.day(one.due_on, language)
                yield str(_("%(number)s. %(title)s, for %(day)s", number=one.number, title=title, day=day))

    def _attachments(self, language: str) -> tuple[str, ...]:
        """Files of the notice that need no mandate to be opened."""
        files = self.revision.attachments if self.revision is not None else ()
        return tuple(
            one.label.shown(language)[0] or one.name
            for one in files
            if one.readers is not FileReaders.CONFIDENTIAL
        )


def _short(*texts: Localized | None) -> Localized | None:
    """The first of these that can stand for a name."""
    short = (one for one in texts if one and all(len(each) <= _NAME for each in one.texts.values()))
    return next(short, None)


def _plain(text: Localized, language: str) -> str:
    """Without marks, set as its language is."""
    words, said_in = text.shown(language)
    return typeset(html.unescape(plain(words)), said_in)


def _named(sitting: Iterable[Mandate], role: MandateRole) -> str:
    return ", ".join(one.account.name for one in sitting if one.role is role)


def _handed_over(consultation: Consultation) -> date | None:
    """The day it was received, else the day it was sent."""
    days = {one.kind: one.day for one in reversed(consultation.facts)}
    return days.get(FactKind.RECEIVED) or days.get(FactKind.SENT)


def _next_meeting(consultation: Consultation, on: date) -> date | None:
    days = [one.day for one in consultation.facts if one.key in {"meeting", "opinion_meeting"}]
    return min((one for one in days if one >= on), default=None)


def _limit(state: State) -> date | None:
    """The earlier one where the day it is counted from is disputed."""
    return min((one for one in (state.limit, state.contested_limit) if one is not None), default=None)


def _due(run: Run | None, step: str) -> date | None:
    at = run.step(step) if run is not None else None
    return at.due_on if at is not None else None
