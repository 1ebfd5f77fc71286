"""The page of one consultation, worked out before the template: where it stands, its time as a picture,
all its dates, who got the notice, and what each role may do now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from consult.calendars.who import Who
from consult.commitments import queries as commitments
from consult.commitments.models import Commitment
from consult.concerns import queries as concerns
from consult.concerns.models import Theme
from consult.consultations import queries as consultations
from consult.consultations import receipts, together
from consult.consultations.models import Consultation
from consult.consultations.receipts import Proof
from consult.consultations.rules import (
    DEEMED_NEGATIVE,
    Await,
    FactKind,
    Stage,
    State,
    Window,
)
from consult.consultations.together import Beside
from consult.consultations.words import ACTORS
from consult.core.i18n import _, _l, day, day_short, ngettext
from consult.dossiers import queries as dossiers
from consult.dossiers.models import Dossier
from consult.enclosures import queries as enclosures
from consult.enclosures.models import Enclosure
from consult.experts import queries as experts
from consult.experts.models import Mission
from consult.keyholders import queries as keyholders
from consult.meetings import queries as meetings
from consult.meetings.models import Meeting
from consult.notices import queries as notices
from consult.opinions import pending
from consult.opinions import queries as opinions
from consult.opinions.models import Opinion, Remark
from consult.opinions.motions import Outcome
from consult.opinions.pending import Standing as PointStanding
from consult.opinions.point_words import STANCES
from consult.opinions.vote_models import Statement
from consult.opinions.words import OUTCOMES
from consult.passes import inviting, slips
from consult.passes import queries as passes
from consult.people.access import acting_body_ids, permissions, reader_of
from consult.people.models import Account
from consult.people.rules import PREPARES, BodyKind, Permission
from consult.procedures.clock import Run, StepAt, StepState
from consult.procedures.limit import ESTABLISHMENT_OPINION
from consult.procedures.period import add_months
from consult.procedures.template import Basis
from consult.questions import queries as questions
from consult.questions.models import Question
from consult.voices import queries as voices
from consult.voices.models import Letterbox
from consult.voices.results import Polled
from consult.voices.rules import BallotKind, Told
from consult.workspace import moments, timeline
from consult.workspace.rules import Task

AFTER_DAYS = 14
"""The picture ends so many days after the limit."""

STAGES = {
    Stage.WITH_BODY: _l("Before the representatives"),
    Stage.LISTENING: _l("Consultation under way"),
    Stage.AWAITING_OPINION: _l("Opinion awaited"),
    Stage.OPINION_GIVEN: _l("Reasoned response awaited"),
    Stage.ANSWERED: _l("Response given"),
    Stage.IN_FOLLOW_UP: _l("Commitments followed up"),
    Stage.CLOSED: _l("Closed"),
}


@dataclass(frozen=True)
class Standing:
    """Everything the template needs; a constant number of queries."""

    consultation: Consultation
    state: State
    run: Run | None
    """Its procedure, step by step; None where it follows none."""
    on: date
    proofs: Sequence[tuple[date, Sequence[Proof]]]
    letterbox: Letterbox | None
    holds_key: bool
    questions: Sequence[Question]
    documents: Mapping[str, Sequence[Enclosure]]
    """What was handed over beside the questions, of what this reader may open."""
    themes: Sequence[Theme]
    opinion: Opinion | None
    response_due_on: date | None
    """When the response is due, by its procedure: a proposed date."""
    has_draft: bool
    """Whether human resources kept a draft of the response; false for everybody else."""
    remark: Remark | None
    """The body's comment beside the notice, if one stands."""
    commitments: Sequence[Commitment]
    poll: Polled | None
    """The poll of its letterbox, with what was published of it."""
    missions: Sequence[Mission]
    """Of experts, oldest first."""
    meetings: Sequence[Meeting]
    files: Sequence[Dossier]
    """Files of representatives tied to its notice, as far as the reader may know of them."""
    is_ours: bool
    """Whether the reader may write for this body."""
    follows: bool = False
    """Whether it is one of those the reader follows, and may take into a calendar."""
    makes_slips: bool = False
    """Whether the reader may print slips for its letterbox today."""
    slips_out: bool = False
    is_invited: bool = False
    statements: Sequence[Statement] = ()
    """What the body put on record without giving an opinion."""
    beside: Sequence[Beside] = ()
    """The other bodies consulted on the notice."""

    @property
    def prepares(self) -> bool:
        """Whether this body prepares for another, which decides (L2315-38)."""
        return self.consultation.body.kind in PREPARES

    @property
    def is_led(self) -> bool:
        """Whether the period of the central body says when this body's opinion is due."""
        return self.run is not None and self.run.situation.lead is not None

    @property
    def leads_until(self) -> date | None:
        """For a central body: the last day on which the opinions of establishments reach it in time."""
        if self.consultation.body.kind is not BodyKind.CENTRAL_CSE or self.run is None:
            return None
        step = self.run.step(ESTABLISHMENT_OPINION)
        return step.due_on if step is not None and step.state is not StepState.NOT_APPLICABLE else None

    @property
    def points(self) -> list[PointStanding]:
        """Each reservation and wish with its answers, and for how long it has been waiting."""
        return pending.standings(self.opinion, on=self.on) if self.opinion is not None else []

    @property
    def stances(self) -> dict[str, Any]:
        return dict(STANCES)

    @property
    def has_rules(self) -> bool:
        """Whether its text has rules of use the body may take position on."""
        revision = notices.published(self.consultation.notice)
        return revision is not None and bool(revision.rules)

    def outcome_words(self, outcome: Outcome) -> str:
        return str(OUTCOMES[outcome])

    @property
    def destroyed_on(self) -> date | None:
        """The day keys and messages were destroyed."""
        return Told.of(self.letterbox.told).destroyed_on if self.letterbox is not None else None

    @property
    def steps(self) -> list[tuple[str, str, str]]:
        """``(done | now | next, name, when)`` of each step, for the timeline."""
        return timeline.steps(
            timeline.first_days([(one.kind, one.day) for one in self.consultation.facts], self.on),
            self.state,
            window=(self.letterbox.opens_on, self.letterbox.closes_on) if self.letterbox else None,
            has_opinion=self.has_opinion,
        )

    @property
    def acts_due(self) -> list[Task]:
        """Who must act, and by when, the most urgent first."""
        return timeline.who_must_act(
            self.state,
            self.run,
            page=url_for("workspace.consultation", consultation_id=self.consultation.id),
            body=self.consultation.body.name,
            questions=[
                (one.number, one.asked_on, one.expected_on) for one in self.questions if not one.answers
            ],
            themes=[one.published_on for one in self.themes if not one.answers and one.published_on],
        )

    @property
    def invites(self) -> bool:
        """Whether the reader may send invitations to its letterbox today."""
        box = self.letterbox
        return (
            self.is_ours
            and box is not None
            and box.channels.takes_passes
            and inviting.is_running(box, self.on)
        )

    @property
    def coming(self) -> list[tuple[StepAt, Any]]:
        """What is to be done next, by whom, at most four."""
        waiting = {StepState.DUE, StepState.LATE, StepState.PAST_PROPOSED}
        found = [
            one
            for one in (self.run.steps if self.run is not None else ())
            if one.state in waiting and not one.step.is_gate and one.due_on is not None
        ]
        ahead = sorted((one for one in found if (one.due_on or self.on) >= self.on), key=_due)[:4]
        return [(one, ACTORS[one.step.actor]) for one in ahead]

    @property
    def expiry_is_negative(self) -> bool:
        return self.run is not None and self.run.template.expiry.state == DEEMED_NEGATIVE

    @property
    def has_opinion(self) -> bool:
        """Whether this procedure knows an opinion of the body."""
        return self.run is not None and self.run.template.has_opinion

    @property
    def has_expert(self) -> bool:
        return self.run is not None and self.run.template.has_expert

    @property
    def may_appoint(self) -> bool:
        """Whether the body may appoint an expert today; a permission is asked besides."""
        is_running = any(one.ended_on is None for one in self.missions)
        is_over = self.opinion is not None or self.state.stage is Stage.CLOSED
        return self.is_ours and self.has_expert and not is_running and not is_over

    @property
    def days_left(self) -> int | None:
        due = self.state.due_on
        return (due - self.on).days if due is not None else None

    @property
    def awaits_opinion(self) -> bool:
        return self.state.awaits is Await.OPINION

    @property
    def begun_on(self) -> date | None:
        days = {one.kind: one.day for one in self.consultation.facts if one.day <= self.on}
        return days.get(FactKind.RECEIVED, days.get(FactKind.SENT))

    @property
    def course(self) -> moments.Course:
        """What happened, what is to be done now, what comes next: the list and its picture."""
        box = self.letterbox
        told = moments.Told(
            Window(box.opens_on, box.closes_on) if box is not None else None,
            self.meetings,
            self.missions,
            min((one.published_on for one in self.themes if one.published_on), default=None),
        )
        return moments.course(self.consultation, self.state, self.run, told, on=self.on)

    @property
    def clock(self) -> dict[str, Any] | None:
        """The picture's facts, in shares of its span; None where no period runs."""
        start, limit = self.begun_on, self.state.limit
        if start is None or limit is None or not self.awaits_opinion:
            return None
        span = ((limit - start).days + AFTER_DAYS) or 1

        def share(at: date) -> float:
            return max(0.0, min(100.0, (at - start).days / span * 100))

        return {
            "title": _("The time of the consultation"),
            "description": _(
                "From %(start)s to %(limit)s. The same dates are in the list below.",
                start=day(start),
                limit=day(limit),
            ),
            "today": share(self.on),
            "deadline": share(limit),
            "today_label": (_("Today"), day_short(self.on)),
            "deadline_label": (day_short(limit), _("Deadline")),
            "over": _("deemed negative") if self.expiry_is_negative else "",
            "events": self._events(start, share),
            "months": _months(start, start + timedelta(days=span), share),
            "braces": self._braces(start, share),
        }

    def _braces(self, start: date, share: Callable[[date], float]) -> list[tuple[float, float, str]]:
        """How the period adds up: its first part, and what an expert adds to it."""
        if self.run is None or self.is_led or self.run.limit.basis is Basis.AGREEMENT:
            return []
        chosen = next((one for one in self.run.template.variants if one.key == self.run.variant), None)
        period = chosen.limit if chosen is not None else self.run.template.clock.limit
        if period is None:
            return []
        if not period.months:
            text = ngettext("%(num)s day", "%(num)s days", period.days)
            return [(0, share(start + timedelta(days=period.days)), text)]
        extra = period.months - 1 if self.state.has_expert else 0
        months = period.months - extra
        first = share(add_months(start, months))
        found = [(0.0, first, ngettext("%(num)s month", "%(num)s months", months))]
        if extra:
            text = ngettext("+ %(num)s month, expert", "+ %(num)s months, expert", extra)
            found.append((first, share(add_months(start, period.months)) - first, text))
        return found

    def _events(self, start: date, share: Callable[[date], float]) -> list[tuple[float, str, str]]:
        """The start and what followed, dropping marks that would touch the one before or today's."""
        marks, last = [], -99.0
        today = share(self.on)
        for one in sorted(self.consultation.facts, key=lambda fact: fact.day):
            at = share(one.day)
            kept = one.kind in {FactKind.RECEIVED, FactKind.EXPERT_APPOINTED, FactKind.LETTERBOX_OPENED}
            if kept and start <= one.day < self.on and at - last >= 22 and abs(today - at) >= 22:
                short = {FactKind.RECEIVED: _("Received"), FactKind.EXPERT_APPOINTED: _("Expert")}
                marks.append((at, day_short(one.day), short.get(one.kind, _("Letterbox"))))
                last = at
        return marks[:3]


def is_followed(account: Account, consultation: Consultation) -> bool:
    who = Who.of(account)
    return who is not None and who.follows(consultation.body_id)


def _due(one: StepAt) -> date:
    return one.due_on or date.max


def _months(start: date, end: date, share: Callable[[date], float]) -> list[tuple[float, str]]:
    found, at = [], date(start.year + start.month // 12, start.month % 12 + 1, 1)
    while at <= end:
        found.append((share(at), day(at).split("\u00a0")[1]))
        at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    return found[:4]


def _poll(session: Session, consultation: Consultation, on: date) -> Polled | None:
    """From its first day on: what there is to see of it before the count is that it is not counted."""
    box = voices.letterbox(session, consultation.letterbox_id) if consultation.letterbox_id else None
    if box is None or on < box.opens_on:
        return None
    counts = voices.published_counts(session, [box.id], BallotKind.PULSE) if box.is_closed else {}
    return Polled.of(box, counts.get(box.id, ()), on)


def standing(session: Session, consultation: Consultation, account: Account, *, on: date) -> Standing:
    """One explicit line for each feature asked."""
    letterbox_id = consultation.letterbox_id
    key = keyholders.of_account(session, account.id) if letterbox_id is not None else None
    remarks = opinions.remarks_of(session, consultation.notice_id, consultation.body_id)
    letterbox = voices.letterbox(session, letterbox_id) if letterbox_id is not None else None
    is_ours = consultation.body_id in acting_body_ids(account)
    makes_slips = (
        is_ours
        and letterbox is not None
        and letterbox.channels.takes_slips
        and slips.is_running(letterbox, on)
    )
    state, run = consultations.standing(session, consultation, on=on)
    asked = questions.of_notice(session, consultation.notice_id)
    opinion = opinions.of_consultation(session, consultation.id)
    writes = opinion is not None and Permission.RESPONSE_GIVE in permissions(account)
    return Standing(
        consultation=consultation,
        state=state,
        run=run,
        on=on,
        proofs=[
            (sending.sent_on, receipts.proof(session, sending))
            for sending in receipts.sendings(session, consultation.id)
        ],
        letterbox=letterbox,
        holds_key=key is not None
        and letterbox_id is not None
        and keyholders.wrapped_for(session, letterbox_id, account.id) is not None,
        questions=asked,
        documents=enclosures.beside(session, [one.ref for one in asked], reader=reader_of(account), on=on),
        themes=concerns.published(session, consultation.notice_id),
        opinion=opinion,
        response_due_on=pending.due_by(run, opinion) if opinion is not None else None,
        has_draft=writes and opinion is not None and pending.draft(session, opinion.id) is not None,
        remark=next((one for one in remarks[:1] if one.withdrawn_on is None), None),
        commitments=commitments.of_notice(session, consultation.notice_id),
        poll=_poll(session, consultation, on),
        missions=experts.of_consultation(session, consultation.id),
        meetings=meetings.of_consultation(session, consultation.id),
        files=dossiers.of_notice(
            session,
            consultation.notice_id,
            reader=reader_of(account),
            acting=acting_body_ids(account),
            on=on,
        ),
        statements=[
            one
            for one in opinions.statements(session, consultation.notice_id)
            if one.consultation_id == consultation.id
        ],
        is_ours=is_ours,
        beside=together.beside(session, consultation, on=on),
        follows=is_followed(account, consultation),
        makes_slips=makes_slips,
        slips_out=makes_slips and letterbox is not None and passes.are_slips_out(session, letterbox),
        is_invited=letterbox is not None and bool(passes.invitation_acts(session, letterbox)),
    )
