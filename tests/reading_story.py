"""A notice with its whole thread, told through the services of the rooms, for tests of what people read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from consult.commitments import services as commitments
from consult.commitments.models import Commitment
from consult.commitments.rules import CommitmentState, Nature
from consult.concerns import services as concerns
from consult.concerns.models import Theme
from consult.concerns.rules import Stance as ThemeStance
from consult.consultations import services as consultations
from consult.consultations.models import Consultation
from consult.core.localized import Localized, digest
from consult.notices import services as notices
from consult.notices.content import Content, Group, Milestone, Unknown
from consult.notices.models import Notice
from consult.notices.rules import MilestoneKind
from consult.opinions import responding
from consult.opinions import services as opinions
from consult.opinions.rules import PointKind, Position, Stance
from consult.people.models import Account, Body
from consult.questions import services as questions
from consult.questions.models import Question
from consult.register.rules import Ref
from consult.voices.models import Batch, Letterbox, Voice
from tests.conftest import People
from tests.letterboxes import AFTER, Box, open_box

Work = Callable[..., Any]
TODAY = date(2026, 11, 24)
SENT = date(2026, 10, 20)


def both(fr: str, en: str) -> Localized:
    return Localized.of(fr=fr, en=en)


def content(**changes: Any) -> Content:
    """One whole text of a notice, ready to be sent; ``changes`` replaces parts of it."""
    summary = {
        "what": both("Plume propose un brouillon de réponse.", "Plume suggests a draft reply."),
        "who": both("La relation clients : 214 personnes.", "Customer relations: 214 people."),
        "when": both("Pilote proposé le 4 janvier 2027.", "Pilot proposed for 4 January 2027."),
        "change": both("Vous corrigerez un brouillon.", "You will correct a draft."),
        "limits": both("Il ne note personne.", "It scores nobody."),
        "decides": both("La directrice, qui peut dire non.", "The director, who can say no."),
        "unknown": both("Le coût réel.", "The real cost."),
    }
    fields = {
        "system_name": both("Plume 2", "Plume 2"),
        "excluded_uses": both("Noter des personnes.", "Scoring people."),
        "affected_count": both("182 personnes.", "182 people."),
        "data_inputs": both("Les demandes reçues.", "The requests received."),
        "mitigation": both("Un référent par équipe.", "A referent per team."),
        "attachments": both("Aucun document.", "No document."),
        "intended_purpose": both("Aider à répondre.", "Help to reply."),
        "effect_work_content": both("Relire comptera **davantage**.", "Rereading will matter **more**."),
        "monitoring": both("Non.", "No."),
        "decision_role": both("Aucun.", "None of it."),
        "contact_point": both("plume@orvalie.example", "plume@orvalie.example"),
    }
    groups = (
        Group(
            both("Conseillers et conseillères", "Advisers"),
            "Nantes, Lille",
            162,
            both("Corriger un brouillon.", "Correct a draft."),
            both("Trois demi-journées.", "Three half-days."),
        ),
        Group(both("Renforts du soir", "Evening staff"), "Lille", 20, both("Non décidé.", "Not decided.")),
    )
    milestones = (
        Milestone(MilestoneKind.PILOT, date(2027, 1, 4), both("Deux équipes.", "Two teams.")),
        Milestone(MilestoneKind.REVIEW, date(2027, 6, 7)),
    )
    given = {
        "title": both("Plume, l’assistant de réponse", "Plume, the reply assistant"),
        "summary": summary,
        "fields": fields,
        "groups": groups,
        "unknowns": (Unknown(both("Le coût réel.", "The real cost."), due_on=date(2027, 2, 1)),),
        "milestones": milestones,
    }
    return Content(**(given | changes))


def draft(work: Work, people: People, slug: str = "plume", **changes: Any) -> str:
    """A draft of HR's."""
    with work() as session:
        text = content(**changes)
        notice = notices.create(
            session, title=text.title, actor=session.get(Account, people.hr.id), on=SENT, slug=slug
        )
        notices.save(session, notice.revisions[-1], text)
    return slug


def send(
    work: Work,
    people: People,
    slug: str = "plume",
    *,
    on: date = SENT,
    held_until: date | None = None,
    **changes: Any,
) -> str:
    """Sent to the body; held until a later day, or open to employees the same day."""
    draft(work, people, slug, **changes)
    with work() as session:
        notice = by_slug(session, slug)
        hr, body = session.get(Account, people.hr.id), session.get(Body, people.body.id)
        consultations.send(session, notice, body=body, actor=hr, on=on, held_until=held_until)
        if held_until is None and notice.readable_on is None:
            consultations.open_to_employees(session, notice, on=on)
    return slug


def revise(work: Work, people: People, slug: str, *, on: date, **changes: Any) -> None:
    """A second revision, sent."""
    with work() as session:
        notice = by_slug(session, slug)
        hr, body = session.get(Account, people.hr.id), session.get(Body, people.body.id)
        notices.save(session, notices.revise(session, notice, actor=hr), content(**changes))
        session.expire(notice)
        consultations.send(session, notice, body=body, actor=hr, on=on)


def withdraw(work: Work, people: People, slug: str) -> None:
    with work() as session:
        hr = session.get(Account, people.hr.id)
        reason = both("Aucun contrôle humain réel.", "No real human oversight.")
        consultations.withdraw(session, by_slug(session, slug), reason=reason, actor=hr, on=TODAY)


def by_slug(session: Any, slug: str) -> Notice:
    return session.scalars(select(Notice).where(Notice.slug == slug)).one()


def consultation_of(session: Any, slug: str) -> Consultation:
    notice = by_slug(session, slug)
    return session.scalars(select(Consultation).where(Consultation.notice_id == notice.id)).one()


def letterbox(work: Work, slug: str = "plume", **options: Any) -> Box:
    """Opened on the consultation of that notice, with a key the test holds."""
    box = open_box(work, slug=slug, **options)
    with work() as session:
        consultation_of(session, slug).letterbox_id = box.id
    return box


@dataclass
class Said:
    """What the desk published: ids of themes, and of one quotation."""

    themes: list[UUID]
    quotation: UUID


def speak_and_publish(
    work: Work, people: People, box: Box, *, themes: int = 1, closed: bool = True, messages: int = 30
) -> Said:
    """Thirty people write; everything is released, sorted and published under so many themes."""
    box.speak(*(f"Message {at}." for at in range(messages)))
    box.release(AFTER) if closed else box.release()
    found, quotation = [], None
    with work() as session:
        letterbox = session.get(Letterbox, box.id)
        notice = by_slug(session, letterbox.told["slug"])
        voices = session.scalars(
            select(Voice).join(Batch, Batch.id == Voice.batch_id).where(Batch.letterbox_id == box.id)
        ).all()
        for at in range(themes):
            theme = concerns.new_theme(
                session,
                letterbox,
                notice,
                draft={
                    "title-fr": f"Charge et rythme {at}",
                    "title-en": f"Workload and pace {at}",
                    "synthesis-fr": f"Relire fatigue {at}.",
                    "synthesis-en": f"Rereading is tiring {at}.",
                },
            )
            for voice in voices[at::themes]:
                concerns.sort(session, letterbox, voice.id, theme)
            concerns.publish_theme(
                session, theme, letterbox, private_key=box.keys.private, on=TODAY - timedelta(days=18)
            )
            found.append(theme.id)
        quoted = concerns.propose(
            session,
            letterbox,
            voices[0].id,
            draft={"wording-fr": "On relit plus.", "wording-en": "We reread more."},
            actor=session.get(Account, people.rep1.id),
        )
        concerns.publish_wording(
            session,
            quoted,
            private_key=box.keys.private,
            actor=session.get(Account, people.rep2.id),
            on=TODAY,
        )
        quotation = quoted.id
    return Said(found, quotation)


def answer_theme(work: Work, people: People, theme_id: UUID) -> None:
    with work() as session:
        text = both("Aucun objectif pendant six semaines.", "No target for six weeks.")
        concerns.answer_theme(
            session,
            session.get(Theme, theme_id),
            stance=ThemeStance.PARTLY,
            text=text,
            actor=session.get(Account, people.hr.id),
            on=TODAY,
        )


def ask(
    work: Work, people: People, slug: str = "plume", *, answered: bool = True, because: tuple[Ref, ...] = ()
) -> UUID:
    with work() as session:
        question = questions.ask(
            session,
            by_slug(session, slug),
            body=session.get(Body, people.body.id),
            text=both("Qui aidera les équipes ?", "Who will help the teams?"),
            actor=session.get(Account, people.rep1.id),
            on=date(2026, 11, 1),
            because=because,
        )
        if answered:
            questions.answer(
                session,
                question,
                text=both("Un référent par équipe.", "One referent per team."),
                actor=session.get(Account, people.hr.id),
                on=date(2026, 11, 10),
            )
        return question.id


def give_opinion(work: Work, people: People, slug: str = "plume", *, answered: bool = True) -> None:
    with work() as session:
        hr, secretary = session.get(Account, people.hr.id), session.get(Account, people.rep1.id)
        opinion = opinions.give(
            session,
            consultation_of(session, slug),
            text=both("Le CSE est réservé.", "The CSE has reservations."),
            position=Position.WITH_RESERVATIONS,
            points=[
                (PointKind.RESERVATION, both("Rien le soir.", "Nothing in the evening.")),
                (PointKind.WISH, both("Une prime.", "A bonus.")),
            ],
            votes={"for": 8, "against": 3, "abstentions": 1},
            actor=secretary,
            on=date(2026, 11, 12),
        )
        if answered:
            responding.respond(
                session,
                opinion,
                text=both("Nous avons lu.", "We have read it."),
                points={
                    one.id: (
                        Stance.ACCEPTED if one.code == "R1" else Stance.REFUSED,
                        both("Voici pourquoi.", "Here is why."),
                    )
                    for one in opinion.points
                },
                actor=hr,
                on=date(2026, 11, 20),
            )


def promise(
    work: Work,
    people: People,
    slug: str = "plume",
    *,
    due_on: date = date(2026, 11, 15),
    because: tuple[Ref, ...] = (),
    verdict: bool | None = None,
    title: str = "Un référent par équipe",
) -> UUID:
    with work() as session:
        hr, body = session.get(Account, people.hr.id), session.get(Body, people.body.id)
        made = commitments.promise(
            session,
            by_slug(session, slug),
            body=body,
            title=both(title, f"{title} (en)"),
            nature=Nature.MEASURE,
            for_whom=both("Tout le monde", "Everyone"),
            owner="Ressources humaines",
            due_on=due_on,
            actor=hr,
            on=date(2026, 11, 2),
            because=because,
        )
        if verdict is not None:
            commitments.move(
                session,
                made,
                to=CommitmentState.CLAIMED_DONE,
                text=both("C’est fait.", "It is done."),
                actor=hr,
                on=TODAY,
            )
            commitments.judge_on(
                session,
                made,
                is_kept=verdict,
                reason=both("Vérifié à Lille.", "Checked in Lille."),
                resolution=both("Le CSE se prononce.", "The CSE decides."),
                votes={"for": 8, "against": 0, "abstentions": 0},
                actor=session.get(Account, people.rep1.id),
                on=TODAY,
            )
        return made.id


def commitment(session: Any, ident: UUID) -> Commitment:
    return session.get(Commitment, ident)


def question(session: Any, ident: UUID) -> Question:
    return session.get(Question, ident)


def stale(fr: str, en: str, before: str) -> Localized:
    """English made from an earlier French."""
    return Localized({"fr": fr, "en": en}, "fr", {"en": digest(before)})


def tell_everything(work: Work, people: People) -> Said:
    """The whole loop on one notice: said, asked, answered, opinion, response, promises in three states."""
    send(work, people)
    box = letterbox(work)
    said = speak_and_publish(work, people, box, themes=2)
    answer_theme(work, people, said.themes[0])
    asked = ask(work, people, because=(Ref("theme", str(said.themes[0])),))
    give_opinion(work, people)
    promise(work, people, because=(Ref("question", str(asked)),))
    promise(
        work, people, because=(Ref("theme", str(said.themes[0])),), verdict=True, title="Aucune statistique"
    )
    promise(work, people, verdict=False, title="Une demi-heure")
    return said
