"""The desk's verbs: sort, write, propose, publish, retract; and the employer's answer to a theme."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consult.anonymity import thresholds
from consult.concerns import queries, sealed
from consult.concerns.models import Concern, Theme, ThemeAnswer
from consult.concerns.rules import BothLanguagesNeeded, NeedsSecondReader, NotEnoughToPublish, NotQuotable, Stance
from consult.core.errors import EditedMeanwhile, NotFound, WrongState
from consult.core.localized import LOCALES, Localized
from consult.notices.models import Notice
from consult.people.models import Account
from consult.register import services as register
from consult.register.models import LeafSalt
from consult.register.rules import Ref, Tag
from consult.voices import queries as voices
from consult.voices.models import Letterbox


def new_theme(session: Session, letterbox: Letterbox, notice: Notice, *, draft: Mapping[str, str]) -> Theme:
    """A theme with a sealed title (``title-fr``, ``title-en``)."""
    theme = Theme(
        letterbox_id=letterbox.id, notice=notice, sealed_draft=sealed.close(letterbox.public_key, draft)
    )
    session.add(theme)
    session.flush()
    return theme


def write_theme(
    session: Session, theme: Theme, letterbox: Letterbox, *, draft: Mapping[str, str], version: int | None = None
) -> None:
    """Title and synthesis, sealed until published. Raises `EditedMeanwhile`."""
    if version is not None and version != theme.version:
        raise EditedMeanwhile(yours=draft.get("synthesis-fr", ""))
    theme.sealed_draft = sealed.close(letterbox.public_key, draft)
    session.flush()


def touched(session: Session, letterbox: Letterbox, voice_id: bytes) -> Concern:
    """The concern of a message, made when the message is first touched. Raises `NotFound` for a message
    of another letterbox."""
    concern = queries.of_voice(session, voice_id)
    if concern is None:
        if not voices.belongs(session, voice_id, letterbox.id):
            raise NotFound
        concern = Concern(voice_id=voice_id, letterbox_id=letterbox.id)
        session.add(concern)
        session.flush()
    elif concern.letterbox_id != letterbox.id:
        raise NotFound
    return concern


def sort(session: Session, letterbox: Letterbox, voice_id: bytes, theme: Theme) -> Concern:
    """Brings one message under one theme."""
    if theme.letterbox_id != letterbox.id:
        raise NotFound
    concern = touched(session, letterbox, voice_id)
    concern.theme, concern.is_held = theme, False
    session.flush()
    return concern


def hold(session: Session, letterbox: Letterbox, voice_id: bytes, *, reason: str) -> Concern:
    """Sets a message aside for a sealed reason: it counts nowhere and is never quoted."""
    concern = touched(session, letterbox, voice_id)
    concern.is_held, concern.theme, concern.proposed_by = True, None, None
    concern.sealed_working = sealed.close(letterbox.public_key, {"note": reason})
    session.flush()
    return concern


def propose(
    session: Session, letterbox: Letterbox, voice_id: bytes, *, draft: Mapping[str, str], actor: Account
) -> Concern:
    """A wording that betrays nobody (``wording-fr``, ``wording-en``), for a second keyholder to read.
    Raises `NotQuotable`."""
    concern = touched(session, letterbox, voice_id)
    if concern.published_on is not None:
        raise WrongState("wording", "published")
    if concern.is_held or concern.theme is None or not voices.is_quotable(session, voice_id):
        raise NotQuotable
    concern.sealed_working = sealed.close(letterbox.public_key, draft)
    concern.proposed_by = actor.id
    session.flush()
    return concern


def publish_wording(
    session: Session, concern: Concern, *, private_key: bytes, actor: Account, on: date
) -> Concern:
    """Publishes a proposed wording, read by another keyholder than its author, in both languages.
    Raises `NeedsSecondReader`, `BothLanguagesNeeded`, `WrongState`."""
    theme = concern.theme
    if theme is None or concern.proposed_by is None or concern.published_on is not None:
        raise WrongState("wording", "not proposed")
    if theme.published_on is None:
        raise WrongState("theme", "not published")
    if concern.proposed_by == actor.id:
        raise NeedsSecondReader
    wording = _both(sealed.read(private_key, concern.sealed_working), "wording")
    concern.wording, concern.published_on, concern.sealed_working = wording, on, None
    session.flush()
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


def publish_theme(
    session: Session, theme: Theme, letterbox: Letterbox, *, private_key: bytes, on: date
) -> Theme:
    """Publishes title and synthesis in both languages. The number of messages enters only once the
    letterbox is closed, floored to 5. Raises `NotEnoughToPublish`, `BothLanguagesNeeded`."""
    if not voices.enough_for_synthesis(session, letterbox.id):
        raise NotEnoughToPublish
    draft = sealed.read(private_key, theme.sealed_draft)
    theme.title, theme.synthesis = _both(draft, "title"), _both(draft, "synthesis")
    theme.published_on = on
    count_theme(session, theme, letterbox)
    session.flush()
    register.record(
        session,
        Tag.THEME_PUBLISHED,
        Ref("theme", str(theme.id)),
        title=theme.title,
        day=on,
        content={"title": dict(theme.title.texts), "synthesis": dict(theme.synthesis.texts)},
        audience=theme.notice.audience,
        notice_id=theme.notice_id,
        because=[Ref("letterbox", letterbox.id.hex())],
    )
    return theme


def count_theme(session: Session, theme: Theme, letterbox: Letterbox) -> None:
    """The floored number of messages of a published theme, known to nobody outside before closing."""
    if letterbox.is_closed:
        theme.at_least = thresholds.floor5(queries.counted(session, theme.id))


def retract(session: Session, concern: Concern, *, actor: Account, on: date) -> None:
    """Takes a published wording back in one act, at once: the text is gone from page and record, the
    leaf's salt is destroyed, a leaf says that it was."""
    if concern.published_on is None or concern.retracted_on is not None or concern.theme is None:
        raise WrongState("wording", "not published")
    gone = Localized.of(fr="Citation retirée", en="Quotation removed")
    concern.wording, concern.retracted_on = None, on
    for entry in queries.entries_of(session, Ref("concern", str(concern.id))):
        entry.title = gone
        session.execute(delete(LeafSalt).where(LeafSalt.position == entry.position))
    register.record(
        session,
        Tag.WORDING_RETRACTED,
        Ref("concern", str(concern.id)),
        title=gone,
        day=on,
        content={"retracted_by": str(actor.id)},
        audience=concern.theme.notice.audience,
        notice_id=concern.theme.notice_id,
    )


def answer_theme(
    session: Session, theme: Theme, *, stance: Stance, text: Localized, actor: Account, on: date
) -> ThemeAnswer:
    """The employer's answer; a later one is added, the earlier stays."""
    if theme.published_on is None or theme.title is None:
        raise WrongState("theme", "not published")
    answer = ThemeAnswer(theme_id=theme.id, stance=stance, text=text, day=on, author_id=actor.id)
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
    return answer


def _both(draft: Mapping[str, str], key: str) -> Localized:
    for language in LOCALES:
        if not draft.get(f"{key}-{language}", "").strip():
            raise BothLanguagesNeeded(language)
    return Localized.of(fr=draft[f"{key}-fr"].strip(), en=draft[f"{key}-en"].strip())
