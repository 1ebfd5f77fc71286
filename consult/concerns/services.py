"""The desk's verbs: sort, write, propose, publish, retract; and the employer's answer to a theme."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consult.anonymity.thresholds import Outlet
from consult.concerns import letters, queries, sealed, telling
from consult.concerns.models import Concern, Theme, ThemeAnswer
from consult.concerns.rules import (
    InThread,
    NeedsSecondReader,
    NotEnoughToPublish,
    NotQuotable,
    OneSynthesisOnly,
    Stance,
    shown,
    whole,
)
from consult.core.errors import EditedMeanwhile, NotFound, WrongState
from consult.core.localized import Localized
from consult.notices.models import Notice
from consult.people import queries as people
from consult.people.models import Account
from consult.register import services as register
from consult.register.models import LeafSalt
from consult.register.rules import Ref, Tag
from consult.voices import balloting
from consult.voices import queries as voices
from consult.voices.models import Letterbox

REMOVED = Localized.of(fr="Citation retirée", en="Quotation removed")

# ── themes ─────────────────────────────────────────────────────────────────────


def new_theme(
    session: Session,
    letterbox: Letterbox,
    notice: Notice,
    *,
    draft: Mapping[str, str],
    once: UUID | None = None,
) -> Theme:
    """A theme with a sealed title (``title-fr``, ``title-en``). ``once``: the identifier it will have; sent
    twice, the first stays. Raises `sealing.TooLong`."""
    if once is not None and (known := session.get(Theme, once)) is not None:
        if known.letterbox_id == letterbox.id:
            return known
        once = None
    theme = Theme(
        id=once or uuid4(),
        letterbox_id=letterbox.id,
        notice=notice,
        sealed_draft=sealed.close(letterbox.public_key, draft),
    )
    session.add(theme)
    session.flush()
    return theme


def write_theme(
    session: Session,
    theme: Theme,
    letterbox: Letterbox,
    *,
    draft: Mapping[str, str],
    version: int | None = None,
) -> None:
    """Title and synthesis, sealed until published; what was published stays as it is meanwhile.
    Raises `EditedMeanwhile`, `sealing.TooLong`."""
    _same_letterbox(theme, letterbox)
    if version is not None and version != theme.version:
        raise EditedMeanwhile
    theme.sealed_draft = sealed.close(letterbox.public_key, draft)
    session.flush()


def publish_theme(
    session: Session, theme: Theme, letterbox: Letterbox, *, private_key: bytes, on: date, erase: bool = False
) -> Theme:
    """Publishes title and synthesis in both languages; done again, the new text takes the place of the
    old. ``erase``: the old one pointed at somebody, its trace in the record goes too. The number of
    messages enters only once the letterbox is closed. Raises `NotEnoughToPublish`, `OneSynthesisOnly`,
    `BothLanguagesNeeded`, `WrongState` when nothing changed."""
    _same_letterbox(theme, letterbox)
    _refuse_too_few(session, theme, letterbox)
    draft = sealed.read(private_key, theme.sealed_draft)
    needed = people.languages(session)
    title, synthesis = whole(draft, "title", needed), whole(draft, "synthesis", needed)
    if theme.published_on is not None and (theme.title, theme.synthesis) == (title, synthesis):
        raise WrongState("theme", "published")
    ref, is_first = Ref("theme", str(theme.id)), theme.published_on is None
    if erase:
        _erase(session, ref, title=title)
        for answer in theme.answers:  # their entries carry the theme's title; what they said stays
            for entry in queries.entries_of(session, Ref("theme-answer", str(answer.id))):
                register.rename(session, entry, title)
    theme.title, theme.synthesis, theme.published_on = title, synthesis, on
    count_theme(session, theme, letterbox)
    session.flush()
    register.record(
        session,
        Tag.THEME_PUBLISHED,
        ref,
        title=title,
        day=on,
        content={"title": dict(title.texts), "synthesis": dict(synthesis.texts)},
        audience=theme.notice.audience,
        notice_id=theme.notice_id,
        because=[Ref("letterbox", letterbox.id.hex())],
    )
    if is_first:
        telling.synthesis(session, letterbox, ref, on=on)
        letters.published(session, theme)
    return theme


def count_theme(session: Session, theme: Theme, letterbox: Letterbox) -> None:
    """What is shown of the number of messages under a theme: nothing before closing, nothing where only a
    synthesis may leave the desk."""
    is_shown = letterbox.is_closed and queries.outlet(session, letterbox) is Outlet.QUOTATION
    theme.at_least = shown(queries.counted(session, theme.id)) if is_shown else None


def count_themes(session: Session, letterbox: Letterbox) -> None:
    """Brings what is shown in line, for all published themes; called at closing and by whoever sorts
    after it."""
    if not letterbox.is_closed:
        return
    before = {
        one: one.at_least for one in queries.themes(session, letterbox.id) if one.published_on is not None
    }
    for theme in before:
        count_theme(session, theme, letterbox)
    if any(theme.at_least != number for theme, number in before.items()):
        session.flush()
        register.touch(session)


def merge(session: Session, theme: Theme, into: Theme, letterbox: Letterbox) -> Theme:
    """Brings everything under a theme that was not published under another one, and forgets it.
    Raises `WrongState` when it was published."""
    _same_letterbox(theme, letterbox)
    _same_letterbox(into, letterbox)
    if theme.published_on is not None:
        raise WrongState("theme", "published")
    if theme.id == into.id:
        raise WrongState("theme", "the same")
    session.flush()
    session.execute(update(Concern).where(Concern.theme_id == theme.id).values(theme_id=into.id))
    session.expire(theme, ["concerns"])
    session.delete(theme)
    session.flush()
    count_themes(session, letterbox)
    return into


# ── messages ───────────────────────────────────────────────────────────────────


def touched(session: Session, letterbox: Letterbox, voice_id: bytes) -> Concern:
    """The concern of a message, made when the message is first touched. Raises `NotFound` for a message
    of another letterbox."""
    concern = queries.of_voice(session, voice_id)
    if concern is None:
        if not voices.belongs(session, voice_id, letterbox.id):
            raise NotFound
        blank = sealed.close_grave(letterbox.public_key, {})
        concern = Concern(voice_id=voice_id, letterbox_id=letterbox.id, is_held=False, sealed_grave=blank)
        try:
            with session.begin_nested():
                session.add(concern)
        except IntegrityError:  # another keyholder touched it in this moment
            concern = queries.of_voice(session, voice_id)
    if concern is None or concern.letterbox_id != letterbox.id:
        raise NotFound
    return concern


def sort(
    session: Session, letterbox: Letterbox, voice_id: bytes, theme: Theme, *, private_key: bytes = b""
) -> Concern:
    """Brings one message under one theme, or from one to another. A published wording goes along, and
    only to a theme that is published too: else raises `WrongState`. Raises `InThread`."""
    _same_letterbox(theme, letterbox)
    concern = touched(session, letterbox, voice_id)
    _refuse_write_back(session, concern, private_key)
    if concern.theme_id == theme.id:
        return concern
    if concern.published_on is not None:
        if theme.published_on is None:
            raise WrongState("wording", "published")
        register.tie(session, Ref("theme", str(theme.id)), Ref("concern", str(concern.id)))
        register.touch(session)
    if concern.is_held:
        concern.is_held, concern.sealed_working = False, None  # the reason has served its time
    concern.theme = theme
    session.flush()
    count_themes(session, letterbox)
    return concern


def hold(
    session: Session, letterbox: Letterbox, voice_id: bytes, *, reason: str, private_key: bytes = b""
) -> Concern:
    """Sets a message aside for a sealed reason: it counts nowhere and is never quoted. Raises `WrongState`
    when its wording was published: that is retracted instead; `InThread`, `sealing.TooLong`."""
    concern = touched(session, letterbox, voice_id)
    _refuse_write_back(session, concern, private_key)
    if concern.published_on is not None:
        raise WrongState("wording", "published")
    concern.is_held, concern.theme, concern.proposed_by = True, None, None
    concern.sealed_working = sealed.close(letterbox.public_key, {"note": reason})
    session.flush()
    count_themes(session, letterbox)
    return concern


# ── quotations ─────────────────────────────────────────────────────────────────


def propose(
    session: Session,
    letterbox: Letterbox,
    voice_id: bytes,
    *,
    draft: Mapping[str, str],
    actor: Account,
    private_key: bytes = b"",
) -> Concern:
    """A wording that betrays nobody (``wording-fr``, ``wording-en``), for a second keyholder to read.
    Raises `NotQuotable` (`InThread` too), `WrongState`, `sealing.TooLong`."""
    concern = touched(session, letterbox, voice_id)
    _refuse_write_back(session, concern, private_key)
    if concern.published_on is not None:
        raise WrongState("wording", "published")
    if concern.is_held or concern.theme is None or not voices.is_quotable(session, voice_id):
        raise NotQuotable
    concern.sealed_working = sealed.close(letterbox.public_key, draft)
    concern.proposed_by = actor.id
    session.flush()
    return concern


def drop(session: Session, concern: Concern) -> None:
    """Takes a proposal back before anybody published it. Raises `WrongState`."""
    if concern.proposed_by is None or concern.published_on is not None:
        raise WrongState("wording", "not proposed")
    concern.proposed_by, concern.sealed_working = None, None
    session.flush()


def publish_wording(
    session: Session,
    concern: Concern,
    *,
    private_key: bytes,
    actor: Account,
    on: date,
    seen: str | None = None,
) -> Concern:
    """Publishes a proposed wording, read by another keyholder than its author, in both languages.
    ``seen``: the `sealed.mark` of what that reader had before their eyes. Raises `NeedsSecondReader`,
    `NotQuotable`, `BothLanguagesNeeded`, `EditedMeanwhile`, `WrongState`."""
    theme = concern.theme
    if theme is None or concern.proposed_by is None or concern.published_on is not None:
        raise WrongState("wording", "not proposed")
    if theme.published_on is None:
        raise WrongState("theme", "not published")
    if concern.proposed_by == actor.id:
        raise NeedsSecondReader
    if concern.voice_id is None or not voices.is_quotable(session, concern.voice_id):
        raise NotQuotable
    _refuse_write_back(session, concern, private_key)
    if seen is not None and seen != sealed.mark(concern.sealed_working):
        raise EditedMeanwhile
    working = sealed.read(private_key, concern.sealed_working)
    wording = whole(working, "wording", people.languages(session))
    concern.wording, concern.published_on, concern.published_by = wording, on, actor.id
    concern.sealed_working = None
    session.flush()
    letterbox = voices.letterbox(session, concern.letterbox_id)
    if letterbox is not None:
        balloting.make_votable(session, letterbox, concern.id, wording)
    register.record(
        session,
        Tag.WORDING_PUBLISHED,
        Ref("concern", str(concern.id)),
        title=wording,
        day=on,
        content={"wording": dict(wording.texts)},
        audience=theme.notice.audience,
        notice_id=theme.notice_id,
        because=[Ref("theme", str(theme.id))],
    )
    return concern


def retract(session: Session, concern: Concern, *, actor: Account, on: date) -> None:
    """Takes a published wording back in one act, at once: the text is gone from page and record, the
    leaf's salt is destroyed, a leaf says that it was."""
    if concern.published_on is None or concern.retracted_on is not None or concern.theme is None:
        raise WrongState("wording", "not published")
    concern.wording, concern.retracted_on = None, on
    balloting.no_longer_votable(session, concern.id)
    ref = Ref("concern", str(concern.id))
    _erase(session, ref, title=REMOVED)
    register.record(
        session,
        Tag.WORDING_RETRACTED,
        ref,
        title=REMOVED,
        day=on,
        content={"retracted_by": str(actor.id)},
        audience=concern.theme.notice.audience,
        notice_id=concern.theme.notice_id,
    )


def _erase(session: Session, ref: Ref, *, title: Localized) -> None:
    """Takes from the record what it said of a thing: the titles people read, and the salts without which a
    digest proves nothing of a text somebody only suspects."""
    for entry in queries.entries_of(session, ref):
        register.rename(session, entry, title)
        session.execute(delete(LeafSalt).where(LeafSalt.position == entry.position))
    session.flush()


# ── the employer's answer ──────────────────────────────────────────────────────


def answer_theme(
    session: Session,
    theme: Theme,
    *,
    stance: Stance,
    text: Localized,
    actor: Account,
    on: date,
    once: UUID | None = None,
) -> ThemeAnswer:
    """The employer's answer; a later one is added, the earlier stays. ``once``: the identifier it will
    have; sent twice, the first stays. Raises `WrongState` on a theme that is not published."""
    if theme.published_on is None or theme.title is None:
        raise WrongState("theme", "not published")
    if once is not None and (known := session.get(ThemeAnswer, once)) is not None:
        if known.theme_id == theme.id and known.author_id == actor.id:
            return known
        once = None
    answer = ThemeAnswer(
        id=once or uuid4(), theme_id=theme.id, stance=stance, text=text, day=on, author_id=actor.id
    )
    session.add(answer)
    session.flush()
    register.record(
        session,
        Tag.THEME_ANSWERED,
        Ref("theme-answer", str(answer.id)),
        title=theme.title,
        day=on,
        content={"stance": stance, "text": dict(text.texts)},
        audience=theme.notice.audience,
        notice_id=theme.notice_id,
        because=[Ref("theme", str(theme.id))],
    )
    letters.answered(session, theme)
    return answer


def _refuse_write_back(session: Session, concern: Concern, private_key: bytes) -> None:
    """Only the key tells what nobody has placed in its thread yet: without it the known ones are refused.
    Whatever went wrong before, `publish_wording` asks with the key. Raises `InThread`."""
    voice = voices.voice(session, concern.voice_id) if private_key and concern.voice_id else None
    message = sealed.original(private_key, voice.sealed) if voice is not None else None
    if concern.is_write_back or (message is not None and message.answers is not None):
        raise InThread


def _same_letterbox(theme: Theme, letterbox: Letterbox) -> None:
    if theme.letterbox_id != letterbox.id:
        raise NotFound


def _refuse_too_few(session: Session, theme: Theme, letterbox: Letterbox) -> None:
    outlet = queries.outlet(session, letterbox)
    if outlet is Outlet.ORALLY or queries.counted(session, theme.id) == 0:
        raise NotEnoughToPublish
    others = [one for one in queries.themes(session, letterbox.id) if one.id != theme.id]
    if outlet is Outlet.SYNTHESIS and any(one.published_on is not None for one in others):
        raise OneSynthesisOnly
