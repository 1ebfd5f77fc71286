"""What a story is made of, validated: the organisation, its people, its notices and all that was said.

Days are whole days counted from the day the story is loaded (negative: past); `Story.on` turns one
into a date. Nothing here touches the database: `services` tells the story through the rooms."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from consult.commitments.rules import BODY_MOVES, EMPLOYER_MOVES, CommitmentState, Nature
from consult.concerns.rules import Stance as ThemeStance
from consult.consultations.poll import BY_ID
from consult.demo.course import EnteredFact, Expert, File, Sitting
from consult.demo.parts import Part, Text, Votes
from consult.demo.rules import Day, place
from consult.demo.texts import Revision
from consult.notices.rules import NoticeState, Review
from consult.opinions.rules import Position, Stance
from consult.people.regimes import Regime
from consult.people.rules import BodyKind, Languages, MandateRole, Role
from consult.voices.rules import Channels

Language = Literal["fr", "en"]
MessageKind = Literal["worry", "question", "proposal", "works"]
Topic = Literal[
    "fairness", "transparency", "barriers", "surveillance", "personal_information", "human_rights",
    "accessibility", "accuracy", "other", "employment", "workload", "skills", "autonomy", "health",
    "pay_evaluation",
]  # fmt: skip


class Emergency(Part):
    label: Text
    number: str


class Establishment(Part):
    name: str
    headcount: int = Field(ge=1)


class Body(Part):
    name: str
    kind: BodyKind
    headcount: int = Field(ge=1)


class MandateSpec(Part):
    """On the one body of the story."""

    role: MandateRole
    starts: Day
    ends: Day


class Person(Part):
    """Somebody with an account. ``key`` is how the story refers to them."""

    key: str
    name: str
    email: str = Field(pattern=r"^[a-z.\-]+@[a-z.\-]+\.example$")
    role: Role
    locale: Language = "fr"
    mandates: tuple[MandateSpec, ...] = ()
    holds_key: bool = False

    @model_validator(mode="after")
    def _chair_holds_no_key(self) -> Self:
        if self.holds_key and (
            not self.mandates or any(one.role is MandateRole.CHAIR for one in self.mandates)
        ):
            raise ValueError(f"{self.key} may not hold a key")
        return self


class Resolution(Part):
    """A decision of the body."""

    day: Day
    text: Text
    votes: Votes


class Question(Part):
    """Numbered in the order of the story, from 1. ``because``: the key of the theme it came from."""

    asked: Day
    by: str
    text: Text
    expected: Day | None = None
    because: str | None = None
    answered: Day | None = None
    answer: Text = Text()

    @model_validator(mode="after")
    def _answered_has_a_day(self) -> Self:
        if (self.answered is None) == bool(self.answer):
            raise ValueError("an answer and its day come together")
        return self


class Reply(Part):
    """What a keyholder answered in a thread."""

    day: Day
    text: str


class Message(Part):
    """What an employee wrote, exactly as typed. ``released``: index of the release it left in, None
    while it waits. ``theme``: where the desk put it. ``wording``: what was published of it. ``replies``:
    its author noted six words, and was answered so."""

    kind: MessageKind
    topics: tuple[Topic, ...] = ()
    language: Language = "fr"
    text: str
    released: int | None = 0
    theme: str | None = None
    wording: Text = Text()
    replies: tuple[Reply, ...] = ()


class ThemeAnswer(Part):
    day: Day
    stance: ThemeStance
    text: Text


class Theme(Part):
    """Published by the body on ``published``; ``answer``: what the employer says to it."""

    key: str
    title: Text
    synthesis: Text
    published: Day
    answer: ThemeAnswer | None = None


class Poll(Part):
    """Ready-made questions, with how many people chose each of their options. ``people``: who took part,
    whatever they answered. ``counted``: the day the keyholders opened the count; None: it waits for them."""

    people: int = Field(ge=1, le=2000)
    answers: dict[str, tuple[int, ...]] = Field(min_length=1)
    counted: Day | None = None

    @model_validator(mode="after")
    def _answers_what_is_asked(self) -> Self:
        for ident, chosen in self.answers.items():
            if ident not in BY_ID or len(chosen) > len(BY_ID[ident].options) or sum(chosen) > self.people:
                raise ValueError(f"these answers fit no question: {ident}")
        return self


class Letterbox(Part):
    """Opened by the body on ``resolution``. ``releases``: the days on which batches left."""

    resolution: Resolution
    opens: Day
    closes: Day
    channels: Channels = Channels.OPEN
    k: Literal[5, 10] = 10
    interval_days: Literal[1, 7] = 7
    releases: tuple[Day, ...] = ()
    themes: tuple[Theme, ...] = ()
    messages: tuple[Message, ...] = ()
    poll: Poll | None = None

    def under(self, theme: str) -> tuple[int, ...]:
        """The indices of the messages under that theme."""
        return tuple(at for at, one in enumerate(self.messages) if one.theme == theme)

    @property
    def waiting(self) -> tuple[Message, ...]:
        return tuple(one for one in self.messages if one.released is None)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.poll is not None and self.channels.is_open:
            raise ValueError("open to anyone, a letterbox has no poll")
        known = {theme.key for theme in self.themes}
        for one in self.messages:
            if one.theme is not None and one.theme not in known:
                raise ValueError(f"no theme called {one.theme}")
            if one.theme is not None and one.released is None:
                raise ValueError("a message that waits lies under no theme")
            if one.released is not None and one.released >= len(self.releases):
                raise ValueError(f"no release {one.released}")
            if one.wording and one.theme is None:
                raise ValueError("a published wording stands under a theme")
        return self


class PointAnswer(Part):
    """``to``: R1, R2… for a reservation, V1, V2… for a wish."""

    to: str = Field(pattern=r"^[RV][1-9]$")
    stance: Stance
    text: Text


class Response(Part):
    day: Day
    text: Text
    points: tuple[PointAnswer, ...]


class Comment(Part):
    """What the body wrote beside the two-minute page, and the vote."""

    day: Day
    text: Text
    votes: Votes


class Opinion(Part):
    day: Day
    position: Position
    text: Text
    votes: Votes
    reservations: tuple[Text, ...] = ()
    wishes: tuple[Text, ...] = ()
    response: Response | None = None

    @property
    def points(self) -> tuple[str, ...]:
        """``R1…`` then ``V1…``."""
        return (
            *(f"R{at + 1}" for at in range(len(self.reservations))),
            *(f"V{at + 1}" for at in range(len(self.wishes))),
        )

    @model_validator(mode="after")
    def _every_point_is_answered(self) -> Self:
        if self.response and tuple(point.to for point in self.response.points) != self.points:
            raise ValueError("the response takes each point once, in order")
        return self


class Update(Part):
    """The employer moves the commitment to ``state`` and says why."""

    day: Day
    state: CommitmentState
    text: Text


class Verdict(Part):
    """The body confirms (``kept``) or contests, on a resolution."""

    day: Day
    kept: bool
    reason: Text
    votes: Votes


class Commitment(Part):
    """``answers``: what led to it: ``R1``, ``V1``, ``question:2`` or ``theme:pace``.
    ``owner``: a function, never a name."""

    title: Text
    detail: Text = Text()
    nature: Nature
    for_whom: Text
    owner: Text
    agreed: Day
    due: Day
    answers: tuple[str, ...] = ()
    updates: tuple[Update, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    state: CommitmentState

    @property
    def history(self) -> tuple[Update | Verdict, ...]:
        """Updates and verdicts, oldest first."""
        return tuple(sorted((*self.updates, *self.verdicts), key=lambda act: act.day))

    @model_validator(mode="after")
    def _moves_are_allowed(self) -> Self:
        now, day = CommitmentState.AGREED, self.agreed
        for act in self.history:
            if isinstance(act, Verdict):
                reached = CommitmentState.CONFIRMED if act.kept else CommitmentState.CONTESTED
                allowed = BODY_MOVES[now]
            else:
                reached, allowed = act.state, EMPLOYER_MOVES[now]
            if reached not in allowed or act.day < day:
                raise ValueError(f"no way from {now} to {reached} on {act.day}: {self.title.en}")
            now, day = reached, act.day
        if now is not self.state:
            raise ValueError(f"said to be {self.state}, the acts lead to {now}: {self.title.en}")
        return self


class Withdrawal(Part):
    day: Day
    reason: Text


class Notice(Part):
    """A notice and its whole thread. ``sent``: to the body; ``readable``: opened to employees (None:
    still under embargo, until ``held_until`` at least)."""

    slug: str
    author: str
    contact: str
    created: Day
    state: NoticeState
    review: Review = Review.DRAFT
    """How far the rereading of a draft came."""
    revisions: tuple[Revision, ...] = Field(min_length=1)
    sent: Day | None = None
    received: Day | None = None
    held_until: Day | None = None
    readable: Day | None = None
    expert: Expert | None = None
    meetings: tuple[Sitting, ...] = ()
    facts: tuple[EnteredFact, ...] = ()
    withdrawal: Withdrawal | None = None
    letterbox: Letterbox | None = None
    questions: tuple[Question, ...] = ()
    comment: Comment | None = None
    opinion: Opinion | None = None
    commitments: tuple[Commitment, ...] = ()

    @property
    def is_draft(self) -> bool:
        return self.sent is None

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.is_draft != (self.state is NoticeState.DRAFT):
            raise ValueError(f"{self.slug}: state and sending disagree")
        if (self.state is NoticeState.WITHDRAWN) != (self.withdrawal is not None):
            raise ValueError(f"{self.slug}: a withdrawal has a day and a reason")
        themes = {theme.key for theme in self.letterbox.themes} if self.letterbox else set()
        known = {f"question:{at + 1}" for at in range(len(self.questions))}
        known |= {f"theme:{key}" for key in themes}
        known |= set(self.opinion.points) if self.opinion else set()
        for commitment in self.commitments:
            if unknown := set(commitment.answers) - known:
                raise ValueError(f"{self.slug}: nothing called {sorted(unknown)}")
        for question in self.questions:
            if question.because is not None and question.because not in themes:
                raise ValueError(f"{self.slug}: no theme called {question.because}")
        return self


class Organisation(Part):
    name: str
    country: Literal["fr", "ca"]
    regime: Regime
    languages: tuple[Language, ...] = Field(min_length=1)
    access_word: str
    emergency: tuple[Emergency, ...]
    alert_channel: Text
    establishments: tuple[Establishment, ...]
    body: Body
    people: tuple[Person, ...]

    @property
    def works_in(self) -> Languages:
        return Languages.BOTH if len(set(self.languages)) > 1 else Languages(self.languages[0])

    def person(self, key: str) -> Person:
        """KeyError when nobody is called that."""
        return {one.key: one for one in self.people}[key]


class Story(Part):
    """Everything a newcomer meets, notices in the order they were written."""

    name: str
    today: date
    organisation: Organisation
    notices: tuple[Notice, ...]
    files: tuple[File, ...] = ()

    def on(self, day: Day) -> date:
        """The date of a relative day, the same as in the texts (see `place`)."""
        return place(day, self.today)

    def notice(self, slug: str) -> Notice:
        """KeyError when there is none."""
        return {one.slug: one for one in self.notices}[slug]

    @model_validator(mode="after")
    def _people_exist(self) -> Self:
        known = {one.key for one in self.organisation.people}
        for notice in self.notices:
            named = {notice.author} | {question.by for question in notice.questions}
            if unknown := named - known:
                raise ValueError(f"{notice.slug}: nobody is called {sorted(unknown)}")
        return self
