"""Letterboxes for tests: opened with a key pair of their own, filled, released."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from consult.anonymity import sealing
from consult.anonymity.message import Kind, Message, Topic
from consult.voices import services
from consult.voices.models import Batch, Letterbox
from consult.voices.rules import Channel

Work = Callable[..., Any]
OPENS = date(2026, 11, 2)
CLOSES = date(2026, 12, 9)
MONDAY = date(2026, 11, 23)
AFTER = CLOSES + timedelta(days=1)
TOLD: dict[str, Any] = {
    "title": {"fr": "Plume, l’assistant de réponse", "en": "Plume, the reply assistant"},
    "slug": "plume",
    "organisation": "Orvalie",
    "body": "CSE d’Orvalie",
    "keyholders": ["Mireille Adjovi", "Paul Roussel", "Lena Kermarrec"],
    "emergency": [
        {"label": {"fr": "Danger", "en": "Danger"}, "number": "112"},
        {"label": {"fr": "Souffrance, jour et nuit", "en": "Distress, day and night"}, "number": "3114"},
    ],
    "alert_channel": {"fr": "Le dispositif d’alerte d’Orvalie", "en": "Orvalie’s alert channel"},
    "destroy_on": "2027-03-01",
    "country": "fr",
    "languages": ["fr", "en"],
}


def message(text: str = "Un texte.", *, kind: Kind = Kind.WORRY, topics: Sequence[Topic] = ()) -> Message:
    return Message(kind, tuple(topics), "fr", text)


@dataclass
class Box:
    """A letterbox by its id, with the private key its keyholders would have."""

    work: Work
    id: bytes
    keys: sealing.KeyPair = field(repr=False)

    @property
    def address(self) -> str:
        return self.id.hex()

    def speak(self, *texts: str, on: date = OPENS) -> None:
        """Each text in a transaction of its own, as it arrives."""
        for text in texts:
            with self.work() as session:
                services.speak(session, session.get(Letterbox, self.id), message(text), on=on)

    def release(self, on: date = MONDAY, rng: Random | None = None) -> list[Batch]:
        with self.work() as session:
            made = services.release(session, session.get(Letterbox, self.id), on=on, rng=rng)
            session.flush()
        with self.work() as session:
            services.tidy(session)
        return made

    def read(self, sealed: bytes) -> Message:
        return Message.decode(sealing.open_twice(self.keys.private, sealed))


def open_box(
    work: Work, *, k: int = 10, interval_days: int = 7, headcount: int | None = None, **told: Any
) -> Box:
    """A letterbox in open mode, from `OPENS` to `CLOSES`."""
    keys = sealing.new_key_pair()
    with work() as session:
        opened = services.open_letterbox(
            session,
            told=TOLD | told,
            channel=Channel.OPEN,
            public_key=keys.public,
            k=k,
            interval_days=interval_days,
            opens_on=OPENS,
            closes_on=CLOSES,
            headcount=headcount if headcount is not None else (430 if k == 10 else 40),
        )
        found = opened.id
    return Box(work, found, keys)


__all__ = ["AFTER", "CLOSES", "MONDAY", "OPENS", "TOLD", "Box", "message", "open_box"]
