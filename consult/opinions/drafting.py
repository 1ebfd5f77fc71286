"""Drafting an opinion together: each save is a version, and nobody's is lost. Nothing here is an act of
record, and nothing is found by search: the draft is the body's alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from consult.consultations.models import Consultation
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import LOCALES, Localized
from consult.files import services as files
from consult.opinions import letters, queries
from consult.opinions.draft_models import Declaration, Draft, DraftComment, DraftSeen, DraftVersion, Point
from consult.opinions.motions import Declared, DraftExists, DraftState, Outcome, draft_state
from consult.opinions.services import hold, is_over, rules_for
from consult.people.models import Account


def state_of(session: Session, consultation: Consultation) -> DraftState:
    return draft_state(
        has_draft=queries.draft(session, consultation.id) is not None,
        has_opinion=queries.of_consultation(session, consultation.id) is not None,
        is_over=is_over(consultation),
    )


def _must_be(session: Session, consultation: Consultation, *allowed: DraftState) -> None:
    found = state_of(session, consultation)
    if found not in allowed:
        raise WrongState("draft", found)


def begin(
    session: Session, consultation: Consultation, *, text: Localized, outcome: Outcome, actor: Account,
    on: date,
) -> Draft:  # fmt: skip
    """The body begins to draft; its other members are told. Raises `DraftExists`, `NoOpinion`,
    `WrongState`."""
    rules_for(consultation)
    hold(session, Consultation, consultation.id)
    if queries.draft(session, consultation.id) is not None:
        raise DraftExists
    _must_be(session, consultation, DraftState.NONE)
    draft = Draft(consultation=consultation, begun_on=on, begun_by=actor.id)
    draft.versions = [_version(1, text, (), outcome, actor, on)]
    session.add(draft)
    session.flush()
    note_seen(session, draft.newest, actor, on=on)
    letters.draft_begun(session, draft, actor)
    return draft


def _version(
    number: int, text: Localized, points: Sequence[Point], outcome: Outcome, actor: Account, on: date
) -> DraftVersion:
    kept = [{"kind": kind.value, "text": point.as_json()} for kind, point in points]
    return DraftVersion(
        number=number, outcome=outcome, text=text, kept_points=kept, saved_on=on, saved_by=actor.id
    )


def save(
    session: Session, draft: Draft, *, base: int, text: Localized, points: Sequence[Point], outcome: Outcome,
    actor: Account, on: date,
) -> DraftVersion:  # fmt: skip
    """The next version, made from version ``base``. What says nothing new, or is sent twice, makes none.
    Raises `EditedMeanwhile` where somebody saved another since, `WrongState`."""
    _lock(session, draft)
    newest = draft.newest
    made = _version(newest.number + 1, text, points, outcome, actor, on)
    if _same(newest, made) and (base == newest.number or newest.saved_by == actor.id):
        return newest
    if base != newest.number:
        raise EditedMeanwhile
    return _add(session, draft, made, actor, on)


def _lock(session: Session, draft: Draft) -> None:
    """Members who save at once come one after the other."""
    hold(session, Draft, draft.id)
    session.expire(draft, ["versions", "comments"])
    _must_be(session, draft.consultation, DraftState.OPEN)


def _same(one: DraftVersion, other: DraftVersion) -> bool:
    return (one.outcome, one.text.as_json(), one.kept_points) == (
        other.outcome, other.text.as_json(), other.kept_points,
    )  # fmt: skip


def _add(session: Session, draft: Draft, made: DraftVersion, actor: Account, on: date) -> DraftVersion:
    made.draft = draft
    session.add(made)
    session.flush()
    session.expire(draft, ["versions"])
    note_seen(session, made, actor, on=on)
    return made


@dataclass(frozen=True, slots=True)
class Brought:
    """What another room gives to a draft: a heading and lines beneath it."""

    heading: Localized
    lines: tuple[Localized, ...]


def bring_in(
    session: Session, draft: Draft, brought: Sequence[Brought], *, actor: Account, on: date
) -> DraftVersion:
    """Adds what others gathered below the text, in each language the text has. Brought in twice, what stands
    there already is left out."""
    _lock(session, draft)
    newest = draft.newest
    texts = {}
    for language in LOCALES:
        stands = newest.text.texts.get(language, "")
        if stands or language == newest.text.source:
            texts[language] = _with(stands, brought, language)
    text = Localized.of(fr=texts.get("fr", ""), en=texts.get("en", ""), source=newest.text.source)
    made = _version(newest.number + 1, text, newest.points, newest.outcome, actor, on)
    return newest if _same(newest, made) else _add(session, draft, made, actor, on)


def _with(text: str, brought: Sequence[Brought], language: str) -> str:
    parts = [text] if text else []
    for one in brought:
        lines = [f"- {_on_one_line(line.shown(language)[0])}" for line in one.lines]
        new = [line for line in lines if line not in text]
        if new:
            heading = f"## {one.heading.texts[language]}"
            parts.append("\n".join([*([] if heading in text else [heading, ""]), *new]))
    return "\n\n".join(parts)


def _on_one_line(text: str) -> str:
    return " ".join(part for line in text.splitlines() if (part := line.strip()))


def note_seen(session: Session, version: DraftVersion, account: Account, *, on: date) -> None:
    """A member opened that version."""
    if not has_seen(version, account):
        version.seen.append(DraftSeen(account=account, seen_on=on))
        session.flush()


def has_seen(version: DraftVersion, account: Account) -> bool:
    return any(one.account_id == account.id for one in version.seen)


def comment(
    session: Session, draft: Draft, *, about: int, text: str, actor: Account, on: date,
    once: UUID | None = None,
) -> DraftComment:  # fmt: skip
    """What a member thinks of a version. ``once``: sent twice, it stands once. Raises `WrongState`."""
    _lock(session, draft)
    known = next((one for one in draft.comments if one.id == once and one.written_by == actor.id), None)
    if known is not None:
        return known
    number = max((one.number for one in draft.comments), default=0) + 1
    made = DraftComment(
        id=once or uuid4(), draft_id=draft.id, number=number, about_version=min(about, draft.newest.number),
        text=text, written_on=on, written_by=actor.id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.expire(draft, ["comments"])
    return made


# ── declarations ───────────────────────────────────────────────────────────────


def declare(
    session: Session, consultation: Consultation, *, kind: Declared, signed: str, text: Localized,
    upload: IO[bytes] | None, name: str, actor: Account, on: date, once: UUID | None = None,
) -> Declaration:  # fmt: skip
    """A declaration that will be annexed to the opinion, with a file if there is one. Raises `FileRefused`,
    `NoOpinion`, `WrongState`."""
    rules_for(consultation)
    hold(session, Consultation, consultation.id)
    _must_be(session, consultation, DraftState.NONE, DraftState.OPEN)
    known = session.get(Declaration, once) if once is not None else None
    if known is not None and known.added_by == actor.id:
        return known
    kept = files.keep(session, upload, name=name, on=on) if upload is not None else None
    made = Declaration(
        id=once or uuid4(), consultation=consultation, kind=kind, signed=signed, text=text, added_on=on,
        added_by=actor.id, file=kept.file.sha256 if kept else None, file_name=kept.name if kept else "",
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def drop(session: Session, declaration: Declaration) -> None:
    """Takes a declaration back before it is annexed. Raises `WrongState` after."""
    hold(session, Declaration, declaration.id)
    session.refresh(declaration)
    if declaration.opinion_id is not None:
        raise WrongState("declaration", "annexed")
    session.delete(declaration)
    session.flush()
