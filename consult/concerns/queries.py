"""Named selects of the desk and of what it published."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.concerns.models import Concern, Theme, ThemeAnswer
from consult.register.models import Entry
from consult.register.rules import Ref
from consult.voices.models import Batch, Voice

_of_voice = select(Concern).where(Concern.voice_id == bindparam("voice_id"))
_counted = select(func.count()).where(Concern.theme_id == bindparam("theme_id"), ~Concern.is_held)
_themes = (
    select(Theme).where(Theme.letterbox_id == bindparam("letterbox_id")).order_by(Theme.id)
)
_theme_counts = (
    select(Concern.theme_id, func.count())
    .where(Concern.letterbox_id == bindparam("letterbox_id"), Concern.theme_id.is_not(None))
    .group_by(Concern.theme_id)
)
_sorted = exists().where(
    Concern.voice_id == Voice.id, Concern.theme_id.is_not(None) | Concern.is_held
)
_in_letterbox = select(Voice).join(Batch, Batch.id == Voice.batch_id).where(
    Batch.letterbox_id == bindparam("letterbox_id")
)
_next_unsorted = _in_letterbox.where(~_sorted).order_by(Voice.id)
_proposed = (
    select(Concern)
    .where(
        Concern.letterbox_id == bindparam("letterbox_id"),
        Concern.proposed_by.is_not(None),
        Concern.published_on.is_(None),
    )
    .options(joinedload(Concern.proposer))
    .order_by(Concern.id)
    .limit(50)
)
_published = (
    select(Theme)
    .where(Theme.notice_id == bindparam("notice_id"), Theme.published_on.is_not(None))
    .options(selectinload(Theme.answers), selectinload(Theme.concerns), joinedload(Theme.notice))
    .order_by(Theme.at_least.desc().nulls_last(), Theme.published_on, Theme.id)
)
_unanswered = (
    select(Theme)
    .where(Theme.published_on.is_not(None), ~exists().where(ThemeAnswer.theme_id == Theme.id))
    .options(joinedload(Theme.notice))
    .order_by(Theme.published_on, Theme.id)
    .limit(50)
)


def of_voice(session: Session, voice_id: bytes) -> Concern | None:
    return session.scalar(_of_voice, {"voice_id": voice_id})


def concern(session: Session, concern_id: UUID) -> Concern | None:
    return session.get(Concern, concern_id)


def theme(session: Session, theme_id: UUID) -> Theme | None:
    return session.get(Theme, theme_id)


def counted(session: Session, theme_id: UUID) -> int:
    """Messages under a theme, held ones left out: for keyholders, or to be floored."""
    return session.scalar(_counted, {"theme_id": theme_id}) or 0


def themes(session: Session, letterbox_id: bytes) -> Sequence[Theme]:
    return session.scalars(_themes, {"letterbox_id": letterbox_id}).all()


def theme_counts(session: Session, letterbox_id: bytes) -> dict[UUID, int]:
    """Exact numbers, for keyholders only."""
    return {row[0]: row[1] for row in session.execute(_theme_counts, {"letterbox_id": letterbox_id})}


def next_unsorted(session: Session, letterbox_id: bytes, *, after: bytes | None = None) -> Voice | None:
    """The next message nobody sorted, in the order of its random id; after the last, the first again."""
    query = _next_unsorted
    if after is not None:
        later = session.scalar(query.where(Voice.id > after).limit(1), {"letterbox_id": letterbox_id})
        if later is not None:
            return later
    return session.scalar(query.limit(1), {"letterbox_id": letterbox_id})


def progress(session: Session, letterbox_id: bytes) -> tuple[int, int]:
    """``(sorted, released)``: exact, for keyholders only."""
    total = select(func.count()).select_from(_in_letterbox.subquery())
    done = select(func.count()).select_from(_in_letterbox.where(_sorted).subquery())
    parameters = {"letterbox_id": letterbox_id}
    return session.scalar(done, parameters) or 0, session.scalar(total, parameters) or 0


def messages_of(session: Session, theme_id: UUID) -> Sequence[Voice]:
    """The messages under a theme, to read them again; at most 500."""
    return session.scalars(
        select(Voice)
        .join(Concern, Concern.voice_id == Voice.id)
        .where(Concern.theme_id == theme_id)
        .order_by(Voice.id)
        .limit(500)
    ).all()


def proposed(session: Session, letterbox_id: bytes) -> Sequence[Concern]:
    """Wordings that wait for a second reader."""
    return session.scalars(_proposed, {"letterbox_id": letterbox_id}).all()


def published(session: Session, notice_id: UUID) -> Sequence[Theme]:
    """Themes of a notice with wordings and answers, the weightiest first."""
    return session.scalars(_published, {"notice_id": notice_id}).all()


def unanswered(session: Session) -> Sequence[Theme]:
    """Published themes the employer has not answered, oldest first, at most 50."""
    return session.scalars(_unanswered).all()


def entries_of(session: Session, ref: Ref) -> Sequence[Entry]:
    return session.scalars(select(Entry).where(Entry.ref == str(ref))).all()

