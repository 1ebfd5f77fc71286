"""Named selects of the desk and of what it published."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from consult.anonymity import thresholds
from consult.anonymity.thresholds import Outlet
from consult.concerns.models import Concern, DeskReply, Theme, ThemeAnswer
from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.register.models import Awaiting, Entry
from consult.register.rules import Ref
from consult.voices import queries as voices
from consult.voices.models import Batch, Letterbox, Voice
from consult.web.readers import Audience, Side, Visibility

PAGE_SIZE = 30
"""Messages on one page, to read them again."""
_ADDRESS = re.compile(r"[0-9a-f]{32}")

_of_voice = select(Concern).where(Concern.voice_id == bindparam("voice_id"))
_counted = select(func.count()).where(Concern.theme_id == bindparam("theme_id"), ~Concern.is_held)
_themes = select(Theme).where(Theme.letterbox_id == bindparam("letterbox_id")).order_by(Theme.id)
_theme_counts = (
    select(Concern.theme_id, func.count())
    .where(Concern.letterbox_id == bindparam("letterbox_id"), Concern.theme_id.is_not(None))
    .group_by(Concern.theme_id)
)
_sorted = exists().where(
    Concern.voice_id == Voice.id, Concern.theme_id.is_not(None) | Concern.is_held | Concern.is_write_back
)
_in_letterbox = (
    select(Voice)
    .join(Batch, Batch.id == Voice.batch_id)
    .where(Batch.letterbox_id == bindparam("letterbox_id"))
)
_next_unsorted = _in_letterbox.where(~_sorted).order_by(Voice.id).limit(1)
_read_again = (
    select(Voice, Concern).join(Concern, Concern.voice_id == Voice.id).order_by(Voice.id).limit(PAGE_SIZE + 1)
)
_quotations = (
    select(Concern)
    .where(Concern.letterbox_id == bindparam("letterbox_id"), Concern.proposed_by.is_not(None))
    .options(joinedload(Concern.proposer), joinedload(Concern.theme))
    .order_by(Concern.id)
)
_proposed = _quotations.where(Concern.published_on.is_(None)).limit(50)
_said = _quotations.where(Concern.published_on.is_not(None)).limit(200)
_published = (
    select(Theme)
    .where(Theme.notice_id == bindparam("notice_id"), Theme.published_on.is_not(None))
    .options(
        defer(Theme.sealed_draft),
        selectinload(Theme.answers),
        # Only what was published: the desk's sealed columns have no business on a page others read.
        selectinload(Theme.concerns.and_(Concern.published_on.is_not(None))).options(
            defer(Concern.sealed_working), defer(Concern.sealed_grave)
        ),
        joinedload(Theme.notice),
    )
    .order_by(Theme.at_least.desc().nulls_last(), Theme.published_on, Theme.id)
)
_wordings = (
    select(Concern)
    .where(Concern.theme_id == bindparam("theme_id"), Concern.published_on.is_not(None))
    .options(defer(Concern.sealed_working), defer(Concern.sealed_grave))
    .order_by(Concern.id)
)
_copies = select(DeskReply).where(DeskReply.letterbox_id == bindparam("letterbox_id")).order_by(DeskReply.id)
_write_backs = (
    select(Voice)
    .join(Concern, Concern.voice_id == Voice.id)
    .where(Concern.letterbox_id == bindparam("letterbox_id"), Concern.is_write_back)
    .order_by(Voice.id)
)
_graves = (
    select(Concern.id, Concern.voice_id, Concern.sealed_grave)
    .where(Concern.letterbox_id == bindparam("letterbox_id"), Concern.sealed_grave.is_not(None))
    .order_by(Concern.id)
)
_answers = (
    select(ThemeAnswer)
    .where(ThemeAnswer.theme_id == bindparam("theme_id"))
    .order_by(ThemeAnswer.day, ThemeAnswer.id)
)
_unanswered = (
    select(Theme)
    .join(Awaiting, and_(Awaiting.kind == "theme", Awaiting.subject_id == Theme.id))
    .options(defer(Theme.sealed_draft), joinedload(Theme.notice))
    .order_by(Awaiting.since, Theme.id)
    .limit(50)
)


# ── the desk, as its addresses name it ─────────────────────────────────────────


@dataclass(frozen=True)
class Desk:
    """A letterbox before the body it belongs to. Its audience is that body's draft: for everyone else,
    the employer first, the address leads nowhere."""

    letterbox: Letterbox
    consultation: Consultation

    @property
    def scope(self) -> frozenset[UUID]:
        return self.consultation.scope

    @property
    def audience(self) -> Audience:
        return Audience(Visibility.DRAFT, Side.STAFF, self.scope)

    @property
    def box(self) -> str:
        return self.letterbox.id.hex()


@dataclass(frozen=True)
class ThemeAtDesk(Desk):
    theme: Theme


@dataclass(frozen=True)
class MessageAtDesk(Desk):
    """``concern`` is None as long as nobody touched the message."""

    voice: Voice
    concern: Concern | None


@dataclass(frozen=True)
class QuotationAtDesk(Desk):
    """A wording that was proposed, or published; ``voice`` is the message it comes from."""

    concern: Concern
    theme: Theme
    voice: Voice


def desk(session: Session, box: str) -> Desk | None:
    letterbox = voices.by_address(session, box)
    if letterbox is None:
        return None
    consultation = consultations.by_letterbox(session, letterbox.id)
    return Desk(letterbox, consultation) if consultation is not None else None


def theme_at_desk(session: Session, box: str, theme_id: UUID) -> ThemeAtDesk | None:
    found, theme = desk(session, box), session.get(Theme, theme_id)
    if found is None or theme is None or theme.letterbox_id != found.letterbox.id:
        return None
    return ThemeAtDesk(found.letterbox, found.consultation, theme)


def message_at_desk(session: Session, box: str, message: str) -> MessageAtDesk | None:
    """``message``: the id of a released message, in hexadecimal."""
    found = desk(session, box)
    if found is None or not _ADDRESS.fullmatch(message):
        return None
    voice = voices.voice(session, bytes.fromhex(message))
    if voice is None or not voices.belongs(session, voice.id, found.letterbox.id):
        return None
    return MessageAtDesk(found.letterbox, found.consultation, voice, of_voice(session, voice.id))


def quotation_at_desk(session: Session, box: str, concern_id: UUID) -> QuotationAtDesk | None:
    found, concern = desk(session, box), session.get(Concern, concern_id)
    if found is None or concern is None or concern.letterbox_id != found.letterbox.id:
        return None
    voice = voices.voice(session, concern.voice_id) if concern.voice_id is not None else None
    if voice is None or concern.theme is None or concern.proposed_by is None:
        return None
    return QuotationAtDesk(found.letterbox, found.consultation, concern, concern.theme, voice)


# ── messages and themes ────────────────────────────────────────────────────────


def of_voice(session: Session, voice_id: bytes) -> Concern | None:
    return session.scalar(_of_voice, {"voice_id": voice_id})


def copies(session: Session, letterbox_id: bytes) -> Sequence[DeskReply]:
    """The desk's copies of every answer in this letterbox's threads: whose each is, only the key tells."""
    return session.scalars(_copies, {"letterbox_id": letterbox_id}).all()


def write_backs(session: Session, letterbox_id: bytes) -> Sequence[Voice]:
    """What authors wrote back, as far as it was met at the desk."""
    return session.scalars(_write_backs, {"letterbox_id": letterbox_id}).all()


def released(session: Session, letterbox_id: bytes) -> Sequence[Voice]:
    """Every message that left."""
    return session.scalars(_in_letterbox.order_by(Voice.id), {"letterbox_id": letterbox_id}).all()


def graves(session: Session, letterbox_id: bytes) -> Sequence[tuple[UUID, bytes | None, bytes]]:
    """``(concern, voice, what is noted)`` of every message that was touched, grave or not."""
    rows = session.execute(_graves, {"letterbox_id": letterbox_id})
    return [(row.id, row.voice_id, row.sealed_grave) for row in rows]


def concern(session: Session, concern_id: UUID) -> Concern | None:
    return session.get(Concern, concern_id)


def theme(session: Session, theme_id: UUID) -> Theme | None:
    return session.get(Theme, theme_id)


def counted(session: Session, theme_id: UUID) -> int:
    """Messages under a theme, held ones left out: for keyholders, or to be made a band."""
    return session.scalar(_counted, {"theme_id": theme_id}) or 0


def themes(session: Session, letterbox_id: bytes) -> Sequence[Theme]:
    return session.scalars(_themes, {"letterbox_id": letterbox_id}).all()


def theme_counts(session: Session, letterbox_id: bytes) -> dict[UUID, int]:
    """Exact numbers, for keyholders only."""
    rows = session.execute(_theme_counts, {"letterbox_id": letterbox_id})
    return {row[0]: row[1] for row in rows if row[0] is not None}


def next_unsorted(session: Session, letterbox_id: bytes, *, after: bytes | None = None) -> Voice | None:
    """The next message nobody sorted, in the order of its random id; after the last, the first again."""
    parameters = {"letterbox_id": letterbox_id}
    if after is not None:
        later = session.scalar(_next_unsorted.where(Voice.id > after), parameters)
        if later is not None:
            return later
    return session.scalar(_next_unsorted, parameters)


def progress(session: Session, letterbox_id: bytes) -> tuple[int, int]:
    """``(sorted, released)``: exact, for keyholders only."""
    total = select(func.count()).select_from(_in_letterbox.subquery())
    done = select(func.count()).select_from(_in_letterbox.where(_sorted).subquery())
    parameters = {"letterbox_id": letterbox_id}
    return session.scalar(done, parameters) or 0, session.scalar(total, parameters) or 0


def messages_of(
    session: Session, theme_id: UUID, *, after: bytes | None = None
) -> Sequence[tuple[Voice, Concern]]:
    """The messages under a theme, to read them again, by random id; one more than a page at most."""
    return _again(session, Concern.theme_id == theme_id, after)


def held(
    session: Session, letterbox_id: bytes, *, after: bytes | None = None
) -> Sequence[tuple[Voice, Concern]]:
    """The messages set aside, likewise."""
    return _again(session, (Concern.letterbox_id == letterbox_id) & Concern.is_held, after)


def _again(session: Session, which: Any, after: bytes | None) -> Sequence[tuple[Voice, Concern]]:
    query = _read_again.where(which)
    if after is not None:
        query = query.where(Voice.id > after)
    return [(row[0], row[1]) for row in session.execute(query)]


def held_count(session: Session, letterbox_id: bytes) -> int:
    """Exact, for keyholders only."""
    query = select(func.count()).where(Concern.letterbox_id == letterbox_id, Concern.is_held)
    return session.scalar(query) or 0


def outlet(session: Session, letterbox: Letterbox) -> Outlet:
    """What may leave this desk (`thresholds.outlet`). Batches are not added up: the same people may have
    written in each."""
    largest = max((one.at_least for one in voices.batches(session, letterbox.id)), default=0)
    return thresholds.outlet(largest, letterbox.k)


def quotable_batches(session: Session, letterbox: Letterbox) -> frozenset[bytes]:
    """Batches whose messages may be quoted (as `voices.queries.is_quotable` says of one message)."""
    return frozenset(
        one.id
        for one in voices.batches(session, letterbox.id)
        if not one.is_small and thresholds.may_quote(one.at_least, letterbox.k)
    )


def proposed(session: Session, letterbox_id: bytes) -> Sequence[Concern]:
    """Wordings that wait for a second reader."""
    return session.scalars(_proposed, {"letterbox_id": letterbox_id}).all()


def quotations(session: Session, letterbox_id: bytes) -> Sequence[Concern]:
    """Wordings that were published, retracted ones included, at most 200."""
    return session.scalars(_said, {"letterbox_id": letterbox_id}).all()


# ── what others read ───────────────────────────────────────────────────────────


def published_theme(session: Session, theme_id: UUID) -> Theme | None:
    """A theme as the employer meets it: None as long as the body has not published it."""
    found = session.get(Theme, theme_id, options=[defer(Theme.sealed_draft), joinedload(Theme.notice)])
    return found if found is not None and found.published_on is not None else None


def wordings(session: Session, theme_id: UUID) -> Sequence[Concern]:
    """Published wordings under a theme, those that were retracted included, by random id."""
    return session.scalars(_wordings, {"theme_id": theme_id}).all()


def answers(session: Session, theme_id: UUID) -> Sequence[ThemeAnswer]:
    """The employer's answers to a theme, oldest first."""
    return session.scalars(_answers, {"theme_id": theme_id}).all()


def published(session: Session, notice_id: UUID) -> Sequence[Theme]:
    """Themes of a notice with wordings and answers, the weightiest first. ``concerns`` holds those with
    a published wording or one that was retracted, and nothing of the desk's own columns."""
    return session.scalars(_published, {"notice_id": notice_id}).all()


def unanswered(session: Session) -> Sequence[Theme]:
    """Published themes the employer has not answered, oldest first, at most 50."""
    return session.scalars(_unanswered).all()


def entries_of(session: Session, ref: Ref) -> Sequence[Entry]:
    return session.scalars(select(Entry).where(Entry.ref == str(ref))).all()
