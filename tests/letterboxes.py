"""Letterboxes for tests: opened with a key pair of their own, filled, released."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from consult.anonymity import blind, rights, sealing, slips
from consult.anonymity.message import Kind, Message, Topic
from consult.voices import services, spending
from consult.voices.models import Batch, Letterbox, SlipRight
from consult.voices.rules import QUOTA, Channels, lanes

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

    def speak(self, *texts: str, on: date = OPENS, right: str = "") -> None:
        """Each text in a transaction of its own, as it arrives. ``right``: a slip or a pass as typed."""
        for text in texts:
            with self.work() as session:
                box = session.get(Letterbox, self.id)
                found = spending.to_speak(session, box, right)
                services.speak(session, box, message(text), on=on, rights=found)

    def slip(self) -> str:
        """A slip as it is printed, its rights known to the letterbox."""
        code = slips.new()
        with self.work() as session:
            box = session.get(Letterbox, self.id)
            for one in slips.hashes(box.id, code, lanes(box.quota)).values():
                session.add(SlipRight(hash=one, letterbox_id=box.id))
        return slips.printed(code)

    def pass_(self, lane: str = "speak-1") -> str:
        """A pass for one lane as a browser keeps it, signed without being seen."""
        key = lane_keys_of_tests()[lane]
        prepared = blind.prepare(secrets.token_bytes(rights.MESSAGE_SIZE))
        blinded = blind.blind(key.public, prepared)
        signature = blind.finalize(
            key.public, prepared, blind.sign(key.private, blinded.request), blinded.inverse
        )
        return rights.Pass(lane, prepared, signature).token

    def release(self, on: date = MONDAY, rng: Random | None = None) -> list[Batch]:
        with self.work() as session:
            made = services.release(session, session.get(Letterbox, self.id), on=on, rng=rng)
            session.flush()
        with self.work() as session:
            services.tidy(session)
        return made

    def read(self, sealed: bytes) -> Message:
        return Message.decode(sealing.open_twice(self.keys.private, sealed))


@cache
def lane_keys_of_tests() -> dict[str, blind.KeyPair]:
    """Made once: RSA keys take their time, and every letterbox of the tests may share them."""
    return {lane: blind.generate() for lane in lanes(QUOTA)}


def open_box(
    work: Work, *, k: int = 10, interval_days: int = 7, headcount: int | None = None,
    channels: Channels = Channels.OPEN, **told: Any,
) -> Box:  # fmt: skip
    """A letterbox from `OPENS` to `CLOSES`, in open mode unless said otherwise."""
    keys = sealing.new_key_pair()
    lane_keys = lane_keys_of_tests() if channels.takes_passes else {}
    with work() as session:
        opened = services.open_letterbox(
            session,
            told=TOLD | told,
            channels=channels,
            public_key=keys.public,
            k=k,
            interval_days=interval_days,
            opens_on=OPENS,
            closes_on=CLOSES,
            headcount=headcount if headcount is not None else (430 if k == 10 else 40),
            quota=0 if channels.is_open else QUOTA,
            lane_keys={lane: pair.public for lane, pair in lane_keys.items()},
        )
        found = opened.id
    return Box(work, found, keys)


__all__ = ["AFTER", "CLOSES", "MONDAY", "OPENS", "TOLD", "Box", "message", "open_box"]
