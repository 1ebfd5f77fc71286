"""Opening a file, its source, the letters and their answers, and where the file leads. They get the session
and never commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.anonymity import sealing, wrapping
from consult.consultations import services as consultations
from consult.consultations.rules import FactKind
from consult.core.errors import WrongState
from consult.core.localized import Localized
from consult.dossiers import letters
from consult.dossiers.models import Dossier, DossierLetter, DossierSource, DossierSupport
from consult.dossiers.rules import (
    SOURCE_BYTES,
    Act,
    FileState,
    NobodyHoldsAKey,
    NotLinkable,
    System,
    after,
)
from consult.keyholders import services as keyholders
from consult.keyholders.models import Keyholder
from consult.keyholders.rules import CannotUnlock
from consult.notices.models import Notice
from consult.people import services as people
from consult.people.models import Account, Body, Mandate
from consult.people.rules import NotAdopted, is_adopted
from consult.register import services as register
from consult.register.rules import Tag


def open_file(
    session: Session, body: Body, system: System, *, actor: Account, mandate: Mandate, on: date,
    once: UUID | None = None,
) -> Dossier:  # fmt: skip
    """A member opens a file and so supports it. Nothing goes on record and nobody is written to: the employer
    may not learn of it. ``once``: the identifier it will have; sent twice, the first stays."""
    if once is not None and (there := session.get(Dossier, once)) is not None:
        if there.opened_by == actor.id and there.body_id == body.id:
            return there
        once = None
    dossier = Dossier(id=once or uuid4(), body=body, opened_on=on, opened_by=actor.id, **asdict(system))
    dossier.supports.append(DossierSupport(mandate_id=mandate.id))
    session.add(dossier)
    session.flush()
    return dossier


def rewrite(session: Session, dossier: Dossier, system: System) -> None:
    """Changes what the body knows, until it is sent. Raises `WrongState`."""
    lock(session, dossier)
    if dossier.state is not FileState.DRAFT:
        raise WrongState("file", dossier.state)
    for name, value in asdict(system).items():
        setattr(dossier, name, value)
    session.flush()


def support(session: Session, dossier: Dossier, mandate: Mandate, *, is_for: bool) -> None:
    """One member supports the file, or no longer does."""
    lock(session, dossier)
    session.refresh(dossier, ["supports"])
    mine = next((one for one in dossier.supports if one.mandate_id == mandate.id), None)
    if is_for and mine is None:
        dossier.supports.append(DossierSupport(mandate_id=mandate.id))
    elif not is_for and mine is not None:
        dossier.supports.remove(mine)
    session.flush()


# ── the source ─────────────────────────────────────────────────────────────────


def able_to_read(session: Session, dossier: Dossier, *, on: date) -> list[Keyholder]:
    """Members of the body with a key of their own. Whoever was invited from outside reads what was said, not
    where the body has a file from."""
    ready = keyholders.ready(session, dossier.body_id, on=on)
    return [one for one in ready if one.mandate_id is not None]


def seal_source(session: Session, dossier: Dossier, text: str, *, on: date) -> Sequence[DossierSource]:
    """Keeps where it comes from, sealed to each member who holds a key, in the place of what was there.
    Raises `NobodyHoldsAKey`, `sealing.TooLong`."""
    holders = able_to_read(session, dossier, on=on)
    if not holders:
        raise NobodyHoldsAKey
    if dossier.state is FileState.CLOSED:
        raise WrongState("file", dossier.state)
    payload = text.encode()
    rows = [
        DossierSource(keyholder_id=one.id, sealed=sealing.seal_any(one.public_key, payload, SOURCE_BYTES))
        for one in holders
    ]
    erase_source(session, dossier)
    dossier.sources.extend(rows)
    session.flush()
    return rows


def erase_source(session: Session, dossier: Dossier) -> None:
    """Nothing of the source stays."""
    dossier.sources.clear()
    session.flush()


def open_source(keys: wrapping.HolderKeys, sealed: bytes, passphrase: str) -> str:
    """The source in clear, kept nowhere: slow as it must be, and without the database.
    Raises `CannotUnlock`."""
    half = keyholders.open_half(keys, passphrase=passphrase)
    try:
        return sealing.open_any(half, sealed).decode()
    except sealing.CannotOpen:
        raise CannotUnlock from None


# ── letters ────────────────────────────────────────────────────────────────────


def send(
    session: Session, dossier: Dossier, *, text: Localized, due_on: date, resolution: Localized,
    votes: Mapping[str, int], decided_on: date, actor: Account, on: date, once: UUID | None = None,
) -> DossierLetter:  # fmt: skip
    """On a resolution, the body asks the employer by a dated letter; the first one makes the file known to
    it. ``once``: the identifier of the letter; sent twice, the first stays.
    Raises `NotAdopted`, `WrongState`."""
    lock(session, dossier)
    there = session.get(DossierLetter, once) if once is not None else None
    if there is not None and there.dossier_id == dossier.id:
        return there
    if not is_adopted(votes["for"], votes["against"], votes["abstentions"]):
        raise NotAdopted
    session.refresh(dossier, ["letters"])
    state = after(dossier.state, Act.SEND, unanswered=_unanswered(dossier) + 1)
    decided = people.record_resolution(
        session, dossier.body, text=resolution, on=decided_on, actor=actor, votes=votes
    )
    dossier.state, dossier.sent_on = state, dossier.sent_on or on
    letter = DossierLetter(
        id=once if once is not None and there is None else uuid4(), number=len(dossier.letters) + 1,
        text=text, resolution=decided, sent_on=on, due_on=due_on,
    )  # fmt: skip
    dossier.letters.append(letter)
    session.flush()
    content = {
        "letter": letter.number, "text": dict(text.texts), "due_on": due_on.isoformat(), "votes": dict(votes),
        "name": dossier.name, "place": dossier.place, "since": dossier.since, "seen": dossier.seen,
        "known": dossier.known,
    }  # fmt: skip
    _record(session, dossier, Tag.FILE_SENT, "Dossier transmis", "File sent", on, content)
    letters.sent(session, letter)
    return letter


def answer(session: Session, letter: DossierLetter, *, text: Localized, actor: Account, on: date) -> None:
    """The employer answers a letter, once. Raises `WrongState`."""
    dossier = letter.dossier
    lock(session, dossier)
    session.refresh(letter)
    if letter.answered_on is not None:
        raise WrongState("letter", "answered")
    state = after(dossier.state, Act.ANSWER, unanswered=_unanswered(dossier) - 1)
    letter.answer, letter.answered_on, letter.answered_by = text, on, actor.id
    dossier.state = state
    session.flush()
    content = {"letter": letter.number, "text": dict(text.texts)}
    fr, en = "Réponse de l’employeur sur un dossier", "The employer’s answer about a file"
    _record(session, dossier, Tag.QUESTION_ANSWERED, fr, en, on, content)
    letters.answered(session, letter)


def _unanswered(dossier: Dossier) -> int:
    return sum(one.answered_on is None for one in dossier.letters)


# ── where it leads ─────────────────────────────────────────────────────────────


def link(session: Session, dossier: Dossier, notice: Notice, *, on: date) -> None:
    """The notice came: the file is read with it. Whoever may not know of the file does not learn of it by
    the notice. Raises `NotLinkable`, `WrongState`."""
    lock(session, dossier)
    if notice.is_file or dossier.body_id not in notice.audience.body_ids:
        raise NotLinkable
    dossier.state = after(dossier.state, Act.LINK, unanswered=_unanswered(dossier))
    dossier.notice, dossier.linked_on = notice, on
    session.flush()
    _no_letterbox_any_more(session, dossier, on=on)
    if dossier.sent_on is not None:
        fr, en = "Dossier rattaché à une notice", "File tied to a notice"
        _record(session, dossier, Tag.FILE_LINKED, fr, en, on, {"notice": notice.slug})


def close(session: Session, dossier: Dossier, *, why: str, on: date) -> None:
    """The body closes the file with a reason. Its source is destroyed. Raises `WrongState`."""
    lock(session, dossier)
    dossier.state = after(dossier.state, Act.CLOSE, unanswered=_unanswered(dossier))
    dossier.closed_on, dossier.closed_why = on, why
    erase_source(session, dossier)
    _no_letterbox_any_more(session, dossier, on=on)


def _no_letterbox_any_more(session: Session, dossier: Dossier, *, on: date) -> None:
    """What was prepared to ask employees is over, unless the letterbox is open: then it runs to its end, as
    was agreed."""
    asked = dossier.consultation
    if asked is not None and asked.letterbox_id is None:
        consultations.once(session, asked, FactKind.CLOSED, on=on)


def lock(session: Session, dossier: Dossier) -> None:
    """One at a time on a file, and what somebody else did meanwhile is seen. (Not the lock of the record,
    which says that something happened.)"""
    session.flush()
    session.execute(select(Dossier.id).where(Dossier.id == dossier.id).with_for_update())
    session.refresh(dossier, ["state", "sent_on", "notice_id", "consultation_id"])


def _record(
    session: Session, dossier: Dossier, tag: Tag, fr: str, en: str, on: date, content: dict[str, object]
) -> None:
    """Only of what was sent: the record is read by both sides."""
    register.record(
        session,
        tag,
        dossier.ref,
        title=Localized.of(fr=f"{fr}\u00a0: {dossier.name}", en=f"{en}: {dossier.name}"),
        day=on,
        content=content,
        audience=dossier.audience,
    )
