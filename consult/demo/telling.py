"""One notice of a story, told act by act through the services of the rooms it passes through.

Every act has its day; `acts` gives them all, so that a whole story can be told in the order in which
it happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from consult.commitments import services as commitments
from consult.commitments.models import Commitment
from consult.consultations import recording
from consult.consultations import services as consultations
from consult.consultations.models import Consultation
from consult.core.localized import Localized
from consult.demo import schema, texts
from consult.demo.cast import Act, Cast, morning, tally
from consult.demo.course import EnteredFact
from consult.demo.listening import Listening
from consult.demo.sittings import Sittings
from consult.notices import reviewing
from consult.notices import services as notices
from consult.notices.content import Content
from consult.notices.fields import TABLES, Cell, Table
from consult.notices.models import Notice
from consult.notices.rules import Review
from consult.opinions import remarks, responding
from consult.opinions import services as opinions
from consult.opinions.models import Opinion
from consult.opinions.rules import PointKind
from consult.people.models import Account
from consult.procedures.loading import template
from consult.questions import services as questions
from consult.questions.models import Question
from consult.register.rules import Ref


@dataclass
class Telling:
    """One notice, as far as it has been told."""

    session: Session
    story: schema.Story
    spec: schema.Notice
    cast: Cast
    notice: Notice = field(init=False)
    consultation: Consultation | None = None
    listening: Listening | None = None
    sittings: Sittings = field(init=False)
    opinion: Opinion = field(init=False)
    questions: list[Question] = field(default_factory=list)

    def __post_init__(self) -> None:
        spec = self.spec
        self.sittings = Sittings(
            self.session, self.story.today, spec.expert, spec.meetings, self.cast, self.author
        )
        if self.spec.letterbox is not None:
            self.listening = Listening(self.session, self.story, self.spec.letterbox, self.cast)

    @property
    def before_body(self) -> Consultation:
        assert self.consultation is not None, f"{self.spec.slug} was not sent"
        return self.consultation

    @property
    def author(self) -> Account:
        return self.cast.people[self.spec.author]

    def on(self, day: int) -> date:
        return self.story.on(day)

    # ── the order of things ────────────────────────────────────────────────────

    def acts(self) -> Iterator[Act]:
        """Every act with its day; on one day, in this order."""
        spec = self.spec
        yield self.on(spec.created), self.write
        if spec.sent is not None:
            yield self.on(spec.sent), self.send
            if spec.received is not None:
                yield self.on(spec.received), partial(self.read, self.on(spec.received))
            if spec.readable is not None:
                yield self.on(spec.readable), self.open_to_employees
        yield from self.sittings.acts()
        if self.listening is not None:
            yield from self.listening.acts()
        yield from self._exchanges()
        for later in spec.revisions[1:]:
            if later.day is not None:
                yield self.on(later.day), partial(self.revise, later)
        if spec.withdrawal is not None:
            yield self.on(spec.withdrawal.day), self.withdraw

    def _exchanges(self) -> Iterator[Act]:
        for asked in self.spec.questions:
            yield self.on(asked.asked), partial(self.ask, asked)
        for number, asked in enumerate(self.spec.questions):
            if asked.answered is not None:
                yield self.on(asked.answered), partial(self.answer, number, asked)
        for fact in self.spec.facts:
            yield self.on(fact.day), partial(self.enter, fact)
        comment, opinion = self.spec.comment, self.spec.opinion
        if comment is not None:
            yield self.on(comment.day), partial(self.comment, comment)
        if opinion is not None:
            yield self.on(opinion.day), partial(self.give_opinion, opinion)
            if opinion.response is not None:
                yield self.on(opinion.response.day), partial(self.respond, opinion.response)
        for promised in self.spec.commitments:
            made: list[Commitment] = []
            yield self.on(promised.agreed), partial(self.promise, promised, made)
            for step in promised.history:
                yield self.on(step.day), partial(self.follow, made, step)

    # ── the notice ─────────────────────────────────────────────────────────────

    def write(self) -> None:
        first, on = self.spec.revisions[0], self.on(self.spec.created)
        self.notice = notices.create(
            self.session, title=first.title.localized, actor=self.author, on=on, slug=self.spec.slug
        )
        notices.save(self.session, self.notice.revisions[-1], self._content(first))
        if self.spec.review is Review.IN_REVIEW:
            reviewing.move(self.session, self.notice, Review.IN_REVIEW, actor=self.author)

    def _content(self, spec: texts.Revision) -> Content:
        rows = {table.key: [self._row(table, one) for one in getattr(spec, table.key)] for table in TABLES}
        return Content(
            title=spec.title.localized,
            summary={key: text.localized for key, text in spec.summary.items()},
            fields={key: text.localized for key, text in spec.fields.items()},
            answers=dict(spec.answers),
            follow_on=self._day(spec.follow_on),
            changelog=spec.changelog.localized,
            **rows,  # type: ignore[arg-type]
        )

    def _row(self, table: Table, spec: Any) -> Any:
        """A row of the story as a row of a notice: the same names, texts and days being its own."""
        values = {column.key: getattr(spec, column.key) for column in table.columns}
        for column in table.columns:
            if column.cell.is_text:
                values[column.key] = values[column.key].localized
            elif column.cell is Cell.DAY:
                values[column.key] = self._day(values[column.key])
        return table.row(**values)

    def _day(self, day: int | None) -> date | None:
        return self.on(day) if day is not None else None

    def send(self) -> None:
        spec, on = self.spec, self.on(self.spec.sent or 0)
        held_until = self.on(spec.held_until) if spec.held_until is not None else None
        sending = consultations.send(
            self.session, self.notice, body=self.cast.body, actor=self.author, on=on, held_until=held_until
        )
        self.consultation = self.sittings.consultation = sending.consultation
        if self.listening is not None:
            self.listening.consultation = sending.consultation
        if spec.received is not None:
            consultations.receive(self.session, sending, on=self.on(spec.received))

    def read(self, day: date) -> None:
        """The members open it the same morning; one of them, on holiday, does not."""
        for key, account in self.cast.people.items():
            if account.mandates and key != "kermarrec":
                consultations.note_opening(self.session, self.notice, account=account, at=morning(day))

    def open_to_employees(self) -> None:
        consultations.open_to_employees(self.session, self.notice, on=self.on(self.spec.readable or 0))

    def revise(self, spec: texts.Revision) -> None:
        on = self.on(spec.day or 0)
        draft = notices.revise(self.session, self.notice, actor=self.author)
        notices.save(self.session, draft, self._content(spec))
        consultations.send(self.session, self.notice, body=self.cast.body, actor=self.author, on=on)
        self.read(on)

    def withdraw(self) -> None:
        assert self.spec.withdrawal is not None
        consultations.withdraw(
            self.session, self.notice, reason=self.spec.withdrawal.reason.localized, actor=self.author,
            on=self.on(self.spec.withdrawal.day),
        )  # fmt: skip

    # ── questions, opinion, commitments ────────────────────────────────────────

    def _refs(self, names: tuple[str, ...]) -> list[Ref]:
        """What the story calls ``R1``, ``question:2``, ``theme:pace``."""
        return [self._ref(name) for name in names]

    def _ref(self, name: str) -> Ref:
        kind, _, rest = name.partition(":")
        if kind == "theme" and self.listening is not None:
            return Ref("theme", str(self.listening.themes[rest].id))
        if kind == "question":
            return self.questions[int(rest) - 1].ref
        return next(point.ref for point in self.opinion.points if point.code == name)

    def ask(self, spec: schema.Question) -> None:
        because = self._refs((f"theme:{spec.because}",)) if spec.because else []
        asked = questions.ask(
            self.session, self.notice, body=self.cast.body, text=spec.text.localized,
            actor=self.cast.people[spec.by], on=self.on(spec.asked), because=because,
            expected_on=self.on(spec.expected) if spec.expected is not None else None,
        )  # fmt: skip
        self.questions.append(asked)

    def answer(self, number: int, spec: schema.Question) -> None:
        questions.answer(
            self.session, self.questions[number], text=spec.answer.localized, actor=self.author,
            on=self.on(spec.answered or 0),
        )  # fmt: skip

    def enter(self, spec: EnteredFact) -> None:
        found = template(self.before_body.template).name_of(spec.key)
        recording.enter(
            self.session, self.before_body, spec.key, on=self.on(spec.day), actor=self.cast.people[spec.by],
            name=Localized.of(fr=found.fr, en=found.en),
        )  # fmt: skip

    def comment(self, spec: schema.Comment) -> None:
        remarks.comment(
            self.session, self.before_body, text=spec.text.localized, votes=tally(spec.votes), follows=0,
            actor=self.cast.secretary, on=self.on(spec.day),
        )  # fmt: skip

    def give_opinion(self, spec: schema.Opinion) -> None:
        self.opinion = opinions.give(
            self.session,
            self.before_body,
            text=spec.text.localized,
            position=spec.position,
            points=[
                *((PointKind.RESERVATION, one.localized) for one in spec.reservations),
                *((PointKind.WISH, one.localized) for one in spec.wishes),
            ],
            votes=tally(spec.votes),
            actor=self.cast.secretary,
            on=self.on(spec.day),
        )

    def respond(self, spec: schema.Response) -> None:
        said = {one.to: (one.stance, one.text.localized) for one in spec.points}
        responding.respond(
            self.session, self.opinion, text=spec.text.localized, actor=self.author, on=self.on(spec.day),
            points={point.id: said[point.code] for point in self.opinion.points},
        )  # fmt: skip

    def promise(self, spec: schema.Commitment, made: list[Commitment]) -> None:
        made.append(
            commitments.promise(
                self.session,
                self.notice,
                body=self.cast.body,
                title=spec.title.localized,
                detail=spec.detail.localized,
                nature=spec.nature,
                for_whom=spec.for_whom.localized,
                owner=spec.owner.fr,
                due_on=self.on(spec.due),
                actor=self.author,
                on=self.on(spec.agreed),
                because=self._refs(spec.answers),
            )
        )

    def follow(self, made: list[Commitment], step: schema.Update | schema.Verdict) -> None:
        (commitment,) = made
        if isinstance(step, schema.Update):
            commitments.move(
                self.session, commitment, to=step.state, text=step.text.localized, actor=self.author,
                on=self.on(step.day),
            )  # fmt: skip
            return
        commitments.judge_on(
            self.session, commitment, is_kept=step.kept, reason=step.reason.localized,
            resolution=step.reason.localized, votes=tally(step.votes), actor=self.cast.secretary,
            on=self.on(step.day),
        )  # fmt: skip

    def refresh(self) -> None:
        """Stage and next date as they stand on the day the story is loaded."""
        if self.consultation is not None:
            consultations.refresh(self.session, self.consultation, on=self.story.today)
