"""Calling a meeting, its agenda, who was there, the minutes. They get the session and never commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.consultations import services as consultations
from consult.consultations.course import has_step
from consult.consultations.models import Consultation
from consult.consultations.rules import MEETINGS
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import Localized
from consult.meetings import letters
from consult.meetings.models import AgendaItem, Attendance, Meeting, MeetingRequest
from consult.meetings.rules import AGENDA, ItemKind, MeetingState, MinutesState, Presence
from consult.people.models import Account, Body
from consult.people.rules import NotAdopted, is_adopted
from consult.register import services as register
from consult.register.rules import Tag


def call(
    session: Session, body: Body, *, day: date, time: str, place: str, is_extraordinary: bool, actor: Account,
    on: date, about: Consultation | None = None, asked: MeetingRequest | None = None,
    once: UUID | None = None,
) -> Meeting:  # fmt: skip
    """Convenes the body. ``about``: a consultation that goes on the agenda at once, as information and as
    consultation; ``asked``: the request it answers, whose reason becomes an item (L2315-31). ``once``: the
    identifier it will have; sent twice, the first stays."""
    register.touch(session)  # takes the lock under which numbers are given
    known = session.get(Meeting, once) if once is not None else None
    if known is not None and (known.called_by, known.body_id) == (actor.id, body.id):
        return known
    last = session.scalar(select(func.max(Meeting.number)).where(Meeting.body_id == body.id)) or 0
    meeting = Meeting(
        id=(once if known is None else None) or uuid4(),
        body=body, number=last + 1, is_extraordinary=is_extraordinary, day=day, time=time, place=place,
        called_on=on, called_by=actor.id,
    )  # fmt: skip
    session.add(meeting)
    if about is not None:
        title = _title(about)
        meeting.items += [
            AgendaItem(position=1, kind=ItemKind.INFORMATION, title=title, consultation=about),
            AgendaItem(position=2, kind=ItemKind.CONSULTATION, title=title, consultation=about),
        ]
    session.flush()
    if asked is not None:
        _answers(meeting, asked)
        session.flush()
    register.record(
        session,
        Tag.MEETING_CALLED,
        meeting.ref,
        title=Localized.of(
            fr=f"Réunion convoquée\u00a0: {body.name}, {day:%d/%m/%Y}",
            en=f"Meeting called: {body.name}, {day:%d/%m/%Y}",
        ),
        day=on,
        content={"body": body.name, "day": day.isoformat(), "number": meeting.number},
        audience=meeting.audience,
    )
    _tell_days(session, meeting)
    letters.called(session, meeting)
    return meeting


def _title(consultation: Consultation) -> str:
    published = [one for one in consultation.notice.revisions if one.published_on is not None]
    return published[-1].title.shown("fr")[0][:300] if published else ""


def _answers(meeting: Meeting, asked: MeetingRequest) -> None:
    if asked.sent_on is None or asked.meeting_id is not None:
        raise WrongState("request", "answered")
    place = len(meeting.items) + 1
    meeting.items.append(AgendaItem(position=place, kind=ItemKind.OTHER, title=asked.reason[:300]))
    asked.meeting_id = meeting.id


def add_item(
    session: Session, meeting: Meeting, *, kind: ItemKind, title: str, about: Consultation | None,
    once: UUID | None = None,
) -> AgendaItem:  # fmt: skip
    """Until the agenda is set, either side puts items on it. ``once``: as for `call`."""
    _is_open(meeting)
    known = next((one for one in meeting.items if one.id == once), None)
    if known is not None:
        return known
    item = AgendaItem(
        id=once or uuid4(),
        position=max((one.position for one in meeting.items), default=0) + 1,
        kind=kind,
        title=title or (_title(about) if about is not None else ""),
        consultation=about,
    )
    meeting.items.append(item)
    _reopen(meeting)
    session.flush()
    _tell_days(session, meeting)
    return item


def remove_item(session: Session, meeting: Meeting, item_id: UUID) -> None:
    _is_open(meeting)
    before = _consulted(meeting)
    meeting.items = [one for one in meeting.items if one.id != item_id]
    _reopen(meeting)
    session.flush()
    _tell_days(session, meeting, before)


def _reopen(meeting: Meeting) -> None:
    """An agenda that changed is agreed again."""
    meeting.agreed_by_chair = meeting.agreed_by_secretary = False


def agree(session: Session, meeting: Meeting, *, as_chair: bool, why: str, on: date) -> bool:
    """Chair or secretary agree to the agenda as it stands; it is set once both did, or by one of them with a
    reason where the law puts the item on it (L2315-29). True once it is set."""
    _is_open(meeting)
    if as_chair:
        meeting.agreed_by_chair = True
    else:
        meeting.agreed_by_secretary = True
    if why or (meeting.agreed_by_chair and meeting.agreed_by_secretary):
        meeting.agenda_set_on, meeting.agenda_why = on, why
        session.flush()
        _tell_days(session, meeting)
        letters.agenda_set(session, meeting)
        return True
    session.flush()
    return False


def _is_open(meeting: Meeting) -> None:
    if meeting.state is not MeetingState.CONVENED or meeting.agenda_set_on is not None:
        raise WrongState("agenda", "set")


def cancel(session: Session, meeting: Meeting, *, why: str) -> None:
    if meeting.state is not MeetingState.CONVENED:
        raise WrongState("meeting", meeting.state)
    meeting.state, meeting.cancelled_why = MeetingState.CANCELLED, why
    session.flush()
    _tell_days(session, meeting)
    letters.cancelled(session, meeting)


def hold(session: Session, meeting: Meeting, *, presences: Mapping[UUID, Presence], on: date) -> None:
    """It took place: who was there, by mandate. Noted again, the list takes the place of the one before."""
    if meeting.state is MeetingState.CANCELLED or meeting.day > on:
        raise WrongState("meeting", meeting.state)
    if meeting.minutes_state is MinutesState.ADOPTED:
        raise WrongState("minutes", meeting.minutes_state)
    meeting.attendance = []
    session.flush()
    meeting.attendance = [
        Attendance(mandate_id=mandate, presence=presence) for mandate, presence in presences.items()
    ]
    meeting.state = MeetingState.HELD
    session.flush()
    _tell_days(session, meeting)


def write_minutes(session: Session, meeting: Meeting, *, text: Localized, seen: int) -> None:
    """The secretary's draft. Raises `EditedMeanwhile`, `WrongState` once they were adopted."""
    if meeting.minutes_state is MinutesState.ADOPTED:
        raise WrongState("minutes", meeting.minutes_state)
    if meeting.version != seen:
        raise EditedMeanwhile(theirs=meeting.minutes.shown("fr")[0], yours=text.shown("fr")[0])
    meeting.minutes = text
    session.flush()


def send_minutes(session: Session, meeting: Meeting, *, on: date) -> None:
    """To the employer and the members (D2315-26): from here on the reasoned response is counted."""
    if not meeting.minutes or meeting.minutes_state is not MinutesState.DRAFT:
        raise WrongState("minutes", meeting.minutes_state)
    meeting.minutes_state, meeting.minutes_on = MinutesState.SENT, on
    session.flush()
    for consultation in _consulted(meeting):
        consultations.tell(session, consultation, "minutes", on, source=meeting.ref, actor=None)
    letters.minutes_sent(session, meeting)


def adopt_minutes(
    session: Session, meeting: Meeting, *, votes: Mapping[str, int], actor: Account, on: date
) -> None:
    """The body adopts them: from here on they never change. Raises `NotAdopted`."""
    if meeting.minutes_state is not MinutesState.SENT:
        raise WrongState("minutes", meeting.minutes_state)
    if not is_adopted(votes["for"], votes["against"], votes["abstentions"]):
        raise NotAdopted
    meeting.minutes_state, meeting.minutes_on = MinutesState.ADOPTED, on
    session.flush()
    register.record(
        session,
        Tag.MINUTES_ADOPTED,
        meeting.ref,
        title=Localized.of(
            fr=f"Procès-verbal adopté\u00a0: {meeting.body.name}, {meeting.day:%d/%m/%Y}",
            en=f"Minutes adopted: {meeting.body.name}, {meeting.day:%d/%m/%Y}",
        ),
        day=on,
        content={"minutes": dict(meeting.minutes.texts), "votes": dict(votes), "by": str(actor.id)},
        audience=meeting.audience,
    )


def _consulted(meeting: Meeting) -> list[Consultation]:
    found = {one.consultation.id: one.consultation for one in meeting.items if one.consultation is not None}
    return list(found.values())


def _tell_days(session: Session, meeting: Meeting, of: Sequence[Consultation] | None = None) -> None:
    """What the clock of each consultation learns: the day of a meeting that has it on the agenda, and of the
    one that gives the opinion; where its procedure has such a step, that the agenda went out, that the notice
    was presented, that the body asked for the meeting. Nothing any more of a meeting that has it not."""
    is_on = meeting.state is not MeetingState.CANCELLED
    for consultation in _consulted(meeting) if of is None else of:
        kinds = {one.kind for one in meeting.items if one.consultation is consultation and is_on}
        is_presented = ItemKind.INFORMATION in kinds and meeting.state is MeetingState.HELD
        days = {
            "meeting": meeting.day if kinds else None,
            "opinion_meeting": meeting.day if ItemKind.CONSULTATION in kinds else None,
            "presentation_meeting": meeting.day if is_presented else None,
            "extraordinary_meeting": _asked_on(session, meeting) if kinds else None,
            **dict.fromkeys(AGENDA, meeting.agenda_set_on if kinds else None),
        }
        for key, day in days.items():
            if key in MEETINGS or has_step(consultation, key):
                consultations.tell(session, consultation, key, day, source=meeting.ref, actor=None)


def _asked_on(session: Session, meeting: Meeting) -> date | None:
    """The day the body sent the request this meeting answers."""
    return session.scalar(select(MeetingRequest.sent_on).where(MeetingRequest.meeting_id == meeting.id))
