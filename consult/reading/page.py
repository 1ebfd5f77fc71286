"""The page of one notice, worked out before the template: what stands where and what it is linked to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from babel.lists import format_list
from flask import url_for

from consult.commitments.rules import CommitmentState, days_late
from consult.concerns.rules import shown
from consult.consultations import course
from consult.consultations.before import Before
from consult.consultations.course import Around, levels_of, live_on
from consult.consultations.rules import FactKind, State, Window
from consult.core import clock
from consult.core.i18n import _, locale
from consult.core.localized import Localized, TranslationState
from consult.notices import blanks, starting
from consult.notices.fields import BY_KEY, label_of
from consult.notices.models import LearningStep, Notice, Revision, Unknown
from consult.notices.readiness import has_blank, texts_of, unwritten
from consult.notices.rules import NoticeState
from consult.procedures.clock import Run
from consult.reading.files import File, files_of
from consult.reading.procedure import state_of
from consult.reading.queries import Thread
from consult.reading.replies import Replies
from consult.reading.rules import Milestones, Step, steps
from consult.register.rules import Ref
from consult.voices.models import Letterbox
from consult.voices.results import Polled
from consult.voices.rules import Phase, Told, phase
from consult.web.filters import plain_of
from consult.web.readers import Audience, Reader, Visibility, may_read, not_wider_than_employees


@dataclass(frozen=True, slots=True)
class Speaking:
    """One letterbox on the notice: the eighth sentence, and the one button where it is open."""

    box: str
    phase: Phase
    opens_on: date
    closes_on: date
    told: Told
    has_poll: bool = False
    takes_support: bool = False

    @classmethod
    def of(cls, box: Letterbox, on: date) -> Speaking:
        now = Phase.CLOSED if box.is_closed else phase(box.opens_on, box.closes_on, on)
        is_open_mode = box.channels.is_open
        has_poll = bool(box.told.get("poll")) and not is_open_mode
        told = Told.of(box.told)
        return cls(box.id.hex(), now, box.opens_on, box.closes_on, told, has_poll, not is_open_mode)

    @property
    def keyholders(self) -> str:
        return format_list(self.told.keyholders, locale=locale()) if self.told.keyholders else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A consultation with what its facts say today."""

    consultation: Any
    state: State
    days: Mapping[FactKind, date]
    run: Run | None = None

    @property
    def body(self) -> str:
        return str(self.consultation.body.name)


@dataclass(frozen=True, slots=True)
class Received:
    """A sending as readers see it: to which body, to how many members, first opened on which day."""

    body: str
    sent_on: date
    members: int
    opened_on: date | None

    @classmethod
    def of(cls, sending: Any) -> Received:
        opened = [clock.day_of(one.opened_at) for one in sending.receipts if one.opened_at is not None]
        body = str(sending.consultation.body.name)
        return cls(body, sending.sent_on, len(sending.receipts), min(opened, default=None))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing of the thread stands on this page, and what it is called."""

    label: str
    anchor: str
    is_revision: bool = False


@dataclass(frozen=True)
class NoticePage:
    """``is_current``: the text in force; ``shows_thread`` is false for an old revision, which is only a
    text. ``endpoint``: the address it is read at."""

    notice: Notice
    revision: Revision
    published: Sequence[Revision]
    thread: Thread
    reader: Reader
    on: date
    is_current: bool = True
    is_preview: bool = False
    shows_thread: bool = True
    places: dict[str, Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places.update(_places(self.thread, self.themes))
        for one in self.published:
            name = _("Revision %(number)s", number=one.number)
            self.places[str(one.ref)] = Place(name, f"revision-{one.number}", is_revision=True)

    # ── what one can do, and where it stands ──

    @cached_property
    def latest(self) -> Revision | None:
        return self.published[-1] if self.published else None

    @cached_property
    def is_withdrawn(self) -> bool:
        return self.notice.state is NoticeState.WITHDRAWN

    @cached_property
    def speaking(self) -> list[Speaking]:
        """Open ones first, then those to come, then closed ones."""
        order = {Phase.OPEN: 0, Phase.NOT_YET: 1, Phase.CLOSED: 2}
        found = [Speaking.of(one, self.on) for one in self.thread.letterboxes.values()]
        return sorted(found, key=lambda one: (order[one.phase], one.closes_on, one.box))

    @cached_property
    def open_box(self) -> Speaking | None:
        """Where one can speak today; nobody speaks on a notice that was withdrawn."""
        if self.is_withdrawn or not self.speaking or self.speaking[0].phase is not Phase.OPEN:
            return None
        return self.speaking[0]

    @cached_property
    def polls(self) -> list[Polled]:
        """Polls of letterboxes that are open or were; one to come is not spoken of yet."""
        found = []
        for box in self.thread.letterboxes.values():
            one = Polled.of(box, self.thread.answers.get(box.id, ()), self.on)
            if one is not None and self.on >= box.opens_on:
                found.append(one)
        return sorted(found, key=lambda one: (one.closes_on, one.box))

    @cached_property
    def supported(self) -> Mapping[str, int]:
        """How many support a published wording at least: the least of a band, as with messages. By the
        concern's id; nothing before the closing."""
        rows = [one for rows in self.thread.support.values() for one in rows] if self.may_read_said else []
        shown_of = {one.what: shown(one.floor or 0) for one in rows}
        return {concern: least for concern, least in shown_of.items() if least}

    @cached_property
    def standings(self) -> list[Standing]:
        return [self._standing(one) for one in self.thread.consultations]

    def _standing(self, consultation: Any) -> Standing:
        box = self.thread.letterboxes.get(consultation.letterbox_id)
        days: dict[FactKind, date] = {}
        for one in consultation.facts:
            days[one.kind] = min(one.day, days.get(one.kind, one.day))
        around = Around(
            country=self.thread.country,
            levels=levels_of(one.body for one in self.thread.consultations),
            live_on=live_on(self.revision),
            window=Window(box.opens_on, box.closes_on) if box else None,
            promised=tuple(
                one.agreed_on for one in self.thread.commitments if one.body_id == consultation.body_id
            ),
        )
        seen = course.across(consultation, self.thread.consultations, around, on=self.on)
        state, run = course.of(consultation, seen, on=self.on)
        return Standing(consultation, state, days, run)

    @cached_property
    def procedure(self) -> Before | None:
        """Where the procedure stands before the deployment; None where there is none to speak of."""
        return state_of(self)

    @cached_property
    def replies(self) -> Replies:
        """What the employer answers to the opinions, and what bodies say of the rules of use."""
        runs = {one.consultation.id: one.run for one in self.standings}
        return Replies(self.thread, self.revision, self.published, runs, self.on)

    @cached_property
    def steps(self) -> list[Step]:
        """Of the consultation that is least far; a notice goes before one body as a rule."""
        first = self.standings[0] if self.standings else None
        days = first.days if first else {}
        return steps(
            published_on=self.published[0].published_on if self.published else None,
            stage=first.state.stage if first else None,
            opinion_on=days.get(FactKind.OPINION_GIVEN),
            response_on=days.get(FactKind.RESPONSE_GIVEN),
            limit=first.state.limit if first else None,
            milestones=Milestones.of((one.kind, one.day) for one in self.revision.milestones),
            on=self.on,
            has_opinion=first is None or (first.run is not None and first.run.template.has_opinion),
        )

    # ── figures ──

    @cached_property
    def people(self) -> int:
        return sum(one.headcount or 0 for one in self.revision.groups)

    @cached_property
    def sites(self) -> str:
        names = dict.fromkeys(
            site.strip() for one in self.revision.groups for site in one.sites.split(",") if site.strip()
        )
        return format_list(list(names), locale=locale()) if names else ""

    @cached_property
    def may_read_said(self) -> bool:
        """What was made from messages is never wider than employees, whatever the notice is."""
        audience = not_wider_than_employees(self.notice.audience)
        if self.notice.is_file:  # whoever may write there reads what the body publishes of it
            audience = Audience(Visibility.EMPLOYEES)
        return may_read(audience, self.reader, on=self.on)

    @cached_property
    def themes(self) -> Sequence[Any]:
        return self.thread.themes if self.may_read_said else ()

    @cached_property
    def said_at_least(self) -> int:
        return sum(one.at_least or 0 for one in self.themes)

    def share(self, theme: Any) -> float:
        """Length of a theme's bar, in hundredths of the longest."""
        most = max((one.at_least or 0 for one in self.themes), default=0)
        return (theme.at_least or 0) / most * 100 if most else 0.0

    @cached_property
    def kept(self) -> int:
        return sum(one.state is CommitmentState.CONFIRMED for one in self.thread.commitments)

    @cached_property
    def contested(self) -> int:
        return sum(one.state is CommitmentState.CONTESTED for one in self.thread.commitments)

    @cached_property
    def late(self) -> int:
        """Late ones; a contested one is counted as contested."""
        return sum(self.days_late(one) > 0 for one in self.thread.commitments)

    def days_late(self, commitment: Any) -> int:
        if commitment.state is CommitmentState.CONTESTED:
            return 0
        return days_late(commitment.state, commitment.due_on, self.on)

    @cached_property
    def receipts(self) -> list[Received]:
        return [Received.of(one) for one in self.thread.sendings]

    def field_name(self, key: str) -> str:
        """What a part of the notice is called; its key where the form no longer has it."""
        return str(label_of(key)) if key in BY_KEY else key

    def age(self, day: date) -> int:
        """Days since that day."""
        return (self.on - day).days

    # ── what is not written, or not known yet ──

    @cached_property
    def unwritten(self) -> frozenset[str]:
        """Keys of the fields that say nothing; one that has a blank of a starter left says nothing yet."""
        blank = [
            key for key, text in self.revision.fields.items() if has_blank(text, text.shown(locale())[1])
        ]
        return frozenset([*unwritten(self.revision), *blank])

    def has_blank(self, text: Localized) -> bool:
        """Whether a blank of a starter is left in what is shown."""
        return has_blank(text, text.shown(locale())[1])

    def without_blanks(self, text: Localized) -> Localized:
        """The text as it is shown: three dots for each blank that is left."""
        if not self.has_blank(text):
            return text
        texts = {language: blanks.shown(one) for language, one in text.texts.items()}
        return Localized(texts, text.source, text.made_from)

    @cached_property
    def _starter(self) -> frozenset[str]:
        return starting.known_sentences(self.revision.starter)

    def unchanged(self, text: Localized) -> str:
        """``none``, ``part`` or ``whole``: how much of what is shown is as the starter wrote it."""
        if not self._starter:
            return str(blanks.Unchanged.NONE)
        return str(blanks.unchanged(text.shown(locale())[0], self._starter))

    @cached_property
    def learning_plan(self) -> list[LearningStep]:
        """In the order of days, those without one last."""
        return sorted(self.revision.learning_plan, key=lambda one: one.day or date.max)

    @cached_property
    def unknowns_late(self) -> int:
        return sum(self.unknown_late(one) > 0 for one in self.revision.unknowns)

    def unknown_late(self, unknown: Unknown) -> int:
        """Days since an answer was due; 0 where it is not, was given, or nobody owes it any more."""
        if unknown.answer or unknown.due_on is None or not self.is_current or self.is_withdrawn:
            return 0
        return max(self.age(unknown.due_on), 0)

    # ── attachments ──

    @cached_property
    def files(self) -> list[File]:
        """The attachments this reader sees, each with its address where they may open it."""
        return files_of(self.notice, self.revision, self.reader, on=self.on)

    # ── what is annexed to an opinion ──

    def annex_url(self, declaration: Any) -> str:
        """Where the file of a declaration is, for this reader."""
        endpoint = "reading.declaration_signed" if self.reader.is_signed_in else "reading.declaration"
        return url_for(endpoint, slug=self.notice.slug, declaration_id=declaration.id)

    def opinion_url(self, form: str) -> str:
        """The opinion as a file: ``pdf`` or ``json``."""
        endpoint = "reading.opinion_signed" if self.reader.is_signed_in else "reading.opinion"
        return url_for(endpoint, slug=self.notice.slug, form=form)

    # ── links ──

    def led_to(self, ref: Ref) -> list[Place]:
        """What came of a thing, and of all that stands at its place (an answer, a quotation)."""
        own = self.places.get(str(ref))
        here = [key for key, place in self.places.items() if place == own] or [str(ref)]
        return self._known(ref, [one for key in here for one in self.thread.effects.get(key, [])])

    def revised(self, kind: str, ident: object) -> list[Place]:
        """The texts of the notice that came of it."""
        return [one for one in self.led_to(Ref(kind, str(ident))) if one.is_revision]

    def because_of(self, ref: Ref) -> list[Place]:
        return self._known(ref, self.thread.causes.get(str(ref), []))

    def led_to_kind(self, kind: str, ident: object) -> list[Place]:
        return self.led_to(Ref(kind, str(ident)))

    def led_by(self, revision: Revision) -> list[Place]:
        """What a text of the notice came from; that of a draft is not tied yet."""
        return self._known(revision.ref, [Ref.parse(one) for one in revision.causes])

    def _known(self, here: Ref, refs: Sequence[Ref]) -> list[Place]:
        """Places on this page, each once; never its own (a question leads to its answers, say)."""
        own = self.places.get(str(here))
        found = dict.fromkeys(self.places[str(one)] for one in refs if str(one) in self.places)
        return sorted((one for one in found if one != own), key=lambda one: one.label)

    # ── languages ──

    @cached_property
    def behind(self) -> dict[str, int]:
        """How many texts of this revision lack the page's language, and how many are stale in it."""
        found = {"missing": 0, "stale": 0}
        for text in (one for _key, one in texts_of(self.revision) if one):
            state = text.state(locale())
            if state is not TranslationState.CURRENT:
                found[str(state)] += 1
        return found

    @cached_property
    def changes(self) -> list[Revision]:
        """Published revisions that say what changed, newest first, up to the one that is read."""
        return [
            one for one in reversed(self.published) if one.changelog and one.number <= self.revision.number
        ]

    def before(self, revision: Revision) -> Revision | None:
        """The text that a revision took the place of."""
        return next((one for one in reversed(self.published) if one.number < revision.number), None)


def _places(thread: Thread, themes: Sequence[Any]) -> Iterator[tuple[str, Place]]:
    """Every thing of the thread others may name as a cause, by its reference."""
    for theme in themes:
        place = Place(_("Theme “%(title)s”", title=plain_of(theme.title)), f"theme-{theme.id}")
        yield f"theme:{theme.id}", place
        yield from ((f"theme-answer:{one.id}", place) for one in theme.answers)
        yield from ((f"concern:{one.id}", place) for one in theme.concerns)
    for question in thread.questions:
        place = Place(_("Question %(number)s", number=question.number), f"question-{question.number}")
        yield f"question:{question.id}", place
        yield from ((f"answer:{one.id}", place) for one in question.answers)
    for opinion in thread.opinions:
        yield f"opinion:{opinion.id}", Place(_("The opinion"), f"opinion-{opinion.id}")
        if opinion.response is not None:
            yield f"response:{opinion.response.id}", Place(_("The response"), f"opinion-{opinion.id}")
            for one in opinion.response.follow_ups:
                code = one.point.code
                yield str(one.ref), Place(_("The response"), f"point-{opinion.id}-{code}")
        for point in opinion.points:
            yield str(point.ref), Place(point_name(point), f"point-{opinion.id}-{point.code}")
    for promise in thread.commitments:
        name = _("Commitment %(number)s", number=promise.number)
        yield f"commitment:{promise.id}", Place(name, f"commitment-{promise.number}")


def point_name(point: Any) -> str:
    if str(point.kind) == "reservation":
        return str(_("Reservation %(number)s", number=point.number))
    return str(_("Wish %(number)s", number=point.number))
